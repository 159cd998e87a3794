//! The scenario exactly as the user writes it: TOML, each physical value with its unit.
//!
//! [`load`] reads a file and reports all its faults together. What depends on several values at once is checked by
//! `compile`, which reports through [`Scenario::fault`].

pub mod cell_type;
pub mod cohort;
mod collect;
pub mod cycle;
pub mod death;
mod definitions;
pub mod domain;
pub mod drugs;
pub mod faults;
pub mod genotype;
pub mod history;
pub mod immunity;
pub mod interactions;
pub mod interventions;
pub mod levels;
pub mod library;
mod load;
mod messages;
mod names;
pub mod naming;
pub mod observation;
mod overrides;
pub mod placement;
pub mod points;
pub mod proteostasis;
pub mod radiation;
mod reuse;
pub mod rules;
pub mod sampling;
pub(crate) mod scenario_input;
mod source;
pub mod study;
pub mod substances;
pub mod substrates;
pub mod sweep;
pub mod traits;
pub mod units;
pub mod values;

pub use cell_type::{CellMechanics, CellType, Motility};
pub use cycle::{Cycle, CycleModel, DurationDistribution, Phase};
pub use death::{Damage, Death, Hits, Lifespan};
pub use domain::{Boundary, Clocks, Domain, Geometry, Mechanics, Method, Preset};
pub use drugs::{Combination, Doses, Drug, DrugEffect, Route, Treatments};
pub use faults::Faults;
pub use genotype::Genotype;
pub use history::Exposure;
pub use interactions::{Interaction, Mode};
pub use interventions::{
    AddCells, EditGenes, Irradiation, Lymphodepletion, RemoveCells, Resection, SetParameters, Times, Timing,
};
pub use load::{Beyond, Further, from_text, from_text_with, load, load_with, read_bytes};
pub use observation::{RadialProfile, Snapshots, Statistics};
pub use placement::{Packing, Place, RegionKind, Rule};
pub use proteostasis::Proteostasis;
pub use scenario_input::Given;
pub use source::Source;
pub use traits::{Scales, Trait, TraitDistribution};

use crate::error::{Error, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use values::{Count, Duration};

/// Name of the one arm of a scenario without arms.
pub const BASE_ARM: &str = "base";

/// A whole scenario. Values are in um and min.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(default)]
    pub title: String,
    /// Length of the run.
    pub duration: Duration,
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// Runs of each arm that differ in their random numbers alone.
    #[serde(default = "one_replicate")]
    pub replicates: Count,
    #[serde(default)]
    pub preset: Preset,
    #[serde(default)]
    pub clocks: Clocks,
    pub domain: Domain,
    #[serde(default)]
    pub mechanics: Mechanics,
    #[serde(default)]
    pub diffusion: substrates::Diffusion,
    #[serde(default)]
    pub substrates: BTreeMap<String, substrates::Substrate>,
    /// In the order of the file, which numbers them everywhere: in tables, outputs and on the device.
    pub cell_types: IndexMap<String, CellType>,
    #[serde(default)]
    pub interactions: Vec<Interaction>,
    #[serde(default)]
    pub place: Vec<Place>,
    #[serde(default)]
    pub add_cells: Vec<AddCells>,
    #[serde(default)]
    pub remove_cells: Vec<RemoveCells>,
    #[serde(default)]
    pub rules: Vec<rules::Rule>,
    /// Rules by name, such as those of the library.
    #[serde(default)]
    pub rule_sets: BTreeMap<String, rules::RuleSet>,
    /// More rules, from a table in PhysiCell's grammar.
    pub rules_table: Option<String>,
    #[serde(default)]
    pub resection: Vec<Resection>,
    #[serde(default)]
    pub irradiation: Vec<Irradiation>,
    #[serde(default)]
    pub lymphodepletion: Vec<Lymphodepletion>,
    #[serde(default)]
    pub set_parameters: Vec<SetParameters>,
    #[serde(default)]
    pub edit_genes: Vec<EditGenes>,
    #[serde(default)]
    pub drugs: BTreeMap<String, Drug>,
    #[serde(default)]
    pub doses: Vec<Doses>,
    #[serde(default)]
    pub treatments: Treatments,
    #[serde(default)]
    pub cohort: cohort::Cohort,
    /// See [`Scenario::arm_names`].
    #[serde(default)]
    pub arms: BTreeMap<String, Arm>,
    /// Which arm is best.
    pub study: Option<study::Study>,
    #[serde(default)]
    pub statistics: Statistics,
    #[serde(default)]
    pub snapshots: Snapshots,
    /// The text that all this was read from.
    #[serde(skip)]
    pub source: Source,
}

fn first_seed() -> u64 {
    1
}

fn one_replicate() -> Count {
    Count(1)
}

/// `[arms.NAME]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arm {
    /// Values by path, such as `"cell_types.tumour.cycle.rate" = "0.02 /h"`.
    pub set: toml::Table,
    /// What sweeps of a study give it, by the name of the sweep; it comes after `set`.
    pub levels: BTreeMap<String, sweep::Level>,
    /// The arm that the sweeps vary, where the scenario has arms of its own.
    pub varied: Option<String>,
    /// Numbers of the points of a sample that are here.
    pub points: Vec<u32>,
}

impl Scenario {
    /// A fault at the value of a path such as `interactions.0.kill_rate`, or at the nearest table that holds it.
    /// Collect faults of all arms with [`Faults::push`] and end with [`Scenario::finish`]; what is wrong in all arms is
    /// then said once, and what is wrong in some of them names these.
    pub fn fault(&self, path: &str, message: impl Into<String>, hint: Option<String>) -> faults::Fault {
        self.source.fault(path, message.into(), hint)
    }

    /// Whether the value of a path is that of a library entry, and not written by the user.
    pub fn is_of_library(&self, path: &str) -> bool {
        self.source.is_of_library(path)
    }

    /// Names of the arms as they follow each other in the file; without any, the scenario is its one arm `base`.
    pub fn arm_names(&self) -> Vec<String> {
        let names = self.source.names_in("arms");
        if names.is_empty() { vec![BASE_ARM.to_owned()] } else { names }
    }

    /// The scenario with the `set` of an arm applied.
    ///
    /// # Errors
    /// `Error::Input` for an arm that there is not, or values that do not fit; [`load`] has checked those of all arms.
    pub fn arm(&self, name: &str) -> Result<Scenario> {
        // Their order, which takes reading all of them, is not asked for.
        let is_known = if self.arms.is_empty() { name == BASE_ARM } else { self.arms.contains_key(name) };
        if !is_known {
            let (file, names) = (&self.source.name, self.arm_names());
            return Err(Error::Input(format!("error: {file} has no arm `{name}`\n\nhint: arms: {}", names.join(", "))));
        }
        let source = if self.arms.is_empty() { self.source.clone() } else { self.source.with_arm(name) };
        load::read(source)
    }

    /// Warnings, drawn as faults are; empty where there are none.
    pub fn warnings(&self, warnings: Faults) -> String {
        self.source.warnings(warnings)
    }

    /// Fails if there are faults, with all of them in the order of the text.
    ///
    /// # Errors
    /// `Error::Input` with file, line and caret of each.
    pub fn finish(&self, faults: Faults) -> Result<()> {
        self.source.finish(faults)
    }
}
