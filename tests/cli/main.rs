//! The program as its users meet it: arguments in; exit code, messages and files out.
//!
//! A missing software adapter fails a part of these tests, unless TEXPOP_TEST_NO_GPU=1 says that none is expected.

mod bad_input;
mod branch;
mod converge;
mod diff;
mod failing_disk;
mod faults;
mod folder;
mod good_run;
mod hang_up;
mod interrupt;
mod kill;
mod memory;
mod names;
mod program;
mod render;
mod resume;
mod study;
mod verify;
