//! The graph of a step: which stages run, in which order, and when.

use crate::plan::rules::signals::Code;
use crate::plan::{Clocks, Mechanics, Plan, TypeParameters};
use crate::word;

/// One stage of a step. Its shader is `shaders/<name>.wgsl`, its twin `<name>.rs` in a folder of `src/stages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    AssignVoxels,
    Scan,
    Scatter,
    SortVoxels,
    Exchange,
    Secrete,
    Diffusion,
    Balance,
    Stimulate,
    Engage,
    Attach,
    Respond,
    Mechanics,
    Relaxation,
    Motility,
    CountContacts,
    CountTissue,
    Rules,
    SenseIl2,
    Proteostasis,
    Induce,
    Cycle,
    Rebuild,
    Divide,
    Advance,
}

/// When a stage is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// With anything that needs neighbours or the sorted order.
    Sort,
    /// Where there are substrates.
    Substrates,
    /// With them, where cells secrete cytokines as they are able.
    Cytokines,
    /// With proteostasis, where cells sense cytokines.
    SensedCytokines,
    /// With the cycle, where a cell type has it.
    Immunogenicity,
    Contacts,
    /// With contact steps, where cells with proteostasis have synapses.
    Synapses,
    /// With every step, where mechanics is by potentials.
    Potentials,
    /// With every step, where mechanics is by relaxation.
    Relaxation,
    Motility,
    Cycle,
    /// At the clock of the rules, and in the first step, where a rule asks for contacts.
    RulesWithContacts,
    /// Same, where a rule asks for the cells of the tissue.
    RulesWithCounts,
    Rules,
    /// Where a cell type has it.
    Proteostasis,
    /// With the cycle, at the reorder clock, and after an intervention that removes cells.
    Rebuild,
    Always,
}

/// The stages in the order in which a step runs them.
const STEP_GRAPH: &[(Stage, &str, Due)] = &[
    (Stage::AssignVoxels, "assign_voxels", Due::Sort),
    (Stage::Scan, "scan", Due::Sort),
    (Stage::Scatter, "scatter", Due::Sort),
    (Stage::SortVoxels, "sort_voxels", Due::Sort),
    (Stage::Exchange, "exchange", Due::Substrates),
    (Stage::Secrete, "secrete", Due::Cytokines),
    (Stage::Diffusion, "diffusion", Due::Substrates),
    (Stage::Balance, "balance", Due::Substrates),
    (Stage::Stimulate, "stimulate", Due::Synapses),
    (Stage::Engage, "engage", Due::Contacts),
    (Stage::Attach, "attach", Due::Contacts),
    (Stage::Respond, "respond", Due::Contacts),
    (Stage::Mechanics, "mechanics", Due::Potentials),
    (Stage::Relaxation, "relaxation", Due::Relaxation),
    (Stage::Motility, "motility", Due::Motility),
    (Stage::CountContacts, "count_contacts", Due::RulesWithContacts),
    (Stage::CountTissue, "count_tissue", Due::RulesWithCounts),
    (Stage::Rules, "rules", Due::Rules),
    (Stage::SenseIl2, "sense_il2", Due::SensedCytokines),
    (Stage::Proteostasis, "proteostasis", Due::Proteostasis),
    (Stage::Induce, "induce", Due::Immunogenicity),
    (Stage::Cycle, "cycle", Due::Cycle),
    (Stage::Rebuild, "rebuild", Due::Rebuild),
    (Stage::Divide, "divide", Due::Rebuild),
    (Stage::Advance, "advance", Due::Always),
];

/// All stages, in the order of the graph.
pub const STAGES: [Stage; 25] = {
    let mut stages = [Stage::Advance; 25];
    let mut row = 0;
    while row < stages.len() {
        stages[row] = STEP_GRAPH[row].0;
        row += 1;
    }
    stages
};

impl Stage {
    /// Name of the stage in files, labels and timings.
    pub fn name(self) -> &'static str {
        STEP_GRAPH.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

/// The stages of a plan's steps.
#[derive(Clone, Copy, Debug)]
pub struct Graph {
    clocks: Clocks,
    mechanics: Mechanics,
    has_space: bool,
    has_substrates: bool,
    has_effectors: bool,
    has_motility: bool,
    has_rules: bool,
    has_proteostasis: bool,
    has_synapses: bool,
    has_cytokines: bool,
    has_immunogenicity: bool,
    asks_contacts: bool,
    asks_counts: bool,
}

impl Graph {
    /// The graph of a plan: stages that could do nothing in any arm are left out.
    pub fn new(plan: &Plan) -> Graph {
        let has_space = plan.domain.dimensions() > 0;
        let mut types = plan.arms.iter().flat_map(|arm| &arm.parameters.types);
        Graph {
            clocks: plan.clocks,
            mechanics: plan.mechanics,
            has_space,
            has_substrates: plan.substrates.is_some(),
            has_effectors: plan.cell_types.iter().any(|it| it.is_effector),
            has_motility: has_space && (types.any(|it| it.speed_um_per_min != 0.0) || rules_speed(plan)),
            has_proteostasis: plan.has_proteostasis(),
            has_synapses: plan.has_synapses(),
            has_cytokines: plan.has_cytokines(),
            has_immunogenicity: plan.has_immunogenicity(),
            has_rules: plan.ruled_values() > 0,
            asks_contacts: has_space && plan.senses(Code::Contact),
            asks_counts: plan.senses(Code::Count),
        }
    }

    /// The stages of the step that begins at a tick; `removes` says that an intervention has marked cells.
    pub fn stages(&self, tick: u32, removes: bool) -> Vec<Stage> {
        // A clock runs at the end of its interval: what has aged by one interval ages by one step.
        let ends = |interval: u32| self.clocks.ends(tick, interval);
        let contact_step = ends(self.clocks.contacts_ticks);
        let contacts = self.has_effectors && contact_step;
        let substrates = self.has_substrates && ends(self.clocks.substrates_ticks);
        let cycle = ends(self.clocks.cycle_ticks);
        let rebuild = cycle || removes || (self.has_space && ends(self.clocks.reorder_ticks));
        let rules = self.has_rules && (tick == 0 || ends(self.clocks.rules_ticks));
        let proteostasis = self.has_proteostasis && ends(self.clocks.proteostasis_ticks);
        let is_due = |due: Due| match due {
            Due::Sort => self.has_space || contacts || rebuild,
            Due::Substrates => substrates,
            Due::Cytokines => substrates && self.has_cytokines,
            Due::SensedCytokines => proteostasis && self.has_substrates && self.has_cytokines,
            Due::Immunogenicity => cycle && self.has_immunogenicity,
            Due::Contacts => contacts,
            Due::Synapses => contact_step && self.has_synapses,
            Due::Potentials => self.has_space && self.mechanics == Mechanics::Potentials,
            Due::Relaxation => self.has_space && self.mechanics != Mechanics::Potentials,
            Due::Motility => self.has_motility,
            Due::Cycle => cycle,
            Due::RulesWithContacts => rules && self.asks_contacts,
            Due::RulesWithCounts => rules && self.asks_counts,
            Due::Rules => rules,
            Due::Proteostasis => proteostasis,
            Due::Rebuild => rebuild,
            Due::Always => true,
        };
        STEP_GRAPH.iter().filter(|row| is_due(row.2)).map(|row| row.0).collect()
    }
}

/// Whether a rule changes how fast cells walk.
fn rules_speed(plan: &Plan) -> bool {
    let speed = word!(TypeParameters, speed_um_per_min);
    let mut arms = plan.arms.iter().map(|arm| &arm.parameters);
    arms.any(|it| (0..it.types.len()).any(|own| it.is_ruled(it.type_word(own, speed))))
}
