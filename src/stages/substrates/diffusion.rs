//! Stage `diffusion`: one step of the solver in `fields`, for all substrates and tissues.

use crate::cells::world::World;

/// Runs the stage.
pub fn diffusion(world: &mut World) {
    let (tick, every) = (world.population.tick, world.plan.clocks.substrates_ticks);
    if let (Some(fields), Some(substrates)) = (&mut world.fields, &world.plan.substrates) {
        fields.solve(substrates.cycles.at(tick, every));
    }
}
