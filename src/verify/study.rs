//! A scenario of experiments, run: its statistics at each report, and its cells at each snapshot.

use super::VerifyOptions;
use super::experiments::{SURVIVAL, TRANSFER};
use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::columns::{Fate, column};
use crate::compile::build;
use crate::device::Device;
use crate::engine::interface::Observation;
use crate::error::Result;
use crate::measure::{Layout, rows};
use crate::outputs::study::Courses;
use crate::plan::{Plan, ProteostasisParameters, TICKS_PER_MIN};
use crate::run::capacity::{Share, engine, estimate};
use crate::scenario;
use crate::simulation::batch::{self, Observer};
use std::collections::HashMap;
use std::ops::Range;

macro_rules! studies {
    ($($name:ident)+) => {
        /// Name and text of each scenario.
        pub const STUDIES: &[(&str, &str)] = &[$((
            stringify!($name),
            include_str!(concat!("../../scenarios/experiments/", stringify!($name), ".toml")),
        ),)+];
    };
}
studies!(in_vitro rest lineages in_vivo_like patients transfer survival);

/// Patients are many: each has this part of the cells of another tissue.
const PATIENT_SHARE: f64 = 0.4;
/// Tissues are few cells, each of which counts: there are so many times the replicates of a dish.
const REPLICATES_IN_TISSUE: u32 = 4;
/// A dish is full with so many times the first cells.
const FULL_DISH: f64 = 3.0;

/// What a study gave.
pub struct PairedExperiment {
    plan: Plan,
    /// By tissue, tick, number of the cell type, and name.
    statistics: HashMap<(u32, u32, u32, String), f64>,
    /// By tick.
    cells: HashMap<u32, Cells>,
    /// Of what its `[study]` asks for.
    courses: Option<Courses>,
}

/// Takes what the batches give.
struct Collector<'a> {
    study: &'a mut PairedExperiment,
    tissues: Range<usize>,
    layout: Layout,
}

impl PairedExperiment {
    /// Runs a scenario with the numbers that are asked for.
    pub fn run(name: &str, text: &str, request: &VerifyOptions, device: &Device) -> Result<PairedExperiment> {
        let mut set = match name {
            SURVIVAL => Vec::new(),
            TRANSFER => vec![format!("replicates={}", REPLICATES_IN_TISSUE * request.size.replicates)],
            _ => in_dish(name, text, request),
        };
        set.extend_from_slice(&request.set);
        let scenario = scenario::from_text(&format!("{name}.toml"), text, &set)?;
        let plan = build(&scenario)?;
        let estimate = estimate(&plan, device, Share::default())?;
        let courses = plan.study.as_ref().map(Courses::new);
        let mut study =
            PairedExperiment { plan: plan.clone(), statistics: HashMap::new(), cells: HashMap::new(), courses };
        for tissues in &estimate.batches {
            let layout = Layout::new(&plan, tissues.len())?;
            let mut collector = Collector { study: &mut study, tissues: tissues.clone(), layout };
            let mut engine = engine(device, &plan, tissues.clone(), &estimate)?;
            batch::run(&plan, tissues.clone(), engine.as_mut(), &mut collector)?;
        }
        Ok(study)
    }

    /// Number of replicates.
    pub fn replicates(&self) -> usize {
        self.plan.seeds.len()
    }

    /// What one replicate shows.
    pub fn seen(&self, replicate: usize) -> Seen<'_> {
        Seen { study: self, replicate }
    }
}

/// What is set in a scenario of T cells in a dish.
fn in_dish(name: &str, text: &str, request: &VerifyOptions) -> Vec<String> {
    let share = if name == "patients" { PATIENT_SHARE } else { 1.0 };
    let cells = (share * f64::from(request.size.cells)).ceil();
    let mut set = vec![format!("replicates={}", request.size.replicates), format!("place.0.count={cells}")];
    if text.contains("[[remove_cells]]") {
        set.push(format!("remove_cells.0.when=t_cell.live_count > {}", FULL_DISH * cells));
    }
    set
}

impl Observer for Collector<'_> {
    fn observed(&mut self, it: Observation) -> Result<()> {
        let tissues = self.tissues.start as u32..self.tissues.end as u32;
        let rows = rows(&self.study.plan, &self.layout, &it.words, &it.events, it.tick, tissues)?;
        self.study.courses.iter_mut().for_each(|it| it.append(&rows));
        for row in rows {
            if let (Some(own), Some(value)) = (row.cell_type, row.value) {
                self.study.statistics.insert((row.tissue, row.tick, own, row.statistic.to_string()), value);
            }
        }
        Ok(())
    }

    fn cells(&mut self, tick: u32, cells: &Cells) -> Result<()> {
        let mut cells = cells.clone();
        for identity in &mut cells.identity {
            // The tissue is counted within its batch.
            identity[2] += (self.tissues.start as u32) << 16;
        }
        self.study.cells.entry(tick).or_default().append(&cells);
        Ok(())
    }

    fn goes_on(&mut self, _tick: u32, _cell_count: u32) -> Result<bool> {
        Ok(true)
    }
}

/// One replicate of a study. What does not exist is NaN, which no band holds.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    study: &'a PairedExperiment,
    replicate: usize,
}

fn tick(day: f64) -> u32 {
    (day * 1440.0 * f64::from(TICKS_PER_MIN)) as u32
}

impl Seen<'_> {
    /// Names of the arms.
    pub fn arms(&self) -> Vec<&str> {
        self.study.plan.arms.iter().map(|arm| arm.name.as_str()).collect()
    }

    fn arm(&self, name: &str) -> Option<usize> {
        self.study.plan.arms.iter().position(|arm| arm.name == name)
    }

    /// A statistic of the T cells of an arm.
    pub fn at(&self, arm: &str, statistic: &str, day: f64) -> f64 {
        self.of_type("t_cell", arm, statistic, day)
    }

    /// Same of another cell type.
    pub fn of_type(&self, cell_type: &str, arm: &str, statistic: &str, day: f64) -> f64 {
        let own = self.study.plan.cell_types.iter().position(|it| it.name == cell_type);
        let Some((arm, own)) = self.arm(arm).zip(own) else { return f64::NAN };
        let tissue = (arm * self.study.replicates() + self.replicate) as u32;
        let key = (tissue, tick(day), own as u32, statistic.to_owned());
        self.study.statistics.get(&key).copied().unwrap_or(f64::NAN)
    }

    /// The first outcome that the scenario's `[study]` asks for.
    pub fn outcome(&self, arm: &str) -> f64 {
        let (Some(courses), Some(arm)) = (&self.study.courses, self.arm(arm)) else { return f64::NAN };
        courses.value(0, arm * self.study.replicates() + self.replicate).map_or(f64::NAN, |it| it.number)
    }

    /// ln N of an arm at a day, but for passages: the sum of the mean rates of division less those of death.
    pub fn expansion(&self, arm: &str, day: f64) -> f64 {
        let every = self.study.plan.observe.every_ticks;
        let days = (0..).map(|number| f64::from(number * every) / f64::from(tick(1.0))).take_while(|it| *it < day);
        let net = |at: f64| self.at(arm, "division_per_h_mean", at) - self.at(arm, "death_per_h_mean", at);
        let step = f64::from(every) / f64::from(tick(1.0));
        days.map(|from| 12.0 * step * (net(from) + net(from + step))).sum()
    }

    /// Ids and values of a column of the live cells of an arm at a snapshot.
    pub fn cells(&self, arm: &str, columns: &[&str], day: f64) -> Vec<(u64, Vec<f64>)> {
        let (Some(arm), Some(cells)) = (self.arm(arm), self.study.cells.get(&tick(day))) else { return Vec::new() };
        let tissue = (arm * self.study.replicates() + self.replicate) as u32;
        let is_own = |&slot: &usize| {
            let it = cells.identity[slot][2];
            cell_bits::tissue(it) == tissue && cell_bits::is(it, Fate::Live)
        };
        let value = |name: &&str, slot| column(name).map_or(f64::NAN, |it| cells.value(it, slot));
        let of_cell = |slot| (cells.id(slot), columns.iter().map(|name| value(name, slot)).collect());
        (0..cells.len()).filter(is_own).map(of_cell).collect()
    }

    /// The parameters that hold in an arm at a day.
    pub fn parameters(&self, arm: &str, day: f64) -> ProteostasisParameters {
        let Some(arm) = self.arm(arm) else { return ProteostasisParameters::default() };
        let rows = self.study.plan.arms[arm].parameters_at(tick(day));
        rows.proteostasis.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some twenty tumour cells, and as many T cells, for three days; a mouse is taken out at more than 30.
    #[test]
    fn survival_is_read_and_ends_with_the_tumour() {
        let set = [
            "duration=3 d",
            "replicates=2",
            "statistics.every=12 h",
            "place.0.radius=23 um",
            "add_cells.0.count=20",
            "set_parameters.0.at=1 d",
            "study.outcomes.survival.threshold=30",
            "remove_cells.0.when=tumour.live_count > 30",
            "remove_cells.1.when=tumour.live_count > 30",
        ];
        let request = VerifyOptions { set: set.map(str::to_owned).to_vec(), ..VerifyOptions::default() };
        let (name, text) = STUDIES.iter().find(|it| it.0 == SURVIVAL).unwrap();
        let study = PairedExperiment::run(name, text, &request, &Device::Cpu).unwrap();
        for number in 0..2 {
            let it = study.seen(number);
            let [none, control] = ["no_t_cells", "control"].map(|arm| it.outcome(arm));
            assert!((12.0..72.0).contains(&none) && control == 72.0, "{none} and {control} h");
            assert_eq!(it.of_type("tumour", "no_t_cells", "live_count", 3.0), 0.0, "a mouse was taken out");
            assert!(it.outcome("nobody").is_nan());
        }
    }
}
