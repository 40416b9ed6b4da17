//! The command line: help, exit codes, formats, language.

use std::fs;

use techpower::diag::{Kind, Lang, Severity, Words};
use techpower::package::{ALL, CODERS, DRAWS};
use techpower::study::schema::TABLES;
use techpower::table::{Table, Type};

use crate::{root, small_case, techpower};

fn stdout(arguments: &[&str]) -> String {
    let output = techpower().args(arguments).output().expect("a run");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// All commands in the order in which their help lists them, each before those below it; the first is the program itself.
fn commands() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut at = 0;
    while at < all.len() {
        let command = all[at].clone();
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let help = stdout(&arguments);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let below: Vec<String> = listed
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix("  "))
            // A help of several lines goes on further to the right.
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help")
            .map(|name| format!("{command} {name}").trim().to_owned())
            .collect();
        let rest = all.split_off(at + 1);
        all.extend(below.into_iter().chain(rest));
        at += 1;
    }
    all
}

/// The reference page of the command line is what `--help` prints, in both languages; `UPDATE=1` writes it.
#[test]
fn the_reference_page_is_what_help_prints() {
    let commands = commands();
    assert!(commands.iter().any(|command| command == "rules why-not"), "{commands:?}");
    for (lang, path, head) in [
        (
            "en",
            "docs/reference/command.md",
            "# Command line\n\nWritten by a test from the program's own help.\n",
        ),
        ("zh", "docs/zh/reference/command.md", "# 命令行\n\n由测试依程序自身的帮助写成。\n"),
    ] {
        let mut page = head.to_owned();
        for command in &commands {
            let mut arguments: Vec<&str> = command.split_whitespace().collect();
            arguments.extend(["--help", "--lang", lang]);
            let help: Vec<String> =
                stdout(&arguments).lines().map(|line| line.trim_end().to_owned()).collect();
            let title = format!("techpower {command}");
            page.push_str(&format!(
                "\n## {}\n\n```text\n{}\n```\n",
                title.trim_end(),
                help.join("\n").trim_end()
            ));
        }
        current(path, &page);
    }
}

/// Holds a page of the documentation against what it should say; `UPDATE=1` writes it.
fn current(path: &str, page: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, page).expect("the page");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "{path} is not current: run the tests with UPDATE=1");
}

/// The reference page of tables is what the schemas say.
#[test]
fn the_page_of_tables_is_what_the_schemas_say() {
    let mut page = String::from("# Tables\n\nWritten by a test from the schemas.\n");
    let parts: [(&str, Vec<&Table>); 4] = [
        ("Tables of a study", TABLES.iter().collect()),
        ("Tables of results", ALL.to_vec()),
        ("Tables of single draws, in the database only", DRAWS.to_vec()),
        ("Tables of coders held against people's passages, of no study", CODERS.to_vec()),
    ];
    for (title, tables) in parts {
        page.push_str(&format!("\n## {title}\n"));
        for table in tables {
            page.push_str(&format!("\n### `{}`\n\n{} {}\n", table.name, table.en, table.zh));
            if !table.key.is_empty() {
                page.push_str(&format!("\nKey: {}.\n", table.key.join(", ")));
            }
            page.push_str("\n| column | holds | meaning | 含义 |\n|---|---|---|---|\n");
            for column in table.columns {
                let holds = match column.kind {
                    Type::Text => "text".to_owned(),
                    Type::Id => "id".to_owned(),
                    Type::Ids => "ids separated by &#124;".to_owned(),
                    Type::Year => "year".to_owned(),
                    Type::Date => "YYYY-MM-DD, YYYY-MM or YYYY".to_owned(),
                    Type::Interval => "number or low..high".to_owned(),
                    Type::Choice(words) => words.join(", "),
                    Type::Number { min, max } if min.is_finite() && max.is_finite() => {
                        format!("number, {min} to {max}")
                    }
                    Type::Number { min, .. } if min.is_finite() => format!("number from {min}"),
                    Type::Number { .. } => "number".to_owned(),
                };
                let need = if column.required { "" } else { ", may be empty" };
                let (en, zh) = (column.en.replace('|', "&#124;"), column.zh.replace('|', "&#124;"));
                page.push_str(&format!("| `{}` | {holds}{need} | {en} | {zh} |\n", column.name));
            }
        }
    }
    current("docs/reference/tables.md", &page);
}

/// The reference pages of notes are what the catalogue says.
#[test]
fn the_pages_of_notes_are_what_the_catalogue_says() {
    let words = Words::notes();
    let mut english = String::from("# Notes\n\nWritten by a test from the catalogue.\n");
    let mut chinese = String::from("# 提示\n\n由测试依提示目录写成。\n");
    for (severity, name) in [(Severity::Error, "错误"), (Severity::Warning, "警告"), (Severity::Info, "说明")]
    {
        english.push_str(&format!(
            "\n## {}\n\n| kind | message | hint | 提示 |\n|---|---|---|---|\n",
            severity.id()
        ));
        chinese.push_str(&format!("\n## {name}\n\n| 编号 | 提示 | 建议 |\n|---|---|---|\n"));
        for kind in Kind::ALL.iter().filter(|kind| kind.severity() == severity) {
            let id = kind.id();
            let cell = |text: &str| text.replace('|', "&#124;");
            let [message, message_zh] = [Lang::En, Lang::Zh].map(|lang| cell(words.text(id, lang)));
            let [hint, hint_zh] = [Lang::En, Lang::Zh].map(|lang| cell(words.part(id, "hint", lang)));
            english.push_str(&format!("| `{id}` | {message} | {hint} | {message_zh} |\n"));
            chinese.push_str(&format!("| `{id}` | {message_zh} | {hint_zh} |\n"));
        }
    }
    current("docs/reference/notes.md", &english);
    current("docs/zh/reference/notes.md", &chinese);
}

#[test]
fn exit_codes_are_as_documented() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    techpower().args(["check", path]).assert().code(0);
    techpower().args(["check", "/no/such/folder"]).assert().code(3);
    techpower().args(["query", path, "SELECT 1"]).assert().code(3);
    techpower().args(["measure", path, "--table", "no"]).assert().code(2);
    techpower().args(["magic"]).assert().code(2);
    techpower().args(["run", path, "--draws", "0"]).assert().code(2);
    techpower().args(["codebook", "no-such-page"]).assert().code(2);
    fs::write(case.path().join("tables/requires.csv"), "input,goes_into\nnothing,anything\n")
        .expect("a table");
    techpower().args(["check", path]).assert().code(1);
}

/// What cannot be written is told with its path, and is no fault of the program; what is done is done, whether or not it can be told or shown.
#[test]
fn what_cannot_be_read_or_written_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    let path = path.to_str().expect("UTF-8");
    techpower().args(["new", path]).assert().code(0);
    let text = folder.path().join("a.txt");
    fs::write(&text, "Japan put chip tools under export controls.").expect("a text");
    let text = text.to_str().expect("UTF-8");
    let nowhere = format!("{text}/no.qdpx");
    let told = techpower().args(["code", text, "--qdpx", &nowhere]).assert().code(3);
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(told.contains(&nowhere), "{told}");
    for tells in ["--explain", "--why-not"] {
        techpower().args(["code", text, tells, "--merge"]).assert().code(2);
        techpower().args(["code", text, tells, "--qdpx", "x.qdpx"]).assert().code(2);
    }
    // Without a program that opens it, the report is there all the same.
    let ran = techpower().env("PATH", "").args(["run", path, "--draws", "100", "--open"]).assert().code(0);
    let told = String::from_utf8_lossy(&ran.get_output().stderr).into_owned();
    assert!(cfg!(windows) || told.contains("could not be opened") && told.contains("report.html"), "{told}");
    let twice =
        techpower().args(["query", path, "SELECT 1 AS x, 2 AS x", "--format", "json"]).assert().code(0);
    let output = twice.get_output();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"x_2\": 2"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("x_2"));
    let strange = techpower().args(["query", path, "SELECT :yaer"]).assert().code(2);
    assert!(String::from_utf8_lossy(&strange.get_output().stderr).contains("`:yaer`"));
    #[cfg(target_os = "linux")]
    {
        let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let ask = || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_techpower"));
            command.args(["check", path, "--format", "csv"]);
            command
        };
        assert_eq!(ask().stdout(full()).status().expect("a run").code(), Some(3));
        let talk = std::process::Command::new(env!("CARGO_BIN_EXE_techpower"))
            .args(["check", path])
            .stderr(full())
            .status();
        assert_eq!(talk.expect("a run").code(), Some(0));
    }
}

/// What is in the place of a file and is none is a note on `run` as it is on `check`.
#[test]
fn a_folder_in_the_place_of_a_file_is_a_note() {
    for file in ["tables/events.csv", "claims.toml"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s");
        techpower().arg("new").arg(&path).assert().code(0);
        fs::remove_file(path.join(file)).expect("a file less");
        fs::create_dir(path.join(file)).expect("a folder");
        for (command, more) in [("check", &[][..]), ("run", &["--draws", "100"])] {
            let output = techpower().arg(command).arg(&path).args(more).output().expect("a run");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{command} {file}: {told}");
            assert!(told.contains(file), "{command} {file}: {told}");
        }
    }
}

/// A new study runs at once, without a doubt about its tables, and so does an empty one.
#[test]
fn a_new_study_can_be_checked_and_run() {
    for empty in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine");
        let path = path.to_str().expect("UTF-8");
        let new = |more: &[&str]| {
            let kind: &[&str] = if empty { &["--empty"] } else { &[] };
            techpower().args(["new", path]).args(kind).args(more).assert()
        };
        new(&[]).code(0);
        techpower().args(["check", path]).assert().code(0);
        techpower().args(["run", path, "--draws", "100"]).assert().code(0);
        // Nothing is overwritten without being asked.
        new(&[]).code(2);
        new(&["--force"]).code(0);
        let acts = stdout(&["query", path, "SELECT COUNT(DISTINCT event) FROM events", "--format", "csv"]);
        assert_eq!(acts.lines().nth(1), Some(if empty { "0" } else { "10" }));
        if !empty {
            let verdicts = stdout(&["query", path, "SELECT verdict FROM claims", "--format", "csv"]);
            assert_eq!(verdicts.lines().count(), 4, "{verdicts}");
            let losses = stdout(&["query", path, "SELECT * FROM denial", "--format", "csv"]);
            assert!(losses.lines().count() > 5, "{losses}");
        }
    }
}

#[test]
fn help_is_told_in_chinese() {
    for arguments in [
        &["rules", "assess", "--help", "--lang", "zh"][..],
        &["--lang=zh", "rules", "assess", "--help"],
        &["help", "rules", "assess", "--lang", "zh"],
    ] {
        let help: Vec<String> = stdout(arguments).lines().map(|line| line.trim_end().to_owned()).collect();
        let help = help.join("\n");
        for told in [
            "说明某日哪些文书触及哪些对象",
            "用法：techpower rules assess [选项] <STUDY>",
            "参数：",
            "选项：",
        ] {
            assert!(help.contains(told), "{arguments:?} {told}: {help}");
        }
        assert!(
            help.contains("可取的值：\n          - en：英文\n          - zh：中文\n\n          默认值：en"),
            "{help}"
        );
    }
    let help = stdout(&["--help", "--lang", "zh"]);
    assert!(help.contains("命令：\n  new") && help.contains("退出码：0 完成"), "{help}");
    let short = stdout(&["run", "-h", "--lang", "zh"]);
    assert!(short.contains("（可取的值：en、zh；默认值："), "{short}");
}

/// What clap complains of is said in Chinese with `--lang zh`, with the same exit code; nothing of it is English.
#[test]
fn complaints_are_told_in_chinese() {
    let cases: [(&[&str], &str); 17] = [
        (&["run", "x", "--drawz", "5"], "没有 `--drawz` 这一参数或选项\n  建议：是否应为 --draws？"),
        (&["rum"], "没有 `rum` 这一命令\n  建议：是否应为 run？"),
        (&["run", "x", "y"], "没有 `y` 这一参数或选项"),
        (&["run"], "缺少必需的参数：<STUDY>"),
        (&["import", "iot", "x"], "缺少必需的参数：--into <DIR>、--year <YEAR>"),
        (&[], "`techpower` 之后须写明命令"),
        (
            &["check", "x", "--format", "tabel"],
            "`--format <FORMAT>` 不接受 `tabel`\n  建议：是否应为 table？\n  建议：可取的值：table、csv、json、jsonl",
        ),
        (&["run", "x", "--seed"], "`--seed <N>` 缺少值"),
        (&["run", "x", "--draws", "0"], "`--draws <N>` 的取值范围为 1 至 20000，`0` 不在其中"),
        (&["import", "iot", "x", "--into", "y", "--year", "3000"], "取值范围为 1000 至 2999"),
        (&["run", "x", "--draws", "many"], "`--draws <N>` 须为数字"),
        (&["rules", "list", "x", "--on", "2024-13-01"], "`--on <DATE>` 须为 2024-12-31 这样的日期"),
        (
            &["import", "baci", "x", "--into", "y", "--product", "chips"],
            "`--product <CODES>` 的值 `chips` 写法有误",
        ),
        (&["run", "x", "--seed", "1", "--seed", "2"], "`--seed <N>` 只能给出一次"),
        (&["code", "x", "--explain", "--why-not"], "`--explain` 不能与 --why-not 同时使用"),
        (&["run", "x", "--table", "y"], "没有 `--table` 这一参数或选项"),
        (&["rules", "asses", "x"], "没有 `asses` 这一命令\n  建议：是否应为 assess？"),
    ];
    for (arguments, told) in cases {
        let output = techpower().args(arguments).args(["--lang", "zh"]).output().expect("a run");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("错误：") && stderr.contains(told), "{arguments:?} {told}: {stderr}");
        let english = ["error", "Usage", "tip", "similar", "For more", "OPTIONS", "unexpected", "invalid"];
        assert!(!english.iter().any(|word| stderr.contains(word)), "{stderr}");
        // English as before.
        let output = techpower().args(arguments).output().expect("a run");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr.is_ascii() && (arguments.is_empty() || stderr.starts_with("error: ")), "{stderr}");
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&["completions", shell]);
        for word in ["bunching", "epoch-chips", "completions", "plover"] {
            // Elvish and PowerShell complete no values.
            let is_value = word == "plover" && ["elvish", "powershell"].contains(&shell);
            assert!(is_value || script.contains(word), "{shell}: {word}");
        }
    }
    assert!(stdout(&["completions", "fish", "--lang", "zh"]).contains("编码手册"));
    techpower().args(["completions", "cmd"]).assert().code(2);
}

#[test]
fn man_pages_are_roff_of_the_whole_or_of_a_command() {
    let whole = stdout(&["man"]);
    assert!(whole.contains(".TH techpower 1") && whole.contains("techpower\\-rules(1)"), "{whole}");
    let page = stdout(&["man", "rules", "assess"]);
    assert_eq!(page, stdout(&["man", "rules-assess"]));
    assert!(
        page.contains(".TH techpower\\-rules\\-assess 1") || page.contains(".TH techpower-rules-assess 1"),
        "{page}"
    );
    assert!(stdout(&["man", "import-epoch-chips"]).contains("owners_csv_export"));
    let zh = stdout(&["man", "run", "--lang", "zh"]);
    assert!(zh.contains(".SH 名称") && zh.contains(".SH 参数与选项") && !zh.contains("Possible"), "{zh}");
    let output = techpower().args(["man", "rules-asses"]).output().expect("a run");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `rules-assess`?"));
}

#[test]
fn data_come_in_four_formats_and_two_languages() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    let csv = stdout(&["infer", path, "--format", "csv"]);
    assert!(csv.starts_with("actor,power,year,acts,share_mean"));
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["infer", path, "--format", "json"])).expect("JSON");
    let lines = stdout(&["infer", path, "--format", "jsonl"]);
    assert_eq!(json.as_array().map(Vec::len), Some(lines.lines().count()));
    assert_eq!(csv.lines().count(), lines.lines().count() + 1);
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a JSON object a line");
    }
    assert!(stdout(&["infer", path]).starts_with("actor"));
    assert!(stdout(&["codebook", "entity-listing", "--lang", "zh"]).contains("实体清单"));
    assert!(stdout(&["codebook"]).contains("`entity-listing`"));
    let manual = stdout(&["codebook", "--all", "--lang", "zh"]);
    assert!(manual.matches("## 定义").count() >= 80 && !manual.contains("## Definition"));
    for (stage, table) in [("measure", "ranks"), ("relate", "coalitions"), ("claims", "claims")] {
        let output = stdout(&[stage, path, "--table", table, "--format", "csv"]);
        assert!(output.lines().count() > 1, "{stage} {table}");
    }
}

#[test]
fn every_claim_of_the_shipped_case_can_be_asked() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    let output = techpower().args(["claims", path, "--format", "json"]).output().expect("a run");
    let claims: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(claims.len() >= 25, "{} claims", claims.len());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("cannot be run"), "{stderr}");
}

fn written(folder: &std::path::Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
}

const IDATA: &str = "uCode,uName,Time,Region,Size,a,b\nAUT,Austria,2018,x,2,1,4\nBEL,Belgium,2018,x,1,2,NA\n\
                     CHE,Switzerland,2018,y,4,8,5\nDEU,Germany,2018,y,8,4,9\n";
const IMETA: &str = "iCode,iName,Level,Parent,Direction,Weight,Type,Denominator\na,First,1,I,1,1,Indicator,Size\n\
                     b,Second,1,I,-1,3,Indicator,NA\nI,Index,2,NA,1,1,Aggregate,NA\nRegion,Region,NA,NA,NA,NA,Group,NA\n\
                     Size,Size,NA,NA,NA,NA,Denominator,NA\n";

/// COINr's files become a study that measures at once; a study.toml that is there stays, tables are overwritten only when asked.
#[test]
fn coinr_data_become_a_study() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), &[("iData.csv", IDATA), ("iMeta.csv", IMETA)]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = |force: bool| {
        let mut command = techpower();
        command.args(["import", "coinr", &path("iData.csv"), &path("iMeta.csv"), "--into", &path("study")]);
        if force {
            command.arg("--force");
        }
        command.assert()
    };
    import(false).code(0);
    let output = techpower().args(["measure", &path("study"), "--format", "csv"]).output().expect("a run");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    // First by size: 0.5, 2, 2, 0.5; second counts downwards: 4, unknown, 5, 9 to 100, -, 80, 0. Switzerland: (100 + 3 * 80) / 4.
    assert!(text.contains("CHE,2018,I,2,85,85,85,85,85"), "{text}");
    assert!(text.contains("BEL,2018,I,2,100,"), "{text}");
    // Once more: nothing is overwritten unasked, and the recipe never.
    import(false).code(2);
    fs::write(folder.path().join("study/study.toml"), "# mine\n").expect("a file");
    import(true).code(0);
    let kept = fs::read_to_string(folder.path().join("study/study.toml")).expect("a file");
    assert_eq!(kept, "# mine\n");
}

#[test]
fn coinr_data_that_do_not_fit_are_noted() {
    let check = |data: &str, meta: &str, code: i32, says: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        written(folder.path(), &[("d.csv", data), ("m.csv", meta)]);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let output = techpower()
            .args(["import", "coinr", &path("d.csv"), &path("m.csv"), "--into", &path("study")])
            .output()
            .expect("a run");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(says), "{says}: {stderr}");
    };
    check(IMETA, IDATA, 1, "look exchanged");
    check("", IMETA, 1, "empty");
    check("uCode,Time,Region,Size,a,b\n", IMETA, 1, "empty");
    check(&IDATA.replace("uCode", "code"), IMETA, 1, "uCode");
    check(&IDATA.replace(",b\n", ",c\n"), IMETA, 1, "`b`");
    check(&IDATA.replace(",b\n", ",c\n"), IMETA, 1, "m.csv does not say what it is");
    check(&IDATA.replace("BEL,Belgium", "AUT,Belgium"), IMETA, 1, "AUT, 2018");
    check(&IDATA.replace("2018,y,4", "soon,y,4"), IMETA, 1, "soon");
    check(&IDATA.replace("2018,", "soon,"), IMETA, 1, "soon");
    check(&IDATA.replace(",8,5", ",n/a,5"), IMETA, 1, "n/a");
    check(IDATA, &IMETA.replace("1,1,Indicator", "1,,Indicator"), 0, "taken for 1");
    check(IDATA, &IMETA.replace("Group", "Grupe"), 1, "group");
    check(IDATA, &IMETA.replace("Indicator,Size", "Indicator,Sise"), 1, "Size");
    check(IDATA, &IMETA.replace("Indicator", "indicator"), 0, "nothing to note");
    check(&IDATA.replace("DEU,Germany,2018,y,8,4,9", "DEU,Germany,2018"), IMETA, 1, "cells");
    // Separators, line ends and byte-order marks of spreadsheets.
    let windows = format!("\u{feff}{}", IDATA.replace(',', ";").replace('\n', "\r\n"));
    check(&windows, IMETA, 0, "nothing to note");
}

#[test]
fn a_score_can_be_explained_and_a_factor_varied_alone() {
    let case = small_case();
    let path = case.path().to_str().expect("UTF-8");
    let run = |args: &[&str]| {
        let output = techpower().arg("measure").arg(path).args(args).output().expect("a run");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, told, _) = run(&["--explain", "USA", "--format", "csv"]);
    assert_eq!(code, Some(0));
    assert!(told.starts_with("node,score,weight,contribution,value,") && told.lines().count() > 5, "{told}");
    let (code, _, says) = run(&["--explain", "US"]);
    assert_eq!(code, Some(2));
    assert!(says.contains("did you mean `USA`?"), "{says}");
    let (code, factors, _) = run(&["--vary", "weights", "--table", "factors", "--format", "csv"]);
    assert_eq!((code, factors.as_str()), (Some(0), "factor,choices,combinations\nweights,,\n"));
    assert_eq!(run(&["--vary", "wheights"]).0, Some(2));
}
