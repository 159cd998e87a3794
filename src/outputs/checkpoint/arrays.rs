//! Named arrays of 32-bit words in one file with a checksum: the format of safetensors, so that Python's package of that
//! name opens it, with arrays of kind U32.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | length n of the header, little-endian |
//! | n | JSON: `__metadata__`, and for each array its kind, shape and place |
//! | the rest | the arrays, one after the other, little-endian |
//!
//! The metadata are the format's name and version, a description, and the BLAKE3 of the description and all arrays.

use crate::outputs::reading::{MOST_VALUES, marks};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::fmt;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};

/// Name and version of the format; another version is refused.
const FORMAT: &str = "texpop checkpoint";
const VERSION: &str = "2";

/// Longest header: the text of a scenario and what its interventions remember take kilobytes.
const MOST_HEADER_BYTES: u64 = 32 << 20;

/// Entries of a header, of which each is an array of the state or the metadata. A state has some 30.
const MOST_ENTRIES: usize = 64;

/// Bytes that are read at once where they are only checked.
const PIECE: usize = 1 << 16;

/// An array by its name.
pub type Named = (String, Vec<u32>);

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is something else.
    Foreign,
    /// It is of this version of the format.
    Version(String),
    /// Bytes are missing, or others than were written.
    Damaged(&'static str),
}

/// Writes a description and arrays.
///
/// # Errors
/// Those of the file; `FileTooLarge` if the description is longer than one that is read.
pub fn write(file: &mut impl Write, description: &str, arrays: &[(&str, &[u32])]) -> io::Result<()> {
    let mut header = Map::new();
    let metadata = json!({
        "format": FORMAT, "version": VERSION, "description": description, "blake3": checksum(description, arrays)
    });
    header.insert("__metadata__".into(), metadata);
    let mut start = 0;
    for (name, words) in arrays {
        let end = start + 4 * words.len();
        header.insert((*name).into(), json!({ "dtype": "U32", "shape": [words.len()], "data_offsets": [start, end] }));
        start = end;
    }
    let header = Value::Object(header).to_string();
    if header.len() as u64 > MOST_HEADER_BYTES || marks(description.as_bytes()) > MOST_VALUES {
        let most = MOST_HEADER_BYTES >> 20;
        let message = format!(
            "the scenario and what its interventions remember take {} MiB and {} values, and a checkpoint has room for \
             {most} MiB and {MOST_VALUES} values; part the scenario into smaller ones",
            header.len() >> 20,
            marks(description.as_bytes())
        );
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    arrays.iter().try_for_each(|(_, words)| file.write_all(bytemuck::cast_slice(words)))
}

/// Reads what [`write()`] wrote, to the last byte. Memory is taken for the arrays only once their checksum is right.
///
/// # Errors
/// A [`Fault`]; never gives arrays that differ from those written.
pub fn read(file: &mut (impl Read + Seek)) -> Result<(String, Vec<Named>), Fault> {
    let bytes = file.seek(SeekFrom::End(0)).map_err(unread)?;
    file.rewind().map_err(unread)?;
    let mut rest = BufReader::with_capacity(PIECE, &mut *file);
    let header = Header::read(&mut rest)?;
    let mut hasher = begun(&header.metadata.description);
    for (name, words) in header.places(bytes)? {
        begin_array(&mut hasher, &name, words);
        let length = io::copy(&mut (&mut rest).take(4 * words as u64), &mut hasher).map_err(unread)?;
        if length != 4 * words as u64 {
            return Err(Fault::Damaged("it is shorter than it says"));
        }
    }
    if hasher.finalize().to_hex().as_str() != header.metadata.blake3 {
        return Err(Fault::Damaged("its checksum does not match"));
    }
    drop((rest, header));
    file.rewind().map_err(unread)?;
    unchecked(file, bytes).map(|(description, arrays, _)| (description, arrays))
}

/// Description, arrays and checksum as a file of so many bytes has them, whether or not they go together.
///
/// # Errors
/// A [`Fault`].
pub fn unchecked(file: &mut impl Read, bytes: u64) -> Result<(String, Vec<Named>, String), Fault> {
    let header = Header::read(file)?;
    let mut arrays = Vec::new();
    for (name, count) in header.places(bytes)? {
        let mut words = vec![0u32; count];
        file.read_exact(bytemuck::cast_slice_mut(&mut words)).map_err(unread)?;
        arrays.push((name, words));
    }
    Ok((header.metadata.description, arrays, header.metadata.blake3))
}

/// Reads the description alone, unchecked.
///
/// # Errors
/// A [`Fault`].
pub fn describe(file: &mut impl Read) -> Result<String, Fault> {
    Header::read(file).map(|it| it.metadata.description)
}

/// Whether a file is a checkpoint, of whatever version.
pub fn is_own(file: &mut impl Read) -> bool {
    matches!(Header::read(file), Ok(_) | Err(Fault::Version(_)))
}

fn unread(_: io::Error) -> Fault {
    Fault::Damaged("it cannot be read")
}

/// The metadata of a file.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Metadata {
    format: String,
    version: String,
    description: String,
    blake3: String,
}

/// Where an array is.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    dtype: String,
    shape: [u64; 1],
    data_offsets: [u64; 2],
}

/// What stands before the arrays.
struct Header {
    metadata: Metadata,
    /// Each array by its name, in the order of the file.
    places: Vec<(String, Option<Place>)>,
    /// Where the arrays begin.
    start: u64,
}

impl Header {
    fn read(file: &mut impl Read) -> Result<Header, Fault> {
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(|_| Fault::Foreign)?;
        let length = u64::from_le_bytes(length);
        if length > MOST_HEADER_BYTES {
            return Err(Fault::Foreign);
        }
        let mut text = Vec::new();
        file.take(length).read_to_end(&mut text).map_err(unread)?;
        if text.len() as u64 != length {
            return Err(Fault::Damaged("it is shorter than it says"));
        }
        let Ok(Entries(entries)) = serde_json::from_slice(&text) else { return Err(Fault::Foreign) };
        let metadata = entries.iter().find(|it| it.0 == "__metadata__");
        let metadata = metadata.and_then(|it| serde_json::from_str::<Metadata>(it.1.get()).ok());
        let metadata = metadata.filter(|it| it.format == FORMAT).ok_or(Fault::Foreign)?;
        if metadata.version != VERSION {
            let version = if metadata.version.is_empty() { "unknown".to_owned() } else { metadata.version };
            return Err(Fault::Version(version));
        }
        if metadata.description.is_empty() {
            return Err(Fault::Damaged("its description is missing"));
        }
        let arrays = entries.into_iter().filter(|it| it.0 != "__metadata__");
        let places = arrays.map(|(name, place)| (name, serde_json::from_str(place.get()).ok())).collect();
        Ok(Header { metadata, places, start: 8 + length })
    }

    /// Names of the arrays and their numbers of words; together they fill the rest of a file of so many bytes.
    fn places(&self, bytes: u64) -> Result<Vec<(String, usize)>, Fault> {
        let length = bytes.saturating_sub(self.start);
        let mut end = 0;
        let mut places = Vec::new();
        for (name, place) in &self.places {
            let Some(Place { dtype, shape: [words], data_offsets: [from, to] }) = place else {
                return Err(Fault::Damaged("an array has no place"));
            };
            // Arrays follow each other without a gap.
            if dtype != "U32" || *from != end || words.checked_mul(4).and_then(|it| it.checked_add(end)) != Some(*to) {
                return Err(Fault::Damaged("an array is described wrongly"));
            }
            let words = usize::try_from(*words).ok().filter(|_| *to <= length);
            places.push((name.clone(), words.ok_or(Fault::Damaged("it is shorter than it says"))?));
            end = *to;
        }
        if end != length {
            return Err(Fault::Damaged("it is longer than it says"));
        }
        Ok(places)
    }
}

/// Names and texts of the entries of a JSON object, of which there are few.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Entries<'de>;

            fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, &RawValue)> = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                    if entries.len() > MOST_ENTRIES {
                        return Err(A::Error::custom("there are too many entries"));
                    }
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Each)
    }
}

fn checksum(description: &str, arrays: &[(&str, &[u32])]) -> String {
    let mut hasher = begun(description);
    for (name, words) in arrays {
        begin_array(&mut hasher, name, words.len());
        hasher.update(bytemuck::cast_slice(words));
    }
    hasher.finalize().to_hex().to_string()
}

fn begun(description: &str) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(description.as_bytes());
    hasher
}

/// What stands before the words of an array in what the checksum is of.
fn begin_array(hasher: &mut blake3::Hasher, name: &str, words: usize) {
    hasher.update(&(name.len() as u64).to_le_bytes());
    hasher.update(name.as_bytes());
    hasher.update(&(words as u64).to_le_bytes());
}

/// The version that this program writes.
pub const fn version() -> &'static str {
    VERSION
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> Result<(String, Vec<Named>), Fault> {
        super::read(&mut Cursor::new(bytes))
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, "{\"tick\":7}", &[("position", &[1, 2, 3, u32::MAX]), ("none", &[]), ("events", &[5])])
            .unwrap();
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let (description, arrays) = read(&written()).unwrap();
        assert_eq!(description, "{\"tick\":7}");
        let expected = [("position", vec![1, 2, 3, u32::MAX]), ("none", vec![]), ("events", vec![5])]
            .map(|it| (it.0.into(), it.1));
        assert_eq!(arrays, expected);
        assert_eq!(describe(&mut written().as_slice()).unwrap(), description);
    }

    #[test]
    fn no_byte_can_be_changed_removed_or_added() {
        let whole = written();
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[place] ^= 1 << bit;
                assert!(read(&changed).is_err(), "bit {bit} of byte {place} of {}", whole.len());
            }
            assert!(read(&whole[..place]).is_err(), "cut at {place}");
        }
        assert!(read(&[whole, vec![0]].concat()).is_err());
    }

    #[test]
    fn another_version_and_other_files_are_told_apart() {
        let own = format!("\"version\":\"{VERSION}\"");
        let other = String::from_utf8_lossy(&written()[8..]).replace(&own, "\"version\":\"9\"");
        let other = [&written()[..8], other.as_bytes()].concat();
        assert_eq!(read(&other), Err(Fault::Version("9".into())));
        for other in [&b""[..], b"{}", b"arm,replicate,time_h\n", &[2, 0, 0, 0, 0, 0, 0, 0, b'{', b'}'], &[255; 64]] {
            assert_eq!(read(other), Err(Fault::Foreign));
        }
    }

    #[test]
    fn a_header_of_many_entries_or_beyond_the_limit_is_refused() {
        let with = |header: &str| [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
        let entries: Vec<String> = (0..1000).map(|it| format!("\"{it}\":0")).collect();
        assert_eq!(read(&with(&format!("{{{}}}", entries.join(",")))), Err(Fault::Foreign));
        assert_eq!(read(&(MOST_HEADER_BYTES + 1).to_le_bytes()), Err(Fault::Foreign));
        let long = "x".repeat(MOST_HEADER_BYTES as usize);
        let error = write(&mut io::sink(), &long, &[]).unwrap_err();
        assert!(error.to_string().contains("has room for 32 MiB"), "{error}");
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES));
        write(&mut io::sink(), &many, &[]).unwrap_err();
    }
}
