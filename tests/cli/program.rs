//! The program under test, folders to run it in, and what it left there.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A sound scenario that takes less than a second on the CPU twins.
pub const SMALL: &str = include_str!("small.toml");

/// A folder of its own with `small.toml` in it, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("texpop-cli-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let scratch = Scratch(path);
        scratch.write("small.toml", SMALL);
        scratch
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The program in this folder, with arguments parted by blanks.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_texpop"));
        command.current_dir(&self.0).args(arguments.split_whitespace());
        command
    }

    pub fn texpop(&self, arguments: &str) -> Ended {
        Ended::of(self.command(arguments))
    }

    /// A shell script in this folder, in which `$TEXPOP` is the program.
    pub fn bash(&self, script: &str) -> Ended {
        let mut command = Command::new("bash");
        command.current_dir(&self.0).env("TEXPOP", env!("CARGO_BIN_EXE_texpop")).args(["-c", script]);
        Ended::of(command)
    }

    /// A run that must end well.
    pub fn run(&self, arguments: &str) -> Ended {
        let ended = self.texpop(&format!("run {arguments}"));
        assert_eq!(ended.code, Some(0), "texpop run {arguments}\n{}", ended.stderr);
        ended
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn manifest(&self, folder: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(&format!("{folder}/manifest.json"))).unwrap()
    }

    /// Rows of `series.csv` and, which must be the same, of `series.parquet`.
    #[track_caller]
    pub fn equal_series(&self, folder: &str) -> Vec<String> {
        let csv = self.text(&format!("{folder}/series.csv"));
        let (header, lines) = csv.split_once('\n').unwrap();
        assert_eq!(header, "arm,replicate,time_h,cell_type,statistic,value");
        let file = File::open(self.path(&format!("{folder}/series.parquet"))).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| line(&row.unwrap())).collect();
        assert_eq!(rows, lines.lines().collect::<Vec<_>>());
        rows
    }

    /// Names below a folder, sorted, those that begin with a dot included.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.path(folder), "", &mut names);
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A row as the CSV file writes it.
fn line(row: &Row) -> String {
    let fields = row.get_column_iter().map(|(_, field)| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::UInt(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        other => panic!("{other:?} in a series"),
    });
    fields.collect::<Vec<_>>().join(",")
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &format!("{name}/"), names),
            false => names.push(name),
        }
    }
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(mut command: Command) -> Ended {
        Ended::from(command.output().unwrap())
    }

    /// Fails unless the program ended with this code and one error, which has all the parts.
    #[track_caller]
    pub fn refused(&self, code: i32, parts: &[&str]) {
        let said = &self.stderr;
        assert_eq!(self.code, Some(code), "{said}");
        let errors = said.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, 1, "one message is wanted:\n{said}");
        let missing: Vec<_> = parts.iter().filter(|part| !said.contains(**part)).collect();
        assert!(missing.is_empty(), "no {missing:?} in:\n{said}");
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(self.stdout, "", "stdout is for results");
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ended = Ended { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) };
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
        ended
    }
}

/// Whether there is a software adapter with strict numerics. None fails, unless `TEXPOP_TEST_NO_GPU=1` says that none is expected.
pub fn has_software() -> bool {
    let devices = Scratch::new().texpop("devices").stdout;
    let mut entries = devices.split("\n\n");
    let found = entries.any(|it| it.contains("software (--device software") && it.contains("strict      yes"));
    let excused = std::env::var_os("TEXPOP_TEST_NO_GPU").as_deref() == Some(OsStr::new("1"));
    assert!(found || excused, "no software adapter:\n{devices}");
    found
}

/// Values in the series of an arm's first replicate, in the order of time.
pub fn values(series: &str, arm: &str, cell_type: &str, statistic: &str) -> Vec<f64> {
    let rows = series.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let wanted = rows.filter(|row| (row[0], row[1], row[3], row[4]) == (arm, "1", cell_type, statistic));
    wanted.map(|row| row[5].parse().unwrap()).collect()
}

/// Every statistic at each time, by tissue and cell type.
pub fn by_group(series: &str) -> BTreeMap<(String, String), BTreeMap<String, Vec<f64>>> {
    let mut groups: BTreeMap<_, BTreeMap<_, Vec<f64>>> = BTreeMap::new();
    for row in series.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        if let Ok(value) = row[5].parse() {
            let group = (format!("{}/{}", row[0], row[1]), row[3].to_owned());
            groups.entry(group).or_default().entry(row[4].to_owned()).or_default().push(value);
        }
    }
    groups
}
