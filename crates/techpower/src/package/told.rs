//! Tables of what is told: events by texts, claims about results, notes of doubts.

use super::schema::told as schema;
use super::{Cell, Output, rounded, summary};
use crate::claims::{self, Judged};
use crate::code::Coded;
use crate::diag::{Lang, Notes};

/// The table `codings`: events as coded from texts.
///
/// ```
/// use techpower::code::Coder;
/// use techpower::{codebook::Codebook, package::coded};
/// # use techpower::text::Document;
/// # let text = "The United States imposed export controls on advanced chips sold to China.";
/// # let document = Document { id: "d".to_owned(), lang: None, date: None, title: String::new(), text: text.to_owned(),
/// #     source: String::new(), file: String::new(), row: 1 };
/// let (codebook, _) = Codebook::builtin();
/// let coder = Coder::new(&codebook, &Default::default(), None);
/// let table = coded(&[coder.code(&document)]);
/// assert!(table.csv().lines().nth(1).unwrap().starts_with("d,d#1,USA,CHN,export-control,"));
/// ```
#[must_use]
pub fn coded<'a>(documents: impl IntoIterator<Item = &'a Coded>) -> Output {
    let mut table = Output::new(&schema::CODINGS);
    for event in documents.into_iter().flat_map(|document| &document.events) {
        let targets: Vec<&str> = event.targets.iter().map(|party| party.actor.as_str()).collect();
        let (start, end) = event.evidence.points;
        let tail = [
            event.overall.into(),
            event.evidence.text.as_str().into(),
            start.into(),
            end.into(),
            event.rule.as_str().into(),
            if event.evidence.in_title { "title" } else { "text" }.into(),
        ];
        table.push(
            [
                event.document.as_str().into(),
                event.event.as_str().into(),
                event.sender.as_ref().map(|party| party.actor.as_str()).into(),
                targets.join("|").as_str().into(),
                event.instrument.as_str().into(),
                event.layer.as_str().into(),
                event.power.as_str().into(),
                event.mode.as_str().into(),
            ],
            &tail,
        );
    }
    table
}

/// Tables of claims: `claims`, `claims_by_year`, and `claim_rows` with the rows each rests on.
#[must_use]
pub fn claimed(judged: &[Judged]) -> Vec<Output> {
    let mut claims = Output::new(&schema::CLAIMS);
    let mut by_year = Output::new(&schema::CLAIMS_BY_YEAR);
    let mut rows = Output::new(&schema::CLAIM_ROWS);
    for one in judged {
        let claim = &one.claim;
        for finding in &one.by_year {
            let mut tail = summary(finding.value).to_vec();
            tail.push(finding.numbers.into());
            let head = [
                claim.id.as_str().into(),
                finding.year.into(),
                finding.verdict.id().into(),
                finding.probability.into(),
            ];
            by_year.push(head, &tail);
        }
        let mut tail = summary(one.own.value).to_vec();
        tail.extend([
            claim.test.sign().into(),
            claim.threshold.into(),
            one.own.numbers.into(),
            claim.en.as_str().into(),
            claim.zh.as_str().into(),
            one.own.year.into(),
        ]);
        claims.push(
            [
                claim.id.as_str().into(),
                claim.section.as_str().into(),
                claim.kind.id().into(),
                one.own.verdict.id().into(),
                one.own.probability.into(),
            ],
            &tail,
        );
        for (at, row) in one.rests_on.rows.iter().enumerate() {
            for (column, value) in one.rests_on.columns.iter().zip(row) {
                let value: Cell = match value {
                    claims::Value::Null => Cell::Empty,
                    claims::Value::Number(number) => rounded(*number).to_string().as_str().into(),
                    claims::Value::Text(text) => text.as_str().into(),
                };
                rows.push([claim.id.as_str().into(), (at + 1).into(), column.as_str().into(), value], &[]);
            }
        }
    }
    vec![claims, by_year, rows]
}

/// The table `notes`, with a last row for each kind of which not all were kept.
#[must_use]
pub fn noted(notes: &Notes) -> Output {
    let mut table = Output::new(&schema::NOTES);
    for note in notes.iter() {
        table.push(
            [
                note.severity().id().into(),
                note.kind.id().into(),
                note.stage.as_str().into(),
                note.at.to_string().as_str().into(),
                note.message(Lang::En).as_str().into(),
                note.hint(Lang::En).as_str().into(),
                note.message(Lang::Zh).as_str().into(),
                note.hint(Lang::Zh).as_str().into(),
            ],
            &[],
        );
    }
    for (kind, file, count) in notes.beyond() {
        table.push(
            [
                kind.severity().id().into(),
                kind.id().into(),
                Cell::Empty,
                file.into(),
                format!("+{count}").as_str().into(),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ],
            &[],
        );
    }
    table
}
