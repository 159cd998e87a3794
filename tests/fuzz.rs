//! Texts that no person would write: no parser panics, hangs or takes memory beyond a limit, whatever it reads; and every
//! scenario that is accepted runs three steps on the twins.
//!
//! Inputs are those of `tests/corpus` and the shipped scenarios, and texts made from them by a seeded generator: bytes and
//! lines changed, doubled, left out, joined with those of others, and tokens that break parsers put in. More of them by
//! hand: `TEXPOP_FUZZ_INPUTS=1000000 cargo test --release --test fuzz -- --nocapture`; `TEXPOP_FUZZ_SEED` gives others.

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use texpop::cells::Cells;
use texpop::error::Result;
use texpop::plan::build::{build, faults, rules_table};
use texpop::plan::estimate::{Estimate, Limits};
use texpop::plan::{Geometry, Plan, table};
use texpop::random::philox;
use texpop::scenario;
use texpop::scenario::units::{self, Dimension};
use texpop::steps::batch::{self, Observer};
use texpop::steps::cpu::CpuEngine;
use texpop::steps::engine::Observation;

/// Counts what is allocated.
struct Counting;

static THERE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all is done by the allocator of the system; what is counted touches no memory of others.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let there = THERE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(there, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        THERE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A parser may take so much, and so long.
const MOST_BYTES: usize = 256 << 20;
const LONGEST: Duration = Duration::from_secs(20);
/// Accepted scenarios of more tissues, cells or voxels are not run.
const MOST_TISSUES: usize = 24;
const MOST_CELLS: u64 = 5_000;
const MOST_VOXELS: u64 = 50_000;

/// Name of the folder of its corpus, and what reads an input; Err says what is wrong with the program.
type Target = (&'static str, fn(&[u8]) -> std::result::Result<(), String>);

const TARGETS: [Target; 4] = [("scenario", scenario), ("quantity", quantity), ("cells", cells), ("rules", rules)];

fn quantity(input: &[u8]) -> std::result::Result<(), String> {
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

fn cells(input: &[u8]) -> std::result::Result<(), String> {
    for geometry in [Geometry::Tissue, Geometry::Layer, Geometry::Culture] {
        if let Ok(rows) = table::parse("cells.csv", input, &["tumour", "t_cell"], geometry) {
            let is_sound = rows.iter().all(|it| it.cell_type < 2 && it.position_um.iter().all(|x| x.is_finite()));
            if rows.is_empty() || !is_sound {
                return Err("accepted cells that are none".into());
            }
        }
    }
    Ok(())
}

fn rules(input: &[u8]) -> std::result::Result<(), String> {
    let lines = rules_table::parse(&String::from_utf8_lossy(input));
    let silent = lines.iter().find(|(_, rule)| rule.as_ref().err().is_some_and(String::is_empty));
    silent.map_or(Ok(()), |(line, _)| Err(format!("nothing is said of line {line}")))
}

fn scenario(input: &[u8]) -> std::result::Result<(), String> {
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

/// Three steps on the twins of what a small machine has room for.
fn runs(mut plan: Plan) -> std::result::Result<(), String> {
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
    let is_small = is_small && plan.tissue_count() <= MOST_TISSUES;
    if !is_small || plan.has_history() || !Estimate::new(&plan, &limits).is_ok_and(|it| few(&it)) {
        return Ok(());
    }
    plan.duration_ticks = plan.duration_ticks.min(3 * plan.clocks.movement_ticks);
    let tissues = 0..plan.tissue_count();
    let mut engine = CpuEngine::new(&plan, tissues.clone()).map_err(|error| error.to_string())?;
    batch::run(&plan, tissues, &mut engine, &mut Silent).map(drop).map_err(|error| format!("accepted, but: {error}"))
}

/// One deviate after the other.
struct Draws(u32, u32);

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.1 += 1;
        philox([self.0, 0xf022], [self.1, 0, 0, 0])[0] as usize % count.max(1)
    }
}

const TOKENS: [&str; 40] = [
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e-308",
    "nan",
    "inf",
    "-inf",
    "18446744073709551616",
    "4294967295",
    "0.1",
    "1e9",
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{0}",
    "µ",
    "\u{10ffff}",
    "0 min",
    "1e30 h",
    "-3 um",
    "1 um/min",
    "replicates = 9999999",
    "use = \"cd8_t_cell\"",
    "[arms.a]\n",
    "0 um^3",
    "1 tick",
    "#",
];

/// An input from two others.
fn changed(draws: &mut Draws, from: &[u8], other: &[u8]) -> Vec<u8> {
    let mut it = from.to_vec();
    for _ in 0..1 + draws.below(4) {
        let (at, length) = (draws.below(it.len() + 1), draws.below(12));
        let end = (at + length).min(it.len());
        match draws.below(9) {
            0 if at < it.len() => it[at] ^= 1 << draws.below(8),
            1 => drop(it.drain(at..end)),
            2 => {
                let part = it[at..end].to_vec();
                it.splice(at..at, part);
            }
            3 | 4 => {
                let token = TOKENS[draws.below(TOKENS.len())];
                it.splice(at..end, token.bytes());
            }
            5 => {
                // A number of its own length or so.
                let number = format!("{}", draws.below(2_000_000) as f64 / 1000.0);
                let start = it[at..].iter().position(u8::is_ascii_digit).map_or(it.len(), |place| at + place);
                let stop =
                    start + it[start..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
                it.splice(start..stop, number.bytes());
            }
            6 | 7 => {
                let lines: Vec<&[u8]> = it.split(|byte| *byte == b'\n').collect();
                let others: Vec<&[u8]> = other.split(|byte| *byte == b'\n').collect();
                let mut lines: Vec<Vec<u8>> = lines.into_iter().map(<[u8]>::to_vec).collect();
                let (place, line) = (draws.below(lines.len()), others[draws.below(others.len())].to_vec());
                match draws.below(3) {
                    0 => drop(lines.remove(place)),
                    1 => lines.insert(place, line),
                    _ => lines[place] = line,
                }
                it = lines.join(&b'\n');
            }
            _ => {
                let (from, length) = (draws.below(other.len()), draws.below(60));
                let part = other[from..(from + length).min(other.len())].to_vec();
                it.splice(at..at, part);
            }
        }
        it.truncate(20_000);
    }
    it
}

/// The texts of a corpus; of scenarios also the shipped ones.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/corpus").join(name)];
    if name == "scenario" {
        folders.push(root.join("scenarios"));
    }
    let files = |folder: &PathBuf| std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    let mut paths: Vec<PathBuf> = folders.iter().flat_map(files).filter(|it| it.is_file()).collect();
    paths.sort();
    assert!(paths.len() > 2, "no corpus of {name}");
    let texts = paths.iter().map(|path| std::fs::read(path).unwrap());
    // Studies make thousands of arms, which takes its time.
    texts.filter(|it| !String::from_utf8_lossy(it).contains("[study")).collect()
}

/// What is wrong with how the program takes an input.
fn fault((_, read): Target, input: &[u8]) -> Option<String> {
    let there = THERE.load(Ordering::Relaxed);
    MOST.store(there, Ordering::Relaxed);
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| read(input)));
    let (took, most) = (started.elapsed(), MOST.load(Ordering::Relaxed).saturating_sub(there));
    match outcome {
        Err(_) => Some("it panics".into()),
        Ok(Err(what)) => Some(what),
        Ok(Ok(())) if most > MOST_BYTES => Some(format!("it takes {} MiB", most >> 20)),
        Ok(Ok(())) if took > LONGEST => Some(format!("it takes {took:?}")),
        Ok(Ok(())) => None,
    }
}

fn variable(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().map_or(default, |it| it.parse().unwrap())
}

/// The check can fail: a target that panics, one that is wrong, one that takes too much.
fn faults_are_seen() {
    assert_eq!(fault(("a", |_| panic!("as it should")), b""), Some("it panics".into()));
    assert_eq!(fault(("b", |_| Err("wrong".into())), b""), Some("wrong".into()));
    let large = |_: &[u8]| {
        let much = vec![1u8; MOST_BYTES + (1 << 20)];
        if much[1 << 10] == 1 { Ok(()) } else { Err(String::new()) }
    };
    assert!(fault(("c", large), b"").is_some_and(|it| it.contains(" MiB")));
}

/// All in one test, which alone counts what it allocates.
#[test]
fn no_input_breaks_a_parser_or_the_first_steps() {
    faults_are_seen();
    let seed = variable("TEXPOP_FUZZ_SEED", 1);
    for target in TARGETS {
        let inputs = variable("TEXPOP_FUZZ_INPUTS", if target.0 == "scenario" { 2_000 } else { 20_000 });
        let (mut texts, mut draws) = (corpus(target.0), Draws(seed, 0));
        for text in &texts {
            assert_eq!(fault(target, text), None, "{}:\n{}", target.0, String::from_utf8_lossy(text));
        }
        let started = Instant::now();
        let whole = texts.len();
        for number in 0..inputs {
            let (from, other) = (draws.below(texts.len()), draws.below(texts.len()));
            let input = changed(&mut draws, &texts[from], &texts[other]);
            if let Some(what) = fault(target, &input) {
                panic!("{}, input {number}: {what}:\n{}", target.0, String::from_utf8_lossy(&input));
            }
            // Some changes are kept, and changed again.
            if draws.below(20) == 0 {
                if texts.len() < whole + 200 { texts.push(input) } else { texts[whole + draws.below(200)] = input }
            }
        }
        println!("{}: {inputs} inputs in {:.1} s", target.0, started.elapsed().as_secs_f64());
    }
}
