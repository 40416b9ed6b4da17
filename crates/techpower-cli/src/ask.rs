//! Asks a language model to code documents, at an endpoint that the user names, and keeps what was asked and replied. Without an endpoint nothing
//! is sent.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use techpower::code::Event;
use techpower::code::llm::{self, Answers};
use techpower::codebook::{Actor, Codebook};
use techpower::diag::{Kind, Lang, Note, Notes, Place};
use techpower::disk;
use techpower::text::Document;
use ureq::http::Uri;

const STAGE: &str = "code";
/// How often a request is sent at most.
const TRIES: u32 = 4;
/// A model on a small machine may think for minutes.
const TIMEOUT: Duration = Duration::from_secs(600);
const TIMEOUT_CONNECT: Duration = Duration::from_secs(30);
/// The longest wait that an endpoint may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The options for a language model.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Ask {
    /// Let a language model code the documents: address of an endpoint for chat completions, such as http://127.0.0.1:8080/v1. Date, title and
    /// text of each document are sent there.
    #[arg(long = "llm", value_name = "URL", requires = "llm_model", requires = "llm_cache")]
    pub(crate) llm_url: Option<String>,
    /// Name of the model.
    #[arg(long, value_name = "NAME")]
    pub(crate) llm_model: Option<String>,
    /// Environment variable that holds the key of the endpoint.
    #[arg(long, value_name = "VAR", requires = "llm_url")]
    pub(crate) llm_key_env: Option<String>,
    /// Folder in which requests and replies are kept; what is there is not asked again.
    #[arg(long, value_name = "DIR")]
    pub(crate) llm_cache: Option<PathBuf>,
    /// Use kept replies only and send nothing.
    #[arg(long, requires = "llm_model", requires = "llm_cache")]
    pub(crate) llm_offline: bool,
}

impl Ask {
    /// Whether a language model is to be asked at all.
    pub(crate) fn wanted(&self) -> bool {
        self.llm_url.is_some() || self.llm_offline
    }

    /// The endpoint; `None` if none is wanted, or, with a note, if it cannot be used. `variable` looks up environment variables.
    pub(crate) fn endpoint(
        &self,
        variable: &dyn Fn(&str) -> Option<String>,
        notes: &mut Notes,
    ) -> Option<Endpoint> {
        if !self.wanted() {
            return None;
        }
        let mut url = None;
        let mut key = None;
        if let Some(text) = self.llm_url.as_deref().filter(|_| !self.llm_offline) {
            url = address(text);
            if url.is_none() {
                notes.push(Note::new(Kind::ModelAddress, STAGE, Place::default()).with("url", text));
                return None;
            }
            if let Some(name) = &self.llm_key_env {
                key = variable(name).filter(|key| !key.trim().is_empty());
                if key.is_none() {
                    notes.push(Note::new(Kind::ModelKey, STAGE, Place::default()).with("name", name));
                    return None;
                }
            }
        }
        Some(Endpoint {
            url,
            model: self.llm_model.clone().unwrap_or_default(),
            key,
            cache: self.llm_cache.clone().unwrap_or_default(),
            wait: Duration::from_secs(1),
        })
    }
}

/// The address to which requests are sent: that of the endpoint, with the path of chat completions if it lacks it.
fn address(text: &str) -> Option<Uri> {
    const PATH: &str = "/chat/completions";
    let text = text.trim().trim_end_matches('/');
    let whole = if text.ends_with(PATH) { text.to_owned() } else { format!("{text}{PATH}") };
    let uri: Uri = whole.parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    (known && uri.host().is_some_and(|host| !host.is_empty())).then_some(uri)
}

/// Where a model is asked.
pub(crate) struct Endpoint {
    /// `None` if nothing may be sent.
    pub(crate) url: Option<Uri>,
    pub(crate) model: String,
    pub(crate) key: Option<String>,
    pub(crate) cache: PathBuf,
    /// The wait before the second try; each further one is twice as long.
    pub(crate) wait: Duration,
}

impl Endpoint {
    /// What the model wrote: from the cache, else from the endpoint. `None`, with a note, if there is nothing.
    pub(crate) fn ask(&self, request: &Value, document: &Document, notes: &mut Notes) -> Option<String> {
        let at = Place::row(&document.file, document.row);
        let path = self.cache.join(format!("{}.json", llm::key(request)));
        match kept(&path, request) {
            Ok(Some(reply)) => return llm::content(&reply, &at, notes),
            Ok(None) => {}
            Err(why) => notes.push(cache_note(&path, &why)),
        }
        let Some(url) = &self.url else {
            notes.push(Note::new(Kind::ModelOffline, STAGE, at).with("document", &document.id));
            return None;
        };
        let reply = match self.send(url, &llm::body(request)) {
            Ok(reply) => reply,
            Err(why) => {
                let note = Note::new(Kind::ModelFailed, STAGE, at).with("document", &document.id);
                notes.push(note.with("why", why));
                return None;
            }
        };
        // A reply that says nothing is not kept, so that it is asked for again.
        let content = llm::content(&reply, &at, notes)?;
        if let Err(why) = keep(&path, request, &reply) {
            notes.push(cache_note(&path, &why.to_string()));
        }
        Some(content)
    }

    /// Sends a request, again if the endpoint is busy or broken.
    fn send(&self, url: &Uri, body: &str) -> Result<String, String> {
        let agent = agent(url);
        let mut wait = self.wait;
        for attempt in 1.. {
            let mut post = agent.post(url).header("content-type", "application/json");
            if let Some(key) = &self.key {
                post = post.header("authorization", format!("Bearer {}", key.trim()));
            }
            let mut reply = post.send(body).map_err(|error| error.to_string())?;
            let status = reply.status();
            if status.is_success() {
                return reply.body_mut().read_to_string().map_err(|error| error.to_string());
            }
            let passing = status.as_u16() == 429 || status.is_server_error();
            if !passing || attempt == TRIES {
                let said = reply.body_mut().read_to_string().unwrap_or_default();
                return Err(format!("{status} {}", short(&said)).trim_end().to_owned());
            }
            let asked =
                reply.headers().get("retry-after").and_then(|after| after.to_str().ok()?.parse().ok());
            std::thread::sleep(asked.map_or(wait, Duration::from_secs).min(LONGEST_WAIT));
            wait *= 2;
        }
        Err(String::new())
    }
}

/// Follows no redirection: what the user named is where the text goes. This machine is not reached through a proxy.
fn agent(url: &Uri) -> ureq::Agent {
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(TIMEOUT))
        .timeout_connect(Some(TIMEOUT_CONNECT));
    let config = if here { config.proxy(None) } else { config };
    config.build().new_agent()
}

/// The beginning of a message, on one line.
fn short(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

fn cache_note(path: &Path, why: &str) -> Note {
    Note::new(Kind::ModelCache, STAGE, Place::default()).with("path", path.display()).with("why", why)
}

/// A reply that was kept for this very request.
fn kept(path: &Path, request: &Value) -> Result<Option<String>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let file: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    match file["reply"].as_str() {
        Some(reply) if file["request"] == *request => Ok(Some(reply.to_owned())),
        _ => Err("request".to_owned()),
    }
}

fn keep(path: &Path, request: &Value, reply: &str) -> io::Result<()> {
    let file = json!({ "request": request, "reply": reply });
    disk::write_file(path, format!("{file:#}\n").as_bytes())
}

/// A language model as a coder of documents.
pub(crate) struct Asked<'a> {
    endpoint: Endpoint,
    answers: Answers<'a>,
    prompt: String,
    schema: Value,
}

impl<'a> Asked<'a> {
    /// For an endpoint, a codebook and the actors of a study; the codebook is told in a language.
    pub(crate) fn new(
        endpoint: Endpoint,
        codebook: &'a Codebook,
        further: &'a BTreeMap<String, Actor>,
        lang: Lang,
    ) -> Asked<'a> {
        Asked {
            answers: Answers::new(codebook, further, &endpoint.model),
            prompt: llm::prompt(codebook, lang),
            schema: llm::schema(codebook),
            endpoint,
        }
    }

    /// The name of the coder on its events.
    pub(crate) fn coder(&self) -> &str {
        self.answers.coder()
    }

    /// Codes a document. All events are for review.
    pub(crate) fn code(&self, document: &Document, notes: &mut Notes) -> Vec<Event> {
        if document.title.trim().is_empty() && document.text.trim().is_empty() {
            return Vec::new();
        }
        let request = llm::request(&self.endpoint.model, &self.prompt, &self.schema, document);
        match self.endpoint.ask(&request, document, notes) {
            Some(written) => self.answers.read(document, &written, notes),
            None => Vec::new(),
        }
    }
}
