//! The shipped scenarios, and scenarios as text, become plans; what does not fit together is refused.

use std::path::PathBuf;
use texpop::cells::columns::COLUMNS;
use texpop::cells::placement::initial;
use texpop::compile::{OBSERVABLE, build, build_with_warnings};
use texpop::engine::cpu::CpuEngine;
use texpop::engine::interface::Observation;
use texpop::error::{Error, Result};
use texpop::measure::{Layout, StatisticRow, rows};
use texpop::outputs::{CohortTable, RunFolder};
use texpop::plan::estimate::{Estimate, Limits};
use texpop::plan::{Action, Clocks, Mechanics, Plan, TICKS_PER_MIN};
use texpop::scenario;
use texpop::simulation::batch;

/// The plan of a shipped scenario.
fn shipped(name: &str) -> Plan {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let planned = scenario::load(&path, &[]).and_then(|scenario| build(&scenario));
    planned.unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

fn limits(max_cells: u64) -> Limits {
    Limits {
        bytes_per_cell: 124,
        copied_bytes_per_cell: 88,
        max_cells,
        field_bytes: 0,
        field_buffer_bytes: 0,
        memory_bytes: u64::MAX,
        max_buffer_bytes: u64::MAX,
        max_tissues: None,
    }
}

fn estimate(plan: &Plan) -> Estimate {
    Estimate::new(plan, &limits(1 << 24)).unwrap()
}

fn text(text: &str) -> Result<Plan> {
    scenario::from_text("a.toml", text, &[]).and_then(|scenario| build(&scenario))
}

#[test]
fn every_shipped_scenario_is_planned() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut count = 0;
    let experiments = std::fs::read_dir(folder.join("experiments")).unwrap();
    for entry in std::fs::read_dir(&folder).unwrap().chain(experiments) {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".toml") {
            let plan = shipped(&name);
            assert!(estimate(&plan).steps >= 200, "{name}");
            count += 1;
        }
    }
    assert!(count >= 4, "only {count} scenarios were found");
}

#[test]
fn the_quickstart_compares_two_arms() {
    let plan = shipped("quickstart.toml");
    let names: Vec<&str> = plan.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!((names, plan.seeds.len(), plan.clocks), (vec!["control", "car_t"], 4, Clocks::COARSE));
    assert_eq!((plan.arms[0].interventions.len(), plan.arms[1].interventions.len()), (0, 1));
    let tumour = initial(&plan, 0, 0, 0).len();
    assert!((380..=480).contains(&tumour), "{tumour} cells");
    // Both arms start alike, and the dose is that of the scenario.
    assert_eq!(initial(&plan, 0, 2, 0).position, initial(&plan, 1, 2, 0).position);
    let Action::Add(dose) = &plan.arms[1].interventions[0].action else { panic!("a dose enters") };
    assert_eq!(
        (plan.cell_types[dose.cell_type as usize].name.as_str(), plan.arms[1].interventions[0].tick),
        ("t_cell", 72_000)
    );
    assert_eq!(plan.cell_types.iter().map(|it| it.is_effector).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_million_cells_are_a_million() {
    for (name, at_least, steps) in [("million_cell_spheroid.toml", 1e6, 300), ("million_cell_culture.toml", 1.2e6, 240)]
    {
        let (plan, tissue) = (shipped(name), 1.25);
        let estimate = estimate(&plan);
        let cells = estimate.cells_per_tissue[0] as f64 / tissue;
        assert!(cells >= at_least && cells <= 1.05 * at_least, "{name}: {cells} cells");
        assert_eq!(estimate.steps, steps, "{name}");
    }
    let plan = shipped("million_cell_culture.toml");
    assert_eq!(plan.domain.voxels, [150_000, 1, 1]);
    // 16000 um³/min in a millilitre, times the buckets.
    let pair = plan.arms[0].parameters.pair(1, 0);
    assert!((f64::from(pair.attachment_per_min) / (1.6e4 / 1e12 * 150_000.0) - 1.0).abs() < 1e-6);
}

#[test]
fn the_monolayer_is_the_published_one() {
    let plan = shipped("monolayer.toml");
    let phases = &plan.arms[0].parameters.phases;
    let hours: Vec<f32> = phases.iter().map(|it| (1.0 / it.exit_per_min / 60.0).round()).collect();
    assert_eq!((hours, plan.domain.dimensions()), (vec![7.0, 6.0, 3.0, 2.0], 2));
    let cells = initial(&plan, 0, 0, 0);
    let widest = cells.position.iter().map(|p| (p[0] * p[0] + p[1] * p[1]).sqrt()).fold(0.0, f32::max);
    assert!((550.0..=570.0).contains(&widest), "radius {widest}");
    assert_eq!(plan.mechanics, Mechanics::Relaxation { iterations: 8 });
}

#[test]
fn observable_columns_are_those_that_can_be_summed_up() {
    let expected = COLUMNS.iter().filter(|it| it.resolution.is_some() || ["hits", "divisions"].contains(&it.name));
    // The age follows from the time of birth.
    assert_eq!(OBSERVABLE, expected.map(|it| it.name).chain(["age_h"]).collect::<Vec<_>>());
}

const BASE: &str = "duration = \"1 d\"\nreplicates = 3\n[domain]\ngeometry = \"tissue\"\nsize = [\"200 um\", \"200 um\", \"200 um\"]\n\
                    [cell_types.tumour]\nvolume = \"2494 um^3\"\n[cell_types.t_cell]\nvolume = \"500 um^3\"\n";

#[test]
fn arms_differ_in_what_they_set_and_share_their_seeds() {
    let arms = "[[place]]\ncell_type = \"tumour\"\ncount = 5\n\
                [arms.slow]\nset = { \"cell_types.tumour.motility.speed\" = \"1 um/min\", \"place.0.count\" = 7 }\n\
                [arms.fast]\nset = { \"cell_types.tumour.motility.speed\" = \"2 um/min\" }\n";
    let plan = text(&format!("{BASE}{arms}")).unwrap();
    let speeds: Vec<f32> = plan.arms.iter().map(|arm| arm.parameters.types[0].speed_um_per_min).collect();
    assert_eq!((speeds, plan.tissue_count(), plan.seeds.len()), (vec![1.0, 2.0], 6, 3));
    let (slow, fast) = (initial(&plan, 0, 1, 0), initial(&plan, 1, 1, 0));
    assert_eq!((slow.len(), fast.len()), (7, 5));
    assert_eq!(slow.position[..5], fast.position[..], "replicates start alike in all arms");
}

#[test]
fn faults_of_several_values_are_refused_at_their_line() {
    let layer = BASE.replace("\"tissue\"", "\"layer\"");
    let periodic = BASE.replace("geometry", "boundary = \"periodic\"\ngeometry").replace("200 um", "60 um");
    let culture =
        BASE.replace("\"tissue\"\nsize = [\"200 um\", \"200 um\", \"200 um\"]", "\"culture\"\nvolume = \"1 uL\"");
    let crowd = "[[place]]\ncell_type = \"tumour\"\ncount = 1e6\n[[interactions]]\neffector = \"t_cell\"\n\
                 target = \"tumour\"\nencounter_rate = \"1e6 um^3/min\"\n";
    let unlike = "[arms.a]\n[arms.b]\nset = { \"cell_types.tumour.cycle.model\" = \"ki67_advanced\" }\n";
    let many: String = (0..15).map(|n| format!("[cell_types.c{n}]\nvolume = \"500 um^3\"\n")).collect();
    let stiff = "[cell_types.stiff]\nvolume = \"500 um^3\"\nmechanics = { repulsion = \"100 um/min\" }\n";
    for (scenario, parts) in [
        (layer, &["a.toml:5:", "a layer has 2 edges, not 3"][..]),
        (periodic, &["a.toml:6:", "a periodic edge of 60 um is too short"]),
        (format!("{culture}{crowd}"), &["a.toml:16:", "an effector meets", "shorten the clock contacts"]),
        (format!("{BASE}{unlike}"), &["arm `b`", "phases of tumour differ from those in arm a"]),
        (format!("{BASE}{many}"), &["there are 17 cell types"]),
        (format!("{BASE}{stiff}"), &["a.toml:12:", "farther than its radius", "method = \\\"relaxation\\\""]),
        (format!("{BASE}[snapshots]\nat = [\"2 d\"]"), &["a.toml:11:", "after the end of the run"]),
        (format!("{BASE}[clocks]\ncontacts = \"7 s\""), &["a.toml:11:", "whole number of ticks"]),
        (format!("{BASE}[statistics]\ncolumns = [\"presure\"]"), &["a.toml:11:", "did you mean `pressure`?"]),
        (format!("{BASE}[[place]]\ntable = \"nowhere.csv\""), &["nowhere.csv"]),
    ] {
        let Err(Error::Input(message)) = text(&scenario) else { panic!("{parts:?}: {scenario} was planned") };
        for part in parts {
            assert!(message.contains(&part.replace('\\', "")), "{part} is not in\n{message}");
        }
    }
}

#[test]
fn all_faults_come_together() {
    let two = "[[place]]\ncell_type = \"tumour\"\n[[add_cells]]\nat = \"2 d\"\ncell_type = \"tumour\"\ncount = 5\n[arms.a]\n[arms.b]\n";
    let Err(Error::Input(message)) = text(&format!("{BASE}{two}")) else { panic!("it was planned") };
    assert!(message.contains("how many cells") && message.contains("the run is over"), "{message}");
    assert!(message.ends_with("2 faults") && !message.contains("arm `"), "found in all arms, told once: {message}");
}

#[test]
fn a_tissue_that_does_not_fit_is_refused_with_its_arm() {
    let plan = text(&format!("{BASE}[[place]]\ncell_type = \"tumour\"\ncount = 1000\n[arms.many]\n")).unwrap();
    let estimate = Estimate::new(&plan, &limits(2500)).unwrap();
    assert_eq!((estimate.batches.clone(), estimate.steps), (vec![0..2, 2..3], 14_400));
    assert!(estimate.to_string().contains("3 in 2 batches"), "{estimate}");
    let Err(Error::Input(message)) = Estimate::new(&plan, &limits(1249)) else { panic!("1250 do not fit in 1249") };
    assert!(message.contains("arm many") && message.contains("1250 cells"), "{message}");
    let voxels = 4 * u64::from(plan.domain.voxel_count());
    let memory = |memory_bytes| Limits { memory_bytes, ..limits(2500) };
    let together = Estimate::new(&plan, &memory(2500 * 212 + 2 * voxels)).unwrap();
    assert_eq!((together.batches, together.memory_bytes), (vec![0..2, 2..3], 2500 * 212 + 2 * voxels));
    assert_eq!(Estimate::new(&plan, &memory(1250 * 212 + voxels)).unwrap().batches.len(), 3);
    let said = Estimate::new(&plan, &memory(1250 * 212 + voxels - 1)).unwrap_err().to_string();
    assert!(said.contains("at most 1249"), "{said}");
}

/// Values at the ends of their plausible ranges, in other units, and beyond: in the scenario, in an arm, set and by a drug.
#[test]
fn values_outside_their_plausible_ranges_are_doubted() {
    let written = |folding: &str, misfolding: &str, set: &str, emax: &str| {
        format!(
            "duration = \"1 d\"\n[domain]\ngeometry = \"culture\"\nvolume = \"1 mL\"\n\
             [cell_types.t]\nvolume = \"500 um^3\"\nproteostasis = {{ folding = \"{folding}\" }}\n\
             [[place]]\ncell_type = \"t\"\ncount = 5\n\
             [[set_parameters]]\nat = \"1 h\"\ncell_type = \"t\"\nparameter = \"proteostasis.akt_by_tcr\"\n{set}\n\
             [[drugs.d.effects]]\ncell_type = \"t\"\nparameter = \"proteostasis.proteasome\"\nemax = {emax}\nec50 = \"1 uM\"\n\
             [arms.a]\n[arms.b]\nset = {{ \"cell_types.t.proteostasis.misfolding\" = \"{misfolding}\" }}\n"
        )
    };
    let warnings = |text: &str| {
        let scenario = scenario::from_text("a.toml", text, &[]).unwrap();
        build_with_warnings(&scenario).unwrap_or_else(|error| panic!("{error}")).1
    };
    assert_eq!(warnings(&written("20 /h", "48 /d", "value = 1.2", "-0.4")), "");
    let said = warnings(&written("0.4 /min", "3 /h", "factor = 2", "-0.9"));
    assert_eq!(said.matches("warning: ").count(), 4, "{said}");
    for part in [
        "folding is 24 /h; plausible is 2 to 20 /h",
        "rate of folding by free chaperones: 10 min; the default is 6 /h, general knowledge",
        "arm `b`: misfolding is 3 /h; plausible is 0.5 to 2 /h",
        "akt_by_tcr is 1.56; plausible is 0.4 to 1.2",
        "proteasome is 0.143 %/h; plausible is 0.8 to 2.5 %/h",
        "a.toml:7:",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = warnings(&written("6 /h", "1 /h", "value = 0.3", "0"));
    assert!(said.contains("akt_by_tcr is 0.3") && said.matches("warning: ").count() == 1, "{said}");
}

/// The step of the kernel is whole ticks, and whole steps of the shortest clock.
#[test]
fn the_step_of_proteostasis_fits_the_clocks() {
    let with = |step: &str| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/acute_and_chronic.toml");
        let set = format!("clocks.proteostasis=\"{step}\"");
        scenario::load(&path, &[set]).and_then(|scenario| build(&scenario)).map(|plan| plan.clocks.proteostasis_ticks)
    };
    assert_eq!(with("30 min").unwrap(), 3000);
    for step in ["0.7 s", "20 min", "0 s", "-15 min"] {
        let message = with(step).unwrap_err().to_string();
        assert!(message.contains("clocks.proteostasis") || message.contains("proteostasis"), "{step}: {message}");
    }
}

/// A small cohort; `parameters` and what follows are sections of the scenario.
fn cohort(rest: &str) -> String {
    format!(
        "duration = \"12 h\"\npreset = \"coarse\"\nreplicates = 5\nclocks = {{ mechanics = \"15 min\", contacts = \"15 min\" }}\n\
         statistics = {{ every = \"4 h\", columns = [\"misfolded_percent\"] }}\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 mL\"\n\
         [cell_types.t]\nvolume = \"500 um^3\"\ncycle.model = \"proteostasis\"\n\
         proteostasis = {{ plate_bound_stimulation = 0.9, il2 = 1 }}\n\
         [[place]]\ncell_type = \"t\"\ncount = 40\n{rest}\n[arms.a]\n[arms.b]\nset = {{ \"cell_types.t.proteostasis.il2\" = 0.2 }}\n"
    )
}

fn parameter(law: &str) -> String {
    format!("[[cohort.parameters]]\ncell_type = \"t\"\nparameter = \"proteostasis.proteasome_activity\"\n{law}\n")
}

const READOUTS: &str = "[cohort.score]\nstatistic = \"t.misfolded_percent_mean\"\nat = \"4 h\"\n\
                        [cohort.response]\nstatistic = \"t.live_count\"\nat = \"12 h\"\nover = \"t.live_count\"\nover_at = \"0 h\"\n";

#[test]
fn patients_are_drawn_and_the_same_in_all_arms() {
    let plan = text(&cohort(&(parameter("distribution = \"uniform\"\nmin = 0.7\nmax = 1.42") + READOUTS))).unwrap();
    let drawn = &plan.cohort.parameters[0];
    assert_eq!((drawn.name.as_str(), drawn.values.len()), ("t.proteostasis.proteasome_activity", 5));
    assert!(drawn.values.iter().all(|it| (0.7..=1.42).contains(it)));
    assert!(drawn.values.iter().enumerate().all(|(n, it)| !drawn.values[..n].contains(it)), "they differ");
    let terms: Vec<_> = plan.cohort.terms().map(|it| (it.cell_type, it.statistic.as_str(), it.tick)).collect();
    let count = |hours: u32| (Some(0), "live_count", hours * 60 * TICKS_PER_MIN);
    assert_eq!(terms, [(Some(0), "misfolded_percent_mean", 4 * 60 * TICKS_PER_MIN), count(12), count(0)]);
    let more = text(
        &cohort(&parameter("distribution = \"uniform\"\nmin = 0.7\nmax = 1.42"))
            .replace("replicates = 5", "replicates = 9"),
    );
    assert_eq!(more.unwrap().cohort.parameters[0].values[..5], drawn.values, "a patient keeps the own luck");
    let rate = parameter("distribution = \"normal\"\nmean = \"24 %/d\"\nsd = \"0 %/h\"").replace("_activity", "");
    let drawn = text(&cohort(&rate)).unwrap().cohort.parameters.remove(0);
    assert_eq!((drawn.name.as_str(), drawn.values[3] * drawn.scale), ("t.proteostasis.proteasome_percent_per_h", 1.0));
}

#[test]
fn faults_of_a_cohort_are_told() {
    let read = |rest: &str| text(&cohort(rest)).unwrap_err().to_string();
    let normal = "distribution = \"normal\"\nmean = 1\nsd = -0.1";
    let lacking = "distribution = \"lognormal\"\nmedian = 1\nsd = 0.1";
    for (rest, parts) in [
        (parameter(normal), &["a standard deviation is 0 or more"][..]),
        (parameter("distribution = \"lognormal\"\nmedian = 1\nsigma = -1"), &["cohort.parameters.0.sigma"]),
        (parameter(lacking), &["a lognormal law needs sigma", "a lognormal law has no sd"]),
        (parameter("distribution = \"uniform\"\nmin = 2\nmax = 1"), &["max is below min"]),
        (
            parameter("distribution = \"normal\"\nmean = 0\nsd = 9"),
            &["a patient's proteostasis.proteasome_activity", "0 or more"],
        ),
        (parameter("distribution = \"normal\"\nmean = \"1 h\"\nsd = 1"), &["a number"]),
        (parameter("distribution = \"normal\"\nmean = 1\nsd = 1").replace("_activity", "s"), &["did you mean"]),
        (READOUTS.replace("misfolded_percent_mean", "exhaustion_mean"), &["unknown statistic `t.exhaustion_mean`"]),
        (READOUTS.replace("at = \"4 h\"", "at = \"5 h\""), &["there is no report at this time", "every 4 h"]),
        (READOUTS.replace("at = \"12 h\"", "at = \"16 h\""), &["the time is after the end of the run"]),
        (READOUTS[..READOUTS.find("[cohort.response]").unwrap()].into(), &["a score is compared with a response"]),
        (parameter(normal) + &READOUTS.replace("at = \"4 h\"", "at = \"5 h\""), &["2 faults"]),
    ] {
        let said = read(&rest);
        for part in parts {
            assert!(said.contains(part), "no `{part}` in\n{said}");
        }
    }
}

#[derive(Default)]
struct Reports(Vec<Observation>);

impl batch::Observer for Reports {
    fn observed(&mut self, observation: Observation) -> Result<()> {
        self.0.push(observation);
        Ok(())
    }

    fn cells(&mut self, _tick: u32, _cells: &texpop::cells::Cells) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

fn reports(plan: &Plan) -> Vec<StatisticRow> {
    let (tissues, mut all) = (0..plan.tissue_count(), Reports::default());
    let mut engine = CpuEngine::new(plan, tissues.clone()).unwrap();
    batch::run(plan, tissues.clone(), &mut engine, &mut all).unwrap();
    let layout = Layout::new(plan, tissues.len()).unwrap();
    let rows_of =
        |it: Observation| rows(plan, &layout, &it.words, &it.events, it.tick, 0..tissues.len() as u32).unwrap();
    all.0.into_iter().flat_map(rows_of).collect()
}

/// Patients who are all alike are what the scenario makes of cells with that value, in every arm.
#[test]
fn a_patient_has_what_was_drawn() {
    let all = |rest: &str| reports(&text(&cohort(rest)).unwrap());
    let drawn = |value: &str| all(&parameter(&format!("distribution = \"uniform\"\nmin = {value}\nmax = {value}")));
    let set = |value: &str| {
        let text_of = cohort("").replace("il2 = 1 }", &format!("il2 = 1, proteasome_activity = {value} }}"));
        reports(&text(&text_of).unwrap())
    };
    assert_eq!(drawn("1.25"), set("1.25"));
    assert_ne!(drawn("1.25"), set("1.375"), "a capacity 10 % off is seen");
    // A later setting multiplies what the patient has.
    let later = "[[set_parameters]]\nat = \"0 h\"\ncell_type = \"t\"\nparameter = \"proteostasis.proteasome_activity\"\nfactor = 0.5\n";
    let halved = all(&(later.to_owned() + &parameter("distribution = \"uniform\"\nmin = 1.5\nmax = 1.5")));
    assert_eq!(halved, set("0.75"));
}

#[test]
fn score_and_response_are_written_and_compared() {
    let plan = text(&cohort(&(parameter("distribution = \"uniform\"\nmin = 0.7\nmax = 1.42") + READOUTS))).unwrap();
    let mut table = CohortTable::default();
    let row = |tissue: usize, statistic: &str, hours: u32, value: f64| StatisticRow {
        tissue: tissue as u32,
        tick: hours * 60 * TICKS_PER_MIN,
        cell_type: Some(0),
        statistic: statistic.into(),
        value: Some(value),
    };
    // In the first arm the response falls with the score; in the second it does not vary.
    for tissue in 0..10 {
        let score = (tissue % 5) as f64;
        let response = if tissue < 5 { 100.0 - 10.0 * score } else { 40.0 };
        table.append(&plan, &[row(tissue, "misfolded_percent_mean", 4, score), row(tissue, "live_count", 0, 40.0)]);
        table.append(&plan, &[row(tissue, "live_count", 12, response), row(tissue, "live_count", 8, 1e9)]);
    }
    let path = std::env::temp_dir().join(format!("texpop-cohort-{}", std::process::id()));
    let said = table.finish(&plan, &RunFolder::create(&path, false).unwrap()).unwrap();
    let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
    let (patients, association, curves) = (read("cohort.csv"), read("cohort_association.csv"), read("cohort_roc.csv"));
    std::fs::remove_dir_all(&path).unwrap();
    assert!(
        patients.starts_with("arm,replicate,t.proteostasis.proteasome_activity,score,response\na,1,"),
        "{patients}"
    );
    assert!(patients.contains(",3,1.75\n") && patients.lines().count() == 11, "{patients}");
    let expected = "arm,patients,responders,response_cutoff,spearman,area_under_roc\na,5,2,2,-1,0\nb,5,0,1,,\n";
    assert_eq!(association, expected);
    assert!(curves.ends_with("a,0,1,1\n") && curves.lines().count() == 6, "{curves}");
    assert!(said.contains("a: 5 patients, 2 respond; Spearman -1.00") && said.contains("b: 5 patients"), "{said}");
}
