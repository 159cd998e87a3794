//! `texpop check --converge`: how far statistics move at finer steps.

use super::program::Scratch;
use texpop::verify::known::fields::left_after;

/// What decays does so to second order in the step; what nobody changes does not move.
#[test]
fn the_order_of_decay_is_seen() {
    let scratch = Scratch::new();
    let scenario = "duration = \"10 h\"\nreplicates = 2\n\
        [domain]\ngeometry = \"tissue\"\nsize = [\"80 um\", \"80 um\", \"80 um\"]\n\
        [mechanics]\nmethod = \"relaxation\"\n[clocks]\nmechanics = \"1 min\"\ncontacts = \"1 min\"\ncycle = \"6 min\"\nsubstrates = \"1 min\"\n\
        [diffusion]\ncycles = 8\n[substrates.factor]\ndiffusion = \"1000 um^2/min\"\ndecay = \"0.05 /min\"\ninitial = \"10 nM\"\n\
        [cell_types.tumour]\nvolume = \"2494 um^3\"\n[cell_types.tumour.cycle]\nmodel = \"none\"\n\
        [[place]]\ncell_type = \"tumour\"\ncount = 5\n";
    scratch.write("decay.toml", scenario);
    let ended = scratch.texpop("check decay.toml --device cpu --converge --until 20min");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let line = |name: &str| {
        let found = ended.stdout.lines().find(|line| line.split_whitespace().nth(1) == Some(name));
        found.unwrap_or_else(|| panic!("no {name} in\n{}", ended.stdout)).split_whitespace().collect::<Vec<_>>()
    };
    // Arm, statistic, three steps, voxel/2, the way from the first to the last step, its sign, the order.
    let mean = line("factor_mean");
    let value = |at: usize| mean[at].parse::<f64>().unwrap();
    // What the steps leave of 10 nM that lose λ dt in each.
    for (at, steps) in [(2, 20), (3, 40), (4, 80)] {
        let left = left_after(1.0 / f64::from(steps), 0.0, steps, 10.0);
        assert!((value(at) / left - 1.0).abs() < 1e-4, "{mean:?}: {left}");
    }
    let order = mean[8].parse::<f64>().unwrap();
    assert!((order - 2.0).abs() < 0.3, "{mean:?}");
    assert_eq!(line("tumour.count")[2..], ["5.0000", "5.0000", "5.0000", "5.0000", "0", "%", "0", "%"]);
    let head = ended.stdout.lines().find(|line| line.starts_with("arm ")).unwrap();
    assert!(head.contains("dt/4") && head.contains("voxel/2") && head.contains("order"), "{head}");
}

#[test]
fn the_shortest_step_cannot_be_cut() {
    let scratch = Scratch::new();
    let shortest = "small.toml --device cpu --set clocks.mechanics=0.6s --set clocks.contacts=0.6s";
    scratch
        .texpop(&format!("check {shortest} --converge"))
        .refused(2, &["cannot be cut in two", "multiples of 0.6 s", "2.4 s"]);
    let alone = scratch.texpop("check small.toml --until 6h");
    assert!(alone.code == Some(2) && alone.stderr.contains("--converge"), "{}", alone.stderr);
}
