//! What pages load: styles and scripts, all in memory.

use std::sync::LazyLock;

use techpower::{disk, report};

static PLOTLY: LazyLock<String> = LazyLock::new(report::plotly);

/// Names of all assets.
const NAMES: [&str; 5] = ["report.css", "style.css", "live.js", "figures.js", "plotly.js"];

/// An asset by its name: its type and its bytes.
pub(super) fn find(name: &str) -> Option<(&'static str, &'static str)> {
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    Some(match name {
        "report.css" => (CSS, report::STYLE),
        "style.css" => (CSS, include_str!("assets/style.css")),
        "live.js" => (JS, include_str!("assets/live.js")),
        "figures.js" => (JS, include_str!("assets/figures.js")),
        "plotly.js" => (JS, PLOTLY.as_str()),
        _ => return None,
    })
}

/// Changes with every asset, so that a browser never keeps an old one.
pub(super) fn stamp() -> &'static str {
    static STAMP: LazyLock<String> = LazyLock::new(|| {
        let texts = NAMES.iter().filter_map(|name| find(name)).map(|(_, text)| text);
        disk::hash(texts.collect::<String>().as_bytes())[..12].to_owned()
    });
    &STAMP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_whole_and_nothing_else_is_there() {
        for name in NAMES {
            assert!(find(name).is_some_and(|(_, text)| text.len() > 200), "{name}");
        }
        assert!(find("plotly.js").is_some_and(|(_, text)| text.len() > 1 << 20 && !text.contains("<script")));
        assert!(find("../Cargo.toml").is_none() && find("").is_none());
    }
}
