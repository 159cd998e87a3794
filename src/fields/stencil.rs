//! What couples a voxel to its neighbours and to the outside, for each grid and group: twin and shader read the same
//! table. Twin of `Stencil` in `shaders/shared/substrates.wgsl`; a test compares their layouts.
//!
//! With h the width of a voxel and d the distance to the middle of its neighbour, a coupling is D/(d h); to a fixed face,
//! whose distance is h/2, it is 2D/h².

use super::hierarchy::{Axis, Hierarchy, Level};
use super::lanes::Lanes;
use crate::plan::substrates::{LANES, NOTHING};
use crate::plan::{Substrate, SubstrateBoundary, Substrates};
use bytemuck::{Pod, Zeroable};

/// Couplings along one axis, in 1/min.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct AxisStencil {
    /// Between voxels of full width.
    pub inner: Lanes,
    /// Of the last but one to the last, and back.
    pub toward_last: Lanes,
    pub from_last: Lanes,
    /// Across joined faces: of the first voxel to the last, and back.
    pub wrap_low: Lanes,
    pub wrap_high: Lanes,
    /// To fixed faces.
    pub fixed_low: Lanes,
    pub fixed_high: Lanes,
    /// What comes in from fixed faces, as concentration/min: 0 on coarse grids, where errors are solved for.
    pub source_low: Lanes,
    pub source_high: Lanes,
    /// Weights of the coarse voxel that a voxel at a face belongs to, and of the one beyond joined faces.
    pub own_low: Lanes,
    pub far_low: Lanes,
    pub own_high: Lanes,
    pub far_high: Lanes,
}

/// Part of the highest level that is a trace.
const TRACE: f32 = 1e-6;

/// A group of substrates on one grid.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Stencil {
    /// rate + decay.
    pub base: Lanes,
    /// (1 + θ/2)/dt, 0 where a substrate is quasi-steady.
    pub rate: Lanes,
    /// What the change of the step before counts: θ/(2 dt).
    pub carry: Lanes,
    /// What the change of the step before counts in the first guess: θ.
    pub order: Lanes,
    pub decay: Lanes,
    /// For how long what flows after a step counts in it, dt/(1 + θ/2), and the part of what flowed in the step before that
    /// counts too, (θ/2)/(1 + θ/2).
    pub flow_min: Lanes,
    pub kept: Lanes,
    /// Levels that do not count in θ: a millionth of the highest.
    pub trace: Lanes,
    /// What is less is 0.
    pub least: Lanes,
    /// 1/dt, 0 where a substrate is quasi-steady; dt; 1 where steps may be of second order, else 0.
    pub per_step: Lanes,
    pub step_min: Lanes,
    pub most_order: Lanes,
    /// Value of held voxels, and the square of the distance beyond which they are.
    pub held: Lanes,
    pub beyond_um2: Lanes,
    pub axes: [AxisStencil; 3],
}

impl Stencil {
    /// The same for a step in which the change of the one before counts as θ says, from 0 (first order) to 1 (second), after one
    /// that left levels of at most `most`: see `fields`.
    pub fn with_order(&self, limit: Lanes, most: Lanes) -> Stencil {
        let order = limit * self.most_order;
        let half = order * Lanes::all(0.5);
        let whole = Lanes::all(1.0) + half;
        let rate = self.per_step * whole;
        Stencil {
            base: rate + self.decay,
            rate,
            carry: self.per_step * half,
            order,
            flow_min: self.step_min / whole,
            kept: half / whole,
            trace: most * Lanes::all(TRACE),
            ..*self
        }
    }
}

/// The table of steps of so many minutes, of first order: \[level\]\[block\], the blocks of a group one for each tissue.
pub fn table(substrates: &Substrates, hierarchy: &Hierarchy, step_min: f64) -> Vec<Stencil> {
    let groups: Vec<_> = substrates.list.chunks(LANES).collect();
    let tissues = hierarchy.blocks / groups.len().max(1);
    let of_level = |(number, level)| {
        let of_group = move |group: &&[Substrate]| vec![stencil(group, level, number, step_min); tissues];
        groups.iter().flat_map(of_group).collect::<Vec<_>>()
    };
    hierarchy.levels.iter().enumerate().flat_map(of_level).collect()
}

fn stencil(group: &[Substrate], level: &Level, number: usize, step_min: f64) -> Stencil {
    let lanes = |value: &dyn Fn(&Substrate) -> f64, empty: f64| {
        Lanes(std::array::from_fn(|lane| group.get(lane).map_or(empty, value) as f32))
    };
    let held = |it: &Substrate| match it.boundary {
        SubstrateBoundary::Held { beyond_um, value } => (f64::from(value), f64::from(beyond_um).powi(2)),
        _ => (0.0, f64::from(f32::MAX)),
    };
    let none = Lanes::ZERO;
    let first_order = Stencil {
        base: none,
        rate: none,
        carry: none,
        order: none,
        decay: lanes(&|it| f64::from(it.decay_per_min), 0.0),
        flow_min: none,
        kept: none,
        trace: none,
        least: lanes(&|it| f64::from(it.least()), f64::from(NOTHING)),
        per_step: lanes(&|it| if it.is_quasi_steady { 0.0 } else { 1.0 / step_min }, 1.0),
        step_min: lanes(&|_| step_min, step_min),
        most_order: lanes(&|it| f64::from(u8::from(it.has_second_order(step_min))), 0.0),
        held: lanes(&|it| held(it).0, 0.0),
        beyond_um2: lanes(&|it| held(it).1, f64::from(f32::MAX)),
        axes: [0, 1, 2].map(|axis| axis_stencil(&lanes, &level.axes[axis], axis, number == 0)),
    };
    first_order.with_order(none, none)
}

/// Makes lanes of a property of substrates, and of its value where there is none.
type MakeLanes<'a> = dyn Fn(&dyn Fn(&Substrate) -> f64, f64) -> Lanes + 'a;

fn axis_stencil(lanes: &MakeLanes<'_>, axis: &Axis, number: usize, is_finest: bool) -> AxisStencil {
    let (h, last) = (axis.width_um, axis.last_um);
    let first = if axis.count == 1 { last } else { h };
    let apart = 0.5 * (h + last);
    let coupling = |d: f64| lanes(&|it| f64::from(it.diffusion_um2_per_min) / d, 0.0);
    let is_wrapped = |it: &Substrate| axis.count > 1 && it.boundary == SubstrateBoundary::Periodic;
    let wrap = |d: f64| lanes(&|it| if is_wrapped(it) { f64::from(it.diffusion_um2_per_min) / d } else { 0.0 }, 0.0);
    let fixed = |it: &Substrate, side: usize| match it.boundary {
        SubstrateBoundary::Fixed(faces) => faces[2 * number + side].map(f64::from),
        _ => None,
    };
    let to_face = |it: &Substrate, h: f64| 2.0 * f64::from(it.diffusion_um2_per_min) / (h * h);
    let face = |side, h| lanes(&|it| fixed(it, side).map_or(0.0, |_| to_face(it, h)), 0.0);
    let source = |side, h| lanes(&|it| fixed(it, side).map_or(0.0, |value| value * to_face(it, h)), 0.0);
    let if_finest = |source: Lanes| if is_finest { source } else { Lanes::ZERO };
    // The middle of a voxel at a face is half a coarse voxel's width away from it on one side, a quarter on the other.
    // What lies beyond a fixed face has the opposite sign, so that the face itself has the value 0.
    let own = |side| {
        lanes(
            &|it| match fixed(it, side) {
                Some(_) => 0.5,
                None if is_wrapped(it) => 0.75,
                None => 1.0,
            },
            1.0,
        )
    };
    let far = lanes(&|it| if is_wrapped(it) { 0.25 } else { 0.0 }, 0.0);
    // A voxel that stands alone is its own coarse voxel.
    let is_alone = !axis.count.is_multiple_of(2);
    AxisStencil {
        inner: coupling(h * h),
        toward_last: coupling(apart * h),
        from_last: coupling(apart * last),
        wrap_low: wrap(apart * h),
        wrap_high: wrap(apart * last),
        fixed_low: face(0, first),
        fixed_high: face(1, last),
        source_low: if_finest(source(0, first)),
        source_high: if_finest(source(1, last)),
        own_low: own(0),
        far_low: far,
        own_high: if is_alone { Lanes::all(1.0) } else { own(1) },
        far_high: if is_alone { Lanes::ZERO } else { far },
    }
}

/// One side of a voxel: the coupling to its neighbour there, and to a fixed face.
#[derive(Clone, Copy)]
pub struct Side {
    pub coupling: Lanes,
    pub fixed: Lanes,
}

impl AxisStencil {
    /// Toward the lower neighbour of voxel i of n.
    #[inline(always)]
    pub fn low(&self, i: usize, n: usize) -> Side {
        if i == 0 {
            return Side { coupling: self.wrap_low, fixed: self.fixed_low };
        }
        let coupling = if i + 1 == n { self.from_last } else { self.inner };
        Side { coupling, fixed: Lanes::ZERO }
    }

    /// Toward the higher neighbour.
    #[inline(always)]
    pub fn high(&self, i: usize, n: usize) -> Side {
        if i + 1 == n {
            return Side { coupling: self.wrap_high, fixed: self.fixed_high };
        }
        let coupling = if i + 2 == n { self.toward_last } else { self.inner };
        Side { coupling, fixed: Lanes::ZERO }
    }
}
