//! A search for scenarios whose substrates do not balance, have negative levels, or differ between twin and shader.

use crate::fixture::*;
use crate::random::Random;
use texpop::cells::Cells;
use texpop::error::Result;
use texpop::plan::Plan;
use texpop::plan::build::build;
use texpop::scenario;
use texpop::statistics::{MassBalance, Stock};
use texpop::steps::batch::{self, Observer};
use texpop::steps::engine::Observation;

/// Scenarios that are tried; `TEXPOP_SCENARIOS` for more.
const SCENARIOS: u32 = 500;
/// Of so many, one runs on the adapter too.
const ON_ADAPTER: u32 = 25;

/// Keeps the ledger of a run.
struct Ledger<'a> {
    plan: &'a Plan,
    balance: MassBalance,
    stocks: Vec<Vec<Stock>>,
}

impl Observer for Ledger<'_> {
    fn observed(&mut self, observation: Observation) -> Result<()> {
        self.stocks.push(observation.stocks.clone());
        self.balance.check(self.plan, &observation.stocks, observation.tick, 0..self.plan.tissue_count() as u32)
    }

    fn cells(&mut self, _tick: u32, _cells: &Cells) -> Result<()> {
        Ok(())
    }

    fn levels(&mut self, _tick: u32, _levels: &[[f32; 4]]) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// What a run leaves: its stocks at each report, levels, and cells by their ids.
struct Left {
    stocks: Vec<Vec<Stock>>,
    levels: Vec<[u32; 4]>,
    positions: Vec<(u32, [u32; 4])>,
}

fn planned(text: &str) -> Plan {
    let read = scenario::from_text("random.toml", text, &[]).unwrap_or_else(|error| panic!("{error}\n{text}"));
    build(&read).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn run(on: On, plan: &Plan) -> std::result::Result<Left, String> {
    let mut ledger = Ledger { plan, balance: MassBalance::default(), stocks: vec![] };
    with_engine(on, plan, 0..plan.tissue_count(), &Cells::default(), |engine| {
        batch::run(plan, 0..plan.tissue_count(), engine, &mut ledger).map_err(|error| error.to_string())?;
        let levels = engine.concentration().unwrap().iter().map(|it| it.map(f32::to_bits)).collect();
        let cells = engine.cells().unwrap();
        let each = cells.identity.iter().zip(&cells.position);
        let mut positions: Vec<_> = each.map(|(identity, at)| (identity[0], at.map(f32::to_bits))).collect();
        positions.sort_unstable();
        Ok(Left { stocks: std::mem::take(&mut ledger.stocks), levels, positions })
    })
}

/// How the run of a scenario is wrong, if it is.
fn fault(seed: u32) -> Option<String> {
    let text = Random::text(seed, 1.0);
    let plan = planned(&text);
    let left = match run(On::Twin, &plan) {
        Ok(left) => left,
        Err(error) => return Some(format!("scenario {seed}: {error}\n{text}")),
    };
    let is_sound = |it: &Stock| it.volume_um3 == 0.0 || (it.least >= 0.0 && it.most.is_finite());
    if !left.stocks.iter().flatten().all(is_sound) || left.stocks.len() < 3 {
        return Some(format!("scenario {seed}: levels {:?}\n{text}", left.stocks));
    }
    if seed.is_multiple_of(ON_ADAPTER) && has_adapter() {
        let there = run(on_adapter(), &plan).unwrap();
        if there.levels != left.levels || there.stocks != left.stocks {
            return Some(format!("scenario {seed}: twin and shader differ\n{text}"));
        }
    }
    None
}

#[test]
fn random_scenarios_balance_and_no_level_is_negative() {
    let count = std::env::var("TEXPOP_SCENARIOS").map_or(SCENARIOS, |it| it.parse().unwrap());
    let faults: Vec<String> = (0..count).filter_map(fault).collect();
    assert!(faults.is_empty(), "{} of {count}: {}", faults.len(), faults[..faults.len().min(5)].join("\n\n"));
}
