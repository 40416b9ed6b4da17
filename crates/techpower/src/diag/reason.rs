//! Why a file or folder cannot be read or written, in words of both languages.

use std::io::{self, ErrorKind};
use std::sync::LazyLock;

use super::{Lang, Words};

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::parse(include_str!("reasons.toml")).expect("reasons.toml is checked by a test"));

/// What an error of the system comes to: in our words if it is a common one, else in those it has.
///
/// ```
/// use std::io::{Error, ErrorKind};
/// use techpower::diag::{Lang, reason};
/// assert_eq!(reason(&Error::from(ErrorKind::PermissionDenied), Lang::Zh), "没有权限");
/// assert_eq!(reason(&Error::other("out of paper"), Lang::Zh), "out of paper");
/// ```
#[must_use]
pub fn reason(error: &io::Error, lang: Lang) -> String {
    match id(error.kind()) {
        // An error with a message of its own says more than its kind.
        Some(id) if error.get_ref().is_none() => WORDS.text(id, lang).to_owned(),
        _ => error.to_string(),
    }
}

fn id(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "not_found",
        ErrorKind::PermissionDenied => "permission_denied",
        ErrorKind::AlreadyExists => "already_exists",
        ErrorKind::IsADirectory => "is_a_folder",
        ErrorKind::NotADirectory => "not_a_folder",
        ErrorKind::ReadOnlyFilesystem => "read_only",
        ErrorKind::StorageFull => "full",
        ErrorKind::InvalidData => "not_text",
        ErrorKind::TimedOut => "too_long",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_in_both_languages() {
        use ErrorKind::{
            AlreadyExists, InvalidData, IsADirectory, NotADirectory, NotFound, PermissionDenied,
            ReadOnlyFilesystem, StorageFull, TimedOut,
        };
        let kinds = [
            AlreadyExists,
            InvalidData,
            IsADirectory,
            NotADirectory,
            NotFound,
            PermissionDenied,
            ReadOnlyFilesystem,
            StorageFull,
            TimedOut,
        ];
        for kind in kinds {
            let error = io::Error::from(kind);
            let [en, zh] = [Lang::En, Lang::Zh].map(|lang| reason(&error, lang));
            assert!(!en.is_empty() && en.is_ascii(), "{kind:?}: {en}");
            assert!(!zh.is_empty() && !zh.is_ascii(), "{kind:?}: {zh}");
        }
        assert_eq!(WORDS.ids().count(), kinds.len());
        // What the system says itself is told in our words, too.
        let system = io::Error::from_raw_os_error(2);
        assert_eq!(reason(&system, Lang::En) == system.to_string(), system.kind() != NotFound);
    }
}
