//! Power: exact cases and properties.

use techpower::code::acts;
use techpower::infer::{Basis, Power, infer};
use techpower::measure::measure;
use techpower::relate::relate;
use techpower::study::Study;

use crate::small::{read, study, texts, with};

fn power(study: &Study) -> Power {
    let (index, _) = measure(study);
    let (exposure, _) = relate(study);
    let (acts, _) = acts(study);
    infer(study, &index, &exposure, &acts).0
}

#[test]
fn shares_sum_to_one_and_one_type_leads() {
    let study = study();
    let power = power(&study);
    for actor in ["USA", "CHN", "EU27"] {
        let rows: Vec<_> = power.reliance.iter().filter(|r| r.actor == actor && r.year == 2023).collect();
        assert_eq!(rows.len(), 4);
        assert!((rows.iter().map(|r| r.share.mean).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((rows.iter().map(|r| r.leading).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// A firm's act counts for its home, unless the study says that firms stand apart.
#[test]
fn firms_count_for_their_home_or_stand_apart() {
    let with_firms = power(&study());
    let structural = |power: &Power| power.reliance_of("USA", 1, 2023).expect("a row").acts;
    assert_eq!(structural(&with_firms), 1);
    let apart = with(texts(), "study.toml", "[uncertainty]", "[infer]\nfirms = \"apart\"\n[uncertainty]");
    assert_eq!(structural(&power(&read(&apart).0)), 0);
}

/// Joint rows of one bloc are one act, whichever stands first.
#[test]
fn joint_rows_are_one_act_in_any_order() {
    let row = |sender: &str, mode: &str| {
        format!(
            "j1,2023-05,{sender},CHN,export-control,foundation,compulsory,{mode},in_force,d9,Act.,行为。,curated,primary,test,\n"
        )
    };
    let acts_of = |first: String, second: String| {
        let mut changed = texts();
        let mut events = String::from_utf8(changed["tables/events.csv"].clone()).expect("UTF-8");
        events.push_str(&(first + &second));
        changed.insert("tables/events.csv".into(), events.into_bytes());
        let study = read(&changed).0;
        let act = acts(&study).0.into_iter().find(|act| study.events[act.row].event == "j1").expect("an act");
        (act.unit, study.codebook.modes[act.mode].id.clone())
    };
    let expected = ("EU27".to_owned(), "impose".to_owned());
    assert_eq!(acts_of(row("DEU", "impose"), row("EU27", "propose")), expected);
    assert_eq!(acts_of(row("EU27", "propose"), row("DEU", "impose")), expected);
}

/// Without acts the posterior is the prior: every type leads with probability a quarter.
#[test]
fn without_acts_reliance_is_the_prior() {
    let mut changed = with(texts(), "study.toml", "draws = 200", "draws = 4000");
    changed.remove("tables/events.csv");
    changed.remove("tables/endorsements.csv");
    let power = power(&read(&changed).0);
    for row in power.reliance.iter().filter(|r| r.year == 2023) {
        assert!((row.leading - 0.25).abs() < 0.04, "{row:?}");
        assert_eq!(row.first, 0.0);
    }
    assert!(power.corollary.is_empty(), "nothing was observed");
}

/// Twenty acts of one type leave no doubt which type leads.
#[test]
fn many_acts_narrow_the_interval() {
    let mut events = String::from_utf8(texts()["tables/events.csv"].clone()).expect("UTF-8");
    for at in 0..20 {
        events.push_str(&format!(
            "x{at},2023-05-{:02},CHN,USA,raw-material-control,foundation,compulsory,impose,in_force,doc{at},Act.,行为。,curated,primary,test,\n",
            at + 1
        ));
    }
    let mut changed = texts();
    changed.insert("tables/events.csv".into(), events.into_bytes());
    let power = power(&read(&changed).0);
    let row = power.reliance_of("CHN", 0, 2023).expect("a row");
    assert_eq!(row.acts, 20);
    assert!(row.leading > 0.99 && row.first > 0.99 && row.share.q05 > 0.6, "{row:?}");
    // On the target named, in full.
    let dyad = power.exercise.iter().find(|d| d.sender == "CHN" && d.target == "USA" && d.year == 2023);
    assert!(dyad.expect("a dyad").summary.mean > 15.0);
}

/// Potential is the geometric mean of three sources times exposure, so it lies between 0 and 100 and is unknown without exposure.
#[test]
fn potential_is_bounded_and_known_where_its_parts_are() {
    let study = study();
    let power = power(&study);
    assert!(!power.potential.is_empty());
    assert!(power.potential.iter().all(|d| (0.0..=100.0).contains(&d.summary.q05) && d.summary.q95 <= 100.0));
    assert!(!power.potential.iter().any(|d| d.sender == "JPN"), "Japan has no scores");
    assert!(power.potential_draws.iter().all(|d| study.options.about.focal.contains(&d.sender)));
}

/// Sources that are alike take turns, so that the order of the codebook decides nothing.
#[test]
fn alike_sources_take_turns() {
    let mut indicators = String::from("actor,indicator,year,value,unit,low,high,vintage,reference\n");
    for (actor, value) in [("USA", 3), ("CHN", 2), ("EU27", 1)] {
        for code in ["compute", "gdp", "seats", "papers"] {
            indicators.push_str(&format!("{actor},{code},2022,{value},,,,,t\n"));
        }
    }
    let mut changed =
        with(texts(), "tables/index.csv", "energy,Energy cost,能源成本,resource,1,-1,1,,\n", "");
    changed.insert("tables/indicators.csv".into(), indicators.into_bytes());
    let power = power(&read(&changed).0);
    for implied in power.implied.iter().filter(|implied| implied.year == 2022) {
        assert!(implied.scarcest.iter().all(|p| (p - 0.25).abs() < 1e-12), "{implied:?}");
    }
}

/// With sources made certain, the implied type follows from the structure of the codebook alone.
#[test]
fn the_scarcest_source_implies_the_type_that_omits_it() {
    let indicators = "actor,indicator,year,value,unit,low,high,vintage,reference\n\
        USA,compute,2022,100,,,,,t\nCHN,compute,2022,90,,,,,t\nEU27,compute,2022,10,,,,,t\n\
        USA,gdp,2022,100,,,,,t\nCHN,gdp,2022,10,,,,,t\nEU27,gdp,2022,90,,,,,t\n\
        USA,seats,2022,100,,,,,t\nCHN,seats,2022,90,,,,,t\nEU27,seats,2022,90,,,,,t\n\
        USA,papers,2022,10,,,,,t\nCHN,papers,2022,90,,,,,t\nEU27,papers,2022,100,,,,,t\n";
    let mut changed =
        with(texts(), "tables/index.csv", "energy,Energy cost,能源成本,resource,1,-1,1,,\n", "");
    changed.insert("tables/indicators.csv".into(), indicators.into());
    let study = read(&changed).0;
    let power = power(&study);
    let implied = |actor: &str, basis| {
        let row = power
            .implied
            .iter()
            .find(|i| i.actor == actor && i.year == 2022 && i.basis == basis)
            .expect("a row");
        let best = (0..4).max_by(|a, b| row.types[*a].total_cmp(&row.types[*b])).expect("four types");
        (study.codebook.types[best].id.as_str(), row.types[best])
    };
    for basis in Basis::ALL {
        assert_eq!(implied("USA", basis), ("compulsory", 1.0), "short of discourse");
        assert_eq!(implied("CHN", basis), ("structural", 1.0), "short of market");
        assert_eq!(implied("EU27", basis), ("institutional", 1.0), "short of resources");
    }
    let corollary = power.corollary.iter().find(|c| c.year == 2023).expect("observed");
    assert_eq!(corollary.actors, ["CHN", "EU27", "USA"]);
    assert!(corollary.kappa.q95 <= 1.0 && corollary.log_score < 0.0);
}
