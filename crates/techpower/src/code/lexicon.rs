//! All that is looked for in a text, in one automaton per language: names of actors, cues of the codebook's pages, words of grammar, false friends.

use std::collections::BTreeMap;
use std::ops::Range;

use daachorse::{CharwiseDoubleArrayAhoCorasick, DoubleArrayAhoCorasick, Match};
use jiff::civil::Date;

use super::initials::Initials;
use super::normal::Normal;
use crate::codebook::{Actor, Codebook, NameKind};
use crate::diag::Lang;

/// Bytes that may stand between two parts of a cue joined by `…`.
const WIDEST_GAP: usize = 90;

/// What a cue speaks for: the kind of page and the position among the pages of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// An instrument.
    Instrument(u16),
    /// A mode.
    Mode(u16),
    /// A layer.
    Layer(u16),
    /// A status.
    Status(u16),
    /// A page of rules without patterns.
    Word(u16),
}

/// A name as it stands in the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Actor.
    pub actor: String,
    /// The name as written.
    pub name: String,
    /// Kind.
    pub kind: NameKind,
    /// First day on which it holds.
    pub from: Option<Date>,
    /// One past the last day.
    pub to: Option<Date>,
    /// Actors of which one must be mentioned.
    pub context: Vec<String>,
    /// What kind of actor it stands for: `s` state or bloc, `f` firm, `o` organisation.
    pub mask: char,
    /// Numbers of the actor and of those of the context, below [`Lexicon::numbered`].
    pub(crate) number: usize,
    pub(crate) asks: Vec<usize>,
    /// Whether letter case must agree.
    exact: bool,
}

impl Entry {
    /// Whether it holds on a day; always, if the day is unknown.
    #[must_use]
    pub fn holds(&self, on: Option<Date>) -> bool {
        on.is_none_or(|on| self.from.is_none_or(|from| from <= on) && self.to.is_none_or(|to| on < to))
    }
}

/// Something found in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Bytes of the normal text.
    pub range: Range<usize>,
    /// What it speaks for.
    pub sense: Sense,
}

/// A name found in a sentence; several entries if it stands for several actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Bytes of the normal text.
    pub range: Range<usize>,
    /// Positions of entries of [`Lexicon::entries`].
    pub entries: Vec<u32>,
}

/// What is found in a sentence.
#[derive(Debug, Default, Clone)]
pub struct Found {
    /// Names, in order, none overlapping another.
    pub names: Vec<Named>,
    /// Cues, in order of their ends; they may overlap.
    pub cues: Vec<Cue>,
    /// False friends.
    masks: Vec<Range<usize>>,
    /// Parts of cues whose parts stand apart, with the number of the cue and of the part.
    parts: Vec<(u32, u8, Range<usize>)>,
    /// The sentence as the automaton of English has it.
    raised: Vec<u8>,
}

/// The lexicon of a codebook.
pub struct Lexicon {
    entries: Vec<Entry>,
    /// How many actors have a number.
    numbered: usize,
    tongues: [Tongue; 2],
}

/// All words of a language that are looked for.
enum Automaton {
    /// By bytes, initials in upper case: nothing is begun in the middle of a word, or at a word that begins nothing.
    Latin(DoubleArrayAhoCorasick<u32>, Initials),
    /// By characters.
    Han(CharwiseDoubleArrayAhoCorasick<u32>),
}

struct Tongue {
    automaton: Option<Automaton>,
    /// Of all words, one word after the other.
    meanings: Vec<Meaning>,
    /// Where those of a word begin, by value of the automaton; and where the last end.
    starts: Vec<usize>,
    gapped: Vec<Gapped>,
}

/// What a word sequence means where it is found.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Name {
        entry: u32,
    },
    FalseFriend {
        open: bool,
    },
    Cue {
        sense: Sense,
        open: bool,
    },
    /// A part of a cue whose parts stand apart.
    Part {
        gapped: u32,
        part: u8,
        open: bool,
    },
}

impl Meaning {
    /// Whether the rest of a word may follow.
    fn is_open(&self) -> bool {
        match self {
            Meaning::Name { .. } => false,
            Meaning::FalseFriend { open } | Meaning::Cue { open, .. } | Meaning::Part { open, .. } => *open,
        }
    }
}

struct Gapped {
    sense: Sense,
    parts: u8,
}

impl Lexicon {
    /// Compiles the lexicon of a codebook and further actors (those of a study).
    #[must_use]
    pub fn new(codebook: &Codebook, further: &BTreeMap<String, Actor>) -> Lexicon {
        let mut entries: Vec<Entry> = Vec::new();
        let mut words: [BTreeMap<String, Vec<Meaning>>; 2] = Default::default();
        let mask = |id: &str| match id.split(':').next() {
            Some("firm") => 'f',
            Some("org") => 'o',
            _ => 's',
        };
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut number = |id: &String| {
            let next = numbers.len();
            *numbers.entry(id.clone()).or_insert(next)
        };
        let mut add =
            |mut entry: Entry, lang: Option<Lang>, words: &mut [BTreeMap<String, Vec<Meaning>>; 2]| {
                // What is looked through is in normal form, so names are too.
                let key = Normal::new(&entry.name).text().to_ascii_lowercase();
                if key.is_empty() {
                    return;
                }
                let at = entries.len() as u32;
                for (index, of) in [Lang::En, Lang::Zh].into_iter().enumerate() {
                    if lang.is_none_or(|lang| lang == of) {
                        words[index].entry(key.clone()).or_default().push(Meaning::Name { entry: at });
                    }
                }
                entry.number = number(&entry.actor);
                entry.asks = entry.context.iter().map(&mut number).collect();
                entries.push(entry);
            };
        for (id, actor) in codebook.actors.iter().chain(further) {
            for name in [&actor.name_en, &actor.name_zh].into_iter().chain(&actor.aliases) {
                let entry = Entry {
                    actor: id.clone(),
                    name: name.clone(),
                    kind: NameKind::Name,
                    from: None,
                    to: None,
                    context: Vec::new(),
                    mask: mask(id),
                    number: 0,
                    asks: Vec::new(),
                    exact: exact(name),
                };
                // A Latin name is looked for in Chinese texts too.
                add(entry, if name.is_ascii() { None } else { Some(Lang::Zh) }, &mut words);
            }
        }
        for name in &codebook.names {
            // Short forms of one character would be found in half of all words.
            if name.context.iter().any(|id| id == "-") {
                continue;
            }
            let entry = Entry {
                actor: name.actor.clone(),
                name: name.name.clone(),
                kind: name.kind,
                from: name.from,
                to: name.to,
                context: name.context.clone(),
                mask: mask(&name.actor),
                number: 0,
                asks: Vec::new(),
                // `Entity List` is one state's list, `entity list` anybody's.
                exact: exact(&name.name) || name.kind == NameKind::Law && name.name.is_ascii(),
            };
            add(entry, Some(name.lang), &mut words);
        }
        for friend in &codebook.false_friends {
            let (key, open) = split_open(&friend.text);
            words[tongue(friend.lang)].entry(key).or_default().push(Meaning::FalseFriend { open });
        }
        let mut gapped: [Vec<Gapped>; 2] = Default::default();
        let mut counts: BTreeMap<&str, u16> = BTreeMap::new();
        for page in &codebook.pages {
            let at = counts.entry(page.kind.as_str()).or_insert(0);
            let sense = match page.kind.as_str() {
                "instrument" => Some(Sense::Instrument(*at)),
                "mode" => Some(Sense::Mode(*at)),
                "layer" => Some(Sense::Layer(*at)),
                "status" => Some(Sense::Status(*at)),
                "rule" => Some(Sense::Word(*at)),
                _ => None,
            };
            *at += 1;
            let Some(sense) = sense else { continue };
            for (lang, cues) in &page.cues {
                let index = tongue(*lang);
                for cue in cues {
                    add_cue(cue, *lang, sense, &mut words[index], &mut gapped[index]);
                }
            }
        }
        let [en, zh] = words;
        let [gapped_en, gapped_zh] = gapped;
        Lexicon {
            entries,
            numbered: numbers.len(),
            tongues: [Tongue::new(Lang::En, en, gapped_en), Tongue::new(Lang::Zh, zh, gapped_zh)],
        }
    }

    /// All names.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many actors the entries speak of.
    pub(crate) fn numbered(&self) -> usize {
        self.numbered
    }

    /// Finds everything in a sentence: `text` in normal form, `lower` the same with ASCII letters in lower case.
    pub fn find(&self, lang: Lang, text: &str, lower: &str, range: Range<usize>, found: &mut Found) {
        let Found { names, cues, masks, parts, raised } = found;
        names.clear();
        cues.clear();
        masks.clear();
        parts.clear();
        let tongue = &self.tongues[tongue(lang)];
        let Some(automaton) = &tongue.automaton else { return };
        let bytes = text.as_bytes();
        let offset = range.start;
        let mut take = |hit: Match<u32>| {
            let (start, end) = (hit.start() + offset, hit.end() + offset);
            if !begins_word(bytes, start) {
                return;
            }
            let whole = ends_word(bytes, end);
            let word = hit.value() as usize;
            for meaning in &tongue.meanings[tongue.starts[word]..tongue.starts[word + 1]] {
                match *meaning {
                    Meaning::Name { entry } => {
                        let named = &self.entries[entry as usize];
                        if !whole || named.exact && text[start..end] != named.name {
                            continue;
                        }
                        // In 7日美国 the day ends before the name.
                        if start > 0 && bytes[start - 1].is_ascii_digit() && text[start..].starts_with('日')
                        {
                            continue;
                        }
                        match names.last_mut() {
                            Some(last) if last.range == (start..end) => last.entries.push(entry),
                            _ => names.push(Named { range: start..end, entries: vec![entry] }),
                        }
                    }
                    Meaning::FalseFriend { open } if whole || open => masks.push(start..end),
                    Meaning::Cue { sense, open } if whole || open => {
                        cues.push(Cue { range: start..end, sense })
                    }
                    Meaning::Part { gapped, part, open } if whole || open => {
                        let from = if part == 0 {
                            Some(start)
                        } else {
                            parts
                                .iter()
                                .rev()
                                .take_while(|(.., at)| at.end + WIDEST_GAP >= start)
                                .find(|(of, number, at)| {
                                    *of == gapped && *number + 1 == part && at.end <= start
                                })
                                .map(|(.., at)| at.start)
                        };
                        let Some(from) = from else { continue };
                        let of = &tongue.gapped[gapped as usize];
                        if part + 1 == of.parts {
                            cues.push(Cue { range: from..end, sense: of.sense });
                        } else {
                            parts.push((gapped, part, from..end));
                        }
                    }
                    _ => {}
                }
            }
        };
        match automaton {
            Automaton::Latin(automaton, initials) => {
                let before = offset.checked_sub(1).map_or(b' ', |at| bytes[at]);
                initials.raise(&lower.as_bytes()[range], before, raised);
                automaton.find_overlapping_iter(raised).for_each(&mut take);
            }
            Automaton::Han(automaton) => automaton.find_overlapping_iter(&lower[range]).for_each(&mut take),
        }
        self.longest(names, masks);
        if !masks.is_empty() {
            cues.retain(|cue| !masks.iter().any(|mask| covers(mask, &cue.range)));
        }
    }
}

impl Lexicon {
    /// Of names that overlap the longest stays, and of those as long a full name before a short form (in 对华为 the firm, not 对华); a name
    /// within a false friend goes.
    fn longest(&self, names: &mut Vec<Named>, masks: &[Range<usize>]) {
        names.retain(|name| !masks.iter().any(|mask| covers(mask, &name.range)));
        names.sort_by_key(|name| (name.range.start, std::cmp::Reverse(name.range.end)));
        let apart = names.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start);
        if apart {
            return;
        }
        let short = |name: &Named| {
            name.entries
                .iter()
                .all(|entry| matches!(self.entries[*entry as usize].kind, NameKind::Short | NameKind::Pair))
        };
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|at| {
            (std::cmp::Reverse(names[*at].range.len()), short(&names[*at]), names[*at].range.start)
        });
        let mut kept: Vec<usize> = Vec::with_capacity(names.len());
        for at in order {
            let range = &names[at].range;
            if kept.iter().all(|other| {
                let other = &names[*other].range;
                range.end <= other.start || other.end <= range.start
            }) {
                kept.push(at);
            }
        }
        kept.sort_unstable();
        *names = kept.into_iter().map(|at| names[at].clone()).collect();
    }
}

impl Tongue {
    fn new(lang: Lang, words: BTreeMap<String, Vec<Meaning>>, gapped: Vec<Gapped>) -> Tongue {
        let automaton = match lang {
            Lang::En => {
                let open = |meanings: &[Meaning]| meanings.iter().any(Meaning::is_open);
                let initials =
                    Initials::new(words.iter().map(|(word, meanings)| (word.as_str(), open(meanings))));
                let raised = words.keys().map(|word| {
                    let mut raised = Vec::new();
                    initials.raise(word.as_bytes(), b' ', &mut raised);
                    raised
                });
                let automaton = DoubleArrayAhoCorasick::new(raised).ok();
                automaton.map(|automaton| Automaton::Latin(automaton, initials))
            }
            Lang::Zh => CharwiseDoubleArrayAhoCorasick::new(words.keys()).ok().map(Automaton::Han),
        };
        let mut starts = vec![0];
        let mut meanings = Vec::new();
        for of_word in words.into_values() {
            meanings.extend(of_word);
            starts.push(meanings.len());
        }
        Tongue { automaton, meanings, starts, gapped }
    }
}

fn tongue(lang: Lang) -> usize {
    match lang {
        Lang::En => 0,
        Lang::Zh => 1,
    }
}

/// Names of up to four letters and names that are one plain word must be written as they are in the dictionary.
fn exact(name: &str) -> bool {
    name.is_ascii() && (name.len() <= 5 || !name.contains(' '))
}

/// The literal of a cue and whether the rest of a word may follow.
fn split_open(cue: &str) -> (String, bool) {
    match cue.strip_suffix('*') {
        Some(stem) => (stem.to_ascii_lowercase(), true),
        None => (cue.to_ascii_lowercase(), false),
    }
}

fn add_cue(
    cue: &str,
    lang: Lang,
    sense: Sense,
    words: &mut BTreeMap<String, Vec<Meaning>>,
    gapped: &mut Vec<Gapped>,
) {
    // `ban* the export` is two parts with nothing but the rest of a word between them.
    let parts: Vec<String> = cue
        .split('…')
        .flat_map(|part| {
            let mut pieces: Vec<String> =
                part.split_inclusive("* ").map(|piece| piece.trim().to_owned()).collect();
            pieces.retain(|piece| !piece.is_empty());
            pieces
        })
        .collect();
    // Chinese has no blanks: a word may go on.
    let open_ended = lang == Lang::Zh;
    match parts.as_slice() {
        [] => {}
        [only] => {
            let (key, open) = split_open(only);
            if !key.is_empty() {
                words.entry(key).or_default().push(Meaning::Cue { sense, open: open || open_ended });
            }
        }
        several => {
            let number = gapped.len() as u32;
            gapped.push(Gapped { sense, parts: several.len().min(200) as u8 });
            for (part, text) in several.iter().take(200).enumerate() {
                let (key, open) = split_open(text);
                words.entry(key).or_default().push(Meaning::Part {
                    gapped: number,
                    part: part as u8,
                    open: open || open_ended,
                });
            }
        }
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end && outer != inner || outer == inner
}

/// Latin words begin and end at what is no letter or digit; ideographs have no such bounds.
pub(super) fn begins_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || !(bytes[at].is_ascii_alphanumeric() && bytes[at - 1].is_ascii_alphanumeric())
}

pub(super) fn ends_word(bytes: &[u8], at: usize) -> bool {
    at >= bytes.len() || !(bytes[at].is_ascii_alphanumeric() && bytes[at - 1].is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Actors whose names are found in a sentence, in their order.
    fn actors(lexicon: &Lexicon, lang: Lang, text: &str) -> Vec<String> {
        let mut found = Found::default();
        lexicon.find(lang, text, &text.to_ascii_lowercase(), 0..text.len(), &mut found);
        found.names.iter().map(|name| lexicon.entries()[name.entries[0] as usize].actor.clone()).collect()
    }

    #[test]
    fn names_are_found_and_false_friends_are_not() {
        let (codebook, _) = Codebook::builtin();
        let lexicon = Lexicon::new(&codebook, &BTreeMap::new());
        let check = |lang: Lang, text: &str, expected: &[&str]| {
            assert_eq!(actors(&lexicon, lang, text), expected, "{text}");
        };
        check(Lang::En, "The U.S. Commerce Department added Huawei to a list.", &["USA", "firm:huawei"]);
        check(Lang::En, "It gave us a chip.", &[]);
        check(Lang::En, "Thus the focus was on status.", &[]);
        check(Lang::En, "A trump card was played in Beijing.", &["CHN"]);
        // The list tells whose it is.
        check(Lang::Zh, "美国商务部将华为列入实体清单", &["USA", "firm:huawei"]);
        check(Lang::Zh, "荷兰政府要求冻结安世半导体资产", &["NLD", "firm:nexperia"]);
    }

    #[test]
    fn cues_may_stand_apart() {
        let (codebook, _) = Codebook::builtin();
        let lexicon = Lexicon::new(&codebook, &BTreeMap::new());
        let instrument = |lang: Lang, text: &str, id: &str| {
            let mut found = Found::default();
            lexicon.find(lang, text, &text.to_ascii_lowercase(), 0..text.len(), &mut found);
            let at = codebook.instruments.iter().position(|i| i.id == id).expect("an instrument");
            found
                .cues
                .iter()
                .find(|cue| cue.sense == Sense::Instrument(at as u16))
                .map(|cue| text[cue.range.clone()].to_owned())
        };
        assert_eq!(
            instrument(Lang::Zh, "拟限制高端芯片向该国出口", "export-control").as_deref(),
            Some("限制高端芯片向该国出口")
        );
        assert_eq!(
            instrument(Lang::En, "It banned the export of chips.", "export-control").as_deref(),
            Some("banned the export")
        );
        assert_eq!(instrument(Lang::Zh, "该市集成电路产量增长", "export-control"), None);
    }
}
