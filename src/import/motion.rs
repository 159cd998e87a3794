//! Mechanics and motility of a cell definition.

use super::definitions::Definition;
use super::report::Kind;
use super::space::Space;
use super::toml_text::{Text, name, number, quantity, quoted};
use super::xml::{Settings, is_enabled, is_true, text_of};
use roxmltree::Node;

/// How far adhesion reaches, in sums of radii, where a definition does not say.
pub const ADHESION_REACH: f64 = 1.25;
/// Directions over which the mean of a walk is taken.
const DIRECTIONS: usize = 2000;

/// Repulsion and adhesion.
pub fn mechanics(settings: &Settings, own: &Definition, text: &mut Text) {
    if own.at(settings, "mechanics").is_none() {
        return;
    }
    text.header(&format!("[cell_types.{}.mechanics]", name(own.name)));
    for (path, key) in [("cell_cell_repulsion_strength", "repulsion"), ("cell_cell_adhesion_strength", "adhesion")] {
        if let Some((value, node)) = own.amount(settings, &format!("mechanics/{path}")) {
            text.key(key, &quantity(value, "um/min"), &settings.source(node));
        }
    }
    if let Some((value, node)) = own.amount(settings, "mechanics/relative_maximum_adhesion_distance") {
        text.key("adhesion_reach", &number(value), &settings.source(node));
    }
    affinities(settings, own);
    for (path, reason) in [
        ("attachment_rate", "cells do not attach to each other by springs; effectors attach in [[interactions]]"),
        ("cell_BM_adhesion_strength", ""),
        ("cell_BM_repulsion_strength", ""),
    ] {
        let Some(node) = own.at(settings, &format!("mechanics/{path}")) else { continue };
        match reason {
            // Without C++ that adds one there is no basement membrane.
            "" => settings.note(Kind::Unused, node, "there is no basement membrane"),
            _ => settings.lose_unless_zero(node, reason),
        }
    }
    for path in ["detachment_rate", "maximum_number_of_attachments"] {
        if let Some(node) = own.at(settings, &format!("mechanics/{path}")) {
            settings.note(
                Kind::Unused,
                node,
                "of attachments by springs, which nothing makes at an attachment_rate of 0",
            );
        }
    }
    for path in ["set_relative_equilibrium_distance", "set_absolute_equilibrium_distance"] {
        if let Some(node) = own.at(settings, &format!("mechanics/options/{path}"))
            && is_enabled(node)
        {
            settings.note(
                Kind::Lost,
                node,
                "the distance of equilibrium follows from repulsion and adhesion: set these",
            );
        }
    }
    if let Some(node) = own.at(settings, "mechanics/is_movable")
        && !is_true(text_of(node))
    {
        settings.note(Kind::Lost, node, "all cells can be pushed");
    }
}

/// Factors of the adhesion to each type.
fn affinities(settings: &Settings, own: &Definition) {
    let Some(list) = own.at(settings, "mechanics/cell_adhesion_affinities") else { return };
    for node in settings.all(list, "cell_adhesion_affinity") {
        match settings.number(node) {
            Some(1.0) | None => {}
            Some(affinity) => {
                let reason = format!(
                    "{affinity}: two types adhere with the geometric mean of their strengths, whichever they are; a lower \
                     adhesion of one of them is nearest"
                );
                settings.note(Kind::Lost, node, &reason);
            }
        }
    }
}

/// Whether cells of a definition walk at all.
pub fn is_motile<'a>(settings: &Settings<'a>, own: &Definition<'a>) -> bool {
    own.at(settings, "motility/options/enabled").is_some_and(|it| is_true(text_of(it)))
}

/// A persistent walk, with or without a direction.
pub fn motility<'a>(
    settings: &Settings<'a>,
    own: &Definition<'a>,
    space: &Space,
    substrates: &[&str],
    text: &mut Text,
) {
    // All of it counts as read: what is switched off has no effect.
    let read = |path: &str| own.at(settings, &format!("motility/{path}"));
    let [speed, persistence, bias] = ["speed", "persistence_time", "migration_bias"].map(read);
    let plane = read("options/use_2D");
    let direction = direction(settings, own, substrates);
    if !is_motile(settings, own) {
        return;
    }
    if let Some(node) = plane.filter(|it| is_true(text_of(*it)) && !space.is_layer) {
        settings.note(Kind::Lost, node, "cells of a tissue walk in all three dimensions");
    }
    text.header(&format!("[cell_types.{}.motility]", name(own.name)));
    if let Some((value, node)) = speed.and_then(|node| settings.amount(node).map(|it| (it, node))) {
        text.key("speed", &quantity(value, "um/min"), &settings.source(node));
    }
    if let Some((value, node)) = persistence.and_then(|node| settings.amount(node).map(|it| (it, node))) {
        let least = space.mechanics_min;
        text.key("persistence", &quantity(value.max(least), "min"), &settings.source(node));
        if value < least {
            settings.note(Kind::Differs, node, &format!("a walk keeps its direction for a step at least, {least} min"));
        }
    }
    text.key("attached_speed_fraction", "1", "cells that attack walk on");
    let Some((substrate, is_up)) = direction else { return };
    text.key(if is_up { "follows" } else { "avoids" }, &quoted(substrate), "motility/options: chemotaxis");
    if let Some((value, node)) = bias.and_then(|node| settings.amount(node).map(|it| (it, node))) {
        let source = format!("{}: {value}, as the mean velocity over the speed", settings.source(node));
        text.key("bias", &number(mean_bias(value, space.is_layer)), &source);
    }
}

/// The substrate that a walk follows, and whether upwards.
fn direction<'a>(settings: &Settings<'a>, own: &Definition<'a>, substrates: &[&str]) -> Option<(&'a str, bool)> {
    let at = |path: &str| own.at(settings, &format!("motility/options/{path}"));
    let is_on = |node: Option<Node>| node.is_some_and(|it| is_true(text_of(it)));
    let simple = at("chemotaxis/substrate").zip(Some(at("chemotaxis/direction")));
    let has_simple = is_on(at("chemotaxis/enabled"));
    let has_advanced = is_on(at("advanced_chemotaxis/enabled"));
    at("advanced_chemotaxis/normalize_each_gradient");
    let list = at("advanced_chemotaxis/chemotactic_sensitivities");
    let sensitivities = list.map_or_else(Vec::new, |it| settings.all(it, "chemotactic_sensitivity"));
    if !is_motile(settings, own) {
        return None;
    }
    let known = |node: Node<'a, 'a>, name: &'a str| {
        let is_known = substrates.contains(&name);
        if !is_known {
            settings.fault(node, format!("the substrate `{}` is not known", super::xml::shortened(name)));
        }
        is_known.then_some(name)
    };
    if has_advanced {
        let given: Vec<(Node, f64)> =
            sensitivities.iter().filter_map(|it| settings.number(*it).map(|value| (*it, value))).collect();
        let given: Vec<(Node, f64)> = given.into_iter().filter(|(_, value)| *value != 0.0).collect();
        if let [_, (node, _), ..] = given[..] {
            settings.note(
                Kind::Lost,
                node,
                "cells follow one gradient; the sum of several is nearest to that of the steepest",
            );
            return None;
        }
        let (node, value) = *given.first()?;
        return known(node, node.attribute("substrate")?.trim()).map(|name| (name, value > 0.0));
    }
    let (substrate, direction) = simple.filter(|_| has_simple)?;
    let sign = direction.and_then(|it| settings.number(it)).unwrap_or(1.0);
    known(substrate, text_of(substrate)).map(|name| (name, sign > 0.0))
}

/// Mean velocity along the direction over the speed, of PhysiCell's walk with migration bias b: its velocity points along
/// b d + (1 − b) r, d the direction and r a unit vector without one.
pub fn mean_bias(bias: f64, is_layer: bool) -> f64 {
    let b = bias.clamp(0.0, 1.0);
    let along = |cosine: f64| {
        let (x, across) = (b + (1.0 - b) * cosine, (1.0 - b) * (1.0 - cosine * cosine).max(0.0).sqrt());
        let length = x.hypot(across);
        if length > 0.0 { x / length } else { 0.0 }
    };
    let middle = |number: usize| (number as f64 + 0.5) / DIRECTIONS as f64;
    let cosine = |number: usize| {
        // The angle is even in a layer, its cosine in a tissue.
        if is_layer { (std::f64::consts::PI * middle(number)).cos() } else { 2.0 * middle(number) - 1.0 }
    };
    let mean = (0..DIRECTIONS).map(|number| along(cosine(number))).sum::<f64>() / DIRECTIONS as f64;
    // As many digits as the mean is good for.
    (mean.clamp(0.0, 1.0) * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bias_is_a_mean_velocity() {
        for is_layer in [false, true] {
            assert_eq!((mean_bias(0.0, is_layer), mean_bias(1.0, is_layer)), (0.0, 1.0));
        }
        // At one half the velocity points along the bisector: cos(θ/2), of mean 2/π in a plane and 2/3 in space.
        assert!((mean_bias(0.5, true) - 2.0 / std::f64::consts::PI).abs() < 1e-4);
        assert!((mean_bias(0.5, false) - 2.0 / 3.0).abs() < 1e-4);
    }
}
