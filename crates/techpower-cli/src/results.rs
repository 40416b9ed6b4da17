//! The database of results: every table with its provenance, and the queries on it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

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
}

impl Results {
    /// Makes a new database.
    pub(crate) fn create(path: &Path) -> rusqlite::Result<Results> {
        let connection = Connection::open(path)?;
        // The file is only ever put in place when whole, so it needs no journal.
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;")?;
        Ok(Results { connection })
    }

    /// Opens a database that must not be changed.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Results> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Results { connection })
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
        Ok(Reader { connection: &mut self.connection })
    }

    /// The database as claims see it: their answers must be the same always, so that they can read neither the clock nor random
    /// numbers, and a query that takes too long or too much is given up.
    pub(crate) fn court(&mut self) -> rusqlite::Result<Court<'_>> {
        let steps = Arc::new(AtomicU32::new(0));
        let taken = Arc::clone(&steps);
        self.connection
            .progress_handler(STEP, Some(move || taken.fetch_add(1, Ordering::Relaxed) >= MOST_STEPS))?;
        Ok(Court { reader: self.reader()?, steps })
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

/// A database that answers queries and nothing else.
pub(crate) struct Reader<'a> {
    connection: &'a mut Connection,
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
        let mut found = statement.query([])?;
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
}

impl Query for Court<'_> {
    fn query(&self, sql: &str) -> Result<Answer, String> {
        let compact: String = sql.to_lowercase().split_whitespace().collect();
        if let Some(word) = FICKLE.iter().find(|word| compact.contains(**word)) {
            return Err(format!("`{word}` is not for claims: their answers must be the same always"));
        }
        self.steps.store(0, Ordering::Relaxed);
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
