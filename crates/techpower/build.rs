//! Tells Cargo that the builtin codebook lives outside the crate, and stamps the crate with a hash of its sources, so that
//! results computed by other code are never taken for current.

#![allow(clippy::disallowed_methods, reason = "a build script reads the sources it stamps")]

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=../../codebook");
    println!("cargo::rerun-if-changed=src");
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    files.sort();
    // FNV-1a, 64 bits.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        let text = std::fs::read(&file).unwrap_or_default();
        for byte in file.to_string_lossy().replace('\\', "/").bytes().chain(text) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=TECHPOWER_SOURCES={hash:016x}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
