//! Rules of grammar, as data on the codebook's pages: what stands around an actor's name says which part the actor has in the act.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::Lang;

/// A page of rules: its patterns, or, if it has none, a list of words (the page's cues) that mean what the page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Id.
    pub id: String,
    /// Patterns in the order of the page.
    pub patterns: Vec<Pattern>,
    /// The actor that a text in a language means if it names no one who acts: a law in Chinese seldom says whose it is.
    pub implied: BTreeMap<Lang, String>,
}

/// The part that a pattern gives to an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleRole {
    /// Who acts.
    Sender,
    /// On whom.
    Target,
    /// With whom.
    Partner,
    /// Who says so.
    Speaker,
    /// Only mentioned.
    Bystander,
}

/// Where the name stands, seen from the word that carries the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Before it.
    Before,
    /// Behind it.
    After,
}

/// Whether the act is told actively or passively.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    /// Active.
    Active,
    /// Passive.
    Passive,
}

/// A condition on what stands around an actor's name. All that is stated must hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Id, unique over all pages.
    pub id: String,
    /// Position among all patterns: the first that fits decides.
    pub order: i64,
    /// Language.
    pub lang: Lang,
    /// The part it gives.
    pub role: RuleRole,
    /// Words of which one stands directly before the name, articles and adjectives set aside; empty for any.
    #[serde(default)]
    pub left: Vec<String>,
    /// Words of which one stands directly behind the name; empty for any.
    #[serde(default)]
    pub right: Vec<String>,
    /// Words of which one stands somewhere between the name and the end of the clause; empty for any.
    #[serde(default)]
    pub later: Vec<String>,
    /// Where the name stands.
    pub place: Option<Place>,
    /// Voice of the act.
    pub voice: Option<Voice>,
    /// Kinds of name: `state` (states, blocs and what stands for them), `firm`, `organisation`, `demonym`; empty for any.
    #[serde(default)]
    pub of: Vec<String>,
}
