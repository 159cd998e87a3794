//! The Pareto front of two outcomes: what no other betters in one without being worse in the other.

/// Whether each point is on the front, where low is better of both.
pub fn front(points: &[[f64; 2]]) -> Vec<bool> {
    let betters = |a: &[f64; 2], b: &[f64; 2]| a[0] <= b[0] && a[1] <= b[1] && a != b;
    points.iter().map(|point| !points.iter().any(|other| betters(other, point))).collect()
}

#[cfg(test)]
mod tests {
    use super::front;

    #[test]
    fn the_front_has_what_nothing_betters() {
        let points = [[1.0, 5.0], [2.0, 2.0], [5.0, 1.0], [3.0, 3.0], [2.0, 2.0], [5.0, 2.0]];
        assert_eq!(front(&points), [true, true, true, false, true, false]);
        assert_eq!(front(&[]), [false; 0]);
    }
}
