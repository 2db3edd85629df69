//! Dependencies of each set of features.

use std::process::Command;

/// Names of the crates in the dependency tree with `features` only.
fn crates(features: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--no-default-features", "--features", features])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let mut names: Vec<_> = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn has(crates: &[String], name: &str) -> bool {
    crates.iter().any(|found| found == name)
}

#[test]
fn inference_depends_on_no_crate_for_training_files_or_threads() {
    let found = crates("");
    assert!(has(&found, "rolecall") && has(&found, "rust-stemmers"), "not a dependency tree: {found:?}");
    let not_needed = [
        "linfa", "linfa-bayes", "ndarray", "gag", "csv", "toml", "serde_json", "clap", "anyhow", "rayon", "rayon-core",
        "rand", "getrandom",
    ];
    for name in not_needed {
        assert!(!has(&found, name), "{name} in {found:?}");
    }
}

#[test]
fn each_feature_adds_only_its_own_crates() {
    // Batch has its own CSV reader, which keeps the bytes of fields.
    let table: [(&str, &[&str], &[&str]); 5] = [
        ("serde", &["serde"], &["serde_json", "csv", "linfa", "rayon", "clap", "anyhow"]),
        ("read", &["encoding_rs", "chardetng", "zip"], &["serde_json", "csv", "linfa", "clap", "anyhow"]),
        ("train", &["linfa-bayes", "ndarray", "csv", "toml"], &["clap", "anyhow"]),
        (
            "batch",
            &["encoding_rs", "flate2", "ruzstd", "serde_json"],
            &["linfa", "linfa-bayes", "ndarray", "csv", "toml", "clap", "anyhow"],
        ),
        ("cli", &["linfa-bayes", "csv", "flate2", "clap", "anyhow"], &[]),
    ];
    for (features, needed, not_needed) in table {
        let found = crates(features);
        for name in needed {
            assert!(has(&found, name), "{features}: no {name} in {found:?}");
        }
        for name in not_needed {
            assert!(!has(&found, name), "{features}: {name} in {found:?}");
        }
    }
}

/// The README's numbers are those of Linux; other systems have some crates more.
#[cfg(target_os = "linux")]
#[test]
fn the_readme_states_the_number_of_crates() {
    let number = |features: &str| crates(features).len() - 1;
    let readme = include_str!("../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    let direct = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--depth", "1"])
        .arg("--no-default-features")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let direct = String::from_utf8_lossy(&direct.stdout).lines().filter(|line| !line.is_empty()).count() - 1;
    for stated in [
        format!("the classifier alone: {direct} dependencies, {} crates with theirs", number("")),
        format!("The whole program has {} crates, `batch` alone {}", number("cli"), number("batch")),
        format!("`train` {}, `serve` {}.", number("train"), number("serve")),
    ] {
        assert!(readme.contains(&stated), "the README lacks: {stated}");
    }
}

/// All crates come from the registry: none from a fork or a folder. `cargo deny` checks the rest
/// where it is installed.
#[test]
fn crates_come_from_the_registry() {
    let lock = include_str!("../../Cargo.lock");
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    assert!(sources.clone().count() > 100);
    for source in sources {
        assert!(source.starts_with("source = \"registry+"), "{source}");
    }
}
