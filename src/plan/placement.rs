//! Where cells enter: checked placement rules, carried out by `cells::placement`.

use super::ProteostasisParameters;

/// A part of the domain, relative to its middle, in um. In a layer distances are taken in the plane.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    /// The whole domain.
    Everywhere,
    Ball {
        centre_um: [f32; 3],
        radius_um: f32,
    },
    Shell {
        centre_um: [f32; 3],
        inner_um: f32,
        outer_um: f32,
    },
    Box {
        lower_um: [f32; 3],
        upper_um: [f32; 3],
    },
}

/// How many cells, and how they lie.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrangement {
    /// This many, uniformly at random in the region.
    Random { count: u32, region: Region },
    /// The region filled with a hexagonal close packing of the given spacing (centre to centre).
    Packed { spacing_um: f32, region: Region },
    /// Cells of a table.
    At(Vec<Listed>),
}

/// A cell of a table. What is None is drawn, or that of the cell type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listed {
    pub position_um: [f32; 3],
    pub volume_um3: Option<f32>,
    pub traits: [Option<f32>; 2],
}

/// Cells of one type that enter together.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    pub cell_type: u32,
    pub arrangement: Arrangement,
    /// None: phases and ages as in a population that has grown for long; Some: all start this phase.
    pub phase: Option<u32>,
    /// Distribution of each trait of the cell type.
    pub traits: Vec<Distribution>,
    /// What the cells lived through before they enter, one spell after the other.
    pub history: Vec<Exposure>,
}

impl Placement {
    /// The largest volume in um³ that its table gives to a cell; 0 where it gives none.
    pub fn largest_volume_um3(&self) -> f32 {
        let Arrangement::At(listed) = &self.arrangement else { return 0.0 };
        listed.iter().filter_map(|it| it.volume_um3).fold(0.0, f32::max)
    }
}

/// A time with parameters of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    pub duration_min: f64,
    pub row: ProteostasisParameters,
}

/// Distribution of a trait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    Fixed(f64),
    /// Normal, clipped (values outside take the bound).
    Normal {
        mean: f64,
        sd: f64,
        lower: f64,
        upper: f64,
    },
    /// Lognormal by its median and the standard deviation of its logarithm, clipped.
    Lognormal {
        median: f64,
        sigma: f64,
        lower: f64,
        upper: f64,
    },
}
