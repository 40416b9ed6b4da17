//! How much of what there is an instrument touches, and what a new version adds.

use jiff::civil::Date;

use super::assess::{Circumstances, Verdict, VerdictKind};
use super::value::Value;
use super::{Moment, Rulebook};

/// What objects count for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Weight {
    /// Each object counts one.
    #[default]
    Number,
    /// Each object counts by a field of the vocabulary, such as compute shipped; objects of which it is unknown do not count.
    Field(String),
}

impl Weight {
    /// The word used in tables.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Weight::Number => "number",
            Weight::Field(name) => name,
        }
    }
}

/// What an instrument touches of the objects that were on the market on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Position of the instrument.
    pub instrument: usize,
    /// Version that counts on the day.
    pub version: usize,
    /// The day.
    pub on: Date,
    /// Objects that it speaks of and that were on the market.
    pub objects: usize,
    /// Objects of these that have a weight.
    pub weighed: usize,
    /// Share touched for certain, conflicts included: the lower bound of reach.
    pub touched: f64,
    /// Share that depends on the transaction or use.
    pub conditional: f64,
    /// Share that is undetermined.
    pub undetermined: f64,
    /// Share touched for certain that the version before did not touch for certain, on the same objects; unknown for the first.
    pub newly: Option<f64>,
    /// Share not touched for certain that the version before touched for certain, on the same objects; unknown for the first.
    pub released: Option<f64>,
    /// Bounds of the change of reach from the version before, on the same objects; unknown for the first.
    pub bite: Option<(f64, f64)>,
}

impl Reach {
    /// The upper bound: everything that is touched for certain, depends, or is undetermined.
    #[must_use]
    pub fn highest(&self) -> f64 {
        self.touched + self.conditional + self.undetermined
    }
}

impl Rulebook {
    /// Reach of an instrument on a day, and bite against the version before; `None` if no version applies on the day or no object has a
    /// weight. An object counts from the day on which it was released; one whose release is unknown does not count.
    #[must_use]
    pub fn reach(
        &self,
        instrument: usize,
        on: Date,
        moment: Moment,
        circumstances: &Circumstances,
        weight: &Weight,
    ) -> Option<Reach> {
        let text = &self.instruments[instrument];
        let standing = text.standing(on, moment)?;
        let former = standing.version.checked_sub(1).filter(|_| standing.status.applies());
        // Two versions that say the same differ in nothing, however little is known of the objects.
        let same = former.is_some_and(|former| {
            let (one, two) = (&text.versions[former].id, &text.versions[standing.version].id);
            self.difference(&text.id, one, two).is_some_and(|differences| differences.is_empty())
        });
        let field = match weight {
            Weight::Number => None,
            Weight::Field(name) => Some(self.vocabulary.field(name)?),
        };
        let mut all = Reach {
            instrument,
            version: standing.version,
            on,
            objects: 0,
            weighed: 0,
            touched: 0.0,
            conditional: 0.0,
            undetermined: 0.0,
            newly: former.map(|_| 0.0),
            released: former.map(|_| 0.0),
            bite: former.map(|_| (0.0, 0.0)),
        };
        let mut total = 0.0;
        for (at, object) in self.objects.list.iter().enumerate() {
            let on_market = object.released.is_some_and(|released| released.from() <= on);
            if !text.objects.contains(&object.kind) || !on_market {
                continue;
            }
            all.objects += 1;
            let facts = object.facts(on, moment, &self.vocabulary, &circumstances.facts);
            let weight = match field.map(|field| &facts.values[field]) {
                None => 1.0,
                Some(Value::Number(value)) if value.low > 0.0 && value.high.is_finite() => {
                    (value.low + value.high) / 2.0
                }
                Some(_) => continue,
            };
            all.weighed += 1;
            total += weight;
            let subject = self.subject(at, &facts);
            let verdict = self.verdict(instrument, &subject, on, moment);
            let now = bounds(&verdict);
            match verdict.kind {
                VerdictKind::Touched | VerdictKind::Conflict => all.touched += weight,
                VerdictKind::Conditional => all.conditional += weight,
                VerdictKind::Undetermined => all.undetermined += weight,
                VerdictKind::NotTouched => {}
            }
            let Some(former) = former.filter(|_| !same) else { continue };
            let was = bounds(&self.settled(instrument, former, &subject, on, moment));
            let add = |sum: &mut Option<f64>, holds: bool| {
                if let Some(sum) = sum {
                    *sum += if holds { weight } else { 0.0 };
                }
            };
            add(&mut all.newly, now.0 == 1.0 && was.1 == 0.0);
            add(&mut all.released, now.1 == 0.0 && was.0 == 1.0);
            if let Some((low, high)) = &mut all.bite {
                *low += weight * (now.0 - was.1);
                *high += weight * (now.1 - was.0);
            }
        }
        if total == 0.0 {
            return None;
        }
        for share in [&mut all.touched, &mut all.conditional, &mut all.undetermined] {
            *share /= total;
        }
        all.newly = all.newly.map(|sum| sum / total);
        all.released = all.released.map(|sum| sum / total);
        all.bite = all.bite.map(|(low, high)| (low / total, high / total));
        Some(all)
    }

    /// Reach of every instrument that is more than pointed to, on the first day of every version and on other days.
    #[must_use]
    pub fn reaches(
        &self,
        on: &[Date],
        moment: Moment,
        circumstances: &Circumstances,
        weight: &Weight,
    ) -> Vec<Reach> {
        let mut all = Vec::new();
        let modelled = |text: &&super::Instrument| text.coverage != super::Coverage::Pointer;
        for instrument in self.instruments.iter().filter(modelled) {
            let Some(at) = self.position(&instrument.id) else { continue };
            let starts = instrument.versions.iter().filter_map(|version| {
                version.statuses.iter().filter(|row| row.status.applies()).filter_map(|row| row.from).min()
            });
            let mut days: Vec<Date> = starts.chain(on.iter().copied()).collect();
            days.sort_unstable();
            days.dedup();
            all.extend(days.into_iter().filter_map(|day| self.reach(at, day, moment, circumstances, weight)));
        }
        all
    }
}

/// Whether a verdict means touched, at least and at most.
fn bounds(verdict: &Verdict) -> (f64, f64) {
    match verdict.kind {
        VerdictKind::Touched | VerdictKind::Conflict => (1.0, 1.0),
        VerdictKind::NotTouched => (0.0, 0.0),
        VerdictKind::Undetermined | VerdictKind::Conditional => (0.0, 1.0),
    }
}
