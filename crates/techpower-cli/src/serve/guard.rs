//! Who may ask: only pages of this server and people at this machine, or those who hold the token.
//!
//! A page of another site must not be able to use the reader's browser as its hands: the name in `Host` must be one of this machine (so that
//! a name that resolves to it is of no use), and what another site sends or embeds is refused.

use std::hint::black_box;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use techpower::diag::Lang;
use techpower::disk;

use super::state::address;
use crate::words::say;

/// What every answer says of itself.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];
/// Styles may stand in the page, because the report's tables are coloured cell by cell and plotly.js styles what it draws; scripts may not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const COOKIE: &str = "techpower";
/// Characters that a token must have at least.
pub(super) const SHORTEST: usize = 16;

/// Whom the server answers.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    at: SocketAddr,
    /// Hash of the token; the cookie holds the same.
    token: Option<String>,
}

impl Guard {
    /// A guard of a server at an address.
    pub(super) fn new(at: SocketAddr, token: Option<&str>) -> Guard {
        Guard { at, token: token.map(hash) }
    }

    /// Whether a host with its port names this server. Beyond the machine itself any address will do, as no name can be made to resolve to
    /// it: the browser keeps the token for the name under which it was given.
    fn is_here(&self, host: &str) -> bool {
        let Some((name, port)) = split(host) else { return false };
        if port.unwrap_or(80) != self.at.port() {
            return false;
        }
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match address {
            Ok(address) => address.is_loopback() || !self.at.ip().is_loopback(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        }
    }

    /// What is wrong with who asks; `None` if nothing is.
    fn fault(&self, uri: &Uri, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
            (Some(host), None) => host,
            _ => return Some((StatusCode::MISDIRECTED_REQUEST, "serve_wrong_host")),
        };
        if !self.is_here(host) || uri.authority().is_some_and(|authority| !self.is_here(authority.as_str())) {
            return Some((StatusCode::MISDIRECTED_REQUEST, "serve_wrong_host"));
        }
        let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let foreign = text(&header::ORIGIN)
            .is_some_and(|origin| origin.strip_prefix("http://").is_none_or(|origin| !self.is_here(origin)));
        // A link from elsewhere may lead here; what is embedded or fetched elsewhere may not.
        let site = text(&HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
        let mode = text(&HeaderName::from_static("sec-fetch-mode")).unwrap_or("navigate");
        let embedded = !matches!(site, "none" | "same-origin") && mode != "navigate";
        (foreign || embedded).then_some((StatusCode::FORBIDDEN, "serve_wrong_origin"))
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == COOKIE && same(value, token))
    }
}

/// Lets a request through, or answers why not; every answer says what a browser may do with it.
pub(super) async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.fault(request.uri(), request.headers()) {
        Some((status, word)) => refused(status, word),
        None if guard.has_cookie(request.headers()) => next.run(request).await,
        None => admit(&guard, request.uri()),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who brings the token gets a cookie, and the address without the token.
fn admit(guard: &Guard, uri: &Uri) -> Response {
    let fields = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).map(|query| query.0);
    let fields = fields.unwrap_or_default();
    let told = fields.iter().find(|(name, _)| name == "token").map(|(_, value)| hash(value));
    let (Some(told), Some(token)) = (told, &guard.token) else {
        return refused(StatusCode::UNAUTHORIZED, "serve_no_token");
    };
    if !same(&told, token) {
        return refused(StatusCode::UNAUTHORIZED, "serve_no_token");
    }
    let others = fields.iter().filter(|(name, _)| name != "token");
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let place = address(&path, others.map(|(name, value)| (name.as_str(), value.as_str())));
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/");
    (StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::SET_COOKIE, cookie)]).into_response()
}

fn refused(status: StatusCode, word: &str) -> Response {
    let text = format!("{}\n{}\n", say(Lang::En, word, &[]), say(Lang::Zh, word, &[]));
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// A host and its port, if it has one; `None` if the port is no number.
fn split(host: &str) -> Option<(&str, Option<u16>)> {
    let end = host.rfind(']').map_or(0, |at| at + 1);
    match host[end..].rfind(':') {
        None => Some((host, None)),
        Some(at) => {
            let port = &host[end + at + 1..];
            let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            Some((&host[..end + at], Some(port.parse().ok().filter(|_| digits)?)))
        }
    }
}

/// Hashes are compared, so that how long a comparison takes says nothing of the token.
fn hash(token: &str) -> String {
    disk::hash(format!("techpower serve {token}").as_bytes())
}

/// Whether two hashes are the same, in a time that does not depend on where they differ.
fn same(one: &str, two: &str) -> bool {
    one.len() == two.len()
        && black_box(one.bytes().zip(two.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(at: &str) -> Guard {
        Guard::new(at.parse().expect("an address"), None)
    }

    #[test]
    fn only_names_of_this_machine_with_its_port_are_here() {
        let here = guard("127.0.0.1:8765");
        for host in ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"] {
            assert!(here.is_here(host), "{host}");
        }
        for host in [
            "",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:8765.evil.org",
            "evil.org:8765",
            "127.0.0.1.evil.org:8765",
            "localhost:+8765",
            "10.0.0.7:8765",
            "[::1]",
            "localhost.:8765",
        ] {
            assert!(!here.is_here(host), "{host}");
        }
        let beyond = guard("0.0.0.0:8765");
        assert!(beyond.is_here("10.0.0.7:8765") && !beyond.is_here("evil.org:8765"));
    }

    #[test]
    fn what_other_sites_send_or_embed_is_refused() {
        let here = guard("127.0.0.1:8765");
        let uri = Uri::from_static("/");
        let fault = |more: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("127.0.0.1:8765"));
            for (name, value) in more {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            here.fault(&uri, &headers).map(|(status, _)| status.as_u16())
        };
        assert_eq!(fault(&[]), None);
        assert_eq!(fault(&[("origin", "http://127.0.0.1:8765")]), None);
        assert_eq!(fault(&[("origin", "null")]), Some(403));
        assert_eq!(fault(&[("origin", "https://127.0.0.1:8765")]), Some(403));
        assert_eq!(fault(&[("origin", "http://evil.org")]), Some(403));
        assert_eq!(fault(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]), Some(403));
        assert_eq!(fault(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), None);
    }

    #[test]
    fn tokens_are_the_same_or_not() {
        assert!(same(&hash("a"), &hash("a")) && !same(&hash("a"), &hash("b")) && !same("", &hash("a")));
    }
}
