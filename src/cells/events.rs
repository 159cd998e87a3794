//! The table of events that the stages of a step count, over the whole run, in the buffer `events`:
//! words of \[tissue\]\[cell type\]\[event\].

/// What happened to a cell; the number is its place in a row of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
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
    TransitionsIn,
    TransitionsOut,
    DeathsIrradiation,
}

/// Event, name in reports, meaning.
#[rustfmt::skip]
pub const EVENTS: &[(Event, &str, &str)] = &[
    (Event::Births, "births", "divisions, each of which makes one cell more"),
    (Event::DeathsApoptosis, "deaths_apoptosis", "live cells that became apoptotic by themselves"),
    (Event::DeathsNecrosis, "deaths_necrosis", "live cells that became necrotic by themselves"),
    (Event::DeathsKilled, "deaths_killed", "live cells killed by effectors"),
    (Event::Removed, "removed", "dead cells that left the tissue"),
    (Event::Added, "added", "cells that an intervention brought"),
    (Event::Taken, "taken", "cells that an intervention took away"),
    (Event::Kills, "kills", "cells that effectors of this type killed"),
    (Event::Attachments, "attachments", "attachments by effectors of this type"),
    (Event::TransitionsIn, "transitions_in", "cells of other types that became cells of this one"),
    (Event::TransitionsOut, "transitions_out", "cells of this type that became cells of another"),
    (Event::DeathsIrradiation, "deaths_irradiation", "live cells killed by irradiation; reported where some arm irradiates"),
];

/// Words of a row of the buffer `events`.
pub const EVENT_COUNT: usize = EVENTS.len();

/// `const EVENT_BIRTHS = 0u;` and so on for shaders, and `event_row`, which needs the uniform `settings`.
pub fn wgsl() -> String {
    let mut text = String::from("// Made from src/cells/events.rs.\n");
    for (event, name, _) in EVENTS {
        text += &format!("const EVENT_{} = {}u;\n", name.to_uppercase(), *event as u32);
    }
    text += &format!("const EVENT_COUNT = {EVENT_COUNT}u;\n");
    text += "fn event_row(tissue: u32, cell_type: u32) -> u32 {\n\
             \x20   return (tissue * settings.cell_type_count + cell_type) * EVENT_COUNT;\n\
             }\n";
    text
}

/// First word of a tissue's and cell type's row in the buffer `events`.
pub fn event_row(type_count: usize, tissue: usize, cell_type: usize) -> usize {
    (tissue * type_count + cell_type) * EVENT_COUNT
}

/// Words of the buffer `events`.
pub fn words(type_count: usize, tissue_count: usize) -> usize {
    tissue_count * type_count * EVENT_COUNT
}
