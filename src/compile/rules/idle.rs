//! Rules that can never act, or act the other way than they say. Each is a warning: the run is right without it, and yet
//! hardly what its author meant.

use super::Noted;
use crate::compile::arm::Draft;
use crate::compile::diagnostics::Diagnostic;
use crate::compile::frame::Frame;
use crate::plan::rules::RuleRow;
use crate::plan::rules::behaviours::What;
use crate::plan::rules::signals::{Code, DEAD_CONTACT};
use crate::plan::{
    Action, Arrangement, ExchangeParameters, Geometry, PairParameters, Parameters, Placement, SubstrateBoundary,
    TypeParameters,
};
use crate::word;

/// Relative difference of two values that are one.
const SAME: f32 = 1e-6;

/// The rules of an arm that cannot act in it, each with the first reason found.
pub fn idle_rules(draft: &Draft, frame: &Frame) -> Vec<Diagnostic> {
    let arm = Judged { draft, frame, parameters: &draft.parameters, present: present(draft) };
    let found = draft.noted.iter().filter_map(|rule| Some((rule, arm.reason(rule)?)));
    found.map(|(rule, (message, hint))| rule.diagnostic(message, hint)).collect()
}

/// Cell types of which there may be cells: those that enter, and those that they may become.
fn present(draft: &Draft) -> Vec<bool> {
    let parameters = &draft.parameters;
    let count = parameters.types.len();
    let mut present = vec![false; count];
    let is_empty = |it: &Placement| matches!(it.arrangement, Arrangement::Random { count: 0, .. });
    for placement in draft.placements().filter(|it| !is_empty(it)) {
        present[placement.cell_type as usize] = true;
    }
    for _ in 0..count {
        for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
            let becomes = acts(parameters, from, to, parameters.pair(from, to).transition_per_min, TRANSITION);
            present[to] |= present[from] && becomes;
        }
    }
    present
}

/// Whether a signal of 0 has a response: that of a linear rule that falls.
fn responds_to_nothing(row: &RuleRow) -> bool {
    row.is_linear == 1 && -row.middle * row.steepness > 0.0
}

const TRANSITION: usize = word!(PairParameters, transition_per_min);
const ATTACHMENT: usize = word!(PairParameters, attachment_per_min);
const HITS: usize = word!(PairParameters, hits_per_min);

/// Whether a rate between two types is above 0, or may become so by a rule.
fn acts(parameters: &Parameters, own: usize, other: usize, rate: f32, field: usize) -> bool {
    rate > 0.0 || parameters.is_ruled(parameters.pair_word(own, other, field))
}

struct Judged<'a> {
    draft: &'a Draft,
    frame: &'a Frame,
    parameters: &'a Parameters,
    present: Vec<bool>,
}

type Reason = (String, &'static str);

impl Judged<'_> {
    fn reason(&self, rule: &Noted) -> Option<Reason> {
        let own = self.name(rule.own);
        if !self.present[rule.own] {
            return Some((format!("the rule never acts: no cell of {own} ever enters"), "place or add such cells"));
        }
        if let Some(why) = self.silent(rule).filter(|_| !responds_to_nothing(&rule.row)) {
            return Some((format!("the rule never acts: its signal `{}` is always 0: {why}", rule.signal.name), ""));
        }
        if let Some(why) = self.lacks(rule) {
            return Some((format!("the rule never acts: {why}"), ""));
        }
        self.still(rule).or_else(|| self.of_dead(rule))
    }

    fn name(&self, own: usize) -> &str {
        &self.draft.types[own].name
    }

    /// Why the signal of a rule is 0 whatever happens.
    fn silent(&self, rule: &Noted) -> Option<String> {
        let (which, name, own) = (rule.signal.which, self.name(rule.own), &self.parameters.types[rule.own]);
        let never = |why: String, holds: bool| (!holds).then_some(why);
        let types = 0..self.present.len();
        match rule.signal.code {
            Code::Contact if which & DEAD_CONTACT == 0 => {
                let is_met = types.clone().any(|other| which >> other & 1 == 1 && self.present[other]);
                never("no such cell ever enters".into(), is_met)
            }
            Code::Count => never("no such cell ever enters".into(), self.present[which as usize]),
            Code::Level | Code::Gradient => never("nothing brings it in".into(), self.comes_in(which as usize)),
            Code::Dead => {
                let why = "the rule applies to live cells alone; let it apply to the dead";
                never(why.into(), rule.row.applies_to_dead == 1)
            }
            Code::Pressure => {
                never("cells of a culture have no places".into(), self.frame.space.geometry != Geometry::Culture)
            }
            Code::Attached => never(format!("{name} attaches to no other"), self.draft.attacks(rule.own)),
            Code::Damage => never(format!("{name} has no damage"), own.damage_power > 0),
            Code::Hits => {
                let hits = |by: usize| self.parameters.pair(by, rule.own).hits_per_min;
                let is_hit = types.clone().any(|by| acts(self.parameters, by, rule.own, hits(by), HITS));
                never(format!("nothing hits {name}"), is_hit)
            }
            Code::Divisions => {
                let divides = |it: usize| self.draft.types[it].phases.iter().any(|(_, phase)| phase.divides == 1);
                never("no cell divides".into(), types.clone().any(divides))
            }
            _ => None,
        }
    }

    /// Whether a substrate may ever be above 0.
    fn comes_in(&self, number: usize) -> bool {
        let Some(substrates) = &self.frame.substrates else { return false };
        let (it, columns) = (&substrates.list[number], substrates.columns());
        let at_boundary = match &it.boundary {
            SubstrateBoundary::Fixed(faces) => faces.iter().flatten().any(|&level| level > 0.0),
            SubstrateBoundary::Held { value, .. } => *value > 0.0,
            SubstrateBoundary::NoFlux | SubstrateBoundary::Periodic => false,
        };
        let is_secreted = (0..self.present.len()).filter(|&own| self.present[own]).any(|own| {
            let (row, by_type) = (&self.parameters.exchange[own * columns + number], &self.parameters.types[own]);
            let word =
                self.parameters.exchange_word(own, number, columns, word!(ExchangeParameters, secretion_per_min));
            let as_cytokine = [by_type.ifn_gamma, by_type.il2].contains(&(number as u32 + 1));
            row.secretion_per_min > 0.0 || self.parameters.is_ruled(word) || as_cytokine
        });
        let is_fed = self.draft.scenario.drugs.values().any(|drug| drug.substrate.as_ref() == Some(&it.name));
        it.initial > 0.0 || at_boundary || is_secreted || is_fed
    }

    /// What a cell type lacks, without which the behaviour means nothing.
    fn lacks(&self, rule: &Noted) -> Option<String> {
        let (parameters, own) = (self.parameters, rule.own);
        let (row, name) = (&parameters.types[own], self.name(own));
        let phases = &self.draft.types[own].phases;
        let is_culture = self.frame.space.geometry == Geometry::Culture;
        let speed = word!(TypeParameters, speed_um_per_min);
        let moves =
            !is_culture && (row.speed_um_per_min > 0.0 || parameters.is_ruled(parameters.type_word(own, speed)));
        let says = |why: String, lacks: bool| lacks.then_some(why);
        match rule.what {
            What::Type(field) if field == speed => says("cells of a culture do not walk".into(), is_culture),
            What::Type(field) if field == word!(TypeParameters, bias) => says(format!("{name} does not walk"), !moves),
            What::Type(field) if field == word!(TypeParameters, attached_speed_fraction) => {
                let why = format!("{name} does not walk, or attaches to no other");
                says(why, !moves || !self.draft.attacks(own))
            }
            What::Type(field) if field == word!(TypeParameters, crowding_pressure) => {
                let arrests = phases.iter().any(|(_, phase)| phase.arrests == 1);
                says(format!("{name} has no phase with arrests_when_crowded"), !arrests)
            }
            What::Type(field) if field == word!(TypeParameters, hit_repair_per_min) => {
                says(format!("{name} has no hits"), row.lethal_hits == 0)
            }
            What::Exit(_) => {
                let changes = phases.len() > 1 || phases.iter().any(|(_, phase)| phase.divides == 1);
                says(format!("{name} has no cycle, and the end of its one phase changes nothing"), !changes)
            }
            What::Pair(other, field) if field != TRANSITION && !self.present[other] => {
                says(format!("no cell of {} ever enters", self.name(other)), true)
            }
            What::Pair(other, field) if field != ATTACHMENT && field != TRANSITION => {
                let rate = parameters.pair(own, other).attachment_per_min;
                let attaches = acts(parameters, own, other, rate, ATTACHMENT);
                says(format!("{name} never attaches to {}", self.name(other)), !attaches)
            }
            What::Exchange(number, field) if field == word!(ExchangeParameters, target) => {
                let columns = parameters.exchange.len() / parameters.types.len().max(1);
                let secretion = word!(ExchangeParameters, secretion_per_min);
                let is_ruled = parameters.is_ruled(parameters.exchange_word(own, number, columns, secretion));
                let secretes = is_ruled || parameters.exchange[own * columns + number].secretion_per_min > 0.0;
                says(format!("{name} does not secrete it"), !secretes)
            }
            _ => None,
        }
    }

    /// Where the saturation is what the behaviour is without the rule, or on the other side of it.
    fn still(&self, rule: &Noted) -> Option<Reason> {
        if self.is_treated() {
            return None;
        }
        let of_type = &self.parameters.rules.behaviours[rule.own];
        let moves: Vec<[f32; 2]> = rule
            .words
            .iter()
            .filter_map(|&word| {
                let behaviour = of_type.iter().find(|it| it.word == word)?;
                let base = f32::from_bits(self.parameters.word(word));
                let is_raised = behaviour.rules.iter().any(|it| it.decreases == 0);
                let from = if rule.row.decreases == 1 && is_raised { base.max(behaviour.up_saturation) } else { base };
                let to = if rule.row.decreases == 1 { behaviour.down_saturation } else { behaviour.up_saturation };
                Some([from, to])
            })
            .collect();
        if moves.is_empty() {
            return None;
        }
        let is_same = |[from, to]: [f32; 2]| (from - to).abs() <= SAME * from.abs().max(to.abs());
        if moves.iter().all(|&it| is_same(it)) {
            let message =
                format!("the rule never acts: `{}` is at its saturation without it, by the cell type", rule.behaviour);
            return Some((message, "choose another saturation, or another value of the cell type"));
        }
        let is_against = |[from, to]: [f32; 2]| if rule.row.decreases == 1 { to > from } else { to < from };
        moves.iter().all(|&it| is_against(it)).then(|| {
            let [says, does] = if rule.row.decreases == 1 { ["decreases", "raises"] } else { ["increases", "lowers"] };
            let message = format!(
                "the rule {says} `{}` by its word and {does} it in fact: without it, it is {}, and at saturation {}",
                rule.behaviour, moves[0][0], moves[0][1]
            );
            (message, "the numbers are in um and min; choose the other effect, or another saturation")
        })
    }

    /// Whether drugs or settings change parameters from which rules start.
    fn is_treated(&self) -> bool {
        !self.draft.treatment.effects.is_empty()
            || self.draft.scheduled.actions().any(|action| matches!(action, Action::Set(_)))
    }

    /// What the dead do not do.
    fn of_dead(&self, rule: &Noted) -> Option<Reason> {
        let is_theirs = matches!(rule.what, What::Exchange(..) | What::Force(_));
        (rule.row.applies_to_dead == 1 && !is_theirs).then(|| {
            let message =
                format!("that the rule applies to the dead changes nothing: `{}` is of live cells", rule.behaviour);
            (message, "the dead secrete, take up, adhere and repel")
        })
    }
}
