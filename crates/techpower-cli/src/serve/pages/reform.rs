//! What would move if a line of the law were drawn elsewhere.

use jiff::civil::Date;
use maud::{Markup, html};
use techpower::diag::Place;
use techpower::report;
use techpower::rules::{
    Ask, Bunching, Change, Circumstances, Interval, Moment, Moved, Parameter, Reach, Reached, Reform,
    Rulebook, Status, Weight, Window,
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

    /// Whether a line at which objects lie is this one, though an earlier version may have drawn it.
    fn is_drawn_by(self, book: &Rulebook, row: &Bunching) -> bool {
        let parameter = self.parameter(book);
        self.instrument == row.instrument
            && row.version <= self.version
            && parameter.name == row.parameter
            && parameter.value == Interval::exact(row.line)
    }

    /// As the command line writes it: `us-3a090@2023-11.tpp_high`.
    fn id(self, book: &Rulebook) -> String {
        let text = &book.instruments[self.instrument];
        format!("{}@{}.{}", text.id, text.versions[self.version].id, self.parameter(book).name)
    }
}

/// The version of an instrument that applies on a day, by position.
fn applying(book: &Rulebook, instrument: usize, on: Date) -> Option<usize> {
    let (version, status) = book.standing(instrument, on);
    version.filter(|_| status.is_some_and(Status::applies))
}

/// The line that is moved at first: of those that apply on the day and at which objects lie, the one with most of them since it was drawn; else the
/// first that applies. A line is told of where it was drawn first, and later versions may have kept it.
fn first(book: &Rulebook, on: Date) -> Option<String> {
    let applies = |line: &Line| applying(book, line.instrument, on) == Some(line.version);
    let mut drawn = book.bunching(Window::default(), Moment::default());
    drawn.sort_by_key(|row| std::cmp::Reverse(row.after.0));
    let kept = |row: &Bunching| Line::all(book).filter(applies).find(|line| line.is_drawn_by(book, row));
    let line = drawn.iter().find_map(kept).or_else(|| Line::all(book).find(applies))?;
    Some(line.id(book))
}

pub(super) fn page(app: &App, asked: &Asked) -> Sheet {
    let book = app.book();
    let mut misread = Vec::new();
    let on = asked.read_or_tell("on", &mut misread).or_else(|| book.horizon()).unwrap_or_else(today);
    let lines: Vec<(Line, String)> = Line::all(book).map(|line| (line, line.id(book))).collect();
    let is_line = |wanted: &str| lines.iter().any(|(_, id)| id == wanted);
    let wanted = match asked.known("line", is_line, &mut misread).last() {
        None => first(book, on).unwrap_or_default(),
        Some(id) => (*id).to_owned(),
    };
    let chosen = lines.iter().find(|(_, id)| *id == wanted).or(lines.first()).map(|(line, _)| *line);
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
                                option value=(id) selected[*id == line.id(book)] { (told(asked, book, *other, on)) }
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

fn told(asked: &Asked, book: &Rulebook, line: Line, on: Date) -> String {
    let parameter = line.parameter(book);
    let version = &book.instruments[line.instrument].versions[line.version].id;
    let line_of = format!("{version} {} = {} {}", parameter.name, parameter.on(on), parameter.unit);
    match applying(book, line.instrument, on) {
        Some(version) if version == line.version => line_of.trim_end().to_owned(),
        _ => format!("{}{}", line_of.trim_end(), asked.word("reform_idle")),
    }
}

/// That the version of the line does not apply on the day, and which does.
fn idle(asked: &Asked, book: &Rulebook, line: Line, on: Date) -> Option<String> {
    let text = &book.instruments[line.instrument];
    let (day, version) = (on.to_string(), text.versions[line.version].id.as_str());
    match applying(book, line.instrument, on) {
        Some(other) if other == line.version => None,
        Some(other) => {
            let words = [("version", version), ("day", &day), ("other", &text.versions[other].id)];
            Some(asked.say("reform_other_applies", &words))
        }
        None => Some(asked.say("reform_none_applies", &[("day", &day)])),
    }
}

fn answer(app: &App, asked: &Asked, line: Line, value: Option<f64>, on: Date) -> Markup {
    let book = app.book();
    let parameter = line.parameter(book);
    let text = &book.instruments[line.instrument];
    let version = &text.versions[line.version].id;
    let now = html! {
        h2 { (text.name(asked.lang)) span.muted { " " (version) " · " (parameter.name) } }
        @if let Some(idle) = idle(asked, book, line, on) { (layout::warning(&idle)) }
        p { (asked.say("reform_now", &[("value", &format!("{} {}", parameter.on(on), parameter.unit))])) " " (parameter.place) }
        @if !parameter.quote.is_empty() { blockquote { (parameter.quote) } }
    };
    let Some(value) = value else {
        return html! {
            (now)
            (reaches(asked, &[("reform_before", book)], line, on))
            (crowds(asked, &[("reform_before", book)], line))
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
    let laws = [("reform_before", book), ("reform_after", &other)];
    html! {
        (now)
        @for note in notes.iter() { (layout::warning(&note.message(asked.lang))) }
        (reaches(asked, &laws, line, on))
        (moves(asked, book, &moved))
        (reached_by(asked, book, &reached, &moved))
        (crowds(asked, &laws, line))
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
    let head = ["rules_object", "rules_instrument", "reform_before", "reform_after", "reason"]
        .map(|id| asked.word(id));
    let [shown, all] = [rows.len(), moved.len()].map(layout::count);
    html! {
        @if rows.is_empty() { p.nothing { (asked.word("reform_nothing_moves")) } }
        @else {
            (layout::table(asked, asked.word("reform_moved"), &head, &rows))
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
                html! { (way(asked, book, &one.way)) },
                layout::number(&layout::count(count)),
            ]
        })
        .collect();
    let head = ["rules_instrument", "reform_way", "reform_count"].map(|id| asked.word(id));
    layout::table(asked, asked.word("reform_reached"), &head, &rows)
}

/// A way from what is edited to an instrument, by names; lists have none.
fn way(asked: &Asked, book: &Rulebook, ids: &[String]) -> String {
    let named = |id: &String| book.instrument(id).map_or(id.clone(), |text| text.name(asked.lang).to_owned());
    ids.iter().map(named).collect::<Vec<_>>().join(" → ")
}

/// The reach of the instrument under each law.
fn reaches(asked: &Asked, laws: &[(&str, &Rulebook)], line: Line, on: Date) -> Markup {
    let (moment, nothing) = (Moment::default(), Circumstances::default());
    let rows: Vec<Vec<Markup>> = laws
        .iter()
        .map(|(word, book)| {
            let reach = book.reach(line.instrument, on, moment, &nothing, &Weight::Number);
            let share = |of: fn(&Reach) -> Option<f64>| match reach.as_ref().and_then(of) {
                Some(share) => layout::number(&report::percent(share)),
                None => layout::unknown(asked),
            };
            vec![
                html! { (asked.word(word)) },
                reach.as_ref().map_or(layout::unknown(asked), |r| layout::number(&layout::count(r.objects))),
                share(|r| Some(r.touched)),
                share(|r| Some(r.conditional)),
                share(|r| Some(r.undetermined)),
                share(|r| Some(r.highest().min(1.0))),
                share(|r| r.newly),
                share(|r| r.released),
            ]
        })
        .collect();
    let head = [
        "reform_when",
        "objects",
        "reform_touched",
        "reform_conditional",
        "reform_undetermined",
        "reform_highest",
        "reform_newly",
        "reform_released",
    ]
    .map(|id| asked.word(id));
    layout::table(asked, asked.word("reform_reach"), &head, &rows)
}

/// How objects lie at the line under each law.
fn crowds(asked: &Asked, laws: &[(&str, &Rulebook)], line: Line) -> Markup {
    let rows: Vec<Vec<Markup>> = laws
        .iter()
        .flat_map(|(word, book)| {
            let mut rows = book.bunching(Window::default(), Moment::default());
            rows.retain(|row| line.is_drawn_by(book, row));
            rows.into_iter().map(|row| crowd(asked, book, word, &row)).collect::<Vec<_>>()
        })
        .collect();
    let head = [
        "reform_when",
        "reform_field",
        "reform_line",
        "reform_near_before",
        "reform_near_after",
        "reform_excess",
        "reform_p_near",
        "reform_nearest",
        "reform_p_around",
    ]
    .map(|id| asked.word(id));
    layout::table(asked, asked.word("reform_bunching"), &head, &rows)
}

/// How objects lie at a line: of those near it, how many lie just on its free side, and how likely that is by chance.
fn crowd(asked: &Asked, book: &Rulebook, word: &str, row: &Bunching) -> Vec<Markup> {
    let near = |(all, near): (usize, usize)| {
        layout::number(&asked.say("reform_near", &[("near", &near.to_string()), ("all", &all.to_string())]))
    };
    let known = |told: Option<String>| match told {
        Some(told) => layout::number(&told),
        None => layout::unknown(asked),
    };
    let field = book.vocabulary.field(&row.field).map(|at| book.vocabulary.fields[at].meaning(asked.lang));
    let side = asked.word(if row.touches_above { "reform_above" } else { "reform_below" });
    vec![
        html! { (asked.word(word)) },
        html! { (field.unwrap_or(&row.field)) span.also { code { (row.field) } } },
        html! { (report::number(row.line)) " " (row.unit) span.also { (side) } },
        near(row.before),
        near(row.after),
        known(row.excess.map(report::number)),
        known(row.p_near.map(report::probability)),
        match &row.nearest {
            None => layout::unknown(asked),
            Some((id, ratio)) => {
                let name = book.object(id).map_or(id.as_str(), |object| object.name(asked.lang));
                html! { a href=(asked.link("/rules", [("object", id.as_str())])) { (name) } " ×" (format!("{ratio:.2}")) }
            }
        },
        known(row.p_around.map(report::probability)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use techpower::codebook::Codebook;

    use super::*;

    /// A text of two versions: the first drew a line at 300, the second keeps it and draws another at 1000, where nothing lies.
    fn book() -> Rulebook {
        let version = |id: &str, from: &str, to: &str, more: &str| {
            format!(
                "[[version]]\nid = \"{id}\"\ncitation = \"none\"\nevidence = \"inference\"\npublished = {from}\n\
                 [[version.status]]\nstatus = \"in_force\"\nfrom = {from}\n{to}\
                 [version.parameter.line]\nvalue = 300\nunit = \"TOPS\"\n{more}\
                 [[version.limb]]\nid = \"a\"\nwhen = \"rate >= line\"\noutcome = \"licence\"\nen = \"Fast chips.\"\nzh = \"高速芯片。\"\n"
            )
        };
        let other = "[version.parameter.another]\nvalue = 1000\nunit = \"TOPS\"\n";
        let text = format!(
            "id = \"demo\"\nname_en = \"Demonstration\"\nname_zh = \"示例\"\njurisdiction = \"USA\"\nsender = \"USA\"\n\
             power = \"compulsory\"\ninstrument = \"export-control\"\nlayer = \"foundation\"\nobjects = [\"chip\"]\n\
             coverage = \"modelled\"\n{}{}",
            version("1", "2022-01-01", "to = 2023-01-01\n", ""),
            version("2", "2023-01-01", "", other),
        );
        let vocabulary = "[kind.chip]\nen = \"chip\"\nzh = \"芯片\"\n[field.rate]\nof = [\"chip\"]\ntype = \"number\"\n\
                          unit = \"TOPS\"\nen = \"rate\"\nzh = \"速率\"\n";
        let objects = "object,kind,released,rate\nold,chip,2021-05-01,310\nnew,chip,2022-05-01,290\n";
        let files: BTreeMap<String, String> = [
            ("instruments/vocabulary.toml", vocabulary),
            ("instruments/demo.toml", text.as_str()),
            ("objects/chips.csv", objects),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();
        let (book, notes) = Rulebook::read(&files, &Codebook::builtin().0);
        assert!(notes.is_empty(), "{notes:?}");
        book
    }

    #[test]
    fn the_line_moved_at_first_is_of_the_version_that_applies() {
        let book = book();
        let first = |day: &str| first(&book, day.parse().expect("a day"));
        assert_eq!(book.bunching(Window::default(), Moment::default())[0].version, 0, "drawn by the first");
        assert_eq!(first("2022-06-01").as_deref(), Some("demo@1.line"));
        assert_eq!(first("2024-06-01").as_deref(), Some("demo@2.line"));
        assert_eq!(first("2021-06-01"), None, "nothing applies yet");
    }

    #[test]
    fn a_version_that_does_not_apply_on_the_day_is_told_with_the_one_that_does() {
        let book = book();
        let lines: Vec<Line> = Line::all(&book).collect();
        let asked = Asked::new("/reform", Vec::new(), false, None, techpower::diag::Lang::En);
        let idle = |line: Line, day: &str| idle(&asked, &book, line, day.parse().expect("a day"));
        assert_eq!(idle(lines[0], "2022-06-01"), None);
        let told = idle(lines[0], "2024-06-01").expect("a warning");
        assert!(told.contains("“1”") && told.contains("2024-06-01") && told.contains("“2”"), "{told}");
        assert!(idle(lines[0], "2021-06-01").is_some_and(|told| told.contains("2021-06-01")));
    }
}
