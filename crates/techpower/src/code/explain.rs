//! Why a document was coded as it was, sentence by sentence.

use super::coder::{Coder, YES};
use super::event::{Coded, Quote, Reason};
use super::feature::{Texts, key};
use super::lexicon::Sense;
use super::reading::Reading;
use super::telling::{quote, quote_cue};
use crate::text::Document;

/// Features told of a sentence.
const TOLD: usize = 6;

/// Something found in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The words.
    pub quote: Quote,
    /// `name`, `instrument`, `act`, `negation`, `planned`, `hypothetical`, `speech`.
    pub kind: &'static str,
    /// Of a name the actor and the dictionary entry, of an instrument its page, of an act nothing.
    pub means: String,
}

/// What was made of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The sentence.
    pub sentence: Quote,
    /// Why it was passed over; `None` if it is coded.
    pub reason: Option<Reason>,
    /// How likely it tells an event, if a scorer was asked.
    pub probability: Option<f64>,
    /// What was found in it, in the order of the words.
    pub marks: Vec<Mark>,
    /// Features that spoke most for or against an event, with what they add to the sum (log-odds before calibration).
    pub weights: Vec<(String, f64)>,
}

impl Coder {
    /// Codes a document and tells of every sentence why.
    ///
    /// ```
    /// use techpower::{code::{Coder, Reason}, codebook::Codebook, text::Document};
    /// let text = "Japan put chip tools under export controls. Sushi was served.";
    /// let document = Document { id: "d".into(), lang: None, date: None, title: String::new(), text: text.into(),
    ///     source: String::new(), file: String::new(), row: 1 };
    /// let coder = Coder::new(&Codebook::builtin().0, &Default::default(), None);
    /// let (coded, sentences) = coder.explain(&document);
    /// assert_eq!(coded.events[0].instrument, "export-control");
    /// assert_eq!(sentences[0].marks[0].means, "JPN: Japan (name)");
    /// assert_eq!(sentences[1].reason, Some(Reason::Act));
    /// ```
    #[must_use]
    pub fn explain(&self, document: &Document) -> (Coded, Vec<Explained>) {
        let mut passed = Vec::new();
        let coded = self.code_with(document, Some(&mut |one| passed.push(one)));
        let reading = Reading::new(document, &self.lexicon);
        let explained = (0..reading.units.len())
            .map(|at| {
                let sentence = quote(&reading, document, &reading.units[at].range);
                let over = passed.iter().find(|one| one.sentence == sentence);
                let told = coded.events.iter().find(|event| event.sentence == sentence);
                Explained {
                    reason: over.map(|one| one.reason),
                    probability: over
                        .and_then(|one| one.probability)
                        .or(told.map(|event| event.confidence.event)),
                    marks: self.marks(&reading, document, at),
                    weights: if self.gate(&reading, at).is_ok() {
                        self.weights(&reading, at)
                    } else {
                        Vec::new()
                    },
                    sentence,
                }
            })
            .collect();
        (coded, explained)
    }

    fn marks(&self, reading: &Reading, document: &Document, at: usize) -> Vec<Mark> {
        let unit = &reading.units[at];
        let cued = |range: &std::ops::Range<usize>| quote_cue(reading, document, range);
        let mut marks: Vec<Mark> = Vec::new();
        for mention in &unit.mentions {
            let means: Vec<String> = mention
                .entries
                .iter()
                .map(|entry| {
                    let entry = &self.lexicon.entries()[*entry as usize];
                    format!("{}: {} ({})", entry.actor, entry.name, entry.kind.id())
                })
                .collect();
            marks.push(Mark {
                quote: quote(reading, document, &mention.range),
                kind: "name",
                means: means.join("; "),
            });
        }
        if let Some(anchor) = self.grammar.anchor(unit) {
            marks.push(Mark { quote: cued(&anchor), kind: "act", means: String::new() });
        }
        let words = [
            ("negation", self.grammar.negation),
            ("planned", self.grammar.planned),
            ("hypothetical", self.grammar.hypothetical),
            ("speech", self.grammar.speech),
        ];
        for cue in &unit.cues {
            match cue.sense {
                Sense::Instrument(id) => {
                    let (id, power) = &self.instruments[usize::from(id)];
                    marks.push(Mark {
                        quote: cued(&cue.range),
                        kind: "instrument",
                        means: format!("{} ({})", id.text, power.text),
                    });
                }
                Sense::Word(id) => {
                    if let Some((kind, _)) = words.iter().find(|(_, word)| *word == Some(id)) {
                        marks.push(Mark { quote: cued(&cue.range), kind, means: String::new() });
                    }
                }
                _ => {}
            }
        }
        marks.sort_by_key(|mark| (mark.quote.bytes.0, std::cmp::Reverse(mark.quote.bytes.1)));
        marks
    }

    fn weights(&self, reading: &Reading, at: usize) -> Vec<(String, f64)> {
        let Some((scorer, head)) = self.scorer().and_then(|scorer| Some((scorer, scorer.head("event")?)))
        else {
            return Vec::new();
        };
        let mut texts = Texts::default();
        self.features(reading, at, &mut Vec::new(), &mut texts);
        let mut sums: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
        for (feature, value) in texts.features {
            let hash = key(&feature);
            // What speaks for an event, less what the same feature says against it.
            let [yes, no] = scorer.weights(hash, [(head, YES), (head, 1 - YES)]);
            let weight = yes - no;
            if weight != 0.0 {
                *sums.entry(feature).or_default() += f64::from(weight * value);
            }
        }
        let mut list: Vec<(String, f64)> = sums.into_iter().collect();
        list.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        list.truncate(TOLD);
        list
    }
}
