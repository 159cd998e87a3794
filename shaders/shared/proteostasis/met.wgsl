// What a T cell meets without holding a target, and how PD-1 answers. Twin: src/stages/proteostasis/stimulus.rs.

// What pd_l1_met and il2_met count.
const PER_MET = 1.0f / 65535.0f;

// TCR occupancy of a cell that holds no target: plate-bound, or tonic.
fn without_contacts(row: u32) -> f32 {
    return max(proteostasis_plate_bound_stimulation(row), proteostasis_tonic_signal(row));
}

// rho = p/(1/2 + p), p = P L (1 - RO): engagement of PD-1.
fn pd1_engagement(row: u32, pd1: f32, pd_l1: f32) -> f32 {
    let bound = pd1 * pd_l1 * (1.0 - proteostasis_pd1_blockade(row));
    return bound / (0.5 + bound);
}
