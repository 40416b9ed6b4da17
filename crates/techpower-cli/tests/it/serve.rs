//! `techpower serve`, asked over HTTP as a browser and as an attacker would.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use crate::common::Server;
use crate::{copy, root, techpower};

const CASE: &str = "cases/weaponized-interdependence";

/// A claim that rests on two rival figures.
const RIVALS: &str = "\n[[claim]]\nid = \"rivals\"\nsection = \"1\"\nkind = \"figure\"\nen = \"A\"\nzh = \"甲\"\n\
    query = \"SELECT 7.5 UNION ALL SELECT 2.25\"\ntest = \">\"\nthreshold = 3\n";

/// One server for all tests that only ask; it ends with the last of them that holds it.
fn server() -> Arc<Server> {
    static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let mut known = SERVER.lock().expect("no test failed in here");
    known.upgrade().unwrap_or_else(|| {
        let with_rivals = |folder: &Path| {
            copy(&root().join(CASE), folder);
            let path = folder.join("claims.toml");
            let claims = std::fs::read_to_string(&path).expect("claims.toml");
            std::fs::write(path, claims + RIVALS).expect("claims.toml");
        };
        let server = Arc::new(Server::start(with_rivals, &[]));
        *known = Arc::downgrade(&server);
        server
    })
}

/// Paths of the pages that a study without instruments has, with their headings in both languages.
const PAGES: [(&str, &str, &str); 8] = [
    ("/events", "Events", "事件"),
    ("/sources", "Sources", "来源"),
    ("/leverage", "Leverage", "杠杆"),
    ("/claims", "Claims", "论断"),
    ("/code", "Code a text", "文本编码"),
    ("/codebook", "Codebook", "编码手册"),
    ("/query", "Query", "查询"),
    ("/docs", "Documentation", "文档"),
];

fn heading(text: &str) -> String {
    format!("<h1>{text}</h1>")
}

#[test]
fn every_page_answers_in_both_languages() {
    let server = server();
    for (path, en, zh) in PAGES {
        for (lang, title, code) in [("en", en, "en"), ("zh", zh, "zh-Hans")] {
            let answer = server.get(&format!("{path}?lang={lang}"));
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body.contains(&heading(title)), "{path} {lang}");
            assert!(answer.body.contains(&format!("<html lang=\"{code}\"")), "{path} {lang}");
            // Whatever the page, nothing in it runs that does not come from a file of the server.
            for script in answer.body.split("<script").skip(1) {
                assert!(
                    script.starts_with(" type=\"application/json\"")
                        || script.starts_with(" defer src=\"/assets/"),
                    "{path}: {}",
                    &script[..60]
                );
            }
            for handler in [" onclick=", " onload=", " oninput=", "javascript:"] {
                assert!(!answer.body.contains(handler), "{path} {handler}");
            }
        }
    }
    let overview = server.get("/?lang=en").body;
    assert!(overview.contains("class=\"lead\""), "the report's answer");
    assert!(overview.contains("rows of events") && overview.contains("results of "), "{overview}");
    let chinese = server.get_with("/query", "Accept-Language: zh-CN,zh;q=0.9\r\n");
    assert!(chinese.body.contains(&heading("查询")));
}

#[test]
fn a_part_is_what_changes_and_the_address_shows_the_same_again() {
    let server = server();
    let path = "/query?sql=SELECT+41+%2B+1+AS+answer&lang=zh&theme=dark";
    let part = server.get_with(path, "X-Part: 1\r\n");
    assert!(part.body.contains(">42<") && !part.body.contains("<html"), "{}", part.body);
    let whole = server.get(path);
    assert!(whole.body.contains(&part.body), "the page holds the part");
    assert!(
        whole.body.contains("data-theme=\"dark\"")
            && whole.body.contains("SELECT 41 + 1 AS answer</textarea>")
    );
    assert!(whole.body.contains("href=\"/events?lang=zh&amp;theme=dark\""), "links keep language and theme");
    let filtered = server.get("/claims?verdict=supported&q=zzzz");
    assert!(filtered.body.contains("class=\"nothing\"") && !filtered.body.contains("<table"), "no bare head");
    assert!(
        filtered.body.contains("value=\"supported\" selected") && filtered.body.contains("value=\"zzzz\"")
    );
}

#[test]
fn answers_say_what_a_browser_may_do_with_them() {
    let server = server();
    for path in ["/", "/nothing", "/assets/live.js", "/assets/nothing.js"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").expect(path);
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
    }
    assert_eq!(server.get("/").header("cache-control"), Some("no-store"));
    assert!(server.get("/assets/plotly.js").body.len() > 1 << 20);
    for path in [
        "/nothing",
        "/assets/nothing.js",
        "/assets/..%2F..%2FCargo.toml",
        "/../Cargo.toml",
        "/assets/",
        "/%00",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let nothing = server.get("/nothing?lang=zh").body;
    assert!(
        nothing.contains(&heading("没有这个页面。")) && nothing.contains("href=\"/claims?lang=zh\""),
        "{nothing}"
    );
    assert_eq!(server.get("/codebook?page=nothing").status, 404);
    assert_eq!(server.post("/query", "sql=SELECT+1", "").status, 404, "only texts are posted");
}

#[test]
fn foreign_names_and_pages_are_refused() {
    let server = server();
    let port = server.port;
    let host = |host: &str| {
        server.send(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).status
    };
    assert_eq!(host(&format!("localhost:{port}")), 200);
    for foreign in
        ["evil.org", &format!("evil.org:{port}"), "127.0.0.1", &format!("127.0.0.1:{port}.evil.org"), ""]
    {
        assert_eq!(host(foreign), 421, "{foreign}");
    }
    let absolute = format!(
        "GET http://evil.org:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(server.send(&absolute).status, 421);
    let own = format!("Origin: http://127.0.0.1:{port}\r\n");
    assert_eq!(server.post("/code", "text=a", &own).status, 200);
    for origin in ["http://evil.org", "null", "https://127.0.0.1"] {
        let refused = server.post("/code", "text=a", &format!("Origin: {origin}\r\n"));
        assert_eq!(refused.status, 403, "{origin}");
    }
    let embedded = server.get_with("/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n");
    assert_eq!(embedded.status, 403);
}

#[test]
fn texts_are_coded_and_escaped_and_long_ones_refused() {
    let server = server();
    let text = "text=Japan+put+chip+tools+under+export+controls.+%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let answer = server.post("/code", text, "");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("&lt;script&gt;") && !answer.body.contains("<script>alert"));
    let long = format!("text={}", "a".repeat((1 << 20) + 1));
    for (language, words) in [("en", "longer than 1024 KiB"), ("zh", "超过 1024 KiB")] {
        let refused = server.post("/code", &long, &format!("Accept-Language: {language}\r\n"));
        assert_eq!(refused.status, 413);
        assert!(refused.body.contains(words), "{}", refused.body);
    }
    let port = server.port;
    let refused = server.send(&format!(
        "POST /code?lang=zh HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    ));
    assert_eq!(refused.status, 415);
    assert!(refused.body.contains("只接受表单"), "{}", refused.body);
    // hyper's own limit of an address, which pages tell.
    let address = |bytes: usize| format!("/query?sql={}", "a".repeat(bytes - "/query?sql=".len()));
    assert_eq!((server.get(&address(65_534)).status, server.get(&address(65_535)).status), (200, 414));
    assert!(server.get("/query").body.contains("65534 bytes"));
    assert!(server.get("/code?date=2024-02-30").body.contains("“2024-02-30” is no value of `date`"));
}

#[test]
fn queries_read_within_limits_and_nothing_else() {
    let server = server();
    let ask = |sql: &str| {
        let encoded: String = sql.bytes().map(|byte| format!("%{byte:02X}")).collect();
        server.get(&format!("/query?sql={encoded}"))
    };
    assert!(ask("SELECT COUNT(*) FROM claims").body.contains("<table"));
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.sqlite");
    let (attach, copy) =
        (format!("ATTACH DATABASE '{}' AS x", other.display()), format!("VACUUM INTO '{}'", other.display()));
    for write in [
        "CREATE TABLE x (y)",
        "DELETE FROM claims",
        "INSERT INTO claims (claim) VALUES ('x')",
        &attach,
        "PRAGMA user_version = 7",
        &copy,
        "SELECT load_extension('x')",
    ] {
        let answer = ask(write);
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("The query cannot be run"), "{write}");
    }
    assert!(!other.exists());
    let numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    let cut = ask(numbers);
    assert!(cut.body.contains("Only the first 1000 rows") && !cut.body.contains(">1001<"));
    let begun = Instant::now();
    let endless = ask(&format!("SELECT COUNT(*) FROM ({numbers})"));
    assert!(endless.body.contains("it took too long and was given up"), "{}", &endless.body[..200]);
    assert!(begun.elapsed() < Duration::from_secs(25));
    assert!(ask("SELECT LENGTH(zeroblob(100000000))").body.contains("The query cannot be run"));
    let csv = server.get("/query.csv?sql=SELECT+1+AS+a%2C+%27x%2Cy%27+AS+b");
    assert_eq!(csv.body, "a,b\n1,\"x,y\"\n");
    assert!(csv.header("content-disposition").is_some_and(|how| how.starts_with("attachment")));
    // What is kept as a file is whole, or not there.
    let file = |sql: &str| {
        let encoded: String = sql.bytes().map(|byte| format!("%{byte:02X}")).collect();
        server.get(&format!("/query.csv?sql={encoded}"))
    };
    assert_eq!(file(&format!("{numbers} LIMIT 20000")).body.lines().count(), 20_001);
    let wide = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 900)
                SELECT CAST(zeroblob(900000) AS TEXT) FROM n";
    for (sql, why) in [(wide, "longer than 64 MiB"), ("SELECT nonsense", "cannot be run")] {
        let refused = file(sql);
        assert_eq!((refused.status, refused.header("content-disposition")), (400, None), "{sql}");
        assert!(refused.body.contains(why), "{}", refused.body);
    }
    let twins = ask("SELECT 1 AS a, 2 AS a").body;
    assert!(twins.contains("a_2") && twins.contains("columns of a name that stood before"));
    for year in ["99999", "abc"] {
        assert!(server.get(&format!("/query?year={year}")).body.contains(&format!("“{year}” is no value")));
        assert_eq!(server.get(&format!("/query.csv?sql=SELECT+1&year={year}")).status, 400);
    }
    assert!(
        server.get("/query?year=2003").body.contains("value=\"2003\" selected"),
        "the year of the answer"
    );
    assert!(ask("SELECT :year").body.contains("stands for a year"));
    assert!(ask("SELECT @year").body.contains("`@year`"));
}

/// A server answers from the run with which it began, by year as the command does, whatever becomes of the folder.
#[test]
fn queries_are_of_one_run_and_of_the_year_asked_for() {
    let case = tempfile::tempdir().expect("a folder");
    copy(&root().join(CASE), case.path());
    let server = Server::over(case.path(), &[]);
    let sql = "SELECT COUNT(*) AS n, MAX(date) AS last FROM events";
    let of = |year: &str| {
        let output = techpower()
            .arg("query")
            .arg(case.path())
            .args([sql, "--format", "csv"])
            .args(if year.is_empty() { vec![] } else { vec!["--year", year] })
            .output()
            .expect("an answer");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let asked = |year: &str| {
        server.get(&format!("/query.csv?sql={}&year={year}", sql.replace(' ', "+").replace('*', "%2A"))).body
    };
    let told: Vec<(&str, String)> = ["", "2003", "2012"].map(|year| (year, of(year))).into();
    assert!(told[0].1 != told[1].1 && told[1].1 != told[2].1, "{told:?}");
    let holds = || {
        for (year, answer) in &told {
            assert_eq!(asked(year), *answer, "{year}");
        }
    };
    holds();
    let events = case.path().join("tables/events.csv");
    let text = std::fs::read_to_string(&events).expect("the events");
    let fewer: Vec<&str> = text.lines().take(10).collect();
    std::fs::write(&events, fewer.join("\n")).expect("fewer events");
    techpower().arg("run").arg(case.path()).output().expect("a run");
    assert_ne!(of(""), told[0].1);
    holds();
    std::fs::remove_dir_all(case.path().join("build")).expect("a folder less");
    holds();
    let claims = server.get("/claims").body;
    let link = claims.split("href=\"").find(|part| part.starts_with("/claims?claim=")).expect("a claim");
    let link = link.split('"').next().expect("its address");
    assert!(server.get(link).body.contains("<figure"), "its numbers");
}

#[test]
fn suggestions_are_collected_in_the_address_and_kept_as_a_table() {
    let server = server();
    let events = server.get("/events").body;
    let link =
        events.split("href=\"").find(|part| part.contains("row=")).expect("a link to suggest a change");
    let link = link.split('"').next().expect("its address").replace("&amp;", "&");
    let form = server.get(&link).body;
    assert!(form.contains("class=\"own\"") && form.contains("name=\"value\""), "a form");
    let added = server.get(&format!("{link}&column=date&value=1999-12-31")).body;
    assert!(added.contains("<b>1999-12-31</b>"));
    let csv =
        added.split("href=\"").find(|part| part.starts_with("/events.csv")).expect("a link to the table");
    let csv = server.get(&csv.split('"').next().expect("its address").replace("&amp;", "&")).body;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("event,sender,column,now,suggested"));
    assert!(
        lines.next().is_some_and(|line| line.contains(",date,") && line.ends_with(",1999-12-31")),
        "{csv}"
    );
}

#[test]
fn the_threshold_of_a_claim_moves() {
    let server = server();
    let claims = server.get("/claims").body;
    let link = claims.split("href=\"").find(|part| part.starts_with("/claims?claim=")).expect("a claim");
    let link = link.split('"').next().expect("its address").to_owned();
    let of = |threshold: &str| server.get(&format!("{link}&threshold={threshold}")).body;
    let moved = of("1e12");
    assert!(moved.contains("stated: ") && moved.contains("moved: 1,000,000,000,000"), "{moved}");
    assert!(of("-1e12") != moved);
    for strange in ["NaN", "inf", "x"] {
        let page = of(strange);
        assert!(page.contains("type=\"range\""));
        assert!(page.contains(&format!("“{strange}” is no value of `threshold`")), "{strange}");
    }
    // Two rival figures are no distribution.
    assert!(server.get("/claims?claim=rivals").body.contains("The numbers: 7.5, 2.25."));
    assert!(server.get("/claims?claim=rivals&lang=zh").body.contains("数值：7.5、2.25。"));
}

#[test]
fn sources_are_weighed_anew() {
    let server = server();
    let part = |query: &str| server.get_with(&format!("/sources{query}"), "X-Part: 1\r\n").body;
    let stated = part("");
    assert!(stated.contains("<table class=\"map ranks\">"), "{stated}");
    assert!(stated.contains("Ranks in all sources in ") && stated.contains("class=\"spot\""), "{stated}");
    let page = server.get("/sources").body;
    let slider = page
        .split("type=\"range\" name=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a slider");
    assert_ne!(part(&format!("?{slider}=0")), stated);
    assert_ne!(part("?normalisation=rank"), stated);
    let strange = part("?w.nothing=3&out=nothing&normalisation=nothing&source=nothing");
    assert!(strange.contains("map ranks"));
    for field in ["w.nothing", "out", "normalisation", "source"] {
        assert!(strange.contains(&format!("is no value of `{field}`")), "{field}");
    }
    // What the slider cannot be set to is told, and slider and answer are as stated.
    for weight in ["-1", "NaN", "1e309", "4000"] {
        let page = server.get(&format!("/sources?{slider}={weight}")).body;
        assert!(page.contains(&format!("“{weight}” is no value of `{slider}`")), "{weight}");
        assert!(!page.contains(&format!("value=\"{weight}\"")), "{weight}");
    }
}

#[test]
fn inputs_are_withheld() {
    let server = server();
    let page = server.get("/leverage").body;
    assert!(
        page.contains(&heading("Leverage"))
            && page.contains("name=\"by\"")
            && page.contains("name=\"input\"")
    );
    let value = |name: &str| {
        let field = format!("name=\"{name}\" value=\"");
        page.split(&field).nth(1).and_then(|rest| rest.split('"').next()).expect("a field").to_owned()
    };
    let part = |query: &str| server.get_with(&format!("/leverage?{query}"), "X-Part: 1\r\n").body;
    let all = part(&format!("chosen=1&by={}", value("by")));
    assert!(all.contains("<table"), "{all}");
    assert_ne!(part(&format!("chosen=1&by={}&input={}", value("by"), value("input"))), all);
    let strange = part("chosen=1&by=nobody&target=nobody");
    assert!(strange.contains("class=\"nothing\""));
    assert!(strange.contains("“nobody” is no value of `target`") && strange.contains("of `by`"));
    let strange = part(&format!("chosen=1&by={}&input=nothing", value("by")));
    assert!(strange.contains("class=\"nothing\"") && strange.contains("“nothing” is no value of `input`"));
    assert_eq!(part(&format!("chosen=1&by={0}&by={0}", value("by"))), all, "who is named twice is one");
}

/// Values of an attribute of the links in a part of a page.
fn links(html: &str) -> Vec<String> {
    let links = html.split("<a ").skip(1).filter_map(|rest| rest.split("href=\"").nth(1)?.split('"').next());
    links.map(|link| link.replace("&amp;", "&")).collect()
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let server = server();
    let mut faults = Vec::new();
    for lang in ["en", "zh"] {
        let index = server.get_with(&format!("/docs?lang={lang}"), "X-Part: 1\r\n").body;
        let mut answers: BTreeMap<String, (u16, String)> = BTreeMap::new();
        let mut open = links(&index);
        let mut pages = 0;
        while let Some(link) = open.pop() {
            if link.starts_with("http") {
                continue;
            }
            let (address, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if !answers.contains_key(address) {
                let answer = server.get_with(address, "X-Part: 1\r\n");
                if address.starts_with("/docs") {
                    pages += 1;
                    // A link to a place of the page is one of this page.
                    let own =
                        |link: String| if link.starts_with('#') { format!("{address}{link}") } else { link };
                    open.extend(links(&answer.body).into_iter().map(own));
                }
                answers.insert(address.to_owned(), (answer.status, answer.body));
            }
            let (status, body) = &answers[address];
            let there = anchor.is_empty() || body.contains(&format!("id=\"{anchor}\""));
            if *status != 200 || !there {
                faults.push(format!("{lang}: {link} {status}"));
            }
        }
        assert!(pages > 25, "{pages}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_documentation_is_shown_searched_and_nothing_else_is_read() {
    let server = server();
    let page = server.get("/docs?page=concepts%2Fscarcity-corollary&lang=en").body;
    assert!(page.contains("<h2 id=\"the-scarcity-corollary\">") && page.contains("9,999 times"));
    let table = server.get("/docs?page=reference%2Ftables").body;
    assert!(table.contains("<div class=\"scroll\" tabindex=\"0\" role=\"region\""));
    let found = server.get_with("/docs?q=winsoris+interval", "X-Part: 1\r\n").body;
    assert!(found.contains("page=concepts%2Fmeasuring-sources#"), "{found}");
    assert!(server.get("/docs?q=zzzz").body.contains("0 pages"));
    for strange in [
        "nothing",
        "..%2FREADME",
        "ARCHITECTURE",
        "..%2F..%2Fetc%2Fpasswd",
        "guides%2Fmake-a-study.md",
        "%00",
    ] {
        assert_eq!(server.get(&format!("/docs?page={strange}")).status, 404, "{strange}");
    }
    // Every page but this one leads to what explains it.
    for (path, _, _) in PAGES.iter().filter(|(path, _, _)| *path != "/docs") {
        let body = server.get(path).body;
        let line = body.split("What stands behind this page").nth(1).expect(path);
        let link = links(line).remove(0);
        assert!(link.starts_with("/docs?page=") && server.get(&link).status == 200, "{path}: {link}");
    }
}

#[test]
fn instruments_are_asked_and_changed() {
    let server = Server::start(
        |folder| {
            let made =
                techpower().args(["new", &folder.join("s").to_string_lossy()]).output().expect("the command");
            assert!(made.status.success());
            copy(&folder.join("s"), folder);
            for part in ["instruments", "objects"] {
                copy(&root().join("cases/ai-rivalry").join(part), &folder.join(part));
            }
        },
        &[],
    );
    let asked = |query: &str| server.get(&format!("/rules?object=nv-h20-sxm&on=2024-04-04&{query}")).body;
    let part = |body: &str, instrument: &str| {
        let row = body.split("<tr>").find(|row| row.contains(&format!(">{instrument}<"))).unwrap_or_default();
        row.split("class=\"verdict ")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    };
    assert!(asked("lang=zh").contains(&heading("规则")) && asked("").contains(&heading("Rules")));
    assert_eq!(part(&asked("all=1"), "us-3a090"), "not_touched");
    // Other facts in the place of its own.
    assert_eq!(part(&asked("all=1&f.tpp=5000"), "us-3a090"), "touched");
    assert!(asked("f.tpp=much").contains("says nothing of the field"));
    assert!(
        asked("why=us-3a090&all=1").contains("class=\"trace\"")
            && asked("").contains("svg class=\"timeline\"")
    );
    assert!(server.get("/rules?object=nv-h20-sxx").body.contains("did you mean"));
    // A kind of which nothing is known, with facts that are filled in.
    let blank = server.get("/rules?object=chip&on=2024-04-04&f.tpp=5000&all=1").body;
    assert_eq!(part(&blank, "us-3a090"), "touched");

    let moved = server.get("/reform?line=us-3a090@2023-11.tpp_mid&value=2300&on=2024-04-01").body;
    assert!(
        moved.contains("object=nv-h20-sxm") && moved.contains("(item classification) → Licence requirement"),
        "{moved}"
    );
    assert!(server.get("/reform?lang=zh").body.contains(&heading("修法")));
    let strange = server.get("/reform?line=nothing&value=x&on=y").body;
    for (field, value) in [("line", "nothing"), ("value", "x"), ("on", "y")] {
        assert!(strange.contains(&format!("“{value}” is no value of `{field}`")), "{field}");
    }
    let strange = server.get("/rules?on=2024-02-30&known=zz").body;
    for (field, value) in [("on", "2024-02-30"), ("known", "zz")] {
        assert!(strange.contains(&format!("“{value}” is no value of `{field}`")), "{field}");
    }
}

#[test]
fn a_connection_on_which_nothing_comes_is_closed() {
    let server = server();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.").expect("a beginning");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time-out");
    let mut rest = Vec::new();
    assert!(stream.read_to_end(&mut rest).is_ok(), "still open after 40 seconds");
    // While one waits, others are answered.
    assert_eq!(server.get("/assets/live.js").status, 200);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_cleanly() {
    let mut server = Server::start(|folder| copy(&root().join(CASE), folder), &[]);
    let _open = TcpStream::connect(("127.0.0.1", server.port)).expect("a connection");
    let told = Command::new("kill").args(["-INT", &server.child.id().to_string()]).status().expect("kill");
    assert!(told.success());
    let ended = server.child.wait().expect("its end");
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn others_need_a_token() {
    let folder = root().join(CASE);
    let study = folder.to_string_lossy();
    let refused = |arguments: &[&str], words: &str| {
        let output =
            techpower().args(["serve", &study, "--port", "0"]).args(arguments).output().expect("the command");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    };
    refused(&["--host", "0.0.0.0"], "token");
    refused(&["--host", "0.0.0.0", "--token", "short"], "16");

    let token = ["--host", "0.0.0.0", "--token", "correct-horse-battery"];
    let server = Server::start(|folder| copy(&root().join(CASE), folder), &token);
    assert_eq!(server.get("/").status, 401);
    assert_eq!(server.get("/?token=correct-horse-batterx").status, 401);
    assert_eq!(server.get("/assets/live.js").status, 401);
    let admitted = server.get("/query?token=correct-horse-battery&lang=zh");
    assert_eq!((admitted.status, admitted.header("location")), (303, Some("/query?lang=zh")));
    let cookie = admitted.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("horse"));
    let cookie = format!("Cookie: other=1; {}\r\n", cookie.split(';').next().expect("its value"));
    assert_eq!(server.get_with("/query", &cookie).status, 200);
    assert_eq!(server.get_with("/query", "Cookie: techpower=x\r\n").status, 401);
    let named =
        format!("GET / HTTP/1.1\r\nHost: evil.org:{}\r\nConnection: close\r\n{cookie}\r\n", server.port);
    assert_eq!(server.send(&named).status, 421);
}
