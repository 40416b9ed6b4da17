//! `techpower report`: the report of a study, put where it is wanted, as HTML or as Markdown with its figures beside it.
//!
//! The figures of the Markdown are drawn by a browser that is on the machine, without a window; without one they stand as tables.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use techpower::diag::Lang;
use techpower::disk::{self, BUILD};
use techpower::report::{Contents, Markdown, markdown};

use crate::fault::Fault;
use crate::run::{self, Overrides};
use crate::show;
use crate::words::{say, word};

/// As what the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One page in both languages.
    Html,
    /// Markdown in one language; figures are drawn by Chromium if it is found, and stand as tables otherwise.
    Md,
}

/// Names under which Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The variable that names another.
const BROWSER: &str = "CHROME";
/// How long a browser may take for all figures.
const PATIENCE: Duration = Duration::from_secs(120);

/// Writes the report as Markdown: the number of errors among the notes.
pub(crate) fn write_markdown(
    study: &Path,
    overrides: Overrides,
    output: Option<PathBuf>,
    lang: Lang,
) -> Result<u64, Fault> {
    let path = output.unwrap_or_else(|| study.join(BUILD).join("report.md"));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = format!("{name}_files");
    let browser = browser();
    // Both are made while the results are at hand: pictures may fail to be drawn.
    let made: RefCell<Option<(Markdown, Markdown)>> = RefCell::new(None);
    let also = |contents: &Contents<'_>| {
        *made.borrow_mut() = Some((markdown(contents, lang, Some(&folder)), markdown(contents, lang, None)));
    };
    let outcome = run::run_and(study, overrides, lang, Some(&also))?;
    show::notes(&outcome.notes, lang, true);
    let Some((with, without)) = made.into_inner() else {
        return Err(Fault::Internal("no report was made".to_owned()));
    };
    let beside = path.with_file_name(&folder);
    let drawn = match &browser {
        _ if with.charts.is_empty() => Ok(BTreeMap::new()),
        Some(browser) => draw(browser, &with, &beside),
        None => Err(say(lang, "no_browser", &[("variable", BROWSER)])),
    };
    let text = match drawn {
        Ok(pictures) => {
            for (file, svg) in pictures.into_iter().chain(with.drawn.iter().cloned()) {
                let path = beside.join(file);
                disk::write_file(&path, svg.as_bytes()).map_err(|error| Fault::unwritable(&path, &error))?;
            }
            &with.text
        }
        Err(why) => {
            talk!("{}{}{why}", say(lang, "warning", &[]), word(lang, "colon"));
            &without.text
        }
    };
    disk::write_file(&path, text.as_bytes()).map_err(|error| Fault::unwritable(&path, &error))?;
    talk!("{}", say(lang, "report_written", &[("path", &path.display().to_string())]));
    Ok(outcome.counts[0])
}

/// A browser that can draw without a window.
fn browser() -> Option<OsString> {
    let named = std::env::var_os(BROWSER).filter(|name| !name.is_empty());
    let known = BROWSERS.iter().map(OsString::from);
    named.into_iter().chain(known).find(|name| {
        let quiet = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    })
}

/// Lets a browser draw the charts: file names and SVG; or why it could not.
fn draw(browser: &OsString, report: &Markdown, folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let work = folder.join(".drawing");
    let drawn = fs::create_dir_all(&work)
        .map_err(|error| error.to_string())
        .and_then(|()| drawn_in(browser, report, &work));
    // What the browser leaves behind is of no use to anybody.
    let _ = fs::remove_dir_all(&work);
    if drawn.is_err() {
        let _ = fs::remove_dir(folder);
    }
    drawn
}

fn drawn_in(browser: &OsString, report: &Markdown, work: &Path) -> Result<BTreeMap<String, String>, String> {
    let page = work.join("charts.html");
    fs::write(&page, &report.page).map_err(|error| error.to_string())?;
    let page = fs::canonicalize(&page).map_err(|error| error.to_string())?;
    let mut why = String::new();
    // Chromium refuses its sandbox to root, as in most containers. The page is our own and may fetch nothing.
    for own in [&[][..], &["--no-sandbox"]] {
        match dumped(browser, own, &page, work) {
            Ok(dom) => {
                let pictures = pictures(&dom);
                match report.charts.iter().find(|name| !pictures.contains_key(*name)) {
                    None => return Ok(pictures),
                    Some(missing) => why = format!("{}: {missing}", browser.to_string_lossy()),
                }
            }
            Err(error) => why = format!("{}: {error}", browser.to_string_lossy()),
        }
    }
    Err(why)
}

/// What a page has become once its scripts have run.
fn dumped(browser: &OsString, own: &[&str], page: &Path, work: &Path) -> std::io::Result<String> {
    let dom = work.join("dom.html");
    let mut profile = OsString::from("--user-data-dir=");
    profile.push(work.join("profile"));
    let mut address = OsString::from("file://");
    address.push(page);
    let mut child = Command::new(browser)
        .args(["--headless", "--disable-gpu", "--no-first-run", "--virtual-time-budget=60000", "--dump-dom"])
        .args(own)
        .arg(profile)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(File::create(&dom)?)
        .stderr(Stdio::null())
        .spawn()?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    fs::read_to_string(&dom)
}

/// The pictures in a page: what stands in its elements `pre`, by name.
fn pictures(dom: &str) -> BTreeMap<String, String> {
    let one = |part: &str| {
        let (name, rest) = part.split_once("\">")?;
        Some((name.to_owned(), decoded(rest.split_once("</pre>")?.0)))
    };
    dom.split("<pre data-name=\"").skip(1).filter_map(one).collect()
}

/// Text without its percent signs (RFC 3986).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let code = more
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_name_and_decoded() {
        let dom = "<body><pre data-name=\"a.svg\">%3Csvg%3E%E5%9B%BE 100%</pre><pre data-name=\"b.svg\">x</pre></body>";
        let found = pictures(dom);
        assert_eq!(found["a.svg"], "<svg>图 100%");
        assert_eq!(found["b.svg"], "x");
    }
}
