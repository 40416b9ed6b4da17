//! What the scorer is told of a sentence: words, cues and shape, of the sentence, its title and the sentences beside it.

use std::ops::Range;

use super::coder::{Coder, TOPIC_NEAR};
use super::feature::{Hashes, Phrase, Sink, Space, Token, phrase, words};
use super::lexicon::{Entry, Sense};
use super::reading::{Reading, Unit};
use super::scorer::Scorer;
use crate::codebook::NameKind;
use crate::diag::Lang;

/// What is described of a sentence at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its words.
    Words,
    /// Its words, as those of a title.
    TitleWords,
    /// Cues of instruments in it.
    Cues,
    /// Cues of instruments, of a sentence near another.
    CuesAround,
    /// Words of modes, layers and grammar.
    Grammar,
    /// The same, of a sentence near another.
    GrammarAround,
    /// How many actors it names, of what kind, and what it looks like.
    Shape,
}

/// Kinds that are the same whichever sentence is judged.
const LASTING: usize = 6;

/// Features that share a weight: of one kind, of one or more sentences.
struct Block {
    kind: Kind,
    units: [Option<usize>; 3],
    weight: f32,
}

impl Coder {
    /// Features of a sentence for what it tells. Words of the title and of the sentences beside count as words of the sentence too, for less.
    pub(crate) fn features<S: Sink>(
        &self,
        reading: &Reading,
        at: usize,
        tokens: &mut Vec<Token>,
        sink: &mut S,
    ) {
        for block in blocks(reading, at) {
            for unit in block.units.into_iter().flatten() {
                self.describe(block.kind, reading, unit, tokens, sink);
            }
            sink.close(block.weight);
        }
    }

    fn describe<S: Sink>(
        &self,
        kind: Kind,
        reading: &Reading,
        at: usize,
        tokens: &mut Vec<Token>,
        sink: &mut S,
    ) {
        let unit = &reading.units[at];
        let mut told = |space: Space, sink: &mut S| {
            reading.tokens(unit, &self.lexicon, tokens);
            words(space, unit.lang, &reading.lower, tokens, sink);
        };
        match kind {
            Kind::Words => told(Space::Sentence, sink),
            Kind::TitleWords => told(Space::Title, sink),
            Kind::Cues => self.instrument_cues(Space::Cue, unit, sink),
            Kind::CuesAround => self.instrument_cues(Space::CueAround, unit, sink),
            Kind::Grammar => self.grammar_cues(Space::Grammar, unit, sink),
            Kind::GrammarAround => self.grammar_cues(Space::GrammarAround, unit, sink),
            Kind::Shape => self.shape(reading, at, sink),
        }
    }

    /// What the features of a sentence say for the classes of the first head. The other heads are asked only of a sentence that is judged to tell an
    /// event.
    pub(crate) fn lead(
        &self,
        reading: &Reading,
        at: usize,
        scorer: &Scorer,
        looked: &mut Looked,
    ) -> [f32; 2] {
        let mut sums = [0.0; 2];
        for block in blocks(reading, at) {
            let (mut count, mut block_sums) = (0, [0.0; 2]);
            for unit in block.units.into_iter().flatten() {
                let mut look_up = || {
                    looked.hashes.clear();
                    self.describe(block.kind, reading, unit, &mut looked.tokens, &mut looked.hashes);
                    let features = &looked.hashes.features;
                    Said { count: features.len(), sums: scorer.lead_sums(features) }
                };
                let said = match looked.said[unit].get_mut(block.kind as usize) {
                    Some(said) => *said.get_or_insert_with(look_up),
                    None => look_up(),
                };
                count += said.count;
                add(&mut block_sums, said.sums);
            }
            let weight = if count > 0 { block.weight / (count as f32).sqrt() } else { 0.0 };
            add(&mut sums, block_sums.map(|sum| sum * weight));
        }
        sums
    }

    fn instrument_cues(&self, space: Space, unit: &Unit, sink: &mut impl Sink) {
        for cue in &unit.cues {
            if let Sense::Instrument(id) = cue.sense {
                let (id, power) = &self.instruments[usize::from(id)];
                sink.add(space, &[phrase!("instrument"), id.phrase()]);
                sink.add(space, &[phrase!("power"), power.phrase()]);
            }
        }
    }

    fn grammar_cues(&self, space: Space, unit: &Unit, sink: &mut impl Sink) {
        for cue in &unit.cues {
            match cue.sense {
                Sense::Instrument(_) => {}
                Sense::Mode(id) => sink.add(space, &[phrase!("mode"), self.modes[usize::from(id)].phrase()]),
                Sense::Layer(id) => {
                    sink.add(space, &[phrase!("layer"), self.layers[usize::from(id)].phrase()])
                }
                Sense::Status(id) => {
                    sink.add(space, &[phrase!("status"), self.statuses[usize::from(id)].phrase()])
                }
                Sense::Word(id) => sink.add(space, &[phrase!("word"), self.words[usize::from(id)].phrase()]),
            }
        }
    }

    /// The entries of all names in a sentence.
    fn entries<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = &'a Entry> {
        let entries = unit.mentions.iter().flat_map(|mention| &mention.entries);
        entries.map(|entry| &self.lexicon.entries()[*entry as usize])
    }

    /// How many actors of a kind a sentence names.
    fn named(&self, unit: &Unit, mask: char) -> Phrase<'static> {
        const MORE: usize = 3;
        let mut seen = [usize::MAX; MORE];
        let mut count = 0;
        for entry in self.entries(unit) {
            if count < MORE && entry.mask == mask && !seen[..count].contains(&entry.number) {
                seen[count] = entry.number;
                count += 1;
            }
        }
        phrase!("0", "1", "2", "more")[count]
    }

    fn shape(&self, reading: &Reading, at: usize, sink: &mut impl Sink) {
        let unit = &reading.units[at];
        let of = Space::Shape;
        let lang = match unit.lang {
            Lang::En => phrase!("en"),
            Lang::Zh => phrase!("zh"),
        };
        sink.add(of, &[lang]);
        let [states, firms, organisations] = ['s', 'f', 'o'].map(|mask| self.named(unit, mask));
        sink.add(of, &[phrase!("states"), states]);
        sink.add(of, &[phrase!("firms"), firms]);
        sink.add(of, &[phrase!("organisations"), organisations]);
        sink.add(of, &[phrase!("states"), states, phrase!("firms"), firms]);
        if let Some(title) = reading.units.first().filter(|first| first.in_title && at > 0) {
            sink.add(of, &[phrase!("title states"), self.named(title, 's')]);
            sink.add(of, &[phrase!("title firms"), self.named(title, 'f')]);
            sink.add(of, &[phrase!("title organisations"), self.named(title, 'o')]);
            let shared = self.entries(title).any(|one| self.entries(unit).any(|o| o.number == one.number));
            sink.add(of, &[phrase!("title shares"), phrase!("none", "an actor")[usize::from(shared)]]);
        } else {
            sink.add(of, &[phrase!("no title", "is title")[usize::from(unit.in_title)]]);
        }
        let text = &reading.lower[unit.range.clone()];
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            || text.starts_with("article")
            || text.starts_with('第')
        {
            sink.add(of, &[phrase!("numbered")]);
        }
        if memchr::memchr(b'"', text.as_bytes()).is_some() || text.contains('《') {
            sink.add(of, &[phrase!("quotes")]);
        }
        let near = at.saturating_sub(TOPIC_NEAR)..(at + TOPIC_NEAR + 1).min(reading.units.len());
        let layer = if unit.has_layer() {
            phrase!("layer here")
        } else if reading.units[near].iter().chain(reading.units.first()).any(Unit::has_layer) {
            phrase!("layer near")
        } else {
            phrase!("no layer")
        };
        sink.add(of, &[layer]);
        let kinds = |kind: NameKind| {
            unit.mentions.iter().any(|m| self.lexicon.entries()[m.entries[0] as usize].kind == kind)
        };
        for kind in [NameKind::Agency, NameKind::Office, NameKind::Person, NameKind::Law, NameKind::Demonym] {
            if kinds(kind) {
                sink.add(of, &[phrase!("kind"), Phrase::new(kind.id())]);
            }
        }
    }

    /// Features of a clause, with its tokens, for whether it shows the act of its sentence.
    pub(crate) fn clause_features(
        &self,
        reading: &Reading,
        unit: &Unit,
        clauses: &[Range<usize>],
        at: usize,
        tokens: &[Token],
        sink: &mut impl Sink,
    ) {
        let clause = &clauses[at];
        let within = |range: &Range<usize>| clause.start <= range.start && range.start < clause.end;
        words(Space::Clause, unit.lang, &reading.lower, tokens, sink);
        sink.close(1.0);
        let of = Space::Clause;
        sink.add(
            of,
            &[
                phrase!("clause"),
                phrase!("1", "2", "3", "later")[at.min(3)],
                phrase!("of"),
                phrase!("1", "2", "3", "more")[(clauses.len() - 1).min(3)],
            ],
        );
        if at + 1 == clauses.len() {
            sink.add(of, &[phrase!("last clause")]);
        }
        let length = tokens.len();
        sink.add(
            of,
            &[
                phrase!("clause length"),
                phrase!("short", "middle", "long")[usize::from(length > 6) + usize::from(length > 14)],
            ],
        );
        if self.grammar.anchor(unit).is_some_and(|anchor| within(&anchor)) {
            sink.add(of, &[phrase!("clause has act")]);
        }
        for cue in unit.cues.iter().filter(|cue| within(&cue.range)) {
            match cue.sense {
                Sense::Instrument(_) => sink.add(of, &[phrase!("clause has instrument")]),
                Sense::Mode(id) => {
                    sink.add(of, &[phrase!("clause mode"), self.modes[usize::from(id)].phrase()])
                }
                Sense::Layer(_) => sink.add(of, &[phrase!("clause has layer")]),
                Sense::Status(_) => {}
                Sense::Word(id) => {
                    sink.add(of, &[phrase!("clause word"), self.words[usize::from(id)].phrase()])
                }
            }
        }
        let names = unit.mentions.iter().filter(|mention| within(&mention.range)).count();
        sink.add(of, &[phrase!("clause names"), phrase!("0", "1", "2", "more")[names.min(3)]]);
        sink.close(1.0);
    }
}

fn add(sums: &mut [f32; 2], more: [f32; 2]) {
    sums[0] += more[0];
    sums[1] += more[1];
}

/// What is told of a sentence, in its order.
fn blocks(reading: &Reading, at: usize) -> impl Iterator<Item = Block> {
    let units = &reading.units;
    let titled = units.first().is_some_and(|first| first.in_title);
    let title = (titled && at > 0).then_some(0);
    let before = at.checked_sub(1).filter(|before| *before >= usize::from(titled));
    let after = Some(at + 1).filter(|after| *after < units.len());
    let one = |kind, unit: Option<usize>, weight| {
        unit.map(|unit| Block { kind, units: [Some(unit), None, None], weight })
    };
    let around = [before, after, title];
    [
        one(Kind::Words, Some(at), 1.0),
        one(Kind::Words, title, 0.6),
        one(Kind::TitleWords, title, 0.3),
        one(Kind::Words, before, 0.3),
        one(Kind::Words, after, 0.3),
        one(Kind::Cues, Some(at), 0.8),
        one(Kind::Grammar, Some(at), 0.4),
        Some(Block { kind: Kind::CuesAround, units: around, weight: 0.5 }),
        Some(Block { kind: Kind::GrammarAround, units: around, weight: 0.3 }),
        one(Kind::Shape, Some(at), 0.5),
    ]
    .into_iter()
    .flatten()
}

/// What features of one kind of one sentence say for the first head of a scorer.
#[derive(Debug, Clone, Copy)]
struct Said {
    count: usize,
    sums: [f32; 2],
}

/// What was looked up of the sentences of a document: each is looked up once, however many sentences it is near to.
#[derive(Default)]
pub(crate) struct Looked {
    said: Vec<[Option<Said>; LASTING]>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) hashes: Hashes,
}

impl Looked {
    /// Begins a document.
    pub(crate) fn begin(&mut self, units: usize) {
        self.said.clear();
        self.said.resize(units, [None; LASTING]);
    }
}
