//! Figures: charts for plotly with the colours of actors, and the frame in which each stands.

use plotly::common::{
    DashType, ErrorData, ErrorType, Fill, Font, HoverInfo, Label, Line, Marker, MarkerSymbol, Mode, TickMode,
};
use plotly::layout::{Axis, AxisRange, HoverMode, Legend, Margin};
use plotly::{Layout, Scatter, Trace, Traces};
use serde_json::{Value, json};

use super::links;
use super::words::{View, escape, plain};
use crate::num::Summary;

/// Okabe & Ito (2008): told apart with any colour vision, and dark enough to be drawn on white.
const PALETTE: [&str; 6] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
/// Two things that are no actors: dark and violet, so that nobody takes them for one.
pub(super) const NEUTRAL: [&str; 2] = ["#2B303A", "#7A5CA8"];
/// Actors on which the report does not dwell.
const OTHER: &str = "#868C94";
const INK: &str = "#2B303A";
const GRID: &str = "#E4E6EA";

/// The colour of an actor, the same everywhere.
pub(super) fn colour(view: View<'_>, actor: &str) -> &'static str {
    view.focal().iter().position(|id| id == actor).and_then(|at| PALETTE.get(at)).copied().unwrap_or(OTHER)
}

/// An actor's name after a spot of its colour, which stays with the first word.
pub(super) fn spotted(view: View<'_>, actor: &str) -> String {
    let name = view.actor(actor);
    let (first, rest) = name.split_at(name.find(' ').unwrap_or(name.len()));
    let colour = colour(view, actor);
    format!(
        "<span class=\"line\"><span class=\"spot\" style=\"background:{colour}\"></span>{first}</span>{rest}"
    )
}

/// A chart: its traces, layout and height in pixels.
pub(super) struct Chart {
    traces: Traces,
    layout: Layout,
    height: usize,
}

impl Chart {
    /// An empty chart.
    pub(super) fn new(view: View<'_>, height: usize) -> Chart {
        let layout = Layout::new()
            .auto_size(true)
            .height(height)
            .font(font(view, 12))
            .paper_background_color("rgba(0,0,0,0)")
            .plot_background_color("rgba(0,0,0,0)")
            .show_legend(false)
            .hover_mode(HoverMode::Closest)
            .hover_label(Label::new().background_color("#FFFFFF").font(font(view, 12)))
            .margin(Margin::new().left(8).right(12).top(8).bottom(32));
        Chart { traces: Traces::new(), layout, height }
    }

    /// Adds a trace.
    pub(super) fn add(&mut self, trace: Box<dyn Trace>) {
        self.traces.push(trace);
    }

    /// Changes the layout.
    pub(super) fn layout(mut self, change: impl FnOnce(Layout) -> Layout) -> Chart {
        self.layout = change(self.layout);
        self
    }

    fn json(&self) -> String {
        harmless(&format!("{{\"data\":{},\"layout\":{}}}", self.traces.to_json(), self.layout.to_json()))
    }
}

/// JSON fit for a script element: a `<` could end the element, and its escape means the same to a reader of JSON.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// What a figure draws as rows, for those who want to draw it themselves.
pub(super) struct Data {
    head: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Data {
    /// No rows yet; the columns are named by the ids of their words.
    pub(super) fn new(view: View<'_>, head: &[&str]) -> Data {
        Data { head: head.iter().map(|id| plain(view.word(id))).collect(), rows: Vec::new() }
    }

    /// Adds a row: a cell for each column.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Value>) {
        let row: Vec<Value> = cells.into_iter().collect();
        debug_assert_eq!(row.len(), self.head.len());
        self.rows.push(row);
    }

    fn script(&self) -> String {
        let json = json!({ "head": self.head, "rows": self.rows }).to_string();
        format!("<script type=\"application/json\" class=\"rows\">{}</script>", harmless(&json))
    }
}

/// A cell of text, given as HTML.
pub(super) fn said(html: &str) -> Value {
    Value::from(plain(html))
}

/// A cell with a number of six significant digits; what is not known stays empty.
pub(super) fn known(x: impl Into<Option<f64>>) -> Value {
    let rounded = |x: f64| format!("{x:.5e}").parse::<f64>().ok();
    x.into().filter(|x| x.is_finite()).and_then(rounded).map_or(Value::Null, Value::from)
}

/// The mean of a quantity and the ends of its interval.
pub(super) fn interval(s: Option<Summary>) -> [Value; 3] {
    [s.map(|s| s.mean), s.map(|s| s.q05), s.map(|s| s.q95)].map(known)
}

/// The columns of [`interval`].
pub(super) const INTERVAL: [&str; 3] = ["data-mean", "data-q05", "data-q95"];

/// The box in which a chart is drawn. `label` says in words what it shows; `click` makes its points lead to rows.
pub(super) fn draw(chart: &Chart, label: &str, click: bool) -> String {
    format!(
        "<div class=\"plot\" role=\"img\" aria-label=\"{label}\" style=\"height:{}px\"{}>\
         <script type=\"application/json\">{}</script></div>\n",
        chart.height,
        if click { " data-click" } else { "" },
        chart.json()
    )
}

/// A figure: what is drawn, under it its running number with what to see and how sure it is, and the rows behind it. Its anchor is
/// made of its name.
pub(super) fn figure(view: View<'_>, name: &str, drawn: &str, caption: &str, data: &Data) -> String {
    let anchor = view.anchor_of(&format!("figure-{name}"));
    format!(
        "<figure id=\"{anchor}\">{drawn}<figcaption>{} {caption}{}</figcaption>{}</figure>\n",
        links::label(view, &anchor, &view.next_figure()),
        links::csv(view),
        data.script()
    )
}

/// The font of charts.
pub(super) fn font(view: View<'_>, size: usize) -> Font {
    Font::new().family(view.word("chart-font")).size(size).color(INK)
}

/// An axis in the style of the report.
pub(super) fn axis() -> Axis {
    Axis::new()
        .grid_color(GRID)
        .zero_line(false)
        .show_line(false)
        .line_color("#9AA0A8")
        .tick_color("#9AA0A8")
        .fixed_range(true)
        .auto_margin(true)
}

/// The legend above a chart.
pub(super) fn legend() -> Legend {
    Legend::new()
        .orientation(plotly::common::Orientation::Horizontal)
        .x(0.0)
        .y(1.0)
        .y_anchor(plotly::common::Anchor::Bottom)
}

/// One line of a chart of dots: an actor, its value over the draws and as the recipe states it.
pub(super) struct Dot<'a> {
    pub(super) actor: &'a str,
    pub(super) value: Option<Summary>,
    pub(super) nominal: Option<f64>,
}

/// Dots with intervals, one line per actor in the order given, on a scale from 0 to 100.
pub(super) fn dots(view: View<'_>, rows: &[Dot<'_>]) -> Chart {
    let n = rows.len();
    let y = |at: usize| (n - at) as f64;
    let mut chart = Chart::new(view, 46 + 22 * n.max(3));
    for (at, row) in rows.iter().enumerate() {
        let Some(s) = row.value else { continue };
        let error = ErrorData::new(ErrorType::Data)
            .symmetric(false)
            .array(vec![s.q95 - s.mean])
            .array_minus(vec![s.mean - s.q05])
            .thickness(3.0)
            .width(0)
            .color(colour(view, row.actor));
        chart.add(
            Scatter::new(vec![s.mean], vec![y(at)])
                .mode(Mode::Markers)
                .error_x(error)
                .marker(Marker::new().size(9).color(colour(view, row.actor)))
                .hover_text(format!("{}: {}", view.actor(row.actor), view.score(s)))
                .hover_info(HoverInfo::Text),
        );
    }
    let nominal: Vec<(f64, f64)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((row.nominal?, y(at)))).collect();
    let texts: Vec<String> =
        nominal.iter().map(|(value, _)| format!("{}: {value:.0}", view.word("nominal"))).collect();
    chart.add(
        Scatter::new(nominal.iter().map(|p| p.0).collect(), nominal.iter().map(|p| p.1).collect())
            .mode(Mode::Markers)
            .marker(Marker::new().symbol(MarkerSymbol::DiamondOpen).size(8).color(INK))
            .hover_text_array(texts)
            .hover_info(HoverInfo::Text),
    );
    let names: Vec<String> = rows
        .iter()
        .map(|row| {
            let name = view.actor(row.actor);
            if row.value.is_some() { name } else { format!("{name}{}", view.brackets(view.word("unknown"))) }
        })
        .collect();
    chart.layout(|layout| {
        layout.x_axis(axis().range(vec![0.0, 101.0]).dtick(20.0)).y_axis(
            axis()
                .tick_mode(TickMode::Array)
                .tick_values((0..n).map(y).collect())
                .tick_text(names)
                .range(vec![0.4, n as f64 + 0.6])
                .show_grid(false),
        )
    })
}

/// An actor with its strength in every year.
pub(super) type Series<'a> = (&'a String, Vec<(i16, Option<Summary>)>);

/// Lines over years with bands from the 5 % to the 95 % quantile, on a scale from 0 to 100.
pub(super) fn lines(view: View<'_>, series: &[Series<'_>], years: (i16, i16)) -> Chart {
    let mut chart = Chart::new(view, 220);
    for (at, (actor, points)) in series.iter().enumerate() {
        let colour = colour(view, actor);
        let known: Vec<(i16, Summary)> = points.iter().filter_map(|(year, s)| Some((*year, (*s)?))).collect();
        // A band is a closed path: along the upper ends and back along the lower ones.
        let xs =
            known.iter().map(|(year, _)| *year).chain(known.iter().rev().map(|(year, _)| *year)).collect();
        let ys = known.iter().map(|(_, s)| s.q95).chain(known.iter().rev().map(|(_, s)| s.q05)).collect();
        chart.add(
            Scatter::<i16, f64>::new(xs, ys)
                .mode(Mode::Lines)
                .fill(Fill::ToSelf)
                .fill_color(format!("{colour}26"))
                .line(Line::new().width(0.0).color(colour))
                .show_legend(false)
                .hover_info(HoverInfo::Skip),
        );
        let texts: Vec<String> = points
            .iter()
            .map(|(year, s)| {
                format!("{} {year}: {}", view.actor(actor), s.map_or("–".into(), |s| view.score(s)))
            })
            .collect();
        let dash = [DashType::Solid, DashType::Dash, DashType::Dot, DashType::DashDot][at % 4].clone();
        chart.add(
            Scatter::new(
                points.iter().map(|(year, _)| *year).collect(),
                points.iter().map(|(_, s)| s.map_or(f64::NAN, |s| s.mean)).collect(),
            )
            .mode(Mode::LinesMarkers)
            .name(view.actor(actor))
            .line(Line::new().width(2.0).color(colour).dash(dash))
            .marker(Marker::new().size(5).color(colour))
            .hover_text_array(texts)
            .hover_info(HoverInfo::Text),
        );
    }
    let (from, to) = (f64::from(years.0), f64::from(years.1));
    let step = libm::ceil((to - from + 1.0) / 6.0).max(1.0);
    chart.layout(|layout| {
        layout
            .x_axis(
                axis()
                    .range(AxisRange::from(vec![from - 0.3, to + 0.3]))
                    .dtick(step)
                    .tick0(to)
                    .tick_format("d")
                    .show_grid(false),
            )
            .y_axis(axis().range(vec![0.0, 101.0]).dtick(25.0))
    })
}

/// Text for the labels of a chart, escaped and broken into lines of about `width` columns (a Chinese character takes two).
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_inclusive(|c: char| c == ' ' || !c.is_ascii()) {
        let length: usize = word.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        // Closing punctuation never begins a line.
        if column > 0
            && column + length > width
            && !word.starts_with(['，', '。', '、', '；', '：', '）', '》', '”'])
        {
            out.push_str("<br>");
            column = 0;
        }
        out.push_str(&escape(word));
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_rows_have_six_digits_and_unknown_is_empty() {
        assert_eq!(known(1.0 / 3.0), json!(0.333333));
        assert_eq!(known(123_456_789.0), json!(123_457_000.0));
        assert_eq!(known(f64::NAN), Value::Null);
        assert_eq!(known(None), Value::Null);
        assert_eq!(harmless("</script>"), "\\u003c/script>");
    }

    #[test]
    fn long_texts_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 8), "one two <br>three");
        assert_eq!(wrapped("<b>", 8), "&lt;b&gt;");
    }
}
