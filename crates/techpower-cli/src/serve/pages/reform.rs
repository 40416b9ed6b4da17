//! What would move if a line of the law were drawn elsewhere.

use jiff::civil::Date;
use maud::{Markup, html};
use techpower::diag::Place;
use techpower::package;
use techpower::rules::{
    Ask, Change, Circumstances, Interval, Moment, Moved, Parameter, Reached, Reform, Rulebook, Weight, Window,
};

use super::rules::verdict;
use crate::rules::today;
use crate::serve::App;
use crate::serve::layout::{self, Sheet, input};
use crate::serve::state::Asked;

/// Verdicts that are shown.
const SHOWN: usize = 200;

/// A parameter of a version, by positions.
#[derive(Clone, Copy)]
struct Line {
    instrument: usize,
    version: usize,
    parameter: usize,
}

impl Line {
    fn all(book: &Rulebook) -> impl Iterator<Item = Line> + '_ {
        book.instruments.iter().enumerate().flat_map(|(instrument, text)| {
            text.versions.iter().enumerate().flat_map(move |(version, text)| {
                (0..text.parameters.len()).map(move |parameter| Line { instrument, version, parameter })
            })
        })
    }

    fn parameter(self, book: &Rulebook) -> &Parameter {
        &book.instruments[self.instrument].versions[self.version].parameters[self.parameter]
    }

    /// As the command line writes it: `us-3a090@2023-11.tpp_high`.
    fn id(self, book: &Rulebook) -> String {
        let text = &book.instruments[self.instrument];
        format!("{}@{}.{}", text.id, text.versions[self.version].id, self.parameter(book).name)
    }
}

/// The line that is moved at first: of those at which objects lie, the one with most of them since it was drawn.
fn first(book: &Rulebook) -> Option<String> {
    let lines = book.bunching(Window::default(), Moment::default());
    let most = lines.iter().max_by_key(|row| row.after.0)?;
    let text = &book.instruments[most.instrument];
    Some(format!("{}@{}.{}", text.id, text.versions[most.version].id, most.parameter))
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let book = app.book();
    let mut misread = Vec::new();
    let lines: Vec<(Line, String)> = Line::all(book).map(|line| (line, line.id(book))).collect();
    let is_line = |wanted: &str| lines.iter().any(|(_, id)| id == wanted);
    let wanted = match asked.known("line", is_line, &mut misread).last() {
        None => first(book).unwrap_or_default(),
        Some(id) => (*id).to_owned(),
    };
    let chosen = lines.iter().find(|(_, id)| *id == wanted).or(lines.first()).map(|(line, _)| *line);
    let on = asked.read_or_tell("on", &mut misread).or_else(|| book.horizon()).unwrap_or_else(today);
    let lead = html! {
        p.lead-in { (asked.word("reform_lead")) }
        (layout::warning(asked.word("rules_no_advice")))
    };
    let Some(line) = chosen else {
        return Sheet::new(
            asked.word("reform").to_owned(),
            lead,
            None,
            html! { p.nothing { (asked.word("none")) } },
        );
    };
    let controls = html! {
        label.field.grow {
            span { (asked.word("reform_line")) }
            select name="line" data-reload="" {
                @for (at, text) in book.instruments.iter().enumerate() {
                    @let own: Vec<&(Line, String)> = lines.iter().filter(|(line, _)| line.instrument == at).collect();
                    @if !own.is_empty() {
                        optgroup label=(text.name(asked.lang)) {
                            @for (other, id) in own {
                                option value=(id) selected[*id == line.id(book)] { (told(book, *other, on)) }
                            }
                        }
                    }
                }
            }
        }
        (input("number", "value", &asked.say("reform_value", &[("unit", &line.parameter(book).unit.to_string())]), asked.one("value"), &line.parameter(book).on(on).to_string()))
        (input("date", "on", asked.word("rules_on"), &on.to_string(), ""))
    };
    let value = asked.finite("value", &mut misread);
    let live = html! {
        (layout::warnings(&misread))
        (answer(app, asked, line, value, on))
    };
    Sheet::new(asked.word("reform").to_owned(), lead, Some(controls), live)
}

fn told(book: &Rulebook, line: Line, on: Date) -> String {
    let parameter = line.parameter(book);
    let version = &book.instruments[line.instrument].versions[line.version].id;
    format!("{version} {} = {} {}", parameter.name, parameter.on(on), parameter.unit).trim_end().to_owned()
}

fn answer(app: &App, asked: &Asked, line: Line, value: Option<f64>, on: Date) -> Markup {
    let book = app.book();
    let parameter = line.parameter(book);
    let text = &book.instruments[line.instrument];
    let version = &text.versions[line.version].id;
    let now = html! {
        h2 { (text.name(asked.lang)) span.muted { " " (version) " · " (parameter.name) } }
        p { (asked.say("reform_now", &[("value", &format!("{} {}", parameter.on(on), parameter.unit))])) " " (parameter.place) }
        @if !parameter.quote.is_empty() { blockquote { (parameter.quote) } }
    };
    let Some(value) = value else {
        return html! {
            (now)
            (standing(asked, book, line, on))
            p.note { (asked.word("reform_fill_in")) }
        };
    };
    let change = Change::Parameter {
        instrument: text.id.clone(),
        version: version.clone(),
        name: parameter.name.clone(),
        value: Interval::exact(value),
        unit: String::new(),
    };
    let reform = Reform { changes: vec![(change, Place::default())], ..Reform::default() };
    let (other, notes) = book.reformed(&reform);
    let reached = book.reached(&reform);
    let ask = Ask {
        instruments: reached.iter().map(|one| book.instruments[one.instrument].id.clone()).collect(),
        on: vec![on],
        ..Ask::default()
    };
    // An instrument asked for by name answers for objects of which it does not speak, too.
    let moved: Vec<Moved> = book
        .moved(&other, &ask, asked.lang)
        .into_iter()
        .filter(|moved| {
            let kind = book.objects()[moved.before.object].kind;
            book.instruments[moved.before.instrument].objects.contains(&kind)
        })
        .collect();
    html! {
        (now)
        @for note in notes.iter() { (layout::warning(&note.message(asked.lang))) }
        (reaches(asked, book, &other, line, on))
        (moves(asked, book, &moved))
        (reached_by(asked, book, &reached, &moved))
        (crowds(asked, book, &other, line))
    }
}

/// The verdicts that move, each with what it was.
fn moves(asked: &Asked, book: &Rulebook, moved: &[Moved]) -> Markup {
    let rows: Vec<Vec<Markup>> = moved
        .iter()
        .take(SHOWN)
        .map(|one| {
            let object = &book.objects()[one.before.object];
            let text = &book.instruments[one.before.instrument];
            vec![
                html! { a href=(asked.link("/rules", [("object", object.id.as_str())])) { (object.name(asked.lang)) } },
                html! { (text.name(asked.lang)) span.also { (text.id) } },
                html! { (verdict(one.before.verdict.kind, asked.lang)) span.also { (one.before.limb) } },
                html! { (verdict(one.after.verdict.kind, asked.lang)) span.also { (one.after.limb) } },
                html! { (one.after.reason) },
            ]
        })
        .collect();
    let head =
        ["rules_object", "instrument", "reform_before", "reform_after", "reason"].map(|id| asked.word(id));
    let (shown, all) = (rows.len().to_string(), moved.len().to_string());
    html! {
        @if rows.is_empty() { p.nothing { (asked.word("reform_nothing_moves")) } }
        @else {
            (layout::table(asked.word("reform_moved"), &head, &rows))
            @if shown != all { p.note { (asked.say("cut", &[("shown", &shown), ("all", &all)])) } }
        }
    }
}

/// The instruments that the change reaches, by which way, and how many verdicts of each move.
fn reached_by(asked: &Asked, book: &Rulebook, reached: &[Reached], moved: &[Moved]) -> Markup {
    let rows: Vec<Vec<Markup>> = reached
        .iter()
        .map(|one| {
            let count = moved.iter().filter(|moved| moved.before.instrument == one.instrument).count();
            vec![
                html! { (book.instruments[one.instrument].name(asked.lang)) },
                html! { (one.way.join(" → ")) },
                html! { (count) },
            ]
        })
        .collect();
    let head = ["instrument", "reform_way", "reform_count"].map(|id| asked.word(id));
    layout::table(asked.word("reform_reached"), &head, &rows)
}

/// The reach of the instrument as the law is.
fn standing(asked: &Asked, book: &Rulebook, line: Line, on: Date) -> Markup {
    let reach =
        book.reach(line.instrument, on, Moment::default(), &Circumstances::default(), &Weight::Number);
    let rows: Vec<_> = reach.into_iter().collect();
    layout::output(asked, asked.word("reform_reach"), &package::reached(book, &rows, Weight::Number.id()), 1)
}

/// The reach of the instrument before and after.
fn reaches(asked: &Asked, before: &Rulebook, after: &Rulebook, line: Line, on: Date) -> Markup {
    let of = |book: &Rulebook| {
        book.reach(line.instrument, on, Moment::default(), &Circumstances::default(), &Weight::Number)
    };
    let rows: Vec<Vec<Markup>> = [("reform_before", of(before)), ("reform_after", of(after))]
        .into_iter()
        .map(|(word, reach)| {
            let share = |share: Option<f64>| html! { (share.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share))) };
            vec![
                html! { (asked.word(word)) },
                html! { (reach.as_ref().map_or("–".to_owned(), |reach| reach.objects.to_string())) },
                share(reach.as_ref().map(|reach| reach.touched)),
                share(reach.as_ref().map(|reach| reach.highest().min(1.0))),
            ]
        })
        .collect();
    let head = ["reform_when", "objects", "reform_touched", "reform_highest"].map(|id| asked.word(id));
    layout::table(asked.word("reform_reach"), &head, &rows)
}

/// How objects lie at the line before and after.
fn crowds(asked: &Asked, before: &Rulebook, after: &Rulebook, line: Line) -> Markup {
    let name = &line.parameter(before).name;
    let of = |book: &Rulebook| {
        let mut rows = book.bunching(Window::default(), Moment::default());
        rows.retain(|row| {
            row.instrument == line.instrument && row.version == line.version && row.parameter == *name
        });
        package::bunched(book, &rows)
    };
    html! {
        (layout::output(asked, asked.word("reform_bunching_before"), &of(before), 4))
        (layout::output(asked, asked.word("reform_bunching_after"), &of(after), 4))
    }
}
