//! What an embedder pays for: the dependency tree of each set of features.

use std::process::Command;

/// Names of the crates that the library needs with `features` and no others.
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

fn holds(crates: &[String], name: &str) -> bool {
    crates.iter().any(|found| found == name)
}

#[test]
fn inference_needs_neither_training_nor_files_nor_threads() {
    let found = crates("");
    assert!(holds(&found, "rolecall") && holds(&found, "rust-stemmers"), "a tree: {found:?}");
    let not_needed = [
        "linfa",
        "linfa-bayes",
        "ndarray",
        "gag",
        "csv",
        "toml",
        "serde_json",
        "clap",
        "anyhow",
        "rayon",
        "rayon-core",
        "rand",
        "getrandom",
    ];
    for name in not_needed {
        assert!(!holds(&found, name), "{name} in {found:?}");
    }
}

#[test]
fn each_feature_brings_only_its_own() {
    // Batch reads CSV by a reader of its own, which keeps fields to the byte.
    let table: [(&str, &[&str], &[&str]); 4] = [
        ("serde", &["serde"], &["serde_json", "csv", "linfa", "rayon", "clap", "anyhow"]),
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
            assert!(holds(&found, name), "{features}: no {name} in {found:?}");
        }
        for name in not_needed {
            assert!(!holds(&found, name), "{features}: {name} in {found:?}");
        }
    }
}
