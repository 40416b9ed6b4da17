//! Exposures: exact cases and properties.

use techpower::codebook::Channel;
use techpower::diag::Kind;
use techpower::relate::{EVERYONE, Exposure, relate};

use crate::small::{Texts, kinds, read, study, texts, with};

/// Nothing varied: epsilon fixed, elasticities fixed, everyone buys on the world market.
fn fixed(texts: Texts) -> Texts {
    with(texts, "study.toml", "[uncertainty]", "[relate]\nepsilon = 0.01\ntau = 0.3\n[uncertainty]")
}

fn mean(exposure: &Exposure, channel: Channel, sender: &str, target: &str) -> f64 {
    techpower::num::mean(&exposure.reach(channel, sender, target, 2022).expect("known").draws)
}

/// Gallium (elasticity 3) goes into chips (2), chips into services (no supply). China withholds 0.9 of gallium and 0.25 of
/// chips from the Union, which makes 0.1 of gallium itself.
#[test]
fn denial_loss_can_be_computed_by_hand() {
    let (exposure, _) = relate(&read(&fixed(texts())).0);
    let loss = -(1.0f64 - 0.9).ln() / 2.0 - (1.0f64 - 0.25).ln();
    assert!((mean(&exposure, Channel::Denial, "CHN", "EU27") - (1.0 - (-loss).exp())).abs() < 1e-12);
    let row = exposure
        .losses
        .iter()
        .find(|d| d.sender == "CHN" && d.target == "EU27" && d.input.is_empty() && d.layer.is_empty());
    assert!((row.expect("a row").leontief.mean - 0.9).abs() < 1e-12, "the Leontief bound is the worst input");
    // The cap: nothing is irreplaceable for ever.
    let sole = with(
        fixed(texts()),
        "tables/supply.csv",
        "CHN,gallium,2022,0.9,,,test\nDEU,gallium,2022,0.1,,,test\n",
        "CHN,gallium,2022,1,,,test\n",
    );
    let (exposure, _) = relate(&read(&sole).0);
    let loss = -(0.01f64).ln() / 2.0 - (0.75f64).ln();
    assert!((mean(&exposure, Channel::Denial, "CHN", "EU27") - (1.0 - (-loss).exp())).abs() < 1e-12);
}

#[test]
fn alternatives_hurt_less_than_joint_needs() {
    let both = "input,goes_into\ngallium,services\nchips,services\n";
    let mut joint = fixed(texts());
    joint.insert("tables/requires.csv".into(), both.into());
    let any = with(
        joint.clone(),
        "tables/inputs.csv",
        "services,Services,服务,application,,all",
        "services,Services,服务,application,,any",
    );
    let of = |texts: &Texts| mean(&relate(&read(texts).0).0, Channel::Denial, "CHN", "EU27");
    let (all, any) = (of(&joint), of(&any));
    let (gallium, chips) = (-(0.1f64).ln() / 2.0, -(0.75f64).ln());
    assert!((all - (1.0 - (-(gallium + chips) / 2.0).exp())).abs() < 1e-12);
    assert!((any - (1.0 - (-gallium.min(chips)).exp())).abs() < 1e-12);
}

/// More to withhold is never less loss.
#[test]
fn denial_is_monotone_in_the_share() {
    let mut last = 0.0;
    for share in ["0.1", "0.3", "0.5", "0.7", "0.9"] {
        let changed = with(
            fixed(texts()),
            "tables/supply.csv",
            "USA,chips,2022,0.75",
            &format!("USA,chips,2022,{share}"),
        );
        let changed = with(changed, "tables/supply.csv", "CHN,chips,2022,0.25", "CHN,chips,2022,0.05");
        let now = mean(&relate(&read(&changed).0).0, Channel::Denial, "USA", "EU27");
        assert!(now > last);
        last = now;
    }
}

#[test]
fn own_production_serves_own_demand_first() {
    let (world, _) = relate(&read(&fixed(texts())).0);
    let home = with(fixed(texts()), "study.toml", "epsilon", "demand = \"gdp\"\nepsilon");
    let (home, notes) = relate(&read(&home).0);
    // China makes a quarter of the chips and has 18/60 of the demand: it needs fewer of the American ones.
    assert!(mean(&home, Channel::Denial, "USA", "CHN") < mean(&world, Channel::Denial, "USA", "CHN"));
    // The Union makes no chips: nothing changes for it.
    assert!(
        (mean(&home, Channel::Denial, "USA", "EU27") - mean(&world, Channel::Denial, "USA", "EU27")).abs()
            < 1e-12
    );
    assert!(!kinds(&notes).contains(&Kind::NoDemand));
}

#[test]
fn asymmetry_is_antisymmetric() {
    let (exposure, _) = relate(&study());
    let of = |sender: &str, target: &str| {
        let row = exposure.asymmetries.iter().find(|a| {
            a.channel == Channel::Denial && a.sender == sender && a.target == target && a.year == 2022
        });
        row.expect("known").difference
    };
    let (there, back) = (of("USA", "CHN"), of("CHN", "USA"));
    assert!((there.mean + back.mean).abs() < 1e-12);
    assert!((there.q05 + back.q95).abs() < 1e-12);
}

/// A blank share is a range, not zero.
#[test]
fn a_blank_share_is_a_range() {
    let blank = with(fixed(texts()), "tables/supply.csv", "USA,chips,2022,0.75", "USA,chips,2022,");
    let (exposure, _) = relate(&read(&blank).0);
    let row = exposure.losses.iter().find(|d| d.sender == "USA" && d.target == "EU27" && d.input == "chips");
    let summary = row.map(|d| d.exposure);
    // Known data stand for 2022; per-input rows are of the last year, to which they are carried.
    let summary = summary.expect("a row");
    assert!(summary.q05 > 0.0 && summary.q05 < 0.2 && summary.q95 > 0.6, "{summary:?}");
}

/// Names do not decide who gets what is not known, and a vague row does not overturn a firm one.
#[test]
fn unknown_shares_divide_what_the_known_ones_leave() {
    let supply = |rows: &str| format!("provider,input,year,share,low,high,reference\n{rows}");
    let exposures = |rows: &str| {
        let mut changed = fixed(with(texts(), "study.toml", "draws = 200", "draws = 4000"));
        changed.insert("tables/supply.csv".into(), supply(rows).into_bytes());
        let (exposure, _) = relate(&read(&changed).0);
        ["CHN", "JPN", "USA"].map(|sender| {
            let row = exposure
                .losses
                .iter()
                .find(|d| d.sender == sender && d.target == "EU27" && d.input == "chips");
            row.map_or(0.0, |d| d.leontief.mean)
        })
    };
    // Three blanks and the unnamed: a quarter each.
    let blank = exposures("CHN,chips,2022,,,,t\nJPN,chips,2022,,,,t\nUSA,chips,2022,,,,t\n");
    assert!(blank.iter().all(|mean| (mean - 0.25).abs() < 0.02), "{blank:?}");
    // 0.9 is stated; who is known to have at least 0.01 has at most what is left.
    let vague = exposures("CHN,chips,2022,0.9,,,t\nUSA,chips,2022,,0.01,,t\n");
    assert!((vague[0] - 0.9).abs() < 1e-9 && vague[2] < 0.1, "{vague:?}");
}

/// A firm's share is part of its home's, and a member's of its bloc's, if the whole has a row.
#[test]
fn a_part_is_not_counted_beside_its_whole() {
    let changed = with(
        fixed(texts()),
        "tables/supply.csv",
        "USA,chips,2022,0.75,,,test\n",
        "USA,chips,2022,0.5,,,test\nfirm:nvidia,chips,2022,0.4,,,test\n",
    );
    let (exposure, _) = relate(&read(&changed).0);
    let row = exposure.losses.iter().find(|d| d.sender == "USA" && d.target == "EU27" && d.input == "chips");
    assert!((row.expect("a row").leontief.mean - 0.5).abs() < 1e-9);
}

/// At tau 0.3 chips need the USA, and gallium China: each is pivotal alone; nobody else is.
#[test]
fn veto_players_are_found() {
    let (exposure, _) = relate(&read(&fixed(texts())).0);
    let weight =
        |actor: &str| exposure.weights.iter().find(|w| w.actor == actor && w.year == 2022).expect("a player");
    assert_eq!((weight("USA").veto, weight("CHN").veto, weight("EU27").veto), (1.0, 1.0, 0.0));
    assert_eq!(weight("USA").banzhaf.mean, weight("CHN").banzhaf.mean);
    assert_eq!(weight("EU27").banzhaf.mean, 0.0);
    // For the Union both are equally pivotal; for the USA, China is all that is missing.
    assert_eq!(mean(&exposure, Channel::Pivotality, "CHN", "EU27"), 0.5);
    assert_eq!(mean(&exposure, Channel::Pivotality, "CHN", "USA"), 1.0);
}

#[test]
fn markets_and_endorsements() {
    let (exposure, _) = relate(&study());
    assert!((mean(&exposure, Channel::Market, "USA", "CHN") - 0.16).abs() < 1e-12);
    // The USA's exports (0.08) and its firm's revenue (0.2) are rivals.
    let market = mean(&exposure, Channel::Market, "CHN", "USA");
    assert!(market > 0.11 && market < 0.17, "{market}");
    // Japan and, through the Union, Germany endorsed China's text by the end of 2023; the USA did not: two of three others.
    assert!(exposure.reach(Channel::Endorsement, "CHN", EVERYONE, 2022).is_none(), "no text yet");
    let reach = exposure.reach(Channel::Endorsement, "CHN", "JPN", 2023).expect("diffuse");
    assert!((techpower::num::mean(&reach.draws) - 2.0 / 3.0).abs() < 0.06);
}

/// A circle is legal. Gallium gets a second need, chips, at a tenth of its cost: the loss at chips comes back through it, each time
/// a tenth as large.
#[test]
fn a_loss_goes_round_a_circle() {
    let changed = with(
        fixed(texts()),
        "tables/requires.csv",
        "input,goes_into\ngallium,chips\nchips,services\n",
        "input,goes_into,cost_share\ngallium,chips,\nchips,services,\nchips,gallium,0.1\n",
    );
    let (study, notes) = read(&changed);
    assert!(kinds(&notes).contains(&Kind::CycleInGraph));
    let (exposure, _) = relate(&study);
    let (gallium, chips) = (-(0.1f64).ln() / 2.0, -(0.75f64).ln());
    let loss = (chips + gallium) / (1.0 - 0.1);
    assert!((mean(&exposure, Channel::Denial, "CHN", "EU27") - (1.0 - (-loss).exp())).abs() < 1e-12);
    // All of the loss is accounted for, and nothing of it twice.
    let paths = exposure.paths.iter().filter(|p| p.sender == "CHN" && p.target == "EU27");
    assert!((paths.map(|p| p.contribution).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_study_without_supply_has_no_exposure() {
    let mut changed = texts();
    for table in ["inputs", "requires", "supply", "markets", "endorsements"] {
        changed.remove(&format!("tables/{table}.csv"));
    }
    let (exposure, _) = relate(&read(&changed).0);
    assert!(exposure.channels.values().all(Vec::is_empty));
}

/// The network of suppliers by hand: China (0.9) and the Union (0.1) make gallium for the chips of the USA (0.75) and China (0.25). What a
/// supplier gives to itself is no arc.
#[test]
fn topology_stands_beside_denial() {
    let texts = with(texts(), "study.toml", "to = 2023", "to = 2023\nheadline = 2022");
    let (exposure, _) = relate(&read(&fixed(texts)).0);
    let of = |id: &str, measure: &str| {
        let row = exposure.baselines.iter().find(|b| b.id == id && b.measure == measure);
        row.expect("a row").clone()
    };
    assert!((of("CHN", "out_strength").value - 0.9 * 0.75).abs() < 1e-12);
    assert!((of("EU27", "out_strength").value - 0.1).abs() < 1e-12);
    assert_eq!(of("USA", "out_strength").value, 0.0);
    // Topology puts the maker of chips last, because it delivers to no maker; loss under denial does not.
    assert_eq!(of("USA", "out_strength").rank, 3);
    assert!(of("USA", "out_strength").denial_rank < 3);
    // Every way from gallium to services can be closed by cutting one edge.
    assert_eq!(of("gallium", "min_cut").value, 1.0);
}

/// Sub-types: where they count, the broader input's shares do not.
#[test]
fn sub_types_can_be_read_in_four_ways() {
    let study = |subtypes: &str, needs: &str| {
        let mut texts = fixed(texts());
        let inputs = format!(
            "input,name_en,name_zh,layer,kind_of,needs,elasticity,reference\n\
             tools,Tools,设备,foundation,,{needs},2,t\na,A,甲,foundation,tools,all,2,t\nb,B,乙,foundation,tools,all,2,t\n\
             chips,Chips,芯片,foundation,,all,2,t\n"
        );
        texts.insert("tables/inputs.csv".into(), inputs.into_bytes());
        texts.insert("tables/requires.csv".into(), b"input,goes_into\ntools,chips\n".to_vec());
        let supply = "provider,input,year,share,low,high,reference\n\
                      USA,a,2022,1,,,t\nCHN,b,2022,1,,,t\nUSA,tools,2022,0.5,,,t\nJPN,tools,2022,0.5,,,t\n";
        texts.insert("tables/supply.csv".into(), supply.as_bytes().to_vec());
        let (exposure, _) = relate(
            &read(&with(texts, "study.toml", "tau = 0.3", &format!("tau = 0.3\nsubtypes = \"{subtypes}\"")))
                .0,
        );
        ["USA", "CHN", "JPN"].map(|actor| {
            exposure.weights.iter().find(|w| w.actor == actor && w.year == 2022).expect("a player").veto
        })
    };
    assert_eq!(study("all", "any"), [1.0, 1.0, 0.0]);
    assert_eq!(study("any", "all"), [0.0, 0.0, 0.0]);
    assert_eq!(study("stated", "all"), [1.0, 1.0, 0.0]);
    assert_eq!(study("stated", "any"), [0.0, 0.0, 0.0]);
    // Half of the tools is enough: neither the USA nor Japan can stop them.
    assert_eq!(study("parent", "all"), [0.0, 0.0, 0.0]);
}

/// Partial denial, leakage and stocks, by hand: what is withheld and does not leak is 0.4 of the share, and a stock of three months of
/// twelve spares a quarter of the loss.
#[test]
fn denial_can_be_partial_leak_and_be_bridged() {
    let texts = with(
        fixed(texts()),
        "study.toml",
        "tau = 0.3",
        "tau = 0.3\nwithheld = 0.5\nleakage = 0.2\nhorizon = 12",
    );
    let texts = with(
        texts,
        "tables/inputs.csv",
        "elasticity,reference\ngallium,Gallium,镓,foundation,,all,3,test",
        "elasticity,reference,stock\ngallium,Gallium,镓,foundation,,all,3,test,3",
    );
    let texts = with(texts, "tables/inputs.csv", "all,2,test\nservices", "all,2,test,\nservices");
    let texts = with(texts, "tables/inputs.csv", "application,,all,2,test", "application,,all,2,test,");
    let (exposure, _) = relate(&read(&texts).0);
    let gallium = -(1.0f64 - 0.9 * 0.4).ln() / 2.0 * 0.75;
    let loss = gallium - (1.0f64 - 0.25 * 0.4).ln();
    assert!((mean(&exposure, Channel::Denial, "CHN", "EU27") - (1.0 - (-loss).exp())).abs() < 1e-12);
    // What it costs China: it sells nothing to the Union that is known of, but the USA would lose 0.4 of its sales in China.
    let row = |sender: &str, target: &str| {
        let found = exposure.losses.iter().find(|l| {
            l.sender == sender
                && l.target == target
                && l.input.is_empty()
                && l.layer.is_empty()
                && l.year == 2022
        });
        found.expect("a row").cost
    };
    assert!(row("CHN", "EU27").is_none());
    assert!((row("CHN", "USA").expect("known").mean - 0.16 * 0.4).abs() < 1e-12);
}

/// Conditions of the Brussels effect multiply market exposure; one that nobody knows may be met in any degree, and is noted.
#[test]
fn conditions_multiply_market_exposure() {
    let mut texts = with(
        texts(),
        "study.toml",
        "[uncertainty]",
        "[relate]\nconditions = [\"inelastic-targets\"]\n[uncertainty]",
    );
    let rows = "actor,condition,year,value,low,high,reference\nUSA,inelastic-targets,2021,0.5,,,t\n";
    texts.insert("tables/conditions.csv".into(), rows.into());
    let (exposure, notes) = relate(&read(&texts).0);
    assert!((mean(&exposure, Channel::Market, "USA", "CHN") - 0.16 * 0.5).abs() < 1e-12);
    assert!(kinds(&notes).contains(&Kind::ConditionUnknown), "of China nothing is known");
    let market = mean(&exposure, Channel::Market, "CHN", "USA");
    assert!(market > 0.05 && market < 0.09, "half of what it is otherwise: {market}");
}

/// An echo counts for less than an endorsement, and states can be weighed by an indicator.
#[test]
fn endorsements_are_weighed() {
    let options = "[relate.endorsement]\nechoed = 0.5\nweigh_by = \"gdp\"\n[uncertainty]";
    let texts = with(texts(), "study.toml", "[uncertainty]", options);
    let texts = with(
        texts,
        "tables/endorsements.csv",
        "date,reference\ne3,JPN,2023-11,test\ne3,EU27,2023-12,test",
        "date,reference,act\ne3,JPN,2023-11,test,echoed\ne3,DEU,2023-12,test,adopted",
    );
    let gdp = "USA,gdp,2022,25,tn,,,,test\nJPN,gdp,2022,4,tn,,,,test\nDEU,gdp,2022,4,tn,,,,test\n";
    let texts = with(texts, "tables/indicators.csv", "USA,gdp,2022,25,tn,,,,test\n", gdp);
    let (exposure, _) = relate(&read(&texts).0);
    let reach = exposure.reach(Channel::Endorsement, "CHN", "JPN", 2023).expect("diffuse");
    assert!((techpower::num::mean(&reach.draws) - (0.5 * 4.0 + 4.0) / 33.0).abs() < 1e-12);
}

/// Where it is known how many took up a text and not who, the others are dealt out in each draw; who is named keeps its credit.
#[test]
fn endorsers_that_are_not_named_are_dealt_out() {
    let reach = |rows: &str| {
        let options = "[relate.endorsement]\nweigh_by = \"gdp\"\n[uncertainty]";
        let mut texts = with(texts(), "study.toml", "[uncertainty]", options);
        let endorsed = "e3,JPN,2023-11,test\ne3,EU27,2023-12,test";
        texts = with(texts, "tables/endorsements.csv", endorsed, "e3,JPN,2023-11,test");
        let gdp = "USA,gdp,2022,30,tn,,,,test\nJPN,gdp,2022,10,tn,,,,test\nDEU,gdp,2022,10,tn,,,,test\n";
        texts = with(texts, "tables/indicators.csv", "USA,gdp,2022,25,tn,,,,test\n", gdp);
        let table = format!("text,low,high,eligible,reference\n{rows}\n");
        texts.insert("tables/endorsers.csv".into(), table.into());
        let (exposure, _) = relate(&read(&texts).0);
        exposure.reach(Channel::Endorsement, "CHN", "JPN", 2023).expect("diffuse").draws.clone()
    };
    // Of the others only Japan is named, China itself counts: of ten, or of all, nobody else.
    for rows in ["", "e3,2,2,10,test"] {
        assert!(reach(rows).iter().all(|share| (share - 0.2).abs() < 1e-12), "{rows}");
    }
    // All that could have.
    assert!(reach("e3,10,10,10,test").iter().all(|share| (share - 1.0).abs() < 1e-12));
    // Six of ten: four that are not named, among the eight states that are neither named nor China.
    let half = reach("e3,6,6,10,test");
    assert!(
        (techpower::num::mean(&half) - (0.2 + 0.5 * 0.8)).abs() < 0.05,
        "{}",
        techpower::num::mean(&half)
    );
    let some = half.iter().filter(|share| (**share - 0.2).abs() < 1e-12).count();
    assert!(some > 0, "at times neither of the two is among them");
}

/// A supplier that belongs to no state is noted, and its share is neither dealt out nor counted among shares that exceed the whole.
#[test]
fn a_supplier_without_a_state_is_noted() {
    let texts = with(texts(), "tables/actors.csv", "JPN,", "org:un,UN,联合国,organisation,,,\nJPN,");
    let texts = with(texts, "tables/supply.csv", "USA,chips", "org:un,chips,2022,0.1,,,test\nUSA,chips");
    let (study, notes) = read(&texts);
    assert!(kinds(&notes).contains(&Kind::ProviderNoState));
    assert!(!kinds(&notes).contains(&Kind::SharesAboveOne));
    let (exposure, _) = relate(&study);
    let usa = exposure.holdings.iter().find(|h| h.provider == "USA" && h.input == "chips");
    assert!((usa.expect("a row").share.mean - 0.75).abs() < 1e-12);
}
