//! The report: all results as one page that needs nothing but a browser, in English and Chinese.
//!
//! Pure and only layout: every number comes from the results of the stages before. What a study says is escaped; figures
//! stand beside the tables that hold their numbers; the same contents give the same bytes.

mod answer;
mod chain;
mod claims;
mod corollary;
mod events;
mod figure;
mod indicators;
mod leverage;
mod method;
mod profile;
mod ranges;
mod robustness;
mod rules;
mod sources;
mod switches;
mod table;
mod texts;
mod trial;
mod weights;
mod words;

use plotly::Plot;

use crate::claims::Judged;
use crate::code::agreement::Comparison;
use crate::code::{Act, Corpus};
use crate::diag::{Lang, Notes};
use crate::infer::Power;
use crate::measure::{Index, Trial, Tried};
use crate::relate::Exposure;
use crate::rules::{Findings, Rulebook, Stretch};
use crate::study::Study;
use words::{Numbers, View, escape, linkify};

/// Everything a report shows.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its acts.
    pub acts: &'a [Act],
    /// Its texts as coded; empty if it has none.
    pub corpus: &'a Corpus,
    /// How the coder of texts agrees with curated events.
    pub comparison: &'a Comparison,
    /// What its legal instruments come to; empty if it has none.
    pub rules: &'a Findings,
    /// Source strengths.
    pub index: &'a Index,
    /// Exposures.
    pub exposure: &'a Exposure,
    /// Potential, exercise, reliance and the corollary.
    pub power: &'a Power,
    /// Judged claims.
    pub claims: &'a [Judged],
    /// Notes of all stages.
    pub notes: &'a Notes,
    /// Version of techpower.
    pub version: &'a str,
    /// Hash of the study's files.
    pub study_hash: &'a str,
}

/// The sections in order: name of the anchor and of the heading, and what writes it.
type Write = fn(View<'_>) -> String;
const SECTIONS: [(&str, Write); 8] = [
    ("answer", answer::section),
    ("claims", claims::section),
    ("sources", sources::section),
    ("leverage", leverage::section),
    ("events", events::section),
    ("texts", texts::section),
    ("rules", rules::section),
    ("method", method::section),
];

/// The sections that a report has: those on texts and on instruments only if the study has any.
fn sections(view: View<'_>) -> impl Iterator<Item = (usize, &'static str, Write)> {
    let sections = SECTIONS.iter().filter(move |(name, _)| match *name {
        "texts" => !view.c.corpus.documents.is_empty(),
        "rules" => !view.c.rules.is_empty(),
        _ => true,
    });
    sections.enumerate().map(|(at, (name, write))| (at + 1, *name, *write))
}

/// The report as one self-contained HTML page in both languages.
#[must_use]
pub fn html(contents: &Contents<'_>) -> String {
    let about = &contents.study.options.about;
    let mut out = String::with_capacity(6 << 20);
    out.push_str("<!DOCTYPE html>\n<html lang=\"en\" data-lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Says to every browser what is true anyway: nothing is fetched from anywhere.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; \
         style-src 'unsafe-inline'; img-src data: blob:\">\n",
    );
    out.push_str(&format!("<title>{}</title>\n", escape(&about.title_en)));
    out.push_str(concat!("<style>\n", include_str!("page.css"), "</style>\n"));
    out.push_str(
        "<noscript><style>.page,.shared{display:block!important}.script{display:none!important}</style></noscript>\n",
    );
    out.push_str("</head>\n<body>\n");
    for lang in [Lang::En, Lang::Zh] {
        let numbers = Numbers::default();
        out.push_str(&page(View { c: contents, lang, numbers: &numbers }));
    }
    out.push_str(&claims::shared(contents.claims));
    out.push_str(&plotly_script());
    out.push_str(concat!("<script>\n", include_str!("page.js"), "</script>\n</body>\n</html>\n"));
    out
}

/// The style sheet of the report.
pub const STYLE: &str = include_str!("page.css");

/// One section of the report in one language, by its name: `answer`, `claims`, `sources`, `leverage`, `events`, `texts`, `rules` or `method`. `None`
/// if the report has none of that name. Its figures are data blocks within elements of the class `plot`, for plotly to draw.
#[must_use]
pub fn section(contents: &Contents<'_>, name: &str, lang: Lang) -> Option<String> {
    let numbers = Numbers::default();
    let view = View { c: contents, lang, numbers: &numbers };
    sections(view).find(|(_, other, _)| *other == name).map(|(_, _, write)| write(view))
}

/// Verdicts through time as a drawing with its key; empty if nothing is ever touched.
#[must_use]
pub fn timeline(contents: &Contents<'_>, book: &Rulebook, stretches: &[Stretch], lang: Lang) -> String {
    let numbers = Numbers::default();
    rules::timeline(View { c: contents, lang, numbers: &numbers }, book, stretches)
}

/// The numbers of a claim as a histogram, with the threshold as a line.
#[must_use]
pub fn distribution(contents: &Contents<'_>, numbers: &[f64], threshold: f64, lang: Lang) -> String {
    let running = Numbers::default();
    claims::distribution(View { c: contents, lang, numbers: &running }, numbers, threshold)
}

/// A source of an index made otherwise, beside the index as it is stated.
#[must_use]
pub fn trial(contents: &Contents<'_>, stated: &Trial, trial: &Trial, root: &Tried, lang: Lang) -> String {
    let numbers = Numbers::default();
    self::trial::write(View { c: contents, lang, numbers: &numbers }, stated, trial, root)
}

/// A choice of the recipe in words, by the option and its value as `study.toml` has it, safe as HTML; the value itself if there is no word for it.
///
/// ```
/// use techpower::{diag::Lang, report::choice};
/// assert_eq!(choice("aggregation", "arithmetic", Lang::Zh), "算术平均");
/// assert_eq!(choice("aggregation", "<b>", Lang::En), "&lt;b&gt;");
/// ```
#[must_use]
pub fn choice(option: &str, value: &str, lang: Lang) -> String {
    words::term(&format!("choice-{option}"), value, lang)
}

/// A text with its addresses made links, safe as HTML.
#[must_use]
pub fn linked(text: &str) -> String {
    linkify(text)
}

/// The program plotly.js that draws the figures, without the element around it.
#[must_use]
pub fn plotly() -> String {
    let script = plotly_script();
    let inside = script.split_once('>').map_or("", |(_, inside)| inside);
    inside.trim_end().trim_end_matches("</script>").to_owned()
}

/// The whole report in one language.
fn page(view: View<'_>) -> String {
    let about = &view.c.study.options.about;
    let title = view.either(&about.title_en, &about.title_zh);
    let lang = match view.lang {
        Lang::En => "en",
        Lang::Zh => "zh-Hans",
    };
    let links: String = sections(view)
        .map(|(number, name, _)| {
            format!(
                "<li><a href=\"#{}\"><span>{number}</span> {}</a></li>",
                view.anchor(name),
                view.word(name)
            )
        })
        .collect();
    let years =
        if about.from == about.to { about.to.to_string() } else { format!("{}–{}", about.from, about.to) };
    let draws = view.c.study.options.uncertainty.draws;
    let facts = view.say(
        "facts",
        &[
            ("years", years),
            ("draws", words::number(draws as f64)),
            ("seed", view.c.study.options.uncertainty.seed.to_string()),
            ("codebook", escape(&format!("{} {}", view.c.study.codebook.id, view.c.study.codebook.version))),
        ],
    );
    let mut out = format!(
        "<div class=\"page\" lang=\"{lang}\" data-lang=\"{}\" data-title=\"{title}\" id=\"{}\">\n\
         <header><p class=\"kind\">{}</p><button type=\"button\" class=\"language script\" lang=\"{}\">{}</button>\n\
         <h1>{title}</h1>\n<p class=\"facts\">{facts}</p></header>\n\
         <nav aria-label=\"{}\"><ol>{links}</ol></nav>\n<main>\n",
        view.code(),
        view.anchor("top"),
        view.say("kind", &[("theory", escape(view.c.study.codebook.title(view.lang)))]),
        if view.lang == Lang::En { "zh-Hans" } else { "en" },
        view.word("other-language"),
        view.word("contents"),
    );
    for (number, name, write) in sections(view) {
        out.push_str(&format!(
            "<section id=\"{}\" aria-labelledby=\"{}\">\n<h2 id=\"{}\"><span class=\"no\">{number}</span> {}</h2>\n{}</section>\n",
            view.anchor(name),
            view.anchor(&format!("{name}-heading")),
            view.anchor(&format!("{name}-heading")),
            view.word(name),
            write(view)
        ));
    }
    out.push_str(&format!(
        "</main>\n<footer><p>{}</p></footer>\n</div>\n",
        view.say("footer", &[("version", escape(view.c.version)), ("hash", escape(view.c.study_hash))])
    ));
    out
}

/// The script element with plotly.js alone; the crate hands it out together with a typesetter of formulas, which is not needed.
fn plotly_script() -> String {
    let sources = Plot::offline_js_sources();
    let end = "</script>";
    sources
        .split_inclusive(end)
        .find(|script| script.contains("plotly.js v"))
        .map(|script| script.trim().to_owned() + "\n")
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_sources;
