//! Substrates: known answers of the solver, on twins and software adapter, and the two compared bit for bit.

#[path = "../common/mod.rs"]
mod common;
#[path = "../known_answers/fixture.rs"]
#[allow(dead_code, reason = "a part is used here")]
mod fixture;

mod along_a_line;
mod around_a_point;
mod balance;
mod bits;
mod cells;
mod chemotaxis;
mod cytokines;
mod drug;
mod field;
mod mass;
mod minute;
mod published_scheme;
mod random;
mod run;
mod search;
mod units;
