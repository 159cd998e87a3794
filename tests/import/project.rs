//! A small project of our own in a folder that is removed at the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use texpop::compile::build;
use texpop::import::{Request, import};
use texpop::plan::Plan;
use texpop::scenario::load;

/// Settings with two cell types, two substrates, cells and rules, all of which can be carried over.
pub const SETTINGS: &str = include_str!("settings.xml");

pub const RULES: &str = "tumour,oxygen,increases,cycle entry,0.003,21.5,4,0\n\
    // a remark\n\
    tumour,pressure,decreases,cycle entry,0,1,4,0\n\
    tumour,damage,increases,apoptosis,0.02,12,4,0\n\
    tumour,dead,increases,debris secretion,0.02,0.1,10,1\n\
    killer,contact with dead cells,decreases,attack tumour,0,0.5,4,0\n";

pub const CELLS: &str = "x,y,z,type\n10,20,0,tumour\n-30,40,0,killer\n15,-25,0,tumour\n";

/// A project folder.
pub struct Project(PathBuf);

impl Project {
    /// The small project, with other settings.
    pub fn with(settings: &str) -> Project {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("texpop-import-{}-{number}", std::process::id()));
        fs::create_dir_all(path.join("config")).unwrap();
        let project = Project(path);
        project.write("config/settings.xml", settings);
        project.write("config/rules.csv", RULES);
        project.write("config/cells.csv", CELLS);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Imports it to `model.toml`; what was said, or the message of the failure.
    pub fn import(&self, is_partial: bool) -> Result<String, String> {
        let request = Request {
            settings: self.path("config/settings.xml"),
            output: self.path("model.toml"),
            is_partial,
            force: false,
        };
        import(&request).map_err(|error| {
            assert_eq!(error.exit_code(), 2, "{error}");
            error.to_string()
        })
    }

    /// The imported scenario as a plan.
    pub fn plan(&self) -> Plan {
        let scenario = load(&self.path("model.toml"), &[]).unwrap_or_else(|error| panic!("{error}"));
        build(&scenario).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The imported scenario as a table.
    pub fn table(&self) -> toml::Table {
        toml::from_str(&self.read("model.toml")).unwrap()
    }

    /// Exit code, standard output and error of the program in this folder.
    pub fn texpop(&self, arguments: &str) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_texpop"));
        let ended = command.current_dir(&self.0).args(arguments.split_whitespace()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The value at a path of a table.
pub fn at<'a>(table: &'a toml::Table, path: &str) -> &'a toml::Value {
    let mut parts = path.split('.');
    let first = parts.next().and_then(|it| table.get(it)).unwrap_or_else(|| panic!("no {path}"));
    parts.fold(first, |value, part| {
        match part.parse::<usize>() {
            Ok(number) => value.get(number),
            Err(_) => value.get(part),
        }
        .unwrap_or_else(|| panic!("no {part} of {path}"))
    })
}
