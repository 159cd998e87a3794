//! What happens to a batch from outside: due interventions, conditions on statistics, doses and parameters.
//!
//! Conditions are judged tissue by tissue, on the numbers that the series gets. The parameters of a set of rows are
//! computed anew at each tick of the treatment clock while a drug is there, and when a dose or setting comes; the
//! engine gets them only if they differ from those it has.

use super::history;
use crate::cells::Cells;
use crate::engine::interface::{Engine, Observation};
use crate::error::Result;
use crate::measure::{Layout, StatisticRow, rows, substrate_rows, with_concentrations};
use crate::plan::domain::hours;
use crate::plan::parameters::RowSets;
use crate::plan::substrates::LANES;
use crate::plan::treatment::{Dose, ParameterChange};
use crate::plan::{Action, Arm, Conditional, Intervention, Parameters, Placement, Plan, Substrates};
use crate::stages::lifecycle::irradiate::Irradiation;
use crate::stages::lifecycle::remove::Removal;
use crate::stages::voxels::region::ALL;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Room that the numbers of a condition's interventions take: more never fire.
pub(crate) const NUMBERS: u32 = 1 << 16;

/// Something that happened to one tissue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterventionEvent {
    pub tick: u32,
    /// Number of the tissue in the study.
    pub tissue: usize,
    pub intervention: String,
    pub what: String,
}

/// The parameters of a set of rows, and what makes them what they are.
pub(crate) struct Set {
    pub arm: usize,
    pub doses: Vec<(u32, Dose)>,
    pub settings: Vec<ParameterChange>,
    pub rows: Parameters,
    /// Something came at this tick.
    pub is_changed: bool,
    /// Tick at which the rows were computed; none: they are those of the arm.
    pub computed_at: Option<u32>,
}

impl Set {
    /// The rows that hold from a tick to the next of the treatment clock.
    pub fn computed(&self, plan: &Plan, tick: u32) -> Parameters {
        let Arm { parameters, treatment, .. } = &plan.arms[self.arm];
        let clock = treatment.clock_ticks.max(1);
        let concentrations = treatment.concentrations(&self.doses, tick, (tick / clock + 1) * clock);
        treatment.rows(parameters, &self.settings, &concentrations)
    }
}

/// How often a condition's course has begun in a tissue, and from when on it is judged again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Begun {
    times: u32,
    interventions: u32,
    judged_from: u32,
}

impl Begun {
    /// Whether a condition can have begun so.
    pub fn fits(&self, conditional: &Conditional) -> bool {
        let brought = u64::from(self.times) * conditional.course.len() as u64;
        self.times <= conditional.at_most && u64::from(self.interventions) == brought
    }
}

/// An intervention that comes at a tick, to all tissues of an arm or to one.
pub(crate) struct Due<'a> {
    pub tick: u32,
    pub arm: usize,
    /// Within the batch.
    pub only: Option<usize>,
    /// Number of the condition that brought it, and its place in the course.
    pub course: Option<(usize, usize)>,
    pub intervention: &'a Intervention,
    pub number: u32,
}

/// The interventions of a batch.
pub struct Interventions<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) tissues: Range<usize>,
    pub(crate) sets: RowSets,
    pub(crate) set: Vec<Set>,
    layout: Layout,
    /// \[tissue\]\[condition of its arm\].
    pub(crate) begun: Vec<Vec<Begun>>,
    /// In the order in which their conditions were judged.
    pub(crate) pending: Vec<Due<'a>>,
    happened: Vec<InterventionEvent>,
    /// As the engine has them; empty where no drug reaches the tissue through a substrate.
    drug_levels: Vec<[f32; LANES]>,
}

impl<'a> Interventions<'a> {
    /// Those of a range of the plan's tissues, before anything has happened.
    pub fn new(plan: &'a Plan, tissues: Range<usize>) -> Result<Interventions<'a>> {
        let sets = RowSets::new(plan, tissues.clone());
        let set = |&arm: &usize| Set {
            arm,
            doses: Vec::new(),
            settings: Vec::new(),
            rows: plan.arms[arm].parameters.clone(),
            is_changed: false,
            computed_at: None,
        };
        let feeds = plan.arms.iter().any(|arm| arm.treatment.feeds());
        let (groups, count) = (plan.substrates.as_ref().map_or(0, Substrates::groups), tissues.len());
        let mut set: Vec<Set> = sets.arms.iter().map(set).collect();
        if !plan.cohort.parameters.is_empty() {
            for (tissue, &own) in tissues.clone().zip(&sets.of_tissue) {
                set[own].settings = plan.cohort.settings(plan.arm_and_replicate(tissue).1);
                set[own].is_changed = true;
            }
        }
        let begun = |tissue| vec![Begun::default(); plan.arms[plan.arm_and_replicate(tissue).0].conditional.len()];
        Ok(Interventions {
            plan,
            layout: Layout::new(plan, tissues.len())?,
            set,
            sets,
            begun: tissues.clone().map(begun).collect(),
            tissues,
            pending: Vec::new(),
            happened: Vec::new(),
            drug_levels: vec![[0.0; LANES]; if feeds { groups * count } else { 0 }],
        })
    }

    /// Whether the steps have to wait for statistics.
    pub fn has_conditions(&self) -> bool {
        self.plan.arms.iter().any(|arm| !arm.conditional.is_empty())
    }

    /// Concentration of each drug in plasma or medium, in each tissue, just before what is due at a tick.
    pub fn concentrations(&self, tick: u32) -> Vec<Vec<f64>> {
        let of_set = |&set: &usize| {
            let set = &self.set[set];
            self.plan.arms[set.arm].treatment.levels(&set.doses, tick)
        };
        self.sets.of_tissue.iter().map(of_set).collect()
    }

    /// Judges all conditions by statistics that were just taken; what follows is due from their tick on.
    pub fn judge(&mut self, it: &Observation) -> Result<()> {
        let tissues = self.tissues.start as u32..self.tissues.end as u32;
        let levels = substrate_rows(self.plan, &it.stocks, it.tick, tissues.clone());
        let rows = rows(self.plan, &self.layout, &it.words, &it.events, it.tick, tissues)?;
        let rows = with_concentrations(self.plan, rows, &it.concentrations);
        let mut levels = levels.chunk_by(|a, b| a.tissue == b.tissue);
        for (local, of_tissue) in rows.chunk_by(|a, b| a.tissue == b.tissue).enumerate() {
            let of_tissue = [of_tissue, levels.next().unwrap_or(&[])].concat();
            let (arm, _) = self.plan.arm_and_replicate(of_tissue[0].tissue as usize);
            for (number, conditional) in self.plan.arms[arm].conditional.iter().enumerate() {
                let begun = self.begun[local][number];
                let may_begin = begun.times < conditional.at_most
                    && (begun.judged_from..=conditional.until_tick).contains(&it.tick);
                if may_begin && holds(conditional, &of_tissue) {
                    self.begin(local, number, conditional, it.tick);
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, tissue: usize, number: usize, conditional: &'a Conditional, tick: u32) {
        let (arm, _) = self.plan.arm_and_replicate(self.tissues.start + tissue);
        let begun = &mut self.begun[tissue][number];
        for (place, intervention) in conditional.course.iter().enumerate() {
            let course = Some((number, place));
            let number = NUMBERS * (1 + number as u32) + begun.interventions % NUMBERS;
            begun.interventions += 1;
            let tick = tick + conditional.delay_ticks + intervention.tick;
            self.pending.push(Due { tick, arm, only: Some(tissue), course, intervention, number });
        }
        begun.times += 1;
        begun.judged_from = tick + conditional.pause_ticks.max(1);
    }

    /// Carries out what is due at a tick; true when cells were marked for removal.
    pub fn carry_out(&mut self, tick: u32, engine: &mut dyn Engine) -> Result<bool> {
        let plan = self.plan;
        let mut due: Vec<Due<'a>> = Vec::new();
        for (arm, row) in plan.arms.iter().enumerate() {
            let now = row.interventions.iter().filter(|it| it.tick == tick);
            due.extend(now.map(|intervention| Due {
                tick,
                arm,
                only: None,
                course: None,
                intervention,
                number: intervention.number,
            }));
        }
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|it| it.tick <= tick);
        self.pending = later;
        due.extend(now);
        let mut removes = false;
        for it in &due {
            removes |= self.act(it, engine)?;
        }
        self.set_parameters(tick, engine)?;
        self.set_drug_levels(tick, engine)?;
        Ok(removes)
    }

    /// What has happened since the last call, in the order of time.
    pub fn happened(&mut self) -> Vec<InterventionEvent> {
        std::mem::take(&mut self.happened)
    }

    /// Carries out one intervention; true when cells were marked for removal.
    fn act(&mut self, due: &Due<'a>, engine: &mut dyn Engine) -> Result<bool> {
        let meant = self.meant(due);
        if meant.is_empty() {
            return Ok(false);
        }
        let tissue = due.only.map_or(ALL, |local| local as u32);
        let (arm, number) = (due.arm, due.number);
        match &due.intervention.action {
            Action::Add(placement) => engine.add(&self.cells(due, placement, &meant)?, true)?,
            Action::Remove { cell_type, probability, region } => {
                let removal = Removal::new(arm, number, cell_type.unwrap_or(ALL), *probability, region);
                engine.remove(&removal.in_tissue(tissue))?;
            }
            Action::Irradiate { death_probability, region } => {
                engine.irradiate(&Irradiation::new(arm, number, death_probability, region).in_tissue(tissue))?;
            }
            Action::Dose(dose) => self.each_set(due, |set| set.doses.push((due.tick, *dose))),
            Action::Set(setting) => self.each_set(due, |set| set.settings.push(*setting)),
        }
        let happening = |local: usize| InterventionEvent {
            tick: due.tick,
            tissue: self.tissues.start + local,
            intervention: due.intervention.name.clone(),
            what: due.intervention.what.clone(),
        };
        let happened: Vec<_> = meant.into_iter().map(happening).collect();
        self.happened.extend(happened);
        Ok(matches!(due.intervention.action, Action::Remove { .. }))
    }

    /// Tissues of the batch that an intervention is for.
    fn meant(&self, due: &Due) -> Vec<usize> {
        let of_arm = |&local: &usize| self.plan.arm_and_replicate(self.tissues.start + local).0 == due.arm;
        due.only.map_or_else(|| (0..self.tissues.len()).filter(of_arm).collect(), |local| vec![local])
    }

    /// Cells that enter.
    fn cells(&self, due: &Due, placement: &Placement, meant: &[usize]) -> Result<Cells> {
        let (row, mut cells) = (&self.plan.arms[due.arm], Cells::default());
        let group = row.initial.len() as u32 + due.number;
        for &local in meant {
            let seed = self.plan.seeds[self.plan.arm_and_replicate(self.tissues.start + local).1];
            cells.append(&history::place(self.plan, due.arm, placement, group, seed, local as u32)?);
        }
        cells.set_born(&self.plan.clocks, due.tick);
        Ok(cells)
    }

    /// Changes the sets of rows that an intervention concerns.
    fn each_set(&mut self, due: &Due, change: impl Fn(&mut Set)) {
        let of_tissue = due.only.map(|local| self.sets.of_tissue[local]);
        for (number, set) in self.set.iter_mut().enumerate() {
            if of_tissue.map_or(set.arm == due.arm, |own| own == number) {
                change(set);
                set.is_changed = true;
            }
        }
    }

    /// Hands the engine the parameters that hold from a tick to the next of the treatment clock.
    fn set_parameters(&mut self, tick: u32, engine: &mut dyn Engine) -> Result<()> {
        for (number, set) in self.set.iter_mut().enumerate() {
            let clock = self.plan.arms[set.arm].treatment.clock_ticks.max(1);
            let has_drug = !set.doses.is_empty() && tick.is_multiple_of(clock);
            if !std::mem::take(&mut set.is_changed) && !has_drug {
                continue;
            }
            let rows = set.computed(self.plan, tick);
            set.computed_at = Some(tick);
            if rows != set.rows {
                engine.set_parameters(number, &rows)?;
                set.rows = rows;
            }
        }
        Ok(())
    }

    /// Hands the engine what drugs add at the boundaries of substrates when the step that begins at a tick ends.
    fn set_drug_levels(&mut self, tick: u32, engine: &mut dyn Engine) -> Result<()> {
        let clocks = &self.plan.clocks;
        if self.drug_levels.is_empty() || !clocks.ends(tick, clocks.substrates_ticks) {
            return Ok(());
        }
        let groups = self.drug_levels.len() / self.tissues.len();
        let of_set = |set: &Set| {
            let treatment = &self.plan.arms[set.arm].treatment;
            treatment.boundary_levels(&set.doses, tick + clocks.movement_ticks, groups)
        };
        let by_set: Vec<_> = self.set.iter().map(of_set).collect();
        let of_group = |group: usize| self.sets.of_tissue.iter().map(move |&set| (set, group));
        let levels: Vec<_> = (0..groups).flat_map(of_group).map(|(set, group)| by_set[set][group]).collect();
        if levels != self.drug_levels {
            engine.set_drug_levels(&levels)?;
            self.drug_levels = levels;
        }
        Ok(())
    }
}

fn holds(conditional: &Conditional, rows: &[StatisticRow]) -> bool {
    conditional.condition.holds(&|cell_type, name| match (cell_type, name) {
        (None, "time_h") => rows.first().map(|row| hours(row.tick)),
        _ => rows.iter().find(|row| row.cell_type == cell_type && &*row.statistic == name).and_then(|row| row.value),
    })
}
