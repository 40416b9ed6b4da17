//! Trade in a study: whose flows count, the criteria of dependence, and the networks.

use techpower::diag::Kind;
use techpower::relate::{Dependence, Measure, Trade, relate};

use crate::small::{Texts, kinds, read, study, texts, with};

const HEADER: &str = "exporter,importer,product,year,value,quantity,reference\n";

/// The small study with other flows, over the years 2020 to 2023.
fn flows(rows: &str) -> Texts {
    let mut changed = with(texts(), "study.toml", "from = 2022", "from = 2020");
    changed.insert("tables/trade.csv".to_owned(), format!("{HEADER}{rows}").into_bytes());
    changed
}

fn trade(texts: &Texts) -> Trade {
    relate(&read(texts).0).0.trade
}

fn row<'a>(trade: &'a Trade, importer: &str, product: &str, year: i16) -> &'a Dependence {
    let rows = &trade.dependences;
    rows.iter()
        .find(|row| row.importer == importer && row.product == product && row.year == year)
        .expect("a row")
}

/// By hand: the United States import gallium for 80 from China and for 20 from a member of the Union; the world exports 190.
#[test]
fn dependence_can_be_computed_by_hand() {
    let trade = relate(&study()).0.trade;
    let usa = row(&trade, "USA", "gallium", 2022);
    assert!((usa.import_hhi - (0.64 + 0.04)).abs() < 1e-12);
    assert_eq!(usa.top_source, "CHN");
    assert!((usa.top_share - 0.8).abs() < 1e-12);
    let (china, union) = (170.0 / 190.0, 20.0 / 190.0);
    assert!((usa.world_hhi - (china * china + union * union)).abs() < 1e-12);
    assert_eq!((usa.import_export_ratio, usa.unsubstitutable), (None, Some(true)));
    assert!(usa.concentrated && usa.world_concentrated);
    // The Union imports 50 and exports 20.
    let union = row(&trade, "EU27", "gallium", 2022);
    assert_eq!((union.import_export_ratio, union.import_hhi), (Some(2.5), 1.0));
}

/// With two years in three, one year is not enough to know, and the second is.
#[test]
fn persistence_needs_enough_years() {
    let trade = relate(&study()).0.trade;
    let (first, second) = (row(&trade, "USA", "gallium", 2022), row(&trade, "USA", "gallium", 2023));
    assert_eq!((first.persistent, first.dependent), (None, None));
    assert_eq!((second.persistent, second.dependent), (Some(true), Some(true)));
    // Held in 2020 and 2021, no longer in 2022: persistent to the end of the window, but not dependent.
    let both = "CHN,USA,g,2020,9,,t\nCHN,USA,g,2021,9,,t\n";
    let trade = self::trade(&flows(&format!(
        "{both}CHN,USA,g,2022,1,,t\nUSA,JPN,g,2022,1,,t\nJPN,USA,g,2022,1,,t\n"
    )));
    let last = row(&trade, "USA", "g", 2022);
    assert_eq!((last.concentrated, last.world_concentrated), (true, false));
    assert_eq!((last.persistent, last.dependent), (Some(true), Some(false)));
    // Years that are known not to hold decide, too.
    let spread: String = (2020..2022)
        .map(|y| format!("CHN,USA,g,{y},1,,t\nJPN,USA,g,{y},1,,t\nUSA,DEU,g,{y},9,,t\n"))
        .collect();
    let trade = self::trade(&flows(&format!("{spread}CHN,USA,g,2022,9,,t\n")));
    assert_eq!(row(&trade, "USA", "g", 2022).persistent, Some(false));
}

/// What is not reported is unknown if the study says so, and never zero.
#[test]
fn no_exports_are_unbounded_or_unknown() {
    let set = |key: &str| {
        let text = format!("[relate.dependence]\n{key}\n[uncertainty]");
        trade(&with(texts(), "study.toml", "[uncertainty]", &text))
    };
    let unknown = set("no_exports = \"unknown\"\nyears = 1");
    let usa = row(&unknown, "USA", "gallium", 2022);
    assert_eq!((usa.import_export_ratio, usa.unsubstitutable, usa.dependent), (None, None, None));
    // A criterion that does not hold decides whatever is unknown.
    let strict = set("no_exports = \"unknown\"\nyears = 1\nimport_hhi = 0.9");
    assert_eq!(row(&strict, "USA", "gallium", 2022).dependent, Some(false));
    // Exports of zero that are stated are known.
    let stated = flows("CHN,USA,g,2022,5,,t\nUSA,JPN,g,2022,0,,t\n");
    let stated = with(
        stated,
        "study.toml",
        "[uncertainty]",
        "[relate.dependence]\nno_exports = \"unknown\"\n[uncertainty]",
    );
    let stated = trade(&stated);
    assert_eq!(row(&stated, "USA", "g", 2022).unsubstitutable, Some(true));
    // Who imports for nothing depends on no one.
    assert!(stated.dependences.iter().all(|row| row.importer != "JPN"));
}

#[test]
fn thresholds_are_options_and_must_make_sense() {
    let set = |keys: &str| {
        let text = format!("[relate.dependence]\n{keys}\n[uncertainty]");
        read(&with(texts(), "study.toml", "[uncertainty]", &text))
    };
    let (study, notes) = set("import_hhi = 0.7\nratio = 3");
    assert!(notes.is_empty());
    let found = relate(&study).0.trade;
    assert!(!row(&found, "USA", "gallium", 2022).concentrated);
    assert_eq!(row(&found, "EU27", "gallium", 2022).unsubstitutable, Some(false));
    let (study, notes) = set("years = 5");
    assert_eq!((kinds(&notes), study.options.relate.dependence.years), (vec![Kind::WindowTooShort], 3));
    assert_eq!(kinds(&set("import_hhi = 4").1), [Kind::BadOption]);
    assert_eq!(kinds(&set("hhi = 0.4").1), [Kind::UnknownKey]);
}

/// A member's flows are the bloc's, those within it are none, and a part is not counted beside its whole.
#[test]
fn flows_count_for_states_and_blocs() {
    let base = "CHN,EU27,g,2022,10,,t\n";
    let union = |rows: &str| {
        let trade = trade(&flows(&format!("{base}{rows}")));
        let share = |measure, actor: &str| {
            let mut rows = trade.topology.iter();
            let row = rows.find(|r| r.measure == measure && r.actor == actor && r.product == "g");
            row.map(|row| row.value)
        };
        (share(Measure::ImportShare, "EU27"), share(Measure::ExportShare, "EU27"))
    };
    assert_eq!(union(""), (Some(1.0), Some(0.0)));
    assert_eq!(union("DEU,EU27,g,2022,90,,t\n"), (Some(1.0), Some(0.0)));
    assert_eq!(union("CHN,DEU,g,2022,7,,t\nUSA,JPN,g,2022,10,,t\n"), (Some(0.5), Some(0.0)));
    assert_eq!(union("USA,DEU,g,2022,5,,t\nDEU,USA,g,2022,5,,t\n"), (Some(0.75), Some(0.25)));
    // A firm's are its home's.
    let trade = trade(&flows("firm:nvidia,CHN,chips,2022,5,,t\nfirm:nvidia,USA,chips,2022,5,,t\n"));
    let sources: Vec<&str> = trade.dependences.iter().map(|row| row.top_source.as_str()).collect();
    assert_eq!(sources, ["USA"]);
}

/// Rows that cannot be used are noted with their place, and the others count.
#[test]
fn bad_rows_are_noted() {
    let rows = "CHN,USA,g,2022,5,,t\nCHN,CHN,g,2022,5,,t\nCHN,JPN,g,2022,-5,,t\nCHN,JPN,all,2022,5,,t\nMars,USA,g,2022,5,,t\n\
                CHN,DEU,g,2022,,,t\nCHN,USA,g,2022,6,,t\nUSA,JPN,g,2022,5,-1,t\n";
    let (study, notes) = read(&flows(rows));
    let of_trade: Vec<(Kind, Option<u64>)> = notes
        .iter()
        .filter(|note| note.at.file == "tables/trade.csv")
        .map(|note| (note.kind, note.at.row))
        .collect();
    let expected = [
        (Kind::TradesWithItself, Some(3)),
        (Kind::BelowZero, Some(4)),
        (Kind::ProductReserved, Some(5)),
        (Kind::UnknownActor, Some(6)),
        (Kind::MissingValue, Some(7)),
        (Kind::DuplicateRow, Some(8)),
        (Kind::BelowZero, Some(9)),
    ];
    assert_eq!(of_trade, expected);
    assert_eq!(study.trade.len(), 2);
    assert!(study.trade[1].quantity.is_nan());
}

#[test]
fn traders_without_a_state_are_noted() {
    let with_org = with(
        flows("CHN,USA,g,2022,5,,t\norg:un,USA,g,2022,5,,t\n"),
        "tables/actors.csv",
        "JPN,",
        "org:un,UN,联合国,organisation,,,\nJPN,",
    );
    let (exposure, notes) = relate(&read(&with_org).0);
    assert_eq!(kinds(&notes).iter().filter(|kind| **kind == Kind::TraderNoState).count(), 1);
    assert_eq!(row(&exposure.trade, "USA", "g", 2022).import_hhi, 1.0);
}

/// The order of rows changes no bit.
#[test]
fn order_of_rows_does_not_matter() {
    let rows = [
        "CHN,USA,g,2022,0.1,,t",
        "JPN,USA,g,2022,0.7,,t",
        "CHN,DEU,g,2022,0.3,,t",
        "CHN,JPN,h,2022,1e9,,t",
        "CHN,USA,h,2022,0.2,,t",
        "firm:nvidia,CHN,g,2022,3.3,,t",
        "USA,JPN,g,2022,0.6,,t",
    ];
    let forth = trade(&flows(&rows.map(|row| format!("{row}\n")).concat()));
    let mut back = rows;
    back.reverse();
    assert_eq!(forth, trade(&flows(&back.map(|row| format!("{row}\n")).concat())));
    assert!(!forth.standings.is_empty());
}

/// All products together come first, and measures that need three traders have no rows for two.
#[test]
fn networks_are_of_all_products_and_of_each() {
    let trade = relate(&study()).0.trade;
    assert_eq!(trade.standings[0].product, "all");
    let products: std::collections::BTreeSet<&str> =
        trade.standings.iter().map(|row| row.product.as_str()).collect();
    assert_eq!(products.into_iter().collect::<Vec<_>>(), ["all", "chips", "gallium"]);
    let of = |product: &'static str, year: i16| {
        trade.standings.iter().filter(move |row| row.product == product && row.year == year)
    };
    assert!(of("all", 2022).all(|row| row.coreness.is_some() && row.alpha.is_some()));
    // In 2023 two actors trade chips.
    assert!(of("chips", 2023).all(|row| row.coreness.is_none() && row.centralisation.is_none()));
    let chips = trade.topology.iter().filter(|row| row.product == "chips" && row.year == 2023);
    assert!(chips.clone().count() > 0 && chips.clone().all(|row| row.measure != Measure::Betweenness));
    // The Union trades with China and the United States only; nobody hangs on it alone. Japan hangs on China in 2022.
    let shares: f64 = trade
        .topology
        .iter()
        .filter(|row| row.measure == Measure::ExportShare && row.product == "all" && row.year == 2022)
        .map(|row| row.value)
        .sum();
    assert!((shares - 1.0).abs() < 1e-12);
}

#[test]
fn too_many_networks_are_noted() {
    let rows: String = (0..201).map(|at| format!("CHN,USA,p{at},2022,5,,t\n")).collect();
    let (exposure, notes) = relate(&read(&flows(&rows)).0);
    assert!(kinds(&notes).contains(&Kind::TooManyNetworks));
    assert!(exposure.trade.standings.iter().all(|row| row.product == "all"));
    assert_eq!(exposure.trade.dependences.len(), 201);
}
