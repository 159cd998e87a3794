//! Drugs of the library against the closed forms of their concentrations, through scenario, doses and series.

use crate::fixture::*;
use crate::treatments::{Outcome, planned, run};
use texpop::plan::Plan;

/// One cell and one drug, reported every week.
fn dosed(drug: &str, doses: &str, days: u32, every: &str) -> Plan {
    planned(&format!(
        "duration = \"{days} d\"\npreset = \"coarse\"\n\
         [clocks]\nmechanics = \"6 h\"\ncontacts = \"6 h\"\ncycle = \"6 h\"\nreorder = \"6 h\"\n\
         [domain]\ngeometry = \"culture\"\nvolume = \"1 uL\"\n\
         [cell_types.t_cell]\nvolume = \"500 um^3\"\n\
         [[place]]\ncell_type = \"t_cell\"\ncount = 1\n\
         [statistics]\nevery = \"{every}\"\n\
         [drugs.it]\n{drug}\n[[doses]]\ndrug = \"it\"\n{doses}\n"
    ))
}

fn reported(plan: &Plan, name: &str) -> Vec<(f64, f64)> {
    let outcome: Outcome = run(On::Twin, plan, 0..1);
    let all = outcome.of_tissue(name);
    assert!(!all.is_empty(), "no {name} is reported");
    all.into_iter().map(|(hours, value)| (hours / 24.0, value)).collect()
}

/// Two compartments after a bolus, by the roots of its rate matrix: L, L/d, mg.
struct Antibody {
    volume: f64,
    clearance: f64,
    peripheral: f64,
    between: f64,
    mg: f64,
    every_d: f64,
}

/// Published figures, in their three digits: at once and at the second dose, at the steady peak and trough in mg/L, and the
/// terminal half-life in d.
type Published = [f64; 5];

impl Antibody {
    fn roots(&self) -> [f64; 2] {
        let (out, to, back) =
            (self.clearance / self.volume, self.between / self.volume, self.between / self.peripheral);
        let (trace, determinant) = (-(out + to + back), out * back);
        let root = (trace * trace / 4.0 - determinant).sqrt();
        [trace / 2.0 - root, trace / 2.0 + root]
    }

    /// So many days after one dose.
    fn once(&self, day: f64) -> f64 {
        let ([fast, slow], back) = (self.roots(), self.between / self.peripheral);
        let part = |own: f64, other: f64| (own + back) / (own - other) * (own * day).exp();
        self.mg / self.volume * (part(fast, slow) + part(slow, fast))
    }

    /// On a day, after doses from day 0 on that came before it.
    fn course(&self, doses: u32, day: f64) -> f64 {
        let since = (0..doses).map(|n| day - f64::from(n) * self.every_d).filter(|since| *since > 1e-9);
        since.map(|since| self.once(since)).sum()
    }

    fn figures(&self) -> Published {
        let trough = self.course(200, 200.0 * self.every_d);
        let at_once = self.mg / self.volume;
        [at_once, self.once(self.every_d), trough + at_once, trough, -2f64.ln() / self.roots()[1]]
    }
}

const DOSES: u32 = 40;

/// All reports of a course from its start to 20 weeks after its end, and the figures that they come to.
fn antibody(law: &Antibody, published: Published, plan: &Plan) -> Verdict {
    let all = reported(plan, "it_concentration_mg_per_l");
    for &(day, got) in &all {
        let expected = law.course(DOSES, day);
        close(&format!("mg/L on day {day}"), got, expected, 1e-3 * expected)?;
    }
    let at = |day: f64| all.iter().find(|it| it.0 == day).unwrap().1;
    let (steady, last) = (f64::from(DOSES) * law.every_d, all.len() - 1);
    let half_life = 98.0 * 2f64.ln() / (all[last - 14].1 / all[last].1).ln();
    let trough = at(steady);
    // The doses come at once: a peak is a trough and one dose.
    let at_once = at(7.0) / law.once(7.0) * law.figures()[0];
    let got = [at_once, at(law.every_d), trough + at_once, trough, half_life];
    for ((got, published), exact) in got.into_iter().zip(published).zip(law.figures()) {
        close("figure", got, exact, 1e-3 * exact)?;
        close("published figure", got, published, 0.05 + 1e-3 * published)?;
    }
    Ok(())
}

#[test]
fn pembrolizumab_of_the_library_has_its_published_course() {
    let law = Antibody { volume: 3.48, clearance: 0.22, peripheral: 4.06, between: 0.795, mg: 200.0, every_d: 21.0 };
    let plan = |more: &str| {
        let doses = format!("amount = \"200 mg\"\nat = \"0 h\"\nevery = \"21 d\"\ntimes = {DOSES}");
        dosed(&format!("use = \"pembrolizumab\"\n{more}"), &doses, 980, "7 d")
    };
    let published = [57.5, 12.7, 87.0, 29.5, 25.8];
    let law = |_: On, plan: &Plan| antibody(&law, published, plan);
    kept_and_broken(On::Twin, law, &plan(""), &plan("clearance = \"0.242 L/d\""));
    // The tissue gets a quarter.
    let plan = plan("");
    let (plasma, tissue) =
        (reported(&plan, "it_concentration_mg_per_l"), reported(&plan, "it_tissue_concentration_mg_per_l"));
    assert!(plasma.iter().zip(&tissue).all(|(plasma, tissue)| (0.25 * plasma.1 - tissue.1).abs() < 1e-9));
}

#[test]
fn nivolumab_of_the_library_has_its_published_course() {
    let law = Antibody { volume: 3.63, clearance: 0.23, peripheral: 2.78, between: 0.770, mg: 240.0, every_d: 14.0 };
    let plan = |more: &str| {
        let doses = format!("amount = \"240 mg\"\nat = \"0 h\"\nevery = \"14 d\"\ntimes = {DOSES}");
        dosed(&format!("use = \"nivolumab\"\n{more}"), &doses, 700, "7 d")
    };
    let published = [66.1, 20.7, 120.9, 54.7, 20.5];
    let law = |_: On, plan: &Plan| antibody(&law, published, plan);
    kept_and_broken(On::Twin, law, &plan(""), &plan("peripheral_volume = \"3.06 L\""));
}

/// MK-2206 every other day piles up to 1/(1 − e^(−kₑ 48 h)) of one dose, 2.53; a day after each dose nothing is left to be
/// absorbed.
fn accumulation(_: On, plan: &Plan) -> Verdict {
    let all = reported(plan, "it_concentration_mg_per_l");
    let at = |day: f64| all.iter().find(|it| it.0 == day).unwrap().1;
    let expected = 1.0 / (1.0 - (-0.0105f64 * 48.0).exp());
    close("published, in its digits", 2.53, expected, 5e-3)?;
    close("accumulation", at(81.0) / at(1.0), expected, 1e-3 * expected)?;
    // 60 mg in 1000 L, absorbed at 0.585 /h.
    let once = 0.06 * 0.585 / (0.585 - 0.0105) * (-0.0105f64 * 24.0).exp();
    close("mg/L a day after a dose", at(1.0), once, 1e-3 * once)
}

#[test]
fn mk_2206_of_the_library_accumulates_as_published() {
    let doses = "amount = \"60 mg\"\nroute = \"oral\"\nat = \"0 h\"\nevery = \"48 h\"\ntimes = 41";
    let plan = |more: &str| dosed(&format!("use = \"mk_2206\"\n{more}"), doses, 82, "1 d");
    kept_and_broken(On::Twin, accumulation, &plan(""), &plan("clearance = \"11.55 L/h\""));
}

/// A dose whenever the trough is below 20 mg/L, as of 24 mg/L halved each day: of the medium, which a condition may name.
#[test]
fn a_condition_may_watch_a_concentration() {
    let doses = "concentration = \"24 mg/L\"\nwhen = \"it_concentration_mg_per_l < 20\"\nat_most = 3";
    let plan = dosed("half_life = \"1 d\"", doses, 2, "6 h");
    let outcome = run(On::Twin, &plan, 0..1);
    let hours: Vec<f64> = outcome.happened.iter().map(|it| f64::from(it.tick) / 6000.0).collect();
    // 24 mg/L at 0 h are 20.2 at 6 h, 17.0 at 12 h: 41 then, 20.5 a day later and 17.2 at 42 h.
    assert_eq!(hours, [0.0, 12.0, 42.0]);
    let all = outcome.of_tissue("it_concentration_mg_per_l");
    assert_eq!((all[0], all.len()), ((0.0, 0.0), 9), "what is due at a report comes after it");
    assert!((all[1].1 - 24.0 * 0.5f64.powf(0.25)).abs() < 1e-9, "{all:?}");
}
