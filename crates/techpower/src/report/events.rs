//! The acts: a timeline by type, counts beside shares, and the list of events with their evidence.

use std::collections::{BTreeMap, BTreeSet};

use plotly::Scatter;
use plotly::common::{HoverInfo, Line, Marker, MarkerSymbol, Mode, TickMode};
use plotly::layout::AxisType;
use serde_json::Value;

use super::answer::{has_acts, observed, ordered};
use super::figure::{Chart, Data, axis, colour, draw, figure, known, legend, said, spotted, wrapped};
use super::links;
use super::table::{Cell, caption, marked, table};
use super::words::{View, escape, linkify, percent, percent_range, slug};
use crate::code::Act;
use crate::codebook::NONE;
use crate::diag::Lang;
use crate::study::EventRow;

/// Acts whose mode or status gives them less than this weight are drawn open.
const HEAVY: f64 = 0.5;

pub(super) fn section(view: View<'_>) -> String {
    let events = &view.c.study.events;
    if events.is_empty() {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-events"));
    }
    let ids: BTreeSet<&str> = events.iter().map(|event| event.event.as_str()).collect();
    let mut out = view.paragraph(
        "events-text",
        &[
            ("events", ids.len().to_string()),
            ("acts", view.c.acts.len().to_string()),
            ("rows", events.len().to_string()),
        ],
    );
    out.push_str(&format!("<p class=\"warn\">{}</p>\n", view.word("curated")));
    let items = items(view);
    out.push_str(&timeline(view, &items));
    if has_acts(view) {
        out.push_str(&counts(view));
    }
    out.push_str(&list(view, &items));
    out
}

/// One line of the list: rows of one event that differ in nothing but the sender.
struct Item<'a> {
    id: String,
    event: &'a EventRow,
    senders: Vec<&'a str>,
    rows: Vec<usize>,
}

fn items(view: View<'_>) -> Vec<Item<'_>> {
    let events = &view.c.study.events;
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut by_event: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, event) in events.iter().enumerate() {
        let same_event = by_event.entry(&event.event).or_default();
        let same = same_event.iter().copied().find(|at| {
            let other = items[*at].event;
            other.date == event.date
                && other.power == event.power
                && other.instrument == event.instrument
                && other.mode == event.mode
                && other.status == event.status
                && other.targets == event.targets
                && other.evidence == event.evidence
        });
        match same {
            Some(at) => {
                items[at].senders.push(&event.sender);
                items[at].rows.push(row);
            }
            None => {
                same_event.push(items.len());
                let id = view.anchor_of(&format!("event-{}", slug(&event.event)));
                items.push(Item { id, event, senders: vec![&event.sender], rows: vec![row] });
            }
        }
    }
    items.sort_by(|a, b| (a.event.date, &a.event.event).cmp(&(b.event.date, &b.event.event)));
    items
}

/// Acts by type and date, coloured by actor; a point leads to its line in the list.
fn timeline(view: View<'_>, items: &[Item<'_>]) -> String {
    let types = view.types().len();
    let lanes = types + usize::from(view.c.acts.iter().any(|act| act.power.is_none()));
    if view.c.acts.is_empty() || lanes == 0 {
        return format!("<p class=\"nothing\">{}</p>\n", view.word("no-acts"));
    }
    let ids: BTreeMap<usize, &str> =
        items.iter().flat_map(|item| item.rows.iter().map(|row| (*row, item.id.as_str()))).collect();
    let mut groups: Vec<Option<&String>> = view.focal().iter().map(Some).collect();
    groups.push(None);
    let mut chart = Chart::new(view, 60 + 104 * lanes);
    let step = 0.8 / groups.len() as f64;
    let columns =
        ["date", "actor", "type", "data-event", "data-instrument", "data-mode", "data-status", "data-weight"];
    let mut data = Data::new(view, &columns);
    view.c.acts.iter().for_each(|act| data.row(told(view, act)));
    for (at, group) in groups.iter().enumerate() {
        for heavy in [true, false] {
            let acts: Vec<&Act> = view
                .c
                .acts
                .iter()
                .filter(|act| match group {
                    Some(actor) => act.unit == **actor,
                    None => !view.focal().contains(&act.unit),
                })
                .filter(|act| (weight(view, act) >= HEAVY) == heavy)
                .collect();
            let (mut dates, mut heights, mut texts, mut links) =
                (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for act in acts {
                let lane = lanes - 1 - act.power.unwrap_or(types);
                // Acts of one day would hide one another: they are spread a little, by their place in the table.
                let spread = ((act.row * 7 % 5) as f64 - 2.0) * step * 0.16;
                dates.push(view.c.study.events[act.row].date.from().to_string());
                heights.push(lane as f64 + 0.4 - step * (at as f64 + 0.5) + spread);
                texts.push(hover(view, act));
                links.push(ids.get(&act.row).copied().unwrap_or_default().to_owned());
            }
            if dates.is_empty() {
                continue;
            }
            let name = group.map_or_else(|| view.word("others").to_owned(), |actor| view.actor(actor));
            let colour = colour(view, group.map_or("", String::as_str));
            let symbol = if heavy { MarkerSymbol::Circle } else { MarkerSymbol::CircleOpen };
            chart.add(
                Scatter::new(dates, heights)
                    .mode(Mode::Markers)
                    .name(name.clone())
                    .legend_group(name)
                    .show_legend(heavy)
                    .marker(
                        Marker::new()
                            .size(9)
                            .color(colour)
                            .symbol(symbol)
                            .opacity(0.8)
                            .line(Line::new().width(1.0).color(if heavy { "#FFFFFF" } else { colour })),
                    )
                    .hover_text_array(texts)
                    .hover_info(HoverInfo::Text)
                    .custom_data(links),
            );
        }
    }
    let names: Vec<String> = (0..lanes)
        .map(|lane| {
            let k = lanes - 1 - lane;
            if k < types { view.power_short(k) } else { view.word("no-power").to_owned() }
        })
        .collect();
    let edges = lanes as f64 - 0.5;
    let chart = chart.layout(|layout| {
        layout
            .show_legend(true)
            .legend(legend())
            .x_axis(axis().type_(AxisType::Date).fixed_range(false))
            .y_axis(
                axis()
                    .tick_mode(TickMode::Array)
                    .tick_values((0..lanes).map(|lane| lane as f64).collect())
                    .tick_text(names)
                    .range(vec![-0.5, edges])
                    .show_grid(false),
            )
            .shapes((1..lanes).map(|lane| rule(lane as f64 - 0.5)).collect())
    });
    let drawn = draw(&chart, view.word("timeline-label"), true);
    let words = [("link", format!("#{}", view.anchor("event-list")))];
    figure(view, "timeline", &drawn, &view.say("timeline-caption", &words), &data)
}

/// An act as a row of data.
fn told(view: View<'_>, act: &Act) -> [Value; 8] {
    let event = &view.c.study.events[act.row];
    [
        said(&event.date.to_string()),
        said(&view.actor(&act.unit)),
        act.power.map_or(Value::Null, |k| said(&view.power(k))),
        Value::from(event.event.as_str()),
        said(&view.page("instrument", &event.instrument)),
        said(&view.page("mode", &event.mode)),
        said(&view.page("status", &event.status)),
        known(weight(view, act)),
    ]
}

/// A line between two lanes.
fn rule(y: f64) -> plotly::layout::Shape {
    plotly::layout::Shape::new()
        .shape_type(plotly::layout::ShapeType::Line)
        .x_ref("paper")
        .x0(0.0)
        .x1(1.0)
        .y_ref("y")
        .y0(y)
        .y1(y)
        .line(plotly::layout::ShapeLine::new().color("#C9CDD3").width(1.0))
}

/// The nominal weight of an act: the weaker of its mode and its status.
fn weight(view: View<'_>, act: &Act) -> f64 {
    let codebook = &view.c.study.codebook;
    codebook.modes[act.mode].weight.min(codebook.statuses[act.status].weight)
}

fn hover(view: View<'_>, act: &Act) -> String {
    let event = &view.c.study.events[act.row];
    let text = match (view.lang, event.evidence_zh.as_str()) {
        (Lang::Zh, zh) if !zh.is_empty() => zh,
        _ => event.evidence.as_str(),
    };
    format!(
        "<b>{}</b> · {} · {}<br>{}",
        view.actor(&act.unit),
        event.date,
        view.page("instrument", &event.instrument),
        wrapped(text, 64)
    )
}

/// Numbers of acts beside shares within actors, for every ranked actor.
fn counts(view: View<'_>) -> String {
    let types = view.types().len();
    let mut head = vec![Cell::html(view.word("actor"))];
    head.extend((0..types).map(|k| Cell::html(view.power_short(k)).title(view.power(k))));
    head.push(Cell::html(view.word("all")));
    let rows: Vec<Vec<Cell>> = ordered(view)
        .iter()
        .map(|actor| {
            let of = |k: usize| observed(view, actor, k);
            let mut row = vec![Cell::html(spotted(view, actor))];
            row.extend((0..types).map(|k| match of(k) {
                None => Cell::unknown(view),
                Some(r) => {
                    let small =
                        format!("{}{}", percent(r.share.mean), view.brackets(&percent_range(r.share)));
                    Cell::heat(r.share.mean, &r.acts.to_string(), &small)
                }
            }));
            let all: usize = (0..types).filter_map(of).map(|r| r.acts).sum();
            row.push(Cell::number(all.to_string()));
            row
        })
        .collect();
    format!(
        "{}{}",
        links::titled(view, "counts-title"),
        table(
            "map roomy",
            &caption(view, "counts-caption", &[("year", view.headline().to_string())]),
            &head,
            &rows
        )
    )
}

/// The list of events with what filters it.
fn list(view: View<'_>, items: &[Item<'_>]) -> String {
    let units = |item: &Item<'_>| -> BTreeSet<String> {
        let named = item.event.targets.iter().map(String::as_str).chain(item.senders.iter().copied());
        named
            .filter(|id| !["*", "-"].contains(id))
            .flat_map(|id| [Some(id), view.c.study.unit_of(id)])
            .flatten()
            .map(str::to_owned)
            .collect()
    };
    let head = ["date", "who", "what", "evidence"].map(|id| Cell::html(view.word(id)));
    let rows: Vec<(String, Vec<Cell>)> = items
        .iter()
        .map(|item| {
            let actors: Vec<String> = units(item).iter().map(|id| slug(id)).collect();
            let marks = format!(
                " id=\"{}\" data-actor=\"{}\" data-type=\"{}\" data-mode=\"{}\" data-certainty=\"{}\"",
                item.id,
                actors.join(" "),
                slug(&item.event.power),
                slug(&item.event.mode),
                slug(&item.event.certainty)
            );
            (marks, item_row(view, item))
        })
        .collect();
    let title = links::heading(view, "event-list", view.word("list-title"));
    let html = marked("wide events", &caption(view, "list-caption", &[]), &head, &rows);
    let options = |name: &str, all: &str, choices: Vec<(String, String)>| -> String {
        let choices: String = choices
            .iter()
            .map(|(id, name)| format!("<option value=\"{}\">{name}</option>", slug(id)))
            .collect();
        format!(
            "<select name=\"{name}\" aria-label=\"{all}\"><option value=\"\">{all}</option>{choices}</select>"
        )
    };
    let types: Vec<(String, String)> = (0..view.types().len())
        .map(|k| (view.types()[k].id.clone(), view.power_short(k)))
        .chain([(NONE.to_owned(), view.word("no-power").to_owned())])
        .collect();
    let modes = view
        .c
        .study
        .codebook
        .modes
        .iter()
        .map(|mode| (mode.id.clone(), view.page("mode", &mode.id)))
        .collect();
    let certainties = crate::study::schema::CERTAINTIES
        .iter()
        .map(|id| ((*id).to_owned(), view.term("certainty", id)))
        .collect();
    let actors = ordered(view).iter().map(|id| (id.clone(), view.actor(id))).collect();
    let selects = [
        options("actor", view.word("any-actor"), actors),
        options("type", view.word("any-type"), types),
        options("mode", view.word("any-mode"), modes),
        options("certainty", view.word("any-certainty"), certainties),
    ]
    .concat();
    format!(
        "{title}<div class=\"filter script\" data-for=\"{table}\" role=\"search\">{selects}\
         <input type=\"search\" aria-label=\"{search}\" placeholder=\"{search}\"> <output></output></div>\n\
         <div id=\"{table}\">{html}</div>\n",
        table = view.anchor("event-table"),
        search = view.word("search"),
    )
}

fn item_row(view: View<'_>, item: &Item<'_>) -> Vec<Cell> {
    let event = item.event;
    let names = |ids: &[&str]| view.list(&ids.iter().map(|id| view.actor(id)).collect::<Vec<String>>());
    let targets: Vec<&str> = event.targets.iter().map(String::as_str).filter(|id| *id != "-").collect();
    let to = if targets.is_empty() {
        String::new()
    } else {
        format!("<span class=\"also\">→ {}</span>", names(&targets))
    };
    let who = format!("{}{to}", names(&item.senders));
    let k = view.types().iter().position(|kind| kind.id == event.power);
    let what = format!(
        "{}<span class=\"also\">{}<br>{} · {}<br>{}</span>",
        k.map_or_else(|| view.word("no-power").to_owned(), |k| view.power_short(k)),
        view.page("instrument", &event.instrument),
        view.page("mode", &event.mode),
        view.page("status", &event.status),
        view.page("layer", &event.layer),
    );
    let (first, second, lang) = match (view.lang, event.evidence_zh.is_empty()) {
        (Lang::Zh, false) => (&event.evidence_zh, &event.evidence, "en"),
        _ => (&event.evidence, &event.evidence_zh, "zh-Hans"),
    };
    let mut shown = format!("<span class=\"said\">{}</span>", escape(first));
    if !second.is_empty() {
        shown.push_str(&format!("<span class=\"also\" lang=\"{lang}\">{}</span>", escape(second)));
    }
    shown.push_str(&format!(
        "<span class=\"also\">{} · {}</span>",
        view.term("certainty", &event.certainty),
        linkify(&event.reference)
    ));
    if !event.note.is_empty() {
        shown.push_str(&format!(
            "<span class=\"also\">{} {}</span>",
            view.word("remark"),
            linkify(&event.note)
        ));
    }
    vec![Cell::html(escape(&event.date.to_string())), Cell::html(who), Cell::html(what), Cell::html(shown)]
}
