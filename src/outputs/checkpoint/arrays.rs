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

use serde_json::{Map, Value, json};
use std::io::{self, Read, Write};

/// Name and version of the format; another version is refused.
const FORMAT: &str = "texpop checkpoint";
const VERSION: &str = "2";

/// Longest header that is read.
const MOST_HEADER_BYTES: u64 = 1 << 30;

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
/// Those of the file.
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
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    arrays.iter().try_for_each(|(_, words)| file.write_all(bytemuck::cast_slice(words)))
}

/// Reads what [`write()`] wrote, to the last byte.
///
/// # Errors
/// A [`Fault`]; never gives arrays that differ from those written.
pub fn read(bytes: &[u8]) -> Result<(String, Vec<Named>), Fault> {
    let (description, arrays, blake3) = unchecked(bytes)?;
    let named: Vec<(&str, &[u32])> = arrays.iter().map(|(name, words)| (name.as_str(), words.as_slice())).collect();
    if blake3 != checksum(&description, &named) {
        return Err(Fault::Damaged("its checksum does not match"));
    }
    Ok((description, arrays))
}

/// Description, arrays and checksum as a file has them, whether or not they go together.
///
/// # Errors
/// A [`Fault`].
pub fn unchecked(bytes: &[u8]) -> Result<(String, Vec<Named>, String), Fault> {
    let mut rest = bytes;
    let header = read_header(&mut rest)?;
    let mut arrays = Vec::new();
    for (name, place) in header.iter().filter(|it| it.0 != "__metadata__") {
        let end = place["data_offsets"][1].as_u64().ok_or(Fault::Damaged("an array has no place"))?;
        let start = (bytes.len() - rest.len()) as u64;
        // Arrays follow each other without a gap.
        let first = end.checked_sub(place["data_offsets"][0].as_u64().unwrap_or(u64::MAX));
        let length = first.filter(|length| *length <= rest.len() as u64 && length.is_multiple_of(4));
        let length = length.ok_or(Fault::Damaged("it is shorter than it says"))? as usize;
        let written = json!({ "dtype": "U32", "shape": [length / 4], "data_offsets": place["data_offsets"] });
        if *place != written || start + length as u64 > bytes.len() as u64 {
            return Err(Fault::Damaged("an array is described wrongly"));
        }
        let (own, after) = rest.split_at(length);
        arrays.push((name.clone(), bytemuck::pod_collect_to_vec::<u8, u32>(own)));
        rest = after;
    }
    if !rest.is_empty() {
        return Err(Fault::Damaged("it is longer than it says"));
    }
    let blake3 = header["__metadata__"]["blake3"].as_str().unwrap_or_default().to_owned();
    Ok((description_of(&header)?, arrays, blake3))
}

/// Reads the description alone, unchecked.
///
/// # Errors
/// A [`Fault`].
pub fn describe(file: &mut impl Read) -> Result<String, Fault> {
    description_of(&read_header(file)?)
}

fn description_of(header: &Map<String, Value>) -> Result<String, Fault> {
    let text = header["__metadata__"]["description"].as_str().map(str::to_owned);
    text.ok_or(Fault::Damaged("its description is missing"))
}

fn read_header(file: &mut impl Read) -> Result<Map<String, Value>, Fault> {
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|_| Fault::Foreign)?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER_BYTES {
        return Err(Fault::Foreign);
    }
    let mut header = Vec::new();
    file.take(length).read_to_end(&mut header).map_err(|_| Fault::Damaged("it cannot be read"))?;
    if header.len() as u64 != length {
        return Err(Fault::Damaged("it is shorter than it says"));
    }
    let Ok(Value::Object(header)) = serde_json::from_slice(&header) else { return Err(Fault::Foreign) };
    let Some(metadata) = header.get("__metadata__").filter(|it| it["format"] == FORMAT) else {
        return Err(Fault::Foreign);
    };
    match metadata["version"].as_str() {
        Some(VERSION) => Ok(header),
        version => Err(Fault::Version(version.unwrap_or("unknown").to_owned())),
    }
}

fn checksum(description: &str, arrays: &[(&str, &[u32])]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(description.as_bytes());
    for (name, words) in arrays {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(&(words.len() as u64).to_le_bytes());
        hasher.update(bytemuck::cast_slice(words));
    }
    hasher.finalize().to_hex().to_string()
}

/// The version that this program writes.
pub const fn version() -> &'static str {
    VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
