//! A minute of oxygen and a factor, with 20,000 cells that take up the one and secrete the other: how far it is off by the
//! clock and the cycles of `benches/substrates.rs`, against a solution by short steps.

use crate::field::*;
use crate::fixture::*;
use texpop::plan::*;
use texpop::random::{philox, uniform};

const EDGE: u32 = 75;
const VOXEL_UM: f32 = 20.0;
const CELLS: u32 = 20_000;
/// Rate of uptake and of secretion, by the part of a voxel that a cell of 2494 um³ fills.
const RATE_PER_MIN: f32 = 10.0 * 2494.0 / (VOXEL_UM * VOXEL_UM * VOXEL_UM);
const FULL: f64 = 38.0;

fn two_substrates(ticks: u32, cycles: u32, is_steady: bool) -> Plan {
    let mut oxygen = substrate(1e5, 0.1, FULL as f32);
    oxygen.boundary = SubstrateBoundary::Fixed([Some(FULL as f32); 6]);
    let list = [oxygen, substrate(1000.0, 0.016, 0.0)].map(|it| {
        let settling_per_min = it.decay_per_min + RATE_PER_MIN;
        Substrate { settling_per_min, is_quasi_steady: is_steady, ..it }
    });
    field_plan([EDGE; 3], [VOXEL_UM; 3], ticks, cycles, list.to_vec())
}

/// Sources and losses by cells in a ball as dense as a tissue: one to a voxel and a half.
fn by_cells() -> (Values, Values) {
    let (mut source, mut loss) = (vec![[0.0; 4]; EDGE.pow(3) as usize], vec![[0.0; 4]; EDGE.pow(3) as usize]);
    let radius = f32::cbrt(CELLS as f32 * 1.5 * 3.0 / (4.0 * std::f32::consts::PI));
    let tries = (0..).map(|number| philox([1, 2], [number, 0, 0, 0]));
    let places = tries.map(|words| [0, 1, 2].map(|axis| (2.0 * uniform(words[axis]) - 1.0) * radius));
    for at in places.filter(|at| at.iter().map(|x| x * x).sum::<f32>() <= radius * radius).take(CELLS as usize) {
        let [x, y, z] = at.map(|x| (x + 0.5 * EDGE as f32) as u32);
        let place = ((z * EDGE + y) * EDGE + x) as usize;
        loss[place][0] += RATE_PER_MIN;
        loss[place][1] += RATE_PER_MIN;
        source[place][1] += RATE_PER_MIN;
    }
    (source, loss)
}

/// Relative errors of what oxygen lacks, and of the factor: of the whole, and of the values in the mean square.
fn errors(got: &Values, exact: &Values) -> [[f64; 2]; 2] {
    [(0, FULL), (1, 0.0)].map(|(lane, zero)| {
        let from_zero = |it: &[f32; 4]| f64::from(it[lane]) - zero;
        let whole = |values: &Values| values.iter().map(|it| from_zero(it).abs()).sum::<f64>();
        let square = |it: f64| it * it;
        let off: f64 = got.iter().zip(exact).map(|(it, exact)| square(from_zero(it) - from_zero(exact))).sum();
        let all: f64 = exact.iter().map(|it| square(from_zero(it))).sum();
        [whole(got) / whole(exact) - 1.0, (off / all).sqrt()]
    })
}

#[test]
fn a_minute_of_two_substrates_is_within_two_percent() {
    let (source, loss) = by_cells();
    let after =
        |ticks: u32, cycles| solved(On::Twin, &two_substrates(ticks, cycles, false), &source, &loss, 100 / ticks);
    let exact = after(1, 3);
    println!("errors in % of mass and values: oxygen, factor");
    let off = |ticks, cycles| {
        let found = errors(&after(ticks, cycles), &exact).map(|it| it.map(|part| 100.0 * part));
        println!("  clock {} min, {cycles} cycles: {:.2?} {:.2?}", f64::from(ticks) / 100.0, found[0], found[1]);
        found.as_flattened().iter().fold(0.0f64, |most, it| most.max(it.abs()))
    };
    let found = off(20, 2);
    assert!(found < 2.0, "{found} %");
    // Neither more cycles nor a shorter clock makes it worse: no error is there that another one hides.
    for (ticks, cycles) in [(20, 4), (10, 2), (10, 4)] {
        let other = off(ticks, cycles);
        assert!(other < found + 0.1, "{other} % after {found} %");
        // Of second order, although levels far from the cells are traces that fall.
        assert!(ticks == 20 || other < 0.4 * found, "{other} % after {found} %");
    }
}

#[test]
fn a_steady_state_stays_as_it_is() {
    let (source, loss) = by_cells();
    let steady = solved(On::Twin, &two_substrates(20, 4, true), &source, &loss, 25);
    let plan = two_substrates(20, 2, false);
    let later = with_engine(On::Twin, &plan, 0..1, &Default::default(), |engine| {
        engine.set_exchange(&source, &loss).unwrap();
        engine.set_levels(&steady).unwrap();
        step(engine, 25);
        engine.concentration().unwrap()
    });
    let found = errors(&later, &steady);
    println!("steady state, after five minutes: {found:.6?}");
    assert!(found.as_flattened().iter().all(|it| it.abs() < 1e-3), "{found:?}");
}
