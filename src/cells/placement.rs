//! The first cells of a tissue, and cells that enter later: placement rules carried out.
//!
//! Every draw is Philox of (replicate seed; index of the cell, group, draw), so the arms of a study start alike.

use super::Cells;
use super::columns::{NO_BOND, PHASE_ONE};
use crate::math;
use crate::plan::parameters::BY_AGE;
use crate::plan::{
    Arrangement, Boundary, Distribution, Domain, Geometry, Listed, Parameters, Placement, Plan, Region, TypeParameters,
};
use crate::random::{Purpose, normal_pair, philox, uniform};

/// Numbers of the draws of one cell. Attempts at a position and stages of a phase count on from theirs.
const ID: u32 = 1;
const WALK: u32 = 2;
const PHASE: u32 = 4;
const TRAITS: u32 = 5;
const POSITION: u32 = 256;
const STAGES: u32 = 1024;

/// Attempts to find a point of the region inside the domain; afterwards the point is moved to the wall.
const ATTEMPTS: u32 = 64;

/// The random words of one cell that enters.
#[derive(Clone, Copy)]
struct Draws {
    seed: [u32; 2],
    index: u32,
    group: u32,
}

impl Draws {
    fn words(self, draw: u32) -> [u32; 4] {
        philox(self.seed, [self.index, self.group, draw, Purpose::Placement as u32])
    }
}

/// All cells at the start of a tissue: replicate `replicate` of arm `arm`, numbered `tissue` within its batch.
pub fn initial(plan: &Plan, arm: usize, replicate: usize, tissue: u32) -> Cells {
    let arm = &plan.arms[arm];
    let mut cells = Cells::default();
    for (group, placement) in arm.initial.iter().enumerate() {
        cells.take_in(place(plan, &arm.parameters, placement, group as u32, plan.seeds[replicate], tissue));
    }
    cells
}

/// The cells of one placement. `group` tells the placements of a tissue apart: no two may share it.
pub fn place(
    plan: &Plan,
    parameters: &Parameters,
    placement: &Placement,
    group: u32,
    seed: [u32; 2],
    tissue: u32,
) -> Cells {
    let packed = match &placement.arrangement {
        Arrangement::Packed { spacing_um, region } => packing(&plan.domain, region, *spacing_um),
        _ => Vec::new(),
    };
    let count = match &placement.arrangement {
        Arrangement::Random { count, .. } => *count as usize,
        Arrangement::Packed { .. } => packed.len(),
        Arrangement::At(listed) => listed.len(),
    };
    let mut cells = Cells::default();
    for index in 0..count {
        let draws = Draws { seed, index: index as u32, group };
        let (position, listed) = match &placement.arrangement {
            Arrangement::Random { region, .. } => (random_position(&plan.domain, region, draws), None),
            Arrangement::Packed { .. } => (packed[index], None),
            Arrangement::At(listed) => (inside(&plan.domain, listed[index].position_um), Some(&listed[index])),
        };
        cells.push(cell(&plan.domain, parameters, placement, (position, listed), draws, tissue));
    }
    cells
}

/// The raw lanes of one cell, at a place and with what a table says of it.
fn cell(
    domain: &Domain,
    parameters: &Parameters,
    placement: &Placement,
    ([x, y, z], listed): ([f32; 3], Option<&Listed>),
    draws: Draws,
    tissue: u32,
) -> [[u32; 4]; 5] {
    let own = &parameters.types[placement.cell_type as usize];
    let (phase, remaining, growth) = first_phase(parameters, placement, draws);
    let id = draws.words(ID);
    let drawn = |n: usize| placement.traits.get(n).map_or(0.0, |it| trait_value(it, n, draws));
    let [first, second] = [0, 1].map(|n| listed.and_then(|it| it.traits[n]).unwrap_or_else(|| drawn(n)));
    let volume_um3 = listed.and_then(|it| it.volume_um3).unwrap_or(own.volume_um3 * growth);
    let kind = phase | placement.cell_type << 12 | tissue << 16;
    [
        [x, y, z, volume_um3].map(f32::to_bits),
        [0.0, 0.0, 0.0, -0.0].map(f32::to_bits),
        walk(domain, own, draws).map(f32::to_bits),
        [id[0], id[1], kind, NO_BOND],
        [remaining, 0, first.to_bits(), second.to_bits()],
    ]
}

/// Velocity of the persistent walk from its stationary law.
fn walk(domain: &Domain, own: &TypeParameters, draws: Draws) -> [f32; 4] {
    let dimensions = domain.dimensions();
    if dimensions == 0 {
        return [0.0; 4];
    }
    let [a, b, c, d] = draws.words(WALK);
    let sd = own.speed_um_per_min * ((1.0 - own.bias * own.bias) / dimensions as f32).sqrt();
    let drift = own.speed_um_per_min * own.bias;
    let [[x, y], [z, _]] = [normal_pair(a, b), normal_pair(c, d)];
    let z = if dimensions == 3 { sd * z + drift * own.bias_z } else { 0.0 };
    [sd * x + drift * own.bias_x, sd * y + drift * own.bias_y, z, 0.0]
}

/// Phase, what is left of it as the column stores it, and the volume as a multiple of the type's volume.
fn first_phase(parameters: &Parameters, placement: &Placement, draws: Draws) -> (u32, u32, f32) {
    let cell_type = placement.cell_type as usize;
    let words = draws.words(PHASE);
    let phase = placement.phase.unwrap_or_else(|| stationary_phase(parameters, cell_type, uniform(words[0])));
    if parameters.types[cell_type].phase_count == 0 {
        return (0, u32::MAX, 1.0);
    }
    let row = parameters.phase(cell_type, phase);
    // Cells that start a phase together have spent none of it.
    let elapsed = if placement.phase.is_some() { 0.0 } else { uniform(words[1]) };
    let growth = if row.grows == 1 { 1.0 + elapsed } else { 1.0 };
    if parameters.is_endless(cell_type, phase) {
        return (phase, u32::MAX, growth);
    }
    let remaining = match row.stages {
        0 => 1.0 - elapsed,
        // Ages count from here.
        BY_AGE => 1.0,
        stages => {
            // All stages are equally long in the mean, so a cell is in any of them with equal probability.
            let left = stages - ((elapsed * stages as f32) as u32).min(stages - 1);
            let sum: f32 = (0..left).map(|stage| -math::log(uniform(draws.words(STAGES + stage)[0]))).sum();
            sum / stages as f32
        }
    };
    (phase, (remaining * PHASE_ONE).min(4_294_967_040.0) as u32, growth)
}

/// A phase drawn in proportion to its mean duration. A phase without end holds every cell in the long run.
fn stationary_phase(parameters: &Parameters, cell_type: usize, deviate: f32) -> u32 {
    let count = parameters.types[cell_type].phase_count;
    let exits: Vec<f32> = (0..count).map(|phase| parameters.phase(cell_type, phase).exit_per_min).collect();
    if let Some(endless) = exits.iter().position(|&exit| exit == 0.0) {
        return endless as u32;
    }
    let mut left = deviate * exits.iter().map(|exit| 1.0 / exit).sum::<f32>();
    for (phase, exit) in exits.iter().enumerate() {
        left -= 1.0 / exit;
        if left < 0.0 {
            return phase as u32;
        }
    }
    count.saturating_sub(1)
}

fn trait_value(distribution: &Distribution, number: usize, draws: Draws) -> f32 {
    let words = draws.words(TRAITS);
    let [deviate, _] = normal_pair(words[2 * number], words[2 * number + 1]);
    match *distribution {
        Distribution::Fixed(value) => value as f32,
        Distribution::Normal { mean, sd, lower, upper } => {
            (mean as f32 + sd as f32 * deviate).clamp(lower as f32, upper as f32)
        }
        Distribution::Lognormal { median, sigma, lower, upper } => {
            (median as f32 * math::exp(sigma as f32 * deviate)).clamp(lower as f32, upper as f32)
        }
    }
}

/// A uniformly random point of the region and the domain.
fn random_position(domain: &Domain, region: &Region, draws: Draws) -> [f32; 3] {
    let mut point = [0.0; 3];
    for attempt in 0..ATTEMPTS {
        point = point_of(domain, region, draws.words(POSITION + attempt));
        if inside(domain, point) == point {
            break;
        }
    }
    inside(domain, point)
}

fn point_of(domain: &Domain, region: &Region, words: [u32; 4]) -> [f32; 3] {
    let between = |axis: usize, lower: f32, upper: f32| lower + (upper - lower) * uniform(words[axis]);
    let point = match *region {
        Region::Everywhere => {
            [0, 1, 2].map(|axis| between(axis, -0.5 * domain.size_um[axis], 0.5 * domain.size_um[axis]))
        }
        Region::Box { lower_um, upper_um } => [0, 1, 2].map(|axis| between(axis, lower_um[axis], upper_um[axis])),
        Region::Ball { centre_um, radius_um } => in_shell(domain, centre_um, 0.0, radius_um, words),
        Region::Shell { centre_um, inner_um, outer_um } => in_shell(domain, centre_um, inner_um, outer_um, words),
    };
    flat(domain, point)
}

/// A uniformly random point between two radii.
fn in_shell(domain: &Domain, centre: [f32; 3], inner: f32, outer: f32, words: [u32; 4]) -> [f32; 3] {
    let u = uniform(words[0]);
    let [sine, cosine] = math::sin_cos_turns(uniform(words[1]));
    let (radius, height) = if domain.geometry == Geometry::Layer {
        ((inner * inner + (outer * outer - inner * inner) * u).sqrt(), 0.0)
    } else {
        let cubes = inner * inner * inner + (outer * outer * outer - inner * inner * inner) * u;
        (math::cube_root(cubes), 2.0 * uniform(words[2]) - 1.0)
    };
    let across = radius * (1.0 - height * height).sqrt();
    [centre[0] + across * cosine, centre[1] + across * sine, centre[2] + radius * height]
}

/// Points of a hexagonal close packing about the middle of the region.
fn packing(domain: &Domain, region: &Region, spacing: f32) -> Vec<[f32; 3]> {
    let (centre, half) = bounds(domain, region);
    // Rows are √3/2 apart and layers √(2/3), in spacings; every second layer is moved by a third of a row.
    let (row, layer) = (0.866_025_4 * spacing, 0.816_496_6 * spacing);
    let layers = if domain.geometry == Geometry::Tissue { (half[2] / layer) as i32 + 1 } else { 0 };
    let (rows, columns) = ((half[1] / row) as i32 + 1, (half[0] / spacing) as i32 + 1);
    let mut points = Vec::new();
    for k in -layers..=layers {
        for j in -rows..=rows {
            for i in -columns..=columns {
                let shift = 0.5 * (j + k).rem_euclid(2) as f32;
                let third = k.rem_euclid(2) as f32 / 3.0;
                let offset = [spacing * (i as f32 + shift), row * (j as f32 + third), layer * k as f32];
                let point = flat(domain, [0, 1, 2].map(|axis| centre[axis] + offset[axis]));
                if contains(domain, region, point) && inside(domain, point) == point {
                    points.push(point);
                }
            }
        }
    }
    points
}

/// Middle and half edges of the box about a region.
fn bounds(domain: &Domain, region: &Region) -> ([f32; 3], [f32; 3]) {
    match *region {
        Region::Everywhere => ([0.0; 3], domain.size_um.map(|size| 0.5 * size)),
        Region::Ball { centre_um, radius_um } => (centre_um, [radius_um; 3]),
        Region::Shell { centre_um, outer_um, .. } => (centre_um, [outer_um; 3]),
        Region::Box { lower_um, upper_um } => (
            [0, 1, 2].map(|axis| 0.5 * (lower_um[axis] + upper_um[axis])),
            [0, 1, 2].map(|axis| 0.5 * (upper_um[axis] - lower_um[axis])),
        ),
    }
}

/// Whether a point (um, relative to the middle of the domain) lies in the region. In a layer z is ignored; in a
/// culture, which has no places, every point does.
pub fn contains(domain: &Domain, region: &Region, point_um: [f32; 3]) -> bool {
    let dimensions = domain.dimensions() as usize;
    let within = |inner: f32, outer: f32, centre: [f32; 3]| {
        let squares: f32 =
            (0..dimensions).map(|axis| (point_um[axis] - centre[axis]) * (point_um[axis] - centre[axis])).sum();
        squares >= inner * inner && squares <= outer * outer
    };
    match *region {
        _ if dimensions == 0 => true,
        Region::Everywhere => true,
        Region::Ball { centre_um, radius_um } => within(0.0, radius_um, centre_um),
        Region::Shell { centre_um, inner_um, outer_um } => within(inner_um, outer_um, centre_um),
        Region::Box { lower_um, upper_um } => {
            (0..dimensions).all(|axis| point_um[axis] >= lower_um[axis] && point_um[axis] <= upper_um[axis])
        }
    }
}

/// z is 0 in a layer, everything in a culture.
fn flat(domain: &Domain, [x, y, z]: [f32; 3]) -> [f32; 3] {
    match domain.geometry {
        Geometry::Tissue => [x, y, z],
        Geometry::Layer => [x, y, 0.0],
        Geometry::Culture => [0.0; 3],
    }
}

/// The point, moved to the nearest place in the domain: to the wall, or across joined faces.
fn inside(domain: &Domain, point: [f32; 3]) -> [f32; 3] {
    let moved = [0, 1, 2].map(|axis| {
        let (half, size) = (0.5 * domain.size_um[axis], domain.size_um[axis]);
        match domain.boundary {
            _ if (-half..half).contains(&point[axis]) => point[axis],
            Boundary::Closed => point[axis].clamp(-half, half),
            Boundary::Periodic => (point[axis] - size * ((point[axis] + half) / size).floor()).clamp(-half, half),
        }
    });
    flat(domain, moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TISSUE: Domain = Domain {
        geometry: Geometry::Tissue,
        boundary: Boundary::Closed,
        size_um: [400.0, 400.0, 400.0],
        voxels: [4, 4, 4],
        reach_um: 100.0,
    };
    const BALL: Region = Region::Ball { centre_um: [10.0, 0.0, 0.0], radius_um: 50.0 };

    #[test]
    fn random_points_fill_a_ball_evenly() {
        let n = 20_000;
        let half_volume = 50.0 * 0.5f32.powf(1.0 / 3.0);
        let mut inner = 0;
        for index in 0..n {
            let point = random_position(&TISSUE, &BALL, Draws { seed: [1, 2], index, group: 0 });
            assert!(contains(&TISSUE, &Region::Ball { centre_um: [10.0, 0.0, 0.0], radius_um: 50.001 }, point));
            let core = Region::Ball { centre_um: [10.0, 0.0, 0.0], radius_um: half_volume };
            inner += u32::from(contains(&TISSUE, &core, point));
        }
        let off = f64::from(inner) - f64::from(n) / 2.0;
        assert!(off.abs() <= 5.0 * (f64::from(n) / 4.0).sqrt(), "{inner} of {n} in the inner half");
    }

    #[test]
    fn a_packing_has_its_spacing_and_density() {
        let points = packing(&TISSUE, &BALL, 10.0);
        let nearest = points[1..]
            .iter()
            .map(|p| (0..3).map(|axis| (p[axis] - points[0][axis]).powi(2)).sum::<f32>().sqrt())
            .fold(f32::MAX, f32::min);
        assert!((nearest - 10.0).abs() < 1e-3, "nearest neighbour at {nearest}");
        // √2 / spacing³ cells to a volume.
        let expected = 4.0 / 3.0 * std::f64::consts::PI * 50f64.powi(3) * 2f64.sqrt() / 1000.0;
        assert!((points.len() as f64 / expected - 1.0).abs() < 0.05, "{} against {expected}", points.len());
    }

    #[test]
    fn points_outside_return_to_the_domain() {
        let periodic = Domain { boundary: Boundary::Periodic, ..TISSUE };
        assert_eq!(inside(&TISSUE, [250.0, -300.0, 0.0]), [200.0, -200.0, 0.0]);
        assert_eq!(inside(&periodic, [250.0, -300.0, 0.0]), [-150.0, 100.0, 0.0]);
    }

    #[test]
    fn placed_cells_are_stationary_and_differ() {
        use crate::plan::PhaseParameters;
        use crate::plan::domain::Clocks;
        use bytemuck::Zeroable;
        let own = TypeParameters { volume_um3: 2.0, speed_um_per_min: 3.0, phase_count: 2, ..Zeroable::zeroed() };
        let phase =
            |exit_per_min| PhaseParameters { exit_per_min, stages: 1, next: 0, divides: 0, grows: 0, arrests: 0 };
        let parameters = Parameters {
            types: vec![own],
            pairs: vec![Zeroable::zeroed()],
            phases: vec![phase(1.0), phase(0.25)],
            ..Parameters::default()
        };
        let arrangement = Arrangement::Random { count: 10_000, region: BALL };
        let traits = vec![Distribution::Fixed(0.5)];
        let placement = Placement { cell_type: 0, arrangement, phase: None, traits, history: vec![] };
        let observe = crate::plan::Observe {
            every_ticks: 100,
            columns: vec![],
            quantiles: vec![],
            shells: None,
            cytometry: false,
        };
        let plan = Plan {
            title: String::new(),
            domain: TISSUE,
            clocks: Clocks::COARSE,
            duration_ticks: 100,
            mechanics: crate::plan::Mechanics::Potentials,
            substrates: None,
            cell_types: vec![],
            arms: vec![],
            seeds: vec![],
            cohort: crate::plan::Cohort::default(),
            observe,
            snapshots: vec![],
            study: None,
            chosen: None,
        };
        let cells = place(&plan, &parameters, &placement, 3, [1, 2], 5);
        let (mut second, mut squares, mut ids) = (0, 0.0, std::collections::HashSet::new());
        for i in 0..cells.len() {
            second += cells.identity[i][2] & 255;
            squares += f64::from(cells.motility[i][0]).powi(2) / 3.0;
            ids.insert(cells.id(i));
            assert_eq!(cells.identity[i][2] >> 16, 5);
        }
        assert_eq!(ids.len(), 10_000);
        // A quarter as fast, so four fifths of the cells; sd √(n·0.8·0.2) = 40.
        assert!((f64::from(second) - 8000.0).abs() <= 200.0, "{second}");
        assert!((squares / 1e4 - 1.0).abs() <= 5.0 * 2f64.sqrt() / 100.0, "{squares}");
    }
}
