//! Tests of the pages and of the report in a browser. Without Chromium and its driver they are skipped, and say so.
#![allow(missing_docs, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod driver;
mod live;
mod pages;
mod report;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use common::Server;
use driver::Browser;

/// One server for all tests at work. Its study stays, so that it is run once.
fn server() -> Arc<Server> {
    static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let mut known = SERVER.lock().expect("no test failed in here");
    known.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Server::over(&common::kept_case(), &[]));
        *known = Arc::downgrade(&server);
        server
    })
}

/// A browser and the server that it looks at.
struct Visit {
    browser: Browser,
    server: Arc<Server>,
}

impl Visit {
    /// `None` if there is no browser.
    fn begin() -> Option<Visit> {
        let browser = Browser::open()?;
        Some(Visit { browser, server: server() })
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.origin()));
    }

    /// What is wrong with what the browser did since it was last asked: errors, and requests that leave this machine.
    fn faults(&self) -> Vec<String> {
        let origin = format!("{}/", self.origin());
        let strange = |address: &String| !address.starts_with(&origin) && !address.starts_with("data:");
        let requests = self.browser.requests();
        assert!(requests.iter().any(|address| address.starts_with(&origin)), "the log of requests is kept");
        let strange = requests.into_iter().filter(strange).map(|address| format!("asks {address}"));
        self.browser.errors().into_iter().chain(strange).collect()
    }
}

/// Cargo's folder for what it makes.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder").to_owned()
}
