//! What the scorer is told of a sentence: words, cues and shape, of the sentence, its title and the sentences beside it.

use std::ops::Range;

use super::coder::{Coder, TOPIC_NEAR};
use super::feature::{Row, Rows, Sink, Space, Token, words};
use super::lexicon::Sense;
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
    pub(crate) fn features(
        &self,
        reading: &Reading,
        at: usize,
        tokens: &mut Vec<Token>,
        sink: &mut dyn Sink,
    ) {
        for block in blocks(reading, at) {
            for unit in block.units.into_iter().flatten() {
                self.describe(block.kind, reading, unit, tokens, sink);
            }
            sink.close(block.weight);
        }
    }

    fn describe(
        &self,
        kind: Kind,
        reading: &Reading,
        at: usize,
        tokens: &mut Vec<Token>,
        sink: &mut dyn Sink,
    ) {
        let unit = &reading.units[at];
        let mut told = |space: Space, sink: &mut dyn Sink| {
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

    /// Looks up the features of a sentence and sums the weights of the first head's classes; `looked` then has the rows for all heads.
    pub(crate) fn look_up(
        &self,
        reading: &Reading,
        at: usize,
        scorer: &Scorer,
        looked: &mut Looked,
    ) -> [f32; 2] {
        looked.forget(reading, at);
        looked.found.clear();
        let mut sums = [0.0; 2];
        for block in blocks(reading, at) {
            let (mut count, mut block_sums) = (0, [0.0; 2]);
            let from = looked.found.len();
            for unit in block.units.into_iter().flatten() {
                if block.kind == Kind::Shape {
                    let mut rows = Rows::new(scorer);
                    self.describe(block.kind, reading, unit, &mut looked.tokens, &mut rows);
                    count += rows.count;
                    add(&mut block_sums, rows.sums);
                    looked.found.extend(rows.rows.iter().map(|row| (*row, 0.0)));
                    continue;
                }
                let place = block.kind as usize;
                if looked.kept[unit].as_ref().is_none_or(|kept| kept[place].is_none()) {
                    let mut rows = Rows::new(scorer);
                    self.describe(block.kind, reading, unit, &mut looked.tokens, &mut rows);
                    looked.kept[unit].get_or_insert_with(Default::default)[place] = Some(rows.into_kept());
                }
                if let Some(kept) = looked.kept[unit].as_ref().and_then(|kept| kept[place].as_ref()) {
                    count += kept.count;
                    add(&mut block_sums, kept.sums);
                    looked.found.extend(kept.rows.iter().map(|row| (*row, 0.0)));
                }
            }
            let weight = if count > 0 { block.weight / (count as f32).sqrt() } else { 0.0 };
            for found in &mut looked.found[from..] {
                found.1 = weight;
            }
            add(&mut sums, block_sums.map(|sum| sum * weight));
        }
        sums
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
        sink.add(
            of,
            &[
                "clause",
                ["1", "2", "3", "later"][at.min(3)],
                "of",
                ["1", "2", "3", "more"][(clauses.len() - 1).min(3)],
            ],
        );
        if at + 1 == clauses.len() {
            sink.add(of, &["last clause"]);
        }
        let length = tokens.len();
        sink.add(
            of,
            &[
                "clause length",
                ["short", "middle", "long"][usize::from(length > 6) + usize::from(length > 14)],
            ],
        );
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

/// What a scorer has of one kind of features of one sentence.
pub(crate) struct Kept {
    pub(crate) count: usize,
    pub(crate) sums: [f32; 2],
    pub(crate) rows: Box<[Row]>,
}

/// What was looked up of the sentences near the one that is judged: each is looked up once, however many sentences it is near to.
#[derive(Default)]
pub(crate) struct Looked {
    kept: Vec<Option<Box<[Option<Kept>; LASTING]>>>,
    /// Rows of the sentence with the weight of each.
    pub(crate) found: Vec<(Row, f32)>,
    tokens: Vec<Token>,
}

impl Looked {
    /// Begins a document.
    pub(crate) fn begin(&mut self, units: usize) {
        self.kept.clear();
        self.kept.resize_with(units, || None);
    }

    /// Sentences that are near no sentence to come are not kept; the title is.
    fn forget(&mut self, reading: &Reading, at: usize) {
        if let Some(past) = at.checked_sub(2)
            && !(past == 0 && reading.units[0].in_title)
        {
            self.kept[past] = None;
        }
    }
}
