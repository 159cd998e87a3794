//! One arm: its parameters, its cells, its interventions.

use super::diagnostics::Diagnostics;
use super::drugs::treatment;
use super::frame::Frame;
use super::immunity::immunity;
use super::interventions::{Calendar, Scheduled, schedule};
use super::pairs::pairs;
use super::parameter_paths::ParameterNames;
use super::placements::{Surroundings, placements};
use super::reported::{of_tissue, reported};
use super::rules::{Noted, idle_rules, rules, set_rates_of_dead};
use super::space::{CELLS_IN_BUCKET, culture};
use super::stability::{check_raised, check_stability};
use super::substrates::exchange;
use super::types::{BuiltType, TypeContext, cell_type};
use crate::plan::domain::{Domain, minutes};
use crate::plan::estimate::placed_cells;
use crate::plan::rules::signals::Code;
use crate::plan::treatment::parameter_paths::Measure;
use crate::plan::treatment::{Change, Treatment};
use crate::plan::{AGE, Action, Arm, Geometry, PairParameters, Parameters, Placement, TICKS_PER_MIN};
use crate::scenario::Scenario;
use crate::scenario::naming::quoted;

/// Cell types at most: their number has 4 bits.
pub(crate) const MOST_TYPES: usize = 16;
/// Cells of a tissue at most: slots are counted in 31 bits.
const MOST_CELLS: f64 = (1u64 << 31) as f64;
/// Chance of a contact in one step, in mean numbers, up to which a culture's law of mass action holds.
const MOST_CONTACTS: f64 = 0.3;

/// An arm before its faults are known.
#[derive(Clone, Debug)]
pub struct Draft {
    pub name: String,
    pub scenario: Scenario,
    pub types: Vec<BuiltType>,
    pub parameters: Parameters,
    pub initial: Vec<Placement>,
    pub scheduled: Scheduled,
    pub treatment: Treatment,
    /// The rules that were read.
    pub noted: Vec<Noted>,
    pub diagnostics: Diagnostics,
}

impl From<Draft> for Arm {
    fn from(draft: Draft) -> Arm {
        let Draft { name, parameters, initial, scheduled, treatment, .. } = draft;
        let Scheduled { interventions, conditional } = scheduled;
        Arm { name, parameters, initial, interventions, conditional, treatment }
    }
}

impl Draft {
    /// Reads and checks an arm: the scenario with its `set` applied.
    pub fn new(name: &str, scenario: Scenario, frame: &Frame) -> Draft {
        let mut diagnostics = Diagnostics::default();
        let types = read_types(&scenario, frame, &mut diagnostics);
        let mut parameters = read_parameters(&scenario, frame, &types, &mut diagnostics);
        check_stability(frame, &scenario, &types, &parameters, &mut diagnostics);
        let folder = scenario.source.folder.clone();
        let around = Surroundings { space: frame.space.clone(), types: &types, folder };
        let (ruled, noted) = rules(&scenario, &types, &parameters, frame, &mut diagnostics);
        parameters.rules = ruled;
        set_rates_of_dead(&scenario, &mut parameters, &mut diagnostics);
        check_ages(frame, &parameters, &mut diagnostics);
        let mut initial = Vec::new();
        for (number, place) in scenario.place.iter().enumerate() {
            initial.extend(placements(&place.rule(), &around, &format!("place.{number}"), &mut diagnostics));
        }
        let names = ParameterNames {
            types: &types,
            interactions: &scenario.interactions,
            parameters: &parameters,
            geometry: frame.space.geometry,
            volume_um3: frame.volume_um3,
        };
        let treatment = treatment(&scenario, &frame.clocks, frame.substrates.as_ref(), &names, &mut diagnostics);
        // A beam in one arm makes its deaths a statistic of all; conditions see them where their own arm has one.
        let reported = reported(&types, &frame.observe, frame.space.geometry, !scenario.irradiation.is_empty());
        let (clocks, duration_ticks) = (frame.clocks, frame.duration_ticks);
        let tissue = of_tissue(&treatment, frame.substrates.as_ref());
        let tissue: Vec<&str> = tissue.iter().map(String::as_str).collect();
        let calendar = Calendar { clocks, duration_ticks, reported: &reported, of_tissue: &tissue };
        let scheduled = schedule(&scenario, &around, &calendar, &names, &treatment, &mut diagnostics);
        check_raised(frame, &types, &parameters, &treatment, &scheduled, &mut diagnostics);
        let mut draft =
            Draft { name: name.into(), scenario, types, parameters, initial, scheduled, treatment, noted, diagnostics };
        let cells = draft.expected_cells(frame);
        let message = format!("a tissue has {cells:.3e} cells; at most {MOST_CELLS:.0} can be counted");
        draft.diagnostics.require(cells < MOST_CELLS, "place", message, "place fewer cells");
        draft
    }

    /// All placements: those at the start, and those of additions.
    pub fn placements(&self) -> impl Iterator<Item = &Placement> {
        self.initial.iter().chain(self.scheduled.actions().filter_map(Action::added))
    }

    /// Cells at the start and by additions.
    pub fn expected_cells(&self, frame: &Frame) -> f64 {
        let whole = match frame.space.geometry {
            Geometry::Culture => culture(frame.volume_um3, 0.0),
            // The reach matters for the height of a layer alone.
            geometry => super::space::spatial(geometry, frame.boundary, &frame.space.edges_um, 1.0),
        };
        let placed = |placement: &Placement| placed_cells(&whole, placement);
        self.initial.iter().map(placed).sum::<f64>() + self.scheduled.added(placed)
    }

    /// Whether cells of a type attach to others, or kill them in passing.
    pub fn attacks(&self, own: usize) -> bool {
        let attachment = crate::word!(PairParameters, attachment_per_min);
        let is_ruled = |other| self.parameters.is_ruled(self.parameters.pair_word(own, other, attachment));
        let attaches = |other| self.parameters.pair(own, other).attachment_per_min > 0.0;
        (0..self.types.len()).any(|other| attaches(other) || is_ruled(other))
    }

    /// Whether cells with proteostasis hold on to others, or secrete cytokines.
    pub fn has_synapses(&self) -> bool {
        let is_one = |own: usize| self.attacks(own) || self.parameters.types[own].has_cytokines();
        (0..self.types.len()).any(|own| self.types[own].proteostasis.is_some() && is_one(own))
    }

    /// In a culture only cells of one bucket meet: rates for the whole volume are multiplied by the buckets.
    pub fn share_culture(&mut self, frame: &Frame, domain: &Domain) {
        if domain.geometry != Geometry::Culture {
            return;
        }
        for pair in &mut self.parameters.pairs {
            pair.attachment_per_min *= domain.voxels[0] as f32;
        }
        for action in self.scheduled.actions_mut() {
            if let Action::Set(setting) = action
                && let (Measure::VolumeRate, Change::Value(value)) = (setting.place.measure(), &mut setting.to)
            {
                *value *= f64::from(domain.voxels[0]);
            }
        }
        let names: Vec<&str> = self.types.iter().map(|it| it.name.as_str()).collect();
        let number = |name: &str| names.iter().position(|it| *it == name);
        for (index, interaction) in self.scenario.interactions.iter().enumerate() {
            let Some((a, b)) = number(&interaction.effector).zip(number(&interaction.target)) else { continue };
            let rate = f64::from(self.parameters.pair(a, b).attachment_per_min);
            let contacts = rate * minutes(frame.clocks.contacts_ticks) * CELLS_IN_BUCKET;
            let message = format!("an effector meets {contacts:.2} targets in a step; at most {MOST_CONTACTS} are few");
            let longest_s = 60.0 * MOST_CONTACTS / (rate * CELLS_IN_BUCKET);
            let hint = format!("shorten the clock contacts below {longest_s:.1} s");
            let path = format!("interactions.{index}.encounter_rate");
            self.diagnostics.require(contacts < MOST_CONTACTS, path, message, &hint);
        }
    }
}

fn read_types(scenario: &Scenario, frame: &Frame, diagnostics: &mut Diagnostics) -> Vec<BuiltType> {
    let count = scenario.cell_types.len();
    let message = format!("there are {count} cell types; there must be from 1 to {MOST_TYPES}");
    diagnostics.require((1..=MOST_TYPES).contains(&count), "cell_types", message, "add [cell_types.tumour]");
    let step_min = minutes(frame.clocks.movement_ticks);
    let dimensions = frame.space.edges_um.len() as u32;
    let substrates: Vec<&str> = scenario.substrates.keys().map(String::as_str).collect();
    let setting = TypeContext { step_min, dimensions, substrates: &substrates };
    let given = scenario.cell_types.iter();
    given.map(|(name, it)| cell_type(name, it, setting, diagnostics)).collect()
}

fn read_parameters(
    scenario: &Scenario,
    frame: &Frame,
    types: &[BuiltType],
    diagnostics: &mut Diagnostics,
) -> Parameters {
    let (interactions, geometry) = (&scenario.interactions, frame.space.geometry);
    let pairs = pairs(types, &scenario.cell_types, interactions, geometry, frame.volume_um3, diagnostics);
    let mut parameters = Parameters { pairs, ..Parameters::default() };
    for built in types {
        let mut row = built.row;
        row.first_phase = parameters.phases.len() as u32;
        parameters.phases.extend(built.phases.iter().map(|(_, phase)| *phase));
        parameters.types.push(row);
    }
    parameters.exchange = exchange(scenario, frame.substrates.as_ref(), diagnostics);
    immunity(scenario, frame.substrates.as_ref(), &mut parameters, diagnostics);
    for (own, built) in types.iter().enumerate() {
        if let Some(row) = built.proteostasis {
            parameters.give_proteostasis(own, row);
        }
    }
    parameters
}

/// Ages are counted up to a limit.
fn check_ages(frame: &Frame, parameters: &Parameters, diagnostics: &mut Diagnostics) {
    let most_ticks = u64::from(frame.clocks.birth_ticks()) * 65_535;
    let age = parameters.types.iter().any(|it| it.lifespan_min > 0.0);
    let are_used = age || parameters.rules.ask(Code::Age) || frame.observe.columns.contains(&AGE);
    let days = most_ticks / u64::from(TICKS_PER_MIN) / 1440;
    let message = format!("the run is longer than {days} d, to which ages of cells are counted");
    let hint = "lengthen the clock cycle, or shorten the run";
    // A duration that is too long to count has its own fault.
    let is_long = frame.duration_ticks < u32::MAX && u64::from(frame.duration_ticks) > most_ticks;
    diagnostics.require(!are_used || !is_long, "duration", message, hint);
}

/// Warns of rules that cannot act in any arm.
pub fn check_rules(drafts: &[Draft], frame: &Frame, diagnostics: &mut Diagnostics) {
    let mut idle = drafts.iter().map(|draft| idle_rules(draft, frame));
    let Some(first) = idle.next() else { return };
    for it in idle.fold(first, |common, of_arm| common.into_iter().filter(|it| of_arm.contains(it)).collect()) {
        diagnostics.warn(it.path, it.message, it.hint.as_deref().unwrap_or(""));
    }
}

/// Arms share the names of types, phases and traits, since outputs have one list of them.
pub fn check_shapes(drafts: &mut [Draft]) {
    let Some((first, others)) = drafts.split_first_mut() else { return };
    let phases = |it: &BuiltType| it.phases.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    for draft in others {
        let names = |types: &[BuiltType]| types.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        let message = format!("the cell types differ from those in arm {}", first.name);
        let hint = "declare all cell types in the scenario; a type of which an arm places no cells does nothing there";
        draft.diagnostics.require(names(&draft.types) == names(&first.types), "cell_types", message, hint);
        for (own, reference) in draft.types.iter().zip(&first.types) {
            let message = format!("phases of {} differ from those in arm {}", own.name, first.name);
            let path = format!("cell_types.{}.cycle", quoted(&own.name));
            let hint = "arms may differ in rates and durations; for another cycle add a cell type";
            draft.diagnostics.require(phases(own) == phases(reference), path, message, hint);
            let message = format!("traits of {} differ from those in arm {}", own.name, first.name);
            let path = format!("cell_types.{}.traits", quoted(&own.name));
            draft.diagnostics.require(own.trait_names == reference.trait_names, path, message, "");
            let message = format!("in arm {} {} has proteostasis, or it has none here", first.name, own.name);
            let path = format!("cell_types.{}.proteostasis", quoted(&own.name));
            let is_same = own.proteostasis.is_some() == reference.proteostasis.is_some();
            draft.diagnostics.require(is_same, path, message, "all arms share the columns of the cells");
        }
    }
}
