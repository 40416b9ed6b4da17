//! Events as a table with a row a dyad.

use std::io::{self, Write};

use super::{dyads, place, rounded};
use crate::code::event::{Coded, Modality};

const HEADER: [&str; 21] = [
    "event",
    "sender",
    "target",
    "instrument",
    "layer",
    "power",
    "mode",
    "modality",
    "date",
    "granularity",
    "confidence",
    "uncertain",
    "document",
    "evidence",
    "evidence_in",
    "evidence_start",
    "evidence_end",
    "rule",
    "reported_by",
    "source_count",
    "sources",
];

/// A CSV file with a row for each dyad: sender and target of an event. An empty cell is unknown; `sources` are separated by `|`.
///
/// ```
/// use techpower::code::{Coder, Dyads};
/// use techpower::codebook::Codebook;
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let mut file = Vec::new();
/// let mut dyads = Dyads::new(&mut file).unwrap();
/// dyads.write(&coder.code(&document)).unwrap();
/// dyads.finish().unwrap();
/// let text = String::from_utf8(file).unwrap();
/// assert!(text.lines().nth(1).unwrap().starts_with("d#1,USA,CHN,export-control,"));
/// ```
pub struct Dyads<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Dyads<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// What writing gives.
    pub fn new(out: W) -> io::Result<Dyads<W>> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(HEADER)?;
        Ok(Dyads { writer })
    }

    /// Writes the dyads of a document.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write(&mut self, coded: &Coded) -> io::Result<()> {
        for event in &coded.events {
            let modality = match event.modality {
                Modality::Done => "done",
                Modality::Planned => "planned",
                Modality::Hypothetical => "hypothetical",
            };
            let (start, end) = event.evidence.points;
            for target in dyads(event) {
                self.writer.write_record([
                    event.event.as_str(),
                    event.sender.as_ref().map_or("", |party| &party.actor),
                    target.map_or("", |party| &party.actor),
                    &event.instrument,
                    &event.layer,
                    &event.power,
                    &event.mode,
                    modality,
                    &event.date.date,
                    event.date.granularity,
                    &rounded(event.overall).to_string(),
                    if event.uncertain { "1" } else { "0" },
                    &event.document,
                    &event.evidence.text,
                    place(&event.evidence),
                    &start.to_string(),
                    &end.to_string(),
                    &event.rule,
                    event.reported_by.as_ref().map_or("", |party| &party.actor),
                    &event.sources.len().to_string(),
                    &event.sources.join("|"),
                ])?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What writing gives.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
