//! `techpower rules`: what it prints for questions good and bad.

use std::process::Output;

use crate::{root, techpower};

const CASE: &str = "cases/ai-rivalry";

fn run(arguments: &[&str]) -> Output {
    techpower().current_dir(root()).arg("rules").args(arguments).output().expect("the command")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asks what must go well, and returns what is printed.
fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
    out(&output)
}

/// Asks what must not go well for how it is asked: exit code 2, and words on standard error alone.
fn wrong(arguments: &[&str], words: &str) {
    let output = run(arguments);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(out(&output).is_empty() && said.contains(words), "{arguments:?}: {said}");
}

const H20: [&str; 8] =
    ["assess", CASE, "--object", "nv-h20-sxm", "--instrument", "us-3a090", "--on", "2024-04-04"];

#[test]
fn verdicts_as_a_table_and_as_data() {
    let output = run(&H20);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("not_touched"));
    assert!(said(&output).contains("not legal advice"), "{}", said(&output));
    let csv = good(&[&H20[..], &["--format", "csv"]].concat());
    let mut lines = csv.lines();
    let header = lines.next().expect("a header");
    assert!(header.starts_with("instrument,version,object,on,verdict,limb,reason,missing"), "{header}");
    assert!(lines.next().expect("a row").starts_with("us-3a090,2024-04,nv-h20-sxm,2024-04-04,not_touched,,"));
    assert_eq!(lines.next(), None);
    let chinese = run(&[&["--lang", "zh"], &H20[..]].concat());
    assert!(said(&chinese).contains("法律"), "{}", said(&chinese));
}

#[test]
fn objects_from_standard_input() {
    let ask = |input: &'static [u8], more: &[&str]| {
        let mut command = techpower();
        command.current_dir(root()).args(["rules", "assess", "-", "--on", "2024-06-01", "--format", "csv"]);
        command
            .args(["--instrument", "us-3a090"])
            .args(more)
            .write_stdin(input)
            .output()
            .expect("the command")
    };
    let table = b"object,kind,tpp,datacenter\nmine,chip,4800,true\nyours,chip,,\n";
    let output = ask(table, &["--rules", CASE]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let rows: Vec<String> = out(&output).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows[0].starts_with("us-3a090,2024-04,mine,2024-06-01,touched,3A090.a,"), "{}", rows[0]);
    assert!(rows[1].starts_with("us-3a090,2024-04,yours,2024-06-01,undetermined,,"), "{}", rows[1]);
    assert_eq!(ask(table, &[]).status.code(), Some(2), "whose rules?");
    // A word for a number is a note of severity error; the row still counts without it.
    let output = ask(b"object,kind,tpp\nmine,chip,many\n", &["--rules", CASE]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("many") && out(&output).contains("undetermined"));
}

#[test]
fn circumstances_settle_what_hangs_on_them() {
    let ask = |given: &[&str]| {
        let ask = ["assess", CASE, "--object", "nv-h100-sxm", "--instrument", "us-ac-licence"];
        good(&[&ask[..], &["--on", "2024-06-01", "--format", "csv"], given].concat())
    };
    assert!(ask(&[]).contains(",conditional,"), "{}", ask(&[]));
    assert!(
        ask(&["--given", "destination=CHN"]).contains(",touched,"),
        "{}",
        ask(&["--given", "destination=CHN"])
    );
}

#[test]
fn why_in_both_languages() {
    let ask = ["explain", CASE, "nv-h20-sxm", "us-3a090", "--on", "2024-04-04"];
    let english = good(&ask);
    let chinese = good(&[&["--lang", "zh"], &ask[..]].concat());
    for text in [&english, &chinese] {
        assert!(text.contains("2,368 TPP") && text.contains("2400 or more and less than 4800"), "{text}");
    }
    assert!(english.contains("not touched") && !english.contains('否'), "{english}");
    assert!(chinese.contains('否') && !chinese.contains("not touched"), "{chinese}");
    let ways = good(&["why-not", CASE, "nv-h20-sxm", "us-3a090", "--on", "2024-04-04", "--format", "csv"]);
    assert!(ways.lines().nth(1).expect("a way").contains(",tpp,\"2,368 TPP\",\"2,400 TPP\",on,"), "{ways}");
}

#[test]
fn known_outcomes_edits_and_the_rest_answer() {
    let score = good(&["score", CASE, "--format", "csv"]);
    assert!(score.starts_with("instrument,version,agree,disagree,undetermined\n"), "{score}");
    assert!(score.lines().skip(1).all(|line| line.split(',').nth(3) == Some("0")), "{score}");
    let impact = |change: &str, table: &str| {
        let ask =
            ["impact", CASE, "--change", change, "--table", table, "--on", "2026-10-01", "--format", "csv"];
        good(&ask)
    };
    let reached = impact("us-3a090@2022-10:in_force", "reached");
    assert!(reached.lines().any(|line| line.starts_with("us-ac-licence,")), "{reached}");
    let moved = impact("us-3a090@2022-10:in_force", "moved");
    let row = "us-3a090,nv-a800-sxm-80,2026-10-01,touched,3A090.a,not_touched,";
    assert!(moved.lines().any(|line| line.starts_with(row)), "{moved}");
    assert!(impact("ear:A:5-ARE", "reached").contains("ear:A:5 > us-ac-licence"));
    let timeline = good(&["timeline", CASE, "nv-a800-sxm-80", "--instrument", "us-3a090"]);
    assert!(timeline.contains("2023-11-17"), "{timeline}");
    let differ = good(&["diff", CASE, "us-3a090@2022-10", "2023-11", "--format", "csv"]);
    assert!(differ.contains("definition,band_1,"), "{differ}");
    assert!(good(&["list", CASE, "--format", "csv"]).lines().count() > 40);
    let check = run(&["check", CASE, "--on", "2026-11-01"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    let late = run(&["check", CASE, "--on", "2027-01-01", "--format", "csv"]);
    assert!(out(&late).contains("us-affiliates"), "{}", out(&late));
}

#[test]
fn a_reform_file_that_edits_nothing_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("reform.toml");
    std::fs::write(&path, "[[parameter]]\ninstrument = \"us-3a09\"\nparameter = \"tpp_high\"\nvalue = 1\n")
        .expect("a file");
    let output = run(&["reform", CASE, path.to_str().expect("a plain path")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("us-3a090"), "{}", said(&output));
    assert_eq!(run(&["reform", CASE, "no/such/file.toml"]).status.code(), Some(3));
}

#[test]
fn wrong_names_come_with_the_nearest_right_one() {
    wrong(&["assess", CASE, "--object", "nv-h20-sxn"], "nv-h20-sxm");
    wrong(&["assess", CASE, "--instrument", "us-3a09"], "us-3a090");
    wrong(&["explain", CASE, "nv-h20-sxn", "us-3a090"], "nv-h20-sxm");
    wrong(&["why-not", CASE, "nv-h20-sxm", "us-3a09"], "us-3a090");
    wrong(&["timeline", CASE, "nv-h20-sxn"], "nv-h20-sxm");
    wrong(&["assess", CASE, "--given", "destinatoin=CHN"], "destination");
    wrong(&["assess", CASE, "--given", "CHN"], "CHN");
    wrong(&["assess", CASE, "--on", "2024-02-30"], "2024-02-30");
    wrong(&["reach", CASE, "--weight", "tppp"], "tpp");
    wrong(&["diff", CASE, "us-3a090@2022-10", "2022-11"], "2023-11");
    wrong(&["impact", CASE, "--change", "nonsense"], "nonsense");
    wrong(&["bunching", CASE, "--near", "2"], "");
    wrong(&["list", "docs"], "docs");
    assert_eq!(run(&["list", "no/such/folder"]).status.code(), Some(3));
}

#[test]
fn an_instrument_that_cannot_be_read_is_not_merely_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    crate::copy(&root().join(CASE).join("instruments"), &folder.path().join("instruments"));
    crate::copy(&root().join(CASE).join("objects"), &folder.path().join("objects"));
    std::fs::write(folder.path().join("instruments/us-3a090.toml"), "id = ").expect("a file");
    let study = folder.path().to_str().expect("a plain path");
    wrong(&["explain", study, "nv-h20-sxm", "us-3a090"], "us-3a090.toml");
}

/// An object or instrument that nothing has is told before anything is said of the rest.
#[test]
fn an_unknown_object_is_told_without_more() {
    let case = crate::root().join("cases/ai-rivalry");
    let case = case.to_str().expect("a path");
    for arguments in [
        &["assess", case, "--object", "zz"][..],
        &["explain", case, "zz", "us-3a090"],
        &["why-not", case, "zz", "us-3a090"],
        &["timeline", case, "zz"],
        &["explain", case, "nv-h20-sxm", "zz"],
    ] {
        let output = techpower().arg("rules").args(arguments).output().expect("a run");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains("`zz`") && !told.contains("nothing to note"), "{arguments:?}: {told}");
    }
}
