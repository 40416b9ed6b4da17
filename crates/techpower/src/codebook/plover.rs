//! How acts of the codebook read in PLOVER, the ontology of political events.

use super::{Codebook, NONE, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::table::{Files, Table, Type, column, read_table};

/// Row that is about every instrument.
const ANY: &str = "*";
/// Categories with quad category and score of conflict and cooperation; `REQUEST`, which POLECAT has in place of `DEMAND`, has no published score.
const CATEGORIES: [(&str, u8, Option<f64>); 16] = [
    ("AGREE", 1, Some(4.2)),
    ("CONSULT", 1, Some(2.1)),
    ("SUPPORT", 1, Some(4.6)),
    ("CONCEDE", 1, Some(5.0)),
    ("COOPERATE", 2, Some(6.8)),
    ("AID", 2, Some(7.4)),
    ("RETREAT", 2, Some(7.6)),
    ("REQUEST", 3, None),
    ("ACCUSE", 3, Some(-2.0)),
    ("REJECT", 3, Some(-4.2)),
    ("THREATEN", 3, Some(-5.1)),
    ("PROTEST", 4, Some(-6.6)),
    ("SANCTION", 4, Some(-5.2)),
    ("MOBILIZE", 4, Some(-5.3)),
    ("COERCE", 4, Some(-7.2)),
    ("ASSAULT", 4, Some(-9.3)),
];
const EVENTS: &[&str] = &[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
];

/// `plover.csv`.
pub const PLOVER: Table = Table {
    name: "plover",
    en: "How acts read in PLOVER: of rows that fit, that of the instrument counts, else that of the type of power, else that of all.",
    zh: "各类行为在 PLOVER 本体中的对应：先取工具所在行，其次取权力类型所在行，最后取通用行。",
    key: &["of", "mode"],
    columns: &[
        column!(
            "of",
            Type::Text,
            required,
            "Instrument or type of power; * is every one.",
            "工具或权力类型；* 指全部。"
        ),
        column!("mode", Type::Id, required, "Mode.", "方式。"),
        column!(
            "event",
            Type::Choice(EVENTS),
            "Category of PLOVER; empty if none fits.",
            "PLOVER 类别；无对应者留空。"
        ),
        column!("event_mode", Type::Id, "Mode of the category.", "该类别的方式。"),
        column!("note", Type::Text, "Why.", "理由。"),
    ],
};

/// A row of `plover.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PloverRow {
    /// Instrument, type of power or `*`.
    pub of: String,
    /// Mode.
    pub mode: String,
    /// Category; empty if none fits.
    pub event: String,
    /// Mode of the category; empty if none fits.
    pub event_mode: String,
    /// Why.
    pub note: String,
}

/// An act in terms of PLOVER.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plover<'a> {
    /// Category.
    pub event: &'a str,
    /// Mode of the category, if one fits.
    pub event_mode: Option<&'a str>,
    /// 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.
    pub quad_code: u8,
    /// Score from -10, conflict, to 10, cooperation; `None` if the category has none.
    pub score: Option<f64>,
}

impl Codebook {
    /// What an act is in PLOVER (Halterman et al. 2023, "PLOVER and POLECAT: A New Political Event Ontology and Dataset"); `None` if nothing fits.
    /// Quad categories and scores are those of the manual of PLOVER.
    ///
    /// ```
    /// use techpower::codebook::Codebook;
    /// let (codebook, _) = Codebook::builtin();
    /// let act = codebook.plover("export-control", "impose").unwrap();
    /// assert_eq!((act.event, act.event_mode, act.quad_code), ("SANCTION", Some("discontinue"), 4));
    /// assert_eq!(codebook.plover("principles", "declare"), None);
    /// ```
    #[must_use]
    pub fn plover(&self, instrument: &str, mode: &str) -> Option<Plover<'_>> {
        let power = self.instrument(instrument).map_or(NONE, |instrument| instrument.power.as_str());
        let row = [instrument, power, ANY]
            .into_iter()
            .find_map(|of| self.plover.iter().find(|row| row.of == of && row.mode == mode))?;
        let (_, quad_code, score) = CATEGORIES.into_iter().find(|(name, ..)| *name == row.event)?;
        let event_mode = Some(row.event_mode.as_str()).filter(|mode| !mode.is_empty());
        Some(Plover { event: &row.event, event_mode, quad_code, score })
    }
}

/// Reads the table into the codebook, if there is one.
pub(super) fn read(
    files: &dyn Files,
    folder: &str,
    codebook: &mut Codebook,
    hasher: &mut blake3::Hasher,
    notes: &mut Notes,
) {
    let path = format!("{folder}/{}.csv", PLOVER.name);
    if !matches!(files.open(&path), Ok(Some(_))) {
        return;
    }
    let of: Vec<&str> = [ANY, NONE]
        .into_iter()
        .chain(codebook.types.iter().map(|power| power.id.as_str()))
        .chain(codebook.instruments.iter().map(|instrument| instrument.id.as_str()))
        .collect();
    let modes: Vec<&str> = codebook.modes.iter().map(|mode| mode.id.as_str()).collect();
    let mut rows = Vec::new();
    read_table(files, &path, &PLOVER, notes, |row, notes| {
        for (column, known) in [("of", &of), ("mode", &modes)] {
            let id = row.text(column);
            if !known.contains(&id) {
                let at = Place::cell(&path, row.line, column);
                let known = known.iter().copied();
                notes.push(Note::new(Kind::UnknownId, STAGE, at).with("id", id).near(id, known));
                return false;
            }
        }
        rows.push(PloverRow {
            of: row.text("of").to_owned(),
            mode: row.text("mode").to_owned(),
            event: row.text("event").to_owned(),
            event_mode: row.text("event_mode").to_owned(),
            note: row.text("note").to_owned(),
        });
        true
    });
    hasher.update(format!("{rows:?}").as_bytes());
    codebook.plover = rows;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_row_counts() {
        let (codebook, notes) = Codebook::builtin();
        assert!(notes.is_empty());
        let check = |instrument: &str, mode: &str, event: Option<&str>| {
            let found = codebook.plover(instrument, mode).map(|act| act.event);
            assert_eq!(found, event, "{instrument} {mode}");
        };
        check("export-control", "threaten", Some("THREATEN"));
        check("antitrust-countermeasure", "threaten", Some("ACCUSE"));
        check("capacity-building", "support", Some("AID"));
        check("initiative", "support", Some("SUPPORT"));
        // The row of the instrument says that nothing fits, although one of its type does.
        check("open-weight-release", "support", None);
        check("data-rule", "impose", None);
        check("no-such-instrument", "relax", Some("CONCEDE"));
        assert!(CATEGORIES.iter().map(|(name, ..)| *name).eq(EVENTS.iter().copied()));
    }
}
