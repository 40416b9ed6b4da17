//! From the supply chain of advanced chips of CSET's Emerging Technology Observatory: `inputs.csv`, `providers.csv`, `provision.csv`,
//! `sequence.csv` and `stages.csv`, turned into a production graph with shares of supply.

use std::collections::{BTreeMap, BTreeSet};

use super::STAGE;
use super::shared::{Actors, COUNTRIES, columns, complete, number, some, study_text, table, year};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::STUDY_FILE;
use crate::table::{Files, Grid, read_grid};

/// What is written as source of every row, before the data's own.
const SOURCE: &str =
    "CSET Emerging Technology Observatory, Advanced Semiconductor Supply Chain Dataset (CC BY-NC 4.0)";
const LICENCE: &str = "CC BY-NC 4.0";
/// Elasticity of substitution between suppliers, of which the data say nothing.
const ELASTICITY: &str = "1.2..3";
/// Every input of the data is one of chips, which are of this layer.
const LAYER: &str = "foundation";
/// Type of the input that everything goes into.
const FINAL: &str = "ultimate_output";
/// The provider that stands for what of Europe is not told apart.
const EUROPE: &str = "EUR";
const UNION: &str = "EU27";
/// Years for which a share is carried forward unless `study.toml` says otherwise.
const MAX_AGE: i16 = 5;

/// How sub-types of an input count for it, as `[relate] subtypes` of `study.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subtypes {
    /// All sub-types are needed.
    All,
    /// Any sub-type is enough.
    Any,
    /// Only the input's own suppliers count.
    Parent,
}

impl Subtypes {
    /// The word of `study.toml`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Subtypes::All => "all",
            Subtypes::Any => "any",
            Subtypes::Parent => "parent",
        }
    }
}

/// The files of a study that holds the production graph and the shares of supply, by path; and a `study.toml` of the years of the data.
/// `None` if a table that it cannot do without is missing.
///
/// - Inputs keep their ids. What *is a type of* another gets it as `kind_of`, what *goes into* another a row of `requires.csv`.
/// - Shares of countries, in percent, become shares from 0 to 1. Firms count where no country is named for an input. A blank share is
///   unknown: any share from 0 to 1.
/// - Providers called `Various` name no one: what they provide stays unnamed supply. `EUR` becomes a bloc within `EU27`.
/// - A stage with shares of its own is an input only if something in the sequence uses it.
///
/// Chinese names are those of the builtin codebook and of countries; inputs carry their English name in both languages.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::import::{Subtypes, cset};
/// let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
/// let files = BTreeMap::from([
///     file("inputs.csv", "input_id,input_name,type,stage_id\nN1,Scanner,tool_resource,\nN2,Chip,ultimate_output,\n"),
///     file("providers.csv", "provider_id,provider_name,alias,provider_type,country\nP1,NLD,Netherlands,country,\n"),
///     file("provision.csv", "provider_id,provided_id,share_provided,year,source\nP1,N1,90.5,2024,Yearbook\n"),
///     file("sequence.csv", "input_id,goes_into_id,is_type_of_id\nN1,N2,\n"),
///     file("stages.csv", "stage_id,stage_name\nS1,Design\n"),
/// ]);
/// let (study, notes) = cset(&files, Subtypes::All, "demo");
/// let study = study.expect("all tables are there");
/// assert!(study["tables/supply.csv"].contains("NLD,N1,2024,0.905,,,"));
/// assert_eq!(notes.count_of(techpower::diag::Severity::Error), 0);
/// ```
#[must_use]
pub fn cset(files: &dyn Files, subtypes: Subtypes, id: &str) -> (Option<BTreeMap<String, String>>, Notes) {
    let mut notes = Notes::new();
    let mut read = |path: &str, columns: &[&str]| {
        let grid = read_grid(files, path, &mut notes)?;
        complete(&grid, columns, &mut notes).then_some(grid)
    };
    let inputs = read("inputs.csv", &["input_id", "input_name", "type"]);
    let providers =
        read("providers.csv", &["provider_id", "provider_name", "alias", "provider_type", "country"]);
    let provision = read("provision.csv", &["provider_id", "provided_id", "share_provided", "year"]);
    let sequence = read("sequence.csv", &["input_id", "goes_into_id", "is_type_of_id"]);
    let stages = read("stages.csv", &["stage_id", "stage_name"]).unwrap_or_default();
    let (Some(inputs), Some(providers), Some(provision), Some(sequence)) =
        (inputs, providers, provision, sequence)
    else {
        return (None, notes);
    };
    let mut import = Import { graph: Graph::default(), stages: &stages, notes: &mut notes };
    import.nodes(&inputs);
    import.edges(&sequence);
    let providers = import.providers(&providers);
    let supply = import.supply(&provision, &providers);
    import.note_graph(&inputs);
    let files = import.files(&supply, &providers, subtypes, id);
    (files, notes)
}

/// An input or a stage.
struct Node {
    id: String,
    name: String,
    kind: String,
    kind_of: Option<String>,
    /// Line of `inputs.csv`.
    line: u64,
}

/// Inputs in file order, and what goes into what.
#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    requires: Vec<(String, String)>,
}

impl Graph {
    fn has(&self, id: &str) -> bool {
        self.nodes.iter().any(|node| node.id == id)
    }
}

/// A row of `providers.csv`; rows that differ only in the alias are one.
struct Provider {
    name: String,
    aliases: Vec<String>,
    country: bool,
    home: String,
}

impl Provider {
    /// Whether the name stands for providers that are not named.
    fn is_unnamed(&self) -> bool {
        self.name.to_lowercase().starts_with("various")
    }
}

/// A row of `provision.csv` that is good.
struct Provision {
    provider: String,
    input: String,
    year: i16,
    /// In percent; `None` if unknown.
    percent: Option<f64>,
    source: String,
}

struct Import<'a> {
    graph: Graph,
    stages: &'a Grid,
    notes: &'a mut Notes,
}

impl Import<'_> {
    fn push(&mut self, kind: Kind, at: Place, args: &[(&str, &str)]) {
        let note = Note::new(kind, STAGE, at);
        self.notes.push(args.iter().fold(note, |note, (name, value)| note.with(name, value)));
    }

    /// Notes an id that a table does not have, with the nearest that it has.
    fn push_unknown(&mut self, at: Place, id: &str, table: &str, known: &[&str]) {
        let note = Note::new(Kind::ImportUnknownId, STAGE, at).near(id, known.iter().copied());
        self.notes.push(note.with("id", id).with("table", table));
    }

    fn nodes(&mut self, inputs: &Grid) {
        for (row, line) in inputs.rows.iter().zip(&inputs.lines) {
            let (id, name) = (inputs.cell(row, "input_id"), inputs.cell(row, "input_name"));
            let at = Place::cell(&inputs.path, *line, "input_id");
            if id.is_empty() {
                self.push(Kind::MissingValue, at, &[]);
            } else if id.chars().any(|c| c.is_whitespace() || c == '|') {
                self.push(Kind::BadId, at, &[("text", id)]);
            } else if self.graph.has(id) {
                self.push(Kind::DuplicateRow, at, &[("key", id)]);
            } else {
                self.graph.nodes.push(Node {
                    id: id.to_owned(),
                    name: if name.is_empty() { id } else { name }.to_owned(),
                    kind: inputs.cell(row, "type").to_owned(),
                    kind_of: None,
                    line: *line,
                });
            }
        }
    }

    /// The name of a stage.
    fn stage(&self, id: &str) -> Option<String> {
        let row = self.stages.rows.iter().find(|row| self.stages.cell(row, "stage_id") == id)?;
        Some(self.stages.cell(row, "stage_name").to_owned())
    }

    /// Whether an id of the sequence is an input; a stage that is used becomes one.
    fn is_node(&mut self, id: &str, at: &Place) -> bool {
        if self.graph.has(id) {
            return true;
        }
        if let Some(name) = self.stage(id) {
            let (id, kind) = (id.to_owned(), "stage".to_owned());
            self.graph.nodes.push(Node { id, name, kind, kind_of: None, line: 1 });
            return true;
        }
        let known: Vec<String> = self.graph.nodes.iter().map(|node| node.id.clone()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.push_unknown(at.clone(), id, "inputs.csv", &known);
        false
    }

    fn edges(&mut self, sequence: &Grid) {
        for (row, line) in sequence.rows.iter().zip(&sequence.lines) {
            let place = |column: &str| Place::cell(&sequence.path, *line, column);
            let id = sequence.cell(row, "input_id");
            let (into, parent) = (sequence.cell(row, "goes_into_id"), sequence.cell(row, "is_type_of_id"));
            if into.is_empty() && parent.is_empty() {
                self.push(Kind::MissingValue, place("goes_into_id"), &[]);
                continue;
            }
            if !self.is_node(id, &place("input_id")) {
                continue;
            }
            if !into.is_empty() && self.is_node(into, &place("goes_into_id")) {
                let edge = (id.to_owned(), into.to_owned());
                if id == into {
                    self.push(Kind::InputIntoItself, place("goes_into_id"), &[("id", id)]);
                } else if self.graph.requires.contains(&edge) {
                    let key = format!("{id}, {into}");
                    self.push(Kind::DuplicateRow, place("goes_into_id"), &[("key", &key)]);
                } else {
                    self.graph.requires.push(edge);
                }
            }
            if !parent.is_empty() && self.is_node(parent, &place("is_type_of_id")) {
                self.kind_of(id, parent, place("is_type_of_id"));
            }
        }
    }

    /// An input is a kind of one other at most: the first that the sequence names.
    fn kind_of(&mut self, id: &str, parent: &str, at: Place) {
        if id == parent {
            self.push(Kind::PartOfItself, at, &[("id", id)]);
            return;
        }
        let Some(node) = self.graph.nodes.iter_mut().find(|node| node.id == id) else { return };
        match node.kind_of.clone() {
            None => node.kind_of = Some(parent.to_owned()),
            Some(kept) => {
                self.push(Kind::ImportSecondParent, at, &[("id", id), ("kept", &kept), ("other", parent)]);
            }
        }
    }

    fn providers(&mut self, grid: &Grid) -> BTreeMap<String, Provider> {
        let mut providers: BTreeMap<String, Provider> = BTreeMap::new();
        for (row, line) in grid.rows.iter().zip(&grid.lines) {
            let (id, name) = (grid.cell(row, "provider_id"), grid.cell(row, "provider_name"));
            let (kind, alias) = (grid.cell(row, "provider_type"), grid.cell(row, "alias"));
            let at = |column: &str| Place::cell(&grid.path, *line, column);
            if id.is_empty() || name.is_empty() {
                let column = if id.is_empty() { "provider_id" } else { "provider_name" };
                self.push(Kind::MissingValue, at(column), &[]);
                continue;
            }
            let country = kind == "country";
            if !country && kind != "organization" {
                let choices = "country, organization";
                self.push(Kind::BadChoice, at("provider_type"), &[("text", kind), ("choices", choices)]);
                continue;
            }
            if let Some(provider) = providers.get_mut(id) {
                if provider.name == name {
                    provider.aliases.extend(Some(alias.to_owned()).filter(|alias| !alias.is_empty()));
                } else {
                    self.push(Kind::DuplicateRow, at("provider_id"), &[("key", id)]);
                }
                continue;
            }
            let provider = Provider {
                name: name.to_owned(),
                aliases: Some(alias.to_owned()).filter(|alias| !alias.is_empty()).into_iter().collect(),
                country,
                home: grid.cell(row, "country").to_owned(),
            };
            if country && !provider.is_unnamed() && name != EUROPE && !COUNTRIES.contains_key(name) {
                let note = Note::new(Kind::ImportUnknownCountry, STAGE, at("provider_name"));
                let known = COUNTRIES.keys().copied();
                self.notes.push(note.near(name, known).with("code", name).with("rows", 1));
                continue;
            }
            providers.insert(id.to_owned(), provider);
        }
        providers
    }

    /// The good rows of `provision.csv` about inputs.
    fn supply(&mut self, grid: &Grid, providers: &BTreeMap<String, Provider>) -> Vec<Provision> {
        let mut rows = Vec::new();
        let mut seen = BTreeSet::new();
        let mut idle: BTreeMap<String, usize> = BTreeMap::new();
        for (row, line) in grid.rows.iter().zip(&grid.lines) {
            let at = |column: &str| Place::cell(&grid.path, *line, column);
            let (provider, input) = (grid.cell(row, "provider_id"), grid.cell(row, "provided_id"));
            if !self.graph.has(input) {
                match self.stage(input) {
                    Some(_) => *idle.entry(input.to_owned()).or_insert(0) += 1,
                    None => {
                        let known: Vec<String> = self.graph.nodes.iter().map(|n| n.id.clone()).collect();
                        let known: Vec<&str> = known.iter().map(String::as_str).collect();
                        self.push_unknown(at("provided_id"), input, "inputs.csv", &known);
                    }
                }
                continue;
            }
            if !providers.contains_key(provider) {
                let known: Vec<&str> = providers.keys().map(String::as_str).collect();
                self.push_unknown(at("provider_id"), provider, "providers.csv", &known);
                continue;
            }
            let Some(dated) = year(grid.cell(row, "year")) else {
                self.push(Kind::BadYear, at("year"), &[("text", grid.cell(row, "year"))]);
                continue;
            };
            let Ok(percent) = self.percent(grid.cell(row, "share_provided"), at("share_provided")) else {
                continue;
            };
            if !seen.insert((provider.to_owned(), input.to_owned(), dated)) {
                let key = format!("{provider}, {input}, {dated}");
                self.push(Kind::DuplicateRow, Place::row(&grid.path, *line), &[("key", &key)]);
                continue;
            }
            let source = grid.position("source").map_or("", |at| &row[at]).to_owned();
            rows.push(Provision {
                provider: provider.to_owned(),
                input: input.to_owned(),
                year: dated,
                percent,
                source,
            });
        }
        self.note_stages(grid, &idle);
        rows
    }

    /// A share in percent; nothing if the cell is blank, an error with a note if it holds no share.
    fn percent(&mut self, text: &str, at: Place) -> Result<Option<f64>, ()> {
        if text.is_empty() {
            return Ok(None);
        }
        match number(text) {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Some(percent)),
            Ok(_) => {
                self.push(Kind::OutOfRange, at, &[("text", text), ("min", "0"), ("max", "100")]);
                Err(())
            }
            Err(kind) => {
                self.push(kind, at, &[("text", text)]);
                Err(())
            }
        }
    }

    /// Stages whose shares are left out because nothing uses the stage.
    fn note_stages(&mut self, provision: &Grid, idle: &BTreeMap<String, usize>) {
        if idle.is_empty() {
            return;
        }
        let stages: Vec<String> =
            idle.keys().map(|id| format!("{id} {}", self.stage(id).unwrap_or_default())).collect();
        let rows = idle.values().sum::<usize>().to_string();
        let at = Place::cell(&provision.path, 1, "provided_id");
        self.push(Kind::ImportStagesOut, at, &[("stages", &stages.join(", ")), ("rows", &rows)]);
    }

    /// Inputs other than the final product of which nothing is made.
    fn note_graph(&mut self, inputs: &Grid) {
        let used: BTreeSet<&str> = self.graph.requires.iter().map(|(id, _)| id.as_str()).collect();
        let idle: Vec<&Node> = self
            .graph
            .nodes
            .iter()
            .filter(|node| node.kind != FINAL && node.kind_of.is_none() && !used.contains(node.id.as_str()))
            .collect();
        let Some(first) = idle.first() else { return };
        let words: Vec<String> = idle.iter().map(|node| format!("{} {}", node.id, node.name)).collect();
        let at = Place::cell(&inputs.path, first.line, "input_id");
        self.push(Kind::ImportLeadsNowhere, at, &[("inputs", &some(&words))]);
    }

    fn files(
        &mut self,
        supply: &[Provision],
        providers: &BTreeMap<String, Provider>,
        subtypes: Subtypes,
        id: &str,
    ) -> Option<BTreeMap<String, String>> {
        let years = supply.iter().map(|row| row.year);
        let Some((from, to)) = years.clone().min().zip(years.max()) else {
            self.push(Kind::ImportNothing, Place::file("provision.csv"), &[]);
            return None;
        };
        let mut actors = Actors::new();
        let supply = self.supply_text(supply, providers, &mut actors);
        let relate = self.relate_text(from, to, subtypes);
        self.note_origin();
        Some(BTreeMap::from([
            ("tables/actors.csv".to_owned(), actors.text()),
            ("tables/inputs.csv".to_owned(), self.inputs_text()),
            ("tables/requires.csv".to_owned(), self.requires_text()),
            ("tables/supply.csv".to_owned(), supply),
            (STUDY_FILE.to_owned(), study_text(id, from, to, &relate)),
        ]))
    }

    /// What every reader of the numbers has to know of their origin.
    fn note_origin(&mut self) {
        let at = || Place::file("provision.csv");
        self.push(Kind::ImportLicence, at(), &[("source", SOURCE), ("licence", LICENCE)]);
        self.push(Kind::ImportHeadquarters, at(), &[]);
        let count = self.graph.nodes.len().to_string();
        let args = [("elasticity", ELASTICITY), ("count", count.as_str())];
        self.push(Kind::ImportPlaceholder, Place::file("tables/inputs.csv"), &args);
    }

    /// `[relate]`; shares are carried forward for as long as the data reach back.
    fn relate_text(&mut self, from: i16, to: i16, subtypes: Subtypes) -> String {
        let mut text = format!("\n[relate]\nsubtypes = \"{}\"\n", subtypes.id());
        if to - from > MAX_AGE {
            let (age, from, to) = ((to - from).to_string(), from.to_string(), to.to_string());
            text.push_str(&format!("max_age = {age}\n"));
            let args = [("age", age.as_str()), ("from", &from), ("to", &to)];
            self.push(Kind::ImportAged, Place::cell("provision.csv", 1, "year"), &args);
        }
        text
    }

    fn inputs_text(&self) -> String {
        let rows = self.graph.nodes.iter().map(|node| {
            let reference = format!(
                "{SOURCE}; input {}; elasticity {ELASTICITY} is a placeholder of the import, to be replaced",
                node.id
            );
            let cells = [
                node.id.as_str(),
                &node.name,
                &node.name,
                LAYER,
                node.kind_of.as_deref().unwrap_or_default(),
                "all",
                ELASTICITY,
                "",
                &reference,
            ];
            cells.map(str::to_owned).to_vec()
        });
        table(columns::INPUTS, rows)
    }

    fn requires_text(&self) -> String {
        let rows = self.graph.requires.iter().map(|(input, into)| {
            vec![input.clone(), into.clone(), String::new(), format!("{SOURCE}; sequence.csv")]
        });
        table(columns::REQUIRES, rows)
    }

    /// `supply.csv`: countries where any is named for an input, else firms.
    fn supply_text(
        &mut self,
        supply: &[Provision],
        providers: &BTreeMap<String, Provider>,
        actors: &mut Actors,
    ) -> String {
        let named = |row: &&Provision| !providers[&row.provider].is_unnamed();
        let by_country: BTreeSet<&str> = supply
            .iter()
            .filter(named)
            .filter(|row| providers[&row.provider].country)
            .map(|row| row.input.as_str())
            .collect();
        let counts =
            |row: &&Provision| providers[&row.provider].country == by_country.contains(row.input.as_str());
        let mut rows = Vec::new();
        let mut sums: BTreeMap<(&str, i16), f64> = BTreeMap::new();
        let mut firms: BTreeSet<&str> = BTreeSet::new();
        for row in supply.iter().filter(named).filter(counts) {
            let provider = &providers[&row.provider];
            if !provider.country {
                firms.insert(&row.input);
            }
            let id = self.actor(provider, actors);
            let (share, low, high) = match row.percent {
                Some(percent) => (share(percent), "", ""),
                None => (String::new(), "0", "1"),
            };
            *sums.entry((&row.input, row.year)).or_insert(0.0) += row.percent.unwrap_or(0.0);
            let source = if row.source.is_empty() { "provision.csv" } else { &row.source };
            rows.push(vec![
                id,
                row.input.clone(),
                row.year.to_string(),
                share,
                low.to_owned(),
                high.to_owned(),
                format!("{SOURCE}; {source}"),
            ]);
        }
        self.note_supply(supply, providers, &by_country);
        self.note_sums(&sums);
        if !firms.is_empty() {
            let inputs: Vec<String> = firms.iter().map(|id| (*id).to_owned()).collect();
            let at = Place::cell("provision.csv", 1, "provider_id");
            self.push(Kind::ImportFirmsOnly, at, &[("inputs", &some(&inputs))]);
        }
        table(columns::SUPPLY, rows.into_iter())
    }

    /// The id of a provider, whose actor is added.
    fn actor(&mut self, provider: &Provider, actors: &mut Actors) -> String {
        if !provider.country {
            let home = if COUNTRIES.contains_key(provider.home.as_str()) { &provider.home } else { "" };
            return actors.firm(&provider.name, home, &provider.aliases);
        }
        if provider.name == EUROPE {
            actors.known(UNION);
            actors.add(&[EUROPE, "Europe (unspecified)", "欧洲（未细分）", "bloc", UNION, "", ""]);
        } else {
            actors.state(&provider.name, &provider.name);
        }
        provider.name.clone()
    }

    /// Supply that names no one, and Europe as one.
    fn note_supply(
        &mut self,
        supply: &[Provision],
        providers: &BTreeMap<String, Provider>,
        by_country: &BTreeSet<&str>,
    ) {
        let unnamed: Vec<&Provision> = supply
            .iter()
            .filter(|row| {
                let provider = &providers[&row.provider];
                provider.is_unnamed() && provider.country == by_country.contains(row.input.as_str())
            })
            .collect();
        let at = || Place::cell("provision.csv", 1, "provider_id");
        if !unnamed.is_empty() {
            let inputs: BTreeSet<&str> = unnamed.iter().map(|row| row.input.as_str()).collect();
            let most: BTreeMap<&str, f64> = unnamed
                .iter()
                .filter_map(|row| Some((row.input.as_str(), row.percent?)))
                .filter(|(_, percent)| *percent >= MUCH)
                .collect();
            let most: Vec<String> = most.iter().map(|(id, percent)| format!("{id} {percent} %")).collect();
            let (rows, count) = (unnamed.len().to_string(), inputs.len().to_string());
            let most = if most.is_empty() { "-".to_owned() } else { some(&most) };
            let args = [("rows", rows.as_str()), ("count", &count), ("most", &most)];
            self.push(Kind::ImportUnnamed, at(), &args);
        }
        let europe: BTreeSet<&str> = supply
            .iter()
            .filter(|row| providers[&row.provider].name == EUROPE)
            .map(|row| row.input.as_str())
            .collect();
        if !europe.is_empty() {
            let inputs: Vec<String> = europe.iter().map(|id| (*id).to_owned()).collect();
            self.push(Kind::ImportEurope, at(), &[("inputs", &some(&inputs))]);
        }
    }

    /// Shares that sum to more than one, as rounded numbers do.
    fn note_sums(&mut self, sums: &BTreeMap<(&str, i16), f64>) {
        const WHOLE: f64 = 100.0 + 1e-6;
        let above: Vec<String> = sums
            .iter()
            .filter(|(_, sum)| **sum > WHOLE)
            .map(|((id, year), sum)| format!("{id} {year}: {} %", share(*sum * 100.0)))
            .collect();
        if !above.is_empty() {
            let count = above.len().to_string();
            let at = Place::cell("provision.csv", 1, "share_provided");
            self.push(Kind::ImportRounded, at, &[("count", &count), ("inputs", &some(&above))]);
        }
    }
}

/// Percent of an input that unnamed providers supply from which the input is told by name.
const MUCH: f64 = 10.0;

/// A percentage as a share, without the digits that a division adds.
fn share(percent: f64) -> String {
    ((percent * 1e6).round() / 1e8).to_string()
}
