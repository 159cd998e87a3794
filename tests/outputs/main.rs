//! Files of a run: complete or absent, and equal to what was given.

mod browser;
mod report;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row as ParquetRow};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use texpop::cells::Cells;
use texpop::measure::StatisticRow;
use texpop::outputs::{Manifest, RunFolder, Series, Snapshots};
use texpop::plan::{Arm, Boundary, CellType, Clocks, Cohort, Domain, Geometry, Mechanics, Observe, Parameters, Plan};

/// A new folder under the system's temporary one, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("texpop-outputs-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn run(&self) -> PathBuf {
        self.0.join("run")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn plan(geometry: Geometry) -> Plan {
    let size_um = if geometry == Geometry::Layer { [400.0, 400.0, 20.0] } else { [400.0; 3] };
    let arm = |name: &str| Arm {
        name: name.into(),
        parameters: Parameters::default(),
        initial: Vec::new(),
        interventions: vec![],
        conditional: vec![],
        treatment: texpop::plan::Treatment::default(),
    };
    let cell_type = |name: &str, phases: &[&str], is_effector| CellType {
        name: name.into(),
        phases: phases.iter().map(|phase| phase.to_string()).collect(),
        traits: Vec::new(),
        is_effector,
    };
    Plan {
        title: "CAR-T dose & <spheroid>".into(),
        domain: Domain { geometry, boundary: Boundary::Closed, size_um, voxels: [20, 20, 20], reach_um: 20.0 },
        clocks: Clocks::COARSE,
        duration_ticks: 144_000,
        mechanics: Mechanics::Potentials,
        substrates: None,
        cell_types: vec![cell_type("tumour", &["G1", "S"], false), cell_type("t_cell", &["live"], true)],
        arms: vec![arm("control"), arm("car_t \"high\"")],
        seeds: vec![[1, 0], [0xdead_beef, 2]],
        cohort: Cohort::default(),
        observe: Observe {
            every_ticks: 6_000,
            columns: vec!["volume_um3"],
            quantiles: vec![],
            shells: None,
            cytometry: false,
        },
        snapshots: vec![0, 144_000],
        study: None,
        chosen: None,
    }
}

fn row(tissue: u32, tick: u32, cell_type: Option<u32>, statistic: &str, value: Option<f64>) -> StatisticRow {
    StatisticRow { tissue, tick, cell_type, statistic: statistic.into(), value }
}

fn rows() -> Vec<StatisticRow> {
    vec![
        row(0, 0, Some(0), "count", Some(3.0)),
        row(1, 0, Some(1), "volume_um3_mean", None),
        row(3, 600, None, "radius_of_gyration_um", Some(1.0 / 3.0)),
    ]
}

fn read(path: &Path) -> (Vec<ParquetRow>, Vec<(String, String)>) {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect();
    (rows, metadata.into_iter().map(|entry| (entry.key, entry.value.unwrap_or_default())).collect())
}

fn field<'a>(row: &'a ParquetRow, name: &str) -> &'a Field {
    row.get_column_iter().find(|(column, _)| *column == name).map(|(_, value)| value).unwrap()
}

fn text(text: &str) -> Field {
    Field::Str(text.into())
}

#[test]
fn series_reads_back_from_both_files() {
    let (scratch, plan) = (Scratch::new(), plan(Geometry::Tissue));
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut series = Series::create(&folder).unwrap();
    series.append(&plan, &rows()[..1]).unwrap();
    series.append(&plan, &rows()[1..]).unwrap();
    series.finish(&plan, "{\"schema\":1}").unwrap();

    let csv = fs::read_to_string(scratch.run().join("series.csv")).unwrap();
    let expected = "arm,replicate,time_h,cell_type,statistic,value\n\
                    control,1,0,tumour,count,3\n\
                    control,2,0,t_cell,volume_um3_mean,\n\
                    \"car_t \"\"high\"\"\",2,0.1,,radius_of_gyration_um,0.3333333333333333\n";
    assert_eq!(csv, expected);

    let (table, metadata) = read(&scratch.run().join("series.parquet"));
    assert!(metadata.contains(&("texpop".into(), "{\"schema\":1}".into())));
    let values: Vec<&Field> = table.iter().map(|row| field(row, "value")).collect();
    assert_eq!(values, [&Field::Double(3.0), &Field::Null, &Field::Double(1.0 / 3.0)]);
    assert_eq!(field(&table[2], "arm"), &text("car_t \"high\""));
    assert_eq!(field(&table[2], "replicate"), &Field::UInt(2));
    assert_eq!(field(&table[2], "time_h"), &Field::Double(0.1));
    assert_eq!((field(&table[2], "cell_type"), field(&table[0], "cell_type")), (&Field::Null, &text("tumour")));
}

#[test]
fn a_long_series_keeps_every_row() {
    let (scratch, plan) = (Scratch::new(), plan(Geometry::Tissue));
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut series = Series::create(&folder).unwrap();
    let report: Vec<StatisticRow> = (0..75_000).map(|i| row(0, i, None, "count", Some(f64::from(i)))).collect();
    for _ in 0..2 {
        series.append(&plan, &report).unwrap();
    }
    series.finish(&plan, "").unwrap();
    let reader = SerializedFileReader::new(File::open(scratch.run().join("series.parquet")).unwrap()).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [1 << 17, 150_000 - (1 << 17)]);
    assert_eq!(fs::read_to_string(scratch.run().join("series.csv")).unwrap().lines().count(), 150_001);
}

#[test]
fn what_is_not_finished_has_no_final_name() {
    let (scratch, plan) = (Scratch::new(), plan(Geometry::Tissue));
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut series = Series::create(&folder).unwrap();
    series.append(&plan, &rows()).unwrap();
    let mut snapshots = Snapshots::new(&folder, "", 2);
    snapshots.append(&plan, 0, &cells(), 0).unwrap();
    let hidden = fs::read_to_string(scratch.run().join(".series.csv.texpop-0.tmp")).unwrap();
    assert_eq!(hidden.lines().count(), 4, "whole reports are on disk while the run goes on");
    assert_eq!(folder.files(), [""; 0]);
    drop((series, snapshots));
    assert_eq!(names(&scratch.run()), ["cells"]);
    assert_eq!(names(&scratch.run().join("cells")), [""; 0]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let scratch = Scratch::new();
    fs::write(scratch.run(), "").unwrap();
    assert_eq!(RunFolder::create(&scratch.run(), true).unwrap_err().exit_code(), 2);
    let below = RunFolder::create(&scratch.run().join("deeper"), false).unwrap_err();
    assert_eq!(below.exit_code(), 1);
    assert!(below.to_string().contains("deeper"), "{below}");
}

/// A T cell attached to a tumour cell in tissue 0, and a dead tumour cell in tissue 1; slots not in order of ids.
fn cells() -> Cells {
    let mut cells = Cells::default();
    let kind = |phase: u32, fate: u32, cell_type: u32, tissue: u32| phase | fate << 8 | cell_type << 12 | tissue << 16;
    let position = |x: f32| [x, 2.0, 3.0, 2_000.0].map(f32::to_bits);
    let none = u32::MAX;
    let traits = [0.25f32, -1.0].map(f32::to_bits);
    let progress = [0, 7 | 3 << 6, traits[0], traits[1]];
    cells.push([position(-1.5), [0; 4], [0; 4], [9, 0, kind(0, 1, 0, 1), none], progress]);
    cells.push([position(10.0), [0; 4], [0; 4], [8, 1 << 31, kind(0, 0, 1, 0), 2], progress]);
    cells.push([position(20.0), [0; 4], [0; 4], [5, 0, kind(1, 0, 0, 0), none], progress]);
    cells
}

#[test]
fn snapshots_of_two_batches_share_a_file() {
    let (scratch, plan) = (Scratch::new(), plan(Geometry::Tissue));
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut snapshots = Snapshots::new(&folder, "{}", 2);
    snapshots.append(&plan, 144_000, &cells(), 0).unwrap();
    snapshots.append(&plan, 144_000, &cells(), 2).unwrap();
    assert_eq!(folder.files(), ["cells/t000024.00h.parquet"]);

    let (table, _) = read(&scratch.run().join("cells/t000024.00h.parquet"));
    assert_eq!(table.len(), 6);
    let ids: Vec<&Field> = table[..3].iter().map(|row| field(row, "cell_id")).collect();
    assert_eq!(ids, [&Field::ULong(5), &Field::ULong(8 | 1 << 63), &Field::ULong(9)]);
    let effector = &table[4];
    assert_eq!(field(effector, "arm"), &text("car_t \"high\""));
    assert_eq!(field(effector, "replicate"), &Field::UInt(1));
    assert_eq!(field(effector, "cell_type"), &text("t_cell"));
    assert_eq!(field(effector, "attached_to"), &Field::ULong(5));
    assert_eq!(field(effector, "x_um"), &Field::Float(10.0));
    assert_eq!((field(effector, "hits"), field(effector, "divisions")), (&Field::UInt(7), &Field::UInt(3)));
    assert_eq!(field(effector, "trait_second"), &Field::Float(-1.0));
    let dead = &table[5];
    assert_eq!((field(dead, "fate"), field(dead, "phase")), (&text("apoptotic"), &Field::Null));
    assert_eq!((field(dead, "replicate"), field(dead, "attached_to")), (&Field::UInt(2), &Field::Null));
    assert_eq!(field(&table[0], "phase"), &text("S"));
}

#[test]
fn snapshots_at_close_times_have_different_names() {
    let (scratch, mut plan) = (Scratch::new(), plan(Geometry::Tissue));
    plan.snapshots = vec![6_000, 6_010];
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut snapshots = Snapshots::new(&folder, "", 1);
    for tick in plan.snapshots.clone() {
        snapshots.append(&plan, tick, &cells(), 0).unwrap();
    }
    assert_eq!(folder.files(), ["cells/t000001.0000h.parquet", "cells/t000001.0017h.parquet"]);
}

#[test]
fn the_manifest_tells_how_the_run_ended() {
    let (scratch, plan) = (Scratch::new(), plan(Geometry::Tissue));
    let folder = RunFolder::create(&scratch.run(), false).unwrap();
    let mut manifest = Manifest::new(&plan, "title = 1".into(), "llvmpipe", true).unwrap();
    let parsed = || -> serde_json::Value {
        serde_json::from_slice(&fs::read(scratch.run().join("manifest.json")).unwrap()).unwrap()
    };
    manifest.write(&folder).unwrap();
    assert_eq!((&parsed()["status"], &parsed()["finished"]), (&"running".into(), &serde_json::Value::Null));
    folder.write("series.csv", b"").unwrap();
    manifest.end("finished");
    manifest.write(&folder).unwrap();
    let ended = parsed();
    assert_eq!(ended["status"], "finished");
    assert_eq!(ended["files"], serde_json::json!(["manifest.json", "series.csv"]));
    assert_eq!(ended["replicates"][1], serde_json::json!({"replicate": 2, "seed": "00000002deadbeef"}));
    assert_eq!(ended["scenario_hash"], blake3::hash(b"title = 1").to_hex().to_string());
}
