//! Rounds of replicates: which arms go on, until differences are known well enough or the poor ones are dropped.
//!
//! Dropping is successive halving (Karnin, Koren & Somekh, ICML 2013; Jamieson & Talwalkar, AISTATS 2016): each round has
//! about as many tissues as the first, so that fewer arms get more replicates.

use super::ranking::ranked;
use super::results::StudyResults;
use super::tables::write_csv;
use crate::error::Result;
use crate::outputs::RunFolder;
use crate::outputs::series::number;
use crate::plan::Plan;
use crate::plan::study::Rounds as Rule;
use std::fmt::Write as _;

/// What was decided of an arm after a round.
#[derive(Clone, Debug, PartialEq)]
struct Decision {
    round: usize,
    arm: usize,
    replicates: usize,
    mean: Option<f64>,
    half_width: Option<f64>,
    verdict: Verdict,
}

/// Whether an arm goes on, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    GoesOn,
    Comparator,
    Precise,
    Dropped,
    /// The last of those that were not dropped.
    Best,
    AtMost,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::GoesOn => "goes_on",
            Verdict::Comparator => "comparator",
            Verdict::Precise => "precise",
            Verdict::Dropped => "dropped",
            Verdict::Best => "best",
            Verdict::AtMost => "at_most",
        }
    }
}

/// The rounds of a study so far.
#[derive(Clone, Debug)]
pub struct Rounds {
    round: usize,
    /// Arms that still get replicates, without the comparator.
    going: Vec<usize>,
    /// Of each of these, and of the comparator.
    replicates: usize,
    decisions: Vec<Decision>,
}

impl Rounds {
    pub fn new(plan: &Plan, comparator: usize) -> Rounds {
        let going = (0..plan.arms.len()).filter(|it| *it != comparator).collect();
        Rounds { round: 0, going, replicates: 0, decisions: Vec::new() }
    }

    /// Numbers of the tissues of the next round; none after the last.
    pub fn next(&mut self, found: &StudyResults, rule: &Rule) -> Option<Vec<usize>> {
        let most = found.plan.seeds.len();
        if self.round > 0 {
            self.decide(found, rule, most);
            if self.going.is_empty() {
                return None;
            }
        }
        let all = found.plan.arms.len().saturating_sub(1);
        let more = if rule.keep.is_some() { rule.first * all / self.going.len().max(1) } else { rule.first };
        let more = more.min(most - self.replicates);
        self.round += 1;
        let replicates = self.replicates..self.replicates + more;
        self.replicates = replicates.end;
        let mut arms = self.going.clone();
        arms.push(found.study.comparator);
        arms.sort_unstable();
        Some(arms.iter().flat_map(|arm| replicates.clone().map(move |it| arm * most + it)).collect())
    }

    fn decide(&mut self, found: &StudyResults, rule: &Rule, most: usize) {
        let places = ranked(found, rule.outcome);
        let going: Vec<usize> = places.iter().map(|it| it.arm).filter(|arm| self.going.contains(arm)).collect();
        let kept = rule.keep.map_or(going.len(), |keep| ((keep * going.len() as f64).ceil() as usize).max(1));
        let is_alone = rule.keep.is_some() && rule.half_width.is_none() && kept <= 1;
        let mut go_on = Vec::new();
        for place in &places {
            let half_width = place.difference.map(|it| 0.5 * (it.high - it.low)).filter(|it| it.is_finite());
            let rank = going.iter().position(|arm| *arm == place.arm);
            let verdict = match rank {
                None if place.arm == found.study.comparator => Verdict::Comparator,
                None => continue,
                Some(rank) if rank >= kept => Verdict::Dropped,
                Some(_) if is_alone => Verdict::Best,
                Some(_) if self.replicates >= most => Verdict::AtMost,
                Some(_) if rule.half_width.zip(half_width).is_some_and(|(wanted, own)| own <= wanted) => {
                    Verdict::Precise
                }
                Some(_) => Verdict::GoesOn,
            };
            if verdict == Verdict::GoesOn {
                go_on.push(place.arm);
            }
            self.decisions.push(Decision {
                round: self.round,
                arm: place.arm,
                replicates: self.replicates,
                mean: place.spread.map(|it| it.mean),
                half_width,
                verdict,
            });
        }
        self.going = go_on;
    }

    /// Writes `rounds.csv`, a row an arm and round, and gives the rounds as text.
    ///
    /// # Errors
    /// `Failed` if it cannot be written.
    pub fn write(&self, found: &StudyResults, folder: &RunFolder) -> Result<String> {
        let heading = ["round", "arm", "replicates", "mean", "half_width", "decision"].map(str::to_owned).to_vec();
        let known = |it: Option<f64>| it.map(number).unwrap_or_default();
        let records = self.decisions.iter().map(|it| {
            let arm = found.plan.arms[it.arm].name.clone();
            let counts = [it.round.to_string(), arm, it.replicates.to_string()];
            counts.into_iter().chain([known(it.mean), known(it.half_width), it.verdict.name().into()]).collect()
        });
        write_csv(folder, "rounds.csv", heading, records)?;
        let mut text = format!("\nRounds: {}\n\n", self.round);
        for of_round in self.decisions.chunk_by(|a, b| a.round == b.round) {
            let count = |verdict: Verdict| of_round.iter().filter(|it| it.verdict == verdict).count();
            let _ = writeln!(
                text,
                "after {} replicates: {} arms go on, {} known precisely, {} dropped, {} have all replicates",
                of_round[0].replicates,
                count(Verdict::GoesOn),
                count(Verdict::Precise),
                count(Verdict::Dropped),
                count(Verdict::AtMost)
            );
        }
        Ok(text)
    }
}
