//! `report.html`: a run as one page that needs nothing else, for people: question, setting, ranking, pictures, manifest.
//!
//! It is made of the other files of the folder alone, so that it can be made again at any time.

use super::RunFolder;
use super::picture::svg::escaped;
use super::study::figures;
use crate::error::{Error, Result};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Name of the page.
const NAME: &str = "report.html";

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1f2937; --paper: #fff; --line: #d1d5db; --soft: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e7eb; --paper: #111827; --line: #374151; --soft: #9ca3af; } }
body { font: 16px/1.5 Helvetica, Arial, 'DejaVu Sans', sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } .soft { color: var(--soft); }
figure { margin: 1rem 0; overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
figure svg { display: block; max-width: none; } figcaption { color: #6b7280; padding: .5rem 1rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } caption { text-align: left; font-weight: 600; padding: .6rem 0; }
pre { overflow: auto; max-height: 40rem; border: 1px solid var(--line); padding: 1rem; }
@media print { body { max-width: none; margin: 0; } figure { break-inside: avoid; } pre { max-height: none; } }
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
    let (overview, study, ranking) = (read("overview.svg")?, read("study.svg")?, read("ranking.csv")?);
    let title = manifest["title"].as_str().filter(|it| !it.is_empty()).unwrap_or("texpop");
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escaped(title)
    );
    page += &setting(manifest);
    if let (Some(study), Some(ranking)) = (study, ranking) {
        page += "<h2>Which arm is best</h2>\n";
        page += &figure(&study, "Arms by outcome: differences from the comparator with their intervals");
        page += &tables(&ranking);
    }
    if let Some(overview) = overview {
        page += "<h2>What happened</h2>\n";
        page += &figure(&overview, "Live cells over time, and tissue or cells of each arm");
    }
    page += &files(manifest);
    page += &details("Scenario, with all defaults", &manifest["scenario"]);
    page += &details("Manifest", manifest);
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

/// Arms, replicates, length, device and how the run ended.
fn setting(manifest: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let arms: Vec<String> = manifest["arms"].as_array().into_iter().flatten().map(&text).collect();
    let replicates = manifest["replicates"].as_array().map_or(0, Vec::len);
    let hours = manifest["duration_h"].as_f64().unwrap_or(0.0);
    let mut list = String::from("<h2>Setting</h2>\n<ul>\n");
    let mut item = |name: &str, value: String| {
        let _ = writeln!(list, "<li><span class=\"soft\">{name}:</span> {}</li>", escaped(&value));
    };
    item("arms", arms.join("; "));
    item("replicates of each, with the same seeds in every arm", replicates.to_string());
    item("simulated time", format!("{} h ({} d)", figures(hours), figures(hours / 24.0)));
    item("ended", text(&manifest["status"]));
    item("device", text(&manifest["device"]["name"]));
    item("program", format!("{} {}", text(&manifest["program"]["name"]), text(&manifest["program"]["version"])));
    item("scenario (BLAKE3)", text(&manifest["scenario_hash"]));
    list + "</ul>\n"
}

/// A picture within the page.
fn figure(svg: &str, caption: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let svg = &svg[start..];
    format!(
        "<figure tabindex=\"0\" role=\"group\" aria-label=\"{caption}\">\n{svg}<figcaption>{caption}</figcaption>\n</figure>\n"
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
        let _ =
            write!(text, "<div class=\"table\" tabindex=\"0\"><table><caption>{}</caption>\n<tr>", escaped(outcome));
        // Rank and arm change places, so that the arm heads its row.
        let order = || [2, 1].into_iter().chain(3..headings.len());
        for column in order() {
            let _ = write!(text, "<th scope=\"col\">{}</th>", escaped(&headings[column].replace('_', " ")));
        }
        text += "</tr>\n";
        for row in of_outcome {
            text += "<tr>";
            for column in order() {
                let value = row.get(column).unwrap_or_default();
                let shown = value.parse().map_or_else(|_| value.to_owned(), figures);
                let _ = write!(text, "<td>{}</td>", escaped(&shown));
            }
            text += "</tr>\n";
        }
        text += "</table></div>\n";
    }
    text
}

/// The files of the run as links.
fn files(manifest: &Value) -> String {
    let mut text = String::from("<h2>Data</h2>\n<ul>\n");
    for name in manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = writeln!(text, "<li><a href=\"{0}\">{0}</a></li>", escaped(name));
    }
    text + "</ul>\n"
}

fn details(name: &str, value: &Value) -> String {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    let lines: Vec<String> = json.lines().map(escaped).collect();
    format!("<details><summary>{name}</summary>\n<pre tabindex=\"0\">{}</pre></details>\n", lines.join("\n"))
}
