//! Stage `rules`: what the rules make of the behaviours of each cell. Twin of `shaders/rules.wgsl`; the law is stated in
//! `plan::rules`.

use crate::cells::age::age_min;
use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND, Pack};
use crate::cells::world::World;
use crate::math::{exp, log};
use crate::plan::rules::signals::{CODES, Code};
use crate::plan::rules::{Behaviour, RuleRow};
use crate::stages::substrates::field::{gradient_at, length_and_direction, level_at};
use crate::stages::voxels::space::xyz;
use rayon::prelude::*;

/// Packs of cells that rules sense, in the order of `signals::STATES`.
pub const PACKS: [Pack; 6] =
    [Pack::Protein, Pack::Response, Pack::Programme, Pack::Capacity, Pack::Synapse, Pack::Surface];

/// Exponent beyond which a response is 1 in 32 bits.
const FULL: f32 = 60.0;

/// Runs the stage.
pub fn rules(world: &mut World) {
    let count = world.ruled_values;
    let mut behaviours = std::mem::take(&mut world.cells.behaviours);
    behaviours.par_chunks_mut(count.max(1)).enumerate().with_min_len(1024).for_each(|(cell, values)| {
        let kind = world.cells.identity[cell][2];
        let parameters = world.parameters(cell_bits::tissue(kind));
        let Some(of_type) = parameters.rules.behaviours.get(cell_bits::cell_type(kind) as usize) else { return };
        for (behaviour, value) in of_type.iter().zip(values) {
            let unruled = f32::from_bits(parameters.word(behaviour.word));
            *value = evaluate(world, cell, behaviour, unruled).unwrap_or(*value);
        }
    });
    world.cells.behaviours = behaviours;
}

/// The value of a behaviour; None where no rule applies.
fn evaluate(world: &World, cell: usize, behaviour: &Behaviour, unruled: f32) -> Option<f32> {
    let is_dead = !cell_bits::is(world.cells.identity[cell][2], Fate::Live);
    // Of the rules that increase, and of those that decrease.
    let (mut hill, mut linear, mut applies) = ([0.0; 2], [0.0; 2], false);
    for rule in behaviour.rules.iter().filter(|rule| !is_dead || rule.applies_to_dead == 1) {
        applies = true;
        let answer = response_to(rule, signal_value(world, cell, rule));
        let sums = if rule.is_linear == 1 { &mut linear } else { &mut hill };
        sums[rule.decreases as usize] += answer;
    }
    let raised = moved(unruled, behaviour.up_saturation, hill[0], linear[0]);
    applies.then(|| moved(raised, behaviour.down_saturation, hill[1], linear[1]))
}

/// (s/half_maximum)^hill_power, or the linear response.
pub fn response_to(rule: &RuleRow, s: f32) -> f32 {
    if rule.is_linear == 1 {
        return ((s - rule.middle) * rule.steepness).clamp(0.0, 1.0);
    }
    let ratio = s / rule.middle;
    if ratio > 1e-30 { exp((rule.steepness * log(ratio)).min(FULL)) } else { 0.0 }
}

/// What the rules of one direction make of a value.
pub fn moved(value: f32, saturation: f32, hill: f32, linear: f32) -> f32 {
    let h = hill / (1.0 + hill);
    let l = linear.min(1.0);
    let to = value + (saturation - value) * (h + l * (1.0 - h));
    to.max(value.min(saturation)).min(value.max(saturation))
}

fn signal_value(world: &World, cell: usize, rule: &RuleRow) -> f32 {
    let [_, _, kind, bond] = world.cells.identity[cell];
    let lanes = world.cells.progress[cell];
    let which = rule.which as usize;
    match CODES[rule.signal as usize].1 {
        Code::Volume => world.cells.position[cell][3],
        Code::Pressure => world.cells.velocity[cell][3],
        Code::Hits => cell_bits::hits(lanes[1]) as f32,
        Code::Damage => world.cells.motility[cell][3],
        Code::Divisions => cell_bits::divisions(lanes[1]) as f32,
        Code::Attached => f32::from(u8::from(bond != NO_BOND)),
        Code::Dead => f32::from(u8::from(!cell_bits::is(kind, Fate::Live))),
        Code::Age => age_min(&world.settings, &world.population, lanes[1]),
        Code::Time => world.population.tick as f32 * 0.01 + world.settings.movement_min,
        Code::Trait => f32::from_bits(lanes[2 + which]),
        Code::Level => sense_level(world, cell, rule.which),
        Code::Gradient => sense_gradient(world, cell, rule.which),
        Code::State => {
            world.cells.pack(PACKS[which / 4]).get(cell).map_or(0.0, |lanes| f32::from_bits(lanes[which % 4]))
        }
        Code::Contact => (world.contact_counts[cell] >> (8 * which) & 255) as f32,
        Code::Count => {
            world.tissue_counts[cell_bits::tissue(kind) as usize * world.plan.cell_types.len() + which] as f32
        }
    }
}

/// Level of a substrate at a cell.
fn sense_level(world: &World, cell: usize, substrate: u32) -> f32 {
    let (tissue, place) = (cell_bits::tissue(world.cells.identity[cell][2]), xyz(world.cells.position[cell]));
    world.fields.as_ref().map_or(0.0, |it| level_at(&world.settings, &it.concentration, substrate, tissue, place))
}

/// Length of its gradient there, in levels/um.
fn sense_gradient(world: &World, cell: usize, substrate: u32) -> f32 {
    let (tissue, place) = (cell_bits::tissue(world.cells.identity[cell][2]), xyz(world.cells.position[cell]));
    world.fields.as_ref().map_or(0.0, |it| {
        let slope = gradient_at(&world.settings, &it.concentration, substrate, tissue, place);
        length_and_direction(slope).0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::columns::COLUMNS;
    use crate::plan::rules::signals::STATES;
    use bytemuck::Zeroable;

    #[test]
    fn states_are_columns_of_their_packs() {
        for (pack, (names, _)) in PACKS.iter().zip(STATES) {
            for (lane, name) in names.iter().enumerate() {
                let column = COLUMNS.iter().find(|it| it.pack == *pack && it.lane == lane);
                assert_eq!(column.map_or("", |it| it.name), *name);
            }
        }
    }

    fn hill(middle: f32, steepness: f32) -> RuleRow {
        RuleRow { middle, steepness, ..RuleRow::zeroed() }
    }

    #[test]
    fn hill_responses_are_powers() {
        for (middle, steepness) in [(0.5, 0.3), (1.0, 1.0), (3.0, 4.0), (38.0, 8.0), (0.02, 32.0)] {
            for ratio in [0.0, 0.01, 0.3, 0.9, 1.0, 1.1, 3.0, 50.0] {
                let power = response_to(&hill(middle, steepness), ratio * middle);
                let got = f64::from(moved(0.0, 1.0, power, 0.0));
                let exact = f64::from(ratio).powf(f64::from(steepness));
                let expected = exact / (1.0 + exact);
                assert!((got - expected).abs() <= 2e-5 * expected + 1e-30, "{middle} {steepness} {ratio}: {got}");
            }
        }
        assert_eq!(response_to(&hill(1.0, 4.0), -1.0), 0.0, "a negative signal does nothing");
        assert_eq!(response_to(&hill(1.0, 4.0), f32::NAN), 0.0);
    }

    #[test]
    fn linear_responses_are_clipped_at_both_ends() {
        // Of `acceptance.md` C11: clip((s − 10)/28, 0, 1), and of C10: clip((5 − s)/2.5, 0, 1).
        for (zero_at, one_at, s, expected) in [
            (10.0f32, 38.0f32, 5.0, 0.0),
            (10.0, 38.0, 24.0, 0.5),
            (10.0, 38.0, 50.0, 1.0),
            (5.0, 2.5, 6.0, 0.0),
            (5.0, 2.5, 4.0, 0.4),
            (5.0, 2.5, 1.0, 1.0),
        ] {
            let row =
                RuleRow { is_linear: 1, middle: zero_at, steepness: 1.0 / (one_at - zero_at), ..RuleRow::zeroed() };
            assert!((response_to(&row, s) - expected).abs() < 1e-6, "{zero_at} {one_at} {s}");
        }
    }

    /// By hand: powers 1 and 2 make S = 3, U = 3/4, so 1 goes to 1 + 4 · 3/4 = 4; S = 1 halves that on its way to 0.
    #[test]
    fn rules_combine_as_they_do_in_physicell() {
        let sum = response_to(&hill(2.0, 2.0), 2.0) + response_to(&hill(2.0, 1.0), 4.0);
        let raised = moved(1.0, 5.0, sum, 0.0);
        assert!((raised - 4.0).abs() < 1e-5, "{raised}");
        assert!((moved(raised, 0.0, 1.0, 0.0) - 2.0).abs() < 1e-5);
        // Linear ones add up to 1 at most; with a Hill response of 1/2 a linear one of 1/2 makes 3/4.
        assert_eq!(moved(1.0, 3.0, 0.0, 0.7 + 0.6), 3.0);
        assert_eq!(moved(0.0, 1.0, 1.0, 0.5), 0.75);
    }
}
