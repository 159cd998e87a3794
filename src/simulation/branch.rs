//! Tissues of one plan that go on from those of another: what the cells, fields and drugs of a warm-up are to them.
//!
//! Cells keep their ids, columns and bonds. Doses and settings of the warm-up stay what they were; conditions go on
//! where the other plan has them too. Rules that differ act from their next evaluation on.

use super::batch::Moment;
use super::intervention_state::{Kept, KeptDue, KeptSet};
use super::interventions::Begun;
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::{NO_BOND, packs};
use crate::cells::events::EVENT_COUNT;
use crate::engine::state::State;
use crate::fields::KEPT;
use crate::measure::Accounts;
use crate::plan::parameters::RowSets;
use crate::plan::{Conditional, Plan, Substrates};
use std::ops::Range;

/// A batch of the warm-up, at the time of the branch.
pub struct WarmedUp<'a> {
    pub plan: &'a Plan,
    pub tissues: Range<usize>,
    pub moment: &'a Moment,
}

impl WarmedUp<'_> {
    /// The moment at which a batch of another plan begins; `source` gives the tissue, within the batch of the warm-up,
    /// that each of its tissues comes from. Both plans have the same types, substrates, domain and clocks.
    ///
    /// # Errors
    /// Says what of the warm-up the other plan cannot go on with.
    pub fn branch(&self, plan: &Plan, tissues: Range<usize>, source: &[usize]) -> Result<Moment, String> {
        let state = &self.moment.state;
        let slots = self.slots();
        let mut cells = self.cells(plan, source, &slots);
        cells.behaviours = self.behaviours(plan, &tissues, source, &slots);
        let row = plan.cell_types.len() * EVENT_COUNT;
        let events = source.iter().flat_map(|&from| &state.events[from * row..][..row]).copied().collect();
        let fields = plan.substrates.iter().flat_map(|substrates| self.fields(substrates, source)).collect();
        let state = State { tick: state.tick, cells, events, fields, accounts: self.accounts(plan, source) };
        Ok(Moment { state, interventions: self.interventions(plan, tissues, source)? })
    }

    /// Slots of the cells of each tissue of the warm-up, ascending.
    fn slots(&self) -> Vec<Vec<usize>> {
        let mut slots: Vec<Vec<usize>> = vec![Vec::new(); self.tissues.len()];
        for (slot, identity) in self.moment.state.cells.identity.iter().enumerate() {
            slots[cell_bits::tissue(identity[2]) as usize].push(slot);
        }
        slots
    }

    /// Cells of each tissue, with the packs that both plans have.
    fn cells(&self, plan: &Plan, source: &[usize], slots: &[Vec<usize>]) -> Cells {
        let from = &self.moment.state.cells;
        let taken: Vec<usize> = source.iter().flat_map(|&tissue| slots[tissue].iter().copied()).collect();
        let mut cells = Cells::default();
        for pack in packs(plan).filter(|pack| !from.pack(*pack).is_empty()) {
            cells.set_pack(pack, taken.iter().map(|&slot| from.pack(pack)[slot]).collect());
        }
        let mut first = 0;
        for (tissue, &source) in source.iter().enumerate() {
            let own = &slots[source];
            for identity in &mut cells.identity[first..][..own.len()] {
                identity[2] = cell_bits::with_tissue(identity[2], tissue as u32);
                // Bonds are within a tissue.
                identity[3] = own.binary_search(&(identity[3] as usize)).map_or(NO_BOND, |at| (first + at) as u32);
            }
            first += own.len();
        }
        cells
    }

    /// Values of rules: those of the warm-up where an arm has its rules, else those that rules start from.
    fn behaviours(&self, plan: &Plan, tissues: &Range<usize>, source: &[usize], slots: &[Vec<usize>]) -> Vec<f32> {
        let (from, count) = (&self.moment.state.cells, plan.ruled_values());
        let before = self.plan.ruled_values();
        let mut values = Vec::new();
        for (tissue, &source) in tissues.clone().zip(source) {
            let own = &plan.arms[plan.arm_and_replicate(tissue).0].parameters;
            let warm = &self.plan.arms[self.plan.arm_and_replicate(self.tissues.start + source).0].parameters;
            let kept = if own.rules == warm.rules { own.rules.values() } else { 0 };
            for &slot in &slots[source] {
                let mut row = own.unruled(cell_bits::cell_type(from.identity[slot][2]) as usize, count);
                row[..kept].copy_from_slice(&from.behaviours[slot * before..][..kept]);
                values.extend(row);
            }
        }
        values
    }

    fn fields(&self, substrates: &Substrates, source: &[usize]) -> Vec<Vec<u32>> {
        let groups = substrates.groups();
        let one = |(kept, words): (&crate::fields::Kept, &Vec<u32>)| {
            let block = (kept.words_per_tissue)(substrates) / groups;
            let place = |group: usize, tissue: usize| (group * self.tissues.len() + tissue) * block;
            let blocks = (0..groups).flat_map(|group| source.iter().map(move |&tissue| (group, tissue)));
            blocks.flat_map(|(group, tissue)| &words[place(group, tissue)..][..block]).copied().collect()
        };
        KEPT.iter().zip(&self.moment.state.fields).map(one).collect()
    }

    fn accounts(&self, plan: &Plan, source: &[usize]) -> Accounts {
        let (sums, count) = (self.moment.state.accounts.sums(), plan.substrates.as_ref().map_or(0, |it| it.list.len()));
        // Nothing has been added up before the first report.
        let of_tissue = |&tissue: &usize| sums.get(tissue * count..(tissue + 1) * count).unwrap_or(&[]).to_vec();
        Accounts::from_sums(&source.iter().flat_map(of_tissue).collect::<Vec<_>>())
    }

    fn interventions(&self, plan: &Plan, tissues: Range<usize>, source: &[usize]) -> Result<Kept, String> {
        let kept = &self.moment.interventions;
        let sets = RowSets::new(plan, tissues.clone());
        let warm_sets = RowSets::new(self.plan, self.tissues.clone());
        let mut own: Vec<Option<KeptSet>> = vec![None; sets.arms.len()];
        for ((tissue, &set), &source) in tissues.clone().zip(&sets.of_tissue).zip(source) {
            let arm = plan.arm_and_replicate(tissue).0;
            let warm = warm_sets.of_tissue[source];
            let moved = self.set(&kept.sets[warm], warm_sets.arms[warm], plan, arm)?;
            if own[set].as_ref().is_some_and(|it| *it != moved) {
                return Err(format!(
                    "by its conditions, the warm-up gave its replicates different drugs or parameters, and those of \
                     arm {} have them in common",
                    plan.arms[arm].name
                ));
            }
            own[set] = Some(moved);
        }
        let (mut begun, mut pending) = (Vec::new(), Vec::new());
        for (local, (tissue, &source)) in tissues.zip(source).enumerate() {
            let conditions = &plan.arms[plan.arm_and_replicate(tissue).0].conditional;
            let warm = &self.plan.arms[self.plan.arm_and_replicate(self.tissues.start + source).0].conditional;
            let is_same = |number: usize| same(conditions.get(number), warm.get(number));
            let goes_on = |number| if is_same(number) { kept.begun[source][number] } else { Begun::default() };
            begun.push((0..conditions.len()).map(goes_on).collect());
            let own = kept.pending.iter().filter(|it| it.tissue == source && is_same(it.condition));
            pending.extend(own.map(|it| KeptDue { tissue: local, ..*it }));
        }
        let sets = own.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Kept { sets, begun, pending })
    }

    /// Doses by the names of their drugs.
    fn set(&self, set: &KeptSet, warm_arm: usize, plan: &Plan, arm: usize) -> Result<KeptSet, String> {
        let (warm, own) = (&self.plan.arms[warm_arm].treatment.drugs, &plan.arms[arm].treatment.drugs);
        let mut moved = set.clone();
        for (_, dose) in &mut moved.doses {
            let name = &warm[dose.drug].name;
            let found = own.iter().position(|it| it.name == *name);
            dose.drug = found.ok_or_else(|| {
                format!("the warm-up gave the drug {name}, which arm {} does not know", plan.arms[arm].name)
            })?;
        }
        Ok(moved)
    }
}

/// Whether two plans have a condition in common.
fn same(a: Option<&Conditional>, b: Option<&Conditional>) -> bool {
    a.zip(b).is_some_and(|(a, b)| format!("{a:?}") == format!("{b:?}"))
}
