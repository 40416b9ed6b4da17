//! The words of the report in both languages, and how it writes names and numbers.
//!
//! What the catalogue says is HTML; whatever comes from a study is escaped before it is put into a sentence.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Contents;
use crate::codebook::PowerType;
use crate::diag::{Lang, Words, fill};
use crate::num::{Summary, hundredths};
use crate::table::{Granularity, When};
pub(super) use crate::text::escape;

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::parse(include_str!("words.toml")).expect("words.toml is checked by a test"));

/// The word for an id of the codebook or the options, if the catalogue has one; the id itself otherwise.
pub(super) fn term(family: &str, id: &str, lang: Lang) -> String {
    match WORDS.text(&format!("{family}-{id}"), lang) {
        "" => escape(id),
        text => text.to_owned(),
    }
}

/// A word of the catalogue in a language, as HTML.
pub(super) fn word(id: &str, lang: Lang) -> &'static str {
    let text = WORDS.text(id, lang);
    debug_assert!(!text.is_empty(), "no word `{id}`");
    text
}

/// What the page of one language has numbered and named so far.
#[derive(Debug, Default)]
pub(super) struct Register {
    figures: Cell<u32>,
    tables: Cell<u32>,
    anchors: RefCell<BTreeSet<String>>,
    headings: RefCell<Vec<Heading>>,
}

/// A heading below that of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// Where it stands.
    pub(super) anchor: String,
    /// HTML.
    pub(super) title: String,
}

/// The contents seen in one language.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) c: &'a Contents<'a>,
    pub(super) lang: Lang,
    pub(super) register: &'a Register,
}

impl<'a> View<'a> {
    /// `en` or `zh`.
    pub(super) fn code(self) -> &'static str {
        match self.lang {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }

    /// A word of the catalogue, as HTML.
    pub(super) fn word(self, id: &str) -> &'static str {
        word(id, self.lang)
    }

    /// The word for an id of the codebook or the options, if the catalogue has one; the id itself otherwise.
    pub(super) fn term(self, family: &str, id: &str) -> String {
        term(family, id, self.lang)
    }

    /// A sentence of the catalogue with its placeholders filled; values must be HTML.
    pub(super) fn say(self, id: &str, values: &[(&str, String)]) -> String {
        let values: BTreeMap<String, String> =
            values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        fill(self.word(id), &values)
    }

    /// A sentence of the catalogue as a paragraph.
    pub(super) fn paragraph(self, id: &str, values: &[(&str, String)]) -> String {
        format!("<p>{}</p>\n", self.say(id, values))
    }

    /// The name of an actor, escaped; `*` is everyone.
    pub(super) fn actor(self, id: &str) -> String {
        match id {
            "*" => self.word("everyone").to_owned(),
            _ => escape(self.c.study.actor_name(id, self.lang)),
        }
    }

    /// Names joined as in a sentence.
    pub(super) fn list(self, names: &[String]) -> String {
        let (comma, and) = (self.word("comma"), self.word("and"));
        match names {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
        }
    }

    /// The types of power, in the codebook's order.
    pub(super) fn types(self) -> &'a [PowerType] {
        &self.c.study.codebook.types
    }

    /// The full name of a type (by position), escaped.
    pub(super) fn power(self, k: usize) -> String {
        escape(self.power_name(k))
    }

    /// The full name of a type as it stands within a sentence, escaped.
    pub(super) fn power_within(self, k: usize) -> String {
        self.within(self.power(k))
    }

    /// The short name of a type as it stands within a sentence, escaped.
    pub(super) fn power_short_within(self, k: usize) -> String {
        self.within(self.power_short(k))
    }

    /// A name with its first letter small, unless a capital follows it (an abbreviation).
    pub(super) fn within(self, name: String) -> String {
        let mut letters = name.chars();
        match (self.lang, letters.next(), letters.next()) {
            (Lang::En, Some(first), second) if second.is_none_or(|c| !c.is_uppercase()) => {
                first.to_lowercase().chain(name.chars().skip(1)).collect()
            }
            _ => name,
        }
    }

    fn power_name(self, k: usize) -> &'a str {
        let id = &self.c.study.codebook.types[k].id;
        let page = self.c.study.codebook.pages.iter().find(|page| page.kind == "type" && page.id == *id);
        page.map_or(id.as_str(), |page| page.name(self.lang))
    }

    /// The name of a type without the ending that the names of all types share, escaped.
    pub(super) fn power_short(self, k: usize) -> String {
        let names: Vec<&str> = (0..self.types().len()).map(|k| self.power_name(k)).collect();
        let name = names[k];
        let short = &name[..name.len() - shared_ending(&names, self.lang)];
        escape(short.trim())
    }

    /// The name of a page of the codebook of a kind, escaped; its id if there is none.
    pub(super) fn page(self, kind: &str, id: &str) -> String {
        let page = self.c.study.codebook.pages.iter().find(|page| page.kind == kind && page.id == id);
        escape(page.map_or(id, |page| page.name(self.lang)))
    }

    /// One of two texts, by language; the other if it is empty. Escaped.
    pub(super) fn either(self, en: &str, zh: &str) -> String {
        escape(match (self.lang, en, zh) {
            (Lang::En, "", other) | (Lang::Zh, other, "") => other,
            (Lang::En, en, _) => en,
            (Lang::Zh, _, zh) => zh,
        })
    }

    /// The year that the report speaks of.
    pub(super) fn headline(self) -> i16 {
        self.c.study.options.about.headline
    }

    /// The actors that the report dwells on.
    pub(super) fn focal(self) -> &'a [String] {
        &self.c.study.focal
    }

    /// The anchor of something on this language's page.
    pub(super) fn anchor(self, name: &str) -> String {
        format!("{name}-{}", self.code())
    }

    /// The anchor of something that is named after an id of the study: the name itself, and with a running number if another has it.
    pub(super) fn anchor_of(self, name: &str) -> String {
        let mut anchors = self.register.anchors.borrow_mut();
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !anchors.contains(name));
        let free = free.unwrap_or_default();
        anchors.insert(free.clone());
        self.anchor(&free)
    }

    /// Keeps a heading for the table of contents.
    pub(super) fn keep(self, heading: Heading) {
        self.register.headings.borrow_mut().push(heading);
    }

    /// The headings kept since this was last asked.
    pub(super) fn headings(self) -> Vec<Heading> {
        self.register.headings.take()
    }

    /// The label of the next figure.
    pub(super) fn next_figure(self) -> String {
        self.register.figures.set(self.register.figures.get() + 1);
        self.say("figure", &[("n", self.register.figures.get().to_string())])
    }

    /// The label of the next table.
    pub(super) fn next_table(self) -> String {
        self.register.tables.set(self.register.tables.get() + 1);
        self.say("table", &[("n", self.register.tables.get().to_string())])
    }

    /// What the study says that its data cannot tell, in this language or else in the other.
    pub(super) fn limits(self) -> &'a [String] {
        let about = &self.c.study.options.about;
        let (own, other) = match self.lang {
            Lang::En => (&about.limits_en, &about.limits_zh),
            Lang::Zh => (&about.limits_zh, &about.limits_en),
        };
        if own.is_empty() { other } else { own }
    }

    /// A date as it is written out: `28 September 2026`, `2026 年 9 月 28 日`.
    pub(super) fn date(self, when: When) -> String {
        let format = match (self.lang, when.granularity()) {
            (Lang::En, Granularity::Day) => "%-d %B %Y",
            (Lang::En, Granularity::Month) => "%B %Y",
            (Lang::En, Granularity::Year) => "%Y",
            (Lang::Zh, Granularity::Day) => "%Y 年 %-m 月 %-d 日",
            (Lang::Zh, Granularity::Month) => "%Y 年 %-m 月",
            (Lang::Zh, Granularity::Year) => "%Y 年",
        };
        when.from().strftime(format).to_string()
    }

    /// The date of the last act, if no act is later than a year.
    pub(super) fn last_act(self, year: i16) -> Option<When> {
        let last = self.c.study.events.iter().map(|event| event.date).max_by_key(|date| date.from())?;
        Some(last).filter(|last| last.year() <= year)
    }

    /// What stands between two sentences.
    pub(super) fn gap(self) -> &'static str {
        match self.lang {
            Lang::En => " ",
            Lang::Zh => "",
        }
    }

    /// Text in brackets.
    pub(super) fn brackets(self, text: &str) -> String {
        brackets(self.lang, text)
    }

    /// The mean of a share with its interval: `34% (28–41%)`.
    pub(super) fn share(self, s: Summary) -> String {
        share(self.lang, s)
    }

    /// The mean of a score with its interval: `57 (44–69)`.
    pub(super) fn score(self, s: Summary) -> String {
        format!("{:.0}{}", s.mean, self.brackets(&format!("{:.0}–{:.0}", s.q05, s.q95)))
    }

    /// The mean of any number with its interval.
    pub(super) fn value(self, s: Summary) -> String {
        if s.q05 == s.q95 {
            return number(s.mean);
        }
        format!("{}{}", number(s.mean), self.brackets(&self.range(s.q05, s.q95)))
    }

    /// From one number to another: `4–6`, `−1 to 3`; one alone if they are the same.
    pub(super) fn range(self, low: f64, high: f64) -> String {
        if low == high {
            return number(low);
        }
        let dash = if low < 0.0 { self.word("to") } else { "–" };
        format!("{}{dash}{}", number(low), number(high))
    }
}

/// Length in bytes of the ending that all names share, from a word boundary on where words are set apart; 0 if a name would
/// be left empty.
fn shared_ending(names: &[&str], lang: Lang) -> usize {
    let Some(first) = names.first().filter(|_| names.len() > 1) else { return 0 };
    first
        .char_indices()
        .filter(|(at, c)| *at > 0 && (lang == Lang::Zh || c.is_whitespace()))
        .map(|(at, _)| &first[at..])
        .find(|ending| names.iter().all(|name| name.len() > ending.len() && name.ends_with(ending)))
        // 性 makes the adjective (强制性) and stays with the name.
        .map_or(0, |ending| ending.trim_start_matches('性').len())
}

fn brackets(lang: Lang, text: &str) -> String {
    match lang {
        Lang::En => format!(" ({text})"),
        Lang::Zh => format!("（{text}）"),
    }
}

/// The mean of a share with its interval: `34% (28–41%)`.
pub(super) fn share(lang: Lang, s: Summary) -> String {
    format!("{}{}", percent(s.mean), brackets(lang, &percent_range(s)))
}

/// A share in percent without decimals; never 0 or 100 unless it is exactly that.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        x if x > 0.0 && x < 0.5 => "&lt;1%".to_owned(),
        x if (99.5..100.0).contains(&x) => "&gt;99%".to_owned(),
        _ => signed(hundredths(share), 0) + "%",
    }
}

/// An interval of shares: `28–41%`.
pub(super) fn percent_range(s: Summary) -> String {
    format!("{}–{}%", signed(hundredths(s.q05), 0), signed(hundredths(s.q95), 0))
}

/// A probability from draws: two decimals, and never certain unless all draws say so.
pub(super) fn probability(p: f64) -> String {
    match p {
        p if p > 0.0 && p < 0.005 => "&lt;0.01".to_owned(),
        p if (0.995..1.0).contains(&p) => "&gt;0.99".to_owned(),
        p => format!("{:.2}", hundredths(p) / 100.0),
    }
}

/// A probability as a statement: `p = 0.93`, `p > 0.99`.
pub(super) fn stated(p: f64) -> String {
    let text = probability(p);
    let sign = ["&lt;", "&gt;"].into_iter().find(|sign| text.starts_with(sign));
    match sign {
        Some(sign) => format!("p&nbsp;{sign}&nbsp;{}", &text[sign.len()..]),
        None => format!("p&nbsp;=&nbsp;{text}"),
    }
}

/// A number of any size with three significant digits; thousands set apart.
pub(super) fn number(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    if x == 0.0 {
        return "0".to_owned();
    }
    let magnitude = libm::floor(libm::log10(x.abs()));
    if magnitude < -4.0 {
        return format!("{x:.1e}").replace('-', "−");
    }
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    let text = signed(x, decimals);
    if decimals == 0 { thousands(&text) } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// A number with a proper minus sign, and no minus before zero.
pub(super) fn signed(x: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, x.abs());
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if x < 0.0 && !zero { format!("−{text}") } else { text }
}

fn thousands(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('−').map_or(("", text), |digits| ("−", digits));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What HTML made of escaped text and plain elements says, as text.
pub(super) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]);
    }
    out.push_str(rest);
    const ENTITIES: [(&str, &str); 6] =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    ENTITIES.iter().fold(out, |text, (entity, sign)| text.replace(entity, sign))
}

/// An id made fit for an anchor.
pub(super) fn slug(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Text with its URLs made links, escaped.
pub(super) fn linkify(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        out.push_str(&escape(&rest[..start]));
        rest = &rest[start..];
        let end = rest
            .find(|c: char| c.is_whitespace() || "<>\"'；，。、（）《》;".contains(c))
            .unwrap_or(rest.len());
        let url = rest[..end].trim_end_matches(['.', ',', ')', ']', ':']);
        let link = escape(url);
        out.push_str(&format!("<a href=\"{link}\" rel=\"noreferrer\">{link}</a>"));
        rest = &rest[url.len()..];
    }
    out + &escape(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_becomes_plain_again() {
        let text = "a <b> & 'c' \"d\" &amp;";
        assert_eq!(plain(&escape(text)), text);
        assert_eq!(plain("<span class=\"spot\"></span>p&nbsp;&lt;&nbsp;0.01"), "p < 0.01");
    }

    #[test]
    fn every_word_has_both_languages_and_the_same_placeholders() {
        let placeholders = |text: &str| -> Vec<String> {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|s| s.split_once('}'))
                .map(|(n, _)| n.to_owned())
                .collect();
            found.sort();
            found.dedup();
            found
        };
        for id in WORDS.ids() {
            let (en, zh) = (WORDS.text(id, Lang::En), WORDS.text(id, Lang::Zh));
            assert!(!en.is_empty() && !zh.is_empty(), "`{id}` lacks a language");
            assert_eq!(placeholders(en), placeholders(zh), "{id}");
            assert_eq!(WORDS.keys(id).count(), 2, "{id}");
        }
    }

    #[test]
    fn numbers_are_never_surer_than_they_are() {
        assert_eq!(percent(0.0), "0%");
        assert_eq!((probability(0.835), percent(0.835)), ("0.84".to_owned(), "84%".to_owned()));
        assert_eq!((probability(0.005), percent(0.005)), ("0.01".to_owned(), "1%".to_owned()));
        assert_eq!(percent(0.001), "&lt;1%");
        assert_eq!(percent(0.999), "&gt;99%");
        assert_eq!(percent(-0.213), "−21%");
        assert_eq!(probability(1.0), "1.00");
        assert_eq!(probability(0.999), "&gt;0.99");
        for (x, expected) in [
            (0.0, "0"),
            (12_345.6, "12,346"),
            (-0.5, "−0.5"),
            (2.34567, "2.35"),
            (0.01234, "0.0123"),
            (1e-7, "1.0e−7"),
        ] {
            assert_eq!(number(x), expected);
        }
        assert_eq!(number(f64::NAN), "–");
    }

    #[test]
    fn hostile_text_is_escaped_and_urls_become_links() {
        assert_eq!(escape("<script>'\"&"), "&lt;script&gt;&#39;&quot;&amp;");
        assert_eq!(
            linkify("see https://a.org/x?y=1&z=2). <b>"),
            "see <a href=\"https://a.org/x?y=1&amp;z=2\" rel=\"noreferrer\">https://a.org/x?y=1&amp;z=2</a>). &lt;b&gt;"
        );
        assert_eq!(
            linkify("\"https://a.org\" onclick"),
            "&quot;<a href=\"https://a.org\" rel=\"noreferrer\">https://a.org</a>&quot; onclick"
        );
    }

    #[test]
    fn types_are_shortened_by_what_they_share() {
        let names = ["Hard technology power", "Soft technology power"];
        assert_eq!(shared_ending(&names, Lang::En), " technology power".len());
        assert_eq!(shared_ending(&["强制性技术权力", "结构性技术权力"], Lang::Zh), "技术权力".len());
        assert_eq!(shared_ending(&["Power"], Lang::En), 0);
        assert_eq!(shared_ending(&["Power", "Might"], Lang::En), 0);
    }
}
