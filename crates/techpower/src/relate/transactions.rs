//! Extraction in a study: its table of transactions by year, members as parts of their blocs.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::extraction::{Doubt, Flow, InputOutput, Losses, Sector, Through};
use super::{EVERYONE, STAGE};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::{Study, Sym, TransactionRow, schema};

/// Which model tells the losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Side {
    /// Demand-driven, Leontief's: sales are lost.
    Demand,
    /// Supply-driven, Ghosh's: inputs are lost.
    Supply,
}

impl Side {
    /// The words of the column, with their values.
    pub const ALL: [(&'static str, Side); 2] = [("demand", Side::Demand), ("supply", Side::Supply)];

    /// The word of the column.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Side::Demand => Side::ALL[0].0,
            Side::Supply => Side::ALL[1].0,
        }
    }
}

/// Losses if deliveries between two actors were withheld in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// Who withholds.
    pub sender: String,
    /// From whom; [`EVERYONE`] if the sender is cut off from all others, in both directions.
    pub target: String,
    /// Year.
    pub year: i16,
    /// The model.
    pub side: Side,
    /// Share of the deliveries that is withheld, 0 to 1.
    pub share_withheld: f64,
    /// Losses in the unit of the table, and as shares of output.
    pub losses: Losses,
}

/// How far one actor rests on another in a year, directly and through others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    /// On whom: the supplier, or the buyer.
    pub on: String,
    /// Who: the user, or the seller.
    pub who: String,
    /// Year.
    pub year: i16,
    /// The direct part.
    pub face_value: f64,
    /// All of it.
    pub look_through: f64,
    /// What the face value does not show.
    pub hidden: f64,
}

/// What the transactions of a study say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transacted {
    /// Sorted by sender, target, year, side and share.
    pub extractions: Vec<Extraction>,
    /// Users on suppliers, sorted by supplier, user and year.
    pub look_through: Vec<Rest>,
    /// Sellers on buyers, sorted by buyer, seller and year.
    pub forward: Vec<Rest>,
}

/// Computes extractions and reliance for every year of transactions. A member counts for its bloc, a firm for its home; who has none stands for
/// itself, so that no flow is lost. Years are those of the data.
pub(super) fn relate_transactions(study: &Study, notes: &mut Notes) -> Transacted {
    let shares = shares(study);
    let mut years: BTreeMap<i16, Vec<&TransactionRow>> = BTreeMap::new();
    for row in &study.transactions {
        years.entry(row.year).or_default().push(row);
    }
    let mut units: HashMap<Sym, &str> = HashMap::new();
    for row in &study.transactions {
        for actor in [row.seller, row.buyer] {
            units.entry(actor).or_insert_with(|| {
                let id = study.resolve(actor);
                study.home_of(id).unwrap_or(id)
            });
        }
    }
    let mut all = Transacted::default();
    for (year, rows) in years {
        let flows = rows.into_iter().map(|row| {
            let buyer_sector = Some(study.resolve(row.buyer_sector)).filter(|sector| !sector.is_empty());
            Flow {
                seller: (units[&row.seller], study.resolve(row.seller_sector)),
                buyer: (units[&row.buyer], buyer_sector),
                value: row.value,
            }
        });
        let (table, doubts) = InputOutput::from_flows(flows);
        doubts.iter().for_each(|doubt| notes.push(noted(doubt, year)));
        all.add(&table, year, &shares, notes);
    }
    if !all.extractions.is_empty() {
        notes.push(Note::new(Kind::ExtractionAssumes, STAGE, place()));
    }
    all.extractions.sort_by(|a, b| {
        let years = (a.year, a.side).cmp(&(b.year, b.side));
        let pairs = (&a.sender, &a.target).cmp(&(&b.sender, &b.target));
        pairs.then(years).then(a.share_withheld.total_cmp(&b.share_withheld))
    });
    for list in [&mut all.look_through, &mut all.forward] {
        list.sort_by(|a, b| (&a.on, &a.who, a.year).cmp(&(&b.on, &b.who, b.year)));
    }
    all
}

impl Transacted {
    /// Adds a year. Fewer than two actors have nothing to withhold from each other.
    fn add(&mut self, table: &InputOutput, year: i16, shares: &[f64], notes: &mut Notes) {
        let actors = table.actors();
        if actors.len() < 2 {
            return;
        }
        let solved = match table.solve() {
            Ok(solved) => solved,
            Err(error) => {
                let note = Note::new(Kind::NotProductive, STAGE, place())
                    .with("year", year)
                    .with("radius", format!("{:.3}", error.radius));
                notes.push(note);
                return;
            }
        };
        for share in shares {
            let alone = (0..actors.len()).map(|actor| solved.isolate(actor, *share));
            for withheld in solved.withhold_all(*share).into_iter().chain(alone) {
                let target = withheld.target.map_or(EVERYONE, |target| actors[target].as_str());
                for (side, losses) in [(Side::Demand, withheld.demand), (Side::Supply, withheld.supply)] {
                    self.extractions.push(Extraction {
                        sender: actors[withheld.sender].clone(),
                        target: target.to_owned(),
                        year,
                        side,
                        share_withheld: *share,
                        losses,
                    });
                }
            }
        }
        let named = |through: Through| Rest {
            on: actors[through.on].clone(),
            who: actors[through.who].clone(),
            year,
            face_value: through.face_value,
            look_through: through.look_through,
            hidden: through.hidden,
        };
        self.look_through.extend(solved.look_through().into_iter().map(named));
        self.forward.extend(solved.forward().into_iter().map(named));
    }
}

/// The ends of what is withheld and does not leak. A loss grows with the share, so that it lies between those of the two ends.
fn shares(study: &Study) -> Vec<f64> {
    let options = &study.options.relate;
    let (withheld, leakage) = (options.withheld, options.leakage);
    let mut shares = vec![withheld.0 * (1.0 - leakage.1), withheld.1 * (1.0 - leakage.0)];
    shares.dedup();
    shares
}

fn place() -> Place {
    Place::file(&schema::TRANSACTIONS.path())
}

/// The note of a doubt about the table of a year.
fn noted(doubt: &Doubt, year: i16) -> Note {
    let name = |sector: &Sector| format!("{} {}", sector.actor, sector.sector);
    let note = |kind: Kind| Note::new(kind, STAGE, place()).with("year", year);
    match doubt {
        Doubt::NegativeFlow { seller, buyer, value } => note(Kind::NegativeFlow)
            .with("seller", name(seller))
            .with("buyer", name(buyer))
            .with("value", value),
        Doubt::WithoutOutput { sector, output } => {
            note(Kind::SectorWithoutOutput).with("sector", name(sector)).with("output", output)
        }
        Doubt::NegativePrimary { sector, primary } => {
            note(Kind::NegativePrimary).with("sector", name(sector)).with("primary", format!("{primary:.6}"))
        }
        Doubt::NotFinite { .. } | Doubt::OutputDiffers { .. } => {
            unreachable!("the reader lets no such value pass, and a study states no output")
        }
    }
}
