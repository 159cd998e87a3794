//! The equations of the model in f64, as its description states them, solved by the classical Runge-Kutta rule; and what
//! the exponential midpoint rule makes of them at larger and larger steps.

use super::*;

/// x^n / (K^n + x^n)
fn hill(x: f64, half: f64, n: i32) -> f64 {
    let power = x.max(0.0).powi(n);
    power / (half.powi(n) + power)
}

/// Positive root of a U² + B U − c = 0.
fn positive_root(a: f64, b: f64, c: f64) -> f64 {
    (-b + (b * b + 4.0 * a * c).sqrt()) / (2.0 * a)
}

macro_rules! wide {
    ($row:ident: $($symbol:ident = $field:ident),* $(,)?) => { $(let $symbol = f64::from($row.$field);)* };
}

/// dy/dt per h, of the states in the order A W M G C H N X E T P F.
#[allow(non_snake_case, reason = "the symbols of the model")]
pub fn slope(row: &ProteostasisParameters, [A, W, M, G, C, H, N, X, E, T, P, F]: [f64; 12]) -> [f64; 12] {
    wide!(row: plate = plate_bound_stimulation, iS = tcr_inhibition, q = costimulation, L2 = il2, L = pd_l1, RO = pd1_blockade,
        iA = akt_inhibition, iT = mtor_inhibition, iR = translation_inhibition, iP = proteasome_inhibition,
        iAu = autophagy_inhibition, iH = stress_chaperone_inhibition, kH = stress_chaperone_genes,
        azc = misfolding_by_analogue, cftr = misfolded_load_percent_per_h, myr = akt_constitutive,
        vPx = proteasome_activity, a0 = akt_basal, aS = akt_by_tcr, aI = akt_by_il2,
        psi = akt_gain_by_stress_chaperones, K_HA = akt_half_stress_chaperones, tA = akt_time_h, m0 = mtor_basal,
        mS = mtor_by_costimulation, mI = mtor_by_il2, xm = mtor_loss_by_exhaustion,
        r0 = translation_basal_percent_per_h, rm = translation_by_mtor_percent_per_h,
        rA = translation_by_akt_percent_per_h, K_A = translation_half_akt, tR = translation_time_h,
        aISR = attenuation_by_stress, K_b = attenuation_half_akt, K_Z = stress_half_load_percent,
        wG = stress_weight_of_aggregates, kf = folding_per_h, km = misfolding_per_h,
        K_CU = titration_half_unfolded_percent, K_CM = titration_half_misfolded_percent,
        sG = titration_by_aggregates, K_CG = titration_half_aggregated_percent,
        c0 = activation_chaperones_basal, cS = activation_chaperones_by_tcr, cI = activation_chaperones_by_il2,
        xC = activation_chaperones_loss_by_exhaustion, tC = activation_chaperones_time_h,
        h0 = stress_chaperones_basal, h1 = stress_chaperones_by_stress, hA = stress_chaperones_by_akt,
        K_AH = stress_chaperones_half_akt, tH = stress_chaperones_time_h, vP = proteasome_percent_per_h,
        Kp = proteasome_half_misfolded_percent, K_ret = proteasome_half_stress_chaperones, kre = refolding_per_h,
        kn = nucleation_per_percent_per_h, etaH = nucleation_by_stress_chaperones,
        kg = growth_of_aggregates_per_percent_per_h, Gmax = aggregated_limit_percent, al0 = autophagy_basal,
        al1 = autophagy_by_stress, ms = autophagy_loss_by_mtor, kaG = autophagy_of_aggregates_per_h,
        kaM = autophagy_of_misfolded_per_h, K_aG = autophagy_half_aggregated_percent, tN = history_time_h,
        wS = exhaustion_by_history, wGX = exhaustion_by_aggregates, K_GX = exhaustion_half_aggregated_percent,
        wE = exhaustion_by_lock, K_D = exhaustion_half_drive, tX = exhaustion_time_h, kon = lock_per_h,
        koff = unlock_per_h, pS = pd1_by_tcr, pX = pd1_by_exhaustion, tP = pd1_time_h, piS = pd1_loss_of_signal,
        piA = pd1_loss_of_akt, K_TA = stemness_half_akt, tT = stemness_time_h, fS = effector_by_history,
        fI = effector_by_il2, xF = effector_loss_by_exhaustion, tF = effector_time_h,
        lmax = division_of_blasts_per_h, bC = blast_activation_chaperones, xL = division_loss_by_exhaustion,
        lT = division_of_stem_like_per_h);
    let S = plate * (1.0 - iS);
    let p = P * L * (1.0 - RO);
    let rho = p / (0.5 + p);
    let (Sf, SA, Hf) = (S * (1.0 - piS * rho), S * (1.0 - piA * rho), H * (1.0 - iH));
    let Ainf = (1.0 - iA) * (a0 + (aS * SA + aI * L2) * (1.0 + psi * hill(Hf, K_HA, 4)) + myr);
    let m = (1.0 - iT) * (m0 + mS * Sf * q + mI * L2) * (1.0 - xm * X);
    let Z = hill(M + wG * G, K_Z, 2);
    let att = 1.0 - aISR * Z * (1.0 - hill(A, K_b, 4));
    let Winf = r0 + rm * m + rA * hill(A, K_A, 2);
    let R = (1.0 - iR) * W * att;
    let kmp = km * (1.0 + azc);
    let D0 = 1.0 + M / K_CM + sG * G / (K_CG + G);
    let U = positive_root(kmp, kf * C * K_CU + kmp * K_CU * D0 - R, R * K_CU * D0);
    let Cf = C / (D0 + U / K_CU);
    let a = (1.0 - iAu) * (al0 + al1 * Z * (1.0 - ms * m));
    let prot = vP * vPx * (1.0 - iP) / (Kp + M) / (1.0 + Hf / K_ret);
    let nuc = kn * (1.0 + etaH * (Hf - 1.0).max(0.0)) * M;
    let gro = kg * G * (1.0 - G / Gmax).max(0.0);
    let blast = ((C - c0) / bC).clamp(0.0, 1.0);
    let lam = (lmax * blast * (1.0 - xL * X) + lT * T * Sf * (1.0 - X)) * hill(A, 0.15, 2);
    let D = wS * N + wGX * hill(G, K_GX, 2) + wE * E;
    [
        (Ainf - A) / tA,
        (Winf - W) / tR,
        kmp * U + cftr - M * (prot + kre * Cf + nuc + gro + kaM * a + lam),
        M * (nuc + gro) - G * (kaG * a / (1.0 + G / K_aG) + lam),
        (c0 + (cS * Sf * q + cI * L2) * (1.0 - xC * X) - C) / tC,
        (kH * (h0 + h1 * Z + hA * hill(A, K_AH, 2)) - H) / tH,
        (S - N) / tN,
        (hill(D, K_D, 4) - X) / tX,
        kon * hill(X, 0.5, 4) * (1.0 - E) - koff * E,
        ((1.0 - X) / (1.0 + (A / K_TA).powi(2)) - T) / tT,
        (pS * Sf + pX * X - P) / tP,
        ((fS * N + fI * L2).min(1.0) * (1.0 - xF * X) - F) / tF,
    ]
}

/// Rates of division and death per h.
#[allow(non_snake_case, reason = "the symbols of the model")]
pub fn fates(row: &ProteostasisParameters, state: [f64; 12]) -> [f64; 2] {
    let [A, _, M, G, C, _, _, X, _, T, P, _] = state;
    wide!(row: plate = plate_bound_stimulation, iS = tcr_inhibition, L = pd_l1, RO = pd1_blockade, piS = pd1_loss_of_signal,
        c0 = activation_chaperones_basal, lmax = division_of_blasts_per_h, bC = blast_activation_chaperones,
        xL = division_loss_by_exhaustion, lT = division_of_stem_like_per_h, wG = stress_weight_of_aggregates,
        K_Z = stress_half_load_percent, mu0 = death_basal_per_h, muM = death_by_stress_per_h,
        K_mu = death_half_load_percent, pSG = death_protection_by_stress_granules, sgko = stress_granule_loss);
    let S = plate * (1.0 - iS);
    let p = P * L * (1.0 - RO);
    let Sf = S * (1.0 - piS * p / (0.5 + p));
    let blast = ((C - c0) / bC).clamp(0.0, 1.0);
    let load = M + wG * G;
    [
        (lmax * blast * (1.0 - xL * X) + lT * T * Sf * (1.0 - X)) * hill(A, 0.15, 2),
        mu0 + muM * hill(load, K_mu, 2) * (1.0 - pSG * hill(load, K_Z, 2) * (1.0 - sgko)),
    ]
}

pub const RESTING: [f64; 12] = [0.05, 1.5, 0.15, 0.3, 0.8, 0.9, 0.0, 0.0, 0.0, 0.95, 0.0, 0.02];

/// Conditions of all kinds at once.
fn treated() -> ProteostasisParameters {
    ProteostasisParameters {
        plate_bound_stimulation: 0.8,
        costimulation: 0.3,
        il2: 0.7,
        pd_l1: 0.6,
        pd1_blockade: 0.3,
        tcr_inhibition: 0.1,
        akt_inhibition: 0.1,
        mtor_inhibition: 0.2,
        translation_inhibition: 0.1,
        proteasome_inhibition: 0.1,
        autophagy_inhibition: 0.2,
        stress_chaperone_inhibition: 0.1,
        stress_chaperone_genes: 0.9,
        misfolding_by_analogue: 0.2,
        misfolded_load_percent_per_h: 0.1,
        akt_constitutive: 0.1,
        proteasome_activity: 1.1,
        ..noiseless()
    }
}

/// Largest relative error over all states after 96 h, in steps of so many ticks.
fn error(on: On, row: &ProteostasisParameters, step_ticks: u32) -> f64 {
    let plan = cultures(&[*row], step_ticks);
    let cells = &cells_at(on, &plan, &one_each(1), &[96 * 60 * TICKS_PER_MIN])[0];
    let expected = integrate(|y| slope(&chronic(), y), RESTING, 96.0, 20_000);
    let states = NAMES.iter().zip(expected);
    states.map(|(name, y)| (value(cells, name, 0) - y).abs() / (y.abs() + 0.02)).fold(0.0, f64::max)
}

fn chronic() -> ProteostasisParameters {
    ProteostasisParameters { plate_bound_stimulation: 0.9, ..noiseless() }
}

/// Halving the step divides the error by 2^1.8 to 2^2.2. Below 0.25 h the rounding of f32 begins to show.
fn is_of_second_order(on: On, row: &ProteostasisParameters) -> Verdict {
    let errors = [6000, 3000, 1500].map(|ticks| error(on, row, ticks));
    println!("{on:?}: errors at 1, 0.5, 0.25 h: {errors:?}");
    errors.windows(2).try_for_each(|pair| close("order", (pair[0] / pair[1]).log2(), 2.0, 0.2))
}

fn agrees_with_the_equations(on: On, row: &ProteostasisParameters) -> Verdict {
    let plan = cultures(&[*row], 1500);
    let cells = &cells_at(on, &plan, &one_each(1), &[192 * 60 * TICKS_PER_MIN])[0];
    let expected = integrate(|y| slope(&treated(), y), RESTING, 192.0, 40_000);
    for (name, expected) in NAMES.into_iter().zip(expected) {
        close(name, value(cells, name, 0), expected, 0.002 * expected + 0.0004)?;
    }
    Ok(())
}

#[test]
fn all_conditions_at_once_agree_with_the_equations() {
    let wrong = ProteostasisParameters { pd1_blockade: 0.33, ..treated() };
    on_both(|on| kept_and_broken(on, agrees_with_the_equations, &treated(), &wrong));
}

#[test]
fn the_integrator_is_of_second_order() {
    let wrong = ProteostasisParameters { misfolding_per_h: 1.1 * 1.36, ..chronic() };
    on_both(|on| kept_and_broken(on, is_of_second_order, &chronic(), &wrong));
}
