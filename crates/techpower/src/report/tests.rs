//! What must hold of every report.

use std::collections::BTreeMap;

use super::{Contents, Markdown, html, markdown, packed_plotly, plotly};
use crate::claims::{Answer, Judged, Query, Value, judge, parse};
use crate::diag::{Lang, Notes};
use crate::study::{Keep, Study, template};
use crate::{code, infer, measure, relate};

const STUDY: &str = "[study]\nformat = 1\nid = \"small\"\ntitle_en = \"A <small> study\"\ntitle_zh = \"小研究\"\n\
    from = 2022\nto = 2023\nfocal = [\"USA\", \"CHN\"]\n[uncertainty]\ndraws = 40\n";
const ACTORS: &str = "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\n\
    JPN,\"Japan <script>alert(1)</script>\",日本,state\n";
const INDEX: &str = "code,name_en,name_zh,parent,level,direction,weight\nresource,Resource,资源,,2,1,1\n\
    chips,Chips,芯片,resource,1,1,1\nmarket,Market,市场,,2,1,1\ngdp,GDP,国内生产总值,market,1,1,1\n\
    standards,Standards,标准,,2,1,1\nsep,Patents,专利,standards,1,1,1\n\
    discourse,Discourse,话语,,2,1,1\npapers,Papers,论文,discourse,1,1,1\n";
const EVENTS: &str = "event,date,sender,targets,instrument,layer,power,mode,status,document,evidence,evidence_zh,coder,\
    certainty,reference,note\n\
    a,2022-10-07,USA,CHN,export-control,foundation,compulsory,impose,in_force,d1,\"Rule </script><script>alert('x')</script>\",\
    规则,me,primary,https://example.org/a?b=1&c=2,\"<img src=https://example.org/x.png onerror=alert(1)>\"\n\
    b,2023-10-18,CHN,*,initiative,cross,productive,declare,in_force,d2,An initiative,倡议,me,secondary,A paper,\n";

fn files(which: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let mut indicators = String::from("actor,indicator,year,value,reference\n");
    for (at, actor) in ["USA", "CHN", "JPN"].iter().enumerate() {
        for (of, code) in ["chips", "gdp", "sep", "papers"].iter().enumerate() {
            for year in [2022, 2023] {
                indicators.push_str(&format!("{actor},{code},{year},{},r\n", (at * 5 + of * 3 + 2) % 7 + 1));
            }
        }
    }
    let all = [
        ("study.toml", STUDY),
        ("tables/actors.csv", ACTORS),
        ("tables/index.csv", INDEX),
        ("tables/indicators.csv", indicators.as_str()),
        ("tables/events.csv", EVENTS),
        (
            "tables/inputs.csv",
            "input,name_en,name_zh,layer,needs,elasticity,reference\nchip,Chip,芯片,foundation,all,1.5..3,r\n",
        ),
        ("tables/requires.csv", "input,goes_into\n"),
        (
            "tables/supply.csv",
            "provider,input,year,share,reference\nUSA,chip,2022,0.7,r\nCHN,chip,2022,0.3,r\n",
        ),
        ("tables/endorsements.csv", "text,actor,date,reference\nb,JPN,2023,r\n"),
    ];
    all.into_iter()
        .filter(|(path, _)| ["study.toml", "tables/actors.csv"].contains(path) || which.contains(path))
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect()
}

const ALL: [&str; 7] = [
    "tables/index.csv",
    "tables/indicators.csv",
    "tables/events.csv",
    "tables/inputs.csv",
    "tables/requires.csv",
    "tables/supply.csv",
    "tables/endorsements.csv",
];

struct Draws;

impl Query for Draws {
    fn query(&self, sql: &str, _: i16) -> Result<Answer, String> {
        let rows = if sql.contains("rests") {
            vec![vec![Value::Text("<b>row</b>".into())], vec![Value::Null]]
        } else {
            (0..10).map(|at| vec![Value::Number(f64::from(at))]).collect()
        };
        Ok(Answer { columns: vec!["<i>x</i>".into()], rows })
    }
}

fn claims() -> Vec<Judged> {
    let text = "[[claim]]\nid = \"a\"\nsection = \"4\"\nkind = \"inference\"\nen = \"A <b>bold</b> claim\"\nzh = \"论断\"\n\
        query = \"SELECT '</pre>'\"\ntest = \">\"\nthreshold = 3\nrests_on = \"rests\"\n";
    let about = Study::read(&template("claims"), Keep::Nothing).0.expect("a study").options.about;
    judge(parse(text).0, &about, &Draws).0
}

fn report(which: &[&str], claims: &[Judged], change: impl FnOnce(&mut Study)) -> String {
    report_of(&files(which), claims, change)
}

/// The report of the files of a study.
pub(super) fn report_of(
    files: &BTreeMap<String, Vec<u8>>,
    claims: &[Judged],
    change: impl FnOnce(&mut Study),
) -> String {
    made_of(files, claims, change, html)
}

/// What is made of the contents of a report.
fn made_of<T>(
    files: &BTreeMap<String, Vec<u8>>,
    claims: &[Judged],
    change: impl FnOnce(&mut Study),
    make: impl FnOnce(&Contents<'_>) -> T,
) -> T {
    let (study, mut notes) = Study::read(files, Keep::Rows);
    let mut study = study.expect("study.toml is good");
    change(&mut study);
    let mut add = |more: Notes| notes.extend(more);
    let (acts, more) = code::acts(&study);
    add(more);
    let (index, more) = measure::measure(&study);
    add(more);
    let (exposure, more) = relate::relate(&study);
    add(more);
    let (power, more) = infer::infer(&study, &index, &exposure, &acts);
    add(more);
    let (corpus, more) = code::corpus(&study, files);
    add(more);
    let (comparison, more) = corpus.compare(&study);
    add(more);
    let (rules, more) = crate::rules::findings(files, &study.codebook, &study.options.rules);
    add(more);
    make(&Contents {
        study: &study,
        acts: &acts,
        corpus: &corpus,
        comparison: &comparison,
        rules: &rules,
        index: &index,
        exposure: &exposure,
        power: &power,
        claims,
        notes: &notes,
        version: "0",
        study_hash: "abc",
    })
}

/// The page without the scripts that techpower itself puts there.
pub(super) fn body(page: &str) -> &str {
    let ends = ["<script type=\"text/plain\" id=\"plotly\"", "<script>\n"];
    let end = ends.iter().filter_map(|end| page.find(end)).min().expect("the page has a script");
    let body = &page[..end];
    body.rsplit_once("<!-- ").map_or(body, |(body, _)| body)
}

#[test]
fn the_page_needs_nothing_from_a_network() {
    let page = report(&ALL, &claims(), |_| ());
    assert!(page.len() < 3 << 20 && page.contains("plotly.js v"));
    let body = body(&page);
    for tag in ["<link", "<img", "<iframe", "<script src", "@import", "url(http"] {
        assert!(!body.contains(tag), "{tag}");
    }
    assert!(!page.contains(" src=\"http"));
}

/// What the page unpacks is plotly.js and nothing else.
#[test]
fn plotly_is_packed_whole() {
    let source = plotly();
    assert!(source.contains("plotly.js v") && !source.contains("</script") && source.len() > 1 << 20);
    let element = packed_plotly();
    let packed =
        element.split_once("\">").and_then(|(_, rest)| rest.split_once("</script>")).expect("an element").0;
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    for four in packed.as_bytes().chunks(4) {
        let word = four
            .iter()
            .fold(0u32, |word, sign| word << 6 | SIGNS.find(char::from(*sign)).unwrap_or(0) as u32);
        let padding = four.iter().filter(|sign| **sign == b'=').count();
        bytes.extend(&word.to_be_bytes()[1..4 - padding]);
    }
    let unpacked = miniz_oxide::inflate::decompress_to_vec(&bytes).expect("DEFLATE");
    assert!(unpacked == source.as_bytes());
    assert!(element.contains(&format!("data-size=\"{}\"", unpacked.len())));
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    assert_eq!(report(&ALL, &claims(), |_| ()), report(&ALL, &claims(), |_| ()));
}

#[test]
fn what_a_study_says_is_escaped() {
    let page = report(&ALL, &claims(), |_| ());
    let body = body(&page);
    for hostile in [
        "<script>alert",
        "<b>bold</b>",
        "<b>row</b>",
        "<i>x</i>",
        "onerror=alert(1)>\"",
        "'</pre>'",
        "A <small>",
    ] {
        assert!(!body.contains(hostile), "{hostile}");
    }
    assert!(body.contains("&lt;script&gt;alert") && body.contains("A &lt;b&gt;bold&lt;/b&gt; claim"));
    // The JSON of charts stands in script elements of its own, which nothing in it may end.
    let opened = body.matches("<script type=\"application/json\"").count();
    assert!(opened > 0);
    assert_eq!(body.matches("</script>").count(), opened);
    assert!(body.contains("<a href=\"https://example.org/a?b=1&amp;c=2\" rel=\"noreferrer\">"));
}

#[test]
fn both_languages_are_complete_and_anchors_lead_somewhere() {
    let page = report(&ALL, &claims(), |_| ());
    let body = body(&page);
    for name in ["answer", "claims", "sources", "leverage", "events", "method", "glossary"] {
        for lang in ["en", "zh"] {
            assert_eq!(body.matches(&format!("id=\"{name}-{lang}\"")).count(), 1, "{name}-{lang}");
        }
    }
    let ids: Vec<&str> = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id stands twice");
    for target in body.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&target), "#{target} leads nowhere");
    }
    // What is left once style and charts are taken out has no braces, unless a placeholder was not filled.
    let text: String = body
        .split("<script")
        .map(|part| part.split_once("</script>").map_or(part, |(_, rest)| rest))
        .map(|part| part.split_once("<body>").map_or(part, |(_, rest)| rest))
        .collect();
    assert!(!text.contains('{'), "{}", &text[text.find('{').unwrap_or(0)..]);
}

#[test]
fn every_chart_has_a_caption_a_label_and_tables() {
    let page = report(&ALL, &claims(), |_| ());
    let body = body(&page);
    assert_eq!(body.matches("<figure id=").count(), body.matches("<figcaption>").count());
    assert_eq!(
        body.matches("class=\"plot\"").count(),
        body.matches("class=\"plot\" role=\"img\" aria-label=").count()
    );
    let charts_at = body.find("id=\"sources-en\"").expect("a section on sources");
    let part = &body[charts_at..];
    let chart = part.find("class=\"plot\"").expect("a chart of sources");
    assert!(part[chart..].find("<table").is_some());
}

/// Answers with numbers.
struct Numbers(Vec<f64>);

impl Query for Numbers {
    fn query(&self, _: &str, _: i16) -> Result<Answer, String> {
        let rows = self.0.iter().map(|x| vec![Value::Number(*x)]).collect();
        Ok(Answer { columns: vec!["x".into()], rows })
    }
}

/// The report of a study with a claim that is no prediction, whether a number is greater than 3, and one that is.
fn with_numbers(numbers: Vec<f64>, also: &[i16]) -> String {
    let claim = |id: &str, kind: &str| {
        format!(
            "[[claim]]\nid = \"{id}\"\nsection = \"4\"\nkind = \"{kind}\"\nen = \"A\"\nzh = \"甲\"\nquery = \"q\"\n\
             test = \">\"\nthreshold = 3\n"
        )
    };
    let text = claim("own", "inference") + &claim("foreseen", "prediction");
    let mut about = Study::read(&files(&ALL), Keep::Nothing).0.expect("a study").options.about;
    about.also = also.to_vec();
    let judged = judge(parse(&text).0, &about, &Numbers(numbers)).0;
    report(&ALL, &judged, |study| {
        let about = &mut study.options.about;
        about.also = also.to_vec();
        about.to = also.iter().copied().fold(about.to, i16::max);
    })
}

#[test]
fn numbers_that_are_no_draws_have_no_interval() {
    let few = with_numbers(vec![7.99, 3.92], &[]);
    assert!(body(&few).contains(">7.99, 3.92<") && body(&few).contains(">7.99、3.92<"));
    let more = with_numbers(vec![5.0, 9.0, -1.0, 4.0, 6.0], &[]);
    assert!(body(&more).contains(">−1 to 9<") && body(&more).contains(">−1至9<"));
    // As many as the study has draws.
    let draws = with_numbers((0..40).map(f64::from).collect(), &[]);
    assert!(body(&draws).contains(">19.5 (1.95–37"));
}

#[test]
fn verdicts_at_the_line_are_counted_and_predictions_apart() {
    // Of 40 draws 36 pass, exactly at the line.
    let page = with_numbers((0..40).map(f64::from).collect(), &[]);
    assert!(
        body(&page).contains("so that other draws could give another: 1.")
            && body(&page).contains("其中 1 条临界")
    );
    assert!(body(&page).contains("taken apart into 1 claims, and 1 predictions for later years"));
    let clear = with_numbers(vec![4.0; 40], &[]);
    assert!(!body(&clear).contains("so that other draws could give another"));
    let alone = report(&ALL, &claims(), |_| ());
    assert!(body(&alone).contains("taken apart into 1 claims; each is tied"));
}

/// What is counted over specifications of the game leaves the study's own out where there is a grid, everywhere alike.
#[test]
fn coalitions_are_averaged_over_the_specifications_that_are_counted() {
    let gridded = report(&ALL, &[], |study| study.options.relate.grid.tau = vec![0.2, 0.5]);
    assert!(body(&gridded).contains("averaged over 2 specifications"));
    assert!(body(&gridded).contains("就 2 种设定平均") && !body(&gridded).contains("averaged over 3"));
    let alone = report(&ALL, &[], |_| ());
    assert!(body(&alone).contains("averaged over 1 specifications"));
}

/// What is known of a year that is not over is dated by the last act.
#[test]
fn a_year_beyond_the_last_act_is_told_by_its_date() {
    let page = with_numbers(vec![4.0; 40], &[2024]);
    let page = body(&page);
    assert!(page.contains("the end of 2024 (the last act is of 18 October 2023)"));
    assert!(page.contains("截至 2024 年年底的数据（最后一项行为在 2023 年 10 月 18 日）"));
    assert!(
        page.contains("Up to 18 October 2023 the likeliest") && page.contains("截至 2023 年 10 月 18 日，")
    );
}

#[test]
fn an_empty_study_says_so_in_every_section() {
    let page = report(&[], &[], |_| ());
    let body = body(&page);
    assert!(
        body.matches("class=\"nothing\"").count() >= 2 * 6,
        "{}",
        body.matches("class=\"nothing\"").count()
    );
    assert!(!body.contains("class=\"plot\"") && !body.contains("NaN"));
}

#[test]
fn each_table_may_be_missing() {
    for missing in ALL {
        let which: Vec<&str> = ALL.into_iter().filter(|path| *path != missing).collect();
        let page = report(&which, &[], |_| ());
        assert!(!body(&page).contains("NaN"), "{missing}");
    }
}

#[test]
fn a_codebook_of_two_types_has_a_map_too() {
    let page = report(&ALL, &claims(), |study| study.codebook.types.truncate(2));
    assert_eq!(body(&page).matches("<p class=\"where\">").count(), 2 * 2);
}

#[test]
fn focal_actors_may_be_none() {
    let page = report(&ALL, &[], |study| study.options.about.focal.clear());
    assert!(!body(&page).contains("NaN"));
}

#[test]
fn texts_are_told_where_a_study_has_any() {
    let line = |id: &str, event: &str, text: &str| {
        format!(
            "{{\"id\":\"{id}\",\"date\":\"2022-10-07\",\"title\":\"<i>{id}</i>\",\"event\":\"{event}\",\"text\":\"{text}\"}}\n"
        )
    };
    let control = "The United States imposed export controls on advanced chips sold to China.";
    let corpus = line("t1", "a", control) + &line("t2", "", control) + &line("t3", "a", "The choir sang.");
    let mut files = files(&ALL);
    assert!(!body(&report_of(&files, &[], |_| ())).contains("id=\"texts-en\""));
    files.insert("corpus/news.jsonl".to_owned(), corpus.into_bytes());
    let page = report_of(&files, &[], |_| ());
    let body = body(&page);
    for anchor in ["texts-en", "texts-zh"] {
        assert_eq!(body.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor}");
    }
    assert!(body.contains("t2 &lt;i&gt;t2&lt;/i&gt;") && !body.contains("<i>t2"));
    assert!(body.contains("agreement_disagreements.csv") && !body.contains("NaN"));
    // They count only if the study asks for it.
    assert!(body.contains("does not enter exercise"));
    let counted = report_of(&files, &[], |study| study.options.code.count = true);
    assert!(self::body(&counted).contains("what was true of what was coded"));
}

/// The ids in a part of a page that begin in a way.
fn anchors<'a>(body: &'a str, start: &str) -> Vec<&'a str> {
    let ids = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    ids.filter(|id| id.starts_with(start)).collect()
}

#[test]
fn every_section_figure_table_and_claim_has_a_link_in_both_languages() {
    let page = report(&ALL, &claims(), |_| ());
    let body = body(&page);
    for (start, least) in [("figure-", 6), ("table-", 10), ("claim-a-", 2), ("term-", 20)] {
        let found = anchors(body, start);
        assert!(found.len() >= least, "{start} {found:?}");
        for id in &found {
            assert!(body.contains(&format!("<a class=\"permalink\" href=\"#{id}\"")), "{id}");
            // A term may occur in one language alone.
            if start == "term-" {
                continue;
            }
            let other = match id.strip_suffix("-en") {
                Some(name) => format!("{name}-zh"),
                None => format!("{}-en", id.trim_end_matches("-zh")),
            };
            assert!(found.contains(&other.as_str()), "{other}");
        }
    }
    for section in ["answer", "glossary"] {
        assert!(body.contains(&format!("<a class=\"permalink\" href=\"#{section}-zh\"")));
    }
    let captions = body.matches("<figcaption>").count() + body.matches("<caption>").count();
    assert_eq!(body.matches("class=\"csv script\"").count(), captions);
}

/// A link to a figure or table survives when another part of the study is missing.
#[test]
fn anchors_do_not_count() {
    let whole = report(&ALL, &claims(), |_| ());
    let less: Vec<&str> = ALL.into_iter().filter(|path| *path != "tables/supply.csv").collect();
    let part = report(&less, &claims(), |_| ());
    let whole = anchors(body(&whole), "");
    let mut same = 0;
    for id in anchors(body(&part), "table-").iter().chain(&anchors(body(&part), "figure-")) {
        assert!(whole.contains(id), "{id}");
        same += 1;
    }
    assert!(same > 10);
    assert!(whole.contains(&"table-ranks-market-en") && whole.contains(&"figure-dots-resource-zh"));
}

#[test]
fn the_contents_list_every_heading() {
    let page = report(&ALL, &claims(), |_| ());
    let page = body(&page).split_once("<div class=\"page\" lang=\"zh").expect("two pages").0;
    let (nav, rest) = page.split_once("</nav>").expect("contents");
    for heading in rest.split("<h3 id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(nav.contains(&format!("href=\"#{heading}\"")), "{heading}");
    }
    assert_eq!(rest.matches("<h3").count(), rest.matches("<h3 id=").count());
}

#[test]
fn every_figure_has_the_rows_it_draws() {
    let page = report(&ALL, &claims(), |_| ());
    let figures: Vec<&str> = body(&page).split("<figure ").skip(1).collect();
    assert!(figures.len() >= 2 * 5);
    for figure in figures {
        let rows =
            figure.split_once("class=\"rows\">").expect("rows").1.split_once("</script>").expect("an end").0;
        let rows: serde_json::Value = serde_json::from_str(rows).expect("JSON");
        let width = rows["head"].as_array().map(Vec::len).expect("headings");
        let list = rows["rows"].as_array().expect("rows");
        assert!(width >= 4 && !list.is_empty());
        assert!(list.iter().all(|row| row.as_array().is_some_and(|row| row.len() == width)));
    }
    assert!(
        body(&page).contains("</span>United</span> States"),
        "a spot stays with the first word of its name"
    );
    assert!(body(&page).contains("[\"United States\",") && body(&page).contains("[\"美国\","));
}

#[test]
fn the_glossary_has_only_what_occurs_and_says_where() {
    let glossary = |page: &str| {
        body(page)
            .split_once("<section id=\"glossary-en\"")
            .expect("a glossary")
            .1
            .split_once("</section>")
            .expect("an end")
            .0
            .to_owned()
    };
    let whole = glossary(&report(&ALL, &claims(), |_| ()));
    for word in [
        "id=\"term-draw-en\"",
        "id=\"term-type-compulsory-en\"",
        "id=\"term-instrument-export-control-en\"",
        "<code>techpower codebook compulsory</code>",
        "id=\"term-banzhaf-en\"",
    ] {
        assert!(whole.contains(word), "{word}");
    }
    // No event has such an instrument, mode or status, and no text such a measure.
    for word in ["term-instrument-subsidy", "term-mode-threaten", "term-status-repealed", "term-permutation"]
    {
        assert!(!whole.contains(word), "{word}");
    }
    for entry in whole.split("<dt ").skip(1) {
        assert!(entry.contains("Used in <a href=\"#"), "{}", &entry[..80]);
    }
    assert!(!glossary(&report(&[], &[], |_| ())).contains("term-instrument-"));
}

fn in_markdown(lang: Lang, folder: Option<&str>) -> Markdown {
    made_of(&files(&ALL), &claims(), |_| (), |contents| markdown(contents, lang, folder))
}

#[test]
fn markdown_says_what_the_page_says() {
    let page = report(&ALL, &claims(), |_| ());
    for (lang, mark) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let with = in_markdown(lang, Some("r_files"));
        let without = in_markdown(lang, None);
        let start = page.split_once(&format!("data-lang=\"{mark}\" data-title")).expect("a page").1;
        let own = start.split_once("<footer>").expect("an end").0;
        for heading in ["<h2", "<h3"] {
            let level = if heading == "<h2" { "\n## " } else { "\n### " };
            assert_eq!(with.text.matches(level).count(), own.matches(heading).count(), "{heading}");
        }
        assert_eq!(with.charts.len(), own.matches("class=\"plot\"").count());
        assert_eq!(with.text.matches("](r_files/").count(), with.charts.len() + with.drawn.len());
        assert!(with.charts.iter().all(|name| with.page.contains(&format!("data-name=\"{name}\""))));
        assert!(!without.text.contains("![") && without.charts.is_empty());
        for text in [&with.text, &without.text] {
            // A `<` after a backslash is a sign and begins no element.
            let text = text.replace("\\<", "‹");
            for hostile in ["<script", "<img", "<div", "<span", "<table", "CSV"] {
                assert!(!text.contains(hostile), "{hostile}");
            }
            assert!(text.contains("| --- |"));
        }
        assert_eq!(with, in_markdown(lang, Some("r_files")));
    }
}
