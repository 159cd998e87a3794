//! Parameters of one cell: what the rules say, or those of its type. Twin of `shaders/shared/behaviours.wgsl`.

use crate::cells::Cells;
use crate::cells::cell_bits;
use crate::cells::world::World;
use crate::plan::{Parameters, Plan};
use std::borrow::Cow;

impl World<'_> {
    /// The f32 at a word of the parameters, whose value is given, for the cell in a slot.
    #[inline(always)]
    pub fn ruled(&self, parameters: &Parameters, word: usize, value: f32, cell: usize) -> f32 {
        if self.ruled_values == 0 {
            return value;
        }
        match parameters.rules.slots.get(word) {
            None | Some(0) => value,
            Some(&place) => self.cells.behaviours[cell * self.ruled_values + place as usize - 1],
        }
    }
}

/// The f32 field of a cell type for one cell.
#[macro_export]
macro_rules! of_type {
    ($world:expr, $parameters:expr, $own:expr, $field:ident, $cell:expr) => {{
        let word = $parameters.type_word($own, $crate::word!($crate::plan::TypeParameters, $field));
        $world.ruled($parameters, word, $parameters.types[$own].$field, $cell)
    }};
}

/// The f32 field of what type `a` does to type `b`, for one cell of type `a`.
#[macro_export]
macro_rules! of_pair {
    ($world:expr, $parameters:expr, $a:expr, $b:expr, $field:ident, $cell:expr) => {{
        let word = $parameters.pair_word($a, $b, $crate::word!($crate::plan::PairParameters, $field));
        $world.ruled($parameters, word, $parameters.pair($a, $b).$field, $cell)
    }};
}

/// The f32 field of what a cell type exchanges with a substrate, for one cell.
#[macro_export]
macro_rules! of_exchange {
    ($world:expr, $parameters:expr, $own:expr, $substrate:expr, $columns:expr, $field:ident, $cell:expr) => {{
        let word = $crate::word!($crate::plan::ExchangeParameters, $field);
        let word = $parameters.exchange_word($own, $substrate, $columns, word);
        $world.ruled($parameters, word, $parameters.exchange[$own * $columns + $substrate].$field, $cell)
    }};
}

/// The values that rules keep for cells: their own, or, where they have none, those that rules start from. `arm` is that
/// of a tissue of the batch.
pub fn entering<'a>(plan: &Plan, cells: &'a Cells, arm: impl Fn(u32) -> usize) -> Cow<'a, [f32]> {
    let count = plan.ruled_values();
    if count == 0 || cells.behaviours.len() == count * cells.len() {
        return Cow::Borrowed(&cells.behaviours);
    }
    let types = plan.cell_types.len();
    let of_arm = |arm: usize| (0..types).map(move |own| plan.arms[arm].parameters.unruled(own, count));
    let unruled: Vec<Vec<f32>> = (0..plan.arms.len()).flat_map(of_arm).collect();
    let kinds = cells.identity.iter().map(|identity| identity[2]);
    let values = kinds.flat_map(|it| &unruled[arm(cell_bits::tissue(it)) * types + cell_bits::cell_type(it) as usize]);
    Cow::Owned(values.copied().collect())
}
