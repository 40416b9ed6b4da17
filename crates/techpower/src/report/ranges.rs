//! Charts of several values to a line, each with its interval.

use plotly::Scatter;
use plotly::common::{ErrorData, ErrorType, HoverInfo, Line, Marker, MarkerSymbol, Mode, TickMode};
use plotly::layout::{Axis, AxisType};

use super::figure::{Chart, axis};
use super::words::{View, signed};

/// A value with its interval, on a line of a chart.
pub(super) struct Mark {
    /// The line, from 0 at the top.
    pub(super) line: usize,
    /// The value and the ends of its interval.
    pub(super) value: (f64, f64, f64),
    /// What the pointer shows.
    pub(super) hover: String,
}

/// Marks that look alike.
pub(super) struct Set {
    pub(super) marks: Vec<Mark>,
    /// What they are called where the chart stands alone; empty if there is nothing to tell apart.
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) symbol: MarkerSymbol,
    /// By how much of a line they stand above its middle.
    pub(super) lift: f64,
}

/// Sets of marks on named lines over an axis. A vertical rule is drawn where one is asked for.
pub(super) fn ranges(view: View<'_>, names: &[String], sets: &[Set], x: Axis, rule: Option<f64>) -> Chart {
    let n = names.len();
    let y = |line: usize| (n - line) as f64;
    let mut chart = Chart::new(view, 46 + 30 * n.max(2));
    if let Some(at) = rule {
        chart.add(
            Scatter::new(vec![at, at], vec![0.4, n as f64 + 0.6])
                .mode(Mode::Lines)
                .line(Line::new().width(1.2).color("#7B828C"))
                .show_legend(false)
                .hover_info(HoverInfo::Skip),
        );
    }
    for set in sets {
        chart.add(trace(set, &y));
    }
    chart.layout(|layout| {
        layout.x_axis(x).y_axis(
            axis()
                .tick_mode(TickMode::Array)
                .tick_values((0..n).map(y).collect())
                .tick_text(names.to_vec())
                .range(vec![0.4, n as f64 + 0.6])
                .show_grid(false),
        )
    })
}

/// One set of marks as a trace.
fn trace(set: &Set, y: &dyn Fn(usize) -> f64) -> Box<Scatter<f64, f64>> {
    let marks = &set.marks;
    let error = ErrorData::new(ErrorType::Data)
        .symmetric(false)
        .array(marks.iter().map(|mark| mark.value.2 - mark.value.0).collect())
        .array_minus(marks.iter().map(|mark| mark.value.0 - mark.value.1).collect())
        .thickness(2.5)
        .width(0)
        .color(set.colour);
    Scatter::new(
        marks.iter().map(|mark| mark.value.0).collect(),
        marks.iter().map(|mark| y(mark.line) + set.lift).collect(),
    )
    .mode(Mode::Markers)
    .name(&set.name)
    .show_legend(!set.name.is_empty())
    .error_x(error)
    .marker(Marker::new().size(9).symbol(set.symbol.clone()).color(set.colour))
    .hover_text_array(marks.iter().map(|mark| mark.hover.clone()).collect::<Vec<_>>())
    .hover_info(HoverInfo::Text)
}

/// An axis of shares that shows all values, and zero and one in any case.
pub(super) fn shares(values: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = values.fold((0.0f64, 1.0f64), |(low, high), x| (low.min(x), high.max(x)));
    axis().range(vec![low - 0.02, high + 0.02]).dtick(0.25).tick_format(".0%")
}

/// An axis of multiples: logarithmic if all values are positive. Tells whether it is.
pub(super) fn multiples(values: impl Iterator<Item = f64>) -> (Axis, bool) {
    const TICKS: [f64; 11] = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];
    let (low, high) = values.fold((1.0f64, 1.0f64), |(low, high), x| (low.min(x), high.max(x)));
    if low <= 0.0 {
        let room = 0.03 * (high - low);
        return (axis().range(vec![low - room, high + room]), false);
    }
    let (from, to) = (libm::log10(low) - 0.05, libm::log10(high) + 0.05);
    let ticks: Vec<f64> = TICKS.into_iter().filter(|x| (from..=to).contains(&libm::log10(*x))).collect();
    let texts: Vec<String> =
        ticks.iter().map(|x| signed(*x, if *x < 0.1 { 2 } else { usize::from(*x < 1.0) })).collect();
    let axis = axis()
        .type_(AxisType::Log)
        .tick_mode(TickMode::Array)
        .tick_values(ticks)
        .tick_text(texts)
        .range(vec![from, to]);
    (axis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_logarithmic_unless_one_is_not_positive() {
        assert!(multiples([0.2, 3.0].into_iter()).1);
        assert!(!multiples([-0.2, 3.0].into_iter()).1);
        assert!(multiples(std::iter::empty()).1);
    }
}
