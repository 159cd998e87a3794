//! One dimension: a cosine that fades, decay from a wall, a wall's advance.

use crate::field::*;
use crate::fixture::*;
use std::f64::consts::PI;
use texpop::plan::*;

/// What is left of the amplitude of 1 + cos(pi x/500) on x from −500 to 500 um.
fn fades(on: On, diffusion: f64, voxels: u32, ticks: u32, solves: u32) -> f64 {
    let h = 1000.0 / voxels as f32;
    let plan = field_plan([voxels, 1, 1], [h, 1.0, 1.0], ticks, 8, vec![substrate(diffusion as f32, 0.0, 0.0)]);
    let cosine: Vec<f64> =
        (0..voxels).map(|i| (PI * ((f64::from(i) + 0.5) * f64::from(h) - 500.0) / 500.0).cos()).collect();
    let mut levels = zeros(&plan);
    levels.iter_mut().zip(&cosine).for_each(|(it, cosine)| it[0] = (1.0 + cosine) as f32);
    let amplitude = |values: &Values| {
        2.0 / f64::from(voxels) * values.iter().zip(&cosine).map(|(it, cosine)| f64::from(it[0]) * cosine).sum::<f64>()
    };
    with_engine(on, &plan, 0..1, &Default::default(), |engine| {
        engine.set_levels(&levels).unwrap();
        step(engine, solves);
        amplitude(&engine.concentration().unwrap()) / amplitude(&levels)
    })
}

/// exp(−D pi² t/500²).
fn fading(minutes: f64) -> f64 {
    (-1e5 * PI * PI * minutes / 500f64.powi(2)).exp()
}

#[test]
fn a_cosine_fades_to_second_order_in_time_and_space() {
    assert!((fading(0.5) - 0.138911).abs() < 1e-6);
    on_both(|on| {
        let at =
            |voxels, ticks: u32, minutes: f64| fades(on, 1e5, voxels, ticks, (minutes * 100.0).round() as u32 / ticks);
        println!("{on:?}: fading of the amplitude, D 1e5 um²/min\n  t/min  exact        dt 0.01 min");
        for minutes in [0.05, 0.1, 0.5] {
            println!("  {minutes:<5}  {:.6e} {:.6e}", fading(minutes), at(100, 1, minutes));
        }
        // With so many voxels that the grid puts it off by less.
        let error = |ticks| (at(400, ticks, 0.2) - fading(0.2)).abs();
        let in_time: Vec<f64> = [4, 2, 1].map(error).to_vec();
        // The solution in time alone is known: what is left is the error of the grid.
        let in_time_alone = left_after(1e5 * PI * PI / 500f64.powi(2) * 0.01, 0.0, 20, 1.0);
        let in_space = [10, 20, 40].map(|voxels| (at(voxels, 1, 0.2) - in_time_alone).abs());
        let order = |errors: &[f64], i: usize| (errors[i] / errors[i + 1]).log2();
        println!(
            "  dt 0.04, 0.02, 0.01 min: errors {in_time:.6?}, orders {:.2} {:.2}",
            order(&in_time, 0),
            order(&in_time, 1)
        );
        println!(
            "  dx 100, 50, 25 um: errors {in_space:.6?}, orders {:.2} {:.2}",
            order(&in_space, 0),
            order(&in_space, 1)
        );
        for i in 0..2 {
            assert!(order(&in_time, i) > 1.8, "order in dt");
            assert!(order(&in_space, i) > 1.9, "order in dx");
        }
        let law = |on: On, diffusion: &f64| {
            close(
                "fading over 0.2 min, dt 0.01 min",
                fades(on, *diffusion, 100, 1, 20),
                fading(0.2),
                0.01 * fading(0.2),
            )
        };
        kept_and_broken(on, law, &1e5, &1.1e5);
    });
}

const DIFFUSION: f64 = 3000.0;

/// Steady values from a wall at 1.
fn from_wall(on: On, decay: f64, h: f32, voxels: u32) -> Vec<f64> {
    let mut it = substrate(DIFFUSION as f32, decay as f32, 0.0);
    it.is_quasi_steady = true;
    it.boundary = SubstrateBoundary::Fixed([Some(1.0), None, None, None, None, None]);
    let plan = field_plan([voxels, 1, 1], [h, 1.0, 1.0], 10, 4, vec![it]);
    solved(on, &plan, &zeros(&plan), &zeros(&plan), 6).iter().map(|it| f64::from(it[0])).collect()
}

/// Ratio of neighbouring voxels: 1/z with z + 1/z = 2 + λh²/D.
fn ratio(on: On, decay: &f64) -> Verdict {
    let values = from_wall(on, *decay, 20.0, 60);
    let half = 1.0 + 0.5 * 2.45 * 400.0 / DIFFUSION;
    let exact = half - (half * half - 1.0).sqrt();
    (0..12).try_for_each(|i| close(&format!("ratio after voxel {i}"), values[i + 1] / values[i], exact, 1e-3 * exact))
}

#[test]
fn what_decays_from_a_wall_falls_as_it_should() {
    on_both(|on| {
        kept_and_broken(on, ratio, &2.45, &(1.1 * 2.45));
        let length = (DIFFUSION / 2.45f64).sqrt();
        // 40 um is between two voxels of every grid, where their geometric mean is exact for an exponential.
        let error = |h: f32| {
            let values = from_wall(on, 2.45, h, (400.0 / h) as u32);
            let above = (40.0 / h) as usize;
            ((values[above - 1] * values[above]).sqrt() - (-40.0 / length).exp()).abs()
        };
        let errors = [10.0, 5.0, 2.5].map(error);
        let orders = [(errors[0] / errors[1]).log2(), (errors[1] / errors[2]).log2()];
        println!("{on:?}: exp(−x/{length:.1} um) at 40 um, dx 10, 5, 2.5 um: errors {errors:.6?}, orders {orders:.2?}");
        assert!(orders.iter().all(|&order| order > 1.9), "{errors:?}");
    });
}

/// erfc(x/(2√(Dt))) from a wall at 1, without decay: 0.1573 where x = √(4Dt).
fn advance(on: On, diffusion: &f64) -> Verdict {
    let mut it = substrate(*diffusion as f32, 0.0, 0.0);
    it.boundary = SubstrateBoundary::Fixed([Some(1.0), None, None, None, None, None]);
    let plan = field_plan([200, 1, 1], [10.0, 1.0, 1.0], 5, 2, vec![it]);
    let values = solved(on, &plan, &zeros(&plan), &zeros(&plan), 200);
    // 200 um is between two voxels.
    close("c at √(4Dt) after 10 min", f64::from(values[19][0] + values[20][0]) / 2.0, 0.157299, 0.02 * 0.1573)
}

#[test]
fn a_wall_advances_as_the_error_function() {
    on_both(|on| kept_and_broken(on, advance, &1000.0, &1100.0));
}
