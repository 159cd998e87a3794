//! Virtual cytometry: gates and instrument noise against quadrature, subsets against plain sums in f64, and the words of
//! the device against those of the twin.

use super::population::{population, stimulated};
use super::*;
use texpop::measure::{Layout, StatisticRow, rows};
use texpop::plan::cytometry::{EXHAUSTION, FRACTIONS, MEASURED, PANEL, SUBSETS};
use texpop::random::{Purpose, draw, normal_pair, philox, uniform};

/// A culture for each tissue, stained.
fn stained(tissues: u32) -> Plan {
    let mut plan = cultures(&vec![noiseless(); tissues as usize], 1500);
    plan.observe.cytometry = true;
    plan
}

/// What one look at the cells gives: words, and rows.
fn look(on: On, plan: &Plan, cells: &Cells) -> (Vec<u32>, Vec<StatisticRow>) {
    let tissues = plan.tissue_count();
    let seen = with_engine(on, plan, 0..tissues, cells, |engine| {
        engine.observe(0).unwrap();
        engine.observations(true).unwrap().remove(0)
    });
    let layout = Layout::new(plan, tissues).unwrap();
    let rows = rows(plan, &layout, &seen.words, &seen.events, 0, 0..tissues as u32).unwrap();
    (seen.words, rows)
}

fn statistic(rows: &[StatisticRow], tissue: u32, name: &str) -> Option<f64> {
    let mut found = rows.iter().filter(|row| row.tissue == tissue && &*row.statistic == name);
    found.next().unwrap_or_else(|| panic!("no {name}")).value
}

/// The constants of the panel by name, one of them 10 % off.
fn constants(off: Option<&str>) -> impl Fn(&str) -> f64 {
    move |name| {
        let value = PANEL.iter().find(|it| it.0 == name).unwrap().1;
        f64::from(value) * if off == Some(name) { 1.1 } else { 1.0 }
    }
}

/// Exhaustion, stemness and cytokine capacity of all cells of a tissue.
const ALIKE: [[f32; 3]; 4] = [[0.3, 0.2, 0.3], [0.45, 0.35, 0.5], [0.6, 0.5, 0.62], [0.7, 0.28, 0.8]];

fn alike(of_each: u32) -> Cells {
    let mut cells = Cells::default();
    for (tissue, [exhaustion, stemness, cytokine]) in ALIKE.into_iter().enumerate() {
        for cell in 0..of_each {
            push(&mut cells, cell, tissue as u32);
            cells.protein.push([1.0, 6.0, 2.0, 4.0]);
            cells.response.push([1.0, 1.5, 0.5, exhaustion]);
            cells.programme.push([0.0, stemness, 0.5, 0.6]);
            cells.capacity.push([5.0, 0.0, cytokine, 0.5]);
        }
    }
    cells
}

fn push(cells: &mut Cells, cell: u32, tissue: u32) {
    let place = [0.0f32, 0.0, 0.0, 500.0].map(f32::to_bits);
    cells.push([place, [0; 4], [0; 4], [cell, 5, tissue << 16, NO_BOND], [u32::MAX, 0, 0, 0]]);
    cells.signal.push([0; 4]);
    cells.variation.push([0x8000_8000; 4]);
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Mean and standard deviation of a gate's chance over the noise, by quadrature.
fn gate(signal: f64, noise: f64, threshold: f64, width: f64) -> [f64; 2] {
    let nodes = (-600..=600).map(|node| f64::from(node) / 100.0);
    let of = |n: f64| ((-0.5 * n * n).exp(), logistic((signal + noise * n - threshold) / width));
    let [weights, sum, squares] = nodes.fold([0.0; 3], |[weights, sum, squares], n| {
        let (weight, chance) = of(n);
        [weights + weight, sum + weight * chance, squares + weight * chance * chance]
    });
    let mean = sum / weights;
    [mean, (squares / weights - mean * mean).sqrt()]
}

/// Holds the reports to a panel with one constant off, or none.
fn follows_the_gates((rows, of_each): &(Vec<StatisticRow>, u32), off: Option<&str>) -> Verdict {
    let it = constants(off);
    for (tissue, [exhaustion, stemness, cytokine]) in ALIKE.into_iter().enumerate() {
        let [tim3, tim3_sd] = gate(f64::from(exhaustion), it("TIM3_NOISE"), it("TIM3_THRESHOLD"), it("TIM3_WIDTH"));
        let [slamf6, slamf6_sd] =
            gate(f64::from(stemness), it("SLAMF6_NOISE"), it("SLAMF6_THRESHOLD"), it("SLAMF6_WIDTH"));
        let sure = logistic((f64::from(cytokine) - it("CYTOKINE_THRESHOLD")) / it("CYTOKINE_WIDTH"));
        let product_sd = (slamf6_sd.powi(2) + tim3_sd.powi(2)).sqrt();
        for (name, expected, sd) in [
            ("tim3_pos_fraction", tim3, tim3_sd),
            ("slamf6_pos_fraction", slamf6, slamf6_sd),
            // Two independent noises: chances multiply.
            ("slamf6_pos_tim3_neg_fraction", slamf6 * (1.0 - tim3), product_sd),
            ("slamf6_neg_tim3_pos_fraction", (1.0 - slamf6) * tim3, product_sd),
            ("slamf6_pos_tim3_pos_fraction", slamf6 * tim3, product_sd),
            ("slamf6_neg_tim3_neg_fraction", (1.0 - slamf6) * (1.0 - tim3), product_sd),
            ("cytokine_pos_fraction", sure, 0.0),
            ("aggregate_dye_mean", it("DYE_BACKGROUND") + 6.0, 0.0),
        ] {
            let got = statistic(rows, tissue as u32, name).unwrap();
            let tolerance = 5.0 * sd / f64::from(*of_each).sqrt() + 1e-6;
            close(&format!("tissue {tissue}, {name}"), got, expected, tolerance)?;
        }
    }
    Ok(())
}

#[test]
fn gates_and_noise_are_those_of_the_panel() {
    on_both(|on| {
        let of_each = on.pick(100_000, 10_000);
        let seen = (look(on, &stained(ALIKE.len() as u32), &alike(of_each)).1, of_each);
        follows_the_gates(&seen, None).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        let seen_off = PANEL.iter().filter(|it| on.is_twin() && it.0 != "INTERMEDIATE_EFFECTOR");
        for (name, ..) in seen_off {
            assert!(follows_the_gates(&seen, Some(name)).is_err(), "{on:?}: {name} 10 % off is not seen");
        }
    });
}

/// Cells in any state; one is no longer finite, and some are dead.
fn varied(tissues: u32, count: u32) -> Cells {
    let mut cells = Cells::default();
    for tissue in 0..tissues {
        for cell in 0..count / tissues {
            push(&mut cells, cell, tissue);
            let slot = cells.len() - 1;
            cells.identity[slot][2] |= u32::from(cell % 7 == 3) << 8;
            cells.progress[slot][1] |= (cell % 13) << 6;
            let state = |number: u32, largest: [f32; 4]| {
                let words = philox([9, 3], [cell, tissue, number, 0]);
                std::array::from_fn(|lane| largest[lane] * uniform(words[lane]))
            };
            cells.protein.push(state(0, [2.5, 7.0, 5.0, 40.0]));
            cells.response.push(state(1, [2.0, 3.0, 1.0, 1.0]));
            cells.programme.push(state(2, [1.0, 1.0, 1.0, 1.0]));
            cells.capacity.push(state(3, [7.0, 1.0, 1.0, 1.0]));
        }
    }
    if let Some(exhaustion) = cells.response.get_mut(1) {
        exhaustion[3] = f32::NAN;
    }
    cells
}

/// Statistics of a tissue by plain sums.
struct Plain {
    fractions: [f64; 8],
    /// What is measured in each subset.
    subsets: [[f64; 4]; 3],
    /// Fractions, what is measured, and exhaustion, per lineage.
    lineages: [f64; 13],
}

/// With an effector programme from which on cells are intermediate, and what a division leaves of the weight of a line.
fn plainly(plan: &Plan, cells: &Cells, tissue: u32, [intermediate, half]: [f64; 2]) -> Plain {
    let it = constants(None);
    let (mut count, mut fractions, mut sums) = (0.0, [0.0; 8], [[0.0; 4]; 3]);
    let (mut weights, mut lineages) = (0.0, [0.0; 13]);
    let here = |&slot: &usize| cells.identity[slot][2] >> 16 == tissue && is_live(cells, slot);
    for slot in (0..cells.len()).filter(here).filter(|&slot| cells.response[slot][3].is_finite()) {
        let [low, high, ..] = cells.identity[slot];
        let seed = plan.seeds[plan.arm_and_replicate(tissue as usize).1];
        let random = draw(seed, [low, high], 0, Purpose::Cytometry as u32);
        let [n1, n2] = normal_pair(random[0], random[1]).map(f64::from);
        let get = |name: &str| value(cells, name, slot);
        let tim3 = logistic((get("exhaustion") + it("TIM3_NOISE") * n1 - it("TIM3_THRESHOLD")) / it("TIM3_WIDTH"));
        let slamf6 =
            logistic((get("stemness") + it("SLAMF6_NOISE") * n2 - it("SLAMF6_THRESHOLD")) / it("SLAMF6_WIDTH"));
        let cytokine = logistic((get("cytokine_capacity") - it("CYTOKINE_THRESHOLD")) / it("CYTOKINE_WIDTH"));
        let (progenitor, terminal) = (slamf6 * (1.0 - tim3), (1.0 - slamf6) * tim3);
        let between = if get("effector_programme") > intermediate { 1.0 - progenitor - terminal } else { 0.0 };
        let neither = (1.0 - slamf6) * (1.0 - tim3);
        let chances = [progenitor, terminal, slamf6 * tim3, neither, slamf6, tim3, cytokine, between];
        fractions = std::array::from_fn(|number| fractions[number] + chances[number]);
        let dye = it("DYE_BACKGROUND") + get("misfolded_percent") + get("aggregated_percent");
        let measured = [dye, get("translation_percent_per_h"), get("stress_chaperones"), get("akt_activity")];
        for (sums, (_, fraction)) in sums.iter_mut().zip(SUBSETS) {
            *sums = std::array::from_fn(|number| sums[number] + chances[fraction] * measured[number]);
        }
        count += 1.0;
        let weight = half.powf(get("divisions"));
        weights += weight;
        let of_lineage: Vec<f64> = chances.into_iter().chain(measured).chain([get("exhaustion")]).collect();
        lineages.iter_mut().zip(of_lineage).for_each(|(sum, value)| *sum += weight * value);
    }
    let means = std::array::from_fn(|subset| sums[subset].map(|sum| sum / fractions[SUBSETS[subset].1]));
    Plain { fractions: fractions.map(|sum| sum / count), subsets: means, lineages: lineages.map(|sum| sum / weights) }
}

fn follows_plain_sums(plan: &Plan, cells: &Cells, rows: &[StatisticRow], assumed: [f64; 2]) -> Verdict {
    for tissue in 0..plan.tissue_count() as u32 {
        let plain = plainly(plan, cells, tissue, assumed);
        for (name, expected) in FRACTIONS.iter().zip(plain.fractions) {
            close(name, statistic(rows, tissue, name).unwrap(), expected, 2e-5)?;
        }
        for ((subset, _), means) in SUBSETS.iter().zip(plain.subsets) {
            for ((measured, step), expected) in MEASURED.iter().zip(means) {
                let name = format!("{subset}_{measured}_mean");
                close(&name, statistic(rows, tissue, &name).unwrap(), expected, 2e-4 * expected + f64::from(*step))?;
            }
        }
        let measured = MEASURED.into_iter().chain([EXHAUSTION]).map(|(name, _)| format!("lineage_{name}_mean"));
        let names = FRACTIONS.map(|name| format!("lineage_{name}"));
        for (name, expected) in names.into_iter().chain(measured).zip(plain.lineages) {
            close(&name, statistic(rows, tissue, &name).unwrap(), expected, 2e-4 * expected + 2e-5)?;
        }
    }
    Ok(())
}

#[test]
fn fractions_and_subsets_are_plain_sums() {
    on_both(|on| {
        let (plan, cells) = (stained(3), varied(3, 6000));
        let (_, rows) = look(on, &plan, &cells);
        follows_plain_sums(&plan, &cells, &rows, [0.4, 0.5]).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        let seen = follows_plain_sums(&plan, &cells, &rows, [1.1 * 0.4, 0.5]).unwrap_err();
        assert!(seen.contains("intermediate"), "{seen}");
        let seen = follows_plain_sums(&plan, &cells, &rows, [0.4, 1.1 * 0.5]).unwrap_err();
        assert!(seen.contains("lineage"), "{seen}");
        assert_eq!(statistic(&rows, 0, "cytometry_not_finite_count"), Some(1.0));
        assert!(!rows.iter().any(|row| row.tissue == 1 && &*row.statistic == "cytometry_not_finite_count"));
    });
}

/// The noise is that of the cell: the order of the slots changes no word. So it is on the device, at awkward numbers.
#[test]
fn the_device_stains_as_the_twin_does() {
    for count in [0, 1, 63, 64, 65, 1000, 20_000] {
        let plan = stained(2);
        let cells = varied(2, 2 * count);
        let (words, rows) = look(On::Twin, &plan, &cells);
        if count == 0 {
            assert_eq!(statistic(&rows, 0, "tim3_pos_fraction"), None);
        }
        if has_adapter() {
            assert_eq!(look(on_adapter(), &plan, &cells).0, words, "{count} cells");
        }
        if count >= 63 {
            let mut other = cells.clone();
            other.response[5][3] += 0.01;
            assert_ne!(look(On::Twin, &plan, &other).0, words, "an exhaustion 0.01 off is seen");
        }
    }
}

/// However often cells divide, their founders count as before, where none dies; where some do, lines of descent are lost.
#[test]
fn founders_count_the_same_however_often_they_divide() {
    on_both(|on| {
        let founders = on.pick(300, 50);
        let counts = |death_basal_per_h: f32| {
            let row = ProteostasisParameters { death_basal_per_h, death_by_stress_per_h: 0.0, ..stimulated() };
            let mut plan = population(&row, founders);
            plan.observe.cytometry = true;
            let asked = [(0, "lineage_count"), (0, "live_count")];
            let series = series(on, &plan, &[48 * 60 * TICKS_PER_MIN], &asked);
            [series[0][0].clone(), series[1][0].clone()]
        };
        let [lineages, cells] = counts(0.0);
        for (lineages, cells) in lineages.into_iter().zip(cells) {
            assert!((lineages / f64::from(founders) - 1.0).abs() < 1e-4, "{on:?}: {lineages} of {founders}");
            assert!(cells > 1.2 * f64::from(founders), "{on:?}: {cells} cells");
        }
        let surviving: Vec<f64> = counts(0.02)[0].iter().map(|it| it / f64::from(founders)).collect();
        let survives = |death: f64| mean_close("surviving lines", &surviving, (-48.0 * death).exp());
        survives(0.02).unwrap_or_else(|error| panic!("{on:?}: {error}"));
        assert!(survives(1.1 * 0.02).is_err() || !on.is_twin(), "a hazard 10 % off is seen");
    });
}
