//! A drawing as SVG text: the few shapes that the picture needs, axes, and round numbers for their ticks.

use std::fmt::{self, Write as _};

/// Shapes drawn so far, and the size in pixels.
pub struct Drawing {
    body: String,
    width: f64,
    height: f64,
}

/// Where a text's position is in the text.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle in pixels; y grows downwards.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Colour of axes and secondary text.
pub const GREY: &str = "#6b7280";
const INK: &str = "#1f2937";

impl Drawing {
    /// An empty white sheet.
    pub fn new(width: f64, height: f64) -> Drawing {
        Drawing { body: String::new(), width, height }
    }

    /// Appends ready-made markup.
    pub fn raw(&mut self, markup: &str) {
        self.body += markup;
        self.body.push('\n');
    }

    /// Text in the default colour.
    pub fn text(&mut self, x: f64, y: f64, size: u32, anchor: Anchor, text: &str) {
        self.styled_text(x, y, size, anchor, INK, text);
    }

    /// Text in a colour, or with further attributes: `#c00" font-weight="600`.
    pub fn styled_text(&mut self, x: f64, y: f64, size: u32, anchor: Anchor, colour: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = Escaped(text);
        self.raw(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{text}</text>"#
        ));
    }

    /// A heading.
    pub fn title(&mut self, x: f64, y: f64, size: u32, text: &str) {
        self.styled_text(x, y, size, Anchor::Start, &format!("{INK}\" font-weight=\"600"), text);
    }

    /// Text that runs upwards, centred at the point.
    pub fn upward_text(&mut self, x: f64, y: f64, size: u32, text: &str) {
        let text = Escaped(text);
        self.raw(&format!(
            r#"<text transform="translate({x:.1} {y:.1}) rotate(-90)" font-size="{size}" text-anchor="middle" fill="{INK}">{text}</text>"#
        ));
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.raw(&format!(
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{colour}" stroke-width="{width}"/>"#
        ));
    }

    /// A line through points; `class` says what it stands for.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)], colour: &str, width: f64) {
        self.dashed_polyline(class, points, colour, width, false);
    }

    /// The same, dashed or not.
    pub fn dashed_polyline(&mut self, class: &str, points: &[(f64, f64)], colour: &str, width: f64, is_dashed: bool) {
        let points = joined(points);
        let dashes = if is_dashed { r#" stroke-dasharray="5 4""# } else { "" };
        self.raw(&format!(
            r#"<polyline class="{class}" points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dashes}/>"#
        ));
    }

    /// A filled area without an outline.
    pub fn area(&mut self, class: &str, points: &[(f64, f64)], colour: &str, opacity: f64) {
        let points = joined(points);
        self.raw(&format!(r#"<polygon class="{class}" points="{points}" fill="{colour}" fill-opacity="{opacity}"/>"#));
    }

    /// A disc.
    pub fn disc(&mut self, x: f64, y: f64, radius: f64, colour: &str) {
        self.raw(&format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.2}" fill="{colour}"/>"#));
    }

    /// A disc of a legend, beside its name.
    pub fn key(&mut self, x: f64, y: f64, colour: &str) {
        self.raw(&format!(r#"<circle class="legend" cx="{x:.1}" cy="{y:.1}" r="5.00" fill="{colour}"/>"#));
    }

    /// A rectangle with an outline only.
    pub fn outline(&mut self, frame: Frame, colour: &str) {
        let Frame { x, y, width, height } = frame;
        self.raw(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="none" stroke="{colour}"/>"#
        ));
    }

    /// The whole file.
    pub fn finish(self) -> String {
        let Drawing { body, width, height } = self;
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
        )
    }
}

/// Axes of a diagram: the frame, and the values at its edges.
#[derive(Clone, Debug)]
pub struct Axes {
    pub frame: Frame,
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub x_ticks: Vec<f64>,
}

impl Axes {
    /// Where a value lies on the sheet.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let part = |value: f64, (low, high): (f64, f64)| if high > low { (value - low) / (high - low) } else { 0.5 };
        let Frame { x: left, y: top, width, height } = self.frame;
        (left + width * part(x, self.x), top + height * (1.0 - part(y, self.y)))
    }

    /// Draws grid, ticks and labels.
    pub fn draw(&self, drawing: &mut Drawing, x_label: &str, y_label: &str) {
        let Frame { x: left, y: top, width, height } = self.frame;
        let bottom = top + height;
        for value in ticks(self.y.0, self.y.1, 4) {
            let y = self.at(self.x.0, value).1;
            drawing.line((left, y), (left + width, y), "#e5e7eb", 1.0);
            drawing.styled_text(left - 6.0, y + 4.0, 11, Anchor::End, GREY, &label(value));
        }
        for &value in &self.x_ticks {
            let x = self.at(value, self.y.0).0;
            drawing.line((x, bottom), (x, bottom + 4.0), GREY, 1.0);
            drawing.styled_text(x, bottom + 16.0, 11, Anchor::Middle, GREY, &label(value));
        }
        drawing.line((left, bottom), (left + width, bottom), GREY, 1.0);
        drawing.text(left + width / 2.0, bottom + 33.0, 12, Anchor::Middle, x_label);
        drawing.upward_text(left - 52.0, top + height / 2.0, 12, y_label);
    }
}

/// The largest of 1, 2, 5 × 10ⁿ that is at most `value`.
pub fn round_below(value: f64) -> f64 {
    // The exponent as it is printed, and its power as it is read, are the same on every machine; log10 need not be.
    let printed = format!("{value:e}");
    let exponent = printed.rsplit('e').next().unwrap_or("0");
    let power: f64 = format!("1e{exponent}").parse().unwrap_or(1.0);
    [5.0, 2.0, 1.0].into_iter().map(|digit| digit * power).find(|round| *round <= value * 1.000_001).unwrap_or(power)
}

/// Round numbers between two values, at most about `count` + 1 of them.
pub fn ticks(low: f64, high: f64, count: u32) -> Vec<f64> {
    if high <= low || !(high - low).is_finite() {
        return vec![low];
    }
    let least = (high - low) / f64::from(count);
    let mut step = round_below(least);
    while step < least * 0.999_999 {
        // 1 → 2 → 5 → 10: the next round number is at most 2.5 times larger.
        step = round_below(step * 2.500_001);
    }
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|k| k as f64 * step).collect()
}

/// Times in hours from 0 to `end_h`: parts or multiples of a day, where round numbers are less familiar.
pub fn time_ticks(end_h: f64) -> Vec<f64> {
    const STEPS_H: [f64; 10] = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 336.0];
    let step = STEPS_H.into_iter().find(|step| end_h / step <= 8.5);
    match step.filter(|step| end_h >= 2.0 * step) {
        Some(step) => (0..=(end_h / step + 1e-9) as u32).map(|k| f64::from(k) * step).collect(),
        None => ticks(0.0, end_h, 6),
    }
}

/// A tick's number: thousands as k, millions as M.
pub fn label(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        large if large >= 1e6 => (value / 1e6, "M"),
        large if large >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    // Twelve figures hide that 3 × 0.1 is not 0.3.
    let rounded: f64 = format!("{scaled:.11e}").parse().unwrap_or(scaled);
    format!("{rounded}{unit}")
}

/// Text as it may stand in XML.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        self.0.chars().filter(|it| !it.is_control()).try_for_each(|it| match it {
            '&' => to.write_str("&amp;"),
            '<' => to.write_str("&lt;"),
            '>' => to.write_str("&gt;"),
            '"' => to.write_str("&quot;"),
            other => to.write_char(other),
        })
    }
}

fn joined(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(0.0, 10.0, 4), [0.0, 5.0, 10.0]);
        assert_eq!(ticks(0.0, 0.9, 4).len(), 2);
        assert_eq!(ticks(0.0, 48.0, 6), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(ticks(3.0, 3.0, 6), [3.0]);
    }

    #[test]
    fn times_go_by_days() {
        assert_eq!(time_ticks(24.0), [0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0]);
        assert_eq!(time_ticks(72.0).last(), Some(&72.0));
        assert_eq!(time_ticks(0.5), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5].map(|t: f64| (t * 10.0).round() * 0.1));
        assert!((2..10).contains(&time_ticks(10_000.0).len()));
    }

    #[test]
    fn labels_are_short() {
        assert_eq!([0.1 * 3.0, 2_000.0, 25_000.0, 1.5e6].map(label), ["0.3", "2000", "25k", "1.5M"]);
    }

    #[test]
    fn names_cannot_break_the_markup() {
        assert_eq!(Escaped("a<b & \"c\"\u{1b}").to_string(), "a&lt;b &amp; &quot;c&quot;");
    }
}
