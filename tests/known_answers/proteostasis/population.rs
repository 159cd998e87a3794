//! A population of cells without noise that divide and die as their proteostasis says: its columns have the means that
//! the equations of one cell give, and its numbers those of a birth-death process with rates that change:
//!
//! ```text
//! N' = (lam − mu) N        births' = lam N        deaths' = mu N
//! ```

use super::*;
use crate::proteostasis::equations::{RESTING, fates, slope};

const HOURS: u32 = 96;

/// Chronic stimulation with some costimulation, so that cells go on dividing.
pub fn stimulated() -> ProteostasisParameters {
    ProteostasisParameters { plate_bound_stimulation: 0.9, costimulation: 0.3, ..noiseless() }
}

pub fn population(row: &ProteostasisParameters, cells: u32) -> Plan {
    let own = TypeParameters {
        divides_by_proteostasis: 1,
        // The dead stay, and are counted.
        apoptosis_removal_per_min: 1e-9,
        ..idle(500.0)
    };
    let mut parameters = Parameters {
        types: vec![own],
        pairs: vec![no_pair()],
        phases: vec![phase(1.0, 0, true)],
        ..Parameters::default()
    };
    parameters.give_proteostasis(0, *row);
    let initial = vec![some_cells(0, cells, Region::Everywhere)];
    let mut plan = plan(culture(16), one_clock(1500), cell_types(&[1], 0), vec![arm(parameters, initial)], 16);
    plan.observe.columns = NAMES.to_vec();
    plan
}

/// States, and cells, births and deaths for each cell at the start.
fn expected() -> [f64; 15] {
    let start: [f64; 15] = std::array::from_fn(|i| RESTING.get(i).copied().unwrap_or(f64::from(i == 12)));
    let rates = |y: [f64; 15]| {
        let state: [f64; 12] = std::array::from_fn(|i| y[i]);
        let ([division, death], slope) = (fates(&stimulated(), state), slope(&stimulated(), state));
        let numbers = [(division - death) * y[12], division * y[12], death * y[12]];
        std::array::from_fn(|i| if i < 12 { slope[i] } else { numbers[i - 12] })
    };
    integrate(rates, start, f64::from(HOURS), 20_000)
}

fn grows_as_one_cell_says(on: On, row: &ProteostasisParameters) -> Verdict {
    let cells = on.pick(600, 100);
    let plan = population(row, cells);
    let means: Vec<String> = NAMES.iter().map(|name| format!("{name}_mean")).collect();
    let mut asked = vec![(0, "live_count"), (0, "births"), (0, "deaths_apoptosis")];
    asked.extend(means[..12].iter().map(|name| (0, name.as_str())));
    let series = series(on, &plan, &[HOURS * 60 * TICKS_PER_MIN], &asked);
    let expected = expected();
    let each = |number: usize| series[number][0].iter();
    let per_cell = |number: usize| each(number).map(|count| count / f64::from(cells)).collect::<Vec<_>>();
    mean_close("cells for each at the start", &per_cell(0), expected[12])?;
    mean_close("births for each cell at the start", &per_cell(1), expected[13])?;
    // Both vary with the luck of the first cells, their ratio hardly does.
    let deaths: Vec<f64> = each(2).zip(each(1)).map(|(deaths, births)| deaths / births).collect();
    mean_close("deaths for each birth", &deaths, expected[14] / expected[13])?;
    for (number, name) in means[..12].iter().enumerate() {
        let of_tissues = &series[3 + number][0];
        let mean = of_tissues.iter().sum::<f64>() / of_tissues.len() as f64;
        close(name, mean, expected[number], 1e-3 * expected[number] + 2e-5)?;
    }
    Ok(())
}

#[test]
fn a_population_follows_its_cell() {
    let faster = ProteostasisParameters { division_of_blasts_per_h: 1.1 * 0.055, ..stimulated() };
    let frailer =
        ProteostasisParameters { death_basal_per_h: 1.1 * 0.0015, death_by_stress_per_h: 1.1 * 0.02, ..stimulated() };
    on_both(|on| kept_and_broken(on, grows_as_one_cell_says, &stimulated(), &faster));
    kept_and_broken(On::Twin, grows_as_one_cell_says, &stimulated(), &frailer);
}
