//! The measures of agreement of each field.

use std::collections::BTreeMap;

use super::compare::{Group, Shared, Vocabulary};
use super::{
    Agreement, Coding, Comparing, Continuum, Distance, Field, Found, Interval, Ratings, SetDistance,
    SetRatings, Span, SpanMatch, Unit, Weights, cohen_kappa, fleiss_kappa, gwet_ac, intervals,
    krippendorff_alpha, match_spans, percent_agreement, unitizing_alpha,
};

/// Measures with their values.
type Values = Vec<(&'static str, Option<f64>)>;

/// All measures of a group of coders.
pub(super) fn measures(
    group: &Group<'_>,
    vocabulary: &Vocabulary,
    comparing: &Comparing<'_>,
) -> Vec<Agreement> {
    let mut found = Vec::new();
    for field in Field::ALL {
        match field {
            Field::Detection => {
                let ratings = detection(group);
                let missing = ratings.missing() + group.alone;
                found.extend(of_ratings(group, field, &ratings, missing, &[], comparing));
            }
            Field::Event => found.extend(events(group, comparing)),
            Field::Targets => found.extend(targets(group, comparing)),
            Field::Evidence => {
                found.extend(spans(group, comparing));
                found.extend(unitizing(group, vocabulary, comparing));
            }
            _ => {
                let ratings = nominal(group, vocabulary, field);
                found.extend(of_ratings(group, field, &ratings, ratings.missing(), &[], comparing));
            }
        }
    }
    found
}

/// Whether each coder found an event in each document.
pub(super) fn detection(group: &Group<'_>) -> Ratings {
    let mut ratings = Ratings::new(group.coders, 2);
    for (at, document) in group.documents.iter().enumerate() {
        let cells: Vec<Option<usize>> = document
            .coded
            .iter()
            .map(|list| list.as_ref().map(|list| usize::from(list.is_empty())))
            .collect();
        ratings.push(&cells, at);
    }
    ratings
}

/// What each coder says of each event in a field of one category.
pub(super) fn nominal(group: &Group<'_>, vocabulary: &Vocabulary, field: Field) -> Ratings {
    let mut ratings = Ratings::new(group.coders, vocabulary.categories(field).len());
    for (document, row) in group.rows() {
        let cell = |coding: &Option<&Coding>| vocabulary.position(field, &field.value((*coding)?)?);
        ratings.push(&row.iter().map(cell).collect::<Vec<_>>(), document);
    }
    ratings
}

/// Puts values and intervals together; `of` measures a sample of clusters.
fn rows(
    group: &Group<'_>,
    field: Field,
    (units, missing): (usize, usize),
    clusters: usize,
    comparing: &Comparing<'_>,
    of: impl Fn(&[usize]) -> Values + Sync,
) -> Vec<Agreement> {
    let whole: Vec<usize> = (0..clusters).collect();
    let found: Vec<Option<Interval>> = intervals(clusters, &comparing.resampling, |drawn| {
        of(drawn).into_iter().map(|(_, value)| value).collect()
    });
    of(&whole)
        .into_iter()
        .zip(found)
        .map(|((measure, value), interval)| Agreement {
            field,
            coders: group.label.clone(),
            measure,
            value,
            interval: interval.filter(|_| value.is_some()),
            units,
            missing,
        })
        .collect()
}

/// The coefficients of ratings, and alpha with further distances.
fn of_ratings(
    group: &Group<'_>,
    field: Field,
    ratings: &Ratings,
    missing: usize,
    distances: &[(&'static str, Vec<f64>)],
    comparing: &Comparing<'_>,
) -> Vec<Agreement> {
    let clusters = group.documents.len();
    let by_cluster = ratings.by_cluster(clusters);
    rows(group, field, (ratings.pairable(), missing), clusters, comparing, |drawn| {
        let sample = ratings.sample(&by_cluster, drawn);
        let same = Weights::Identity;
        let mut values = vec![("percent", percent_agreement(&sample, same))];
        if distances.is_empty() {
            if group.coders == 2 {
                values.push(("cohen_kappa", cohen_kappa(&sample, 0, 1, same)));
            }
            values.push(("fleiss_kappa", fleiss_kappa(&sample, same)));
            values.push(("gwet_ac1", gwet_ac(&sample, same)));
        }
        values.push(("krippendorff_alpha", krippendorff_alpha(&sample, &Distance::Nominal)));
        for (measure, distance) in distances {
            values.push((measure, krippendorff_alpha(&sample, &Distance::Given(distance))));
        }
        values
    })
}

fn targets(group: &Group<'_>, comparing: &Comparing<'_>) -> Vec<Agreement> {
    let units: Vec<_> = group
        .rows()
        .map(|(document, row)| (row.iter().map(|coding| (*coding)?.target_set()).collect(), document))
        .collect();
    let sets = SetRatings::of(group.coders, &units);
    let distances = [SetDistance::Jaccard, SetDistance::Masi].map(|d| (d.id(), sets.distances(d)));
    of_ratings(group, Field::Targets, &sets.ratings, sets.ratings.missing(), &distances, comparing)
}

/// Precision, recall and F1 from counts per document.
fn rates(counts: &[Found], drawn: &[usize], names: [&'static str; 3]) -> Values {
    let mut sum = Found::default();
    drawn.iter().filter_map(|at| counts.get(*at)).for_each(|found| sum.add(*found));
    let [precision, recall, f1] = names;
    vec![(precision, sum.precision()), (recall, sum.recall()), (f1, sum.f1())]
}

/// How many events of one coder the other found, for two coders.
fn events(group: &Group<'_>, comparing: &Comparing<'_>) -> Vec<Agreement> {
    if group.coders != 2 {
        return Vec::new();
    }
    let mut counts = vec![Found::default(); group.documents.len()];
    for (document, row) in group.rows() {
        counts[document].add(Found {
            both: usize::from(row.iter().flatten().count() == 2),
            first: usize::from(row[0].is_some()),
            second: usize::from(row[1].is_some()),
        });
    }
    rows(group, Field::Event, (group.rows().count(), 0), counts.len(), comparing, |drawn| {
        rates(&counts, drawn, ["precision", "recall", "f1"])
    })
}

/// The places of the evidence of each coder; `None` unless all coded the document and all evidence has a place.
fn places<'d>(document: &'d Shared<'_>) -> Option<Vec<Vec<(Span, &'d Coding)>>> {
    document
        .coded
        .iter()
        .map(|list| list.as_ref()?.iter().map(|coding| Some((coding.span()?, coding))).collect())
        .collect()
}

/// Precision, recall and F1 of spans, for two coders.
fn spans(group: &Group<'_>, comparing: &Comparing<'_>) -> Vec<Agreement> {
    if group.coders != 2 {
        return Vec::new();
    }
    let known: Vec<_> = group.documents.iter().filter_map(places).collect();
    let missing = group.documents.len() - known.len();
    let counts: Vec<[Found; 3]> = known
        .iter()
        .map(|coders| {
            let of = |at: usize| coders[at].iter().map(|(span, _)| *span).collect::<Vec<Span>>();
            SpanMatch::ALL.map(|how| match_spans(&of(0), &of(1), how))
        })
        .collect();
    let mut found = Vec::new();
    for (at, how) in SpanMatch::ALL.into_iter().enumerate() {
        let names = match how {
            SpanMatch::Exact => ["exact_precision", "exact_recall", "exact_f1"],
            SpanMatch::Half => ["iou50_precision", "iou50_recall", "iou50_f1"],
            SpanMatch::Partial => ["partial_precision", "partial_recall", "partial_f1"],
        };
        let counts: Vec<Found> = counts.iter().map(|counts| counts[at]).collect();
        found.extend(rows(
            group,
            Field::Evidence,
            (counts.len(), missing),
            counts.len(),
            comparing,
            |drawn| rates(&counts, drawn, names),
        ));
    }
    found
}

/// Alpha for unitizing, with the type of power as the category, over documents of known length.
fn unitizing(group: &Group<'_>, vocabulary: &Vocabulary, comparing: &Comparing<'_>) -> Vec<Agreement> {
    let category = |coding: &Coding| {
        let power = Field::Power.value(coding);
        // A type that is not known is a category of its own.
        power
            .and_then(|power| vocabulary.position(Field::Power, &power))
            .unwrap_or(vocabulary.categories(Field::Power).len())
    };
    let continua: Vec<Continuum> = group
        .documents
        .iter()
        .filter_map(|document| {
            let length = length_of(document.id, comparing.lengths)?;
            let unit = |(span, coding): (Span, &Coding)| Unit { span, category: category(coding) };
            let coders =
                places(document)?.into_iter().map(|list| list.into_iter().map(unit).collect()).collect();
            Some(Continuum { length, coders })
        })
        .collect();
    if continua.is_empty() {
        return Vec::new();
    }
    let missing = group.documents.len() - continua.len();
    rows(group, Field::Evidence, (continua.len(), missing), continua.len(), comparing, |drawn| {
        let sample: Vec<&Continuum> = drawn.iter().filter_map(|at| continua.get(*at)).collect();
        let alpha = unitizing_alpha(sample.iter().copied());
        vec![("u_alpha", alpha.nominal), ("u_alpha_binary", alpha.binary), ("u_alpha_coding", alpha.coding)]
    })
}

fn length_of(document: &str, lengths: &BTreeMap<String, usize>) -> Option<usize> {
    lengths.get(document).copied().filter(|length| *length > 0)
}
