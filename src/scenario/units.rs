//! Quantities with units: "12 h", "0.2 /min", "1e5 um^3/min".
//!
//! A unit is a product of powers of the names below, with at most one slash: `um^2/min`, `/h`, `um3`.
//! Values are returned in um, min, mg, nmol and their products, the units of the plan.

/// The largest number of a scenario or a table of rules, in the units of the plan: devices count with f32, which ends at 3.4e38.
pub const LARGEST: f64 = 1e30;

/// Exponents of length, time, mass, amount of substance, and share of a cell's protein.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    pub length: i32,
    pub time: i32,
    pub mass: i32,
    pub amount: i32,
    pub share: i32,
}

impl Dimension {
    /// A dimension of length and time alone.
    const fn of(length: i32, time: i32) -> Dimension {
        Dimension { length, time, mass: 0, amount: 0, share: 0 }
    }

    pub const NUMBER: Dimension = Dimension::of(0, 0);
    pub const LENGTH: Dimension = Dimension::of(1, 0);
    pub const TIME: Dimension = Dimension::of(0, 1);
    pub const RATE: Dimension = Dimension::of(0, -1);
    pub const SPEED: Dimension = Dimension::of(1, -1);
    pub const VOLUME: Dimension = Dimension::of(3, 0);
    pub const VOLUME_RATE: Dimension = Dimension::of(3, -1);
    pub const DIFFUSIVITY: Dimension = Dimension::of(2, -1);
    pub const PRESSURE: Dimension = Dimension { mass: 1, ..Dimension::of(-1, -2) };
    pub const MASS: Dimension = Dimension { mass: 1, ..Dimension::of(0, 0) };
    pub const MOLES: Dimension = Dimension { amount: 1, ..Dimension::of(0, 0) };
    pub const MASS_CONCENTRATION: Dimension = Dimension { mass: 1, ..Dimension::of(-3, 0) };
    pub const MOLARITY: Dimension = Dimension { amount: 1, ..Dimension::of(-3, 0) };
    pub const MOLAR_MASS: Dimension = Dimension { mass: 1, amount: -1, ..Dimension::of(0, 0) };
    pub const PERCENT: Dimension = Dimension { share: 1, ..Dimension::of(0, 0) };
    pub const PERCENT_RATE: Dimension = Dimension { share: 1, ..Dimension::of(0, -1) };
    pub const PER_PERCENT_RATE: Dimension = Dimension { share: -1, ..Dimension::of(0, -1) };

    /// The product with a power of another dimension.
    pub fn times(self, other: Dimension, power: i32) -> Dimension {
        Dimension {
            length: self.length + other.length * power,
            time: self.time + other.time * power,
            mass: self.mass + other.mass * power,
            amount: self.amount + other.amount * power,
            share: self.share + other.share * power,
        }
    }

    /// The unit in which the program counts, such as `um/min`; empty for a number.
    pub fn unit(self) -> String {
        let power = |name: &str, power: i32| if power == 1 { name.to_owned() } else { format!("{name}^{power}") };
        match (self.length, self.time) {
            (0, 0) => String::new(),
            (length, 0) => power("um", length),
            (0, time) if time > 0 => power("min", time),
            (0, time) => format!("1/{}", power("min", -time)),
            (length, time) if time > 0 => format!("{} {}", power("um", length), power("min", time)),
            (length, time) => format!("{}/{}", power("um", length), power("min", -time)),
        }
    }

    /// What a quantity of this dimension is called, with an example.
    pub fn expected(self) -> String {
        let known = KINDS.iter().find(|(dimension, ..)| *dimension == self);
        known.map_or_else(
            || format!("a quantity in um^{} min^{}", self.length, self.time),
            |(_, name, example)| format!("{name} with a unit, such as \"{example}\""),
        )
    }
}

const KINDS: &[(Dimension, &str, &str)] = &[
    (Dimension::of(0, 0), "a number", "0.5"),
    (Dimension::LENGTH, "a length", "20 um"),
    (Dimension::TIME, "a duration", "12 h"),
    (Dimension::RATE, "a rate", "0.2 /h"),
    (Dimension::SPEED, "a speed", "8 um/min"),
    (Dimension::VOLUME, "a volume", "2494 um^3"),
    (Dimension::VOLUME_RATE, "a volume per time", "1e5 um^3/min"),
    (Dimension::DIFFUSIVITY, "a diffusion coefficient", "1e5 um^2/min"),
    (Dimension::PRESSURE, "a partial pressure", "38 mmHg"),
    (Dimension::MOLARITY, "a concentration", "10 nM"),
    (Dimension::MASS_CONCENTRATION, "a concentration", "10 ng/mL"),
    (Dimension::PERCENT, "a share of the cell's protein", "2.4 %"),
    (Dimension::PERCENT_RATE, "a share of the cell's protein per time", "1.3 %/h"),
    (Dimension::PER_PERCENT_RATE, "a rate for each % of the cell's protein", "0.036 /%/h"),
];

/// A mmHg in mg/(um min^2).
pub const MMHG: f64 = 133.322_387_415 * 3600.0;

/// Name, value in um, min, mg and nmol, dimension.
type Unit = (&'static str, f64, Dimension);

const UNITS: &[Unit] = &[
    ("nm", 1e-3, Dimension::of(1, 0)),
    ("um", 1.0, Dimension::of(1, 0)),
    ("mm", 1e3, Dimension::of(1, 0)),
    ("cm", 1e4, Dimension::of(1, 0)),
    ("s", 1.0 / 60.0, Dimension::of(0, 1)),
    ("min", 1.0, Dimension::of(0, 1)),
    ("h", 60.0, Dimension::of(0, 1)),
    ("d", 1440.0, Dimension::of(0, 1)),
    ("wk", 10_080.0, Dimension::of(0, 1)),
    ("pL", 1e3, Dimension::of(3, 0)),
    ("nL", 1e6, Dimension::of(3, 0)),
    ("uL", 1e9, Dimension::of(3, 0)),
    ("mL", 1e12, Dimension::of(3, 0)),
    ("L", 1e15, Dimension::of(3, 0)),
    ("ng", 1e-6, Dimension::MASS),
    ("ug", 1e-3, Dimension::MASS),
    ("mg", 1.0, Dimension::MASS),
    ("g", 1e3, Dimension::MASS),
    ("kg", 1e6, Dimension::MASS),
    ("pmol", 1e-3, Dimension::MOLES),
    ("nmol", 1.0, Dimension::MOLES),
    ("umol", 1e3, Dimension::MOLES),
    ("mmol", 1e6, Dimension::MOLES),
    ("mol", 1e9, Dimension::MOLES),
    ("pM", 1e-18, Dimension::MOLARITY),
    ("nM", 1e-15, Dimension::MOLARITY),
    ("uM", 1e-12, Dimension::MOLARITY),
    ("mM", 1e-9, Dimension::MOLARITY),
    ("M", 1e-6, Dimension::MOLARITY),
    // A Gray is a J/kg.
    ("Gy", 3.6e15, Dimension::of(2, -2)),
    // A Pa is a kg/(m s^2); a mmHg 133.322387415 Pa.
    ("Pa", 3600.0, Dimension::PRESSURE),
    ("kPa", 3.6e6, Dimension::PRESSURE),
    ("mmHg", MMHG, Dimension::PRESSURE),
    ("Da", 1e-6, Dimension::MOLAR_MASS),
    ("kDa", 1e-3, Dimension::MOLAR_MASS),
    // Of the cell's protein.
    ("%", 1.0, Dimension::PERCENT),
];

/// Other spellings that people write, and what we call them.
const SPELLINGS: &[(&str, &str)] = &[
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("minute", "min"),
    ("minutes", "min"),
    ("m", "min"),
    ("sec", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("day", "d"),
    ("days", "d"),
    ("week", "wk"),
    ("weeks", "wk"),
    ("w", "wk"),
    ("micron", "um"),
    ("microns", "um"),
];

/// What is wrong with a quantity, and where in its text (byte offsets).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    pub start: usize,
    pub end: usize,
    pub message: String,
    pub hint: Option<String>,
}

/// Reads a quantity of the given dimension, in um and min.
///
/// # Errors
/// The text has no finite number, no unit, an unknown unit, or one of another dimension.
pub fn parse(text: &str, dimension: Dimension) -> Result<f64, UnitError> {
    let (value, found, _, lead) = read(text, &dimension.expected())?;
    if found == dimension { Ok(value) } else { wrong(text, lead, &dimension.expected()) }
}

/// Reads a quantity of one of several dimensions, in um, min, mg and nmol. It must have a unit, even if that is of no
/// dimension, as mg/kg.
///
/// # Errors
/// As [`parse`].
pub fn parse_one_of(text: &str, allowed: &[Dimension], expected: &str) -> Result<(f64, Dimension), UnitError> {
    let (value, found, has_unit, lead) = read(text, expected)?;
    if has_unit && allowed.contains(&found) { Ok((value, found)) } else { wrong(text, lead, expected) }
}

fn wrong<T>(text: &str, start: usize, expected: &str) -> Result<T, UnitError> {
    let message = format!("`{}` is not {expected}", text.trim());
    Err(UnitError { start, end: text.len(), message, hint: None })
}

/// Value, dimension, whether there is a unit, and where the number begins.
fn read(text: &str, expected: &str) -> Result<(f64, Dimension, bool, usize), UnitError> {
    let fault = |start, end, message, hint| Err(UnitError { start, end, message, hint });
    let lead = text.len() - text.trim_start().len();
    let number_end = number_end(text, lead);
    let Ok(number) = text[lead..number_end].parse::<f64>() else {
        return fault(0, text.len(), format!("`{text}` does not begin with a number"), Some(expected.to_owned()));
    };
    if !number.is_finite() {
        return fault(lead, number_end, format!("`{}` is not finite", &text[lead..number_end]), None);
    }
    let (scale, found) = parse_unit(text, number_end)?;
    let value = number * scale;
    let has_unit = !text[number_end..].trim().is_empty();
    let too_large = || {
        let message = format!("the number is too large; it may be up to {LARGEST:e} in um, min, mg or nmol");
        fault(lead, number_end, message, None)
    };
    if value.abs() <= LARGEST { Ok((value, found, has_unit, lead)) } else { too_large() }
}

/// Where the number at `start` ends.
fn number_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while end < bytes.len() {
        let sign = matches!(bytes[end], b'+' | b'-') && (end == start || matches!(bytes[end - 1], b'e' | b'E'));
        // An `e` belongs to the number only if digits follow.
        let exponent = matches!(bytes[end], b'e' | b'E')
            && bytes[end + 1..].iter().find(|b| !matches!(b, b'+' | b'-')).is_some_and(u8::is_ascii_digit);
        if !(sign || exponent || bytes[end].is_ascii_digit() || bytes[end] == b'.') {
            break;
        }
        end += 1;
    }
    // `nan` and `inf` are read so that they can be refused by name.
    let word = text[end..].chars().take_while(char::is_ascii_alphabetic).collect::<String>();
    if ["nan", "inf", "infinity"].contains(&word.to_ascii_lowercase().as_str()) { end + word.len() } else { end }
}

/// Scale and dimension of the unit from `start` on.
fn parse_unit(text: &str, start: usize) -> Result<(f64, Dimension), UnitError> {
    let (mut scale, mut dimension, mut sign) = (1.0, Dimension::of(0, 0), 1);
    let mut at = start;
    while at < text.len() {
        let rest = &text[at..];
        let letter = rest.chars().next().unwrap_or(' ');
        if letter == '/' && sign == 1 {
            sign = -1;
        }
        if letter.is_whitespace() || matches!(letter, '/' | '*' | '·') {
            at += letter.len_utf8();
            continue;
        }
        let end = at + rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '*' | '·')).unwrap_or(rest.len());
        let (unit, power) = parse_factor(text, at, end)?;
        scale *= unit.1.powi(sign * power);
        dimension = dimension.times(unit.2, sign * power);
        at = end;
    }
    Ok((scale, dimension))
}

/// One name with its power: `um`, `um^3`, `um3`, `h^-1`.
fn parse_factor(text: &str, start: usize, end: usize) -> Result<(&'static Unit, i32), UnitError> {
    let word = text[start..end].replace(['µ', 'μ'], "u");
    let split = word.find(|c: char| c == '^' || c == '-' || c.is_ascii_digit()).unwrap_or(word.len());
    let (name, power) = word.split_at(split);
    let fault = |message, hint| Err(UnitError { start, end, message, hint });
    let Some(unit) = UNITS.iter().find(|unit| unit.0 == name) else {
        return fault(format!("unknown unit `{name}`"), Some(suggestion(name)));
    };
    let digits = power.strip_prefix('^').unwrap_or(power);
    match if power.is_empty() { Ok(1) } else { digits.parse::<i32>() } {
        Ok(power) if (-9..=9).contains(&power) => Ok((unit, power)),
        _ => fault(format!("`{power}` is not a power such as ^2"), None),
    }
}

fn suggestion(name: &str) -> String {
    if let Some((_, known)) = SPELLINGS.iter().find(|(spelling, _)| *spelling == name) {
        return format!("did you mean `{known}`?");
    }
    let close = UNITS.iter().find(|unit| unit.0.eq_ignore_ascii_case(name));
    let names: Vec<&str> = UNITS.iter().map(|unit| unit.0).collect();
    close.map_or_else(|| format!("known units: {}", names.join(", ")), |unit| format!("did you mean `{}`?", unit.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantities_come_in_um_and_min() {
        for (text, dimension, expected) in [
            ("12 h", Dimension::TIME, 720.0),
            ("0.6s", Dimension::TIME, 0.01),
            ("2 d", Dimension::TIME, 2880.0),
            ("0.06 /h", Dimension::RATE, 0.001),
            ("0.06 h^-1", Dimension::RATE, 0.001),
            ("8 µm/min", Dimension::SPEED, 8.0),
            ("8 μm/min", Dimension::SPEED, 8.0),
            ("1 mm^3", Dimension::VOLUME, 1e9),
            ("1 uL", Dimension::VOLUME, 1e9),
            ("1 pL", Dimension::VOLUME, 1e3),
            ("2494 um3", Dimension::VOLUME, 2494.0),
            ("1e5 um^3/min", Dimension::VOLUME_RATE, 1e5),
            ("-3 um", Dimension::LENGTH, -3.0),
        ] {
            let got = parse(text, dimension).unwrap();
            assert!((got - expected).abs() <= 1e-12 * expected.abs(), "{text}: {got}");
        }
    }

    #[test]
    fn faults_say_where_and_what() {
        for (text, dimension, part, hint) in [
            ("3 hr", Dimension::TIME, "unknown unit `hr`", "did you mean `h`?"),
            ("3 UM", Dimension::LENGTH, "unknown unit `UM`", "did you mean `um`?"),
            ("3", Dimension::TIME, "a duration with a unit", ""),
            ("3 um", Dimension::TIME, "is not a duration", ""),
            ("nan h", Dimension::TIME, "is not finite", ""),
            ("-inf h", Dimension::TIME, "is not finite", ""),
            ("1e308 wk", Dimension::TIME, "too large", ""),
            ("1e29 h", Dimension::TIME, "up to 1e30 in um, min, mg or nmol", ""),
            ("h", Dimension::TIME, "does not begin with a number", "a duration"),
        ] {
            let error = parse(text, dimension).unwrap_err();
            assert!(error.message.contains(part), "{text}: {}", error.message);
            assert!(error.hint.as_deref().unwrap_or("").contains(hint), "{text}: {:?}", error.hint);
        }
        let error = parse("3 hr", Dimension::TIME).unwrap_err();
        assert_eq!((error.start, error.end), (2, 4));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in -1e12f64..1e12, unit in 0..UNITS.len(), over in 0..UNITS.len()) {
            let (a, b) = (UNITS[unit], UNITS[over]);
            let dimension = a.2.times(b.2, -1);
            let expected = value * a.1 / b.1;
            prop_assume!(expected.abs() < LARGEST);
            let got = parse(&format!("{value:?} {}/{}", a.0, b.0), dimension).unwrap();
            prop_assert!((got - expected).abs() <= 1e-12 * expected.abs());
        }

        #[test]
        fn no_text_panics(text in ".{0,24}") {
            if let Err(error) = parse(&text, Dimension::TIME) {
                prop_assert!(error.start <= error.end && error.end <= text.len());
            }
        }
    }
}
