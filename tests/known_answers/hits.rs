//! Additive cytotoxicity: see `texpop::verify::known::hits`.

use crate::fixture::*;
use texpop::verify::known::hits::*;

#[test]
fn without_repair_the_time_to_kill_is_gamma() {
    kept_and_broken(On::Twin, gamma, &attack(HITS_PER_MIN, 0.0, 50), &attack(1.1 * HITS_PER_MIN, 0.0, 50));
}

#[test]
fn with_repair_the_time_to_kill_is_a_first_passage() {
    // The linear system in full, as a check of its elimination.
    assert!((mean_first_passage() - (5.0 + 8.75 + 18.125)).abs() < 1e-12);
    let right = attack(HITS_PER_MIN, REPAIR_PER_MIN, 20);
    let faster = attack(1.1 * HITS_PER_MIN, REPAIR_PER_MIN, 20);
    first_passage(On::Twin, &faster).verdict().expect_err("a rate 10 % off is seen");
    kept_and_broken(On::Twin, first_passage, &right, &attack(HITS_PER_MIN, 1.1 * REPAIR_PER_MIN, 20));
}
