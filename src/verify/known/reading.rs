//! What a law expects, what it got, and how far apart the two may be.

/// One comparison of a law.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub what: String,
    pub expected: f64,
    pub got: f64,
    /// Largest difference that is no fault.
    pub tolerance: f64,
    /// What more there is to say, such as where bits first differ; empty for nothing.
    pub note: String,
}

impl Reading {
    pub fn new(what: impl Into<String>, got: f64, expected: f64, tolerance: f64) -> Reading {
        Reading { what: what.into(), expected, got, tolerance, note: String::new() }
    }

    /// The mean of a sample beside the one expected, to 5·sd/√n.
    pub fn of_mean(what: impl std::fmt::Display, sample: &[f64], expected: f64) -> Reading {
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let sd = (sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        Reading::new(format!("{what}, {n} replicates"), mean, expected, 5.0 * sd / n.sqrt())
    }

    /// How many of the things compared differ in a bit: none may. `difference` says where the first of them does.
    pub fn of_bits(what: impl Into<String>, difference: Option<String>) -> Reading {
        let got = if difference.is_some() { 1.0 } else { 0.0 };
        Reading { note: difference.unwrap_or_default(), ..Reading::new(what, got, 0.0, 0.0) }
    }

    /// Whether expected and got are close enough. NaN never is.
    pub fn holds(&self) -> bool {
        (self.got - self.expected).abs() <= self.tolerance
    }
}

/// Err says what the first reading that does not hold expected and got.
pub fn judge(readings: &[Reading]) -> Result<(), String> {
    readings.iter().find(|it| !it.holds()).map_or(Ok(()), |it| {
        let Reading { what, expected, got, tolerance, note } = it;
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        let off = (got - expected).abs();
        Err(format!("{what}: expected {expected:.6}, got {got:.6}, off by {off:.3e}, tolerance {tolerance:.3e}{note}"))
    })
}

/// Solution of y' = f(y) after a time, by steps of the classical Runge-Kutta rule.
pub fn integrate<const N: usize>(f: impl Fn([f64; N]) -> [f64; N], start: [f64; N], time: f64, steps: u32) -> [f64; N] {
    let h = time / f64::from(steps);
    let along = |y: [f64; N], slope: [f64; N], by: f64| std::array::from_fn(|i| y[i] + by * slope[i]);
    let mut y = start;
    for _ in 0..steps {
        let a = f(y);
        let b = f(along(y, a, h / 2.0));
        let c = f(along(y, b, h / 2.0));
        let d = f(along(y, c, h));
        y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
    }
    y
}
