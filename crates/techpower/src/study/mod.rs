//! A study: the tables of a study folder, checked against their schemas, against each other and against the codebook.
//!
//! Reading never fails on bad data: rows that cannot be used are left out with a note that says where, what and how to
//! mend it, and the good rows still count.

mod dependence;
mod links;
mod load;
mod options;
mod recipe;
mod relation;
pub mod schema;
mod template;
mod write;

pub use dependence::{DependenceOptions, NoExports};
pub(crate) use load::ALL_PRODUCTS;
pub use load::codebook_of;
pub use options::{
    About, CodeOptions, FORMAT, Firms, InferOptions, Options, RulesOptions, STUDY_FILE, Uncertainty,
};
pub use recipe::{
    Aggregation, Coverage, Entry, FACTORS, Imputation, MeasureOptions, Normalisation, Override, Panel, Scale,
    Scope, Screened, Treatment, Vary, VaryIndicators, VaryWeights, Weights, recipe_text,
};
pub use relation::{ACTS, Blocs, CONDITIONS, Cycles, Endorsing, Grid, RelateOptions, Subtypes};
pub use template::{template, tutorial};
pub use write::{descriptor, rows, write};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::codebook::{Actor, ActorKind, Codebook};
use crate::diag::{Lang, Notes};
use crate::table::{Files, When};

const STAGE: &str = "study";

/// A row of `index.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRow {
    /// Code of the node.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Parent; `None` for a root.
    pub parent: Option<String>,
    /// 1 for indicators.
    pub level: u8,
    /// 1 or -1.
    pub direction: f64,
    /// Weight among siblings, above zero.
    pub weight: f64,
    /// Indicator by which it is divided.
    pub denominator: Option<String>,
    /// Fixed ends of the scale.
    pub goalposts: Option<(f64, f64)>,
    /// A desired value.
    pub target: Option<f64>,
    /// Bounds of the weight.
    pub weight_bounds: Option<(f64, f64)>,
}

/// What a row without a value declares about why the value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing is declared.
    Undeclared,
    /// It would be as good as the best known value.
    Best,
    /// It would be as bad as the worst known value.
    Worst,
    /// It lies within the row's interval, or else between the worst and the best known value.
    Interval,
    /// Nothing is known but the reason.
    Unknown,
}

impl Missing {
    /// The words of the column, with their values.
    pub const ALL: [(&'static str, Missing); 4] = [
        ("best", Missing::Best),
        ("worst", Missing::Worst),
        ("interval", Missing::Interval),
        ("unknown", Missing::Unknown),
    ];

    /// The word of the column; empty if nothing is declared.
    #[must_use]
    pub fn id(self) -> &'static str {
        Missing::ALL.iter().find(|(_, missing)| *missing == self).map_or("", |(word, _)| word)
    }
}

/// A text stored once per study; see [`Study::resolve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(u32);

/// A row of `indicators.csv`, kept small because there may be millions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndicatorRow {
    /// Whose value.
    pub actor: Sym,
    /// Which indicator.
    pub indicator: Sym,
    /// Year.
    pub year: i16,
    /// Value, NaN if unknown.
    pub value: f64,
    /// Lower end of the interval, NaN if unknown.
    pub low: f64,
    /// Upper end of the interval, NaN if unknown.
    pub high: f64,
    /// Unit.
    pub unit: Sym,
    /// Definition, source or edition.
    pub vintage: Sym,
    /// Reference.
    pub reference: Sym,
    /// Why there is no value.
    pub missing: Missing,
    /// The reason in words.
    pub reason: Sym,
}

/// A row of `inputs.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Layer of the codebook.
    pub layer: String,
    /// The broader input.
    pub kind_of: Option<String>,
    /// Whether all of its inputs are needed (else any one is enough).
    pub needs_all: bool,
    /// Elasticity of substitution between suppliers, (low, high), above 1.
    pub elasticity: (f64, f64),
    /// Months of consumption that users hold in stock, (low, high).
    pub stock: Option<(f64, f64)>,
    /// Reference.
    pub reference: String,
}

/// A row of `requires.csv`: an edge of the production graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// What is needed.
    pub input: String,
    /// What it is needed for.
    pub goes_into: String,
    /// Its share in the cost of what it goes into, (low, high) in [0, 1].
    pub cost_share: Option<(f64, f64)>,
    /// Reference of the cost share.
    pub reference: String,
}

/// A row of `supply.csv`. Any of share, low and high may be unknown, even all: a blank share is a range, not zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Supply {
    /// Supplying actor.
    pub provider: String,
    /// Input supplied.
    pub input: String,
    /// Year.
    pub year: i16,
    /// Share of world supply.
    pub share: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Reference.
    pub reference: String,
}

/// A row of `markets.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Who sells.
    pub actor: String,
    /// In whose market.
    pub market: String,
    /// Year.
    pub year: i16,
    /// Share of the actor's sales.
    pub share: Option<f64>,
    /// Reference.
    pub reference: String,
}

/// A row of `conditions.csv`. Any of value, low and high may be unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The jurisdiction.
    pub actor: String,
    /// One of [`CONDITIONS`].
    pub condition: String,
    /// Year.
    pub year: i16,
    /// How far the condition is met, 0 to 1.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Reference.
    pub reference: String,
}

/// A row of `transactions.csv`, kept small because there may be millions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransactionRow {
    /// Actor that sells.
    pub seller: Sym,
    /// Its sector.
    pub seller_sector: Sym,
    /// Actor that buys.
    pub buyer: Sym,
    /// Its sector; an empty text for final demand.
    pub buyer_sector: Sym,
    /// Year.
    pub year: i16,
    /// Value.
    pub value: f64,
    /// Reference.
    pub reference: Sym,
}

/// A row of `events.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Id of the act.
    pub event: String,
    /// When.
    pub date: When,
    /// Who acts.
    pub sender: String,
    /// On whom; `*` is everyone, `-` no one.
    pub targets: Vec<String>,
    /// Instrument of the codebook.
    pub instrument: String,
    /// Layer of the codebook.
    pub layer: String,
    /// Type of power, or `none`.
    pub power: String,
    /// Mode of the codebook.
    pub mode: String,
    /// Status of the codebook.
    pub status: String,
    /// Source document.
    pub document: String,
    /// Evidence in English.
    pub evidence: String,
    /// Evidence in Chinese.
    pub evidence_zh: String,
    /// Coder.
    pub coder: String,
    /// `primary`, `secondary` or `judgement`.
    pub certainty: String,
    /// Reference.
    pub reference: String,
    /// Remark.
    pub note: String,
}

/// A row of `endorsements.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorsement {
    /// Event in which the text was issued.
    pub text: String,
    /// Who endorsed it.
    pub actor: String,
    /// When.
    pub date: When,
    /// Reference.
    pub reference: String,
    /// How it was taken up: one of [`ACTS`], or empty.
    pub act: String,
}

/// A row of `endorsers.csv`: how many states took up a text of which only some are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorsers {
    /// Event in which the text was issued.
    pub text: String,
    /// States in all, at least; those that are named are among them.
    pub low: u32,
    /// States in all, at most.
    pub high: u32,
    /// States that could have.
    pub eligible: u32,
    /// Reference.
    pub reference: String,
}

/// A row of `trade.csv`, kept small because there may be millions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeRow {
    /// Who sells.
    pub exporter: Sym,
    /// Who buys.
    pub importer: Sym,
    /// What.
    pub product: Sym,
    /// Year.
    pub year: i16,
    /// Value, not below zero, in the unit of the study.
    pub value: f64,
    /// Quantity, NaN if unknown.
    pub quantity: f64,
    /// Reference.
    pub reference: Sym,
}

/// Columns that a table has beside its schema, kept as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// For each kept row of the table, in order, its texts.
    pub rows: Vec<Vec<Sym>>,
}

/// Whether rows are kept, or only checked. Checking needs little memory, however long the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Keep all good rows.
    Rows,
    /// Check only: the long tables stay empty.
    Nothing,
}

/// A checked study.
#[derive(Debug, Clone)]
pub struct Study {
    /// `study.toml`.
    pub options: Options,
    /// Ranked states and blocs on which the report dwells: those that `study.toml` names, or the most active.
    pub focal: Vec<String>,
    /// The codebook the study uses.
    pub codebook: Codebook,
    /// `actors.csv`, by id.
    pub actors: BTreeMap<String, Actor>,
    /// `index.csv`, in file order.
    pub index: Vec<IndexRow>,
    /// `indicators.csv`, in file order.
    pub indicators: Vec<IndicatorRow>,
    /// `inputs.csv`, in file order.
    pub inputs: Vec<Input>,
    /// `requires.csv`, in file order.
    pub requires: Vec<Requirement>,
    /// `supply.csv`, in file order.
    pub supply: Vec<Supply>,
    /// `markets.csv`, in file order.
    pub markets: Vec<Market>,
    /// `conditions.csv`, in file order.
    pub conditions: Vec<Condition>,
    /// `events.csv`, in file order.
    pub events: Vec<EventRow>,
    /// `endorsements.csv`, in file order.
    pub endorsements: Vec<Endorsement>,
    /// `endorsers.csv`, in file order.
    pub endorsers: Vec<Endorsers>,
    /// `transactions.csv`, in file order.
    pub transactions: Vec<TransactionRow>,
    /// `trade.csv`, in file order.
    pub trade: Vec<TradeRow>,
    /// `claims.toml` as text, read by the stage `claims`.
    pub claims: Option<String>,
    /// Tables that the folder has.
    pub present: BTreeSet<&'static str>,
    /// Unknown columns, by table.
    pub extra: BTreeMap<&'static str, Extra>,
    texts: Texts,
    /// First keys of rows that were left out, by table.
    left_out: BTreeMap<&'static str, BTreeSet<String>>,
}

/// Texts stored once.
#[derive(Debug, Clone, Default)]
struct Texts {
    list: Vec<std::sync::Arc<str>>,
    known: HashMap<std::sync::Arc<str>, Sym>,
}

impl Texts {
    fn intern(&mut self, text: &str) -> Sym {
        if let Some(sym) = self.known.get(text) {
            return *sym;
        }
        let sym = Sym(u32::try_from(self.list.len()).expect("fewer than 4 billion texts"));
        let text: std::sync::Arc<str> = text.into();
        self.list.push(text.clone());
        self.known.insert(text, sym);
        sym
    }
}

impl Study {
    /// Reads a study. `None` only if `study.toml` or the codebook it names is missing or cannot be read at all.
    ///
    /// ```
    /// use techpower::study::{Keep, Study, template};
    /// let mut files = template("demo");
    /// files.insert(
    ///     "tables/actors.csv".to_owned(),
    ///     "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,land\n".to_owned(),
    /// );
    /// let (study, notes) = Study::read(&files, Keep::Rows);
    /// let study = study.expect("study.toml is there");
    /// assert_eq!(study.actors.len(), 1); // the good row counts,
    /// assert_eq!(notes.iter().next().map(|note| note.at.to_string()).as_deref(), Some("tables/actors.csv:3 [kind]"));
    /// ```
    #[must_use]
    pub fn read(files: &dyn Files, keep: Keep) -> (Option<Study>, Notes) {
        let mut notes = Notes::new();
        let study = load::read(files, keep, &mut notes);
        (study, notes)
    }

    /// Adds events. Columns that the format does not know are empty for them.
    pub fn add_events(&mut self, rows: Vec<EventRow>) {
        if let Some(extra) = self.extra.get_mut("events").filter(|extra| !extra.rows.is_empty()) {
            let empty = self.texts.intern("");
            extra.rows.extend(rows.iter().map(|_| vec![empty; extra.columns.len()]));
        }
        self.events.extend(rows);
    }

    /// The text of a symbol of this study.
    #[must_use]
    pub fn resolve(&self, sym: Sym) -> &str {
        &self.texts.list[sym.0 as usize]
    }

    /// The name of an actor; its id if it is not in the table.
    #[must_use]
    pub fn actor_name<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.actors.get(id).map_or(id, |actor| actor.name(lang))
    }

    /// The state or bloc for which an actor counts: a firm counts for its home (if the study says so), a member for its bloc.
    /// `None` for organisations, and for firms that stand apart or have no home.
    #[must_use]
    pub fn unit_of(&self, id: &str) -> Option<&str> {
        let actor = self.actors.get(id)?;
        let state = match actor.kind {
            ActorKind::State | ActorKind::Bloc => actor,
            ActorKind::Firm => match self.options.infer.firms {
                Firms::Home => self.actors.get(actor.home.as_deref()?)?,
                Firms::Apart => return None,
            },
            ActorKind::Organisation => return None,
        };
        match state.part_of.as_deref() {
            Some(bloc) if self.actors.contains_key(bloc) => Some(bloc),
            _ => Some(&state.id),
        }
    }

    /// The states and blocs that are ranked: those that stand for themselves and have a value of at least one indicator of the
    /// hierarchy. Without any such value, all that stand for themselves. Sorted by id.
    #[must_use]
    pub fn ranked(&self) -> Vec<String> {
        let codes: BTreeSet<&str> = self.index.iter().map(|node| node.code.as_str()).collect();
        let known = |row: &&IndicatorRow| !row.value.is_nan() || !(row.low + row.high).is_nan();
        let measured: BTreeSet<Sym> = self
            .indicators
            .iter()
            .filter(|row| codes.contains(self.resolve(row.indicator)))
            .filter(known)
            .map(|row| row.actor)
            .collect();
        let measured: BTreeSet<&str> = measured.into_iter().map(|sym| self.resolve(sym)).collect();
        let units = self.actors.keys().filter(|id| self.is_unit(id));
        if measured.is_empty() {
            return units.cloned().collect();
        }
        units.filter(|id| measured.contains(id.as_str())).cloned().collect()
    }

    /// The states and blocs that the index ranks: [`Study::ranked`], and if the study asks for it also members of blocs that have a value.
    #[must_use]
    pub fn measured(&self) -> Vec<String> {
        let mut ranked = self.ranked();
        if self.options.measure.members {
            let codes: BTreeSet<&str> = self.index.iter().map(|node| node.code.as_str()).collect();
            let values = self.indicators.iter().filter(|row| codes.contains(self.resolve(row.indicator)));
            let with_values: BTreeSet<Sym> = values.map(|row| row.actor).collect();
            let members = with_values.into_iter().map(|sym| self.resolve(sym)).filter(|id| {
                self.actors
                    .get(*id)
                    .is_some_and(|actor| actor.kind == ActorKind::State && actor.part_of.is_some())
            });
            ranked.extend(members.map(str::to_owned));
            ranked.sort();
            ranked.dedup();
        }
        ranked
    }

    /// The groups that a column of `actors.csv` beyond the format's own divides the actors into, by id; `None` if there is no such
    /// column. Actors with an empty cell are in no group.
    #[must_use]
    pub fn groups(&self, column: &str) -> Option<BTreeMap<&str, &str>> {
        let extra = self.extra.get("actors")?;
        let at = extra.columns.iter().position(|name| name == column)?;
        let texts = extra.rows.iter().map(|row| self.resolve(row[at]));
        Some(
            self.actors
                .keys()
                .map(String::as_str)
                .zip(texts)
                .filter(|(_, group)| !group.is_empty())
                .collect(),
        )
    }

    /// The state or bloc to which an actor belongs, whatever the study says of firms' acts: what a firm makes and sells is made and
    /// sold at home.
    #[must_use]
    pub fn home_of(&self, id: &str) -> Option<&str> {
        let actor = self.actors.get(id)?;
        match actor.kind {
            ActorKind::Firm => self.unit_of(actor.home.as_deref()?),
            ActorKind::State | ActorKind::Bloc => self.unit_of(id),
            ActorKind::Organisation => None,
        }
    }

    /// The state, or bloc that is named itself, to which an actor belongs: the home of a firm, else itself. `None` for organisations and
    /// firms without a home.
    #[must_use]
    pub fn state_of(&self, id: &str) -> Option<&str> {
        let actor = self.actors.get(id)?;
        match actor.kind {
            ActorKind::Firm => self.actors.get(actor.home.as_deref()?).map(|home| home.id.as_str()),
            ActorKind::State | ActorKind::Bloc => Some(&actor.id),
            ActorKind::Organisation => None,
        }
    }

    /// The states in an actor: the members of a bloc, and the actor's own state.
    pub fn states_in(&self, id: &str) -> impl Iterator<Item = &str> {
        let own = self.state_of(id);
        let members = self
            .actors
            .values()
            .filter(move |actor| Some(actor.part_of.as_deref()) == Some(own) && own.is_some());
        members.map(|actor| actor.id.as_str()).chain(own)
    }

    /// The actors that an actor is a part of: the home of a firm, the bloc of a state.
    pub fn wholes_of(&self, id: &str) -> impl Iterator<Item = &str> {
        let above = |id: &str| {
            let actor = self.actors.get(id)?;
            actor.home.as_deref().or(actor.part_of.as_deref())
        };
        std::iter::successors(above(id), move |id| above(id))
    }

    /// Whether an actor is a state or bloc that stands for itself, not a member of a bloc in the study.
    #[must_use]
    pub fn is_unit(&self, id: &str) -> bool {
        self.actors.get(id).is_some_and(|actor| matches!(actor.kind, ActorKind::State | ActorKind::Bloc))
            && self.unit_of(id) == Some(id)
    }
}
