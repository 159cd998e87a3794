//! `report.html`: a run as one page that needs nothing else, for people: question, setting, ranking, pictures, manifest.
//!
//! It is made of the other files of the folder alone, so that it can be made again at any time. The folder may come from
//! anyone: the page is written piece by piece, so that it takes little more memory than one of those files.

mod ranking;

use super::RunFolder;
use super::escape::escaped;
use super::figures::figures;
use super::reading::{self, MOST_BYTES, no_manifest, read_manifest, unreadable};
use crate::error::{Error, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

/// Name of the page.
const NAME: &str = "report.html";

/// The pictures that a folder may have, each with its place in the page and how it is read.
const PICTURES: [(&str, Section, &str); 8] = [
    (
        "study.svg",
        Section::Ranking,
        "Arms by outcome, the best first: a dot is the mean difference from the comparator, a line its interval; green is \
         better, brown worse. Where one sweep varies a number, the response to it stands beside: a dot a replicate, a line \
         through the means.",
    ),
    (
        "heat_map.svg",
        Section::Ranking,
        "Outcomes by the values of two sweeps: the mean over replicates, a field a pair of values.",
    ),
    (
        "kaplan_meier.svg",
        Section::Ranking,
        "The part of the replicates that has not met a threshold, over time (Kaplan and Meier); tissues that never met it are \
         censored at the end.",
    ),
    ("pareto.svg", Section::Ranking, "Arms by two outcomes: those on the front are bettered by no other arm in both."),
    ("sensitivity.svg", Section::Ranking, "How much of each outcome each varied parameter makes, with intervals."),
    (
        "overview.svg",
        Section::Course,
        "Left: live cells over time, a line an arm, the mean over replicates; the band reaches from the least to the greatest \
         replicate. Right: the first replicate of each arm at the end, a section through the tissue, or in a culture the \
         number of cells by an observed column.",
    ),
    (
        "distributions.svg",
        Section::Course,
        "How live cells differ in exhaustion, misfolded protein and what else was observed, at the end, all replicates \
         together: an outline an arm, a line at its median.",
    ),
    (
        "phase_diagram.svg",
        Section::Course,
        "Steady states under each stimulation, and the tipping points between them.",
    ),
];

/// The part of the page that a picture stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Ranking,
    Course,
}

const RANKING: &str = "ranking.csv";

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1f2937; --paper: #fff; --line: #d1d5db; --soft: #6b7280; --link: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e5e7eb; --paper: #111827; --line: #374151; --soft: #9ca3af; --link: #93c5fd; } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #9ca3af; --soft: #4b5563; --link: #000; } }
body { font: 16px/1.5 Helvetica, Arial, 'DejaVu Sans', sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } .soft { color: var(--soft); } a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
figure { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.picture { overflow-x: auto; background: #fff; }
.picture svg { display: block; max-width: 100%; min-width: 40rem; height: auto; margin: 0 auto; }
figcaption { border-top: 1px solid var(--line); padding: .5rem 1rem; font-size: .9rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } caption { text-align: left; font-weight: 600; padding: .6rem 0; }
thead th { white-space: normal; vertical-align: bottom; } tbody th { font-weight: normal; } .words td { text-align: left; white-space: normal; }
summary { cursor: pointer; padding: .3rem 0; }
pre { overflow: auto; max-height: 40rem; border: 1px solid var(--line); padding: 1rem; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; } nav, [aria-labelledby=manifest] { display: none; }
  h2, caption { break-after: avoid; } figure, tr { break-inside: avoid; } .picture, .table { overflow: visible; }
  .picture svg { min-width: 0; max-height: 23cm; } table { font-size: 8pt; } th, td { padding: .1rem .4rem; } }
";

/// Makes the page of a folder again, and says where it is.
///
/// # Errors
/// `Input` where the folder is that of no run, or a file in it is not that of a run; `Failed` if the page cannot be
/// written.
pub fn report(run: &Path) -> Result<String> {
    let manifest = read_manifest(run).map_err(|cause| no_manifest(run, &cause))?;
    let folder = RunFolder::reopen(run, NAME)?;
    write(&folder, &manifest)?;
    Ok(format!("written to {}\n", run.join(NAME).display()))
}

/// Writes the page; `manifest` is that of the run.
///
/// # Errors
/// `Input` if a file is not that of a run; `Failed` if the page cannot be written.
pub fn write(folder: &RunFolder, manifest: &Value) -> Result<()> {
    let path = folder.path().join(NAME);
    let failed = |cause| Error::io("write", &path, cause);
    let mut page = BufWriter::new(folder.begin(NAME)?);
    page_of(&mut page, folder.path(), manifest).map_err(|fault| match fault {
        Fault::Page(cause) => failed(cause),
        Fault::File(error) => error,
    })?;
    page.into_inner().map_err(|error| failed(error.into_error()))?.finish()
}

/// Why a page cannot be made.
enum Fault {
    /// It cannot be written.
    Page(io::Error),
    /// It is made of a file that is wrong.
    File(Error),
}

impl From<io::Error> for Fault {
    fn from(cause: io::Error) -> Fault {
        Fault::Page(cause)
    }
}

type Written = std::result::Result<(), Fault>;

fn page_of(to: &mut impl Write, run: &Path, manifest: &Value) -> Written {
    let title = manifest["title"].as_str().filter(|it| !it.is_empty()).unwrap_or("texpop");
    write!(
        to,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<h1>{0}</h1>\n<nav aria-label=\"Sections\"><ul>\n",
        escaped(title)
    )?;
    let study = &manifest["scenario"]["study"];
    let has = |section: Section| PICTURES.iter().any(|it| it.1 == section && run.join(it.0).exists());
    let sections = [
        ("question", "Question", outcomes(study).next().is_some()),
        ("ranking", "Which arm is best", has(Section::Ranking) || run.join(RANKING).exists()),
        ("course", "What happened", has(Section::Course)),
        ("setting", "Setting", true),
        ("data", "Data", true),
        ("manifest", "Scenario and manifest", true),
    ];
    let shown = || sections.iter().filter(|it| it.2);
    shown().try_for_each(|(id, name, _)| writeln!(to, "<li><a href=\"#{id}\">{name}</a></li>"))?;
    to.write_all(b"</ul></nav>\n")?;
    for (id, name, _) in shown() {
        write!(to, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{name}</h2>\n")?;
        match *id {
            "question" => question(to, study)?,
            "ranking" => {
                pictures(to, run, Section::Ranking)?;
                ranking::write(to, &run.join(RANKING))?;
            }
            "course" => pictures(to, run, Section::Course)?,
            "setting" => {
                setting(to, manifest)?;
                arms(to, manifest)?;
            }
            "data" => files(to, manifest)?,
            _ => {
                details(to, "Scenario, with all defaults", &manifest["scenario"])?;
                details(to, "Manifest", manifest)?;
            }
        }
        to.write_all(b"</section>\n")?;
    }
    to.write_all(b"</main>\n</body>\n</html>\n")?;
    Ok(())
}

/// The text of a file of the run; none where there is none. Says so on the page if it is too long for it.
fn read(to: &mut impl Write, path: &Path, most_bytes: u64) -> std::result::Result<Option<String>, Fault> {
    match reading::read_text(path, most_bytes) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) if cause.kind() == ErrorKind::FileTooLarge => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            writeln!(to, "<p>{} is too long to be shown here: {cause}.</p>", escaped(&name))?;
            Ok(None)
        }
        Err(cause) => Err(Fault::File(unreadable(path, &cause))),
    }
}

/// The outcomes of a study by their names.
fn outcomes(study: &Value) -> impl Iterator<Item = (&String, &Value)> {
    study["outcomes"].as_object().into_iter().flatten()
}

/// What the study asks: its outcomes, and the arm that the others are compared with.
fn question(to: &mut impl Write, study: &Value) -> io::Result<()> {
    to.write_all(b"<ul>\n")?;
    for (name, outcome) in outcomes(study) {
        let [of, threshold, better] = ["statistic", "threshold", "better"].map(|key| text(&outcome[key]));
        let until = if outcome["at"].is_null() { "the end".to_owned() } else { text(&outcome["at"]) };
        let what = match outcome["measure"].as_str() {
            Some("area") => format!("area under {of} until {until}"),
            Some("time_below") => format!("hours until {of} is below {threshold}"),
            Some("time_above") => format!("hours until {of} is above {threshold}"),
            _ => format!("{of} at {until}"),
        };
        let what = format!("{what} ({better} is better)");
        writeln!(to, "<li><span class=\"soft\">{}:</span> {}</li>", escaped(name), escaped(&what))?;
    }
    if let Some(comparator) = study["comparator"].as_str() {
        writeln!(to, "<li><span class=\"soft\">compared with:</span> {}</li>", escaped(comparator))?;
    }
    to.write_all(b"</ul>\n")
}

/// A value as people write it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |it| it.to_string()),
        _ => value.to_string(),
    }
}

/// Replicates, length, device and how the run ended.
fn setting(to: &mut impl Write, manifest: &Value) -> io::Result<()> {
    let replicates = manifest["replicates"].as_array().map_or(0, Vec::len);
    let hours = manifest["duration_h"].as_f64().unwrap_or(0.0);
    to.write_all(b"<ul>\n")?;
    let mut item =
        |name: &str, value: String| writeln!(to, "<li><span class=\"soft\">{name}:</span> {}</li>", escaped(&value));
    item("replicates of each arm, with the same seeds in every arm", replicates.to_string())?;
    item("simulated time", format!("{} h ({} d)", figures(hours), figures(hours / 24.0)))?;
    item("ended", text(&manifest["status"]))?;
    item("device", text(&manifest["device"]["name"]))?;
    item("program", format!("{} {}", text(&manifest["program"]["name"]), text(&manifest["program"]["version"])))?;
    item("scenario (BLAKE3)", text(&manifest["scenario_hash"]))?;
    to.write_all(b"</ul>\n")
}

/// The arms, with what each sets and what sweeps give it.
fn arms(to: &mut impl Write, manifest: &Value) -> io::Result<()> {
    to.write_all(
        b"<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Arms\"><table class=\"words\">\
          <caption>Arms</caption>\n<thead><tr><th scope=\"col\">arm</th><td>what it sets</td></tr></thead>\n<tbody>\n",
    )?;
    let mut names = BTreeSet::new();
    for name in manifest["arms"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        // Names are unique; a list that says otherwise must not make a page without end.
        if !names.insert(name) {
            continue;
        }
        let arm = &manifest["scenario"]["arms"][name];
        let levels = arm["levels"].as_object().into_iter().flatten().map(|(_, it)| (text(&it["path"]), &it["value"]));
        let levels: Vec<(String, &Value)> = levels.collect();
        let swept: BTreeSet<&String> = levels.iter().map(|it| &it.0).collect();
        let set = arm["set"].as_object().into_iter().flatten().filter(|it| !swept.contains(it.0));
        let all = set.chain(levels.iter().map(|(path, value)| (path, *value)));
        write!(to, "<tr><th scope=\"row\">{}</th><td>", escaped(name))?;
        let mut parting = "";
        for (path, value) in all {
            write!(to, "{parting}{} = {}", escaped(path), escaped(&text(value)))?;
            parting = "; ";
        }
        writeln!(to, "{}</td></tr>", if parting.is_empty() { "nothing" } else { "" })?;
    }
    to.write_all(b"</tbody></table></div>\n")
}

/// The pictures of a section.
fn pictures(to: &mut impl Write, run: &Path, section: Section) -> Written {
    for (name, _, caption) in PICTURES.iter().filter(|it| it.1 == section) {
        if let Some(svg) = read(to, &run.join(name), MOST_BYTES)? {
            figure(to, &svg, caption)?;
        }
    }
    Ok(())
}

/// A picture within the page.
fn figure(to: &mut impl Write, svg: &str, caption: &str) -> io::Result<()> {
    let svg = &svg[svg.find("<svg").unwrap_or(0)..];
    let name = caption.split([':', ',']).next().unwrap_or(caption);
    write!(
        to,
        "<figure><div class=\"picture\" tabindex=\"0\" role=\"img\" aria-label=\"{name}\">\n{svg}</div>\n\
         <figcaption>{caption}</figcaption></figure>\n"
    )
}

/// The files of the run as links.
fn files(to: &mut impl Write, manifest: &Value) -> io::Result<()> {
    to.write_all(b"<ul>\n")?;
    for name in manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        writeln!(to, "<li><a href=\"{0}\">{0}</a></li>", escaped(name))?;
    }
    to.write_all(b"</ul>\n")
}

/// A part of the manifest, folded.
fn details(to: &mut impl Write, name: &str, value: &Value) -> io::Result<()> {
    write!(to, "<details><summary>{name}</summary>\n<pre tabindex=\"0\">")?;
    serde_json::to_writer_pretty(Escaping(&mut *to), value)?;
    to.write_all(b"</pre></details>\n")
}

/// Writes text as HTML shows it. All that it replaces is ASCII, so that it does not matter where pieces begin.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            match byte {
                b'&' => self.0.write_all(b"&amp;")?,
                b'<' => self.0.write_all(b"&lt;")?,
                b'>' => self.0.write_all(b"&gt;")?,
                b'"' => self.0.write_all(b"&quot;")?,
                other => self.0.write_all(&[*other])?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
