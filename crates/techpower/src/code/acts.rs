//! Acts: the events of a study as they count for states and blocs.
//!
//! Events reach this stage as rows of `events.csv`, and, if the study asks for it, as coded from its texts. A row becomes one [`Act`] of the
//! state or bloc for which its sender counts (a firm for its home state, a member state for its bloc).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codebook::ActorKind;
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::Study;

/// On whom a state or bloc acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    /// Everyone: the act has no defined target.
    Everyone,
    /// A state or bloc.
    Unit(String),
    /// An organisation, or a firm that stands apart.
    Other(String),
}

impl Target {
    /// The id used in tables.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Target::Everyone => "*",
            Target::Unit(id) | Target::Other(id) => id,
        }
    }
}

/// An act of a state or bloc.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Position in [`Study::events`].
    pub row: usize,
    /// State or bloc for which the sender counts.
    pub unit: String,
    /// On whom, without repetition; empty if on no one.
    pub targets: Vec<Target>,
    /// Position of the type in [`crate::codebook::Codebook::types`]; `None` if the act exercises no power.
    pub power: Option<usize>,
    /// Position of the mode in the codebook.
    pub mode: usize,
    /// Position of the status in the codebook.
    pub status: usize,
    /// Year.
    pub year: i16,
    /// Of an act that a coder found and nobody checked: the position of the coded type among the categories of its
    /// [`Confusion`](super::agreement::correction::Confusion), as [`super::errors`] sets it.
    pub coded: Option<usize>,
}

/// The acts of a study. Rows of one event whose senders count for the same unit are one act of that unit, with the targets of all
/// and the mode, status and date of the row that weighs most.
///
/// Senders that count for no unit (organisations) have no act; their rows stay in the table of events. Acts are sorted by event, unit and type, so
/// that what is drawn of them does not depend on the order of rows.
#[must_use]
pub fn acts(study: &Study) -> (Vec<Act>, Notes) {
    let mut notes = Notes::new();
    let codebook = &study.codebook;
    let mut acts: Vec<Act> = Vec::new();
    let mut strengths: Vec<(f64, &str)> = Vec::new();
    let mut known: BTreeMap<(&str, &str, Option<usize>), usize> = BTreeMap::new();
    let mut firms = 0;
    for (row, event) in study.events.iter().enumerate() {
        let Some(unit) = study.unit_of(&event.sender) else { continue };
        let power = codebook.types.iter().position(|t| t.id == event.power);
        let (Some(mode), Some(status)) = (
            codebook.modes.iter().position(|m| m.id == event.mode),
            codebook.statuses.iter().position(|s| s.id == event.status),
        ) else {
            continue;
        };
        if study.actors.get(&event.sender).is_some_and(|actor| actor.kind == ActorKind::Firm) {
            firms += 1;
        }
        let mut targets: Vec<Target> = event
            .targets
            .iter()
            .filter(|id| *id != "-")
            .map(|id| match (id.as_str(), study.unit_of(id)) {
                ("*", _) => Target::Everyone,
                (_, Some(unit)) => Target::Unit(unit.to_owned()),
                (id, None) => Target::Other(id.to_owned()),
            })
            .collect();
        let strength = codebook.modes[mode].weight.min(codebook.statuses[status].weight);
        let act = Act {
            row,
            unit: unit.to_owned(),
            targets: Vec::new(),
            power,
            mode,
            status,
            year: event.date.year(),
            coded: None,
        };
        let at = *known.entry((event.event.as_str(), unit, power)).or_insert_with(|| {
            acts.push(act.clone());
            strengths.push((strength, event.sender.as_str()));
            acts.len() - 1
        });
        acts[at].targets.append(&mut targets);
        // Of joint rows the strongest speaks, so that the order of rows does not matter.
        let (best, sender) = strengths[at];
        if strength > best || (strength == best && event.sender.as_str() < sender) {
            let targets = std::mem::take(&mut acts[at].targets);
            acts[at] = Act { targets, ..act };
            strengths[at] = (strength, &event.sender);
        }
    }
    for act in &mut acts {
        act.targets.sort();
        act.targets.dedup();
    }
    let key = |act: &Act| (study.events[act.row].event.clone(), act.unit.clone(), act.power);
    acts.sort_by_cached_key(key);
    if firms > 0 {
        notes.push(
            Note::new(Kind::FirmsCounted, "code", Place::file("tables/events.csv")).with("count", firms),
        );
    }
    (acts, notes)
}
