//! What can go wrong with a command, and the exit code each has.

use std::path::Path;

use techpower::diag::{Lang, Notes};

use crate::words::say;

/// Exit code when everything was done.
pub(crate) const DONE: u8 = 0;
/// Exit code when there are notes of severity error.
pub(crate) const NOTES: u8 = 1;
/// Exit code when the command line cannot be followed.
pub(crate) const WRONG_USE: u8 = 2;

/// A command that could not be done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The study itself cannot be read; the notes say why.
    Notes(Box<Notes>),
    /// Wrong use: message and hint.
    Usage(String, String),
    /// A file cannot be read or written.
    File {
        /// `unreadable` or `unwritable`.
        word: &'static str,
        path: String,
        why: String,
    },
    /// Something that should not happen.
    Internal(String),
}

impl Fault {
    pub(crate) fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> Fault {
        Fault::File { word: "unreadable", path: path.display().to_string(), why: why.to_string() }
    }

    pub(crate) fn unwritable(path: &Path, why: &dyn std::fmt::Display) -> Fault {
        Fault::File { word: "unwritable", path: path.display().to_string(), why: why.to_string() }
    }

    /// Standard output cannot be written.
    pub(crate) fn silenced(why: &dyn std::fmt::Display) -> Fault {
        Fault::unwritable(Path::new("stdout"), why)
    }

    pub(crate) fn usage(lang: Lang, id: &str, args: &[(&str, &str)], hint: &str) -> Fault {
        let hint = if hint.is_empty() { String::new() } else { say(lang, hint, args) };
        Fault::Usage(say(lang, id, args), hint)
    }

    /// The exit code: 1 notes of severity error, 2 usage, 3 input unreadable, 4 internal.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Fault::Notes(_) => NOTES,
            Fault::Usage(..) => WRONG_USE,
            Fault::File { .. } => 3,
            Fault::Internal(_) => 4,
        }
    }
}
