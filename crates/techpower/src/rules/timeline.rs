//! How an object fared under instruments through time.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::assess::{Assessed, Circumstances};
use super::value::Value;
use super::{Moment, Rulebook, Status, date};
use crate::diag::Lang;

/// Days on which an instrument's verdict on an object stayed the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// First day.
    pub from: Date,
    /// First day of the next stretch; `None` if it lasts as far as anything is known.
    pub to: Option<Date>,
    /// The verdict on the first day.
    pub assessed: Assessed,
}

impl Rulebook {
    /// The verdicts on an object through time, instrument by instrument, from the first day of which an instrument says anything. `None` if
    /// there is no such object; instruments that do not speak of its kind are left out.
    #[must_use]
    pub fn timeline(
        &self,
        object: &str,
        instruments: &[String],
        moment: Moment,
        circumstances: &Circumstances,
        lang: Lang,
    ) -> Option<Vec<Stretch>> {
        let object = self.objects.find(object)?;
        let thing = &self.objects.list[object];
        let chosen: Vec<usize> = match instruments {
            [] => (0..self.instruments.len()).collect(),
            ids => ids.iter().filter_map(|id| self.position(id)).collect(),
        };
        let mut stretches = Vec::new();
        for instrument in chosen {
            let text = &self.instruments[instrument];
            if !text.objects.contains(&thing.kind) {
                continue;
            }
            let rows = || text.versions.iter().flat_map(|version| &version.statuses);
            let Some(first) = rows().filter_map(|row| row.from).min() else { continue };
            let mut days: BTreeSet<Date> =
                self.changes(instrument, object, &mut BTreeSet::from([instrument]));
            days.extend(thing.changes());
            days.insert(first);
            let days: Vec<Date> = days.into_iter().filter(|day| *day >= first).collect();
            let mut own: Vec<Stretch> = Vec::new();
            for on in days {
                let facts = thing.facts(on, moment, &self.vocabulary, &circumstances.facts);
                let subject = self.subject(object, &facts);
                let verdict = self.verdict(instrument, &subject, on, moment);
                let same = own.last().is_some_and(|last| last.assessed.verdict == verdict);
                if same {
                    continue;
                }
                let assessed = self.told(instrument, object, &subject, on, moment, verdict, lang);
                if let Some(last) = own.last_mut() {
                    last.to = Some(on);
                }
                own.push(Stretch { from: on, to: None, assessed });
            }
            // After the horizon there is nothing to tell.
            while own.last().is_some_and(|last| last.assessed.verdict.status == Some(Status::UnknownAfter)) {
                own.pop();
            }
            stretches.extend(own);
        }
        Some(stretches)
    }

    /// Days on which anything that an instrument looks at changes for an object.
    fn changes(&self, instrument: usize, object: usize, seen: &mut BTreeSet<usize>) -> BTreeSet<Date> {
        let text = &self.instruments[instrument];
        let mut days = text.changes();
        for version in &text.versions {
            for list in &version.lists {
                days.extend(self.lists.changes(*list));
                days.extend(self.owners.changes());
            }
            for other in &version.relies_on {
                if seen.insert(*other) {
                    days.extend(self.changes(*other, object, seen));
                }
            }
            // A condition that compares the day with another turns on that day or the next.
            let uses = version.uses();
            let facts =
                self.objects.list[object].facts.iter().filter(|fact| uses.dates.contains(&fact.field));
            let dates = facts.flat_map(|fact| match fact.value {
                Value::Number(dates) => [Some(dates.low), Some(dates.high)],
                _ => [None, None],
            });
            for turn in uses.days.iter().map(|day| f64::from(*day)).chain(dates.flatten()) {
                days.extend([date(turn), date(turn + 1.0)]);
            }
        }
        days
    }
}
