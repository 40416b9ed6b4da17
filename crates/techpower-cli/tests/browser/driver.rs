//! A browser at the end of a wire: as much of the W3C's WebDriver protocol as the tests need, over the HTTP client that the command has
//! anyhow. Crates that speak it bring fifty more packages, one of them under a licence that `deny.toml` does not allow.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Names under which Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/// How long a page may take to do what is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// What names an element in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that are not letters, as the protocol writes them.
pub(crate) mod key {
    pub(crate) const TAB: &str = "\u{E004}";
    pub(crate) const ENTER: &str = "\u{E007}";
    pub(crate) const CONTROL: &str = "\u{E009}";
    pub(crate) const END: &str = "\u{E010}";
    pub(crate) const HOME: &str = "\u{E011}";
}

/// A program that steers Chromium, shared by all tests at work.
struct Driver {
    child: Child,
    address: String,
    browser: PathBuf,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    /// `None` if Chromium or its driver is not installed.
    fn start() -> Option<Driver> {
        let (driver, browser) = (found(&["chromedriver"])?, found(&BROWSERS)?);
        let mut child = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver");
        let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = said.by_ref().map_while(Result::ok).find_map(|line| {
            line.split_once("started successfully on port ")
                .map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        // Nobody reads on, and yet it must not be stopped by that.
        std::thread::spawn(move || said.for_each(drop));
        let address = format!("http://127.0.0.1:{}", port.expect("the port of chromedriver"));
        Some(Driver { child, address, browser })
    }

    fn shared() -> Option<Arc<Driver>> {
        static DRIVER: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut known = DRIVER.lock().expect("no test failed in here");
        if let Some(driver) = known.upgrade() {
            return Some(driver);
        }
        let driver = Arc::new(Driver::start()?);
        *known = Arc::downgrade(&driver);
        Some(driver)
    }
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// Whether what a test needs must be there.
pub(crate) fn required() -> bool {
    std::env::var("TECHPOWER_BROWSER").is_ok_and(|value| value == "required")
}

/// Says past the harness, which keeps what a passing test prints to itself.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A window of its own. It closes with the test.
pub(crate) struct Browser {
    agent: ureq::Agent,
    /// Address of the session.
    at: String,
    _driver: Arc<Driver>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.at).call();
    }
}

impl Browser {
    /// `None` if there is no Chromium and none is required.
    pub(crate) fn open() -> Option<Browser> {
        let Some(driver) = Driver::shared() else {
            assert!(!required(), "chromedriver and Chromium are required");
            tell("skipped: no chromedriver or no Chromium on the path");
            return None;
        };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(6 * PATIENCE))
            .build();
        let agent = config.new_agent();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--no-proxy-server",
            "--force-color-profile=srgb",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": driver.browser, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 5 * PATIENCE.as_millis(), "pageLoad": PATIENCE.as_millis()},
        }}});
        let sessions = format!("{}/session", driver.address);
        let begun = asked(&agent, &sessions, Some(&wanted)).unwrap_or_else(|why| panic!("no session: {why}"));
        let id = begun["sessionId"].as_str().expect("a session").to_owned();
        let browser = Browser { agent, at: format!("{sessions}/{id}"), _driver: driver };
        browser.size(1280, 900);
        Some(browser)
    }

    fn ask(&self, path: &str, body: &Value) -> Value {
        asked(&self.agent, &format!("{}/{path}", self.at), Some(body))
            .unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// A command of the DevTools protocol.
    pub(crate) fn tool(&self, command: &str, with: Value) -> Value {
        self.ask("goog/cdp/execute", &json!({"cmd": command, "params": with}))
    }

    /// Opens an address and waits until it is loaded.
    pub(crate) fn go(&self, address: &str) {
        self.ask("url", &json!({"url": address}));
    }

    /// Lets the page be seen in so many pixels.
    pub(crate) fn size(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tool("Emulation.setDeviceMetricsOverride", size);
    }

    /// What an expression comes to on the page.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});"), &[])
    }

    /// An expression as text.
    pub(crate) fn text(&self, expression: &str) -> String {
        self.eval(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Runs statements on the page.
    pub(crate) fn run(&self, script: &str, with: &[Value]) -> Value {
        self.ask("execute/sync", &json!({"script": script, "args": with}))
    }

    /// What a promise comes to.
    pub(crate) fn awaited(&self, promise: &str) -> Value {
        let script = format!(
            "var done = arguments[0]; ({promise}).then(done, function (why) {{ done(String(why)); }});"
        );
        self.ask("execute/async", &json!({"script": script, "args": []}))
    }

    /// Waits until an expression holds. While one page gives way to the next none does.
    pub(crate) fn wait(&self, expression: &str) {
        let (begun, address) = (Instant::now(), format!("{}/execute/sync", self.at));
        let script = json!({"script": format!("return !!({expression});"), "args": []});
        while asked(&self.agent, &address, Some(&script)) != Ok(Value::Bool(true)) {
            assert!(begun.elapsed() < PATIENCE, "never: {expression} at {}", self.text("location.href"));
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Does something, and waits until the live part is another.
    pub(crate) fn changes(&self, act: impl FnOnce()) {
        self.run("window.before = document.getElementById('live').innerHTML;", &[]);
        act();
        self.wait(
            "document.readyState === 'complete' && !document.getElementById('live').hasAttribute('aria-busy') \
             && document.getElementById('live').innerHTML !== window.before",
        );
    }

    fn element(&self, selector: &str) -> String {
        let found = self.ask("element", &json!({"using": "css selector", "value": selector}));
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.ask(&format!("element/{element}/click"), &json!({}));
    }

    /// Types into a field.
    pub(crate) fn keys(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.ask(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Replaces what stands in a field at one stroke, as pasting does.
    pub(crate) fn paste(&self, selector: &str, text: &str) {
        self.run(
            "var field = document.querySelector(arguments[0]); field.focus(); field.select();",
            &[json!(selector)],
        );
        self.tool("Input.insertText", json!({"text": text}));
    }

    /// Chooses a value of a field that keys would reach by many strokes.
    pub(crate) fn set(&self, selector: &str, value: &str) {
        self.run(
            "var field = document.querySelector(arguments[0]); field.value = arguments[1]; \
             ['input', 'change'].forEach(function (kind) { field.dispatchEvent(new Event(kind, { bubbles: true })); });",
            &[json!(selector), json!(value)],
        );
    }

    /// Presses a key on whatever has the focus.
    pub(crate) fn press(&self, key: &str) {
        let actions = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        self.ask("actions", &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}));
    }

    /// What the console told of errors since it was last asked.
    pub(crate) fn errors(&self) -> Vec<String> {
        let log = self.ask("se/log", &json!({"type": "browser"}));
        let entries = log.as_array().into_iter().flatten();
        entries.filter(|entry| entry["level"] == "SEVERE").map(|entry| entry["message"].to_string()).collect()
    }

    /// What was requested since it was last asked.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.ask("se/log", &json!({"type": "performance"}));
        let entries = log.as_array().into_iter().flatten().filter_map(|entry| entry["message"].as_str());
        entries
            .filter_map(|text| serde_json::from_str::<Value>(text).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|entry| entry["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    /// The page as it is seen, at most so many pixels of its height.
    pub(crate) fn picture(&self, path: &Path, most: f64) {
        let size = self.eval("[window.innerWidth, document.documentElement.scrollHeight]");
        let (width, height) = (size[0].as_f64().unwrap_or(0.0), size[1].as_f64().unwrap_or(0.0).min(most));
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let shot = self.tool(
            "Page.captureScreenshot",
            json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
        );
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, decoded(shot["data"].as_str().expect("a picture"))).expect("a file");
    }
}

/// Sends a command; the value of the answer, or the message of an error.
fn asked(agent: &ureq::Agent, address: &str, body: Option<&Value>) -> Result<Value, String> {
    let sent = match body {
        Some(body) => agent.post(address).header("Content-Type", "application/json").send(body.to_string()),
        None => agent.get(address).call(),
    };
    let mut reply = sent.map_err(|error| error.to_string())?;
    let text =
        reply.body_mut().with_config().limit(1 << 28).read_to_string().map_err(|error| error.to_string())?;
    let mut answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}

/// Base64, as pictures come.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let word =
            four.iter().fold(0u32, |word, digit| word << 6 | u32::from(*digit)) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&word.to_be_bytes()[1..four.len()]);
    }
    bytes
}
