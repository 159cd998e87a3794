//! Numbers as people read them.

/// Three figures, or all of a whole number.
pub fn figures(number: f64) -> String {
    let places = match number.abs() {
        large if large >= 100.0 || large == 0.0 => 0,
        small => (2 - small.log10().floor() as i32).clamp(0, 9) as usize,
    };
    let text = format!("{number:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::figures;

    #[test]
    fn numbers_have_three_figures() {
        let got = [0.0, 1234.5, 56.78, 3.0, 0.004_321, -0.5].map(figures);
        assert_eq!(got, ["0", "1234", "56.8", "3", "0.00432", "−0.5"]);
    }
}
