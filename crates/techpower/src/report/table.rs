//! Tables: cells, heat maps whose cells hold their numbers, and small drawn intervals.

use super::links;
use super::words::{View, escape, plain, slug};
use crate::num::Summary;

/// A cell of a table.
pub(super) struct Cell {
    html: String,
    class: &'static str,
    /// Share of the scale, for heat maps.
    heat: Option<f64>,
    /// Shown when the pointer rests on the cell.
    title: String,
    span: usize,
}

impl Cell {
    /// HTML, aligned left.
    pub(super) fn html(html: impl Into<String>) -> Cell {
        Cell { html: html.into(), class: "", heat: None, title: String::new(), span: 1 }
    }

    /// Text of a study, escaped.
    pub(super) fn text(text: &str) -> Cell {
        Cell::html(escape(text))
    }

    /// A number, aligned right.
    pub(super) fn number(html: impl Into<String>) -> Cell {
        Cell { class: "num", ..Cell::html(html) }
    }

    /// What is not known, which is never zero.
    pub(super) fn unknown(view: View<'_>) -> Cell {
        Cell { class: "unknown", title: view.word("unknown").to_owned(), ..Cell::html("–") }
    }

    /// A number if it is known.
    pub(super) fn known(view: View<'_>, html: Option<String>) -> Cell {
        html.map_or_else(|| Cell::unknown(view), Cell::number)
    }

    /// A cell of a heat map: its place on the scale from 0 to 1, the number, and its interval in small print.
    pub(super) fn heat(place: f64, number: &str, interval: &str) -> Cell {
        let small = if interval.is_empty() { String::new() } else { format!("<small>{interval}</small>") };
        Cell { class: "heat", heat: Some(place.clamp(0.0, 1.0)), ..Cell::html(format!("{number}{small}")) }
    }

    /// The same cell with another class.
    pub(super) fn class(self, class: &'static str) -> Cell {
        Cell { class, ..self }
    }

    /// The same cell with a text that is shown when the pointer rests on it; HTML-safe.
    pub(super) fn title(self, title: impl Into<String>) -> Cell {
        Cell { title: title.into(), ..self }
    }

    /// The same cell over several columns.
    pub(super) fn over(self, span: usize) -> Cell {
        Cell { span, ..self }
    }

    fn write(&self, tag: &str, scope: &str, out: &mut String) {
        out.push_str(&format!("<{tag}"));
        if !scope.is_empty() {
            out.push_str(&format!(" scope=\"{scope}\""));
        }
        if self.span > 1 {
            out.push_str(&format!(" colspan=\"{}\"", self.span));
        }
        let pale = self.heat.is_some_and(|heat| heat > PALE_FROM);
        if !self.class.is_empty() {
            out.push_str(&format!(" class=\"{}{}\"", self.class, if pale { " pale" } else { "" }));
        }
        if let Some(heat) = self.heat {
            out.push_str(&format!(" style=\"background:{}\"", shade(heat)));
        }
        if !self.title.is_empty() {
            out.push_str(&format!(" title=\"{}\"", self.title));
        }
        out.push_str(&format!(">{}</{tag}>", self.html));
    }
}

/// A table; the first cell of each row is its heading. The caption is HTML; an empty one is left out.
pub(super) fn table(class: &str, caption: &str, head: &[Cell], rows: &[Vec<Cell>]) -> String {
    write(class, caption, &[head], rows.iter().map(|row| ("", row.as_slice())))
}

/// A table whose columns are grouped under a further line of headings.
pub(super) fn grouped(
    class: &str,
    caption: &str,
    groups: &[Cell],
    head: &[Cell],
    rows: &[Vec<Cell>],
) -> String {
    write(class, caption, &[groups, head], rows.iter().map(|row| ("", row.as_slice())))
}

/// A table whose rows carry attributes, such as an anchor and what a filter looks for.
pub(super) fn marked(class: &str, caption: &str, head: &[Cell], rows: &[(String, Vec<Cell>)]) -> String {
    write(class, caption, &[head], rows.iter().map(|(marks, row)| (marks.as_str(), row.as_slice())))
}

fn write<'a>(
    class: &str,
    caption: &str,
    heads: &[&[Cell]],
    rows: impl Iterator<Item = (&'a str, &'a [Cell])>,
) -> String {
    let mut out =
        format!("<div class=\"scroll\" tabindex=\"0\"{}><table class=\"{class}\">", region(caption));
    if !caption.is_empty() {
        out.push_str(&format!("<caption>{caption}</caption>"));
    }
    out.push_str("<thead>");
    for line in heads.iter().filter(|line| !line.is_empty()) {
        out.push_str("<tr>");
        for cell in *line {
            match cell.html.as_str() {
                // Over a column of headings stands nothing, and nothing is no heading.
                "" => cell.write("td", "", &mut out),
                _ => cell.write("th", if cell.span > 1 { "colgroup" } else { "col" }, &mut out),
            }
        }
        out.push_str("</tr>");
    }
    out.push_str("</thead>\n<tbody>\n");
    for (marks, row) in rows {
        out.push_str(&format!("<tr{marks}>"));
        for (at, cell) in row.iter().enumerate() {
            if at == 0 {
                cell.write("th", "row", &mut out);
            } else {
                cell.write("td", "", &mut out);
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// A table that scrolls can be reached by keys, and bears as its name its number and the first sentence of its caption, without what is to be clicked.
fn region(caption: &str) -> String {
    let said = caption.split("<button").next().unwrap_or_default().replace(">#</a>", "></a>");
    let (number, said) = said.split_once("</b>").unwrap_or(("", &said));
    let (number, said) = (plain(number), plain(said));
    let end = [". ", "。"].iter().filter_map(|stop| said.find(stop)).min().unwrap_or(said.len());
    match format!("{number}{}", &said[..end]).trim() {
        "" => String::new(),
        name => format!(" role=\"region\" aria-label=\"{}\"", escape(name)),
    }
}

/// The caption of a table: its running number, what to see in it, and how to take it along. Its anchor is made of the id.
pub(super) fn caption(view: View<'_>, id: &str, values: &[(&str, String)]) -> String {
    named_caption(view, id.trim_end_matches("-caption"), id, values)
}

/// The caption of one table of several with the same words: `part` is the id of what it is about.
pub(super) fn caption_of(view: View<'_>, id: &str, part: &str, values: &[(&str, String)]) -> String {
    named_caption(view, &format!("{}-{}", id.trim_end_matches("-caption"), slug(part)), id, values)
}

fn named_caption(view: View<'_>, name: &str, id: &str, values: &[(&str, String)]) -> String {
    let anchor = view.anchor_of(&format!("table-{name}"));
    let label = links::label(view, &anchor, &view.next_table());
    format!("<span id=\"{anchor}\">{label} {}{}</span>", view.say(id, values), links::csv(view))
}

/// A table that can be folded away; it is open at first and in print.
pub(super) fn folded(view: View<'_>, table: &str) -> String {
    format!("<details class=\"data\" open><summary>{}</summary>{table}</details>\n", view.word("as-table"))
}

/// What is folded away until someone asks for it; it is open in print.
pub(super) fn closed(summary: &str, inside: &str) -> String {
    format!("<details class=\"data\"><summary>{summary}</summary>{inside}</details>\n")
}

/// Where the numbers are held.
pub(super) fn held(view: View<'_>, tables: &[&str]) -> String {
    let files: Vec<String> =
        tables.iter().map(|name| format!("<code>build/tables/{name}.csv</code>")).collect();
    view.say("held", &[("files", files.join(view.word("comma")))])
}

/// A small drawing of a mean and its interval on a scale, with its numbers for those who cannot see it.
pub(super) fn strip(s: Summary, (low, high): (f64, f64), colour: &str, label: &str) -> String {
    let x = |value: f64| 3.0 + 114.0 * ((value - low) / (high - low)).clamp(0.0, 1.0);
    let zero = if low < 0.0 {
        format!("<line class=\"zero\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"1\" y2=\"15\"/>", x(0.0))
    } else {
        String::new()
    };
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 120 16\" width=\"120\" height=\"16\" role=\"img\" aria-label=\"{label}\">\
         <line class=\"base\" x1=\"3\" x2=\"117\" y1=\"8\" y2=\"8\"/>{zero}\
         <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"8\" y2=\"8\" stroke=\"{colour}\" stroke-width=\"3.5\" stroke-opacity=\".5\"/>\
         <circle cx=\"{:.1}\" cy=\"8\" r=\"4\" fill=\"{colour}\"/></svg>",
        x(s.q05),
        x(s.q95),
        x(s.mean)
    )
}

/// Where on the scale letters turn from black to white: either way their contrast is at least 4.5 to 1, as WCAG 2.2 asks.
const PALE_FROM: f64 = 0.72;

/// A colour of a sequential scale of even steps in lightness, after ColorBrewer's Blues (Harrower & Brewer 2003).
fn shade(place: f64) -> String {
    const STOPS: [(f64, f64, f64); 6] = [
        (248.0, 250.0, 252.0),
        (214.0, 229.0, 242.0),
        (160.0, 198.0, 224.0),
        (94.0, 152.0, 199.0),
        (38.0, 104.0, 163.0),
        (10.0, 58.0, 112.0),
    ];
    let at = place.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (libm::floor(at) as usize).min(STOPS.len() - 2);
    let part = at - below as f64;
    let (a, b) = (STOPS[below], STOPS[below + 1]);
    let mix = |a: f64, b: f64| libm::round(a + part * (b - a)) as u8;
    format!("rgb({},{},{})", mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// The scale of a heat map, drawn with its ends named.
pub(super) fn scale(view: View<'_>, low: &str, high: &str) -> String {
    let steps: String =
        (0..=10).map(|at| format!("<i style=\"background:{}\"></i>", shade(f64::from(at) / 10.0))).collect();
    let unknown = view.word("unknown");
    format!(
        "<p class=\"scale\" aria-hidden=\"true\">{low} {steps} {high} <span class=\"none\">– {unknown}</span></p>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_run_from_pale_to_dark() {
        assert_eq!(shade(0.0), "rgb(248,250,252)");
        assert_eq!(shade(1.0), "rgb(10,58,112)");
        assert_eq!(shade(2.0), shade(1.0));
    }

    /// Contrast of white letters on a shade, and of black ones, after WCAG 2.2.
    fn contrasts(place: f64) -> (f64, f64) {
        let shade = shade(place);
        let numbers = shade.trim_start_matches("rgb(").trim_end_matches(')').split(',');
        let linear = numbers.map(|number| {
            let part = number.parse::<f64>().expect("a number") / 255.0;
            if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        });
        let luminance: f64 = linear.zip([0.2126, 0.7152, 0.0722]).map(|(part, weight)| part * weight).sum();
        (1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05)
    }

    #[test]
    fn letters_on_every_shade_can_be_read() {
        for place in (0..=1000).map(|place| f64::from(place) / 1000.0) {
            let (white, black) = contrasts(place);
            let contrast = if place > PALE_FROM { white } else { black };
            assert!(contrast >= 4.5, "{place}: {contrast}");
        }
    }

    #[test]
    fn a_table_can_be_reached_by_keys_and_has_a_name() {
        let row = [vec![Cell::text("x"), Cell::number("1")]];
        let caption =
            "<b>Table 1.</b><a href=\"#a\">#</a> Ranks &amp; more. How they came about. <button>CSV</button>";
        let html = grouped("t", caption, &[Cell::html(""), Cell::text("g").over(2)], &[], &row);
        assert!(
            html.contains("tabindex=\"0\" role=\"region\" aria-label=\"Table 1. Ranks &amp; more\""),
            "{html}"
        );
        assert!(html.contains("<tr><td></td><th scope=\"colgroup\" colspan=\"2\">g</th></tr>"), "{html}");
        assert!(!table("t", "", &[], &row).contains("role="), "without a caption it has no name");
    }

    #[test]
    fn the_first_cell_of_a_row_is_its_heading() {
        let html = table(
            "t",
            "",
            &[Cell::text("a"), Cell::text("<b>")],
            &[vec![Cell::text("x"), Cell::number("1")]],
        );
        assert!(html.contains("<th scope=\"row\">x</th><td class=\"num\">1</td>"));
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"));
    }
}
