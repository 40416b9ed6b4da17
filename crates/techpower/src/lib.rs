//! techpower turns an argument about technology power into something you can run.
//!
//! The library is pure: it reads no file, clock, environment or network and prints nothing; only [`disk`]
//! opens files. Every stage is a module, listed here in reading order; a stage may use the stages above it
//! and never one below (a test checks this). Bad data is not an error: stages return their result together
//! with [`diag::Notes`].
//!
//! ```
//! use techpower::{codebook::Codebook, diag::Lang};
//! let (codebook, notes) = Codebook::builtin();
//! assert!(notes.is_empty());
//! assert_eq!(codebook.name("compulsory", Lang::En), Some("Compulsory technology power"));
//! ```
#![warn(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

pub mod diag;
pub mod num;
pub mod table;
pub mod text;
pub mod codebook;
pub mod study;
pub mod import;
pub mod code;
pub mod rules;
pub mod measure;
pub mod relate;
pub mod infer;
pub mod claims;
pub mod package;
pub mod report;
pub mod disk;
