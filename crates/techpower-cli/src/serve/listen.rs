//! The server: connections, limits, routes.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use techpower::diag::Lang;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::guard::{self, Guard};
use super::pages::{self, Page};
use super::state::Asked;
use super::{App, assets, layout};
use crate::fault::Fault;
use crate::words::say;

/// Bytes of a body.
const LARGEST_BODY: usize = 1 << 20;
/// Bytes of an address. This limit is hyper's own, which answers a longer one by itself, with status 414 and no words.
pub(super) const LONGEST_ADDRESS: usize = 65_534;
/// Bytes of the head of a request, its address included.
const LARGEST_HEAD: usize = 128 << 10;
/// Connections open at a time: browsers keep up to six each, and whoever comes later waits for one to be closed.
const CONNECTIONS: usize = 512;
/// Pages made at a time.
const AT_WORK: usize = 4;
/// Until the head of a request is there; a connection on which nothing more is asked is closed after as long.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Until a request is answered, its body read.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// Until a connection is closed, whatever happens on it.
const CONNECTION_TIME: Duration = Duration::from_secs(600);
/// What is left to those who are being answered when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

type Shared = State<Arc<Served>>;
type Fields = Vec<(String, String)>;

/// The study, and room for those who ask.
struct Served {
    app: App,
    room: Arc<Semaphore>,
}

/// Serves until interrupted.
pub(super) fn listen(
    listener: std::net::TcpListener,
    app: App,
    token: Option<&str>,
    lang: Lang,
) -> Result<(), Fault> {
    let internal = |error: std::io::Error| Fault::Internal(error.to_string());
    let at = listener.local_addr().map_err(internal)?;
    listener.set_nonblocking(true).map_err(internal)?;
    let router = router(app, Guard::new(at, token));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().map_err(internal)?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).map_err(internal)?;
        writeln!(std::io::stdout(), "http://{at}/").map_err(|error| Fault::silenced(&error))?;
        talk!("{}", say(lang, "serve_ready", &[]));
        tokio::select! {
            () = accept(&listener, router) => {}
            () = interrupted() => {}
        }
        Ok::<(), Fault>(())
    })?;
    runtime.shutdown_timeout(LAST_WORDS);
    Ok(())
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    // Without a way to be told, it ends with its process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn accept(listener: &TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Out of descriptors, most likely: some will be given back.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .max_buf_size(LARGEST_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // How a connection ends concerns nobody but its other end.
            let _ = timeout(CONNECTION_TIME, connection).await;
            drop(place);
        });
    }
}

fn router(app: App, guard: Guard) -> Router {
    let served = Arc::new(Served { app, room: Arc::new(Semaphore::new(AT_WORK)) });
    let mut router = Router::new().route("/assets/{name}", get(asset));
    for page in &pages::ALL {
        router = router.route(page.path, page_route(page));
    }
    for file in &pages::FILES {
        let make = file.make;
        let answer = move |State(served): Shared, headers: HeaderMap, Query(fields): Query<Fields>| async move {
            let asked = asked(file.path, fields, &headers, served.app.lang);
            made(served, asked, move |app, asked| csv(file.name, make(app, asked))).await
        };
        router = router.route(file.path, get(answer));
    }
    router
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(Arc::new(guard), guard::check))
        .with_state(served)
}

/// A page answers to its address; one to which long texts are given, to a body with the same fields too.
fn page_route(page: &'static Page) -> MethodRouter<Arc<Served>> {
    let answer = move |State(served): Shared, headers: HeaderMap, Query(fields): Query<Fields>| async move {
        let asked = asked(page.path, fields, &headers, served.app.lang);
        made(served, asked, move |app, asked| sheet(app, asked, page)).await
    };
    let posted = move |State(served): Shared,
                       Query(mut fields): Query<Fields>,
                       headers: HeaderMap,
                       sent: Result<Form<Fields>, FormRejection>| async move {
        let wrong = match sent {
            Ok(Form(more)) => {
                fields.extend(more);
                None
            }
            Err(wrong) => Some(wrong.status()),
        };
        let asked = asked(page.path, fields, &headers, served.app.lang);
        if let Some(status) = wrong {
            return not_taken(status, asked.lang);
        }
        made(served, asked, move |app, asked| sheet(app, asked, page)).await
    };
    let route = get(answer);
    if page.takes_texts { route.post(posted) } else { route }
}

fn asked(path: &'static str, fields: Fields, headers: &HeaderMap, lang: Lang) -> Asked {
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Asked::new(path, fields, headers.contains_key("x-part"), preferred, lang)
}

fn sheet(app: &App, asked: &Asked, page: &Page) -> Response {
    let sheet = (page.make)(app, asked);
    let status = if sheet.found { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let html = if asked.part { sheet.live.into_string() } else { layout::frame(app, asked, page, sheet) };
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn csv(name: &str, made: Result<String, String>) -> Response {
    let text = match made {
        Ok(text) => text,
        Err(why) => return plain(StatusCode::BAD_REQUEST, why),
    };
    let attached = format!("attachment; filename=\"{name}\"");
    let kind = "text/csv; charset=utf-8".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, attached)], text).into_response()
}

/// Makes an answer on a thread of its own, as soon as there is room.
async fn made(
    served: Arc<Served>,
    asked: Asked,
    make: impl FnOnce(&App, &Asked) -> Response + Send + 'static,
) -> Response {
    let lang = asked.lang;
    let Ok(place) = Arc::clone(&served.room).acquire_owned().await else {
        return failed(StatusCode::SERVICE_UNAVAILABLE, "serve_failed", lang);
    };
    let work = tokio::task::spawn_blocking(move || {
        // The room is given back when the work ends, not when nobody waits for it any more.
        let _place = place;
        make(&served.app, &asked)
    });
    work.await.unwrap_or_else(|_| failed(StatusCode::INTERNAL_SERVER_ERROR, "serve_failed", lang))
}

async fn in_time(request: Request, next: middleware::Next) -> Response {
    timeout(ANSWER_TIME, next.run(request))
        .await
        .unwrap_or_else(|_| failed(StatusCode::SERVICE_UNAVAILABLE, "serve_too_long", Lang::En))
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some((kind, body)) => {
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=86400")];
            (headers, Body::from(body)).into_response()
        }
        None => failed(StatusCode::NOT_FOUND, "serve_nothing", Lang::En),
    }
}

/// There is no such page: said in the language of the reader, with the way to those that there are.
async fn nothing(
    State(served): Shared,
    headers: HeaderMap,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Response {
    let fields = fields.map(|Query(fields)| fields).unwrap_or_default();
    let asked = asked("/", fields, &headers, served.app.lang);
    made(served, asked, |app, asked| sheet(app, asked, &pages::NOTHING)).await
}

/// Why what was sent with a request is not taken.
fn not_taken(status: StatusCode, lang: Lang) -> Response {
    let word = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "serve_body_too_long",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "serve_body_no_form",
        _ => "serve_body_unread",
    };
    plain(status, say(lang, word, &[("kib", &(LARGEST_BODY >> 10).to_string())]))
}

fn failed(status: StatusCode, word: &str, lang: Lang) -> Response {
    plain(status, say(lang, word, &[]))
}

fn plain(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text + "\n").into_response()
}
