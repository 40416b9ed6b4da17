//! Why an instrument touches an object or not, line by line.

use jiff::civil::Date;

use super::assess::{Circumstances, Limbs};
use super::expression::{Field, Quantity, Test, Uses, View, Word};
use super::instrument::Version;
use super::object::Facts;
use super::told::say;
use super::value::{Interval, Operation, Symbol, Truth, Value};
use super::{Moment, Rulebook};
use crate::diag::Lang;

/// A line of a trace, and how deeply it stands within others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Depth, from 0.
    pub depth: usize,
    /// The words.
    pub text: String,
}

/// Writes a trace.
struct Trace<'t> {
    book: &'t Rulebook,
    version: &'t Version,
    lang: Lang,
    lines: Vec<Line>,
}

impl Rulebook {
    /// How an instrument's verdict on an object comes about: version, status, each limb and exception with the figures it looks at, and
    /// where these are from. `None` if there is no such instrument or object.
    #[must_use]
    pub fn explain(
        &self,
        instrument: &str,
        object: &str,
        on: Date,
        moment: Moment,
        circumstances: &Circumstances,
        lang: Lang,
    ) -> Option<Vec<Line>> {
        let (instrument, object) = (self.position(instrument)?, self.objects.find(object)?);
        let (text, thing) = (&self.instruments[instrument], &self.objects.list[object]);
        let facts = thing.facts(on, moment, &self.vocabulary, &circumstances.facts);
        let subject = self.subject(object, &facts);
        let verdict = self.verdict(instrument, &subject, on, moment);
        let mut lines = Vec::new();
        let mut line = |depth: usize, text: String| lines.push(Line { depth, text });
        let day = on.to_string();
        let args = [
            ("object", thing.name(lang)),
            ("id", &thing.id),
            ("instrument", text.name(lang)),
            ("instrument_id", &text.id),
            ("day", &day),
        ];
        line(0, say(lang, "heading", &args));
        if let Some(known) = moment.known {
            line(0, say(lang, "as_known", &[("day", &known.to_string())]));
        }
        if let Some(version) = verdict.version.map(|at| &text.versions[at]) {
            let citation = match version.reference.as_str() {
                "" => version.citation.clone(),
                reference if version.citation.contains(reference) => version.citation.clone(),
                reference => format!("{}, {reference}", version.citation),
            };
            line(0, say(lang, "version", &[("version", &version.id), ("citation", &citation)]));
            let row = &version.statuses[verdict.row];
            let dated = |id: &str, day: Option<Date>| {
                day.map(|day| say(lang, id, &[("day", &day.to_string())])).unwrap_or_default()
            };
            let phrase = match row.phrase.as_str() {
                "" => String::new(),
                text => say(lang, "phrase", &[("text", text)]),
            };
            let (from, to) = (dated("from", row.from), dated("before", row.to));
            let status = verdict.status.unwrap_or(row.status).name(lang);
            let args = [("status", status), ("from", &from), ("to", &to), ("phrase", &phrase)];
            line(0, say(lang, "standing", &args));
            lines.extend(self.within(version, &subject, on, moment, |limbs| self.trace(limbs, lang)));
            lines.extend(self.facts_used(version, object, &facts, on, moment, circumstances, lang));
        }
        let told = self.told(instrument, object, &subject, on, moment, verdict, lang);
        let kind = told.verdict.kind.name(lang);
        let name = match told.limb.as_str() {
            "" => kind.to_owned(),
            limb => kind.to_owned() + &say(lang, "aside", &[("text", limb)]),
        };
        let args = [("verdict", name.as_str()), ("reason", &told.reason)];
        lines.push(Line { depth: 0, text: say(lang, "verdict_line", &args) });
        lines.push(Line { depth: 0, text: say(lang, "no_clearance", &[]) });
        Some(lines)
    }

    fn trace(&self, limbs: &Limbs<'_>, lang: Lang) -> Vec<Line> {
        let mut trace = Trace { book: self, version: limbs.version, lang, lines: Vec::new() };
        for (at, limb) in limbs.version.limb_list.iter().enumerate() {
            let truth = truth(limbs.truth(at), lang);
            let meaning = cited(limb.meaning(lang), &limb.citation);
            let args = [("limb", limb.id.as_str()), ("truth", truth.as_str()), ("meaning", &meaning)];
            trace.line(0, say(lang, "limb", &args));
            trace.test(&limbs.view, &limb.when, 1);
            for exception in limb.exceptions.iter().map(|at| &limbs.version.exceptions[*at]) {
                let meaning = exception.meaning(lang);
                let meaning = cited(meaning, &exception.citation);
                let holds = self::truth(limbs.view.truth(&exception.when), lang);
                let args = [("exception", exception.id.as_str()), ("truth", &holds), ("meaning", &meaning)];
                trace.line(1, say(lang, "exception", &args));
                trace.test(&limbs.view, &exception.when, 2);
            }
            for other in &limb.unless {
                let holds = self::truth(limbs.truth(*other), lang);
                let args = [("other", limbs.version.limb_list[*other].id.as_str()), ("truth", &holds)];
                trace.line(1, say(lang, "unless", &args));
            }
        }
        trace.lines
    }

    /// The facts that a version's conditions look at, each with its source or formula.
    #[expect(clippy::too_many_arguments, reason = "a question and what is known of its object")]
    fn facts_used(
        &self,
        version: &Version,
        object: usize,
        facts: &Facts,
        on: Date,
        moment: Moment,
        circumstances: &Circumstances,
        lang: Lang,
    ) -> Vec<Line> {
        let mut lines = vec![Line { depth: 0, text: say(lang, "facts_used", &[]) }];
        let mut wanted = version.uses().fields;
        // What a computed field is computed from is a fact that is used, too.
        let mut open: Vec<Field> = wanted.iter().copied().collect();
        while let Some(field) = open.pop() {
            for from in &self.vocabulary.fields[field].computed_from {
                if wanted.insert(*from) {
                    open.push(*from);
                }
            }
        }
        for field in wanted {
            let info = &self.vocabulary.fields[field];
            let own = &self.objects.list[object].facts;
            let unknown = || say(lang, "unknown", &[]);
            let given =
                circumstances.facts.iter().rfind(|(known, _)| *known == field).map(|(_, value)| value);
            let doubt = facts.doubts.iter().find(|doubt| doubt.field == field);
            let stated: Vec<_> = match given {
                Some(_) => Vec::new(),
                None => own.iter().filter(|fact| fact.field == field && fact.holds(on, moment)).collect(),
            };
            let values = given.into_iter().chain(stated.iter().map(|fact| &fact.value));
            if let Some(doubt) = doubt {
                let why = match lang {
                    Lang::En => &doubt.en,
                    Lang::Zh => &doubt.zh,
                };
                for value in values.filter_map(|value| self.value_told(field, value)) {
                    let args = [("name", info.name.as_str()), ("value", &value), ("why", why)];
                    lines.push(Line { depth: 1, text: say(lang, "fact_set_aside", &args) });
                }
            } else if let Some(value) = given.and_then(|value| self.value_told(field, value)) {
                lines.push(Line {
                    depth: 1,
                    text: say(lang, "fact_given", &[("name", &info.name), ("value", &value)]),
                });
            } else {
                for (fact, value) in stated.iter().zip(values) {
                    let value = self.value_told(field, value).unwrap_or_else(unknown);
                    let args =
                        [("name", info.name.as_str()), ("value", &value), ("reference", &fact.reference)];
                    let word = if fact.reference.is_empty() { "fact_plain" } else { "fact_from" };
                    lines.push(Line { depth: 1, text: say(lang, word, &args) });
                }
            }
            // Without a stated value that counts it is computed, if at all.
            if (doubt.is_some() || (given.is_none() && stated.is_empty()))
                && facts.values[field] != Value::Unknown
            {
                let value = self.value_told(field, &facts.values[field]).unwrap_or_else(unknown);
                let args = [("name", info.name.as_str()), ("value", &value), ("formula", &info.formula)];
                let word = if info.formula.is_empty() { "fact_plain" } else { "fact_derived" };
                lines.push(Line { depth: 1, text: say(lang, word, &args) });
            }
            for fact in own.iter().filter(|fact| fact.field == field && !fact.set_aside.is_empty()) {
                let value = self.value_told(field, &fact.value).unwrap_or_else(unknown);
                let args = [("name", info.name.as_str()), ("value", &value), ("why", &fact.set_aside)];
                lines.push(Line { depth: 1, text: say(lang, "fact_set_aside", &args) });
            }
        }
        lines
    }
}

fn cited(meaning: &str, citation: &str) -> String {
    if citation.is_empty() { meaning.to_owned() } else { format!("{meaning} [{citation}]") }
}

fn truth(truth: Truth, lang: Lang) -> String {
    let id = match truth {
        Truth::True => "truth_true",
        Truth::False => "truth_false",
        Truth::Open => "truth_open",
    };
    say(lang, id, &[])
}

impl Trace<'_> {
    fn line(&mut self, depth: usize, text: String) {
        self.lines.push(Line { depth, text });
    }

    /// A condition: groups with their parts below them, the rest on a line of its own.
    fn test(&mut self, view: &View<'_>, test: &Test, depth: usize) {
        let holds = truth(view.truth(test), self.lang);
        let colon = say(self.lang, "colon", &[]);
        match test {
            Test::All(parts) | Test::Any(parts) => {
                let word = if matches!(test, Test::All(_)) { "all_of" } else { "any_of" };
                self.line(depth, format!("{}{colon}{holds}", say(self.lang, word, &[])));
                parts.iter().for_each(|part| self.test(view, part, depth + 1));
            }
            Test::Not(inner) if matches!(**inner, Test::All(_) | Test::Any(_) | Test::Defined(_)) => {
                self.line(depth, format!("{}{colon}{holds}", say(self.lang, "none_of", &[])));
                self.test(view, inner, depth + 1);
            }
            Test::Defined(at) => {
                self.line(depth, format!("{}{colon}{holds}", self.version.definitions[*at].name));
                if let Some(inner) = &view.tests[*at] {
                    self.test(view, inner, depth + 1);
                }
            }
            test => {
                let told = self.told(view, test);
                self.line(depth, format!("{told}{colon}{holds}"));
                let mut uses = Uses::default();
                test.uses(&mut uses);
                for parameter in uses.parameters.iter().filter_map(|at| self.version.parameter(*at)) {
                    if !parameter.quote.is_empty() {
                        let args = [("place", parameter.place.as_str()), ("quote", &parameter.quote)];
                        self.line(depth + 1, say(self.lang, "text_says", &args));
                    }
                }
            }
        }
    }

    /// A condition on one line, with the figures it looks at.
    fn told(&self, view: &View<'_>, test: &Test) -> String {
        let name = |field: Field| self.book.vocabulary.fields[field].name.clone();
        let list = |list: &Symbol| self.book.lexicon.text(*list).to_owned();
        match test {
            Test::Constant(holds) => holds.to_string(),
            Test::Unread => say(self.lang, "unread", &[]),
            Test::Flag(field) => self.field(view, *field),
            Test::Not(inner) => {
                format!("{} {}", say(self.lang, "none_of", &[]), self.told(view, inner))
            }
            Test::Compare(relation, left, right) => {
                format!("{} {} {}", self.number(view, left), relation.sign(), self.number(view, right))
            }
            Test::Same(one, two) => format!("{} == {}", self.word(view, one), self.word(view, two)),
            Test::Among(word, words) => {
                let texts: Vec<&str> = words.iter().map(|word| self.book.lexicon.text(*word)).collect();
                format!("{} in [{}]", self.word(view, word), texts.join(", "))
            }
            Test::Contains(field, word) => {
                format!("{} in {}", self.word(view, word), self.field(view, *field))
            }
            Test::InList(word, id) => {
                say(self.lang, "in_list", &[("word", &self.word(view, word)), ("list", &list(id))])
            }
            Test::Listed(id) => say(self.lang, "is_listed", &[("list", &list(id))]),
            Test::TouchedBy(at, limb) => {
                let id = &self.book.instruments[*at].id;
                let by = match limb {
                    Some(limb) => say(self.lang, "by_limb", &[("instrument", id), ("limb", &list(limb))]),
                    None => id.clone(),
                };
                say(self.lang, "touched_by", &[("instrument", &by)])
            }
            Test::Known(field) => say(self.lang, "is_known", &[("name", &name(*field))]),
            Test::Defined(at) => self.version.definitions[*at].name.clone(),
            Test::All(_) | Test::Any(_) => String::new(),
        }
    }

    /// A field with its value.
    fn field(&self, view: &View<'_>, field: Field) -> String {
        let value = self.book.value_told(field, &view.facts[field]);
        let value = value.unwrap_or_else(|| say(self.lang, "unknown", &[]));
        say(self.lang, "gap_value", &[("name", &self.book.vocabulary.fields[field].name), ("value", &value)])
    }

    fn word(&self, view: &View<'_>, word: &Word) -> String {
        match word {
            Word::Constant(symbol) => format!("'{}'", self.book.lexicon.text(*symbol)),
            Word::Field(field) => self.field(view, *field),
        }
    }

    /// A number with what it is made of.
    fn number(&self, view: &View<'_>, quantity: &Quantity) -> String {
        let value = || {
            let told = |interval: Interval| interval.to_string();
            view.number(quantity).map_or_else(|| say(self.lang, "unknown", &[]), told)
        };
        let join = |parts: &[Quantity]| {
            parts.iter().map(|part| self.number(view, part)).collect::<Vec<_>>().join(", ")
        };
        match quantity {
            Quantity::Constant(interval) => interval.to_string(),
            Quantity::Field(field) => self.field(view, *field),
            Quantity::Parameter(at, name) => {
                let unit = self.version.parameter(*at).map(|p| p.unit.to_string()).unwrap_or_default();
                let value = format!("{} {unit}", value());
                let args = [("name", self.book.lexicon.text(*name)), ("value", value.trim_end())];
                say(self.lang, "gap_value", &args)
            }
            Quantity::Today => "on".to_owned(),
            Quantity::OwnedBy(list) => {
                let share = say(self.lang, "owned_share", &[("list", self.book.lexicon.text(*list))]);
                say(self.lang, "gap_value", &[("name", &share), ("value", &value())])
            }
            Quantity::Scaled(inner, factor) => {
                format!("{} x {}", self.number(view, inner), Interval::exact(*factor))
            }
            Quantity::Combined(operation, left, right) => {
                let sign = match operation {
                    Operation::Plus => "+",
                    Operation::Minus => "-",
                    Operation::Times => "x",
                    Operation::Over => "/",
                };
                format!("({} {sign} {})", self.number(view, left), self.number(view, right))
            }
            Quantity::Largest(parts) => format!("largest({})", join(parts)),
            Quantity::Smallest(parts) => format!("smallest({})", join(parts)),
            Quantity::FirstKnown(parts) => format!("first_known({})", join(parts)),
            Quantity::Defined(at) => {
                let name = &self.version.definitions[*at].name;
                say(self.lang, "gap_value", &[("name", name), ("value", &value())])
            }
        }
    }
}
