//! A sheet of pixels, drawn on with f32 and whole numbers alone, so that it has the same bytes everywhere.

use super::colours::{Colour, mix};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

/// A rectangle of whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// Where a text's position is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Size of a text: Noto Sans Mono (SIL Open Font License), rastered beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Small,
    Bold,
    Title,
    Large,
}

impl Size {
    fn raster(self) -> (FontWeight, RasterHeight) {
        match self {
            Size::Small => (FontWeight::Regular, RasterHeight::Size20),
            Size::Bold => (FontWeight::Bold, RasterHeight::Size20),
            Size::Title => (FontWeight::Bold, RasterHeight::Size24),
            Size::Large => (FontWeight::Bold, RasterHeight::Size32),
        }
    }

    /// Pixels from one line to the next.
    pub fn line(self) -> i32 {
        self.raster().1.val() as i32
    }

    /// Pixels of each letter.
    pub fn letter(self) -> i32 {
        let (weight, height) = self.raster();
        get_raster_width(weight, height) as i32
    }
}

/// Pixels, row by row from the top, three bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub width: i32,
    pub height: i32,
    pub pixels: Vec<u8>,
    /// Nothing is drawn outside.
    clip: Frame,
}

impl Canvas {
    /// A sheet of one colour.
    pub fn new(width: i32, height: i32, ground: Colour) -> Canvas {
        let pixels = ground.repeat((width * height) as usize);
        Canvas { width, height, pixels, clip: Frame { x: 0, y: 0, width, height } }
    }

    /// Draws only inside a frame from now on; none: everywhere.
    pub fn clip(&mut self, frame: Option<Frame>) {
        self.clip = frame.unwrap_or(Frame { x: 0, y: 0, width: self.width, height: self.height });
    }

    /// Lays a colour over a pixel, of which it covers a part.
    pub fn blend(&mut self, x: i32, y: i32, colour: Colour, part: f32) {
        let Frame { x: left, y: top, width, height } = self.clip;
        if x < left || y < top || x >= left + width || y >= top + height || part <= 0.0 {
            return;
        }
        let at = 3 * (y * self.width + x) as usize;
        let under = [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]];
        self.pixels[at..at + 3].copy_from_slice(&mix(under, colour, part.min(1.0)));
    }

    /// A filled rectangle.
    pub fn fill(&mut self, frame: Frame, colour: Colour, part: f32) {
        for y in frame.y..frame.y + frame.height {
            for x in frame.x..frame.x + frame.width {
                self.blend(x, y, colour, part);
            }
        }
    }

    /// The edge of a rectangle, a pixel wide.
    pub fn outline(&mut self, frame: Frame, colour: Colour) {
        let Frame { x, y, width, height } = frame;
        self.fill(Frame { height: 1, ..frame }, colour, 1.0);
        self.fill(Frame { y: y + height - 1, height: 1, ..frame }, colour, 1.0);
        self.fill(Frame { width: 1, ..frame }, colour, 1.0);
        self.fill(Frame { x: x + width - 1, width: 1, ..frame }, colour, 1.0);
    }

    /// A round shape: `colour` gives the colour at a place relative to the middle, in radii, y upwards.
    pub fn round(&mut self, centre: (f32, f32), radius: f32, colour: impl Fn(f32, f32) -> Colour) {
        let (low, high) = (|it: f32| (it - radius - 1.0).floor() as i32, |it: f32| (it + radius + 1.0).ceil() as i32);
        let Frame { x, y, width, height } = self.clip;
        for row in low(centre.1).max(y)..high(centre.1).min(y + height) {
            for column in low(centre.0).max(x)..high(centre.0).min(x + width) {
                let (dx, dy) = (column as f32 + 0.5 - centre.0, row as f32 + 0.5 - centre.1);
                // The part of the pixel that is inside, as if the rim were straight.
                let part = (radius + 0.5 - (dx * dx + dy * dy).sqrt()).min(2.0 * radius);
                if part > 0.0 {
                    self.blend(column, row, colour(dx / radius, -dy / radius), part);
                }
            }
        }
    }

    /// A disc.
    pub fn disc(&mut self, centre: (f32, f32), radius: f32, colour: Colour) {
        self.round(centre, radius, |_, _| colour);
    }

    /// A line of text whose upper edge is at y.
    pub fn text(&mut self, x: i32, y: i32, size: Size, anchor: Anchor, colour: Colour, text: &str) {
        let (weight, height) = size.raster();
        let width = size.letter() * text.chars().count() as i32;
        let mut left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2,
            Anchor::End => x - width,
        };
        for letter in text.chars() {
            let raster = get_raster(letter, weight, height).or_else(|| get_raster('?', weight, height));
            for (down, row) in raster.iter().flat_map(|it| it.rows()).enumerate() {
                for (right, ink) in row.iter().enumerate() {
                    self.blend(left + right as i32, y + down as i32, colour, f32::from(*ink) / 255.0);
                }
            }
            left += size.letter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = [255; 3];

    #[test]
    fn a_disc_has_its_area_and_soft_rim() {
        let mut canvas = Canvas::new(40, 40, WHITE);
        canvas.disc((20.25, 19.5), 10.0, [0; 3]);
        let ink: u32 = canvas.pixels.chunks(3).map(|pixel| 255 - u32::from(pixel[0])).sum();
        let area = ink as f32 / 255.0;
        assert!((area - 314.2).abs() < 2.0, "{area}");
        assert!(canvas.pixels.chunks(3).filter(|it| (20..230).contains(&it[0])).count() > 30);
    }

    #[test]
    fn nothing_is_drawn_outside_the_clip() {
        let mut canvas = Canvas::new(20, 20, WHITE);
        canvas.clip(Some(Frame { x: 5, y: 5, width: 10, height: 10 }));
        canvas.disc((0.0, 0.0), 50.0, [0; 3]);
        assert_eq!(canvas.pixels.chunks(3).filter(|it| it[0] == 0).count(), 100);
        canvas.clip(None);
        canvas.text(-5, 15, Size::Large, Anchor::Start, [0; 3], "µm³ \u{4e00}");
    }
}
