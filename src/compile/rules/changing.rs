//! What a rule changes: the parameters that its behaviour stands for.

use super::Builder;
use crate::math::radius_of;
use crate::plan::rules::behaviours::{EXIT, Named, What, behaviours};
use crate::plan::rules::signals::{STATES, SignalNames};
use crate::plan::{Geometry, PairParameters};
use crate::word;

impl Builder<'_> {
    /// The behaviour of a name, PhysiCell's included, or a fault with the nearest.
    pub(crate) fn behaviour(&mut self, name: &str, phases: &[&str]) -> Option<Named> {
        let mut known = behaviours(SignalNames {
            types: &self.names,
            own: phases,
            substrates: &self.substrates,
            states: [false; STATES.len()],
        });
        let is_it = |it: &&Named| it.name == name || it.other_names.iter().any(|other| other == name);
        self.check_meaning("behaviour", "behaviour", name, known.iter().filter(is_it).count());
        if let Some(found) = known.iter().position(|it| it.other_names.iter().any(|other| other == name)) {
            return Some(known.swap_remove(found));
        }
        let names: Vec<&str> = known.iter().map(|it| it.name.as_str()).collect();
        let found = self.number("behaviour", "behaviour", name, &names)?;
        Some(known.swap_remove(found))
    }

    /// Words of the parameters that a behaviour stands for, each with its saturation.
    pub(crate) fn targets(&mut self, own: usize, behaviour: &Named, saturation: f64) -> Vec<(usize, f64)> {
        let parameters = self.parameters;
        match behaviour.what {
            What::Type(field) => vec![(parameters.type_word(own, field), saturation)],
            What::Exchange(substrate, field) => {
                let columns = parameters.exchange.len() / self.types.len();
                vec![(parameters.exchange_word(own, substrate, columns, field), saturation)]
            }
            What::Force(field) => {
                let hint = "set method = \"potentials\" in [mechanics]";
                let Some(step_min) = self.potentials_min else {
                    self.fault("behaviour", "cells attract and repel each other by potentials alone", hint);
                    return Vec::new();
                };
                let push_um = saturation * step_min;
                let radius_um = f64::from(radius_of(self.types[own].row.volume_um3));
                let is_repulsion = field == word!(PairParameters, repulsion_um_per_min);
                if is_repulsion && push_um > radius_um {
                    let message = format!(
                        "a repulsion of {saturation} um/min moves a cell by {push_um:.1} um in one step, farther than its \
                         radius, {radius_um:.1} um: the potentials would be unstable"
                    );
                    self.fault("saturation", message, "choose a lower one, or shorten the clock mechanics");
                }
                vec![(parameters.pair_word(own, own, field), saturation)]
            }
            What::Exit(phase) => vec![(parameters.phase_word(own, phase, EXIT), saturation)],
            What::AllExits => {
                let count = parameters.types[own].phase_count;
                let exit = |phase| f64::from(parameters.phase(own, phase).exit_per_min);
                let ending: Vec<u32> = (0..count).filter(|&phase| exit(phase) > 0.0).collect();
                if ending.is_empty() {
                    let message = format!("{} has no phase that ends", self.names[own]);
                    self.fault("behaviour", message, "give its cycle a rate or durations");
                }
                ending
                    .iter()
                    .map(|&phase| (parameters.phase_word(own, phase, EXIT), saturation * exit(phase)))
                    .collect()
            }
            What::Pair(other, field) => {
                let pair = parameters.pair(own, other);
                if field == word!(PairParameters, transition_per_min) {
                    if other == own || self.types[own].trait_names != self.types[other].trait_names {
                        let message = format!("{} cannot become {}", self.names[own], self.names[other]);
                        self.fault("behaviour", message, "a cell becomes one of another type with the same traits");
                        return Vec::new();
                    }
                    return vec![(parameters.pair_word(own, other, field), saturation)];
                }
                if pair.attachment_per_min == 0.0 && pair.contact_um + pair.contact_reach == 0.0 {
                    let message = format!("{} has no interaction with {}", self.names[own], self.names[other]);
                    self.fault("behaviour", message, "add [[interactions]] with this effector and target");
                    return Vec::new();
                }
                let is_attachment = field == word!(PairParameters, attachment_per_min);
                if is_attachment && self.geometry == Geometry::Culture {
                    let message = "rules cannot change the encounters of a culture";
                    self.fault("behaviour", message, "rules on killing and detachment work there");
                    return Vec::new();
                }
                vec![(parameters.pair_word(own, other, field), saturation)]
            }
        }
    }
}
