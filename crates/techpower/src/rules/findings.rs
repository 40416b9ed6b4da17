//! Everything that a run of a study finds about its instruments.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::assess::{Ask, Assessed, Circumstances};
use super::bunching::{Bunching, Window};
use super::outcome::{Held, OUTCOMES};
use super::reach::{Reach, Weight};
use super::timeline::Stretch;
use super::{Moment, Rulebook, STAGE};
use crate::codebook::Codebook;
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::study::{RulesOptions, STUDY_FILE};
use crate::table::Files;

/// Objects that are drawn through time if the study names none.
const DRAWN: usize = 8;

/// What a study's instruments come to.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The instruments, lists and objects.
    pub book: Rulebook,
    /// Days of the verdicts.
    pub on: Vec<Date>,
    /// Verdicts, with reasons in English.
    pub verdicts: Vec<Assessed>,
    /// Reach of each instrument by the number of objects.
    pub reach: Vec<Reach>,
    /// How objects lie at lines.
    pub bunching: Vec<Bunching>,
    /// Verdicts through time on some objects.
    pub timelines: Vec<Stretch>,
    /// Known outcomes held against verdicts.
    pub outcomes: Vec<Held>,
}

/// Reads the instruments of a study and asks them everything that its outputs hold. Without instruments nothing is found.
#[must_use]
pub fn findings(files: &dyn Files, codebook: &Codebook, options: &RulesOptions) -> (Findings, Notes) {
    if !Rulebook::is_in(files) {
        return (Findings::default(), Notes::new());
    }
    let (mut book, mut notes) = Rulebook::read(files, codebook);
    notes.extend(book.sound());
    let mut on: Vec<Date> = options.on.iter().filter_map(|day| day.parse().ok()).collect();
    if on.is_empty() {
        on.extend(book.horizon());
    }
    let (moment, circumstances) = (Moment::default(), Circumstances::default());
    let ask = Ask { on: on.clone(), ..Ask::default() };
    let verdicts = book.assess_all(&ask, Lang::En);
    let reach = book.reaches(&on, moment, &circumstances, &Weight::Number);
    let bunching = book.bunching(Window::default(), moment);
    let timelines = timelines(&book, options, &mut notes);
    let outcomes = match files.open(OUTCOMES) {
        Ok(Some(_)) => {
            let (outcomes, own) = book.outcomes(files, OUTCOMES, Lang::En);
            notes.extend(own);
            outcomes
        }
        _ => Vec::new(),
    };
    (Findings { book, on, verdicts, reach, bunching, timelines, outcomes }, notes)
}

impl Findings {
    /// Whether the study has instruments.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.book.instruments.is_empty()
    }

    /// Bounds of what each act reaches, by the id of its event: of a first version its reach, of a later one the size of its bite, on the first day on which
    /// it applies. Of several instruments or versions that are one act the one that reaches most. An act of which no object of the study is touched,
    /// for certain or perhaps, is left out: the study's objects are then none that it is about.
    #[must_use]
    pub fn acts(&self) -> BTreeMap<String, (f64, f64)> {
        let mut acts: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let mut seen: std::collections::BTreeSet<(usize, usize)> = std::collections::BTreeSet::new();
        for reach in &self.reach {
            let version = &self.book.instruments[reach.instrument].versions[reach.version];
            // The first row of a version is of the first day on which it applies.
            if !seen.insert((reach.instrument, reach.version)) || reach.highest() == 0.0 {
                continue;
            }
            let (low, high) = match reach.bite {
                None => (reach.touched, reach.highest()),
                Some((low, high)) if low >= 0.0 => (low, high),
                Some((low, high)) if high <= 0.0 => (-high, -low),
                Some((low, high)) => (0.0, high.max(-low)),
            };
            for event in &version.events {
                let known = acts.entry(event.clone()).or_insert((0.0, 0.0));
                *known = (known.0.max(low), known.1.max(high.min(1.0)));
            }
        }
        acts
    }
}

/// Verdicts through time on the objects that the study names, or on those whose verdicts changed most, under the instruments that it names or all.
fn timelines(book: &Rulebook, options: &RulesOptions, notes: &mut Notes) -> Vec<Stretch> {
    let mut unknown = |kind: Kind, key: &str, id: &str, known: Vec<&str>| {
        let note = Note::new(kind, STAGE, Place::key(STUDY_FILE, key)).with("id", id);
        notes.push(note.near(id, known));
    };
    for id in options.under.iter().filter(|id| book.instrument(id).is_none()) {
        let known = book.instruments.iter().map(|instrument| instrument.id.as_str()).collect();
        unknown(Kind::NoSuchRule, "rules.under", id, known);
    }
    for id in options.shown.iter().filter(|id| book.object(id).is_none()) {
        let known = book.objects().iter().map(|object| object.id.as_str()).collect();
        unknown(Kind::UnknownObject, "rules.shown", id, known);
    }
    let of = |id: &str| {
        let (moment, circumstances) = (Moment::default(), Circumstances::default());
        book.timeline(id, &options.under, moment, &circumstances, Lang::En).unwrap_or_default()
    };
    if !options.shown.is_empty() {
        return options.shown.iter().flat_map(|id| of(id)).collect();
    }
    let turns = |stretches: &Vec<Stretch>| {
        let turn = |pair: &&[Stretch]| {
            let [one, two] = pair else { return false };
            one.assessed.instrument == two.assessed.instrument
                && one.assessed.verdict.kind != two.assessed.verdict.kind
        };
        stretches.windows(2).filter(turn).count()
    };
    let mut all: Vec<Vec<Stretch>> = book.objects().iter().map(|object| of(&object.id)).collect();
    all.sort_by_key(|stretches| std::cmp::Reverse(turns(stretches)));
    all.truncate(DRAWN);
    all.into_iter().filter(|stretches| turns(stretches) > 0).flatten().collect()
}
