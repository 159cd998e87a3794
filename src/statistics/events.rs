//! Events counted as they happen, cumulative over a run, for each tissue and cell type.

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Event {
    Births,
    DeathsApoptosis,
    DeathsNecrosis,
    DeathsKilled,
    Removed,
    Added,
    Taken,
    Kills,
    Attachments,
}

/// Name of each event's statistic.
pub const EVENTS: [(&str, Event); EVENT_COUNT] = [
    ("births", Event::Births),
    ("deaths_apoptosis", Event::DeathsApoptosis),
    ("deaths_necrosis", Event::DeathsNecrosis),
    ("deaths_killed", Event::DeathsKilled),
    ("removed", Event::Removed),
    ("added", Event::Added),
    ("taken", Event::Taken),
    ("kills", Event::Kills),
    ("attachments", Event::Attachments),
];

/// Words of a row of events.
pub const EVENT_COUNT: usize = 9;

/// WGSL names of the events' places in a row: `EVENT_BIRTHS` and so on.
pub fn wgsl() -> String {
    let mut text = format!("// Made from src/statistics/events.rs.\nconst EVENT_COUNT = {EVENT_COUNT}u;\n");
    for (name, event) in EVENTS {
        text += &format!("const EVENT_{} = {}u;\n", name.to_uppercase(), event as usize);
    }
    text
}
