//! Texts that no person would write: no parser panics, hangs or takes memory beyond a limit, whatever it reads; and every
//! scenario that is accepted runs three steps on the twins.
//!
//! Inputs are those of `tests/corpus` and the shipped scenarios, and texts made from them by a seeded generator: bytes and
//! lines changed, doubled, left out, joined with those of others, and tokens that break parsers put in. More of them by
//! hand: `TEXPOP_FUZZ_INPUTS=1000000 cargo test --release --test fuzz -- --nocapture`; `TEXPOP_FUZZ_SEED` gives others,
//! `TEXPOP_FUZZ_TARGET` those of one target alone. `cargo fuzz` has the same targets.

mod targets;

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use texpop::random::philox;

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
/// Name of the folder of its corpus, and what reads an input.
type Target = (&'static str, fn(&[u8]) -> targets::Checked);

/// With how many inputs each gets.
const TARGETS: [(Target, u32); 9] = [
    (("scenario", targets::scenario), 2_000),
    (("quantity", targets::quantity), 20_000),
    (("cells", targets::cells), 20_000),
    (("rules", targets::rules), 20_000),
    (("checkpoint", targets::checkpoint), 5_000),
    (("journal", targets::journal), 100),
    (("manifest", targets::manifest), 200),
    (("ranking", targets::ranking), 2_000),
    (("snapshot", targets::snapshot), 100),
];

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
    texts.filter(|it| name != "scenario" || !String::from_utf8_lossy(it).contains("[study")).collect()
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

/// Inputs of tens of megabytes, made so that what is read of them is many times larger.
fn large_inputs_take_no_more(only: Option<&str>) {
    const MANY: usize = 24 << 20;
    let zeros = "0,".repeat(MANY / 2);
    let header = format!("{{\"__metadata__\":{{\"a\":[{}0]}}}}", "0,".repeat(60 << 20));
    let own = "{\"format\":\"texpop checkpoint\",\"version\":\"2\",\"blake3\":\"\",\"description\":";
    let described = |text: &str| format!("{{\"__metadata__\":{own}\"{text}\"}}}}");
    let checkpoint = |header: &str| [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    let file = ("checkpoint", targets::checkpoint_file as fn(&[u8]) -> targets::Checked);
    let manifest = ("manifest", targets::manifest as fn(&[u8]) -> targets::Checked);
    let ranking = ("ranking", targets::ranking as fn(&[u8]) -> targets::Checked);
    let heading = "outcome,rank,arm\n";
    let inputs = [
        (file, checkpoint(&header)),
        (file, checkpoint(&format!("{{\"__metadata__\":[{}0]}}", "0,".repeat(15 << 20)))),
        (file, checkpoint(&described(&format!("[{}0]", "[],".repeat(10 << 20))))),
        (file, checkpoint(&described(&"x".repeat(31 << 20)))),
        (manifest, format!("{{\"arms\":[{zeros}0]}}").into_bytes()),
        (manifest, format!("{{\"arms\":[{}0]}}", "0,".repeat(500_000)).into_bytes()),
        (manifest, format!("{{\"arms\":{{{}\"\":0}}}}", "\"a\":0,".repeat(200_000)).into_bytes()),
        (manifest, format!("{{\"title\":\"{}\"}}", "\\\"".repeat(MANY / 2)).into_bytes()),
        (manifest, "[".repeat(MANY).into_bytes()),
        (ranking, ",".repeat(7 << 20).into_bytes()),
        (ranking, format!("{heading}{}", ",,\n".repeat(2 << 20)).into_bytes()),
        (ranking, format!("{heading}\"{}\",1,a\n", "<".repeat(7 << 20)).into_bytes()),
        (ranking, vec![b'x'; 100 << 20]),
    ];
    for (number, (target, input)) in inputs.iter().enumerate().filter(|it| only.is_none_or(|only| it.1.0.0 == only)) {
        assert_eq!(fault(*target, input), None, "large input {number}, of {}", target.0);
    }
}

/// All in one test, which alone counts what it allocates.
#[test]
fn no_input_breaks_a_parser_or_the_first_steps() {
    faults_are_seen();
    let seed = variable("TEXPOP_FUZZ_SEED", 1);
    let only = std::env::var("TEXPOP_FUZZ_TARGET").ok();
    large_inputs_take_no_more(only.as_deref());
    for (target, inputs) in TARGETS.into_iter().filter(|it| only.as_ref().is_none_or(|only| it.0.0 == only)) {
        let inputs = variable("TEXPOP_FUZZ_INPUTS", inputs);
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
