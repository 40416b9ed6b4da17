//! Flows of trade between states and blocs: the one place where it is decided whose a flow is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::STAGE;
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{Study, Sym, TradeRow};

/// A flow between two states or blocs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flow {
    /// Position in [`Flows::units`].
    pub(super) exporter: usize,
    pub(super) importer: usize,
    pub(super) value: f64,
}

/// All flows of a study.
pub(super) struct Flows<'a> {
    /// States and blocs that trade, sorted.
    pub(super) units: Vec<&'a str>,
    /// By year and product; within, by exporter and importer, one flow a pair.
    pub(super) by: BTreeMap<(i16, &'a str), Vec<Flow>>,
}

impl Flows<'_> {
    /// The flows of all products together, by year.
    pub(super) fn of_all(&self) -> BTreeMap<i16, Vec<Flow>> {
        let mut pairs: BTreeMap<i16, BTreeMap<(usize, usize), f64>> = BTreeMap::new();
        for ((year, _), flows) in &self.by {
            let of_year = pairs.entry(*year).or_default();
            for flow in flows {
                *of_year.entry((flow.exporter, flow.importer)).or_insert(0.0) += flow.value;
            }
        }
        let flow = |((exporter, importer), value)| Flow { exporter, importer, value };
        pairs.into_iter().map(|(year, pairs)| (year, pairs.into_iter().map(flow).collect())).collect()
    }
}

/// The flows of `trade.csv` as they count for states and blocs: a firm's for its home, a member's for its bloc. Flows within
/// a bloc are not its trade. A row is left aside if a row of the same product and year stands for the same pair as a whole, with the bloc
/// or home of one or both in its place: it is a part of it. Flows of actors that belong to no state or bloc are noted and left out.
///
/// Values are added in order of size, so that the order of rows changes no bit of a sum.
pub(super) fn flows<'a>(study: &'a Study, notes: &mut Notes) -> Flows<'a> {
    let traders = Traders::new(study, notes);
    let products: BTreeSet<&str> = study
        .trade
        .iter()
        .map(|row| row.product)
        .collect::<BTreeSet<Sym>>()
        .into_iter()
        .map(|sym| study.resolve(sym))
        .collect();
    let rank: BTreeMap<&str, usize> = products.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut parts: Vec<(i16, usize, Flow)> = study
        .trade
        .iter()
        .filter(|row| !traders.is_part(row))
        .filter_map(|row| {
            let (exporter, importer) = (traders.unit(row.exporter)?, traders.unit(row.importer)?);
            let flow = Flow { exporter, importer, value: row.value };
            (exporter != importer).then(|| (row.year, rank[study.resolve(row.product)], flow))
        })
        .collect();
    let key = |(year, product, flow): &(i16, usize, Flow)| (*year, *product, flow.exporter, flow.importer);
    parts.sort_by(|a, b| key(a).cmp(&key(b)).then(a.2.value.total_cmp(&b.2.value)));
    let products: Vec<&str> = products.into_iter().collect();
    let mut by: BTreeMap<(i16, &str), Vec<Flow>> = BTreeMap::new();
    for (year, product, flow) in parts {
        let list = by.entry((year, products[product])).or_default();
        match list.last_mut() {
            Some(last) if (last.exporter, last.importer) == (flow.exporter, flow.importer) => {
                last.value += flow.value;
            }
            _ => list.push(flow),
        }
    }
    Flows { units: traders.units, by }
}

/// Who trades, and for whom their flows count.
struct Traders<'a> {
    units: Vec<&'a str>,
    /// Position of the unit of each trader that has one.
    unit: BTreeMap<Sym, usize>,
    /// The trader and the wholes it belongs to, as far as these trade too; only of traders that have any.
    wholes: BTreeMap<Sym, Vec<Sym>>,
    /// Pairs that have a row, by product and year; empty if no trader is a part of another. Only asked, never gone through.
    pairs: HashSet<(Sym, Sym, Sym, i16)>,
}

impl<'a> Traders<'a> {
    fn new(study: &'a Study, notes: &mut Notes) -> Traders<'a> {
        let syms: BTreeSet<Sym> = study.trade.iter().flat_map(|row| [row.exporter, row.importer]).collect();
        let known: BTreeMap<&str, Sym> = syms.iter().map(|sym| (study.resolve(*sym), *sym)).collect();
        let mut homes: BTreeMap<Sym, &str> = BTreeMap::new();
        let mut wholes: BTreeMap<Sym, Vec<Sym>> = BTreeMap::new();
        for (id, sym) in &known {
            match study.home_of(id) {
                Some(home) => {
                    homes.insert(*sym, home);
                }
                None => notes.push(
                    Note::new(Kind::TraderNoState, STAGE, Place::file("tables/trade.csv")).with("id", id),
                ),
            }
            let above: Vec<Sym> = study.wholes_of(id).filter_map(|whole| known.get(whole).copied()).collect();
            if !above.is_empty() {
                wholes.insert(*sym, [vec![*sym], above].concat());
            }
        }
        let units: BTreeSet<&str> = homes.values().copied().collect();
        let units: Vec<&str> = units.into_iter().collect();
        let place = |home: &str| units.binary_search(&home).unwrap_or_default();
        let unit = homes.iter().map(|(sym, home)| (*sym, place(home))).collect();
        let rows = study.trade.iter().filter(|_| !wholes.is_empty());
        let pairs = rows.map(|row| (row.exporter, row.importer, row.product, row.year)).collect();
        Traders { units, unit, wholes, pairs }
    }

    fn unit(&self, trader: Sym) -> Option<usize> {
        self.unit.get(&trader).copied()
    }

    /// Whether a row stands for a part of what another row stands for.
    fn is_part(&self, row: &TradeRow) -> bool {
        let with_wholes = |trader: Sym| self.wholes.get(&trader).cloned().unwrap_or_else(|| vec![trader]);
        let (exporters, importers) = (with_wholes(row.exporter), with_wholes(row.importer));
        exporters.iter().any(|exporter| {
            importers.iter().any(|importer| {
                (*exporter, *importer) != (row.exporter, row.importer)
                    && self.pairs.contains(&(*exporter, *importer, row.product, row.year))
            })
        })
    }
}
