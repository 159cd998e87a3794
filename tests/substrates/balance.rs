//! Statistics of substrates against a count by hand, and the ledger of a whole run, sound and falsified.

use crate::field::*;
use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::Fate;
use texpop::engine::graph::Stage;
use texpop::measure::substrate_rows;
use texpop::plan::*;

const GRID: Grid = Grid { voxels: [6, 5, 4], voxel_um: [20.0, 25.0, 30.0] };
const STEP_MIN: f64 = 0.1;
const SOLVES: u32 = 5;
/// Substrates with every kind of boundary: diffusion, decay.
const RATES: [(f32, f32); 5] = [(1000.0, 0.3), (500.0, 0.2), (2000.0, 0.5), (300.0, 0.1), (1e5, 0.4)];
const BEYOND_UM: f32 = 55.0;
const FACES: [Option<f32>; 6] = [Some(3.0), None, None, Some(1.0), Some(0.5), None];

fn boundary(number: usize, value: f32) -> SubstrateBoundary {
    let faces = FACES.map(|face| face.map(|it| it * value));
    [
        SubstrateBoundary::NoFlux,
        SubstrateBoundary::Held { beyond_um: BEYOND_UM, value: 2.0 * value },
        SubstrateBoundary::Fixed(faces),
        SubstrateBoundary::Periodic,
        SubstrateBoundary::Fixed(faces),
    ][number]
}

/// Secretion, target and uptake of every substrate by the one cell type.
const EXCHANGE: [f32; 3] = [5.0, 4.0, 6.0];

/// Factors on decay, secretion, uptake, values at boundaries, and what a drug adds to them.
type Factors = [f32; 5];

/// What a drug adds at the boundaries of all substrates in a solve.
fn drug_level(solve: u32) -> f32 {
    0.7 * solve as f32
}

fn balance_plan([decay, secretion, uptake, value, _]: Factors) -> Plan {
    let list = RATES.iter().enumerate().map(|(number, &(diffusion, rate))| Substrate {
        name: format!("s{number}"),
        is_quasi_steady: number == 4,
        boundary: boundary(number, value),
        ..substrate(diffusion, rate * decay, 1.0)
    });
    let row = ExchangeParameters {
        secretion_per_min: EXCHANGE[0] * secretion,
        target: EXCHANGE[1],
        uptake_per_min: EXCHANGE[2] * uptake,
        dead_secretion: 0.0,
        dead_uptake: 0.0,
    };
    tissue_plan(Boundary::Closed, GRID, 10, 1, list.collect(), vec![idle(2494.0)], vec![row; 8])
}

/// Voxels with a cell in them, and its volume.
const CELLS: [([u32; 3], f32); 4] = [([2, 2, 1], 2494.0), ([3, 2, 2], 1200.0), ([0, 0, 0], 3000.0), ([5, 4, 3], 500.0)];

fn middle_um([x, y, z]: [u32; 3]) -> [f32; 3] {
    let at = [x, y, z];
    [0, 1, 2].map(|axis| (at[axis] as f32 + 0.5 - 0.5 * GRID.voxels[axis] as f32) * GRID.voxel_um[axis])
}

fn is_held(number: usize, at: [u32; 3]) -> bool {
    number == 1 && middle_um(at).map(|x| x * x).iter().sum::<f32>() > BEYOND_UM * BEYOND_UM
}

/// What flows into a voxel from fixed faces and held neighbours, in levels/min.
fn inflow(number: usize, at: [u32; 3], drug: f32, level: &dyn Fn([u32; 3]) -> f64) -> f64 {
    let mut sum = 0.0;
    for axis in 0..3 {
        let rate = f64::from(RATES[number].0) / f64::from(GRID.voxel_um[axis]).powi(2);
        let ends = [at[axis] == 0, at[axis] + 1 == GRID.voxels[axis]];
        for (side, is_end) in ends.into_iter().enumerate() {
            let mut beside = at;
            beside[axis] = if side == 0 { at[axis].wrapping_sub(1) } else { at[axis] + 1 };
            if !is_end {
                sum += if is_held(number, beside) { rate * (level(beside) - level(at)) } else { 0.0 };
            } else if let (SubstrateBoundary::Fixed(_), Some(value)) = (boundary(number, 1.0), FACES[2 * axis + side]) {
                sum += 2.0 * rate * (f64::from(value + drug) - level(at));
            }
        }
    }
    sum
}

/// Mean, least and largest level of a substrate after a solve, and what is secreted, taken up, decays and is supplied in
/// a minute.
fn count(number: usize, values: &Values, drug: f32) -> [f64; 7] {
    let substrates = balance_plan([1.0; 5]).substrates.unwrap();
    let level = |at: [u32; 3]| f64::from(values[substrates.place(number / 4, 0, 1, at)][number % 4]);
    let volume = f64::from(GRID.voxel_um3());
    let [secretion, target, uptake] = EXCHANGE.map(f64::from);
    let (mut sum, mut voxels, mut least, mut most, mut flows) = (0.0, 0.0, f64::MAX, 0.0, [0.0; 4]);
    for voxel in 0..GRID.voxel_count() as u32 {
        let at = [voxel % 6, voxel / 6 % 5, voxel / 30];
        if is_held(number, at) {
            continue;
        }
        let c = level(at);
        (sum, voxels, least, most) = (sum + c, voxels + 1.0, c.min(least), c.max(most));
        let filled = CELLS.iter().filter(|it| it.0 == at).map(|it| f64::from(it.1)).sum::<f64>() / volume;
        let decay = f64::from(RATES[number].1);
        let inflow = inflow(number, at, drug, &level);
        let rates = [secretion * target * filled, (secretion + uptake) * filled * c, decay * c, inflow];
        (0..4).for_each(|i| flows[i] += rates[i] * volume);
    }
    let [a, b, c, d] = flows;
    [sum / voxels, least, most, a, b, c, d]
}

/// Two reports, after two solves and after the last.
fn reported(on: On, factors: &Factors) -> Verdict {
    let plan = balance_plan(*factors);
    let mut cells = Cells::default();
    for (id, (at, volume_um3)) in CELLS.into_iter().enumerate() {
        cells.push(cell(id as u32, 0, Fate::Live, middle_um(at), volume_um3));
    }
    with_engine(on, &plan, 0..1, &cells, |engine| {
        let (mut counted, mut in_step) = ([[0.0; 7]; 5], [[0.0; 4]; 5]);
        for solve in 1..=SOLVES {
            engine.set_drug_levels(&[[factors[4] * drug_level(solve); 4]; 2]).unwrap();
            engine.step(0, &[Stage::Exchange, Stage::Diffusion, Stage::Balance]).unwrap();
            let values = engine.concentration().unwrap();
            for (number, (counted, in_step)) in counted.iter_mut().zip(&mut in_step).enumerate() {
                let now = count(number, &values, drug_level(solve));
                counted[..3].copy_from_slice(&now[..3]);
                let is_first_order = solve == 1 || number == 4;
                let [part, kept] = if is_first_order { [1.0, 0.0] } else { [2.0 / 3.0, 1.0 / 3.0] };
                for i in 0..4 {
                    in_step[i] = part * now[3 + i] * STEP_MIN + kept * in_step[i];
                    counted[3 + i] += in_step[i];
                }
            }
            if solve != 2 && solve != SOLVES {
                continue;
            }
            engine.observe(0).unwrap();
            let observation = engine.observations(true).unwrap().pop().unwrap();
            let rows = substrate_rows(&plan, &observation.stocks, 0, 0..1);
            assert_eq!(rows.len(), 35);
            for (row, expected) in rows.iter().zip(counted.as_flattened()) {
                let what = format!("{} after {solve} solves", row.statistic);
                close(&what, row.value.unwrap(), *expected, 1e-4 * expected.abs().max(1.0))?;
            }
            let names: Vec<&str> = rows[..7].iter().map(|row| &*row.statistic).collect();
            assert_eq!(
                names,
                ["s0_mean", "s0_min", "s0_max", "s0_secreted", "s0_taken_up", "s0_decayed", "s0_supplied"]
            );
        }
        Ok(())
    })
}

#[test]
fn statistics_of_substrates_are_those_counted_by_hand() {
    on_both(|on| {
        for wrong in 0..5 {
            let factors = |i: usize| if i == wrong { 1.1 } else { 1.0 };
            kept_and_broken(on, reported, &[1.0; 5], &std::array::from_fn(factors));
        }
    });
}
