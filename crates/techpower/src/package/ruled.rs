//! Fills the tables of legal instruments.

use super::schema::ruled::{
    BUNCHING, DIFFERENCE, INSTRUMENTS, MOVED, OUTCOME_ROWS, OUTCOMES, REACH, REACHED, REDESIGN, TIMELINE,
    VERDICTS,
};
use super::{Cell, Output};
use crate::rules::{
    Assessed, Bunching, Difference, Findings, Held, Moved, Reach, Reached, Redesign, Rulebook, Stretch,
    Verdict, Weight, counted,
};

fn version_of(book: &Rulebook, instrument: usize, verdict: &Verdict) -> Cell {
    verdict.version.map(|at| book.instruments[instrument].versions[at].id.as_str()).into()
}

fn object(book: &Rulebook, at: usize) -> Cell {
    book.objects()[at].id.as_str().into()
}

fn instrument(book: &Rulebook, at: usize) -> Cell {
    book.instruments[at].id.as_str().into()
}

fn day(day: jiff::civil::Date) -> Cell {
    Cell::Text(day.to_string())
}

/// The tables of a run: `verdicts`, `reach` and `bunching`.
#[must_use]
pub fn ruled(found: &Findings) -> Vec<Output> {
    vec![
        assessed(&found.book, &found.verdicts),
        reached(&found.book, &found.reach, Weight::Number.id()),
        bunched(&found.book, &found.bunching),
    ]
}

/// The table `verdicts`.
#[must_use]
pub fn assessed(book: &Rulebook, rows: &[Assessed]) -> Output {
    let mut table = Output::new(&VERDICTS);
    for row in rows {
        let verdict = &row.verdict;
        table.push(
            [
                instrument(book, row.instrument),
                version_of(book, row.instrument, verdict),
                object(book, row.object),
                day(row.on),
                verdict.kind.id().into(),
                row.limb.as_str().into(),
                row.reason.as_str().into(),
                row.missing.join("|").as_str().into(),
                verdict.status.map(|status| status.id()).into(),
                row.outcome.as_str().into(),
                verdict.status.map(|_| verdict.certainty.id()).into(),
            ],
            &[],
        );
    }
    table
}

/// The table `reach`; `weight` is what objects count for.
#[must_use]
pub fn reached(book: &Rulebook, rows: &[Reach], weight: &str) -> Output {
    let mut table = Output::new(&REACH);
    for row in rows {
        let version = &book.instruments[row.instrument].versions[row.version];
        let (low, high) = row.bite.map_or((None, None), |(low, high)| (Some(low), Some(high)));
        table.push(
            [
                instrument(book, row.instrument),
                version.id.as_str().into(),
                day(row.on),
                weight.into(),
                row.objects.into(),
                row.weighed.into(),
                row.touched.into(),
                row.conditional.into(),
                row.undetermined.into(),
                row.highest().min(1.0).into(),
                row.newly.into(),
                row.released.into(),
                low.into(),
                high.into(),
            ],
            &[],
        );
    }
    table
}

/// The table `bunching`.
#[must_use]
pub fn bunched(book: &Rulebook, rows: &[Bunching]) -> Output {
    let mut table = Output::new(&BUNCHING);
    for row in rows {
        let version = &book.instruments[row.instrument].versions[row.version];
        let (near, ratio) = match &row.nearest {
            Some((id, ratio)) => (Some(id.as_str()), Some(*ratio)),
            None => (None, None),
        };
        table.push(
            [
                instrument(book, row.instrument),
                version.id.as_str().into(),
                row.parameter.as_str().into(),
                row.field.as_str().into(),
                row.line.into(),
                row.unit.as_str().into(),
                if row.touches_above { "above" } else { "below" }.into(),
                row.before.0.into(),
                row.before.1.into(),
                row.after.0.into(),
                row.after.1.into(),
                row.excess.into(),
                row.p_near.into(),
                near.into(),
                ratio.into(),
                row.p_around.into(),
            ],
            &[],
        );
    }
    table
}

/// The table `timeline`.
#[must_use]
pub fn through_time(book: &Rulebook, rows: &[Stretch]) -> Output {
    let mut table = Output::new(&TIMELINE);
    for row in rows {
        let one = &row.assessed;
        table.push(
            [
                object(book, one.object),
                instrument(book, one.instrument),
                version_of(book, one.instrument, &one.verdict),
                day(row.from),
                row.to.map_or(Cell::Empty, day),
                one.verdict.kind.id().into(),
                one.limb.as_str().into(),
                one.verdict.status.map(|status| status.id()).into(),
                one.reason.as_str().into(),
                one.missing.join("|").as_str().into(),
            ],
            &[],
        );
    }
    table
}

/// The table `redesign` of an object under an instrument.
#[must_use]
pub fn redesigned(object: &str, instrument: &str, rows: &[Redesign]) -> Output {
    let mut table = Output::new(&REDESIGN);
    for (rank, row) in rows.iter().enumerate() {
        for step in &row.steps {
            table.push(
                [
                    object.into(),
                    instrument.into(),
                    (rank + 1).into(),
                    step.field.as_str().into(),
                    step.from.as_str().into(),
                    step.to.as_str().into(),
                    if step.on_line { "on" } else { "beyond" }.into(),
                    row.distance.into(),
                    row.flags.into(),
                    row.verdict.id().into(),
                ],
                &[],
            );
        }
    }
    table
}

/// The tables `moved` and `reached` of a change of the law.
#[must_use]
pub fn changed(book: &Rulebook, moved: &[Moved], ways: &[Reached]) -> Vec<Output> {
    let mut rows = Output::new(&MOVED);
    for one in moved {
        rows.push(
            [
                instrument(book, one.before.instrument),
                object(book, one.before.object),
                day(one.before.on),
                one.before.verdict.kind.id().into(),
                one.before.limb.as_str().into(),
                one.after.verdict.kind.id().into(),
                one.after.limb.as_str().into(),
                one.after.reason.as_str().into(),
            ],
            &[],
        );
    }
    let mut table = Output::new(&REACHED);
    for way in ways {
        let text = &book.instruments[way.instrument];
        let count = moved.iter().filter(|one| one.before.instrument == way.instrument).count();
        table.push(
            [
                text.id.as_str().into(),
                text.name_en.as_str().into(),
                text.name_zh.as_str().into(),
                way.way.join(" > ").as_str().into(),
                count.into(),
            ],
            &[],
        );
    }
    vec![rows, table]
}

/// The table `difference`.
#[must_use]
pub fn differing(rows: &[Difference]) -> Output {
    let mut table = Output::new(&DIFFERENCE);
    for row in rows {
        table.push(
            [row.what.into(), row.id.as_str().into(), row.before.as_str().into(), row.after.as_str().into()],
            &[],
        );
    }
    table
}

/// The tables `outcomes` and `outcome_rows`.
#[must_use]
pub fn held(book: &Rulebook, rows: &[Held]) -> Vec<Output> {
    let mut counts = Output::new(&OUTCOMES);
    for ((instrument, version), [agree, disagree, open]) in counted(book, rows) {
        counts.push(
            [instrument.as_str().into(), version.as_str().into(), agree.into(), disagree.into(), open.into()],
            &[],
        );
    }
    let mut table = Output::new(&OUTCOME_ROWS);
    for row in rows {
        let one = &row.assessed;
        table.push(
            [
                object(book, one.object),
                instrument(book, one.instrument),
                version_of(book, one.instrument, &one.verdict),
                day(one.on),
                row.agreement.id().into(),
                row.known.id().into(),
                row.limb.as_str().into(),
                one.verdict.kind.id().into(),
                one.limb.as_str().into(),
                one.reason.as_str().into(),
                one.missing.join("|").as_str().into(),
                row.evidence.as_str().into(),
                row.reference.as_str().into(),
            ],
            &[],
        );
    }
    vec![counts, table]
}

/// The table `instruments`, with what counts on a day.
#[must_use]
pub fn instruments(book: &Rulebook, on: jiff::civil::Date) -> Output {
    let mut table = Output::new(&INSTRUMENTS);
    for (at, text) in book.instruments.iter().enumerate() {
        let kinds: Vec<&str> = text.objects.iter().map(|at| book.vocabulary.kinds[*at].id.as_str()).collect();
        let versions: Vec<&str> = text.versions.iter().map(|version| version.id.as_str()).collect();
        let (version, status) = book.standing(at, on);
        table.push(
            [
                text.id.as_str().into(),
                text.name_en.as_str().into(),
                text.name_zh.as_str().into(),
                text.jurisdiction.as_str().into(),
                text.power.as_str().into(),
                kinds.join("|").as_str().into(),
                text.coverage.id().into(),
                versions.join("|").as_str().into(),
                version.map(|at| text.versions[at].id.as_str()).into(),
                status.map(|status| status.id()).into(),
                text.known_until.map_or(Cell::Empty, day),
                text.verify_by.map_or(Cell::Empty, day),
            ],
            &[],
        );
    }
    table
}
