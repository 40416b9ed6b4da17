//! The three clocks: when it holds, when it was known, when it was recorded.

use super::*;

#[test]
fn the_three_clocks_are_apart() {
    let (path, mut text) = instrument(
        "rule",
        &("recorded = 2026-01-01\n".to_owned() + &limb("a", "rate >= 300[TOPS]", "x", "")),
    );
    // A later act postpones the beginning; it was published in 2023 and written down in 2027.
    text += "[[version]]\nid = \"2\"\ncitation = \"c\"\npublished = 2023-06-01\nrecorded = 2027-01-01\n\
                 evidence = \"primary\"\n[[version.status]]\nstatus = \"stayed\"\nfrom = 2023-07-01\nto = 2024-07-01\n";
    let book = book([file("objects/c.csv", "object,kind,rate\nc,chip,400\n"), (path, text)]);
    let kind = |on: &str, known: Option<&str>, recorded: Option<&str>| {
        let moment = Moment { known: known.map(day), recorded: recorded.map(day) };
        book.assess("rule", "c", day(on), moment).expect("there").verdict.kind
    };
    assert_eq!(kind("2024-01-01", None, None), NotTouched);
    assert_eq!(kind("2024-01-01", Some("2023-05-31"), None), Touched);
    assert_eq!(kind("2024-01-01", Some("2023-06-01"), None), NotTouched);
    assert_eq!(kind("2024-01-01", None, Some("2026-12-31")), Touched);
    assert_eq!(kind("2024-01-01", None, Some("2025-12-31")), NotTouched, "nothing was written down");
    assert_eq!((kind("2023-06-30", None, None), kind("2024-07-01", None, None)), (Touched, Touched));
    assert_eq!(kind("2024-01-01", Some("2022-11-30"), None), NotTouched, "nothing was public");
}

#[test]
fn a_fact_counts_from_the_day_it_was_published_and_on_the_days_it_holds() {
    let facts = "object,field,value,from,to,published\nc,rate,400,2023-06-01,2023-09-01,2023-08-01\n";
    let book = book([
        file("objects/c.csv", "object,kind\nc,chip\n"),
        file("objects/facts.csv", facts),
        simple("rule", "rate >= 300[TOPS]"),
    ]);
    let kind = |on: &str, known: Option<&str>| {
        let moment = Moment { known: known.map(day), recorded: None };
        book.assess("rule", "c", day(on), moment).expect("there").verdict.kind
    };
    assert_eq!((kind("2023-05-31", None), kind("2023-06-01", None)), (Undetermined, Touched));
    assert_eq!((kind("2023-08-31", None), kind("2023-09-01", None)), (Touched, Undetermined));
    assert_eq!(kind("2023-07-01", Some("2023-07-31")), Undetermined);
    assert_eq!(kind("2023-07-01", Some("2023-08-01")), Touched);
}

#[test]
fn a_timeline_turns_on_days_that_conditions_name() {
    let chips = "object,kind,rate,since\nc,chip,400,2023-08-01\n";
    let book = book([
        file("objects/c.csv", chips),
        simple("day", "rate >= 300[TOPS] && on >= date('2023-07-01')"),
        simple("after", "rate >= 300[TOPS] && on > date('2023-07-01')"),
        simple("field", "on >= since"),
        simple("leans", "touched_by('day')"),
    ]);
    let turn = |id: &str| {
        let stretches = book
            .timeline("c", &[id.to_owned()], Moment::default(), &Circumstances::default(), Lang::En)
            .expect("an object");
        let found: Vec<_> = stretches.iter().map(|one| (one.from, one.assessed.verdict.kind)).collect();
        assert_eq!(found.len(), 2, "{id}: {found:?}");
        assert_eq!(found[0], (day("2023-01-01"), NotTouched), "{id}");
        found[1]
    };
    assert_eq!(turn("day"), (day("2023-07-01"), Touched));
    assert_eq!(turn("after"), (day("2023-07-02"), Touched));
    assert_eq!(turn("field"), (day("2023-08-01"), Touched));
    assert_eq!(turn("leans"), (day("2023-07-01"), Touched));
}
