//! The example index of COINr comes out as COINr has it, for every normalisation, aggregation, imputation and treatment. Needs the data that
//! ship with COINr in `$TECHPOWER_TESTDATA/asem`; without them the test is skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use techpower::import::coinr;
use techpower::measure::{Index, measure};
use techpower::study::{Keep, Study};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The study of the recipe with COINr's data; `None` if there are none.
fn files(data: &str) -> Option<BTreeMap<String, String>> {
    let folder = PathBuf::from(std::env::var_os("TECHPOWER_TESTDATA")?).join("asem");
    let inputs: BTreeMap<String, String> =
        [data, "02_iMeta.csv"].map(|name| (name.to_owned(), read(&folder.join(name)))).into();
    let (made, notes) = coinr(&inputs, data, "02_iMeta.csv", "asem");
    assert!(notes.is_empty(), "{notes:?}");
    let mut made = made.expect("both files are there");
    made.insert("study.toml".to_owned(), read(&root().join("cases/asem-parity/study.toml")));
    Some(made)
}

/// Replaces keys of the recipe, or adds them to its section.
fn with(files: &BTreeMap<String, String>, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut files = files.clone();
    let mut lines: Vec<String> = files["study.toml"].lines().map(str::to_owned).collect();
    for (key, value) in changes {
        let line = format!("{key} = {value}");
        match lines.iter_mut().find(|line| line.split(" = ").next() == Some(*key)) {
            Some(found) => *found = line,
            None => {
                let section = lines.iter().position(|line| line == "[measure]").expect("a section");
                lines.insert(section + 1, line);
            }
        }
    }
    files.insert("study.toml".to_owned(), lines.join("\n"));
    files
}

fn index(files: &BTreeMap<String, String>) -> Index {
    let (study, _) = Study::read(files, Keep::Rows);
    let mut study = study.expect("a study");
    // Only the recipe as stated is asked for.
    (study.options.uncertainty.draws, study.options.uncertainty.sensitivity) = (1, 0);
    measure(&study).0
}

/// Expected values of a variant, by unit and node; NaN where COINr has none.
fn expected(variant: &str) -> Vec<(String, String, f64)> {
    let text = read(&root().join("tests/asem/expected.csv"));
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let rows: Vec<(String, String, f64)> = rows
        .filter(|cells| cells[0] == variant)
        .map(|cells| (cells[1].to_owned(), cells[2].to_owned(), cells[3].parse().unwrap_or(f64::NAN)))
        .collect();
    assert!(!rows.is_empty(), "no expected values of {variant}");
    rows
}

fn compare(variant: &str, index: &Index, year: usize) {
    for (unit, node, expected) in expected(variant) {
        let actor = index.actors.iter().position(|id| *id == unit).expect("a unit");
        let node = index.nodes.iter().position(|other| other.code == node).expect("a node");
        let found = index.score(node, year, actor).nominal.unwrap_or(f64::NAN);
        let same = (found - expected).abs() <= 1e-12 * expected.abs().max(1e-3)
            || (found.is_nan() && expected.is_nan());
        assert!(same, "{variant}: {unit} {}: {found}, not {expected}", index.nodes[node].code);
    }
}

#[test]
fn the_example_index_is_that_of_coinr() {
    let Some(files) = files("01_raw_iData.csv") else {
        eprintln!("skipped: TECHPOWER_TESTDATA is not set");
        return;
    };
    let variants: &[(&str, &[(&str, &str)])] = &[
        ("base", &[]),
        ("norm_zscore", &[("normalisation", "\"z-score\"")]),
        ("norm_scaled", &[("normalisation", "\"scaled\"")]),
        ("norm_rank", &[("normalisation", "\"rank\"")]),
        ("norm_prank", &[("normalisation", "\"percentile-rank\"")]),
        ("norm_borda", &[("normalisation", "\"borda\"")]),
        ("norm_dist2max", &[("normalisation", "\"distance-to-max\"")]),
        ("norm_dist2targ", &[("normalisation", "\"distance-to-target\"")]),
        ("agg_geometric", &[("aggregation", "\"geometric\""), ("scale", "[1, 100]")]),
        ("agg_harmonic", &[("aggregation", "\"harmonic\""), ("scale", "[1, 100]")]),
        ("agg_gen2", &[("aggregation", "\"generalised\""), ("power", "2"), ("scale", "[1, 100]")]),
        ("agg_gen_1", &[("aggregation", "\"generalised\""), ("power", "-1"), ("scale", "[1, 100]")]),
        ("agg_gen05", &[("aggregation", "\"generalised\""), ("power", "0.5"), ("scale", "[1, 100]")]),
        ("agg_copeland", &[("aggregation", "\"copeland\"")]),
        (
            "agg_mixed",
            &[("aggregation", "[\"geometric\", \"arithmetic\", \"harmonic\"]"), ("scale", "[1, 100]")],
        ),
        ("impute_mean", &[("imputation", "\"mean\"")]),
        ("impute_median", &[("imputation", "\"median\"")]),
        ("impute_median_grp", &[("imputation", "\"group-median\"")]),
        ("impute_none", &[("imputation", "\"none\""), ("screen", "0")]),
        ("treat_none", &[("treatment", "\"none\"")]),
        ("treat_winmax2", &[("winmax", "2")]),
        ("treat_log_orig_winmax2", &[("winmax", "2"), ("treatment", "\"winsorise-log-one\"")]),
        (
            "treat_boxcox0.5_winmax2",
            &[("winmax", "2"), ("treatment", "\"winsorise-box-cox\""), ("lambda", "0.5")],
        ),
        ("treat_force", &[("treatment", "\"log\""), ("treat_always", "true")]),
        (
            "thresh07",
            &[
                ("imputation", "\"none\""),
                ("screen", "0"),
                ("min_coverage", "0.7"),
                ("coverage_by", "\"count\""),
            ],
        ),
    ];
    for (variant, changes) in variants {
        compare(variant, &index(&with(&files, changes)), 0);
    }
    // Ranks: Switzerland first, the Netherlands before Denmark and Norway.
    let base = index(&files);
    let ranks = base.nominal_ranks(0, 0);
    let rank = |unit: &str| ranks[base.actors.iter().position(|id| id == unit).expect("a unit")];
    assert_eq!(["CHE", "NLD", "DNK", "NOR"].map(rank), [1, 2, 3, 4].map(Some));
}

/// Columns of `index.csv` that COINr's example does not fill: goalposts, and weights of 1, 2, 3 by turns in the order of iMeta.
#[test]
fn columns_of_the_hierarchy_count_as_they_do_in_coinr() {
    let Some(files) = files("01_raw_iData.csv") else { return };
    let goalposts: BTreeMap<String, String> = read(&root().join("tests/asem/goalposts.csv"))
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>())
        .map(|cells| (cells[0].to_owned(), format!("{}..{}", cells[1], cells[2])))
        .collect();
    let changed = |column: &str, value: &dyn Fn(usize, &str) -> Option<String>| {
        let mut files = files.clone();
        let mut reader = csv::Reader::from_reader(files["tables/index.csv"].as_bytes());
        let header = reader.headers().expect("a header").clone();
        let place = header.iter().position(|name| name == column).expect("a column");
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).expect("memory");
        let mut leaf = 0;
        for row in reader.records() {
            let row = row.expect("a row");
            let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
            if cells[4] == "1" {
                cells[place] = value(leaf, &row[0]).unwrap_or_default();
                leaf += 1;
            }
            writer.write_record(&cells).expect("memory");
        }
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        files.insert("tables/index.csv".to_owned(), text);
        files
    };
    let posted = changed("goalposts", &|_, code| goalposts.get(code).cloned());
    compare("norm_goalposts", &index(&with(&posted, &[("normalisation", "\"goalposts\"")])), 0);
    let weighed = changed("weight", &|leaf, _| Some((1 + leaf % 3).to_string()));
    compare("weights_cycle", &index(&weighed), 0);
}

/// COINr's example purse: five years, no denomination or imputation, treated within a year and normalised over all.
#[test]
fn a_panel_is_normalised_as_in_coinr() {
    let Some(files) = files("01p_panel_iData.csv") else { return };
    let changes = [
        ("to", "2022"),
        ("denominate", "false"),
        ("imputation", "\"none\""),
        ("screen_on", "\"raw\""),
        ("scope", "\"panel\""),
        ("treatment_scope", "\"year\""),
    ];
    compare("panel_global", &index(&with(&files, &changes)), 4);
}
