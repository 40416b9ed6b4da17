//! One act is one event, however many reports tell it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::event::{Coded, Event, Reason};
use super::sketch::Sketch;
use crate::table::When;
use crate::text::Document;

/// Bands of a sketch and numbers in each: stories alike by 0.8 share a band with probability 1 - (1 - 0.8^6)^21 = 0.998, stories alike by 0.3 with
/// 0.015 (Leskovec, Rajaraman and Ullman 2020, "Mining of Massive Datasets", section 3.4). Who shares one is then held against the bound.
const BANDS: usize = 21;
const ROWS: usize = 6;
/// No story.
const NONE: u32 = u32::MAX;

/// When two reports tell the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sameness {
    /// Most days between two reports of one act.
    pub days: u32,
    /// Least Jaccard similarity of two versions of one story.
    pub similarity: f64,
    /// Whether acts of different modes are told apart, such as a threat and what was threatened.
    pub by_mode: bool,
}

impl Default for Sameness {
    fn default() -> Sameness {
        Sameness { days: 7, similarity: 0.8, by_mode: false }
    }
}

/// Finds reports of the same story and events that are the same act, in two steps:
///
/// 1. A story whose text is nearly that of an earlier one is kept out and counts as a source of the events of the earlier one. Stories whose
///    dates are known and lie further apart than the window are different stories.
/// 2. Of events with the same sender, targets, type of power and instrument that certainly took place within the window the first is kept, with the
///    documents of all as sources. What lacks a sender or a day is never merged in this step.
///
/// Earlier is by date, then by id, so that the result does not depend on the order in which documents are added. It keeps about 1 KB a story and no
/// text: all documents are added first, and then what was coded is gone through once more.
///
/// ```
/// use techpower::code::{Coder, Duplicates, Sameness, Sketch};
/// use techpower::codebook::Codebook;
/// # use techpower::text::Document;
/// # let document = |id: &str, date: &str, text: &str| Document { id: id.to_owned(), lang: None, date: date.parse().ok(),
/// #     title: String::new(), text: text.to_owned(), source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let documents = [
///     document("a", "2024-05-01", "The United States imposed export controls on advanced chips sold to China."),
///     document("b", "2024-05-03", "Export controls on advanced chips were imposed on China by the United States."),
/// ];
/// let mut coded: Vec<_> = documents.iter().map(|document| coder.code(document)).collect();
/// let mut duplicates = Duplicates::new(Sameness::default());
/// for (document, coded) in documents.iter().zip(&coded) {
///     duplicates.add(document, Sketch::of(document), coded);
/// }
/// let merged = duplicates.finish();
/// for (story, coded) in coded.iter_mut().enumerate() {
///     merged.apply(story, coded);
/// }
/// assert_eq!(coded[0].events[0].sources, ["a", "b"]);
/// assert!(coded[1].events.is_empty());
/// ```
#[derive(Debug)]
pub struct Duplicates {
    same: Sameness,
    stories: Vec<Story>,
}

#[derive(Debug)]
struct Story {
    document: String,
    hash: String,
    days: Option<Days>,
    sketch: Option<Sketch>,
    rows: Vec<Row>,
}

/// A row of an event: the event as one of its senders did it.
#[derive(Debug)]
struct Row {
    event: String,
    /// Hash of what must be the same; `None` if the sender is unknown.
    key: Option<u64>,
    days: Option<Days>,
}

/// First and last day, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Days {
    first: i32,
    last: i32,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Kept(Vec<u32>),
    Same { story: u32, row: u32 },
}

/// What was dropped, and what stands for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// Document that was dropped or of which an event was.
    pub document: String,
    /// Event that was dropped; `None` if the whole document was.
    pub event: Option<String>,
    /// The event that stands for it; if the whole document was dropped, the document.
    pub by: String,
    /// Likeness of the texts, if the whole document was dropped.
    pub similarity: Option<f64>,
}

/// What [`Duplicates`] found.
#[derive(Debug)]
pub struct Merged {
    stories: Vec<Story>,
    /// For each story the one it repeats and how like it is.
    repeats: Vec<Option<(u32, f64)>>,
    /// The stories that repeat a story, from the earliest on.
    copies: BTreeMap<u32, Vec<u32>>,
    fates: Vec<Vec<Fate>>,
}

impl Duplicates {
    /// Nothing added yet.
    #[must_use]
    pub fn new(same: Sameness) -> Duplicates {
        Duplicates { same, stories: Vec::new() }
    }

    /// Adds a document with its sketch, which may be made on another thread, and what was coded in it. Returns its number, counted from 0.
    pub fn add(&mut self, document: &Document, sketch: Option<Sketch>, coded: &Coded) -> usize {
        self.stories.push(Story {
            document: document.id.clone(),
            hash: coded.hash.clone(),
            days: document.date.map(Days::of),
            sketch,
            rows: coded.events.iter().map(|event| self.row(event)).collect(),
        });
        self.stories.len() - 1
    }

    /// Finds what is the same.
    #[must_use]
    pub fn finish(mut self) -> Merged {
        let order = self.order();
        let mut repeats = self.repeats(&order);
        let copies = self.copies(&order, &mut repeats);
        let mut fates: Vec<Vec<Fate>> =
            self.stories.iter().map(|story| vec![Fate::Kept(Vec::new()); story.rows.len()]).collect();
        let groups = self.groups(&order, &repeats);
        for mut rows in groups {
            rows.sort_by_key(|(days, rank, _, row)| (*days, *rank, *row));
            let mut kept: Vec<(Days, u32, u32)> = Vec::new();
            for (days, _, story, row) in rows {
                let same = kept.iter().rev().find(|(other, ..)| days.within(*other, self.same.days));
                match same {
                    Some((_, first, at)) => {
                        fates[story as usize][row as usize] = Fate::Same { story: *first, row: *at };
                        if let Fate::Kept(others) = &mut fates[*first as usize][*at as usize] {
                            others.push(story);
                        }
                    }
                    None => kept.push((days, story, row)),
                }
            }
        }
        for story in &mut self.stories {
            story.sketch = None;
        }
        Merged { stories: self.stories, repeats, copies, fates }
    }

    fn row(&self, event: &Event) -> Row {
        let mut targets: Vec<&str> = event.targets.iter().map(|party| party.actor.as_str()).collect();
        targets.sort_unstable();
        targets.dedup();
        let mode = if self.same.by_mode { event.mode.as_str() } else { "" };
        let key = event.sender.as_ref().map(|sender| {
            let mut hasher = blake3::Hasher::new();
            for part in
                [sender.actor.as_str(), &event.power, &event.instrument, mode].into_iter().chain(targets)
            {
                hasher.update(part.as_bytes()).update(&[0x1f]);
            }
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            u64::from_le_bytes(bytes)
        });
        Row { event: event.event.clone(), key, days: event.date.date.parse().ok().map(Days::of) }
    }

    /// Stories from the earliest on, those without a date last. Of two of a day one that tells an event comes first.
    fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.stories.len() as u32).collect();
        order.sort_by_key(|at| {
            let story = &self.stories[*at as usize];
            (story.days.is_none(), story.days, story.rows.is_empty(), &story.document, &story.hash)
        });
        order
    }

    /// The earlier story that each story repeats, with its similarity.
    fn repeats(&self, order: &[u32]) -> Vec<Option<(u32, f64)>> {
        let mut repeats = vec![None; self.stories.len()];
        // The last story kept with a band, and for each story the one before it with the same band.
        let mut last: HashMap<(u8, u32), u32> = HashMap::new();
        let mut before: Vec<[u32; BANDS]> = vec![[NONE; BANDS]; self.stories.len()];
        let mut near: Vec<u32> = Vec::new();
        for (rank, number) in order.iter().enumerate() {
            let story = &self.stories[*number as usize];
            let Some(sketch) = &story.sketch else { continue };
            let bands: [u32; BANDS] = std::array::from_fn(|band| sketch.band(band * ROWS, ROWS));
            near.clear();
            for (band, hash) in bands.iter().enumerate() {
                let mut at = last.get(&(band as u8, *hash)).copied().unwrap_or(NONE);
                while at != NONE {
                    near.push(at);
                    at = before[at as usize][band];
                }
            }
            near.sort_unstable();
            near.dedup();
            let mut best: Option<(u32, f64)> = None;
            for other in &near {
                let earlier = &self.stories[order[*other as usize] as usize];
                let apart = earlier.days.zip(story.days).is_some_and(|(a, b)| a.apart(b) > self.same.days);
                let Some(similarity) = earlier.sketch.as_ref().map(|other| sketch.similarity(other)) else {
                    continue;
                };
                if !apart
                    && similarity >= self.same.similarity
                    && best.is_none_or(|(_, most)| similarity > most)
                {
                    best = Some((order[*other as usize], similarity));
                }
            }
            if best.is_some() {
                repeats[*number as usize] = best;
                continue;
            }
            for (band, hash) in bands.iter().enumerate() {
                let place = last.entry((band as u8, *hash)).or_insert(NONE);
                before[rank][band] = *place;
                *place = rank as u32;
            }
        }
        repeats
    }

    /// The stories that repeat each story. Where the earliest tells no event and another does, the first that does takes its place.
    fn copies(&self, order: &[u32], repeats: &mut [Option<(u32, f64)>]) -> BTreeMap<u32, Vec<u32>> {
        let mut copies: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for at in order {
            if let Some((of, _)) = repeats[*at as usize] {
                copies.entry(of).or_default().push(*at);
            }
        }
        let mute: Vec<u32> =
            copies.keys().copied().filter(|at| self.stories[*at as usize].rows.is_empty()).collect();
        for first in mute {
            let Some(mut others) = copies.remove(&first) else { continue };
            let telling = others.iter().position(|at| !self.stories[*at as usize].rows.is_empty());
            let teller = telling.map_or(first, |at| others.remove(at));
            if teller != first {
                others.insert(0, first);
                repeats[teller as usize] = None;
                for at in &others {
                    let sketch = |at: u32| self.stories[at as usize].sketch.as_ref();
                    let likeness = sketch(*at).zip(sketch(teller)).map_or(0.0, |(a, b)| a.similarity(b));
                    repeats[*at as usize] = Some((teller, likeness));
                }
            }
            copies.insert(teller, others);
        }
        copies
    }

    /// Rows that agree in all but the day: day, rank of the story, story and row.
    fn groups(&self, order: &[u32], repeats: &[Option<(u32, f64)>]) -> Vec<Vec<(Days, u32, u32, u32)>> {
        let mut groups: BTreeMap<u64, Vec<(Days, u32, u32, u32)>> = BTreeMap::new();
        for (rank, number) in order.iter().enumerate() {
            if repeats[*number as usize].is_some() {
                continue;
            }
            for (at, row) in self.stories[*number as usize].rows.iter().enumerate() {
                if let (Some(key), Some(days)) = (row.key, row.days) {
                    groups.entry(key).or_default().push((days, rank as u32, *number, at as u32));
                }
            }
        }
        groups.into_values().collect()
    }
}

impl Days {
    fn of(when: When) -> Days {
        let count = |date: Date| (date - Date::constant(1970, 1, 1)).get_days();
        Days { first: count(when.from()), last: count(when.to()) - 1 }
    }

    /// Least number of days between two.
    fn apart(self, other: Days) -> u32 {
        (other.first - self.last).max(self.first - other.last).max(0).unsigned_abs()
    }

    /// Whether two lie within a number of days, whichever day of a month or year is meant.
    fn within(self, other: Days, days: u32) -> bool {
        (self.last.max(other.last) - self.first.min(other.first)).unsigned_abs() <= days
    }
}

impl Merged {
    /// Takes out of a document what another stands for, and tells each event left its sources. A document of which nothing is left has the reason
    /// [`Reason::Same`]. `story` is the number that [`Duplicates::add`] gave.
    pub fn apply(&self, story: usize, coded: &mut Coded) {
        let Some(fates) = self.fates.get(story) else { return };
        let before = coded.events.len();
        if self.repeats[story].is_some() {
            coded.events.clear();
        }
        let mut at = 0;
        coded.events.retain_mut(|event| {
            at += 1;
            match fates.get(at - 1) {
                Some(Fate::Kept(others)) => {
                    event.sources = self.sources(story, others);
                    true
                }
                Some(Fate::Same { .. }) => false,
                None => true,
            }
        });
        if coded.events.is_empty() && before > 0 {
            coded.reason = Some(Reason::Same);
        }
    }

    /// What was dropped, in the order in which documents were added.
    #[must_use]
    pub fn dropped(&self) -> Vec<Dropped> {
        let mut dropped = Vec::new();
        for (at, story) in self.stories.iter().enumerate() {
            if let Some((by, similarity)) = self.repeats[at] {
                dropped.push(Dropped {
                    document: story.document.clone(),
                    event: None,
                    by: self.stories[by as usize].document.clone(),
                    similarity: Some(similarity),
                });
                continue;
            }
            for (row, fate) in story.rows.iter().zip(&self.fates[at]) {
                if let Fate::Same { story: by, row: of } = fate {
                    dropped.push(Dropped {
                        document: story.document.clone(),
                        event: Some(row.event.clone()),
                        by: self.stories[*by as usize].rows[*of as usize].event.clone(),
                        similarity: None,
                    });
                }
            }
        }
        dropped
    }

    /// Documents of a story, of those that repeat it, and of others that tell the same act, with theirs.
    fn sources(&self, story: usize, others: &[u32]) -> Vec<String> {
        let mut sources: Vec<&str> = Vec::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for at in [story as u32].into_iter().chain(others.iter().copied()) {
            let copies = self.copies.get(&at).into_iter().flatten().copied();
            for story in [at].into_iter().chain(copies) {
                let document = self.stories[story as usize].document.as_str();
                if known.insert(document) {
                    sources.push(document);
                }
            }
        }
        sources.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests;
