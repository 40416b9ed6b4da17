//! A text, coded: what it tells, with the words that show it, and of every sentence why it was coded or passed over.

use maud::{Markup, html};
use techpower::code::{Coded, Event, Explained, Modality, Quote};
use techpower::report;
use techpower::text::Document;

use crate::serve::App;
use crate::serve::layout::{self, Sheet, input, tick};
use crate::serve::state::Asked;
use crate::words::word;

/// Bytes of text up to which a link shows it again.
const LINKED: usize = 2_000;
/// Sentences that are told one by one.
const TOLD: usize = 300;

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let text = match asked.raw("text") {
        "" if asked.one("empty").is_empty() => asked.word("code_example"),
        text => text,
    };
    let controls = html! {
        input type="hidden" name="empty" value="1";
        label.field.long {
            span { (asked.word("code_text")) }
            textarea name="text" rows="6" { (text) }
        }
        (input("date", "date", asked.word("code_date"), asked.one("date"), ""))
        (tick("plain", asked.word("code_plain"), !asked.one("plain").is_empty()))
    };
    let mut misread = Vec::new();
    let document = Document {
        id: "text".to_owned(),
        lang: None,
        date: asked.read_or_tell("date", &mut misread),
        title: String::new(),
        text: text.to_owned(),
        source: String::new(),
        file: String::new(),
        row: 1,
    };
    let coder = if asked.one("plain").is_empty() { &app.coder } else { &app.plain };
    let (coded, sentences) = coder.explain(&document);
    let fields = [("text", text), ("date", asked.one("date")), ("plain", asked.one("plain"))];
    let link = (text.len() <= LINKED)
        .then(|| asked.link("/code", fields.into_iter().filter(|(_, value)| !value.is_empty())));
    let live = html! {
        (layout::warnings(&misread))
        @if coder.scorer().is_none() { (layout::warning(asked.word("code_by_rules"))) }
        (events(app, asked, &coded))
        h2 { (asked.word("code_sentences")) }
        (key(asked))
        p.note { (asked.word("code_explained")) }
        @for sentence in sentences.iter().take(TOLD) { (told(app, asked, &document, &coded, sentence)) }
        @if sentences.len() > TOLD { p.note { (asked.say("cut", &[("shown", &TOLD.to_string()), ("all", &sentences.len().to_string())])) } }
        @if let Some(link) = link { p.note { a href=(link) { (asked.word("code_link")) } } }
    };
    Sheet::new(
        asked.word("code").to_owned(),
        html! { p.lead-in { (asked.word("code_lead")) } },
        Some(controls),
        live,
    )
}

/// The events as a table.
fn events(app: &App, asked: &Asked, coded: &Coded) -> Markup {
    if coded.events.is_empty() {
        let reason = coded
            .reason
            .map(|reason| word(asked.lang, &format!("reason_{}", reason.id())))
            .unwrap_or_default();
        return html! { p.nothing { (asked.word("code_none")) (asked.word("colon")) (reason) } };
    }
    let page = |id: &str| app.study.codebook.name(id, asked.lang).unwrap_or(id).to_owned();
    let rows: Vec<Vec<Markup>> = coded
        .events
        .iter()
        .map(|event| {
            vec![
                html! { (sender(app, asked, event)) " → " (targets(app, asked, event)) },
                html! {
                    a href=(asked.link("/codebook", [("page", event.instrument.as_str())])) { (page(&event.instrument)) }
                    span.also { (layout::power(app, asked, &event.power).unwrap_or(&event.power)) " · " (page(&event.layer)) }
                },
                html! {
                    (page(&event.mode))
                    @if event.modality != Modality::Done { span.also { (asked.word(if event.modality == Modality::Planned { "planned" } else { "hypothetical" })) } }
                },
                html! { span.whole { (if event.date.date.is_empty() { "–" } else { &event.date.date }) } },
                html! { (report::probability(event.overall)) @if event.uncertain { span.also { (asked.word("code_look")) } } },
                html! { (event.evidence.text) },
            ]
        })
        .collect();
    let head = ["who", "instrument", "mode", "date", "code_sure", "evidence"].map(|id| asked.word(id));
    layout::table(asked, &asked.say("code_found", &[("n", &rows.len().to_string())]), &head, &rows)
}

fn sender<'a>(app: &'a App, asked: &'a Asked, event: &'a Event) -> &'a str {
    event.sender.as_ref().map_or("?", |party| name(app, asked, &party.actor))
}

fn targets(app: &App, asked: &Asked, event: &Event) -> String {
    let names: Vec<&str> = event.targets.iter().map(|party| name(app, asked, &party.actor)).collect();
    names.join(asked.word("comma"))
}

/// The name of an actor of the study, or of the codebook.
fn name<'a>(app: &'a App, asked: &'a Asked, id: &'a str) -> &'a str {
    match id {
        "*" => asked.word("everyone"),
        "-" => asked.word("no_one"),
        id if app.study.actors.contains_key(id) => app.study.actor_name(id, asked.lang),
        id => app.study.codebook.actors.get(id).map_or(id, |actor| actor.name(asked.lang)),
    }
}

/// What a mark means in the words of the page: of an instrument its page and type, written as `id (type)`.
fn meaning(app: &App, asked: &Asked, mark: &str, means: &str) -> String {
    match means.strip_suffix(')').and_then(|means| means.split_once(" (")).filter(|_| mark == "instrument") {
        Some((id, power)) => {
            let name = app.study.codebook.name(id, asked.lang).unwrap_or(id);
            format!("{name} · {}", layout::power(app, asked, power).unwrap_or(power))
        }
        None => means.to_owned(),
    }
}

/// What the marks mean.
fn key(asked: &Asked) -> Markup {
    html! {
        p.note {
            @for kind in ["name", "instrument", "act", "negation", "planned", "hypothetical", "speech"] {
                mark class=(kind) { (word(asked.lang, &format!("mark_{kind}"))) } " "
            }
            mark.evidence { (word(asked.lang, "evidence")) }
        }
    }
}

/// A sentence with what was found in it, and what was made of it.
fn told(app: &App, asked: &Asked, document: &Document, coded: &Coded, one: &Explained) -> Markup {
    let events: Vec<&Event> = coded.events.iter().filter(|event| event.sentence == one.sentence).collect();
    let likely = one.probability.map(report::probability);
    html! {
        div class={ "sentence-box" @if !events.is_empty() { " coded" } } {
            p.text { (marked(app, asked, document, one, &events)) }
            @for event in &events {
                p { b { (sender(app, asked, event)) } " → " (targets(app, asked, event)) " · "
                    (app.study.codebook.name(&event.instrument, asked.lang).unwrap_or(&event.instrument))
                    " · " (app.study.codebook.name(&event.mode, asked.lang).unwrap_or(&event.mode)) }
            }
            @if let Some(reason) = one.reason {
                p.muted { (word(asked.lang, "passed_over")) (asked.word("colon")) (word(asked.lang, &format!("reason_{}", reason.id()))) }
            }
            @if let Some(likely) = likely { p.muted { (asked.say("code_likely", &[("p", &likely)])) } }
            @if !one.weights.is_empty() || !one.marks.is_empty() {
                details {
                    summary { (asked.word("why")) }
                    ul.note {
                        @for mark in one.marks.iter().filter(|mark| !mark.means.is_empty()) {
                            li { "“" (mark.quote.text) "” " (word(asked.lang, &format!("mark_{}", mark.kind))) " " (meaning(app, asked, mark.kind, &mark.means)) }
                        }
                        @for (feature, weight) in &one.weights { li { code { (format!("{weight:+.2}")) " " (feature) } } }
                    }
                }
            }
        }
    }
}

/// The words of a sentence, with a mark around each stretch that has one. Marks may overlap: a stretch bears all that cover it.
fn marked(app: &App, asked: &Asked, document: &Document, one: &Explained, events: &[&Event]) -> Markup {
    let sentence = &one.sentence;
    let (begin, end) = sentence.bytes;
    let within = |quote: &Quote| !quote.in_title && quote.bytes.0 >= begin && quote.bytes.1 <= end;
    let evidence = events.iter().map(|event| (&event.evidence, "evidence", ""));
    let marks: Vec<(&Quote, &str, &str)> = one
        .marks
        .iter()
        .map(|mark| (&mark.quote, mark.kind, mark.means.as_str()))
        .chain(evidence)
        .filter(|(quote, _, _)| within(quote))
        .collect();
    let mut edges: Vec<usize> =
        marks.iter().flat_map(|(quote, _, _)| [quote.bytes.0, quote.bytes.1]).chain([begin, end]).collect();
    edges.sort_unstable();
    edges.dedup();
    html! {
        @for pair in edges.windows(2) {
            @let text = document.text.get(pair[0]..pair[1]).unwrap_or_default();
            @let over: Vec<_> = marks.iter().filter(|(quote, _, _)| quote.bytes.0 <= pair[0] && pair[1] <= quote.bytes.1).collect();
            @if over.is_empty() { (text) }
            @else {
                @let classes: Vec<&str> = over.iter().map(|(_, kind, _)| *kind).collect();
                @let means: Vec<String> = over.iter().filter(|(_, _, means)| !means.is_empty()).map(|(_, kind, means)| meaning(app, asked, kind, means)).collect();
                mark class=(classes.join(" ")) title=[Some(means.join("; ")).filter(|means| !means.is_empty())] { (text) }
            }
        }
    }
}
