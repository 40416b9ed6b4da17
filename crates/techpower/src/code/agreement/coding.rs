//! What a coder says of documents.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Span;

/// An event that a coder found in a document. What is `None`, or a list without members, is unknown: the coder did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// Id of the document.
    pub document: String,
    /// Who acts; joint senders are separated by `|`.
    pub sender: Option<String>,
    /// On whom; `*` is everyone, `-` no one.
    pub targets: Vec<String>,
    /// By what.
    pub instrument: Option<String>,
    /// On which layer.
    pub layer: Option<String>,
    /// Type of power.
    pub power: Option<String>,
    /// How.
    pub mode: Option<String>,
    /// The words that show it.
    pub evidence: Option<String>,
    /// Where they begin, in code points.
    pub evidence_start: Option<usize>,
    /// One past where they end.
    pub evidence_end: Option<usize>,
    /// Whether the coder was in doubt.
    pub uncertain: bool,
}

impl Coding {
    /// Where the evidence lies, if known.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        Span::new(self.evidence_start?, self.evidence_end?)
    }

    /// The targets as a set: `-` is a set without members. `None` if unknown.
    #[must_use]
    pub fn target_set(&self) -> Option<BTreeSet<String>> {
        let set = || self.targets.iter().filter(|id| *id != "-").cloned().collect();
        (!self.targets.is_empty()).then(set)
    }

    /// Who acts, joint senders in alphabetical order.
    #[must_use]
    pub fn senders(&self) -> Option<String> {
        let sender = self.sender.as_deref()?;
        let parts: BTreeSet<&str> = sender.split('|').map(str::trim).filter(|id| !id.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.into_iter().collect::<Vec<&str>>().join("|"))
    }

    /// The event in a few words: who on whom, by what.
    #[must_use]
    pub fn brief(&self) -> String {
        let known = |field: &Option<String>| field.clone().unwrap_or_else(|| "?".to_owned());
        let targets = if self.targets.is_empty() { "?".to_owned() } else { self.targets.join("|") };
        format!(
            "{} > {}: {} ({}, {})",
            known(&self.sender),
            targets,
            known(&self.instrument),
            known(&self.power),
            known(&self.mode)
        )
    }
}

/// A document as coded: with its events, or with none if the coder found none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    /// Id of the document.
    pub document: String,
    /// The events.
    pub codings: Vec<Coding>,
}

/// A coder and the documents that it coded. A document that is not among them was not coded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coder {
    /// Name.
    pub name: String,
    /// The documents.
    pub coded: Vec<Coded>,
}
