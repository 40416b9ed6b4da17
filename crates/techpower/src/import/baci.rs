//! From BACI of CEPII (Gaulier and Zignago 2010, CEPII working paper 2010-23): reconciled trade flows by year, exporter, importer and
//! product of the Harmonized System, added up into `trade.csv`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, BufRead, BufReader, Read};
use std::str::FromStr;

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::STAGE;
use super::shared::{Actors, COUNTRIES, columns, complete, file_name, number, some, study_text, year};
use crate::diag::{Kind, Note, Notes, Place};
use crate::study::STUDY_FILE;
use crate::table::{Files, read_grid};

/// Columns of a file of flows: year, exporter, importer, product, value, quantity.
const FLOW: [&str; 6] = ["t", "i", "j", "k", "v", "q"];
/// Columns of the file of countries that are read.
const COUNTRY: [&str; 3] = ["country_code", "country_name", "country_iso3"];
/// Codes of BACI that are not those of ISO 3166-1, as in Comtrade: customs areas that differ from the country of that code, and Taiwan,
/// which the United Nations list as Asia not elsewhere specified.
const PECULIAR: [(u16, &str); 7] =
    [(251, "FRA"), (381, "ITA"), (TAIWAN, "TWN"), (579, "NOR"), (699, "IND"), (757, "CHE"), (842, "USA")];
const TAIWAN: u16 = 490;
/// Digits of a product code.
const DIGITS: usize = 6;
/// Product that all flows belong to if none is chosen.
const EVERYTHING: &str = "all";
const LICENCE: &str = "Etalab Open Licence 2.0";
const LOOK: usize = 1 << 18;

/// A product of the study: what of the Harmonized System it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Id of the product in `trade.csv`.
    pub name: String,
    /// Beginnings of the codes that belong to it, of two to six digits.
    pub prefixes: Vec<String>,
}

/// The text is neither `8542` nor `name=8542,848620`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no product: expected the beginning of a code of the Harmonized System, or name=code,code")]
pub struct NotAProduct(pub String);

impl FromStr for Product {
    type Err = NotAProduct;

    /// A product by the beginning of a code, or by a name and several beginnings.
    ///
    /// ```
    /// use techpower::import::Product;
    /// let chips: Product = "chips=8541,8542".parse().unwrap();
    /// assert_eq!((chips.name.as_str(), chips.prefixes.len()), ("chips", 2));
    /// assert!("chips".parse::<Product>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Product, NotAProduct> {
        let (name, prefixes) = text.split_once('=').unwrap_or((text, text));
        let prefixes: Vec<String> = prefixes.split(',').map(|prefix| prefix.trim().to_owned()).collect();
        let is_code = |prefix: &String| {
            (2..=DIGITS).contains(&prefix.len())
                && prefix.starts_with(|c: char| c.is_ascii_digit())
                && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let is_id = !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '|');
        if is_id && prefixes.iter().all(is_code) {
            return Ok(Product { name: name.to_owned(), prefixes });
        }
        Err(NotAProduct(text.to_owned()))
    }
}

/// What of BACI is imported.
#[derive(Debug, Clone, Copy)]
pub struct Baci<'a> {
    /// Paths of the files of flows.
    pub flows: &'a [String],
    /// Path of BACI's file of countries; without it, codes are read as those of ISO 3166-1 and the few that differ.
    pub countries: Option<&'a str>,
    /// Products; if there is none, everything is one product, `all`. A flow counts in every product that its code belongs to.
    pub products: &'a [Product],
    /// Years; if there is none, all years of the files.
    pub years: &'a [i16],
}

/// The files of a study that holds trade flows added up within products, by path: `trade.csv` with values in thousand current US dollars
/// and quantities in metric tons, as they are in BACI, the actors, and a bare `study.toml`. `None` if nothing was found.
///
/// A quantity is unknown if that of any flow in it is. Sums have six decimals at most. Flows from or to a code that is no country are
/// counted and left out. The files are read line by line: memory grows with the pairs of countries, not with the flows.
///
/// ```
/// use std::collections::BTreeMap;
/// use techpower::import::{Baci, baci};
/// let flows = "t,i,j,k,v,q\n2020,842,156,854231,10.5,0.2\n2020,842,156,854232,1.25,NA\n2020,490,156,010121,3,1\n";
/// let files = BTreeMap::from([("BACI_Y2020.csv".to_owned(), flows.to_owned())]);
/// let paths = ["BACI_Y2020.csv".to_owned()];
/// let products = ["8542".parse().unwrap()];
/// let options = Baci { flows: &paths, countries: None, products: &products, years: &[] };
/// let (study, _) = baci(&files, &options, "demo");
/// let trade = &study.unwrap()["tables/trade.csv"];
/// assert!(trade.contains("USA,CHN,8542,2020,11.75,,"));
/// assert!(!trade.contains("TWN"));
/// ```
#[must_use]
pub fn baci(files: &dyn Files, options: &Baci<'_>, id: &str) -> (Option<BTreeMap<String, String>>, Notes) {
    read(files, options, id, true)
}

/// As [`baci`], with or without the fast path for lines that are written as CEPII writes them.
fn read(
    files: &dyn Files,
    options: &Baci<'_>,
    id: &str,
    fast: bool,
) -> (Option<BTreeMap<String, String>>, Notes) {
    let mut notes = Notes::new();
    let Some(countries) = Countries::read(files, options.countries, &mut notes) else {
        return (None, notes);
    };
    let mut sums = Sums::new(options, countries);
    let mut seen = BTreeSet::new();
    for path in options.flows {
        if !seen.insert(path) {
            notes.push(Note::new(Kind::DuplicateRow, STAGE, Place::file(path)).with("key", path));
            continue;
        }
        sums.begin(path);
        if let Err(error) = read_flows(files, path, &mut sums, &mut notes, fast) {
            notes.push(Note::new(Kind::UnreadableFile, STAGE, Place::file(path)).because(error));
        }
        sums.end(&mut notes);
    }
    let made = sums.files(id, &mut notes);
    (made, notes)
}

/// Which actor a code of BACI stands for.
struct Countries {
    /// Ids and names of actors, in order.
    actors: Vec<(String, String)>,
    /// Place of the actor among them, by code.
    places: Vec<Option<u16>>,
    /// Names of codes that are no country.
    others: BTreeMap<u16, String>,
}

impl Countries {
    /// From BACI's own file, or from the list of ISO 3166-1.
    fn read(files: &dyn Files, path: Option<&str>, notes: &mut Notes) -> Option<Countries> {
        let mut others = BTreeMap::new();
        let listed: Vec<(u16, String, String)> = match path {
            None => {
                let iso = COUNTRIES.values().map(|country| (country.numeric, country.id));
                iso.chain(PECULIAR).map(|(code, id)| (code, id.to_owned(), String::new())).collect()
            }
            Some(path) => Countries::listed(files, path, &mut others, notes)?,
        };
        let names: BTreeMap<&str, &str> =
            listed.iter().map(|(_, id, name)| (id.as_str(), name.as_str())).collect();
        let ids: Vec<&str> = names.keys().copied().collect();
        let most = listed.iter().map(|(code, ..)| usize::from(*code)).max().unwrap_or(0);
        let mut places = vec![None; most + 1];
        for (code, id, _) in &listed {
            places[usize::from(*code)] =
                ids.binary_search(&id.as_str()).ok().and_then(|at| u16::try_from(at).ok());
        }
        let actors = names.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect();
        Some(Countries { actors, places, others })
    }

    /// Codes, ids and names of BACI's file of countries. Areas whose code in letters is no country's go to `others`.
    fn listed(
        files: &dyn Files,
        path: &str,
        others: &mut BTreeMap<u16, String>,
        notes: &mut Notes,
    ) -> Option<Vec<(u16, String, String)>> {
        let grid = read_grid(files, path, notes)?;
        if !complete(&grid, &COUNTRY, notes) {
            return None;
        }
        let mut listed = Vec::new();
        let mut seen = BTreeSet::new();
        for (row, line) in grid.rows.iter().zip(&grid.lines) {
            let at = Place::cell(path, *line, COUNTRY[0]);
            let (text, name) = (grid.cell(row, COUNTRY[0]), grid.cell(row, COUNTRY[1]));
            let Ok(code) = text.parse::<u16>() else {
                notes.push(Note::new(Kind::NotANumber, STAGE, at).with("text", text));
                continue;
            };
            if !seen.insert(code) {
                notes.push(Note::new(Kind::DuplicateRow, STAGE, at).with("key", code));
                continue;
            }
            let letters = grid.cell(row, COUNTRY[2]);
            let is_country = letters.len() == 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
            if is_country {
                listed.push((code, letters.to_owned(), name.to_owned()));
            } else if code == TAIWAN {
                listed.push((code, "TWN".to_owned(), String::new()));
            } else {
                others.insert(code, name.to_owned());
            }
        }
        Some(listed)
    }

    fn place(&self, code: u16) -> Option<u16> {
        self.places.get(usize::from(code)).copied().flatten()
    }
}

/// A line of a file of flows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Flow {
    year: i16,
    exporter: u16,
    importer: u16,
    product: [u8; DIGITS],
    /// Thousand current US dollars.
    value: f64,
    /// Metric tons; `None` if unknown.
    quantity: Option<f64>,
    /// Whether the product code had lost its leading zero.
    padded: bool,
}

/// Flows added up.
#[derive(Default)]
struct Sum {
    value: f64,
    quantity: f64,
    /// Flows whose quantity is unknown.
    unknown: u64,
}

impl Sum {
    fn add(&mut self, flow: &Flow) {
        self.value += flow.value;
        match flow.quantity {
            Some(quantity) => self.quantity += quantity,
            None => self.unknown += 1,
        }
    }
}

/// Product, year, exporter and importer of a sum, in the order of the table.
type Key = (u16, i16, u16, u16);

/// Everything that is added up over the files.
struct Sums<'a> {
    options: &'a Baci<'a>,
    countries: Countries,
    /// Sums in the order in which they were first met.
    sums: Vec<(Key, Sum)>,
    /// Places of sums; only asked, never gone through, since its order is no order.
    places: HashMap<Key, usize>,
    /// The last sum that was added to: flows between the same two countries often follow one another.
    last: Option<(Key, usize)>,
    /// Products of every code met before, and where a code's are.
    chosen: Vec<Vec<u16>>,
    codes: HashMap<[u8; DIGITS], usize>,
    /// Files of each year.
    years: BTreeMap<i16, BTreeSet<&'a str>>,
    /// Codes that are no country: rows, and the first line of each.
    strangers: BTreeMap<u16, (u64, u64)>,
    path: &'a str,
    /// Year of the last flow of this file.
    year: i16,
    padded: u64,
    unknown: u64,
    /// Whether Taiwan's code was met, in any file.
    taiwan: bool,
}

impl<'a> Sums<'a> {
    fn new(options: &'a Baci<'a>, countries: Countries) -> Sums<'a> {
        Sums {
            options,
            countries,
            sums: Vec::new(),
            places: HashMap::new(),
            last: None,
            // Without products, everything is the first one.
            chosen: if options.products.is_empty() { vec![vec![0]] } else { Vec::new() },
            codes: HashMap::new(),
            years: BTreeMap::new(),
            strangers: BTreeMap::new(),
            path: "",
            year: 0,
            padded: 0,
            unknown: 0,
            taiwan: false,
        }
    }

    fn begin(&mut self, path: &'a str) {
        self.path = path;
        self.strangers.clear();
        self.year = 0;
        self.padded = 0;
        self.unknown = 0;
    }

    /// Where the products are that a code belongs to.
    fn products_of(&mut self, code: [u8; DIGITS]) -> usize {
        if self.options.products.is_empty() {
            return 0;
        }
        if let Some(place) = self.codes.get(&code) {
            return *place;
        }
        let belongs = |product: &Product| {
            product.prefixes.iter().any(|prefix| code.starts_with(prefix.to_uppercase().as_bytes()))
        };
        let products = self.options.products.iter().enumerate().filter(|(_, product)| belongs(product));
        self.chosen.push(products.filter_map(|(at, _)| u16::try_from(at).ok()).collect());
        self.codes.insert(code, self.chosen.len() - 1);
        self.chosen.len() - 1
    }

    fn add(&mut self, flow: &Flow, line: u64) {
        if !self.options.years.is_empty() && !self.options.years.contains(&flow.year) {
            return;
        }
        self.padded += u64::from(flow.padded);
        let products = self.products_of(flow.product);
        if self.chosen[products].is_empty() {
            return;
        }
        let (exporter, importer) = (self.countries.place(flow.exporter), self.countries.place(flow.importer));
        let (Some(exporter), Some(importer)) = (exporter, importer) else {
            for (code, place) in [(flow.exporter, exporter), (flow.importer, importer)] {
                if place.is_none() {
                    self.strangers.entry(code).or_insert((0, line)).0 += 1;
                }
            }
            return;
        };
        self.taiwan |= flow.exporter == TAIWAN || flow.importer == TAIWAN;
        self.unknown += u64::from(flow.quantity.is_none());
        if flow.year != self.year {
            self.year = flow.year;
            self.years.entry(flow.year).or_default().insert(self.path);
        }
        for at in 0..self.chosen[products].len() {
            let product = self.chosen[products][at];
            self.sum((product, flow.year, exporter, importer)).add(flow);
        }
    }

    /// The sum of a key.
    fn sum(&mut self, key: Key) -> &mut Sum {
        let place = match self.last {
            Some((last, place)) if last == key => place,
            _ => {
                let sums = &mut self.sums;
                *self.places.entry(key).or_insert_with(|| {
                    sums.push((key, Sum::default()));
                    sums.len() - 1
                })
            }
        };
        self.last = Some((key, place));
        &mut self.sums[place].1
    }

    /// What there is to say of a file.
    fn end(&mut self, notes: &mut Notes) {
        for (code, (rows, line)) in &self.strangers {
            let name = self.countries.others.get(code);
            let code = name.map_or_else(|| code.to_string(), |name| format!("{code} {name}"));
            let note = Note::new(
                Kind::ImportUnknownCountry,
                STAGE,
                Place { row: Some(*line), ..Place::file(self.path) },
            );
            notes.push(note.with("code", code).with("rows", rows));
        }
        for (kind, count, column) in
            [(Kind::ImportPadded, self.padded, "k"), (Kind::ImportQuantityUnknown, self.unknown, "q")]
        {
            if count > 0 {
                let at = Place::cell(self.path, 1, column);
                notes.push(Note::new(kind, STAGE, at).with("rows", count));
            }
        }
    }

    fn product(&self, at: u16) -> &str {
        self.options.products.get(usize::from(at)).map_or(EVERYTHING, |product| &product.name)
    }

    /// The files of the study.
    fn files(&mut self, id: &str, notes: &mut Notes) -> Option<BTreeMap<String, String>> {
        self.sums.sort_unstable_by_key(|(key, _)| *key);
        self.places = HashMap::new();
        self.last = None;
        let table_path = "tables/trade.csv";
        for (year, files) in self.years.iter().filter(|(_, files)| files.len() > 1) {
            let names: Vec<String> = files.iter().map(|path| file_name(path).to_owned()).collect();
            let note = Note::new(Kind::ImportYearTwice, STAGE, Place::file(table_path));
            notes.push(note.with("year", year).with("files", some(&names)));
        }
        for (at, product) in self.options.products.iter().enumerate() {
            if !self.sums.iter().any(|((found, ..), _)| usize::from(*found) == at) {
                let note = Note::new(Kind::ImportProductEmpty, STAGE, Place::file(table_path));
                notes.push(note.with("product", &product.name).list("codes", &product.prefixes));
            }
        }
        let Some((from, to)) = self.years.keys().next().zip(self.years.keys().next_back()) else {
            notes.push(Note::new(Kind::ImportNothing, STAGE, Place::file(table_path)));
            return None;
        };
        if self.taiwan {
            notes.push(Note::new(Kind::ImportTaiwan, STAGE, Place::file(table_path)).with("code", TAIWAN));
        }
        let mut actors = Actors::new();
        let traders: BTreeSet<u16> =
            self.sums.iter().flat_map(|((_, _, exporter, importer), _)| [*exporter, *importer]).collect();
        for place in traders {
            let (id, name) = &self.countries.actors[usize::from(place)];
            actors.state(id, if name.is_empty() { id } else { name });
        }
        Some(BTreeMap::from([
            ("tables/actors.csv".to_owned(), actors.text()),
            (table_path.to_owned(), self.trade()),
            (STUDY_FILE.to_owned(), study_text(id, *from, *to, "")),
        ]))
    }

    /// `trade.csv`, which can have a million rows and more: no row is copied before it is written.
    fn trade(&self) -> String {
        let references: BTreeMap<i16, String> =
            self.years.iter().map(|(year, files)| (*year, reference(files))).collect();
        let id = |place: u16| self.countries.actors[usize::from(place)].0.as_str();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(columns::TRADE).expect("writing to memory");
        for ((product, year, exporter, importer), sum) in &self.sums {
            let quantity = if sum.unknown == 0 { decimals(sum.quantity) } else { String::new() };
            let cells = [
                id(*exporter),
                id(*importer),
                self.product(*product),
                &year.to_string(),
                &decimals(sum.value),
                &quantity,
                &references[year],
            ];
            writer.write_record(cells).expect("writing to memory");
        }
        String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
    }
}

/// What the rows of a year refer to.
fn reference(files: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = files.iter().map(|path| file_name(path)).collect();
    let names = names.join(" and ");
    format!("CEPII, BACI ({LICENCE}), {names}; value in thousand current USD, quantity in metric tons")
}

/// A sum without the digits that adding binary fractions leaves.
fn decimals(sum: f64) -> String {
    const MOST: f64 = 9e9;
    if sum.abs() < MOST { ((sum * 1e6).round() / 1e6).to_string() } else { sum.to_string() }
}

/// Where the columns of a file stand, and what is between them.
struct Layout {
    delimiter: u8,
    /// Places of the columns of [`FLOW`].
    places: [usize; FLOW.len()],
    /// Number of columns.
    width: usize,
}

/// Reads a file of flows line by line.
fn read_flows(
    files: &dyn Files,
    path: &str,
    sums: &mut Sums<'_>,
    notes: &mut Notes,
    fast: bool,
) -> io::Result<()> {
    let Some(file) = files.open(path)? else {
        notes.push(Note::new(Kind::NoFile, STAGE, Place::file(path)));
        return Ok(());
    };
    let mut source = BufReader::with_capacity(LOOK, file);
    let head = source.fill_buf()?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0x1f, 0x8b]) {
        notes.push(Note::new(Kind::ImportArchive, STAGE, Place::file(path)));
        return Ok(());
    }
    let utf16 = Encoding::for_bom(head).filter(|(encoding, _)| *encoding != encoding_rs::UTF_8);
    let mut source: Box<dyn BufRead + '_> = match utf16 {
        Some(_) => {
            let decoded: Box<dyn Read + '_> = Box::new(DecodeReaderBytesBuilder::new().build(source));
            Box::new(BufReader::with_capacity(LOOK, decoded))
        }
        None => Box::new(source),
    };
    let mut line = Vec::new();
    source.read_until(b'\n', &mut line)?;
    let Some(layout) = layout(&line, path, notes) else { return Ok(()) };
    let mut at = 1;
    loop {
        line.clear();
        if source.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        at += 1;
        let quick = if fast { quick_flow(&line, &layout) } else { None };
        if let Some(flow) = quick {
            sums.add(&flow, at);
        } else if !line.trim_ascii().is_empty() {
            match careful_flow(&line, &layout) {
                Ok(flow) => sums.add(&flow, at),
                Err(mut note) => {
                    note.at = Place { file: path.to_owned(), row: Some(at), ..note.at };
                    notes.push(*note);
                }
            }
        }
    }
}

/// Reads the header line.
fn layout(line: &[u8], path: &str, notes: &mut Notes) -> Option<Layout> {
    let text = String::from_utf8_lossy(line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)).to_lowercase();
    if text.trim().is_empty() {
        notes.push(Note::new(Kind::EmptyFile, STAGE, Place::file(path)));
        return None;
    }
    let delimiter =
        [b'\t', b';', b','].into_iter().max_by_key(|c| text.bytes().filter(|b| b == c).count())?;
    let header: Vec<&str> =
        text.split(char::from(delimiter)).map(|name| name.trim().trim_matches('"')).collect();
    let mut places = [0; FLOW.len()];
    let mut complete = true;
    for (place, column) in places.iter_mut().zip(FLOW) {
        match header.iter().position(|name| *name == column) {
            Some(at) => *place = at,
            None => {
                complete = false;
                let note = Note::new(Kind::MissingColumn, STAGE, Place::cell(path, 1, column));
                notes.push(note.with("column", column));
            }
        }
    }
    complete.then_some(Layout { delimiter, places, width: header.len() })
}

/// Columns that the fast path can hold.
const WIDEST: usize = 16;

/// A flow from a line in which every cell is written plainly; `None` leaves the line to [`careful_flow`], which reads whatever this one
/// reads, to the same numbers.
fn quick_flow(line: &[u8], layout: &Layout) -> Option<Flow> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut cells: [&[u8]; WIDEST] = [&[]; WIDEST];
    let mut count = 0;
    let mut start = 0;
    for (at, byte) in line.iter().enumerate() {
        if *byte == b'"' {
            return None;
        }
        if *byte == layout.delimiter {
            *cells.get_mut(count)? = &line[start..at];
            count += 1;
            start = at + 1;
        }
    }
    *cells.get_mut(count)? = &line[start..];
    if count + 1 != layout.width {
        return None;
    }
    let cell = |at: usize| cells[layout.places[at]];
    let year = i16::try_from(digits(cell(0))?).ok().filter(|year| (1000..3000).contains(year))?;
    let product = <[u8; DIGITS]>::try_from(cell(3)).ok()?;
    let plain = product.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let quantity = match cell(5).trim_ascii() {
        b"" | b"NA" => None,
        text => Some(plain_number(text)?),
    };
    plain.then_some(Flow {
        year,
        exporter: digits(cell(1))?,
        importer: digits(cell(2))?,
        product,
        value: plain_number(cell(4))?,
        quantity,
        padded: false,
    })
}

/// A whole number of one to four digits.
fn digits(cell: &[u8]) -> Option<u16> {
    if cell.is_empty() || cell.len() > 4 || !cell.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(cell.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0')))
}

/// A number of digits and at most one point.
fn plain_number(cell: &[u8]) -> Option<f64> {
    let plain = cell.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if !plain {
        return None;
    }
    std::str::from_utf8(cell).ok()?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A flow from a line as the reader of CSV understands it, or a note that says what is wrong with it.
fn careful_flow(line: &[u8], layout: &Layout) -> Result<Flow, Box<Note>> {
    let wrong = |kind: Kind, column: &str, text: &str| {
        let at = if column.is_empty() { Place::default() } else { Place::cell("", 0, column) };
        Box::new(Note::new(kind, STAGE, at).with("text", text))
    };
    let text = String::from_utf8_lossy(line);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(layout.delimiter)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let read = reader.read_record(&mut record);
    if !matches!(read, Ok(true)) || record.len() != layout.width {
        let note = Note::new(Kind::RaggedRow, STAGE, Place::default());
        return Err(Box::new(note.with("found", record.len()).with("expected", layout.width)));
    }
    let cell = |at: usize| record[layout.places[at]].trim();
    let amount = |at: usize| -> Result<Option<f64>, Box<Note>> {
        let text = cell(at);
        if matches!(text, "" | "NA" | "NaN" | "na") {
            return Ok(None);
        }
        match number(text) {
            Ok(amount) if amount >= 0.0 => Ok(Some(amount)),
            Ok(_) => {
                let note = wrong(Kind::OutOfRange, FLOW[at], text);
                Err(Box::new(note.with("min", 0).with("max", "∞")))
            }
            Err(kind) => Err(wrong(kind, FLOW[at], text)),
        }
    };
    let code = |at: usize| -> Result<u16, Box<Note>> {
        let text = cell(at);
        let whole = text.strip_suffix(".0").unwrap_or(text);
        if whole.len() <= 4 && whole.bytes().all(|byte| byte.is_ascii_digit()) && !whole.is_empty() {
            return whole.parse().map_err(|_| wrong(Kind::NotANumber, FLOW[at], text));
        }
        let kind = if text.is_empty() { Kind::MissingValue } else { Kind::NotANumber };
        Err(wrong(kind, FLOW[at], text))
    };
    let year = year(cell(0)).ok_or_else(|| wrong(Kind::BadYear, FLOW[0], cell(0)))?;
    let (exporter, importer) = (code(1)?, code(2)?);
    let (product, padded) =
        product_code(cell(3)).ok_or_else(|| wrong(Kind::ImportBadProduct, FLOW[3], cell(3)))?;
    let value = amount(4)?.ok_or_else(|| wrong(Kind::MissingValue, FLOW[4], cell(4)))?;
    let quantity = amount(5)?;
    Ok(Flow { year, exporter, importer, product, value, quantity, padded })
}

/// A code of six digits or capitals; programs that take codes for numbers leave out the leading zero of those that have one.
fn product_code(text: &str) -> Option<([u8; DIGITS], bool)> {
    let text = text.to_uppercase();
    let is_code = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match text.len() {
        DIGITS if is_code => Some((text.as_bytes().try_into().ok()?, false)),
        length if length + 1 == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((format!("0{text}").as_bytes().try_into().ok()?, true))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(text: &str, fast: bool) -> (Option<BTreeMap<String, String>>, Notes) {
        let files = BTreeMap::from([("b.csv".to_owned(), text.as_bytes().to_vec())]);
        let flows = ["b.csv".to_owned()];
        let products = [
            "85".parse().expect("a product"),
            "chips=854231,8542".parse().expect("a product"),
            "01".parse().expect("a product"),
        ];
        let options = Baci { flows: &flows, countries: None, products: &products, years: &[] };
        read(&files, &options, "s", fast)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

        /// The fast path is never seen in what comes out: same tables, same notes, whatever the lines are like.
        #[test]
        fn the_fast_path_gives_what_the_careful_reader_gives(
            rows in proptest::collection::vec(
                (
                    "(2019|2020| 2020|2020\\.0|20x0|99)",
                    "(842|156|490|251|4|004|999|5000|x||\"842\")",
                    "(156|392| 528|276|757|0)",
                    "(854231|854232|\"854233\"|850110|010121|10121|9999AA|9999aa|1|)",
                    "(1|0\\.001|12\\.5|3\\.3333333|1e3|-1|NA||\\.|5\\.|NaN|inf|\" 7\"|99999999999\\.123)",
                    "(1|0\\.25|NA|           NA||x|\\.5|1e-3)",
                ),
                0..30,
            ),
            end in "(\n|\r\n)",
        ) {
            let mut text = format!("t,i,j,k,v,q{end}");
            for (t, i, j, k, v, q) in rows {
                text.push_str(&format!("{t},{i},{j},{k},{v},{q}{end}"));
            }
            prop_assert_eq!(sample(&text, true), sample(&text, false));
        }

        /// Nor does any line make it panic.
        #[test]
        fn no_line_breaks_the_reader(lines in proptest::collection::vec("[-0-9NA.,;\"\t\r ]{0,24}", 0..20)) {
            let text = format!("t,i,j,k,v,q\n{}", lines.join("\n"));
            prop_assert_eq!(sample(&text, true), sample(&text, false));
        }
    }
}
