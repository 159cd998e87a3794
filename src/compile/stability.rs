//! Whether the potentials are stable at the clock of the mechanics, and stay so under treatments.

use super::diagnostics::Diagnostics;
use super::frame::Frame;
use super::interventions::Scheduled;
use super::types::BuiltType;
use crate::math::radius_of;
use crate::plan::domain::minutes;
use crate::plan::treatment::parameter_paths::FORCE_NAMES;
use crate::plan::treatment::{Change, Largest, ParameterId, Treatment};
use crate::plan::{Action, Geometry, Mechanics, Parameters};
use crate::scenario::Scenario;
use crate::scenario::naming::quoted;

/// Part of a bond's length that its spring may take back in one step of the potentials.
const MOST_ELASTIC: f64 = 0.5;
const HINT: &str = "set method = \"relaxation\" in [mechanics], or shorten the clock mechanics";

/// Potentials are stable only for steps in which cells move little.
pub fn check_stability(
    frame: &Frame,
    scenario: &Scenario,
    types: &[BuiltType],
    parameters: &Parameters,
    diagnostics: &mut Diagnostics,
) {
    for (number, interaction) in scenario.interactions.iter().enumerate() {
        let fits = interaction.attraction.0 == 0.0 || frame.mechanics == Mechanics::Potentials;
        let hint = "set method = \"potentials\" in [mechanics], or leave attraction out";
        let message = "cells are drawn toward others by potentials alone";
        diagnostics.require(fits, format!("interactions.{number}.attraction"), message, hint);
    }
    if !has_potentials(frame) {
        return;
    }
    let step_min = minutes(frame.clocks.movement_ticks);
    for (number, own) in types.iter().enumerate() {
        let push_um = f64::from(parameters.pair(number, number).repulsion_um_per_min) * step_min;
        let radius_um = f64::from(radius_of(own.row.volume_um3));
        let message = format!(
            "repulsion moves a cell by {push_um:.1} um in one step of {step_min} min, farther than its radius, \
             {radius_um:.1} um: the potentials would be unstable"
        );
        let path = format!("cell_types.{}.mechanics.repulsion", quoted(&own.name));
        diagnostics.require(push_um <= radius_um, path, message, HINT);
    }
    for (number, interaction) in scenario.interactions.iter().enumerate() {
        let share = interaction.elastic.0 * step_min;
        let message = format!("a bond would be shortened by {share:.2} of its length in one step: unstable above 0.5");
        diagnostics.require(share <= MOST_ELASTIC, format!("interactions.{number}.elastic"), message, HINT);
        let share = interaction.attraction.0 * step_min;
        let message = format!("cells would be drawn by {share:.2} of their distance in one step: unstable above 0.5");
        let hint = "choose a lower rate, or shorten the clock mechanics";
        diagnostics.require(share <= MOST_ELASTIC, format!("interactions.{number}.attraction"), message, hint);
    }
}

/// Whether cells move by potentials.
pub(crate) fn has_potentials(frame: &Frame) -> bool {
    frame.mechanics == Mechanics::Potentials && frame.space.geometry != Geometry::Culture
}

/// The same for the strongest repulsion that drugs and settings can bring about.
pub fn check_raised(
    frame: &Frame,
    types: &[BuiltType],
    parameters: &Parameters,
    treatment: &Treatment,
    scheduled: &Scheduled,
    diagnostics: &mut Diagnostics,
) {
    let Some(field) = FORCE_NAMES.iter().position(|it| it.0 == "mechanics.repulsion") else { return };
    for (cell_type, own) in types.iter().enumerate().filter(|_| has_potentials(frame)) {
        let place = ParameterId::Force { cell_type, field };
        let given = place.value(parameters).unwrap_or(0.0);
        let mut strongest = given;
        for action in scheduled.actions() {
            if let Action::Set(setting) = action
                && setting.place == place
            {
                strongest = match setting.to {
                    Change::Factor(factor) => strongest * factor.max(1.0),
                    Change::Value(value) => strongest.max(value),
                    Change::Added(more) => strongest + more.max(0.0),
                };
            }
        }
        for effect in treatment.effects.iter().filter(|effect| effect.place == place) {
            strongest *= if let Largest::Fraction(emax) = effect.largest { 1.0 + emax.max(0.0) } else { 1.0 };
        }
        let (radius_um, push_um) =
            (f64::from(radius_of(own.row.volume_um3)), strongest * minutes(frame.clocks.movement_ticks));
        let message = format!(
            "treatments raise the repulsion of {} so that it moves a cell by up to {push_um:.1} um in one step, \
             farther than its radius, {radius_um:.1} um: the potentials would be unstable",
            own.name
        );
        let path =
            if treatment.effects.iter().any(|effect| effect.place == place) { "drugs" } else { "set_parameters" };
        diagnostics.require(strongest <= given || push_um <= radius_um, path, message, HINT);
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::build;
    use crate::scenario::from_text;

    #[test]
    fn attraction_asks_for_potentials_and_short_steps() {
        let told = |preset: &str, attraction: &str| {
            let text = format!(
                "duration = \"1 h\"\npreset = \"{preset}\"\n\
                 [domain]\ngeometry = \"tissue\"\nsize = [\"200 um\", \"200 um\", \"200 um\"]\n\
                 [cell_types.a]\nvolume = \"2000 um^3\"\n[cell_types.b]\nvolume = \"2000 um^3\"\n\
                 [[interactions]]\neffector = \"a\"\ntarget = \"b\"\nattachment_rate = \"0.2 /min\"\n\
                 attraction = \"{attraction}\"\nattraction_to = \"20 um\"\n\
                 [[place]]\ncell_type = \"a\"\ncount = 1\n"
            );
            build(&from_text("attraction", &text, &[]).unwrap()).err().map(|it| it.to_string()).unwrap_or_default()
        };
        assert_eq!(told("fine", "0.01 /min"), "");
        assert!(told("coarse", "0.01 /min").contains("by potentials alone"));
        assert!(told("fine", "6 /min").contains("unstable above 0.5"));
    }
}
