//! What the outcome of the corollary hangs on: the test with one thing made otherwise at a time.

use plotly::Scatter;
use plotly::common::{HoverInfo, Marker, MarkerSymbol, Mode, TickMode};
use plotly::layout::{Shape, ShapeLine, ShapeType};

use super::Interrogation;
use super::figure::{Chart, Data, NEUTRAL, axis, draw, figure, known, said};
use super::links;
use super::sources::node_name;
use super::table::{Cell, caption, held, table};
use super::words::{View, escape, percent, probability, signed};
use crate::infer::{Basis, Change, Trial};

/// Colours of the two ways of comparing sources, which are told apart by their signs, too.
const SIGNS: [(&str, MarkerSymbol); 2] =
    [(NEUTRAL[0], MarkerSymbol::Circle), (NEUTRAL[1], MarkerSymbol::DiamondOpen)];

pub(super) fn write(view: View<'_>) -> String {
    let trials = &view.c.power.trials;
    if trials.is_empty() {
        return String::new();
    }
    let title = links::titled(view, "trials-title");
    let text = view.paragraph("trials-text", &[]);
    let drawn = draw(&chart(view), &escape(view.word("trials-figure-label")), false);
    let mut data = Data::new(view, &["trials-change", "data-choice", "basis", "trials-skill", "trials-p"]);
    for trial in pooled(view) {
        let outcome = &trial.outcome;
        let basis = view.term("basis-column", outcome.basis.id());
        let what =
            [view.term("change", trial.change.id()), chosen(view, trial), basis].map(|html| said(&html));
        data.row(what.into_iter().chain([outcome.advantage(), outcome.p_dealt].map(known)));
    }
    let shown = figure(view, "trials", &drawn, view.word("trials-figure"), &data);
    title + &text + &shown + &overview(view) + &years(view)
}

/// Trials over all years together.
fn pooled(view: View<'_>) -> impl Iterator<Item = &Trial> {
    view.c.power.trials.iter().filter(|trial| trial.year.is_none())
}

/// The changes of which there are trials, in order.
fn changes(view: View<'_>) -> Vec<Change> {
    Change::ALL.into_iter().filter(|change| pooled(view).any(|trial| trial.change == *change)).collect()
}

/// Every trial as a point: how it predicts against the base rate.
fn chart(view: View<'_>) -> Chart {
    let changes = changes(view);
    let n = changes.len();
    let place = |change: Change| changes.iter().position(|other| *other == change).map(|at| (n - at) as f64);
    let names: Vec<String> = changes.iter().map(|change| view.term("change", change.id())).collect();
    let zero = Shape::new()
        .shape_type(ShapeType::Line)
        .x0(0.0)
        .x1(0.0)
        .y0(0.4)
        .y1(n as f64 + 0.6)
        .line(ShapeLine::new().color("#2B303A").width(1.0));
    let mut chart = Chart::new(view, 80 + 34 * n).layout(|layout| {
        layout
            .shapes(vec![zero])
            .show_legend(true)
            .legend(super::figure::legend())
            .x_axis(axis().title(view.word("trials-axis")))
            .y_axis(
                axis()
                    .tick_mode(TickMode::Array)
                    .tick_values((1..=n).rev().map(|at| at as f64).collect())
                    .tick_text(names)
                    .range(vec![0.4, n as f64 + 0.6]),
            )
    });
    for (basis, (colour, sign)) in Basis::ALL.into_iter().zip(SIGNS) {
        let shift = if basis == Basis::Relative { 0.14 } else { -0.14 };
        let of_basis: Vec<&Trial> = pooled(view).filter(|trial| trial.outcome.basis == basis).collect();
        let x: Vec<f64> = of_basis.iter().map(|trial| trial.outcome.advantage()).collect();
        let y: Vec<f64> = of_basis.iter().filter_map(|trial| Some(place(trial.change)? + shift)).collect();
        let told: Vec<String> = of_basis
            .iter()
            .map(|trial| {
                let words = [
                    ("what", named(view, trial)),
                    ("skill", signed(trial.outcome.advantage(), 2)),
                    ("p", probability(trial.outcome.p_dealt)),
                ];
                view.say("trials-point", &words)
            })
            .collect();
        chart.add(
            Scatter::new(x, y)
                .mode(Mode::Markers)
                .name(view.term("basis-column", basis.id()))
                .marker(Marker::new().size(8).color(colour).symbol(sign).opacity(0.75))
                .hover_text_array(told)
                .hover_info(HoverInfo::Text),
        );
    }
    chart
}

/// A trial in words.
fn named(view: View<'_>, trial: &Trial) -> String {
    let change = view.term("change", trial.change.id());
    match chosen(view, trial) {
        choice if choice.is_empty() => change,
        choice => format!("{change}{}{choice}", view.word("colon")),
    }
}

/// What was chosen otherwise in a trial; empty where the change itself says it.
fn chosen(view: View<'_>, trial: &Trial) -> String {
    match trial.change {
        Change::Nothing | Change::Window | Change::Comparative => String::new(),
        Change::Indicator => {
            let node = view.c.index.nodes.iter().position(|node| node.code == trial.choice);
            node.map_or_else(|| escape(&trial.choice), |node| node_name(view, node))
        }
        Change::Actor => view.actor(&trial.choice),
        Change::Reference if trial.choice == "-" => view.word("no-address").to_owned(),
        Change::Reference => escape(&trial.choice),
        Change::Certainty => view.term("certainty", &trial.choice),
    }
}

/// For each change and basis how many trials there are, between which bounds they predict, and how many predict better.
fn overview(view: View<'_>) -> String {
    let mut head = vec![Cell::html(view.word("trials-change")), Cell::html(view.word("basis"))];
    let columns = ["trials-number", "trials-skill", "trials-better", "trials-agreement", "trials-p"];
    head.extend(columns.map(|id| Cell::html(view.word(id)).class("num")));
    head.push(Cell::html(view.word("trials-worst")));
    let mut rows = Vec::new();
    for change in changes(view) {
        for basis in Basis::ALL {
            let of: Vec<&Trial> =
                pooled(view).filter(|t| t.change == change && t.outcome.basis == basis).collect();
            let Some((least, most)) = ends(&of, |trial| trial.outcome.advantage()) else { continue };
            let better = of.iter().filter(|trial| trial.outcome.advantage() > 0.0).count();
            let range = |ends: (f64, f64), told: &dyn Fn(f64) -> String| match (told(ends.0), told(ends.1)) {
                (low, high) if low == high => low,
                (low, high) => format!("{low}{}{high}", view.word("to")),
            };
            let agreement = ends(&of, |trial| trial.outcome.agreement.mean).unwrap_or_default();
            let p = ends(&of, |trial| trial.outcome.p_dealt).unwrap_or_default();
            let extremes = if of.len() > 1 { extremes(view, &of) } else { String::new() };
            rows.push(vec![
                Cell::html(view.term("change", change.id())),
                Cell::html(view.term("basis-column", basis.id())),
                Cell::number(of.len().to_string()),
                Cell::number(range((least, most), &|x| signed(x, 2))),
                Cell::number(better.to_string()),
                Cell::number(range(agreement, &percent)),
                Cell::number(range(p, &probability)),
                Cell::html(extremes),
            ]);
        }
    }
    let words = [("held", held(view, &["corollary_trials"]))];
    table("wide", &caption(view, "trials-caption", &words), &head, &rows)
}

/// The choices under which the prediction fares worst and best.
fn extremes(view: View<'_>, trials: &[&Trial]) -> String {
    let worst = trials.iter().min_by(|a, b| a.outcome.advantage().total_cmp(&b.outcome.advantage()));
    let best = trials.iter().max_by(|a, b| a.outcome.advantage().total_cmp(&b.outcome.advantage()));
    let told = |trial: Option<&&Trial>| {
        trial.map_or_else(String::new, |trial| {
            let name = named(view, trial);
            let colon = view.word("colon");
            name.split_once(colon).map_or(name.clone(), |(_, choice)| choice.to_owned())
        })
    };
    view.say("trials-extremes", &[("worst", told(worst)), ("best", told(best))])
}

/// Rows of the list of trials.
const LISTED: usize = 40;

/// The trials that are asked for, those first that move the outcome most.
pub(super) fn listed(view: View<'_>, asked: &Interrogation) -> String {
    let moved = view.c.power.moved(asked.year);
    let wanted: Vec<&(&Trial, f64)> = moved
        .iter()
        .filter(|(trial, _)| asked.change.is_none_or(|change| trial.change == change))
        .filter(|(trial, _)| asked.basis.is_none_or(|basis| trial.outcome.basis == basis))
        .collect();
    let title = links::titled(view, "trials-listed-title");
    if wanted.is_empty() {
        return title + &format!("<p class=\"nothing\">{}</p>\n", view.word("trials-listed-none"));
    }
    let mut head = vec![Cell::html(view.word("trials-change")), Cell::html(view.word("basis"))];
    let columns = ["trials-moves", "trials-skill", "trials-agreement", "chance", "trials-p", "trials-actors"];
    head.extend(columns.map(|id| Cell::html(view.word(id)).class("num")));
    let rows: Vec<Vec<Cell>> = wanted
        .iter()
        .take(LISTED)
        .map(|(trial, moves)| {
            let outcome = &trial.outcome;
            vec![
                Cell::html(named(view, trial)),
                Cell::html(view.term("basis-column", outcome.basis.id())),
                Cell::number(signed(*moves, 2)),
                Cell::number(signed(outcome.advantage(), 2)),
                Cell::number(view.share(outcome.agreement)),
                Cell::number(percent(outcome.chance.mean)),
                Cell::number(probability(outcome.p_dealt)),
                Cell::number(outcome.compared.to_string()),
            ]
        })
        .collect();
    let of_year = |year: i16| view.say("trials-listed-year", &[("year", year.to_string())]);
    let words = [
        ("year", asked.year.map_or(view.word("all-years").to_owned(), of_year)),
        ("shown", rows.len().to_string()),
        ("all", wanted.len().to_string()),
        ("held", held(view, &["corollary_trials"])),
    ];
    title + &table("wide", &caption(view, "trials-listed-caption", &words), &head, &rows)
}

fn ends(trials: &[&Trial], of: impl Fn(&Trial) -> f64) -> Option<(f64, f64)> {
    let values = || trials.iter().map(|trial| of(trial));
    values()
        .next()
        .map(|_| (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max)))
}

/// Year by year with nothing changed, and by the acts of the year alone.
fn years(view: View<'_>) -> String {
    let mut head = vec![Cell::html(view.word("year")), Cell::html(view.word("basis"))];
    let columns = ["trials-actors", "agreement", "chance", "trials-skill", "p-dealt"];
    head.extend(columns.map(|id| Cell::html(view.word(id)).class("num")));
    head.extend(
        ["trials-alone-actors", "trials-alone-skill", "trials-alone-p"]
            .map(|id| Cell::html(view.word(id)).class("num")),
    );
    let trials = &view.c.power.trials;
    let rows = trials.iter().filter(|trial| trial.change == Change::Nothing).map(|trial| {
        let alone = trials.iter().find(|other| {
            other.change == Change::Window
                && other.year == trial.year
                && other.outcome.basis == trial.outcome.basis
        });
        let of_alone = |told: &dyn Fn(&Trial) -> String| {
            alone.map_or_else(|| Cell::unknown(view), |t| Cell::number(told(t)))
        };
        vec![
            Cell::html(trial.year.map_or(view.word("all-years").to_owned(), |year| year.to_string())),
            Cell::html(view.term("basis-column", trial.outcome.basis.id())),
            Cell::number(trial.outcome.compared.to_string()),
            Cell::number(view.share(trial.outcome.agreement)),
            Cell::number(percent(trial.outcome.chance.mean)),
            Cell::number(signed(trial.outcome.advantage(), 2)),
            Cell::number(probability(trial.outcome.p_dealt)),
            of_alone(&|t| t.outcome.compared.to_string()),
            of_alone(&|t| signed(t.outcome.advantage(), 2)),
            of_alone(&|t| probability(t.outcome.p_dealt)),
        ]
    });
    table("wide", &caption(view, "trials-years-caption", &[]), &head, &rows.collect::<Vec<_>>())
}
