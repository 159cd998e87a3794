//! Known answers: laws with a closed form or an equation of their own, each as one test body that runs on the twins
//! and on the software adapter.
//!
//! A law is a function from an engine and a plan to a verdict. Its test holds the verdict on the right plan to be Ok,
//! and on a plan with one parameter 10 % off to be an error: a check that cannot fail proves nothing. Seeds are fixed,
//! so a verdict never changes by chance. Were the seeds drawn anew, a comparison at 5 standard deviations would raise a
//! false alarm in 6 of 10 million runs (3: in 3 of a thousand), and one at 5·sd/√n with sd from 64 replicates in 5 of a
//! million (Student's t with 63 degrees of freedom).

#[path = "../common/mod.rs"]
mod common;

mod arrest;
mod batches;
mod car_t;
mod coincident;
mod culture;
mod damage;
mod drugs;
mod fixture;
mod growth;
mod hits;
mod monolayer;
mod proteostasis;
mod rules;
mod synapses;
mod treatments;
mod two_cells;
mod verify;
mod walk;
