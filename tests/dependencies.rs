//! What the program is built of is what `deny.toml` allows: licences, one version of each crate, one registry.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Clone, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// All packages of all systems, the program among them.
fn packages() -> Vec<Package> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["metadata", "--format-version", "1", "--locked"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Metadata>(&output.stdout).unwrap().packages
}

fn deny() -> Deny {
    toml::from_str(include_str!("../deny.toml")).unwrap()
}

/// What is not as it is asked for.
fn faults(packages: &[Package], deny: &Deny) -> Vec<String> {
    let licensees: Vec<spdx::Licensee> =
        deny.licenses.allow.iter().map(|it| spdx::Licensee::parse(it).unwrap()).collect();
    let mut faults = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Package { name, version, license, source } in packages {
        let license = license.as_deref().unwrap_or("none");
        let is_allowed = spdx::Expression::parse_mode(license, spdx::ParseMode::LAX)
            .is_ok_and(|it| it.evaluate(|asked| licensees.iter().any(|it| it.satisfies(asked))));
        if !is_allowed {
            faults.push(format!("{name} {version} has the licence {license}"));
        }
        if source.as_ref().is_some_and(|it| !it.starts_with("registry+")) {
            faults.push(format!("{name} {version} comes from {source:?}"));
        }
        versions.entry(name).or_default().insert(version);
    }
    let sources: BTreeSet<&String> = packages.iter().filter_map(|it| it.source.as_ref()).collect();
    if sources.len() > 1 {
        faults.push(format!("there are several sources: {sources:?}"));
    }
    let mut skipped = BTreeSet::new();
    for (name, versions) in versions.iter().filter(|it| it.1.len() > 1) {
        let is_skipped = |version: &&&str| deny.bans.skip.iter().any(|it| it.name == format!("{name}@{version}"));
        if versions.iter().filter(|it| !is_skipped(it)).count() > 1 {
            faults.push(format!("{name} has the versions {versions:?}"));
        }
        skipped.extend(versions.iter().filter(is_skipped).map(|version| format!("{name}@{version}")));
    }
    let stale = deny.bans.skip.iter().filter(|it| !skipped.contains(&it.name));
    faults.extend(stale.map(|it| format!("{} is not there any more, and need not be skipped", it.name)));
    faults
}

#[test]
fn licences_versions_and_sources_are_those_that_are_allowed() {
    let packages = packages();
    assert!(packages.len() > 100, "{} packages", packages.len());
    assert_eq!(faults(&packages, &deny()), [""; 0]);
}

/// The check can fail, in each of its parts.
#[test]
fn what_is_not_allowed_is_seen() {
    let with = |change: fn(&mut Vec<Package>)| {
        let mut changed = packages();
        change(&mut changed);
        faults(&changed, &deny())
    };
    let licence = with(|it| it[0].license = Some("GPL-3.0-only".into()));
    assert!(licence.len() == 1 && licence[0].contains("GPL-3.0-only"), "{licence:?}");
    assert_eq!(with(|it| it[0].license = None).len(), 1);
    let source = with(|it| it[0].source = Some("git+somewhere".into()));
    assert_eq!(source.len(), 2, "{source:?}");
    let versions = with(|it| {
        let again = Package { version: "0.0.1".into(), ..it[0].clone() };
        it.push(again);
    });
    assert!(versions.len() == 1 && versions[0].contains("0.0.1"), "{versions:?}");
    let mut stale = deny();
    stale.bans.skip.push(Skip { name: "none@1.0.0".into() });
    assert_eq!(faults(&packages(), &stale).len(), 1);
}
