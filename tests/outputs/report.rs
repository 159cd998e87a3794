//! What people look at: the summary and the picture.

use super::{plan, row};
use std::fs;
use std::path::Path;
use texpop::cells::Cells;
use texpop::outputs::{History, Picture, summary};
use texpop::plan::{Geometry, Plan};

/// Counts over a day: the control grows, the treated tumour shrinks.
fn history() -> History {
    let mut rows = Vec::new();
    for tick in (0..=144_000).step_by(6_000) {
        for tissue in 0..4 {
            let (arm, replicate) = (tissue / 2, tissue % 2);
            let hours = f64::from(tick) / 6_000.0;
            let slope = [8.0, -3.0][arm as usize] + 2.0 * f64::from(replicate);
            rows.push(row(tissue, tick, Some(0), "live_count", Some(120.0 + (slope * hours).round())));
            rows.push(row(tissue, tick, Some(1), "live_count", Some(f64::from(arm) * 40.0)));
            rows.push(row(tissue, tick, Some(0), "births", Some((10.0 * hours).round())));
            rows.push(row(tissue, tick, Some(0), "deaths_killed", Some(f64::from(arm) * 7.0 * hours)));
            rows.push(row(tissue, tick, Some(0), "deaths_irradiation", Some(f64::from(arm) * 0.5 * hours)));
        }
    }
    let mut history = History::default();
    history.append(&rows);
    history
}

#[test]
fn the_summary_reads_as_a_table() {
    let expected = "\
Live cells and events (2 replicates, mean ± standard deviation)

arm           cell type  start       end  births  killed  irradiated
control       tumour       120  336 ± 34     240       0           0
              t_cell         0         0       –       –           –
car_t \"high\"  tumour       120   72 ± 34     240     168          12
              t_cell        40        40       –       –           –

Difference from control: paired over replicates, mean ± standard error

arm           cell type  start   end  births  killed  irradiated
car_t \"high\"  tumour         0  −264       0    +168         +12
              t_cell       +40   +40       –       –           –
";
    let text = summary(&plan(Geometry::Tissue), &history());
    assert_eq!(text, expected, "\n{text}");
}

/// A ball of cells with T cells at its rim, as one tissue of each arm.
fn spheroid(plan: &Plan, radius_um: f32) -> Cells {
    let mut cells = Cells::default();
    let mut id = 0;
    for (arm, spacing) in [13.0f32, 15.0].into_iter().enumerate() {
        let steps = (radius_um / spacing) as i32 + 2;
        let layers = if plan.domain.geometry == Geometry::Layer { 0..=0 } else { -steps..=steps };
        for (x, y, z) in
            layers.flat_map(|z| (-steps..=steps).flat_map(move |y| (-steps..=steps).map(move |x| (x, y, z))))
        {
            id += 1;
            let jitter = |salt: u32| ((id * salt) % 101) as f32 / 25.0 - 2.0;
            let offset = 0.5 * spacing * ((y + z).rem_euclid(2)) as f32;
            let place = [
                x as f32 * spacing + offset + jitter(37),
                y as f32 * spacing + jitter(53),
                z as f32 * spacing + jitter(71),
            ];
            let distance = place.iter().map(|x| x * x).sum::<f32>().sqrt();
            let is_t_cell = distance > radius_um - spacing && id % 3 == 0;
            if distance > radius_um {
                continue;
            }
            let volume: f32 = if is_t_cell { 500.0 } else { 1_200.0 + 200.0 * jitter(29) };
            let fate = u32::from(!is_t_cell && id % (11 - 4 * arm as u32) == 0);
            let kind = fate << 8 | u32::from(is_t_cell) << 12 | (2 * arm as u32) << 16;
            let position = [place[0], place[1], if steps == 0 { 0.0 } else { place[2] }, volume].map(f32::to_bits);
            cells.push([position, [0; 4], [0; 4], [id, 0, kind, u32::MAX], [0; 4]]);
        }
    }
    cells
}

/// Every tag that opens closes in its turn, and no bare `&` or `<` is left.
fn is_well_formed(xml: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        let Some(end) = tag.find('>') else { return false };
        let inside = &tag[1..end];
        let entities_end = |text: &str| text.split('&').skip(1).all(|part| part.contains(';'));
        if !entities_end(before) || inside.contains('<') || inside.matches('"').count() % 2 == 1 {
            return false;
        }
        let name = inside.trim_start_matches('/').split_whitespace().next().unwrap_or("");
        match inside {
            _ if inside.starts_with('?') || inside.ends_with('/') => {}
            _ if inside.starts_with('/') => {
                if open.pop() != Some(name) {
                    return false;
                }
            }
            _ => open.push(name),
        }
        rest = &tag[end + 1..];
    }
    open.is_empty()
}

fn picture(geometry: Geometry) -> String {
    let plan = plan(geometry);
    let mut picture = Picture::new(&plan);
    picture.add_cells(&plan, plan.duration_ticks, &spheroid(&plan, 130.0), 0);
    picture.svg(&plan, &history())
}

#[test]
fn the_picture_has_a_line_for_each_series_and_is_xml() {
    assert!(!is_well_formed("<a><b></a></b>") && !is_well_formed("<a>x & y</a>"));
    for (geometry, name) in [(Geometry::Tissue, "tissue"), (Geometry::Layer, "layer"), (Geometry::Culture, "culture")] {
        let svg = picture(geometry);
        // To look at them: TEXPOP_KEEP_PICTURES=DIR.
        if let Some(folder) = std::env::var_os("TEXPOP_KEEP_PICTURES") {
            fs::write(Path::new(&folder).join(format!("{name}.svg")), &svg).unwrap();
        }
        assert!(is_well_formed(&svg), "{name}");
        assert_eq!(svg.matches("class=\"series\"").count(), 4, "two arms, two cell types");
        assert_eq!(svg.matches("class=\"band\"").count(), 4, "{name}");
        let histograms = if geometry == Geometry::Culture { 4 } else { 0 };
        assert_eq!(svg.matches("class=\"histogram\"").count(), histograms, "{name}");
        assert_eq!(svg.contains("µm"), geometry != Geometry::Culture, "a scale bar, {name}");
    }
}

#[test]
fn a_section_shows_the_cells_that_the_plane_cuts() {
    let plan = plan(Geometry::Tissue);
    let discs = |z_um: f32| {
        let mut cells = Cells::default();
        // 523.6 um³ is a ball of radius 5 um.
        cells.push([[0.0, 0.0, z_um, 523.6].map(f32::to_bits), [0; 4], [0; 4], [1, 0, 0, u32::MAX], [0; 4]]);
        let mut picture = Picture::new(&plan);
        picture.add_cells(&plan, 0, &cells, 0);
        picture.svg(&plan, &History::default()).matches("<circle").count()
    };
    assert_eq!(discs(4.9), discs(5.1) + 1);
}

#[test]
fn the_picture_shows_the_latest_cells_whatever_the_batch() {
    let plan = plan(Geometry::Tissue);
    let (early, late) = (spheroid(&plan, 60.0), spheroid(&plan, 130.0));
    let svg = |calls: &[(u32, &Cells)]| {
        let mut picture = Picture::new(&plan);
        calls.iter().for_each(|(tick, cells)| picture.add_cells(&plan, *tick, cells, 0));
        picture.svg(&plan, &History::default())
    };
    let last = svg(&[(600, &late)]);
    assert_eq!(svg(&[(0, &early), (600, &late)]), last, "an earlier snapshot");
    assert_eq!(svg(&[(600, &late), (0, &early), (600, &Cells::default())]), last, "the start of another batch");
    assert_ne!(svg(&[(600, &early)]), last);
}

/// The distributions of cells of these volumes in um³ and fates, arm by arm.
fn distributions(arms: [&[(f32, u32)]; 2]) -> Option<String> {
    let plan = plan(Geometry::Tissue);
    let mut cells = Cells::default();
    for (arm, cells_of) in arms.into_iter().enumerate() {
        // The arms' second replicates.
        let tissue = 2 * arm as u32 + 1;
        for (volume, fate) in cells_of {
            let position = [0.0, 0.0, 90.0, *volume].map(f32::to_bits);
            cells.push([position, [0; 4], [0; 4], [cells.len() as u32, 0, fate << 8 | tissue << 16, u32::MAX], [0; 4]]);
        }
    }
    let mut picture = Picture::new(&plan);
    picture.add_cells(&plan, plan.duration_ticks, &cells, 0);
    picture.distributions(&plan)
}

/// Least and greatest x of the points of every shape of a class.
fn reaches(svg: &str, class: &str) -> Vec<(f64, f64)> {
    let start = format!("class=\"{class}\" points=\"");
    let points = svg.split(&start).skip(1).map(|it| it.split('"').next().unwrap());
    let xs = points.map(|it| it.split(' ').map(|it| it.split(',').next().unwrap().parse().unwrap()));
    xs.map(|it| it.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x)))).collect()
}

#[test]
fn distributions_have_their_medians_where_the_cells_are() {
    let svg = distributions([&[(1_000.0, 0), (1_500.0, 0), (3_000.0, 0)], &[(9_000.0, 1)]]).unwrap();
    assert!(is_well_formed(&svg) && svg.contains("no live cells"), "{svg}");
    let (outlines, medians) = (reaches(&svg, "distribution"), reaches(&svg, "median"));
    assert_eq!((outlines.len(), medians.len()), (1, 1), "dead cells do not count");
    let place = (medians[0].0 - outlines[0].0) / (outlines[0].1 - outlines[0].0);
    assert!((place - 0.25).abs() < 1e-3, "1500 between 1000 and 3000: {place}");

    let both = distributions([&[(1_000.0, 0), (2_500.0, 0)], &[(3_000.0, 0)]]).unwrap();
    let medians = reaches(&both, "median");
    assert!(medians.len() == 2 && medians[0].0 < medians[1].0, "{medians:?}");
    assert_eq!(distributions([&[(1_000.0, 0)], &[(1_000.0, 0)]]), None, "all are alike");
}
