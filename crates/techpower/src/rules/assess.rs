//! Verdicts: whether an instrument touches an object on a day.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jiff::civil::Date;

use super::expression::{Field, Gap, Hear, Known, View};
use super::instrument::{Instrument, Limb, Standing, Version};
use super::object::{self, Facts};
use super::value::{Interval, Symbol, Truth, Value};
use super::{Certainty, Coverage, Moment, Rulebook, Status, days};
use crate::diag::Lang;

/// What an instrument means for an object on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// A limb that applies touches it.
    Touched,
    /// No limb that applies touches it. This is no clearance: other instruments may.
    NotTouched,
    /// Facts about the object, or the law, are not known well enough.
    Undetermined,
    /// It depends on facts of the transaction or use.
    Conditional,
    /// Two limbs touch it with different outcomes, and neither prevails.
    Conflict,
}

impl VerdictKind {
    /// All kinds.
    pub const ALL: [VerdictKind; 5] = [
        VerdictKind::Touched,
        VerdictKind::NotTouched,
        VerdictKind::Undetermined,
        VerdictKind::Conditional,
        VerdictKind::Conflict,
    ];

    /// The word used in files and tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            VerdictKind::Touched => "touched",
            VerdictKind::NotTouched => "not_touched",
            VerdictKind::Undetermined => "undetermined",
            VerdictKind::Conditional => "conditional",
            VerdictKind::Conflict => "conflict",
        }
    }
}

/// A verdict, by positions; [`Assessed`] has it in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What it is.
    pub kind: VerdictKind,
    /// Version that counts on the day; `None` if none does.
    pub version: Option<usize>,
    /// Status of that version on the day.
    pub status: Option<Status>,
    /// How sure the status is.
    pub certainty: Certainty,
    /// Limbs that touch, or would if the text applied: the first of them, and all that conflict.
    pub limbs: Vec<usize>,
    /// Row of the status.
    pub(super) row: usize,
}

impl Verdict {
    fn of(kind: VerdictKind) -> Verdict {
        Verdict { kind, version: None, status: None, certainty: Certainty::Legal, limbs: Vec::new(), row: 0 }
    }
}

/// A verdict on an object, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessed {
    /// Position of the instrument.
    pub instrument: usize,
    /// Position of the object.
    pub object: usize,
    /// The day.
    pub on: Date,
    /// The verdict.
    pub verdict: Verdict,
    /// Ids of limbs that touch, separated by `|`.
    pub limb: String,
    /// Outcome of the limb that touches; of limbs in conflict all, separated by `|`.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// What is not known: names of fields, lists and the like.
    pub missing: Vec<String>,
}

/// What an object is taken to be: one of the rulebook's, on a day.
pub(super) struct Subject<'f> {
    pub(super) identity: &'f BTreeSet<Symbol>,
    pub(super) facts: &'f Facts,
    pub(super) kind: usize,
}

/// The world of one question.
struct World<'w> {
    book: &'w Rulebook,
    subject: &'w Subject<'w>,
    on: Date,
    moment: Moment,
}

impl Known for World<'_> {
    fn in_list(&self, word: Symbol, list: Symbol) -> Truth {
        self.book.lists.holds(list, word, self.on, self.moment)
    }

    fn listed(&self, list: Symbol) -> Truth {
        self.subject
            .identity
            .iter()
            .map(|member| self.in_list(*member, list))
            .max_by_key(|truth| match truth {
                // That one name of several is not on a list says nothing if another is.
                Truth::True => 2,
                Truth::False => 1,
                Truth::Open => 0,
            })
            .unwrap_or(Truth::Open)
    }

    fn owned_by(&self, list: Symbol) -> Interval {
        let listed = |party: Symbol| self.in_list(party, list);
        let held = |member: &Symbol| self.book.owners.held(*member, self.on, &listed);
        let known = |held: &Interval| held.high - held.low < 1.0;
        let all: Vec<Interval> = self.subject.identity.iter().map(held).collect();
        all.iter().copied().filter(known).reduce(Interval::hull).unwrap_or(Interval { low: 0.0, high: 1.0 })
    }

    fn touched_by(&self, instrument: usize, limb: Option<Symbol>) -> Truth {
        let other = &self.book.instruments[instrument];
        // A deal in chips is no chip, and yet a text on deals may ask whether one on chips touches what it is about.
        if other.is_beyond(self.on, self.moment) {
            return Truth::Open;
        }
        let Some(standing) = other.standing(self.on, self.moment) else { return Truth::False };
        if other.coverage == Coverage::Pointer {
            return Truth::Open;
        }
        if !standing.status.applies() {
            return Truth::False;
        }
        let version = &other.versions[standing.version];
        self.book.within(version, self.subject, self.on, self.moment, |limbs| {
            (0..version.limb_list.len())
                .filter(|at| limb.is_none_or(|limb| version.limb_list[*at].symbol == limb))
                .map(|at| limbs.truth(at))
                .max()
                .unwrap_or(Truth::False)
        })
    }

    fn open_because(&self, instrument: usize, limb: Option<Symbol>, hear: Hear<'_>) -> ControlFlow<()> {
        let other = &self.book.instruments[instrument];
        if other.is_beyond(self.on, self.moment) || other.coverage == Coverage::Pointer {
            return hear(Gap::Status(instrument));
        }
        let Some(Standing { version, .. }) = other.standing(self.on, self.moment) else {
            return ControlFlow::Continue(());
        };
        let version = &other.versions[version];
        self.book.within(version, self.subject, self.on, self.moment, |limbs| {
            (0..version.limb_list.len())
                .filter(|at| limb.is_none_or(|limb| version.limb_list[*at].symbol == limb))
                .try_for_each(|at| limbs.gaps(at, hear))
        })
    }
}

/// The limbs of a version, for an object on a day.
pub(super) struct Limbs<'v> {
    pub(super) version: &'v Version,
    pub(super) view: View<'v>,
    /// Limbs that were looked at before, so that a long order of precedence is gone through once.
    settled: Vec<Cell<Option<Truth>>>,
}

impl Limbs<'_> {
    /// Whether a limb touches: its condition holds, no exception does, and no limb that prevails touches.
    pub(super) fn truth(&self, at: usize) -> Truth {
        self.settled[at].get().unwrap_or_else(|| {
            let truth = self.judged(&self.version.limb_list[at]);
            self.settled[at].set(Some(truth));
            truth
        })
    }

    fn judged(&self, limb: &Limb) -> Truth {
        let mut truth = self.view.truth(&limb.when);
        for exception in &limb.exceptions {
            if truth == Truth::False {
                return truth;
            }
            truth = truth.and(!self.view.truth(&self.version.exceptions[*exception].when));
        }
        for other in &limb.unless {
            if truth == Truth::False {
                return truth;
            }
            truth = truth.and(!self.truth(*other));
        }
        truth
    }

    /// Tells what keeps a limb open.
    pub(super) fn gaps(&self, at: usize, hear: Hear<'_>) -> ControlFlow<()> {
        self.gaps_beyond(at, hear, &mut BTreeSet::new())
    }

    fn gaps_beyond(&self, at: usize, hear: Hear<'_>, seen: &mut BTreeSet<usize>) -> ControlFlow<()> {
        if self.truth(at) != Truth::Open {
            return ControlFlow::Continue(());
        }
        let limb = &self.version.limb_list[at];
        if !limb.unless.is_empty() && !seen.insert(at) {
            return ControlFlow::Continue(());
        }
        self.view.gaps(&limb.when, hear)?;
        for exception in &limb.exceptions {
            self.view.gaps(&self.version.exceptions[*exception].when, hear)?;
        }
        limb.unless.iter().try_for_each(|other| self.gaps_beyond(*other, hear, seen))
    }
}

impl Rulebook {
    /// Looks at an object through a version.
    pub(super) fn within<R>(
        &self,
        version: &Version,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
        look: impl FnOnce(&Limbs<'_>) -> R,
    ) -> R {
        let world = World { book: self, subject, on, moment };
        let parameters = version.values_on(on);
        let view = View {
            facts: &subject.facts.values,
            parameters: &parameters,
            tests: &version.tests_by_definition,
            quantities: &version.quantities_by_definition,
            day: days(on),
            world: &world,
        };
        look(&Limbs { version, view, settled: vec![Cell::new(None); version.limb_list.len()] })
    }

    /// What an instrument means for an object on a day.
    pub(super) fn verdict(
        &self,
        instrument: usize,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
    ) -> Verdict {
        let text: &Instrument = &self.instruments[instrument];
        if !text.objects.contains(&subject.kind) {
            return Verdict::of(VerdictKind::NotTouched);
        }
        let Some(Standing { version: at, row, status }) = text.standing(on, moment) else {
            return match text.is_beyond(on, moment) {
                true => {
                    Verdict { status: Some(Status::UnknownAfter), ..Verdict::of(VerdictKind::Undetermined) }
                }
                false => Verdict::of(VerdictKind::NotTouched),
            };
        };
        let version = &text.versions[at];
        let mut verdict = self.settled(instrument, at, subject, on, moment);
        if status == Status::UnknownAfter {
            verdict.kind = VerdictKind::Undetermined;
        } else if !status.applies() {
            verdict.kind = VerdictKind::NotTouched;
        }
        verdict.status = Some(status);
        verdict.certainty = version.statuses[row].certainty;
        verdict.row = row;
        verdict
    }

    /// What a version comes to by its text alone, whatever its status.
    pub(super) fn settled(
        &self,
        instrument: usize,
        version: usize,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
    ) -> Verdict {
        let text = &self.instruments[instrument];
        if text.coverage == Coverage::Pointer {
            return Verdict { version: Some(version), ..Verdict::of(VerdictKind::Undetermined) };
        }
        let settled = self.within(&text.versions[version], subject, on, moment, |limbs| {
            let settled = settle(limbs);
            match settled.kind == VerdictKind::Undetermined && self.hangs_on_use(limbs) {
                true => Verdict { kind: VerdictKind::Conditional, ..settled },
                false => settled,
            }
        });
        Verdict { version: Some(version), ..settled }
    }

    /// What keeps a verdict open.
    pub(super) fn missing(
        &self,
        instrument: usize,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
        verdict: &Verdict,
    ) -> BTreeSet<Gap> {
        let text = &self.instruments[instrument];
        let open = matches!(verdict.kind, VerdictKind::Undetermined | VerdictKind::Conditional);
        if verdict.status == Some(Status::UnknownAfter) {
            return BTreeSet::from([Gap::Status(instrument)]);
        }
        match verdict.version {
            Some(version) if open && text.coverage != Coverage::Pointer => {
                self.within(&text.versions[version], subject, on, moment, |limbs| self.open(limbs))
            }
            _ => BTreeSet::new(),
        }
    }

    /// What keeps the limbs of a version open.
    pub(super) fn open(&self, limbs: &Limbs<'_>) -> BTreeSet<Gap> {
        let mut gaps = BTreeSet::new();
        let all = self.gaps(limbs, &mut |gap| {
            gaps.insert(gap);
            ControlFlow::Continue(())
        });
        debug_assert!(all.is_continue(), "nobody breaks off");
        gaps
    }

    /// Whether limbs are open, and for facts of the transaction or use alone.
    fn hangs_on_use(&self, limbs: &Limbs<'_>) -> bool {
        let mut any = false;
        let all_of_use = self.gaps(limbs, &mut |gap| {
            any = true;
            if self.of_use(gap) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        any && all_of_use.is_continue()
    }

    /// Tells what keeps the limbs of a version open, of computed fields what they are computed from.
    fn gaps(&self, limbs: &Limbs<'_>, hear: Hear<'_>) -> ControlFlow<()> {
        let (facts, day) = (limbs.view.facts, limbs.view.day);
        (0..limbs.version.limb_list.len()).try_for_each(|at| {
            limbs.gaps(at, &mut |gap| match gap {
                Gap::Field(field) => self.vocabulary.behind(field, facts, day, hear),
                other => hear(other),
            })
        })
    }

    /// Whether a gap is a fact of the transaction or use.
    fn of_use(&self, gap: Gap) -> bool {
        matches!(gap, Gap::Field(field) if self.vocabulary.fields[field].circumstance)
    }

    /// Assesses one object under one instrument on a day, with reasons in English; `None` if there is no such instrument or object.
    #[must_use]
    pub fn assess(&self, instrument: &str, object: &str, on: Date, moment: Moment) -> Option<Assessed> {
        let ask = Ask {
            objects: vec![object.to_owned()],
            instruments: vec![instrument.to_owned()],
            on: vec![on],
            moment,
            ..Ask::default()
        };
        self.assess_all(&ask, Lang::En).pop()
    }

    /// Assesses objects (all if none are named) under instruments (all that speak of their kind if none are named) on days, under
    /// circumstances of the transaction or use. Rows are in order of objects, days and instruments.
    #[must_use]
    pub fn assess_all(&self, ask: &Ask, lang: Lang) -> Vec<Assessed> {
        let mut rows = Vec::new();
        self.each(ask, |instrument, object, on, facts, verdict| {
            let subject = self.subject(object, facts);
            rows.push(self.told(instrument, object, &subject, on, ask.moment, verdict, lang));
        });
        rows
    }

    /// How many assessments come to each verdict, without a word on any.
    #[must_use]
    pub fn tally(&self, ask: &Ask) -> BTreeMap<VerdictKind, u64> {
        let mut counts = BTreeMap::new();
        self.each(ask, |_, _, _, _, verdict| *counts.entry(verdict.kind).or_insert(0) += 1);
        counts
    }

    pub(super) fn each(&self, ask: &Ask, mut take: impl FnMut(usize, usize, Date, &Facts, Verdict)) {
        let objects: Vec<usize> = match ask.objects.as_slice() {
            [] => (0..self.objects.list.len()).collect(),
            ids => ids.iter().filter_map(|id| self.objects.find(id)).collect(),
        };
        let instruments: Vec<usize> = match ask.instruments.as_slice() {
            [] => (0..self.instruments.len()).collect(),
            ids => ids.iter().filter_map(|id| self.position(id)).collect(),
        };
        for object in objects {
            let kind = self.objects.list[object].kind;
            for on in &ask.on {
                let own = &self.objects.list[object];
                let facts = own.facts(*on, ask.moment, &self.vocabulary, &ask.circumstances.facts);
                let subject = self.subject(object, &facts);
                for instrument in &instruments {
                    // An instrument that is asked for by name answers for every object.
                    if !ask.instruments.is_empty() || self.instruments[*instrument].objects.contains(&kind) {
                        let verdict = self.verdict(*instrument, &subject, *on, ask.moment);
                        take(*instrument, object, *on, &facts, verdict);
                    }
                }
            }
        }
    }

    pub(super) fn subject<'f>(&'f self, object: usize, facts: &'f Facts) -> Subject<'f> {
        Subject { identity: &self.identities[object], facts, kind: self.objects.list[object].kind }
    }

    /// Facts of a transaction or use by the names of their fields and what is said of them.
    ///
    /// # Errors
    /// The first that names no field, or says nothing of its type.
    pub fn circumstances(&mut self, told: &[(String, String)]) -> Result<Circumstances, NoSuchFact> {
        // A text that no list, condition or object has is likely misspelt.
        let strange: Vec<String> = told
            .iter()
            .filter(|(name, text)| {
                let field = self.vocabulary.field(name).map(|field| &self.vocabulary.fields[field].kind);
                field == Some(&super::expression::Type::Word) && !self.lexicon.has(text)
            })
            .map(|(_, text)| text.clone())
            .collect();
        let read = |(name, text): &(String, String)| {
            let wrong = || NoSuchFact { field: name.clone(), text: text.clone() };
            let field = self.vocabulary.field(name).ok_or_else(wrong)?;
            let kind = &self.vocabulary.fields[field].kind;
            let value = object::value(text, kind, "", &mut self.lexicon).ok_or_else(wrong)?;
            Ok((field, value))
        };
        let facts = told.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Circumstances { facts, strange })
    }
}

/// What the limbs of a version come to, whatever its status.
fn settle(limbs: &Limbs<'_>) -> Verdict {
    let list = &limbs.version.limb_list;
    let mut touching: Vec<usize> = Vec::new();
    let mut open = false;
    for at in 0..list.len() {
        match limbs.truth(at) {
            Truth::True => touching.push(at),
            Truth::Open => open = true,
            Truth::False => {}
        }
    }
    if let Some(first) = touching.first().copied() {
        let differ = touching.iter().any(|at| list[*at].outcome != list[first].outcome);
        if !differ {
            touching.truncate(1);
        }
        let kind = if differ { VerdictKind::Conflict } else { VerdictKind::Touched };
        return Verdict { limbs: touching, ..Verdict::of(kind) };
    }
    Verdict::of(if open { VerdictKind::Undetermined } else { VerdictKind::NotTouched })
}

/// What is asked of a rulebook.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Ids of objects; all if empty.
    pub objects: Vec<String>,
    /// Ids of instruments; all that speak of an object's kind if empty.
    pub instruments: Vec<String>,
    /// Days.
    pub on: Vec<Date>,
    /// What is taken for known.
    pub moment: Moment,
    /// Facts of the transaction or use, in the place of the object's own.
    pub circumstances: Circumstances,
}

/// Facts of a transaction or use.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    pub(super) facts: Vec<(Field, Value)>,
    /// Texts among them that nothing else in the rulebook speaks of.
    pub strange: Vec<String>,
}

/// A fact that no field tells, or that is none of its field's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` says nothing of `{field}`")]
pub struct NoSuchFact {
    /// The name of the field.
    pub field: String,
    /// What is said of it.
    pub text: String,
}
