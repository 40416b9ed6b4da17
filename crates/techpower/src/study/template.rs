//! Studies to begin with: an empty one to fill in, and a small one to learn from.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use super::options::{
    About, CodeOptions, Firms, InferOptions, Options, RulesOptions, STUDY_FILE, Uncertainty,
};
use super::recipe::{MeasureOptions, Normalisation};
use super::relation::RelateOptions;
use super::schema;
use super::write::{descriptor, options_text};
use crate::table::Table;

static TUTORIAL: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/study/tutorial");
/// How the tutorial's `study.toml` writes its id.
const TUTORIAL_ID: &str = r#"id = "tutorial""#;
const TUTORIAL_TITLE: &str = "Tutorial";
const IGNORED: &str = "/build*\n";

/// The files of an empty study, as texts by path: every table with its header and a comment on each column, in both
/// languages, so that it can be filled in without a manual.
#[must_use]
pub fn template(id: &str) -> BTreeMap<String, String> {
    let mut measure = MeasureOptions::default();
    measure.vary.normalisation.push(Normalisation::ZScore);
    measure.vary.named = vec!["normalisation".to_owned(), "weights".to_owned()];
    let options = Options {
        about: About {
            id: id.to_owned(),
            title_en: "A new study".to_owned(),
            title_zh: "新研究".to_owned(),
            codebook: "builtin".to_owned(),
            from: 2017,
            to: 2024,
            headline: 2024,
            also: Vec::new(),
            focal: Vec::new(),
            limits_en: Vec::new(),
            limits_zh: Vec::new(),
        },
        uncertainty: Uncertainty { draws: 1000, seed: 1, sensitivity: 1024, smaa: 10_000 },
        measure,
        relate: RelateOptions::default(),
        code: CodeOptions { count: false },
        rules: RulesOptions::default(),
        infer: InferOptions { prior: 0.5, firms: Firms::Home, reach: true },
    };
    let mut files = BTreeMap::new();
    files.insert(STUDY_FILE.to_owned(), options_text(&options, true));
    files.insert("claims.toml".to_owned(), CLAIMS.to_owned());
    files.insert(".gitignore".to_owned(), IGNORED.to_owned());
    let mut tables = Vec::new();
    for table in schema::TABLES {
        let header: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        let text = format!("{}{}\n", comments(table, &header), header.join(","));
        files.insert(table.path(), text);
        tables.push(table);
    }
    files.insert("datapackage.json".to_owned(), descriptor(id, &options.about.title_en, &tables));
    files
}

/// The files of a small study that runs at once, as texts by path: ten acts among three actors, with comments in both languages that say how to go on.
///
/// ```
/// use techpower::study::tutorial;
/// let files = tutorial("first");
/// assert!(files["study.toml"].contains("id = \"first\""));
/// assert!(files["tables/events.csv"].contains("eu-2024-06-ai-act"));
/// ```
#[must_use]
pub fn tutorial(id: &str) -> BTreeMap<String, String> {
    let plain = |path: &str| TUTORIAL.get_file(path).and_then(|file| file.contents_utf8());
    let mut files = BTreeMap::new();
    for path in [STUDY_FILE, "claims.toml"] {
        files.insert(path.to_owned(), plain(path).unwrap_or_default().to_owned());
    }
    if let Some(options) = files.get_mut(STUDY_FILE) {
        let own = format!("id = {}", toml::Value::String(id.to_owned()));
        *options = options.replacen(TUTORIAL_ID, &own, 1);
    }
    files.insert(".gitignore".to_owned(), IGNORED.to_owned());
    let mut tables = Vec::new();
    for table in schema::TABLES {
        let Some(text) = plain(&table.path()) else { continue };
        files.insert(table.path(), explained(table, text));
        tables.push(table);
    }
    files.insert("datapackage.json".to_owned(), descriptor(id, TUTORIAL_TITLE, &tables));
    files
}

/// A table with a comment on each of its columns between its own comments and its header.
fn explained(table: &Table, text: &str) -> String {
    let intro: usize =
        text.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum();
    let (intro, rows) = text.split_at(intro);
    let header: Vec<&str> = rows.lines().next().unwrap_or_default().split(',').collect();
    format!("{intro}#\n{}{rows}", comments(table, &header))
}

/// What a table and its columns are, as comments in both languages.
fn comments(table: &Table, header: &[&str]) -> String {
    let mut text = format!("# {} {}\n", table.en, table.zh);
    for column in table.columns.iter().filter(|column| header.contains(&column.name)) {
        let need = if column.required { "" } else { " (may be empty / 可留空)" };
        text.push_str(&format!("# {}{need}: {} {}\n", column.name, column.en, column.zh));
    }
    text
}

const CLAIMS: &str = r#"# Claims: sentences of an argument, each with a query on the results.
# 论断：论证中的句子，各附一条对结果的查询。
#
# [[claim]]
# id = "leads-with-compulsory"
# section = "4.2"
# kind = "inference"              # figure | inference | proposition
# en = "The United States relies on compulsory power more than on any other type."
# zh = "美国对强制性权力的倚重超过其他任何类型。"
# query = "SELECT probability_leading FROM reliance WHERE actor = 'USA' AND power = 'compulsory' AND year = 2024"
# test = ">="                     # the claim holds where the number passes this test
# threshold = 0.5
"#;
