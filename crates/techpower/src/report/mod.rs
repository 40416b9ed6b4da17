//! The report: all results as one page that needs nothing but a browser, in English and Chinese.
//!
//! Pure and only layout: every number comes from the results of the stages before. What a study says is escaped; figures
//! stand beside the tables that hold their numbers; the same contents give the same bytes.

mod answer;
mod chain;
mod claims;
mod corollary;
mod elements;
mod events;
mod figure;
mod glossary;
mod indicators;
mod leverage;
mod links;
mod markdown;
mod method;
mod nominal;
mod profile;
mod ranges;
mod robustness;
mod rules;
mod sources;
mod switches;
mod table;
mod texts;
mod trials;
mod weights;
mod words;

use std::sync::LazyLock;

use plotly::Plot;

use crate::claims::{Finding, Judged, Test, Verdict};
use crate::code::agreement::Comparison;
use crate::code::{Act, Corpus};
use crate::diag::{Lang, Notes};
use crate::infer::{Basis, Change, Power};
use crate::measure::{Index, Nominal, NominalRoot};
use crate::num::Summary;
use crate::relate::Exposure;
use crate::rules::{Findings, Rulebook, Stretch};
use crate::study::Study;
use words::{Heading, Register, View, escape, linkify};

pub use markdown::{Markdown, markdown};

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
const SECTIONS: [(&str, Write); 9] = [
    ("answer", answer::section),
    ("claims", claims::section),
    ("sources", sources::section),
    ("leverage", leverage::section),
    ("corollary", corollary::section),
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

/// Says to every browser what is true anyway: nothing is fetched from anywhere.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; \
    style-src 'unsafe-inline'; img-src data: blob:\">\n";
/// What the page does in a browser.
const SCRIPT: &str = concat!(
    "<script>\n",
    include_str!("inflate.js"),
    include_str!("page.js"),
    "</script>\n</body>\n</html>\n"
);

/// The report as one self-contained HTML page in both languages.
#[must_use]
pub fn html(contents: &Contents<'_>) -> String {
    let about = &contents.study.options.about;
    let mut out = String::with_capacity(6 << 20);
    out.push_str("<!DOCTYPE html>\n<html lang=\"en\" data-lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str(POLICY);
    out.push_str(&format!("<title>{}</title>\n", escape(&about.title_en)));
    out.push_str(concat!("<style>\n", include_str!("page.css"), "</style>\n"));
    out.push_str(
        "<noscript><style>.page,.shared{display:block!important}.script{display:none!important}</style></noscript>\n",
    );
    out.push_str("</head>\n<body>\n");
    for lang in [Lang::En, Lang::Zh] {
        let register = Register::default();
        out.push_str(&page(View { c: contents, lang, register: &register }));
    }
    out.push_str(&claims::shared(contents.claims));
    if out.contains("class=\"plot\"") {
        out.push_str(&packed_plotly());
    }
    out.push_str(SCRIPT);
    out
}

/// The style sheet of the report.
pub const STYLE: &str = include_str!("page.css");

/// One section of the report in one language, by its name: `answer`, `claims`, `sources`, `leverage`, `events`, `texts`, `rules` or `method`. `None`
/// if the report has none of that name. Its figures are data blocks within elements of the class `plot`, for plotly to draw.
#[must_use]
pub fn section(contents: &Contents<'_>, name: &str, lang: Lang) -> Option<String> {
    let register = Register::default();
    let view = View { c: contents, lang, register: &register };
    sections(view).find(|(_, other, _)| *other == name).map(|(_, _, write)| write(view))
}

/// What is asked of the test of the scarcity corollary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Interrogation {
    /// The year; `None` for all years together.
    pub year: Option<i16>,
    /// The only change of which trials are listed.
    pub change: Option<Change>,
    /// The only way of comparing sources of which trials are listed.
    pub basis: Option<Basis>,
}

/// The section on the corollary for a year or over all years, with the trials that are asked for, those first that move the outcome most.
#[must_use]
pub fn corollary(contents: &Contents<'_>, asked: &Interrogation, lang: Lang) -> String {
    let register = Register::default();
    corollary::told(View { c: contents, lang, register: &register }, asked.year, Some(asked))
}

/// The word for a change of the corollary's test.
///
/// ```
/// use techpower::{diag::Lang, infer::{Basis, Change}, report};
/// assert_eq!(report::change(Change::Actor, Lang::En), "an actor left out");
/// assert_eq!(report::basis(Basis::Rank, Lang::Zh), "按位次");
/// ```
#[must_use]
pub fn change(change: Change, lang: Lang) -> String {
    words::term("change", change.id(), lang)
}

/// The word for a way of comparing sources.
#[must_use]
pub fn basis(basis: Basis, lang: Lang) -> String {
    words::term("basis-column", basis.id(), lang)
}

/// Verdicts through time as a drawing with its key; empty if nothing is ever touched.
#[must_use]
pub fn timeline(contents: &Contents<'_>, book: &Rulebook, stretches: &[Stretch], lang: Lang) -> String {
    let register = Register::default();
    let view = View { c: contents, lang, register: &register };
    rules::timeline(view, book, stretches, rules::Lines::Touched)
}

/// The numbers of a claim as a histogram, with the threshold as it is stated and as it is moved as lines.
#[must_use]
pub fn distribution(contents: &Contents<'_>, numbers: &[f64], stated: f64, moved: f64, lang: Lang) -> String {
    let register = Register::default();
    claims::distribution(View { c: contents, lang, register: &register }, numbers, stated, moved)
}

/// A verdict as a word with a sign, safe as HTML.
///
/// ```
/// use techpower::{claims::{Test, Verdict}, diag::Lang, report};
/// assert!(report::verdict(Verdict::Supported, Lang::En).contains("✓ supported"));
/// assert_eq!(report::sign(Test::AtLeast), "≥");
/// ```
#[must_use]
pub fn verdict(verdict: Verdict, lang: Lang) -> String {
    claims::chip_in(lang, verdict)
}

/// The sign of a claim's test as people write it, as text.
#[must_use]
pub fn sign(test: Test) -> String {
    words::plain(&claims::test_sign(test.sign()))
}

/// Ranks in all sources of an index made otherwise, side by side.
#[must_use]
pub fn ranks(contents: &Contents<'_>, chosen: &Nominal, lang: Lang) -> String {
    let register = Register::default();
    self::nominal::ranks(View { c: contents, lang, register: &register }, chosen)
}

/// A source of an index made otherwise, beside the index as it is stated.
#[must_use]
pub fn nominal(
    contents: &Contents<'_>,
    stated: &Nominal,
    chosen: &Nominal,
    root: &NominalRoot,
    lang: Lang,
) -> String {
    let register = Register::default();
    self::nominal::write(View { c: contents, lang, register: &register }, stated, chosen, root)
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

/// A share in percent as the report writes it, as text.
///
/// ```
/// use techpower::report::{number, percent, probability};
/// assert_eq!([percent(0.0), percent(0.001), percent(0.614)], ["0%", "<1%", "61%"]);
/// assert_eq!([probability(0.93), probability(0.999)], ["0.93", ">0.99"]);
/// assert_eq!([number(1234567.0), number(-0.5)], ["1,234,567", "−0.5"]);
/// ```
#[must_use]
pub fn percent(share: f64) -> String {
    words::plain(&words::percent(share))
}

/// An interval of shares as the report writes it: `28–41%`.
#[must_use]
pub fn percent_range(share: Summary) -> String {
    words::plain(&words::percent_range(share))
}

/// The mean of a share with its interval as the report writes it, as text: `34% (28–41%)`.
#[must_use]
pub fn share(share: Summary, lang: Lang) -> String {
    words::plain(&words::share(lang, share))
}

/// What the numbers of a claim come to, as text; `None` if there are none.
#[must_use]
pub fn value(contents: &Contents<'_>, finding: &Finding, lang: Lang) -> Option<String> {
    let register = Register::default();
    let told = claims::told_value(View { c: contents, lang, register: &register }, finding);
    told.map(|told| words::plain(&told))
}

/// A probability as the report writes it, as text.
#[must_use]
pub fn probability(p: f64) -> String {
    words::plain(&words::probability(p))
}

/// A number as the report writes it, as text: three significant digits, thousands set apart.
#[must_use]
pub fn number(x: f64) -> String {
    words::plain(&words::number(x))
}

/// The word for how sure the coding of an event is, safe as HTML; the id itself if there is none.
#[must_use]
pub fn certainty(id: &str, lang: Lang) -> String {
    words::term("certainty", id, lang)
}

/// A small drawing of a share and its interval on a scale from 0 to 1 in the colour of the text, safe as HTML.
#[must_use]
pub fn strip(share: Summary, lang: Lang) -> String {
    table::strip(share, (0.0, 1.0), "currentColor", &words::share(lang, share))
}

/// A text with its addresses made links, safe as HTML.
#[must_use]
pub fn linked(text: &str) -> String {
    linkify(text)
}

/// A section as it is written.
struct Section {
    number: usize,
    name: &'static str,
    body: String,
    headings: Vec<Heading>,
}

/// All sections in one language; the glossary is last, as it tells where in the others its terms stand.
fn written(view: View<'_>) -> Vec<Section> {
    for (_, name, _) in sections(view) {
        view.anchor_of(name);
    }
    let mut list: Vec<Section> = sections(view)
        .map(|(number, name, write)| Section { number, name, body: write(view), headings: view.headings() })
        .collect();
    let (number, body) = (list.len() + 1, glossary::section(view, &list));
    list.push(Section { number, name: "glossary", body, headings: view.headings() });
    list
}

/// The table of contents: sections and the headings within them.
fn contents_of(view: View<'_>, sections: &[Section]) -> String {
    let entry = |section: &Section| {
        let below: String = section
            .headings
            .iter()
            .map(|heading| format!("<li><a href=\"#{}\">{}</a></li>", heading.anchor, heading.title))
            .collect();
        let below = if below.is_empty() { below } else { format!("<ol>{below}</ol>") };
        let (anchor, name) = (view.anchor(section.name), view.word(section.name));
        format!("<li><a href=\"#{anchor}\"><span>{}</span> {name}</a>{below}</li>\n", section.number)
    };
    format!(
        "<nav class=\"contents\" aria-label=\"{0}\"><details open><summary>{0}<span class=\"here\"></span></summary>\n<ol>{1}</ol></details></nav>\n",
        view.word("contents"),
        sections.iter().map(entry).collect::<String>()
    )
}

/// The whole report in one language.
fn page(view: View<'_>) -> String {
    let about = &view.c.study.options.about;
    let title = view.either(&about.title_en, &about.title_zh);
    let lang = match view.lang {
        Lang::En => "en",
        Lang::Zh => "zh-Hans",
    };
    let sections = written(view);
    let years =
        if about.from == about.to { about.to.to_string() } else { format!("{}–{}", about.from, about.to) };
    let draws = view.c.study.options.uncertainty.draws;
    let facts = view.say(
        "facts",
        &[
            ("years", years),
            ("headline", about.headline.to_string()),
            ("draws", words::number(draws as f64)),
            ("seed", view.c.study.options.uncertainty.seed.to_string()),
            ("codebook", escape(&format!("{} {}", view.c.study.codebook.id, view.c.study.codebook.version))),
        ],
    );
    let mut out = format!(
        "<div class=\"page\" lang=\"{lang}\" data-lang=\"{}\" data-title=\"{title}\" data-study=\"{}\" \
         data-low=\"{}\" data-high=\"{}\" id=\"{}\">\n\
         <header><p class=\"kind\">{}</p><button type=\"button\" class=\"language script\" lang=\"{}\">{}</button>\n\
         <h1>{title}</h1>\n<p class=\"facts\">{facts}</p></header>\n\
         {}<main>\n",
        view.code(),
        words::slug(&about.id),
        view.word("data-low"),
        view.word("data-high"),
        view.anchor("top"),
        view.say("kind", &[("theory", escape(view.c.study.codebook.title(view.lang)))]),
        if view.lang == Lang::En { "zh-Hans" } else { "en" },
        view.word("other-language"),
        contents_of(view, &sections),
    );
    for Section { number, name, body, .. } in &sections {
        let anchor = view.anchor(name);
        out.push_str(&format!(
            "<section id=\"{anchor}\" aria-labelledby=\"{0}\">\n<h2 id=\"{0}\"><span class=\"no\">{number}</span> {1}{2}</h2>\n{body}</section>\n",
            view.anchor(&format!("{name}-heading")),
            view.word(name),
            links::permalink(view, &anchor),
        ));
    }
    out.push_str(&format!(
        "</main>\n<footer><p>{}</p></footer>\n</div>\n",
        view.say("footer", &[("version", escape(view.c.version)), ("hash", escape(view.c.study_hash))])
    ));
    out
}

/// plotly.js, packed, in an element that nothing runs: the script of the page unpacks it when the first chart is drawn, so that the page
/// is small and opens before that.
fn packed_plotly() -> String {
    let (banner, size, packed) = &*PACKED;
    format!(
        "<!-- {banner} -->\n<script type=\"text/plain\" id=\"plotly\" data-size=\"{size}\">{packed}</script>\n"
    )
}

/// The licence line of plotly.js, its length, and what it is packed to in base 64. Made once, as it is the same for every report.
static PACKED: LazyLock<(String, usize, String)> = LazyLock::new(|| {
    let source = plotly();
    let banner = source.lines().find(|line| line.contains("plotly.js v")).unwrap_or_default();
    let packed = miniz_oxide::deflate::compress_to_vec(source.as_bytes(), PACKING);
    (banner.trim_matches(['*', ' ']).to_owned(), source.len(), base64(&packed))
});
/// How hard miniz tries: beyond this the file gets hardly smaller.
const PACKING: u8 = 7;

/// The program plotly.js that draws the figures, without the element around it; the crate hands it out together with a typesetter of
/// formulas, which is not needed.
#[must_use]
pub fn plotly() -> String {
    let sources = Plot::offline_js_sources();
    let script = sources.split("</script>").find(|script| script.contains("plotly.js v")).unwrap_or_default();
    script.split_once('>').map_or(script, |(_, source)| source).to_owned()
}

/// Bytes in base 64 (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let word = part.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for at in 0..4 {
            let sign = SIGNS[(word >> (18 - 6 * at)) as usize & 63];
            out.push(if at > part.len() { '=' } else { char::from(sign) });
        }
    }
    out
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_sources;
