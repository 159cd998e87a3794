//! Any state, any parameters, any step: all states stay finite and none is negative.

use super::*;
use texpop::random::{philox, uniform};
use texpop::scenario::proteostasis::{Allowed, PARAMETERS, Proteostasis};

/// Parameters drawn from their plausible ranges, or from 0.2 to 5 times their defaults; conditions from all there are.
fn random_row(salt: u32) -> ProteostasisParameters {
    let draw = |(number, it): (usize, &texpop::scenario::proteostasis::Parameter)| {
        let u = f64::from(uniform(philox([salt, 17], [number as u32, 0, 0, 0])[0]));
        match (it.plausible, it.allowed) {
            (Some((low, high)), _) => low + (high - low) * u,
            (None, Allowed::Fraction) => u,
            (None, _) => it.default.max(0.2) * 5f64.powf(2.0 * u - 1.0),
        }
    };
    ProteostasisParameters::new(&Proteostasis { values: PARAMETERS.iter().enumerate().map(draw).collect() })
}

/// States up to twice those that the model describes, some of them 0.
fn random_cells(tissues: u32, count: u32, salt: u32) -> Cells {
    let mut cells = Cells::default();
    for cell in 0..count {
        let draw = |number: u32| philox([salt, 3], [cell, number, 0, 0]);
        let place = [0.0f32, 0.0, 0.0, 500.0].map(f32::to_bits);
        cells.push([place, [0; 4], [0; 4], [cell, salt, (cell % tissues) << 16, NO_BOND], [u32::MAX, 0, 0, 0]]);
        let state = |number: u32, largest: [f32; 4]| {
            let words = draw(number);
            std::array::from_fn(|lane| if words[lane] % 8 == 0 { 0.0 } else { largest[lane] * uniform(words[lane]) })
        };
        cells.protein.push(state(0, [6.0, 18.0, 20.0, 100.0]));
        cells.response.push(state(1, [4.6, 6.0, 1.0, 1.0]));
        cells.programme.push(state(2, [1.0, 1.0, 2.8, 1.0]));
        cells.capacity.push([0.0; 4]);
        cells.signal.push([0; 4]);
        cells.variation.push(draw(3));
    }
    cells
}

fn stays_sound(cells: &Cells) -> Verdict {
    let signal: Vec<[f32; 4]> = cells.signal.iter().map(|lanes| lanes.map(f32::from_bits)).collect();
    let packs = [&cells.protein, &cells.response, &cells.programme, &cells.capacity, &signal];
    let is_sound = |numbers: &[f32; 4]| numbers.iter().all(|it| it.is_finite() && *it >= 0.0);
    let broken = packs.iter().flat_map(|pack| pack.iter()).position(|numbers| !is_sound(numbers));
    broken.map_or(Ok(()), |place| Err(format!("lane {place} of {}", cells.len())))
}

#[test]
fn random_states_and_parameters_stay_positive_and_finite() {
    for (salt, hour) in [1u32, 4, 24].into_iter().enumerate() {
        let rows: Vec<_> = (0..200).map(|arm| random_row(salt as u32 * 1000 + arm)).collect();
        // 10⁶ states on the twin, and a tenth of it on the adapter.
        on_both(|on| {
            let plan = cultures(&rows, hour * 60 * TICKS_PER_MIN);
            let cells = random_cells(200, on.pick(333_334, 33_334), salt as u32);
            let ticks = [1, 3].map(|steps| steps * plan.clocks.proteostasis_ticks);
            for cells in cells_at(on, &plan, &cells, &ticks) {
                stays_sound(&cells).unwrap_or_else(|error| panic!("{on:?}, steps of {hour} h: {error}"));
            }
        });
    }
    // The check can fail.
    let mut cells = random_cells(1, 10, 0);
    assert!(stays_sound(&cells).is_ok());
    cells.programme[3][1] = -1e-9;
    assert!(stays_sound(&cells).is_err());
    cells.programme[3][1] = f32::NAN;
    assert!(stays_sound(&cells).is_err());
}
