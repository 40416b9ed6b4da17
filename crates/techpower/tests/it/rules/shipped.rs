//! The instruments that ship.

use super::*;

#[test]
fn it_reads_without_errors_and_passes_its_own_tests() {
    let (book, notes) = &*SHIPPED;
    assert_eq!(notes.count_of(Severity::Error), 0, "{}", told(notes));
    assert!(book.instruments.len() > 40 && book.objects().len() > 100);
    let found = shipped().check(day("2026-11-01"));
    let allowed = [Kind::RuleInterruptionOver, Kind::RuleUnverified];
    let other: Vec<String> = found
        .iter()
        .filter(|note| note.severity() != Severity::Info && !allowed.contains(&note.kind))
        .map(|note| format!("{} {} {}", note.kind.id(), note.at.file, note.message(Lang::En)))
        .collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
}

#[test]
fn no_known_outcome_is_contradicted() {
    let mut book = shipped();
    let (held, notes) = book.outcomes(&Folder(shipped_folder()), OUTCOMES, Lang::En);
    assert_eq!(notes.count(), 0, "{}", told(&notes));
    assert!(held.len() > 40, "{}", held.len());
    let rows = |agreement: Agreement| -> Vec<String> {
        let chosen = held.iter().filter(|one| one.agreement == agreement);
        let row = |one: &techpower::rules::Held| {
            let id = &book.objects()[one.assessed.object].id;
            format!("row {} {id}: {} {}", one.row, one.assessed.verdict.kind.id(), one.assessed.reason)
        };
        chosen.map(row).collect()
    };
    assert!(rows(Agreement::Disagree).is_empty(), "{}", rows(Agreement::Disagree).join("\n"));
    let open = rows(Agreement::Open);
    println!("{}", open.join("\n"));
    assert!(open.len() <= 4, "{}", open.join("\n"));
    // The version that a row names is the one that counts on its day.
    for one in held.iter().filter(|one| !one.version.is_empty()) {
        let text = &book.instruments[one.assessed.instrument];
        let version = one.assessed.verdict.version.map(|at| text.versions[at].id.as_str());
        assert_eq!(version, Some(one.version.as_str()), "row {}", one.row);
    }
}

#[test]
fn a_stay_through_a_day_ends_on_the_next() {
    let before = ask("us-affiliates", "entity:hisilicon", "2025-11-09");
    assert_eq!(before.verdict.kind, Touched);
    let last = SHIPPED.0.instrument("us-affiliates").and_then(|i| i.known_until).expect("a horizon");
    // What was known on the eve tells of the whole stay, although it ends after the horizon.
    let eve = Moment { known: last.yesterday().ok(), recorded: None };
    let by = |on: &str| {
        SHIPPED.0.assess("us-affiliates", "entity:hisilicon", day(on), eve).expect("there").verdict
    };
    let stayed = by("2026-11-09");
    assert_eq!((stayed.kind, stayed.status), (NotTouched, Some(Status::Stayed)));
    let after = by("2026-11-10");
    assert_eq!((after.kind, after.status), (Touched, Some(Status::InForce)));
}

#[test]
fn the_bits_of_tf32_leave_trainium_open() {
    // 190 TOPS times 19 to 32 bits is 3,610 to 6,080: on both sides of 4,800.
    let verdict = ask("us-3a090", "aws-trn1", "2024-06-01");
    assert_eq!(verdict.verdict.kind, Undetermined, "{}", verdict.reason);
}

#[test]
fn the_same_day_by_what_was_known_when() {
    // A hiring system of August 2026: high-risk from 2026-08-02 by the first text, from 2027-12-02 by the amendment of July 2026.
    let text = "object,kind,annex_iii_area,offered_in,no_significant_risk,profiling,placed_on_market\n\
                    hiring,system,employment,EU27,false,false,2026-08-10\n";
    let mut files = texts([file("objects/mine.csv", text)]);
    for name in ["vocabulary.toml", "eu-aia-high-risk.toml"] {
        let text = std::fs::read(shipped_folder().join("instruments").join(name)).expect(name);
        files.insert(format!("instruments/{name}"), text);
    }
    let (book, notes) = read(&files);
    assert!(notes.is_empty(), "{}", told(&notes));
    let verdict = |known: Option<&str>, recorded: Option<&str>| {
        let moment = Moment { known: known.map(day), recorded: recorded.map(day) };
        let found = book.assess("eu-aia-high-risk", "hiring", day("2026-09-01"), moment).expect("there");
        (found.verdict.kind, found.verdict.status)
    };
    assert_eq!(verdict(Some("2026-01-01"), None), (Touched, Some(Status::InForce)));
    assert_eq!(verdict(Some("2026-08-01"), None), (NotTouched, Some(Status::Enacted)));
    assert_eq!(verdict(None, None), (NotTouched, Some(Status::Enacted)));
    // Nothing was written down before the study was.
    assert_eq!(verdict(None, Some("2026-06-01")), (NotTouched, None));
}

#[test]
fn h20_is_one_small_step_near_the_line() {
    let book = shipped();
    let none = Circumstances::default();
    let on = day("2024-04-04");
    let ways = book.why_not("us-3a090", "nv-h20-sxm", on, Moment::default(), &none).expect("there");
    let nearest = &ways[0];
    assert_eq!(nearest.steps.len(), 1);
    let step = &nearest.steps[0];
    assert_eq!((step.field.as_str(), step.to.as_str(), step.on_line), ("tpp", "2,400 TPP", true));
    assert!((nearest.distance - libm::log(2400.0 / 2368.0)).abs() < 1e-9, "{}", nearest.distance);
    // The step flips the verdict, and one that falls short does not.
    let at = |tpp: &str| {
        let mut book = shipped();
        let told = [("tpp".to_owned(), tpp.to_owned())];
        let circumstances = book.circumstances(&told).expect("a number");
        let (objects, instruments) = (vec!["nv-h20-sxm".to_owned()], vec!["us-3a090".to_owned()]);
        let ask = Ask { objects, instruments, on: vec![on], circumstances, ..Ask::default() };
        book.assess_all(&ask, Lang::En).remove(0).verdict.kind
    };
    assert_eq!((at("2400"), at("2399.99")), (Touched, NotTouched));
}

#[test]
fn a800_escaped_for_a_year_and_ten_days() {
    let text = ["us-3a090".to_owned()];
    let none = Circumstances::default();
    let stretches =
        SHIPPED.0.timeline("nv-a800-sxm-80", &text, Moment::default(), &none, Lang::En).expect("an object");
    let touched = stretches.iter().find(|one| one.assessed.verdict.kind == Touched).expect("touched");
    assert_eq!(touched.from, day("2023-11-17"));
    let before: Vec<_> = stretches.iter().filter(|one| one.from < touched.from).collect();
    assert!(before.iter().all(|one| one.assessed.verdict.kind == NotTouched));
    assert_eq!(before.last().and_then(|one| one.to), Some(day("2023-11-17")));
    assert_eq!(ask("us-3a090", "nv-a800-sxm-80", "2023-11-16").verdict.kind, NotTouched);
    assert_eq!(ask("us-3a090", "nv-a800-sxm-80", "2023-11-17").verdict.kind, Touched);
}

#[test]
fn a_timeline_ends_with_what_is_known() {
    let text = ["us-affiliates".to_owned()];
    let none = Circumstances::default();
    let stretches =
        SHIPPED.0.timeline("entity:hisilicon", &text, Moment::default(), &none, Lang::En).expect("an object");
    let horizon = SHIPPED.0.instrument("us-affiliates").and_then(|i| i.known_until);
    let last = stretches.last().expect("a stretch");
    assert_eq!((last.assessed.verdict.status, last.to), (Some(Status::Stayed), horizon));
}

#[test]
fn the_rule_of_2022_today_lets_a800_go() {
    let change: Change = "us-3a090@2022-10:in_force".parse().expect("a change");
    let reform = Reform { changes: vec![(change, Default::default())], ..Reform::default() };
    let (other, notes) = SHIPPED.0.reformed(&reform);
    assert!(notes.is_empty(), "{}", told(&notes));
    let kind = |book: &Rulebook, moment| {
        let found = book.assess("us-3a090", "nv-a800-sxm-80", day("2026-10-01"), moment);
        found.expect("there").verdict.kind
    };
    assert_eq!(kind(&SHIPPED.0, Moment::default()), Touched);
    assert_eq!(kind(&other, Moment::default()), NotTouched);
    // What is assumed is assumed whatever was known when.
    let early = Moment { known: Some(day("2024-01-01")), recorded: None };
    assert_eq!(kind(&other, early), NotTouched);
}

#[test]
fn an_edit_of_a_country_group_reaches_the_rules_that_cite_it() {
    let change: Change = "ear:D:4-ARE".parse().expect("a change");
    assert!(matches!(&change, Change::Member { list, member, listed: false, .. }
            if list == "ear:D:4" && member == "ARE"));
    let reform = Reform { changes: vec![(change, Default::default())], ..Reform::default() };
    let reached = SHIPPED.0.reached(&reform);
    let way = |id: &str| {
        let found = reached.iter().find(|one| SHIPPED.0.instruments[one.instrument].id == id);
        found.map(|one| one.way.join(" > "))
    };
    assert_eq!(way("us-ac-licence").as_deref(), Some("ear:D:4 > us-ac-licence"), "{reached:?}");
    let change: Change = "us-3a090@2023-11.tpp_high=5000".parse().expect("a change");
    let reform = Reform { changes: vec![(change, Default::default())], ..Reform::default() };
    let reached = SHIPPED.0.reached(&reform);
    let by = |id: &str| reached.iter().any(|one| SHIPPED.0.instruments[one.instrument].id == id);
    assert!(by("us-3a090") && by("us-ac-licence"));
}

#[test]
fn doubled_rates_package_areas_and_sram_are_set_aside() {
    let text = "object,kind,fp16_tops,int8_tops,tpp_stated,die_area,logic_dies,dram_bandwidth,memory\n\
                    honest,chip,312,624,4992,826,1,2039,80\n\
                    sparse,chip,312,624,9984,826,1,2039,80\n\
                    package,chip,312,624,4992,2500,1,2039,80\n\
                    sram,chip,312,624,4992,826,1,80000,0.23\n";
    let mut files = texts([file("objects/mine.csv", text)]);
    let vocabulary = std::fs::read(shipped_folder().join("instruments/vocabulary.toml")).expect("there");
    files.insert("instruments/vocabulary.toml".to_owned(), vocabulary);
    let (mut book, notes) = read(&files);
    assert!(notes.is_empty(), "{}", told(&notes));
    let found = book.check(day("2024-01-01"));
    let doubts: Vec<[String; 2]> = found
        .iter()
        .filter(|note| note.kind == Kind::FactImplausible)
        .map(|note| ["object", "field"].map(|name| note.args[name].text(Lang::En)))
        .collect();
    let expected = [["package", "die_area"], ["sparse", "tpp_stated"], ["sram", "dram_bandwidth"]];
    assert_eq!(doubts, expected, "{}", told(&found));
}

#[test]
fn planar_dies_have_no_density() {
    // 2,000 TPP on 100 mm2 is dense, but only dies that are not planar count.
    let text = "object,kind,tpp,die_area,planar,datacenter\n\
                    planar,chip,2000,100,true,true\nfin,chip,2000,100,false,true\nunsaid,chip,2000,100,,true\n";
    let mut files = texts([file("objects/mine.csv", text)]);
    for name in ["vocabulary.toml", "us-3a090.toml"] {
        let text = std::fs::read(shipped_folder().join("instruments").join(name)).expect(name);
        files.insert(format!("instruments/{name}"), text);
    }
    let (book, notes) = read(&files);
    assert!(notes.is_empty(), "{}", told(&notes));
    let kind = |id: &str| now(&book, "us-3a090", id);
    assert_eq!((kind("planar"), kind("fin"), kind("unsaid")), (NotTouched, Touched, Undetermined));
}
