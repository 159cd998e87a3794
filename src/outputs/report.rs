//! `report.html`: a run as one page that needs nothing else, for people: question, setting, ranking, pictures, manifest.
//!
//! It is made of the other files of the folder alone, so that it can be made again at any time.

use super::RunFolder;
use super::escape::escaped;
use super::study::figures;
use crate::error::{Error, Result};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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
/// `Input` where the folder is that of no run; `Failed` if the page cannot be written.
pub fn report(run: &Path) -> Result<String> {
    let path = run.join("manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|cause| no_run(run, &cause.to_string()))?;
    let manifest: Value = serde_json::from_str(&text).map_err(|cause| no_run(run, &cause.to_string()))?;
    let folder = RunFolder::of(run);
    write(&folder, &manifest)?;
    Ok(format!("written to {}\n", run.join(NAME).display()))
}

fn no_run(run: &Path, cause: &str) -> Error {
    let hint = "hint: name the folder that `texpop run` wrote, such as runs/quickstart";
    Error::Input(format!("error: {} has no manifest.json that can be read: {cause}\n\n{hint}", run.display()))
}

/// Writes the page; `manifest` is that of the run.
///
/// # Errors
/// `Failed` if a file cannot be read, or the page not written.
pub fn write(folder: &RunFolder, manifest: &Value) -> Result<()> {
    let read = |name: &str| read(folder.path().join(name));
    let ranking = read("ranking.csv")?.map(|it| tables(&it)).unwrap_or_default();
    let mut pictures = [String::new(), String::new()];
    for (name, section, caption) in PICTURES {
        if let Some(svg) = read(name)? {
            pictures[section as usize] += &figure(&svg, caption);
        }
    }
    let [study, course] = pictures;
    let sections = [
        ("question", "Question", question(&manifest["scenario"]["study"])),
        ("ranking", "Which arm is best", study + &ranking),
        ("course", "What happened", course),
        ("setting", "Setting", setting(manifest) + &arms(manifest)),
        ("data", "Data", files(manifest)),
        ("manifest", "Scenario and manifest", whole(manifest)),
    ];
    let shown = || sections.iter().filter(|it| !it.2.is_empty());
    let title = manifest["title"].as_str().filter(|it| !it.is_empty()).unwrap_or("texpop");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<h1>{0}</h1>\n<nav aria-label=\"Sections\"><ul>\n",
        escaped(title)
    );
    shown().for_each(|(id, name, _)| page += &format!("<li><a href=\"#{id}\">{name}</a></li>\n"));
    page += "</ul></nav>\n";
    for (id, name, text) in shown() {
        let _ = writeln!(page, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{name}</h2>\n{text}</section>");
    }
    page += "</main>\n</body>\n</html>\n";
    folder.write(NAME, page.as_bytes())
}

/// The text of a file; none where there is no such file.
fn read(path: PathBuf) -> Result<Option<String>> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Error::io("read", &path, cause)),
    }
}

/// What the study asks: its outcomes, and the arm that the others are compared with; empty where there is no study.
fn question(study: &Value) -> String {
    let Some(outcomes) = study["outcomes"].as_object().filter(|it| !it.is_empty()) else { return String::new() };
    let mut list = String::from("<ul>\n");
    for (name, outcome) in outcomes {
        let [of, threshold, better] = ["statistic", "threshold", "better"].map(|key| text(&outcome[key]));
        let until = if outcome["at"].is_null() { "the end".to_owned() } else { text(&outcome["at"]) };
        let what = match outcome["measure"].as_str() {
            Some("area") => format!("area under {of} until {until}"),
            Some("time_below") => format!("hours until {of} is below {threshold}"),
            Some("time_above") => format!("hours until {of} is above {threshold}"),
            _ => format!("{of} at {until}"),
        };
        let what = format!("{what} ({better} is better)");
        let _ = writeln!(list, "<li><span class=\"soft\">{}:</span> {}</li>", escaped(name), escaped(&what));
    }
    if let Some(comparator) = study["comparator"].as_str() {
        let _ = writeln!(list, "<li><span class=\"soft\">compared with:</span> {}</li>", escaped(comparator));
    }
    list + "</ul>\n"
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
fn setting(manifest: &Value) -> String {
    let replicates = manifest["replicates"].as_array().map_or(0, Vec::len);
    let hours = manifest["duration_h"].as_f64().unwrap_or(0.0);
    let mut list = String::from("<ul>\n");
    let mut item = |name: &str, value: String| {
        let _ = writeln!(list, "<li><span class=\"soft\">{name}:</span> {}</li>", escaped(&value));
    };
    item("replicates of each arm, with the same seeds in every arm", replicates.to_string());
    item("simulated time", format!("{} h ({} d)", figures(hours), figures(hours / 24.0)));
    item("ended", text(&manifest["status"]));
    item("device", text(&manifest["device"]["name"]));
    item("program", format!("{} {}", text(&manifest["program"]["name"]), text(&manifest["program"]["version"])));
    item("scenario (BLAKE3)", text(&manifest["scenario_hash"]));
    list + "</ul>\n"
}

/// The arms, with what each sets and what sweeps give it.
fn arms(manifest: &Value) -> String {
    let mut table =
        String::from("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Arms\"><table class=\"words\">");
    table +=
        "<caption>Arms</caption>\n<thead><tr><th scope=\"col\">arm</th><td>what it sets</td></tr></thead>\n<tbody>\n";
    for name in manifest["arms"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let arm = &manifest["scenario"]["arms"][name];
        let levels = arm["levels"].as_object().into_iter().flatten().map(|(_, it)| (text(&it["path"]), &it["value"]));
        let levels: Vec<(String, &Value)> = levels.collect();
        let is_swept = |path: &str| levels.iter().any(|it| it.0 == path);
        let set = arm["set"].as_object().into_iter().flatten().filter(|it| !is_swept(it.0));
        let all = set.map(|(path, value)| (path.clone(), value)).chain(levels.clone());
        let set: Vec<String> = all.map(|(path, value)| format!("{path} = {}", text(value))).collect();
        let set = if set.is_empty() { "nothing".to_owned() } else { set.join("; ") };
        let _ = writeln!(table, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(&set));
    }
    table + "</tbody></table></div>\n"
}

/// A picture within the page.
fn figure(svg: &str, caption: &str) -> String {
    let svg = &svg[svg.find("<svg").unwrap_or(0)..];
    let name = caption.split([':', ',']).next().unwrap_or(caption);
    format!(
        "<figure><div class=\"picture\" tabindex=\"0\" role=\"img\" aria-label=\"{name}\">\n{svg}</div>\n\
         <figcaption>{caption}</figcaption></figure>\n"
    )
}

/// `ranking.csv` as a table an outcome.
fn tables(csv: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headings: Vec<String> = reader.headers().map(|it| it.iter().map(str::to_owned).collect()).unwrap_or_default();
    let rows: Vec<csv::StringRecord> = reader.records().flatten().collect();
    let mut text = String::new();
    for of_outcome in rows.chunk_by(|a, b| a.get(0) == b.get(0)) {
        let outcome = of_outcome[0].get(0).unwrap_or_default();
        let _ = write!(
            text,
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table><caption>{0}</caption>\n<thead><tr>",
            escaped(outcome)
        );
        // Rank and arm change places, so that the arm heads its row.
        let order = || [2, 1].into_iter().chain(3..headings.len());
        for column in order() {
            let _ = write!(text, "<th scope=\"col\">{}</th>", escaped(&headings[column].replace('_', " ")));
        }
        text += "</tr></thead>\n<tbody>\n";
        for row in of_outcome {
            text += "<tr>";
            for column in order() {
                let value = row.get(column).unwrap_or_default();
                let shown = value.parse().map_or_else(|_| value.to_owned(), figures);
                let (open, close) = if column == 2 { ("th scope=\"row\"", "th") } else { ("td", "td") };
                let _ = write!(text, "<{open}>{}</{close}>", escaped(&shown));
            }
            text += "</tr>\n";
        }
        text += "</tbody></table></div>\n";
    }
    text
}

/// The files of the run as links.
fn files(manifest: &Value) -> String {
    let mut text = String::from("<ul>\n");
    for name in manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = writeln!(text, "<li><a href=\"{0}\">{0}</a></li>", escaped(name));
    }
    text + "</ul>\n"
}

/// Scenario and manifest, folded.
fn whole(manifest: &Value) -> String {
    details("Scenario, with all defaults", &manifest["scenario"]) + &details("Manifest", manifest)
}

fn details(name: &str, value: &Value) -> String {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    let lines: Vec<String> = json.lines().map(escaped).collect();
    format!("<details><summary>{name}</summary>\n<pre tabindex=\"0\">{}</pre></details>\n", lines.join("\n"))
}
