//! Shipped definitions: each one is read and planned; `use` takes one, and what the user writes comes before it.

use texpop::compile::build;
use texpop::error::Result;
use texpop::plan::SubstrateBoundary;
use texpop::scenario::library::ENTRIES;
use texpop::scenario::{self, Scenario};

const HEAD: &str = "\
duration = \"2 h\"
preset = \"coarse\"
[domain]
geometry = \"tissue\"
size = [\"200 um\", \"200 um\", \"200 um\"]
";

/// A tumour, and cell types that rule sets speak of.
const OTHERS: &str = "\
[cell_types.tumour]
use = \"mc38_tumour\"
[cell_types.memory]
use = \"tisagenlecleucel_memory\"
[cell_types.fibroblast]
volume = \"2000 um^3\"
[cell_types.mesenchymal_tumour]
use = \"mc38_tumour\"
";

fn read(sections: &str, set: &[&str]) -> std::result::Result<Scenario, String> {
    let set: Vec<String> = set.iter().map(|it| it.to_string()).collect();
    let text = format!("{HEAD}{sections}");
    let read = || -> Result<Scenario> {
        let scenario = scenario::from_text("a.toml", &text, &set)?;
        build(&scenario)?;
        Ok(scenario)
    };
    read().map_err(|error| error.to_string())
}

#[track_caller]
fn good(sections: &str, set: &[&str]) -> Scenario {
    read(sections, set).unwrap_or_else(|said| panic!("{said}"))
}

/// Fails unless the message has all the parts and one fault.
#[track_caller]
fn refused(sections: &str, set: &[&str], parts: &[&str]) {
    let said = read(sections, set).expect_err(sections);
    let missing: Vec<_> = parts.iter().filter(|part| !said.contains(**part)).collect();
    assert!(missing.is_empty() && said.ends_with("a.toml: 1 fault"), "no {missing:?} in\n{said}");
}

#[test]
fn every_definition_is_planned() {
    for entry in ENTRIES.iter().filter(|entry| entry.section != "genotypes") {
        let (others, keys) = match entry.section {
            "cell_types" => ("", ""),
            "rule_sets" => (OTHERS, "cell_type = \"tumour\"\n"),
            _ => (OTHERS, ""),
        };
        let scenario = good(&format!("{others}[{}.it]\nuse = \"{}\"\n{keys}", entry.section, entry.name), &[]);
        // The manifest has what was used, and not from where.
        let json = serde_json::to_value(&scenario).unwrap();
        assert!(json[entry.section]["it"].is_object(), "{}", entry.name);
        assert!(!json.to_string().contains("\"use\""), "{}", entry.name);
    }
}

#[test]
fn the_users_keys_come_before_the_librarys() {
    let text = "[cell_types.killer]\nuse = \"cd8_t_cell\"\nvolume = \"400 um^3\"\nmotility.speed = \"4 um/min\"\n";
    let killer = &good(text, &[]).cell_types["killer"];
    assert_eq!((killer.volume.0, killer.motility.speed.0), (400.0, 4.0), "the user's");
    assert_eq!((killer.motility.persistence.0, killer.motility.attached_speed_fraction.0), (0.5, 0.1), "the library's");
    // Written out in full it is the same.
    let full = "[cell_types.killer]\nvolume = \"400 um^3\"\napoptosis.rate = \"0.01 /d\"\n\
                motility = { speed = \"4 um/min\", persistence = \"0.5 min\", attached_speed_fraction = 0.1 }\n";
    assert_eq!(*killer, good(full, &[]).cell_types["killer"]);
}

#[test]
fn a_drug_of_the_library_is_overridden_key_by_key() {
    let tumour = "[cell_types.tumour]\nvolume = \"1 pL\"\napoptosis.rate = \"0.1 /d\"\n";
    let effect = "[[drugs.a.effects]]\ncell_type = \"tumour\"\nparameter = \"apoptosis.rate\"\nemax = 1\n";
    let text = |drug: &str| format!("{tumour}[drugs.a]\n{drug}\n{effect}");
    let (used, own) = ("use = \"pembrolizumab\"", "use = \"pembrolizumab\"\nvolume = \"4 L\"\nec50 = \"1 mg/L\"");
    let full = "volume = \"3.48 L\"\nclearance = \"0.22 L/d\"\nperipheral_volume = \"4.06 L\"\nec50 = \"0.58 mg/L\"\n\
                intercompartmental_clearance = \"0.795 L/d\"\ntissue_fraction = 0.25\nmolar_mass = \"146 kDa\"\nhill = 1";
    let drug = |text: &str| good(text, &[]).drugs["a"].clone();
    assert_eq!(drug(&text(used)), drug(&text(full)), "written out in full it is the same");
    let (library, mine) = (drug(&text(used)), drug(&text(own)));
    assert_eq!((mine.volume.unwrap().0, mine.clearance, mine.effects.len()), (4e15, library.clearance, 1));
    // Effects without ec50 and hill have those of the drug.
    let ec50 = |text: &str| build(&good(text, &[])).unwrap().arms[0].treatment.effects[0].ec50;
    assert!((ec50(&text(used)) / 0.58e-3 - 1.0).abs() < 1e-9 && (ec50(&text(own)) / 1e-3 - 1.0).abs() < 1e-9);
    let set = good(&text(used), &["drugs.a.use=nivolumab", "drugs.a.clearance=0.3 L/d"]).drugs["a"].clone();
    assert!((set.volume.unwrap().0 / 3.63e15 - 1.0).abs() < 1e-12 && set.clearance != library.clearance);
}

/// Two types with proteostasis and one without.
const PROTEOSTATIC: &str = "\
[cell_types.car_t]
volume = \"525 um^3\"
proteostasis = { il2 = 1.0 }
[cell_types.t_cell]
volume = \"525 um^3\"
proteostasis = { il2 = 0.5 }
[cell_types.tumour]
volume = \"1 pL\"
";

#[test]
fn one_line_gives_a_drug_with_its_effects() {
    let treatment = |text: &str| build(&good(text, &[])).unwrap().arms[0].treatment.clone();
    let used = |name: &str, keys: &str| format!("{PROTEOSTATIC}[drugs.a]\nuse = \"{name}\"\n{keys}");
    for entry in ENTRIES.iter().filter(|entry| entry.section == "drugs") {
        let effects = treatment(&used(entry.name, "")).effects;
        let own = entry.text.matches("[[effects]]").count();
        assert!(own > 0 && effects.len() == 2 * own, "{}: {effects:?}", entry.name);
        assert!(treatment(&format!("{OTHERS}[drugs.a]\nuse = \"{}\"\n", entry.name)).effects.is_empty());
    }
    // A cell type for all effects, one for an effect, effects of one's own, in place of the library's.
    assert_eq!(treatment(&used("mk_2206", "cell_type = \"t_cell\"\n")).effects.len(), 1);
    let own = "[[drugs.a.effects]]\nparameter = \"proteostasis.il2\"\nemax = -0.5\n";
    let both = treatment(&used("mk_2206", own)).effects;
    assert_eq!(both.len(), 2);
    assert_eq!(treatment(&used("mk_2206", &format!("{own}cell_type = \"car_t\"\n"))).effects.as_slice(), &both[..1]);
    // 1 uM in the medium inhibits AKT by 1/2.9.
    let plan = build(&good(&used("mk_2206_in_vitro", ""), &[])).unwrap();
    let rows = plan.arms[0].treatment.rows(&plan.arms[0].parameters, &[], &[1.0]);
    assert!(rows.proteostasis.iter().all(|row| (row.akt_inhibition - 1.0 / 2.9).abs() < 1e-6), "{rows:?}");
    refused(
        &used("mk_2206", "cell_type = \"t_cel\"\n"),
        &[],
        &["a.toml:16:13", "unknown cell type `t_cel`", "did you mean `t_cell`?"],
    );
    refused(&format!("{OTHERS}[drugs.a]\nec50 = \"1 uM\"\n{own}"), &[], &["no cell type has proteostasis"]);
}

#[test]
fn genotypes_set_parameters_by_name() {
    let text = |keys: &str| PROTEOSTATIC.replacen("proteostasis", &format!("{keys}\nproteostasis"), 1);
    let genes = |text: &str| {
        let rows = build(&good(text, &[])).unwrap().arms.into_iter().map(|arm| arm.parameters.proteostasis[0]);
        rows.map(|row| [row.stress_chaperone_genes, row.stress_granule_loss, row.akt_constitutive]).collect::<Vec<_>>()
    };
    assert_eq!(genes(PROTEOSTATIC), [[1.0, 0.0, 0.0]]);
    for entry in ENTRIES.iter().filter(|entry| entry.section == "genotypes") {
        let plan = build(&good(&text(&format!("genotype = \"{}\"", entry.name)), &[])).unwrap();
        let [car_t, t_cell] = plan.arms[0].parameters.proteostasis[..] else { panic!("two rows") };
        assert_ne!(texpop::plan::ProteostasisParameters { il2: 0.5, ..car_t }, t_cell, "{}", entry.name);
    }
    assert_eq!(genes(&text("genotype = [\"gp96_knock_out\", \"g3bp1_knock_out\"]")), [[0.45, 1.0, 0.0]]);
    let arms = "[arms.a]\n[arms.b]\nset = { \"cell_types.car_t.genotype\" = \"myr_akt\" }\n";
    assert_eq!(genes(&format!("{PROTEOSTATIC}{arms}")), [[1.0, 0.0, 0.0], [1.0, 0.0, 0.44]]);
    let unknown =
        ["a.toml:8:12", "unknown genotype `gp69_knock_out`, expected one of bip_knock_out, cftr_df508", "did you"];
    refused(&text("genotype = \"gp69_knock_out\""), &[], &unknown);
    let twice = ["a.toml:8:12", "bip_knock_out sets stress_chaperone_genes, which another genotype"];
    refused(&text("genotype = [\"gp96_knock_out\", \"bip_knock_out\"]"), &[], &twice);
    let none = format!("{PROTEOSTATIC}genotype = \"myr_akt\"\n");
    refused(&none, &[], &["a.toml:14:12", "no proteostasis, in which genes could act"]);
}

#[test]
fn genes_are_edited_at_a_time() {
    let edit = |cell_type: &str, genotype: &str| {
        format!("{PROTEOSTATIC}[[edit_genes]]\nat = \"1 h\"\ncell_type = \"{cell_type}\"\ngenotype = {genotype}\n")
    };
    let plan = build(&good(&edit("t_cell", "[\"cftr_df508\", \"myr_akt\"]"), &[])).unwrap();
    let settings: Vec<_> = plan.arms[0]
        .interventions
        .iter()
        .map(|it| match it.action {
            texpop::plan::Action::Set(setting) => setting,
            _ => panic!("{it:?}"),
        })
        .collect();
    let rows = plan.arms[0].treatment.rows(&plan.arms[0].parameters, &settings, &[]).proteostasis;
    let load = |number: usize| (rows[number].misfolded_load_percent_per_h, rows[number].akt_constitutive);
    assert_eq!([load(0), load(1)], [(0.0, 0.0), (0.65, 0.44)]);
    refused(&edit("t_cell", "\"cftr\""), &[], &["unknown genotype `cftr`", "expected one of bip_knock_out"]);
    refused(&edit("tumour", "\"myr_akt\""), &[], &["tumour has no proteostasis"]);
    refused(&edit("t_cel", "\"myr_akt\""), &[], &["unknown cell type `t_cel`"]);
    refused(&edit("t_cell", "[]"), &[], &["it names no genotype"]);
}

#[test]
fn a_set_of_rules_is_overridden_key_by_key_and_joined_by_others() {
    let used = "[rule_sets.a]\nuse = \"crowding\"\ncell_type = \"tumour\"\n";
    let own = "rules.crowding.half_maximum = 0.1\n";
    let behaviours = |text: &str| {
        let plan = build(&good(&format!("{OTHERS}{text}"), &[])).unwrap();
        let tumour = plan.cell_types.iter().position(|it| it.name == "tumour").unwrap();
        plan.arms[0].parameters.rules.behaviours[tumour].clone()
    };
    let (library, mine) = (behaviours(used), behaviours(&format!("{used}{own}")));
    assert_eq!((library.len(), library[0].rules.len(), library[0].rules[0].middle), (1, 1, 0.0273));
    assert_eq!((mine[0].rules[0].middle, mine[0].rules[0].steepness, mine[0].down_saturation), (0.1, 4.0, 0.0));
    // Rows of the scenario and rules of the set's own work on the same behaviour.
    let row = "[[rules]]\ncell_type = \"tumour\"\nsignal = \"contact with fibroblast\"\neffect = \"decreases\"\n\
               behaviour = \"cycle entry\"\nsaturation = \"0 /h\"\nzero_at = 0\none_at = 3\n";
    assert_eq!(behaviours(&format!("{used}{row}"))[0].rules.len(), 2);
    let named = "rules.old = { signal = \"age\", effect = \"decreases\", behaviour = \"cycle entry\", saturation = \"0 /h\", \
                 zero_at = \"1 d\", one_at = \"2 d\" }\n";
    assert_eq!(behaviours(&format!("{used}{named}"))[0].rules.len(), 2);
    let arms = "[arms.a]\n[arms.b]\nset = { \"rule_sets.a.rules.crowding.half_maximum\" = 0.2 }\n";
    let plan = build(&good(&format!("{OTHERS}{used}{arms}"), &[])).unwrap();
    let middles = plan.arms.iter().map(|arm| arm.parameters.rules.behaviours.concat()[0].rules[0].middle);
    assert_eq!(middles.collect::<Vec<_>>(), [0.0273, 0.2]);
    for (bad, parts) in [
        (used.replace("\ncell_type", "\n#"), &["does not say of which cell type", "or to its set"][..]),
        (used.replace("tumour", "tumor"), &["unknown cell type `tumor`", "did you mean `tumour`?"]),
        (used.replace("crowding", "crowdin"), &["the library has no `crowdin` for `rule_sets`", "`crowding`?"]),
        (format!("{used}rules.crowding.half_maximum = -1\n"), &["a.toml:17:31", "it must be more than 0"]),
        (format!("{used}rules.crowding.half_max = 1\n"), &["did you mean `half_maximum`?"]),
        (format!("{used}rules.more.signal = \"pressure\"\n"), &["is missing in `rule_sets.a.rules.more`"]),
    ] {
        let said = read(&format!("{OTHERS}{bad}"), &[]).expect_err(&bad);
        assert!(parts.iter().all(|part| said.contains(part)), "no {parts:?} in\n{said}");
    }
}

#[test]
fn a_substrate_of_the_library_is_overridden_key_by_key() {
    let cells = "[cell_types.tumour]\nvolume = \"1 pL\"\nsubstrates.o2.uptake = \"10 /min\"\n";
    let text = |oxygen: &str| format!("{cells}[substrates.o2]\n{oxygen}\n");
    let substrate = |text: &str| build(&good(text, &[])).unwrap().substrates.unwrap().list[0].clone();
    let used = substrate(&text("use = \"oxygen\""));
    let full = "diffusion = \"1e5 um^2/min\"\ndecay = \"0.1 /min\"\ninitial = \"38 mmHg\"\nboundary = \"fixed\"\n\
                boundary_value = \"38 mmHg\"\nquasi_steady = true";
    assert_eq!(used, substrate(&text(full)), "written out in full it is the same");
    let closed = substrate(&text("use = \"oxygen\"\nboundary = \"no_flux\""));
    assert_eq!(closed.boundary, texpop::plan::SubstrateBoundary::NoFlux, "the value of the boundary goes with it");
    let mine = substrate(&text("use = \"oxygen\"\nboundary = \"held\"\nbeyond = \"80 um\"\ndecay = \"0 /min\""));
    assert_eq!(mine.boundary, SubstrateBoundary::Held { beyond_um: 80.0, value: 38.0 });
    assert_eq!((mine.decay_per_min, mine.diffusion_um2_per_min), (0.0, used.diffusion_um2_per_min));
    // A level in another unit than the library's.
    let target =
        "[cell_types.tumour]\nvolume = \"1 pL\"\nsubstrates.il = { secretion = \"0.01 /min\", target = \"2 ng/mL\" }\n";
    let parts = ["a.toml:8:53", "il is given in ng/mL here, and in nM elsewhere"];
    refused(&format!("{target}[substrates.il]\nuse = \"il_2\"\n"), &[], &parts);
}

#[test]
fn overrides_reach_into_what_is_used() {
    let text = "[cell_types.tumour]\nuse = \"mc38_tumour\"\n";
    let set = ["cell_types.tumour.cycle.phases.0.duration=30 h", "cell_types.tumour.damage={power = 4}"];
    let tumour = &good(text, &set).cell_types["tumour"];
    assert_eq!(tumour.cycle.phases[0].duration.unwrap().0, 1800.0);
    assert_eq!(tumour.cycle.phases[0].stages.unwrap().0, 20);
    let damage = tumour.damage.as_ref().unwrap();
    assert_eq!((damage.power.0, damage.half_life.0), (4, 49.0));
}

#[test]
fn overrides_and_arms_may_use_another_definition() {
    let text = "[cell_types.killer]\nuse = \"cd8_t_cell\"\nvolume = \"400 um^3\"\n\
                [arms.control]\n[arms.car_t]\nset = { \"cell_types.killer.use\" = \"car_t_cell\" }\n\
                [arms.slow]\nset = { \"cell_types.killer.motility.speed\" = \"1 um/min\" }\n";
    let scenario = good(text, &[]);
    let of = |arm: &str| {
        let killer = &scenario.arm(arm).unwrap().cell_types["killer"];
        (killer.volume.0, killer.motility.speed.0, killer.motility.persistence.0)
    };
    assert_eq!([of("control"), of("car_t"), of("slow")], [(400.0, 8.0, 0.5), (400.0, 5.0, 10.0), (400.0, 1.0, 0.5)]);
    let set = good("[cell_types.killer]\nuse = \"cd8_t_cell\"\n", &["cell_types.killer.use=car_t_cell"]);
    assert_eq!(set.cell_types["killer"].motility.persistence.0, 10.0);
    let set = good("[cell_types.killer]\nvolume = \"1 pL\"\n", &["cell_types.killer.use=cd8_t_cell"]);
    assert_eq!((set.cell_types["killer"].volume.0, set.cell_types["killer"].motility.speed.0), (1000.0, 8.0));
}

#[test]
fn unknown_definitions_are_refused_with_the_nearest() {
    let of = |line: &str| format!("[cell_types.killer]\n{line}\n");
    let unknown = |line, parts: &[&str]| refused(&of(line), &[], &[&["a.toml:7:7"], parts].concat());
    unknown("use = \"cd8_t_cel\"", &["the library has no `cd8_t_cel` for `cell_types`", "did you mean `cd8_t_cell`?"]);
    unknown(
        "use = \"neutrophil\"",
        &["the library has no `neutrophil`", "it has b16_tumour, bladder_tumour, car_t_cell"],
    );
    unknown("use = \"bladder\"", &["the library has no `bladder`", "did you mean `bladder_tumour`?"]);
    unknown("use = 3", &["`cell_types.killer.use` must be a text in quotes", "name one of b16_tumour"]);
    let set = ["cell_types.killer.use=car_t_cel"];
    refused(&of("use = \"cd8_t_cell\""), &set, &["--set:1:23", "did you mean `car_t_cell`?"]);
    let arm = "[arms.a]\n[arms.b]\nset = { \"cell_types.killer.use\" = \"car_t_cel\" }\n";
    let text = of("use = \"cd8_t_cell\"") + arm;
    refused(&text, &[], &["a.toml:10:35", "arm `b`: the library has no `car_t_cel`"]);
    refused("[domian]\nuse = \"x\"\n[cell_types.it]\nuse = \"cd8_t_cell\"\n", &[], &["did you mean `domain`?"]);
}

#[test]
fn faults_show_the_users_line() {
    let uses = "[cell_types.killer]\nuse = \"cd8_t_cell\"\n";
    // An override of a key of the library.
    refused(&format!("{uses}motility.speed = \"8 um\"\n"), &[], &["a.toml:8:18", "`cell_types.killer.motility.speed`"]);
    refused(&format!("{uses}motility.sped = \"8 um/min\"\n"), &[], &["a.toml:8:10", "did you mean `speed`?"]);
    refused(uses, &["cell_types.killer.motility.speed=8 um"], &["--set:1:", "`cell_types.killer.motility.speed`"]);
    refused(uses, &["cell_types.kiler.volume=1 pL"], &["--set:1:1", "did you mean `killer`?"]);
    // A table of the library that an override breaks: the line that names the definition.
    let tumour = "[cell_types.other]\nuse = \"mc38_tumour\"\n[cell_types.tumour]\nuse = \"mc38_tumour\"\n";
    refused(tumour, &["cell_types.tumour.cycle.phases.1.stages=3"], &["--set:1:1", "has no item `1`"]);
    refused(tumour, &["cell_types.tumour.cycle.phases.0.stages=3.5"], &["--set:1:", "cycle.phases.0.stages` is 3.5"]);
    // A fault that is seen later, in a value that the user did not write.
    let model = ["cell_types.tumour.cycle.model=live", "cell_types.tumour.cycle.rate=1 /d"];
    refused(tumour, &model, &["a.toml:9:7", "`texpop library mc38_tumour` shows it"]);
    let arm = "[arms.a]\n[arms.b.set]\n\"cell_types.tumour.mechanics\" = { repulsion = \"90 um/min\" }\n";
    refused(
        &format!("{tumour}{arm}"),
        &["preset=fine"],
        &["a.toml:12:47", "arm `b`: repulsion moves a cell by 9.0 um"],
    );
}
