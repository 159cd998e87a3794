//! `texpop import`: a PhysiCell project as a scenario.
//!
//! The settings (`PhysiCell_settings.xml`), the tables of cells and of rules that they name, and a look at the C++ beside them
//! become one scenario, each value with its source beside it. What is not carried over is listed with its place and the
//! reason; what would change the model stops the import, unless a part of it is asked for. `docs/guides/physicell.md` says what
//! becomes of what.

mod body;
mod cells;
mod cycle;
mod definitions;
mod exchange;
mod motion;
mod project;
mod report;
mod rules;
mod space;
mod substrates;
mod toml_text;
mod trial;
mod xml;

use crate::error::{Error, Result};
use crate::scenario::read_bytes;
use definitions::{Definition, definitions};
use project::Project;
use report::Kind;
use rules::{Known, Rows};
use space::Space;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use toml_text::{Text, name};
use xml::Settings;

/// What to import, and where to.
#[derive(Clone, Debug)]
pub struct Request {
    /// `PhysiCell_settings.xml`.
    pub settings: PathBuf,
    /// The scenario; a table of cells goes beside it.
    pub output: PathBuf,
    /// Write what can be carried over even where the rest changes the model.
    pub is_partial: bool,
    /// Replace files that are there.
    pub force: bool,
}

/// A project as a scenario.
struct Imported {
    scenario: String,
    /// The table of cells that it names.
    cells: Option<String>,
}

/// Imports a project, and says what became of it.
///
/// # Errors
/// `Error::Input` with all faults of the project, or with all that would be lost; `Error::Failed` where the scenario cannot be
/// written. Nothing is written then.
pub fn import(request: &Request) -> Result<String> {
    let file = request.settings.display().to_string();
    let bytes = read_bytes(&request.settings).map_err(|cause| {
        let hint = "give the path of a project's config/PhysiCell_settings.xml";
        Error::Input(format!("error: could not read {file}: {cause}\n\nhint: {hint}"))
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::Input(format!("error: {file} is not UTF-8 text\n\nhint: save it as UTF-8")))?;
    let document = xml::parse(&file, text.trim_start_matches('\u{feff}'))?;
    let settings = Settings::new(&file, &document)?;
    let cells_name = format!("{}_cells.csv", stem(&request.output));
    let imported = convert(&settings, request, &cells_name)?;
    let output = &request.output;
    let mut files = vec![(output.clone(), imported.scenario)];
    files.extend(imported.cells.map(|cells| (output.with_file_name(&cells_name), cells)));
    write_all(&files, request.force)?;
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    let report = settings.report.borrow().text(&[Kind::Lost, Kind::Differs, Kind::Unused]);
    Ok(format!("{report}Wrote {}.\n", names.join(" and ")))
}

/// Name of a file without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().map_or("scenario".into(), |it| it.to_string_lossy().into_owned())
}

fn convert(settings: &Settings, request: &Request, cells_name: &str) -> Result<Imported> {
    let project = Project::of(&request.settings);
    let (mut head, mut places, mut end) = (Text::default(), Text::default(), Text::default());
    let all = definitions(settings);
    let rows = rules::read(settings, &project);
    let Some(space) = space::space(settings, &stem(&request.output), &mut head) else { return Err(faulty(settings)) };
    let substrates = substrates::substrates(settings, &space, &mut head);
    let phases = types(settings, &all, &space, &substrates, &rows, &mut head);
    let cells = cells::cells(settings, &project, &all, &space, cells_name, &mut places);
    space::saved(settings, &mut end);
    settings.see_distributions();
    exchange::left_over(settings);
    project.code(&mut settings.report.borrow_mut());
    if settings.report.borrow().faults().is_some() {
        return Err(faulty(settings));
    }
    let known = Known {
        types: all.iter().map(|it| it.name).collect(),
        substrates: &substrates,
        phases,
        still: all.iter().filter(|it| !motion::is_motile(settings, it)).map(|it| it.name).collect(),
        is_layer: space.is_layer,
    };
    let name = request.output.display().to_string();
    let rules = rules::write(&rows, &known, &mut settings.report.borrow_mut());
    trial::plan(&name, head.as_str()).map_err(|error| unplanned(settings, &error))?;
    let kept = trial::accepted(&name, head.as_str(), &rules, &mut settings.report.borrow_mut());
    if settings.report.borrow().has_losses() && !request.is_partial {
        return Err(incomplete(settings));
    }
    let mut text = opening(settings);
    kept.iter().for_each(|it| head.append(&it.text));
    [&head, &places, &end].into_iter().for_each(|part| text.append(part));
    Ok(Imported { scenario: text.as_str().to_owned(), cells })
}

/// Writes all cell types and what they do to each other; the names of their phases.
fn types<'a>(
    settings: &Settings<'a>,
    all: &[Definition<'a>],
    space: &Space,
    substrates: &[&str],
    rules: &Rows,
    text: &mut Text,
) -> BTreeMap<&'a str, Vec<String>> {
    let mut phases = BTreeMap::new();
    for own in all {
        let attackers = all.iter().filter(|other| exchange::attacks(settings, other, own, rules)).count();
        text.header(&format!("[cell_types.{}]", name(own.name)));
        body::volume(settings, own, text);
        exchange::sites(attackers, text);
        phases.insert(own.name, cycle::cycle(settings, own, text));
        body::deaths(settings, own, text);
        motion::mechanics(settings, own, text);
        motion::motility(settings, own, space, substrates, text);
        exchange::secretion(settings, own, substrates, rules, text);
        exchange::transformations(settings, own, all, text);
        exchange::damage(settings, own, attackers, rules, text);
    }
    for own in all {
        exchange::interactions(settings, own, all, space, rules, text);
    }
    phases
}

/// The remarks that a scenario begins with.
fn opening(settings: &Settings) -> Text {
    let mut text = Text::default();
    text.remark(&format!("Imported from {}. Each value has its source beside it.", settings.file));
    text.remark(&settings.report.borrow().text(&[Kind::Lost, Kind::Differs]));
    text
}

fn faulty(settings: &Settings) -> Error {
    let faults = settings.report.borrow().faults().unwrap_or_default();
    Error::Input(format!("{faults}\nhint: PhysiCell would not read it as meant either; correct the project\n"))
}

fn incomplete(settings: &Settings) -> Error {
    let list = settings.report.borrow().text(&[Kind::Lost]);
    Error::Input(format!(
        "error: not all of {} can be carried over\n\n{list}\nhint: --partial writes a scenario without what is listed; it is \
         another model then\n",
        settings.file
    ))
}

fn unplanned(settings: &Settings, error: &Error) -> Error {
    let list = settings.report.borrow().text(&[Kind::Lost]);
    Error::Input(format!("error: {} makes no scenario that can run\n\n{list}{error}", settings.file))
}

/// Writes files that are not there yet, or any by force.
fn write_all(files: &[(PathBuf, String)], force: bool) -> Result<()> {
    if let Some((path, _)) = files.iter().find(|(path, _)| !force && path.exists()) {
        return Err(Error::Input(format!(
            "error: {} is there already\n\nhint: choose another name with -o, or replace it with --force",
            path.display()
        )));
    }
    for (path, text) in files {
        let opened = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        opened.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|cause| Error::io("write", path, cause))?;
    }
    Ok(())
}
