//! Many readers at once: `cargo test --release -p techpower-cli --test load -- --ignored --nocapture` for half a minute of them.
#![allow(missing_docs, reason = "tests")]
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::Server;

/// Readers who ask one page after the other on a connection that stays open.
const READERS: usize = 200;
/// Connections on which a request never ends.
const SLOW: usize = 50;
/// What every answer must say.
const HEADERS: [&str; 6] = [
    "content-security-policy: default-src 'none'; script-src 'self';",
    "x-content-type-options: nosniff",
    "referrer-policy: no-referrer",
    "x-frame-options: deny",
    "cross-origin-resource-policy: same-origin",
    "cross-origin-opener-policy: same-origin",
];

/// Live parts as the pages fetch them, each otherwise than as stated.
const LIVE: [(&str, &[&str]); 9] = [
    (
        "sources",
        &["/sources?w.accumulation=2", "/sources?aggregation=geometric", "/sources?normalisation=rank"],
    ),
    (
        "leverage",
        &[
            "/leverage?chosen=1&by=USA&target=CHN",
            "/leverage?chosen=1&by=NLD&target=CHN",
            "/leverage?chosen=1&by=CHN&target=USA",
        ],
    ),
    ("rules", &["/rules?object=nv-h20-sxm&on=2024-04-04", "/rules?object=chip&on=2024-04-04&f.tpp=5000"]),
    ("reform", &["/reform?line=us-3a090@2023-11.tpp_mid&value=2300&on=2024-04-01"]),
    ("claims", &["/claims?verdict=contested", "/claims?q=export"]),
    ("code", &["/code?text=Japan+put+chip+tools+under+export+controls."]),
    ("events", &["/events?q=export", "/events?page=2"]),
    ("codebook", &["/codebook?q=control"]),
    ("query", &["/query?sql=SELECT+*+FROM+claims"]),
];

/// Reads an answer off a connection that stays open: its status and its head, in small letters.
fn answer(from: &mut BufReader<TcpStream>) -> std::io::Result<(u16, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head)? == 0 {
            return Err(std::io::Error::other("closed"));
        }
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let length: u64 = length.ok_or_else(|| std::io::Error::other("no length"))?;
    std::io::copy(&mut from.by_ref().take(length), &mut std::io::sink())?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, head))
}

fn connected(port: u16) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(BufReader::new(stream))
}

fn ask(on: &mut BufReader<TcpStream>, port: u16, path: &str) -> std::io::Result<(u16, String)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    on.get_mut().write_all(request.as_bytes())?;
    answer(on)
}

/// What came of a crowd.
#[derive(Default)]
struct Told {
    times: Vec<Duration>,
    faults: Vec<String>,
}

/// One reader, who goes round the pages until time is up.
fn reads(port: u16, paths: &[String], from: usize, ended: &AtomicBool) -> Told {
    let mut told = Told::default();
    let mut on = match connected(port) {
        Ok(on) => on,
        Err(error) => {
            told.faults.push(format!("connecting: {error}"));
            return told;
        }
    };
    for path in paths.iter().cycle().skip(from) {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        match ask(&mut on, port, path) {
            Ok((200, head)) if HEADERS.iter().all(|line| head.contains(line)) => {
                told.times.push(begun.elapsed())
            }
            Ok((200, head)) => told.faults.push(format!("{path}: a header is missing: {head}")),
            Ok((status, _)) => told.faults.push(format!("{path}: {status}")),
            Err(error) => {
                told.faults.push(format!("{path}: {error} after {:?}", begun.elapsed()));
                break;
            }
        }
    }
    told
}

/// Keeps connections open on which a request comes byte by byte and never ends; the server may close them, and new ones come.
fn dawdles(port: u16, ended: &AtomicBool) {
    let mut open: Vec<TcpStream> = Vec::new();
    while !ended.load(Ordering::Relaxed) {
        open.retain_mut(|stream| stream.write_all(b"x").is_ok());
        while open.len() < SLOW {
            let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { break };
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ");
            open.push(stream);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// A figure of a process in MB, as the kernel tells it: `VmRSS`, `VmHWM`.
fn memory(id: u32, figure: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the process");
    let line = text.lines().find(|line| line.starts_with(figure)).expect("the figure");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1024.0
}

/// All pages of the navigation in both languages, and what they load.
fn paths(server: &Server) -> Vec<String> {
    let page = server.get("/?lang=en").body;
    let nav = page.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).expect("the navigation");
    let pages: Vec<&str> =
        nav.split("href=\"").skip(1).filter_map(|rest| rest.split(['?', '"']).next()).collect();
    assert!(pages.len() >= 8, "{pages:?}");
    let languages =
        ["en", "zh"].iter().flat_map(|lang| pages.iter().map(move |path| format!("{path}?lang={lang}")));
    languages.chain(["/assets/style.css", "/assets/live.js"].map(str::to_owned)).collect()
}

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
}

/// Lets a crowd read for some time, and asks what must hold whatever it does.
fn crowd(server: &Server, time: Duration) {
    let (port, id, paths) = (server.port, server.child.id(), paths(server));
    let quiet = memory(id, "VmRSS");
    let ended = AtomicBool::new(false);
    let all = Mutex::new(Told::default());
    std::thread::scope(|scope| {
        scope.spawn(|| dawdles(port, &ended));
        for reader in 0..READERS {
            let (paths, ended, all) = (&paths, &ended, &all);
            scope.spawn(move || {
                let told = reads(port, paths, reader, ended);
                let mut all = all.lock().expect("no reader failed in here");
                all.times.extend(told.times);
                all.faults.extend(told.faults);
            });
        }
        std::thread::sleep(time);
        ended.store(true, Ordering::Relaxed);
    });
    let Told { mut times, faults } = all.into_inner().expect("no reader failed");
    let (most, after) = (memory(id, "VmHWM"), memory(id, "VmRSS"));
    println!(
        "{} answers to {READERS} readers in {:.0} s: {:.0} a second; ms: median {:.0}, 95th {:.0}, slowest {:.0}; \
         memory in MB: {quiet:.0} before, {most:.0} at most, {after:.0} after",
        times.len(),
        time.as_secs_f64(),
        times.len() as f64 / time.as_secs_f64(),
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.95),
        quantile(&mut times, 1.0),
    );
    assert!(faults.is_empty(), "{} faults: {}", faults.len(), faults[..faults.len().min(5)].join("\n"));
    assert!(times.len() >= READERS, "every reader is answered: {}", times.len());
    // A few pages at work, and what connections hold.
    assert!(most < quiet + 400.0, "{quiet:.0} MB before, {most:.0} MB at most");
}

/// What a folder holds, by hashes.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(inner, hash)| (format!("{name}/{inner}"), hash)));
        } else {
            found.insert(name, techpower::disk::hash(&std::fs::read(&path).expect("a file")));
        }
    }
    found
}

/// A crowd reads, the server is killed in the midst of another, and begins again over the same results.
fn survives(study: &Path, time: Duration) {
    let server = Server::over(study, &[]);
    let before = contents(&study.join("build"));
    crowd(&server, time);
    let paths = paths(&server);
    let mut on = connected(server.port).expect("a connection");
    let request = format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", paths[2], server.port);
    on.get_mut().write_all(request.as_bytes()).expect("a question");
    // Dropping it kills it, with that question unanswered.
    drop(server);
    assert_eq!(contents(&study.join("build")), before, "a server writes nothing");
    let again = Server::over(study, &[]);
    assert_eq!(contents(&study.join("build")), before, "and what it began with is current");
    for path in &paths {
        assert_eq!(again.get(path).status, 200, "{path}");
    }
}

#[test]
fn a_crowd_is_answered_for_a_moment() {
    let folder = tempfile::tempdir().expect("a folder");
    common::copy(&common::root().join("cases/weaponized-interdependence"), folder.path());
    survives(folder.path(), Duration::from_secs(3));
}

// Half a minute, and of use only in release.
#[test]
#[ignore = "takes a minute; see the head of this file"]
fn a_crowd_is_answered_for_half_a_minute() {
    survives(&common::kept_case(), Duration::from_secs(30));
}

// Figures for people, in release.
#[test]
#[ignore = "tells figures of one machine; see the head of this file"]
fn how_soon_live_parts_come() {
    let server = Server::over(&common::kept_case(), &[]);
    for (page, asked) in LIVE {
        let mut times = Vec::new();
        for round in 0..30 {
            let path = asked[round % asked.len()];
            let begun = Instant::now();
            let answer = server.get_with(path, "X-Part: 1\r\n");
            times.push(begun.elapsed());
            assert_eq!(answer.status, 200, "{path}");
        }
        println!(
            "{page}: ms: median {:.1}, 95th {:.1}",
            quantile(&mut times, 0.5),
            quantile(&mut times, 0.95)
        );
    }
}
