//! Treatments: drugs, irradiation, and conditions, from scenarios to populations.

use crate::fixture::*;
use std::ops::Range;
use texpop::cells::Cells;
use texpop::compile::build;
use texpop::engine::interface::Observation;
use texpop::error::Result;
use texpop::measure::{Layout, StatisticRow, rows, with_concentrations};
use texpop::plan::*;
use texpop::scenario;
use texpop::simulation::batch::{self, Observer};
use texpop::simulation::interventions::InterventionEvent;

pub fn planned(text: &str) -> Plan {
    let read = scenario::from_text("treatments.toml", text, &[]).and_then(|it| build(&it));
    read.unwrap_or_else(|error| panic!("{error}"))
}

/// What a run gives.
pub struct Outcome<'a> {
    plan: &'a Plan,
    layout: Layout,
    tissues: Range<u32>,
    pub rows: Vec<StatisticRow>,
    pub happened: Vec<InterventionEvent>,
}

impl Observer for Outcome<'_> {
    fn observed(&mut self, it: Observation) -> Result<()> {
        let rows = rows(self.plan, &self.layout, &it.words, &it.events, it.tick, self.tissues.clone())?;
        self.rows.extend(with_concentrations(self.plan, rows, &it.concentrations));
        Ok(())
    }

    fn happened(&mut self, happened: Vec<InterventionEvent>) -> Result<()> {
        self.happened.extend(happened);
        Ok(())
    }

    fn cells(&mut self, _: u32, _: &Cells) -> Result<()> {
        Ok(())
    }

    fn goes_on(&mut self, _: u32, _: u32) -> Result<bool> {
        Ok(true)
    }
}

pub fn run<'a>(on: On, plan: &'a Plan, tissues: Range<usize>) -> Outcome<'a> {
    let layout = Layout::new(plan, tissues.len()).unwrap();
    let numbers = tissues.start as u32..tissues.end as u32;
    let mut outcome = Outcome { plan, layout, tissues: numbers, rows: vec![], happened: vec![] };
    with_engine(on, plan, tissues.clone(), &Cells::default(), |engine| {
        batch::run(plan, tissues, engine, &mut outcome).unwrap();
    });
    outcome
}

impl Outcome<'_> {
    /// A statistic of the whole tissue: hours and values in the first tissue.
    pub fn of_tissue(&self, name: &str) -> Vec<(f64, f64)> {
        let is_asked = |row: &&StatisticRow| {
            row.tissue == self.tissues.start && row.cell_type.is_none() && &*row.statistic == name
        };
        let asked = self.rows.iter().filter(is_asked);
        asked.map(|row| (f64::from(row.tick) / 6000.0, row.value.unwrap())).collect()
    }

    /// A statistic of the first cell type at a time, in each tissue.
    pub fn at(&self, hour: f64, cell_type: u32, name: &str) -> Vec<f64> {
        let tick = (hour * 6000.0) as u32;
        let is_asked =
            |row: &&StatisticRow| row.tick == tick && row.cell_type == Some(cell_type) && &*row.statistic == name;
        self.rows.iter().filter(is_asked).map(|row| row.value.unwrap()).collect()
    }
}

/// Cells that only die, by 0.02 /h and (1 + emax c/(1 + c)) times as fast under 2 uM at 0 h and 8 h, halved every 6 h.
fn dying(emax: f64) -> Plan {
    planned(&format!(
        "duration = \"24 h\"\nreplicates = 64\npreset = \"coarse\"\n\
         [clocks]\nmechanics = \"15 min\"\ncontacts = \"15 min\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.tumour]\nvolume = \"1000 um^3\"\napoptosis = {{ rate = \"0.02 /h\" }}\n\
         [[place]]\ncell_type = \"tumour\"\ncount = 1000\n\
         [drugs.poison]\nhalf_life = \"6 h\"\n\
         [[drugs.poison.effects]]\ncell_type = \"tumour\"\nparameter = \"apoptosis.rate\"\nemax = {emax}\nec50 = \"1 uM\"\n\
         [[doses]]\ndrug = \"poison\"\nconcentration = \"2 uM\"\nat = \"0 h\"\nevery = \"8 h\"\ntimes = 2\n"
    ))
}

fn emax_law(on: On, plan: &Plan) -> Verdict {
    let concentration = |h: f64| {
        let after = |dose_h: f64| if h >= dose_h { 2.0 * 0.5f64.powf((h - dose_h) / 6.0) } else { 0.0 };
        after(0.0) + after(8.0)
    };
    let fall = |[live, h]: [f64; 2]| {
        let c = concentration(h);
        [-0.02 * (1.0 + 4.0 * c / (1.0 + c)) * live, 1.0]
    };
    let outcome = run(on, plan, 0..64);
    for hour in [8.0, 24.0] {
        // In two pieces, since the right side jumps at the second dose.
        let mut state = integrate(fall, [1000.0, 0.0], f64::min(hour, 8.0) - 1e-9, 2000);
        if hour > 8.0 {
            state = integrate(fall, [state[0], 8.0], hour - 8.0, 2000);
        }
        mean_close(&format!("live cells after {hour} h"), &outcome.at(hour, 0, "live_count"), state[0])?;
    }
    Ok(())
}

#[test]
fn a_drug_raises_a_death_rate_by_emax() {
    on_both(|on| kept_and_broken(on, emax_law, &dying(4.0), &dying(4.4)));
}

/// Cells that become others, 3 times as fast as without the drug, of which half die; their bodies stay half as long.
fn turning(emax: f64) -> Plan {
    planned(&format!(
        "duration = \"8 h\"\nreplicates = 64\npreset = \"coarse\"\n[clocks]\nmechanics = \"4 min\"\ncontacts = \"4 min\"\nreorder = \"4 min\"\ncycle = \"4 min\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.naive]\nvolume = \"1000 um^3\"\ntransitions = {{ primed = \"0.05 /h\" }}\n\
         [cell_types.primed]\nvolume = \"1000 um^3\"\napoptosis = {{ rate = \"0.3 /h\", duration = \"4 h\", \
         duration_distribution = \"exponential\" }}\n\
         [[place]]\ncell_type = \"naive\"\ncount = 400\n\
         [drugs.primer]\nec50 = \"1 uM\"\n\
         [[drugs.primer.effects]]\ncell_type = \"naive\"\nparameter = \"transitions.primed\"\nemax = {emax}\n\
         [[drugs.primer.effects]]\ncell_type = \"primed\"\nparameter = \"apoptosis.duration\"\nemax = -1\n\
         [[doses]]\ndrug = \"primer\"\nconcentration = \"1 uM\"\nat = \"0 h\"\n"
    ))
}

fn primed(on: On, plan: &Plan) -> Verdict {
    // Naive, primed, bodies, bodies gone: at 1 uM half of each effect is there.
    let law = |[naive, primed, dead, _]: [f64; 4]| {
        let (turn, die, go) = (0.15 * naive, 0.3 * primed, dead / 2.0);
        [-turn, turn - die, die - go, go]
    };
    let outcome = run(on, plan, 0..64);
    let expected = integrate(law, [400.0, 0.0, 0.0, 0.0], 8.0, 2000);
    mean_close("naive", &outcome.at(8.0, 0, "live_count"), expected[0])?;
    mean_close("primed", &outcome.at(8.0, 1, "live_count"), expected[1])?;
    mean_close("bodies", &outcome.at(8.0, 1, "apoptotic_count"), expected[2])
}

#[test]
fn drugs_change_transitions_and_how_long_bodies_stay() {
    on_both(|on| kept_and_broken(on, primed, &turning(4.0), &turning(4.4)));
}

fn irradiated(gray: f64) -> Plan {
    planned(&format!(
        "duration = \"3 h\"\nreplicates = 64\npreset = \"coarse\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.tumour]\nvolume = \"1000 um^3\"\nradiosensitivity = {{ alpha = \"0.3 /Gy\", beta = \"0.03 /Gy^2\" }}\n\
         [cell_types.hardy]\nvolume = \"1000 um^3\"\n\
         [[place]]\ncell_type = \"tumour\"\ncount = 500\n[[place]]\ncell_type = \"hardy\"\ncount = 10\n\
         [[irradiation]]\nat = \"30 min\"\nevery = \"1 h\"\ntimes = 2\ndose = \"{gray} Gy\"\n"
    ))
}

/// Two fractions of 2 Gy: exp(−0.72) live after the first, exp(−1.44) after both; the insensitive all live.
fn linear_quadratic(on: On, plan: &Plan) -> Verdict {
    let outcome = run(on, plan, 0..64);
    for (hour, fractions) in [(1.0, 1.0), (2.0, 2.0)] {
        let live = outcome.at(hour, 0, "live_count");
        mean_close(&format!("live cells after {hour} h"), &live, 500.0 * (-0.72f64 * fractions).exp())?;
        let died = outcome.at(hour, 0, "deaths_irradiation");
        assert!(live.iter().zip(&died).all(|(live, died)| live + died == 500.0), "who does not live was counted");
        assert!(outcome.at(hour, 1, "live_count").iter().all(|&live| live == 10.0));
    }
    assert_eq!(outcome.happened.len(), 128);
    Ok(())
}

#[test]
fn survival_of_irradiation_is_linear_quadratic() {
    on_both(|on| kept_and_broken(on, linear_quadratic, &irradiated(2.0), &irradiated(2.2)));
}

/// A growing population, which a condition meets with cells, a drug and a beam; the first arm goes without.
fn adaptive() -> Plan {
    planned(
        "duration = \"24 h\"\nreplicates = 6\npreset = \"coarse\"\nseed = 3\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.t_cell]\nvolume = \"500 um^3\"\n\
         [cell_types.tumour]\nvolume = \"1000 um^3\"\ncycle = { model = \"live\", rate = \"0.05 /h\" }\n\
         radiosensitivity = { alpha = \"0.1 /Gy\", beta = \"0 /Gy^2\" }\n\
         [[place]]\ncell_type = \"tumour\"\ncount = 40\n\
         [drugs.stop]\n\
         [[drugs.stop.effects]]\ncell_type = \"tumour\"\nparameter = \"cycle.rate\"\nemax = -0.9\nec50 = \"10 nM\"\n\
         [[add_cells]]\nwhen = \"tumour.live_count >= 60 and time_h >= 2\"\ndelay = \"90 min\"\nevery = \"4 h\"\ntimes = 1\n\
         at_most = 2\ncell_type = \"t_cell\"\ncount = 7\n\
         [[doses]]\nwhen = \"tumour.live_count > 75\"\ndrug = \"stop\"\nconcentration = \"1 uM\"\nover = \"6 h\"\n\
         [[irradiation]]\nwhen = \"tumour.live_count > 90\"\ndose = \"2 Gy\"\n\
         [[set_parameters]]\nat = \"10 h\"\ncell_type = \"tumour\"\nparameter = \"apoptosis.rate\"\nvalue = \"0.03 /h\"\n\
         [arms.none]\nset = { add_cells = [], doses = [], irradiation = [] }\n[arms.adaptive]\n",
    )
}

#[test]
fn conditions_fire_where_and_when_they_hold_and_as_often_as_they_may() {
    let plan = adaptive();
    on_both(|on| {
        let outcome = run(on, &plan, 0..12);
        assert!(outcome.happened.iter().all(|it| it.tissue >= 6 || it.intervention == "set_parameters.0"));
        let hours = |tissue: usize, name: &str| -> Vec<f64> {
            let of = outcome.happened.iter().filter(|it| it.tissue == tissue && it.intervention == name);
            of.map(|it| f64::from(it.tick) / 6000.0).collect()
        };
        let mut fired = 0;
        for tissue in 6..12 {
            let live = |hour: u32| outcome.at(f64::from(hour), 1, "live_count")[tissue];
            // What should come, worked out from the series: judged hourly, 90 min late, again after 5.5 h at the earliest.
            let (mut expected, mut judged_from) = (vec![], 2);
            for hour in 0..24 {
                if hour >= judged_from && live(hour) >= 60.0 && expected.len() < 2 {
                    expected.push(f64::from(hour) + 1.5);
                    judged_from = hour + 6;
                }
            }
            assert_eq!(hours(tissue, "add_cells.0"), expected, "{on:?}, tissue {tissue}");
            let added = outcome.at(24.0, 0, "added")[tissue];
            assert_eq!(added, 7.0 * expected.iter().filter(|hour| **hour < 24.0).count() as f64);
            let dosed: Vec<f64> = (0..24).filter(|&hour| live(hour) > 75.0).map(f64::from).take(1).collect();
            assert_eq!(hours(tissue, "doses.0"), dosed, "{on:?}, tissue {tissue}");
            fired += expected.len() + dosed.len();
        }
        assert!(fired >= 8, "the conditions held somewhere: {fired}");
        // A tissue alone has the same history as in the batch.
        for tissue in [2, 7, 11] {
            let alone = run(on, &plan, tissue..tissue + 1);
            let mine: Vec<&StatisticRow> = outcome.rows.iter().filter(|row| row.tissue == tissue as u32).collect();
            assert!(mine.iter().copied().eq(&alone.rows), "{on:?}, tissue {tissue}: statistics");
            let mine: Vec<&InterventionEvent> = outcome.happened.iter().filter(|it| it.tissue == tissue).collect();
            assert!(mine.iter().copied().eq(&alone.happened), "{on:?}, tissue {tissue}: events");
        }
    });
}

/// The shaders follow the same history as the twins, through halts for room and parameters that change meanwhile.
#[test]
fn treatments_are_the_same_on_both_engines() {
    let growing = planned(
        "duration = \"20 h\"\nreplicates = 4\npreset = \"coarse\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.tumour]\nvolume = \"1000 um^3\"\ncycle = { model = \"live\", rate = \"0.02 /h\" }\n\
         apoptosis = { rate = \"0.02 /h\" }\n\
         [[place]]\ncell_type = \"tumour\"\ncount = 60\n\
         [drugs.boost]\nvolume = \"1 mL\"\nclearance = \"0.05 mL/h\"\nabsorption_rate = \"1 /h\"\n\
         [[drugs.boost.effects]]\ncell_type = \"tumour\"\nparameter = \"cycle.rate\"\nemax = 5\nec50 = \"1 mg/L\"\nhill = 2\n\
         [[drugs.boost.effects]]\ncell_type = \"tumour\"\nparameter = \"necrosis.rate\"\nat_saturation = \"0.01 /h\"\n\
         ec50 = \"1 mg/L\"\n\
         [[doses]]\ndrug = \"boost\"\namounts = [\"4 ug\", \"2 ug\", \"1 ug\"]\nroute = \"oral\"\nat = \"1 h\"\nevery = \"8 h\"\n\
         [arms.one]\n[arms.two]\nset = { \"drugs.boost.effects.0.emax\" = 7 }\n",
    );
    for plan in [adaptive(), growing] {
        let tissues = plan.tissue_count();
        on_both(|on| {
            if !on.is_twin() {
                let (twin, adapter) = (run(On::Twin, &plan, 0..tissues), run(on, &plan, 0..tissues));
                assert_eq!(twin.happened, adapter.happened);
                let first = twin.rows.iter().zip(&adapter.rows).find(|(a, b)| a != b);
                assert!(first.is_none() && twin.rows.len() == adapter.rows.len(), "{first:?}");
                let last =
                    twin.at(f64::from(plan.duration_ticks) / 6000.0, plan.cell_types.len() as u32 - 1, "live_count");
                assert!(last.iter().any(|&live| live > 120.0) || plan.arms[0].name == "none", "it grew: {last:?}");
            }
        });
    }
}
