//! What all arms share: space, clocks, length, reports.

use super::arm::Draft;
use super::diagnostics::Diagnostics;
use super::regions::Space;
use super::{observation, space, study, substrates, time};
use crate::plan::{Boundary, Clocks, Domain, Geometry, Mechanics, Observe, Substrates};
use crate::scenario::{self, Scenario};

/// Voxels of one tissue at most, so that their index stays below 1 GiB.
const MOST_VOXELS: f64 = (1u64 << 28) as f64;
/// The part of a plan that all arms share, but for the voxels, which depend on the cells.
#[derive(Clone, Debug)]
pub struct Frame {
    pub clocks: Clocks,
    pub mechanics: Mechanics,
    pub duration_ticks: u32,
    pub space: Space,
    pub boundary: Boundary,
    /// Volume of a culture.
    pub volume_um3: f64,
    pub substrates: Option<Substrates>,
    pub observe: Observe,
    pub snapshots: Vec<u32>,
}

impl Frame {
    /// Reads and checks what concerns the whole study.
    pub fn new(scenario: &Scenario, diagnostics: &mut Diagnostics) -> Frame {
        let space = read_space(&scenario.domain, diagnostics);
        let clocks = time::clocks(scenario.preset, &scenario.clocks, diagnostics);
        let duration_ticks = time::duration(scenario, &clocks, diagnostics);
        study::check_replicates(scenario, diagnostics);
        let boundary = match scenario.domain.boundary {
            scenario::Boundary::Closed => Boundary::Closed,
            scenario::Boundary::Periodic => Boundary::Periodic,
        };
        Frame {
            clocks,
            mechanics: time::mechanics(scenario.preset, &scenario.mechanics, diagnostics),
            duration_ticks,
            boundary,
            substrates: substrates::substrates(scenario, &space, boundary, diagnostics),
            volume_um3: scenario.domain.volume.map_or(1.0, |volume| volume.0),
            observe: observation::observe(&scenario.statistics, space.geometry, &clocks, diagnostics),
            snapshots: time::snapshots(&scenario.snapshots, duration_ticks, &clocks, diagnostics),
            space,
        }
    }

    /// The domain for the cells of all arms.
    pub fn domain(&self, drafts: &[Draft], diagnostics: &mut Diagnostics) -> Domain {
        let geometry = self.space.geometry;
        if geometry == Geometry::Culture {
            let cells = drafts.iter().map(|draft| draft.expected_cells(self)).fold(0.0, f64::max);
            return space::culture(self.volume_um3, cells);
        }
        let mut listed_um3 = vec![0.0f32; drafts.first().map_or(0, |draft| draft.types.len())];
        for placement in drafts.iter().flat_map(Draft::placements) {
            if let Some(largest) = listed_um3.get_mut(placement.cell_type as usize) {
                *largest = largest.max(placement.largest_volume_um3());
            }
        }
        let reach_um = space::reach_um(drafts.iter().map(|draft| &draft.parameters), &listed_um3);
        let domain = space::spatial(geometry, self.boundary, &self.space.edges_um, reach_um);
        let voxels: f64 = domain.voxels.iter().map(|&count| f64::from(count)).product();
        let message = format!("the domain has {voxels:.3e} voxels; at most {MOST_VOXELS:.0} can be counted");
        let hint = format!("cells reach {reach_um:.1} um: make the domain smaller");
        diagnostics.require(voxels <= MOST_VOXELS, "domain.size", message, &hint);
        if self.boundary == Boundary::Periodic {
            for (axis, &edge) in self.space.edges_um.iter().enumerate() {
                let least = 3.0 * f64::from(reach_um);
                let message =
                    format!("a periodic edge of {edge} um is too short for cells that reach {reach_um:.1} um");
                let hint = format!("it must be at least {:.0} um, or the boundary closed", least.ceil());
                diagnostics.require(edge >= least, format!("domain.size.{axis}"), message, &hint);
            }
        }
        domain
    }
}

/// Kind and edges of the space, with what belongs to each kind.
fn read_space(given: &scenario::Domain, diagnostics: &mut Diagnostics) -> Space {
    let (geometry, name, wanted) = match given.geometry {
        scenario::Geometry::Tissue => (Geometry::Tissue, "tissue", 3),
        scenario::Geometry::Layer => (Geometry::Layer, "layer", 2),
        scenario::Geometry::Culture => (Geometry::Culture, "culture", 0),
    };
    let mut edges_um: Vec<f64> = given.size.iter().flatten().map(|edge| edge.0).collect();
    let is_culture = geometry == Geometry::Culture;
    if edges_um.len() != wanted {
        let path = if given.size.is_some() { "domain.size" } else { "domain" };
        let message = format!("a {name} has {wanted} edges, not {}", edges_um.len());
        let hint = match wanted {
            0 => "a culture takes volume = \"1 mL\" instead of size",
            2 => "such as size = [\"2 mm\", \"2 mm\"]",
            _ => "such as size = [\"1 mm\", \"1 mm\", \"1 mm\"]",
        };
        diagnostics.add(path, message, hint);
        // Go on with a space of the right kind, so that other faults are found too.
        edges_um.resize(wanted, 1e3);
    }
    let message = "a culture needs a volume";
    diagnostics.require(!is_culture || given.volume.is_some(), "domain", message, "such as volume = \"1 mL\"");
    let message = format!("volume belongs to a culture; a {name} has a size");
    diagnostics.require(is_culture || given.volume.is_none(), "domain.volume", message, "leave volume out");
    let is_closed = given.boundary == scenario::Boundary::Closed;
    let message = "a culture has no faces that could be joined";
    diagnostics.require(!is_culture || is_closed, "domain.boundary", message, "leave boundary out");
    Space { geometry, edges_um }
}
