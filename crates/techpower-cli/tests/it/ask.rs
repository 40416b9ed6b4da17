//! A language model as a coder, against a server in a thread.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};
use techpower::code::Event;
use techpower::codebook::Codebook;
use techpower::diag::{Kind, Lang, Notes};
use techpower::text::Document;

// The command has no library, so its source is a module here, too.
#[allow(dead_code, reason = "not everything is tested from here")]
#[path = "../../src/ask.rs"]
mod source;

use source::{Ask, Asked};

/// A server that gives replies one after the other and is gone after the last. It remembers heads and bodies of the requests.
struct Stub {
    url: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
    thread: JoinHandle<()>,
}

impl Stub {
    fn new(replies: Vec<(u16, String)>) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let thread = std::thread::spawn(move || {
            for (status, reply) in replies {
                let (stream, _) = listener.accept().expect("a request");
                let mut reader = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    assert!(reader.read_line(&mut head).expect("a line") > 0);
                }
                let length = head
                    .lines()
                    .find_map(|line| {
                        line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                    })
                    .unwrap_or(0);
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("a body");
                seen.lock().expect("a lock").push((head, String::from_utf8(body).expect("text")));
                let length = reply.len();
                let answer = format!(
                    "HTTP/1.1 {status} Reply\r\ncontent-length: {length}\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\n\r\n{reply}"
                );
                reader.get_mut().write_all(answer.as_bytes()).expect("an answer");
            }
        });
        Stub { url, asked, thread }
    }

    /// Waits until the server is gone: what it was asked.
    fn end(self) -> Vec<(String, String)> {
        self.thread.join().expect("the server");
        self.asked.lock().expect("a lock").clone()
    }
}

/// A reply of an endpoint in which the model wrote a text.
fn reply(written: &str) -> String {
    json!({ "choices": [{ "finish_reason": "stop", "message": { "content": written } }] }).to_string()
}

fn written(evidence: &str) -> String {
    json!({ "events": [{
        "sender": "JPN", "sender_quote": "Japan", "targets": ["*"], "target_quotes": [null],
        "instrument": "export-control", "layer": "foundation", "power": "compulsory", "mode": "impose",
        "evidence": evidence, "trigger": null, "date_quote": null, "note": null,
    }] })
    .to_string()
}

const EVIDENCE: &str = "placed chip tools under export controls";

fn document() -> Document {
    Document {
        id: "d".into(),
        lang: None,
        date: None,
        title: String::new(),
        text: "Japan placed chip tools under export controls.".into(),
        source: "kept at home".into(),
        file: "d.txt".into(),
        row: 1,
    }
}

fn options(url: Option<&str>, cache: &Path) -> Ask {
    Ask {
        llm_url: url.map(str::to_owned),
        llm_model: Some("m".into()),
        llm_key_env: None,
        llm_cache: Some(cache.to_owned()),
        llm_offline: url.is_none(),
    }
}

/// Codes the document with what the options name.
fn code(options: &Ask) -> (Vec<Event>, Vec<Kind>) {
    let (codebook, _) = Codebook::builtin();
    let further = BTreeMap::new();
    let mut notes = Notes::new();
    let variable = |name: &str| (name == "KEY").then(|| "k-5e55".to_owned());
    let Some(mut endpoint) = options.endpoint(&variable, &mut notes) else {
        return (Vec::new(), notes.iter().map(|note| note.kind).collect());
    };
    endpoint.wait = Duration::from_millis(1);
    let events = Asked::new(endpoint, &codebook, &further, Lang::En).code(&document(), &mut notes);
    for note in notes.iter() {
        assert!(!note.message(Lang::Zh).contains('{'), "{}", note.message(Lang::Zh));
    }
    (events, notes.iter().map(|note| note.kind).collect())
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn a_good_answer_is_kept_and_replayed_when_the_server_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = Stub::new(vec![(200, reply(&written(EVIDENCE)))]);
    let mut online = options(Some(&stub.url), folder.path());
    online.llm_key_env = Some("KEY".into());
    let (events, notes) = code(&online);
    assert_eq!((events.len(), notes.as_slice()), (1, &[][..]));
    assert!(events[0].uncertain && events[0].coder == "llm:m");
    let asked = stub.end();
    let (head, body) = &asked[0];
    assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
    assert!(head.to_ascii_lowercase().contains("authorization: bearer k-5e55"), "{head}");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((&body["model"], &body["temperature"]), (&json!("m"), &json!(0)));
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert!(!body.to_string().contains("kept at home"));
    // One file with both; no key, nothing half written.
    assert_eq!(files(folder.path()), 1);
    let file = std::fs::read_dir(folder.path()).expect("a folder").flatten().next().expect("a file").path();
    let text = std::fs::read_to_string(&file).expect("a file");
    assert!(!text.contains("k-5e55"));
    let kept: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(kept["request"], body);
    // The server is gone: the same events, with the same address and with none.
    assert_eq!(code(&online), (events.clone(), vec![]));
    assert_eq!(code(&options(None, folder.path())), (events, vec![]));
}

#[test]
fn words_that_are_not_in_the_text_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = Stub::new(vec![(200, reply(&written("banned all chips")))]);
    assert_eq!(code(&options(Some(&stub.url), folder.path())), (vec![], vec![Kind::ModelNoEvidence]));
    stub.end();
}

#[test]
fn half_a_reply_is_no_coding() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = written(EVIDENCE);
    let stub = Stub::new(vec![(200, reply(&whole[..whole.len() / 2])), (200, "{\"choices\":[".into())]);
    assert_eq!(code(&options(Some(&stub.url), folder.path())), (vec![], vec![Kind::ModelReply]));
    let other = tempfile::tempdir().expect("a folder");
    assert_eq!(code(&options(Some(&stub.url), other.path())), (vec![], vec![Kind::ModelReply]));
    // What is no reply at all is not kept.
    assert_eq!((files(folder.path()), files(other.path())), (1, 0));
    stub.end();
}

#[test]
fn a_busy_or_broken_endpoint_is_asked_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = Stub::new(vec![(500, "no".into()), (429, "slow".into()), (200, reply(&written(EVIDENCE)))]);
    let (events, notes) = code(&options(Some(&stub.url), folder.path()));
    assert_eq!((events.len(), notes.as_slice()), (1, &[][..]));
    let asked = stub.end();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].1, asked[2].1);
    // Four times in all, then it is a note.
    let stub = Stub::new(vec![(503, String::new()); 4]);
    let other = tempfile::tempdir().expect("a folder");
    assert_eq!(code(&options(Some(&stub.url), other.path())), (vec![], vec![Kind::ModelFailed]));
    assert_eq!(stub.end().len(), 4);
    // Another refusal is final, and a redirection is not followed.
    for status in [401, 307, 302] {
        let stub = Stub::new(vec![(status, "no".into())]);
        assert_eq!(code(&options(Some(&stub.url), other.path())), (vec![], vec![Kind::ModelFailed]));
        assert_eq!(stub.end().len(), 1);
    }
}

#[test]
fn offline_nothing_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut options = options(Some(&url), folder.path());
    options.llm_offline = true;
    assert_eq!(code(&options), (vec![], vec![Kind::ModelOffline]));
    assert!(listener.accept().is_err(), "something was sent");
    assert_eq!(files(folder.path()), 0);
    assert_eq!(code(&Ask::default()), (vec![], vec![]));
}

#[test]
fn what_cannot_be_used_is_a_note_and_nothing_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    for url in ["", "localhost", "ftp://127.0.0.1/v1", "http://", "http:// /"] {
        assert_eq!(code(&options(Some(url), folder.path())), (vec![], vec![Kind::ModelAddress]), "{url}");
    }
    let mut keyless = options(Some("http://127.0.0.1:1/v1"), folder.path());
    assert_eq!(code(&keyless), (vec![], vec![Kind::ModelFailed]));
    keyless.llm_key_env = Some("NO_SUCH_KEY".into());
    assert_eq!(code(&keyless), (vec![], vec![Kind::ModelKey]));
}

#[test]
fn a_broken_cache_is_a_note_and_the_endpoint_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = Stub::new(vec![(200, reply(&written(EVIDENCE))), (200, reply(&written(EVIDENCE)))]);
    let online = options(Some(&stub.url), folder.path());
    code(&online);
    let file = std::fs::read_dir(folder.path()).expect("a folder").flatten().next().expect("a file").path();
    std::fs::write(&file, "{\"request\":").expect("a file");
    let (events, notes) = code(&online);
    assert_eq!((events.len(), notes.as_slice()), (1, &[Kind::ModelCache][..]));
    stub.end();
    // It is whole again.
    assert_eq!(code(&online), (events, vec![]));
}

#[test]
fn options_that_need_others_say_so() {
    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        ask: Ask,
    }
    let check = |line: &str, good: bool| {
        let parsed = Command::try_parse_from(line.split(' '));
        assert_eq!(parsed.is_ok(), good, "{line}: {parsed:?}");
        parsed.map(|command| command.ask.wanted()).ok()
    };
    assert_eq!(check("code", true), Some(false));
    assert_eq!(check("code --llm http://127.0.0.1/v1 --llm-model m --llm-cache c", true), Some(true));
    assert_eq!(check("code --llm-offline --llm-model m --llm-cache c", true), Some(true));
    check("code --llm http://127.0.0.1/v1 --llm-model m", false);
    check("code --llm http://127.0.0.1/v1 --llm-cache c", false);
    check("code --llm-offline --llm-model m", false);
    check("code --llm-key-env KEY --llm-model m --llm-cache c", false);
}
