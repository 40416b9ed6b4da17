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
