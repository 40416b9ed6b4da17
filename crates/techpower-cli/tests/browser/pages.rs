//! Every page as it is seen: in both languages, on light and dark paper, in a wide and a narrow window, and as axe-core judges it.

use serde_json::Value;

use crate::driver::{Browser, required, tell};
use crate::{Visit, target};

/// Widths at which pages are looked at: a desk and a telephone.
const WIDTHS: [u32; 2] = [1280, 390];
const LANGS: [(&str, &str); 2] = [("en", "en"), ("zh", "zh-Hans")];
const THEMES: [&str; 2] = ["light", "dark"];
/// Pages that open from a link of another page: where it stands, what it looks like, and a name for both together.
const DEEPER: [(&str, &str, &str); 5] = [
    ("/events", "#live a[href*='row=']", "suggestion"),
    ("/rules", "#live a[href*='why=']", "why"),
    ("/claims", "#live a[href*='claim=']", "claim"),
    ("/codebook", "#live a[href*='page=']", "codebook-page"),
    ("/query", "#live a[href*='sql=']", "table"),
];
/// A change of the law that moves verdicts.
const REFORM: &str = "/reform?line=us-3a090@2023-11.tpp_mid&value=2300&on=2024-04-01";
/// Further pages that differ from those before them, with names.
const OTHERS: [(&str, &str); 7] = [
    (REFORM, "reform-moved"),
    ("/docs?page=guides%2Fbuild-an-index", "docs-guide"),
    ("/docs?page=concepts%2Fmeasuring-sources", "docs-concept"),
    ("/docs?page=reference%2Ftables", "docs-tables"),
    ("/docs?page=reference%2Fnotes", "docs-notes"),
    ("/docs?q=interval", "docs-found"),
    ("/corollary?year=all&change=indicator", "corollary-trials"),
];

/// Links to places of the page that it does not have.
const ASTRAY: &str = "Array.from(document.querySelectorAll('a[href^=\"#\"]')).filter(function (one) { \
                      return !document.getElementById(decodeURIComponent(one.hash.slice(1))); \
                      }).map(function (one) { return one.hash; }).join(' ')";
/// Rows of a table that are looked at for barriers in the report: those that follow are made alike, and there are thousands.
const ALIKE: u32 = 12;

/// A page: its name for people who look at pictures, its address, and its heading if the navigation names it.
struct Place {
    name: String,
    path: String,
    heading: Option<String>,
}

/// All pages of the navigation, and some that open from them.
fn places(visit: &Visit, lang: &str) -> Vec<Place> {
    let browser = &visit.browser;
    visit.go(&format!("/?lang={lang}"));
    let links = browser.eval(
        "Array.from(document.querySelectorAll('nav.pages a'), function (a) { return [a.pathname, a.textContent]; })",
    );
    let mut places: Vec<Place> = links
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| {
            let (path, heading) = (link[0].as_str().expect("a path"), link[1].as_str().expect("a name"));
            let name = path.trim_start_matches('/');
            // The first page bears the name of the study.
            let heading = Some(heading.to_owned()).filter(|_| !name.is_empty());
            Place {
                name: if name.is_empty() { "overview" } else { name }.to_owned(),
                path: path.to_owned(),
                heading,
            }
        })
        .collect();
    assert!(places.len() >= 10, "the navigation names all pages: {}", places.len());
    for (path, selector, name) in DEEPER {
        visit.go(&format!("{path}?lang={lang}"));
        let link = browser.text(&format!(
            "(function (a) {{ return a.pathname + a.search.replace(/[?&](lang|theme)=[a-z]*/g, '').replace(/^[?&]*/, '?'); }})\
             (document.querySelector(\"{selector}\"))"
        ));
        places.push(Place { name: name.to_owned(), path: link, heading: None });
    }
    places.extend(OTHERS.map(|(path, name)| Place {
        name: name.to_owned(),
        path: path.to_owned(),
        heading: None,
    }));
    places
}

fn with(path: &str, lang: &str, theme: &str) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}lang={lang}&theme={theme}")
}

/// Whether a page can be read without moving it sideways; if not, what is too wide.
pub(crate) fn too_wide(browser: &Browser) -> Option<String> {
    let found = browser.run(
        "var most = window.innerWidth, page = document.scrollingElement;
         if (page.scrollWidth <= most) { return null; }
         var scrolled = function (one) {
           while (one && one !== document.body && getComputedStyle(one).overflowX === 'visible') { one = one.parentElement; }
           return one && one !== document.body;
         };
         var wide = Array.from(document.querySelectorAll('body *')).filter(function (one) {
           return one.getBoundingClientRect().right > most + 1 && !scrolled(one.parentElement);
         }).slice(0, 6).map(function (one) { return one.tagName + '.' + one.className + ' ' + one.textContent.slice(0, 40); });
         return page.scrollWidth + ' > ' + most + ': ' + wide.join(' ');",
        &[],
    );
    found.as_str().map(str::to_owned)
}

#[test]
fn every_page_opens_and_fits() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    let mut faults: Vec<String> = Vec::new();
    let mut times: Vec<(f64, String)> = Vec::new();
    for (lang, code) in LANGS {
        for place in places(&visit, lang) {
            for theme in THEMES {
                for width in WIDTHS {
                    let name = format!("{}-{lang}-{theme}-{width}", place.name);
                    browser.size(width, 900);
                    visit.go(&with(&place.path, lang, theme));
                    let mut wrong: Vec<String> = visit.faults();
                    wrong.extend(too_wide(browser).map(|what| format!("too wide: {what}")));
                    let heading = browser.text("document.querySelector('h1').innerText");
                    if heading.is_empty() || place.heading.as_ref().is_some_and(|named| *named != heading) {
                        wrong.push(format!("is headed {heading:?}"));
                    }
                    if browser.text("document.documentElement.lang") != code {
                        wrong.push("says another language".to_owned());
                    }
                    if browser.eval("document.querySelectorAll('.plot:not(.drawn)').length") != 0 {
                        wrong.push("a figure is not drawn".to_owned());
                    }
                    let astray = browser.text(ASTRAY);
                    if !astray.is_empty() {
                        wrong.push(format!("links that lead nowhere: {astray}"));
                    }
                    if let Some(time) =
                        browser.eval("performance.getEntriesByType('navigation')[0].loadEventEnd").as_f64()
                    {
                        times.push((time, name.clone()));
                    }
                    browser.picture(&target().join("screenshots").join(format!("{name}.png")), 2600.0);
                    faults.extend(wrong.into_iter().map(|what| format!("{name}: {what}")));
                }
            }
        }
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| &times[((times.len() - 1) as f64 * share) as usize];
    tell(&format!(
        "{} views of pages; loaded in ms: median {:.0}, 95th {:.0}, slowest {:.0} ({})",
        times.len(),
        at(0.5).0,
        at(0.95).0,
        at(1.0).0,
        at(1.0).1
    ));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// axe-core, if `.ci/axe` has put it there.
fn axe() -> Option<String> {
    let found = std::fs::read_to_string(target().join("axe/axe.min.js")).ok();
    if found.is_none() {
        assert!(!required(), "axe-core is required: .ci/axe brings it");
        tell("skipped: no axe-core; .ci/axe brings it");
    }
    found
}

/// What axe-core finds that keeps people out.
fn barriers(browser: &Browser, axe: &str) -> Vec<String> {
    browser.run(axe, &[]);
    let found = browser.awaited(
        "axe.run(document, { resultTypes: ['violations'] }).then(function (result) { return result.violations; })",
    );
    assert!(found.is_array(), "axe-core: {found}");
    let grave = |one: &&Value| matches!(one["impact"].as_str(), Some("serious" | "critical"));
    found.as_array().into_iter().flatten().filter(grave).map(told).collect()
}

fn told(violation: &Value) -> String {
    let nodes: Vec<&Value> = violation["nodes"].as_array().into_iter().flatten().collect();
    let first: Vec<String> = nodes
        .iter()
        .take(3)
        .map(|node| {
            format!(
                "{} {}",
                node["html"].as_str().unwrap_or_default(),
                node["failureSummary"].as_str().unwrap_or_default()
            )
        })
        .collect();
    format!("{} ({} times): {}", violation["id"].as_str().unwrap_or_default(), nodes.len(), first.join(" | "))
}

#[test]
fn no_page_keeps_anyone_out() {
    let Some(axe) = axe() else { return };
    let Some(visit) = Visit::begin() else { return };
    let mut faults: Vec<String> = Vec::new();
    for (lang, _) in LANGS {
        for place in places(&visit, lang) {
            for theme in THEMES {
                visit.go(&with(&place.path, lang, theme));
                let found = barriers(&visit.browser, &axe);
                faults.extend(found.into_iter().map(|what| format!("{} {lang} {theme}: {what}", place.name)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_report_keeps_no_one_out() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Browser::open() else { return };
    let mut faults: Vec<String> = Vec::new();
    for (lang, _) in LANGS {
        crate::report::open(&browser, lang);
        browser.run(
            &format!(
                "document.querySelectorAll('.page:not([data-lang={lang}]), tbody > tr:nth-child(n + {})') \
                 .forEach(function (one) {{ one.remove(); }});",
                ALIKE + 1
            ),
            &[],
        );
        faults.extend(barriers(&browser, &axe).into_iter().map(|what| format!("{lang}: {what}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
