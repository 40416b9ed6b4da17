//! An empty study to fill in.

use std::collections::BTreeMap;

use super::options::{
    About, CodeOptions, Firms, InferOptions, Options, RulesOptions, STUDY_FILE, Uncertainty,
};
use super::recipe::{MeasureOptions, Normalisation};
use super::relation::RelateOptions;
use super::schema;
use super::write::{descriptor, options_text};

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
    files.insert(".gitignore".to_owned(), "/build*\n".to_owned());
    let mut tables = Vec::new();
    for table in schema::TABLES {
        let mut text = format!("# {} {}\n", table.en, table.zh);
        for column in table.columns {
            let need = if column.required { "" } else { " (may be empty / 可留空)" };
            text.push_str(&format!("# {}{need}: {} {}\n", column.name, column.en, column.zh));
        }
        let header: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        text.push_str(&header.join(","));
        text.push('\n');
        files.insert(table.path(), text);
        tables.push(table);
    }
    files.insert("datapackage.json".to_owned(), descriptor(id, &options.about.title_en, &tables));
    files
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
