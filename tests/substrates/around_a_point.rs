//! Two and three dimensions: a point source, the oxygen of a spheroid.

use crate::field::*;
use crate::fixture::*;
use std::f64::consts::PI;
use texpop::plan::*;
use texpop::verify::known::substrates::{DIFFUSION, LENGTH, around_a_ball};

const H: f64 = 10.0;

fn steady(voxels: [u32; 3], decay: f32) -> Plan {
    let it = Substrate { is_quasi_steady: true, ..substrate(DIFFUSION as f32, decay, 0.0) };
    field_plan(voxels, [H as f32; 3], 10, 2, vec![it])
}

/// K0(x) = ∫ exp(−x cosh t) dt from 0 on.
fn bessel_k0(x: f64) -> f64 {
    let step = 1e-3;
    (0..10_000).map(|i| (-x * ((f64::from(i) + 0.5) * step).cosh()).exp() * step).sum()
}

/// q/(2 pi D) · K0(r/l), for r from 3h on.
fn flat(on: On, decay: &f32) -> Verdict {
    let plan = steady([81, 81, 1], *decay);
    let mut source = zeros(&plan);
    source[40 * 81 + 40][0] = 1.0;
    let values = solved(on, &plan, &source, &zeros(&plan), 6);
    (3..12).try_for_each(|i| {
        let exact = H * H / (2.0 * PI * DIFFUSION) * bessel_k0(i as f64 * H / LENGTH);
        close(&format!("c at {i} h"), f64::from(values[40 * 81 + 40 + i][0]) / exact, 1.0, 0.05)
    })
}

#[test]
fn a_point_source_in_a_layer_has_its_bessel_function() {
    assert!((bessel_k0(1.0) - 0.4210).abs() < 1e-4 && (bessel_k0(3.0) - 0.0347).abs() < 1e-4);
    on_both(|on| kept_and_broken(on, flat, &2.45, &2.7));
}

#[test]
fn a_source_in_a_tissue_falls_as_exp_over_r() {
    kept_and_broken(On::Twin, around_a_ball, &2.45, &2.7);
}

/// Radius at which a spheroid that uses up oxygen at a constant rate becomes anoxic in its middle: √(6 D p0/(a Ω)),
/// from the curvature of oxygen in a smaller spheroid. Uptake of order zero is a loss of rate/(c + K), K = 0.1 mmHg,
/// set anew before each solve until nothing changes. The surface is a held shell.
fn anoxia(on: On, factor: &f32) -> Verdict {
    // 2e-9 m²/s in um²/min; 7.29e-7 m³/kg/s · 3.03e7 mmHg kg/m³ in mmHg/min.
    let (diffusion, surface, rate) = (1.2e5, 100.0f32, 7.29e-7 * 3.03e7 * 60.0 * factor);
    let mut it = substrate(diffusion, 0.0, surface);
    it.is_quasi_steady = true;
    it.boundary = SubstrateBoundary::Held { beyond_um: 190.0, value: surface };
    let plan = field_plan([25; 3], [20.0; 3], 10, 2, vec![it]);
    let values = with_engine(on, &plan, 0..1, &Default::default(), |engine| {
        for _ in 0..30 {
            let mut loss = engine.concentration().unwrap();
            loss.iter_mut().for_each(|it| it[0] = rate / (it[0] + 0.1));
            engine.set_exchange(&zeros(&plan), &loss).unwrap();
            step(engine, 1);
        }
        engine.concentration().unwrap()
    });
    let at = |x: usize| f64::from(values[(12 * 25 + 12) * 25 + x][0]);
    let curvature = (at(12 + 6) - at(12)) / (6.0f64 * 20.0).powi(2);
    close("radius of the onset of anoxia in um", (100.0 / curvature).sqrt(), 233.0, 0.03 * 233.0)
}

#[test]
fn a_spheroid_becomes_anoxic_at_its_radius() {
    on_both(|on| kept_and_broken(on, anoxia, &1.0, &1.1));
}
