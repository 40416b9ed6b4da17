//! `techpower run`: the same bytes always, only what changed, and never half a result.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use techpower::disk::Folder;
use techpower::study::{Keep, Study};

use crate::{root, small_case, techpower};

/// Contents of all files below a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

fn same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in a {
        assert!(bytes == &b[name], "{name} differs");
    }
}

#[test]
fn any_number_of_threads_and_a_second_run_give_the_same_bytes() {
    let case = small_case();
    let build = case.path().join("build");
    techpower().arg("run").arg(case.path()).args(["--jobs", "1"]).assert().success();
    let one = contents(&build);
    fs::remove_dir_all(&build).expect("build");
    techpower().arg("run").arg(case.path()).args(["--jobs", "2"]).assert().success();
    let two = contents(&build);
    same(&one, &two);
    let again = techpower().arg("run").arg(case.path()).output().expect("a run");
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing has changed"));
    same(&one, &contents(&build));
    // Another seed gives other results.
    techpower().arg("run").arg(case.path()).args(["--seed", "7"]).assert().success();
    assert_ne!(one["tables/scores.csv"], contents(&build)["tables/scores.csv"]);
}

/// A changed table recomputes what depends on it and nothing else; the outcome is that of a fresh run.
#[test]
fn only_what_changed_is_computed_again() {
    let case = small_case();
    techpower().arg("run").arg(case.path()).assert().success();
    let before = contents(&case.path().join("build"));
    let path = case.path().join("tables/events.csv");
    let events = fs::read_to_string(&path).expect("events.csv");
    let shorter: Vec<&str> = events.lines().collect();
    fs::write(&path, shorter[..shorter.len() - 10].join("\n")).expect("events.csv");
    techpower().arg("run").arg(case.path()).assert().success();
    let after = contents(&case.path().join("build"));
    assert_eq!(before["cache/measure.bin"], after["cache/measure.bin"]);
    assert_ne!(before["cache/infer.bin"], after["cache/infer.bin"]);
    fs::remove_dir_all(case.path().join("build")).expect("build");
    techpower().arg("run").arg(case.path()).assert().success();
    same(&after, &contents(&case.path().join("build")));
}

/// Texts are coded again when they change; they count only if the study asks for it, and nothing else of the study changes by that.
#[test]
fn texts_are_coded_and_count_only_if_asked() {
    let case = small_case();
    let build = case.path().join("build");
    techpower().arg("run").arg(case.path()).assert().success();
    let before = contents(&build);
    let codings = String::from_utf8(before["tables/codings.csv"].clone()).expect("UTF-8");
    assert!(codings.lines().count() > 50, "{}", codings.lines().count());
    assert!(before["tables/agreement_measures.csv"].starts_with(b"field,coders,measure"));

    // A text that nobody checked.
    let line = "{\"id\":\"new\",\"date\":\"2019-02-11\",\"text\":\"Japan imposed export controls on chipmaking equipment sold to China.\"}\n";
    fs::write(case.path().join("corpus/new.jsonl"), line).expect("a text");
    techpower().arg("run").arg(case.path()).assert().success();
    let with_text = contents(&build);
    assert_ne!(before["cache/code.bin"], with_text["cache/code.bin"]);
    assert_eq!(before["cache/measure.bin"], with_text["cache/measure.bin"]);
    assert_eq!(before["tables/exercise.csv"], with_text["tables/exercise.csv"]);
    assert_eq!(before["tables/agreement_measures.csv"], with_text["tables/agreement_measures.csv"]);

    let path = case.path().join("study.toml");
    let options = fs::read_to_string(&path).expect("study.toml") + "\n[code]\ncount = true\n";
    fs::write(&path, options).expect("study.toml");
    techpower().arg("run").arg(case.path()).assert().success();
    let counted = contents(&build);
    assert_eq!(with_text["tables/codings.csv"], counted["tables/codings.csv"]);
    assert_eq!(with_text["tables/scores.csv"], counted["tables/scores.csv"]);
    assert_ne!(with_text["tables/exercise.csv"], counted["tables/exercise.csv"]);
    // The command for the stage says the same.
    let output =
        techpower().arg("infer").arg(case.path()).args(["--table", "exercise", "--format", "csv"]).output();
    assert_eq!(output.expect("a run").stdout, counted["tables/exercise.csv"]);
}

/// An output that was touched by hand is made again.
#[test]
fn a_changed_output_is_mended() {
    let case = small_case();
    techpower().arg("run").arg(case.path()).assert().success();
    let before = contents(&case.path().join("build"));
    fs::write(case.path().join("build/tables/scores.csv"), "nonsense").expect("a write");
    fs::remove_file(case.path().join("build/report.html")).expect("a removal");
    fs::write(case.path().join("build/cache/measure.bin"), [0, 1, 2]).expect("a write");
    techpower().arg("run").arg(case.path()).assert().success();
    same(&before, &contents(&case.path().join("build")));
}

/// Killed at any moment, a run leaves no outputs or whole ones, and the next run completes.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_nothing_half_written() {
    let case = small_case();
    let build = case.path().join("build");
    techpower().arg("run").arg(case.path()).assert().success();
    let whole = [contents(&build), {
        techpower().arg("run").arg(case.path()).args(["--seed", "2"]).assert().success();
        contents(&build)
    }];
    for kill in 0..24u64 {
        let seed = ["--seed", "2"];
        let arguments: &[&str] = if kill % 2 == 0 { &[] } else { &seed };
        let mut child = Command::new(env!("CARGO_BIN_EXE_techpower"))
            .arg("run")
            .arg(case.path())
            .args(arguments)
            .stderr(Stdio::null())
            .spawn()
            .expect("a run");
        std::thread::sleep(Duration::from_millis(kill * 37 % 700));
        let _ = child.kill();
        let _ = child.wait();
        if build.exists() {
            let found = contents(&build);
            assert!(whole.contains(&found), "half-written after kill {kill}");
        }
    }
    techpower().arg("run").arg(case.path()).assert().success();
    same(&whole[0], &contents(&build));
    assert!(!case.path().join("build.partial").exists() && !case.path().join("build.previous").exists());
}

#[test]
fn the_database_holds_every_table_and_its_provenance_and_cannot_be_changed() {
    let case = small_case();
    techpower().arg("run").arg(case.path()).assert().success();
    let ask = |sql: &str| {
        let output =
            techpower().arg("query").arg(case.path()).args([sql, "--format", "csv"]).output().expect("a run");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (_, names) = ask("SELECT name FROM sqlite_master WHERE type = 'table'");
    for table in fs::read_dir(case.path().join("build/tables")).expect("tables").flatten() {
        let name = table.path().file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(names.lines().any(|line| line == name), "{name} is not in the database");
        let (_, count) = ask(&format!("SELECT count(*) FROM \"{name}\""));
        let text = fs::read_to_string(table.path()).expect("a table");
        let rows = text.lines().filter(|line| !line.is_empty()).count();
        let count: usize = count.lines().nth(1).and_then(|line| line.parse().ok()).expect("a number");
        assert!(rows > count, "{name}: {rows} lines, {count} rows");
    }
    let (_, provenance) = ask("SELECT key FROM provenance");
    for key in ["techpower", "study_hash", "codebook_hash", "seed", "draws", "options"] {
        assert!(provenance.lines().any(|line| line == key), "no `{key}` in provenance");
    }
    assert_eq!(ask("DELETE FROM scores").0, Some(2));
    assert_eq!(ask("SELECT nonsense").0, Some(2));
}

/// Whatever the SQL of a claim or a query says, it only reads.
#[test]
fn queries_cannot_change_or_write_anything() {
    let case = small_case();
    let outside = tempfile::tempdir().expect("a folder");
    let file = outside.path().join("x.db");
    let attacks = [
        "DELETE FROM actors RETURNING 1.0".to_owned(),
        "DROP TABLE actors".to_owned(),
        format!("ATTACH DATABASE '{}' AS other", file.display()),
        format!("VACUUM INTO '{}'", file.display()),
        "PRAGMA journal_mode = WAL".to_owned(),
        "SELECT random() / 1e18".to_owned(),
        "SELECT julianday( 'now' )".to_owned(),
        "SELECT abs([random]())".to_owned(),
        "SELECT strftime('%s', 'no' || 'w')".to_owned(),
        "SELECT a.share FROM reliance_draws a, reliance_draws b".to_owned(),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n".to_owned(),
    ];
    let claims: Vec<String> = attacks
        .iter()
        .enumerate()
        .map(|(at, sql)| {
            format!(
                "[[claim]]\nid = \"c{at}\"\nsection = \"1\"\nkind = \"figure\"\nen = \"A\"\nzh = \"甲\"\n\
                 query = \"{sql}\"\ntest = \">\"\nthreshold = 0\n"
            )
        })
        .collect();
    fs::write(case.path().join("claims.toml"), claims.join("\n")).expect("claims");
    techpower().arg("run").arg(case.path()).assert().code(1);
    let ask = |sql: &str| {
        let output =
            techpower().arg("query").arg(case.path()).args([sql, "--format", "csv"]).output().expect("a run");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    assert_eq!(ask("SELECT DISTINCT verdict FROM claims").1, "verdict\nnot-testable\n");
    assert_eq!(ask("SELECT count(*) > 100 FROM actors").1.lines().nth(1), Some("1"));
    // Each query has its own limit: the same query gets the same verdict, however many there are.
    let heavy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15000000) SELECT max(i) FROM n";
    let claims: Vec<String> = (0..4)
        .map(|at| {
            format!(
                "[[claim]]\nid = \"h{at}\"\nsection = \"1\"\nkind = \"figure\"\nen = \"A\"\nzh = \"甲\"\n\
                 query = \"{heavy}\"\ntest = \">\"\nthreshold = 0\n"
            )
        })
        .collect();
    fs::write(case.path().join("claims.toml"), claims.join("\n")).expect("claims");
    techpower().arg("run").arg(case.path()).assert().code(0);
    assert_eq!(ask("SELECT DISTINCT verdict FROM claims").1, "verdict\nsupported\n");
    for sql in &attacks[..5] {
        assert_eq!(ask(sql).0, Some(2), "{sql}");
    }
    assert!(!file.exists());
}

/// What is in the way of the outputs is somebody's: it is neither replaced nor followed, and a folder that is no study is left
/// as it was.
#[test]
fn nothing_of_others_is_touched() {
    let case = small_case();
    fs::write(case.path().join("build"), "mine").expect("a file");
    techpower().arg("run").arg(case.path()).assert().code(3);
    assert_eq!(fs::read_to_string(case.path().join("build")).expect("a file"), "mine");
    let empty = tempfile::tempdir().expect("a folder");
    fs::create_dir(empty.path().join("build.partial")).expect("a folder");
    techpower().arg("run").arg(empty.path()).assert().code(1);
    assert!(empty.path().join("build.partial").exists());
    assert!(!empty.path().join("build.lock").exists());
}

/// A theory with other types and sources runs through the same stages.
#[test]
fn another_theory_runs_through_the_same_stages() {
    let folder = tempfile::tempdir().expect("a folder");
    crate::copy(&root().join("cases/weaponized-interdependence"), folder.path());
    techpower().arg("run").arg(folder.path()).args(["--draws", "50"]).assert().success();
    let ask = |sql: &str| {
        let output = techpower()
            .arg("query")
            .arg(folder.path())
            .args([sql, "--format", "csv"])
            .output()
            .expect("a run");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(ask("SELECT DISTINCT power FROM reliance ORDER BY power"), "power\nchokepoint\npanopticon\n");
    assert_eq!(ask("SELECT DISTINCT power FROM potential ORDER BY power"), "power\nchokepoint\npanopticon\n");
    // No type omits hub control, so its scarcity implies nothing; the probabilities still sum to one.
    let sums = ask("SELECT DISTINCT round(sum(probability), 6) FROM implied GROUP BY actor, year, basis");
    assert_eq!(sums.lines().skip(1).collect::<Vec<_>>(), ["1"]);
    let verdicts = ask("SELECT count(*) FROM claims WHERE verdict <> 'not-testable'");
    assert!(verdicts.lines().nth(1).and_then(|n| n.parse::<usize>().ok()).is_some_and(|n| n >= 5));
}

/// The descriptors of the shipped cases' own tables are current; `UPDATE=1` writes them.
#[test]
fn the_descriptors_of_the_cases_are_current() {
    for case in ["ai-rivalry", "weaponized-interdependence"] {
        let folder = root().join("cases").join(case);
        let (study, _) = Study::read(&Folder(folder.clone()), Keep::Rows);
        let expected = &techpower::study::write(&study.expect("a study"))["datapackage.json"];
        let path = folder.join("datapackage.json");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, expected).expect("the descriptor");
        }
        let written = fs::read_to_string(&path).expect("datapackage.json");
        assert!(written == *expected, "{} is not current: run the tests with UPDATE=1", path.display());
    }
}

/// Without a browser the figures of the Markdown stand as tables, and it says so.
#[test]
fn the_report_in_markdown_does_without_a_browser() {
    let case = small_case();
    let path = case.path().join("out/report.md");
    let output = techpower()
        .arg("report")
        .arg(case.path())
        .args(["--format", "md", "--lang", "zh", "--output"])
        .arg(&path)
        .env("PATH", "")
        .env_remove("CHROME")
        .output()
        .expect("a run");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("未找到 Chromium"));
    let text = fs::read_to_string(&path).expect("the report");
    assert!(text.contains("## 1 主要结论") && text.contains("| --- |") && text.contains("未能绘制"));
    assert!(!text.contains("](report.md_files/") && !case.path().join("out/report.md_files").exists());
}

/// A browser is asked to draw the charts, and nothing of its work stays but the pictures.
#[cfg(unix)]
#[test]
fn the_report_in_markdown_lets_a_browser_draw() {
    use std::os::unix::fs::PermissionsExt;
    let case = small_case();
    // It draws nothing, but answers as a browser would that has drawn every chart of the page.
    let browser = case.path().join("browser");
    let script = "#!/bin/sh\nfor last; do :; done\n[ \"$last\" = --version ] && exit 0\n\
        sed -n 's/.*class=\"chart\" data-name=\"\\([^\"]*\\)\".*/<pre data-name=\"\\1\">%3Csvg%2F%3E<\\/pre>/p' \"${last#file://}\"\n";
    fs::write(&browser, script).expect("a script");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("a script that runs");
    let path = case.path().join("out/report.md");
    let mut command = techpower();
    command
        .arg("report")
        .arg(case.path())
        .args(["--format", "md", "--output"])
        .arg(&path)
        .env("CHROME", &browser);
    command.assert().success();
    let text = fs::read_to_string(&path).expect("the report");
    let pictures = contents(&case.path().join("out/report.md_files"));
    assert!(pictures.len() > 5 && pictures.values().any(|svg| svg == b"<svg/>"));
    assert!(pictures.keys().all(|name| text.contains(&format!("](report.md_files/{name})"))));
    assert_eq!(text.matches("](report.md_files/").count(), pictures.len());
}
