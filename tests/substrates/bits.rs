//! Shaders and twins bit for bit, and concentrations that are nowhere negative, on grids of all kinds.

use crate::field::*;
use crate::fixture::*;
use texpop::cells::Cells;
use texpop::plan::*;
use texpop::random::{philox, uniform};

/// Six substrates with every kind of boundary, of which the fast ones are quasi-steady.
fn every_boundary(is_joined: bool) -> Vec<Substrate> {
    let mut list = vec![
        substrate(1e5, 0.1, 38.0),
        substrate(1000.0, 0.016, 0.0),
        substrate(0.0, 1.0, 5.0),
        substrate(3000.0, 2.45, 0.0),
        substrate(500.0, 0.0, 1.0),
        substrate(1e5, 0.1, 0.0),
    ];
    list[0].boundary = SubstrateBoundary::Held { beyond_um: 70.0, value: 38.0 };
    list[3].boundary = SubstrateBoundary::Fixed([Some(1.0), None, None, Some(2.0), Some(0.5), Some(0.0)]);
    list[3].is_quasi_steady = true;
    list[5].boundary = list[0].boundary;
    list[5].is_quasi_steady = true;
    if is_joined {
        list[1].boundary = SubstrateBoundary::Periodic;
        list[4].boundary = SubstrateBoundary::Periodic;
    }
    list
}

/// Sources and losses of about every third voxel.
fn exchange(plan: &Plan) -> (Values, Values) {
    let (mut source, mut loss) = (zeros(plan), zeros(plan));
    for (i, (source, loss)) in source.iter_mut().zip(&mut loss).enumerate() {
        let words = philox([7, 9], [i as u32, 0, 0, 0]);
        if words[0].is_multiple_of(3) {
            *loss = words.map(|word| 10.0 * uniform(word));
            source[1] = 3.0 * uniform(words[2]);
        }
    }
    (source, loss)
}

/// Concentrations after three solves, for each of which drugs change the levels at the boundary of each block.
fn solved_with_drugs(on: On, plan: &Plan, source: &Values, loss: &Values) -> Values {
    let blocks = 2 * plan.tissue_count() as u32;
    with_engine(on, plan, 0..plan.tissue_count(), &Cells::default(), |engine| {
        engine.set_exchange(source, loss).unwrap();
        for solve in 0..3 {
            let level = |block: u32| philox([8, 9], [solve, block, 0, 0]).map(|word| 5.0 * uniform(word));
            engine.set_drug_levels(&(0..blocks).map(level).collect::<Vec<_>>()).unwrap();
            step(engine, 1);
        }
        engine.concentration().unwrap()
    })
}

const GRIDS: [([u32; 3], [f32; 3]); 7] = [
    ([1, 1, 1], [20.0; 3]),
    ([13, 1, 1], [20.0; 3]),
    ([9, 12, 1], [20.0; 3]),
    ([8, 8, 8], [20.0; 3]),
    ([11, 7, 9], [20.0; 3]),
    ([7, 16, 15], [20.0, 10.0, 12.0]),
    ([2, 3, 30], [20.0, 40.0, 5.0]),
];

#[test]
fn twins_and_shaders_agree_in_every_bit_and_nothing_is_negative() {
    for (voxels, voxel_um) in GRIDS {
        for is_joined in [false, true] {
            for ticks in [if is_joined { 1 } else { 1000 }] {
                let mut plan = field_plan(voxels, voxel_um, ticks, 2, every_boundary(is_joined));
                plan.seeds = seeds::seeds(1, 3);
                let (source, loss) = exchange(&plan);
                let twin = solved_with_drugs(On::Twin, &plan, &source, &loss);
                let is_sound = twin.iter().flatten().all(|&c| (0.0..1000.0).contains(&c));
                assert!(is_sound, "{voxels:?} joined {is_joined} dt {ticks}");
                assert!(twin.iter().flatten().any(|&c| c > 0.0));
                if crate::common::software().is_none() {
                    continue;
                }
                let adapter = solved_with_drugs(on_adapter(), &plan, &source, &loss);
                for (place, (mine, theirs)) in twin.iter().zip(&adapter).enumerate() {
                    let bits = |it: &[f32; 4]| it.map(f32::to_bits);
                    assert_eq!(
                        bits(mine),
                        bits(theirs),
                        "{voxels:?} joined {is_joined} dt {ticks}: {place}: {mine:?} {theirs:?}"
                    );
                }
            }
        }
    }
}
