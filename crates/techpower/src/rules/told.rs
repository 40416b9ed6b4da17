//! Verdicts in words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;

use super::assess::{Assessed, Circumstances, Limbs, Subject, Verdict, VerdictKind};
use super::expression::{Field, Gap};
use super::value::{Truth, Value};
use super::{Certainty, Coverage, Moment, Rulebook, Status};
use crate::diag::{Lang, Words, fill};

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::parse(include_str!("words.toml")).expect("words.toml is checked by a test"));

/// The words of an entry with its values filled in.
pub(super) fn say(lang: Lang, id: &str, args: &[(&str, &str)]) -> String {
    let args: BTreeMap<String, String> =
        args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    fill(WORDS.text(id, lang), &args)
}

impl VerdictKind {
    /// Its name for people.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        WORDS.text(&format!("verdict_{}", self.id()), lang)
    }
}

impl Status {
    /// Its name for people.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        WORDS.text(&format!("status_{}", self.id()), lang)
    }
}

impl Rulebook {
    /// A verdict with its reason.
    #[expect(clippy::too_many_arguments, reason = "a question, its answer and a language")]
    pub(super) fn told(
        &self,
        instrument: usize,
        object: usize,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
        verdict: Verdict,
        lang: Lang,
    ) -> Assessed {
        let gaps = self.missing(instrument, subject, on, moment, &verdict);
        let missing = gaps.iter().map(|gap| self.gap_id(*gap)).collect();
        let reason = self.reason(instrument, subject, on, moment, &verdict, &gaps, lang);
        let version = verdict.version.map(|at| &self.instruments[instrument].versions[at]);
        let limbs = || version.into_iter().flat_map(|v| verdict.limbs.iter().map(|at| &v.limb_list[*at]));
        // What would touch if it applied belongs into the reason alone.
        let applies = matches!(verdict.kind, VerdictKind::Touched | VerdictKind::Conflict);
        let joined = |parts: Vec<&str>| if applies { parts.join("|") } else { String::new() };
        let limb = joined(limbs().map(|limb| limb.id.as_str()).collect());
        let outcome = joined(limbs().map(|limb| limb.outcome.as_str()).collect());
        Assessed { instrument, object, on, limb, outcome, reason, missing, verdict }
    }

    #[expect(clippy::too_many_arguments, reason = "a question, its answer and a language")]
    fn reason(
        &self,
        instrument: usize,
        subject: &Subject<'_>,
        on: Date,
        moment: Moment,
        verdict: &Verdict,
        gaps: &BTreeSet<Gap>,
        lang: Lang,
    ) -> String {
        let text = &self.instruments[instrument];
        if !text.objects.contains(&subject.kind) {
            let name = |at: usize| match (self.vocabulary.kinds.get(at), lang) {
                (Some(kind), Lang::En) => kind.en.as_str(),
                (Some(kind), Lang::Zh) => kind.zh.as_str(),
                (None, _) => "",
            };
            let kinds: Vec<&str> = text.objects.iter().map(|at| name(*at)).collect();
            let comma = say(lang, "comma", &[]);
            return say(
                lang,
                "speaks_of",
                &[("kinds", &kinds.join(comma.as_str())), ("kind", name(subject.kind))],
            );
        }
        if verdict.status == Some(Status::UnknownAfter) {
            let day = text.known_until.map(|day| day.to_string()).unwrap_or_default();
            return say(lang, "after_horizon", &[("day", &day)]);
        }
        let Some(version) = verdict.version.map(|at| &text.versions[at]) else {
            return say(lang, "no_version", &[]);
        };
        let Some(row) = version.statuses.get(verdict.row) else { return String::new() };
        let certainty = match row.certainty {
            Certainty::Legal => String::new(),
            Certainty::Announced => say(lang, "announced_only", &[]),
            Certainty::Political => say(lang, "political_only", &[]),
        };
        let certainty = match certainty.as_str() {
            "" => certainty,
            text => say(lang, "uncertain", &[("certainty", text)]),
        };
        let pointer = text.coverage == Coverage::Pointer;
        let reason = if pointer && row.status.applies() {
            say(lang, "pointer", &[])
        } else if row.status.applies() || verdict.status.is_none() {
            self.within(version, subject, on, moment, |limbs| self.because(limbs, verdict, gaps, lang))
        } else {
            let phrase = match row.phrase.as_str() {
                "" => String::new(),
                text => say(lang, "phrase", &[("text", text)]),
            };
            let would = match pointer {
                true => say(lang, "pointer", &[]),
                false => self.within(version, subject, on, moment, |limbs| self.would(limbs, verdict, lang)),
            };
            let args = [("status", row.status.name(lang)), ("phrase", &phrase), ("would", &would)];
            say(lang, "not_applied", &args)
        };
        reason + &certainty
    }

    /// Why a text that applies has this verdict.
    fn because(&self, limbs: &Limbs<'_>, verdict: &Verdict, gaps: &BTreeSet<Gap>, lang: Lang) -> String {
        let list = &limbs.version.limb_list;
        match verdict.kind {
            VerdictKind::Touched => {
                let limb = &list[verdict.limbs[0]];
                say(lang, "touched", &[("meaning", limb.meaning(lang))])
            }
            VerdictKind::Conflict => {
                let all: Vec<String> = verdict
                    .limbs
                    .iter()
                    .map(|at| list[*at].id.clone() + &say(lang, "aside", &[("text", &list[*at].outcome)]))
                    .collect();
                say(lang, "conflict", &[("limbs", &all.join(say(lang, "comma", &[]).as_str()))])
            }
            VerdictKind::Undetermined if gaps.is_empty() => say(lang, "unread", &[]),
            VerdictKind::Undetermined => say(lang, "open", &[("gaps", &self.gaps_told(limbs, gaps, lang))]),
            VerdictKind::Conditional => say(lang, "depends", &[("gaps", &self.gaps_told(limbs, gaps, lang))]),
            VerdictKind::NotTouched => {
                let taken: Vec<String> =
                    (0..list.len()).filter_map(|at| self.taken_out(limbs, at, lang)).collect();
                if !taken.is_empty() {
                    return taken.join(say(lang, "semicolon", &[]).as_str());
                }
                let ids: Vec<&str> = list.iter().map(|limb| limb.id.as_str()).collect();
                say(lang, "no_limb", &[("limbs", &ids.join(say(lang, "comma", &[]).as_str()))])
            }
        }
    }

    /// What keeps a limb from touching whose own condition holds.
    fn taken_out(&self, limbs: &Limbs<'_>, at: usize, lang: Lang) -> Option<String> {
        let limb = &limbs.version.limb_list[at];
        if limbs.view.truth(&limb.when) != Truth::True {
            return None;
        }
        let exceptions = limb.exceptions.iter().map(|at| &limbs.version.exceptions[*at]);
        if let Some(exception) = exceptions.into_iter().find(|one| limbs.view.truth(&one.when) == Truth::True)
        {
            let meaning = exception.meaning(lang);
            let args = [("limb", limb.id.as_str()), ("exception", &exception.id), ("meaning", meaning)];
            return Some(say(lang, "taken_out", &args));
        }
        let other = limb.unless.iter().find(|other| limbs.truth(**other) == Truth::True)?;
        let other = &limbs.version.limb_list[*other].id;
        Some(say(lang, "prevails", &[("limb", &limb.id), ("other", other)]))
    }

    /// What a text that does not apply would come to.
    fn would(&self, limbs: &Limbs<'_>, verdict: &Verdict, lang: Lang) -> String {
        let list = &limbs.version.limb_list;
        if let Some(at) = verdict.limbs.first() {
            return say(lang, "would_touch", &[("limb", &list[*at].id)]);
        }
        let gaps = self.open(limbs);
        if gaps.is_empty() {
            return say(lang, "would_not", &[]);
        }
        say(lang, "would_open", &[("gaps", &self.gaps_told(limbs, &gaps, lang))])
    }

    fn gaps_told(&self, limbs: &Limbs<'_>, gaps: &BTreeSet<Gap>, lang: Lang) -> String {
        let told: Vec<String> = gaps
            .iter()
            .map(|gap| {
                let name = self.gap_id(*gap);
                match gap {
                    Gap::Field(field) => match self.value_told(*field, &limbs.view.facts[*field]) {
                        None => say(lang, "gap_unknown", &[("name", &name)]),
                        Some(value) => say(lang, "gap_value", &[("name", &name), ("value", &value)]),
                    },
                    Gap::List(list) => say(lang, "gap_list", &[("name", self.lexicon.text(*list))]),
                    Gap::Owners => say(lang, "gap_owners", &[]),
                    Gap::Status(at) => say(lang, "gap_status", &[("name", &self.instruments[*at].id)]),
                    Gap::Parameter(_) => name,
                }
            })
            .collect();
        told.join(say(lang, "comma", &[]).as_str())
    }

    /// The id of a gap in tables.
    fn gap_id(&self, gap: Gap) -> String {
        match gap {
            Gap::Field(field) => self.vocabulary.fields[field].name.clone(),
            Gap::List(list) => format!("list:{}", self.lexicon.text(list)),
            Gap::Owners => "owners".to_owned(),
            Gap::Parameter(name) => self.lexicon.text(name).to_owned(),
            Gap::Status(at) => format!("status:{}", self.instruments[at].id),
        }
    }

    /// What is known of an object on a day, in words: the position of each field and its value with its unit. `None` if there is no such
    /// object.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use techpower::{codebook::Codebook, rules::{Circumstances, Moment, Rulebook}};
    /// let files: BTreeMap<String, String> = [
    ///     ("instruments/vocabulary.toml", "[kind.chip]\nen = \"chip\"\nzh = \"芯片\"\n[field.tpp]\nof = [\"chip\"]\ntype = \"number\"\nen = \"TPP\"\nzh = \"TPP\"\n"),
    ///     ("objects/chips.csv", "object,kind,tpp\na,chip,800\n"),
    /// ].into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    /// let (book, _) = Rulebook::read(&files, &Codebook::builtin().0);
    /// let day = "2024-01-01".parse().expect("a date");
    /// let known = book.facts("a", day, Moment::default(), &Circumstances::default()).expect("an object");
    /// assert_eq!(known, [(0, "800".to_owned())]);
    /// ```
    #[must_use]
    pub fn facts(
        &self,
        object: &str,
        on: Date,
        moment: Moment,
        circumstances: &Circumstances,
    ) -> Option<Vec<(usize, String)>> {
        let facts = self.object(object)?.facts(on, moment, &self.vocabulary, &circumstances.facts);
        let told = |(field, value)| Some((field, self.value_told(field, value)?));
        Some(facts.values.iter().enumerate().filter_map(told).collect())
    }

    /// A value with its unit; `None` if unknown.
    pub(super) fn value_told(&self, field: Field, value: &Value) -> Option<String> {
        let info = &self.vocabulary.fields[field];
        Some(match value {
            Value::Unknown => return None,
            Value::Number(days) if info.kind == super::expression::Type::Date => {
                let day = |days: f64| super::date(days).to_string();
                if days.is_exact() { day(days.low) } else { format!("{}..{}", day(days.low), day(days.high)) }
            }
            Value::Number(interval) if info.unit.is_empty() => interval.to_string(),
            Value::Number(interval) => format!("{interval} {}", info.unit),
            Value::Flag(flag) => flag.to_string(),
            Value::Text(symbol) => self.lexicon.text(*symbol).to_owned(),
            Value::Texts(symbols) => {
                let texts: Vec<&str> = symbols.iter().map(|s| self.lexicon.text(*s)).collect();
                texts.join("|")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_both_languages() {
        for id in WORDS.ids() {
            assert!(!WORDS.text(id, Lang::En).is_empty() && !WORDS.text(id, Lang::Zh).is_empty(), "{id}");
        }
        for verdict in VerdictKind::ALL {
            assert!(!verdict.name(Lang::En).is_empty(), "{}", verdict.id());
        }
    }
}
