//! Cell types by number, tables of cells, and what is said of rules and clocks that do not do what they seem to.

use std::path::PathBuf;
use texpop::cells::placement::initial;
use texpop::compile::build_with_warnings;
use texpop::device::Choice;
use texpop::plan::{Arrangement, Plan};
use texpop::run::capacity::Share;
use texpop::run::check;
use texpop::scenario::load;

/// A scenario in a folder of its own, beside its tables.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("texpop-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).unwrap());
        Folder(folder)
    }

    fn plan(&self, set: &[&str]) -> Result<(Plan, String), String> {
        let set: Vec<String> = set.iter().map(|it| (*it).to_owned()).collect();
        let read = load(&self.0.join("a.toml"), &set).map_err(|error| error.to_string())?;
        build_with_warnings(&read).map_err(|error| error.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

const LAYER: &str = "duration = \"1 h\"\npreset = \"coarse\"\n\
    [domain]\ngeometry = \"layer\"\nsize = [\"400 um\", \"400 um\"]\n";

#[test]
fn types_are_numbered_in_the_order_of_the_scenario() {
    let types = "[cell_types.tumour]\nvolume = \"2494 um^3\"\n[cell_types.killer]\nuse = \"cd8_t_cell\"\n\
        [cell_types.immune]\nvolume = \"500 um^3\"\n[[place]]\ntable = \"cells.csv\"\n\
        [arms.a]\nset = { \"cell_types.killer.volume\" = \"400 um^3\" }\n\
        [arms.b]\nset = { \"cell_types.immune\" = { volume = \"300 um^3\" } }\n";
    let cells = "0,0,0,0\n50,0,0,0\n100,0,0,0\n-100,0,0,2\n";
    let folder = Folder::new("ids", &[("a.toml", &format!("{LAYER}{types}")), ("cells.csv", cells)]);
    let (plan, _) = folder.plan(&["cell_types.tumour.volume=\"2500 um^3\""]).unwrap();
    let names: Vec<&str> = plan.cell_types.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["tumour", "killer", "immune"]);
    for arm in &plan.arms {
        let count = |it: &texpop::plan::Placement| match &it.arrangement {
            Arrangement::At(listed) => (it.cell_type, listed.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(arm.initial.iter().map(count).collect::<Vec<_>>(), [(0, 3), (2, 1)], "{}", arm.name);
    }
    let volumes: Vec<f32> = plan.arms[1].parameters.types.iter().map(|it| it.volume_um3).collect();
    assert_eq!((volumes[0], volumes[2]), (2500.0, 300.0));
    let said = check(&plan, &Choice::Cpu, Share::default()).unwrap();
    assert!(said.contains("cell types     0 tumour, 1 killer, 2 immune\n"), "{said}");
    let text = serde_json::to_string(&load(&folder.0.join("a.toml"), &[]).unwrap()).unwrap();
    let at = |name: &str| text.find(&format!("\"{name}\":{{\"volume\"")).unwrap();
    assert!(at("tumour") < at("killer") && at("killer") < at("immune"), "the manifest has the same order: {text}");
}

#[test]
fn traits_keep_the_order_of_the_scenario() {
    let types = "[cell_types.cell]\nvolume = \"2494 um^3\"\n\
        traits.stress = { distribution = \"fixed\", value = 2 }\ntraits.antigen = { distribution = \"fixed\", value = 1 }\n";
    let folder = Folder::new("traits", &[("a.toml", &format!("{LAYER}{types}"))]);
    assert_eq!(folder.plan(&[]).unwrap().0.cell_types[0].traits, ["stress", "antigen"]);
}

#[test]
fn volumes_and_traits_of_a_table_hold_at_the_start() {
    let types = "[cell_types.c]\nvolume = \"2494 um^3\"\ntraits.antigen = { distribution = \"fixed\", value = 1 }\n\
        [[place]]\ntable = \"cells.csv\"\n";
    let cells = "x,y,z,type,volume,cycle entry,custom:antigen,custom:GFP\n\
        0,0,0,c,700,0.1,0.25,1\n100,0,7,c,30000,0.1,,1\n-100,0,0,c,,,0.5,1\n";
    let folder = Folder::new("volumes", &[("a.toml", &format!("{LAYER}{types}")), ("cells.csv", cells)]);
    let (plan, warnings) = folder.plan(&[]).unwrap();
    let placed = initial(&plan, 0, 0, 0);
    let volumes: Vec<f32> = placed.position.iter().map(|at| at[3]).collect();
    let traits: Vec<f32> = placed.progress.iter().map(|lanes| f32::from_bits(lanes[2])).collect();
    assert_eq!((volumes, traits), (vec![700.0, 30_000.0, 2494.0], vec![0.25, 1.0, 0.5]));
    // Two cells of 30000 um^3, of radius 19.3 um, act on each other from 1.25 sums of radii on.
    assert!(plan.domain.reach_um > 1.25 * 38.5, "{}", plan.domain.reach_um);
    for part in ["`cycle entry`, `custom:GFP` of", "column z of", "values other than 0: 1", "a.toml:10"] {
        assert!(warnings.contains(part), "no {part} in\n{warnings}");
    }
}

const RULED: &str = "[substrates.debris]\ndiffusion = \"1000 um^2/min\"\n[substrates.oxygen]\ndiffusion = \"1e5 um^2/min\"\n\
    initial = \"38 mmHg\"\ndecay = \"0.1 /min\"\n\
    [cell_types.a]\nvolume = \"500 um^3\"\nmotility = { speed = \"2 um/min\" }\ncycle = { model = \"live\", rate = \"0.02 /h\" }\n\
    [cell_types.still]\nvolume = \"500 um^3\"\n[cell_types.absent]\nvolume = \"500 um^3\"\n\
    [[place]]\ncell_type = \"a\"\ncount = 3\n[[place]]\ncell_type = \"still\"\ncount = 3\n";

/// Rows of a table of rules, and what is said of each; nothing of those that act.
#[test]
fn rules_that_cannot_act_are_named() {
    for (row, said) in [
        ("a,oxygen,decreases,necrosis,0.0,5,8,0", "at its saturation without it"),
        ("a,oxygen,increases,migration speed,2,5,8,0", "at its saturation without it"),
        ("a,oxygen,increases,migration speed,1,5,8,0", "lowers it in fact: without it, it is 2, and at saturation 1"),
        ("a,oxygen,decreases,migration speed,3,5,8,0", "raises it in fact"),
        ("a,debris,increases,apoptosis,0.1,0.5,4,0", "`debris` is always 0: nothing brings it in"),
        ("a,contact with absent,increases,apoptosis,0.1,0.5,4,0", "always 0: no such cell ever enters"),
        ("a,number of absent,increases,apoptosis,0.1,0.5,4,0", "always 0: no such cell ever enters"),
        ("absent,oxygen,increases,apoptosis,0.1,5,4,0", "no cell of absent ever enters"),
        ("still,oxygen,increases,cycle entry,0.1,5,4,0", "still has no cycle"),
        ("still,oxygen,increases,migration bias,0.5,5,4,0", "still does not walk"),
        ("a,oxygen,increases,crowding pressure,0.5,5,4,0", "no phase with arrests_when_crowded"),
        ("a,dead,increases,oxygen uptake,1,0.5,10,0", "let it apply to the dead"),
        ("a,damage,increases,apoptosis,0.1,0.5,4,0", "a has no damage"),
        ("a,hits,increases,apoptosis,0.1,0.5,4,0", "nothing hits a"),
        ("a,attached,decreases,migration speed,0,0.5,4,0", "a attaches to no other"),
        ("a,oxygen,increases,apoptosis,0.1,5,4,1", "`apoptosis` is of live cells"),
        ("a,oxygen,increases,apoptosis,0.1,5,2000,0", "the Hill power 2000 counts as 1000"),
        ("a,dead,increases,oxygen uptake,1,0.5,10,1.0", ""),
        ("a,oxygen,decreases,migration speed,0,5,256,0.0", ""),
        ("still,oxygen,increases,migration speed,2,5,8,0", ""),
        ("a,time,increases,apoptosis,0.1,30,64,0.0", ""),
        ("a,number of still,decreases,cycle entry,0,30,64,0", ""),
    ] {
        let text = format!("rules_table = \"rules.csv\"\n{LAYER}{RULED}");
        let folder = Folder::new("idle", &[("a.toml", &text), ("rules.csv", row)]);
        let (_, warnings) = folder.plan(&[]).unwrap_or_else(|error| panic!("{row}: {error}"));
        if said.is_empty() {
            assert_eq!(warnings, "", "{row}");
        } else {
            assert!(warnings.contains(said) && warnings.contains("rules.csv:1: "), "{row}: {warnings}");
            assert_eq!(warnings.matches("warning").count(), 1, "{row}: {warnings}");
        }
    }
}

/// What a rule cannot do in one arm it may do in another.
#[test]
fn a_rule_that_acts_in_any_arm_is_no_matter() {
    let rule = "[[rules]]\ncell_type = \"a\"\nsignal = \"contact with absent\"\neffect = \"increases\"\n\
        behaviour = \"apoptosis\"\nsaturation = \"1 /h\"\nhalf_maximum = 0.5\nhill_power = 4\n\
        [[add_cells]]\nat = \"30 min\"\ncell_type = \"absent\"\ncount = 1\n\
        [arms.control]\nset = { add_cells = [] }\n";
    let with = |arms: &str| {
        let text = format!("{LAYER}{RULED}{rule}{arms}");
        Folder::new("arms", &[("a.toml", &text)]).plan(&[]).unwrap().1
    };
    assert!(with("").contains("no such cell ever enters"));
    assert_eq!(with("[arms.treated]\n"), "");
}

/// `dead_secretion` is of rates that no rule sets for the dead.
#[test]
fn a_fraction_that_a_rule_overrides_is_named() {
    let row = "a,dead,increases,debris secretion,1,0.5,10,1";
    let text = format!(
        "rules_table = \"rules.csv\"\n{LAYER}{RULED}\
         [cell_types.a.substrates.debris]\ntarget = 1\ndead_secretion = 0.5\ndead_uptake = 0.25\n"
    );
    // A name with a blank stands in quotes where the warning looks for its line.
    let blank = text.replace("substrates.debris", "substrates.\"cell debris\"");
    for (text, row) in [(&text, row), (&blank, &row.replace("debris", "cell debris"))] {
        let (plan, warnings) = Folder::new("fraction", &[("a.toml", text), ("rules.csv", row)]).plan(&[]).unwrap();
        let row = plan.arms[0].parameters.exchange[0];
        assert_eq!((row.dead_secretion, row.dead_uptake), (1.0, 0.25));
        assert!(
            warnings.contains("dead_secretion is not used") && warnings.contains("dead_secretion = 0.5"),
            "{warnings}"
        );
    }
}

#[test]
fn clocks_that_are_not_given_follow_the_step() {
    let text = "duration = \"1 d\"\n[domain]\ngeometry = \"culture\"\nvolume = \"1 mL\"\n\
        [clocks]\nmechanics = \"6 min\"\ncontacts = \"6 min\"\ncycle = \"6 min\"\n\
        [cell_types.c]\nvolume = \"500 um^3\"\n[[place]]\ncell_type = \"c\"\ncount = 10\n";
    let folder = Folder::new("clocks", &[("a.toml", text)]);
    let (plan, warnings) = folder.plan(&[]).unwrap();
    assert_eq!((plan.clocks.reorder_ticks, warnings.as_str()), (600, ""));
    let said = folder.plan(&["clocks.reorder=\"9 min\""]).unwrap_err();
    assert!(said.contains("set reorder in [clocks] to a whole number of steps of 360 s"), "{said}");
    let (_, warnings) = folder.plan(&["snapshots.at=[\"20 min\", \"1203 min\"]"]).unwrap();
    assert!(warnings.contains("20 min is rounded up to 24 min, a whole number of steps of 360 s"), "{warnings}");
    assert_eq!(warnings.matches("rounded").count(), 1, "1203 min move by less than 1 %: {warnings}");
}
