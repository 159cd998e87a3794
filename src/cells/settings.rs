//! What every stage knows: the uniform `settings` and the block `population`, which the device keeps itself.
//! Twins of the structs in `shaders/shared/settings.wgsl`; a test compares their layouts.

use super::inbox::BOND_STRETCH;
use crate::math::radius_of;
use crate::plan::domain::{hours, minutes};
use crate::plan::{Arm, Boundary, Grid, PairParameters, Placement, Plan, Substrates, TypeParameters};
use bytemuck::{Pod, Zeroable};

/// Constant during a run.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Settings {
    /// Lowest corner of the domain.
    pub lower_um: [f32; 4],
    pub size_um: [f32; 4],
    pub voxel_um: [f32; 4],
    /// Voxels along x, y, z, and voxels of one tissue.
    pub voxels: [u32; 4],
    /// Edges of the voxels of the substrates, and the reciprocal of their volume.
    pub field_voxel_um: [f32; 4],
    /// Voxels of the substrates along x, y, z, and those of one tissue; 0 without substrates.
    pub field_voxels: [u32; 4],
    pub tissue_count: u32,
    pub cell_type_count: u32,
    /// 3 tissue, 2 layer, 0 culture.
    pub dimensions: u32,
    /// 1: opposite faces are joined.
    pub periodic: u32,
    pub movement_min: f32,
    pub contacts_min: f32,
    pub cycle_min: f32,
    /// Bit t: cells of type t attach to others.
    pub effector_types: u32,
    /// Cells farther apart than `widest_reach` sums of radii and `widest_um` do not act on each other.
    pub widest_reach: f32,
    pub widest_um: f32,
    /// Cells farther apart than this never act on each other: at most the edge of a voxel along y and z.
    pub reach_um: f32,
    /// Reciprocal of the width of a voxel along x.
    pub slices_per_um: f32,
    /// Radius of the largest cell there can be.
    pub largest_radius_um: f32,
    /// Unit of the times of birth.
    pub birth_ticks: u32,
    /// Words of the parameters of an arm.
    pub parameter_words: u32,
    /// Word of an arm's parameters at which the rows of the exchange begin.
    pub exchange_start: u32,
    /// Bit s: opposite faces are joined for substrate s.
    pub joined_substrates: u32,
    /// Step of proteostasis.
    pub proteostasis_h: f32,
    /// Uniform structs are whole multiples of 16 bytes.
    pub spare: [u32; 2],
}

impl Settings {
    /// Settings of a batch of `tissue_count` tissues.
    pub fn new(plan: &Plan, tissue_count: usize) -> Settings {
        let domain = &plan.domain;
        let [sx, sy, sz] = domain.size_um;
        let [vx, vy, vz] = domain.voxel_um();
        let [nx, ny, nz] = domain.voxels;
        let none = Grid { voxels: [0; 3], voxel_um: [1.0; 3] };
        let Grid { voxels: [fx, fy, fz], voxel_um: [hx, hy, hz] } = plan.substrates.as_ref().map_or(none, |it| it.grid);
        let effector_types =
            plan.cell_types.iter().enumerate().fold(0, |mask, (t, it)| mask | u32::from(it.is_effector) << t);
        Settings {
            lower_um: [-0.5 * sx, -0.5 * sy, -0.5 * sz, 0.0],
            size_um: [sx, sy, sz, 0.0],
            voxel_um: [vx, vy, vz, 0.0],
            voxels: [nx, ny, nz, domain.voxel_count()],
            field_voxel_um: [hx, hy, hz, 1.0 / (hx * hy * hz)],
            field_voxels: [fx, fy, fz, fx * fy * fz],
            tissue_count: tissue_count as u32,
            cell_type_count: plan.cell_types.len() as u32,
            dimensions: domain.dimensions(),
            periodic: u32::from(domain.boundary == Boundary::Periodic),
            movement_min: minutes(plan.clocks.movement_ticks) as f32,
            contacts_min: minutes(plan.clocks.contacts_ticks) as f32,
            cycle_min: minutes(plan.clocks.cycle_ticks) as f32,
            effector_types,
            widest_reach: widest(plan, |pair| pair.adhesion_reach.max(1.0).max(BOND_STRETCH * pair.contact_reach)),
            widest_um: widest(plan, |pair| BOND_STRETCH * pair.contact_um),
            reach_um: domain.reach_um,
            slices_per_um: 1.0 / vx,
            largest_radius_um: largest_radius_um(plan),
            birth_ticks: plan.clocks.birth_ticks(),
            parameter_words: plan.arms.first().map_or(0, |arm| arm.parameters.word_count() as u32),
            exchange_start: plan.arms.first().map_or(0, |arm| arm.parameters.exchange_start() as u32),
            joined_substrates: plan.substrates.as_ref().map_or(0, Substrates::joined),
            proteostasis_h: hours(plan.clocks.proteostasis_ticks) as f32,
            spare: [0; 2],
        }
    }
}

/// The largest value over all pairs of cell types in all arms.
fn widest(plan: &Plan, value: impl Fn(&PairParameters) -> f32) -> f32 {
    plan.arms.iter().flat_map(|arm| &arm.parameters.pairs).map(value).fold(0.0, f32::max)
}

/// Radius of the largest cell there can be in any arm: grown to twice its type's volume, swollen in death, or listed in a
/// table.
fn largest_radius_um(plan: &Plan) -> f32 {
    let types = plan.arms.iter().flat_map(|arm| &arm.parameters.types);
    let swollen = |it: &TypeParameters| it.apoptosis_volume_fraction.max(it.necrosis_volume_fraction).max(2.0);
    let placed = plan.arms.iter().flat_map(Arm::placements);
    let volumes = types.map(|it| it.volume_um3 * swollen(it)).chain(placed.map(Placement::largest_volume_um3));
    radius_of(volumes.fold(0.0, f32::max)) * 1.001
}

/// What changes from step to step, kept on the device.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Population {
    /// Cells in slots 0..live_count; dead ones still in the tissue included.
    pub live_count: u32,
    /// Tick at which the current step began.
    pub tick: u32,
    /// Effectors in this step's list.
    pub effector_count: u32,
    /// Slots that the last change of population needed; above capacity, the device has halted.
    pub needed: u32,
}
