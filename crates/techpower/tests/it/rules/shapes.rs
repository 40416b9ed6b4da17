//! Why not, reach, bite and bunching.

use super::*;

#[test]
fn why_not_finds_steps_that_flip_and_nothing_where_nothing_is_known() {
    let chips =
        "object,kind,rate,area,server\nslow,chip,250,500,true\ndesk,chip,400,500,false\nopen,chip,,,true\n";
    let mut book = book([
        file("objects/c.csv", chips),
        instrument("rule", &(line("line", "300", "TOPS") + &limb("a", "rate >= line && server", "x", ""))),
        simple("strict", "rate > 300[TOPS]"),
        simple("dense", "density >= 1[TOPS/mm2]"),
    ]);
    let on = day("2024-01-01");
    let none = Circumstances::default();
    let ways = |book: &Rulebook, rule: &str, id: &str| {
        book.why_not(rule, id, on, Moment::default(), &none).expect("there")
    };
    let slow = ways(&book, "rule", "slow");
    assert_eq!((slow[0].steps[0].to.as_str(), slow[0].flags, slow[0].verdict), ("300 TOPS", 0, Touched));
    assert!((slow[0].distance - libm::log(300.0 / 250.0)).abs() < 1e-9);
    let desk = ways(&book, "rule", "desk");
    assert_eq!((desk[0].steps[0].field.as_str(), desk[0].steps[0].to.as_str()), ("server", "true"));
    assert_eq!((desk[0].flags, desk[0].distance), (1, 0.0));
    assert!(ways(&book, "rule", "open").is_empty());
    assert!(!ways(&book, "strict", "slow")[0].steps[0].on_line, "beyond the line, not on it");
    assert!(book.why_not("no", "slow", on, Moment::default(), &none).is_none());
    // A density of 0.5 doubles by twice the rate or half the area, each ln 2 away.
    let dense = ways(&book, "dense", "slow");
    let mut found: Vec<&str> = dense.iter().map(|way| way.steps[0].to.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, ["250 mm2", "500 TOPS"]);
    assert!(dense.iter().all(|way| (way.distance - std::f64::consts::LN_2).abs() < 1e-9));
    // Each way, put in the place of the facts, leads to the verdict it promises.
    for (rule, id) in [("rule", "slow"), ("rule", "desk"), ("dense", "slow")] {
        for way in ways(&book, rule, id) {
            let told: Vec<_> = way
                .steps
                .iter()
                .map(|s| (s.field.clone(), s.to.split(' ').next().unwrap_or("").replace(',', "")))
                .collect();
            let circumstances = book.circumstances(&told).expect("facts");
            let (objects, instruments) = (vec![id.to_owned()], vec![rule.to_owned()]);
            let ask = Ask { objects, instruments, on: vec![on], circumstances, ..Ask::default() };
            assert_eq!(book.assess_all(&ask, Lang::En)[0].verdict.kind, way.verdict, "{rule} {id} {told:?}");
        }
    }
}

/// Two versions: the first draws the line at 300, the second at 200, published 2023-11-01 and in force from 2024.
fn two_versions() -> Rulebook {
    let body = |value: &str| line("line", value, "TOPS") + &limb("a", "rate >= line", "x", "");
    let (path, text) = instrument("rule", &body("300"));
    let second = format!(
        "[[version]]\nid = \"2\"\ncitation = \"c\"\npublished = 2023-11-01\nevidence = \"primary\"\n\
             [[version.status]]\nstatus = \"in_force\"\nfrom = 2024-01-01\n{}",
        body("200")
    );
    let chips = "object,kind,released,rate,flop\n\
                     a,chip,2020-01-01,400,1\nb,chip,2020-01-01,250,3\nc,chip,2020-01-01,100,5\n\
                     d,chip,2020-01-01,250..350,1\ne,chip,2023-12-01,190,\nf,chip,2023-12-01,195,\n\
                     g,chip,2025-01-01,400,\nh,chip,,400,9\ni,chip,2023,185,\n";
    book([(path, text + &second), file("objects/c.csv", chips)])
}

#[test]
fn reach_and_bite_by_hand() {
    let book = two_versions();
    let none = Circumstances::default();
    let reach = |on: &str, weight: Weight| book.reach(0, day(on), Moment::default(), &none, &weight);
    // On 2023-06-01 a, b, c, d and i are on the market: a is touched, d is open.
    let first = reach("2023-06-01", Weight::Number).expect("reach");
    assert_eq!((first.objects, first.touched, first.undetermined), (5, 0.2, 0.2));
    assert_eq!((first.newly, first.bite), (None, None));
    assert!((first.highest() - 0.4).abs() < 1e-12);
    // On 2024-06-01 seven are; a, b and d (250 at least) are touched. b is new, d was open before.
    let second = reach("2024-06-01", Weight::Number).expect("reach");
    let share = |n: f64| n / 7.0;
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    assert_eq!(second.objects, 7);
    near(second.touched, share(3.0));
    near(second.newly.expect("a version before"), share(1.0));
    near(second.released.expect("a version before"), 0.0);
    let (low, high) = second.bite.expect("a version before");
    near(low, share(1.0));
    near(high, share(2.0));
    // Weighed by flop: a 1, b 3, c 5, d 1; objects without a weight do not count.
    let weighed = reach("2024-06-01", Weight::Field("flop".to_owned())).expect("reach");
    assert_eq!((weighed.weighed, weighed.touched), (4, 0.5));
    assert!(reach("2022-06-01", Weight::Number).is_none(), "nothing applies yet");
    assert!(reach("2024-06-01", Weight::Field("nothing".to_owned())).is_none());
}

#[test]
fn bunching_by_hand() {
    let book = two_versions();
    let rows = book.bunching(Window::default(), Moment::default());
    let row = rows.iter().find(|row| row.version == 1).expect("the line of 200");
    // Before: a (2.0), b (1.25), c (0.5), within a factor of four; d is not known well enough. After: e (0.95), f (0.975), g (2.0).
    // i came out in 2023, before or after the line nobody knows.
    assert_eq!((row.line, row.before, row.after), (200.0, (3, 0), (3, 2)));
    assert!((row.excess.expect("both") - 2.0 / 3.0).abs() < 1e-12);
    // Two marked among six, both in the second three: 3 of 15 pairs.
    assert!((row.p_near.expect("both") - 3.0 / 15.0).abs() < 1e-12);
    assert_eq!(row.nearest, Some(("b".to_owned(), 1.25)));
    // Strips of ln 1.25 below ln 0.5, ln 1.25 and ln 2 in a band of twice ln 4; none overlap.
    let expected = 3.0 * libm::log(1.25) / (2.0 * libm::log(4.0));
    assert!((row.p_around.expect("one") - expected).abs() < 1e-12, "{:?} {expected}", row.p_around);
}

#[test]
fn a_line_is_found_whichever_side_of_the_sign_it_stands_on() {
    let chips = file("objects/c.csv", "object,kind,released,rate\nc,chip,2020-01-01,400\n");
    let rule = |when: &str| instrument("rule", &(line("line", "0.3", "PFLOPS") + &limb("a", when, "x", "")));
    for when in ["rate >= line", "line <= rate"] {
        let book = book([chips.clone(), rule(when)]);
        let rows = book.bunching(Window::default(), Moment::default());
        assert_eq!(rows.len(), 1, "{when}");
        assert_eq!((rows[0].line, rows[0].before), (0.3, (1, 0)), "{when}");
    }
}

#[test]
fn versions_stand_in_order_of_publication() {
    let (path, text) = instrument("rule", &limb("a", "rate >= 1[TOPS]", "x", ""));
    let older = "[[version]]\nid = \"0\"\ncitation = \"c\"\npublished = 2020-01-01\nevidence = \"primary\"\n\
             [[version.status]]\nstatus = \"in_force\"\nfrom = 2030-01-01\n";
    let book = book([(path, text + older)]);
    let ids: Vec<&str> = book.instruments[0].versions.iter().map(|version| version.id.as_str()).collect();
    assert_eq!(ids, ["0", "1"]);
}
