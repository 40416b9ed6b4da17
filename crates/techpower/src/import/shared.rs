//! What several imports write alike: actors, tables as texts, a bare `study.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use super::STAGE;
use crate::codebook::{ActorKind, Codebook};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::schema;
use crate::table::Grid;

/// Columns of the tables that imports write, in file order.
pub(super) mod columns {
    pub(in crate::import) const ACTORS: &[&str] =
        &["actor", "name_en", "name_zh", "kind", "part_of", "home", "aliases"];
    pub(in crate::import) const INPUTS: &[&str] =
        &["input", "name_en", "name_zh", "layer", "kind_of", "needs", "elasticity", "stock", "reference"];
    pub(in crate::import) const REQUIRES: &[&str] = &["input", "goes_into", "cost_share", "reference"];
    pub(in crate::import) const SUPPLY: &[&str] =
        &["provider", "input", "year", "share", "low", "high", "reference"];
    pub(in crate::import) const TRADE: &[&str] =
        &["exporter", "importer", "product", "year", "value", "quantity", "reference"];
    pub(in crate::import) const TRANSACTIONS: &[&str] =
        &["seller", "seller_sector", "buyer", "buyer_sector", "year", "value", "reference"];
    pub(in crate::import) const INDICATORS: &[&str] = &[
        "actor",
        "indicator",
        "year",
        "value",
        "unit",
        "low",
        "high",
        "vintage",
        "reference",
        "missing",
        "reason",
    ];
}

/// A country of ISO 3166-1.
#[derive(Debug)]
pub(super) struct Country {
    /// Numeric code.
    pub(super) numeric: u16,
    /// Alpha-3 code, the id of the actor.
    pub(super) id: &'static str,
    name_en: &'static str,
    name_zh: &'static str,
}

/// Countries by alpha-3 code: codes of ISO 3166-1, names as the builtin codebook has them, else short names of Unicode CLDR.
pub(super) static COUNTRIES: LazyLock<BTreeMap<&'static str, Country>> = LazyLock::new(|| {
    let rows = include_str!("countries.csv").lines().skip(1);
    let countries = rows.filter_map(|row| {
        let mut cells = row.split(',');
        let mut cell = || cells.next();
        let (numeric, id) = (cell()?.parse().ok()?, cell()?);
        Some((id, Country { numeric, id, name_en: cell()?, name_zh: cell()? }))
    });
    countries.collect()
});

/// The actors of a study in the making, by id.
pub(super) struct Actors {
    rows: BTreeMap<String, Vec<String>>,
    codebook: Codebook,
}

impl Actors {
    pub(super) fn new() -> Actors {
        Actors { rows: BTreeMap::new(), codebook: Codebook::builtin().0 }
    }

    /// Adds a state by its alpha-3 code, and the bloc it belongs to; `name` is used if no list knows the code.
    pub(super) fn state(&mut self, id: &str, name: &str) {
        if self.rows.contains_key(id) {
            return;
        }
        if self.codebook.actors.contains_key(id) {
            self.known(id);
            return;
        }
        let (en, zh) = COUNTRIES.get(id).map_or((name, name), |country| (country.name_en, country.name_zh));
        self.add(&[id, en, zh, ActorKind::State.id(), "", "", ""]);
    }

    /// Adds an actor of the builtin codebook with its bloc and home, without the names it goes by in texts.
    pub(super) fn known(&mut self, id: &str) {
        let Some(actor) = self.codebook.actors.get(id).cloned() else { return };
        let (part_of, home) = (actor.part_of.unwrap_or_default(), actor.home.unwrap_or_default());
        self.add(&[id, &actor.name_en, &actor.name_zh, actor.kind.id(), &part_of, &home, ""]);
        for other in [part_of, home].iter().filter(|other| !other.is_empty()) {
            if !self.rows.contains_key(other) {
                self.known(other);
            }
        }
    }

    /// Adds a firm by its name and home (empty if unknown) and returns its id: that of the builtin codebook if it knows a firm of the name.
    pub(super) fn firm(&mut self, name: &str, home: &str, aliases: &[String]) -> String {
        let known = self.codebook.actors.values().find(|actor| {
            actor.kind == ActorKind::Firm
                && actor.name_en.eq_ignore_ascii_case(name)
                && (home.is_empty() || actor.home.as_deref() == Some(home))
        });
        if let Some(id) = known.map(|actor| actor.id.clone()) {
            self.known(&id);
            return id;
        }
        let id = format!("firm:{}", slug(name));
        self.add(&[&id, name, name, ActorKind::Firm.id(), "", home, &aliases.join("|")]);
        if !home.is_empty() {
            self.state(home, home);
        }
        id
    }

    /// Adds a row of `actors.csv`, unless the actor is there.
    pub(super) fn add(&mut self, cells: &[&str]) {
        let row = cells.iter().map(|cell| (*cell).to_owned()).collect();
        self.rows.entry(cells[0].to_owned()).or_insert(row);
    }

    /// `actors.csv`.
    pub(super) fn text(self) -> String {
        table(columns::ACTORS, self.rows.into_values())
    }
}

/// An `actors.csv` that is there with the actors of another at its end that it lacks; `None` if it has no header with the columns that every actor needs.
/// What is there stays as it is, comments and columns of its own included.
///
/// ```
/// use techpower::import::add_actors;
/// let there = "# mine\nactor;name_en;name_zh;kind;region\nUSA;America;美国;state;west\n";
/// let new = "actor,name_en,name_zh,kind,part_of,home,aliases\nCHN,China,中国,state,,,\nUSA,United States,美国,state,,,\n";
/// let both = add_actors(there, new).unwrap();
/// assert_eq!(both, format!("{there}CHN;China;中国;state;\n"));
/// ```
#[must_use]
pub fn add_actors(there: &str, new: &str) -> Option<String> {
    let first = there.trim_start_matches('\u{feff}').lines().find(|line| !line.starts_with('#'))?;
    let delimiter =
        [b'\t', b';', b','].into_iter().max_by_key(|c| first.bytes().filter(|b| b == c).count())?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .flexible(true)
        .from_reader(there.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader.headers().ok()?.iter().map(|name| name.trim().to_owned()).collect();
    let needed = schema::ACTORS.columns.iter().filter(|column| column.required);
    if needed.clone().any(|column| !header.iter().any(|name| name == column.name)) {
        return None;
    }
    let own = header.iter().position(|name| name == columns::ACTORS[0])?;
    let known: BTreeSet<String> =
        reader.records().flatten().filter_map(|row| row.get(own).map(|id| id.trim().to_owned())).collect();
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let mut added = csv::Reader::from_reader(new.as_bytes());
    let names = added.headers().ok()?.clone();
    for row in added.records().flatten().filter(|row| row.get(0).is_some_and(|id| !known.contains(id))) {
        let cell = |column: &String| names.iter().position(|name| name == column).and_then(|at| row.get(at));
        writer.write_record(header.iter().map(|column| cell(column).unwrap_or_default())).ok()?;
    }
    let rows = String::from_utf8(writer.into_inner().ok()?).ok()?;
    let between = if there.ends_with('\n') { "" } else { "\n" };
    Some(format!("{there}{between}{rows}"))
}

/// A name as part of an id: small letters and digits, everything else a hyphen.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A table as CSV text.
pub(super) fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("writing to memory");
    for row in rows {
        writer.write_record(&row).expect("writing to memory");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
}

/// A `study.toml` with the least there must be, and what else an import says.
pub(super) fn study_text(id: &str, from: i16, to: i16, more: &str) -> String {
    let mut out = String::from("[study]\nformat = 1\n");
    let id = serde_json::Value::from(id);
    let _ = writeln!(out, "id = {id}\ncodebook = \"builtin\"\nfrom = {from}\nto = {to}\nheadline = {to}");
    out.push_str(more);
    out
}

/// Whether a grid has all of some columns; notes those it lacks.
pub(super) fn complete(grid: &Grid, columns: &[&str], notes: &mut Notes) -> bool {
    let mut complete = true;
    for column in columns.iter().filter(|column| grid.position(column).is_none()) {
        complete = false;
        let strangers = grid.header.iter().map(String::as_str).filter(|name| !columns.contains(name));
        notes.push(
            Note::new(Kind::MissingColumn, STAGE, Place::cell(&grid.path, 1, column))
                .with("column", column)
                .near(column, strangers),
        );
    }
    complete
}

/// A finite number, or the kind of note that says why it is none.
pub(super) fn number(text: &str) -> Result<f64, Kind> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(Kind::NotFinite),
        Err(_) => Err(Kind::NotANumber),
    }
}

/// A year from 1000 to 2999, also as other programs write it: `2022.0`.
pub(super) fn year(text: &str) -> Option<i16> {
    let text = text.trim();
    let year = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
    (1000..3000).contains(&year).then_some(year)
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A few of many words, and how many more there are.
pub(super) fn some(words: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = words.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match words.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{shown}, ... (+{more})"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_every_column_of_their_schema() {
        for (table, written) in [
            (&schema::ACTORS, columns::ACTORS),
            (&schema::INPUTS, columns::INPUTS),
            (&schema::REQUIRES, columns::REQUIRES),
            (&schema::SUPPLY, columns::SUPPLY),
            (&schema::INDICATORS, columns::INDICATORS),
        ] {
            for column in table.columns {
                assert!(written.contains(&column.name), "{}: {}", table.name, column.name);
            }
        }
    }

    /// Codes against ISO 3166-1 as the United Nations list them (M49), one of each kind of trap.
    #[test]
    fn countries_have_their_codes() {
        for (numeric, id) in
            [(156, "CHN"), (840, "USA"), (4, "AFG"), (158, "TWN"), (728, "SSD"), (250, "FRA")]
        {
            assert_eq!(COUNTRIES[id].numeric, numeric);
        }
        assert_eq!(COUNTRIES.len(), 249);
        assert!(
            COUNTRIES.values().all(|c| c.id.len() == 3 && !c.name_en.is_empty() && !c.name_zh.is_empty())
        );
    }

    #[test]
    fn countries_are_named_as_in_the_codebook() {
        for actor in Codebook::builtin().0.actors.values().filter(|a| a.kind == ActorKind::State) {
            // ISO 3166-1 leaves codes that begin with X to users; it has no country for them.
            if actor.id.starts_with('X') {
                continue;
            }
            let country = &COUNTRIES[actor.id.as_str()];
            assert_eq!((country.name_en, country.name_zh), (actor.name_en.as_str(), actor.name_zh.as_str()));
        }
    }

    #[test]
    fn members_bring_their_bloc_and_firms_their_home() {
        let mut actors = Actors::new();
        actors.state("DEU", "");
        let id = actors.firm("Some Tools, Ltd.", "JPN", &["Tools".to_owned()]);
        assert_eq!(id, "firm:some-tools-ltd");
        assert_eq!(actors.firm("sk hynix", "KOR", &[]), "firm:sk-hynix");
        let text = actors.text();
        assert!(text.contains("DEU,Germany,德国,state,EU27,,\n"), "{text}");
        assert!(text.contains("EU27,European Union,欧盟,bloc,,,\n"), "{text}");
        assert!(
            text.contains("firm:some-tools-ltd,\"Some Tools, Ltd.\",\"Some Tools, Ltd.\",firm,,JPN,Tools\n")
        );
        assert!(
            text.contains("JPN,Japan,日本,state") && text.contains("KOR,South Korea,韩国,state"),
            "{text}"
        );
    }
}
