//! Alignment: which events of a document are the same for several coders.

use super::{Coding, heaviest_matching};

/// A weight that no sum of lesser reasons reaches in a document with fewer than a thousand events.
const OVERLAPS: i64 = 1_000_000_000_000_000;
/// The weight of a thousandth of overlap.
const THOUSANDTH: i64 = 1_000_000_000;
/// The weight of a field that is the same.
const FIELD: i64 = 1_000;

/// Aligns the events that several coders found in one document. The result has a row per event; its cells are the positions of the event in
/// each coder's list, `None` where a coder has no such event.
///
/// Coders are taken in their order, each matched one to one with the rows so far so that the reasons weigh most in sum (Kuhn 1955). Reasons, in
/// order: evidence that overlaps, the more the better; then what the codings have in common of type of power, sender, targets, instrument, mode and
/// layer. Events whose evidence lies apart match only with the same type, or with the same sender and a target in common. Where a place of evidence
/// is not known, nothing speaks against a match, and the events are matched even if all fields differ: else agreement would be computed from those
/// events only on which coders agree.
///
/// ```
/// use techpower::code::agreement::{Coding, align};
/// let event = |power: &str, start| Coding {
///     power: Some(power.to_owned()),
///     evidence_start: Some(start),
///     evidence_end: Some(start + 10),
///     ..Coding::default()
/// };
/// let first = [event("structural", 0), event("compulsory", 50)];
/// let second = [event("productive", 52), event("institutional", 200)];
/// assert_eq!(align(&[&first, &second]), [[Some(0), None], [Some(1), Some(0)], [None, Some(1)]]);
/// ```
#[must_use]
pub fn align(coders: &[&[Coding]]) -> Vec<Vec<Option<usize>>> {
    let mut rows: Vec<Vec<Option<usize>>> = Vec::new();
    for (coder, codings) in coders.iter().enumerate() {
        let weights: Vec<Vec<i64>> = rows
            .iter()
            .map(|row| {
                let members: Vec<&Coding> =
                    row.iter().zip(coders).filter_map(|(at, codings)| codings.get((*at)?)).collect();
                let best = |coding| members.iter().map(|member| reasons(member, coding)).max().unwrap_or(0);
                codings.iter().map(best).collect()
            })
            .collect();
        let mut matched = vec![false; codings.len()];
        for (row, found) in rows.iter_mut().zip(heaviest_matching(&weights)) {
            row[coder] = found;
            if let Some(at) = found {
                matched[at] = true;
            }
        }
        for at in (0..codings.len()).filter(|at| !matched[*at]) {
            let mut row = vec![None; coders.len()];
            row[coder] = Some(at);
            rows.push(row);
        }
    }
    rows
}

/// What speaks for two codings being of one event; zero if they cannot be.
fn reasons(first: &Coding, second: &Coding) -> i64 {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let power = same(&first.power, &second.power);
    let sender = same(&first.senders(), &second.senders());
    let target = match (first.target_set(), second.target_set()) {
        (Some(a), Some(b)) => a == b || a.intersection(&b).next().is_some(),
        _ => false,
    };
    let fields = [
        power,
        sender,
        target,
        same(&first.instrument, &second.instrument),
        same(&first.mode, &second.mode),
        same(&first.layer, &second.layer),
    ];
    let alike = 1 + FIELD * fields.iter().filter(|same| **same).count() as i64;
    match (first.span(), second.span()) {
        (Some(a), Some(b)) if a.overlap(b) > 0 => {
            let share = a.overlap(b) as f64 / a.union(b) as f64;
            OVERLAPS + THOUSANDTH * (share * 1000.0) as i64 + alike
        }
        (Some(_), Some(_)) if !(power || sender && target) => 0,
        _ => alike,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sender: &str, power: &str, span: Option<(usize, usize)>) -> Coding {
        Coding {
            sender: Some(sender.to_owned()),
            targets: vec!["CHN".to_owned()],
            power: Some(power.to_owned()),
            evidence_start: span.map(|(start, _)| start),
            evidence_end: span.map(|(_, end)| end),
            ..Coding::default()
        }
    }

    #[test]
    fn events_align_by_evidence_then_by_what_they_have_in_common() {
        let check = |first: &[Coding], second: &[Coding], expected: &[[Option<usize>; 2]]| {
            assert_eq!(align(&[first, second]), expected);
        };
        let at = |start, end| Some((start, end));
        // Evidence goes before a common type.
        check(
            &[event("USA", "structural", at(0, 10))],
            &[event("USA", "structural", at(20, 30)), event("JPN", "compulsory", at(8, 12))],
            &[[Some(0), Some(1)], [None, Some(0)]],
        );
        // Apart, but of the same type; apart, and with sender and target in common.
        check(
            &[event("USA", "structural", at(0, 10)), event("NLD", "compulsory", at(20, 30))],
            &[event("NLD", "productive", at(50, 60)), event("JPN", "structural", at(70, 80))],
            &[[Some(0), Some(1)], [Some(1), Some(0)]],
        );
        // Apart, with nothing but the target in common.
        check(
            &[event("USA", "structural", at(0, 10))],
            &[event("JPN", "compulsory", at(20, 30))],
            &[[Some(0), None], [None, Some(0)]],
        );
        // A place is not known: a match whatever the fields say.
        check(
            &[event("USA", "structural", None)],
            &[event("JPN", "compulsory", at(20, 30))],
            &[[Some(0), Some(0)]],
        );
        // Joint senders of one act share their evidence: the sender decides.
        check(
            &[event("USA", "compulsory", at(0, 10)), event("JPN", "compulsory", at(0, 10))],
            &[event("JPN", "compulsory", at(0, 10)), event("USA", "compulsory", at(0, 10))],
            &[[Some(0), Some(1)], [Some(1), Some(0)]],
        );
        // As many as can be matched are: the first could take either, the second only one.
        check(
            &[event("USA", "compulsory", at(0, 30)), event("JPN", "structural", at(0, 8))],
            &[event("USA", "compulsory", at(0, 10)), event("KOR", "productive", at(15, 30))],
            &[[Some(0), Some(1)], [Some(1), Some(0)]],
        );
        check(&[], &[], &[]);
    }

    #[test]
    fn a_third_coder_joins_any_row() {
        let (first, second) = ([], [event("USA", "compulsory", Some((0, 10)))]);
        let third = [event("USA", "compulsory", Some((5, 10))), event("JPN", "structural", Some((90, 99)))];
        let rows = align(&[&first, &second, &third]);
        assert_eq!(rows, [[None, Some(0), Some(0)], [None, None, Some(1)]]);
    }
}
