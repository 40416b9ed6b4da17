//! Imports from the command line: what is written, what is not, exit codes, words.

use std::fs;
use std::path::Path;

use crate::techpower;

const FLOWS: &str =
    "t,i,j,k,v,q\n2020,842,156,854231,10.5,1\n2020,276,156,854231,2,NA\n2020,276,156,854231,bad,1\n";
const SQUARE: &str =
    "V1,CHN_C26,USA_C26,CHN_HFCE,USA_HFCE,OUT\nCHN_C26,5,2,3,4,14\nUSA_C26,0,7,1,6,14\nOUT,5,9,4,10,28\n";

fn written(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

/// Exit code and what was said.
fn import(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = techpower().current_dir(folder).arg("import").args(arguments).output().expect("a run");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn chain(folder: &Path) {
    written(
        folder,
        &[
            (
                "cset/inputs.csv",
                "input_id,input_name,type\nN1,Scanner,tool_resource\nN2,Chip,ultimate_output\n",
            ),
            (
                "cset/providers.csv",
                "provider_name,alias,provider_id,provider_type,country\nNLD,Netherlands,P1,country,\nJPN,Japan,P2,country,\n",
            ),
            (
                "cset/provision.csv",
                "provider_id,provided_id,share_provided,year,source\nP1,N1,80,2024,Yearbook\nP2,N1,20,2024,Yearbook\nP1,N2,70,2024,Yearbook\n",
            ),
            ("cset/sequence.csv", "input_id,goes_into_id,is_type_of_id\nN1,N2,\n"),
            ("cset/stages.csv", "stage_id,stage_name\n"),
        ],
    );
}

#[test]
fn a_supply_chain_is_imported_and_exposures_follow() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    chain(folder);
    let (code, said) = import(folder, &["cset", "cset", "--into", "study", "--subtypes", "parent"]);
    assert_eq!(code, Some(0), "{said}");
    // Remarks on the files are told, since no other command reads these again.
    assert!(said.contains("CC BY-NC 4.0") && said.contains("placeholder"), "{said}");
    assert!(read(folder, "study/study.toml").contains("subtypes = \"parent\""));
    let output = techpower()
        .current_dir(folder)
        .args(["relate", "study", "--table", "denial", "--format", "csv"])
        .output()
        .expect("a run");
    let table = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(table.lines().any(|line| line.starts_with("NLD,") || line.starts_with("EU27,")), "{table}");
    // Again: refused, then with --force; a study.toml stays as it is and that is said.
    assert_eq!(import(folder, &["cset", "cset", "--into", "study"]).0, Some(2));
    fs::write(folder.join("study/study.toml"), "# mine\n").expect("a file");
    let (code, said) = import(folder, &["cset", "cset", "--into", "study", "--force"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stays as it is"), "{said}");
    assert_eq!(read(folder, "study/study.toml"), "# mine\n");
}

#[test]
fn a_supply_chain_that_is_not_there_is_unreadable() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert_eq!(import(folder, &["cset", "nowhere", "--into", "study"]).0, Some(3));
    assert_eq!(import(folder, &["epoch-chips", "nowhere", "--into", "study"]).0, Some(3));
    fs::create_dir(folder.join("empty")).expect("a folder");
    for (tool, why) in [("cset", "没有这个文件"), ("epoch-chips", "无法读取文件")] {
        let (code, said) = import(folder, &[tool, "empty", "--into", "study", "--lang", "zh"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(why), "{said}");
    }
    assert!(!folder.join("study").exists());
}

#[test]
fn trade_is_imported_with_its_bad_rows_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    written(folder, &[("b.csv", FLOWS)]);
    let (code, said) = import(folder, &["baci", "b.csv", "--into", "study", "--product", "chips=8541,8542"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("b.csv:4 [v]") && said.contains("`bad` is not a number"), "{said}");
    let trade = read(folder, "study/tables/trade.csv");
    assert!(
        trade.starts_with("exporter,importer,product,year,value,quantity,reference\nDEU,CHN,chips,2020,2,,"),
        "{trade}"
    );
    assert!(trade.contains("USA,CHN,chips,2020,10.5,1,"), "{trade}");
    assert!(read(folder, "study/tables/actors.csv").contains("DEU,Germany,德国,state,EU27,,"));
    assert_eq!(import(folder, &["baci", "b.csv", "--into", "other", "--product", "chips"]).0, Some(2));
    assert_eq!(import(folder, &["baci", "none.csv", "--into", "other"]).0, Some(3));
    assert_eq!(import(folder, &["baci", "b.csv", "--into", "other", "--countries", "none.csv"]).0, Some(3));
    assert_eq!(import(folder, &["baci", "b.csv", "--into", "other", "--year", "1990"]).0, Some(1));
    assert!(!folder.join("other").exists());
    // A bad product code of an earlier study is not overwritten unasked.
    assert_eq!(import(folder, &["baci", "b.csv", "--into", "study"]).0, Some(2));
    assert!(read(folder, "study/tables/trade.csv").contains("chips"));
}

#[test]
fn an_inter_country_table_is_imported_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    written(folder, &[("io.csv", SQUARE), ("bad.csv", "a,b\nc,1\n")]);
    let reference = "OECD ICIO, 2023 edition, million current USD";
    let (code, said) =
        import(folder, &["iot", "io.csv", "--year", "2020", "--into", "study", "--reference", reference]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("3 files") && said.contains("nothing to note"), "{said}");
    let rows = read(folder, "study/tables/transactions.csv");
    assert_eq!(rows.lines().count(), 1 + 3 + 4);
    assert!(rows.contains(&format!("CHN,C26,USA,,2020,4,\"{reference}\"")), "{rows}");
    // Refused as a whole: neither tables nor parts of them are left.
    let (code, said) = import(folder, &["iot", "bad.csv", "--year", "2020", "--into", "other"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(!folder.join("other").exists());
    assert_eq!(import(folder, &["iot", "io.csv", "--year", "2021", "--into", "study"]).0, Some(2));
    assert_eq!(
        import(folder, &["iot", "bad.csv", "--year", "2021", "--into", "study", "--force"]).0,
        Some(1)
    );
    assert_eq!(read(folder, "study/tables/transactions.csv"), rows);
    assert_eq!(import(folder, &["iot", "io.csv", "--year", "2021", "--into", "study", "--force"]).0, Some(0));
    assert!(read(folder, "study/tables/transactions.csv").contains(",2021,"));
    let names: Vec<_> = fs::read_dir(folder.join("study/tables"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn chip_counts_are_imported_with_their_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let head = "Chip manufacturer,Owner,End date,Compute estimate in H100e (median),H100e (5th percentile),H100e (95th percentile)";
    let table = format!("{head}\nA,Meta,12/31/2024,10,8,12\nA,China,12/31/2024,5,4,7\n");
    written(folder, &[("chips/owners_csv_export/a_owners_cumulative_totals.csv", &table)]);
    let (code, said) = import(folder, &["epoch-chips", "chips", "--into", "study"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("official supply by construction"), "{said}");
    assert!(
        read(folder, "study/tables/indicators.csv")
            .contains("CHN,ai_chip_stock,2024,5,H100-equivalents,4,7,")
    );
    techpower().current_dir(folder).args(["check", "study"]).assert().code(0);
}

/// Imports of several sources share one study: with `--add`, the actors that are there stay, and what is missing is added.
#[test]
fn several_imports_share_a_study() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    chain(folder);
    written(folder, &[("b.csv", FLOWS), ("io.csv", SQUARE)]);
    assert_eq!(import(folder, &["cset", "cset", "--into", "study"]).0, Some(0));
    let own = read(folder, "study/tables/actors.csv").replace("Japan", "Nippon");
    written(folder, &[("study/tables/actors.csv", &own)]);
    let trade = ["baci", "b.csv", "--into", "study"];
    assert_eq!(import(folder, &trade).0, Some(2));
    assert!(!folder.join("study/tables/trade.csv").exists());
    let (code, said) = import(folder, &[&trade[..], &["--add"]].concat());
    assert_eq!(code, Some(1), "the bad row of the flows: {said}");
    let (code, said) = import(folder, &["iot", "io.csv", "--year", "2020", "--into", "study", "--add"]);
    assert_eq!(code, Some(0), "{said}");
    let actors = read(folder, "study/tables/actors.csv");
    assert!(actors.starts_with(&own), "{actors}");
    let added: Vec<&str> = actors[own.len()..].lines().collect();
    assert_eq!(
        added,
        ["CHN,China,中国,state,,,", "DEU,Germany,德国,state,EU27,,", "USA,United States,美国,state,,,"]
    );
    for table in ["inputs", "requires", "supply", "trade", "transactions"] {
        assert!(folder.join(format!("study/tables/{table}.csv")).exists(), "{table}");
    }
    // Other tables are overwritten only when asked, and an actors.csv that is none is left alone.
    assert_eq!(import(folder, &[&trade[..], &["--add"]].concat()).0, Some(2));
    assert_eq!(import(folder, &[&trade[..], &["--add", "--force"]].concat()).0, Some(1));
    assert_eq!(read(folder, "study/tables/actors.csv"), actors);
    written(folder, &[("study/tables/actors.csv", "id,name\n")]);
    assert_eq!(import(folder, &[&trade[..], &["--add", "--force"]].concat()).0, Some(2));
    assert_eq!(read(folder, "study/tables/actors.csv"), "id,name\n");
}
