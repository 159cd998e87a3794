//! Cytokines that T cells secrete as they are able: amounts from molecules, and what cells sense of them.

use crate::field::*;
use crate::fixture::*;
use texpop::cells::Cells;
use texpop::cells::columns::{Fate, column};
use texpop::compile::build;
use texpop::engine::graph::Stage;
use texpop::plan::*;
use texpop::scenario;

/// A T cell of a box in which nothing decays; `il_2` is given in ng/mL, `ifn_gamma` by no level at all.
const SCENARIO: &str = r#"
duration = "1 h"
preset = "coarse"
[domain]
geometry = "tissue"
size = ["100 um", "100 um", "100 um"]
[substrates.ifn_gamma]
diffusion = "3000 um^2/min"
[substrates.il_2]
diffusion = "6000 um^2/min"
initial = "0 ng/mL"
[cell_types.a_tumour]
volume = "2000 um^3"
immunogenicity = { ifn_gamma = "ifn_gamma" }
[cell_types.t_cell]
volume = "500 um^3"
proteostasis = {}
cytokines = { ifn_gamma = "ifn_gamma", il2 = "il_2", il2_half = "0.31 nM" }
[[place]]
cell_type = "t_cell"
count = 1
"#;

fn planned() -> Plan {
    build(&scenario::from_text("cytokines.toml", SCENARIO, &[]).unwrap()).unwrap()
}

#[test]
fn molecules_become_levels_in_the_unit_of_the_substrate() {
    let plan = planned();
    let [tumour, t_cell] = plan.arms[0].parameters.types[..] else { panic!("two types") };
    let kinds: Vec<&str> = plan.substrates.as_ref().unwrap().list.iter().map(|it| it.kind.unit()).collect();
    assert_eq!((kinds, t_cell.ifn_gamma, t_cell.il2, tumour.inducer), (vec!["nM", "ng/mL"], 1, 2, 1));
    let near = |got: f32, expected: f64| assert!((f64::from(got) / expected - 1.0).abs() < 1e-5, "{got}, {expected}");
    // 1 nM is 1e-9 · 6.022e23 molecules in 1e15 um³; 1 nM of 15.5 kDa is 15.5 ng/mL.
    near(t_cell.ifn_gamma_um3_per_min, 30.0 * 60.0 / 0.602_214_076);
    near(t_cell.il2_um3_per_min, 10.0 * 60.0 / 0.602_214_076 * 15.5);
    near(t_cell.il2_half, 0.31 * 15.5);
    near(tumour.inducer_half, 0.1);
    assert!(plan.has_synapses() && plan.has_cytokines() && plan.has_immunogenicity());
}

/// Two T cells in one voxel and one in another, with such cytokine capacities, signals and releases.
const CELLS: [([f32; 3], f32, f32, f32); 3] =
    [([13.0, 11.0, -30.0], 0.5, 0.4, 0.3), ([17.0, 15.0, -22.0], 0.9, 0.8, 0.1), ([-40.0, 11.0, 30.0], 0.2, 1.0, 0.6)];

/// Amounts after so many steps of a minute: q Y Sf t and q J t, whatever is there already.
fn secreted(on: On, &[ifn_gamma, il2]: &[f32; 2]) -> Verdict {
    let mut plan = planned();
    let own = &mut plan.arms[0].parameters.types[1];
    (own.ifn_gamma_um3_per_min, own.il2_um3_per_min) =
        (own.ifn_gamma_um3_per_min * ifn_gamma, own.il2_um3_per_min * il2);
    let mut cells = Cells::default();
    for (id, (place, ..)) in CELLS.into_iter().enumerate() {
        cells.push(cell(id as u32, 1, Fate::Live, place, 500.0));
    }
    // One that has died secretes nothing.
    cells.push(cell(9, 1, Fate::Apoptotic, CELLS[0].0, 500.0));
    let of_all = |of: fn(f32, f32, f32) -> [f32; 4]| -> Vec<[f32; 4]> {
        CELLS.into_iter().chain([CELLS[0]]).map(|(_, able, signal, release)| of(able, signal, release)).collect()
    };
    cells.capacity = of_all(|able, _, _| [0.0, 0.0, able, 0.0]);
    cells.synapse = of_all(|_, signal, release| [0.0, signal, 0.0, release]);
    (cells.protein, cells.response) = (vec![[0.0; 4]; 4], vec![[0.0; 4]; 4]);
    (cells.programme, cells.signal) = (vec![[0.0; 4]; 4], vec![[0; 4]; 4]);
    cells.variation = vec![[0; 4]; 4];
    let stages = [Stage::Exchange, Stage::Secrete, Stage::Diffusion, Stage::Balance];
    let (levels, cells) = with_engine(on, &plan, 0..1, &cells, |engine| {
        (0..100).for_each(|_| engine.step(0, &stages).unwrap());
        engine.step(0, &[Stage::SenseIl2]).unwrap();
        (engine.concentration().unwrap(), engine.cells().unwrap())
    });
    let total = |lane: usize| levels.iter().map(|it| f64::from(it[lane])).sum::<f64>() * 8000.0;
    let able: f64 = CELLS.iter().map(|it| f64::from(it.1 * it.2)).sum();
    let release: f64 = CELLS.iter().map(|it| f64::from(it.3)).sum();
    let molecules = [30.0 * able, 10.0 * release].map(|per_s| per_s * 6000.0);
    close("IFN-gamma in molecules", total(0) * 0.602_214, molecules[0], 0.01 * molecules[0])?;
    close("IL-2 in molecules", total(1) / 15.5 * 0.602_214, molecules[1], 0.01 * molecules[1])?;
    // A voxel of the grid is 20 um wide.
    let [x, y, z] = CELLS[0].0.map(|it| ((it + 50.0) / 20.0) as usize);
    let level = f64::from(levels[(z * 5 + y) * 5 + x][1]);
    let met = cells.value(column("il2_met").unwrap(), 0) / 65_535.0;
    close("IL-2 signal", met, level / (level + 0.31 * 15.5), 1e-5)
}

#[test]
fn t_cells_secrete_as_they_are_able_and_stimulated() {
    on_both(|on| {
        kept_and_broken(on, secreted, &[1.0, 1.0], &[1.1, 1.0]);
        kept_and_broken(on, secreted, &[1.0, 1.0], &[1.0, 1.1]);
    });
}

#[test]
fn faults_of_cytokines_and_immunogenicity_are_told_with_a_way_out() {
    for (from, to, part, hint) in [
        ("ifn_gamma = \"ifn_gamma\" }", "ifn_gamma = \"ifng\" }", "unknown substrate `ifng`", "ifn_gamma"),
        (
            "ifn_gamma = \"ifn_gamma\" }",
            "ifn_gamma_half = \"1 nM\" }",
            "no meaning without ifn_gamma",
            "name a substrate",
        ),
        ("ifn_gamma = \"ifn_gamma\" }", "antigen = 1.2 }", "it must be between 0 and 1", ""),
        ("ifn_gamma = \"ifn_gamma\" }", "mhc = 0.4 }", "unknown key `mhc`", "did you mean `mhc1`?"),
        ("initial = \"0 ng/mL\"", "initial = \"1 mmHg\"", "molecules cannot be counted", "nM or ng/mL"),
        ("\"0.31 nM\"", "\"0 nM\"", "il2_half must be a concentration above 0", "such as"),
        ("\"0.31 nM\"", "0.31", "il2_half must be a concentration above 0", "such as"),
        ("proteostasis = {}\n", "", "t_cell has no proteostasis", "[cell_types.t_cell.substrates]"),
        (
            "[domain]",
            "[clocks]\ncontacts = \"2 min\"\nproteostasis = \"15 min\"\n[domain]",
            "the clock proteostasis, 15 min, is not a multiple of contacts, 2 min",
            "whole contact steps",
        ),
        ("proteostasis = {}\n", "proteostasis = {}\nimmunogenicity = { pd_l1_time = \"0 h\" }\n", "more than 0", ""),
    ] {
        assert!(SCENARIO.contains(from), "{from}");
        let text = SCENARIO.replacen(from, to, 1);
        let read = scenario::from_text("cytokines.toml", &text, &[]).and_then(|it| build(&it)).map(|_| ());
        let told = read.expect_err(to).to_string();
        assert!(told.contains(part) && told.contains(hint), "{to}: {told}");
    }
    let without = SCENARIO.replace("immunogenicity = { ifn_gamma = \"ifn_gamma\" }\n", "");
    let asked = format!("{without}[statistics]\ncolumns = [\"pd_l1\", \"tcr_signal\"]\n");
    let read = scenario::from_text("cytokines.toml", &asked, &[]).and_then(|it| build(&it));
    let told = read.map(|_| ()).expect_err("no type has it").to_string();
    assert!(told.contains("pd_l1 is asked for, but no cell type has immunogenicity"), "{told}");
}
