//! Rules that apply to the dead, on what cells exchange with substrates.
//!
//! Such a rule sets the rate of the dead as it sets that of the living: from the rate of the cell type, as in PhysiCell. The
//! fractions `dead_secretion` and `dead_uptake` are of rates that no rule sets for the dead.

use crate::compile::diagnostics::Diagnostics;
use crate::plan::rules::Rules;
use crate::plan::{ExchangeParameters, Parameters};
use crate::scenario::Scenario;
use crate::scenario::naming::joined;
use crate::word;

/// Sets what the dead keep of a rate to all of it where a rule sets the rate of the dead; warns where the scenario gives
/// another fraction.
pub fn set_rates_of_dead(scenario: &Scenario, parameters: &mut Parameters, diagnostics: &mut Diagnostics) {
    let columns = parameters.exchange.len() / parameters.types.len().max(1);
    for (own, (cell_type, given)) in scenario.cell_types.iter().enumerate() {
        for (number, substrate) in scenario.substrates.keys().enumerate().take(columns) {
            let place = own * columns + number;
            let is_ruled = |field| {
                let word = parameters.exchange_word(own, number, columns, field);
                rules_dead(&parameters.rules, own, word)
            };
            let of_secretion = is_ruled(word!(ExchangeParameters, secretion_per_min));
            let of_uptake = is_ruled(word!(ExchangeParameters, uptake_per_min));
            let fractions =
                given.substrates.get(substrate).map_or([0.0; 2], |it| [it.dead_secretion.0, it.dead_uptake.0]);
            let row = &mut parameters.exchange[place];
            for (is_ruled, kept, key, fraction) in [
                (of_secretion, &mut row.dead_secretion, "dead_secretion", fractions[0]),
                (of_uptake, &mut row.dead_uptake, "dead_uptake", fractions[1]),
            ] {
                if !is_ruled {
                    continue;
                }
                *kept = 1.0;
                if fraction > 0.0 && fraction < 1.0 {
                    let path = joined(["cell_types", cell_type, "substrates", substrate, key]);
                    let message = format!("{key} is not used: a rule that applies to the dead sets their rate");
                    diagnostics.warn(path, message, "leave it out, or let the rule apply to live cells alone");
                }
            }
        }
    }
}

fn rules_dead(rules: &Rules, own: usize, word: usize) -> bool {
    let of_type = rules.behaviours.get(own).into_iter().flatten().filter(|it| it.word == word);
    of_type.flat_map(|it| &it.rules).any(|rule| rule.applies_to_dead == 1)
}
