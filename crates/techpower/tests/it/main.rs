//! Tests of the library from outside, one module per subject.
#![allow(clippy::disallowed_methods, missing_docs, reason = "tests may read files")]

mod agreement;
mod architecture;
mod codebook;
mod coding;
mod extraction;
mod format;
mod game;
mod imports;
mod infer;
mod measure;
mod network;
mod package;
mod parity;
mod relate;
mod relate_properties;
mod rules;
mod sensitivity;
mod small;
mod study;
mod text;
mod trade;
