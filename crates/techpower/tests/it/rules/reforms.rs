//! Edits of rules, and what they move.

use super::*;

fn made_up() -> Rulebook {
    book([
        file("objects/c.csv", "object,kind,rate,destination\nslow,chip,250,AAA\nfast,chip,400,BBB\n"),
        file("instruments/lists.csv", "list,member,from\ngroup-d,AAA,2020-01-01\ngroup-d,BBB,2020-01-01\n"),
        file("instruments/coverage.toml", "[list.group-d]\ncomplete_from = 2020-01-01\n"),
        instrument("line", &(line("line", "300", "TOPS") + &limb("a", "rate >= line", "x", ""))),
        simple("place", "touched_by('line') && destination in list('group-d')"),
    ])
}

fn moved(book: &Rulebook, text: &str) -> (Vec<String>, Notes) {
    let (reform, mut notes) = Reform::read("reform.toml", text);
    let (other, more) = book.reformed(&reform);
    notes.extend(more);
    let ask = Ask { on: vec![day("2024-01-01")], ..Ask::default() };
    let rows = book.moved(&other, &ask, Lang::En).into_iter().map(|one| {
        let (instrument, object) = (one.before.instrument, one.before.object);
        let (was, is) = (one.before.verdict.kind.id(), one.after.verdict.kind.id());
        format!("{} {}: {was} > {is}", book.instruments[instrument].id, book.objects()[object].id)
    });
    (rows.collect(), notes)
}

#[test]
fn each_kind_of_edit_moves_what_it_should() {
    let book = made_up();
    let check = |text: &str, expected: &[&str]| {
        let (rows, notes) = moved(&book, text);
        assert!(notes.is_empty(), "{}", told(&notes));
        assert_eq!(rows, expected, "{text}");
    };
    check("", &[]);
    check(
        "[[parameter]]\ninstrument = \"line\"\nparameter = \"line\"\nvalue = 0.2\nunit = \"PFLOPS\"\n",
        &["line slow: not_touched > touched", "place slow: not_touched > touched"],
    );
    check(
        "[[list]]\nlist = \"group-d\"\nmember = \"BBB\"\nlisted = false\n",
        &["place fast: touched > not_touched"],
    );
    check("[[list]]\nlist = \"group-d\"\nmember = \"BBB\"\nlisted = false\nfrom = 2024-01-02\n", &[]);
    check(
        "[[status]]\ninstrument = \"line\"\nversion = \"1\"\nstatus = \"suspended\"\n",
        &["line fast: touched > not_touched", "place fast: touched > not_touched"],
    );
    check(
        "[[limb]]\ninstrument = \"line\"\nlimb = \"a\"\nwhen = \"rate < line\"\n",
        &[
            "line fast: touched > not_touched",
            "place fast: touched > not_touched",
            "line slow: not_touched > touched",
            "place slow: not_touched > touched",
        ],
    );
}

#[test]
fn an_edit_of_nothing_is_noted_with_the_nearest_name() {
    let book = made_up();
    let note = |text: &str| {
        let (rows, notes) = moved(&book, text);
        assert!(rows.is_empty(), "{rows:?}");
        assert_eq!(notes.count_of(Severity::Error), 1, "{}", told(&notes));
        let note = notes.iter().next().expect("a note").clone();
        (note.kind, note.args.get("near").map(|near| near.text(Lang::En)).unwrap_or_default())
    };
    let edit = |instrument: &str, name: &str, unit: &str| {
        format!(
            "[[parameter]]\ninstrument = \"{instrument}\"\nparameter = \"{name}\"\nvalue = 1\nunit = \"{unit}\"\n"
        )
    };
    assert_eq!(note(&edit("lin", "line", "TOPS")), (Kind::NoSuchRule, "line".to_owned()));
    assert_eq!(note(&edit("line", "lines", "TOPS")), (Kind::NoSuchRule, "line".to_owned()));
    assert_eq!(note(&edit("line", "line", "mm2")).0, Kind::UnknownUnit);
    let status = "[[status]]\ninstrument = \"line\"\nversion = \"2\"\nstatus = \"in_force\"\n";
    assert_eq!(note(status).0, Kind::NoSuchRule);
    assert_eq!(
        note("[[limb]]\ninstrument = \"line\"\nlimb = \"a\"\nwhen = \"rat >= line\"\n").0,
        Kind::ExpressionName
    );
}

#[test]
fn an_edit_that_does_not_fit_one_version_changes_none() {
    let (path, text) =
        instrument("rule", &(line("line", "300", "TOPS") + &limb("a", "rate >= line", "x", "")));
    let more = "[[version]]\nid = \"2\"\ncitation = \"c\"\npublished = 2025-01-01\nevidence = \"primary\"\n\
             [[version.status]]\nstatus = \"in_force\"\nfrom = 2030-01-01\n";
    let area = line("line", "300", "mm2") + &limb("a", "area >= line", "x", "");
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let book = book([(path, text + more + &area), chips]);
    let edit = "[[parameter]]\ninstrument = \"rule\"\nparameter = \"line\"\nvalue = 500\nunit = \"TOPS\"\n";
    let (rows, notes) = moved(&book, edit);
    assert!(rows.is_empty() && has(&notes, Kind::UnknownUnit), "{rows:?} {}", told(&notes));
}

#[test]
fn an_edit_that_closes_a_circle_is_left_out() {
    let book = made_up();
    let (rows, notes) =
        moved(&book, "[[limb]]\ninstrument = \"line\"\nlimb = \"a\"\nwhen = \"touched_by('place')\"\n");
    assert!(rows.is_empty());
    assert!(has(&notes, Kind::RuleCircle), "{}", told(&notes));
}

#[test]
fn a_status_takes_the_place_of_others_on_its_days_alone() {
    let book = made_up();
    let text = "[[status]]\ninstrument = \"line\"\nversion = \"1\"\nstatus = \"stayed\"\nfrom = 2024-01-01\nto = 2024-02-01\n";
    let (other, notes) = book.reformed(&Reform::read("r", text).0);
    assert!(notes.is_empty());
    let kind = |at: &str| on(&other, "line", "fast", at).verdict.kind;
    assert_eq!((kind("2023-12-31"), kind("2024-01-01")), (Touched, NotTouched));
    assert_eq!((kind("2024-01-31"), kind("2024-02-01")), (NotTouched, Touched));
}

#[test]
fn changes_on_one_line() {
    let change = |text: &str| text.parse::<Change>().expect(text);
    let member = |text: &str| match change(text) {
        Change::Member { list, member, listed, .. } => (list, member, listed),
        other => panic!("{other:?}"),
    };
    let expected = |list: &str, member: &str, listed| (list.to_owned(), member.to_owned(), listed);
    assert_eq!(member("ear:A:5+ARE"), expected("ear:A:5", "ARE", true));
    assert_eq!(member("ear:D:5-CHN"), expected("ear:D:5", "CHN", false));
    assert_eq!(
        member("us:entity-list+entity:moore-threads"),
        expected("us:entity-list", "entity:moore-threads", true)
    );
    assert_eq!(
        member("us:entity-list - entity:moore-threads"),
        expected("us:entity-list", "entity:moore-threads", false)
    );
    match change("eu-aia-systemic.line=1e26[FLOP]") {
        Change::Parameter { instrument, version, name, value, unit } => {
            assert_eq!((instrument.as_str(), version.as_str()), ("eu-aia-systemic", ""));
            assert_eq!((name.as_str(), value, unit.as_str()), ("line", Interval::exact(1e26), "FLOP"));
        }
        other => panic!("{other:?}"),
    }
    for wrong in ["", "=", "a", "a=1", "a@b", "a@b:often", "+a", "a+", "a.b=fast", "a.b=nan"] {
        assert!(wrong.parse::<Change>().is_err(), "{wrong}");
    }
}

#[test]
fn versions_differ_by_their_definitions_too() {
    let body = |value: &str| {
        format!("[version.define]\nbig = \"rate >= {value}[TOPS]\"\n") + &limb("a", "big", "x", "")
    };
    let (path, text) = instrument("rule", &body("300"));
    let more = format!(
        "[[version]]\nid = \"2\"\ncitation = \"c\"\npublished = 2024-01-01\nevidence = \"primary\"\n\
             [[version.status]]\nstatus = \"in_force\"\nfrom = 2030-01-01\n{}",
        body("500")
    );
    let book = book([(path, text + &more)]);
    let found = book.difference("rule", "1", "2").expect("two versions");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].what, found[0].id.as_str()), ("definition", "big"));
    assert!(found[0].before.contains("300") && found[0].after.contains("500"));
}
