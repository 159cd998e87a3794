//! Tables of the reference that are made from the code. `TEXPOP_BLESS=1 cargo test --release --test docs` rewrites them.
//!
//! A table stands between two comments, `<!-- made from the code: NAME -->` and `<!-- end -->`.

use crate::{book, page, root};
use clap::CommandFactory;
use texpop::cells::columns::{Group, column};
use texpop::cells::events::EVENTS;
use texpop::compile::OBSERVABLE;
use texpop::error::EXIT_CODES;
use texpop::outputs::vocabulary;
use texpop::plan::AGE;
use texpop::plan::cytometry;
use texpop::plan::treatment::parameter_paths::{FORCE_NAMES, Measure, Name, PAIR_NAMES, TYPE_NAMES};
use texpop::scenario::library;
use texpop::scenario::proteostasis::{Allowed, Mark, PARAMETERS, Parameter};

/// The text that stands under a name.
fn made(name: &str) -> String {
    match name {
        "parameters of proteostasis" => proteostasis(|it| it.mark != Mark::Condition),
        "conditions of proteostasis" => proteostasis(|it| it.mark == Mark::Condition),
        "parameters of a cell type" => named(&[of_names(TYPE_NAMES), of_names(FORCE_NAMES)].concat()),
        "parameters of an interaction" => named(&of_names(PAIR_NAMES)),
        "signals and behaviours" => format!("```text\n{}```\n", vocabulary::in_general()),
        "events" => table(&["statistic", "what it counts"], EVENTS.iter().map(|it| vec![code(it.1), it.2.into()])),
        "columns" => columns(),
        "constants of cytometry" => panel(),
        "library" => shipped(),
        "scenarios" => scenarios(),
        "exit codes" => {
            table(&["code", "meaning"], EXIT_CODES.iter().map(|it| vec![it.0.to_string(), it.1.to_owned()]))
        }
        "command line" => command_line(),
        _ => panic!("no table is called {name}"),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let cell = |text: &String| if text.is_empty() { " |".to_owned() } else { format!(" {text} |") };
    let line = |cells: &[String]| format!("|{}\n", cells.iter().map(cell).collect::<String>());
    let head: Vec<String> = head.iter().map(|it| (*it).to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    line(&head) + &rule + &rows.map(|row| line(&row)).collect::<String>()
}

fn proteostasis(is_of: fn(&Parameter) -> bool) -> String {
    let allowed = |it: &Parameter| match it.allowed {
        Allowed::NotNegative => "≥ 0",
        Allowed::Positive => "> 0",
        Allowed::Fraction => "0 to 1",
    };
    let mark = |it: &Parameter| match it.mark {
        Mark::Read => "read",
        Mark::General => "general",
        Mark::Calibrated => "calibrated",
        Mark::Assumed => "assumed",
        Mark::Condition => "condition",
    };
    let range = |it: &Parameter| it.plausible.map_or(String::new(), |(low, high)| format!("{low} to {high}"));
    let row = |it: &Parameter| {
        let words = [code(it.key()), it.symbol.into(), it.meaning.into(), it.written(it.default)];
        words.into_iter().chain([range(it), allowed(it).to_owned(), mark(it).to_owned()]).collect()
    };
    let head = ["key", "symbol", "meaning", "default", "plausible", "allowed", "source"];
    table(&head, PARAMETERS.iter().filter(|it| is_of(it)).map(row))
}

fn of_names<T>(names: &[Name<T>]) -> Vec<(&'static str, Measure)> {
    names.iter().map(|it| (it.0, it.1)).collect()
}

fn named(names: &[(&str, Measure)]) -> String {
    let allowed = |measure: Measure| match measure {
        Measure::Duration | Measure::HalfLife | Measure::Age => "> 0",
        Measure::Fraction => "0 to 1",
        _ => "≥ 0",
    };
    let row = |&(name, measure): &(&str, Measure)| {
        let words = measure.dimension().expected().replace('"', "`");
        let (kind, example) = words.split_once(" with a unit, such as ").unwrap();
        let value = if kind == "a number" { kind.to_owned() } else { format!("{kind}, such as {example}") };
        vec![code(name), value, allowed(measure).into()]
    };
    table(&["parameter", "value", "allowed"], names.iter().map(row))
}

fn columns() -> String {
    let needs = |group: Group| match group {
        Group::Every => "",
        Group::Proteostasis => "proteostasis",
        Group::Synapse => "proteostasis, and an interaction or secretion of such cells",
        Group::Surface => "immunogenicity",
    };
    let mut last = "";
    let rows = OBSERVABLE.iter().map(|name| {
        let Some(it) = column(name) else {
            assert_eq!(*name, AGE);
            return vec![
                code(name),
                "h".into(),
                "time since the cell entered or was born in a division".into(),
                "".into(),
            ];
        };
        // A meaning of "same" goes on with the one above.
        last = if it.meaning == "same" { last } else { it.meaning };
        vec![code(name), it.unit.to_owned(), last.to_owned(), needs(it.pack.group()).to_owned()]
    });
    table(&["column", "unit", "meaning", "needs"], rows.collect::<Vec<_>>().into_iter())
}

fn panel() -> String {
    let rows =
        cytometry::PANEL.iter().map(|(name, value, meaning)| vec![code(name), value.to_string(), (*meaning).into()]);
    table(&["constant", "value", "meaning"], rows)
}

fn shipped() -> String {
    let of_section = |section: &str| {
        let rows = library::of(section).map(|it| vec![code(it.name), it.summary().to_owned()]);
        format!("## `[{section}.NAME]`\n\n{}", table(&["name", "what it is"], rows))
    };
    library::sections().map(of_section).collect::<Vec<_>>().join("\n")
}

/// The scenarios, each with the first sentence of its file.
fn scenarios() -> String {
    let files = std::fs::read_dir(root().join("scenarios")).unwrap().map(|it| it.unwrap().file_name());
    let mut names: Vec<String> = files.map(|it| it.into_string().unwrap()).filter(|it| it.ends_with(".toml")).collect();
    names.sort();
    let row = |name: &String| {
        let text = page(&format!("scenarios/{name}"));
        let lines = text.lines().map_while(|line| line.strip_prefix("# "));
        let words = lines.collect::<Vec<_>>().join(" ");
        let end = [". ", "? "].iter().filter_map(|it| words.find(it)).min().map_or(words.len(), |it| it + 1);
        vec![code(&format!("scenarios/{name}")), words[..end].to_owned()]
    };
    table(&["scenario", "what it is"], names.iter().map(row))
}

/// The help of each command, at a width that does not depend on the terminal.
fn command_line() -> String {
    let mut program = texpop::cli::Cli::command().term_width(100);
    program.build();
    let help = |name: &str, command: &clap::Command| {
        let text = command.clone().term_width(100).render_long_help().to_string();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        format!("## `{name}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end())
    };
    let commands = program.get_subcommands().filter(|it| it.get_name() != "help");
    let commands = commands.map(|it| help(&format!("texpop {}", it.get_name()), it));
    std::iter::once(help("texpop", &program)).chain(commands).collect::<Vec<_>>().join("\n")
}

const OPEN: &str = "<!-- made from the code: ";
const CLOSE: &str = "<!-- end -->";

/// The page with its tables made anew, and how many there are.
fn renewed(text: &str) -> (String, usize) {
    let mut parts = text.split(OPEN);
    let mut page = parts.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for part in parts {
        let (name, rest) = part.split_once(" -->").unwrap();
        let (_, after) = rest.split_once(CLOSE).unwrap_or_else(|| panic!("table {name} has no end"));
        page += &format!("{OPEN}{name} -->\n\n{}\n{CLOSE}{after}", made(name));
        count += 1;
    }
    (page, count)
}

#[test]
fn tables_are_those_of_the_code() {
    let is_blessed = std::env::var_os("TEXPOP_BLESS").is_some();
    let mut count = 0;
    for name in book() {
        let text = page(&name);
        let (fresh, found) = renewed(&text);
        count += found;
        if is_blessed && fresh != text {
            std::fs::write(root().join(&name), &fresh).unwrap();
        }
        assert!(
            is_blessed || fresh == text,
            "{name} is out of date\n\nhint: TEXPOP_BLESS=1 cargo test --release --test docs rewrites its tables"
        );
    }
    assert_eq!(count, 12, "every table stands on one page");
}

/// The test above can fail: a default that has changed.
#[test]
fn a_stale_table_is_seen() {
    let text = page("docs/reference/proteostasis.md");
    let stale = text.replacen("| 6 /h |", "| 7 /h |", 1);
    assert_ne!(stale, text);
    assert_eq!(renewed(&stale).0, renewed(&text).0);
}
