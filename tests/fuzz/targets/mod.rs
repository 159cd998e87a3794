//! What is wrong with how the program takes an input: Err says what. A panic is wrong besides. Of the test `fuzz`, and of
//! the targets of `cargo fuzz`.

mod folders;
mod saved;
mod stopped;

use std::path::Path;
use texpop::cells::Cells;
use texpop::compile::{build, faults, rules_table};
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::error::Result;
use texpop::plan::estimate::{Estimate, Limits};
use texpop::plan::table::{self, Known, Table};
use texpop::plan::{Geometry, Plan};
use texpop::scenario;
use texpop::scenario::units::{self, Dimension};
use texpop::simulation::batch::{self, Observer};

pub use folders::{manifest, ranking, snapshot};
pub use saved::{checkpoint, checkpoint_file, journal};

/// Err says what is wrong with the program.
pub type Checked = std::result::Result<(), String>;

/// Accepted scenarios of more tissues, cells or voxels are not run.
const MOST_TISSUES: usize = 24;
const MOST_CELLS: u64 = 5_000;
const MOST_VOXELS: u64 = 50_000;

pub fn quantity(input: &[u8]) -> Checked {
    let text = String::from_utf8_lossy(input);
    for dimension in [Dimension::NUMBER, Dimension::TIME, Dimension::RATE, Dimension::PRESSURE, Dimension::MOLARITY] {
        match units::parse(&text, dimension) {
            Ok(value) if !value.is_finite() => return Err(format!("{text:?} is {value}")),
            Ok(_) => {}
            Err(fault) if fault.message.is_empty() => return Err(format!("nothing is said of {text:?}")),
            Err(_) => {}
        }
    }
    Ok(())
}

pub fn cells(input: &[u8]) -> Checked {
    for geometry in [Geometry::Tissue, Geometry::Layer, Geometry::Culture] {
        let traits = ["antigen".to_owned()];
        let known = [("tumour", &traits[..]), ("t_cell", &[])].map(|(name, traits)| Known { name, traits });
        if let Ok(Table { rows, .. }) = table::parse("cells.csv", input, &known, geometry) {
            let is_sound = rows.iter().all(|it| {
                let volume = it.cell.volume_um3.is_none_or(|volume| volume > 0.0 && volume.is_finite());
                it.cell_type < 2 && volume && it.cell.position_um.iter().all(|x| x.is_finite())
            });
            if rows.is_empty() || !is_sound {
                return Err("accepted cells that are none".into());
            }
        }
    }
    Ok(())
}

pub fn rules(input: &[u8]) -> Checked {
    let lines = rules_table::parse(&String::from_utf8_lossy(input));
    let silent = lines.iter().find(|(_, rule)| rule.as_ref().err().is_some_and(String::is_empty));
    silent.map_or(Ok(()), |(line, _)| Err(format!("nothing is said of line {line}")))
}

pub fn scenario(input: &[u8]) -> Checked {
    let text = String::from_utf8_lossy(input);
    let plan = scenario::from_text_with("a.toml", &text, &[], &faults).and_then(|it| build(&it));
    match plan {
        Ok(plan) => runs(plan),
        Err(error) if error.exit_code() != 2 => Err(format!("not refused as wrong input: {error}")),
        Err(error) if !error.to_string().starts_with("error") => Err(format!("not told as an error: {error}")),
        Err(_) => Ok(()),
    }
}

struct Silent;

impl Observer for Silent {
    fn observed(&mut self, _observation: Observation) -> Result<()> {
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// Whether a small machine runs some steps of a plan at once.
fn is_small(plan: &Plan) -> bool {
    let limits = Limits {
        bytes_per_cell: 1,
        copied_bytes_per_cell: 0,
        max_cells: MOST_CELLS,
        field_bytes: 0,
        field_buffer_bytes: 0,
        memory_bytes: 1 << 40,
        max_buffer_bytes: 1 << 40,
        max_tissues: None,
    };
    let levels = plan.substrates.as_ref().map_or(0, |it| it.grid.voxels.iter().map(|&n| u64::from(n)).product());
    let is_small = u64::from(plan.domain.voxel_count()).max(levels) * plan.tissue_count() as u64 <= MOST_VOXELS;
    let few = |it: &Estimate| it.cells_per_tissue.iter().sum::<u64>() <= MOST_CELLS;
    is_small
        && plan.tissue_count() <= MOST_TISSUES
        && !plan.has_history()
        && Estimate::new(plan, &limits).is_ok_and(|it| few(&it))
}

/// Three steps on the twins of what a small machine has room for.
fn runs(mut plan: Plan) -> Checked {
    if !is_small(&plan) {
        return Ok(());
    }
    plan.duration_ticks = plan.duration_ticks.min(3 * plan.clocks.movement_ticks);
    let tissues = 0..plan.tissue_count();
    let mut engine = CpuEngine::new(&plan, tissues.clone()).map_err(|error| error.to_string())?;
    batch::run(&plan, tissues, &mut engine, &mut Silent).map(drop).map_err(|error| format!("accepted, but: {error}"))
}

/// Gives a new folder, in memory where there is one that need not be synced, and takes it away afterwards.
fn in_a_folder<T>(what: impl FnOnce(&Path) -> T) -> T {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = parent.join(format!("texpop-fuzz-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let outcome = what(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    outcome
}
