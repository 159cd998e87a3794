//! Colours of numbers and of names.

use crate::outputs::picture::{TYPE_COLOURS, colour};

/// Red, green, blue.
pub type Colour = [u8; 3];

pub const WHITE: Colour = [255, 255, 255];
pub const INK: Colour = [0x1f, 0x29, 0x37];
pub const GREY: Colour = [0x6b, 0x72, 0x80];
pub const LINE: Colour = [0xd1, 0xd5, 0xdb];
/// The ground that cells lie on where there is no substrate.
pub const GROUND: Colour = [0xf3, 0xf4, 0xf6];
/// A value that is missing.
pub const MISSING: Colour = [0xfc, 0xfc, 0xfc];

/// Viridis of matplotlib (S. van der Walt and N. Smith, 2015, CC0), every 28th or so of its 256 colours; even in
/// lightness, and the same for colour-blind people.
pub const VIRIDIS: &[Colour] = &[
    [0x44, 0x01, 0x54],
    [0x48, 0x28, 0x78],
    [0x3e, 0x49, 0x89],
    [0x31, 0x68, 0x8e],
    [0x26, 0x82, 0x8e],
    [0x1f, 0x9e, 0x89],
    [0x35, 0xb7, 0x79],
    [0x6d, 0xcd, 0x59],
    [0xb4, 0xde, 0x2c],
    [0xfd, 0xe7, 0x25],
];

/// ColorBrewer's Purples (C. Brewer, Apache 2.0) without its darkest colours: light, so that cells stand out from it.
pub const PURPLES: &[Colour] = &[
    [0xfc, 0xfb, 0xfd],
    [0xef, 0xed, 0xf5],
    [0xda, 0xda, 0xeb],
    [0xbc, 0xbd, 0xdc],
    [0x9e, 0x9a, 0xc8],
    [0x80, 0x7d, 0xba],
];

/// The colour map at a part from 0 to 1, linear between its colours.
pub fn at(map: &[Colour], part: f32) -> Colour {
    let last = map.len() - 1;
    let place = part.clamp(0.0, 1.0) * last as f32;
    let low = (place as usize).min(last.saturating_sub(1));
    mix(map[low], map[(low + 1).min(last)], place - low as f32)
}

/// Between two colours.
pub fn mix(from: Colour, to: Colour, part: f32) -> Colour {
    let between = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * part + 0.5) as u8;
    [0, 1, 2].map(|channel| between(from[channel], to[channel]))
}

/// `#E69F00` as a colour.
pub fn parsed(hexadecimal: &str) -> Colour {
    let channel = |at: usize| hexadecimal.get(at..at + 2).and_then(|it| u8::from_str_radix(it, 16).ok()).unwrap_or(0);
    [1, 3, 5].map(channel)
}

/// The colour of the cell type, or of another name, with this number.
pub fn of_type(number: usize) -> Colour {
    parsed(colour(&TYPE_COLOURS, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_begin_and_end_with_their_colours_and_grow_even() {
        for map in [VIRIDIS, PURPLES] {
            assert_eq!((at(map, -1.0), at(map, 2.0)), (map[0], map[map.len() - 1]));
            assert_eq!(at(map, 1.0 / (map.len() - 1) as f32), map[1]);
        }
        let light =
            |part: f32| at(VIRIDIS, part).iter().zip([299, 587, 114]).map(|(c, w)| u32::from(*c) * w).sum::<u32>();
        assert!((0..100).all(|step| light(step as f32 / 100.0) < light((step + 1) as f32 / 100.0)));
        assert_eq!(of_type(0), [0xe6, 0x9f, 0x00]);
    }
}
