//! Codings out: JSON lines, CSV, PLOVER records and projects for other QDA software. One document is written at a time.

mod dyads;
mod jsonl;
mod plover;
mod qda;

pub use dyads::Dyads;
pub use jsonl::write_jsonl;
pub use plover::write_plover;
pub use qda::QdaProject;

use super::event::{Event, Party, Quote};
use crate::codebook::Codebook;

/// By what a document was coded.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Name and version of the coder.
    pub coder: &'a str,
    /// Codebook.
    pub codebook: &'a Codebook,
}

impl Made<'_> {
    /// Name and version of the codebook.
    fn codebook_name(&self) -> String {
        format!("{} {}", self.codebook.id, self.codebook.version)
    }
}

/// The dyads of an event: each target, or one of unknown target.
fn dyads(event: &Event) -> impl Iterator<Item = Option<&Party>> {
    let none = event.targets.is_empty().then_some(None);
    event.targets.iter().map(Some).chain(none)
}

/// Title or text.
fn place(quote: &Quote) -> &'static str {
    if quote.in_title { "title" } else { "text" }
}

/// A probability with as many digits as mean anything.
fn rounded(probability: f64) -> f64 {
    (probability * 1e6).round() / 1e6
}
