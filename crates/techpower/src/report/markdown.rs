//! The report in Markdown, in one language: made from the same HTML as the page, so that there is one report and not two.
//!
//! Tables become pipe tables. A chart becomes a picture if somebody with a browser draws it, and otherwise the rows that it would draw.

use std::collections::BTreeSet;

use serde_json::Value;

use super::elements::{Element, Node, elements, read};
use super::{Contents, Register, View, packed_plotly, page};
use crate::diag::Lang;

/// The report as Markdown, and what is needed to draw its charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// The text.
    pub text: String,
    /// Pictures that are drawn already: name of the file and SVG.
    pub drawn: Vec<(String, String)>,
    /// Names of the files of charts that a browser has to draw.
    pub charts: Vec<String>,
    /// A page that draws all charts. Once it has, its only elements are `<pre data-name="FILE">`, each with an SVG, percent-encoded.
    pub page: String,
}

/// The report in one language as Markdown. `folder` is where pictures will stand, seen from the text; without it charts are told as tables.
#[must_use]
pub fn markdown(contents: &Contents<'_>, lang: Lang, folder: Option<&str>) -> Markdown {
    let register = Register::default();
    let view = View { c: contents, lang, register: &register };
    let nodes = read(&page(view));
    let mut linked = BTreeSet::new();
    targets(&nodes, &mut linked);
    let mut writer = Writer {
        out: String::new(),
        linked,
        folder,
        not_drawn: view.word("not-drawn"),
        colon: view.word("colon"),
        brackets: match lang {
            Lang::En => (" (", ")"),
            Lang::Zh => ("（", "）"),
        },
        drawn: Vec::new(),
        charts: Vec::new(),
    };
    writer.blocks(&nodes);
    let text = writer.out.trim().to_owned() + "\n";
    let (names, specs): (Vec<String>, Vec<String>) = writer.charts.into_iter().unzip();
    let page = drawing(&names, &specs);
    Markdown { text, drawn: writer.drawn, charts: names, page }
}

/// The page that draws charts.
fn drawing(names: &[String], specs: &[String]) -> String {
    let charts: String = names
        .iter()
        .zip(specs)
        .map(|(name, spec)| {
            format!(
                "<script type=\"application/json\" class=\"chart\" data-name=\"{name}\">{spec}</script>\n"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n{}</head>\n<body>\n{charts}{}<script>\n{}{}</script>\n</body>\n</html>\n",
        super::POLICY,
        packed_plotly(),
        include_str!("inflate.js"),
        include_str!("charts.js"),
    )
}

/// Places within the report to which its texts link.
fn targets(nodes: &[Node], found: &mut BTreeSet<String>) {
    for element in elements(nodes).filter(|element| element.name != "nav" && !element.is_apart()) {
        if let Some(anchor) = element.attribute("href").strip_prefix('#').filter(|anchor| !anchor.is_empty())
        {
            found.insert(anchor.to_owned());
        }
        targets(&element.inside, found);
    }
}

struct Writer<'a> {
    out: String,
    linked: BTreeSet<String>,
    folder: Option<&'a str>,
    /// What is said where a chart stands as a table.
    not_drawn: &'static str,
    /// What stands between a term and what is said of it.
    colon: &'static str,
    /// What stands around an aside.
    brackets: (&'static str, &'static str),
    drawn: Vec<(String, String)>,
    /// Names and specifications.
    charts: Vec<(String, String)>,
}

impl Writer<'_> {
    fn blocks(&mut self, nodes: &[Node]) {
        // Text between blocks is a paragraph of its own.
        let mut line: Vec<&Node> = Vec::new();
        for node in nodes {
            match node {
                Node::Element(element) if element.is_apart() => {}
                Node::Element(element) if !element.is_inline() => {
                    self.paragraph(&std::mem::take(&mut line));
                    self.block(element);
                }
                other => line.push(other),
            }
        }
        self.paragraph(&line);
    }

    fn block(&mut self, element: &Element) {
        match element.name.as_str() {
            "nav" => {}
            "h1" | "h2" | "h3" | "h4" => self.heading(element),
            "p" if element.is("warn") => {
                let text = self.line(&element.inside);
                self.put(&format!("> {text}"));
            }
            "p" => self.paragraph(&element.inside.iter().collect::<Vec<_>>()),
            "ul" | "ol" => {
                let list = self.list(element, "");
                self.put(list.trim_end());
            }
            "dl" => self.definitions(element),
            "pre" => self.put(&format!("```\n{}\n```", element.text())),
            "table" => self.table(element),
            "figure" => self.figure(element),
            "summary" => {
                let text = self.line(&element.inside);
                self.put(&format!("**{text}**"));
            }
            _ => {
                self.anchor(element);
                self.blocks(&element.inside);
            }
        }
    }

    /// Adds a block.
    fn put(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.out.push_str(text);
            self.out.push_str("\n\n");
        }
    }

    /// The anchor of an element, if any text links to it.
    fn anchor(&mut self, element: &Element) {
        let id = element.attribute("id");
        if self.linked.contains(id) {
            self.put(&format!("<a id=\"{id}\"></a>"));
        }
    }

    fn heading(&mut self, element: &Element) {
        self.anchor(element);
        let level = element.name[1..].parse().unwrap_or(1);
        let text = self.line(&element.inside);
        self.put(&format!("{} {text}", "#".repeat(level)));
    }

    fn paragraph(&mut self, nodes: &[&Node]) {
        let nodes: Vec<Node> = nodes.iter().map(|node| (*node).clone()).collect();
        let text = self.line(&nodes);
        self.put(&harmless_start(&text));
    }

    /// Nodes as one line.
    fn line(&self, nodes: &[Node]) -> String {
        let mut out = String::new();
        self.inline(nodes, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches(['·', ' ']).to_owned()
    }

    fn inline(&self, nodes: &[Node], out: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(&escaped(text)),
                Node::Element(element) if element.is_apart() => {}
                Node::Element(element) => self.inline_element(element, out),
            }
        }
    }

    fn inline_element(&self, element: &Element, out: &mut String) {
        let inside = self.line(&element.inside);
        let padded =
            |mark: &str| if inside.is_empty() { String::new() } else { format!("{mark}{inside}{mark}") };
        match element.name.as_str() {
            "summary" | "div" => {}
            "b" | "strong" => out.push_str(&padded("**")),
            "i" | "em" => out.push_str(&padded("*")),
            "sub" | "sup" => out.push_str(&format!("<{0}>{inside}</{0}>", element.name)),
            "code" => out.push_str(&format!("`{}`", element.text().replace('`', "'"))),
            "br" => out.push_str(" · "),
            "small" => self.aside(&inside, out),
            "a" => out.push_str(&link(element.attribute("href"), &element.text(), &inside)),
            "p" => out.push_str(&format!(" · {inside}")),
            "span" if element.is("hint") => self.aside(&inside, out),
            "span" if element.is("also") => out.push_str(&format!(" · {inside}")),
            _ => self.inline(&element.inside, out),
        }
    }

    /// Text in brackets behind what stands there.
    fn aside(&self, inside: &str, out: &mut String) {
        let (open, close) = self.brackets;
        out.truncate(out.trim_end().len());
        out.push_str(&format!("{open}{inside}{close}"));
    }

    fn list(&self, list: &Element, indent: &str) -> String {
        let mark = if list.name == "ol" { "1." } else { "-" };
        let deeper = format!("{indent}{}", " ".repeat(mark.len() + 1));
        let mut out = String::new();
        for item in list.elements() {
            let (below, own): (Vec<Node>, Vec<Node>) = item.inside.iter().cloned().partition(|node| {
                matches!(node, Node::Element(element) if ["ul", "ol", "details"].contains(&element.name.as_str()))
            });
            let mut lines = vec![self.line(&own)];
            let mut lists = String::new();
            for element in elements(&below) {
                if element.name == "details" {
                    lines.extend(element.all("summary").iter().map(|summary| self.line(&summary.inside)));
                    element
                        .elements()
                        .filter(|e| e.name == "ul")
                        .for_each(|e| lists.push_str(&self.list(e, &deeper)));
                } else {
                    lists.push_str(&self.list(element, &deeper));
                }
            }
            lines.retain(|line| !line.is_empty());
            out.push_str(&format!("{indent}{mark} {}\n{lists}", lines.join(" ")));
        }
        out
    }

    /// Terms and what is said of them.
    fn definitions(&mut self, list: &Element) {
        let mut lines: Vec<String> = Vec::new();
        for element in list.elements() {
            let text = self.line(&element.inside);
            match (element.name.as_str(), lines.last_mut()) {
                ("dt", _) => {
                    let id = element.attribute("id");
                    let anchor =
                        if self.linked.contains(id) { format!("<a id=\"{id}\"></a>") } else { String::new() };
                    lines.push(format!("- {anchor}**{text}**"));
                }
                (_, Some(line)) => line.push_str(&format!("{}{text}", self.colon)),
                _ => {}
            }
        }
        self.put(&lines.join("\n"));
    }

    fn table(&mut self, table: &Element) {
        if let Some(caption) = table.all("caption").first() {
            for marked in caption.all("span") {
                self.anchor(marked);
            }
            let text = self.line(&caption.inside);
            self.put(&text);
        }
        let rows_of = |part: &str| -> Vec<&Element> {
            table.all(part).iter().flat_map(|part| part.elements()).filter(|row| row.name == "tr").collect()
        };
        let mut head: Vec<String> = Vec::new();
        for row in rows_of("thead") {
            for (at, cell) in self.cells(row).into_iter().enumerate() {
                match head.get_mut(at) {
                    None => head.push(cell),
                    Some(above) if !above.is_empty() && !cell.is_empty() => {
                        above.push_str(&format!(" · {cell}"))
                    }
                    Some(above) => above.push_str(&cell),
                }
            }
        }
        let rows: Vec<Vec<String>> = rows_of("tbody").into_iter().map(|row| self.row(row)).collect();
        self.put(&pipes(head, rows));
    }

    /// The cells of a line of headings: one over several columns stands above each.
    fn cells(&self, row: &Element) -> Vec<String> {
        let of = |cell: &Element| {
            let span = cell.attribute("colspan").parse().unwrap_or(1);
            std::iter::repeat_n(self.line(&cell.inside), span)
        };
        row.elements().flat_map(of).collect()
    }

    /// The cells of a row: one over several columns stands in the first.
    fn row(&self, row: &Element) -> Vec<String> {
        let mut cells = Vec::new();
        for cell in row.elements() {
            let id = cell.elements().map(|inner| inner.attribute("id")).find(|id| self.linked.contains(*id));
            let anchor = id.map(|id| format!("<a id=\"{id}\"></a>")).unwrap_or_default();
            cells.push(anchor + &self.line(&cell.inside));
            let span = cell.attribute("colspan").parse().unwrap_or(1usize);
            cells.resize(cells.len() + span - 1, String::new());
        }
        cells
    }

    /// A figure: its charts or drawing, or the rows of them; tables within it as they are.
    fn figure(&mut self, figure: &Element) {
        self.anchor(figure);
        let name = figure.attribute("id");
        let charts = plots(&figure.inside).len();
        let drawing = figure.elements().find(|element| element.name == "svg");
        match (self.folder, drawing) {
            _ if charts == 0 && drawing.is_none() => {
                let body: Vec<Node> =
                    figure.inside.iter().filter(|node| !is_caption(node)).cloned().collect();
                self.blocks(&body);
            }
            (None, _) => {
                let rows = figure.all("script").into_iter().find(|script| script.is("rows"));
                self.put(&rows.map(rows_as_table).unwrap_or_default());
                self.put(&format!("*{}*", self.not_drawn));
            }
            (Some(folder), Some(svg)) => {
                let file = format!("{name}.svg");
                self.put(&format!("![{}]({folder}/{file})", escaped(svg.attribute("aria-label"))));
                self.drawn.push((file, standing(svg)));
            }
            (Some(folder), None) => self.panels(&figure.inside, folder, name, charts),
        }
        for caption in figure.elements().filter(|element| element.name == "figcaption") {
            let text = self.line(&caption.inside);
            self.put(&text);
        }
    }

    /// The charts of a figure, each under its heading.
    fn panels(&mut self, nodes: &[Node], folder: &str, name: &str, all: usize) {
        for element in elements(nodes) {
            if element.name == "h4" {
                let text = self.line(&element.inside);
                self.put(&format!("**{text}**"));
            } else if element.is("plot") {
                let spec = element.all("script").first().map(|script| raw(script)).unwrap_or_default();
                let part =
                    if all > 1 { format!("{name}-{}", self.charts_of(name) + 1) } else { name.to_owned() };
                let file = format!("{part}.svg");
                self.put(&format!("![{}]({folder}/{file})", escaped(element.attribute("aria-label"))));
                self.charts.push((file, spec));
            } else {
                self.panels(&element.inside, folder, name, all);
            }
        }
    }

    /// How many charts of a figure there are so far.
    fn charts_of(&self, name: &str) -> usize {
        self.charts.iter().filter(|(file, _)| file.starts_with(&format!("{name}-"))).count()
    }
}

fn is_caption(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.name == "figcaption")
}

/// The boxes of charts.
fn plots(nodes: &[Node]) -> Vec<&Element> {
    let mut found = Vec::new();
    for element in elements(nodes) {
        if element.is("plot") { found.push(element) } else { found.extend(plots(&element.inside)) }
    }
    found
}

/// The text within an element as it is.
fn raw(element: &Element) -> String {
    element.inside.iter().map(|node| if let Node::Text(text) = node { text.as_str() } else { "" }).collect()
}

/// The rows of a figure as a table.
fn rows_as_table(script: &Element) -> String {
    let data: Value = serde_json::from_str(&raw(script)).unwrap_or_default();
    let cell = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => escaped(text),
        other => other.to_string(),
    };
    let row = |row: &Value| row.as_array().into_iter().flatten().map(cell).collect::<Vec<_>>();
    pipes(row(&data["head"]), data["rows"].as_array().into_iter().flatten().map(row).collect())
}

/// A pipe table. Without headings it gets empty ones, for there must be some; columns of drawings, in which no row says anything, are left
/// out.
fn pipes(head: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let says = |at: &usize| rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.is_empty()));
    let kept: Vec<usize> = (0..columns).filter(says).collect();
    let width = kept.len();
    if width == 0 {
        return String::new();
    }
    let line = |cells: Vec<String>| {
        let cells: Vec<&str> = kept.iter().map(|at| cells.get(*at).map_or("", String::as_str)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", " --- |".repeat(width));
    let body: String = rows.iter().cloned().map(line).collect();
    (line(head) + &rule + &body).trim_end().to_owned()
}

/// A link; an address that is its own text stands as such.
fn link(href: &str, text: &str, inside: &str) -> String {
    if href == text { format!("<{href}>") } else { format!("[{inside}](<{href}>)") }
}

/// Text in which nothing means anything to a reader of Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>&|~$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A paragraph that does not begin like a heading, a list or a rule.
fn harmless_start(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    match text[digits..].chars().next() {
        Some('#' | '+' | '-' | '=') if digits == 0 => format!("\\{text}"),
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text.to_owned(),
    }
}

/// A drawing that stands by itself, with the rules by which the page colours it.
fn standing(svg: &Element) -> String {
    let style: String = include_str!("page.css")
        .lines()
        .filter_map(|line| line.strip_prefix("svg.timeline"))
        .map(|rule| {
            // What applies to the drawing as a whole has no name before its brace.
            if rule.starts_with('{') { format!("svg{rule}\n") } else { format!("{}\n", rule.trim_start()) }
        })
        .collect();
    let mut out = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\"");
    attributes(svg, &mut out);
    out.push_str(&format!("><style>svg{{font-family:sans-serif;color:#20252e}}\n{style}</style>"));
    drawn(&svg.inside, &mut out);
    out + "</svg>\n"
}

fn drawn(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(&super::escape(text)),
            Node::Element(element) => {
                out.push_str(&format!("<{}", element.name));
                attributes(element, out);
                out.push('>');
                drawn(&element.inside, out);
                out.push_str(&format!("</{}>", element.name));
            }
        }
    }
}

fn attributes(element: &Element, out: &mut String) {
    for (key, value) in &element.attributes {
        // Names of attributes are read in small letters; in a drawing this one has a capital.
        let key = if key == "viewbox" { "viewBox" } else { key };
        out.push_str(&format!(" {key}=\"{}\"", super::escape(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(html: &str, folder: Option<&str>) -> Writer<'static> {
        let nodes = read(html);
        let mut linked = BTreeSet::new();
        targets(&nodes, &mut linked);
        let folder = folder.map(|_| "x_files");
        let mut writer = Writer {
            out: String::new(),
            linked,
            folder,
            not_drawn: "Not drawn.",
            colon: ": ",
            brackets: (" (", ")"),
            drawn: Vec::new(),
            charts: Vec::new(),
        };
        writer.blocks(&nodes);
        writer
    }

    fn text(html: &str) -> String {
        converted(html, None).out.trim().to_owned()
    }

    #[test]
    fn lines_keep_what_they_stress_and_cannot_be_misread() {
        for (html, expected) in [
            ("<p>a <b>b</b> &amp; <i>c</i><sub>k</sub></p>", "a **b** \\& *c*<sub>k</sub>"),
            ("<p>2 * 3 | x_y [z] $1</p>", "2 \\* 3 \\| x\\_y \\[z\\] \\$1"),
            ("<p>1. May</p>", "1\\. May"),
            ("<p># no heading</p>", "\\# no heading"),
            ("<p>2024–2025</p>", "2024–2025"),
            ("<p class=\"warn\">mind</p>", "> mind"),
            ("<h3 id=\"x\">Title<a class=\"permalink\" href=\"#x\">#</a></h3>", "### Title"),
            ("<p><a href=\"https://e.org/a_b\">https://e.org/a_b</a></p>", "<https://e.org/a_b>"),
            ("<p><code>a`b_c</code></p>", "`a'b_c`"),
            ("<div>left <p>right</p></div>", "left\n\nright"),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn places_that_are_linked_to_keep_their_anchor() {
        assert_eq!(
            text("<p><a href=\"#y\">see</a></p><h3 id=\"y\">Y</h3><h3 id=\"z\">Z</h3>"),
            "[see](<#y>)\n\n<a id=\"y\"></a>\n\n### Y\n\n### Z"
        );
    }

    #[test]
    fn tables_become_pipe_tables() {
        let html = "<table><caption><b>Table 1.</b> All <button class=\"csv script\">CSV</button></caption><thead>\
            <tr><th></th><th colspan=\"2\">G</th></tr><tr><th>A</th><th>B</th><th>C</th></tr></thead><tbody>\
            <tr><th>x | y</th><td>34%<small>28–41</small></td><td>1<span class=\"also\">n</span></td></tr>\
            <tr><th colspan=\"3\" class=\"group\"><b>sum</b></th></tr></tbody></table>\
            <table><tbody><tr><th>a</th><td><svg class=\"strip\"></svg></td><td>b</td></tr></tbody></table>";
        assert_eq!(
            text(html),
            "**Table 1.** All\n\n| A | G · B | G · C |\n| --- | --- | --- |\n| x \\| y | 34% (28–41) | 1 · n |\n| **sum** |  |  |\n\n\
             |  |  |\n| --- | --- |\n| a | b |"
        );
    }

    #[test]
    fn lists_and_definitions_keep_their_order() {
        assert_eq!(
            text(
                "<ul><li>a<ul><li>b</li></ul></li><li><details><summary>more</summary><ul><li>c</li></ul></details></li></ul>"
            ),
            "- a\n  - b\n- more\n  - c"
        );
        assert_eq!(text("<dl><dt>t</dt><dd><b>v</b></dd><dd>means</dd></dl>"), "- **t**: **v**: means");
    }

    const FIGURE: &str = "<figure id=\"figure-f-en\"><div class=\"plot\" aria-label=\"what\"><script type=\"application/json\">{\"data\":[]}</script></div>\
        <figcaption><b>Figure 1.</b> F</figcaption><script type=\"application/json\" class=\"rows\">{\"head\":[\"A\",\"B\"],\"rows\":[[\"x\",null],[\"y\",2.5]]}</script></figure>";

    #[test]
    fn charts_are_pictures_or_the_rows_they_draw() {
        let drawn = converted(FIGURE, Some("x_files"));
        assert_eq!(drawn.out.trim(), "![what](x_files/figure-f-en.svg)\n\n**Figure 1.** F");
        assert_eq!(drawn.charts, [("figure-f-en.svg".to_owned(), "{\"data\":[]}".to_owned())]);
        assert_eq!(
            text(FIGURE),
            "| A | B |\n| --- | --- |\n| x | – |\n| y | 2.5 |\n\n*Not drawn.*\n\n**Figure 1.** F"
        );
    }

    #[test]
    fn drawings_stand_by_themselves() {
        let html = "<figure id=\"f\"><svg class=\"timeline\" viewBox=\"0 0 9 9\" aria-label=\"t\"><rect class=\"touched\" x=\"1\"/></svg>\
            <figcaption>c</figcaption></figure>";
        let drawn = &converted(html, Some("x_files")).drawn;
        assert_eq!(drawn[0].0, "f.svg");
        assert!(drawn[0].1.contains("viewBox=\"0 0 9 9\"") && drawn[0].1.contains(".touched{fill:"));
    }
}
