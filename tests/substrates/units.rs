//! Levels in another unit: the same cells.

use crate::fixture::*;
use crate::random::Random;
use crate::search::{Left, planned, run};
use texpop::compile::build_with_warnings;
use texpop::scenario;

const SCENARIOS: u32 = 60;
/// Powers of two by which levels from 1e-3 to 1e3 stay where nothing warns of them.
const EXPONENTS: [i32; 7] = [-9, -4, -1, 6, 11, 16, 26];
/// Of so many, one runs on the adapter too.
const ON_ADAPTER: u32 = 20;

/// Levels times a power of two: every cell is where it was, and every level that many times as high, bit for bit.
#[test]
fn levels_in_another_unit_make_the_same_cells() {
    let mut moving = 0;
    for seed in 0..SCENARIOS {
        let factor = 2f64.powi(EXPONENTS[seed as usize % EXPONENTS.len()]);
        let [plain, scaled] = [1.0, factor].map(|it| planned(&Random::in_unit(seed, it)));
        let mut devices = vec![On::Twin];
        if seed % ON_ADAPTER == 0 && has_adapter() {
            devices.push(on_adapter());
        }
        for on in devices {
            let [plain, scaled] = [&plain, &scaled].map(|it| run(on, it).unwrap());
            let what = format!("scenario {seed} times {factor}");
            assert!(plain.positions == scaled.positions, "{what}: cells differ");
            let multiplied =
                plain.levels.iter().map(|it| it.map(|bits| (f32::from_bits(bits) * factor as f32).to_bits()));
            assert!(multiplied.eq(scaled.levels.iter().copied()), "{what}: levels differ");
            moving += usize::from(plain.positions.len() > 1);
        }
    }
    assert!(moving > 20);
}

/// Factors by which levels are rounded differently.
const FACTORS: [f64; 5] = [1e-3, 7.3, 133.322, 1e6, 3e8];
/// How far a cell may be from where it is with other rounding: thousands of roundings of a position of some 100 um.
const MOST_APART_UM: f32 = 0.05;
/// Share of scenarios that may have cells further apart: where a level falls to 1e-4 of itself in one step, roundings of
/// the level before are slopes of the level after, and cells that follow it take another way.
const MOST_SCENARIOS_APART: f64 = 0.05;

/// Levels times any factor: the same cells, and near where they were.
#[test]
fn levels_times_any_factor_make_the_same_cells_except_for_rounding() {
    let (mut moving, mut apart) = (0, vec![]);
    for seed in 0..SCENARIOS {
        let factor = FACTORS[seed as usize % FACTORS.len()];
        let [plain, scaled] =
            [1.0, factor].map(|factor| run(On::Twin, &planned(&Random::in_unit(seed, factor))).unwrap());
        let ids = |left: &Left| left.positions.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        assert_eq!(ids(&plain), ids(&scaled), "scenario {seed} times {factor}");
        let pairs = plain.positions.iter().zip(&scaled.positions);
        let along_axes = pairs.flat_map(|((_, at), (_, other))| at.iter().zip(other));
        let distance = along_axes.map(|(&a, &b)| (f32::from_bits(a) - f32::from_bits(b)).abs()).fold(0.0, f32::max);
        if distance > MOST_APART_UM {
            apart.push((seed, factor, distance));
        }
        moving += usize::from(plain.positions.len() > 1);
    }
    assert!(moving > 20);
    assert!(apart.len() as f64 <= MOST_SCENARIOS_APART * f64::from(SCENARIOS), "scenario, factor, um: {apart:?}");
}

/// Units far from what is usual are warned of.
#[test]
fn levels_too_low_or_too_high_for_their_unit_are_warned_of() {
    let warned = |level: &str| {
        let text = format!(
            "duration = \"1 h\"\npreset = \"coarse\"\n[domain]\ngeometry = \"tissue\"\nsize = [\"100 um\", \"100 um\", \"100 um\"]\n\
             [substrates.it]\ndiffusion = \"100 um^2/min\"\ndecay = \"0.1 /min\"\ninitial = {level}\n\
             [cell_types.cell]\nvolume = \"500 um^3\"\n[[place]]\ncell_type = \"cell\"\ncount = 1\n"
        );
        build_with_warnings(&scenario::from_text("units.toml", &text, &[]).unwrap()).unwrap().1
    };
    for level in ["0", "1", "1e-6", "38", "1e12"] {
        assert_eq!(warned(level), "", "{level}");
    }
    for level in ["1e-20", "5e-7", "2e12", "1e20"] {
        let text = warned(level);
        assert!(
            text.contains("the highest level of it is") && text.contains("hint: multiply all levels"),
            "{level}: {text}"
        );
    }
}
