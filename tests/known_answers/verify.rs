//! `texpop verify` on the software adapter: all cases hold, and a kernel that is broken on purpose is caught.

use crate::common::software;
use texpop::device::{Alteration, Device};
use texpop::verify::known::{Found, judge, report, run};

#[test]
fn every_case_holds_on_the_adapter() {
    let Some(gpu) = software() else { return };
    let device = Device::Gpu(gpu);
    let outcomes = run(&device, &[], |_| ()).unwrap();
    println!("{}", report::text(&device, &outcomes));
    judge(&outcomes).unwrap_or_else(|error| panic!("{error}\n{}", report::text(&device, &outcomes)));
    let readings = outcomes.iter().map(|it| match &it.found {
        Found::Readings(readings) => readings.len(),
        other => panic!("{}: {other:?}", it.case.name),
    });
    assert!(readings.sum::<usize>() > 80);
}

/// The rule of second order with one of its constants 7 % off.
#[test]
fn a_broken_kernel_is_caught() {
    let Some(mut gpu) = software() else { return };
    let [from, to] = ["1.5 * now", "1.4 * now"].map(str::to_owned);
    gpu.altered = Some(Box::new(Alteration { kernel: "mechanics".to_owned(), from, to }));
    let device = Device::Gpu(gpu);
    let outcomes = run(&device, &["two_cells".to_owned(), "decay".to_owned(), "stages".to_owned()], |_| ()).unwrap();
    let text = report::text(&device, &outcomes);
    assert_eq!(outcomes.iter().map(|it| it.holds()).collect::<Vec<_>>(), [true, false, false], "{text}");
    let error = judge(&outcomes).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("2 of 3 cases do not hold on this device: two_cells, stages"), "{error}");
    assert!(text.contains("stage mechanics, device against twin") && text.contains("FAILS: step 1, slot"), "{text}");
}

#[test]
fn an_unknown_case_and_an_unknown_place_to_break_are_refused() {
    let unknown = run(&Device::Cpu, &["two_cell".to_owned()], |_| ()).unwrap_err();
    assert_eq!(unknown.exit_code(), 2);
    assert!(unknown.to_string().contains("no case `two_cell`") && unknown.to_string().contains("walk"), "{unknown}");
    let Some(mut gpu) = software() else { return };
    let from = "no such text".to_owned();
    gpu.altered = Some(Box::new(Alteration { kernel: "mechanics".to_owned(), from, to: String::new() }));
    let outcomes = run(&Device::Gpu(gpu), &["two_cells".to_owned()], |_| ()).unwrap();
    assert!(matches!(&outcomes[0].found, Found::Failed(why) if why.contains("does not contain")), "{outcomes:?}");
}
