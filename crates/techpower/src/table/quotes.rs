//! Quotation marks that are never closed, in tables whose cells may be long texts of many lines.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// Reads on and finds quoted cells over several lines that end with the file, or where a quotation mark is followed by more of the cell, as the one
/// that opens a cell further down is. A table that is written right has neither (RFC 4180, section 2), whatever stands in its cells.
pub(crate) struct Quotes<R> {
    inner: R,
    delimiter: u8,
    state: State,
    /// Line of the next byte.
    line: u64,
    /// The quoted cell at hand.
    cell: Swallowed,
    /// Whether nothing but blanks stood on this line of the cell.
    blank: bool,
    found: Found,
}

/// A quoted cell that swallowed lines.
#[derive(Debug, Clone, Copy)]
struct Swallowed {
    /// Line on which it begins.
    line: u64,
    /// How many more it has that are not blank.
    lines: u64,
}

/// The cells found so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found(Rc<RefCell<Vec<Swallowed>>>);

impl Found {
    /// How many lines were swallowed by cells that begin above a line; each is told once.
    pub(crate) fn above(&self, line: u64) -> u64 {
        self.0.borrow_mut().extract_if(.., |cell| cell.line < line).map(|cell| cell.lines).sum()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Begin,
    Plain,
    Quoted,
    /// Behind a quotation mark within a quoted cell.
    Mark,
}

impl<R: Read> Quotes<R> {
    /// Looks at what is read from `inner`.
    pub(crate) fn of(inner: R, delimiter: u8) -> (Quotes<R>, Found) {
        let found = Found::default();
        let cell = Swallowed { line: 1, lines: 0 };
        let state = State::Begin;
        (Quotes { inner, delimiter, state, line: 1, cell, blank: false, found: found.clone() }, found)
    }

    fn byte(&mut self, byte: u8) {
        let ends = byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        self.state = match self.state {
            State::Begin if byte == b'"' => {
                self.cell = Swallowed { line: self.line, lines: 0 };
                self.blank = false;
                State::Quoted
            }
            State::Begin | State::Plain if ends => State::Begin,
            State::Begin | State::Plain => State::Plain,
            State::Quoted if byte == b'"' => State::Mark,
            State::Quoted => {
                if byte == b'\n' {
                    self.blank = true;
                } else if self.blank && !byte.is_ascii_whitespace() {
                    self.blank = false;
                    self.cell.lines += 1;
                }
                State::Quoted
            }
            State::Mark if byte == b'"' => State::Quoted,
            State::Mark if ends => State::Begin,
            State::Mark => {
                self.tell();
                State::Plain
            }
        };
        self.line += u64::from(byte == b'\n');
    }

    fn tell(&mut self) {
        if self.cell.lines > 0 {
            self.found.0.borrow_mut().push(self.cell);
        }
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for byte in &buffer[..read] {
            self.byte(*byte);
        }
        if read == 0 && !buffer.is_empty() && self.state == State::Quoted {
            self.tell();
            self.state = State::Begin;
        }
        Ok(read)
    }
}
