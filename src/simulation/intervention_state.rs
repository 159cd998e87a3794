//! What the interventions of a batch remember from step to step.

use super::interventions::{Begun, Due, Interventions, NUMBERS};
use crate::engine::interface::Engine;
use crate::error::{Error, Result};
use crate::plan::treatment::{Dose, ParameterChange};
use crate::plan::{Arm, Conditional, Intervention, Plan};
use serde::{Deserialize, Serialize};

/// Between two steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Of each set of parameter rows.
    pub(crate) sets: Vec<KeptSet>,
    /// \[tissue\]\[condition of its arm\].
    pub(crate) begun: Vec<Vec<Begun>>,
    pub(crate) pending: Vec<KeptDue>,
}

/// What makes the parameters of a set of rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptSet {
    pub doses: Vec<(u32, Dose)>,
    pub settings: Vec<ParameterChange>,
    pub computed_at: Option<u32>,
}

/// An intervention that a condition brought, by its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptDue {
    pub tick: u32,
    pub tissue: usize,
    pub condition: usize,
    pub place: usize,
    pub number: u32,
}

/// An intervention in the course of a condition.
fn intervention(plan: &Plan, arm: usize, condition: usize, place: usize) -> Option<&Intervention> {
    plan.arms.get(arm)?.conditional.get(condition)?.course.get(place)
}

impl<'a> Interventions<'a> {
    /// What is to be remembered; what has happened was taken before.
    pub fn kept(&self) -> Kept {
        let set = |it: &super::interventions::Set| KeptSet {
            doses: it.doses.clone(),
            settings: it.settings.clone(),
            computed_at: it.computed_at,
        };
        let pending = self.pending.iter().filter_map(|it| {
            let (tissue, (condition, place)) = (it.only?, it.course?);
            Some(KeptDue { tick: it.tick, tissue, condition, place, number: it.number })
        });
        Kept { sets: self.set.iter().map(set).collect(), begun: self.begun.clone(), pending: pending.collect() }
    }

    /// Goes on from what was remembered at a tick, and hands the engine the parameters of that time. What drugs add at the
    /// boundaries of substrates is computed anew before each solve.
    ///
    /// # Errors
    /// `Error::Input` where it does not fit the plan.
    pub fn restore(&mut self, kept: &Kept, tick: u32, engine: &mut dyn Engine) -> Result<()> {
        let pending: Option<Vec<Due<'a>>> = kept.pending.iter().map(|it| self.due(it)).collect();
        let (true, Some(pending)) = (self.fits(kept, tick), pending) else {
            return Err(Error::Input(
                "error: the interventions of the checkpoint do not fit its scenario\n\n\
                 hint: start the run again with --force, or in another folder with -o"
                    .to_owned(),
            ));
        };
        self.pending = pending;
        self.begun.clone_from(&kept.begun);
        for (number, (set, kept)) in self.set.iter_mut().zip(&kept.sets).enumerate() {
            set.doses.clone_from(&kept.doses);
            set.settings.clone_from(&kept.settings);
            set.computed_at = kept.computed_at;
            // What was not computed by then waits for the first step.
            set.is_changed &= kept.computed_at.is_none();
            if let Some(tick) = kept.computed_at {
                let rows = set.computed(self.plan, tick);
                if rows != set.rows {
                    engine.set_parameters(number, &rows)?;
                    set.rows = rows;
                }
            }
        }
        Ok(())
    }

    /// Whether all that was remembered at a tick has a place in the plan.
    fn fits(&self, kept: &Kept, tick: u32) -> bool {
        let set_fits = |(set, kept): (&super::interventions::Set, &KeptSet)| {
            let Arm { parameters, treatment, .. } = &self.plan.arms[set.arm];
            kept.doses.iter().all(|(at, dose)| *at <= tick && dose.drug < treatment.drugs.len())
                && kept.settings.iter().all(|it| it.place.is_in(parameters))
                && kept.computed_at.is_none_or(|at| at <= tick)
        };
        let conditional = |tissue: usize| &self.plan.arms[self.plan.arm_and_replicate(tissue).0].conditional;
        let has_begun = |(begun, conditional): (&Begun, &Conditional)| begun.fits(conditional);
        let begun_fits = |(tissue, begun): (usize, &Vec<Begun>)| {
            begun.len() == conditional(tissue).len() && begun.iter().zip(conditional(tissue)).all(has_begun)
        };
        kept.sets.len() == self.set.len()
            && self.set.iter().zip(&kept.sets).all(set_fits)
            && kept.begun.len() == self.tissues.len()
            && self.tissues.clone().zip(&kept.begun).all(begun_fits)
    }

    fn due(&self, it: &KeptDue) -> Option<Due<'a>> {
        let is_own = it.tissue < self.tissues.len() && (it.number / NUMBERS) as usize == 1 + it.condition;
        let tissue = is_own.then(|| self.tissues.start + it.tissue)?;
        let (arm, _) = self.plan.arm_and_replicate(tissue);
        let intervention = intervention(self.plan, arm, it.condition, it.place)?;
        let course = Some((it.condition, it.place));
        Some(Due { tick: it.tick, arm, only: Some(it.tissue), course, intervention, number: it.number })
    }
}
