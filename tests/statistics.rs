//! Statistics: twins against plain sums, decoding, the ledger, and the shaders against their twins bit for bit.
//!
//! A missing adapter fails the last of these, unless TEXPOP_TEST_NO_GPU=1 says that none is expected.

use texpop::cells::Cells;
use texpop::cells::columns::{COLUMNS, Fate, NO_BOND, column};
use texpop::cells::events::{self, EVENT_COUNT, EVENTS, Event, event_row};
use texpop::cells::settings::{Population, Settings};
use texpop::device::{Buffers, Choice, Device, Gpu, Kernel, Role, open, pass};
use texpop::engine::shaders::SHADERS;
use texpop::error::{Error, Result};
use texpop::measure::layout::block;
use texpop::measure::{ColumnRequest, Layout, Ledger, StatisticRow, measure, rows};
use texpop::plan::*;
use texpop::random::{philox, uniform};

const TISSUES: usize = 5;
const COUNTS: [usize; 6] = [0, 1, 63, 64, 65, 100_000];
const OBSERVED: [&str; 4] = ["volume_um3", "motility_x_um_per_min", "hits", "x_um"];

/// Two arms, three replicates, a tumour cell with three phases and a T cell with one.
fn plan() -> Plan {
    let cell_type = |name: &str, phases: &[&str], is_effector| CellType {
        name: name.into(),
        phases: phases.iter().map(|&it| it.into()).collect(),
        traits: Vec::new(),
        is_effector,
    };
    let arm = |name: &str| Arm {
        name: name.into(),
        parameters: Parameters::default(),
        initial: Vec::new(),
        interventions: vec![],
        conditional: vec![],
        treatment: Treatment::default(),
    };
    Plan {
        title: String::new(),
        domain: Domain {
            geometry: Geometry::Tissue,
            boundary: Boundary::Closed,
            size_um: [400.0, 400.0, 400.0],
            voxels: [16, 16, 16],
            reach_um: 20.0,
        },
        clocks: Clocks::FINE,
        duration_ticks: 6000,
        mechanics: Mechanics::Potentials,
        substrates: None,
        cell_types: vec![cell_type("tumour", &["g1", "s", "g2m"], false), cell_type("t_cell", &["live"], true)],
        arms: vec![arm("control"), arm("treated")],
        seeds: vec![[1, 2], [3, 4], [5, 6]],
        cohort: Cohort::default(),
        observe: Observe {
            every_ticks: 600,
            columns: OBSERVED.to_vec(),
            quantiles: vec![0.05, 0.5, 0.975],
            shells: Some((8, 25.0)),
            cytometry: false,
        },
        snapshots: Vec::new(),
        study: None,
        chosen: None,
    }
}

fn cell(random: [u32; 4], tissue: u32) -> [[u32; 4]; 5] {
    let coordinate = |word| (400.0 * (uniform(word) - 0.5)).to_bits();
    let more = philox([77, 78], random);
    let cell_type = u32::from(random[3].is_multiple_of(5));
    let phase = if cell_type == 0 { more[0] % 3 } else { 0 };
    let fate = [Fate::Live, Fate::Live, Fate::Live, Fate::Apoptotic, Fate::Necrotic][more[1] as usize % 5] as u32;
    let bond = if more[2].is_multiple_of(7) { 5 } else { NO_BOND };
    let volume = (1000.0 + 2000.0 * uniform(more[3])).to_bits();
    [
        [coordinate(random[0]), coordinate(random[1]), coordinate(random[2]), volume],
        [0; 4],
        [(uniform(more[0]) - 0.5).to_bits(), 0, 0, 0],
        [random[0], random[1], phase | fate << 8 | cell_type << 12 | tissue << 16, bond],
        [0, (more[1] % 6) | (9 << 16), 0, 0],
    ]
}

/// Random cells, contiguous by tissue; the tissue in the middle is empty.
fn cells(count: usize) -> Cells {
    let mut cells = Cells::default();
    for slot in 0..count {
        let tissue = [0, 1, 3, 4][slot * 4 / count];
        cells.push(cell(philox([5, 6], [slot as u32, 0, 0, 0]), tissue));
    }
    cells
}

fn shuffled(cells: &Cells) -> Cells {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|&slot| philox([8, 8], [slot as u32, 0, 0, 0]));
    let mut other = Cells::default();
    for slot in order {
        let lanes = texpop::cells::columns::PACKS.map(|pack| cells.pack(pack)[slot]);
        other.push(lanes);
    }
    other
}

fn report(plan: &Plan, layout: &Layout, cells: &Cells) -> Result<Vec<StatisticRow>> {
    let events = vec![0; events::words(2, TISSUES)];
    rows(plan, layout, &measure(layout, cells), &events, 600, 0..TISSUES as u32)
}

fn value(rows: &[StatisticRow], tissue: u32, cell_type: Option<u32>, name: &str) -> Option<f64> {
    let mut found = rows.iter().filter(|it| (it.tissue, it.cell_type, &*it.statistic) == (tissue, cell_type, name));
    let row = found.next().unwrap_or_else(|| panic!("no {name} of tissue {tissue}, type {cell_type:?}"));
    assert!(found.next().is_none(), "{name} is there twice");
    row.value
}

/// Slots of a tissue and type that `keep` wants.
fn slots(cells: &Cells, tissue: u32, cell_type: u32, keep: impl Fn(u32) -> bool) -> Vec<usize> {
    let wanted = |&slot: &usize| {
        let kind = cells.identity[slot][2];
        kind >> 16 == tissue && kind >> 12 & 15 == cell_type && keep(kind >> 8 & 15)
    };
    (0..cells.len()).filter(wanted).collect()
}

fn assert_close(got: Option<f64>, expected: f64, tolerance: f64, what: &str) {
    let error = (got.unwrap_or(f64::NAN) - expected).abs();
    assert!(error <= tolerance, "{what}: {got:?}, expected {expected} within {tolerance}");
}

#[test]
fn counts_and_moments_equal_plain_sums() {
    let plan = plan();
    let layout = Layout::new(&plan, TISSUES).unwrap();
    for count in COUNTS {
        let cells = cells(count);
        let rows = report(&plan, &layout, &cells).unwrap();
        for (tissue, cell_type) in (0..TISSUES as u32).flat_map(|tissue| [(tissue, 0), (tissue, 1)]) {
            let get = |name: &str| value(&rows, tissue, Some(cell_type), name);
            let all = slots(&cells, tissue, cell_type, |_| true).len();
            assert_eq!(get("count"), Some(all as f64));
            for (name, fate) in [("live", Fate::Live), ("apoptotic", Fate::Apoptotic), ("necrotic", Fate::Necrotic)] {
                let expected = slots(&cells, tissue, cell_type, |it| it == fate as u32).len();
                assert_eq!(get(&format!("{name}_count")), Some(expected as f64));
            }
            let live = slots(&cells, tissue, cell_type, |it| it == 0);
            let attached = live.iter().filter(|&&slot| cells.identity[slot][3] != NO_BOND).count();
            assert_eq!(get("attached_count"), Some(attached as f64));
            if cell_type == 0 {
                let in_s = live.iter().filter(|&&slot| cells.identity[slot][2] & 255 == 1).count();
                assert_eq!(get("phase_s_count"), Some(in_s as f64));
            }
            for name in OBSERVED {
                assert_moments(&cells, &live, name, layout.find(name).unwrap().resolution, &get);
            }
            assert_shells(&cells, &live, &get);
        }
    }
}

fn assert_moments(cells: &Cells, live: &[usize], name: &str, step: f32, get: &dyn Fn(&str) -> Option<f64>) {
    let mut values: Vec<f64> = live.iter().map(|&slot| cells.value(column(name).unwrap(), slot)).collect();
    values.sort_by(f64::total_cmp);
    let (n, step) = (values.len() as f64, f64::from(step));
    assert_close(get(&format!("{name}_sum")), values.iter().sum(), n * step * 0.5, name);
    if values.is_empty() {
        assert_eq!(get(&format!("{name}_mean")), None);
        return assert_eq!(get(&format!("{name}_q50")), None);
    }
    let mean = values.iter().sum::<f64>() / n;
    assert_close(get(&format!("{name}_mean")), mean, step * 0.5, name);
    assert_eq!(get(&format!("{name}_min")), values.first().copied());
    assert_eq!(get(&format!("{name}_max")), values.last().copied());
    match values.len() {
        1 => assert_eq!(get(&format!("{name}_sd")), None),
        _ => {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            assert_close(get(&format!("{name}_sd")), (squares / (n - 1.0)).sqrt(), step, name);
        }
    }
    let bin = (values[values.len() - 1] - values[0]) / 64.0 + 2.0 * step;
    for (q, suffix) in [(0.05, "q05"), (0.5, "q50"), (0.975, "q97_5")] {
        let rank = ((q * n).ceil() as usize).clamp(1, values.len());
        let tolerance = if name == "hits" { 0.0 } else { bin };
        assert_close(get(&format!("{name}_{suffix}")), values[rank - 1], tolerance, name);
    }
}

fn assert_shells(cells: &Cells, live: &[usize], get: &dyn Fn(&str) -> Option<f64>) {
    let points = || live.iter().map(|&slot| [0, 1, 2].map(|axis| f64::from(cells.position[slot][axis])));
    let within = points().filter(|p| (25.0..50.0).contains(&p.iter().map(|x| x * x).sum::<f64>().sqrt())).count();
    assert_eq!(get("radial_count_0050um"), Some(within as f64));
    let n = live.len() as f64;
    let centre = [0, 1, 2].map(|axis| points().map(|p| p[axis]).sum::<f64>() / n);
    let squares: f64 = points().flat_map(|p| [0, 1, 2].map(|axis| (p[axis] - centre[axis]).powi(2))).sum();
    match live.is_empty() {
        true => assert_eq!(get("radius_of_gyration_um"), None),
        false => assert_close(get("radius_of_gyration_um"), (squares / n).sqrt(), 0.01, "radius of gyration"),
    }
}

/// A cluster has its centre and radius wherever it lies in a periodic domain, as long as it takes less than half of it.
#[test]
fn clusters_on_a_face_are_whole() {
    let (mut plan, mut cells) = (plan(), Cells::default());
    for slot in 0..300 {
        let mut lanes = cell(philox([5, 6], [slot, 0, 0, 0]), 0);
        lanes[3][2] = 0;
        cells.push(lanes);
    }
    cells.position.iter_mut().for_each(|at| (0..3).for_each(|axis| at[axis] *= 0.45));
    let place = |plan: &Plan, cells: &Cells| {
        let rows = report(plan, &Layout::new(plan, TISSUES).unwrap(), cells).unwrap();
        ["centre_x_um", "centre_y_um", "centre_z_um", "radius_of_gyration_um"]
            .map(|name| value(&rows, 0, Some(0), name).unwrap())
    };
    let closed = place(&plan, &cells);
    plan.domain.boundary = Boundary::Periodic;
    assert_eq!(place(&plan, &cells), closed);
    let shift = [195.0, -130.0, 60.0];
    for at in &mut cells.position {
        (0..3).for_each(|axis| at[axis] = (at[axis] + shift[axis] + 600.0).rem_euclid(400.0) - 200.0);
    }
    let [x, y, z, radius] = place(&plan, &cells);
    let across = |a: f64, b: f64| (a - b + 600.0).rem_euclid(400.0) - 200.0;
    for (axis, at) in [x, y, z].into_iter().enumerate() {
        let off = across(at, closed[axis] + f64::from(shift[axis]));
        assert!(off.abs() < 0.01 && at.abs() <= 200.0, "axis {axis}: {at}, off by {off}");
    }
    assert_close(Some(radius), closed[3], 0.01, "radius of gyration");
    // With raw coordinates it would be far off.
    plan.domain.boundary = Boundary::Closed;
    assert!(place(&plan, &cells)[3] > 1.5 * closed[3]);
}

#[test]
fn the_order_of_cells_changes_nothing() {
    let (layout, cells) = (Layout::new(&plan(), TISSUES).unwrap(), cells(20_000));
    let mut other = shuffled(&cells);
    assert!(cells != other);
    assert_eq!(measure(&layout, &cells), measure(&layout, &other));
    other.position[7][3] += 1.0;
    assert_ne!(measure(&layout, &cells), measure(&layout, &other));
}

#[test]
fn not_a_number_is_counted_and_enters_no_sum() {
    let (plan, mut cells) = (plan(), Cells::default());
    for slot in 0..3 {
        let mut lanes = cell([slot; 4], 0);
        lanes[3][2] = 0;
        lanes[0][3] = [f32::NAN, 5.0, f32::INFINITY][slot as usize].to_bits();
        cells.push(lanes);
    }
    let rows = report(&plan, &Layout::new(&plan, TISSUES).unwrap(), &cells).unwrap();
    assert_eq!(value(&rows, 0, Some(0), "volume_um3_not_finite_count"), Some(2.0));
    assert_eq!(value(&rows, 0, Some(0), "volume_um3_sum"), Some(5.0));
    assert!(!rows.iter().any(|row| &*row.statistic == "hits_not_finite_count"));
}

#[test]
fn a_value_too_large_to_sum_is_an_error() {
    let (plan, mut cells) = (plan(), cells(100));
    let layout = Layout::new(&plan, TISSUES).unwrap();
    let live = slots(&cells, 1, 0, |fate| fate == 0)[0];
    cells.position[live][3] = 65_536.0;
    assert!(report(&plan, &layout, &cells).is_ok());
    cells.position[live][3] = 65_540.0;
    let Err(Error::Tissue(_, message)) = report(&plan, &layout, &cells) else { panic!("no error") };
    for part in ["arm control, replicate 2", "cell type tumour", "volume_um3", "65536"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

/// Ages at the report, in h, from times of birth in units of 6 min: the oldest were born first.
#[test]
fn ages_are_counted_from_births() {
    let mut plan = plan();
    plan.observe.columns = vec!["hits", "age_h"];
    let layout = Layout::new(&plan, TISSUES).unwrap();
    let mut cells = cells(1000);
    let tick = 30_000;
    for (slot, progress) in cells.progress.iter_mut().enumerate() {
        progress[1] = progress[1] & 0xffff | (slot as u32 * 7 % 51) << 16;
    }
    let events = vec![0; events::words(2, TISSUES)];
    let rows = rows(&plan, &layout, &measure(&layout, &cells), &events, tick, 0..TISSUES as u32).unwrap();
    let get = |name: &str| value(&rows, 3, Some(0), name);
    let live = slots(&cells, 3, 0, |fate| fate == 0);
    let born = |&slot: &usize| f64::from(cells.progress[slot][1] >> 16);
    let mut ages: Vec<f64> = live.iter().map(|slot| 5.0 - 0.1 * born(slot)).collect();
    ages.sort_by(f64::total_cmp);
    let n = ages.len() as f64;
    let mean = ages.iter().sum::<f64>() / n;
    let sd = (ages.iter().map(|age| (age - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    assert!(n > 100.0 && ages[0] == 0.0 && sd > 1.0);
    for (name, expected) in
        [("mean", mean), ("sum", mean * n), ("sd", sd), ("min", ages[0]), ("max", ages[ages.len() - 1])]
    {
        assert_close(get(&format!("age_h_{name}")), expected, 1e-9 * n, name);
    }
    for (name, quantile) in [("q05", 0.05), ("q50", 0.5), ("q97_5", 0.975)] {
        // 51 times of birth in bins of one each.
        assert_close(get(&format!("age_h_{name}")), ages[(quantile * n) as usize], 0.11, name);
    }
    assert!(get("hits_mean").unwrap() > 0.0 && !rows.iter().any(|row| row.statistic.contains("born")));
}

#[test]
fn ratios_and_events_are_reported() {
    let (plan, cells) = (plan(), cells(1000));
    let layout = Layout::new(&plan, TISSUES).unwrap();
    let mut events = vec![0; events::words(2, TISSUES)];
    events[event_row(2, 3, 1) + Event::Kills as usize] = 42;
    let rows = rows(&plan, &layout, &measure(&layout, &cells), &events, 600, 1..1 + TISSUES as u32).unwrap();
    assert_eq!(value(&rows, 4, Some(1), "kills"), Some(42.0));
    let live = |cell_type| slots(&cells, 0, cell_type, |fate| fate == 0).len() as f64;
    assert_eq!(value(&rows, 1, None, "effector_target_ratio"), Some(live(1) / live(0)));
    assert_eq!(value(&rows, 3, None, "effector_target_ratio"), None);
}

#[test]
fn the_ledger_catches_one_cell() {
    let (plan, layout) = (plan(), Layout::new(&plan(), TISSUES).unwrap());
    let (before, after) = (measure(&layout, &cells(1000)), measure(&layout, &cells(1003)));
    let total = |words: &[u32], row: usize| i64::from(words[row..row + 5].iter().sum::<u32>());
    let mut events = vec![0; events::words(2, TISSUES)];
    for (tissue, cell_type) in (0..TISSUES).flat_map(|tissue| [(tissue, 0), (tissue, 1)]) {
        let row = layout.row(tissue, cell_type);
        let change = total(&after, row) - total(&before, row) + 9;
        let place = event_row(2, tissue, cell_type);
        for (event, count) in [(Event::Births, change - 2), (Event::Added, 2), (Event::Removed, 5), (Event::Taken, 4)] {
            events[place + event as usize] = count as u32;
        }
    }
    let start = Ledger::new(&layout, &before, &vec![0; events.len()], 600);
    let check = |events: &[u32]| start.clone().check(&plan, &layout, &after, events, 1200, 0..TISSUES as u32);
    check(&events).unwrap();
    let mut ledger = start.clone();
    ledger.check(&plan, &layout, &after, &events, 1200, 0..TISSUES as u32).unwrap();
    ledger.check(&plan, &layout, &after, &events, 1800, 0..TISSUES as u32).unwrap();
    for event in [Event::Births, Event::Added, Event::Removed, Event::Taken] {
        let mut off = events.clone();
        off[event_row(2, 4, 1) + event as usize] += 1;
        let Err(Error::Tissue(_, message)) = check(&off) else { panic!("{event:?} is not in the balance") };
        assert!(message.contains("arm treated, replicate 2, cell type t_cell"), "{message}");
    }
    let empty = Ledger::empty(&layout).check(&plan, &layout, &before, &vec![0; events.len()], 0, 0..TISSUES as u32);
    assert!(empty.is_err());
}

#[test]
fn only_columns_whose_sum_has_a_meaning_are_observed() {
    let mut plan = plan();
    plan.observe.columns = vec!["cell_type"];
    let message = Layout::new(&plan, 1).unwrap_err().to_string();
    assert!(message.contains("cell_type") && message.contains("volume_um3"), "{message}");
}

#[test]
fn positions_fit_whatever_the_domain() {
    let mut plan = plan();
    plan.domain.size_um = [400.0, 20_000.0, 3.0e6];
    let layout = Layout::new(&plan, 1).unwrap();
    let resolution = |name: &str| layout.find(name).unwrap().resolution;
    assert_eq!((resolution("x_um"), resolution("y_um")), (1.0 / 128.0, 1.0 / 64.0));
    assert!(1.5e6 / resolution("z_um") < 1_048_576.0 && 1.5e6 / resolution("z_um") > 500_000.0);
    plan.domain.boundary = Boundary::Periodic;
    let layout = Layout::new(&plan, 1).unwrap();
    let across = layout.columns.iter().filter(|it| it.wrap > 0.0);
    assert!(across.clone().count() == 3 && across.clone().all(|it| it.wrap / it.resolution < 1_048_576.0));
}

#[test]
fn events_are_numbered_by_their_place_and_reach_shaders() {
    assert!(EVENTS.iter().enumerate().all(|(place, (event, ..))| *event as usize == place));
    let text = "//#include \"shared/settings.wgsl\"\n//#include <events>\n\
                @group(0) @binding(0) var<uniform> settings: Settings;\n";
    let module = SHADERS.text("events", text, &[]).unwrap().parse().unwrap().module;
    assert!(module.constants.iter().filter(|(_, it)| it.name.as_deref() == Some("EVENT_KILLS")).count() == 1);
    assert!(events::wgsl().contains(&format!("const EVENT_COUNT = {EVENT_COUNT}u;")));
}

#[test]
fn the_request_and_block_lie_as_in_the_shaders() {
    let module = SHADERS.kernel("summarise_column", &[]).unwrap().parse().unwrap().module;
    let (_, request) = module.types.iter().find(|(_, it)| it.name.as_deref() == Some("ColumnRequest")).unwrap();
    let naga::TypeInner::Struct { members, span } = &request.inner else { panic!("ColumnRequest is no struct") };
    macro_rules! fields { ($($field:ident)*) => { vec![$((stringify!($field), std::mem::offset_of!(ColumnRequest, $field)),)*] }; }
    let expected = fields!(lane is_bits shift mask steps_per_unit offset row_words phase_count shell_count shells_per_um wrap cell_types);
    let found: Vec<_> = members.iter().map(|it| (it.name.as_deref().unwrap(), it.offset as usize)).collect();
    assert_eq!((found, *span as usize), (expected, size_of::<ColumnRequest>()));
    assert_eq!(block::BINS, block::MAX + 1);
    assert!(COLUMNS.iter().filter(|it| it.resolution.is_some()).all(|it| it.resolution.unwrap().log2().fract() == 0.0));
}

fn dispatch(gpu: &Gpu, named: &Buffers, pack: &str, kernel: &str, entry: &str, invocations: u32) {
    let kernel = Kernel::load(gpu, SHADERS, kernel, &[]).unwrap();
    let lookup = |name: &str| named.get(if name == "pack" { pack } else { name });
    let bound = kernel.bind(gpu, entry, &lookup).unwrap();
    let mut encoder = gpu.encoder(entry);
    bound.dispatch(&mut pass(&mut encoder, entry), invocations);
    gpu.submit(encoder);
}

/// The words of the buffer `statistics` as the device makes them, from words that are all ones.
fn on_device(gpu: &Gpu, plan: &Plan, layout: &Layout, cells: &Cells) -> Vec<u32> {
    let (mut named, live_count) = (Buffers::new(), cells.len() as u32);
    let population = Population { live_count, ..Population::default() };
    let settings = Settings::new(plan, TISSUES);
    let mut create = |name: &str, data: &[u8], role| named.create_with(gpu, name, data, role).unwrap();
    create("settings", bytemuck::bytes_of(&settings), Role::Uniform);
    create("population", bytemuck::bytes_of(&population), Role::Uniform);
    create("request", bytemuck::bytes_of(&layout.count_request()), Role::Uniform);
    create("statistics", &vec![0xff; layout.words() * 4], Role::Storage);
    for pack in texpop::cells::columns::PACKS {
        let lanes = [cells.pack(pack), &[[u32::MAX; 4]]].concat();
        create(pack.name(), bytemuck::cast_slice(&lanes), Role::Storage);
    }
    let invocations = layout.invocations(live_count);
    dispatch(gpu, &named, "", "count_cells", "clear", layout.words() as u32);
    dispatch(gpu, &named, "", "count_cells", "count_cells", invocations);
    for observed in &layout.columns {
        named.upload(gpu, "request", 0, bytemuck::bytes_of(&layout.column_request(observed))).unwrap();
        let pack = observed.column.pack.name();
        dispatch(gpu, &named, pack, "summarise_column", "summarise_column", invocations);
        if observed.has_histogram {
            dispatch(gpu, &named, pack, "histogram_column", "histogram_column", invocations);
        }
    }
    named.upload(gpu, "request", 0, bytemuck::bytes_of(&layout.radial_request().unwrap())).unwrap();
    dispatch(gpu, &named, "", "radial_profile", "radial_profile", invocations);
    named.download_as(gpu, "statistics", layout.words()).unwrap()
}

#[test]
fn the_device_gives_the_words_of_the_twins() {
    let gpu = match open(&Choice::Software) {
        Ok((Device::Gpu(gpu), _)) => gpu,
        _ if std::env::var("TEXPOP_TEST_NO_GPU").as_deref() == Ok("1") => return,
        Ok(_) => panic!("Choice::Software gave the CPU twins"),
        Err(error) => panic!("{error}"),
    };
    let mut plan = plan();
    for (boundary, count) in [Boundary::Closed, Boundary::Periodic].into_iter().flat_map(|it| COUNTS.map(|n| (it, n))) {
        plan.domain.boundary = boundary;
        let layout = Layout::new(&plan, TISSUES).unwrap();
        let mut cells = cells(count);
        if count > 64 {
            let live = slots(&cells, 0, 0, |fate| fate == 0);
            [f32::NAN, f32::INFINITY, -1.0e9, -0.0]
                .iter()
                .zip(&live)
                .for_each(|(&x, &slot)| cells.position[slot][3] = x);
        }
        for cells in [&cells, &shuffled(&cells)] {
            let (got, expected) = (on_device(&gpu, &plan, &layout, cells), measure(&layout, cells));
            let wrong = (0..expected.len()).find(|&word| got[word] != expected[word]);
            let place = wrong.map(|word| (word / layout.row_words, word % layout.row_words, got[word], expected[word]));
            assert_eq!(place, None, "{count} cells: row, word, device, twin");
        }
    }
}
