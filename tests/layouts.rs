//! What Rust and WGSL must agree on without being told by one source: numbers and offsets. No adapter is needed.

use texpop::engine::shaders::SHADERS;
use texpop::random;

#[test]
fn purposes_have_the_same_numbers() {
    use random::Purpose::*;
    let module = SHADERS.text("purposes", "//#include \"shared/random.wgsl\"\n", &[]).unwrap().parse().unwrap().module;
    let value = |name: &str| {
        let constant = module.constants.iter().find(|(_, it)| it.name.as_deref() == Some(name)).unwrap().1;
        match module.global_expressions[constant.init] {
            naga::Expression::Literal(naga::Literal::U32(value)) => value,
            ref other => panic!("{name} is {other:?}"),
        }
    };
    let purposes = [Placement, Lineage, Cycle, Phase, Division, MotilityFirst, MotilitySecond, Attach, Engage, Repair];
    for purpose in purposes.into_iter().chain([
        Mixing,
        Damage,
        Variation,
        FirstVariation,
        Cytometry,
        AntigenLoss,
        Parting,
        Removal,
        Irradiation,
    ]) {
        let mut name = String::from("PURPOSE");
        for letter in format!("{purpose:?}").chars() {
            name += &if letter.is_uppercase() { format!("_{letter}") } else { letter.to_uppercase().to_string() };
        }
        assert_eq!(value(&name), purpose as u32, "{name}");
    }
}

#[test]
fn settings_lie_as_in_rust() {
    use std::mem::offset_of;
    use texpop::cells::settings::{Population, Settings};
    macro_rules! offsets {
        ($kind:ident: $($field:ident)*) => {
            (stringify!($kind), size_of::<$kind>(), vec![$((stringify!($field), offset_of!($kind, $field)),)*])
        };
    }
    let structs = [
        offsets!(Settings: lower_um size_um voxel_um voxels field_voxel_um field_voxels tissue_count cell_type_count dimensions periodic
                 movement_min contacts_min cycle_min effector_types widest_reach widest_um reach_um slices_per_um
                 largest_radius_um birth_ticks parameter_words exchange_start joined_substrates proteostasis_h),
        offsets!(Population: live_count tick effector_count needed),
    ];
    let text = "//#include \"shared/settings.wgsl\"\n";
    let module = SHADERS.text("settings", text, &[]).unwrap().parse().unwrap().module;
    for (name, bytes, fields) in structs {
        let (_, found) = module.types.iter().find(|(_, it)| it.name.as_deref() == Some(name)).unwrap();
        let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
        // What is spare fills the struct up, which its size shows.
        let members = members.iter().map(|it| (it.name.as_deref().unwrap_or_default(), it.offset as usize));
        let members: Vec<_> = members.filter(|(field, _)| !field.starts_with("spare")).collect();
        assert_eq!((members, *span as usize), (fields, bytes), "{name}");
    }
}

#[test]
fn substrates_lie_as_in_rust() {
    use std::mem::offset_of;
    use texpop::fields::balance::{Column, Flows, PerMinute};
    use texpop::fields::device::Sweep;
    use texpop::fields::{AxisStencil, Stencil};
    macro_rules! offsets {
        ($kind:ident: $($field:ident)*) => {
            (stringify!($kind), size_of::<$kind>(), vec![$((stringify!($field), offset_of!($kind, $field)),)*])
        };
    }
    let structs = [
        offsets!(AxisStencil: inner toward_last from_last wrap_low wrap_high fixed_low fixed_high source_low source_high
                 own_low far_low own_high far_high),
        offsets!(Stencil: base rate carry order decay flow_min kept trace least per_step step_min most_order held beyond_um2 axes),
        offsets!(Sweep: counts coarse is_halved is_joined has_seam first_share second_share width_um offset coarse_offset
                 blocks levels table colour colours step),
    ];
    let [of_diffusion, of_balance] =
        ["diffusion", "balance"].map(|name| SHADERS.kernel(name, &[]).unwrap().parse().unwrap().module);
    let of_balance = [
        offsets!(Column: secreted taken_up decayed supplied content free least most),
        offsets!(Flows: secreted taken_up decayed supplied order most),
        offsets!(PerMinute: secreted taken_up decayed supplied outflow gone comes open),
    ]
    .map(|it| (&of_balance, it));
    for (module, (name, bytes, fields)) in structs.map(|it| (&of_diffusion, it)).into_iter().chain(of_balance) {
        let (_, found) = module.types.iter().find(|(_, it)| it.name.as_deref() == Some(name)).unwrap();
        let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
        let members = members.iter().map(|it| (it.name.as_deref().unwrap_or_default(), it.offset as usize));
        assert_eq!((members.collect::<Vec<_>>(), *span as usize), (fields, bytes), "{name}");
    }
}
