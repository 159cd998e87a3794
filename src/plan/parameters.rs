//! The parameter tables of the device, one set of rows per arm, and the WGSL that reads them.
//!
//! The buffer `parameters` holds, as 32-bit words: `TISSUE_WORDS` for each tissue (seed, start of its arm's rows), then
//! for each arm the rows of its cell types, of its ordered pairs of cell types, of its phases, and of what its cell types
//! exchange with substrates.
//! WGSL gets one accessor a field of a row, made from the same list.

mod rows;

pub(crate) use rows::row;
pub use rows::{
    BEHAVIOURS, BY_AGE, Behaviour, ExchangeParameters, PairParameters, PhaseParameters, ProteostasisParameters,
    TypeParameters,
};

use super::Plan;
use super::rules::Rules;
use std::ops::Range;

/// All rows of one arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    pub types: Vec<TypeParameters>,
    /// Row-major: `pairs[a * types + b]` is what type a does to type b.
    pub pairs: Vec<PairParameters>,
    pub phases: Vec<PhaseParameters>,
    /// `exchange[type * columns + substrate]`, with `Substrates::columns`; empty without substrates.
    pub exchange: Vec<ExchangeParameters>,
    /// Of the cell types that have it.
    pub proteostasis: Vec<ProteostasisParameters>,
    pub rules: Rules,
}

impl Parameters {
    /// What cells of type `a` do to cells of type `b`.
    pub fn pair(&self, a: usize, b: usize) -> &PairParameters {
        &self.pairs[a * self.types.len() + b]
    }

    /// The phase of a cell type.
    pub fn phase(&self, cell_type: usize, phase: u32) -> &PhaseParameters {
        &self.phases[(self.types[cell_type].first_phase + phase) as usize]
    }

    /// Gives a cell type proteostasis, once all other rows are there.
    pub fn give_proteostasis(&mut self, own: usize, row: ProteostasisParameters) {
        self.types[own].proteostasis = self.word_count() as u32;
        self.proteostasis.push(row);
    }

    /// Number of the row of a cell type's proteostasis, if it has any.
    pub fn proteostasis_number(&self, own: usize) -> Option<usize> {
        let word = self.types[own].proteostasis as usize;
        (word > 0).then(|| (word - self.proteostasis_start()) / ProteostasisParameters::WORDS)
    }

    /// Words that the rows take.
    pub fn word_count(&self) -> usize {
        self.proteostasis_start() + self.proteostasis.len() * ProteostasisParameters::WORDS
    }

    /// Word at which the rows of proteostasis begin.
    fn proteostasis_start(&self) -> usize {
        self.exchange_start() + self.exchange.len() * ExchangeParameters::WORDS
    }

    /// Word at which the rows of the exchange begin.
    pub fn exchange_start(&self) -> usize {
        let rows = [self.types.len(), self.pairs.len(), self.phases.len()];
        let words = [TypeParameters::WORDS, PairParameters::WORDS, PhaseParameters::WORDS];
        rows.into_iter().zip(words).map(|(rows, words)| rows * words).sum()
    }

    /// The rows as words, in the order types, pairs, phases, exchange, proteostasis.
    pub fn words(&self) -> Vec<u32> {
        let mut words = Vec::new();
        words.extend_from_slice(bytemuck::cast_slice(&self.types));
        words.extend_from_slice(bytemuck::cast_slice(&self.pairs));
        words.extend_from_slice(bytemuck::cast_slice(&self.phases));
        words.extend_from_slice(bytemuck::cast_slice(&self.exchange));
        words.extend_from_slice(bytemuck::cast_slice(&self.proteostasis));
        words
    }
}

/// Words that the buffer holds for each tissue: seed (low, high), start of its arm's rows, arm.
pub const TISSUE_WORDS: usize = 4;

/// Which sets of rows there are in a batch, and which of them each tissue has: one for each arm, and one for each
/// tissue of an arm whose tissues may come to differ, or are patients that do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSets {
    /// Arm that each set begins as.
    pub arms: Vec<usize>,
    pub of_tissue: Vec<usize>,
}

impl RowSets {
    /// The sets of a range of the plan's tissues.
    pub fn new(plan: &Plan, tissues: Range<usize>) -> RowSets {
        let mut sets = RowSets { arms: (0..plan.arms.len()).collect(), of_tissue: Vec::new() };
        for tissue in tissues {
            let (arm, _) = plan.arm_and_replicate(tissue);
            if plan.arms[arm].differs_by_tissue() || !plan.cohort.parameters.is_empty() {
                sets.of_tissue.push(sets.arms.len());
                sets.arms.push(arm);
            } else {
                sets.of_tissue.push(arm);
            }
        }
        sets
    }

    /// Sets that the tissues of an arm have.
    pub fn of_arm(&self, arm: usize) -> impl Iterator<Item = usize> {
        self.arms.iter().enumerate().filter(move |(_, it)| **it == arm).map(|(set, _)| set)
    }

    /// First word of each set in the buffer `parameters`, given the words of each.
    pub fn starts(&self, words: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut next = self.of_tissue.len() * TISSUE_WORDS;
        let start = |length: usize| {
            next += length;
            next - length
        };
        words.map(start).collect()
    }
}

/// The words of each set: its rows, and its table of rules where any arm has rules.
fn whole_words(plan: &Plan, sets: &RowSets) -> Vec<Vec<u32>> {
    let has_rules = plan.arms.iter().any(|arm| arm.parameters.rules.values() > 0);
    let words = |&arm: &usize| {
        let arm = &plan.arms[arm].parameters;
        let mut words = arm.words();
        if has_rules {
            words.extend(arm.rules.words(arm.word_count(), arm.types.len()));
        }
        words
    };
    sets.arms.iter().map(words).collect()
}

/// First word of each set in the buffer `parameters`.
pub fn set_starts(plan: &Plan, sets: &RowSets) -> Vec<usize> {
    sets.starts(whole_words(plan, sets).iter().map(Vec::len))
}

/// The buffer `parameters` for a range of the plan's tissues.
pub fn buffer(plan: &Plan, tissues: Range<usize>, sets: &RowSets) -> Vec<u32> {
    let rows = whole_words(plan, sets);
    let starts = sets.starts(rows.iter().map(Vec::len));
    let mut words = Vec::new();
    for (tissue, &set) in tissues.zip(&sets.of_tissue) {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        let [low, high] = plan.seeds[replicate];
        words.extend([low, high, starts[set] as u32, arm as u32]);
    }
    words.extend(rows.into_iter().flatten());
    words
}

/// WGSL that reads the buffer `parameters`, which a shader declares as `array<u32>` beside the uniform `settings`.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/plan/parameters.rs.\n");
    text += &TypeParameters::wgsl();
    text += &PairParameters::wgsl();
    text += &PhaseParameters::wgsl();
    text += &ExchangeParameters::wgsl();
    text += &ProteostasisParameters::wgsl();
    for (name, behaviour) in BEHAVIOURS {
        text += &format!("const SCALES_{} = {}u;\n", name.to_uppercase(), *behaviour as u32);
    }
    text += &format!("const BY_AGE = {BY_AGE}u;\n");
    text += "fn seed_of(tissue: u32) -> vec2u { return vec2u(parameters[tissue * 4u], parameters[tissue * 4u + 1u]); }\n\
             fn arm_of(tissue: u32) -> u32 { return parameters[tissue * 4u + 2u]; }\n\
             fn type_row(arm: u32, cell_type: u32) -> u32 { return arm + cell_type * TYPE_WORDS; }\n\
             fn pair_row(arm: u32, a: u32, b: u32) -> u32 {\n\
             \x20   return arm + settings.cell_type_count * TYPE_WORDS + (a * settings.cell_type_count + b) * PAIR_WORDS;\n\
             }\n\
             fn phase_row(arm: u32, own: u32, phase: u32) -> u32 {\n\
             \x20   let types = settings.cell_type_count;\n\
             \x20   return arm + types * TYPE_WORDS + types * types * PAIR_WORDS + (type_first_phase(own) + phase) * PHASE_WORDS;\n\
             }\n\
             fn exchange_row(arm: u32, cell_type: u32, columns: u32, substrate: u32) -> u32 {\n\
             \x20   return arm + settings.exchange_start + (cell_type * columns + substrate) * EXCHANGE_WORDS;\n\
             }\n";
    text
}
