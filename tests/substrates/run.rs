//! A whole run: its ledger of substrates, sound and falsified, and the fields that it writes.

use crate::fixture::*;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::path::PathBuf;
use texpop::cells::Cells;
use texpop::compile::build;
use texpop::device::Choice;
use texpop::engine::interface::Observation;
use texpop::error::{Error, Result};
use texpop::measure::{MassBalance, Stock};
use texpop::outputs::LogFormat;
use texpop::outputs::checkpoint::Cadence;
use texpop::plan::Plan;
use texpop::run::capacity::Share;
use texpop::run::{Order, run};
use texpop::scenario::{self, Given};
use texpop::simulation::batch::{self, Observer};

const SCENARIO: &str = include_str!("tissue.toml");
const TISSUES: usize = 2;

fn planned() -> Plan {
    build(&scenario::from_text("tissue.toml", SCENARIO, &[]).unwrap()).unwrap()
}

/// Falsifies stocks of a tick.
type Falsify = fn(u32, &mut [Stock]);

/// Watches the ledger of a run, whose stocks may be falsified on their way.
struct Watch<'a> {
    plan: &'a Plan,
    falsify: Falsify,
    ledger: MassBalance,
    /// Of each report.
    stocks: Vec<Vec<Stock>>,
    levels: Vec<Vec<[f32; 4]>>,
}

impl Observer for Watch<'_> {
    fn observed(&mut self, mut observation: Observation) -> Result<()> {
        (self.falsify)(observation.tick, &mut observation.stocks);
        self.stocks.push(observation.stocks.clone());
        self.ledger.check(self.plan, &observation.stocks, observation.tick, 0..TISSUES as u32)
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn levels(&mut self, _tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        self.levels.push(levels.to_vec());
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

fn watched<'a>(on: On, plan: &'a Plan, falsify: Falsify) -> (Result<()>, Watch<'a>) {
    let mut watch = Watch { plan, falsify, ledger: MassBalance::default(), stocks: vec![], levels: vec![] };
    let ended =
        with_engine(on, plan, 0..TISSUES, &Cells::default(), |engine| batch::run(plan, 0..TISSUES, engine, &mut watch));
    (ended.map(|_| ()), watch)
}

/// Substrates by number, in the order of their names.
const OXYGEN: usize = 3;
const REST: usize = 4;

/// Levels that fall or jump in the first steps: diffusion in um²/min, decay in 1/min, level at the start, boundary.
const JUMPS: [(&str, &str, f32, &str); 9] = [
    ("1e5", "0.01", 5.0, "boundary = \"fixed\"\nboundary_value = 0"),
    ("1e3", "0.3", 5.0, "boundary = \"fixed\"\nboundary_value = 0"),
    ("1e5", "2", 5.0, ""),
    ("10", "2.9", 5.0, ""),
    (
        "1e5",
        "0.1",
        0.0,
        "boundary = \"fixed\"\nboundary_value = 38\n[cell_types.cell.substrates.it]\nuptake = \"10 /min\"",
    ),
    ("1e5", "0.1", 0.0, "quasi_steady = true\nboundary = \"fixed\"\nboundary_value = 38"),
    ("1e5", "0.1", 38.0, "quasi_steady = true\nboundary = \"fixed\"\nboundary_value = 3.8\n[diffusion]\ncycles = 4"),
    // Nothing comes in: all is gone at once.
    ("239", "0.0056", 0.034, "quasi_steady = true\n[cell_types.cell.substrates.it]\nuptake = \"4.7 /min\""),
    (
        "1e3",
        "0.016",
        0.0,
        "[cell_types.cell.substrates.it]\nsecretion = \"10 /min\"\ntarget = 1\n[diffusion]\ncycles = 1",
    ),
];

/// Two reports a step or two apart, so that little else hides what a step leaves open.
#[test]
fn amounts_balance_where_levels_fall_or_jump_at_any_step() {
    for (diffusion, decay, initial, rest) in JUMPS {
        for clock_s in [3, 60, 600] {
            let every_min = 0.05 * f64::from(clock_s);
            let text = format!(
                "duration = \"{} min\"\npreset = \"coarse\"\nreplicates = {TISSUES}\n\
                 [clocks]\nmechanics = \"{} s\"\nsubstrates = \"{clock_s} s\"\n\
                 [statistics]\nevery = \"{every_min} min\"\n[domain]\ngeometry = \"tissue\"\n\
                 size = [\"200 um\", \"200 um\", \"150 um\"]\n[cell_types.cell]\nvolume = \"2494 um^3\"\n\
                 [[place]]\ncell_type = \"cell\"\nregion = \"ball\"\nradius = \"80 um\"\ncount = 100\n\
                 [substrates.it]\ndiffusion = \"{diffusion} um^2/min\"\ndecay = \"{decay} /min\"\ninitial = {initial}\n{rest}\n",
                5.0 * every_min,
                clock_s.min(60),
            );
            let plan = build(&scenario::from_text("jumps.toml", &text, &[]).unwrap()).unwrap();
            let devices = if clock_s == 60 && has_adapter() { vec![On::Twin, on_adapter()] } else { vec![On::Twin] };
            for on in devices {
                let (ended, watch) = watched(on, &plan, |_, _| ());
                ended.unwrap_or_else(|error| panic!("{on:?}, {diffusion}, {decay}, {clock_s} s: {error}"));
                assert_eq!(watch.stocks.len(), 6);
                assert!(watch.stocks.iter().flatten().all(|it| it.least >= 0.0), "{on:?}, {diffusion}, {decay}");
            }
        }
    }
}

#[test]
fn the_ledger_of_a_run_balances() {
    let plan = planned();
    let substrates = &plan.substrates.as_ref().unwrap().list;
    on_both(|on| {
        let (ended, watch) = watched(on, &plan, |_, _| ());
        ended.unwrap();
        assert_eq!(watch.stocks.len(), 21);
        for (number, it) in substrates.iter().enumerate() {
            let off = watch.stocks.windows(2).map(|pair| {
                let (before, after) = (&pair[0][number], &pair[1][number]);
                let gain = after.turned_over.gain() - before.turned_over.gain();
                let change = if it.is_quasi_steady { 0.0 } else { after.content - before.content };
                let turned = after.turned_over.secreted + after.turned_over.taken_up
                    - before.turned_over.secreted
                    - before.turned_over.taken_up;
                ((gain - change).abs(), turned, after.content)
            });
            let (most, turned, content) = off.fold((0.0f64, 0.0, 0.0), |a, b| (a.0.max(b.0), a.1 + b.1, b.2));
            println!(
                "{on:?}: {}: at most {most:.2e} unaccounted for in a minute, turned over {turned:.2e}, content {content:.2e}",
                it.name
            );
            assert!(content > 0.0 && (turned > 0.0), "{}", it.name);
        }
        assert!(watch.stocks.iter().flatten().all(|it| it.least >= 0.0));
    });
}

#[test]
fn a_falsified_ledger_stops_the_run() {
    let plan = planned();
    let falsified: [(Falsify, &str); 4] = [
        (
            |tick, it| it[REST].content *= if tick == 500 { 1.1 } else { 1.0 },
            "replicate 1, substrate rest: amounts do not balance",
        ),
        (
            |tick, it| it[5 + REST].content *= if tick >= 500 { 0.9 } else { 1.0 },
            "replicate 2, substrate rest: amounts",
        ),
        (|_, it| it[OXYGEN].turned_over.taken_up *= 1.1, "replicate 1, substrate oxygen: amounts do not balance"),
        (|_, it| it[5 + OXYGEN].turned_over.supplied *= 0.9, "replicate 2, substrate oxygen: amounts"),
    ];
    on_both(|on| {
        for (falsify, expected) in falsified {
            let (ended, watch) = watched(on, &plan, falsify);
            let Err(Error::Tissue(_, said)) = ended else { panic!("{on:?}: {ended:?}") };
            assert!(said.contains(expected) && said.contains("it is a fault of the program"), "{said}");
            assert!(watch.stocks.len() < 21, "the run goes on no longer");
        }
    });
}

/// A folder of its own under the system's temporary one, removed at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Rows of a file of fields: replicate, place, and the levels of all substrates.
fn read(path: &std::path::Path) -> Vec<(u32, [f32; 3], Vec<f32>)> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let float = |field: &Field| if let Field::Float(it) = field { *it } else { panic!("{field:?}") };
    let row = |row: parquet::record::Row| {
        let columns: Vec<(&String, &Field)> = row.get_column_iter().collect();
        let names: Vec<&str> = columns.iter().map(|it| it.0.as_str()).collect();
        let expected = ["arm", "replicate", "x_um", "y_um", "z_um", "drug", "factor", "nutrient", "oxygen", "rest"];
        assert_eq!((names, columns[0].1), (expected.to_vec(), &Field::Str("base".into())));
        let Field::UInt(replicate) = columns[1].1 else { panic!("{:?}", columns[1]) };
        let value = |number: usize| float(columns[number].1);
        (*replicate, [value(2), value(3), value(4)], (5..10).map(value).collect())
    };
    reader.get_row_iter(None).unwrap().map(|it| row(it.unwrap())).collect()
}

/// Whether rows hold the levels of an engine, voxel by voxel, at the places of the voxels' middles.
fn same(rows: &[(u32, [f32; 3], Vec<f32>)], plan: &Plan, levels: &[[f32; 4]]) -> Verdict {
    let substrates = plan.substrates.as_ref().unwrap();
    let (grid, count) = (substrates.grid, substrates.grid.voxel_count());
    if rows.len() != TISSUES * count {
        return Err(format!("{} rows", rows.len()));
    }
    for (number, (replicate, place_um, values)) in rows.iter().enumerate() {
        let (tissue, voxel) = (number / count, (number % count) as u32);
        let [nx, ny, _] = grid.voxels;
        let at = [voxel % nx, voxel / nx % ny, voxel / nx / ny];
        if *replicate as usize != tissue + 1 {
            return Err(format!("row {number}: replicate {replicate}"));
        }
        for axis in 0..3 {
            let middle_um = (f64::from(at[axis]) + 0.5) * f64::from(grid.voxel_um[axis])
                - 0.5 * f64::from(plan.domain.size_um[axis]);
            close(&format!("row {number}, place along axis {axis}"), f64::from(place_um[axis]), middle_um, 1e-3)?;
        }
        for (substrate, value) in values.iter().enumerate() {
            let level = levels[substrates.place(substrate / 4, tissue, TISSUES, at)][substrate % 4];
            if value.to_bits() != level.to_bits() {
                return Err(format!("row {number}, substrate {substrate}: {value} against {level}"));
            }
        }
    }
    Ok(())
}

#[test]
fn fields_are_the_levels_of_the_engine() {
    let plan = planned();
    let (_, watch) = watched(On::Twin, &plan, |_, _| ());
    assert_eq!(watch.levels.len(), 2);
    // In one batch of two tissues, and in two of one.
    for most_tissues in [None, Some(1)] {
        let folder =
            Scratch(std::env::temp_dir().join(format!("texpop-fields-{}-{most_tissues:?}", std::process::id())));
        let order = Order {
            given: Given::default(),
            plan: planned(),
            trunk: None,
            scenario: serde_json::Value::Null,
            device: Choice::Cpu,
            share: Share { tissues: most_tissues, bytes: None },
            output: folder.0.clone(),
            force: true,
            log: LogFormat::Text,
            cadence: Cadence::default(),
            is_checked: false,
        };
        run(order).unwrap();
        for (name, levels) in ["t000000.00h", "t000000.33h"].into_iter().zip(&watch.levels) {
            let mut rows = read(&folder.0.join(format!("fields/{name}.parquet")));
            same(&rows, &plan, levels).unwrap();
            let moved = &mut rows[777].2[3];
            *moved = f32::from_bits(moved.to_bits() + 1);
            same(&rows, &plan, levels).expect_err("a bit is seen");
        }
        let series = std::fs::read_to_string(folder.0.join("series.csv")).unwrap();
        for (number, it) in plan.substrates.as_ref().unwrap().list.iter().enumerate() {
            let taken_up = watch.stocks.last().unwrap()[number].turned_over.taken_up;
            let row = series
                .lines()
                .find(|line| line.starts_with("base,1,0.333") && line.contains(&format!("{}_taken_up", it.name)));
            let value: f64 = row.unwrap().rsplit(',').next().unwrap().parse().unwrap();
            assert_eq!(value, taken_up, "{}", it.name);
        }
    }
}
