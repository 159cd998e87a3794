//! What the interventions of a batch remember from step to step.

use super::engine::Engine;
use super::interventions::{Begun, Due, Interventions};
use crate::error::{Error, Result};
use crate::plan::treatment::{Dose, Setting};
use crate::plan::{Intervention, Plan};
use serde::{Deserialize, Serialize};

/// Between two steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Of each set of parameter rows.
    pub(super) sets: Vec<KeptSet>,
    /// \[tissue\]\[condition of its arm\].
    pub(super) begun: Vec<Vec<Begun>>,
    pub(super) pending: Vec<KeptDue>,
}

/// What makes the parameters of a set of rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptSet {
    pub doses: Vec<(u32, Dose)>,
    pub settings: Vec<Setting>,
    pub computed_at: Option<u32>,
}

/// An intervention that a condition brought, by its place in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptDue {
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

    /// Goes on from what was remembered, and hands the engine the parameters of that time. What drugs add at the
    /// boundaries of substrates is computed anew before each solve.
    ///
    /// # Errors
    /// `Error::Failed` where it does not fit the plan.
    pub fn restore(&mut self, kept: &Kept, engine: &mut dyn Engine) -> Result<()> {
        let fits =
            kept.sets.len() == self.set.len() && kept.begun.iter().map(Vec::len).eq(self.begun.iter().map(Vec::len));
        let pending: Option<Vec<Due<'a>>> = kept.pending.iter().map(|it| self.due(it)).collect();
        let (true, Some(pending)) = (fits, pending) else {
            return Err(Error::Failed("the interventions of the checkpoint do not fit the scenario".to_owned()));
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

    fn due(&self, it: &KeptDue) -> Option<Due<'a>> {
        let tissue = (it.tissue < self.tissues.len()).then(|| self.tissues.start + it.tissue)?;
        let (arm, _) = self.plan.arm_and_replicate(tissue);
        let intervention = intervention(self.plan, arm, it.condition, it.place)?;
        let course = Some((it.condition, it.place));
        Some(Due { tick: it.tick, arm, only: Some(it.tissue), course, intervention, number: it.number })
    }
}
