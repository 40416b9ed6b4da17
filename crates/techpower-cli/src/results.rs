//! The database of results: every table with its provenance, and the queries on it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, params_from_iter};
use techpower::claims::{Answer, Query, Value};
use techpower::diag::Lang;
use techpower::package::{Cell, Output};
use techpower::study::Study;
use techpower::table::{Table, Type};

use crate::words::say;

/// An open database.
pub(crate) struct Results {
    connection: Connection,
    /// The year up to which dated rows are seen, if not all are.
    year: Option<Arc<AtomicI16>>,
}

impl Results {
    /// Makes a new database.
    pub(crate) fn create(path: &Path) -> rusqlite::Result<Results> {
        let connection = Connection::open(path)?;
        // The file is only ever put in place when whole, so it needs no journal.
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")?;
        Ok(Results { connection, year: None })
    }

    /// Opens a database that must not be changed.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Results> {
        Results::kept(Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
    }

    /// Opens the content of a database, which stays as it is whatever becomes of its file.
    pub(crate) fn of(content: &'static [u8]) -> rusqlite::Result<Results> {
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_bytes(MAIN_DB, content)?;
        Results::kept(connection)
    }

    /// No file is made beside the database. This is said once, before anything else: where it is changed, views that stand for a time are lost.
    fn kept(connection: Connection) -> rusqlite::Result<Results> {
        connection.execute_batch("PRAGMA temp_store = MEMORY;")?;
        Ok(Results { connection, year: None })
    }

    /// Adds output tables.
    pub(crate) fn add(&mut self, tables: &[Output]) -> rusqlite::Result<()> {
        for table in tables {
            let rows = table.rows.iter().map(|row| row.iter().map(stored).collect());
            self.table(table.schema.name, &columns(table.schema), rows)?;
        }
        Ok(())
    }

    /// Adds the tables of the study itself, so that queries can join results with what they rest on.
    pub(crate) fn add_study(&mut self, study: &Study) -> rusqlite::Result<()> {
        for schema in techpower::study::schema::TABLES {
            let rows = techpower::study::rows(study, schema).map(|row| {
                let cells = row.into_iter().zip(schema.columns);
                cells.map(|(text, column)| stored_text(text, column.kind)).collect()
            });
            self.table(schema.name, &columns(schema), rows)?;
        }
        Ok(())
    }

    /// Adds where the results come from.
    pub(crate) fn add_provenance(&mut self, provenance: &[(&str, String)]) -> rusqlite::Result<()> {
        let rows = provenance.iter().map(|(key, value)| {
            vec![rusqlite::types::Value::Text((*key).to_owned()), rusqlite::types::Value::Text(value.clone())]
        });
        self.table("provenance", &[("key".to_owned(), "TEXT"), ("value".to_owned(), "TEXT")], rows)
    }

    fn table(
        &mut self,
        name: &str,
        columns: &[(String, &str)],
        rows: impl Iterator<Item = Vec<rusqlite::types::Value>>,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let list: Vec<String> = columns.iter().map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
        transaction.execute_batch(&format!("CREATE TABLE \"{name}\" ({})", list.join(", ")))?;
        {
            let marks = vec!["?"; columns.len()].join(", ");
            let mut insert = transaction.prepare(&format!("INSERT INTO \"{name}\" VALUES ({marks})"))?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()
    }

    /// The database as queries see it: nothing can be changed, attached or written through it, whatever the SQL says.
    pub(crate) fn reader(&mut self) -> rusqlite::Result<Reader<'_>> {
        self.guarded(&[])
    }

    /// A reader that may not call some functions.
    fn guarded(&mut self, denied: &'static [&'static str]) -> rusqlite::Result<Reader<'_>> {
        self.connection.authorizer(Some(move |context: AuthContext<'_>| match context.action {
            AuthAction::Function { function_name }
                if denied.iter().any(|name| name.eq_ignore_ascii_case(function_name)) =>
            {
                Authorization::Deny
            }
            AuthAction::Select
            | AuthAction::Read { .. }
            | AuthAction::Function { .. }
            | AuthAction::Recursive => Authorization::Allow,
            _ => Authorization::Deny,
        }))?;
        let year = self.year.clone();
        Ok(Reader { connection: &mut self.connection, year, rows: usize::MAX, answer: usize::MAX })
    }

    /// The database as claims see it: their answers must be the same always, so that they can read neither the clock nor random
    /// numbers, and a query that takes too long or too much is given up. Of dated tables they see what is dated up to the year that is asked about.
    pub(crate) fn court(&mut self) -> rusqlite::Result<Court<'_>> {
        let year = self.as_of(0)?;
        without_clock(&self.connection)?;
        let steps = Arc::new(AtomicU32::new(0));
        let taken = Arc::clone(&steps);
        self.connection
            .progress_handler(STEP, Some(move || taken.fetch_add(1, Ordering::Relaxed) >= MOST_STEPS))?;
        let mut reader = self.guarded(&FICKLE)?;
        (reader.rows, reader.answer) = (MOST_ROWS, MOST_BYTES);
        Ok(Court { reader, steps, year })
    }

    /// From here on queries see of dated tables no row later than a year, and of draws, which stand for a year each, only those of the year: views
    /// stand in the place of the tables. `:year` in a query is the year.
    pub(crate) fn as_of(&mut self, year: i16) -> rusqlite::Result<Arc<AtomicI16>> {
        let year = Arc::new(AtomicI16::new(year));
        let asked = Arc::clone(&year);
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        self.connection
            .create_scalar_function("year_asked", 0, flags, move |_| Ok(asked.load(Ordering::Relaxed)))?;
        let mut statement = self.connection.prepare(
            "SELECT t.name, c.name FROM main.sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name IN ('year', 'date') ORDER BY t.name, c.name",
        )?;
        let dated = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let dated: Vec<(String, String)> = dated.collect::<rusqlite::Result<_>>()?;
        for (table, column) in dated {
            let shown = match column.as_str() {
                // The year is what a date begins with.
                "date" => "date IS NULL OR CAST(date AS INTEGER) <= year_asked()",
                _ if table.ends_with("_draws") => "year = year_asked()",
                _ => "year IS NULL OR year <= year_asked()",
            };
            self.connection.execute_batch(&format!(
                "CREATE TEMP VIEW IF NOT EXISTS \"{table}\" AS SELECT * FROM main.\"{table}\" WHERE {shown}"
            ))?;
        }
        self.year = Some(Arc::clone(&year));
        Ok(year)
    }
}

/// What a query of somebody who waits may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) time: Duration,
    pub(crate) rows: usize,
    /// Bytes of the answer.
    pub(crate) answer: usize,
    /// Bytes of one value.
    pub(crate) value: i32,
    /// Bytes that the database may hold in memory.
    pub(crate) memory: u32,
}

impl Results {
    /// The database as somebody sees it who waits for the answer: it can only be read, within limits.
    pub(crate) fn limited(&mut self, limits: Limits) -> rusqlite::Result<Reader<'_>> {
        self.connection.execute_batch(&format!("PRAGMA hard_heap_limit = {};", limits.memory))?;
        self.connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, limits.value)?;
        let begun = Instant::now();
        self.connection.progress_handler(OFTEN, Some(move || begun.elapsed() > limits.time))?;
        let mut reader = self.reader()?;
        (reader.rows, reader.answer) = (limits.rows, limits.answer);
        Ok(reader)
    }
}

/// Steps of the virtual machine between two looks at the clock.
const OFTEN: i32 = 1_000;
/// Steps of the virtual machine after which a claim's query is given up, in units of [`STEP`].
const MOST_STEPS: u32 = 5_000;
/// Steps of the virtual machine between two looks at the limit.
const STEP: i32 = 100_000;
/// Rows after which a claim's query is given up.
const MOST_ROWS: usize = 1_000_000;
/// Bytes of its answer after which a claim's query is given up.
const MOST_BYTES: usize = 1 << 30;
/// Functions that a claim must not call, as they would answer otherwise next time or elsewhere, or fill the memory.
const FICKLE: [&str; 14] = [
    "random",
    "randomblob",
    "current_date",
    "current_time",
    "current_timestamp",
    "changes",
    "total_changes",
    "last_insert_rowid",
    "sqlite_version",
    "sqlite_source_id",
    "sqlite_compileoption_get",
    "sqlite_compileoption_used",
    "zeroblob",
    "load_extension",
];
/// Functions of dates, with how many arguments come before the date; without a date they read the clock.
const DATES: [(&str, usize); 7] = [
    ("date", 0),
    ("time", 0),
    ("datetime", 0),
    ("julianday", 0),
    ("unixepoch", 0),
    ("timediff", 0),
    ("strftime", 1),
];
/// Arguments of functions of dates with which they read the clock, or the time zone, of the machine.
const OF_THE_MACHINE: [&str; 5] = ["now", "subsec", "subsecond", "localtime", "utc"];

/// Lets functions of dates answer of the dates that they are told, and of nothing else.
fn without_clock(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for (name, before) in DATES {
        // The function of this connection takes the place of SQLite's own, which another connection still has.
        let own = Connection::open_in_memory()?;
        connection.create_scalar_function(name, -1, flags, move |context| {
            let given = (0..context.len()).map(|at| context.get(at));
            let given: Vec<rusqlite::types::Value> = given.collect::<rusqlite::Result<_>>()?;
            let word = given.iter().find_map(of_the_machine);
            if word.is_some() || given.len() <= before {
                let with = word.map_or("without a date".to_owned(), |word| format!("with `{word}`"));
                return Err(rusqlite::Error::UserFunctionError(
                    format!("`{name}` {with} is not for claims: their answers must be the same always")
                        .into(),
                ));
            }
            let marks = vec!["?"; given.len()].join(", ");
            let sql = format!("SELECT {name}({marks})");
            own.query_row(&sql, params_from_iter(given), |row| row.get::<_, rusqlite::types::Value>(0))
        })?;
    }
    Ok(())
}

/// The word by which an argument asks for the clock or the time zone of the machine.
fn of_the_machine(argument: &rusqlite::types::Value) -> Option<&'static str> {
    let bytes = match argument {
        rusqlite::types::Value::Text(text) => text.as_bytes(),
        rusqlite::types::Value::Blob(bytes) => bytes,
        _ => return None,
    };
    // SQLite reads a text up to its first zero.
    let read = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    OF_THE_MACHINE.into_iter().find(|word| read.eq_ignore_ascii_case(word.as_bytes()))
}

/// The parameter of queries that is the year which is asked about.
const YEAR: &str = ":year";

/// A database that answers queries and nothing else.
pub(crate) struct Reader<'a> {
    connection: &'a mut Connection,
    year: Option<Arc<AtomicI16>>,
    /// Rows of an answer at most.
    rows: usize,
    /// Bytes of an answer at most.
    answer: usize,
}

/// The answer to a query.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Names of the columns, no two of them the same.
    pub(crate) columns: Vec<String>,
    /// Those among them that had the name of a column before.
    pub(crate) renamed: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Whether there is more than an answer may hold.
    pub(crate) more: bool,
}

/// Why a query has no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// What the database says.
    Database(rusqlite::Error),
    /// It took longer than it may.
    TooLong,
    /// A parameter that nothing stands for.
    Parameter(String),
    /// `:year` where no year is asked about.
    NoYear,
}

impl From<rusqlite::Error> for Unanswered {
    fn from(error: rusqlite::Error) -> Unanswered {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Unanswered::TooLong,
            _ => Unanswered::Database(error),
        }
    }
}

impl Unanswered {
    /// The reason in words.
    pub(crate) fn told(&self, lang: Lang) -> String {
        match self {
            Unanswered::Database(error) => error.to_string(),
            Unanswered::TooLong => say(lang, "query_too_long", &[]),
            Unanswered::Parameter(name) => say(lang, "query_parameter", &[("name", name)]),
            Unanswered::NoYear => say(lang, "query_no_year", &[]),
        }
    }
}

impl Reader<'_> {
    /// Answers a query, keeping the kinds of values.
    pub(crate) fn ask(&self, sql: &str) -> Result<Found, Unanswered> {
        let mut statement = self.connection.prepare(sql)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let (columns, renamed) = told_apart(names);
        // Unbound, a parameter would be unknown, and the answer empty or wrong without a word.
        for parameter in 1..=statement.parameter_count() {
            match statement.parameter_name(parameter) {
                Some(YEAR) => {
                    let year = self.year.as_ref().ok_or(Unanswered::NoYear)?;
                    statement.raw_bind_parameter(parameter, year.load(Ordering::Relaxed))?;
                }
                name => return Err(Unanswered::Parameter(name.unwrap_or("?").to_owned())),
            }
        }
        let mut found = statement.raw_query();
        let (mut rows, mut bytes, mut more) = (Vec::new(), 0, false);
        while let Some(row) = found.next()? {
            let mut cells = Vec::with_capacity(columns.len());
            for at in 0..columns.len() {
                bytes += size_of::<Cell>();
                cells.push(match row.get_ref(at)? {
                    ValueRef::Null => Cell::Empty,
                    ValueRef::Integer(number) => Cell::Whole(number),
                    ValueRef::Real(number) => Cell::from(number),
                    ValueRef::Text(text) | ValueRef::Blob(text) => {
                        bytes += text.len();
                        Cell::from(String::from_utf8_lossy(text).as_ref())
                    }
                });
            }
            if rows.len() == self.rows || bytes > self.answer {
                more = true;
                break;
            }
            rows.push(cells);
        }
        Ok(Found { columns, renamed, rows, more })
    }
}

/// Names of columns with a number behind those that had stood before, and these alone.
fn told_apart(names: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut apart, mut renamed): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for name in &names {
        if !apart.contains(name) {
            apart.push(name.clone());
            continue;
        }
        let mut numbered = (2..).map(|number| format!("{name}_{number}"));
        let other = numbered.find(|other| !names.contains(other) && !apart.contains(other));
        apart.extend(other.clone());
        renamed.extend(other);
    }
    (apart, renamed)
}

/// A database that answers the queries of claims.
pub(crate) struct Court<'a> {
    reader: Reader<'a>,
    steps: Arc<AtomicU32>,
    year: Arc<AtomicI16>,
}

impl Query for Court<'_> {
    fn query(&self, sql: &str, year: i16) -> Result<Answer, String> {
        self.steps.store(0, Ordering::Relaxed);
        self.year.store(year, Ordering::Relaxed);
        let Found { columns, rows, more, .. } = self.reader.ask(sql).map_err(|why| match why {
            Unanswered::TooLong => "given up after half a billion steps".to_owned(),
            why => why.told(Lang::En),
        })?;
        if more {
            return Err(format!(
                "more than {MOST_ROWS} rows or {MOST_BYTES} bytes; is a join without its condition?"
            ));
        }
        let value = |cell: Cell| match cell {
            Cell::Empty => Value::Null,
            Cell::Whole(number) => Value::Number(number as f64),
            Cell::Number(number) => Value::Number(number),
            Cell::Text(text) => Value::Text(text),
        };
        Ok(Answer {
            columns,
            rows: rows.into_iter().map(|row| row.into_iter().map(value).collect()).collect(),
        })
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // Removing a hook cannot fail while the connection is ours.
        let _ = self.connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>);
        let _ = self.connection.progress_handler(0, None::<fn() -> bool>);
    }
}

fn columns(schema: &Table) -> Vec<(String, &'static str)> {
    let kind = |kind: Type| match kind {
        // Real, so that dividing whole numbers in a query does not truncate.
        Type::Number { .. } => "REAL",
        Type::Year => "INTEGER",
        _ => "TEXT",
    };
    schema.columns.iter().map(|column| (column.name.to_owned(), kind(column.kind))).collect()
}

fn stored(cell: &Cell) -> rusqlite::types::Value {
    match cell {
        Cell::Empty => rusqlite::types::Value::Null,
        Cell::Text(text) => rusqlite::types::Value::Text(text.clone()),
        Cell::Whole(number) => rusqlite::types::Value::Integer(*number),
        Cell::Number(number) => rusqlite::types::Value::Real(*number),
    }
}

fn stored_text(text: String, kind: Type) -> rusqlite::types::Value {
    if text.is_empty() {
        return rusqlite::types::Value::Null;
    }
    let number = matches!(kind, Type::Number { .. } | Type::Year).then(|| text.parse::<f64>().ok()).flatten();
    number.map_or(rusqlite::types::Value::Text(text), rusqlite::types::Value::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY_WAITS: Limits =
        Limits { time: Duration::from_secs(60), rows: 3, answer: 1 << 20, value: 1 << 20, memory: 256 << 20 };

    /// A database with a row a year, as its content.
    fn years() -> &'static [u8] {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection
            .execute_batch(
                "CREATE TABLE a (n INTEGER, date TEXT);
                 INSERT INTO a VALUES (2022, '2022-03-01'), (2023, '2023'), (2024, '2024-12-31');",
            )
            .expect("a table");
        connection.serialize(MAIN_DB).expect("its content").to_vec().leak()
    }

    fn whole(found: Found) -> Vec<i64> {
        let number = |row: &Vec<Cell>| match row[0] {
            Cell::Whole(number) => number,
            _ => panic!("{row:?}"),
        };
        found.rows.iter().map(number).collect()
    }

    #[test]
    fn a_year_holds_within_limits_too() {
        let mut results = Results::of(years()).expect("a database");
        results.as_of(2023).expect("a year");
        let reader = results.limited(NOBODY_WAITS).expect("a reader");
        assert_eq!(whole(reader.ask("SELECT n FROM a").expect("an answer")), [2022, 2023]);
        assert_eq!(whole(reader.ask("SELECT :year").expect("an answer")), [2023]);
        drop(reader);
        for (year, seen) in [(2022, 1), (300, 0), (9999, 3), (10_000, 3)] {
            let mut results = Results::of(years()).expect("a database");
            results.as_of(year).expect("a year");
            let reader = results.limited(NOBODY_WAITS).expect("a reader");
            assert_eq!(whole(reader.ask("SELECT COUNT(*) FROM a").expect("an answer")), [seen], "{year}");
        }
    }

    #[test]
    fn a_parameter_for_which_nothing_stands_is_named() {
        let mut results = Results::of(years()).expect("a database");
        let why = |results: &mut Results, sql: &str| {
            let reader = results.reader().expect("a reader");
            reader.ask(sql).expect_err(sql).told(Lang::En)
        };
        assert!(why(&mut results, "SELECT :year").contains("--year"));
        results.as_of(2023).expect("a year");
        for name in [":yaer", "@year", "$year", ":Year", "?", "?1"] {
            let sql = format!("SELECT n FROM a WHERE n = {name} OR n = :year");
            assert!(why(&mut results, &sql).contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn answers_have_a_limit_of_rows_and_of_bytes() {
        let mut results = Results::of(years()).expect("a database");
        let mut found = |rows: usize, answer: usize, sql: &str| {
            let reader = results.limited(Limits { rows, answer, ..NOBODY_WAITS }).expect("a reader");
            let found = reader.ask(sql).expect("an answer");
            (found.rows.len(), found.more)
        };
        assert_eq!(found(3, 1 << 20, "SELECT n FROM a"), (3, false));
        assert_eq!(found(2, 1 << 20, "SELECT n FROM a"), (2, true));
        let long = "SELECT CAST(zeroblob(1000) AS TEXT) FROM a";
        assert_eq!(found(3, 2500, long), (2, true));
        assert_eq!(found(3, 500, long), (0, true));
    }

    #[test]
    fn columns_of_one_name_are_told_apart() {
        let check = |names: &[&str], apart: &[&str], renamed: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let told = told_apart(names);
            assert_eq!(told.0, apart);
            assert_eq!(told.1, renamed);
        };
        check(&["a", "b"], &["a", "b"], &[]);
        check(&["a", "a", "a"], &["a", "a_2", "a_3"], &["a_2", "a_3"]);
        check(&["a", "a", "a_2"], &["a", "a_3", "a_2"], &["a_3"]);
    }

    #[test]
    fn claims_read_neither_clock_nor_chance_nor_zone() {
        let mut results = Results::of(years()).expect("a database");
        let court = results.court().expect("a court");
        for sql in [
            "SELECT random()",
            "SELECT abs(\"random\"())",
            "SELECT [random]()",
            "SELECT random/**/()",
            "SELECT length(randomblob(1))",
            "SELECT CURRENT_DATE",
            "SELECT current_timestamp",
            "SELECT date()",
            "SELECT julianday( 'now' )",
            "SELECT julianday('NOW')",
            "SELECT julianday('n' || 'ow')",
            "SELECT julianday(CAST(x'6e6f7700' AS TEXT))",
            "SELECT julianday(x'6e6f77')",
            "SELECT strftime('%f')",
            "SELECT strftime('%s', 'no' || 'w')",
            "SELECT unixepoch('subsec')",
            "SELECT timediff('2024-01-01', 'now')",
            "SELECT datetime(date, 'localtime') FROM a",
            "SELECT sqlite_version()",
            "SELECT n FROM a ORDER BY random()",
            "SELECT SUM(random()) OVER () FROM a",
        ] {
            let answer = court.query(sql, 2024);
            assert!(answer.is_err(), "{sql}: {answer:?}");
        }
        let number = |sql: &str| match &court.query(sql, 2024).expect(sql).rows[0][0] {
            Value::Number(number) => *number,
            other => panic!("{other:?}"),
        };
        assert!((number("SELECT julianday('2024-03-01') - julianday('2024-02-01')") - 29.0).abs() < 1e-9);
        assert!((number("SELECT strftime('%Y', '2024-03-01', '+1 year') + 0") - 2025.0).abs() < 1e-9);
        assert!((number("SELECT COUNT(*) FROM a WHERE julianday(date) > 0") - 3.0).abs() < 1e-9);
    }
}
