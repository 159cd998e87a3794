// Parameters of one cell: what the rules say, or those of its type. Twin: `World::ruled` in src/stages/regulation/behaviours.rs.
// Needs settings, parameters, and the buffer behaviours: the values that each cell keeps.

// Values that a cell keeps; 0: there are no rules.
//#constant BEHAVIOURS = 0

// The f32 at a word of the parameters, for the cell in a slot.
fn ruled(word: u32, cell: u32) -> f32 {
    let value = bitcast<f32>(parameters[word]);
    if BEHAVIOURS == 0u { return value; }
    let place = parameters[word + settings.parameter_words];
    if place == 0u { return value; }
    return behaviours[cell * BEHAVIOURS + place - 1u];
}
