//! Markdown as a page: headings with anchors, tables that scroll by themselves, links as the caller decides. HTML within it is shown, not obeyed.

use std::collections::BTreeSet;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::escape;

/// Where a link of a page leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    /// To an address.
    To(String),
    /// Nowhere: its text is set off.
    Marked,
    /// Nowhere: its text stands as any other.
    Nowhere,
}

impl Lead {
    /// Whether an address is one of the web.
    #[must_use]
    pub fn is_web(address: &str) -> bool {
        address.starts_with("https://") || address.starts_with("http://")
    }
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its sections in order. What stands before the first heading is of none.
    pub sections: Vec<Section>,
    /// HTML.
    pub html: String,
}

/// A section of a page: a heading, and what stands below it up to the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// Level of the heading as written, from 1.
    pub level: u8,
    /// The heading as text.
    pub title: String,
    /// Name of the place, as GitHub makes it of the heading; unique within the page.
    pub anchor: String,
    /// Text of the section, its heading first.
    pub text: String,
}

impl Page {
    /// The title: the first heading; empty if there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.sections.first().map_or("", |first| &first.title)
    }

    /// Reads a page. `level` is that of its title in HTML, below which the others follow.
    ///
    /// ```
    /// use techpower::text::markdown::{Lead, Page};
    /// let page = Page::read("# Wie\n## So & so\n[a](b.md) <b>", 2, |to| Lead::To(format!("/docs?page={to}")));
    /// assert_eq!(page.title(), "Wie");
    /// assert_eq!(page.sections[1].anchor, "so--so");
    /// let html = "<h3 id=\"so--so\">So &amp; so</h3>\n<p><a href=\"/docs?page=b.md\">a</a> &lt;b&gt;</p>\n";
    /// assert!(page.html.ends_with(html));
    /// ```
    #[must_use]
    pub fn read(markdown: &str, level: u8, lead: impl Fn(&str) -> Lead) -> Page {
        let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
        let mut reader = Reader {
            level,
            lead,
            sections: Vec::new(),
            anchors: BTreeSet::new(),
            links: Vec::new(),
            out: Vec::new(),
        };
        let mut rest = events.as_slice();
        while let Some((event, after)) = rest.split_first() {
            rest = reader.take(event, after);
        }
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, reader.out.into_iter());
        Page { sections: reader.sections, html }
    }
}

/// A page as it is read.
struct Reader<'a, F> {
    level: u8,
    lead: F,
    sections: Vec<Section>,
    anchors: BTreeSet<String>,
    /// How the open links are closed.
    links: Vec<Option<Event<'a>>>,
    out: Vec<Event<'a>>,
}

impl<'a, F: Fn(&str) -> Lead> Reader<'a, F> {
    /// Takes an event, and of those after it what belongs to it; what is left.
    fn take<'b>(&mut self, event: &Event<'a>, after: &'b [Event<'a>]) -> &'b [Event<'a>] {
        match event {
            Event::Start(Tag::Heading { level, .. }) => return self.heading(*level as u8, after),
            // HTML is shown, not obeyed.
            Event::Html(text) | Event::InlineHtml(text) => self.text(text, Event::Text(text.clone())),
            Event::Text(text) | Event::Code(text) => self.text(text, event.clone()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let (open, close) = opened((self.lead)(dest_url));
                self.out.extend(open);
                self.links.push(close);
            }
            Event::End(TagEnd::Link) => self.out.extend(self.links.pop().flatten()),
            // A picture would have to be fetched.
            Event::Start(Tag::Image { .. }) => self.out.push(Event::Start(Tag::Emphasis)),
            Event::End(TagEnd::Image) => self.out.push(Event::End(TagEnd::Emphasis)),
            Event::Start(Tag::Table(_)) => {
                let label = columns(after);
                let heading = self.sections.last().map_or("", |section| &section.title);
                let label = escape(if label.is_empty() { heading } else { &label });
                self.html(format!(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">"
                ));
                self.out.push(event.clone());
            }
            Event::End(TagEnd::Table) => {
                self.out.push(event.clone());
                self.html("</div>\n".to_owned());
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => self.out.push(event.clone()),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => self.text(" ", event.clone()),
            other => self.out.push(other.clone()),
        }
        after
    }

    fn text(&mut self, text: &str, event: Event<'a>) {
        if let Some(section) = self.sections.last_mut() {
            section.text.push_str(text);
        }
        self.out.push(event);
    }

    fn html(&mut self, html: String) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    /// A heading begins a section.
    fn heading<'b>(&mut self, level: u8, after: &'b [Event<'a>]) -> &'b [Event<'a>] {
        let end = after.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
        let (mut inside, rest) = after.split_at(end.unwrap_or(after.len()));
        let title = plain(inside).trim().to_owned();
        let anchor = self.anchor(&title);
        let depth = self.level.saturating_add(level - 1).clamp(1, 6);
        self.html(format!("<h{depth} id=\"{}\">", escape(&anchor)));
        self.sections.push(Section { level, title, anchor, text: String::new() });
        while let Some((event, after)) = inside.split_first() {
            inside = self.take(event, after);
        }
        self.text(" ", Event::InlineHtml(format!("</h{depth}>\n").into()));
        rest.split_first().map_or(rest, |(_, rest)| rest)
    }

    /// The name of a heading's place: its letters, digits, `-` and `_` in small letters, blanks as `-`, numbered from the second of a name.
    fn anchor(&mut self, title: &str) -> String {
        let title = title.to_lowercase();
        let kept = title.chars().filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        });
        let name: String = kept.collect();
        let numbered = (1..).map(|n| format!("{name}-{n}"));
        let anchor = std::iter::once(name.clone()).chain(numbered).find(|one| !self.anchors.contains(one));
        let anchor = anchor.unwrap_or(name);
        self.anchors.insert(anchor.clone());
        anchor
    }
}

/// How a link is opened and closed.
fn opened<'a>(lead: Lead) -> (Option<Event<'a>>, Option<Event<'a>>) {
    match lead {
        Lead::To(address) => {
            let away = if Lead::is_web(&address) { " rel=\"noreferrer\"" } else { "" };
            let open = format!("<a href=\"{}\"{away}>", escape(&address));
            (Some(Event::InlineHtml(open.into())), Some(Event::InlineHtml(CowStr::Borrowed("</a>"))))
        }
        Lead::Marked => (Some(Event::Start(Tag::Emphasis)), Some(Event::End(TagEnd::Emphasis))),
        Lead::Nowhere => (None, None),
    }
}

/// The text of events.
fn plain(events: &[Event<'_>]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => Some(text),
        _ => None,
    });
    texts.map(|text| text.as_ref()).collect()
}

/// The headings of a table's columns, by which it can be told from others.
fn columns(table: &[Event<'_>]) -> String {
    let head = table.split(|event| matches!(event, Event::End(TagEnd::TableHead))).next().unwrap_or_default();
    let cells = head.split(|event| matches!(event, Event::End(TagEnd::TableCell))).map(plain);
    cells.filter(|cell| !cell.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Page {
        Page::read(markdown, 1, |to| if Lead::is_web(to) { Lead::To(to.to_owned()) } else { Lead::Nowhere })
    }

    #[test]
    fn headings_get_the_anchors_that_github_makes() {
        let page = read(
            "# Power, and claims\n## Power (`infer`)\n## 论断（`claims`）\n## A–B_c *d*\n## Power (infer)\n",
        );
        let anchors: Vec<&str> = page.sections.iter().map(|section| section.anchor.as_str()).collect();
        assert_eq!(anchors, ["power-and-claims", "power-infer", "论断claims", "ab_c-d", "power-infer-1"]);
        assert!(
            page.html.contains("<h2 id=\"论断claims\">论断（<code>claims</code>）</h2>"),
            "{}",
            page.html
        );
    }

    #[test]
    fn sections_hold_their_text() {
        let page =
            read("Before.\n\n# Title\nO*ne* `two`\nthree.\n\n## Next\n| a | b |\n|---|---|\n| c | d |\n");
        assert_eq!(page.title(), "Title");
        assert_eq!(
            page.sections[0].text.split_whitespace().collect::<Vec<_>>(),
            ["Title", "One", "two", "three."]
        );
        assert_eq!(
            page.sections[1].text.split_whitespace().collect::<Vec<_>>(),
            ["Next", "a", "b", "c", "d"]
        );
        assert!(page.html.contains("role=\"region\" aria-label=\"a · b\"><table>"), "{}", page.html);
    }

    #[test]
    fn nothing_in_a_page_is_obeyed() {
        let page =
            read("<script>x</script>\n\n[a](javascript:x) [b](https://example.org/\"><b>) ![c](d.png) `<i>`");
        assert!(!page.html.contains("<script") && !page.html.contains("javascript"), "{}", page.html);
        assert!(!page.html.contains("<img") && !page.html.contains("<b>") && !page.html.contains("<i>"));
        let page = read("[b](https://example.org/?a=1&b=2)");
        let link = "<a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noreferrer\">b</a>";
        assert!(page.html.contains(link), "{}", page.html);
    }
}
