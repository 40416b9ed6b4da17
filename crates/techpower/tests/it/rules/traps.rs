//! Traps that export rules lay: lines, units, renamed parties, precedence, circles.

use super::*;

#[test]
fn what_lies_on_a_line_counts_by_its_sign() {
    let chips = "object,kind,rate\nunder,chip,299.9\non,chip,300\nover,chip,300.1\n\
                     straddles,chip,290..310\ntouches,chip,300..310\nupto,chip,290..300\nempty,chip,\n";
    let book = book([
        file("objects/c.csv", chips),
        instrument("least", &(line("line", "300", "TOPS") + &limb("a", "rate >= line", "x", ""))),
        instrument("more", &(line("line", "300", "TOPS") + &limb("a", "rate > line", "x", ""))),
    ]);
    let row = |id: &str| (now(&book, "least", id), now(&book, "more", id));
    assert_eq!(row("under"), (NotTouched, NotTouched));
    assert_eq!(row("on"), (Touched, NotTouched));
    assert_eq!(row("over"), (Touched, Touched));
    assert_eq!(row("straddles"), (Undetermined, Undetermined));
    assert_eq!(row("touches"), (Touched, Undetermined));
    assert_eq!(row("upto"), (Undetermined, NotTouched));
    assert_eq!(row("empty"), (Undetermined, Undetermined));
    assert_eq!(on(&book, "least", "empty", "2024-01-01").missing, ["rate"]);
    assert!(on(&book, "least", "straddles", "2024-01-01").reason.contains("290..310"));
}

#[test]
fn a_unit_does_not_move_what_lies_on_a_line() {
    // 35 % is 0.35, although 35 times the nearest number to a hundredth is not.
    let mut facts = "object,field,value,unit\n".to_owned();
    let mut chips = "object,kind\n".to_owned();
    let mut files = Vec::new();
    for percent in 1..100 {
        writeln!(chips, "c{percent},chip").expect("text");
        writeln!(facts, "c{percent},share,{percent},%").expect("text");
        let text = line("line", &format!("{}", f64::from(percent) / 100.0), "1");
        files.push(instrument(
            &format!("i{percent}"),
            &(text + &limb("a", "share >= line && share <= line", "x", "")),
        ));
    }
    files.push(file("objects/c.csv", &chips));
    files.push(file("objects/facts.csv", &facts));
    let book = book(files);
    for percent in 1..100 {
        let kind = now(&book, &format!("i{percent}"), &format!("c{percent}"));
        assert_eq!(kind, Touched, "{percent} %");
    }
}

#[test]
fn facts_have_units_and_rival_rows_make_an_interval() {
    let chips = "object,kind\na,chip\nb,chip\nc,chip\n";
    let facts = "object,field,value,unit,set_aside\n\
                     a,rate,0.3,PFLOPS,\nb,rate,290,,\nb,rate,310,,\n\
                     c,rate,310,,\nc,rate,29,,a misprint\n";
    let book = book([
        file("objects/c.csv", chips),
        file("objects/facts.csv", facts),
        simple("rule", "rate >= 300[TOPS]"),
    ]);
    assert_eq!(now(&book, "rule", "a"), Touched);
    assert_eq!(now(&book, "rule", "b"), Undetermined);
    assert_eq!(now(&book, "rule", "c"), Touched);
}

#[test]
fn texts_are_the_same_in_any_order() {
    let facts = "object,field,value\nc,tags,a|b\nc,tags,b|a\nd,tags,a\nd,tags,b\n";
    let book = book([
        file("objects/c.csv", "object,kind\nc,chip\nd,chip\n"),
        file("objects/facts.csv", facts),
        simple("rule", "'a' in tags"),
    ]);
    assert_eq!(now(&book, "rule", "c"), Touched);
    assert_eq!(now(&book, "rule", "d"), Undetermined);
}

#[test]
fn ten_to_the_twenty_fifth_is_not_a_thousand_and_twenty_five() {
    let book = book([
        file("objects/c.csv", "object,kind,flop\nbig,chip,1e25\nsmall,chip,1025\n"),
        instrument("model", &(line("line", "1e25", "FLOP") + &limb("a", "flop >= line", "x", ""))),
    ]);
    assert_eq!((now(&book, "model", "big"), now(&book, "model", "small")), (Touched, NotTouched));
    assert!(on(&book, "model", "big", "2024-01-01").limb == "a");
}

#[test]
fn days_before_and_after_what_is_known() {
    let (path, text) = simple("rule", "rate >= 300[TOPS]");
    let text = text.replace("coverage =", "known_until = 2025-01-01\ncoverage =");
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let book = book([(path, text), chips, simple("leans", "touched_by('rule')")]);
    assert_eq!(on(&book, "rule", "c", "2022-12-31").verdict.kind, NotTouched);
    assert_eq!(on(&book, "rule", "c", "2024-12-31").verdict.kind, Touched);
    let after = on(&book, "rule", "c", "2025-01-01");
    assert_eq!(
        (after.verdict.kind, after.missing.as_slice()),
        (Undetermined, &["status:rule".to_owned()][..])
    );
    assert_eq!(on(&book, "leans", "c", "2025-01-01").missing, ["status:rule"]);
}

#[test]
fn what_leans_on_a_text_of_which_nothing_is_known_any_more_is_open() {
    // Its only row has ended, so that no version counts, and after the horizon nobody knows.
    let (path, text) = simple("rule", "rate >= 300[TOPS]");
    let text = text.replace("coverage =", "known_until = 2025-01-01\ncoverage =");
    let text = text.replace("from = 2023-01-01\n", "from = 2023-01-01\nto = 2024-01-01\n");
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let book = book([(path, text), chips, simple("leans", "touched_by('rule')")]);
    assert_eq!(on(&book, "leans", "c", "2024-06-01").verdict.kind, NotTouched);
    assert_eq!(on(&book, "rule", "c", "2025-06-01").verdict.kind, Undetermined);
    assert_eq!(on(&book, "leans", "c", "2025-06-01").verdict.kind, Undetermined);
}

#[test]
fn a_renamed_party_is_found_by_its_old_name() {
    let lists = "list,member,names,from,to\n\
                     us:list,entity:old,Old Chips Co. Ltd.|旧芯片有限公司,2023-06-01,\n\
                     us:list,entity:form,\"Co., Ltd.\",2023-06-01,\n";
    let parties = "object,kind,name_en,name_zh,aliases\n\
                       entity:new,party,New Semiconductor,新半导体,旧芯片|OLD CHIPS\n\
                       entity:stranger,party,Stranger Inc.,陌生人,Inc.|The Company\n";
    let book = book([
        file("instruments/lists.csv", lists),
        file("instruments/coverage.toml", "[list.\"us:list\"]\ncomplete_from = 2023-01-01\n"),
        file("objects/p.csv", parties),
        simple("rule", "listed('us:list')"),
    ]);
    assert_eq!(now(&book, "rule", "entity:new"), Touched);
    assert_eq!(on(&book, "rule", "entity:new", "2023-05-31").verdict.kind, NotTouched);
    // A name of which nothing is left but its legal form is nobody's.
    assert_eq!(now(&book, "rule", "entity:stranger"), NotTouched);
}

#[test]
fn who_is_not_on_a_list_is_open_until_somebody_looked() {
    let lists = "list,member,listed,from,to\nl,AAA,yes,2023-01-01,2023-07-01\nl,BBB,no,2023-06-01,\n";
    let chips = "object,kind,destination\na,chip,AAA\nb,chip,BBB\nc,chip,CCC\nd,chip,\n";
    let book = book([
        file("instruments/lists.csv", lists),
        file("objects/c.csv", chips),
        simple("rule", "destination in list('l')"),
    ]);
    let kind = |id: &str, at: &str| on(&book, "rule", id, at).verdict.kind;
    assert_eq!((kind("a", "2023-06-30"), kind("a", "2023-07-01")), (Touched, Undetermined));
    assert_eq!((kind("b", "2023-05-31"), kind("b", "2023-06-01")), (Undetermined, NotTouched));
    assert_eq!(on(&book, "rule", "c", "2023-06-01").missing, ["list:l"]);
    assert_eq!(kind("d", "2023-06-01"), Conditional);
}

#[test]
fn limbs_that_differ_are_a_conflict_unless_one_prevails() {
    let limbs = |unless: &str| {
        limb("a", "rate >= 300[TOPS]", "denied", "") + &limb("b", "rate >= 200[TOPS]", "reviewed", unless)
    };
    let chips = file("objects/c.csv", "object,kind,rate\nfast,chip,400\nslow,chip,250\n");
    let book = book([
        chips,
        instrument("both", &limbs("")),
        instrument("ranked", &limbs("unless = [\"a\"]")),
        instrument(
            "agree",
            &(limb("a", "rate >= 300[TOPS]", "x", "") + &limb("b", "rate >= 200[TOPS]", "x", "")),
        ),
    ]);
    let both = on(&book, "both", "fast", "2024-01-01");
    assert_eq!((both.verdict.kind, both.limb.as_str()), (Conflict, "a|b"));
    assert!(both.reason.contains("a (denied)") && both.reason.contains("b (reviewed)"), "{}", both.reason);
    let ranked = on(&book, "ranked", "fast", "2024-01-01");
    assert_eq!((ranked.verdict.kind, ranked.limb.as_str()), (Touched, "a"));
    assert_eq!(on(&book, "ranked", "slow", "2024-01-01").limb, "b");
    assert_eq!(now(&book, "agree", "fast"), Touched);
}

#[test]
fn a_long_order_of_precedence_is_gone_through_once() {
    let mut limbs = String::new();
    for at in 0..40 {
        let above: Vec<String> = (0..at).map(|other| format!("\"l{other}\"")).collect();
        let unless = format!("unless = [{}]", above.join(", "));
        limbs += &limb(&format!("l{at}"), &format!("rate >= {}[TOPS]", 100 - at), &format!("o{at}"), &unless);
    }
    let chips = "object,kind,rate\nopen,chip,\nlow,chip,70\n";
    let book = book([file("objects/c.csv", chips), instrument("rule", &limbs)]);
    assert_eq!(on(&book, "rule", "open", "2024-01-01").missing, ["rate"]);
    assert_eq!(on(&book, "rule", "low", "2024-01-01").limb, "l30");
    // Precedence in a circle is none.
    let (_, notes) = read(&texts([instrument(
        "rule",
        &(limb("a", "server", "x", "unless = [\"b\"]") + &limb("b", "server", "y", "unless = [\"a\"]")),
    )]));
    assert!(has(&notes, Kind::RuleCircle), "{}", told(&notes));
}

#[test]
fn what_hangs_on_the_transaction_is_settled_by_telling_it() {
    let mut book = book([
        file("objects/c.csv", "object,kind,rate\nc,chip,400\n"),
        simple("rule", "rate >= 300[TOPS] && destination in ['CHN', 'MAC']"),
    ]);
    let open = on(&book, "rule", "c", "2024-01-01");
    assert_eq!((open.verdict.kind, open.missing.as_slice()), (Conditional, &["destination".to_owned()][..]));
    let mut given = |field: &str, value: &str| {
        let circumstances = book.circumstances(&[(field.to_owned(), value.to_owned())])?;
        let ask = Ask { on: vec![day("2024-01-01")], circumstances, ..Ask::default() };
        Ok::<_, techpower::rules::NoSuchFact>(book.assess_all(&ask, Lang::En)[0].verdict.kind)
    };
    assert_eq!(given("destination", "CHN"), Ok(Touched));
    assert_eq!(given("destination", "DEU"), Ok(NotTouched));
    assert!(given("destinatoin", "CHN").is_err());
    assert!(given("rate", "fast").is_err());
    assert!(given("destination", " ").is_err(), "an empty text tells nothing");
}

#[test]
fn sides_of_a_comparison_that_measure_different_things_are_an_error_that_names_both() {
    let (_, notes) = read(&texts([simple("rule", "rate >= 858[mm2]")]));
    let note = notes.iter().find(|note| note.kind == Kind::ExpressionUnits).expect("a note");
    assert_eq!(note.severity(), Severity::Error);
    let message = note.message(Lang::En);
    assert!(message.contains("TOPS") && message.contains("mm2"), "{message}");
    let (_, notes) = read(&texts([simple("rule", "rate >= 300")]));
    assert!(has(&notes, Kind::ExpressionUnits), "a plain number is no rate: {}", told(&notes));
}

#[test]
fn unknown_names_come_with_the_nearest_known_one() {
    let lists = file("instruments/lists.csv", "list,member\near:D:5,CHN\n");
    let hint = |when: &str, near: &str| {
        let (_, notes) = read(&texts([simple("rule", when), lists.clone()]));
        let note = notes.iter().next().unwrap_or_else(|| panic!("no note on {when}"));
        assert_eq!(note.severity(), Severity::Error, "{when}");
        assert_eq!(note.args["near"].text(Lang::En), near, "{when}");
        assert!(note.hint(Lang::En).contains(near), "{}", note.hint(Lang::En));
    };
    hint("rat >= 300[TOPS]", "rate");
    hint("destination in list('ear:D:55')", "ear:D:5");
    hint("touched_by('rul')", "rule");
    let facts = file("objects/facts.csv", "object,field,value\nc,raet,1\nd,rate,1\n");
    let (_, notes) = read(&texts([facts, file("objects/c.csv", "object,kind\nc,chip\n")]));
    let rate = |note: &Note| note.args.get("near").is_some_and(|near| near.text(Lang::En) == "rate");
    assert!(notes.iter().any(rate), "{}", told(&notes));
}

#[test]
fn a_condition_that_cannot_be_read_leaves_the_verdict_open() {
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let (book, notes) = read(&texts([chips.clone(), simple("rule", "rate >= 300[parsec]")]));
    assert!(has(&notes, Kind::UnknownUnit) || notes.count_of(Severity::Error) == 1, "{}", told(&notes));
    let verdict = on(&book, "rule", "c", "2024-01-01");
    assert_eq!(verdict.verdict.kind, Undetermined, "{}", verdict.reason);
    let (book, _) = read(&texts([
        chips,
        instrument(
            "rule",
            &(limb("a", "rate >= 300[TOPS]", "x", "")
                + "[[version.exception]]\nid = \"e\"\nlimbs = [\"a\"]\nwhen = \"oops\"\nen = \"e\"\nzh = \"e\"\n"),
        ),
    ]));
    assert_eq!(now(&book, "rule", "c"), Undetermined);
}

#[test]
fn rules_in_a_circle_have_no_verdict() {
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let (book, notes) = read(&texts([
        chips.clone(),
        simple("one", "touched_by('two')"),
        simple("two", "touched_by('one') || rate >= 300[TOPS]"),
        simple("own", "touched_by('own')"),
    ]));
    assert!(has(&notes, Kind::RuleCircle), "{}", told(&notes));
    assert_eq!(now(&book, "one", "c"), Undetermined);
    assert_eq!(now(&book, "own", "c"), Undetermined);
    assert_eq!(now(&book, "two", "c"), Touched, "what it says by itself still counts");
}

#[test]
fn an_explanation_tells_what_counts_and_what_does_not() {
    let facts = "object,field,value,reference\nc,rate,250,a leaflet\nc,area,500,\n";
    let mut files = texts([
        file("objects/c.csv", "object,kind\nc,chip\n"),
        file("objects/facts.csv", facts),
        simple("rule", "rate >= 300[TOPS] && density >= 0.1[TOPS/mm2]"),
    ]);
    let ask = |files: &Texts, given: &[(String, String)]| {
        let (mut book, notes) = read(files);
        assert!(notes.is_empty(), "{}", told(&notes));
        let circumstances = book.circumstances(given).expect("facts");
        let on = day("2024-01-01");
        let lines = book.explain("rule", "c", on, Moment::default(), &circumstances, Lang::En);
        let lines = lines.expect("there").into_iter().map(|line| line.text).collect::<Vec<_>>();
        lines.into_iter().skip_while(|line| line != "facts used").collect::<Vec<_>>().join("\n")
    };
    let plain = ask(&files, &[]);
    assert!(plain.contains("\narea: 500 mm2\ndensity: 0.5 TOPS/mm2 = rate / area\n"), "{plain}");
    assert!(plain.contains("\nrate: 250 TOPS — a leaflet\n"), "{plain}");
    let given = ask(&files, &[("rate".to_owned(), "400".to_owned())]);
    assert!(given.contains("\nrate: 400 TOPS, as given\n") && !given.contains("leaflet"), "{given}");
    let check = "[[implausible]]\nof = [\"chip\"]\nwhen = \"area > 400[mm2]\"\nfield = \"area\"\nen = \"too large\"\nzh = \"过大\"\n";
    let vocabulary = format!("{VOCABULARY}\n{check}").into_bytes();
    files.insert("instruments/vocabulary.toml".to_owned(), vocabulary);
    let doubtful = ask(&files, &[]);
    assert!(doubtful.contains("\narea: 500 mm2 set aside — too large\n"), "{doubtful}");
    assert_eq!(doubtful.matches("area:").count(), 1, "{doubtful}");
}

#[test]
fn a_stretch_that_ends_before_it_begins_is_noted() {
    let facts = "object,field,value,from,to\nc,rate,400,2024-01-01,2023-01-01\n";
    let owners = "owner,owned,share,from,to\na,b,0.5,2024-01-01,2024-01-01\n";
    let (_, notes) = read(&texts([
        file("objects/c.csv", "object,kind\nc,chip\n"),
        file("objects/facts.csv", facts),
        file("objects/owners.csv", owners),
    ]));
    let files: Vec<&str> =
        notes.iter().filter(|n| n.kind == Kind::DatesReversed).map(|n| n.at.file.as_str()).collect();
    assert_eq!(files, ["objects/facts.csv", "objects/owners.csv"], "{}", told(&notes));
}

#[test]
fn a_step_begins_on_its_day_and_must_say_so() {
    let steps = |from: &str| {
        format!(
            "[version.parameter.line]\nvalue = 300\nunit = \"TOPS\"\nsteps = [{{ {from} value = 500 }}]\n"
        ) + &limb("a", "rate >= line", "x", "")
    };
    let chips = file("objects/c.csv", "object,kind,rate\nc,chip,400\n");
    let book = book([chips.clone(), instrument("rule", &steps("from = 2024-07-01,"))]);
    assert_eq!(on(&book, "rule", "c", "2024-06-30").verdict.kind, Touched);
    assert_eq!(on(&book, "rule", "c", "2024-07-01").verdict.kind, NotTouched);
    let (_, notes) = read(&texts([chips, instrument("rule", &steps(""))]));
    assert_eq!(notes.count_of(Severity::Error), 1, "a step without a day is lost in silence");
}
