//! The scarcity corollary: an actor's comparatively strongest type is the one that omits its scarcest source.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::reliance::{Leading, Observed, Record};
use super::{Power, STAGE, share_of};
use crate::code::Act;
use crate::diag::{Kind, Note, Notes, Place};
use crate::measure::Index;
use crate::num::{Seed, Stream, Summary, ranks_descending};

/// Shares nearer than this are equal up to rounding.
const TIE: f64 = 1e-12;
/// Share of an even forecast that is mixed into every forecast before it is scored.
const HUMILITY: f64 = 0.05;
/// Random deals of forecasts to actors.
const DEALS: usize = 9_999;
/// A source of events that has fewer acts is not left out: it could move little.
const MANY_ACTS: usize = 3;
/// Where there is nothing to choose, or no address.
const NO_CHOICE: &str = "-";

/// How sources are made comparable before an actor's scarcest is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Strength relative to the mean over the ranked actors.
    Relative,
    /// Rank among the ranked actors; ties are settled by relative strength.
    Rank,
}

impl Basis {
    /// Both, in order.
    pub const ALL: [Basis; 2] = [Basis::Relative, Basis::Rank];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Basis::Relative => "relative",
            Basis::Rank => "rank",
        }
    }
}

/// The type that an actor's scarcest source implies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Implied {
    /// State or bloc.
    pub actor: String,
    /// How sources were compared.
    pub basis: Basis,
    /// Year.
    pub year: i16,
    /// Probability of each type of the codebook.
    pub types: Vec<f64>,
    /// Probability that no type is implied, because not exactly one omits the scarcest source.
    pub nothing: f64,
    /// Probability that each source (of the codebook's order) is the scarcest.
    pub scarcest: Vec<f64>,
}

/// How well implied types agree with observed reliance, over the actors for which both are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corollary {
    /// How sources were compared.
    pub basis: Basis,
    /// Year.
    pub year: i16,
    /// Actors compared: ranked, with at least one act.
    pub actors: Vec<String>,
    /// Comparisons: one for each actor, and of several years one for each actor and year.
    pub compared: usize,
    /// Share of actors whose implied type is their leading type.
    pub agreement: Summary,
    /// Agreement to be expected if implied types were dealt to actors at random.
    pub chance: Summary,
    /// Cohen's kappa (Cohen 1960): agreement beyond chance; 0 is chance, 1 is perfect. That nothing is implied is a category of
    /// its own, which no actor is observed in.
    pub kappa: Summary,
    /// Share of draws in which agreement exceeds chance.
    pub above_chance: f64,
    /// Expected logarithmic score of the implied probabilities for the observed leading type, per actor (0 is perfect). Where
    /// nothing is implied all types are forecast alike.
    pub log_score: f64,
    /// The same for a forecast from the other actors' leading types, left out one by one.
    pub base_score: f64,
    /// Share of random deals of the forecasts to the actors that score at least as well: small if it matters whose scarcity it is.
    pub p_dealt: f64,
}

impl Corollary {
    /// How much better than the base rate the implied types predict, in natural logarithms per actor; below zero they predict worse.
    #[must_use]
    pub fn advantage(&self) -> f64 {
        self.log_score - self.base_score
    }
}

/// The corollary tested once more with one thing made otherwise, to see what its outcome hangs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What is made otherwise.
    pub change: Change,
    /// How: an indicator, the host of an address, a certainty or an actor that is left out; `-` where there is nothing to choose.
    pub choice: String,
    /// The year; `None` for all years together.
    pub year: Option<i16>,
    /// What comes of it. Of all years together, each actor counts once for each year, and chance and base rate are those of the year.
    pub outcome: Corollary,
}

/// What a trial makes otherwise. Everything else stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Nothing.
    Nothing,
    /// One indicator is left out: in every draw a source is moved by as much as leaving the indicator out moves it by the recipe as stated.
    Indicator,
    /// Only acts of the year itself count, not those before it.
    Window,
    /// The type that an actor uses more than others do (by Balassa's index) is held against the implied one, not the one it uses most.
    Comparative,
    /// Acts are left out that rest on one source alone, told by the host of its address; `-` are acts without an address.
    Reference,
    /// Acts of one certainty are left out.
    Certainty,
    /// One actor is left out.
    Actor,
}

impl Change {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Change::Nothing => "nothing",
            Change::Indicator => "indicator",
            Change::Window => "window",
            Change::Comparative => "comparative",
            Change::Reference => "reference",
            Change::Certainty => "certainty",
            Change::Actor => "actor",
        }
    }

    /// All, in the order of tables.
    pub const ALL: [Change; 7] = [
        Change::Nothing,
        Change::Indicator,
        Change::Window,
        Change::Comparative,
        Change::Reference,
        Change::Certainty,
        Change::Actor,
    ];
}

/// The scarcity corollary: each actor's comparatively strongest type is the one that omits its scarcest source.
pub(super) fn corollary(
    record: &Record<'_>,
    index: &Index,
    observed: &BTreeMap<i16, Observed>,
    power: &mut Power,
    notes: &mut Notes,
) {
    let codebook = &record.study.codebook;
    let omitting: Vec<Option<usize>> =
        codebook.sources.iter().map(|s| codebook.only_type_omitting(&s.id)).collect();
    for (source, _) in codebook.sources.iter().zip(&omitting).filter(|(_, only)| only.is_none()) {
        notes.push(Note::new(Kind::CorollaryUndefined, STAGE, Place::default()).with("source", &source.id));
    }
    let roots: Option<Vec<usize>> = codebook.sources.iter().map(|s| index.root_of(&s.id)).collect();
    let Some(roots) = roots.filter(|roots| !roots.is_empty()) else { return };
    let deal = Seed(record.study.options.uncertainty.seed).stream(STAGE, "deals");
    let test = Test { record, index, omitting, roots, deal };
    let drawn: Vec<Forecast> = Basis::ALL.iter().map(|basis| test.drawn(*basis)).collect();
    for (year, at) in index.years.iter().zip(0..) {
        for (basis, forecast) in Basis::ALL.iter().zip(&drawn) {
            let known = forecast.years[at].iter();
            power.implied.extend(known.map(|(actor, sources)| test.implied(*actor, *basis, *year, sources)));
            let groups: Vec<Vec<Compared<'_>>> = vec![test.compared(forecast, observed, *year)];
            power.corollary.extend(test.agreement(&groups, *basis, *year));
        }
    }
    if observed.is_empty() {
        return;
    }
    power.trials = test.trials(&drawn, observed);
}

/// What is held against what.
struct Test<'a> {
    record: &'a Record<'a>,
    index: &'a Index,
    /// For each source the type that alone omits it.
    omitting: Vec<Option<usize>>,
    /// Positions of the sources among the roots of the index.
    roots: Vec<usize>,
    /// Deals of forecasts to actors.
    deal: Stream,
}

/// Scarcest sources, draw by draw, of the actors of whom all sources are known.
struct Forecast {
    /// By year; actors by position in the index.
    years: Vec<BTreeMap<usize, Vec<usize>>>,
}

impl Test<'_> {
    /// By the draws of the index.
    fn drawn(&self, basis: Basis) -> Forecast {
        self.forecast(basis, self.index.draws, |root, year, actor, draw| {
            self.index.draws_of(root, year, actor)[draw]
        })
    }

    /// `strength` is NaN where unknown.
    fn forecast(
        &self,
        basis: Basis,
        draws: usize,
        strength: impl Fn(usize, usize, usize, usize) -> f64 + Sync,
    ) -> Forecast {
        let of_year = |year: usize| -> BTreeMap<usize, Vec<usize>> {
            let is_known =
                |actor: &usize| self.roots.iter().all(|root| !strength(*root, year, *actor, 0).is_nan());
            let known: Vec<usize> = (0..self.index.actors.len()).filter(is_known).collect();
            let by_draw: Vec<Vec<usize>> = (0..draws)
                .into_par_iter()
                .map(|draw| {
                    let of_root = |root: &usize| {
                        known.iter().map(|actor| strength(*root, year, *actor, draw)).collect()
                    };
                    let strengths: Vec<Vec<f64>> = self.roots.iter().map(of_root).collect();
                    scarcest(&strengths, basis, draw)
                })
                .collect();
            let of_actor = |(at, actor): (usize, &usize)| {
                (*actor, by_draw.iter().map(|scarcest| scarcest[at]).collect())
            };
            known.iter().enumerate().map(of_actor).collect()
        };
        Forecast { years: (0..self.index.years.len()).map(of_year).collect() }
    }

    fn implied(&self, actor: usize, basis: Basis, year: i16, scarcest: &[usize]) -> Implied {
        Implied {
            actor: self.index.actors[actor].clone(),
            basis,
            year,
            types: (0..self.n_types())
                .map(|k| share_of(scarcest, |source| self.omitting[*source] == Some(k)))
                .collect(),
            nothing: share_of(scarcest, |source| self.omitting[*source].is_none()),
            scarcest: (0..self.roots.len()).map(|s| share_of(scarcest, |source| *source == s)).collect(),
        }
    }

    fn n_types(&self) -> usize {
        self.record.study.codebook.types.len()
    }

    /// Actors with at least one act that exercises power, of whom all sources are known.
    fn compared<'o>(
        &self,
        forecast: &Forecast,
        observed: &'o BTreeMap<i16, Observed>,
        year: i16,
    ) -> Vec<Compared<'o>> {
        let Some(at) = self.index.years.iter().position(|other| *other == year) else { return Vec::new() };
        let Some(observed) = observed.get(&year) else { return Vec::new() };
        let known = forecast.years[at].iter().filter_map(|(actor, sources)| {
            let place = self.record.actors.iter().position(|other| *other == self.index.actors[*actor])?;
            (observed.acts[place] > 0).then(|| Compared {
                actor: *actor,
                implied: sources.iter().map(|source| self.omitting[*source]).collect(),
                leading: &observed.leading[place],
            })
        });
        known.collect()
    }

    /// Agreement of implied with leading types, group by group dealt anew; `None` for fewer than two actors.
    fn agreement(&self, groups: &[Vec<Compared<'_>>], basis: Basis, year: i16) -> Option<Corollary> {
        let groups: Vec<&Vec<Compared<'_>>> = groups.iter().filter(|group| group.len() > 1).collect();
        let all = || groups.iter().copied().flatten();
        let draws = all().next()?.leading.len();
        let n = all().count() as f64;
        let n_types = self.n_types();
        let (mut agreements, mut chances, mut kappas) = (Vec::new(), Vec::new(), Vec::new());
        for draw in 0..draws {
            let (mut same, mut chance) = (0.0, 0.0);
            for group in &groups {
                let (mut implied, mut leading) = (vec![0.0; n_types], vec![0.0; n_types]);
                for actor in *group {
                    let lead = actor.leading[draw];
                    leading[lead] += 1.0;
                    if let Some(k) = actor.implied_in(draw) {
                        implied[k] += 1.0;
                        same += if k == lead { 1.0 / n } else { 0.0 };
                    }
                }
                let dealt: f64 = implied.iter().zip(&leading).map(|(a, b)| a * b).sum();
                chance += dealt / group.len() as f64 / n;
            }
            agreements.push(same);
            chances.push(chance);
            // If all are of one type on both sides, chance alone agrees and kappa is 0 by convention.
            kappas.push(if chance < 1.0 { (same - chance) / (1.0 - chance) } else { 0.0 });
        }
        let above = agreements.iter().zip(&chances).filter(|(same, chance)| **same > *chance + TIE).count();
        let scores: Vec<Scores> = groups.iter().map(|group| Scores::of(group, n_types)).collect();
        let actors: BTreeSet<usize> = all().map(|actor| actor.actor).collect();
        Some(Corollary {
            basis,
            year,
            actors: actors.iter().map(|actor| self.index.actors[*actor].clone()).collect(),
            compared: all().count(),
            agreement: Summary::of(&agreements)?,
            chance: Summary::of(&chances)?,
            kappa: Summary::of(&kappas)?,
            above_chance: above as f64 / draws as f64,
            log_score: scores.iter().map(Scores::own).sum::<f64>() / n,
            base_score: scores.iter().map(|scores| scores.base).sum::<f64>() / n,
            p_dealt: self.p_dealt(&scores),
        })
    }

    /// Share of random deals of the forecasts to the actors that score at least as well as the actual one, which counts among them (Phipson &
    /// Smyth 2010, *Statistical Applications in Genetics and Molecular Biology* 9(1), article 39). Of several years an actor is given the
    /// forecasts of one other for all of them, as neither sources nor acts of a year are independent of those of the year before; what it
    /// would score is the mean over the years in which both are known, times the number of its own.
    fn p_dealt(&self, scores: &[Scores]) -> f64 {
        let actors: BTreeSet<usize> =
            scores.iter().flat_map(|scores| scores.actors.iter().copied()).collect();
        let actors: Vec<usize> = actors.into_iter().collect();
        let even = libm::log(1.0 / self.n_types() as f64);
        let given = |actor: usize, other: usize| -> f64 {
            let place =
                |scores: &Scores, actor: usize| scores.actors.iter().position(|known| *known == actor);
            let own = scores.iter().filter(|scores| place(scores, actor).is_some()).count();
            let both: Vec<f64> = scores
                .iter()
                .filter_map(|scores| Some(scores.by_deal[place(scores, actor)?][place(scores, other)?]))
                .collect();
            own as f64 * if both.is_empty() { even } else { crate::num::mean(&both) }
        };
        let by_deal: Vec<Vec<f64>> =
            actors.iter().map(|actor| actors.iter().map(|other| given(*actor, *other)).collect()).collect();
        let total = |deal: &[usize]| -> f64 { deal.iter().zip(&by_deal).map(|(to, row)| row[*to]).sum() };
        let mut deal: Vec<usize> = (0..actors.len()).collect();
        let actual = total(&deal);
        let mut random = self.deal.draw(0);
        let mut as_good = 1;
        for _ in 0..DEALS {
            random.shuffle(&mut deal);
            as_good += usize::from(total(&deal) >= actual - TIE);
        }
        as_good as f64 / (DEALS + 1) as f64
    }

    /// All trials: each change in every year and over all years.
    fn trials(&self, drawn: &[Forecast], observed: &BTreeMap<i16, Observed>) -> Vec<Trial> {
        let mut trials = Vec::new();
        let index = self.index;
        for (basis, drawn) in Basis::ALL.into_iter().zip(drawn) {
            let mut add =
                |change: Change, choice: &str, forecast: &Forecast, observed: &BTreeMap<i16, Observed>| {
                    trials.extend(self.trial(change, choice, basis, forecast, observed, None));
                };
            add(Change::Nothing, NO_CHOICE, drawn, observed);
            for left_out in &index.left_out {
                let without = self.forecast(basis, index.draws, |root, year, actor, draw| {
                    let nominal = index.score(index.roots[root], year, actor).nominal;
                    let moved = index.score_without(left_out, root, year, actor).zip(nominal);
                    let drawn = index.draws_of(root, year, actor)[draw];
                    moved.map_or(f64::NAN, |(without, nominal)| drawn + without - nominal)
                });
                add(Change::Indicator, &left_out.indicator, &without, observed);
            }
            for actor in (0..index.actors.len()).filter(|actor| self.is_observed(*actor, observed)) {
                let id = &index.actors[actor];
                trials.extend(self.trial(Change::Actor, id, basis, drawn, observed, Some(actor)));
            }
        }
        for (change, choice, observed) in self.other_records() {
            for (basis, drawn) in Basis::ALL.into_iter().zip(drawn) {
                trials.extend(self.trial(change, &choice, basis, drawn, &observed, None));
            }
        }
        trials.sort_by_key(|trial| (trial.change, trial.outcome.basis));
        trials
    }

    /// A trial in every year and over all years, without an actor.
    fn trial(
        &self,
        change: Change,
        choice: &str,
        basis: Basis,
        forecast: &Forecast,
        observed: &BTreeMap<i16, Observed>,
        without: Option<usize>,
    ) -> Vec<Trial> {
        let groups: Vec<(i16, Vec<Compared<'_>>)> = observed
            .keys()
            .map(|year| {
                let mut group = self.compared(forecast, observed, *year);
                group.retain(|compared| Some(compared.actor) != without);
                (*year, group)
            })
            .collect();
        let (years, groups): (Vec<i16>, Vec<Vec<Compared<'_>>>) = groups.into_iter().unzip();
        let trial = |year: Option<i16>, groups: &[Vec<Compared<'_>>]| {
            let last = year.or(years.last().copied())?;
            let outcome = self.agreement(groups, basis, last)?;
            Some(Trial { change, choice: choice.to_owned(), year, outcome })
        };
        let each = years
            .iter()
            .zip(&groups)
            .filter_map(|(year, group)| trial(Some(*year), std::slice::from_ref(group)));
        each.chain(trial(None, &groups)).collect()
    }

    fn is_observed(&self, actor: usize, observed: &BTreeMap<i16, Observed>) -> bool {
        let place = self.record.actors.iter().position(|other| *other == self.index.actors[actor]);
        place.is_some_and(|place| observed.values().any(|observed| observed.acts[place] > 0))
    }

    /// What is observed if other acts count.
    fn other_records(&self) -> Vec<(Change, String, BTreeMap<i16, Observed>)> {
        let about = &self.record.study.options.about;
        let rows = &self.record.study.events;
        let years = || about.from..=about.to;
        let all = |keep: &dyn Fn(&Act) -> bool| -> BTreeMap<i16, Observed> {
            let of_year = |year| (year, self.record.observed(about.from..=year, Leading::ByShare, keep));
            years().map(of_year).collect()
        };
        let alone = |year| (year, self.record.observed(year..=year, Leading::ByShare, &|_| true));
        let comparative =
            |year| (year, self.record.observed(about.from..=year, Leading::Comparative, &|_| true));
        let mut records = vec![
            (Change::Window, NO_CHOICE.to_owned(), years().map(alone).collect()),
            (Change::Comparative, NO_CHOICE.to_owned(), years().map(comparative).collect()),
        ];
        let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut certainties: BTreeSet<&str> = BTreeSet::new();
        for act in self.record.acts {
            if let Some(host) = only_host(&rows[act.row].reference) {
                *hosts.entry(host).or_default() += 1;
            }
            certainties.insert(&rows[act.row].certainty);
        }
        for (host, _) in hosts.into_iter().filter(|(_, acts)| *acts >= MANY_ACTS) {
            let keep = |act: &Act| only_host(&rows[act.row].reference) != Some(host);
            records.push((Change::Reference, host.to_owned(), all(&keep)));
        }
        for certainty in certainties.into_iter().filter(|certainty| !certainty.is_empty()) {
            let keep = |act: &Act| rows[act.row].certainty != certainty;
            records.push((Change::Certainty, certainty.to_owned(), all(&keep)));
        }
        records
    }
}

/// The host of the addresses in a reference, [`NO_CHOICE`] if it has none; `None` if it names several.
fn only_host(reference: &str) -> Option<&str> {
    let mut hosts = reference.split("://").skip(1).map(|rest| {
        let end = rest.find(|c: char| c == '/' || c == ';' || c.is_whitespace()).unwrap_or(rest.len());
        rest[..end].trim_start_matches("www.")
    });
    let Some(first) = hosts.next() else { return Some(NO_CHOICE) };
    hosts.all(|other| other == first).then_some(first)
}

/// The scarcest source of each actor; `strength[source][actor]`. By rank, ties are settled by relative strength; sources that are alike in
/// that too take turns over the draws.
fn scarcest(strength: &[Vec<f64>], basis: Basis, draw: usize) -> Vec<usize> {
    let relative: Vec<Vec<f64>> = strength
        .iter()
        .map(|values| {
            let mean = crate::num::mean(values);
            values.iter().map(|value| value / mean).collect()
        })
        .collect();
    let ranks: Vec<Vec<Option<u32>>> = strength.iter().map(|values| ranks_descending(values)).collect();
    (0..strength.first().map_or(0, Vec::len))
        .map(|actor| {
            let key = |source: usize| match basis {
                Basis::Relative => (0, relative[source][actor]),
                // The worse the rank, the scarcer.
                Basis::Rank => (-i64::from(ranks[source][actor].unwrap_or(0)), relative[source][actor]),
            };
            let order = |a: usize, b: usize| {
                let ((rank_a, strength_a), (rank_b, strength_b)) = (key(a), key(b));
                rank_a.cmp(&rank_b).then(strength_a.total_cmp(&strength_b))
            };
            let least = (1..strength.len())
                .fold(0, |best, source| if order(source, best).is_lt() { source } else { best });
            let alike: Vec<usize> =
                (0..strength.len()).filter(|source| order(*source, least).is_eq()).collect();
            alike[draw % alike.len()]
        })
        .collect()
}

/// An actor of which both the implied and the leading type are known, draw by draw.
struct Compared<'a> {
    /// Position in the index.
    actor: usize,
    /// The implied type; `None` where nothing is implied. One for all draws if sources are not drawn.
    implied: Vec<Option<usize>>,
    /// The leading type by its acts.
    leading: &'a [usize],
}

impl Compared<'_> {
    fn implied_in(&self, draw: usize) -> Option<usize> {
        self.implied[draw % self.implied.len()]
    }
}

/// Expected logarithmic scores (Good 1952, *Journal of the Royal Statistical Society* B 14(1), 107-114) of two forecasts of the leading types of
/// a group of actors: the implied types, and the other actors' leading types. Both are first mixed with the same share of an even forecast, so
/// that neither is ever certain.
struct Scores {
    /// Positions of the actors in the index.
    actors: Vec<usize>,
    /// Score of each actor if it were given the forecast of each.
    by_deal: Vec<Vec<f64>>,
    /// Sum of the scores of the forecast from the other actors.
    base: f64,
}

impl Scores {
    fn of(group: &[Compared<'_>], n_types: usize) -> Scores {
        let even = 1.0 / n_types as f64;
        let humble = |shares: &[f64]| -> Vec<f64> {
            let total: f64 = shares.iter().sum();
            shares.iter().map(|share| HUMILITY * even + (1.0 - HUMILITY) * share / total).collect()
        };
        let score = |observed: &[f64], forecast: &[f64]| -> f64 {
            observed.iter().zip(forecast).map(|(share, probability)| share * libm::log(*probability)).sum()
        };
        let observed: Vec<Vec<f64>> = group
            .iter()
            .map(|actor| (0..n_types).map(|k| share_of(actor.leading, |lead| *lead == k)).collect())
            .collect();
        let forecasts: Vec<Vec<f64>> = group
            .iter()
            .map(|actor| {
                let nothing = share_of(&actor.implied, Option::is_none);
                let implied = (0..n_types).map(|k| share_of(&actor.implied, |i| *i == Some(k)));
                humble(&implied.map(|share| share + nothing * even).collect::<Vec<f64>>())
            })
            .collect();
        let base = (0..group.len()).map(|at| {
            let others = observed.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<f64> = (0..n_types).map(|k| others.clone().map(|(_, o)| o[k]).sum()).collect();
            score(&observed[at], &humble(&others))
        });
        Scores {
            actors: group.iter().map(|actor| actor.actor).collect(),
            base: base.sum(),
            by_deal: observed
                .iter()
                .map(|observed| forecasts.iter().map(|forecast| score(observed, forecast)).collect())
                .collect(),
        }
    }

    /// Sum of the scores of the actors' own forecasts.
    fn own(&self) -> f64 {
        self.by_deal.iter().enumerate().map(|(actor, scores)| scores[actor]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_reference() {
        assert_eq!(only_host("87 FR 62186"), Some("-"));
        assert_eq!(
            only_host("Law; https://www.example.org/a; see http://example.org/b"),
            Some("example.org")
        );
        assert_eq!(only_host("https://one.example/a; https://two.example/b"), None);
    }

    #[test]
    fn a_forecast_that_knows_scores_best() {
        let leading: Vec<Vec<usize>> = (0..8).map(|actor| vec![actor % 4; 10]).collect();
        let group: Vec<Compared<'_>> = leading
            .iter()
            .enumerate()
            .map(|(actor, leading)| Compared { actor, implied: vec![Some(actor % 4); 10], leading })
            .collect();
        let scores = Scores::of(&group, 4);
        let certain = libm::log(0.95 + 0.05 / 4.0);
        assert!((scores.own() - 8.0 * certain).abs() < 1e-12);
        assert!(scores.own() > scores.base);
        assert!(scores.by_deal[0][1] < scores.by_deal[0][0], "the forecast of another");
    }
}
