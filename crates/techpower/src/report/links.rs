//! By what a part of the report can be cited and taken along: anchors that stay when other parts are added, links to them, and the button that
//! hands out the rows of a figure or table.
//!
//! An anchor is made from an id of the study or of the report, never from a running number, and ends with the language: `table-ranks-market-en`.

use super::words::{Heading, View};

/// A link to a place, seen when the pointer or the keyboard comes near it.
pub(super) fn permalink(view: View<'_>, anchor: &str) -> String {
    format!(
        "<a class=\"permalink\" href=\"#{anchor}\" aria-label=\"{0}\" title=\"{0}\">#</a>",
        view.word("permalink")
    )
}

/// A heading below that of a section, by the id of its word: `map-title` has the anchor `map-en`.
pub(super) fn titled(view: View<'_>, word: &str) -> String {
    heading(view, word.trim_end_matches("-title"), view.word(word))
}

/// A heading below that of a section; the title is HTML. The table of contents lists it.
pub(super) fn heading(view: View<'_>, name: &str, title: &str) -> String {
    let anchor = view.anchor_of(name);
    view.keep(Heading { anchor: anchor.clone(), title: title.to_owned() });
    format!("<h3 id=\"{anchor}\">{title}{}</h3>\n", permalink(view, &anchor))
}

/// The running number of a figure or table with a link to it.
pub(super) fn label(view: View<'_>, anchor: &str, number: &str) -> String {
    format!("<b>{number}</b>{}", permalink(view, anchor))
}

/// The button by which the rows of a figure or table can be saved.
pub(super) fn csv(view: View<'_>) -> String {
    format!(" <button type=\"button\" class=\"csv script\" title=\"{}\">CSV</button>", view.word("csv"))
}
