//! Run folders that someone else made: their manifests, rankings and snapshots may say anything, and what lies beside them
//! belongs to the user.

use super::{Checked, in_a_folder};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use texpop::device::Choice;
use texpop::error::{Error, Result};
use texpop::outputs::checkpoint::Cadence;
use texpop::outputs::diff::diff;
use texpop::outputs::render::{RenderOptions, Section, render};
use texpop::outputs::{LogFormat, RunFolder, report};
use texpop::run::branch::trunk;
use texpop::run::capacity::Share;
use texpop::run::resume::{self, resume};
use texpop::run::{Order, Planned, plan_given, run};
use texpop::scenario::Given;

const MANIFEST: &str = "manifest.json";
const RANKING: &str = "ranking.csv";

/// The files of a finished run.
static FINISHED: LazyLock<BTreeMap<PathBuf, Vec<u8>>> = LazyLock::new(|| in_a_folder(finished));

fn finished(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let text = include_str!("run.toml").to_owned();
    let given = Given { name: "run.toml".into(), folder: "/".into(), text, overrides: Vec::new() };
    let Planned { given, scenario, plan, .. } = plan_given(given).unwrap();
    let order = Order {
        given,
        plan,
        trunk: None,
        scenario,
        device: Choice::Cpu,
        share: Share::default(),
        output: folder.to_owned(),
        force: false,
        log: LogFormat::Silent,
        cadence: Cadence::default(),
        is_checked: false,
    };
    run(order).unwrap();
    let mut files = BTreeMap::new();
    for part in ["", "cells", "fields"] {
        for entry in fs::read_dir(folder.join(part)).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_file()) {
            files.insert(entry.strip_prefix(folder).unwrap().to_owned(), fs::read(&entry).unwrap());
        }
    }
    files
}

/// A folder with the files of the run, of which one is another.
fn with<T>(name: &str, bytes: &[u8], what: impl FnOnce(&Path) -> T) -> T {
    // Before the folder, since the run takes the same one.
    LazyLock::force(&FINISHED);
    in_a_folder(|parent| {
        let folder = parent.join("run");
        ["", "cells", "fields"].iter().for_each(|part| fs::create_dir_all(folder.join(part)).unwrap());
        FINISHED.iter().for_each(|(name, bytes)| fs::write(folder.join(name), bytes).unwrap());
        fs::write(folder.join(name), bytes).unwrap();
        what(&folder)
    })
}

/// A folder that is refused is refused as wrong input.
fn told<T>(outcome: Result<T>) -> Checked {
    match outcome {
        Err(error) if error.exit_code() != 2 => Err(format!("not refused as wrong input: {error}")),
        Err(error) if error.to_string().is_empty() => Err("nothing is said".into()),
        _ => Ok(()),
    }
}

fn request(run: &Path, number: usize) -> RenderOptions {
    let columns = ["cell_type", "phase", "volume_um3", "trait_first", "attached_to", "arm"];
    let sections =
        [Section::Slice { axis: 2, at_um: 0.0 }, Section::Projection, Section::Slice { axis: 0, at_um: -5.0 }];
    RenderOptions {
        run: run.to_owned(),
        at_h: None,
        animate: number.is_multiple_of(7),
        color_by: columns[number % columns.len()].to_owned(),
        section: sections[number % sections.len()],
        arm: None,
        replicate: 1,
        substrate: number.is_multiple_of(2).then(|| "inhibitor".to_owned()),
        range: None,
        output: Some(run.join("picture.png")),
        force: true,
    }
}

/// `manifest.json`, for every command that reads one.
pub fn manifest(input: &[u8]) -> Checked {
    with(MANIFEST, input, |folder| {
        let precious = [folder.join("notes.txt"), folder.with_file_name("notes.txt")];
        precious.iter().for_each(|it| fs::write(it, "mine").unwrap());
        told(report::report(folder))?;
        told(render(&request(folder, input.len())))?;
        told(trunk(folder, 6.0, None))?;
        let request = resume::ResumeOptions {
            device: None,
            log: LogFormat::Silent,
            cadence: Cadence::default(),
            is_checked: false,
        };
        told(resume(folder, request))?;
        let before = files(folder);
        let outcome = RunFolder::create(folder, true).map(drop);
        if outcome.is_err() && files(folder) != before {
            return Err("it was refused, and files were changed".into());
        }
        told(outcome)?;
        let is_there = precious.iter().all(|it| fs::read(it).is_ok_and(|it| it == b"mine"));
        if is_there { Ok(()) } else { Err("a file of the user is gone".into()) }
    })
}

fn files(folder: &Path) -> usize {
    ["", "cells", "fields"].iter().map(|part| fs::read_dir(folder.join(part)).map_or(0, Iterator::count)).sum()
}

/// `ranking.csv`, in the page of a run.
pub fn ranking(input: &[u8]) -> Checked {
    with(RANKING, input, |folder| told(report::report(folder)))
}

/// A snapshot of cells, then one of fields: an input is a list of changes to it, and is tried as the file itself too.
pub fn snapshot(input: &[u8]) -> Checked {
    for part in ["cells", "fields"] {
        let Some((name, whole)) = FINISHED.iter().rfind(|it| it.0.starts_with(part)) else { continue };
        let name = name.to_string_lossy();
        for bytes in [changed(whole, input), input.to_vec()] {
            with(&name, &bytes, |folder| {
                told(render(&request(folder, input.len())))?;
                // Two runs that differ end with exit code 1, which is no refusal.
                let outcome = diff(folder, folder);
                if matches!(outcome, Err(Error::Failed(_))) { Ok(()) } else { told(outcome) }
            })?;
        }
    }
    Ok(())
}

/// A file with other bytes: eight of input for each change, as for checkpoints.
fn changed(whole: &[u8], input: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for it in super::saved::changes(input) {
        let place = (it.part << 16 | it.place) % bytes.len().max(1);
        match it.what % 4 {
            _ if bytes.is_empty() => {}
            0 => bytes[place] = it.number as u8,
            1 => bytes[place] ^= 1 << (it.number % 8),
            2 => bytes.truncate(place),
            // The end of the file, where Parquet says what it holds.
            _ => {
                let place = bytes.len() - 1 - place % bytes.len().min(4_000);
                bytes[place] = it.number as u8;
            }
        }
    }
    bytes
}
