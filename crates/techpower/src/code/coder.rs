//! The coder: from a document to the events that it tells.

use std::collections::BTreeMap;
use std::ops::Range;

use super::dates::dates;
use super::event::{Coded, Confidence, Event, EventDate, Modality, Party, Passed, Quote, Reason};
use super::feature::{Hashes, Sink, Space, Token, words};
use super::lexicon::{Lexicon, Sense};
use super::reading::{Reading, Unit};
use super::roles::{self, Candidate, Grammar, Told};
use super::scorer::Scorer;
use crate::codebook::{Actor, Codebook, NONE, NameKind, RuleRole};
use crate::diag::Lang;
use crate::table::{Granularity, When};
use crate::text::Document;

/// Target that is everyone.
pub(crate) const EVERYONE: &str = "*";
/// Target that is no one.
pub(crate) const NO_ONE: &str = "-";
/// The mode of joint acts.
const COOPERATE: &str = "cooperate";
/// Sentences around one in which a word of a layer makes it one about technology.
const TOPIC_NEAR: usize = 2;

/// What the words of a clause say of the act, beside what the scorer says of the clause as evidence.
const EVIDENCE_WORDS: f32 = 0.3;
/// Clauses beside the likeliest that are less likely by no more than this (log-odds) belong to the evidence too.
const EVIDENCE_MARGIN: f64 = 0.7;

/// Heads of the scorer.
pub(crate) const HEADS: [&str; 9] =
    ["event", "power", "mode", "layer", "instrument", "reach", "sender", "target", "evidence"];
pub(crate) const YES: usize = 0;
pub(crate) const REACH: [&str; 4] = ["named", "everyone", "no-one", "home"];

/// Codes documents by a codebook: its cues, names and patterns, and, where one is given, a scorer.
pub struct Coder {
    pub(crate) lexicon: Lexicon,
    pub(crate) grammar: Grammar,
    pub(crate) instruments: Vec<(String, String)>,
    pub(crate) powers: Vec<String>,
    pub(crate) modes: Vec<String>,
    pub(crate) layers: Vec<String>,
    statuses: Vec<String>,
    words: Vec<String>,
    implied: BTreeMap<Lang, String>,
    scorer: Option<Scorer>,
    /// Ends the names of coder and version on each event.
    name: String,
}

/// A sentence that was judged to tell an event.
struct Judged {
    unit: usize,
    event: f64,
    power: (usize, f64),
    mode: (usize, f64),
    layer: (usize, f64),
    instrument: (usize, f64),
    senders: Vec<Part>,
    targets: Vec<Part>,
    reach: f64,
    by_rule: bool,
}

/// A part in an act with its probability; `None` for everyone and no one.
#[derive(Debug, Clone)]
struct Part {
    actor: String,
    candidate: Option<Candidate>,
    probability: f64,
}

impl Coder {
    /// A coder for a codebook and the actors of a study. Without a scorer the rules decide alone.
    #[must_use]
    pub fn new(codebook: &Codebook, further: &BTreeMap<String, Actor>, scorer: Option<Scorer>) -> Coder {
        let pages = |kind: &str| -> Vec<String> {
            codebook.pages.iter().filter(|page| page.kind == kind).map(|page| page.id.clone()).collect()
        };
        let mut powers: Vec<String> = codebook.types.iter().map(|t| t.id.clone()).collect();
        powers.push(NONE.to_owned());
        Coder {
            lexicon: Lexicon::new(codebook, further),
            grammar: Grammar::new(codebook),
            instruments: pages("instrument")
                .into_iter()
                .map(|id| {
                    let power = codebook.instrument(&id).map_or(NONE.to_owned(), |i| i.power.clone());
                    (id, power)
                })
                .collect(),
            powers,
            modes: pages("mode"),
            layers: pages("layer"),
            statuses: pages("status"),
            words: pages("rule"),
            implied: codebook.rules.iter().flat_map(|rule| rule.implied.clone()).collect(),
            name: format!("techpower {}", env!("CARGO_PKG_VERSION")),
            scorer,
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
        self.code_with(document, &mut |_| {})
    }

    /// Codes a document; `passed` is told of each sentence that was passed over, and why.
    pub fn code_with(&self, document: &Document, passed: &mut dyn FnMut(Passed)) -> Coded {
        let hash = document.hash();
        let reading = Reading::new(document, &self.lexicon);
        let mut best: Option<(Reason, Option<f64>)> = None;
        let mut judged: Vec<Judged> = Vec::new();
        let mut pass = |unit: usize, reason: Reason, probability: Option<f64>| {
            if best.is_none_or(|best| (reason, probability.unwrap_or(0.0)) > (best.0, best.1.unwrap_or(0.0)))
            {
                best = Some((reason, probability));
            }
            passed(Passed {
                sentence: quote(&reading, document, &reading.units[unit].range),
                reason,
                probability,
            });
        };
        let mut work = Work::default();
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
            self.events(&reading, document, &hash, number + 1, judged, &mut events);
        }
        let (reason, probability) = match best {
            _ if !events.is_empty() => (None, events.first().map(|event: &Event| event.confidence.event)),
            Some((reason, probability)) => (Some(reason), probability),
            None if document.text.trim().is_empty() && document.title.trim().is_empty() => {
                (Some(Reason::Empty), None)
            }
            None => (Some(Reason::Language), None),
        };
        Coded { document: document.id.clone(), hash, events, reason, probability }
    }

    /// Of sentences that tell the same act the surest stays, the text before the title; what is left is sorted, the surest first.
    fn choose(&self, reading: &Reading, judged: &mut Vec<Judged>) -> Vec<Judged> {
        let in_title = |one: &Judged| reading.units[one.unit].in_title;
        judged.sort_by(|a, b| {
            in_title(a).cmp(&in_title(b)).then(b.event.total_cmp(&a.event)).then(a.unit.cmp(&b.unit))
        });
        let mut kept: Vec<Judged> = Vec::new();
        let mut repeated = Vec::new();
        for one in judged.drain(..) {
            let again = kept.iter().any(|other| {
                in_title(&one)
                    || self.instruments[one.instrument.0].1 == self.instruments[other.instrument.0].1
                    || other.unit.abs_diff(one.unit) <= 1 && one.event < self.setting("second", 0.9)
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

    fn setting(&self, name: &str, default: f64) -> f64 {
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
        let act = self.grammar.act.map(Sense::Word);
        let unit = &units[unit];
        let acts = unit
            .cues
            .iter()
            .any(|cue| Some(cue.sense) == act || matches!(cue.sense, Sense::Instrument(_) | Sense::Mode(_)));
        if acts || !unit.mentions.is_empty() { Ok(()) } else { Err(Reason::Act) }
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

    fn by_scorer(
        &self,
        reading: &Reading,
        unit: usize,
        scorer: &Scorer,
        work: &mut Work,
    ) -> Result<Judged, (Reason, Option<f64>)> {
        let head = |name: &str| scorer.head(name);
        let (
            Some(event),
            Some(power),
            Some(mode),
            Some(layer),
            Some(instrument),
            Some(reach),
            Some(sender),
            Some(target),
        ) = (
            head("event"),
            head("power"),
            head("mode"),
            head("layer"),
            head("instrument"),
            head("reach"),
            head("sender"),
            head("target"),
        )
        else {
            return Err((Reason::Unlikely, None));
        };
        work.hashes.clear();
        self.features(reading, unit, &mut work.tokens, &mut work.hashes);
        scorer.sums(&work.hashes.features, &mut work.sums);
        let likely = scorer.probabilities(event, &work.sums)[YES];
        let accept = self.setting("accept", 0.5);
        let floor = self.setting("abstain", accept);
        if likely < floor {
            return Err((Reason::Unlikely, Some(likely)));
        }
        if likely < accept {
            return Err((Reason::Unsure, Some(likely)));
        }
        // Classes that the codebook does not have cannot be chosen.
        let of = |head: &super::scorer::Head, ids: &mut dyn Iterator<Item = (usize, &str)>, sums: &[f32]| {
            let probabilities = scorer.probabilities(head, sums);
            let mut found: Option<(usize, f64)> = None;
            for (at, id) in ids {
                if let Some(class) = head.classes.iter().position(|class| class == id)
                    && found.is_none_or(|found| probabilities[class] > found.1)
                {
                    found = Some((at, probabilities[class]));
                }
            }
            found
        };
        let unknown = (Reason::Unlikely, Some(likely));
        let ids = |list: &'_ [String]| list.iter().map(String::clone).enumerate().collect::<Vec<_>>();
        let pick = |head: &super::scorer::Head, list: &[String], sums: &[f32]| {
            let list = ids(list);
            of(head, &mut list.iter().map(|(at, id)| (*at, id.as_str())), sums)
        };
        let power = pick(power, &self.powers, &work.sums).ok_or(unknown)?;
        let mode = pick(mode, &self.modes, &work.sums).ok_or(unknown)?;
        let layer = pick(layer, &self.layers, &work.sums).ok_or(unknown)?;
        let mut of_power = self
            .instruments
            .iter()
            .enumerate()
            .filter(|(_, (_, of))| *of == self.powers[power.0])
            .map(|(at, (id, _))| (at, id.as_str()));
        let instrument = of(instrument, &mut of_power, &work.sums).ok_or(unknown)?;
        let reach = scorer.probabilities(reach, &work.sums);
        let all = self.candidates(reading, unit);
        let told = self.told(reading, &all);
        let mut parts: Vec<(f64, f64)> = Vec::with_capacity(all.len());
        for number in 0..all.len() {
            work.hashes.clear();
            let kinds = (self.powers[power.0].as_str(), self.modes[mode.0].as_str());
            roles::features(
                reading,
                &all,
                number,
                &told,
                &self.lexicon,
                &self.grammar,
                kinds,
                &mut work.hashes,
            );
            scorer.sums(&work.hashes.features, &mut work.sums);
            parts.push((
                scorer.probabilities(sender, &work.sums)[YES],
                scorer.probabilities(target, &work.sums)[YES],
            ));
        }
        let part = |number: usize, probability: f64| Part {
            actor: all[number].actor.clone(),
            candidate: Some(all[number].clone()),
            probability,
        };
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| parts[*b].0.total_cmp(&parts[*a].0));
        let senders: Vec<Part> = order
            .iter()
            .enumerate()
            .filter(|(rank, number)| {
                let p = parts[**number].0;
                *rank == 0 && p >= self.setting("sender", 0.15) || p >= self.setting("joint", 0.5)
            })
            .map(|(_, number)| part(*number, parts[*number].0))
            .collect();
        let is_sender = |number: usize| senders.iter().any(|sender| sender.actor == all[number].actor);
        let named: Vec<usize> = {
            let mut list: Vec<usize> = (0..all.len()).filter(|at| parts[*at].1 >= 0.5).collect();
            if list.is_empty() {
                list.extend(
                    (0..all.len())
                        .filter(|at| !is_sender(*at) && parts[*at].1 >= 0.25)
                        .max_by(|a, b| parts[*a].1.total_cmp(&parts[*b].1)),
                );
            }
            list
        };
        // Of two that act together each is the other's target.
        let pair = senders.len() == 2 && self.modes[mode.0] == COOPERATE;
        let named = if pair {
            let both = (0..all.len()).filter(|at| is_sender(*at));
            let mut list: Vec<usize> = named.into_iter().chain(both).collect();
            list.sort_unstable();
            list.dedup();
            list
        } else {
            named
        };
        let surest = if pair { 1.0 } else { named.iter().map(|at| parts[*at].1).fold(0.0, f64::max) };
        // What the text says of its reach and what it says of the actors named are two witnesses.
        let odds = |p: f64| p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6));
        let home = senders.first().filter(|sender| sender.candidate.as_ref().is_some_and(|c| c.mask == 's'));
        let (targets, reach) =
            if !named.is_empty() && odds(reach[0]) * odds(surest) >= self.setting("named", 1.0) {
                (named.iter().map(|at| part(*at, parts[*at].1)).collect(), surest)
            } else {
                let rest = (1..REACH.len())
                    .filter(|class| *class != 3 || home.is_some())
                    .max_by(|a, b| reach[*a].total_cmp(&reach[*b]))
                    .unwrap_or(1);
                let actor = match (rest, home) {
                    (1, _) => EVERYONE.to_owned(),
                    (3, Some(home)) => home.actor.clone(),
                    _ => NO_ONE.to_owned(),
                };
                let candidate = if rest == 3 { home.and_then(|home| home.candidate.clone()) } else { None };
                (vec![Part { actor, candidate, probability: reach[rest] }], reach[rest])
            };
        Ok(Judged {
            unit,
            event: likely,
            power,
            mode,
            layer,
            instrument,
            senders,
            targets,
            reach,
            by_rule: false,
        })
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
        let power_id = &self.instruments[instrument].1;
        let power = self.powers.iter().position(|p| p == power_id).unwrap_or(0);
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

    /// Features of a sentence for what it tells. Words of the title and of the sentences around count as words of the sentence too, for less.
    pub(crate) fn features(&self, reading: &Reading, at: usize, tokens: &mut Vec<Token>, sink: &mut dyn Sink) {
        let units = &reading.units;
        let unit = &units[at];
        let mut of = |space: Space, weight: f32, unit: &Unit, sink: &mut dyn Sink| {
            reading.tokens(unit, &self.lexicon, tokens);
            words(space, unit.lang, &reading.lower, tokens, sink);
            sink.close(weight);
        };
        of(Space::Sentence, 1.0, unit, sink);
        let title = units.first().filter(|first| first.in_title && at > 0);
        if let Some(title) = title {
            of(Space::Sentence, 0.6, title, sink);
            of(Space::Title, 0.3, title, sink);
        }
        let first_text = usize::from(units.first().is_some_and(|first| first.in_title));
        let before = at.checked_sub(1).filter(|before| *before >= first_text);
        let around: Vec<&Unit> = before.into_iter().chain(Some(at + 1)).filter_map(|near| units.get(near)).collect();
        for near in &around {
            of(Space::Sentence, 0.3, near, sink);
        }
        self.instrument_cues(Space::Cue, unit, sink);
        sink.close(0.8);
        self.grammar_cues(Space::Grammar, unit, sink);
        sink.close(0.4);
        for near in around.iter().copied().chain(title) {
            self.instrument_cues(Space::CueAround, near, sink);
        }
        sink.close(0.5);
        for near in around.iter().copied().chain(title) {
            self.grammar_cues(Space::GrammarAround, near, sink);
        }
        sink.close(0.3);
        self.shape(reading, at, sink);
        sink.close(0.5);
    }

    fn instrument_cues(&self, space: Space, unit: &Unit, sink: &mut dyn Sink) {
        for cue in &unit.cues {
            if let Sense::Instrument(id) = cue.sense {
                let (id, power) = &self.instruments[usize::from(id)];
                sink.add(space, &["instrument", id]);
                sink.add(space, &["power", power]);
            }
        }
    }

    fn grammar_cues(&self, space: Space, unit: &Unit, sink: &mut dyn Sink) {
        for cue in &unit.cues {
            match cue.sense {
                Sense::Instrument(_) => {}
                Sense::Mode(id) => sink.add(space, &["mode", &self.modes[usize::from(id)]]),
                Sense::Layer(id) => sink.add(space, &["layer", &self.layers[usize::from(id)]]),
                Sense::Status(id) => sink.add(space, &["status", &self.statuses[usize::from(id)]]),
                Sense::Word(id) => sink.add(space, &["word", &self.words[usize::from(id)]]),
            }
        }
    }

    fn shape(&self, reading: &Reading, at: usize, sink: &mut dyn Sink) {
        let unit = &reading.units[at];
        let of = Space::Shape;
        let count = |unit: &Unit, mask: char| {
            let mut seen: Vec<&str> = unit
                .mentions
                .iter()
                .flat_map(|mention| &mention.entries)
                .map(|entry| &self.lexicon.entries()[*entry as usize])
                .filter(|entry| entry.mask == mask)
                .map(|entry| entry.actor.as_str())
                .collect();
            seen.sort_unstable();
            seen.dedup();
            ["0", "1", "2", "more"][seen.len().min(3)]
        };
        let lang = match unit.lang {
            Lang::En => "en",
            Lang::Zh => "zh",
        };
        sink.add(of, &[lang]);
        sink.add(of, &["states", count(unit, 's')]);
        sink.add(of, &["firms", count(unit, 'f')]);
        sink.add(of, &["organisations", count(unit, 'o')]);
        sink.add(of, &["states", count(unit, 's'), "firms", count(unit, 'f')]);
        if let Some(title) = reading.units.first().filter(|first| first.in_title && at > 0) {
            sink.add(of, &["title states", count(title, 's')]);
            sink.add(of, &["title firms", count(title, 'f')]);
            sink.add(of, &["title organisations", count(title, 'o')]);
            let shared = title.mentions.iter().flat_map(|m| &m.entries).any(|entry| {
                let actor = &self.lexicon.entries()[*entry as usize].actor;
                unit.mentions
                    .iter()
                    .flat_map(|m| &m.entries)
                    .any(|e| self.lexicon.entries()[*e as usize].actor == *actor)
            });
            sink.add(of, &["title shares", if shared { "an actor" } else { "none" }]);
        } else {
            sink.add(of, &[if unit.in_title { "is title" } else { "no title" }]);
        }
        let text = &reading.lower[unit.range.clone()];
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            || text.starts_with("article")
            || text.starts_with('第')
        {
            sink.add(of, &["numbered"]);
        }
        if text.contains(['"', '《']) {
            sink.add(of, &["quotes"]);
        }
        let length = text.chars().count();
        let bucket = ["short", "middle", "long", "very long"]
            [usize::from(length > 60) + usize::from(length > 160) + usize::from(length > 320)];
        sink.add(of, &["length", lang, bucket]);
        let near = at.saturating_sub(TOPIC_NEAR)..(at + TOPIC_NEAR + 1).min(reading.units.len());
        let layer = if unit.has_layer() {
            "layer here"
        } else if reading.units[near].iter().chain(reading.units.first()).any(Unit::has_layer) {
            "layer near"
        } else {
            "no layer"
        };
        sink.add(of, &[layer]);
        let kinds = |kind: NameKind| {
            unit.mentions.iter().any(|m| self.lexicon.entries()[m.entries[0] as usize].kind == kind)
        };
        for kind in [NameKind::Agency, NameKind::Office, NameKind::Person, NameKind::Law, NameKind::Demonym] {
            if kinds(kind) {
                sink.add(of, &["kind", kind.id()]);
            }
        }
    }

    /// Whether a word of negation governs the act: it stands close before the word that carries it.
    fn denied(&self, unit: &Unit) -> bool {
        let (Some(negation), Some(anchor)) = (self.grammar.negation, self.grammar.anchor(unit)) else {
            return false;
        };
        let reach = 24;
        unit.cues_of(|sense| sense == Sense::Word(negation)).any(|cue| {
            cue.range.end <= anchor.start + 3 && anchor.start.saturating_sub(cue.range.end) <= reach
        })
    }

    /// The rows of a judged sentence: one for each sender.
    fn events(
        &self,
        reading: &Reading,
        document: &Document,
        hash: &str,
        number: usize,
        judged: &Judged,
        out: &mut Vec<Event>,
    ) {
        let unit = &reading.units[judged.unit];
        let quoted = |range: &Range<usize>| quote(reading, document, range);
        let (instrument, power) = &self.instruments[judged.instrument.0];
        let cue = unit
            .cues_of(|sense| sense == Sense::Instrument(judged.instrument.0 as u16))
            .max_by_key(|cue| (cue.range.len(), usize::MAX - cue.range.start));
        let anchor = self.grammar.anchor(unit);
        let evidence = self.evidence(reading, judged, anchor.as_ref(), cue.map(|cue| &cue.range));
        let date = self.date(reading, document, unit, anchor.as_ref(), &quoted);
        let all = self.candidates(reading, judged.unit);
        let told = self.told(reading, &all);
        let party = |part: &Part| self.party(reading, document, part, &told);
        let joint = judged.senders.len() > 1;
        let mut senders: Vec<Option<&Part>> = judged.senders.iter().map(Some).collect();
        if senders.is_empty() {
            senders.push(None);
        }
        for sender in senders {
            let mut targets: Vec<Party> = judged.targets.iter().map(party).collect();
            // Of two that act jointly each has the other as target; of more the rest are not each other's.
            if joint && let Some(sender) = sender {
                targets.retain(|target| target.actor != sender.actor || judged.targets.len() == 1);
            }
            let sender_party = sender.map(party);
            let sender_probability = sender.map_or(0.0, |sender| sender.probability);
            let pattern = sender_party.as_ref().map_or("", |party| party.pattern.as_str());
            let shown = cue.map_or(String::new(), |cue| reading.lower[cue.range.clone()].replace('\n', " "));
            let mut rule = instrument.clone();
            if judged.by_rule || !shown.is_empty() {
                rule.push_str(&format!("/{shown}"));
            }
            if !pattern.is_empty() {
                rule.push_str(&format!("/{pattern}"));
            }
            let confidence = Confidence {
                event: judged.event,
                power: judged.power.1,
                mode: judged.mode.1,
                layer: judged.layer.1,
                instrument: judged.instrument.1,
                sender: sender_probability,
                targets: judged.reach,
            };
            let overall = judged.event * judged.power.1 * sender_probability;
            out.push(Event {
                document: document.id.clone(),
                hash: hash.to_owned(),
                event: format!("{}#{number}", document.id),
                reported_by: self.reporter(reading, document, unit, sender, &told),
                sender: sender_party,
                targets,
                instrument: instrument.clone(),
                layer: self.layers[judged.layer.0].clone(),
                power: power.clone(),
                mode: self.modes[judged.mode.0].clone(),
                modality: self.modality(unit, judged, anchor.as_ref()),
                date: date.clone(),
                sentence: quoted(&unit.range),
                evidence: quoted(&evidence),
                trigger: anchor.as_ref().map(quoted),
                cue: cue.map(|cue| quoted(&cue.range)),
                rule,
                confidence,
                overall,
                uncertain: judged.by_rule || overall < self.setting("review", 0.5),
                sources: vec![document.id.clone()],
                coder: self.name.clone(),
            });
        }
    }

    fn party(
        &self,
        reading: &Reading,
        document: &Document,
        part: &Part,
        told: &BTreeMap<usize, Told>,
    ) -> Party {
        let spot = part.candidate.as_ref().and_then(|candidate| candidate.spots.first());
        let entry = spot.map(|spot| &self.lexicon.entries()[spot.entry as usize]);
        let pattern = spot
            .and_then(|spot| told.get(&spot.unit)?.patterns.get(spot.mention)?.first().copied())
            .map_or(String::new(), |at| self.grammar.pattern(at).id.clone());
        Party {
            actor: part.actor.clone(),
            quote: spot.map(|spot| quote(reading, document, &spot.range)),
            entry: entry.map_or(String::new(), |entry| format!("{} ({})", entry.name, entry.kind.id())),
            pattern,
            probability: part.probability,
        }
    }

    /// Who says so: an actor directly before a word of speech, if it is not the sender.
    fn reporter(
        &self,
        reading: &Reading,
        document: &Document,
        unit: &Unit,
        sender: Option<&Part>,
        told: &BTreeMap<usize, Told>,
    ) -> Option<Party> {
        let speech = self.grammar.speech?;
        let near = 12;
        let (mention, _) = unit.mentions.iter().enumerate().find(|(_, mention)| {
            unit.cues_of(|sense| sense == Sense::Word(speech)).any(|cue| {
                cue.range.start >= mention.range.end && cue.range.start - mention.range.end <= near
            })
        })?;
        let unit_at = reading.units.iter().position(|other| other.range == unit.range)?;
        let entry = *unit.mentions[mention].entries.first()?;
        let of = &self.lexicon.entries()[entry as usize];
        if sender.is_some_and(|sender| sender.actor == of.actor) {
            return None;
        }
        let range = unit.mentions[mention].range.clone();
        let spot = roles::Spot { unit: unit_at, mention, range, entry, place: "s" };
        let candidate = Candidate { actor: of.actor.clone(), mask: of.mask, spots: vec![spot] };
        let part = Part { actor: of.actor.clone(), candidate: Some(candidate), probability: 1.0 };
        Some(self.party(reading, document, &part, told))
    }

    fn modality(&self, unit: &Unit, judged: &Judged, anchor: Option<&Range<usize>>) -> Modality {
        let before = |word: Option<u16>, reach: usize| {
            let (Some(word), Some(anchor)) = (word, anchor) else { return false };
            unit.cues_of(|sense| sense == Sense::Word(word)).any(|cue| {
                cue.range.start <= anchor.start && anchor.start.saturating_sub(cue.range.end) <= reach
            })
        };
        if before(self.grammar.hypothetical, 60) {
            Modality::Hypothetical
        } else if matches!(self.modes[judged.mode.0].as_str(), "propose" | "threaten")
            || before(self.grammar.planned, 30)
        {
            Modality::Planned
        } else {
            Modality::Done
        }
    }

    /// The date told nearest to the act, else that of the document.
    fn date(
        &self,
        reading: &Reading,
        document: &Document,
        unit: &Unit,
        anchor: Option<&Range<usize>>,
        quoted: &dyn Fn(&Range<usize>) -> Quote,
    ) -> EventDate {
        let on = document.date.filter(|when| when.granularity() == Granularity::Day).map(When::from);
        let at = anchor.map_or(unit.range.start, |anchor| anchor.start);
        let told = dates(unit.lang, &reading.lower, unit.range.clone(), on)
            .into_iter()
            .min_by_key(|told| told.range.start.abs_diff(at));
        match told {
            Some(told) => EventDate::told(told.when, quoted(&told.range)),
            None => EventDate::of_document(document),
        }
    }

    /// The clause that shows the act: of those between commas the likeliest by the scorer (without one: that of the cue or the trigger).
    fn evidence(
        &self,
        reading: &Reading,
        judged: &Judged,
        anchor: Option<&Range<usize>>,
        cue: Option<&Range<usize>>,
    ) -> Range<usize> {
        let unit = &reading.units[judged.unit];
        let clauses = clauses(&reading.joined, unit);
        let scored = self.scorer.as_ref().and_then(|scorer| {
            let head = scorer.head("evidence")?;
            let (event, power) = (scorer.head("event")?, scorer.head("power")?);
            let class = power.classes.iter().position(|class| *class == self.powers[judged.power.0])?;
            let mut sums = Vec::new();
            let likely: Vec<f64> = (0..clauses.len())
                .map(|at| {
                    let mut hashes = Hashes::default();
                    self.clause_features(reading, unit, &clauses, at, &mut hashes);
                    scorer.sums(&hashes.features, &mut sums);
                    let own = scorer.probabilities(head, &sums)[YES];
                    let mut tokens = Vec::new();
                    reading.tokens(unit, &self.lexicon, &mut tokens);
                    tokens.retain(|token| clauses[at].start <= token.range.start && token.range.start < clauses[at].end);
                    let mut hashes = Hashes::default();
                    words(Space::Sentence, unit.lang, &reading.lower, &tokens, &mut hashes);
                    let n = hashes.features.len().max(1) as f32;
                    let said: f32 = hashes.features.iter().map(|(f, _)| scorer.weight(*f, event, YES) + scorer.weight(*f, power, class)).sum::<f32>() / n.sqrt();
                    libm::log(own / (1.0 - own).max(1e-9)) + f64::from(EVIDENCE_WORDS * said)
                })
                .collect();
            let best = (0..clauses.len()).max_by(|a, b| likely[*a].total_cmp(&likely[*b]).then(b.cmp(a)))?;
            let near = |at: usize| likely[at] > 0.0 || likely[at] > likely[best] - EVIDENCE_MARGIN;
            let (mut from, mut to) = (best, best);
            while from > 0 && near(from - 1) { from -= 1; }
            while to + 1 < clauses.len() && near(to + 1) { to += 1; }
            Some(clauses[from].start..clauses[to].end)
        });
        let holds = |clause: &Range<usize>, at: &Range<usize>| clause.start <= at.start && at.start < clause.end;
        scored
            .or_else(|| {
                let at = cue.or(anchor)?;
                clauses.iter().find(|clause| holds(clause, at)).cloned()
            })
            .unwrap_or_else(|| unit.range.clone())
    }

    /// Features of a clause for whether it shows the act of its sentence.
    pub(crate) fn clause_features(
        &self,
        reading: &Reading,
        unit: &Unit,
        clauses: &[Range<usize>],
        at: usize,
        sink: &mut dyn Sink,
    ) {
        let clause = &clauses[at];
        let within = |range: &Range<usize>| clause.start <= range.start && range.start < clause.end;
        let mut tokens = Vec::new();
        reading.tokens(unit, &self.lexicon, &mut tokens);
        tokens.retain(|token| within(&token.range));
        words(Space::Clause, unit.lang, &reading.lower, &tokens, sink);
        sink.close(1.0);
        let of = Space::Clause;
        sink.add(of, &["clause", ["1", "2", "3", "later"][at.min(3)], "of", ["1", "2", "3", "more"][(clauses.len() - 1).min(3)]]);
        if at + 1 == clauses.len() {
            sink.add(of, &["last clause"]);
        }
        let length = tokens.len();
        sink.add(of, &["clause length", ["short", "middle", "long"][usize::from(length > 6) + usize::from(length > 14)]]);
        if self.grammar.anchor(unit).is_some_and(|anchor| within(&anchor)) {
            sink.add(of, &["clause has act"]);
        }
        for cue in unit.cues.iter().filter(|cue| within(&cue.range)) {
            match cue.sense {
                Sense::Instrument(_) => sink.add(of, &["clause has instrument"]),
                Sense::Mode(id) => sink.add(of, &["clause mode", &self.modes[usize::from(id)]]),
                Sense::Layer(_) => sink.add(of, &["clause has layer"]),
                Sense::Status(_) => {}
                Sense::Word(id) => sink.add(of, &["clause word", &self.words[usize::from(id)]]),
            }
        }
        let names = unit.mentions.iter().filter(|mention| within(&mention.range)).count();
        sink.add(of, &["clause names", ["0", "1", "2", "more"][names.min(3)]]);
        sink.close(1.0);
    }
}

/// What is reused from sentence to sentence.
#[derive(Default)]
struct Work {
    hashes: Hashes,
    sums: Vec<f32>,
    tokens: Vec<Token>,
}

/// The parts of a sentence between commas, semicolons, colons and dashes; parts too short to say anything are joined to the one before.
pub(crate) fn clauses(text: &str, unit: &Unit) -> Vec<Range<usize>> {
    let shortest = if unit.lang == Lang::En { 16 } else { 15 };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = unit.range.start;
    let part = &text[unit.range.clone()];
    let mut add = |range: Range<usize>| {
        let inner = &text[range.clone()];
        let trimmed = inner.trim_matches([' ', '\n', ',', ';', ':', '.', '。', ',', ';', ':']);
        if trimmed.is_empty() {
            return;
        }
        let from = range.start + (trimmed.as_ptr() as usize - inner.as_ptr() as usize);
        let range = from..from + trimmed.len();
        match found.last_mut() {
            Some(last) if range.len() < shortest || last.len() < shortest => last.end = range.end,
            _ => found.push(range),
        }
    };
    for (at, c) in part.char_indices() {
        let at = unit.range.start + at;
        let next_blank = text.as_bytes().get(at + 1).is_none_or(|byte| *byte == b' ' || *byte == b'\n');
        let parts = match c {
            ',' | ';' | ':' => next_blank || unit.lang == Lang::Zh,
            '，' | '；' | '：' | '—' | '–' => true,
            _ => false,
        };
        if parts {
            add(start..at);
            start = at + c.len_utf8();
        }
    }
    add(start..unit.range.end);
    found
}

/// A span of the joined text as it stands in the document.
pub(crate) fn quote(reading: &Reading, document: &Document, range: &Range<usize>) -> Quote {
    let place = reading.place(range);
    let whole = if place.in_title { &document.title } else { &document.text };
    let text = whole.get(place.start..place.end).unwrap_or_default();
    let before = whole.get(..place.start).unwrap_or_default();
    let points = before.chars().count();
    let utf16 = before.encode_utf16().count();
    Quote {
        points: (points, points + text.chars().count()),
        bytes: (place.start, place.end),
        utf16: (utf16, utf16 + text.encode_utf16().count()),
        in_title: place.in_title,
        text: text.to_owned(),
    }
}
