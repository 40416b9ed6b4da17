//! Holdings that are looked through.

use super::*;

/// The verdict on a party that listed parties hold half of, by rows of holdings.
fn held(rows: &str, party: &str, on: &str) -> VerdictKind {
    let parties: String = ["a", "b", "c", "d", "p"].iter().map(|id| format!("{id},party\n")).collect();
    let book = book([
        file("instruments/lists.csv", "list,member,from\nl,L1,2020-01-01\nl,L2,2020-01-01\n"),
        file("instruments/coverage.toml", "[list.l]\ncomplete_from = 2020-01-01\n"),
        file("objects/p.csv", &format!("object,kind\n{parties}")),
        file("objects/owners.csv", &format!("owner,owned,share,low,high,from,to\n{rows}")),
        simple("rule", "owned_by('l') >= 0.5"),
    ]);
    super::on(&book, "rule", party, on).verdict.kind
}

#[test]
fn holdings_of_half_are_looked_through() {
    // L1 - 50 % - a - 50 % - b - 50 % - c: each counts in full for the next.
    let chain = "L1,a,0.5,,,,\nL1,b,0,,,,\na,b,0.5,,,,\nb,c,0.5,,,,\n";
    assert_eq!(held(chain, "c", "2024-01-01"), Touched);
    // One link of less than half, with the rest in hands that are not listed, breaks it.
    let broken = "L1,a,0.49,,,,\nS,a,0.51,,,,\na,b,1,,,,\nZ,S,1,,,,\nS,Z,1,,,,\n";
    assert_eq!(held(broken, "b", "2024-01-01"), NotTouched);
    assert_eq!(held("L1,p,0.3,,,,\nL2,p,0.2,,,,\n", "p", "2024-01-01"), Touched, "two add up");
}

#[test]
fn what_nobody_tells_may_be_anybodys() {
    assert_eq!(held("", "p", "2024-01-01"), Undetermined);
    assert_eq!(held("L1,p,0.3,,,,\n", "p", "2024-01-01"), Undetermined);
    // 51 % are in hands that nobody listed is behind, so that half cannot be left.
    let safe = "Z,p,0.51,0.51,0.6,,\nL1,p,0.4,0.3,0.49,,\nS,Z,1,,,,\nZ,S,1,,,,\n";
    assert_eq!(held(safe, "p", "2024-01-01"), NotTouched);
    assert_eq!(held("L1,p,,0.4,0.6,,\n", "p", "2024-01-01"), Undetermined);
}

#[test]
fn circles_end_and_dates_count() {
    let circle = "a,b,0.6,,,,\nb,a,0.6,,,,\nL1,a,0.4,,,,\nS,b,0.4,,,,\nS,Z,1,,,,\nZ,S,1,,,,\n";
    assert_eq!(held(circle, "b", "2024-01-01"), NotTouched);
    assert_eq!(held(&circle.replace("L1,a,0.4", "L1,a,0.5"), "b", "2024-01-01"), Touched);
    let dated =
        "L1,p,0.5,,,2023-03-01,2023-06-01\nZ,p,0.5,,,,\nZ,p,0.5,,,2023-06-01,\nS,Z,1,,,,\nZ,S,1,,,,\n";
    assert_eq!(held(dated, "p", "2023-03-01"), Touched);
    assert_eq!(held(dated, "p", "2023-06-01"), NotTouched);
}

#[test]
fn many_who_hold_one_another_do_not_stop_the_clock() {
    let mut rows = String::new();
    for one in 0..24 {
        for two in (0..24).filter(|two| *two != one) {
            writeln!(rows, "h{one},h{two},0.04,,,,").expect("text");
        }
    }
    rows += "h0,p,0.5,,,,\nL1,p,0.1,,,,\n";
    assert_eq!(held(&rows, "p", "2024-01-01"), Undetermined);
}
