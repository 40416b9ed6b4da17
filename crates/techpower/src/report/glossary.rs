//! The glossary: the terms that the report uses, in plain words, with where each first counts. Terms of the theory are defined by the
//! codebook, those of measurement by the words of the report; a term that does not occur is left out.

use std::collections::BTreeSet;

use super::Section;
use super::elements::{Element, Node, read};
use super::links;
use super::table::closed;
use super::words::{View, escape, slug};
use crate::codebook::Page;
use crate::diag::Lang;

/// Terms of measurement and statistics. Of each the catalogue has the name, the definition, and the words by which it is found,
/// parted by `|`; `*` stands for the rest of a word.
const TERMS: [&str; 33] = [
    "draw",
    "interval",
    "probability",
    "nominal",
    "acceptability",
    "central-weights",
    "sensitivity",
    "normalisation",
    "winsorise",
    "exposure",
    "denial",
    "elasticity",
    "leontief",
    "veto",
    "banzhaf",
    "shapley",
    "pivotality",
    "specification",
    "herfindahl",
    "spearman",
    "potential",
    "reliance",
    "weighted-acts",
    "balassa",
    "bootstrap",
    "prior",
    "corollary",
    "base-rate",
    "log-score",
    "dealt",
    "kappa",
    "alpha",
    "permutation",
];
/// Kinds of pages of which every name that stands anywhere in the report is a term.
const ANYWHERE: [&str; 3] = ["type", "source", "arena"];
/// Kinds of pages that are terms if an event bears them. Their names are words of every day, so that only the events tell.
const OF_EVENTS: [&str; 3] = ["layer", "mode", "status"];
/// Places that are named for a term.
const PLACES: usize = 2;

/// A stretch of the report under one heading.
struct Place {
    section: &'static str,
    anchor: String,
    title: String,
    text: String,
    /// The same in small letters.
    small: String,
}

pub(super) fn section(view: View<'_>, sections: &[Section]) -> String {
    let places = places(view, sections);
    let mut out = view.paragraph("glossary-text", &[]);
    let theory = theory(view, &places);
    if !theory.is_empty() {
        out.push_str(&(links::titled(view, "glossary-theory-title") + &theory));
    }
    let entries: String = TERMS.iter().filter_map(|id| measured(view, id, &places)).collect();
    if !entries.is_empty() {
        out.push_str(&links::titled(view, "glossary-measures-title"));
        out.push_str(&format!("<dl class=\"glossary\">\n{entries}</dl>\n"));
    }
    out
}

/// The report in stretches from heading to heading.
fn places(view: View<'_>, sections: &[Section]) -> Vec<Place> {
    let mut list: Vec<Place> = Vec::new();
    for section in sections {
        let start = Place {
            section: section.name,
            anchor: view.anchor(section.name),
            title: view.word(section.name).to_owned(),
            text: String::new(),
            small: String::new(),
        };
        list.push(start);
        walk(&read(&section.body), &mut list);
    }
    for place in &mut list {
        place.small = place.text.to_lowercase();
    }
    list
}

fn walk(nodes: &[Node], list: &mut Vec<Place>) {
    for node in nodes {
        match node {
            Node::Element(element) if element.is_apart() => {}
            Node::Element(element) if element.name == "h3" => list.extend(headed(element, list)),
            Node::Element(element) => {
                let edge = if element.is_set_off() { "\n" } else { "" };
                say(list, edge);
                walk(&element.inside, list);
                say(list, edge);
            }
            Node::Text(text) => say(list, text),
        }
    }
}

/// The stretch that a heading begins.
fn headed(heading: &Element, list: &[Place]) -> Option<Place> {
    let title = heading.text();
    Some(Place {
        section: list.last()?.section,
        anchor: heading.attribute("id").to_owned(),
        text: title.clone() + "\n",
        title: escape(&title),
        small: String::new(),
    })
}

fn say(list: &mut [Place], text: &str) {
    if let Some(place) = list.last_mut() {
        place.text.push_str(text);
    }
}

/// Whether a word stands in a text, and not within another word; one that ends with `*` may go on.
fn stands(text: &str, word: &str) -> bool {
    let (word, open) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let edge = |own: Option<char>, other: Option<char>| !(letter(own) && letter(other));
    text.match_indices(word).any(|(at, _)| {
        edge(word.chars().next(), text[..at].chars().next_back())
            && (open || edge(word.chars().next_back(), text[at + word.len()..].chars().next()))
    })
}

/// The first places at which `found` holds, as links.
fn links_to<'a>(places: impl Iterator<Item = &'a Place>, found: impl Fn(&Place) -> bool) -> Vec<String> {
    places
        .filter(|place| found(place))
        .take(PLACES)
        .map(|place| format!("<a href=\"#{}\">{}</a>", place.anchor, place.title))
        .collect()
}

/// An entry: its name, its definition, and what stands below.
fn entry(view: View<'_>, id: &str, name: &str, kind: &str, definition: &str, below: &[String]) -> String {
    let anchor = view.anchor_of(&format!("term-{}", slug(id)));
    let kind = if kind.is_empty() { String::new() } else { format!(" <span class=\"hint\">{kind}</span>") };
    format!(
        "<dt id=\"{anchor}\">{name}{}{kind}</dt><dd>{definition}<span class=\"also\">{}</span></dd>\n",
        links::permalink(view, &anchor),
        below.join(view.gap())
    )
}

/// A term of measurement; `None` if it does not occur.
fn measured(view: View<'_>, id: &str, places: &[Place]) -> Option<String> {
    let cues: Vec<String> =
        view.word(&format!("gloss-{id}-cue")).split('|').map(|cue| cue.to_lowercase()).collect();
    let found = |place: &Place| cues.iter().any(|cue| stands(&place.small, cue));
    let used = links_to(places.iter(), found);
    if used.is_empty() {
        return None;
    }
    let (name, definition) = (view.word(&format!("gloss-{id}-term")), view.word(&format!("gloss-{id}")));
    Some(entry(view, id, name, "", definition, &[where_used(view, &used)]))
}

fn where_used(view: View<'_>, used: &[String]) -> String {
    view.say("glossary-used", &[("places", used.join(view.word("comma")))])
}

/// The terms of the codebook that occur.
fn theory(view: View<'_>, places: &[Place]) -> String {
    let pages = &view.c.study.codebook.pages;
    let of_kind = |kind: &'static str| pages.iter().filter(move |page| page.kind == kind);
    let mut entries = String::new();
    for page in ANYWHERE.iter().flat_map(|kind| of_kind(kind)) {
        let names = names(view, page);
        let used = links_to(places.iter(), |place| {
            names.iter().any(|name| stands(&place.small, &name.to_lowercase()))
        });
        if !used.is_empty() {
            entries.push_str(&defined(view, page, &used));
        }
    }
    let borne = borne(view);
    let list = |page: &Page| {
        let name = page.name(view.lang);
        let events = places.iter().filter(|place| place.section == "events" && stands(&place.text, name));
        defined(view, page, &links_to(events, |_| true))
    };
    let bears = |page: &&Page| borne.contains(&(page.kind.as_str(), page.id.as_str()));
    OF_EVENTS
        .iter()
        .flat_map(|kind| of_kind(kind))
        .filter(bears)
        .for_each(|page| entries.push_str(&list(page)));
    if entries.is_empty() {
        return entries;
    }
    let mut out = format!("<dl class=\"glossary\">\n{entries}</dl>\n");
    let instruments: Vec<String> = of_kind("instrument").filter(bears).map(list).collect();
    if !instruments.is_empty() {
        let summary = view.say("glossary-instruments", &[("n", instruments.len().to_string())]);
        out.push_str(&closed(&summary, &format!("<dl class=\"glossary\">\n{}</dl>", instruments.concat())));
    }
    out
}

/// What a page is called: its name, and of a type the short form too.
fn names(view: View<'_>, page: &Page) -> Vec<String> {
    let mut names = vec![page.name(view.lang).to_owned()];
    if page.kind == "type" {
        let k = view.types().iter().position(|kind| kind.id == page.id);
        names.extend(k.map(|k| super::words::plain(&view.power_short(k))));
    }
    names
}

/// The kinds and ids of what the events bear.
fn borne(view: View<'_>) -> BTreeSet<(&str, &str)> {
    let events = view.c.study.events.iter();
    events
        .flat_map(|event| {
            [
                ("layer", event.layer.as_str()),
                ("mode", event.mode.as_str()),
                ("status", event.status.as_str()),
                ("instrument", event.instrument.as_str()),
            ]
        })
        .collect()
}

/// A term with the first paragraph of its page in the codebook.
fn defined(view: View<'_>, page: &Page, used: &[String]) -> String {
    let other = if view.lang == Lang::En { Lang::Zh } else { Lang::En };
    let text = [view.lang, other]
        .iter()
        .find_map(|lang| page.sections.get(lang)?.first())
        .map_or("", |section| section.text.as_str());
    let first = text.split("\n\n").next().unwrap_or_default();
    let manual = if view.c.study.options.about.codebook == "builtin" {
        "glossary-manual"
    } else {
        "glossary-manual-own"
    };
    let mut below = Vec::new();
    if !used.is_empty() {
        below.push(where_used(view, used));
    }
    below.push(view.say(manual, &[("id", escape(&page.id))]));
    let kind = view.term("page-kind", &page.kind);
    let id = format!("{}-{}", page.kind, page.id);
    entry(view, &id, &escape(page.name(view.lang)), &kind, &marked(first), &below)
}

/// Markdown of a paragraph as HTML: what stands between stars is stressed, between backticks code; everything else is escaped.
fn marked(text: &str) -> String {
    let stressed = alternating(&escape(text), '`', "code");
    alternating(&stressed, '*', "em")
}

/// Every second part between signs put into an element, if the signs come in pairs.
fn alternating(html: &str, sign: char, element: &str) -> String {
    let parts: Vec<&str> = html.split(sign).collect();
    if parts.len().is_multiple_of(2) {
        return html.to_owned();
    }
    let mark = |(at, part): (usize, &&str)| {
        if at % 2 == 1 { format!("<{element}>{part}</{element}>") } else { (*part).to_owned() }
    };
    parts.iter().enumerate().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_within_another_is_not_found() {
        assert!(stands("a veto, so", "veto"));
        assert!(stands("vetoed", "veto*") && !stands("vetoed", "veto") && !stands("unsupported", "support"));
        assert!(stands("拥有否决权的供应者", "否决权"));
    }

    #[test]
    fn marks_of_a_paragraph_become_elements_and_nothing_else_does() {
        assert_eq!(marked("not *discourse* <b>"), "not <em>discourse</em> &lt;b&gt;");
        assert_eq!(marked("target `*`"), "target <code>*</code>");
    }
}
