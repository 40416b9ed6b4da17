//! The report's own HTML read back as a tree, for what is made from it: where the terms of the glossary stand, and the report in Markdown.
//!
//! Only what this report writes is understood: elements are closed in the order in which they were opened.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements that have no end tag.
const VOID: [&str; 4] = ["br", "input", "hr", "meta"];

/// A piece of text or an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Text, without entities.
    Text(String),
    /// An element with what stands in it.
    Element(Element),
}

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) inside: Vec<Node>,
}

impl Element {
    /// An attribute; empty if there is none.
    pub(super) fn attribute(&self, key: &str) -> &str {
        self.attributes.get(key).map_or("", String::as_str)
    }

    /// Whether it has a class.
    pub(super) fn is(&self, class: &str) -> bool {
        self.attribute("class").split_whitespace().any(|own| own == class)
    }

    /// Whether it is there to be used or drawn, and is no text of the report.
    pub(super) fn is_apart(&self) -> bool {
        ["script", "svg", "button", "select", "input", "output"].contains(&self.name.as_str())
            || ["permalink", "spot", "script", "bar", "print", "legend", "screen"]
                .iter()
                .any(|class| self.is(class))
            || self.attribute("aria-hidden") == "true"
    }

    /// Whether it stands within a line.
    pub(super) fn is_inline(&self) -> bool {
        const INLINE: [&str; 12] =
            ["a", "b", "i", "em", "strong", "code", "span", "sub", "sup", "small", "br", "output"];
        INLINE.contains(&self.name.as_str())
    }

    /// Whether its text is apart from that beside it.
    pub(super) fn is_set_off(&self) -> bool {
        !self.is_inline() || self.is("also") || ["small", "br"].contains(&self.name.as_str())
    }

    /// The elements directly within it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        elements(&self.inside)
    }

    /// All elements within it that have a name, from the top down; not those within such an element.
    pub(super) fn all(&self, name: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        for element in self.elements() {
            if element.name == name { found.push(element) } else { found.extend(element.all(name)) }
        }
        found
    }

    /// Its text with every run of blanks as one.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        gather(&self.inside, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The elements among nodes.
pub(super) fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

/// The text of nodes; what is apart is left out, and blocks do not run into each other.
fn gather(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.is_apart() => {}
            Node::Element(element) => {
                let edge = if element.is_set_off() { "\n" } else { "" };
                out.push_str(edge);
                gather(&element.inside, out);
                out.push_str(edge);
            }
        }
    }
}

/// Reads HTML of the report.
pub(super) fn read(html: &str) -> Vec<Node> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut open = vec![Element::default()];
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attributes = tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect();
                let element = Element { name: text(&tag.name), attributes, inside: Vec::new() };
                if tag.self_closing || VOID.contains(&element.name.as_str()) {
                    put(&mut open, Node::Element(element));
                } else {
                    open.push(element);
                }
            }
            Token::EndTag(tag) => {
                debug_assert_eq!(open.last().map(|element| element.name.clone()), Some(text(&tag.name)));
                close(&mut open);
            }
            Token::String(string) => put(&mut open, Node::Text(text(&string))),
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|root| root.inside).unwrap_or_default()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn put(open: &mut [Element], node: Node) {
    if let Some(element) = open.last_mut() {
        element.inside.push(node);
    }
}

/// Ends the innermost element; the root stays.
fn close(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(element) = open.pop()
    {
        put(open, Node::Element(element));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_with_their_text_and_attributes() {
        let nodes =
            read("<p class=\"a b\">x &amp; <b>y</b><br>z<svg><title>t</title><path d=\"M\"/></svg></p>");
        let p = elements(&nodes).next().expect("a paragraph");
        assert!(p.is("b") && !p.is("c"));
        assert_eq!(p.text(), "x & y z");
        assert_eq!(p.all("path").len(), 1);
    }

    #[test]
    fn scripts_are_kept_as_they_are_and_are_no_text() {
        let nodes = read("<div><script type=\"application/json\">{\"a\":\"\\u003cb>\"}</script>t</div>");
        let div = elements(&nodes).next().expect("an element");
        assert_eq!(div.text(), "t");
        assert_eq!(div.all("script")[0].inside, [Node::Text("{\"a\":\"\\u003cb>\"}".to_owned())]);
    }
}
