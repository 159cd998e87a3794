//! What the tests share: a device, a plan with everything in it, and a tissue full of random cells.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

use texpop::device::{Choice, Device, Gpu, open};
pub use texpop::verify::known::busy::{busy_plan, random_cells};
pub use texpop::verify::known::random_rules::random_rules;

/// The software adapter. A test without one fails, unless `TEXPOP_TEST_NO_GPU=1` says that none is expected.
pub fn software() -> Option<Gpu> {
    match open(&Choice::Software) {
        Ok((Device::Gpu(gpu), _)) => Some(gpu),
        Ok((Device::Cpu, _)) => panic!("the CPU twins are no adapter"),
        Err(_) if std::env::var("TEXPOP_TEST_NO_GPU").is_ok_and(|it| it == "1") => None,
        Err(error) => panic!("{error}"),
    }
}
