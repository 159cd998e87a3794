//! `[cell_types.NAME.immunogenicity]`: what T cells see of a tumour cell. `[cell_types.NAME.cytokines]`: what T cells with
//! proteostasis secrete, and where it goes.

use super::levels::Level;
use super::values::{Duration, Fraction, Rate};
use serde::{Deserialize, Serialize};

/// `[cell_types.NAME.immunogenicity]`: equations and sources stand in `stages::regulation::induce`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Immunogenicity {
    /// Of cells that enter; daughters inherit it.
    pub antigen: Fraction,
    /// Probability that a daughter of a division loses it.
    pub antigen_loss: Fraction,
    /// Without IFN-gamma, and of cells that enter.
    pub mhc1: Fraction,
    /// With all of it.
    pub mhc1_induced: Fraction,
    pub mhc1_time: Duration,
    pub pd_l1: Fraction,
    pub pd_l1_induced: Fraction,
    pub pd_l1_time: Duration,
    /// Name of the substrate that induces both; absent: nothing does.
    pub ifn_gamma: Option<String>,
    /// Its level of half the signal.
    pub ifn_gamma_half: Option<Level>,
}

impl Default for Immunogenicity {
    fn default() -> Immunogenicity {
        Immunogenicity {
            antigen: Fraction(1.0),
            antigen_loss: Fraction(2e-5),
            mhc1: Fraction(0.4),
            mhc1_induced: Fraction(1.0),
            mhc1_time: Duration(12.0 * 60.0),
            pd_l1: Fraction(1.0 / 6.0),
            pd_l1_induced: Fraction(1.0),
            pd_l1_time: Duration(24.0 * 60.0),
            ifn_gamma: None,
            ifn_gamma_half: None,
        }
    }
}

/// `[cell_types.NAME.cytokines]`: equations and sources stand in `stages::substrates::secrete`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cytokines {
    /// Name of the substrate that IFN-gamma goes to.
    pub ifn_gamma: Option<String>,
    /// Molecules of it from a cell that is fully able and stimulated.
    pub ifn_gamma_rate: Rate,
    /// Name of the substrate that IL-2 goes to and comes from.
    pub il2: Option<String>,
    pub il2_rate: Rate,
    /// Its level of half the IL-2 signal.
    pub il2_half: Option<Level>,
}

impl Default for Cytokines {
    fn default() -> Cytokines {
        Cytokines {
            ifn_gamma: None,
            ifn_gamma_rate: Rate(30.0 * 60.0),
            il2: None,
            il2_rate: Rate(10.0 * 60.0),
            il2_half: None,
        }
    }
}
