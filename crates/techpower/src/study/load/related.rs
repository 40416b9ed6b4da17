//! The tables of the chain, of markets and of trade.

use std::collections::{BTreeMap, BTreeSet};

use super::{ALL_PRODUCTS, Load};
use crate::diag::{Kind, Note, Place};
use crate::study::links::{circles, known, known_actor, known_input, ordered};
use crate::study::{
    Condition, Input, Keep, Market, Requirement, STAGE, Supply, TradeRow, TransactionRow, schema,
};

/// Ids of a circle that a note shows.
const MOST_OF_A_CIRCLE: usize = 8;

impl Load<'_> {
    pub(super) fn inputs(&mut self) {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        self.table(&schema::INPUTS, |row, study, notes| {
            if !known(
                study.codebook.layers.iter().map(|l| l.id.as_str()),
                Kind::UnknownLayer,
                row,
                "layer",
                notes,
            ) {
                return false;
            }
            let elasticity = row.interval("elasticity").unwrap_or((f64::NAN, f64::NAN));
            if let Some((low, high)) = row.interval("stock").filter(|(low, _)| *low < 0.0) {
                let note = row.note(Kind::OutOfRange, "stock").with("text", format!("{low}..{high}"));
                notes.push(note.with("min", 0).with("max", "∞"));
                return false;
            }
            if elasticity.0 <= 1.0 {
                notes.push(row.note(Kind::ElasticityTooLow, "elasticity").with("found", elasticity.0));
                return false;
            }
            lines.insert(row.text("input").to_owned(), row.line);
            study.inputs.push(Input {
                id: row.text("input").to_owned(),
                name_en: row.text("name_en").to_owned(),
                name_zh: row.text("name_zh").to_owned(),
                layer: row.text("layer").to_owned(),
                kind_of: row.optional("kind_of"),
                needs_all: row.text("needs") == "all",
                elasticity,
                stock: row.interval("stock"),
                reference: row.text("reference").to_owned(),
            });
            true
        });
        let ids: BTreeSet<String> = self.study.inputs.iter().map(|i| i.id.clone()).collect();
        for input in &mut self.study.inputs {
            let at = Place::cell(&schema::INPUTS.path(), lines[&input.id], "kind_of");
            if let Some(id) = input.kind_of.take_if(|id| *id == input.id) {
                self.notes.push(Note::new(Kind::PartOfItself, STAGE, at).with("id", id));
            }
            if input.kind_of.as_ref().is_some_and(|id| !ids.contains(id)) {
                let id = input.kind_of.take().unwrap_or_default();
                let at = Place::cell(&schema::INPUTS.path(), lines[&input.id], "kind_of");
                let note = Note::new(Kind::UnknownInput, STAGE, at)
                    .near(&id, ids.iter().map(String::as_str))
                    .with("id", id);
                self.notes.push(note);
            }
        }
    }

    /// Circles are legal, and noted: they may be meant, or slips.
    pub(super) fn requires(&mut self) {
        let ids = self.input_ids();
        self.table(&schema::REQUIRES, |row, study, notes| {
            let good = known_input(study, &ids, row, "input", notes)
                & known_input(study, &ids, row, "goes_into", notes);
            if !good {
                return false;
            }
            let (input, goes_into) = (row.text("input").to_owned(), row.text("goes_into").to_owned());
            if input == goes_into {
                notes.push(row.note(Kind::InputIntoItself, "goes_into").with("id", input));
                return false;
            }
            let cost_share = row.interval("cost_share");
            if let Some((low, high)) = cost_share.filter(|(low, high)| *low < 0.0 || *high > 1.0) {
                notes.push(row.note(Kind::NotAShare, "cost_share").with("text", format!("{low}..{high}")));
                return false;
            }
            let reference = row.text("reference").to_owned();
            study.requires.push(Requirement { input, goes_into, cost_share, reference });
            true
        });
        let edges = self.study.requires.iter().map(|edge| (edge.input.as_str(), edge.goes_into.as_str()));
        let kinds = self.study.inputs.iter().filter_map(|i| Some((i.id.as_str(), i.kind_of.as_deref()?)));
        for circle in circles(edges.chain(kinds)) {
            let mut names: Vec<&str> = circle.iter().copied().take(MOST_OF_A_CIRCLE).collect();
            if circle.len() > names.len() {
                names.push("…");
            }
            self.notes.push(
                Note::new(Kind::CycleInGraph, STAGE, Place::file(&schema::REQUIRES.path()))
                    .list("inputs", names),
            );
        }
    }

    pub(super) fn input_ids(&self) -> BTreeSet<String> {
        self.study.inputs.iter().map(|input| input.id.clone()).collect()
    }

    pub(super) fn supply(&mut self) {
        let keep = self.keep;
        let ids = self.input_ids();
        let mut sums: BTreeMap<(String, i16), f64> = BTreeMap::new();
        self.table(&schema::SUPPLY, |row, study, notes| {
            let good = known_actor(study, row, "provider", row.text("provider"), notes)
                & known_input(study, &ids, row, "input", notes);
            if !good {
                return false;
            }
            let (share, low, high) = (row.number("share"), row.number("low"), row.number("high"));
            if !ordered(row, low, share, high, notes) {
                return false;
            }
            let year = row.year("year");
            let input = row.text("input").to_owned();
            let sum = sums.entry((input.clone(), year)).or_insert(0.0);
            let before = *sum;
            if study.home_of(row.text("provider")).is_some() {
                *sum += share.or(low).unwrap_or(0.0);
            } else {
                notes.push(row.note(Kind::ProviderNoState, "provider").with("id", row.text("provider")));
            }
            if before <= 1.005 && *sum > 1.005 {
                notes.push(
                    row.note(Kind::SharesAboveOne, "share")
                        .with("input", &input)
                        .with("year", year)
                        .with("sum", format!("{sum:.3}")),
                );
            }
            if keep == Keep::Rows {
                study.supply.push(Supply {
                    provider: row.text("provider").to_owned(),
                    input,
                    year,
                    share,
                    low,
                    high,
                    reference: row.text("reference").to_owned(),
                });
            }
            true
        });
    }

    pub(super) fn markets(&mut self) {
        let keep = self.keep;
        self.table(&schema::MARKETS, |row, study, notes| {
            let good = known_actor(study, row, "actor", row.text("actor"), notes)
                & known_actor(study, row, "market", row.text("market"), notes);
            if good && keep == Keep::Rows {
                study.markets.push(Market {
                    actor: row.text("actor").to_owned(),
                    market: row.text("market").to_owned(),
                    year: row.year("year"),
                    share: row.number("share"),
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }

    pub(super) fn conditions(&mut self) {
        let keep = self.keep;
        self.table(&schema::CONDITIONS, |row, study, notes| {
            let (value, low, high) = (row.number("value"), row.number("low"), row.number("high"));
            let good = known_actor(study, row, "actor", row.text("actor"), notes)
                & ordered(row, low, value, high, notes);
            if good && keep == Keep::Rows {
                study.conditions.push(Condition {
                    actor: row.text("actor").to_owned(),
                    condition: row.text("condition").to_owned(),
                    year: row.year("year"),
                    value,
                    low,
                    high,
                    reference: row.text("reference").to_owned(),
                });
            }
            good
        });
    }

    /// Negative values are kept: changes in inventories are. They are noted between sectors when the table is put together.
    pub(super) fn transactions(&mut self) {
        let keep = self.keep;
        self.table(&schema::TRANSACTIONS, |row, study, notes| {
            let good = known_actor(study, row, "seller", row.text("seller"), notes)
                & known_actor(study, row, "buyer", row.text("buyer"), notes);
            if good && keep == Keep::Rows {
                let [seller, seller_sector, buyer, buyer_sector, reference] =
                    ["seller", "seller_sector", "buyer", "buyer_sector", "reference"]
                        .map(|column| study.texts.intern(row.text(column)));
                study.transactions.push(TransactionRow {
                    seller,
                    seller_sector,
                    buyer,
                    buyer_sector,
                    year: row.year("year"),
                    value: row.number("value").unwrap_or(f64::NAN),
                    reference,
                });
            }
            good
        });
    }

    pub(super) fn trade(&mut self) {
        let keep = self.keep;
        self.table(&schema::TRADE, |row, study, notes| {
            let (exporter, importer, product) =
                (row.text("exporter"), row.text("importer"), row.text("product"));
            let good = known_actor(study, row, "exporter", exporter, notes)
                & known_actor(study, row, "importer", importer, notes);
            if !good {
                return false;
            }
            if exporter == importer {
                notes.push(row.note(Kind::TradesWithItself, "importer").with("id", importer));
                return false;
            }
            if product == ALL_PRODUCTS {
                notes.push(row.note(Kind::ProductReserved, "product").with("id", product));
                return false;
            }
            if keep == Keep::Rows {
                let record = TradeRow {
                    exporter: study.texts.intern(exporter),
                    importer: study.texts.intern(importer),
                    product: study.texts.intern(product),
                    year: row.year("year"),
                    value: row.number("value").unwrap_or(f64::NAN),
                    quantity: row.number("quantity").unwrap_or(f64::NAN),
                    reference: study.texts.intern(row.text("reference")),
                };
                study.trade.push(record);
            }
            true
        });
    }
}
