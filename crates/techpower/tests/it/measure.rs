//! Source strengths: exact cases and invariances.

use techpower::diag::Kind;
use techpower::measure::measure;

use crate::small::{Texts, kinds, read, study, texts, with};

/// Compute: the rivals 34 and 54 average to 44; min-max over 44, 33, 17. Energy counts downwards. Weights 3 : 1.
#[test]
fn the_nominal_score_can_be_computed_by_hand() {
    let (index, _) = measure(&study());
    assert_eq!(index.actors, ["CHN", "EU27", "USA"]);
    let root = index.roots[index.root_of("resource").expect("a root")];
    let year = index.years.iter().position(|y| *y == 2022).expect("a year");
    let nominal = |actor| index.score(root, year, actor).nominal.expect("known");
    let scale = |part: f64| 1.0 + 99.0 * part;
    let compute = scale((33.0 - 17.0) / (44.0 - 17.0));
    let energy = scale(1.0 - (9.0 - 8.0) / (20.0 - 8.0));
    assert!((nominal(0) - (0.75 * compute + 0.25 * energy)).abs() < 1e-12);
    assert_eq!(nominal(1), 1.0);
    assert_eq!(nominal(2), 100.0);
}

#[test]
fn rows_in_any_order_give_the_same_bits() {
    let plain = measure(&study()).0;
    let mut shuffled = texts();
    for path in ["tables/indicators.csv", "tables/index.csv", "tables/actors.csv"] {
        let text = String::from_utf8(shuffled[path].clone()).expect("UTF-8");
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        shuffled.insert(path.into(), lines.join("\n").into_bytes());
    }
    // As text, in which unknown is the same as unknown.
    assert!(format!("{:?}", measure(&read(&shuffled).0).0) == format!("{plain:?}"));
}

#[test]
fn rivals_are_chosen_as_a_whole_definition() {
    // With vintage b only the USA has a rival; in each draw its value is 34 or 54, about half of the time.
    let texts = with(
        texts(),
        "tables/indicators.csv",
        "CHN,compute,2022,33,percent,30,36,a",
        "CHN,compute,2022,60,percent,,,a",
    );
    let (index, _) = measure(&read(&texts).0);
    let compute = index.nodes.iter().position(|node| node.code == "compute").expect("a node");
    let score = index.score(compute, 0, 2).summary.expect("known");
    // Min-max against 17 and 60: either 34 or 54.
    let scale = |value: f64| 1.0 + 99.0 * (value - 17.0) / (60.0 - 17.0);
    assert!((score.q05 - scale(34.0)).abs() < 1e-9);
    assert!((score.q95 - scale(54.0)).abs() < 1e-9);
    assert!((score.mean - scale(44.0)).abs() < 6.0);
}

#[test]
fn rank_probabilities_sum_to_one_and_agree_with_pairwise() {
    let (index, _) = measure(&study());
    for root in 0..index.roots.len() {
        for row in index.rank_probabilities(root, 0) {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        for (a, b) in [(0, 1), (1, 2)] {
            let (ab, ba) =
                (index.winning_probability(root, 0, a, b), index.winning_probability(root, 0, b, a));
            assert!((ab.expect("known") + ba.expect("known") - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_value_is_carried_forward_and_then_unknown() {
    let texts = with(texts(), "study.toml", "to = 2023", "to = 2026");
    let (index, notes) = measure(&read(&texts).0);
    let root = index.roots[0];
    let known: Vec<bool> =
        (0..index.years.len()).map(|year| index.score(root, year, 0).nominal.is_some()).collect();
    assert_eq!(index.years, [2022, 2023, 2024, 2025, 2026]);
    assert_eq!(known, [true, true, true, true, false], "at most three years");
    assert!(kinds(&notes).contains(&Kind::ValuesCarried) && kinds(&notes).contains(&Kind::ScoreUnknown));
}

#[test]
fn an_indicator_without_variance_is_left_out() {
    let mut changed = texts();
    let text = String::from_utf8(changed["tables/indicators.csv"].clone()).expect("UTF-8");
    let text = text.replace("gdp,2022,25", "gdp,2022,17").replace("gdp,2022,18", "gdp,2022,17");
    changed.insert("tables/indicators.csv".into(), text.into_bytes());
    let (index, notes) = measure(&read(&changed).0);
    let market = index.roots[index.root_of("market").expect("a root")];
    assert!(index.score(market, 0, 0).nominal.is_none());
    assert!(kinds(&notes).contains(&Kind::IndicatorSaturated));
}

/// An indicator with goalposts that does not vary is on its goalposts in every draw, so that nothing is known only in some.
#[test]
fn a_score_is_known_in_all_draws_or_in_none() {
    let mut changed = with(
        texts(),
        "tables/index.csv",
        "gdp,GDP,国内生产总值,market,1,1,1,,",
        "gdp,GDP,国内生产总值,market,1,1,1,,0..100",
    );
    changed = with(
        changed,
        "study.toml",
        "[uncertainty]",
        "[measure.vary]\nnormalisation = [\"min-max\", \"z-score\"]\n[uncertainty]",
    );
    let text = String::from_utf8(changed["tables/indicators.csv"].clone()).expect("UTF-8");
    let text = text.replace("gdp,2022,25", "gdp,2022,17").replace("gdp,2022,18", "gdp,2022,17");
    changed.insert("tables/indicators.csv".into(), text.into_bytes());
    let (index, _) = measure(&read(&changed).0);
    let root = index.root_of("market").expect("a root");
    for actor in 0..3 {
        assert!(index.draws_of(root, 0, actor).iter().all(|score| (score - 17.83).abs() < 1e-9));
    }
    assert_eq!(index.winning_probability(root, 0, 0, 1), Some(0.5));
}

#[test]
fn a_study_without_indicators_has_no_scores() {
    let mut changed = texts();
    changed.remove("tables/indicators.csv");
    changed.remove("tables/index.csv");
    let (index, _) = measure(&read(&changed).0);
    assert!(index.nodes.is_empty() && index.roots.is_empty());
}

/// The small study with lines added to its options.
fn with_options(lines: &str) -> Texts {
    with(texts(), "study.toml", "[uncertainty]", &format!("{lines}\n[uncertainty]"))
}

fn noted(texts: &Texts) -> Vec<Kind> {
    let (study, mut notes) = read(texts);
    notes.extend(measure(&study).1);
    kinds(&notes)
}

/// Choices that are all discrete are gone through: with rivals of two and two normalisations each combination is a quarter.
#[test]
fn few_combinations_are_gone_through() {
    let texts = with(
        with_options(
            "[measure.vary]\nweights = 0\nintervals = false\nnormalisation = [\"min-max\", \"percentile-rank\"]",
        ),
        "tables/indicators.csv",
        "CHN,compute,2022,33,percent,30,36,a",
        "CHN,compute,2022,50,percent,30,60,a",
    );
    let (index, _) = measure(&read(&texts).0);
    assert_eq!(index.combinations, Some(4));
    let factors: Vec<(&str, Option<u64>)> = index.factors.iter().map(|f| (f.id.as_str(), f.levels)).collect();
    assert_eq!(factors, [("rivals", Some(2)), ("normalisation", Some(2))]);
    let root = index.root_of("resource").expect("a root");
    // The USA has 34 or 54 of compute against 50 and 17, and always the better energy: it is ahead of China with 54, and with 34 by
    // 0.75 * 17/33 + 0.25 against 0.75 + 0.25 * 11/12 or, by ranks, 0.75 * 0.5 + 0.25 against 0.75 + 0.125.
    let usa = &index.rank_probabilities(root, 0)[2];
    assert_eq!(usa, &[0.5, 0.5, 0.0]);
    assert_eq!(index.winning_probability(root, 0, 2, 0), Some(0.5));
    // Exact mean of the four scores.
    let summary = index.score(index.roots[root], 0, 2).summary.expect("known");
    let scale = |part: f64| 1.0 + 99.0 * part;
    let low = 0.75 * (34.0 - 17.0) / (50.0 - 17.0) + 0.25;
    let expected = scale((1.0 + 1.0 + low + (0.75 * 0.5 + 0.25)) / 4.0);
    assert!((summary.mean - expected).abs() < 1e-10, "{} {expected}", summary.mean);
    // Sensitivity is exact too: intervals have no width.
    let ranks = index.sensitivities.iter().find(|s| s.node == index.roots[root] && s.actor.is_none());
    let indices = &ranks.expect("ranks vary").indices;
    assert_eq!((indices[0].first.value, indices[0].first.low), (1.0, 1.0));
    assert_eq!(indices[1].total.value, 0.0);
}

/// Sampling many draws comes near to going through all combinations.
#[test]
fn drawing_agrees_with_going_through() {
    let options = "[measure]\naggregation = \"arithmetic\"\n[measure.vary]\nweights = 0\nintervals = false\n\
                   normalisation = [\"min-max\", \"z-score\"]\naggregation = [\"arithmetic\", \"geometric\"]\nindicators = \"leave-one-out\"";
    let exact = measure(&read(&with_options(options)).0).0;
    // Rivals 2, normalisation 2, aggregation 2, and none or one of the two indicators that do not measure a source alone.
    assert_eq!(exact.combinations, Some(2 * 2 * 2 * 3));
    let with_noise = options.replace("weights = 0", "weights = { noise = 1e-12 }");
    let texts = with(with_options(&with_noise), "study.toml", "draws = 200", "draws = 20000");
    let drawn = measure(&read(&texts).0).0;
    assert_eq!(drawn.combinations, None);
    let root = exact.roots[0];
    for actor in 0..3 {
        let (a, b) = (exact.score(root, 0, actor).summary, drawn.score(root, 0, actor).summary);
        let (a, b) = (a.expect("known"), b.expect("known"));
        assert!((a.mean - b.mean).abs() < 1.0, "{} {}", a.mean, b.mean);
    }
}

#[test]
fn each_factor_can_be_switched_on_alone() {
    let study = study();
    for factor in ["intervals", "rivals", "weights", "indicators"] {
        let mut study = study.clone();
        study.options.measure.vary_only(&[factor]);
        let (index, notes) = measure(&study);
        let ids: Vec<&str> = index.factors.iter().map(|factor| factor.id.as_str()).collect();
        assert_eq!(ids, [factor], "{:?}", kinds(&notes));
        let varied = (0..3).any(|actor| {
            let summary = index.score(index.roots[0], 0, actor).summary.expect("known");
            summary.q95 - summary.q05 > 1.0
        });
        assert!(varied, "{factor} changes nothing");
    }
}

/// A factor that can have no effect because its step is absent is an error, if the study asks for it.
#[test]
fn a_factor_without_effect_is_an_error() {
    let plain = with(texts(), "tables/indicators.csv", "USA,compute,2022,54,percent,,,b,source b\n", "");
    let plain = with(plain, "tables/indicators.csv", ",30,36,", ",,,");
    let asked = |line: &str| {
        with(plain.clone(), "study.toml", "[uncertainty]", &format!("[measure.vary]\n{line}\n[uncertainty]"))
    };
    assert!(
        !noted(&plain).iter().any(|kind| format!("{kind:?}").starts_with("Factor")),
        "what is not asked for is no error"
    );
    for (line, kind) in [
        ("rivals = true", Kind::FactorNoRivals),
        ("intervals = true", Kind::FactorNoIntervals),
        ("treatment = [\"none\"]", Kind::FactorOneChoice),
        ("normalisation = [\"rank\", \"rank\"]", Kind::FactorOneChoice),
        ("imputation = [\"none\", \"mean\"]", Kind::FactorNothingMissing),
        ("weights = \"bounds\"", Kind::FactorNoBounds),
        ("aggregation = [\"geometric\"]", Kind::FactorOneChoice),
    ] {
        let texts = with(asked(line), "study.toml", "to = 2023", "to = 2022");
        assert!(noted(&texts).contains(&kind), "{line}: {:?}", noted(&texts));
    }
    // A chain without branches has nothing to weigh.
    let mut chain =
        with(asked("weights = 1"), "tables/index.csv", "energy,Energy cost,能源成本,resource,1,-1,1,,\n", "");
    chain = with(
        chain,
        "tables/indicators.csv",
        "USA,energy,2022,8,ct,,,,test\nCHN,energy,2022,9,ct,,,,test\nEU27,energy,2022,20,ct,,,,test\n",
        "",
    );
    assert!(noted(&chain).contains(&Kind::FactorNoSiblings));
}

#[test]
fn doubtful_studies_are_noted() {
    let check =
        |texts: Texts, kind: Kind| assert!(noted(&texts).contains(&kind), "{kind:?}: {:?}", noted(&texts));
    let measure_option = |line: &str| with_options(&format!("[measure]\n{line}"));
    check(measure_option("aggregation = \"geometric\"\nscale = [0, 100]"), Kind::NotPositive);
    check(measure_option("normalisation = \"goalposts\""), Kind::OptionWithoutData);
    check(measure_option("normalisation = \"distance-to-target\""), Kind::OptionWithoutData);
    check(measure_option("normalisation = \"distance-to-reference\""), Kind::OptionUnset);
    check(measure_option("normalisation = \"fraction-of-max\"\nscale = \"native\""), Kind::FractionReverses);
    check(measure_option("reference = \"US\""), Kind::UnknownActor);
    check(measure_option("group = \"region\""), Kind::UnknownGroup);
    check(measure_option("imputation = \"group-mean\""), Kind::OptionUnset);
    let without_gdp =
        with(measure_option("screen = 1"), "tables/indicators.csv", "CHN,gdp,2022,18,tn,,,,test\n", "");
    check(without_gdp, Kind::ScreenedOut);
    check(measure_option("aggregation = [\"arithmetic\", \"copeland\"]"), Kind::SmaaNeedsOneMean);
    check(
        with_options("[measure.vary]\nnormalisation = [\"min-max\", \"z-score\"]"),
        Kind::FactorMixesScales,
    );
    let distances = with_options("[measure.vary]\nnormalisation = [\"min-max\", \"fraction-of-max\"]");
    assert!(!noted(&distances).contains(&Kind::FactorMixesScales));
    check(measure_option("[measure.overrides.comput]\nwinmax = 1"), Kind::UnknownOverride);
    let opposed = measure_option("weights = \"principal-component\"");
    let opposed = with(opposed, "tables/index.csv", "能源成本,resource,1,-1,", "能源成本,resource,1,1,");
    check(opposed, Kind::NegativeWeights);
    let index = |from: &str, to: &str| with(texts(), "tables/index.csv", from, to);
    let shares = index("resource,1,1,3,,", "resource,1,1,0.7,,");
    check(
        with(shares, "tables/index.csv", "resource,1,-1,1,,", "resource,1,-1,0.2,,"),
        Kind::WeightsDoNotSum,
    );
    check(
        index("market,Market size,市场规模,,2,1,1,,", "market,Market size,市场规模,,2,-1,1,,"),
        Kind::ColumnOfIndicators,
    );
    check(
        index("compute,Compute,算力,resource,1,1,3,,", "compute,Compute,算力,resource,1,1,3,gdb,"),
        Kind::UnknownDenominator,
    );
    let values = |from: &str, to: &str| with(texts(), "tables/indicators.csv", from, to);
    check(values("USA,gdp,2022,25", "USA,gdp,2022,inf"), Kind::NotFinite);
    check(values("USA,gdp,2022,25,tn,,,,test\nCHN,gdp,2022,18,tn,,,,test\n", ""), Kind::ActorWithoutData);
    check(texts(), Kind::OnlyOneIndicator);
    let mut alone = texts();
    let text = String::from_utf8(alone["tables/indicators.csv"].clone()).expect("UTF-8");
    let lines: Vec<&str> =
        text.lines().filter(|line| line.starts_with("actor") || line.starts_with("USA")).collect();
    alone.insert("tables/indicators.csv".into(), lines.join("\n").into_bytes());
    check(alone, Kind::OnlyOneActor);
}

/// What is declared of a missing value: best, worst, an interval, or nothing but the reason.
#[test]
fn missing_values_are_what_is_declared_of_them() {
    let scores = |missing: &str, low: &str, high: &str| {
        let mut texts = with(
            texts(),
            "tables/indicators.csv",
            "actor,indicator,year,value,unit,low,high,vintage,reference\n",
            "actor,indicator,year,value,unit,low,high,vintage,reference,missing,reason\n",
        );
        let text = String::from_utf8(texts["tables/indicators.csv"].clone()).expect("UTF-8");
        let mut lines: Vec<String> = text
            .lines()
            .map(|line| if line.starts_with("actor") { line.to_owned() } else { format!("{line},,") })
            .filter(|line| !line.starts_with("CHN,gdp"))
            .collect();
        lines.push(format!("CHN,gdp,2022,,tn,{low},{high},,test,{missing},not published"));
        texts.insert("tables/indicators.csv".into(), lines.join("\n").into_bytes());
        let (study, notes) = read(&texts);
        assert!(!kinds(&notes).contains(&Kind::BadChoice), "{notes:?}");
        let (index, notes) = measure(&study);
        assert!(kinds(&notes).contains(&Kind::MissingDeclared));
        index.score(index.roots[index.root_of("market").expect("a root")], 0, 0)
    };
    let nominal = |missing: &str| scores(missing, "", "").nominal;
    assert_eq!(
        (nominal("best"), nominal("worst"), nominal("interval")),
        (Some(100.0), Some(1.0), Some(50.5))
    );
    assert_eq!(nominal("unknown"), None);
    // USA 25, EU27 17: within 19 to 21 the score lies between a quarter and a half of the scale.
    let bounded = scores("interval", "19", "21").summary.expect("known");
    assert!(
        bounded.q05 > 1.0 + 99.0 * 0.25 && bounded.q95 < 1.0 + 99.0 * 0.5 && bounded.q95 > bounded.q05 + 20.0
    );
}

/// Members of a bloc are ranked beside it only if the study asks for it.
#[test]
fn members_are_ranked_only_when_asked() {
    assert_eq!(measure(&study()).0.actors, ["CHN", "EU27", "USA"]);
    let (index, _) = measure(&read(&with_options("[measure]\nmembers = true")).0);
    assert_eq!(index.actors, ["CHN", "DEU", "EU27", "USA"]);
}

/// Under min-max with arithmetic means, the unit of an indicator changes nothing.
#[test]
fn units_do_not_matter() {
    let plain = measure(&study()).0;
    let mut scaled = texts();
    let text = String::from_utf8(scaled["tables/indicators.csv"].clone()).expect("UTF-8");
    let text = text.replace("gdp,2022,25", "gdp,2022,2500").replace("gdp,2022,18", "gdp,2022,1800");
    scaled.insert("tables/indicators.csv".into(), text.replace("gdp,2022,17", "gdp,2022,1700").into_bytes());
    let scaled = measure(&read(&scaled).0).0;
    for actor in 0..3 {
        let (a, b) =
            (plain.score(plain.roots[1], 0, actor).nominal, scaled.score(scaled.roots[1], 0, actor).nominal);
        assert!((a.expect("known") - b.expect("known")).abs() < 1e-12);
    }
}

/// The explanation ends in the scores it explains: contributions sum to the parent's score.
#[test]
fn an_explanation_adds_up() {
    let study = study();
    let (index, _) = measure(&study);
    let explained = techpower::measure::explain(&study, "USA").expect("ranked");
    let root = &explained.steps[0];
    let nominal = index.score(index.roots[0], index.headline, 2).nominal.expect("known");
    assert!((root.score - nominal).abs() < 1e-12);
    let parts: f64 = explained.steps[1..3].iter().map(|step| step.contribution).sum();
    assert!((parts - nominal).abs() < 1e-12);
    let compute = explained.steps.iter().find(|step| step.code == "compute").expect("a step");
    assert_eq!(compute.origins.len(), 2, "both rivals are told");
    assert_eq!((compute.imputed, compute.weight), (44.0, 0.75));
    assert!(techpower::measure::explain(&study, "DEU").is_none(), "a member is not ranked");
}

/// Six actors, two dimensions of two indicators each; `options` follow `[measure]`, `rows` follow the values.
fn plain(options: &str, values: [[&str; 6]; 4], rows: &str) -> Texts {
    let mut indicators = String::from("actor,indicator,year,value,reference,low,high,missing,reason\n");
    for (code, values) in ["a", "b", "c", "d"].iter().zip(values) {
        for (at, value) in values.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            indicators.push_str(&format!("A{},{code},2020,{value},r,,,,\n", at + 1));
        }
    }
    indicators.push_str(rows);
    let actors: String = (1..=6).map(|at| format!("A{at},A{at},A{at},state\n")).collect();
    [
        (
            "study.toml",
            format!(
                "[study]\nformat = 1\nid = \"plain\"\ncodebook = \"none\"\nfrom = 2020\nto = 2020\n\
                 [uncertainty]\ndraws = 50\nsmaa = 1024\n[measure]\n{options}\n"
            ),
        ),
        ("tables/actors.csv", format!("actor,name_en,name_zh,kind\n{actors}")),
        (
            "tables/index.csv",
            "code,name_en,name_zh,parent,level,direction,weight\nI,I,I,,3,1,1\nP,P,P,I,2,1,1\nQ,Q,Q,I,2,1,1\n\
             a,a,a,P,1,1,1\nb,b,b,P,1,-1,1\nc,c,c,Q,1,1,1\nd,d,d,Q,1,1,1\n"
                .to_owned(),
        ),
        ("tables/indicators.csv", indicators),
    ]
    .map(|(path, text)| (path.to_owned(), text.into_bytes()))
    .into()
}

const VALUES: [[&str; 6]; 4] = [
    ["1", "2", "3", "4", "5", "9"],
    ["10", "8", "6", "7", "3", "2"],
    ["100", "400", "200", "300", "50", "800"],
    ["3", "1", "4", "1", "5", "9"],
];
const FIXED: &str = "[measure.vary]\nweights = 0";

fn nominal(texts: &Texts, node: &str) -> Vec<Option<f64>> {
    let index = measure(&read(texts).0).0;
    let node = index.nodes.iter().position(|other| other.code == node).expect("a node");
    (0..index.actors.len()).map(|actor| index.score(node, 0, actor).nominal).collect()
}

/// A mean that is not defined is not as if the part were missing: nothing above it is defined, and nobody gains by a zero.
#[test]
fn an_undefined_mean_is_undefined_all_the_way_up() {
    let options = format!("scale = [0, 100]\naggregation = \"geometric\"\nmin_coverage = 0\n{FIXED}");
    let scores = nominal(&plain(&options, VALUES, ""), "I");
    // A1 has no a, A2 and A4 no d, A5 no c.
    assert_eq!(
        scores.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, false, true, false, false, true]
    );
}

/// Who is screened out stays out, whatever is declared of its values or filled in for them.
#[test]
fn who_is_screened_out_stays_out() {
    let mut values = VALUES;
    values[0][5] = "";
    for options in ["screen = 0.9", "screen = 0.9\nimputation = \"mean\""] {
        let texts = plain(&format!("{options}\n{FIXED}"), values, "A6,a,2020,,r,,,best,why\n");
        assert_eq!(nominal(&texts, "I")[5], None, "{options}");
    }
}

/// The plain index with one indicator, of which the greatest value is far from the others.
fn posted(options: &str, rows: &str) -> Texts {
    let values = [["1", "2", "4", "8", "11", "100"], VALUES[1], VALUES[2], VALUES[3]];
    let mut texts = plain(&format!("treat_always = true\nwinmax = 1\n{options}\n{FIXED}"), values, rows);
    let index = "code,name_en,name_zh,parent,level,direction,weight,goalposts,target\nI,I,I,,2,1,1,,\na,a,a,I,1,1,1,0..110,110\n";
    texts.insert("tables/index.csv".to_owned(), index.as_bytes().to_vec());
    texts
}

/// Goalposts, targets, the ends of `scaled` and the nought of a fraction are in the unit of the values, and go through treatment as these do.
#[test]
fn what_fixes_a_scale_is_treated_as_the_values_are() {
    let log = libm::log;
    let values = [1.0, 2.0, 4.0, 8.0, 11.0, 100.0];
    let check = |treatment: &str, normalisation: &str, part: &dyn Fn(f64) -> f64| {
        let options =
            format!("treatment = \"{treatment}\"\nnormalisation = \"{normalisation}\"\nscaled = [0, 110]");
        for (found, value) in nominal(&posted(&options, ""), "a").iter().zip(values) {
            let expected = 1.0 + 99.0 * part(value);
            let found = found.expect("known");
            assert!((found - expected).abs() < 1e-9, "{treatment}, {normalisation}: {found}, not {expected}");
        }
    };
    // The logarithm begins at the low post or nought, to which a hundredth of 100 is added; a target above the values leaves it at 1, to which a
    // hundredth of 99 is.
    check("log", "min-max", &|x| log(x + 1.0) / log(111.0));
    check("log", "goalposts", &|x| log(x + 1.0) / log(111.0));
    check("log", "scaled", &|x| log(x + 1.0) / log(111.0));
    check("log", "fraction-of-max", &|x| log(x + 1.0) / log(101.0));
    check("log", "distance-to-target", &|x| log((x - 0.01) / 0.99) / log(109.99 / 0.99));
    // Winsorising sets 100 to 11 and pulls in what lies beyond.
    for normalisation in ["min-max", "goalposts", "scaled", "fraction-of-max"] {
        check("winsorise", normalisation, &|x| x.min(11.0) / 11.0);
    }
    check("winsorise", "distance-to-target", &|x| (x.min(11.0) - 1.0) / 10.0);
    check("none", "min-max", &|x| x / 110.0);
    check("none", "fraction-of-max", &|x| x / 100.0);
    // In native units formulas are taken at their word.
    let native = posted("treatment = \"winsorise\"\nnormalisation = \"goalposts\"\nscale = \"native\"", "");
    assert_eq!(nominal(&native, "a")[5], Some(0.1));
}

/// Where values are treated year by year, so are goalposts, over a panel too.
#[test]
fn goalposts_stand_where_a_year_was_treated() {
    let values = ["1", "2", "4", "8", "50", "100"].iter().enumerate();
    let rows: String = values.map(|(at, value)| format!("A{},a,2021,{value},r,,,,\n", at + 1)).collect();
    let options = "treatment = \"winsorise\"\nscope = \"panel\"\ntreatment_scope = \"year\"";
    let texts = with(posted(options, &rows), "study.toml", "to = 2020", "to = 2021");
    let index = measure(&read(&texts).0).0;
    let node = index.nodes.iter().position(|node| node.code == "a").expect("a node");
    for (year, post) in [11.0, 50.0].into_iter().enumerate() {
        let found = [3, 5].map(|actor| index.score(node, year, actor).nominal.expect("known"));
        assert!((found[0] - (1.0 + 99.0 * 8.0 / post)).abs() < 1e-9 && found[1] == 100.0, "{found:?}");
    }
}

#[test]
fn an_explanation_tells_where_goalposts_moved() {
    let study = read(&posted("treatment = \"winsorise\"", "")).0;
    let explained = techpower::measure::explain(&study, "A6").expect("ranked");
    let step = explained.steps.iter().find(|step| step.code == "a").expect("a step");
    assert_eq!((step.treated_value, &step.moved), (11.0, &vec![(110.0, 11.0)]));
    let table = techpower::package::explained(&explained).csv();
    assert!(table.contains("\"fails, winsorised 1, 110 -> 11\""), "{table}");
}

/// One that is lost in some cases is listed nowhere, and pushes nobody down: somebody is first in every case.
#[test]
fn ranks_are_among_those_known_in_every_case() {
    let mut values = VALUES;
    (values[0][5], values[1][5]) = ("", "");
    let vary = format!("min_coverage = 0.3\n{FIXED}\nindicators = \"leave-one-out\"");
    let mut texts = plain(&vary, values, "");
    let index = "code,name_en,name_zh,parent,level,direction,weight\nI,I,I,,2,1,1\na,a,a,I,1,1,1\nb,b,b,I,1,-1,1\nc,c,c,I,1,1,1\n";
    texts.insert("tables/index.csv".to_owned(), index.as_bytes().to_vec());
    let index = measure(&read(&texts).0).0;
    assert_eq!(index.combinations, Some(4));
    // The sixth is first by c alone, and lost where c is out.
    let ranked = index.rank_probabilities(0, 0);
    let firsts: Vec<Option<f64>> = ranked.iter().map(|row| row.first().copied()).collect();
    assert_eq!(firsts, [Some(0.0), Some(0.0), Some(0.0), Some(0.25), Some(0.75), None]);
    assert_eq!(index.nominal_ranks(0, 0)[4..], [Some(2), Some(1)]);
    assert_eq!(index.ranks_as_stated(0, 0)[4..], [Some(1), None]);
}

/// Scores that are the same but for rounding are tied: percentile ranks of 0.6, 0.8 and 1 in any order sum to the same.
#[test]
fn rounding_breaks_no_tie() {
    let values = [
        ["1", "2", "3", "4", "5", "6"],
        ["-2", "-3", "-1", "-5", "-6", "-4"],
        ["3", "1", "2", "6", "4", "5"],
        ["1", "2", "3", "4", "5", "6"],
    ];
    let mut texts =
        plain(&format!("normalisation = \"percentile-rank\"\nscale = \"native\"\n{FIXED}"), values, "");
    let index = "code,name_en,name_zh,parent,level,direction,weight\nI,I,I,,2,1,1\na,a,a,I,1,1,1\nb,b,b,I,1,-1,1\nc,c,c,I,1,1,1\n";
    texts.insert("tables/index.csv".to_owned(), index.as_bytes().to_vec());
    let index = measure(&read(&texts).0).0;
    assert_eq!(index.nominal_ranks(0, 0)[3..], [Some(1), Some(1), Some(1)]);
    assert_eq!(index.rank_probabilities(0, 0)[4][0], 1.0);
    assert_eq!(index.winning_probability(0, 0, 3, 4), Some(0.5));
}

/// Dominance speaks only of actors that are scored from the same parts.
#[test]
fn dominance_does_not_contradict_scores() {
    let mut values = VALUES;
    (values[3][4], values[3][5]) = ("", "");
    values[2] = ["100", "400", "200", "300", "800", "50"];
    let mut texts = plain(&format!("min_coverage = 0.5\n{FIXED}"), values, "");
    let index = String::from_utf8(texts["tables/index.csv"].clone())
        .expect("UTF-8")
        .replace("d,d,d,Q,1,1,1", "d,d,d,Q,1,1,9");
    texts.insert("tables/index.csv".to_owned(), index.into_bytes());
    let index = measure(&read(&texts).0).0;
    let score = |actor| index.score(0, 0, actor).nominal;
    // Q is unknown for both, so that only P counts.
    assert!(score(5) > score(4));
    for one in &index.dominances {
        assert!(score(one.actor) > score(one.other), "{one:?}");
    }
    assert!(index.dominances.iter().any(|one| (one.actor, one.other) == (5, 4)));
}

/// What has no scale is left out and said, instead of making everyone best or worst.
#[test]
fn an_indicator_without_a_scale_is_left_out() {
    let check = |options: &str, values: [[&str; 6]; 4], leaf: &str| {
        let texts = plain(&format!("{options}\n{FIXED}"), values, "");
        let (study, _) = read(&texts);
        let (index, notes) = measure(&study);
        assert!(kinds(&notes).contains(&Kind::IndicatorUnscaled), "{options}: {:?}", kinds(&notes));
        let node = index.nodes.iter().position(|node| node.code == leaf).expect("a node");
        assert!((0..6).all(|actor| index.score(node, 0, actor).nominal.is_none()), "{options}");
        assert!((0..6).all(|actor| index.score(0, 0, actor).nominal.is_some()), "{options}");
    };
    // A1 has the least a: there is no distance to it.
    check("normalisation = \"distance-to-reference\"\nreference = \"A1\"", VALUES, "a");
    let mut values = VALUES;
    values[1][5] = "0";
    check("normalisation = \"fraction-of-max\"", values, "b");
    values[0] = ["-1", "-2", "-3", "-4", "-5", "-9"];
    check("normalisation = \"fraction-of-max\"", values, "a");
    values = VALUES;
    (values[2][0], values[2][1]) = ("1e308", "-1e308");
    check("normalisation = \"min-max\"", values, "c");
}

/// A lower end beyond all known values is a lower end.
#[test]
fn an_interval_with_one_end_lies_beyond_it() {
    let mut values = VALUES;
    values[0] = ["1", "2", "3", "4", "5", ""];
    let texts = plain(FIXED, values, "A6,a,2020,,r,100,,interval,why\n");
    assert_eq!(nominal(&texts, "a")[5], Some(100.0));
    let summary = measure(&read(&texts).0).0.score(2, 0, 4).summary.expect("known");
    assert!(summary.q95 < 10.0, "the others are far below in every draw: {summary:?}");
}

/// Choices with different units cannot be mixed on the native scale.
#[test]
fn units_are_not_mixed() {
    let options =
        "scale = \"native\"\n[measure.vary]\nweights = 0\nnormalisation = [\"min-max\", \"z-score\"]";
    let texts = plain(options, VALUES, "");
    assert!(noted(&texts).contains(&Kind::FactorMixesUnits));
    let index = measure(&read(&texts).0).0;
    assert!(index.factors.is_empty() && index.profiles.is_empty());
}

/// An indicator that alone measures a source is never left out, and a score that some draws lose is said to be lost.
#[test]
fn lost_scores_are_said_to_be_lost() {
    let options = "scale = [0, 100]\n[measure.vary]\nweights = 0\naggregation = [\"arithmetic\", \"geometric\"]\nindicators = 0.5";
    let texts = plain(options, VALUES, "");
    let (index, notes) = measure(&read(&texts).0);
    assert!(kinds(&notes).contains(&Kind::ScoreLost), "{:?}", kinds(&notes));
    assert!(index.score(0, 0, 5).summary.is_some(), "the sixth is nowhere at zero");
}

/// An indicator that is left out leaves the scores of an index that never had it.
#[test]
fn an_indicator_left_out_might_never_have_been_there() {
    let (whole, _) = measure(&study());
    let line = "energy,Energy cost,能源成本,resource,1,-1,1,,\n";
    let (never, _) = measure(&read(&with(texts(), "tables/index.csv", line, "")).0);
    let left_out = whole.left_out.iter().find(|one| one.indicator == "energy").expect("removable");
    let mut known = 0;
    for root in 0..whole.roots.len() {
        for year in 0..whole.years.len() {
            for actor in 0..whole.actors.len() {
                let without = whole.score_without(left_out, root, year, actor);
                assert_eq!(without, never.score(never.roots[root], year, actor).nominal);
                known += usize::from(without.is_some());
            }
        }
    }
    assert!(known > 0);
}
