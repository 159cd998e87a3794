//! `ranking.csv` as a table an outcome.

use super::{Fault, Written, read};
use crate::outputs::escape::escaped;
use crate::outputs::figures::figures;
use crate::outputs::reading::unreadable;
use csv::StringRecord;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// The first columns of a ranking.
const FIRST: [&str; 3] = ["outcome", "rank", "arm"];

/// The longest ranking that is shown, of some 50,000 rows; the page becomes many times longer.
const MOST_BYTES: u64 = 8 << 20;

/// A ranking has some ten columns, and a column a sweep.
const MOST_COLUMNS: usize = 1000;

/// Writes the tables; nothing where there is no such file.
pub fn write(to: &mut impl Write, path: &Path) -> Written {
    let Some(csv) = read(to, path, MOST_BYTES)? else { return Ok(()) };
    let refused = |message: String| Fault::File(unreadable(path, &io::Error::new(ErrorKind::InvalidData, message)));
    // Before it is read, since each field takes memory. Commas in quotes are none that part fields, which is to the good.
    if csv.lines().any(|line| line.bytes().filter(|it| *it == b',').count() >= MOST_COLUMNS) {
        return Err(refused(format!("it has more than {MOST_COLUMNS} columns")));
    }
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headings = reader.headers().map_err(|cause| refused(cause.to_string()))?.clone();
    if !headings.iter().take(FIRST.len()).eq(FIRST) {
        return Err(refused("it is not the ranking of a study: its columns begin with outcome, rank, arm".into()));
    }
    let (mut record, mut last) = (StringRecord::new(), None);
    while reader.read_record(&mut record).map_err(|cause| refused(cause.to_string()))? {
        if last.as_deref() != Some(&record[0]) {
            end(to, last.is_some())?;
            begin(to, &record[0], &headings)?;
            last = Some(record[0].to_owned());
        }
        row(to, &record)?;
    }
    end(to, last.is_some())?;
    Ok(())
}

/// Rank and arm change places, so that the arm heads its row.
fn in_order(record: &StringRecord) -> impl Iterator<Item = (usize, &str)> {
    [2, 1].into_iter().chain(3..record.len()).map(|column| (column, &record[column]))
}

fn begin(to: &mut impl Write, outcome: &str, headings: &StringRecord) -> io::Result<()> {
    write!(
        to,
        "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table><caption>{0}</caption>\n<thead><tr>",
        escaped(outcome)
    )?;
    for (_, heading) in in_order(headings) {
        write!(to, "<th scope=\"col\">{}</th>", escaped(&heading.replace('_', " ")))?;
    }
    to.write_all(b"</tr></thead>\n<tbody>\n")
}

fn row(to: &mut impl Write, record: &StringRecord) -> io::Result<()> {
    to.write_all(b"<tr>")?;
    for (column, value) in in_order(record) {
        let (open, close) = if column == 2 { ("th scope=\"row\"", "th") } else { ("td", "td") };
        match value.parse() {
            Ok(number) => write!(to, "<{open}>{}</{close}>", escaped(&figures(number)))?,
            Err(_) => write!(to, "<{open}>{}</{close}>", escaped(value))?,
        }
    }
    to.write_all(b"</tr>\n")
}

fn end(to: &mut impl Write, has_begun: bool) -> io::Result<()> {
    if has_begun { to.write_all(b"</tbody></table></div>\n") } else { Ok(()) }
}
