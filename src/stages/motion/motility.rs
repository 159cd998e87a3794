//! Stage `motility`: persistent biased random walk, exact at any step. Twin of `shaders/motility.wgsl`.
//!
//! Velocity is an Ornstein-Uhlenbeck process about the drift (Uhlenbeck and Ornstein, Phys Rev 1930, 36:823;
//! Gillespie, Phys Rev E 1996, 54:2084):
//!
//! ```text
//! drift = b s direction            sd of a component = s √((1 − b²)/n)      so that the mean square speed is s²
//! v'  = drift + (v − drift) decay + sd kick ξ1
//! dx  = drift dt + (v − drift) travel + sd (shared ξ1 + own ξ2)
//! decay = e^(−dt/P)     kick² = 1 − decay²     travel = P (1 − decay)     shared kick = P (1 − decay)²
//! shared² + own² = P (2 dt − P (3 − 4 decay + decay²))
//! ```
//!
//! Mean square displacement at b = 0: 2 s² P (t − P(1 − e^(−t/P))). An attached cell covers a fraction of dx. A closed
//! face reflects the walk.
//!
//! | symbol | name | unit | meaning | source |
//! |---|---|---|---|---|
//! | s | `speed_um_per_min` | um/min | root mean square speed | T cells in tumours 4 to 10 (Boissonnas et al., J Exp Med 2007, 204:345) |
//! | P | `persistence` | min | correlation time of the velocity | 0.25 to 2 |
//! | b | `bias` | 1 | mean velocity over speed | 0.1 to 0.3 for chemotaxis |
//! | n | | 1 | dimensions | |
//! | direction | `bias_x` …, or `gradient_substrate` | 1 | a unit vector, or that along or against a gradient at the cell | scenario |

use crate::cells::cell_bits;
use crate::cells::columns::{Fate, NO_BOND};
use crate::cells::settings::Settings;
use crate::cells::traits::trait_factor;
use crate::cells::world::World;
use crate::of_type;
use crate::plan::TypeParameters;
use crate::plan::parameters::Behaviour;
use crate::random::{Purpose, draw, normal_pair};
use crate::stages::substrates::field::{gradient_at, length_and_direction};
use crate::stages::voxels::space::{contained, xyz};
use rayon::prelude::*;

/// Runs the stage.
pub fn motility(world: &mut World) {
    let mut position = std::mem::take(&mut world.cells.position);
    let mut motility = std::mem::take(&mut world.cells.motility);
    position
        .par_iter_mut()
        .zip(&mut motility)
        .enumerate()
        .with_min_len(1024)
        .for_each(|(i, (position, motility))| move_cell(world, i, position, motility));
    (world.cells.position, world.cells.motility) = (position, motility);
}

fn move_cell(world: &World, i: usize, position: &mut [f32; 4], motility: &mut [f32; 4]) {
    let settings = &world.settings;
    let cell = world.cells.identity[i];
    let tissue = cell_bits::tissue(cell[2]);
    let (parameters, cell_type) = (world.parameters(tissue), cell_bits::cell_type(cell[2]) as usize);
    let own = &parameters.types[cell_type];
    let type_speed = of_type!(world, parameters, cell_type, speed_um_per_min, i);
    if !cell_bits::is(cell[2], Fate::Live) || type_speed == 0.0 {
        return;
    }
    let speed = type_speed * trait_factor(own, world.cells.progress[i], Behaviour::Speed);
    let bias = of_type!(world, parameters, cell_type, bias, i);
    let along = bias * speed;
    let drift = heading(world, own, tissue, xyz(*position)).map(|component| component * along);
    let sd = speed * ((1.0 - bias * bias) / settings.dimensions as f32).sqrt();
    let covered =
        if cell[3] == NO_BOND { 1.0 } else { of_type!(world, parameters, cell_type, attached_speed_fraction, i) };
    let [first, second] = deviates(settings, world.seed(tissue), [cell[0], cell[1]], world.population.tick);
    let mut to = [0.0; 3];
    for axis in 0..3 {
        let excess = motility[axis] - drift[axis];
        let v = drift[axis] + excess * own.walk_decay + first[axis] * (sd * own.walk_kick);
        let path = drift[axis] * settings.movement_min
            + excess * own.walk_travel_min
            + (first[axis] * own.walk_shared_min + second[axis] * own.walk_own_min) * sd;
        let reached = position[axis] + path * covered;
        let (mirrored, bounce) = reflected(settings, axis, reached);
        to[axis] = mirrored;
        motility[axis] = v * bounce;
    }
    let [x, y, z] = contained(settings, to);
    *position = [x, y, z, position[3]];
}

/// Unit vector of the bias; 0 where the gradient that the cell goes by has no direction.
fn heading(world: &World, own: &TypeParameters, tissue: u32, position: [f32; 3]) -> [f32; 3] {
    match (&world.fields, own.gradient_substrate) {
        (Some(fields), substrate @ 1..) => {
            let gradient = gradient_at(&world.settings, &fields.concentration, substrate - 1, tissue, position);
            length_and_direction(gradient).1.map(|component| component * own.gradient_sign)
        }
        _ => [own.bias_x, own.bias_y, own.bias_z],
    }
}

/// Two vectors of normal deviates; in a layer their z is 0.
fn deviates(settings: &Settings, seed: [u32; 2], id: [u32; 2], tick: u32) -> [[f32; 3]; 2] {
    let words = draw(seed, id, tick, Purpose::MotilityFirst as u32);
    let a = normal_pair(words[0], words[1]);
    let b = normal_pair(words[2], words[3]);
    if settings.dimensions == 2 {
        return [[a[0], a[1], 0.0], [b[0], b[1], 0.0]];
    }
    let more = draw(seed, id, tick, Purpose::MotilitySecond as u32);
    let c = normal_pair(more[0], more[1]);
    [[a[0], a[1], b[0]], [b[1], c[0], c[1]]]
}

/// Mirror image at a closed face, and −1 where the velocity turns.
fn reflected(settings: &Settings, axis: usize, to: f32) -> (f32, f32) {
    let lower = settings.lower_um[axis];
    let upper = lower + settings.size_um[axis];
    if settings.periodic == 1 {
        (to, 1.0)
    } else if to > upper {
        (2.0 * upper - to, -1.0)
    } else if to < lower {
        (2.0 * lower - to, -1.0)
    } else {
        (to, 1.0)
    }
}
