//! Random rules.

use crate::plan::rules::signals::Code;
use crate::plan::rules::{Behaviour, RuleRow, Rules};
use crate::plan::{ExchangeParameters, PairParameters, Parameters, PhaseParameters, TypeParameters};
use crate::random::{philox, uniform};
use crate::word;

const CODES: [Code; 15] = [
    Code::Volume,
    Code::Pressure,
    Code::Hits,
    Code::Damage,
    Code::Divisions,
    Code::Attached,
    Code::Dead,
    Code::Age,
    Code::Time,
    Code::Trait,
    Code::Contact,
    Code::Count,
    Code::Level,
    Code::Gradient,
    Code::State,
];

/// Deviates of one rule set, one after the other.
struct Draws(u32, u32);

impl Draws {
    fn next(&mut self) -> f32 {
        self.1 += 1;
        uniform(philox([self.0, 77], [self.1, 0, 0, 0])[0])
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.next() * count as f32) as usize).min(count - 1)
    }
}

fn rule(draws: &mut Draws, signal: Code, types: usize, contacts: usize) -> RuleRow {
    let is_linear = u32::from(draws.next() < 0.4);
    let scale = match signal {
        Code::Volume => 2000.0,
        Code::Age | Code::Time => 5.0,
        Code::Gradient => 0.02,
        _ => 1.0,
    };
    let which = match signal {
        Code::Trait => draws.below(2),
        Code::Contact => draws.below(contacts),
        Code::Count => draws.below(types),
        Code::Level | Code::Gradient => draws.below(5),
        Code::State => draws.below(23),
        _ => 0,
    };
    let steepness = if is_linear == 1 { (2.0 * draws.next() - 1.0) * 3.0 / scale } else { 0.2 + 12.0 * draws.next() };
    RuleRow {
        signal: signal as u32,
        which: which as u32,
        decreases: u32::from(draws.next() < 0.5),
        applies_to_dead: u32::from(draws.next() < 0.3),
        is_linear,
        middle: scale * (0.05 + 2.0 * draws.next()),
        steepness,
    }
}

/// Random rules on random behaviours of all cell types; contacts are sensed where there is space.
pub fn random_rules(parameters: &Parameters, has_space: bool, salt: u32) -> Rules {
    let draws = &mut Draws(salt, 0);
    let types = parameters.types.len();
    let contacts = vec![1, 3, 1 << 16, 1 << 16 | 2];
    let mut rules = Rules { slots: vec![0; parameters.word_count()], behaviours: vec![], contacts };
    for own in 0..types {
        let exits = (0..parameters.types[own].phase_count)
            .map(|phase| parameters.phase_word(own, phase, word!(PhaseParameters, exit_per_min)));
        let fields = [word!(TypeParameters, apoptosis_per_min), word!(TypeParameters, speed_um_per_min)]
            .map(|field| parameters.type_word(own, field));
        let pairs = [word!(PairParameters, kill_per_min), word!(PairParameters, attachment_per_min)]
            .map(|field| parameters.pair_word(own, 0, field));
        let exchanged = [
            (0, word!(ExchangeParameters, uptake_per_min)),
            (1, word!(ExchangeParameters, secretion_per_min)),
            (2, word!(ExchangeParameters, target)),
        ];
        let exchanged = exchanged.into_iter().filter(|_| has_space);
        let exchanged = exchanged.map(|(substrate, field)| parameters.exchange_word(own, substrate, 8, field));
        let forces = [word!(PairParameters, adhesion_um_per_min), word!(PairParameters, repulsion_um_per_min)]
            .map(|field| parameters.pair_word(own, own, field));
        let forces = forces.into_iter().filter(|_| has_space);
        let words: Vec<usize> = exits.chain(fields).chain(pairs).chain(exchanged).chain(forces).collect();
        let mut of_type = Vec::new();
        for word in words {
            if draws.next() < 0.2 {
                continue;
            }
            let base = f32::from_bits(parameters.word(word));
            let count = 1 + draws.below(4);
            let mut list = Vec::new();
            for _ in 0..count {
                let signal = CODES[draws.below(CODES.len())];
                let needs_space = matches!(signal, Code::Contact | Code::Level | Code::Gradient);
                let signal = if has_space || !needs_space { signal } else { Code::Hits };
                list.push(rule(draws, signal, types, 4));
            }
            let (up_saturation, down_saturation) = ((0.01 + 2.0 * base) * draws.next(), base * draws.next());
            of_type.push(Behaviour { word, up_saturation, down_saturation, rules: list });
            rules.slots[word] = of_type.len() as u32;
        }
        rules.behaviours.push(of_type);
    }
    rules
}
