//! What can go wrong with a command, and the exit code each has.

use std::error::Error;
use std::io;
use std::path::Path;

use techpower::diag::{Lang, Notes, Value, reason};

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
        /// The word that says so.
        word: &'static str,
        path: String,
        why: Value,
    },
    /// Something that should not happen.
    Internal(String),
}

impl Fault {
    pub(crate) fn unreadable(path: &Path, why: &(dyn Error + 'static)) -> Fault {
        Fault::file("unreadable", path, because(why))
    }

    pub(crate) fn unwritable(path: &Path, why: &(dyn Error + 'static)) -> Fault {
        Fault::file("unwritable", path, because(why))
    }

    /// Something that is not from a run stands where results belong.
    pub(crate) fn not_ours(path: &Path) -> Fault {
        Fault::file("not_ours", path, Value::Text(String::new()))
    }

    /// A study that was not run.
    pub(crate) fn not_run(study: &Path) -> Fault {
        Fault::file("not_run", study, Value::Text(String::new()))
    }

    /// The path of a study that is no folder.
    pub(crate) fn no_folder(path: &Path) -> Fault {
        match path.exists() {
            true => Fault::file("no_folder", path, Value::Text(String::new())),
            false => Fault::unreadable(path, &io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn file(word: &'static str, path: &Path, why: Value) -> Fault {
        Fault::File { word, path: path.display().to_string(), why }
    }

    /// Standard output cannot be written.
    pub(crate) fn silenced(why: &(dyn Error + 'static)) -> Fault {
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

/// An error of the system in our words, any other in its own.
fn because(why: &(dyn Error + 'static)) -> Value {
    match why.downcast_ref::<io::Error>() {
        Some(error) => Value::Told { en: reason(error, Lang::En), zh: reason(error, Lang::Zh) },
        None => Value::Text(why.to_string()),
    }
}
