//! The database of results: every table with its provenance, and the queries on it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use techpower::claims::{Answer, Query, Value};
use techpower::package::{Cell, Output};
use techpower::study::Study;
use techpower::table::{Table, Type};

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
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
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
        self.connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
            AuthAction::Select
            | AuthAction::Read { .. }
            | AuthAction::Function { .. }
            | AuthAction::Recursive => Authorization::Allow,
            _ => Authorization::Deny,
        }))?;
        Ok(Reader { connection: &mut self.connection, year: self.year.clone() })
    }

    /// The database as claims see it: their answers must be the same always, so that they can read neither the clock nor random
    /// numbers, and a query that takes too long or too much is given up. Of dated tables they see what is dated up to the year that is asked about.
    pub(crate) fn court(&mut self) -> rusqlite::Result<Court<'_>> {
        let year = self.as_of(0)?;
        let steps = Arc::new(AtomicU32::new(0));
        let taken = Arc::clone(&steps);
        self.connection
            .progress_handler(STEP, Some(move || taken.fetch_add(1, Ordering::Relaxed) >= MOST_STEPS))?;
        Ok(Court { reader: self.reader()?, steps, year })
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
                "date" => "date IS NULL OR date < CAST(year_asked() + 1 AS TEXT)",
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
    /// Bytes of one value.
    pub(crate) bytes: i32,
    /// Bytes that the database may hold in memory.
    pub(crate) memory: u32,
}

impl Results {
    /// The database as somebody sees it who waits for the answer: it can only be read, within limits, and no file is made beside it.
    pub(crate) fn limited(&mut self, limits: Limits) -> rusqlite::Result<Reader<'_>> {
        let memory = limits.memory;
        self.connection
            .execute_batch(&format!("PRAGMA temp_store = MEMORY; PRAGMA hard_heap_limit = {memory};"))?;
        self.connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, limits.bytes)?;
        let begun = Instant::now();
        self.connection.progress_handler(OFTEN, Some(move || begun.elapsed() > limits.time))?;
        self.reader()
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
/// What a claim must not call, as it would answer otherwise next time.
const FICKLE: [&str; 12] = [
    "random(",
    "randomblob(",
    "'now'",
    "current_date",
    "current_time",
    "date()",
    "time()",
    "datetime()",
    "julianday()",
    "unixepoch()",
    "zeroblob(",
    "load_extension(",
];

/// The parameter of queries that is the year which is asked about.
const YEAR: &str = ":year";

/// A database that answers queries and nothing else.
pub(crate) struct Reader<'a> {
    connection: &'a mut Connection,
    year: Option<Arc<AtomicI16>>,
}

impl Reader<'_> {
    /// Answers a query, keeping the kinds of values.
    pub(crate) fn ask(&self, sql: &str) -> rusqlite::Result<(Vec<String>, Vec<Vec<Cell>>)> {
        self.ask_at_most(sql, usize::MAX)
    }

    /// Answers a query with at most `most` rows, and one more to show that there are more.
    pub(crate) fn ask_at_most(
        &self,
        sql: &str,
        most: usize,
    ) -> rusqlite::Result<(Vec<String>, Vec<Vec<Cell>>)> {
        let mut statement = self.connection.prepare(sql)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        if let Some(parameter) = statement.parameter_index(YEAR)? {
            // Unbound it would be unknown, and the answer empty without a word.
            let year =
                self.year.as_ref().ok_or_else(|| rusqlite::Error::InvalidParameterName(YEAR.to_owned()))?;
            statement.raw_bind_parameter(parameter, year.load(Ordering::Relaxed))?;
        }
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cell = |at: usize| -> rusqlite::Result<Cell> {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => Cell::Empty,
                    ValueRef::Integer(number) => Cell::Whole(number),
                    ValueRef::Real(number) => Cell::from(number),
                    ValueRef::Text(text) | ValueRef::Blob(text) => {
                        Cell::from(String::from_utf8_lossy(text).as_ref())
                    }
                })
            };
            rows.push((0..columns.len()).map(cell).collect::<rusqlite::Result<Vec<Cell>>>()?);
            if rows.len() > most {
                break;
            }
        }
        Ok((columns, rows))
    }
}

/// A database that answers the queries of claims.
pub(crate) struct Court<'a> {
    reader: Reader<'a>,
    steps: Arc<AtomicU32>,
    year: Arc<AtomicI16>,
}

impl Query for Court<'_> {
    fn query(&self, sql: &str, year: i16) -> Result<Answer, String> {
        let compact: String = sql.to_lowercase().split_whitespace().collect();
        if let Some(word) = FICKLE.iter().find(|word| compact.contains(**word)) {
            return Err(format!("`{word}` is not for claims: their answers must be the same always"));
        }
        self.steps.store(0, Ordering::Relaxed);
        self.year.store(year, Ordering::Relaxed);
        let (columns, rows) =
            self.reader.ask_at_most(sql, MOST_ROWS).map_err(|error| match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::OperationInterrupted) => {
                    "given up after half a billion steps".to_owned()
                }
                _ => error.to_string(),
            })?;
        if rows.len() > MOST_ROWS {
            return Err(format!("more than {MOST_ROWS} rows; is a join without its condition?"));
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
