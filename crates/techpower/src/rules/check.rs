//! What is wrong with a rulebook: tests in its files that fail, limbs that nothing can reach, texts nobody has read again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::assess::Subject;
use super::expression::{Field, Quantity, Test, Uses, Word};
use super::instrument::Version;
use super::object::{Facts, value};
use super::source::TestSource;
use super::told::say;
use super::value::{Interval, Symbol, Truth, Value};
use super::{Coverage, Moment, Rulebook, STAGE, Status, VerdictKind};
use crate::diag::{Kind, Lang, Note, Notes, Place};
use crate::num::Seed;

/// A text that no condition names.
const OTHER: Symbol = Symbol::MAX;
/// Objects made up for a limb before it is called out of reach.
const TRIES: usize = 20_000;

/// A status in a note: in English the word that stands in the file.
fn status(status: Status, lang: Lang) -> String {
    match lang {
        Lang::En => status.id().to_owned(),
        Lang::Zh => status.name(lang).to_owned(),
    }
}

/// A verdict in a note: in English the word that stands in the file.
fn verdict(kind: VerdictKind, lang: Lang) -> String {
    match lang {
        Lang::En => kind.id().to_owned(),
        Lang::Zh => kind.name(lang).to_owned(),
    }
}

impl Rulebook {
    /// Everything about the rulebook that somebody should look at. `today` decides which texts should be read again.
    #[must_use]
    pub fn check(&mut self, today: Date) -> Notes {
        let mut notes = self.due(today);
        notes.extend(self.sound());
        notes
    }

    /// Everything that [`Rulebook::check`] looks at but for what the calendar brings: tests, limbs out of reach, statuses at once, figures that
    /// cannot be meant, what is unused or untested.
    #[must_use]
    pub fn sound(&mut self) -> Notes {
        let mut notes = Notes::new();
        self.lists.check(&self.lexicon, &mut notes);
        let last = self.horizon().unwrap_or(Date::MAX);
        self.objects.implausible(&self.vocabulary, last, &mut notes);
        for at in 0..self.instruments.len() {
            self.overlaps(at, &mut notes);
            for version in 0..self.instruments[at].versions.len() {
                // What cannot be read was noted when it was; whatever else follows from it says nothing new.
                let text = &self.instruments[at];
                if text.objects.is_empty() || !text.versions[version].is_whole() {
                    continue;
                }
                self.unused(at, version, &mut notes);
                let touched = self.tests(at, version, &mut notes);
                self.reachable(at, version, &touched, &mut notes);
            }
        }
        notes
    }

    /// Instruments that should have been read again by a day: past the day they name, or past the end of a stay or suspension of which
    /// nobody knows what followed.
    #[must_use]
    pub fn due(&self, today: Date) -> Notes {
        let mut notes = Notes::new();
        for instrument in &self.instruments {
            let place = Place::file(&instrument.path);
            if let Some(day) = instrument.verify_by.filter(|day| *day < today) {
                let note = Note::new(Kind::RuleUnverified, STAGE, place.clone());
                notes.push(note.with("id", &instrument.id).with("day", day));
            }
            for row in instrument.versions.iter().flat_map(|version| &version.statuses) {
                let ends = matches!(row.status, Status::Stayed | Status::Suspended | Status::NotEnforced);
                let Some(end) = row.to.filter(|end| ends && *end <= today) else { continue };
                if instrument.known_until.is_some_and(|horizon| horizon <= end) {
                    let note = Note::new(Kind::RuleInterruptionOver, STAGE, place.clone())
                        .with("id", &instrument.id)
                        .told("status", |lang| status(row.status, lang))
                        .with("day", end);
                    notes.push(note);
                }
            }
        }
        notes
    }

    /// Stretches of days to which two rows published together give different statuses.
    fn overlaps(&self, at: usize, notes: &mut Notes) {
        let instrument = &self.instruments[at];
        let rows: Vec<_> = instrument.versions.iter().flat_map(|version| &version.statuses).collect();
        for (at, one) in rows.iter().enumerate() {
            for two in &rows[..at] {
                let starts = one.to.is_none_or(|to| two.from.is_none_or(|from| from < to));
                let ends = two.to.is_none_or(|to| one.from.is_none_or(|from| from < to));
                if starts && ends && one.published == two.published && one.status != two.status {
                    let day = one.from.max(two.from).map(|day| day.to_string()).unwrap_or_default();
                    notes.push(
                        Note::new(Kind::RuleOverlap, STAGE, Place::file(&instrument.path))
                            .with("id", &instrument.id)
                            .told("one", |lang| status(two.status, lang))
                            .told("two", |lang| status(one.status, lang))
                            .with("day", day),
                    );
                }
            }
        }
    }

    fn unused(&self, at: usize, version: usize, notes: &mut Notes) {
        let instrument = &self.instruments[at];
        let version = &instrument.versions[version];
        for name in &version.unused {
            let place = Place { row: Some(version.line), ..Place::key(&instrument.path, name) };
            notes.push(
                Note::new(Kind::RuleUnused, STAGE, place).with("name", name).with("version", &version.id),
            );
        }
    }

    /// Runs the tests of a version, and notes which it lacks. Returns the limbs that a test shows to touch.
    fn tests(&mut self, at: usize, version: usize, notes: &mut Notes) -> BTreeSet<String> {
        let tests = self.instruments[at].versions[version].tests.clone();
        let mut touched: BTreeSet<String> = BTreeSet::new();
        let mut kinds: BTreeSet<VerdictKind> = BTreeSet::new();
        for (line, test) in &tests {
            let expected = VerdictKind::ALL.into_iter().find(|v| v.id() == test.verdict.get_ref());
            let place = Place { row: Some(*line), ..Place::key(&self.instruments[at].path, "test") };
            let Some(expected) = expected else {
                let words: Vec<&str> = VerdictKind::ALL.iter().map(|verdict| verdict.id()).collect();
                notes.push(
                    Note::new(Kind::BadChoice, STAGE, place)
                        .with("text", test.verdict.get_ref())
                        .list("choices", &words)
                        .near(test.verdict.get_ref(), words.iter().copied()),
                );
                continue;
            };
            kinds.insert(expected);
            let passed = self.run(at, version, test, expected, place, notes);
            if passed && expected == VerdictKind::Touched {
                touched.insert(test.limb.clone());
            }
        }
        let instrument = &self.instruments[at];
        if instrument.coverage == Coverage::Pointer {
            return touched;
        }
        let version = &instrument.versions[version];
        let lacks = |notes: &mut Notes, line: u64, what: &dyn Fn(Lang) -> String| {
            let place = Place { row: Some(line), ..Place::key(&instrument.path, "test") };
            let note = Note::new(Kind::RuleUntested, STAGE, place).with("version", &version.id);
            notes.push(note.told("what", what));
        };
        for limb in version.limb_list.iter().filter(|limb| !touched.contains(&limb.id)) {
            lacks(notes, limb.line, &|lang| say(lang, "limb_touched", &[("limb", &limb.id)]));
        }
        let open = kinds.contains(&VerdictKind::Undetermined) || kinds.contains(&VerdictKind::Conditional);
        if !kinds.contains(&VerdictKind::NotTouched) {
            lacks(notes, version.line, &|lang| verdict(VerdictKind::NotTouched, lang));
        }
        if !open {
            lacks(notes, version.line, &|lang| verdict(VerdictKind::Undetermined, lang));
        }
        touched
    }

    /// Runs a test; whether it passes. A version that never applied is tested by its text alone.
    fn run(
        &mut self,
        at: usize,
        version: usize,
        test: &TestSource,
        expected: VerdictKind,
        place: Place,
        notes: &mut Notes,
    ) -> bool {
        let instrument = &self.instruments[at];
        let applies = instrument.versions[version].statuses.iter().find(|row| row.status.applies());
        let by_text = applies.is_none();
        let Some(on) = test.on.or_else(|| applies.and_then(|row| row.from)) else {
            let note = Note::new(Kind::MissingKey, STAGE, place);
            notes.push(note.with("key", "on = YYYY-MM-DD"));
            return false;
        };
        let kind = instrument.objects.first().copied().unwrap_or(0);
        let Some(own) = self.facts_of(test, &place, notes) else { return false };
        let moment = Moment { known: test.known, recorded: None };
        let object = match test.id.as_str() {
            "" => None,
            id => match self.objects.find(id) {
                Some(object) => Some(object),
                None => {
                    let known = self.objects.list.iter().map(|object| object.id.as_str());
                    notes.push(Note::new(Kind::UnknownObject, STAGE, place).with("id", id).near(id, known));
                    return false;
                }
            },
        };
        let facts = match object {
            Some(object) => self.objects.list[object].facts(on, moment, &self.vocabulary, &own),
            None => self.made_up(kind, &own, on),
        };
        let none = BTreeSet::new();
        let identity = object.map_or(&none, |object| &self.identities[object]);
        let kind = object.map_or(kind, |object| self.objects.list[object].kind);
        let subject = Subject { identity, facts: &facts, kind };
        let found = match by_text {
            true => self.settled(at, version, &subject, on, moment),
            false => self.verdict(at, &subject, on, moment),
        };
        let tell = |lang: Lang| self.told(at, 0, &subject, on, moment, found.clone(), lang);
        let told = tell(Lang::En);
        let missing: BTreeSet<&str> = test.missing.iter().map(String::as_str).collect();
        let lacking: BTreeSet<&str> = told.missing.iter().map(String::as_str).collect();
        let agrees = told.verdict.kind == expected
            && (test.limb.is_empty() || test.limb == told.limb)
            && (test.missing.is_empty() || missing == lacking);
        if !agrees {
            let shown = |lang: Lang, kind: VerdictKind, limb: &str, missing: &BTreeSet<&str>| {
                let details: Vec<&str> =
                    [limb].into_iter().filter(|l| !l.is_empty()).chain(missing.iter().copied()).collect();
                match details.join(say(lang, "comma", &[]).as_str()).as_str() {
                    "" => verdict(kind, lang),
                    details => verdict(kind, lang) + &say(lang, "aside", &[("text", details)]),
                }
            };
            notes.push(
                Note::new(Kind::RuleTestFailed, STAGE, place)
                    .with("name", &test.name)
                    .told("expected", |lang| shown(lang, expected, &test.limb, &missing))
                    .told("found", |lang| shown(lang, told.verdict.kind, &told.limb, &lacking))
                    .told("why", |lang| tell(lang).reason),
            );
        }
        agrees
    }

    /// Facts of an object that a test makes up.
    fn made_up(&self, kind: usize, own: &[(Field, Value)], on: Date) -> Facts {
        let mut values = vec![Value::Unknown; self.vocabulary.fields.len()];
        for (field, value) in own {
            values[*field] = value.clone();
        }
        let doubts = self.vocabulary.complete(kind, &mut values, super::days(on));
        Facts { values, doubts }
    }

    /// The facts that a test states; `None`, with a note, if one is none of its field's type.
    fn facts_of(
        &mut self,
        test: &TestSource,
        place: &Place,
        notes: &mut Notes,
    ) -> Option<Vec<(Field, Value)>> {
        let mut facts = Vec::new();
        for (name, written) in &test.object {
            let Some(field) = self.vocabulary.field(name) else {
                notes.push(self.vocabulary.unknown_field(name, place.clone()));
                return None;
            };
            let text = match written {
                toml::Value::String(text) => text.clone(),
                toml::Value::Array(items) => {
                    items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join("|")
                }
                other => other.to_string(),
            };
            let kind = &self.vocabulary.fields[field].kind;
            match value(&text, kind, "", &mut self.lexicon) {
                Some(value) => facts.push((field, value)),
                None => {
                    notes.push(
                        Note::new(Kind::FactValue, STAGE, place.clone())
                            .with("text", text)
                            .with("field", name)
                            .told("expected", |lang| kind.told(lang)),
                    );
                    return None;
                }
            }
        }
        Some(facts)
    }

    /// Limbs that neither a test shows to touch nor any object does that is made up from the values their conditions name.
    fn reachable(&self, at: usize, version: usize, touched: &BTreeSet<String>, notes: &mut Notes) {
        let instrument = &self.instruments[at];
        let text = &instrument.versions[version];
        let unknown =
            |limb: &super::instrument::Limb| limb.when != Test::Unread && !touched.contains(&limb.id);
        let open = text.limb_list.iter().enumerate().filter(|(_, limb)| unknown(limb));
        let mut open: BTreeSet<usize> = open.map(|(at, _)| at).collect();
        // Conditions may look at the day, so every day on which something changes is tried.
        let mut days: Vec<Date> = text.statuses.iter().flat_map(|row| [row.from, row.to]).flatten().collect();
        days.extend(text.lists.iter().flat_map(|list| self.lists.changes(*list)));
        let Some(on) = days.first().copied() else { return };
        let choices = self.choices(text, on);
        let stream = Seed(1).stream(STAGE, "reachable");
        let kind = instrument.objects.first().copied().unwrap_or(0);
        for attempt in 0..TRIES {
            if open.is_empty() {
                break;
            }
            let mut random = stream.draw(attempt);
            let on = days[attempt % days.len()];
            let own: Vec<(Field, Value)> = choices
                .fields
                .iter()
                .filter_map(|(field, values)| {
                    let pick = (random.uniform_in(0.0, (values.len() + 1) as f64)) as usize;
                    values.get(pick).map(|value| (*field, value.clone()))
                })
                .collect();
            let identity: BTreeSet<Symbol> =
                choices.members.iter().filter(|_| random.uniform_in(0.0, 1.0) < 0.2).copied().collect();
            let facts = self.made_up(kind, &own, on);
            let subject = Subject { identity: &identity, facts: &facts, kind };
            self.within(text, &subject, on, Moment::default(), |limbs| {
                open.retain(|limb| limbs.truth(*limb) != Truth::True);
            });
        }
        for limb in open {
            let limb = &text.limb_list[limb];
            let place = Place { row: Some(limb.line), ..Place::key(&instrument.path, "limb") };
            notes.push(
                Note::new(Kind::RuleUnreachable, STAGE, place)
                    .with("limb", &limb.id)
                    .with("version", &text.id),
            );
        }
    }

    /// Values at and around every line that an instrument, or one it relies on, draws.
    fn choices(&self, version: &Version, on: Date) -> Choices {
        let mut choices = Choices::default();
        let mut seen = BTreeSet::new();
        let mut open: Vec<(&Version, BTreeSet<usize>)> = vec![(version, version.relies_on.clone())];
        while let Some((version, relies_on)) = open.pop() {
            let parameters = version.values_on(on);
            let tests = version
                .tests_by_definition
                .iter()
                .flatten()
                .chain(version.limb_list.iter().map(|limb| &limb.when))
                .chain(version.exceptions.iter().map(|exception| &exception.when));
            for test in tests {
                choices.of_test(test, &parameters, self, version);
            }
            for list in &version.lists {
                choices.members.extend(self.lists.members(*list));
            }
            for other in relies_on.into_iter().filter(|other| seen.insert(*other)) {
                let other = &self.instruments[other];
                open.extend(other.versions.iter().map(|version| (version, version.relies_on.clone())));
            }
        }
        choices
    }
}

/// Values worth trying, by field, and parties worth being.
#[derive(Debug, Default)]
struct Choices {
    fields: BTreeMap<Field, Vec<Value>>,
    members: BTreeSet<Symbol>,
}

impl Choices {
    fn add(&mut self, field: Field, value: Value) {
        let values = self.fields.entry(field).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }

    fn word(&mut self, word: &Word, values: impl IntoIterator<Item = Symbol>) {
        if let Word::Field(field) = word {
            self.add(*field, Value::Text(OTHER));
            values.into_iter().for_each(|value| self.add(*field, Value::Text(value)));
        }
    }

    fn of_test(&mut self, test: &Test, parameters: &[Interval], book: &Rulebook, version: &Version) {
        match test {
            Test::Flag(field) => {
                self.add(*field, Value::Flag(true));
                self.add(*field, Value::Flag(false));
            }
            Test::Not(inner) => self.of_test(inner, parameters, book, version),
            Test::All(parts) | Test::Any(parts) => {
                parts.iter().for_each(|part| self.of_test(part, parameters, book, version));
            }
            Test::Compare(_, left, right) => {
                let mut lines = Vec::new();
                lines_of(left, parameters, version, &mut lines);
                lines_of(right, parameters, version, &mut lines);
                let mut uses = Uses::default();
                left.uses(&mut uses);
                right.uses(&mut uses);
                for field in uses.fields {
                    for line in lines.iter().flat_map(|line| [line.low, line.high]).filter(|x| x.is_finite())
                    {
                        for factor in [0.001, 0.5, 0.999, 1.0, 1.001, 2.0, 1000.0] {
                            self.add(field, Value::Number(Interval::exact(line * factor)));
                        }
                    }
                    self.add(field, Value::Number(Interval::exact(0.0)));
                    self.add(field, Value::Number(Interval::exact(1.0)));
                }
            }
            Test::Same(one, two) => {
                let constant = |word: &Word| match word {
                    Word::Constant(symbol) => Some(*symbol),
                    Word::Field(_) => None,
                };
                self.word(one, constant(two));
                self.word(two, constant(one));
            }
            Test::Among(word, words) => self.word(word, words.iter().copied()),
            Test::Contains(field, word) => {
                if let Word::Constant(symbol) = word {
                    self.add(*field, Value::Texts([*symbol].into()));
                }
            }
            Test::InList(word, list) => self.word(word, book.lists.members(*list)),
            Test::Listed(list) => self.members.extend(book.lists.members(*list)),
            Test::Constant(_) | Test::Unread | Test::TouchedBy(..) | Test::Known(_) | Test::Defined(_) => {}
        }
    }
}

/// The lines among the parts of a number.
fn lines_of(quantity: &Quantity, parameters: &[Interval], version: &Version, lines: &mut Vec<Interval>) {
    match quantity {
        Quantity::Constant(interval) => lines.push(*interval),
        Quantity::Parameter(at, _) => lines.push(parameters[*at]),
        Quantity::Scaled(inner, _) => lines_of(inner, parameters, version, lines),
        Quantity::Combined(_, left, right) => {
            lines_of(left, parameters, version, lines);
            lines_of(right, parameters, version, lines);
        }
        Quantity::Largest(parts) | Quantity::Smallest(parts) | Quantity::FirstKnown(parts) => {
            parts.iter().for_each(|part| lines_of(part, parameters, version, lines));
        }
        Quantity::Defined(at) => {
            if let Some(inner) = &version.quantities_by_definition[*at] {
                lines_of(inner, parameters, version, lines);
            }
        }
        Quantity::Field(_) | Quantity::Today | Quantity::OwnedBy(_) => {}
    }
}
