//! The report, opened as the file that it is.

use std::path::PathBuf;

use crate::driver::{Browser, tell};
use crate::pages::too_wide;
use crate::{common, server, target};

/// Milliseconds until something is seen that are aimed at, and those that not even a busy machine should need.
const AIM: f64 = 1_000.0;
const MOST: f64 = 20_000.0;

/// The report of the case. The server has run it.
fn file() -> PathBuf {
    drop(server());
    common::kept().join("build/report.html")
}

/// Opens the report in a language.
pub(crate) fn open(browser: &Browser, lang: &str) {
    browser.go("about:blank");
    browser.go(&format!("file://{}#top-{lang}", file().display()));
    browser.wait(&format!("document.documentElement.getAttribute('data-lang') === '{lang}'"));
}

#[test]
fn the_report_opens_in_both_languages_from_one_file() {
    let Some(browser) = Browser::open() else { return };
    let mut faults: Vec<String> = Vec::new();
    for (lang, code) in [("en", "en"), ("zh", "zh-Hans")] {
        for width in [1280, 390] {
            browser.size(width, 900);
            open(&browser, lang);
            let page = format!("document.querySelector('.page[data-lang=\"{lang}\"]')");
            let mut wrong: Vec<String> = browser.errors();
            let others = browser.requests().into_iter();
            wrong.extend(others.filter(|address| {
                !["file:", "data:", "about:"].iter().any(|kind| address.starts_with(kind))
            }));
            wrong.extend(too_wide(&browser).map(|what| format!("too wide: {what}")));
            if browser.text("document.documentElement.lang") != code {
                wrong.push("says another language".to_owned());
            }
            if browser.text(&format!("{page}.querySelector('h1').innerText")).is_empty() {
                wrong.push("has no heading".to_owned());
            }
            // A chart is drawn when it comes near; before it is printed all are.
            let plots = format!("{page}.querySelectorAll('.plot')");
            let bare = format!("Array.from({plots}).filter(p => !p.querySelector('.main-svg')).length");
            let (all, at_first) = (browser.eval(&format!("{plots}.length")), browser.eval(&bare));
            browser.eval(&format!("{plots}[0].scrollIntoView()"));
            browser.wait(&format!("{plots}[0].querySelector('.main-svg')"));
            browser.eval("window.dispatchEvent(new Event('beforeprint'))");
            browser.wait(&format!("{bare} === 0"));
            browser.eval("window.dispatchEvent(new Event('afterprint'))");
            tell(&format!("report {lang} {width}: {all} charts, {at_first} of them not drawn when it opens"));
            if all == 0 {
                wrong.push("has no chart".to_owned());
            }
            browser.wait("performance.getEntriesByName('first-contentful-paint').length");
            let painted = browser.eval("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            let painted = painted.as_f64().unwrap_or(f64::MAX);
            tell(&format!("report {lang} {width}: first paint after {painted:.0} ms (aim: {AIM:.0})"));
            if painted > MOST {
                wrong.push(format!("first paint after {painted:.0} ms"));
            }
            browser.picture(&target().join("screenshots").join(format!("report-{lang}-{width}.png")), 4000.0);
            faults.extend(wrong.into_iter().map(|what| format!("{lang} {width}: {what}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_button_switches_the_language_of_the_report() {
    let Some(browser) = Browser::open() else { return };
    open(&browser, "en");
    browser.click(".page[data-lang='en'] button.language");
    browser.wait("document.documentElement.lang === 'zh-Hans'");
    assert!(browser.text("document.title").chars().any(|letter| letter as u32 > 0x3000));
    browser.click(".page[data-lang='zh'] button.language");
    browser.wait("document.documentElement.lang === 'en'");
    assert!(browser.errors().is_empty());
}
