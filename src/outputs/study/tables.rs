//! `results.csv` and `results.parquet`, a row a tissue and outcome; `ranking.csv`, a row an arm and outcome.

use super::outcomes::Value;
use super::ranking::Ranked;
use super::results::StudyResults;
use crate::error::{Error, Result};
use crate::outputs::series::{failed, number};
use crate::outputs::table::{Field, Kind, Table, Values, optional, required};
use crate::outputs::{RunFolder, escape};
use parquet::data_type::ByteArray;

/// One outcome of one tissue.
struct Single<'a> {
    arm: usize,
    replicate: usize,
    outcome: &'a str,
    value: Option<Value>,
}

fn results<'a>(found: &StudyResults<'a>) -> Vec<Single<'a>> {
    let StudyResults { plan, study, courses } = *found;
    let mut all = Vec::new();
    for tissue in 0..plan.tissue_count() {
        let (arm, replicate) = plan.arm_and_replicate(tissue);
        for (number, outcome) in study.outcomes.iter().enumerate() {
            let value = courses.value(number, tissue);
            // Rounds do not come to all tissues.
            if study.rounds.is_some() && value.is_none() {
                continue;
            }
            all.push(Single { arm, replicate: replicate + 1, outcome: &outcome.name, value });
        }
    }
    all
}

/// Writes the outcomes of all tissues: `arm`, the levels of each sweep, `replicate`, `outcome`, `value`, and whether a
/// threshold was not met (1) or was (0), where there is one.
pub fn write_results(found: &StudyResults, folder: &RunFolder, manifest: &str) -> Result<()> {
    let StudyResults { plan, study, .. } = *found;
    let rows = results(found);
    let mut fields: Vec<Field> = vec![required("arm", Kind::Text)];
    fields.extend(study.sweeps.iter().map(|it| optional(it.name.clone(), Kind::Text)));
    fields.extend([required("replicate", Kind::U32), required("outcome", Kind::Text)]);
    fields.extend([optional("value", Kind::F64), optional("is_censored", Kind::U32)]);
    let level = |row: &Single, sweep: usize| study.sweeps[sweep].levels[row.arm].clone();
    let censored = |row: &Single| row.value.map(|it| u32::from(it.is_censored));

    let heading = fields.iter().map(|it| it.name.to_string()).collect();
    let records = rows.iter().map(|row| {
        let mut record = vec![plan.arms[row.arm].name.clone()];
        record.extend((0..study.sweeps.len()).map(|sweep| level(row, sweep).unwrap_or_default()));
        record.extend([row.replicate.to_string(), row.outcome.to_owned()]);
        record.push(row.value.map(|it| number(it.number)).unwrap_or_default());
        record.push(censored(row).map(|it| it.to_string()).unwrap_or_default());
        record
    });
    write_csv(folder, "results.csv", heading, records)?;

    let text = |text: &str| Some(ByteArray::from(text));
    let mut columns = vec![Values::Text(rows.iter().map(|row| text(&plan.arms[row.arm].name)).collect())];
    for sweep in 0..study.sweeps.len() {
        let levels = rows.iter().map(|row| level(row, sweep).as_deref().and_then(text));
        columns.push(Values::Text(levels.collect()));
    }
    columns.push(Values::U32(rows.iter().map(|row| Some(row.replicate as i32)).collect()));
    columns.push(Values::Text(rows.iter().map(|row| text(row.outcome)).collect()));
    columns.push(Values::F64(rows.iter().map(|row| row.value.map(|it| it.number)).collect()));
    columns.push(Values::U32(rows.iter().map(|row| censored(row).map(|it| it as i32)).collect()));
    let mut table = Table::create(folder.begin("results.parquet")?, &fields)?;
    table.write(columns)?;
    table.finish(&[("texpop", manifest)])
}

/// Writes the arms in the order of each outcome.
pub fn write_ranking(found: &StudyResults, ranked: &[Ranked], folder: &RunFolder) -> Result<()> {
    let StudyResults { plan, study, .. } = *found;
    let mut heading: Vec<String> = ["outcome", "rank", "arm"].map(str::to_owned).to_vec();
    heading.extend(study.sweeps.iter().map(|it| it.name.clone()));
    let rest = [
        "replicates",
        "mean",
        "sd",
        "censored",
        "difference",
        "difference_low",
        "difference_high",
        "variance_ratio",
        "chance_of_being_best",
    ];
    heading.extend(rest.map(str::to_owned));
    let finite = |it: f64| if it.is_finite() { number(it) } else { String::new() };
    let mut records = Vec::new();
    for (outcome, places) in study.outcomes.iter().zip(ranked) {
        for (rank, place) in places.iter().enumerate() {
            let mut record = vec![outcome.name.clone(), (rank + 1).to_string(), plan.arms[place.arm].name.clone()];
            record.extend(found.levels(place.arm));
            let spread = place.spread;
            record.push(spread.map_or(0, |it| it.count).to_string());
            record.extend(
                [spread.map(|it| it.mean), spread.map(|it| it.deviation)].map(|it| finite(it.unwrap_or(f64::NAN))),
            );
            record.push(place.censored_count.to_string());
            let of = place.difference.map(|it| [it.mean, it.low, it.high, it.variance_ratio]);
            record.extend(of.unwrap_or([f64::NAN; 4]).map(finite));
            record.push(finite(place.chance_of_being_best));
            records.push(record);
        }
    }
    write_csv(folder, "ranking.csv", heading, records.into_iter())
}

/// Writes a table of a run.
pub fn write_csv(
    folder: &RunFolder,
    name: &str,
    heading: Vec<String>,
    records: impl Iterator<Item = Vec<String>>,
) -> Result<()> {
    let file = folder.begin(name)?;
    let path = file.path().to_path_buf();
    let mut csv = csv::Writer::from_writer(file);
    for record in std::iter::once(heading).chain(records) {
        csv.write_record(escape::fields(record)).map_err(|cause| failed(&path, cause))?;
    }
    csv.into_inner().map_err(|error| Error::io("write", &path, error.into_error()))?.finish()
}
