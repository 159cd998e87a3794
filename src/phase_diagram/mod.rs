//! How far stimulation may go before T cells collapse, and how far it must fall before they recover, in each arm.

pub mod branches;
mod picture;

use crate::device::Choice;
use crate::error::{Error, Result};
use crate::outputs::{RunFolder, escape};
use crate::plan::Plan;
use branches::{BRANCHES, Branches, COLUMNS, branches, stimulation};
use std::fmt::Write as _;
use std::path::Path;

/// Writes the phase diagram of a plan into a folder, as tables and as a picture, and gives the tipping points as text.
///
/// # Errors
/// As [`branches::branches`], and `Error::Input` or `Error::Failed` where the folder cannot be written.
pub fn draw(plan: &Plan, cell_type: Option<&str>, choice: &Choice, output: &Path, force: bool) -> Result<String> {
    let folder = RunFolder::create(output, force)?;
    let arms = branches(plan, cell_type, choice)?;
    let first = (0..plan.cell_types.len()).find(|&own| plan.has_proteostasis_of(own));
    let name = cell_type.or(first.map(|own| plan.cell_types[own].name.as_str())).unwrap_or_default();
    folder.write("phase_diagram.csv", steady_states(&arms)?.as_slice())?;
    folder.write("tipping_points.csv", tipping_points(&arms)?.as_slice())?;
    folder.write("phase_diagram.svg", picture::svg(&plan.title, name, &arms).as_bytes())?;
    Ok(format!("{}\nwritten to {} (tables, picture: phase_diagram.svg)\n", text(&arms), output.display()))
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
