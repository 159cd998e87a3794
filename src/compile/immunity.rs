//! Immunogenicity and cytokines of cell types, as the device wants them.

use super::diagnostics::Diagnostics;
use super::substrates::known_substrate;
use crate::plan::{Parameters, Substrates, TypeParameters};
use crate::scenario::Scenario;
use crate::scenario::immunity::{Cytokines, Immunogenicity};
use crate::scenario::levels::{Level, LevelKind};
use crate::scenario::naming::quoted;

/// Molecules in a um^3 at 1 nM.
const MOLECULES_PER_NM_UM3: f64 = 0.602_214_076;
/// Of the monomer of human IFN-gamma, 0.1 nM of which are then 1.7 ng/mL (general knowledge).
const IFN_GAMMA_KDA: f64 = 17.0;
/// Of human IL-2 (general knowledge).
const IL2_KDA: f64 = 15.5;
/// IFN-gamma of half the induction (assumed).
const IFN_GAMMA_HALF_NM: f64 = 0.1;
/// IL-2 of half the signal, which fits the high-affinity receptor (read, quoted by secondary sources).
const IL2_HALF_NM: f64 = 0.32;

/// Writes them into the rows of the cell types.
pub fn immunity(
    scenario: &Scenario,
    substrates: Option<&Substrates>,
    parameters: &mut Parameters,
    diagnostics: &mut Diagnostics,
) {
    for ((name, it), row) in scenario.cell_types.iter().zip(&mut parameters.types) {
        let reader = Reader { names: scenario.substrates.keys().map(String::as_str).collect(), substrates };
        if let Some(given) = &it.immunogenicity {
            let path = format!("cell_types.{}.immunogenicity", quoted(name));
            immunogenicity(given, &path, &reader, row, diagnostics);
        }
        if let Some(given) = &it.cytokines {
            let path = format!("cell_types.{}.cytokines", quoted(name));
            let message = format!("{name} has no proteostasis, which says how much a cell secretes");
            let hint =
                format!("add [cell_types.{}.proteostasis], or let [cell_types.{0}.substrates] secrete", quoted(name));
            diagnostics.require(it.proteostasis.is_some(), path.as_str(), message, &hint);
            cytokines(given, &path, &reader, row, diagnostics);
        }
    }
}

fn immunogenicity(
    given: &Immunogenicity,
    path: &str,
    reader: &Reader,
    row: &mut TypeParameters,
    diagnostics: &mut Diagnostics,
) {
    row.is_immunogenic = 1;
    (row.antigen, row.antigen_loss) = (given.antigen.0 as f32, given.antigen_loss.0 as f32);
    (row.mhc1, row.mhc1_induced) = (given.mhc1.0 as f32, given.mhc1_induced.0 as f32);
    (row.pd_l1, row.pd_l1_induced) = (given.pd_l1.0 as f32, given.pd_l1_induced.0 as f32);
    row.mhc1_relaxation_per_min = (1.0 / given.mhc1_time.0) as f32;
    row.pd_l1_relaxation_per_min = (1.0 / given.pd_l1_time.0) as f32;
    let half = Half { key: "ifn_gamma_half", given: given.ifn_gamma_half, default_nm: IFN_GAMMA_HALF_NM };
    let found = reader.cytokine("ifn_gamma", given.ifn_gamma.as_deref(), IFN_GAMMA_KDA, &half, path, diagnostics);
    (row.inducer, row.inducer_half) = found.map_or((0, 1.0), |it| (it.number, it.half));
}

fn cytokines(given: &Cytokines, path: &str, reader: &Reader, row: &mut TypeParameters, diagnostics: &mut Diagnostics) {
    let half = Half { key: "", given: None, default_nm: IFN_GAMMA_HALF_NM };
    if let Some(it) = reader.cytokine("ifn_gamma", given.ifn_gamma.as_deref(), IFN_GAMMA_KDA, &half, path, diagnostics)
    {
        row.ifn_gamma = it.number;
        row.ifn_gamma_um3_per_min = (given.ifn_gamma_rate.0 * it.levels_um3) as f32;
    }
    let half = Half { key: "il2_half", given: given.il2_half, default_nm: IL2_HALF_NM };
    if let Some(it) = reader.cytokine("il2", given.il2.as_deref(), IL2_KDA, &half, path, diagnostics) {
        (row.il2, row.il2_half) = (it.number, it.half);
        row.il2_um3_per_min = (given.il2_rate.0 * it.levels_um3) as f32;
    }
}

/// A level of half a signal, which may be left out.
struct Half {
    key: &'static str,
    given: Option<Level>,
    default_nm: f64,
}

/// A cytokine among the substrates.
struct Found {
    /// 1 + number of the substrate.
    number: u32,
    half: f32,
    /// What one molecule is in levels × um³.
    levels_um3: f64,
}

struct Reader<'a> {
    names: Vec<&'a str>,
    substrates: Option<&'a Substrates>,
}

impl Reader<'_> {
    fn cytokine(
        &self,
        key: &str,
        name: Option<&str>,
        kda: f64,
        half: &Half,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Found> {
        let Some(name) = name else {
            let message = format!("{} has no meaning without {key}", half.key);
            let hint = format!("name a substrate: {key} = \"NAME\"");
            diagnostics.require(half.given.is_none(), format!("{path}.{}", half.key), message, &hint);
            return None;
        };
        let number = known_substrate(name, &self.names, &format!("{path}.{key}"), diagnostics)?;
        let kind = self.substrates?.list.get(number)?.kind;
        let Some(per_nm) = in_nm(kind, kda) else {
            let message = format!("{name} is measured {}, and molecules cannot be counted in that", measured(kind));
            diagnostics.add(
                format!("{path}.{key}"),
                message,
                "give its levels in nM or ng/mL, such as initial = \"0 nM\"",
            );
            return None;
        };
        let level = half.given.unwrap_or(Level { value: half.default_nm, kind: LevelKind::Molarity });
        let nm = in_nm(level.kind, kda).map_or(0.0, |it| level.value / it);
        let message = format!("{} must be a concentration above 0", half.key);
        diagnostics.require(nm > 0.0, format!("{path}.{}", half.key), message, "such as \"0.1 nM\" or \"1.7 ng/mL\"");
        let levels_um3 = per_nm / MOLECULES_PER_NM_UM3;
        Some(Found { number: number as u32 + 1, half: (nm * per_nm) as f32, levels_um3 })
    }
}

/// Levels that 1 nM is; None where they do not tell.
fn in_nm(kind: LevelKind, kda: f64) -> Option<f64> {
    match kind {
        LevelKind::Molarity => Some(1.0),
        LevelKind::Mass => Some(kda),
        LevelKind::Number | LevelKind::Pressure => None,
    }
}

fn measured(kind: LevelKind) -> String {
    if kind == LevelKind::Number { "without unit".to_owned() } else { format!("in {}", kind.unit()) }
}
