//! The tables of events and of those who take them up.

use std::collections::BTreeSet;

use super::Load;
use crate::diag::{Kind, Notes};
use crate::study::links::{known, known_actor, ordered, unknown};
use crate::study::{Endorsement, Endorsers, EventRow, Keep, Study, schema};
use crate::table::Row;

/// Whether the text of a row was issued in an event of the study; a note if not.
fn issued(study: &Study, row: &Row<'_>, events: &BTreeSet<String>, notes: &mut Notes) -> bool {
    let text = row.text("text");
    let issued = events.contains(text);
    if !issued {
        notes.push(unknown(study, "events", Kind::UnknownEvent, text, row.place("text"), events));
    }
    issued
}

impl Load<'_> {
    /// Reads events and returns the ids of all good ones.
    pub(super) fn events(&mut self) -> BTreeSet<String> {
        let keep = self.keep;
        let mut ids = BTreeSet::new();
        self.table(&schema::EVENTS, |row, study, notes| {
            let codebook = &study.codebook;
            let mut good = known_actor(study, row, "sender", row.text("sender"), notes);
            let targets = row.list("targets");
            for target in targets.iter().filter(|id| *id != "*" && *id != "-") {
                good &= known_actor(study, row, "targets", target, notes);
            }
            let instruments = codebook.instruments.iter().map(|i| i.id.as_str());
            good &= known(instruments, Kind::UnknownInstrument, row, "instrument", notes);
            good &=
                known(codebook.layers.iter().map(|l| l.id.as_str()), Kind::UnknownLayer, row, "layer", notes);
            let types = codebook.types.iter().map(|t| t.id.as_str()).chain(["none"]);
            good &= known(types, Kind::UnknownPower, row, "power", notes);
            good &=
                known(codebook.modes.iter().map(|m| m.id.as_str()), Kind::UnknownMode, row, "mode", notes);
            good &= known(
                codebook.statuses.iter().map(|s| s.id.as_str()),
                Kind::UnknownStatus,
                row,
                "status",
                notes,
            );
            if !good {
                return false;
            }
            if targets.len() > 1 && targets.iter().any(|id| id == "*" || id == "-") {
                notes.push(row.note(Kind::MixedTargets, "targets").with("text", row.text("targets")));
                return false;
            }
            let expected = codebook.instrument(row.text("instrument")).map_or("", |i| i.power.as_str());
            if expected != row.text("power") {
                notes.push(
                    row.note(Kind::PowerNotOfInstrument, "power")
                        .with("power", row.text("power"))
                        .with("instrument", row.text("instrument"))
                        .with("expected", expected),
                );
            }
            if targets.iter().any(|id| id == row.text("sender"))
                && row.text("power") != "none"
                && targets.len() == 1
            {
                notes.push(row.note(Kind::ActsOnItself, "targets").with("id", row.text("sender")));
            }
            let date = row.date("date");
            let about = &study.options.about;
            if date.year() < about.from || date.year() > about.to {
                notes.push(
                    row.note(Kind::DateOutsideStudy, "date")
                        .with("date", date)
                        .with("from", about.from)
                        .with("to", about.to),
                );
            }
            ids.insert(row.text("event").to_owned());
            if keep == Keep::Rows {
                let text = |column: &str| row.text(column).to_owned();
                study.events.push(EventRow {
                    event: text("event"),
                    date,
                    sender: text("sender"),
                    targets,
                    instrument: text("instrument"),
                    layer: text("layer"),
                    power: text("power"),
                    mode: text("mode"),
                    status: text("status"),
                    document: text("document"),
                    evidence: text("evidence"),
                    evidence_zh: text("evidence_zh"),
                    coder: text("coder"),
                    certainty: text("certainty"),
                    reference: text("reference"),
                    note: text("note"),
                });
            }
            true
        });
        ids
    }

    pub(super) fn endorsements(&mut self, events: &BTreeSet<String>) {
        let keep = self.keep;
        self.table(&schema::ENDORSEMENTS, |row, study, notes| {
            let good = issued(study, row, events, notes)
                & known_actor(study, row, "actor", row.text("actor"), notes);
            if good && keep == Keep::Rows {
                study.endorsements.push(Endorsement {
                    text: row.text("text").to_owned(),
                    actor: row.text("actor").to_owned(),
                    date: row.date("date"),
                    reference: row.text("reference").to_owned(),
                    act: row.text("act").to_owned(),
                });
            }
            good
        });
    }

    pub(super) fn endorsers(&mut self, events: &BTreeSet<String>) {
        let keep = self.keep;
        self.table(&schema::ENDORSERS, |row, study, notes| {
            let [low, high, eligible] = ["low", "high", "eligible"].map(|column| row.number(column));
            let good = issued(study, row, events, notes) & ordered(row, low, high, eligible, notes);
            if good && keep == Keep::Rows {
                // A fraction of a state is none.
                let whole = |count: Option<f64>| count.unwrap_or(0.0) as u32;
                study.endorsers.push(Endorsers {
                    text: row.text("text").to_owned(),
                    low: whole(low),
                    high: whole(high),
                    eligible: whole(eligible),
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }
}
