//! What statistics are measured in, by their names.

/// The unit in words, of a statistic of a cell type or of the whole tissue.
pub fn measured_in(name: &str, is_of_type: bool) -> &'static str {
    const UNITS: [(&str, &str); 7] = [
        ("_concentration_mg_per_l", "a concentration in mg/L"),
        ("_concentration_umol_per_l", "a concentration in umol/L"),
        ("_um_per_min", "a speed in um/min"),
        ("_um3", "a volume in um^3"),
        ("_um", "a length in um"),
        ("time_h", "a time in h"),
        ("age_h", "a time in h"),
    ];
    const PURE: [&str; 3] = ["pressure", "trait", "ratio"];
    // The radial counts have a length in their name, those of a phase whatever the phase is called; both are counts.
    if name.starts_with("radial_count") || (name.starts_with("phase_") && name.ends_with("_count")) {
        return "a number of cells or events";
    }
    let unit = UNITS.iter().find(|(part, _)| name.contains(part)).map(|it| it.1);
    let is_pure = PURE.iter().any(|part| name.contains(part));
    let otherwise = match (is_pure, is_of_type) {
        (true, _) => "a number without unit",
        (false, false) => "a level or an amount of a substrate",
        (false, true) => "a number of cells or events",
    };
    unit.unwrap_or(otherwise)
}
