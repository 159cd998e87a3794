//! Substrates: a cosine that fades, decay alone, decay from a wall, a steady source.

use super::fields::{Values, field_plan, left_after, solved, step, substrate, zeros};
use super::lab::{On, with_engine};
use super::reading::Reading;
use crate::error::Result;
use crate::plan::*;
use std::f64::consts::PI;

/// What so many solves leave of the amplitude of 1 + cos(pi x/500) on x from −500 to 500 um.
fn amplitude_left(on: On, diffusion: f64, voxels: u32, ticks: u32, solves: u32) -> Result<f64> {
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
        engine.set_levels(&levels)?;
        step(engine, solves)?;
        Ok(amplitude(&engine.concentration()?) / amplitude(&levels))
    })
}

/// The same after a time, D 1e5 um²/min.
fn left(on: On, voxels: u32, ticks: u32, minutes: f64) -> Result<f64> {
    amplitude_left(on, 1e5, voxels, ticks, (minutes * 100.0).round() as u32 / ticks)
}

/// exp(−D pi² t/500²).
pub fn fading(minutes: f64) -> f64 {
    (-1e5 * PI * PI * minutes / 500f64.powi(2)).exp()
}

/// The cosine after 0.2 min at a coefficient of diffusion that should be 1e5 um²/min.
pub fn fades(on: On, diffusion: &f64) -> Result<Vec<Reading>> {
    let (got, exact) = (amplitude_left(on, *diffusion, 100, 1, 20)?, fading(0.2));
    Ok(vec![Reading::new("amplitude of a cosine after 0.2 min, dt 0.01 min", got, exact, 0.01 * exact)])
}

/// Amplitudes over time, and the orders: second in time and space.
pub fn cosine(on: On) -> Result<Vec<Reading>> {
    let mut all = Vec::new();
    for minutes in [0.05, 0.1, 0.5, 1.0] {
        let exact = fading(minutes);
        let rate = 1e5 * PI * PI / 500f64.powi(2);
        // (rate dt)²/3 of each step and /2 of the first, (pi h/500)²/12 of the grid of 100 voxels, and a half more.
        let of_step = (rate * 0.01).powi(2);
        let tolerance = 1.5 * exact * ((of_step / 3.0 + 3.3e-4) * rate * minutes + 0.5 * of_step);
        all.push(Reading::new(
            format!("amplitude of a cosine after {minutes} min"),
            left(on, 100, 1, minutes)?,
            exact,
            tolerance,
        ));
    }
    let mut in_time = [0.0; 3];
    for (error, ticks) in in_time.iter_mut().zip([4, 2, 1]) {
        // With so many voxels that the grid puts it off by less.
        *error = (left(on, 400, ticks, 0.2)? - fading(0.2)).abs();
    }
    // The solution in time alone is known: what is left is the error of the grid.
    let in_time_alone = left_after(1e5 * PI * PI / 500f64.powi(2) * 0.01, 0.0, 20, 1.0);
    let mut in_space = [0.0; 3];
    for (error, voxels) in in_space.iter_mut().zip([10, 20, 40]) {
        *error = (left(on, voxels, 1, 0.2)? - in_time_alone).abs();
    }
    let order = |errors: &[f64; 3], i: usize| (errors[i] / errors[i + 1]).log2();
    for (i, steps) in [(0, "0.04 and 0.02"), (1, "0.02 and 0.01")] {
        all.push(Reading::new(format!("order in dt, by {steps} min"), order(&in_time, i), 2.0, 0.2));
    }
    for (i, widths) in [(0, "100 and 50"), (1, "50 and 25")] {
        all.push(Reading::new(format!("order in dx, by {widths} um"), order(&in_space, i), 2.0, 0.1));
    }
    Ok(all)
}

/// Sum of the first substrate.
fn total(values: &Values) -> f64 {
    values.iter().map(|it| f64::from(it[0])).sum()
}

/// 1e5 in one voxel, decay 0.01 /min, 100 steps of 0.1 min.
pub fn decays(on: On, decay: &f32) -> Result<Vec<Reading>> {
    let plan = field_plan([1, 1, 1], [20.0; 3], 10, 1, vec![substrate(1e5, *decay, 1e5)]);
    let left = total(&solved(on, &plan, &zeros(&plan), &zeros(&plan), 100)?);
    Ok(vec![Reading::new("what decay of 0.01 /min leaves of 1e5 after 10 min", left, 90_483.7, 1e-4 * 90_483.7)])
}

/// Coefficient of diffusion from here on.
pub const DIFFUSION: f64 = 3000.0;

/// Steady values from a wall at 1.
pub fn from_wall(on: On, decay: f64, h: f32, voxels: u32) -> Result<Vec<f64>> {
    let mut it = substrate(DIFFUSION as f32, decay as f32, 0.0);
    it.is_quasi_steady = true;
    it.boundary = SubstrateBoundary::Fixed([Some(1.0), None, None, None, None, None]);
    let plan = field_plan([voxels, 1, 1], [h, 1.0, 1.0], 10, 4, vec![it]);
    Ok(solved(on, &plan, &zeros(&plan), &zeros(&plan), 6)?.iter().map(|it| f64::from(it[0])).collect())
}

/// Ratio of neighbouring voxels: 1/z with z + 1/z = 2 + λh²/D.
pub fn ratio(on: On, decay: &f64) -> Result<Vec<Reading>> {
    let values = from_wall(on, *decay, 20.0, 60)?;
    let half = 1.0 + 0.5 * 2.45 * 400.0 / DIFFUSION;
    let exact = half - (half * half - 1.0).sqrt();
    let reading = |i: usize| {
        let what = format!("steady decay from a wall, ratio after voxel {i}");
        Reading::new(what, values[i + 1] / values[i], exact, 1e-3 * exact)
    };
    Ok((0..12).map(reading).collect())
}

/// exp(−x/√(D/λ)) at 40 um, which is between two voxels of every grid, where their geometric mean is exact for an
/// exponential; the order in dx.
pub fn wall(on: On) -> Result<Vec<Reading>> {
    let exact = (-40.0 / (DIFFUSION / 2.45f64).sqrt()).exp();
    let (mut errors, mut got) = ([0.0; 3], 0.0);
    for (error, h) in errors.iter_mut().zip([10.0f32, 5.0, 2.5]) {
        let values = from_wall(on, 2.45, h, (400.0 / h) as u32)?;
        let above = (40.0 / h) as usize;
        got = (values[above - 1] * values[above]).sqrt();
        *error = (got - exact).abs();
    }
    let order = |i: usize| (errors[i] / errors[i + 1]).log2();
    Ok(vec![
        Reading::new("steady decay from a wall, at 40 um, dx 2.5 um", got, exact, 1e-3 * exact),
        Reading::new("order in dx, by 10 and 5 um", order(0), 2.0, 0.1),
        Reading::new("order in dx, by 5 and 2.5 um", order(1), 2.0, 0.1),
    ])
}

/// √(3000/2.45) um.
pub const LENGTH: f64 = 34.993;

/// c(2l)/c(l) = e^-1/2 outside of a source in the middle: a point, or a ball of 0.6 l. The faces, 4 l away, send back
/// less than 1 %; the grid, l/4, puts it off by 2 %.
pub fn around_a_ball(on: On, decay: &f32) -> Result<Vec<Reading>> {
    let mut all = Vec::new();
    for radius in [0.0, 2.4] {
        let h = LENGTH / 4.0;
        let it = Substrate { is_quasi_steady: true, ..substrate(DIFFUSION as f32, *decay, 0.0) };
        let plan = field_plan([33; 3], [h as f32; 3], 10, 2, vec![it]);
        let place = |[x, y, z]: [usize; 3]| (z * 33 + y) * 33 + x;
        let mut source = zeros(&plan);
        for (voxel, source) in source.iter_mut().enumerate() {
            let off = [voxel % 33, voxel / 33 % 33, voxel / 33 / 33].map(|i| i as f64 - 16.0);
            let is_in = off.map(|x| x * x).iter().sum::<f64>() <= radius * radius;
            source[0] = if is_in { 1.0 } else { 0.0 };
        }
        let values = solved(on, &plan, &source, &zeros(&plan), 4)?;
        for axis in 0..3 {
            let at = |steps: usize| {
                let mut voxel = [16; 3];
                voxel[axis] += steps;
                f64::from(values[place(voxel)][0])
            };
            let exact = (-1f64).exp() / 2.0;
            let what = format!("c(2l)/c(l) along axis {axis}, source of radius {radius} h");
            all.push(Reading::new(what, at(8) / at(4), exact, 0.03 * exact));
        }
    }
    Ok(all)
}

/// All that decays, for `texpop verify`.
pub fn decay_readings(on: On) -> Result<Vec<Reading>> {
    let mut all = decays(on, &0.01)?;
    all.extend(wall(on)?);
    all.extend(ratio(on, &2.45)?.into_iter().take(3));
    all.extend(around_a_ball(on, &2.45)?);
    Ok(all)
}
