//! Power: exact cases and properties.

use techpower::code::{
    Act, Coded, Confidence, Corpus, Event, EventDate, Modality, Party, Quote, Source, Tells, acts, agreement,
    count, errors,
};
use techpower::infer::{Basis, Change, Power, Trial, infer, infer_coded, infer_weighed};
use techpower::measure::measure;
use techpower::relate::relate;
use techpower::study::Study;

use crate::small::{Texts, read, study, texts, with};

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

/// Not even where what is drawn of acts is drawn one by one, as how much their instruments reach.
#[test]
fn rows_in_any_order_give_the_same_bits() {
    let told = |texts: &Texts| {
        let study = read(texts).0;
        let events = study.events.iter().map(|event| event.event.clone());
        let reach = events.filter(|event| event != "e1").map(|event| (event, (0.1, 0.9))).collect();
        let (acts, _) = acts(&study);
        let (index, exposure) = (measure(&study).0, relate(&study).0);
        // As text, in which unknown is the same as unknown.
        format!("{:?}", infer_weighed(&study, &index, &exposure, &acts, None, &reach).0)
    };
    let mut reversed = texts();
    for (_, text) in reversed.iter_mut().filter(|(path, _)| path.ends_with(".csv")) {
        let rows = String::from_utf8(text.clone()).expect("UTF-8");
        let mut lines: Vec<&str> = rows.lines().collect();
        lines[1..].reverse();
        *text = (lines.join("\n") + "\n").into_bytes();
    }
    assert!(told(&reversed) == told(&texts()));
}

/// What instruments reach is set in relation to the acts up to the year that is looked at: a year does not look ahead.
#[test]
fn reach_is_relative_to_the_acts_up_to_a_year() {
    let study = study();
    let (acts, _) = acts(&study);
    let (index, exposure) = (measure(&study).0, relate(&study).0);
    let weighed = |reach: &[(&str, f64)]| {
        let reach = reach.iter().map(|(event, reach)| ((*event).to_owned(), (*reach, *reach))).collect();
        infer_weighed(&study, &index, &exposure, &acts, None, &reach).0
    };
    let (plain, modelled) = (weighed(&[]), weighed(&[("e1", 0.5), ("e3", 0.1)]));
    let of_2022 = |power: &Power| {
        let exercise: Vec<_> = power.exercise.iter().filter(|row| row.year == 2022).collect();
        let reliance: Vec<_> = power.reliance.iter().filter(|row| row.year == 2022).collect();
        format!("{exercise:?} {reliance:?}")
    };
    // The first act stands alone in 2022, and beside one that reaches a fifth of it in 2023: five thirds and one third of their mean.
    assert_eq!(of_2022(&modelled), of_2022(&plain));
    let of_first = |power: &Power| {
        let mut rows = power.exercise.iter().filter(|row| row.sender == "USA" && row.target == "CHN");
        rows.find(|row| row.year == 2023).expect("an act").summary.mean
    };
    assert!((of_first(&modelled) / of_first(&plain) - 5.0 / 3.0).abs() < 1e-12);
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

/// A trial with nothing made otherwise is the test itself; one without an actor compares one less; all years together compare as often as each.
#[test]
fn trials_make_one_thing_otherwise() {
    let power = power(&study());
    let of = |change: Change| power.trials.iter().filter(move |trial| trial.change == change);
    assert!(!power.corollary.is_empty());
    for corollary in &power.corollary {
        let same =
            |trial: &&Trial| trial.year == Some(corollary.year) && trial.outcome.basis == corollary.basis;
        assert_eq!(&of(Change::Nothing).find(same).expect("a trial").outcome, corollary);
        for without in of(Change::Actor).filter(same) {
            let compared = corollary.actors.len() - usize::from(corollary.actors.contains(&without.choice));
            assert_eq!(without.outcome.compared, compared, "{without:?}");
        }
    }
    for basis in Basis::ALL {
        let each: usize =
            power.corollary.iter().filter(|c| c.basis == basis).map(|corollary| corollary.compared).sum();
        let together = of(Change::Nothing).find(|t| t.year.is_none() && t.outcome.basis == basis);
        assert_eq!(together.expect("all years").outcome.compared, each);
    }
    for change in [Change::Indicator, Change::Window, Change::Comparative] {
        assert!(of(change).next().is_some(), "{change:?}");
    }
    assert!(power.trials.iter().all(|trial| trial.outcome.p_dealt > 0.0 && trial.outcome.p_dealt <= 1.0));
}

/// Trials are told by how far they move the outcome, the farthest first, each against the test on the same basis.
#[test]
fn trials_are_ordered_by_what_they_move() {
    let power = power(&study());
    for year in [None, Some(2023)] {
        let moved = power.moved(year);
        let others = power.trials.iter().filter(|t| t.year == year && t.change != Change::Nothing).count();
        assert!(others > 0 && moved.len() == others);
        assert!(moved.windows(2).all(|pair| pair[0].1.abs() >= pair[1].1.abs()));
        for (trial, by) in moved {
            let mut stated = power.trials.iter().filter(|t| t.year == year && t.change == Change::Nothing);
            let stated = stated.find(|t| t.outcome.basis == trial.outcome.basis).expect("the test itself");
            assert!((stated.outcome.advantage() + by - trial.outcome.advantage()).abs() < 1e-12);
        }
    }
    assert!(power.moved(Some(1999)).is_empty());
}

/// What was coded in one document, and what is known of it.
struct Told<'a> {
    id: &'a str,
    coded: &'a str,
    tells: Tells,
}

fn coded_event(told: &Told<'_>) -> Event {
    let quote = Quote { text: "Act.".into(), in_title: false, points: (0, 4), bytes: (0, 4), utf16: (0, 4) };
    let party = |actor: &str| Party {
        actor: actor.into(),
        quote: None,
        entry: String::new(),
        pattern: String::new(),
        probability: 1.0,
    };
    let sure = Confidence {
        event: 1.0,
        power: 1.0,
        mode: 1.0,
        layer: 1.0,
        instrument: 1.0,
        sender: 1.0,
        targets: 1.0,
    };
    Event {
        document: told.id.into(),
        hash: String::new(),
        event: format!("{}#1", told.id),
        sender: Some(party("CHN")),
        targets: vec![party("USA")],
        instrument: "export-control".into(),
        layer: "foundation".into(),
        power: told.coded.into(),
        mode: "impose".into(),
        modality: Modality::Done,
        reported_by: None,
        date: EventDate { quote: None, date: "2023-05-01".into(), granularity: "day" },
        sentence: quote.clone(),
        evidence: quote,
        trigger: None,
        cue: None,
        rule: "test".into(),
        confidence: sure,
        overall: 1.0,
        uncertain: false,
        sources: vec![told.id.into()],
        coder: "test".into(),
    }
}

/// A corpus in which these were coded.
fn corpus_of(all: &[Told<'_>]) -> Corpus {
    let coding = |told: &Told<'_>| agreement::Coding {
        document: told.id.into(),
        power: Some(told.coded.into()),
        ..agreement::Coding::default()
    };
    Corpus {
        coder: "coder".into(),
        documents: all
            .iter()
            .map(|told| Source {
                id: told.id.into(),
                title: String::new(),
                source: String::new(),
                tells: told.tells.clone(),
            })
            .collect(),
        coded: all
            .iter()
            .map(|told| Coded {
                document: told.id.into(),
                hash: String::new(),
                events: vec![coded_event(told)],
                reason: None,
                probability: None,
            })
            .collect(),
        told: all
            .iter()
            .map(|told| agreement::Coded { document: told.id.into(), codings: vec![coding(told)] })
            .collect(),
    }
}

/// The coder takes a third of what it calls compulsory for that and it is structural. 90 documents are checked, 90 are not: 60 of these it codes
/// compulsory, of which 40 are, and 30 structural, which all are. The true share of compulsory acts is 40 of 90; the coder's is 60 of 90.
#[test]
fn a_coder_that_errs_gives_wide_intervals_around_the_truth() {
    let mut changed = with(texts(), "study.toml", "draws = 200", "draws = 1000");
    changed = with(changed, "study.toml", "[uncertainty]", "[code]\ncount = true\n[uncertainty]");
    let mut events = String::from_utf8(changed["tables/events.csv"].clone()).expect("UTF-8");
    for (id, power, instrument) in
        [("true-c", "compulsory", "export-control"), ("true-s", "structural", "firm-alliance")]
    {
        events.push_str(&format!(
            "{id},2022-05-01,JPN,USA,{instrument},foundation,{power},impose,in_force,{id},Act.,行为。,curated,primary,test,\n"
        ));
    }
    changed.insert("tables/events.csv".into(), events.into_bytes());
    let names: Vec<String> = (0..180).map(|at| format!("doc{at}")).collect();
    let told: Vec<Told<'_>> = names
        .iter()
        .enumerate()
        .map(|(at, id)| Told {
            id,
            coded: if at % 3 < 2 { "compulsory" } else { "structural" },
            tells: match at {
                90.. => Tells::Unstated,
                // Of six that are coded, four are compulsory in the coder's eyes, and of three of these one is not.
                _ if at % 3 < 2 && (at / 3 * 2 + at % 3) % 3 > 0 => Tells::Event("true-c".into()),
                _ => Tells::Event("true-s".into()),
            },
        })
        .collect();
    let corpus = corpus_of(&told);
    let mut study = read(&changed).0;
    let notes = count(&mut study, &corpus);
    assert_eq!(notes.count(), 1, "{notes:?}");
    let (naive, _) = acts(&study);
    let mut marked = naive.clone();
    let confusion = errors(&study, &corpus, &mut marked).expect("coded acts");
    // Coded compulsory: 40 true, 20 structural; coded structural: all 30 true.
    assert_eq!(confusion.checked()[0], [40, 20, 0]);
    assert_eq!(confusion.checked()[1], [0, 30, 0]);
    assert_eq!(marked.iter().filter(|act| act.coded.is_some()).count(), 90);

    let (index, exposure) = (measure(&study).0, relate(&study).0);
    let share = |acts: &[Act], errors| {
        let (power, _) = infer_coded(&study, &index, &exposure, acts, errors);
        let row = power.reliance_of("CHN", 0, 2023).expect("a row").clone();
        let dyad = power
            .exercise
            .iter()
            .find(|d| d.sender == "CHN" && d.target == "USA" && d.power == 0 && d.year == 2023);
        (row.share, dyad.expect("a dyad").summary, row.acts)
    };
    // One curated act of another type is China's, too.
    let truth = 40.0 / 91.0;
    let (as_coded, exercise_as_coded, counted) = share(&naive, None);
    let (corrected, exercise, still) = share(&marked, Some(&confusion));
    assert_eq!((counted, still), (60, 60), "acts are counted as coded");
    assert!((corrected.mean - truth).abs() < 0.03, "{corrected:?}");
    assert!((as_coded.mean - truth).abs() > 0.15, "{as_coded:?}");
    assert!(corrected.q05 < truth && truth < corrected.q95 && truth < as_coded.q05);
    assert!(corrected.q95 - corrected.q05 > as_coded.q95 - as_coded.q05);
    assert!((exercise.mean / exercise_as_coded.mean - 2.0 / 3.0).abs() < 0.05);

    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| infer_coded(&study, &index, &exposure, &marked, Some(&confusion)).0)
    };
    assert_eq!(on(1), on(3));
}

/// Acts that no text tells are drawn as if there were no texts.
#[test]
fn without_coded_acts_nothing_changes() {
    let study = study();
    let (index, exposure, mut acts) = (measure(&study).0, relate(&study).0, acts(&study).0);
    let before = infer(&study, &index, &exposure, &acts).0;
    let corpus = corpus_of(&[Told { id: "d9", coded: "compulsory", tells: Tells::Nothing }]);
    assert_eq!(errors(&study, &corpus, &mut acts), None);
    assert_eq!(infer_coded(&study, &index, &exposure, &acts, None).0, before);
}
