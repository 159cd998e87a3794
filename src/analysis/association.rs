//! How a score goes with a response: rank correlation, and how well it tells responders from others.
//!
//! Spearman's coefficient is Pearson's of the ranks, equal numbers sharing the mean of theirs (Spearman, Am J Psychol 15:72,
//! 1904). The area under the ROC curve is the chance that a responder has the higher score than another patient, ties
//! counting half (Hanley & McNeil, Radiology 143:29, 1982).

/// Ranks from 1; equal numbers share the mean of theirs.
fn ranks(numbers: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
    let mut ranks = vec![0.0; numbers.len()];
    let mut first = 0;
    for group in order.chunk_by(|&a, &b| numbers[a] == numbers[b]) {
        let mean = first as f64 + 0.5 * (group.len() + 1) as f64;
        group.iter().for_each(|&place| ranks[place] = mean);
        first += group.len();
    }
    ranks
}

/// Spearman's rank correlation of two samples of one length; None of fewer than three, or where one does not vary.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let mean = 0.5 * (a.len() + 1) as f64;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let spread = (product(&a, &a) * product(&b, &b)).sqrt();
    Some(product(&a, &b) / spread).filter(|_| a.len() >= 3 && spread > 0.0)
}

/// Area under the ROC curve of a score; None where all respond, or none does.
pub fn area_under_roc(scores: &[f64], responds: &[bool]) -> Option<f64> {
    let ranks = ranks(scores);
    let yes = responds.iter().filter(|it| **it).count() as f64;
    let no = responds.len() as f64 - yes;
    let sum: f64 = ranks.iter().zip(responds).filter(|it| *it.1).map(|it| it.0).sum();
    Some((sum - 0.5 * yes * (yes + 1.0)) / (yes * no)).filter(|_| yes > 0.0 && no > 0.0)
}

/// A point of the ROC curve: patients with at least this score are called responders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RocPoint {
    pub score: f64,
    pub false_positive_fraction: f64,
    pub true_positive_fraction: f64,
}

/// The ROC curve from the highest score down; empty where all respond, or none does.
pub fn roc(scores: &[f64], responds: &[bool]) -> Vec<RocPoint> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let all = |kind: bool| responds.iter().filter(|it| **it == kind).count() as f64;
    if all(true) == 0.0 || all(false) == 0.0 {
        return Vec::new();
    }
    let mut called = [0.0; 2];
    let mut points = Vec::new();
    for group in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        group.iter().for_each(|&place| called[usize::from(responds[place])] += 1.0);
        points.push(RocPoint {
            score: scores[group[0]],
            false_positive_fraction: called[0] / all(false),
            true_positive_fraction: called[1] / all(true),
        });
    }
    points
}

/// The middle of a sample; None of none.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { 0.5 * (sorted[middle - 1] + upper) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A published example (Spearman's coefficient −29/165), and ties against Pearson's of shared ranks by hand.
    #[test]
    fn rank_correlation_of_known_samples() {
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        assert!((spearman(&iq, &hours).unwrap() + 29.0 / 165.0).abs() < 1e-12);
        // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4.
        let expected = 4.5 / (4.5f64 * 5.0).sqrt();
        assert!((spearman(&[1.0, 2.0, 2.0, 3.0], &[0.1, 0.2, 0.3, 0.9]).unwrap() - expected).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[5.0, 4.0, 1.0]), Some(-1.0));
        assert_eq!((spearman(&[1.0, 2.0], &[1.0, 2.0]), spearman(&[1.0; 4], &[1.0, 2.0, 3.0, 4.0])), (None, None));
    }

    /// The area by counting pairs, and by the trapezia of the curve.
    #[test]
    fn the_area_is_the_chance_of_the_higher_score() {
        let scores = [0.9, 0.8, 0.8, 0.6, 0.5, 0.4, 0.4, 0.1];
        let responds = [true, true, false, true, false, false, true, false];
        let pairs = |score: f64| {
            let others = scores.iter().zip(responds).filter(|it| !it.1);
            others
                .map(|(other, _)| {
                    if score > *other {
                        1.0
                    } else if score == *other {
                        0.5
                    } else {
                        0.0
                    }
                })
                .sum::<f64>()
        };
        let counted: f64 = scores.iter().zip(responds).filter(|it| it.1).map(|(score, _)| pairs(*score)).sum();
        let area = area_under_roc(&scores, &responds).unwrap();
        assert!((area - counted / 16.0).abs() < 1e-12 && (area - 0.75).abs() < 1e-12, "{area}");
        let (mut under, mut before) = (0.0, [0.0, 0.0]);
        for point in roc(&scores, &responds) {
            let [x, y] = [point.false_positive_fraction, point.true_positive_fraction];
            under += (x - before[0]) * 0.5 * (y + before[1]);
            before = [x, y];
        }
        assert_eq!(before, [1.0, 1.0]);
        assert!((under - area).abs() < 1e-12);
        assert_eq!((area_under_roc(&scores, &[true; 8]), roc(&scores, &[false; 8])), (None, vec![]));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!([median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0]), median(&[])], [Some(2.0), Some(2.5), None]);
    }
}
