//! How far stimulation may go before T cells collapse, and how far it must fall before they recover, in each arm.

pub mod branches;
mod picture;

use crate::device::{self, Choice, Device};
use crate::error::{Error, Result};
use crate::outputs::{Manifest, OF_PHASE_DIAGRAMS, RunFolder, escape};
use crate::run::Planned;
use branches::{BRANCHES, Branches, COLUMNS, branches, folding_type, stimulation};
use std::fmt::Write as _;
use std::path::Path;

/// Writes the phase diagram of a plan into a folder, as tables and as a picture, and gives the tipping points as text.
///
/// # Errors
/// As [`branches::branches`] and [`folding_type`], and `Error::Input` or `Error::Failed` where the folder cannot be written.
pub fn draw(planned: &Planned, cell_type: Option<&str>, choice: &Choice, output: &Path, force: bool) -> Result<String> {
    let plan = &planned.plan;
    let own = folding_type(plan, cell_type)?;
    let (device, _) = device::open(choice)?;
    let folder = RunFolder::create(output, force)?;
    let mut manifest = manifest(planned, &device)?;
    manifest.write(&folder)?;
    let arms = branches(plan, own, &device)?;
    folder.write("phase_diagram.csv", steady_states(&arms)?.as_slice())?;
    folder.write("tipping_points.csv", tipping_points(&arms)?.as_slice())?;
    folder.write("phase_diagram.svg", picture::svg(&plan.title, &plan.cell_types[own].name, &arms).as_bytes())?;
    manifest.end("finished");
    // The page is made when it is asked for.
    manifest.pending = vec!["report.html".to_owned()];
    manifest.write(&folder)?;
    Ok(format!("{}\nwritten to {} (tables, picture: phase_diagram.svg)\n", text(&arms), output.display()))
}

/// What tells, of a folder, that these are its files.
fn manifest(planned: &Planned, device: &Device) -> Result<Manifest> {
    let (described, strict) = device.described()?;
    let mut manifest = Manifest::new(&planned.plan, planned.scenario.clone(), described, strict)?;
    manifest.source = planned.given.clone();
    manifest.pending = OF_PHASE_DIAGRAMS.map(str::to_owned).to_vec();
    Ok(manifest)
}

/// Rows as CSV.
fn csv(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let failed = |cause: String| Error::Failed(format!("a table cannot be written: {cause}"));
    let mut table = ::csv::Writer::from_writer(Vec::new());
    for row in rows {
        table.write_record(escape::fields(row)).map_err(|cause| failed(cause.to_string()))?;
    }
    table.into_inner().map_err(|cause| failed(cause.to_string()))
}

/// A row for each arm, branch and stimulation.
fn steady_states(arms: &[Branches]) -> Result<Vec<u8>> {
    let head = ["arm", "branch", "stimulation"].into_iter().chain(COLUMNS).map(str::to_owned).collect();
    let of_branch = |arm: &Branches, branch: usize| -> Vec<Vec<String>> {
        let row = |(level, state): (usize, &[f64; COLUMNS.len()])| {
            let names = [arm.arm.clone(), BRANCHES[branch].to_owned(), format!("{:.3}", stimulation(level))];
            names.into_iter().chain(state.iter().map(f64::to_string)).collect()
        };
        arm.states[branch].iter().enumerate().map(row).collect()
    };
    csv(std::iter::once(head).chain(arms.iter().flat_map(|arm| [0, 1].map(|branch| of_branch(arm, branch))).flatten()))
}

/// A row for each arm; an empty field where cells never collapse, or always recover.
fn tipping_points(arms: &[Branches]) -> Result<Vec<u8>> {
    let written = |it: Option<f64>| it.map_or(String::new(), |it| format!("{it:.3}"));
    let head = ["arm", "collapse", "recovery"].map(str::to_owned).to_vec();
    let row = |arm: &Branches| {
        let [collapse, recovery] = arm.tipping_points();
        vec![arm.arm.clone(), written(collapse), written(recovery)]
    };
    csv(std::iter::once(head).chain(arms.iter().map(row)))
}

/// The tipping points as a table for readers.
fn text(arms: &[Branches]) -> String {
    let width = arms.iter().map(|arm| arm.arm.len()).max().unwrap_or(0).max(3);
    let mut text = format!("{:width$}  collapse at  recovery below\n", "arm");
    let written = |it: Option<f64>| it.map_or("none".to_owned(), |it| format!("{it:.3}"));
    for arm in arms {
        let [collapse, recovery] = arm.tipping_points();
        let _ = writeln!(text, "{:width$}  {:>11}  {:>14}", arm.arm, written(collapse), written(recovery));
    }
    text
}
