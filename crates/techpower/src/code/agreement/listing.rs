//! What lies behind the measures: categories, pairs of categories, points of disagreement.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{EVENT, Group, NO_EVENT, Vocabulary};
use super::measures::{detection, nominal};
use super::{CategoryAgreement, Coding, Confused, Disagreement, Field, Found, Ratings};

/// Agreement on each category of each field.
pub(super) fn categories(group: &Group<'_>, vocabulary: &Vocabulary) -> Vec<CategoryAgreement> {
    let mut found = Vec::new();
    let yes_no = [EVENT.to_owned(), NO_EVENT.to_owned()];
    found.extend(of_field(group, Field::Detection, &yes_no, &detection(group)));
    for field in Field::NOMINAL {
        let ratings = nominal(group, vocabulary, field);
        found.extend(of_field(group, field, vocabulary.categories(field), &ratings));
    }
    found.extend(of_targets(group));
    found
}

fn of_field(
    group: &Group<'_>,
    field: Field,
    categories: &[String],
    ratings: &Ratings,
) -> Vec<CategoryAgreement> {
    let mut counts = vec![Found::default(); categories.len()];
    // What only one coder found counts for it; what a coder found without saying more does not.
    let said: Vec<Vec<bool>> = match field {
        Field::Detection => ratings.rows().map(|row| row.iter().map(Option::is_some).collect()).collect(),
        _ => group.rows().map(|(_, row)| row.iter().map(Option::is_some).collect()).collect(),
    };
    for (row, said) in ratings.rows().zip(said) {
        let [first, second] = row else { break };
        let silent = |value: &Option<usize>, said: bool| value.is_none() && said;
        if silent(first, said[0]) || silent(second, said[1]) {
            continue;
        }
        if let Some(k) = first {
            counts[*k].first += 1;
            counts[*k].both += usize::from(first == second);
        }
        if let Some(k) = second {
            counts[*k].second += 1;
        }
    }
    categories
        .iter()
        .enumerate()
        .map(|(k, category)| CategoryAgreement {
            field,
            coders: group.label.clone(),
            category: category.clone(),
            found: (group.coders == 2).then_some(counts[k]),
            specific: specific_agreement(ratings, k),
        })
        .filter(|row| row.specific.is_some() || row.found.is_some_and(|found| found.first + found.second > 0))
        .collect()
}

/// Proportion of specific agreement on a category: of the ratings that a rating of the category is paired with, the share that is of it too. All
/// pairs of ratings of a unit count alike; for two coders this is the measure of Cicchetti & Feinstein (1990).
/// `None` if the category occurs in no unit that two coders rated.
///
/// ```
/// use techpower::code::agreement::{Ratings, specific_agreement};
/// let mut ratings = Ratings::new(2, 2);
/// for cells in [[0, 0], [0, 1], [1, 1], [1, 1]] {
///     ratings.push(&cells.map(Some), 0);
/// }
/// assert_eq!(specific_agreement(&ratings, 0), Some(2.0 / 3.0));
/// assert_eq!(specific_agreement(&ratings, 1), Some(4.0 / 5.0));
/// ```
#[must_use]
pub fn specific_agreement(ratings: &Ratings, category: usize) -> Option<f64> {
    let (mut same, mut all) = (0.0, 0.0);
    for row in ratings.rows() {
        let raters = row.iter().flatten().count() as f64;
        let chose = row.iter().flatten().filter(|k| **k == category).count() as f64;
        same += chose * (chose - 1.0);
        all += chose * (raters - 1.0);
    }
    (all > 0.0).then(|| same / all)
}

/// Agreement on each target: whether a coder names it among the targets of an event.
fn of_targets(group: &Group<'_>) -> Vec<CategoryAgreement> {
    let mut rows: Vec<Vec<Option<BTreeSet<String>>>> = Vec::new();
    let mut counts: BTreeMap<String, Found> = BTreeMap::new();
    for (_, row) in group.rows() {
        let sets: Vec<Option<BTreeSet<String>>> = row.iter().map(|coding| (*coding)?.target_set()).collect();
        for target in sets.iter().flatten().flatten() {
            counts.entry(target.clone()).or_default();
        }
        let unknown = row.iter().zip(&sets).any(|(coding, set)| coding.is_some() && set.is_none());
        if group.coders == 2 && !unknown {
            let names =
                |at: usize, target: &String| sets[at].as_ref().is_some_and(|set| set.contains(target));
            for (target, found) in &mut counts {
                let (first, second) = (names(0, target), names(1, target));
                found.add(Found {
                    both: usize::from(first && second),
                    first: usize::from(first),
                    second: usize::from(second),
                });
            }
        }
        rows.push(sets);
    }
    counts
        .into_iter()
        .map(|(target, found)| {
            let mut ratings = Ratings::new(group.coders, 2);
            for sets in &rows {
                let cell =
                    |set: &Option<BTreeSet<String>>| Some(usize::from(!set.as_ref()?.contains(&target)));
                ratings.push(&sets.iter().map(cell).collect::<Vec<_>>(), 0);
            }
            CategoryAgreement {
                field: Field::Targets,
                coders: group.label.clone(),
                category: target,
                found: (group.coders == 2).then_some(found),
                specific: specific_agreement(&ratings, 0),
            }
        })
        .collect()
}

/// Pairs of categories that two coders chose, events that only one of them found included.
pub(super) fn confusion(group: &Group<'_>) -> Vec<Confused> {
    let mut counts: BTreeMap<(Field, Option<String>, Option<String>), usize> = BTreeMap::new();
    for document in &group.documents {
        let said = |at: usize| {
            let none = document.coded[at].as_ref().is_none_or(Vec::is_empty);
            Some(if none { NO_EVENT } else { EVENT }.to_owned())
        };
        *counts.entry((Field::Detection, said(0), said(1))).or_default() += 1;
    }
    for (_, row) in group.rows() {
        for field in Field::NOMINAL {
            let values: Vec<Option<String>> = row.iter().map(|coding| field.value((*coding)?)).collect();
            // A value that a coder did not state is no category.
            if row.iter().zip(&values).all(|(coding, value)| coding.is_some() == value.is_some()) {
                *counts.entry((field, values[0].clone(), values[1].clone())).or_default() += 1;
            }
        }
    }
    counts
        .into_iter()
        .map(|((field, first, second), count)| Confused {
            field,
            coders: group.label.clone(),
            first,
            second,
            count,
        })
        .collect()
}

/// Points on which two coders disagree, document by document: first whether there is an event, else which events only one found, then the
/// fields of those that both found. A value that one of them does not state is no disagreement.
pub(super) fn disagreements(group: &Group<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for document in &group.documents {
        let point = |field, first: Option<&Coding>, second: Option<&Coding>| Disagreement {
            document: document.id.to_owned(),
            coders: group.label.clone(),
            field,
            first: first.and_then(|coding| field.value(coding)),
            second: second.and_then(|coding| field.value(coding)),
            first_evidence: first.and_then(|coding| coding.evidence.clone()),
            second_evidence: second.and_then(|coding| coding.evidence.clone()),
            uncertain: [first, second].into_iter().flatten().any(|coding| coding.uncertain),
        };
        let empty = |at: usize| document.coded[at].as_ref().is_none_or(Vec::is_empty);
        if empty(0) != empty(1) {
            let first = document.coded[0].as_ref().and_then(|list| list.first());
            let second = document.coded[1].as_ref().and_then(|list| list.first());
            let mut one = point(Field::Detection, first, second);
            one.first.get_or_insert_with(|| NO_EVENT.to_owned());
            one.second.get_or_insert_with(|| NO_EVENT.to_owned());
            found.push(one);
        }
        for row in document.events() {
            let (first, second) = (row[0], row[1]);
            let (Some(a), Some(b)) = (first, second) else {
                found.push(point(Field::Event, first, second));
                continue;
            };
            let fields = Field::NOMINAL.into_iter().chain([Field::Targets]);
            found.extend(
                fields
                    .map(|field| point(field, Some(a), Some(b)))
                    .filter(|one| one.first.is_some() && one.second.is_some() && one.first != one.second),
            );
        }
    }
    found
}
