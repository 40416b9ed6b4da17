//! Judged sentences as events: parties, spans, dates and the words that show the act.

use std::collections::BTreeMap;
use std::ops::Range;

use super::coder::{Coder, Judged, Part, YES};
use super::dates::dates;
use super::event::{Confidence, Event, EventDate, Modality, Party, Quote};
use super::feature::{Hashes, Space, within, words};
use super::lexicon::{Sense, ends_word};
use super::reading::{Reading, Unit, count};
use super::roles::{self, Candidate, Told};
use super::scorer::Scorer;
use crate::diag::Lang;
use crate::table::{Granularity, When};
use crate::text::Document;

/// What the words of a clause say of the act, beside what the scorer says of the clause as evidence.
const EVIDENCE_WORDS: f32 = 0.3;
/// Clauses beside the likeliest from these log-odds on belong to the evidence too.
const EVIDENCE_LEAST: f64 = -1.0;
/// Clauses beside the likeliest that are less likely by no more than this (log-odds) belong to the evidence too.
const EVIDENCE_MARGIN: f64 = 2.0;

impl Coder {
    /// The rows of a judged sentence: one for each sender.
    pub(super) fn events(
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
        let cued = |range: &Range<usize>| quote_cue(reading, document, range);
        let (instrument, power) = &self.instruments[judged.instrument.0];
        let (instrument, power) = (&instrument.text, &power.text);
        let cue = unit
            .cues_of(|sense| sense == Sense::Instrument(judged.instrument.0 as u16))
            .max_by_key(|cue| (cue.range.len(), usize::MAX - cue.range.start));
        let anchor = self.grammar.anchor(unit);
        let evidence = self.evidence(reading, judged, anchor.as_ref(), cue.map(|cue| &cue.range));
        let date = self.date(reading, document, unit, anchor.as_ref(), &quoted);
        let party = |part: &Part| self.party(reading, document, part, &judged.told);
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
                reported_by: self.reporter(reading, document, unit, sender, &judged.told),
                sender: sender_party,
                targets,
                instrument: instrument.clone(),
                layer: self.layers[judged.layer.0].text.clone(),
                power: power.clone(),
                mode: self.modes[judged.mode.0].text.clone(),
                modality: self.modality(reading, unit, judged, anchor.as_ref()),
                date: date.clone(),
                sentence: quoted(&unit.range),
                evidence: quoted(&evidence),
                trigger: anchor.as_ref().map(cued),
                cue: cue.map(|cue| cued(&cue.range)),
                rule,
                confidence,
                overall,
                uncertain: judged.by_rule || overall < self.setting("review", 0.5),
                sources: vec![document.id.clone()],
                coder: self.name().to_owned(),
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

    fn modality(
        &self,
        reading: &Reading,
        unit: &Unit,
        judged: &Judged,
        anchor: Option<&Range<usize>>,
    ) -> Modality {
        let takes_object = |range: &Range<usize>| {
            unit.mentions.iter().any(|mention| mention.range.start == range.end)
                && self.grammar.precedes_targets(&reading.lower[range.clone()])
        };
        let before = |word: Option<u16>, reach: usize| {
            let (Some(word), Some(anchor)) = (word, anchor) else { return false };
            unit.cues_of(|sense| sense == Sense::Word(word)).any(|cue| {
                cue.range.start <= anchor.start
                    && anchor.start.saturating_sub(cue.range.end) <= reach
                    && !takes_object(&cue.range)
            })
        };
        if before(self.grammar.hypothetical, 60) {
            Modality::Hypothetical
        } else if matches!(self.modes[judged.mode.0].text.as_str(), "propose" | "threaten")
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

    /// Log-odds of each clause to show the act, raised by what its words say for the event and its type.
    fn evidence_odds(
        &self,
        reading: &Reading,
        judged: &Judged,
        clauses: &[Range<usize>],
        scorer: &Scorer,
    ) -> Option<Vec<f64>> {
        let unit = &reading.units[judged.unit];
        let (event, power) = (scorer.head("event")?, scorer.head("power")?);
        let head = scorer.head("evidence")?;
        let class = power.classes.iter().position(|class| *class == self.powers[judged.power.0].text)?;
        let mut all = Vec::new();
        reading.tokens(unit, &self.lexicon, &mut all);
        let mut sums = Vec::new();
        let mut hashes = Hashes::default();
        let mut odds = |at: usize| {
            let tokens = within(&all, &clauses[at]);
            hashes.clear();
            self.clause_features(reading, unit, clauses, at, tokens, &mut hashes);
            scorer.sums(&hashes.features, &mut sums);
            let own = scorer.first(head, &sums).clamp(1e-9, 1.0 - 1e-9);
            hashes.clear();
            words(Space::Sentence, unit.lang, &reading.lower, tokens, &mut hashes);
            let of = |(feature, _): &(u64, f32)| {
                let [event, power] = scorer.weights(*feature, [(event, YES), (power, class)]);
                event + power
            };
            let said: f32 = hashes.features.iter().map(of).sum();
            let count = hashes.features.len().max(1) as f32;
            libm::log(own / (1.0 - own)) + f64::from(EVIDENCE_WORDS * said / count.sqrt())
        };
        Some((0..clauses.len()).map(&mut odds).collect())
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
        let scored = self.scorer().and_then(|scorer| {
            let likely = self.evidence_odds(reading, judged, &clauses, scorer)?;
            let best = (0..clauses.len()).max_by(|a, b| likely[*a].total_cmp(&likely[*b]).then(b.cmp(a)))?;
            let near = |at: usize| likely[at] > EVIDENCE_LEAST || likely[at] > likely[best] - EVIDENCE_MARGIN;
            let from = (0..best).rev().take_while(|at| near(*at)).last().unwrap_or(best);
            let to = (best + 1..clauses.len()).take_while(|at| near(*at)).last().unwrap_or(best);
            Some(clauses[from].start..clauses[to].end)
        });
        let holds =
            |clause: &Range<usize>, at: &Range<usize>| clause.start <= at.start && at.start < clause.end;
        scored
            .or_else(|| {
                let at = cue.or(anchor)?;
                clauses.iter().find(|clause| holds(clause, at)).cloned()
            })
            .unwrap_or_else(|| unit.range.clone())
    }
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
    let (points, utf16) = reading.counts(whole, &place);
    let (more_points, more_utf16) = count(text);
    Quote {
        points: (points, points + more_points),
        bytes: (place.start, place.end),
        utf16: (utf16, utf16 + more_utf16),
        in_title: place.in_title,
        text: text.to_owned(),
    }
}

/// A cue as it stands in the document, to the end of the word: of `export control*` the match ends within *controls*.
pub(crate) fn quote_cue(reading: &Reading, document: &Document, range: &Range<usize>) -> Quote {
    let bytes = reading.joined.as_bytes();
    let rest = (range.end..bytes.len()).take_while(|at| !ends_word(bytes, *at)).count();
    quote(reading, document, &(range.start..range.end + rest))
}
