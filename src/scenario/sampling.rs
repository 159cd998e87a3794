//! `[study.sample]`: points of the unit cube at which a study samples what its sweeps vary.
//!
//! | method | points | source |
//! | --- | --- | --- |
//! | `latin_hypercube` | `count`; each parameter meets each of `count` equal parts once | McKay, Beckman & Conover, Technometrics 21:239 (1979) |
//! | `sobol` | `count`, a power of 2, of Sobol's sequence, scrambled | Burley, J Comput Graph Tech 9(4):1 (2020) |
//! | `sobol_indices` | `count` (k + 2) for k parameters: matrices A, B, and A with each column of B | Saltelli et al., Comput Phys Commun 181:259 (2010) |
//! | `morris` | `count` (k + 1): trajectories that move one parameter at a time, on 4 levels, by 2/3 | Morris, Technometrics 33:161 (1991) |

use super::values::Count;
use crate::random::{Purpose, philox, uniform};
use serde::{Deserialize, Serialize};

/// `[study.sample]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub method: Method,
    /// Points, base points or trajectories: see [`Sample::points`].
    pub count: Count,
    #[serde(default)]
    pub seed: u32,
}

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    LatinHypercube,
    Sobol,
    /// For first-order and total indices.
    SobolIndices,
    /// For elementary effects.
    Morris,
}

/// Points of a sample, and numbers of Sobol's sequence, at most; and dimensions of it that the generator has.
const MOST_NUMBERS: u32 = 1 << 16;
const MOST_DIMENSIONS: usize = 256;

impl Sample {
    /// Points of the unit cube, a coordinate a parameter.
    ///
    /// # Errors
    /// What does not fit together.
    pub fn points(&self, dimensions: usize) -> Result<Vec<Vec<f64>>, String> {
        self.size(dimensions)?;
        let count = self.count.0;
        match self.method {
            Method::LatinHypercube => Ok(self.latin_hypercube(dimensions)),
            Method::Sobol => Ok(self.sobol(dimensions)),
            Method::SobolIndices => Ok(saltelli(&self.sobol(2 * dimensions), dimensions)),
            Method::Morris => Ok((0..count).flat_map(|number| self.trajectory(number, dimensions)).collect()),
        }
    }

    /// How many points [`Sample::points`] gives, before any is made.
    ///
    /// # Errors
    /// What does not fit together.
    pub fn size(&self, dimensions: usize) -> Result<usize, String> {
        let count = self.count.0;
        if count == 0 {
            return Err("count is 0; a sample has at least one point".into());
        }
        if count > MOST_NUMBERS {
            return Err(format!("count is {count}; a sample has at most {MOST_NUMBERS}"));
        }
        match self.method {
            Method::Sobol => self.check_sobol(dimensions)?,
            Method::SobolIndices => self.check_sobol(2 * dimensions)?,
            Method::LatinHypercube | Method::Morris => {}
        }
        let count = count as usize;
        Ok(match self.method {
            Method::LatinHypercube | Method::Sobol => count,
            Method::SobolIndices => count.saturating_mul(dimensions + 2),
            Method::Morris => count.saturating_mul(dimensions + 1),
        })
    }

    fn random(&self, a: u32, b: u32) -> f64 {
        f64::from(uniform(philox([self.seed, 0], [a, b, 0, Purpose::Sample as u32])[0]))
    }

    /// 0, 1, … in a random order (Fisher and Yates).
    fn permutation(&self, length: usize, number: u32) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for last in (1..length).rev() {
            order.swap(last, (self.random(number, last as u32) * (last + 1) as f64) as usize);
        }
        order
    }

    fn latin_hypercube(&self, dimensions: usize) -> Vec<Vec<f64>> {
        let count = self.count.0 as usize;
        let columns: Vec<Vec<f64>> = (0..dimensions as u32)
            .map(|dimension| {
                let place = |(row, part): (usize, usize)| {
                    // The lower half of numbers is for permutations.
                    (part as f64 + self.random(dimension | 1 << 31, row as u32)) / count as f64
                };
                self.permutation(count, dimension).into_iter().enumerate().map(place).collect()
            })
            .collect();
        (0..count).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
    }

    /// Numbers of Sobol's sequence that are balanced, in dimensions that can be told apart.
    fn check_sobol(&self, dimensions: usize) -> Result<(), String> {
        let count = self.count.0;
        if !count.is_power_of_two() {
            let (below, above) = (1u32 << count.ilog2(), count.next_power_of_two());
            return Err(format!(
                "count is {count}; Sobol's points are balanced in powers of 2, up to {MOST_NUMBERS}: take {below} or {above}"
            ));
        }
        if dimensions > MOST_DIMENSIONS {
            return Err(format!("the sample has {dimensions} dimensions; at most {MOST_DIMENSIONS} can be told apart"));
        }
        Ok(())
    }

    fn sobol(&self, dimensions: usize) -> Vec<Vec<f64>> {
        let number = |row, dimension: usize| f64::from(sobol_burley::sample(row, dimension as u32, self.seed));
        (0..self.count.0).map(|row| (0..dimensions).map(|dimension| number(row, dimension)).collect()).collect()
    }

    /// One of Morris's, from a random place in a random order of the parameters.
    fn trajectory(&self, number: u32, dimensions: usize) -> Vec<Vec<f64>> {
        let level = |dimension: usize| (4.0 * self.random(number | 1 << 31, dimension as u32)).floor() / 3.0;
        let mut at: Vec<f64> = (0..dimensions).map(level).collect();
        let mut points = vec![at.clone()];
        for dimension in self.permutation(dimensions, number) {
            at[dimension] += if at[dimension] < 0.5 { 2.0 / 3.0 } else { -2.0 / 3.0 };
            points.push(at.clone());
        }
        points
    }
}

/// Rows of A, then of B, then of A with column 0 of B, and so on.
fn saltelli(base: &[Vec<f64>], dimensions: usize) -> Vec<Vec<f64>> {
    let a = || base.iter().map(|row| &row[..dimensions]);
    let b = || base.iter().map(|row| &row[dimensions..]);
    let mixed = |column: usize| {
        a().zip(b()).map(move |(a, b)| {
            let mut row = a.to_vec();
            row[column] = b[column];
            row
        })
    };
    let plain = a().chain(b()).map(<[f64]>::to_vec);
    plain.chain((0..dimensions).flat_map(mixed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(method: Method, count: u32, dimensions: usize) -> Vec<Vec<f64>> {
        Sample { method, count: Count(count), seed: 3 }.points(dimensions).unwrap()
    }

    /// Whether each of `count` equal parts of each dimension has one point.
    fn is_stratified(points: &[Vec<f64>]) -> bool {
        let count = points.len();
        (0..points[0].len()).all(|dimension| {
            let mut parts: Vec<usize> = points.iter().map(|it| (it[dimension] * count as f64) as usize).collect();
            parts.sort_unstable();
            parts.into_iter().eq(0..count)
        })
    }

    #[test]
    fn samples_fill_each_dimension_evenly() {
        assert!(is_stratified(&points(Method::LatinHypercube, 50, 4)));
        assert!(is_stratified(&points(Method::Sobol, 64, 4)));
        // What even points are not: the same count at random.
        let random = Sample { method: Method::LatinHypercube, count: Count(50), seed: 3 };
        let random: Vec<Vec<f64>> = (0..50).map(|row| vec![random.random(row, 0)]).collect();
        assert!(!is_stratified(&random));
        let columns = points(Method::LatinHypercube, 50, 2);
        assert!(columns.iter().any(|it| (it[0] - it[1]).abs() > 0.3), "dimensions are independent");
    }

    #[test]
    fn rows_of_saltelli_differ_as_they_should() {
        let rows = points(Method::SobolIndices, 8, 3);
        assert_eq!(rows.len(), 8 * 5);
        let (a, b) = (&rows[..8], &rows[8..16]);
        for column in 0..3 {
            for row in 0..8 {
                let mixed = &rows[16 + 8 * column + row];
                assert!((0..3).all(|it| mixed[it] == if it == column { b[row][it] } else { a[row][it] }));
            }
        }
    }

    #[test]
    fn trajectories_move_each_parameter_once() {
        let rows = points(Method::Morris, 10, 5);
        assert_eq!(rows.len(), 60);
        for trajectory in rows.chunks(6) {
            let moved: Vec<Vec<usize>> = trajectory
                .windows(2)
                .map(|pair| (0..5).filter(|it| (pair[0][*it] - pair[1][*it]).abs() > 1e-9).collect())
                .collect();
            let mut all = moved.concat();
            all.sort_unstable();
            assert!(moved.iter().all(|it| it.len() == 1) && all == [0, 1, 2, 3, 4], "{moved:?}");
        }
        assert!(rows.iter().flatten().all(|it| (-1e-9..=1.0 + 1e-9).contains(it)));
    }

    #[test]
    fn counts_that_cannot_be_are_told() {
        let told = |method, count| Sample { method, count: Count(count), seed: 0 }.points(3).unwrap_err();
        assert!(told(Method::Sobol, 60).contains("take 32 or 64"));
        assert!(told(Method::SobolIndices, 60_000).contains("take 32768 or 65536"));
        assert!(told(Method::Morris, 0).contains("at least one"));
        for method in [Method::LatinHypercube, Method::Sobol, Method::SobolIndices, Method::Morris] {
            assert!(told(method, u32::MAX).contains("count is 4294967295; a sample has at most 65536"));
            let sample = Sample { method, count: Count(8), seed: 0 };
            assert_eq!(sample.size(3), sample.points(3).map(|it| it.len()));
        }
    }
}
