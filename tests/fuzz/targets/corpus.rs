//! The files of training: the corpus, the counts, the calibration. Inputs are one file, whose
//! first byte says which; the others are those of the repository, cut to their heads.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rolecall::train;

const FILES: [&str; 5] = ["counts.csv", "duties.csv", "items.csv", "lines.csv", "topics.csv"];

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("rolecall-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    fs::copy(corpus.join("sources.toml"), folder.join("sources.toml")).expect("copied");
    for name in FILES {
        let text = fs::read_to_string(corpus.join(name)).expect("read");
        let head: String = text.split_inclusive('\n').take(40).collect();
        fs::write(folder.join(name), head).expect("written");
    }
    folder
});

fuzz_target!(|data: &[u8]| {
    let Some((&which, bytes)) = data.split_first() else { return };
    let calibration = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/calibration.toml");
    let path = match FILES.get(usize::from(which)) {
        Some(name) => FOLDER.join(name),
        None => FOLDER.join("calibration.toml"),
    };
    let before = fs::read(&path).ok();
    fs::write(&path, bytes).expect("written");
    let own = FOLDER.join("calibration.toml");
    let _ = train::train(&FOLDER, if path == own { &own } else { &calibration });
    if let Some(before) = before {
        fs::write(&path, before).expect("written");
    }
});
