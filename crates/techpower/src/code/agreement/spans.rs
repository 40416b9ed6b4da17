//! Spans: how well two coders mark the same passages of a document.

use super::heaviest_matching;

/// A passage: code points from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

impl Span {
    /// A span; `None` if it is empty.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Option<Span> {
        (start < end).then_some(Span { start, end })
    }

    /// Number of code points.
    #[must_use]
    pub fn length(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Number of code points that both hold.
    #[must_use]
    pub fn overlap(self, other: Span) -> usize {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }

    /// Number of code points that either holds, those between two spans apart not counted.
    #[must_use]
    pub fn union(self, other: Span) -> usize {
        self.length() + other.length() - self.overlap(other)
    }
}

/// When two spans count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanMatch {
    /// Both ends are the same.
    Exact,
    /// They share at least one code point.
    Partial,
    /// What they share is at least half of what either holds (intersection over union).
    Half,
}

impl SpanMatch {
    /// All, from the strictest.
    pub const ALL: [SpanMatch; 3] = [SpanMatch::Exact, SpanMatch::Half, SpanMatch::Partial];

    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            SpanMatch::Exact => "exact",
            SpanMatch::Partial => "partial",
            SpanMatch::Half => "iou50",
        }
    }

    fn holds(self, first: Span, second: Span) -> bool {
        match self {
            SpanMatch::Exact => first == second,
            SpanMatch::Partial => first.overlap(second) > 0,
            SpanMatch::Half => 2 * first.overlap(second) >= first.union(second),
        }
    }
}

/// How many items two coders found, and how many of them are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Found by both.
    pub both: usize,
    /// Found by the first coder.
    pub first: usize,
    /// Found by the second coder.
    pub second: usize,
}

impl Found {
    /// Adds the counts of another document.
    pub fn add(&mut self, other: Found) {
        self.both += other.both;
        self.first += other.first;
        self.second += other.second;
    }

    /// The share of what the second coder found that the first found too; `None` if the second found nothing.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        (self.second > 0).then(|| self.both as f64 / self.second as f64)
    }

    /// The share of what the first coder found that the second found too; `None` if the first found nothing.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        (self.first > 0).then(|| self.both as f64 / self.first as f64)
    }

    /// The harmonic mean of precision and recall, `2 both / (first + second)` (van Rijsbergen 1979), which is also the proportion of specific
    /// agreement (Dice 1945, *Ecology* 26(3), 297-302). `None` if neither found anything.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        let all = self.first + self.second;
        (all > 0).then(|| 2.0 * self.both as f64 / all as f64)
    }
}

/// Spans of one document found by two coders, matched one to one so that as many match as can. A span marked twice counts once.
///
/// ```
/// use techpower::code::agreement::{Span, SpanMatch, match_spans};
/// let span = |start, end| Span { start, end };
/// let (first, second) = ([span(0, 10), span(20, 30)], [span(0, 10), span(24, 40)]);
/// assert_eq!(match_spans(&first, &second, SpanMatch::Exact).f1(), Some(0.5));
/// assert_eq!(match_spans(&first, &second, SpanMatch::Half).f1(), Some(0.5)); // 6 of 20
/// assert_eq!(match_spans(&first, &second, SpanMatch::Partial).f1(), Some(1.0));
/// ```
#[must_use]
pub fn match_spans(first: &[Span], second: &[Span], how: SpanMatch) -> Found {
    let distinct = |spans: &[Span]| -> Vec<Span> {
        let mut spans = spans.to_vec();
        spans.sort_unstable();
        spans.dedup();
        spans
    };
    let (first, second) = (distinct(first), distinct(second));
    let weights: Vec<Vec<i64>> = first
        .iter()
        .map(|span| second.iter().map(|other| i64::from(how.holds(*span, *other))).collect())
        .collect();
    let both = heaviest_matching(&weights).iter().flatten().count();
    Found { both, first: first.len(), second: second.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_match_as_they_should() {
        let check = |first: &[(usize, usize)], second: &[(usize, usize)], expected: [usize; 3]| {
            let spans = |pairs: &[(usize, usize)]| -> Vec<Span> {
                pairs.iter().map(|(start, end)| Span { start: *start, end: *end }).collect()
            };
            let found = SpanMatch::ALL.map(|how| match_spans(&spans(first), &spans(second), how).both);
            assert_eq!(found, expected, "{first:?} {second:?}");
        };
        check(&[(0, 4)], &[(0, 4)], [1, 1, 1]);
        check(&[(0, 4)], &[(4, 8)], [0, 0, 0]);
        // Half of the union exactly, and less.
        check(&[(0, 4)], &[(0, 8)], [0, 1, 1]);
        check(&[(0, 4)], &[(0, 9)], [0, 0, 1]);
        // One long span is one match, whichever of the short ones it takes.
        check(&[(0, 10)], &[(0, 4), (5, 9)], [0, 0, 1]);
        // The first may take either, the second only one: both match.
        check(&[(0, 10), (0, 3)], &[(1, 3), (8, 10)], [0, 1, 2]);
        check(&[(0, 4), (0, 4)], &[(0, 4)], [1, 1, 1]);
        check(&[], &[(0, 4)], [0, 0, 0]);
    }

    #[test]
    fn rates_of_nothing_are_not_known() {
        let found = Found { both: 0, first: 0, second: 3 };
        assert_eq!((found.precision(), found.recall(), found.f1()), (Some(0.0), None, Some(0.0)));
        assert_eq!(Found::default().f1(), None);
    }
}
