//! What the legal instruments mean for an object: its facts as the study has them, or as they are filled in.

use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use techpower::diag::{Lang, nearest};
use techpower::report;
use techpower::rules::{
    Ask, Assessed, Circumstances, FieldInfo, Moment, Object, Redesign, Rulebook, Step, VerdictKind,
};

use crate::rules::today;
use crate::serve::App;
use crate::serve::layout::{self, Sheet, input, tick};
use crate::serve::state::Asked;

/// Prefix of the names of fields that hold facts.
const FACT: &str = "f.";
/// Ways to another verdict that are shown.
const WAYS: usize = 20;

/// The question, as its address asks it.
struct Question {
    book: Rulebook,
    /// Id of the object.
    object: String,
    on: Date,
    moment: Moment,
    circumstances: Circumstances,
    /// What cannot be understood of what was filled in.
    faults: Vec<String>,
}

impl Question {
    fn of(app: &App, asked: &Asked) -> Question {
        let book = app.book();
        let first =
            app.study.options.rules.shown.first().map(String::as_str).filter(|id| book.object(id).is_some());
        let first = first.or(book.objects().first().map(|object| object.id.as_str())).unwrap_or_default();
        let mut faults = Vec::new();
        let object = match asked.one("object") {
            "" => first,
            id if book.object(id).is_some() || app.blanks.object(id).is_some() => id,
            id => {
                let near =
                    nearest(id, book.objects().iter().map(|object| object.id.as_str())).unwrap_or(first);
                faults.push(asked.say("rules_no_object", &[("id", id), ("near", near)]));
                first
            }
        };
        // The object of a study goes before a kind of the same name.
        let mut book = if book.object(object).is_some() { book.clone() } else { app.blanks.clone() };
        let mut told: Vec<(String, String)> = Vec::new();
        for (name, text) in asked.under(FACT) {
            let fact = (name.to_owned(), text.to_owned());
            match book.circumstances(std::slice::from_ref(&fact)) {
                Ok(_) => told.push(fact),
                Err(wrong) => {
                    faults.push(asked.say("rules_no_fact", &[("field", &wrong.field), ("text", &wrong.text)]))
                }
            }
        }
        let circumstances = book.circumstances(&told).unwrap_or_default();
        faults.extend(circumstances.strange.iter().map(|text| asked.say("rules_strange", &[("text", text)])));
        let on = asked.read_or_tell("on", &mut faults).or_else(|| book.horizon()).unwrap_or_else(today);
        let moment = Moment { known: asked.read_or_tell("known", &mut faults), recorded: None };
        Question { object: object.to_owned(), book, on, moment, circumstances, faults }
    }

    fn object(&self) -> Option<&Object> {
        self.book.object(&self.object)
    }
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let question = Question::of(app, asked);
    let lead = html! {
        p.lead-in { (asked.word("rules_lead")) }
        (layout::warning(asked.word("rules_no_advice")))
    };
    let controls = controls(app, asked, &question);
    Sheet::new(asked.word("rules").to_owned(), lead, Some(controls), answer(app, asked, &question))
}

fn controls(app: &App, asked: &Asked, question: &Question) -> Markup {
    let Some(object) = question.object() else { return html! {} };
    // What is known without anything filled in stands in the fields as a hint.
    let known = question
        .book
        .facts(&question.object, question.on, question.moment, &Circumstances::default())
        .unwrap_or_default();
    let hint = |name: &str| {
        let field = question.book.vocabulary.field(name);
        known.iter().find(|(at, _)| Some(*at) == field).map_or("", |(_, value)| value.as_str())
    };
    let fields = |of_use: bool| -> Vec<&FieldInfo> {
        let all = question.book.vocabulary.fields.iter();
        all.filter(|field| {
            field.of.contains(&object.kind) && field.formula.is_empty() && field.circumstance == of_use
        })
        .collect()
    };
    html! {
        label.field.grow {
            span { (asked.word("rules_object")) }
            input type="text" name="object" list="objects" value=(question.object) data-reload="" autocomplete="off";
            (objects(app, asked))
        }
        (input("date", "on", asked.word("rules_on"), &question.on.to_string(), ""))
        (input("date", "known", asked.word("rules_known"), asked.one("known"), ""))
        (tick("all", asked.word("rules_all"), !asked.one("all").is_empty()))
        @if !asked.one("why").is_empty() { input type="hidden" name="why" value=(asked.one("why")); }
        @for (of_use, word) in [(true, "rules_use"), (false, "rules_facts")] {
            @let list = fields(of_use);
            @if !list.is_empty() {
                @let filled = list.iter().any(|field| !asked.one(&format!("{FACT}{}", field.name)).is_empty());
                details open[filled || of_use && list.len() <= 12 || app.book().object(&question.object).is_none()] {
                    summary { (asked.word(word)) (asked.aside(list.len())) }
                    div.fields { @for field in list { (fact(asked, field, hint(&field.name))) } }
                }
            }
        }
    }
}

/// Objects and kinds, to be chosen from as one types.
fn objects(app: &App, asked: &Asked) -> Markup {
    let kinds = &app.book().vocabulary.kinds;
    let kind = |at: usize| layout::either(asked.lang, &kinds[at].en, &kinds[at].zh);
    html! {
        datalist id="objects" {
            @for (at, one) in kinds.iter().enumerate() {
                option value=(one.id) { (asked.say("rules_blank", &[("kind", kind(at))])) }
            }
            @for object in app.book().objects() {
                option value=(object.id) { (object.name(asked.lang)) " · " (kind(object.kind)) }
            }
        }
    }
}

/// A field for a fact; empty means as the study has it.
fn fact(asked: &Asked, field: &FieldInfo, hint: &str) -> Markup {
    let name = format!("{FACT}{}", field.name);
    let now = asked.one(&name);
    let unit = if field.unit.is_empty() { String::new() } else { format!(" ({})", field.unit) };
    let inside = if field.is_flag() {
        html! {
            select name=(name) {
                option value="" { (if hint.is_empty() { asked.word("unknown") } else { value(asked, hint) }) }
                @for flag in ["true", "false"] { option value=(flag) selected[now == flag] { (value(asked, flag)) } }
            }
        }
    } else {
        let kind = if field.is_date() { "date" } else { "text" };
        let mode = field.is_number().then_some("decimal");
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        html! { input type=(kind) name=(name) value=(now) placeholder=[hint] inputmode=[mode]; }
    };
    html! {
        label.field title=(field.meaning(asked.lang)) {
            span { (begun(field.meaning(asked.lang))) (unit) " " code { (field.name) } }
            (inside)
        }
    }
}

/// A value of a fact: flags have words.
fn value<'a>(asked: &Asked, text: &'a str) -> &'a str {
    match text {
        "true" => asked.word("yes"),
        "false" => asked.word("no"),
        other => other,
    }
}

/// What a meaning begins with, up to the first sign that parts it and stands in no brackets: short enough for a label.
pub(super) fn begun(meaning: &str) -> &str {
    let mut depth = 0_i32;
    let end = meaning.find(|letter: char| {
        depth += i32::from("(（".contains(letter)) - i32::from(")）".contains(letter));
        depth == 0 && ",;:，；：".contains(letter)
    });
    meaning[..end.unwrap_or(meaning.len())].trim()
}

fn answer(app: &App, asked: &Asked, question: &Question) -> Markup {
    let Some(object) = question.object() else { return html! { p.nothing { (asked.word("none")) } } };
    let ask = Ask {
        objects: vec![question.object.clone()],
        instruments: Vec::new(),
        on: vec![question.on],
        moment: question.moment,
        circumstances: question.circumstances.clone(),
    };
    let mut rows = question.book.assess_all(&ask, asked.lang);
    rows.sort_by_key(rank);
    let (kind, on) = (&question.book.vocabulary.kinds[object.kind], question.on.to_string());
    let count = |wanted: VerdictKind| rows.iter().filter(|row| row.verdict.kind == wanted).count();
    html! {
        (layout::warnings(&question.faults))
        h2 { (object.name(asked.lang)) }
        p.note {
            code { (object.id) } " · " (layout::either(asked.lang, &kind.en, &kind.zh))
            @if let Some(released) = object.released { " · " (asked.say("rules_released", &[("day", &released.to_string())])) }
        }
        ul.facts-list {
            @for kind in VerdictKind::ALL {
                @if count(kind) > 0 { li { b { (count(kind)) } (verdict(kind, asked.lang)) } }
            }
        }
        (verdicts(asked, question, &rows, &on))
        (why(asked, question))
        (through_time(app, asked, question))
    }
}

/// What touches comes first, what does not last.
fn rank(row: &Assessed) -> (usize, bool, usize) {
    let order =
        [VerdictKind::Touched, VerdictKind::Conflict, VerdictKind::Conditional, VerdictKind::Undetermined];
    let at = order.iter().position(|kind| *kind == row.verdict.kind).unwrap_or(order.len());
    (at, row.verdict.limbs.is_empty(), row.instrument)
}

pub(super) fn verdict(kind: VerdictKind, lang: Lang) -> Markup {
    html! { span class={ "verdict " (kind.id()) } { (kind.name(lang)) } }
}

fn verdicts(asked: &Asked, question: &Question, rows: &[Assessed], on: &str) -> Markup {
    // What does not touch and would not if it applied is left out, unless all is asked for.
    let all = !asked.one("all").is_empty();
    let tells =
        |row: &&Assessed| all || row.verdict.kind != VerdictKind::NotTouched || !row.verdict.limbs.is_empty();
    let told: Vec<Vec<Markup>> = rows
        .iter()
        .filter(tells)
        .map(|row| {
            let text = &question.book.instruments[row.instrument];
            // Most reasons name what is not known.
            let missing: Vec<&str> =
                row.missing.iter().map(String::as_str).filter(|name| !row.reason.contains(name)).collect();
            let missing = missing.join(asked.word("comma"));
            vec![
                html! { (text.name(asked.lang)) span.also { (text.id) } },
                html! {
                    (verdict(row.verdict.kind, asked.lang))
                    @if let Some(status) = row.verdict.status { span.also { (status.name(asked.lang)) } }
                },
                html! { (row.limb) @if !row.outcome.is_empty() { span.also { (row.outcome) } } },
                html! {
                    (row.reason)
                    @if !missing.is_empty() { span.also { (asked.word("rules_missing")) (asked.word("colon")) (missing) } }
                },
                html! { a href={ (asked.with("why", &text.id)) "#why" } { (asked.word("why")) } },
            ]
        })
        .collect();
    let head =
        ["rules_instrument", "rules_verdict", "rules_limb", "reason", "trace"].map(|id| asked.word(id));
    let (shown, of) = (told.len().to_string(), rows.len().to_string());
    layout::table(
        asked,
        &asked.say("rules_caption", &[("day", on), ("shown", &shown), ("all", &of)]),
        &head,
        &told,
    )
}

/// The trace of one verdict, and the smallest changes that would flip it.
fn why(asked: &Asked, question: &Question) -> Markup {
    let id = asked.one("why");
    let Some(text) = question.book.instrument(id).filter(|_| !id.is_empty()) else { return html! {} };
    let Question { book, object, on, moment, circumstances, .. } = question;
    let lines = book.explain(&text.id, object, *on, *moment, circumstances, asked.lang).unwrap_or_default();
    let ways = book.why_not(&text.id, object, *on, *moment, circumstances).unwrap_or_default();
    html! {
        h2 id="why" { (asked.say("rules_why", &[("instrument", text.name(asked.lang))])) }
        ul.trace { @for line in &lines { li style={ "padding-left:" (line.depth * 22) "px" } { (layout::linked(&line.text)) } } }
        p { a href=(asked.with("why", "")) { (asked.word("close")) } }
        @if !ways.is_empty() {
            (redesigns(asked, book, &ways))
        }
        @if !layout::either(asked.lang, &text.note_en, &text.note_zh).is_empty() {
            p.note { (asked.word("rules_left_out")) (asked.word("colon")) (layout::either(asked.lang, &text.note_en, &text.note_zh)) }
        }
    }
}

/// Changes that flip a verdict, the smallest first: each with its steps.
fn redesigns(asked: &Asked, book: &Rulebook, ways: &[Redesign]) -> Markup {
    let rows: Vec<Vec<Markup>> = ways
        .iter()
        .take(WAYS)
        .enumerate()
        .map(|(at, way)| {
            let far = (way.distance > 0.0).then(|| report::number(way.distance));
            vec![
                layout::number(&(at + 1).to_string()),
                html! { @for step in &way.steps { div { (step_told(asked, book, step)) } } },
                far.map_or(html! { "–" }, |far| layout::number(&far)),
                verdict(way.verdict, asked.lang),
            ]
        })
        .collect();
    let head = ["rules_rank", "rules_change", "rules_distance", "rules_verdict"].map(|id| asked.word(id));
    let [shown, all] = [rows.len(), ways.len()].map(layout::count);
    html! {
        (layout::table(asked, asked.word("rules_ways"), &head, &rows))
        p.note { (asked.word("rules_distance_note")) }
        @if shown != all { p.note { (asked.say("cut", &[("shown", &shown), ("all", &all)])) } }
    }
}

fn step_told(asked: &Asked, book: &Rulebook, step: &Step) -> Markup {
    let field = book.vocabulary.field(&step.field).map(|at| &book.vocabulary.fields[at]);
    let flag = field.is_some_and(FieldInfo::is_flag);
    let side = asked.word(if step.on_line { "rules_on_line" } else { "rules_beyond_line" });
    html! {
        (field.map_or(step.field.as_str(), |field| begun(field.meaning(asked.lang)))) " " code { (step.field) } (asked.word("colon"))
        (value(asked, &step.from)) " → " (value(asked, &step.to)) @if !flag { span.also { (side) } }
    }
}

fn through_time(app: &App, asked: &Asked, question: &Question) -> Markup {
    let Question { book, object, moment, circumstances, .. } = question;
    let stretches = book.timeline(object, &[], *moment, circumstances, asked.lang).unwrap_or_default();
    let drawn = report::timeline(&app.contents(), book, &stretches, asked.lang);
    html! {
        @if !drawn.is_empty() {
            h2 { (asked.word("rules_time")) }
            div.timeline-box tabindex="0" role="region" aria-label=(asked.word("rules_time")) {
                div.piece.page data-lang=(layout::id(asked.lang)) { (PreEscaped(drawn)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_is_cut_where_it_is_parted_and_not_within_brackets() {
        for (meaning, begins) in [
            ("memory outside the die (HBM, GDDR); else on-chip", "memory outside the die (HBM, GDDR)"),
            ("die area: of all logic dies", "die area"),
            ("FP4（4位，浮点）速率；不计稀疏", "FP4（4位，浮点）速率"),
            ("screened", "screened"),
            ("", ""),
        ] {
            assert_eq!(begun(meaning), begins);
        }
    }
}
