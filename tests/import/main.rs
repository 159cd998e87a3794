//! PhysiCell projects as scenarios: what is carried over, what is said about the rest, and input that could do harm.

mod faults;
mod losses;
mod project;
mod values;
