//! `texpop verify`: device, version, table or JSON, and exit code 1 where something does not hold.

use super::program::{Scratch, has_software};

#[test]
fn what_holds_is_told_as_a_table_and_as_json() {
    let scratch = Scratch::new();
    let table = scratch.texpop("verify --device cpu --only decay,stages");
    assert_eq!(table.code, Some(0), "{}", table.stderr);
    let version = format!("texpop {}, CPU twins", env!("CARGO_PKG_VERSION"));
    for part in [&version, "what decay of 0.01 /min leaves", "90483.7", "holds", "not run", "2 of 2 cases"] {
        assert!(table.stdout.contains(part), "no {part} in\n{}", table.stdout);
    }
    let json = scratch.texpop("verify --device cpu --only decay --json");
    let all: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((all["verdict"].as_str(), all["cases"][0]["case"].as_str()), (Some("holds"), Some("decay")));
    let reading = &all["cases"][0]["readings"][0];
    assert_eq!((reading["expected"].as_f64(), reading["verdict"].as_str()), (Some(90_483.7), Some("holds")));
    scratch.texpop("verify --device cpu --only decays").refused(2, &["no case `decays`", "two_cells"]);
}

#[test]
fn a_broken_kernel_ends_with_exit_code_1() {
    if !has_software() {
        return;
    }
    let scratch = Scratch::new();
    let mut command = scratch.command("verify --device software --only two_cells --alter mechanics");
    let output = command.args(["1.5 * now", "1.4 * now"]).output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(out.contains("FAILS") && out.contains("driver") && out.contains("strict numerics"), "{out}");
    assert!(err.contains("1 of 1 cases do not hold on this device: two_cells"), "{err}");
}
