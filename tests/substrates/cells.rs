//! What cells secrete and take up, against the law by hand and against closed forms.

use crate::field::*;
use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::Fate;
use texpop::engine::graph::Stage;
use texpop::engine::interface::Engine;
use texpop::plan::*;

const VOLUME_UM3: f32 = 2494.0;
const NOTHING: ExchangeParameters = ExchangeParameters {
    secretion_per_min: 0.0,
    target: 0.0,
    uptake_per_min: 0.0,
    dead_secretion: 0.0,
    dead_uptake: 0.0,
};

/// Lets cells exchange and substrates diffuse, so many times.
fn exchange(engine: &mut dyn Engine, times: u32) {
    for _ in 0..times {
        engine.step(0, &[Stage::Exchange, Stage::Diffusion, Stage::Balance]).unwrap();
    }
}

/// Factors on secretion, target, uptake, what dead cells keep of secretion and of uptake, and volume.
type Factors = [f32; 6];

/// Five substrates that do not diffuse, of which cells exchange the second and the fifth:
/// c' (1/dt + λ + Σ (S + U) f) = c/dt + Σ S ρ f, and c'' (3/(2 dt) + …) = (2 c' − c/2)/dt + …
fn by_hand(on: On, factors: &Factors) -> Verdict {
    let row = ExchangeParameters {
        secretion_per_min: 4.0,
        target: 7.0,
        uptake_per_min: 9.0,
        dead_secretion: 0.5,
        dead_uptake: 0.3,
    };
    let other = ExchangeParameters { secretion_per_min: 11.0, target: 0.5, ..row };
    let [secretion, target, uptake, dead_secretion, dead_uptake, volume] = *factors;
    let scaled = |it: ExchangeParameters| ExchangeParameters {
        secretion_per_min: it.secretion_per_min * secretion,
        target: it.target * target,
        uptake_per_min: it.uptake_per_min * uptake,
        dead_secretion: it.dead_secretion * dead_secretion,
        dead_uptake: it.dead_uptake * dead_uptake,
    };
    let mut rows = vec![NOTHING; 2 * 8];
    (rows[1], rows[8 + 4]) = (scaled(row), scaled(other));
    let list = (0..5).map(|i| substrate(0.0, 0.1 * i as f32, 3.0)).collect();
    let grid = Grid { voxels: [5, 4, 3], voxel_um: [20.0, 25.0, 30.0] };
    let plan = tissue_plan(Boundary::Closed, grid, 50, 1, list, vec![idle(VOLUME_UM3); 2], rows);
    // Voxel, type, fate, volume; the last two share a voxel.
    let all = [
        ([0, 0, 0], 0, Fate::Live, 2494.0),
        ([1, 0, 0], 0, Fate::Apoptotic, 2000.0),
        ([2, 3, 0], 0, Fate::Necrotic, 4000.0),
        ([4, 3, 2], 1, Fate::Live, 1500.0),
        ([4, 0, 1], 0, Fate::Live, 500.0f32),
        ([4, 0, 1], 0, Fate::Live, 900.0),
    ];
    let mut cells = Cells::default();
    for (id, (at, cell_type, fate, um3)) in all.into_iter().enumerate() {
        let place = [0, 1, 2]
            .map(|axis| (at[axis] as f32 + 0.3 - 0.5 * grid.voxels[axis] as f32) * grid.voxel_um[axis] + id as f32);
        cells.push(cell(id as u32, cell_type, fate, place, um3 * volume));
    }
    let values = with_engine(on, &plan, 0..1, &cells, |engine| {
        exchange(engine, 2);
        engine.concentration().unwrap()
    });
    let substrates = plan.substrates.as_ref().unwrap();
    for voxel in 0..60u32 {
        let at = [voxel % 5, voxel / 5 % 4, voxel / 20];
        for number in 0..5 {
            let (mut source, mut loss) = (0.0, 0.0);
            for &(_, cell_type, fate, um3) in all.iter().filter(|it| it.0 == at) {
                let row = [row, other][cell_type as usize];
                if number == [1, 4][cell_type as usize] {
                    let kept = |part: f32| if fate == Fate::Live { 1.0 } else { f64::from(part) };
                    let secretion = f64::from(row.secretion_per_min) * kept(row.dead_secretion);
                    let uptake = f64::from(row.uptake_per_min) * kept(row.dead_uptake);
                    let filled = f64::from(um3) / (20.0 * 25.0 * 30.0);
                    source += secretion * f64::from(row.target) * filled;
                    loss += (secretion + uptake) * filled;
                }
            }
            let expected = left_after(0.5 * (0.1 * number as f64 + loss), 0.5 * source, 2, 3.0);
            let got = values[substrates.place(number / 4, 0, 1, at)][number % 4];
            close(&format!("substrate {number} in voxel {at:?}"), f64::from(got), expected, 1e-5)?;
        }
    }
    Ok(())
}

#[test]
fn cells_exchange_what_the_law_says() {
    on_both(|on| {
        for wrong in 0..6 {
            let factors = |i: usize| if i == wrong { 1.1 } else { 1.0 };
            kept_and_broken(on, by_hand, &[1.0; 6], &std::array::from_fn(factors));
        }
    });
}

/// A cell that secretes and one that takes up in a closed box so small that it is stirred by diffusion:
/// C' = s (ρ − C) − (u + λ) C with s and u the rates by the cell's part of the box, from 0.
fn stirred(on: On, [secretion, uptake, decay]: &[f32; 3]) -> Verdict {
    let row = |secretion_per_min, uptake_per_min| ExchangeParameters {
        secretion_per_min,
        target: 2.0,
        uptake_per_min,
        ..NOTHING
    };
    let mut rows = vec![NOTHING; 2 * 4];
    (rows[0], rows[4]) = (row(20.0 * secretion, 0.0), row(0.0, 60.0 * uptake));
    let grid = Grid { voxels: [8; 3], voxel_um: [20.0; 3] };
    let list = vec![substrate(1e6, 0.05 * decay, 0.0)];
    let plan = tissue_plan(Boundary::Closed, grid, 5, 2, list, vec![idle(VOLUME_UM3); 2], rows);
    let mut cells = Cells::default();
    cells.push(cell(1, 0, Fate::Live, [-50.0, 10.0, 30.0], VOLUME_UM3));
    cells.push(cell(2, 1, Fate::Live, [50.0, -30.0, 10.0], VOLUME_UM3));
    let part = f64::from(VOLUME_UM3) / 160f64.powi(3);
    let (s, loss) = (20.0 * part, 60.0 * part + 0.05);
    with_engine(on, &plan, 0..1, &cells, |engine| {
        for minutes in [5.0, 10.0, 20.0, 40.0] {
            exchange(engine, if minutes == 5.0 { 100 } else { minutes as u32 * 10 });
            let values = engine.concentration().unwrap();
            let mean = values.iter().map(|it| f64::from(it[0])).sum::<f64>() / values.len() as f64;
            let exact = s * 2.0 / (s + loss) * (1.0 - (-(s + loss) * minutes).exp());
            close(&format!("mean level after {minutes} min"), mean, exact, 0.01 * exact)?;
        }
        Ok(())
    })
}

#[test]
fn what_cells_secrete_and_take_up_in_a_stirred_box_is_that_of_the_closed_form() {
    on_both(|on| {
        for wrong in 0..3 {
            let factors = |i: usize| if i == wrong { 1.1 } else { 1.0 };
            kept_and_broken(on, stirred, &[1.0; 3], &std::array::from_fn(factors));
        }
    });
}

/// A cell that secretes toward a level far above those around it: the total is that of its steps, q = S ρ V.
fn secreted(on: On, [target, volume, decay]: &[f32; 3]) -> Verdict {
    let mut rows = vec![NOTHING; 4];
    rows[0] = ExchangeParameters { secretion_per_min: 0.01, target: 1000.0 * target, ..NOTHING };
    let grid = Grid { voxels: [15; 3], voxel_um: [20.0; 3] };
    // With one cycle a point source comes out 1 % too strong.
    for (cycles, tolerance) in [(1, 0.02), (2, 0.01)] {
        let list = vec![substrate(500.0, 0.1 * decay, 0.0)];
        let plan = tissue_plan(Boundary::Closed, grid, 10, cycles, list, vec![idle(VOLUME_UM3)], rows.clone());
        let mut cells = Cells::default();
        cells.push(cell(1, 0, Fate::Live, [33.0, -10.0, 0.0], VOLUME_UM3 * volume));
        let total_um3 = with_engine(on, &plan, 0..1, &cells, |engine| {
            exchange(engine, 200);
            engine.concentration().unwrap().iter().map(|it| f64::from(it[0])).sum::<f64>() * 8000.0
        });
        let exact = left_after(0.1 * 0.1, 0.1 * 10.0 * f64::from(VOLUME_UM3), 200, 0.0);
        println!("{on:?}, {cycles} cycles: total off by {:.1e}", total_um3 / exact - 1.0);
        close("total", total_um3, exact, tolerance * exact)?;
    }
    Ok(())
}

#[test]
fn a_cell_secretes_its_rate_times_its_target_times_its_volume() {
    on_both(|on| {
        for wrong in 0..3 {
            let factors = |i: usize| if i == wrong { 1.1 } else { 1.0 };
            kept_and_broken(on, secreted, &[1.0; 3], &std::array::from_fn(factors));
        }
    });
}
