//! A batch that is saved between two steps and goes on, on the same kind of device or another, is in every bit the batch
//! that never stopped.
//!
//! A missing software adapter fails a part of these tests, unless TEXPOP_TEST_NO_GPU=1 says that none is expected.

#[path = "../common/mod.rs"]
mod common;

use std::sync::LazyLock;
use texpop::cells::Cells;
use texpop::compile::build;
use texpop::engine::cpu::CpuEngine;
use texpop::engine::gpu::GpuEngine;
use texpop::engine::interface::Observation;
use texpop::engine::state::State;
use texpop::error::Result;
use texpop::plan::{Plan, TICKS_PER_MIN};
use texpop::scenario;
use texpop::simulation::batch::{self, Ending, Moment, Observer};
use texpop::simulation::interventions::InterventionEvent;

/// Minutes at which batches are saved: at reports and between them, while conditions wait and drugs act.
const SAVED_MIN: [u32; 6] = [0, 8, 23, 30, 47, 71];

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = include_str!("everything.toml");
    build(&scenario::from_text("everything.toml", text, &[]).unwrap()).unwrap()
});

/// Of a whole run on the twins.
static WHOLE: LazyLock<Watch> = LazyLock::new(|| {
    let mut watch = Watch::default();
    assert_eq!(batch::run(&PLAN, 0..4, &mut twins(), &mut watch).unwrap(), Ending::Finished);
    watch
});

fn twins() -> CpuEngine<'static> {
    CpuEngine::new(&PLAN, 0..4).unwrap()
}

/// All that a batch gives.
#[derive(Default)]
struct Watch {
    tick: u32,
    reports: Vec<Observation>,
    happened: Vec<InterventionEvent>,
    levels: Vec<Vec<[f32; 4]>>,
    cells: Vec<(u32, Cells)>,
    /// With the numbers of reports and happenings before.
    saved: Vec<(Moment, usize, usize)>,
    /// Tick at which the batch stops, if before its end.
    until: Option<u32>,
}

impl Observer for Watch {
    fn observed(&mut self, observation: Observation) -> Result<()> {
        self.reports.push(observation);
        Ok(())
    }

    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        self.cells.push((tick, cells.clone()));
        Ok(())
    }

    fn levels(&mut self, _tick: u32, levels: &[[f32; 4]]) -> Result<()> {
        self.levels.push(levels.to_vec());
        Ok(())
    }

    fn happened(&mut self, happened: Vec<InterventionEvent>) -> Result<()> {
        self.happened.extend(happened);
        Ok(())
    }

    fn goes_on(&mut self, tick: u32, _cell_count: u32) -> Result<bool> {
        self.tick = tick;
        Ok(self.until.is_none_or(|until| tick < until))
    }

    fn saves(&mut self) -> bool {
        self.tick.is_multiple_of(TICKS_PER_MIN) && SAVED_MIN.contains(&(self.tick / TICKS_PER_MIN))
    }

    fn save(&mut self, moment: Moment) -> Result<()> {
        self.saved.push((moment, self.reports.len(), self.happened.len()));
        Ok(())
    }
}

/// The moment with a number, as a checkpoint would hold it.
fn moment(number: usize) -> Moment {
    let (moment, ..) = &WHOLE.saved[number];
    let arrays = moment.state.arrays().into_iter().map(|(name, words)| (name.to_owned(), words.to_vec())).collect();
    let state = State::from_arrays(&PLAN, 4, moment.state.tick, arrays).unwrap();
    let interventions = serde_json::from_str(&serde_json::to_string(&moment.interventions).unwrap()).unwrap();
    assert_eq!(interventions, moment.interventions);
    Moment { state, interventions }
}

/// Goes on from the moment with a number on the twins, after a change.
fn go_on(number: usize, change: impl Fn(&mut Moment)) -> Watch {
    let mut moment = moment(number);
    change(&mut moment);
    let engine = &mut twins();
    let mut watch = Watch::default();
    assert_eq!(batch::resume(&PLAN, 0..4, engine, &mut watch, &moment).unwrap(), Ending::Finished);
    watch
}

/// Where the rest differs from that of the whole run.
fn difference(number: usize, rest: &Watch) -> Option<String> {
    let (_, reports, happened) = &WHOLE.saved[number];
    let expected = &WHOLE.reports[*reports..];
    if rest.reports.len() != expected.len() {
        return Some(format!("{} reports against {}", rest.reports.len(), expected.len()));
    }
    for (got, expected) in rest.reports.iter().zip(expected) {
        // The room that the last change of population needed is told by devices alone.
        if (Observation { population: expected.population, ..got.clone() }) != *expected {
            return Some(format!("report at tick {}", expected.tick));
        }
    }
    if rest.happened != WHOLE.happened[*happened..] {
        return Some("what happened".into());
    }
    let (tick, cells) = rest.cells.last().unwrap();
    let (end, whole) = WHOLE.cells.last().unwrap();
    assert_eq!(tick, end);
    cells.first_difference(whole).or_else(|| (rest.levels.last() != WHOLE.levels.last()).then(|| "levels".into()))
}

#[test]
fn twins_go_on_as_if_they_had_never_stopped() {
    assert_eq!(WHOLE.saved.len(), SAVED_MIN.len());
    assert!(WHOLE.happened.len() > 10, "{} interventions", WHOLE.happened.len());
    for (number, minutes) in SAVED_MIN.into_iter().enumerate() {
        let rest = go_on(number, |_| {});
        assert_eq!(difference(number, &rest), None, "from {minutes} min");
    }
}

/// All that was saved has the bits of what the twins had at that time.
#[track_caller]
fn are_saved_as_by_twins(got: &Watch, minutes: &[u32]) {
    let ticks: Vec<u32> = got.saved.iter().map(|it| it.0.state.tick).collect();
    assert_eq!(ticks, minutes.iter().map(|it| it * TICKS_PER_MIN).collect::<Vec<_>>());
    for (shaders, ..) in &got.saved {
        let tick = shaders.state.tick;
        let (twins, ..) = WHOLE.saved.iter().find(|it| it.0.state.tick == tick).unwrap();
        assert_eq!(shaders.interventions, twins.interventions, "tick {tick}");
        assert_eq!(shaders.state.arrays().len(), twins.state.arrays().len());
        for ((name, got), (_, expected)) in shaders.state.arrays().iter().zip(twins.state.arrays()) {
            assert!(got.as_ref() == expected.as_ref(), "{name} at tick {tick}");
        }
    }
}

#[test]
fn shaders_are_saved_as_twins_and_go_on_from_them() {
    let Some(gpu) = common::software() else { return };
    let until = |minutes: u32| Watch { until: Some(minutes * TICKS_PER_MIN), ..Watch::default() };
    let mut first = until(8);
    let mut engine = GpuEngine::new(&gpu, &PLAN, 0..4, 300).unwrap();
    assert_eq!(batch::run(&PLAN, 0..4, &mut engine, &mut first).unwrap(), Ending::Stopped);
    are_saved_as_by_twins(&first, &[0, 8]);
    let mut rest = until(30);
    let mut engine = GpuEngine::new(&gpu, &PLAN, 0..4, 1).unwrap();
    batch::resume(&PLAN, 0..4, &mut engine, &mut rest, &moment(2)).unwrap();
    are_saved_as_by_twins(&rest, &[23, 30]);
}

/// The comparison can fail: each part of the state counts.
#[test]
fn a_state_that_lacks_something_is_seen() {
    let lacks = |what: &str, change: &dyn Fn(&mut Moment)| {
        let rest = go_on(2, change);
        assert!(difference(2, &rest).is_some(), "without {what} the rest is the same");
    };
    lacks("a push", &|it| it.state.cells.position[0][0] += 1e-4);
    lacks("walks", &|it| it.state.cells.motility.iter_mut().for_each(|it| it[0] = 0.0));
    lacks("protein", &|it| it.state.cells.protein.iter_mut().for_each(|it| it[3] += 0.25));
    lacks("behaviours", &|it| it.state.cells.behaviours.iter_mut().for_each(|it| *it = 0.0));
    lacks("events", &|it| it.state.events.fill(0));
    lacks("levels", &|it| it.state.fields[0].fill(0));
    lacks("turnover", &|it| it.state.fields[1].fill(0));
    lacks("accounts", &|it| it.state.accounts = texpop::measure::Accounts::default());
    lacks("the tick", &|it| it.state.tick += PLAN.clocks.movement_ticks);
    let json = |it: &Moment| serde_json::to_value(&it.interventions).unwrap();
    let without = |key: &'static str, empty: serde_json::Value| {
        move |it: &mut Moment| {
            let mut kept = json(it);
            let sets = kept["sets"].as_array_mut().unwrap();
            match key {
                "doses" | "settings" => sets.iter_mut().for_each(|set| set[key] = empty.clone()),
                _ => kept[key] = empty.clone(),
            }
            it.interventions = serde_json::from_value(kept).unwrap();
        }
    };
    lacks("doses", &without("doses", serde_json::json!([])));
    lacks("settings", &without("settings", serde_json::json!([])));
    lacks("what is pending", &without("pending", serde_json::json!([])));
}

#[test]
fn a_state_that_does_not_fit_is_refused() {
    let (moment, ..) = &WHOLE.saved[2];
    let all = || -> Vec<(String, Vec<u32>)> {
        moment.state.arrays().into_iter().map(|(name, words)| (name.to_owned(), words.to_vec())).collect()
    };
    let fits = |arrays| State::from_arrays(&PLAN, 4, 0, arrays).is_some();
    assert!(fits(all()));
    for number in 0..all().len() {
        let mut fewer = all();
        let (name, _) = fewer.remove(number);
        // Nothing has been added up before the first report.
        assert_eq!(fits(fewer), name == "accounts", "without {name}");
        let mut shorter = all();
        shorter[number].1.pop();
        assert!(!fits(shorter), "{name} cut short");
    }
    assert!(!fits([all(), vec![("more".into(), vec![0])]].concat()));
    assert!(State::from_arrays(&PLAN, 3, 0, all()).is_none(), "of another number of tissues");
}

/// Each of these once led beyond the end of a table.
#[test]
fn cells_that_lie_nowhere_are_refused() {
    let fits = |change: &dyn Fn(&mut [u32; 4])| {
        let mut state = moment(2).state;
        change(&mut state.cells.identity[3]);
        let arrays = state.arrays().into_iter().map(|(name, words)| (name.to_owned(), words.to_vec())).collect();
        State::from_arrays(&PLAN, 4, state.tick, arrays).is_some()
    };
    assert!(fits(&|it| it[0] ^= 1));
    assert!(!fits(&|it| it[2] |= 0xff), "of no phase");
    assert!(!fits(&|it| it[2] = it[2] & !0xf00 | 0x300), "dividing between two steps");
    assert!(!fits(&|it| it[2] |= 0xf000), "of no type");
    assert!(!fits(&|it| it[2] += 4 << 16), "of no tissue");
    assert!(!fits(&|it| it[3] = u32::MAX - 1), "attached to no cell");
    assert!(!fits(&|it| it[3] = 3), "attached to itself");
}

/// So did these.
#[test]
fn interventions_that_have_no_place_in_the_plan_are_refused() {
    let outcome = |at: &str, value: serde_json::Value| {
        let mut moment = moment(2);
        let mut kept = serde_json::to_value(&moment.interventions).unwrap();
        *kept.pointer_mut(at).unwrap_or_else(|| panic!("no {at}")) = value;
        moment.interventions = serde_json::from_value(kept).unwrap();
        batch::resume(&PLAN, 0..4, &mut twins(), &mut Watch::default(), &moment)
    };
    let kept = serde_json::to_value(&moment(2).interventions).unwrap();
    assert_eq!(outcome("/pending/0/tick", kept["pending"][0]["tick"].clone()), Ok(Ending::Finished));
    let dosed = kept["sets"].as_array().unwrap().iter().position(|it| it["doses"] != serde_json::json!([])).unwrap();
    let nowhere = serde_json::json!([{ "place": { "Cycle": { "cell_type": 9 } }, "to": { "Factor": 2.0 } }]);
    for (at, value) in [
        (format!("/sets/{dosed}/doses/0/1/drug"), 2.into()),
        (format!("/sets/{dosed}/doses/0/0"), u32::MAX.into()),
        (format!("/sets/{dosed}/computed_at"), u32::MAX.into()),
        ("/sets/0/settings".into(), nowhere),
        ("/begun/2/0/times".into(), 4.into()),
        ("/begun/2/0/interventions".into(), u32::MAX.into()),
        ("/pending/0/tissue".into(), 4.into()),
        ("/pending/0/condition".into(), 2.into()),
        ("/pending/0/place".into(), 1.into()),
        ("/pending/0/number".into(), u32::MAX.into()),
    ] {
        assert_eq!(outcome(&at, value).map_err(|it| it.exit_code()), Err(2), "{at}");
    }
}
