//! One dimension: a cosine that fades, decay from a wall (see `texpop::verify::known::substrates`), a wall's advance.

use crate::field::*;
use crate::fixture::*;
use texpop::plan::*;
use texpop::verify::known::substrates::{cosine, fades, fading, ratio, wall};

#[test]
fn a_cosine_fades_to_second_order_in_time_and_space() {
    assert!((fading(0.5) - 0.138911).abs() < 1e-6);
    cosine(On::Twin).verdict().unwrap();
    kept_and_broken(On::Twin, fades, &1e5, &1.1e5);
}

#[test]
fn what_decays_from_a_wall_falls_as_it_should() {
    wall(On::Twin).verdict().unwrap();
    kept_and_broken(On::Twin, ratio, &2.45, &(1.1 * 2.45));
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
