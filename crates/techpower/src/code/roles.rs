//! Who does what to whom: each actor named in or around a sentence, with what stands around its names.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::feature::{Phrase, Sink, Space, Token, phrase};
use super::lexicon::{Lexicon, Sense};
use super::reading::{Reading, Unit};
use crate::codebook::{Codebook, NameKind, Pattern, PatternPlace, RuleRole, Voice};
use crate::diag::Lang;

/// Sentences before the one that tells the act in which its actors are looked for, beside the title.
const BEFORE: usize = 3;
/// Words that may stand between a word of a pattern and a name.
const PASSED_OVER: [&str; 22] = [
    "the", "a", "an", "its", "their", "his", "her", "some", "all", "other", "new", "several", "many",
    "major", "more", "certain", "both", "leading", "top", "any", "these", "such",
];

/// Patterns of the codebook's pages, ready for use, and the places of the pages of words that they need.
pub(crate) struct Grammar {
    patterns: Vec<Ready>,
    /// The texts that patterns have beside a name, numbered.
    texts: HashMap<String, u32>,
    pub(crate) act: Option<u16>,
    pub(crate) passive: Option<u16>,
    pub(crate) speech: Option<u16>,
    pub(crate) negation: Option<u16>,
    pub(crate) planned: Option<u16>,
    pub(crate) hypothetical: Option<u16>,
}

struct Ready {
    pattern: Pattern,
    /// Numbers of texts.
    left: Vec<u32>,
    right: Vec<u32>,
}

/// An actor that may have a part in an act.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) actor: String,
    pub(crate) mask: char,
    pub(crate) spots: Vec<Spot>,
}

/// A name of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Sentence.
    pub(crate) unit: usize,
    /// Name in the sentence.
    pub(crate) mention: usize,
    pub(crate) range: Range<usize>,
    pub(crate) entry: u32,
    /// `s` the sentence, `t` title, `b` before, `a` after.
    pub(crate) place: &'static str,
}

impl Grammar {
    pub(crate) fn new(codebook: &Codebook) -> Grammar {
        let rules: Vec<&str> =
            codebook.pages.iter().filter(|p| p.kind == "rule").map(|p| p.id.as_str()).collect();
        let word = |id: &str| rules.iter().position(|rule| *rule == id).map(|at| at as u16);
        let mut texts: HashMap<String, u32> = HashMap::new();
        let mut numbers = |of: &[String]| -> Vec<u32> {
            of.iter()
                .map(|text| {
                    let next = texts.len() as u32;
                    *texts.entry(text.clone()).or_insert(next)
                })
                .collect()
        };
        let mut patterns: Vec<Ready> = codebook
            .rules
            .iter()
            .flat_map(|rule| &rule.patterns)
            .map(|pattern| Ready {
                left: numbers(&pattern.left),
                right: numbers(&pattern.right),
                pattern: pattern.clone(),
            })
            .collect();
        patterns.sort_by_key(|ready| ready.pattern.order);
        Grammar {
            patterns,
            texts,
            act: word("act"),
            passive: word("passive"),
            speech: word("speech"),
            negation: word("negation"),
            planned: word("planned"),
            hypothetical: word("hypothetical"),
        }
    }

    /// Whether a word stands before targets. Right before a name such a word takes an object, whatever else it can mean: `将华为列入` says who is
    /// listed, and not that it is to come.
    pub(crate) fn precedes_targets(&self, word: &str) -> bool {
        let of = |number: &u32| {
            self.patterns
                .iter()
                .any(|ready| ready.pattern.role == RuleRole::Target && ready.left.contains(number))
        };
        self.texts.get(word).is_some_and(of)
    }

    pub(crate) fn pattern(&self, at: usize) -> &Pattern {
        &self.patterns[at].pattern
    }

    /// The word that carries the act of a sentence: the act word nearest to a cue of an instrument, before it rather than behind it;
    /// without such a cue the first act word behind a name, else the first.
    pub(crate) fn anchor(&self, unit: &Unit) -> Option<Range<usize>> {
        let act = Sense::Word(self.act?);
        let in_name = |range: &Range<usize>| {
            unit.mentions.iter().any(|m| m.range.start <= range.start && range.end <= m.range.end)
        };
        let acts =
            || unit.cues_of(|sense| sense == act).map(|cue| &cue.range).filter(|range| !in_name(range));
        let instrument = unit
            .cues_of(|sense| matches!(sense, Sense::Instrument(_)))
            .max_by_key(|cue| (cue.range.len(), usize::MAX - cue.range.start))
            .map(|cue| cue.range.clone());
        if let Some(instrument) = instrument {
            return acts()
                .min_by_key(|range| {
                    if range.start <= instrument.start {
                        instrument.start - range.start
                    } else {
                        2 * (range.start - instrument.start)
                    }
                })
                .cloned();
        }
        let named = unit.mentions.first().map_or(0, |mention| mention.range.end);
        acts().find(|range| range.start >= named).or_else(|| acts().next()).cloned()
    }

    /// Whether the act that `anchor` carries is told passively.
    pub(crate) fn is_passive(&self, unit: &Unit, anchor: &Range<usize>) -> bool {
        let Some(passive) = self.passive else { return false };
        let reach = if unit.lang == Lang::En { 14 } else { 36 };
        unit.cues_of(|sense| sense == Sense::Word(passive))
            .any(|cue| cue.range.end <= anchor.start && anchor.start - cue.range.end <= reach)
    }

    /// Patterns that fit a name, in their order.
    fn fitting(&self, at: &Around<'_>, found: &mut Vec<usize>) {
        found.clear();
        let numbers = |texts: &[&str]| -> Vec<u32> {
            texts.iter().filter_map(|text| self.texts.get(*text).copied()).collect()
        };
        let (left, right) = (numbers(&at.left), numbers(&at.right));
        let any = |wanted: &[u32], there: &[u32]| {
            wanted.is_empty() || there.iter().any(|number| wanted.contains(number))
        };
        for (number, ready) in self.patterns.iter().enumerate() {
            let pattern = &ready.pattern;
            let place = match (&pattern.place, at.place) {
                (None, _) => true,
                (Some(wanted), Some(place)) => *wanted == place,
                (Some(_), None) => false,
            };
            let voice = pattern.voice.is_none_or(|voice| voice == at.voice);
            let fits = pattern.lang == at.lang
                && place
                && voice
                && any(&ready.left, &left)
                && any(&ready.right, &right)
                && (pattern.later.is_empty()
                    || pattern.later.iter().any(|word| at.later.contains(word.as_str())))
                && (pattern.of.is_empty() || pattern.of.iter().any(|kind| kind == at.kind));
            if fits {
                found.push(number);
            }
        }
    }
}

/// What stands around a name.
struct Around<'a> {
    lang: Lang,
    place: Option<PatternPlace>,
    voice: Voice,
    left: Vec<&'a str>,
    right: Vec<&'a str>,
    later: &'a str,
    kind: &'static str,
}

/// A sentence ready for telling parts: its tokens and the word that carries its act.
pub(crate) struct Told {
    tokens: Vec<Token>,
    /// Token of each mention.
    at: Vec<usize>,
    pub(crate) anchor: Option<Range<usize>>,
    passive: bool,
    /// Patterns that fit each mention.
    pub(crate) patterns: Vec<Vec<usize>>,
}

impl Told {
    pub(crate) fn new(reading: &Reading, unit: &Unit, lexicon: &Lexicon, grammar: &Grammar) -> Told {
        let mut tokens = Vec::new();
        reading.tokens(unit, lexicon, &mut tokens);
        let at: Vec<usize> = unit
            .mentions
            .iter()
            .map(|mention| tokens.partition_point(|token| token.range.end <= mention.range.start))
            .collect();
        let anchor = grammar.anchor(unit);
        let passive = anchor.as_ref().is_some_and(|anchor| grammar.is_passive(unit, anchor));
        let mut told = Told { tokens, at, anchor, passive, patterns: Vec::new() };
        let mut found = Vec::new();
        for number in 0..unit.mentions.len() {
            grammar.fitting(&told.around(reading, unit, number, lexicon), &mut found);
            told.patterns.push(std::mem::take(&mut found));
        }
        told
    }

    fn side(&self, range: &Range<usize>) -> Option<PatternPlace> {
        let anchor = self.anchor.as_ref()?;
        Some(if range.start < anchor.start { PatternPlace::Before } else { PatternPlace::After })
    }

    fn around<'a>(&self, reading: &'a Reading, unit: &Unit, mention: usize, lexicon: &Lexicon) -> Around<'a> {
        let range = &unit.mentions[mention].range;
        let entry = &lexicon.entries()[unit.mentions[mention].entries[0] as usize];
        let lower = reading.lower.as_str();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        match unit.lang {
            Lang::En => {
                let mut end = range.start;
                // Articles and the like are passed over; up to three words before are looked at.
                loop {
                    let before = lower[unit.range.start..end].trim_end_matches([' ', '"', '\'', '(']);
                    end = unit.range.start + before.len();
                    let word = before.rsplit([' ', '"', '(']).next().unwrap_or_default();
                    if PASSED_OVER.contains(&word) {
                        end -= word.len();
                    } else {
                        break;
                    }
                }
                let mut start = end;
                for _ in 0..3 {
                    let before = &lower[unit.range.start..start];
                    let word = before.trim_end().rsplit(' ').next().unwrap_or_default();
                    if word.is_empty() {
                        break;
                    }
                    start = unit.range.start + before.trim_end().len() - word.len();
                    left.push(&lower[start..end]);
                }
                let after = lower[range.end..unit.range.end].trim_start_matches(['\'', 's']).trim_start();
                let mut length = 0;
                for word in after.split(' ').take(3) {
                    length += word.len();
                    right.push(after[..length].trim_end_matches([',', '.', ';', ':']));
                    length += 1;
                }
            }
            Lang::Zh => {
                let before = &lower[unit.range.start..range.start];
                for (at, _) in before.char_indices().rev().take(4) {
                    left.push(&before[at..]);
                }
                let after = &lower[range.end..unit.range.end];
                for (at, c) in after.char_indices().take(4) {
                    right.push(&after[..at + c.len_utf8()]);
                }
            }
        }
        Around {
            lang: unit.lang,
            place: self.side(range),
            voice: if self.passive { Voice::Passive } else { Voice::Active },
            left,
            right,
            later: &lower[range.end..unit.range.end],
            kind: match (entry.mask, entry.kind) {
                (_, NameKind::Demonym) => "demonym",
                ('f', _) => "firm",
                ('o', _) => "organisation",
                _ => "state",
            },
        }
    }

    fn word<'a>(&self, lower: &'a str, at: Option<usize>) -> Phrase<'a> {
        at.and_then(|at| self.tokens.get(at)).map_or(phrase!("^"), |token| token.phrase(lower))
    }
}

/// All actors named in a sentence, the title, the sentences before and the one behind.
pub(crate) fn candidates(reading: &Reading, unit: usize, lexicon: &Lexicon) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let title = reading.units.first().filter(|first| first.in_title).map(|_| 0);
    let first_text = usize::from(title.is_some());
    let mut visit = |number: usize, place: &'static str| {
        for (mention, named) in reading.units[number].mentions.iter().enumerate() {
            for entry in &named.entries {
                let of = &lexicon.entries()[*entry as usize];
                let at = *places.entry(&of.actor).or_insert_with(|| {
                    found.push(Candidate { actor: of.actor.clone(), mask: of.mask, spots: Vec::new() });
                    found.len() - 1
                });
                let range = named.range.clone();
                found[at].spots.push(Spot { unit: number, mention, range, entry: *entry, place });
            }
        }
    };
    visit(unit, "s");
    if let Some(title) = title.filter(|title| *title != unit) {
        visit(title, "t");
    }
    if unit >= first_text {
        for number in (first_text.max(unit.saturating_sub(BEFORE))..unit).rev() {
            visit(number, "b");
        }
        if unit + 1 < reading.units.len() {
            visit(unit + 1, "a");
        }
    }
    found
}

/// Features of a candidate; `kind` is the type of power and `mode` the mode of the act.
#[expect(clippy::too_many_arguments, reason = "all are parts of one passage")]
pub(crate) fn features(
    reading: &Reading,
    all: &[Candidate],
    number: usize,
    told: &BTreeMap<usize, Told>,
    lexicon: &Lexicon,
    grammar: &Grammar,
    (power, mode): (&str, &str),
    sink: &mut impl Sink,
) {
    let candidate = &all[number];
    let lower = reading.lower.as_str();
    let of = Space::Role;
    let (power, mode) = (Phrase::new(power), Phrase::new(mode));
    let mask = match candidate.mask {
        'f' => phrase!("firm"),
        'o' => phrase!("organisation"),
        _ => phrase!("state"),
    };
    let order = phrase!("first", "second", "third", "later")[number.min(3)];
    sink.add(of, &[order, power]);
    sink.add(of, &[mask, power]);
    sink.add(of, &[mask, mode]);
    sink.add(of, &[order, mode]);
    let actors = phrase!("1", "2", "3", "more")[all.len().saturating_sub(1).min(3)];
    sink.add(of, &[phrase!("actors"), actors, mask]);
    sink.add(of, &[phrase!("actors"), actors, power]);
    let in_title = candidate.spots.iter().any(|spot| spot.place == "t");
    let in_sentence = candidate.spots.iter().any(|spot| spot.place == "s");
    sink.add(
        of,
        &[
            phrase!("not in title", "in title")[usize::from(in_title)],
            phrase!("not in sentence", "in sentence")[usize::from(in_sentence)],
        ],
    );
    if candidate.spots.len() > 1 {
        sink.add(of, &[phrase!("named again")]);
    }
    let states_elsewhere = all.iter().enumerate().any(|(at, other)| at != number && other.mask == 's');
    sink.add(of, &[mask, phrase!("no other state", "beside a state")[usize::from(states_elsewhere)]]);
    for spot in &candidate.spots {
        let Some(told) = told.get(&spot.unit) else { continue };
        let unit = &reading.units[spot.unit];
        let place = Phrase::new(spot.place);
        let kind = Phrase::new(lexicon.entries()[spot.entry as usize].kind.id());
        let side = match told.side(&spot.range) {
            Some(PatternPlace::Before) => phrase!("before"),
            Some(PatternPlace::After) => phrase!("behind"),
            None => phrase!("no act"),
        };
        let voice = phrase!("active", "passive")[usize::from(told.passive)];
        sink.add(of, &[place, kind]);
        sink.add(of, &[place, side, voice]);
        sink.add(of, &[place, side, voice, mask]);
        sink.add(of, &[place, side, kind]);
        sink.add(of, &[place, side, power]);
        sink.add(of, &[place, side, mode]);
        let mention_order = phrase!("first", "second", "third", "later")[spot.mention.min(3)];
        sink.add(of, &[place, phrase!("name"), mention_order]);
        sink.add(of, &[place, phrase!("name"), mention_order, side]);
        if spot.mention + 1 == unit.mentions.len() {
            sink.add(of, &[place, phrase!("last name")]);
        }
        let patterns = &told.patterns[spot.mention];
        if let Some(first) = patterns.first() {
            sink.add(of, &[place, phrase!("first"), Phrase::new(&grammar.pattern(*first).id)]);
            sink.add(of, &[place, phrase!("first"), Phrase::new(&grammar.pattern(*first).id), power]);
        }
        for pattern in patterns {
            sink.add(of, &[place, Phrase::new(&grammar.pattern(*pattern).id)]);
        }
        let at = told.at[spot.mention];
        let left = told.word(lower, at.checked_sub(1));
        let before_left = told.word(lower, at.checked_sub(2));
        let right = told.word(lower, Some(at + 1));
        let after_right = told.word(lower, Some(at + 2));
        sink.add(of, &[place, phrase!("left"), left]);
        sink.add(of, &[phrase!("left"), left]);
        sink.add(of, &[phrase!("left"), left, mask]);
        sink.add(of, &[phrase!("left"), before_left, left]);
        sink.add(of, &[phrase!("right"), right]);
        sink.add(of, &[place, phrase!("right"), right]);
        sink.add(of, &[phrase!("right"), right, mask]);
        sink.add(of, &[phrase!("right"), right, after_right]);
        sink.add(of, &[phrase!("around"), left, right]);
        for further in 2..=4 {
            sink.add(of, &[phrase!("near left"), told.word(lower, at.checked_sub(further))]);
            sink.add(of, &[phrase!("near right"), told.word(lower, Some(at + further))]);
        }
        // A name that follows another with few words between shares its part or stands in apposition to it.
        if spot.mention > 0 {
            let previous = &unit.mentions[spot.mention - 1].range;
            let between = &lower[previous.end.min(spot.range.start)..spot.range.start];
            if between.len() <= 30 {
                let short = shortened(between.trim());
                sink.add(of, &[phrase!("behind a name"), short]);
                if let Some(first) = told.patterns[spot.mention - 1].first() {
                    sink.add(
                        of,
                        &[phrase!("behind a name"), short, Phrase::new(&grammar.pattern(*first).id)],
                    );
                }
            }
        }
        if let Some(next) = unit.mentions.get(spot.mention + 1) {
            let between = &lower[spot.range.end.min(next.range.start)..next.range.start];
            if between.len() <= 30 {
                let short = shortened(between.trim());
                sink.add(of, &[phrase!("before a name"), short]);
            }
        }
    }
    sink.close(1.0);
}

/// What stands between two names, if it is short.
fn shortened(between: &str) -> Phrase<'_> {
    if between.chars().count() <= 6 { Phrase::new(between) } else { phrase!("words") }
}

/// The part that the rules alone give to a candidate: that of the first pattern that fits its first name.
pub(crate) fn by_rule(
    candidate: &Candidate,
    told: &BTreeMap<usize, Told>,
    grammar: &Grammar,
) -> Option<(RuleRole, usize)> {
    candidate.spots.iter().find_map(|spot| {
        let first = *told.get(&spot.unit)?.patterns.get(spot.mention)?.first()?;
        Some((grammar.pattern(first).role, first))
    })
}
