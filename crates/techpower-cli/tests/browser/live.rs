//! What a reader does on the pages, and what comes back at once.

use serde_json::Value;

use crate::Visit;
use crate::driver::{Browser, key};

/// Text of the live part.
const LIVE: &str = "document.getElementById('live').innerText";

/// Opens the address that the browser shows once more, and asks whether it shows the same.
fn comes_back(visit: &Visit, what: &str) {
    let browser = &visit.browser;
    let before = browser.text(what);
    let address = browser.text("location.href");
    browser.go("about:blank");
    browser.go(&address);
    assert_eq!(browser.text(what), before, "{address}");
}

fn address(browser: &Browser) -> String {
    browser.text("decodeURIComponent(location.search)")
}

fn nothing_wrong(visit: &Visit) {
    assert_eq!(visit.faults(), Vec::<String>::new());
}

#[test]
fn a_weight_moves_ranks_and_the_address() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/sources?lang=en");
    // The last table has the ranks in all sources, and nothing else.
    let ranks =
        "Array.from(document.querySelectorAll('#live .scroll')).pop().querySelector('tbody').innerText";
    let stated = browser.text(ranks);
    assert!(stated.lines().count() > 3, "{stated}");
    let names = browser.eval(
        "Array.from(document.querySelectorAll('input[type=range]'), function (one) { return one.name; })",
    );
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let moved = names.iter().find(|name| {
        let slider = format!("input[name='{name}']");
        browser.keys(&slider, key::END);
        browser.wait(&format!("location.search.indexOf(encodeURIComponent('{name}') + '=') > 0"));
        browser.text(ranks) != stated
    });
    let moved = moved.expect("a weight that moves ranks");
    assert!(address(browser).contains(&format!("{moved}=")), "{}", address(browser));
    let shown = format!(
        "document.querySelector(\"input[name='{moved}']\").parentElement.querySelector('output').textContent"
    );
    assert_eq!(
        browser.text(&shown),
        browser.text(&format!("document.querySelector(\"input[name='{moved}']\").value"))
    );
    comes_back(&visit, ranks);
    nothing_wrong(&visit);
}

#[test]
fn the_corollary_is_interrogated() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/corollary?lang=en");
    let first = browser.text(LIVE);
    assert!(first.contains("Which choice moves the outcome most"), "{first}");
    browser.changes(|| browser.set("select[name=change]", "actor"));
    let actors = browser.text(LIVE);
    assert_ne!(actors, first);
    comes_back(&visit, LIVE);
    browser.changes(|| browser.set("select[name=year]", "all"));
    assert!(address(browser).contains("year=all"), "{}", address(browser));
    assert_ne!(browser.text(LIVE), actors);
    // The query behind it gives rows.
    browser.click("#live a[href*='corollary_trials']");
    browser.wait("location.pathname === '/query'");
    assert!(browser.text(LIVE).contains("moves"), "{}", browser.text(LIVE));
    nothing_wrong(&visit);
}

#[test]
fn the_documentation_is_searched_and_opened() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/docs?lang=en");
    browser.changes(|| browser.set("input[name=q]", "phipson"));
    comes_back(&visit, LIVE);
    browser.click("#live .hits a");
    browser.wait("location.search.indexOf('scarcity-corollary') > 0");
    assert!(browser.text(LIVE).contains("9,999"), "{}", browser.text(LIVE));
    nothing_wrong(&visit);
}

#[test]
fn an_input_is_denied() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/leverage?lang=en");
    let all = browser.text(LIVE);
    assert!(all.contains('%') && !all.contains(" %"), "{all}");
    // The largest losses are drawn; the others are folded away.
    let first = "document.querySelector('#live > .scroll').querySelectorAll('tbody svg.strip').length";
    assert_eq!(browser.eval(first), Value::from(15));
    assert_eq!(
        browser.eval("document.querySelectorAll('#live > details.data table').length"),
        Value::from(1)
    );
    browser.click("details > summary");
    browser.changes(|| browser.click("input[name=input]"));
    assert!(address(browser).contains("input="), "{}", address(browser));
    assert_ne!(browser.text(LIVE), all);
    comes_back(&visit, LIVE);
    let other = browser.text(
        "Array.from(document.querySelectorAll('select[name=target] option')).find(function (one) { return !one.selected; }).value",
    );
    browser.changes(|| browser.set("select[name=target]", &other));
    assert!(address(browser).contains(&format!("target={other}")));
    nothing_wrong(&visit);
}

#[test]
fn a_chip_is_filled_in_and_judged_on_a_day() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/rules?lang=en&all=1");
    // Another object has other fields, so that the whole page comes.
    browser.paste("input[name=object]", "chip");
    browser.press(key::TAB);
    browser.wait(
        "new URLSearchParams(location.search).get('object') === 'chip' && document.readyState === 'complete'",
    );
    let verdict = "Array.from(document.querySelectorAll('#live tbody tr')).filter(function (row) { return row.innerText.indexOf('us-3a090') >= 0; })\
                   .map(function (row) { return row.querySelector('.verdict').className; })[0] || ''";
    browser.changes(|| browser.set("input[name=on]", "2024-04-04"));
    assert!(address(browser).contains("on=2024-04-04"));
    assert_ne!(browser.text(verdict), "verdict touched", "nothing is known of it yet");
    browser
        .run("document.querySelectorAll('form details').forEach(function (one) { one.open = true; });", &[]);
    browser.changes(|| browser.keys("input[name='f.tpp_stated']", "5000"));
    browser.wait(&format!("({verdict}) === 'verdict touched'"));
    comes_back(&visit, verdict);
    nothing_wrong(&visit);
}

#[test]
fn a_line_of_the_law_is_drawn_elsewhere() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/reform?lang=en&on=2024-04-01");
    browser.run(
        "var field = document.querySelector('select[name=line]'); field.value = 'us-3a090@2023-11.tpp_mid'; \
         field.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    );
    browser.wait("location.search.indexOf('tpp_mid') > 0 && document.readyState === 'complete'");
    browser.changes(|| browser.keys("input[name=value]", "2300"));
    browser.wait("document.querySelector(\"#live a[href*='nv-h20-sxm']\")");
    assert!(address(browser).contains("value=2300"));
    assert!(browser.text(LIVE).contains('%'), "the reach before and after");
    comes_back(&visit, LIVE);
    // On a later day another version applies, and the page says so.
    assert!(!browser.text(LIVE).contains("does not apply on"), "{}", browser.text(LIVE));
    visit.go("/reform?lang=en&on=2024-06-01&line=us-3a090%402023-11.tpp_mid");
    let warned = browser.text(LIVE);
    assert!(warned.contains("does not apply on 2024-06-01"), "{warned}");
    let chosen = "document.querySelector('select[name=line] option:checked').innerText";
    assert!(browser.text(chosen).contains("does not apply"), "{}", browser.text(chosen));
    visit.go("/reform?lang=en&on=2024-06-01");
    assert!(!browser.text(chosen).contains("does not apply"), "{}", browser.text(chosen));
    nothing_wrong(&visit);
}

#[test]
fn texts_in_both_languages_are_marked() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/code?lang=en");
    for (text, name) in [
        ("On 23 July 2023 Japan put chipmaking tools under export controls against China.", "Japan"),
        ("2023年7月，日本对半导体制造设备实施出口管制，限制对中国出口。", "日本"),
    ] {
        browser.changes(|| browser.paste("textarea[name=text]", text));
        browser
            .wait(&format!("document.querySelector('.sentence-box .text').innerText.indexOf('{name}') >= 0"));
        let marks = browser.eval("Array.from(document.querySelectorAll('.sentence-box mark'), function (one) { return one.textContent; })");
        let marks: Vec<&str> = marks.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(marks.iter().any(|mark| mark.contains(name)), "{marks:?}");
        assert!(marks.len() >= 3, "{marks:?}");
        assert!(
            browser.eval("document.querySelectorAll('#live tbody tr').length").as_u64() >= Some(1),
            "an event"
        );
        assert_eq!(browser.text("document.querySelector('.sentence-box .text').innerText"), text);
    }
    nothing_wrong(&visit);
}

#[test]
fn the_threshold_of_a_claim_is_moved() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    // One whose probability is neither nought nor one has many numbers.
    visit.go("/claims?lang=en&verdict=contested");
    browser.click("#live a[href*='claim=']");
    let verdict = "document.querySelectorAll('#live > p')[1].innerText";
    browser.changes(|| browser.keys("input[name=threshold]", key::HOME));
    let low = browser.text(verdict);
    assert!(address(browser).contains("threshold="));
    browser.changes(|| browser.keys("input[name=threshold]", key::END));
    assert_ne!(browser.text(verdict), low);
    assert!(
        browser.eval("document.querySelectorAll('#live .plot.drawn .main-svg').length").as_u64() >= Some(1),
        "its numbers are drawn"
    );
    comes_back(&visit, verdict);
    nothing_wrong(&visit);
}

#[test]
fn a_change_of_an_event_is_suggested_and_kept() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/events?lang=en");
    browser.changes(|| browser.paste("input[name=q]", "export"));
    assert!(address(browser).contains("q=export"));
    browser.click("#live a[href*='row=']");
    browser.set("form.own select[name=column]", "date");
    browser.keys("form.own input[name=value]", "1999-12-31");
    browser.click("form.own button");
    browser.wait("document.querySelector(\"a[href^='/events.csv']\")");
    let csv = browser.awaited("fetch(document.querySelector(\"a[href^='/events.csv']\").href).then(function (answer) { return answer.text(); })");
    let csv = csv.as_str().expect("a table");
    assert!(csv.starts_with("event,sender,column,now,suggested\n") && csv.contains(",1999-12-31"), "{csv}");
    nothing_wrong(&visit);
}

#[test]
fn a_query_is_answered() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/query?lang=en");
    let field = "textarea[name=sql]";
    let enter = format!("{}{}", key::CONTROL, key::ENTER);
    browser.changes(|| {
        browser.paste(field, "SELECT 6 * 7 AS answer, '<b>' AS text");
        browser.keys(field, &enter);
    });
    browser.wait("document.querySelector('#live table').innerText.indexOf('42') >= 0");
    assert!(
        browser.text("document.querySelector('#live table').innerText").contains("<b>"),
        "no markup of data"
    );
    comes_back(&visit, "document.querySelector('#live table').innerText");
    browser.changes(|| {
        browser.paste(field, "DROP TABLE claims");
        browser.keys(field, &enter);
    });
    browser.wait("document.querySelector('#live .warn')");
    nothing_wrong(&visit);
}

#[test]
fn language_and_paper_are_switched_and_what_was_chosen_stays() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    let paper = "getComputedStyle(document.body).backgroundColor";
    visit.go("/events?lang=en&theme=light&q=export");
    let light = browser.text(paper);
    browser.click(".choices a[href*='theme=dark']");
    assert_ne!(browser.text(paper), light);
    browser.click(".choices a[lang='zh-Hans']");
    assert_eq!(browser.text("document.documentElement.lang"), "zh-Hans");
    assert_ne!(browser.text(paper), light, "the paper stays");
    let address = address(browser);
    assert!(
        address.contains("q=export") && address.contains("theme=dark") && address.contains("lang=zh"),
        "{address}"
    );
    browser.click("nav.pages a[href^='/claims']");
    assert_eq!(browser.text("document.documentElement.lang"), "zh-Hans");
    nothing_wrong(&visit);
}

#[test]
fn where_there_is_nothing_the_way_back_is_shown() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/claims?lang=en&q=zzzz");
    assert_eq!(browser.eval("document.querySelectorAll('#live table').length"), Value::from(0));
    assert!(browser.text("document.querySelector('#live .nothing').innerText").contains("nothing"));
    visit.go("/no-such-page?lang=zh");
    assert_eq!(browser.text("document.querySelector('h1').innerText"), "没有这个页面。");
    assert!(browser.eval("document.querySelectorAll('nav.pages a').length").as_u64() >= Some(10));
    browser.click("nav.pages a[href^='/claims']");
    assert_eq!(browser.text("document.documentElement.lang"), "zh-Hans");
}

#[test]
fn keys_alone_lead_everywhere() {
    let Some(visit) = Visit::begin() else { return };
    let browser = &visit.browser;
    visit.go("/leverage?lang=en");
    browser.press(key::TAB);
    let first = browser.eval(
        "(function (one) { var box = one.getBoundingClientRect(); return [one.className, box.left >= 0 && box.top >= 0 && box.width > 0]; })(document.activeElement)",
    );
    assert_eq!(
        first,
        serde_json::json!(["skip", true]),
        "the first stop is the link to the content, and it is seen"
    );
    browser.press(key::ENTER);
    browser.wait("document.activeElement.id === 'main'");
    browser.press(key::TAB);
    let explained = browser.text("document.activeElement.search");
    assert!(explained.contains("page=concepts"), "what stands behind the page comes next: {explained}");
    browser.press(key::TAB);
    assert_eq!(browser.text("document.activeElement.name"), "target", "the first field follows");
    // Every stop is seen, and the stops reach the form's end.
    let stops = "Array.from(document.querySelectorAll('form.controls input:not([type=hidden]), form.controls select, form.controls summary')).filter(function (one) { return one.checkVisibility(); }).length";
    for _ in 1..browser.eval(stops).as_u64().expect("a number") {
        browser.press(key::TAB);
        let seen = "(function (one) { return one !== document.body && getComputedStyle(one).outlineStyle !== 'none'; })(document.activeElement)";
        assert_eq!(
            browser.eval(seen),
            Value::Bool(true),
            "{}",
            browser.text("document.activeElement.outerHTML")
        );
    }
    assert_eq!(browser.eval("!!document.activeElement.closest('form.controls')"), Value::Bool(true));
    // A box is ticked with the space bar.
    browser.run("document.querySelector('input[name=by]').focus();", &[]);
    browser.changes(|| browser.press(" "));
    nothing_wrong(&visit);
}
