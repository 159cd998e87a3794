//! Faults of treatments, each with its place and a way out; and the names that conditions may use.

use texpop::cells::Cells;
use texpop::compile::build;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::measure::{Layout, measure, rows, with_concentrations};
use texpop::scenario;
use texpop::simulation::batch::{self, Observer};

const GOOD: &str = include_str!("treatments/course.toml");

fn read(text: &str) -> Result<texpop::plan::Plan, String> {
    let read = scenario::from_text("course.toml", text, &[]).and_then(|it| build(&it));
    read.map_err(|error| {
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    })
}

/// Line to change, what it becomes, part of the message, part of the hint.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    // Doses.
    ("drug = \"antibody\"", "drug = \"antibodi\"", "unknown drug `antibodi`", "did you mean `antibody`?"),
    ("amount = \"200 mg\"", "amount = \"-200 mg\"", "`doses.0.amount` is \"-200 mg\"", "more than 0"),
    ("amount = \"200 mg\"", "amount = \"200 um\"", "`200 um` is not an amount", "such as \"200 mg\""),
    ("amount = \"200 mg\"", "amount = \"200\"", "`200` is not an amount", "such as \"200 mg\""),
    ("amount = \"200 mg\"", "amount = \"200 mgs\"", "unknown unit `mgs`", "known units"),
    ("amount = \"200 mg\"", "amount = \"3 mg/kg\"", "needs the weight of the body", "add body_weight"),
    ("amount = \"200 mg\"", "amount = \"3 nmol\"", "masses and moles", "add molar_mass"),
    ("amount = \"200 mg\"", "concentration = \"1 uM\"", "masses and moles", "add molar_mass"),
    ("amount = \"200 mg\"", "amount = \"200 mg\"\nconcentration = \"1 mg/L\"", "how much, and once", "give one of"),
    ("amount = \"200 mg\"", "amount = \"200 mg\"\nroute = \"oral\"", "has no absorption", "add absorption_half_life"),
    ("at = \"1 h\" # dose", "at = \"-1 h\"", "`doses.0.at` is \"-1 h\"", "0 or more"),
    ("at = \"1 h\" # dose", "at = \"25 h\"", "the run is over", "an earlier time"),
    ("at = \"1 h\" # dose", "", "does not say when", "give at"),
    ("times = 3", "times = 4", "repetition 4 comes when the run is over", "an earlier time"),
    ("times = 3", "", "the course never ends", "add times"),
    ("times = 3", "times = 3\nuntil = \"9 h\"", "ends by both times and until", "leave one of them out"),
    ("every = \"8 h\"", "every = \"0 h\"", "`doses.0.every` is \"0 h\"", "more than 0"),
    ("every = \"8 h\"", "", "not at which interval", "add every"),
    // Drugs.
    ("clearance = \"0.22 L/d\"", "half_life = \"0 d\"", "`drugs.antibody.half_life` is \"0 d\"", "more than 0"),
    ("clearance = \"0.22 L/d\"", "clearance = \"0.22 L\"", "is not a volume per time", "um^3/min"),
    ("clearance = \"0.22 L/d\"", "", "two compartments need clearance and volume", "add clearance"),
    ("peripheral_volume = \"4.06 L\"", "", "a second compartment needs", "add the other one"),
    (
        "volume = \"3.48 L\"",
        "volume = \"3.48 L\"\nhalf_life = \"3 d\"",
        "follows from clearance",
        "leave half_life out",
    ),
    ("ec50 = \"0.58 mg/L\"", "ec50 = \"0 mg/L\"", "ec50` is \"0 mg/L\"", "more than 0"),
    ("ec50 = \"0.58 mg/L\"", "", "the effect has no ec50", "or to its drug"),
    (
        "[drugs.antibody]",
        "[drugs.antibody]\nuse = \"pembrolizumb\"",
        "has no `pembrolizumb` for `drugs`",
        "`pembrolizumab`?",
    ),
    ("ec50 = \"0.58 mg/L\"", "ec50 = \"0.58 mg\"", "`0.58 mg` is not a concentration", "such as \"1 uM\""),
    ("emax = 0.5", "emax = -1.5", "emax is -1.5; it must be -1 or more", "switches the parameter off"),
    ("emax = 0.5", "", "either emax or at_saturation", "such as emax"),
    ("emax = 0.5", "at_saturation = \"3 um\"", "is not a rate", "0.2 /h"),
    ("parameter = \"kill_rate\"", "parameter = \"kil_rate\"", "unknown parameter", "did you mean `kill_rate`?"),
    (
        "parameter = \"apoptosis.rate\"",
        "parameter = \"apoptosis\"",
        "unknown parameter of a cell type",
        "apoptosis.rate",
    ),
    (
        "parameter = \"apoptosis.rate\"",
        "parameter = \"lifespan.maximum\"",
        "tumour has no lifespan.maximum",
        "give lifespan in",
    ),
    (
        "parameter = \"apoptosis.rate\"",
        "parameter = \"crowding_presure\"",
        "expected one of apoptosis.rate, apoptosis.duration",
        "did you mean `crowding_pressure`?",
    ),
    (
        "parameter = \"apoptosis.rate\"",
        "parameter = \"damage.hazard\"",
        "tumour has no damage.hazard",
        "give damage in",
    ),
    (
        "parameter = \"apoptosis.rate\"",
        "parameter = \"cycle.phases.live.duration\"",
        "tumour has no cycle.phases.live.duration",
        "give cycle in",
    ),
    ("emax = 2 # death", "emax = 2\nhil = 2", "unknown key `hil`", "did you mean `hill`?"),
    ("cell_type = \"tumour\" # effect", "cell_type = \"tumor\"", "unknown cell type `tumor`", "did you mean `tumour`?"),
    ("cell_type = \"tumour\" # effect", "", "does not say whose", "give cell_type"),
    ("target = \"tumour\" # effect", "target = \"t_cell\"", "there is no interaction of t_cell with t_cell", ""),
    // Interventions.
    ("dose = \"2 Gy\"", "dose = \"2 mg\"", "is not a dose of radiation", "\"2 Gy\""),
    ("dose = \"2 Gy\"", "dose = \"-2 Gy\"", "`irradiation.0.dose` is \"-2 Gy\"", "more than 0"),
    ("radiosensitivity = {", "#", "no cell type is sensitive to radiation", "radiosensitivity"),
    ("radius = \"50 um\"", "", "the region needs radius", "a ball takes radius"),
    ("residual_fraction = 0.1", "residual_fraction = 1.1", "residual_fraction` is 1.1", "between 0 and 1"),
    ("factor = 0 # knocked out", "factor = -1", "`set_parameters.0.factor` is -1", "0 or more"),
    ("factor = 0 # knocked out", "", "either value or factor", "give value"),
    ("factor = 0 # knocked out", "value = \"-1 /h\"", "it must be 0 or more", ""),
    (
        "parameter = \"interactions.0.hit_rate\"\nfactor = 0 # knocked out",
        "cell_type = \"tumour\"\nparameter = \"motility.bias\"\nvalue = 1.5",
        "it is \"1.5\"; it must be between 0 and 1",
        "",
    ),
    (
        "parameter = \"interactions.0.hit_rate\"\nfactor = 0 # knocked out",
        "cell_type = \"tumour\"\nparameter = \"apoptosis.duration\"\nvalue = \"0 h\"",
        "it is \"0 h\"; it must be more than 0",
        "",
    ),
    (
        "parameter = \"interactions.0.hit_rate\"\nfactor = 0 # knocked out",
        "cell_type = \"tumour\"\nparameter = \"transitions.t_cell\"\nvalue = \"1 /h\"",
        "cannot be raised from 0",
        "a small value",
    ),
    (
        "parameter = \"interactions.0.hit_rate\"\nfactor = 0 # knocked out",
        "cell_type = \"tumour\"\nparameter = \"volume_relaxation\"\nvalue = 3",
        "`3` is not a rate",
        "",
    ),
    ("parameter = \"interactions.0.hit_rate\"", "parameter = \"interactions.1.hit_rate\"", "no interaction 1", ""),
    // Conditions.
    ("tumour.live_count > 500", "tumor.live_count > 500", "unknown cell type `tumor`", "did you mean `tumour`?"),
    ("tumour.live_count > 500", "tumour.live_cnt > 500", "`live_cnt` of tumour is not reported", "did you mean"),
    ("tumour.live_count > 500", "tumour.pressure_mean > 5", "is not reported", "[statistics] columns"),
    ("tumour.live_count > 500", "tumour.live_count > 5 uM", "`uM` does not belong here", "no unit"),
    ("tumour.live_count > 500", "tumour.live_count > tumour.volume_um3_mean", "this compares", "one unit"),
    (
        "tumour.live_count > 500",
        "tumour.live_count > antibody_concentration_mg_per_l",
        "compares a number of cells or events with a concentration in mg/L",
        "one unit",
    ),
    (
        "tumour.live_count > 500",
        "antibody_concentration_mg_l < 5",
        "unknown statistic",
        "did you mean `antibody_concentration_mg_per_l`?",
    ),
    ("tumour.live_count > 500", "tumour.live_count >", "the condition ends", "such as when"),
    ("at_most = 2", "at_most = 0", "at_most is 0", "leave the intervention out"),
    ("at_most = 2", "at_most = 2\nat = \"3 h\"", "has both at and when", "leave one of them out"),
    ("at = \"2 h\" # beam", "at = \"2 h\"\nat_most = 2", "at_most belongs to a condition", "add when"),
    ("combination = \"bliss\"", "combination = \"blis\"", "cannot be \"blis\"", "did you mean `bliss`?"),
    ("set = { doses = [] }", "set = { dose = [] }", "`dose` cannot differ between arms", "did you mean `doses`?"),
];

#[test]
fn the_good_course_is_planned() {
    let plan = read(GOOD).unwrap();
    assert_eq!(plan.arms[1].interventions.len(), 6);
    assert_eq!((plan.arms[1].conditional.len(), plan.arms[0].interventions.len()), (1, 3));
}

#[test]
fn each_fault_is_shown_with_a_way_out() {
    for (from, to, message, hint) in FAULTS {
        assert!(GOOD.contains(from), "no line {from}");
        let said = read(&GOOD.replacen(from, to, 1)).expect_err(to);
        assert!(said.contains(message), "{to}: {said}");
        assert!(said.contains(hint), "{to}: {said}");
        // Where a key is missing or contradicts another, that or its table is shown.
        let shown = said.split("course.toml:").nth(1).and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
        let at = GOOD.find(from).unwrap();
        let table = GOOD[..at].rfind("\n[").map_or(0, |start| start + 1);
        let end = GOOD[at + from.len()..].find("\n[").map_or(GOOD.len(), |length| at + from.len() + length);
        let line = |position: usize| 1 + GOOD[..position].matches('\n').count();
        let lines = line(table)..=line(end) + to.matches('\n').count();
        // What is taken out may be missed elsewhere.
        let is_near = shown.is_some_and(|shown| *to == "#" || lines.contains(&shown));
        assert!(is_near, "{to}: not in lines {lines:?}: {said}");
    }
}

/// A drug may not make the potentials unstable, which are stable without it.
#[test]
fn repulsion_is_raised_only_as_far_as_the_potentials_are_stable() {
    let with = |emax: f64, value: &str| {
        let text = GOOD.replacen("preset = \"coarse\"", "preset = \"fine\"", 1).replacen(
            "emax = 2 # death",
            &format!("emax = {emax}"),
            1,
        );
        let text = text.replacen("\"apoptosis.rate\"\n", "\"mechanics.repulsion\"\n", 1);
        let set = format!("cell_type = \"t_cell\"\nparameter = \"mechanics.repulsion\"\nvalue = \"{value}\"");
        read(&text.replacen("parameter = \"interactions.0.hit_rate\"\nfactor = 0 # knocked out", &set, 1))
    };
    // 10 um/min for 6 s and 8.4 um: 7 times as much is still stable. A T cell has 4.9 um.
    assert!(with(6.0, "40 um/min").is_ok());
    let said = with(8.0, "40 um/min").unwrap_err();
    assert!(said.contains("treatments raise the repulsion of tumour") && said.ends_with("1 fault"), "{said}");
    let said = with(8.0, "50 um/min").unwrap_err();
    assert!(said.contains("treatments raise the repulsion of t_cell") && said.ends_with("2 faults"), "{said}");
}

#[test]
fn all_faults_are_told_at_once() {
    let bad = GOOD.replacen("drug = \"antibody\"", "drug = \"antibodi\"", 1);
    let bad = bad.replacen("emax = 0.5", "emax = -1.5", 1).replacen("at_most = 2", "at_most = 0", 1);
    assert!(read(&bad).unwrap_err().ends_with("3 faults"), "{}", read(&bad).unwrap_err());
}

/// What a condition may name is what the series gets, but for values that are reported only where something is amiss.
#[test]
fn conditions_know_the_statistics_that_are_reported() {
    let plan = read(GOOD).unwrap();
    let layout = Layout::new(&plan, 1).unwrap();
    let words = measure(&layout, &texpop::cells::Cells::default());
    let events = vec![0; texpop::cells::events::words(plan.cell_types.len(), 1)];
    let reported = rows(&plan, &layout, &words, &events, 0, 0..1).unwrap();
    let reported = with_concentrations(&plan, reported, &[vec![0.0]]);
    assert!(reported.iter().any(|row| &*row.statistic == "antibody_tissue_concentration_mg_per_l"));
    for row in &reported {
        let name = match row.cell_type {
            Some(cell_type) => format!("{}.{}", plan.cell_types[cell_type as usize].name, row.statistic),
            None => row.statistic.to_string(),
        };
        // Quantiles and shells are left to the report, and a hash is no quantity.
        if !name.contains("_q") && !name.contains("radial_count") && name != "state_hash" {
            let text = GOOD.replacen("tumour.live_count > 500", &format!("{name} > 500"), 1);
            read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    assert!(reported.len() > 30);
}

/// Host T cells and others with proteostasis, in a culture for ten days.
const HOST: &str = "\
duration = \"10 d\"
preset = \"coarse\"
[clocks]
mechanics = \"15 min\"
contacts = \"15 min\"
[domain]
geometry = \"culture\"
volume = \"1 mL\"
[cell_types.host_t_cell]
volume = \"525 um^3\"
[cell_types.transferred]
volume = \"525 um^3\"
proteostasis = { il2 = 0.4, death_basal = \"0 /h\", death_by_stress = \"0 /h\" }
[[place]]
cell_type = \"host_t_cell\"
count = 2000
[[place]]
cell_type = \"transferred\"
count = 50
[snapshots]
at = [\"0 d\", \"36 h\", \"2 d\"]
[[lymphodepletion]]
at = \"1 d\"
removes = [\"host_t_cell\"]
fraction = 0.9
";

#[test]
fn lymphodepletion_takes_host_cells_and_raises_the_il2_signal_for_a_week() {
    let plan = read(HOST).unwrap();
    let il2_at =
        |day: f64, plan: &texpop::plan::Plan| plan.arms[0].parameters_at((day * 144_000.0) as u32).proteostasis[0].il2;
    assert_eq!([0.5, 1.5, 7.9, 8.5].map(|day| il2_at(day, &plan)), [0.4, 0.7, 0.7, 0.4]);
    let beyond = read(&HOST.replace("at = \"1 d\"", "at = \"4 d\"\nil2_gain = 0.9\nlasts = \"9 d\"")).unwrap();
    assert_eq!([3.9, 4.1, 9.9].map(|day| il2_at(day, &beyond)), [0.4, 1.0, 1.0], "1 at most, and beyond the end");
    // Carried out: nine in ten host cells leave, and no others.
    let mut counts = Counts::default();
    let mut engine = CpuEngine::new(&plan, 0..1).unwrap();
    batch::run(&plan, 0..1, &mut engine, &mut counts).unwrap();
    let [before, after] = [counts.0[0], counts.0[1]];
    assert_eq!((before, counts.0[0][1] - after[1]), ([2000, 50], 0));
    // Five standard deviations of a binomial.
    assert!((f64::from(after[0]) - 200.0).abs() < 5.0 * (2000.0f64 * 0.9 * 0.1).sqrt(), "{after:?}");
}

#[test]
fn cells_that_come_with_a_lymphodepletion_are_spared() {
    let text = HOST.replace("fraction = 0.9", "fraction = 1")
        + "[[add_cells]]\nat = \"1 d\"\ncell_type = \"host_t_cell\"\ncount = 30\n";
    let plan = read(&text).unwrap();
    let mut counts = Counts::default();
    let mut engine = CpuEngine::new(&plan, 0..1).unwrap();
    batch::run(&plan, 0..1, &mut engine, &mut counts).unwrap();
    assert_eq!([counts.0[0][0], counts.0[1][0]], [2000, 30]);
}

/// A substrate of which e^(−0.01 t/min) is left: less than 4 of 5 after 22 min.
const FADING: &str = "\
duration = \"40 min\"
preset = \"coarse\"
[domain]
geometry = \"tissue\"
size = [\"100 um\", \"100 um\", \"100 um\"]
[substrates.nutrient]
diffusion = \"1e4 um^2/min\"
decay = \"0.01 /min\"
initial = 5
[cell_types.host_t_cell]
volume = \"525 um^3\"
[cell_types.transferred]
volume = \"525 um^3\"
[[place]]
cell_type = \"transferred\"
count = 3
[[add_cells]]
when = \"nutrient_mean < 4 and not (nutrient_min < 3)\"
cell_type = \"host_t_cell\"
count = 30
[statistics]
every = \"10 min\"
[snapshots]
at = [\"20 min\", \"40 min\"]
";

#[test]
fn conditions_judge_levels_of_substrates() {
    let plan = read(FADING).unwrap();
    let mut counts = Counts::default();
    let mut engine = CpuEngine::new(&plan, 0..1).unwrap();
    batch::run(&plan, 0..1, &mut engine, &mut counts).unwrap();
    assert_eq!(counts.0, [[0, 3], [30, 3]]);
    let said = read(&FADING.replace("nutrient_min", "oxygen_level")).expect_err("no such statistic");
    assert!(said.contains("unknown statistic `oxygen_level`") && said.contains("nutrient_min"), "{said}");
    let said = read(&FADING.replace("nutrient_min < 3", "nutrient_min < time_h")).expect_err("two units");
    assert!(said.contains("a level or an amount of a substrate with a time in h"), "{said}");
}

/// Live cells of each type at each report.
#[derive(Default)]
struct Counts(Vec<[u32; 2]>);

impl Observer for Counts {
    fn observed(&mut self, _: Observation) -> texpop::error::Result<()> {
        Ok(())
    }

    fn cells(&mut self, _: u32, cells: &Cells) -> texpop::error::Result<()> {
        let of = |own: u32| cells.identity.iter().filter(|it| it[2] >> 12 & 15 == own).count() as u32;
        self.0.push([of(0), of(1)]);
        Ok(())
    }

    fn goes_on(&mut self, _: u32, _: u32) -> texpop::error::Result<bool> {
        Ok(true)
    }
}

#[test]
fn faults_of_a_lymphodepletion_are_told() {
    for (good, bad, part) in [
        ("\"host_t_cell\"]", "\"host_tcell\"]", "did you mean `host_t_cell`?"),
        ("[\"host_t_cell\"]", "[]", "it removes no cell type"),
        ("fraction = 0.9", "fraction = 1.9", "it must be between 0 and 1"),
        ("fraction = 0.9", "fraction = 0.9\nlasts = \"7\"", "lymphodepletion.0.lasts"),
        ("at = \"1 d\"\nremoves", "removes", "it does not say when"),
    ] {
        let said = read(&HOST.replace(good, bad)).expect_err(bad);
        assert!(said.contains(part), "{bad}: no {part} in\n{said}");
    }
}
