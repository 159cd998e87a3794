//! Rules: hypotheses as rows. A signal of a cell increases or decreases one of its behaviours.
//!
//! With b0 the parameter of the cell type, up and down the saturations of the rules that increase and decrease:
//!
//! ```text
//! raised = b0 + (up − b0) U            b = raised + (down − raised) D
//! U, D = H + L − H L                   of the rules that increase, and of those that decrease
//! H = S/(1 + S),  S = Σ (s/half_maximum)^hill_power        L = min(1, Σ clip((s − zero_at)/(one_at − zero_at), 0, 1))
//! ```
//!
//! H, L and the order, first up and then down, are PhysiCell's (`multivariate_Hill_response_function`,
//! `multivariate_linear_response_function` and `Hypothesis_Rule::evaluate` of its 1.14; Johnson, Bergman et al., Cell
//! 2025). It does not mix the two laws: that H and L join as independent chances do is assumed. As there, a rule that
//! does not apply to dead cells counts nothing in one, and a behaviour without any that does keeps its last value.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | s | `signal` | of the signal | what the cell senses: `signals` | each rule |
//! | | `half_maximum` | same | signal at half of the response | each rule |
//! | | `hill_power` | 1 | steepness of the response | each rule |
//! | | `zero_at`, `one_at` | of the signal | ends of a linear response | each rule |
//! | up, down | `saturation` | of the behaviour | its value at full response | each rule |

pub mod behaviours;
pub mod signals;

use super::parameters::row;
use super::{ExchangeParameters, PairParameters, Parameters, PhaseParameters, TypeParameters};
use bytemuck::{Pod, Zeroable};

/// Kinds of contact that a cell can count at once: 8 bits each.
pub const MOST_CONTACTS: usize = 4;
/// Behaviours that the rules of one cell type can change: 16 values a cell.
pub const MOST_BEHAVIOURS: usize = 16;
/// Words before the rows of an arm: kinds of contact.
pub const HEADER_WORDS: usize = MOST_CONTACTS;

row! {
    /// A behaviour that rules change.
    BehaviourRow, "behaviour", {
        /// Its parameter, as a word of the arm.
        word: u32,
        /// Its rules, as words from the start of the arm, and how many.
        first_rule: u32,
        rule_count: u32,
        up_saturation: f32,
        down_saturation: f32,
    }
}

row! {
    /// A rule.
    RuleRow, "rule", {
        /// Number of the signal: see `signals::Code`.
        signal: u32,
        /// Cell type, trait, substrate or kind of contact.
        which: u32,
        decreases: u32,
        applies_to_dead: u32,
        is_linear: u32,
        /// Half maximum, or where a linear response is 0.
        middle: f32,
        /// Hill power, or 1/(one_at − zero_at).
        steepness: f32,
    }
}

/// A behaviour of one cell type, with its rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Its parameter, as a word of the arm.
    pub word: usize,
    pub up_saturation: f32,
    pub down_saturation: f32,
    pub rules: Vec<RuleRow>,
}

/// All rules of one arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// For each word of the parameters, 1 + the place of its value in a cell; 0 where no rule changes it. Empty where
    /// there are no rules.
    pub slots: Vec<u32>,
    /// Of each cell type; a behaviour's place in a cell is that in this list.
    pub behaviours: Vec<Vec<Behaviour>>,
    /// Cells that each kind of contact counts: bit t live ones of type t, bit 16 dead ones.
    pub contacts: Vec<u32>,
}

/// A field of a row as a word of it.
#[macro_export]
macro_rules! word {
    ($row:ty, $field:ident) => {
        std::mem::offset_of!($row, $field) / 4
    };
}

impl Rules {
    /// Values that a cell keeps.
    pub fn values(&self) -> usize {
        self.behaviours.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Whether a rule asks for a signal.
    pub fn ask(&self, code: signals::Code) -> bool {
        self.behaviours.iter().flatten().flat_map(|it| &it.rules).any(|rule| rule.signal == code as u32)
    }

    /// Slots, header, for each cell type its behaviours and how many; behaviours; rules. `words` are those of the
    /// parameters, after which these come.
    pub fn words(&self, words: usize, types: usize) -> Vec<u32> {
        let mut all = self.slots.clone();
        all.resize(words, 0);
        all.extend(&self.contacts);
        all.resize(words + HEADER_WORDS, 0);
        let count: usize = self.behaviours.iter().map(Vec::len).sum();
        let first_behaviour = 2 * words + HEADER_WORDS + 2 * types;
        let (mut behaviour, mut rule) = (first_behaviour, first_behaviour + count * BehaviourRow::WORDS);
        let (mut rows, mut rules): (Vec<BehaviourRow>, Vec<RuleRow>) = (Vec::new(), Vec::new());
        for own in 0..types {
            let of_type = self.behaviours.get(own).map_or(&[][..], Vec::as_slice);
            all.extend([behaviour as u32, of_type.len() as u32]);
            behaviour += of_type.len() * BehaviourRow::WORDS;
            for it in of_type {
                rows.push(BehaviourRow {
                    word: it.word as u32,
                    first_rule: rule as u32,
                    rule_count: it.rules.len() as u32,
                    up_saturation: it.up_saturation,
                    down_saturation: it.down_saturation,
                });
                rule += it.rules.len() * RuleRow::WORDS;
                rules.extend(&it.rules);
            }
        }
        all.extend_from_slice(bytemuck::cast_slice(&rows));
        all.extend_from_slice(bytemuck::cast_slice(&rules));
        all
    }
}

impl Parameters {
    /// Word of a field of a cell type.
    pub fn type_word(&self, own: usize, field: usize) -> usize {
        own * TypeParameters::WORDS + field
    }

    /// Word of a field of what type `a` does to type `b`.
    pub fn pair_word(&self, a: usize, b: usize, field: usize) -> usize {
        let types = self.types.len();
        types * TypeParameters::WORDS + (a * types + b) * PairParameters::WORDS + field
    }

    /// Word of a field of a phase.
    pub fn phase_word(&self, own: usize, phase: u32, field: usize) -> usize {
        let types = self.types.len();
        let first = types * TypeParameters::WORDS + types * types * PairParameters::WORDS;
        first + (self.types[own].first_phase + phase) as usize * PhaseParameters::WORDS + field
    }

    /// Word of a field of what a type exchanges with a substrate, of `columns` in a row.
    pub fn exchange_word(&self, own: usize, substrate: usize, columns: usize, field: usize) -> usize {
        self.exchange_start() + (own * columns + substrate) * ExchangeParameters::WORDS + field
    }

    /// The bits at a word.
    pub fn word(&self, word: usize) -> u32 {
        let (types, pairs): (&[u32], &[u32]) = (bytemuck::cast_slice(&self.types), bytemuck::cast_slice(&self.pairs));
        let phases: &[u32] = bytemuck::cast_slice(&self.phases);
        let all = [types, pairs, phases, bytemuck::cast_slice(&self.exchange)];
        let mut at = word;
        for rows in all {
            if at < rows.len() {
                return rows[at];
            }
            at -= rows.len();
        }
        0
    }

    /// Whether a rule changes the parameter at a word.
    pub fn is_ruled(&self, word: usize) -> bool {
        self.rules.slots.get(word).is_some_and(|&slot| slot > 0)
    }

    /// Whether a phase never ends, whatever happens.
    pub fn is_endless(&self, own: usize, phase: u32) -> bool {
        self.phase(own, phase).exit_per_min == 0.0
            && !self.is_ruled(self.phase_word(own, phase, word!(PhaseParameters, exit_per_min)))
    }

    /// What the rules start from, in a cell of a type that keeps `count` values.
    pub fn unruled(&self, own: usize, count: usize) -> Vec<f32> {
        let behaviours = self.rules.behaviours.get(own).map_or(&[][..], Vec::as_slice);
        let mut values: Vec<f32> = behaviours.iter().map(|it| f32::from_bits(self.word(it.word))).collect();
        values.resize(count, 0.0);
        values
    }
}

/// WGSL that reads the rows, and the numbers of the signals.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/plan/rules.\n");
    text += &BehaviourRow::wgsl();
    text += &RuleRow::wgsl();
    for (name, code) in signals::CODES {
        text += &format!("const SIGNAL_{name} = {}u;\n", *code as u32);
    }
    text + &format!("const RULES_HEADER_WORDS = {HEADER_WORDS}u;\n")
}
