//! The coder: from a document to the events that it tells.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::describe::Looked;
use super::event::{Coded, Event, Passed, Reason};
use super::feature::Known;
use super::lexicon::{Lexicon, Sense};
use super::reading::{Reading, Unit};
use super::roles::{self, Candidate, Grammar, Told};
use super::scorer::Scorer;
use super::telling::quote;
use crate::codebook::{Actor, Codebook, NONE, NameKind, RuleRole};
use crate::diag::Lang;
use crate::text::Document;

/// Target that is everyone.
pub(crate) const EVERYONE: &str = "*";
/// Target that is no one.
pub(crate) const NO_ONE: &str = "-";
/// Bytes between a word of negation and the act that it governs.
const NEGATION_REACH: usize = 24;
/// How likely a further event of a document must be.
const SECOND: f64 = 0.97;
/// Sentences around one in which a word of a layer makes it one about technology.
pub(crate) const TOPIC_NEAR: usize = 2;

/// Heads of the scorer.
pub(crate) const HEADS: [&str; 9] =
    ["event", "power", "mode", "layer", "instrument", "reach", "sender", "target", "evidence"];
pub(crate) const YES: usize = 0;
pub(crate) const REACH: [&str; 4] = ["named", "everyone", "no-one", "home"];

/// Codes documents by a codebook: its cues, names and patterns, and, where one is given, a scorer.
pub struct Coder {
    pub(crate) lexicon: Lexicon,
    pub(crate) grammar: Grammar,
    /// With the type of power of each.
    pub(crate) instruments: Vec<(Known, Known)>,
    pub(crate) powers: Vec<Known>,
    pub(crate) modes: Vec<Known>,
    pub(crate) layers: Vec<Known>,
    pub(crate) statuses: Vec<Known>,
    pub(crate) words: Vec<Known>,
    implied: BTreeMap<Lang, String>,
    scorer: Option<Scorer>,
    /// What was used for documents before and serves the next.
    idle: Mutex<Vec<Work>>,
    /// Name and version, as each event tells them.
    name: String,
}

/// A sentence that was judged to tell an event.
pub(crate) struct Judged {
    pub(crate) unit: usize,
    pub(crate) event: f64,
    pub(crate) power: (usize, f64),
    pub(crate) mode: (usize, f64),
    pub(crate) layer: (usize, f64),
    pub(crate) instrument: (usize, f64),
    pub(crate) senders: Vec<Part>,
    pub(crate) targets: Vec<Part>,
    pub(crate) reach: f64,
    pub(crate) by_rule: bool,
    /// The sentences in which the parts are named.
    pub(crate) told: BTreeMap<usize, Told>,
}

impl Judged {
    /// The likeliest sender.
    fn sender(&self) -> Option<&str> {
        self.senders.first().map(|sender| sender.actor.as_str())
    }
}

/// A part in an act with its probability; `None` for everyone and no one.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) actor: String,
    pub(crate) candidate: Option<Candidate>,
    pub(crate) probability: f64,
}

impl Coder {
    /// A coder for a codebook and the actors of a study. Without a scorer the rules decide alone.
    #[must_use]
    pub fn new(codebook: &Codebook, further: &BTreeMap<String, Actor>, scorer: Option<Scorer>) -> Coder {
        let pages = |kind: &str| -> Vec<Known> {
            codebook.pages.iter().filter(|page| page.kind == kind).map(|page| Known::new(&page.id)).collect()
        };
        let types = codebook.types.iter().map(|t| t.id.as_str());
        Coder {
            lexicon: Lexicon::new(codebook, further),
            grammar: Grammar::new(codebook),
            instruments: pages("instrument")
                .into_iter()
                .map(|id| {
                    let power = codebook.instrument(&id.text).map_or(NONE, |i| i.power.as_str());
                    (id, Known::new(power))
                })
                .collect(),
            powers: types.chain([NONE]).map(Known::new).collect(),
            modes: pages("mode"),
            layers: pages("layer"),
            statuses: pages("status"),
            words: pages("rule"),
            implied: codebook.rules.iter().flat_map(|rule| rule.implied.clone()).collect(),
            name: format!("techpower {}", env!("CARGO_PKG_VERSION")),
            scorer,
            idle: Mutex::default(),
        }
    }

    /// Name and version.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scorer, if the coder has one.
    #[must_use]
    pub fn scorer(&self) -> Option<&Scorer> {
        self.scorer.as_ref()
    }

    /// Codes a document.
    #[must_use]
    pub fn code(&self, document: &Document) -> Coded {
        self.code_with(document, None)
    }

    /// Codes a document or a part of one; `hash` is that of the document.
    pub(super) fn code_part(
        &self,
        document: &Document,
        hash: &str,
        mut passed: Option<&mut dyn FnMut(Passed)>,
    ) -> Coded {
        let mut work = self.idle.lock().ok().and_then(|mut idle| idle.pop()).unwrap_or_default();
        let mut reading = std::mem::take(&mut work.reading);
        reading.read(document, &self.lexicon);
        let mut best: Option<(Reason, Option<f64>)> = None;
        let mut judged: Vec<Judged> = Vec::new();
        let mut pass = |unit: usize, reason: Reason, probability: Option<f64>| {
            if best.is_none_or(|best| (reason, probability.unwrap_or(0.0)) > (best.0, best.1.unwrap_or(0.0)))
            {
                best = Some((reason, probability));
            }
            if let Some(passed) = &mut passed {
                passed(Passed {
                    sentence: quote(&reading, document, &reading.units[unit].range),
                    reason,
                    probability,
                });
            }
        };
        work.looked.begin(reading.units.len());
        for unit in 0..reading.units.len() {
            match self.judge(&reading, unit, &mut work) {
                Ok(found) => judged.push(found),
                Err((reason, probability)) => pass(unit, reason, probability),
            }
        }
        for repeated in self.choose(&reading, &mut judged) {
            pass(repeated.unit, Reason::Same, Some(repeated.event));
        }
        let mut events = Vec::new();
        for (number, judged) in judged.iter().enumerate() {
            self.events(&reading, document, hash, number + 1, judged, &mut events);
        }
        let (reason, probability) = match best {
            _ if !events.is_empty() => (None, events.first().map(|event: &Event| event.confidence.event)),
            Some((reason, probability)) => (Some(reason), probability),
            None if document.text.trim().is_empty() && document.title.trim().is_empty() => {
                (Some(Reason::Empty), None)
            }
            None => (Some(Reason::Language), None),
        };
        work.reading = reading;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(work);
        }
        Coded { document: document.id.clone(), hash: hash.to_owned(), events, reason, probability }
    }

    /// Of sentences that tell the same act the surest stays, sentences that tell an act of their own before the title, and the title before those that
    /// only name somebody; what is left is in this order.
    fn choose(&self, reading: &Reading, judged: &mut Vec<Judged>) -> Vec<Judged> {
        let in_title = |one: &Judged| reading.units[one.unit].in_title;
        let rank = |one: &Judged| match (in_title(one), self.acts(&reading.units[one.unit])) {
            (false, true) => 0,
            (true, _) => 1,
            (false, false) => 2,
        };
        judged.sort_by(|a, b| {
            rank(a).cmp(&rank(b)).then(b.event.total_cmp(&a.event)).then(a.unit.cmp(&b.unit))
        });
        let mut kept: Vec<Judged> = Vec::new();
        let mut repeated = Vec::new();
        for one in judged.drain(..) {
            // A sentence beside one that tells an act of the same sender goes on about it; a second act must be told surely.
            let again = !kept.is_empty() && (in_title(&one) || one.event < self.setting("second", SECOND))
                || kept.iter().any(|other| {
                    let beside = other.unit.abs_diff(one.unit) <= 1;
                    other.sender() == one.sender() && (beside || other.instrument.0 == one.instrument.0)
                });
            if again {
                repeated.push(one);
            } else {
                kept.push(one);
            }
        }
        *judged = kept;
        repeated
    }

    pub(crate) fn setting(&self, name: &str, default: f64) -> f64 {
        self.scorer.as_ref().and_then(|scorer| scorer.setting(name)).unwrap_or(default)
    }

    /// Whether a sentence may tell an event, as far as that can be seen at a glance: technology, a firm, a law or an instrument is named in it or
    /// near it, and something is done in it or somebody named.
    pub(crate) fn gate(&self, reading: &Reading, unit: usize) -> Result<(), Reason> {
        let units = &reading.units;
        let near = unit.saturating_sub(TOPIC_NEAR)..(unit + TOPIC_NEAR + 1).min(units.len());
        let title = units.first().filter(|first| first.in_title);
        let about = |unit: &Unit| {
            unit.cues.iter().any(|cue| matches!(cue.sense, Sense::Layer(_) | Sense::Instrument(_)))
                || unit.mentions.iter().any(|mention| {
                    let entry = &self.lexicon.entries()[mention.entries[0] as usize];
                    entry.mask == 'f' || entry.kind == NameKind::Law
                })
        };
        if !units[near].iter().chain(title).any(about) {
            return Err(Reason::Topic);
        }
        let unit = &units[unit];
        if self.acts(unit) || !unit.mentions.is_empty() { Ok(()) } else { Err(Reason::Act) }
    }

    /// Whether a sentence has a word that carries an act, or a cue of an instrument or mode.
    fn acts(&self, unit: &Unit) -> bool {
        let act = self.grammar.act.map(Sense::Word);
        unit.cues
            .iter()
            .any(|cue| Some(cue.sense) == act || matches!(cue.sense, Sense::Instrument(_) | Sense::Mode(_)))
    }

    /// Judges a sentence.
    fn judge(
        &self,
        reading: &Reading,
        unit: usize,
        work: &mut Work,
    ) -> Result<Judged, (Reason, Option<f64>)> {
        self.gate(reading, unit).map_err(|reason| (reason, None))?;
        let judged = match &self.scorer {
            Some(scorer) => self.by_scorer(reading, unit, scorer, work)?,
            None => self.by_rules(reading, unit).map_err(|reason| (reason, None))?,
        };
        if self.denied(&reading.units[unit]) {
            return Err((Reason::Denied, self.scorer.as_ref().map(|_| judged.event)));
        }
        Ok(judged)
    }

    /// What the rules alone make of a sentence: the instrument whose cues cover most of it, and the parts that the first fitting patterns give.
    fn by_rules(&self, reading: &Reading, at: usize) -> Result<Judged, Reason> {
        let unit = &reading.units[at];
        let votes = |pick: &dyn Fn(Sense) -> Option<u16>, units: &[&Unit]| {
            let mut sums: BTreeMap<u16, usize> = BTreeMap::new();
            for cue in units.iter().flat_map(|unit| &unit.cues) {
                if let Some(id) = pick(cue.sense) {
                    *sums.entry(id).or_default() += cue.range.len();
                }
            }
            sums.into_iter().max_by_key(|(id, sum)| (*sum, u16::MAX - id)).map(|(id, _)| usize::from(id))
        };
        let title = reading.units.first().filter(|first| first.in_title);
        let near: Vec<&Unit> = std::iter::once(unit).chain(title).collect();
        let instrument = votes(&|s| if let Sense::Instrument(id) = s { Some(id) } else { None }, &[unit])
            .ok_or(Reason::Instrument)?;
        let power_id = &self.instruments[instrument].1.text;
        let power = self.powers.iter().position(|p| p.text == *power_id).unwrap_or(0);
        let mode = votes(&|s| if let Sense::Mode(id) = s { Some(id) } else { None }, &[unit]).unwrap_or(0);
        let layer = votes(&|s| if let Sense::Layer(id) = s { Some(id) } else { None }, &near)
            .unwrap_or(self.layers.len().saturating_sub(1));
        let all = self.candidates(reading, at);
        let told = self.told(reading, &all);
        let roles: Vec<(RuleRole, &Candidate)> = all
            .iter()
            .filter_map(|candidate| {
                if candidate.spots.is_empty() {
                    return None;
                }
                roles::by_rule(candidate, &told, &self.grammar).map(|(role, _)| (role, candidate))
            })
            .collect();
        let with = |wanted: &[RuleRole]| -> Vec<Part> {
            roles
                .iter()
                .filter(|(role, _)| wanted.contains(role))
                .map(|(_, c)| Part {
                    actor: c.actor.clone(),
                    candidate: Some((*c).clone()),
                    probability: 1.0,
                })
                .collect()
        };
        let mut senders = with(&[RuleRole::Sender]);
        if senders.is_empty() {
            senders = with(&[RuleRole::Speaker]);
        }
        if senders.is_empty() {
            senders.extend(all.iter().find(|c| c.spots.is_empty()).map(|c| Part {
                actor: c.actor.clone(),
                candidate: Some(c.clone()),
                probability: 1.0,
            }));
        }
        senders.truncate(1);
        if senders.is_empty() {
            return Err(Reason::Sender);
        }
        let mut targets = with(&[RuleRole::Target, RuleRole::Partner]);
        targets.retain(|target| target.actor != senders[0].actor);
        if targets.is_empty() {
            targets.push(Part { actor: EVERYONE.to_owned(), candidate: None, probability: 1.0 });
        }
        Ok(Judged {
            unit: at,
            event: 1.0,
            power: (power, 1.0),
            mode: (mode, 1.0),
            layer: (layer, 1.0),
            instrument: (instrument, 1.0),
            senders,
            targets,
            reach: 1.0,
            by_rule: true,
            told,
        })
    }

    /// Actors named in and around a sentence, and the one that a text in its language implies if it is not named.
    pub(crate) fn candidates(&self, reading: &Reading, unit: usize) -> Vec<Candidate> {
        let mut all = roles::candidates(reading, unit, &self.lexicon);
        if let Some(implied) = self.implied.get(&reading.units[unit].lang)
            && !all.iter().any(|candidate| candidate.actor == *implied)
        {
            all.push(Candidate { actor: implied.clone(), mask: 's', spots: Vec::new() });
        }
        all
    }

    pub(crate) fn told(&self, reading: &Reading, all: &[Candidate]) -> BTreeMap<usize, Told> {
        let mut told = BTreeMap::new();
        for unit in all.iter().flat_map(|candidate| &candidate.spots).map(|spot| spot.unit) {
            told.entry(unit)
                .or_insert_with(|| Told::new(reading, &reading.units[unit], &self.lexicon, &self.grammar));
        }
        told
    }

    /// Whether a word of negation governs the act: it stands close before the word that carries it.
    fn denied(&self, unit: &Unit) -> bool {
        let (Some(negation), Some(anchor)) = (self.grammar.negation, self.grammar.anchor(unit)) else {
            return false;
        };
        unit.cues_of(|sense| sense == Sense::Word(negation)).any(|cue| {
            cue.range.end <= anchor.start + 3 && anchor.start.saturating_sub(cue.range.end) <= NEGATION_REACH
        })
    }
}

/// What is reused from sentence to sentence and from document to document.
#[derive(Default)]
pub(super) struct Work {
    reading: Reading,
    pub(super) sums: Vec<f32>,
    pub(super) looked: Looked,
}
