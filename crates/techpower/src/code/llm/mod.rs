//! Coding by a language model: what it is asked, and what of its reply stands in the document. Nothing here sends anything; callers do.
//!
//! A model is never trusted. Every quote is looked for in the document and what is not there is left out with a note; every event is marked
//! for review, and its coder is `llm:` with the name of the model.

mod answer;
mod find;
mod prompt;
mod request;

pub use answer::Answers;
pub use prompt::prompt;
pub use request::{body, content, key, request, schema};

/// What decided an event that a language model coded.
pub(crate) const RULE: &str = "llm";
