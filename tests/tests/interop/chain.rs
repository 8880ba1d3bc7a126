//! One trace over three languages: mack of this repository, mack with go2sky's HTTP plugin, and
//! mack in Flask with the Python agent, in every order.
//!
//! The programs are child processes that report to one collector. A request passes through the
//! chain to an untraced echo server. The trees show the spans of each agent, and the context that
//! it received from the previous one. `mack.path` is propagated in the correlation context.

pub(crate) mod call;
pub(crate) mod echo;
pub(crate) mod programs;
mod shown;
mod stage;

use programs::Language::{Go, Python, Rust};
use programs::Protocol::{Grpc, Http};
use programs::{Mack, Part};
use skywalking_tests::interop::{self, Missing};
use stage::Stage;

/// Starts the programs of a chain that ends with `upstream`, the last one first, since each needs
/// the address of the next one.
fn start(parts: &[Part], upstream: &str, stage: &Stage) -> Result<Vec<Mack>, Missing> {
    let mut macks: Vec<Mack> = Vec::new();
    for part in parts.iter().rev() {
        let upstream = macks.first().map_or_else(|| upstream.to_owned(), Mack::url);
        macks.insert(0, Mack::start(part.0.service(), *part, &upstream, stage.backend(part.1))?);
    }
    Ok(macks)
}

/// Starts a chain before the echo server. Returns `None` if a language is missing.
fn chain(parts: &[Part], stage: &Stage) -> Option<Vec<Mack>> {
    let macks = start(parts, &stage.echo.url(), stage);
    macks.inspect_err(|reason| interop::skip(&format!("{parts:?}"), reason)).ok()
}

/// Sends a request. Returns the tree, the map, and the correlation context at the end of the chain.
fn play(parts: &[Part]) -> Option<String> {
    let stage = Stage::set();
    let macks = chain(parts, &stage)?;
    assert_eq!(call::post(&macks[0].address, "", "hello"), (200, "hello".to_owned()));
    let trace = stage.trace(2 * macks.len());
    let (tree, map, correlation) =
        (shown::tree(&trace, &macks, &stage), shown::map(&macks, &stage), stage.echo.correlation());
    Some(format!("{tree}{map}the echo got {}", correlation.join("; ")))
}

#[test]
fn rust_go_python() {
    let Some(text) = play(&[Part(Rust, Grpc), Part(Go, Grpc), Part(Python, Http)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, http.status_code=200}
      mack-rust-1 Exit POST:/mack Http component=2 peer=mack-go {http.method=POST, url=http://mack-go/mack, http.status_code=200}
        mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-rust, status_code=200} <CrossProcess mack-rust-1 POST:/mack mack-go>
          mack-go-1 Exit /POST/mack Http component=5005 peer=mack-python {http.method=POST, url=http://mack-python/mack, status_code=200}
            mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, correlation.mack.path=mack-rust>mack-go, http.status_code=200} <CrossProcess mack-go-1 /POST/mack mack-python>
              mack-python-1 Exit /echo Http component=7002 peer=echo {http.method=POST, http.url=http://echo/echo, http.status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-rust (http)
    mack-rust (http) -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> mack-python (Flask)
    mack-python (Flask) -> echo
    the echo got mack.path=mack-rust>mack-go>mack-python
    ");
}

#[test]
fn rust_python_go() {
    let Some(text) = play(&[Part(Rust, Http), Part(Python, Grpc), Part(Go, Grpc)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, http.status_code=200}
      mack-rust-1 Exit POST:/mack Http component=2 peer=mack-python {http.method=POST, url=http://mack-python/mack, http.status_code=200}
        mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, correlation.mack.path=mack-rust, http.status_code=200} <CrossProcess mack-rust-1 POST:/mack mack-python>
          mack-python-1 Exit /mack Http component=7002 peer=mack-go {http.method=POST, http.url=http://mack-go/mack, http.status_code=200}
            mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-rust>mack-python, status_code=200} <CrossProcess mack-python-1 /mack mack-go>
              mack-go-1 Exit /POST/echo Http component=5005 peer=echo {http.method=POST, url=http://echo/echo, status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-rust (http)
    mack-rust (http) -> mack-python (Flask)
    mack-python (Flask) -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> echo
    the echo got mack.path=mack-rust>mack-python>mack-go
    ");
}

#[test]
fn go_rust_python() {
    let Some(text) = play(&[Part(Go, Grpc), Part(Rust, Grpc), Part(Python, Http)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, status_code=200}
      mack-go-1 Exit /POST/mack Http component=5005 peer=mack-rust {http.method=POST, url=http://mack-rust/mack, status_code=200}
        mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, correlation.mack.path=mack-go, http.status_code=200} <CrossProcess mack-go-1 /POST/mack mack-rust>
          mack-rust-1 Exit POST:/mack Http component=2 peer=mack-python {http.method=POST, url=http://mack-python/mack, http.status_code=200}
            mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, correlation.mack.path=mack-go>mack-rust, http.status_code=200} <CrossProcess mack-rust-1 POST:/mack mack-python>
              mack-python-1 Exit /echo Http component=7002 peer=echo {http.method=POST, http.url=http://echo/echo, http.status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> mack-rust (http)
    mack-rust (http) -> mack-python (Flask)
    mack-python (Flask) -> echo
    the echo got mack.path=mack-go>mack-rust>mack-python
    ");
}

#[test]
fn go_python_rust() {
    let Some(text) = play(&[Part(Go, Grpc), Part(Python, Grpc), Part(Rust, Http)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, status_code=200}
      mack-go-1 Exit /POST/mack Http component=5005 peer=mack-python {http.method=POST, url=http://mack-python/mack, status_code=200}
        mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, correlation.mack.path=mack-go, http.status_code=200} <CrossProcess mack-go-1 /POST/mack mack-python>
          mack-python-1 Exit /mack Http component=7002 peer=mack-rust {http.method=POST, http.url=http://mack-rust/mack, http.status_code=200}
            mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, correlation.mack.path=mack-go>mack-python, http.status_code=200} <CrossProcess mack-python-1 /mack mack-rust>
              mack-rust-1 Exit POST:/echo Http component=2 peer=echo {http.method=POST, url=http://echo/echo, http.status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> mack-python (Flask)
    mack-python (Flask) -> mack-rust (http)
    mack-rust (http) -> echo
    the echo got mack.path=mack-go>mack-python>mack-rust
    ");
}

#[test]
fn python_rust_go() {
    let Some(text) = play(&[Part(Python, Http), Part(Rust, Http), Part(Go, Grpc)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, http.status_code=200}
      mack-python-1 Exit /mack Http component=7002 peer=mack-rust {http.method=POST, http.url=http://mack-rust/mack, http.status_code=200}
        mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, correlation.mack.path=mack-python, http.status_code=200} <CrossProcess mack-python-1 /mack mack-rust>
          mack-rust-1 Exit POST:/mack Http component=2 peer=mack-go {http.method=POST, url=http://mack-go/mack, http.status_code=200}
            mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-python>mack-rust, status_code=200} <CrossProcess mack-rust-1 POST:/mack mack-go>
              mack-go-1 Exit /POST/echo Http component=5005 peer=echo {http.method=POST, url=http://echo/echo, status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-python (Flask)
    mack-python (Flask) -> mack-rust (http)
    mack-rust (http) -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> echo
    the echo got mack.path=mack-python>mack-rust>mack-go
    ");
}

#[test]
fn python_go_rust() {
    let Some(text) = play(&[Part(Python, Grpc), Part(Go, Grpc), Part(Rust, Grpc)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, http.status_code=200}
      mack-python-1 Exit /mack Http component=7002 peer=mack-go {http.method=POST, http.url=http://mack-go/mack, http.status_code=200}
        mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-python, status_code=200} <CrossProcess mack-python-1 /mack mack-go>
          mack-go-1 Exit /POST/mack Http component=5005 peer=mack-rust {http.method=POST, url=http://mack-rust/mack, status_code=200}
            mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, correlation.mack.path=mack-python>mack-go, http.status_code=200} <CrossProcess mack-go-1 /POST/mack mack-rust>
              mack-rust-1 Exit POST:/echo Http component=2 peer=echo {http.method=POST, url=http://echo/echo, http.status_code=200}
    map: 5 nodes, 4 calls
    User -> mack-python (Flask)
    mack-python (Flask) -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> mack-rust (http)
    mack-rust (http) -> echo
    the echo got mack.path=mack-python>mack-go>mack-rust
    ");
}

#[test]
fn error_of_the_last_service_is_an_error_in_every_language() {
    let stage = Stage::set();
    let parts = [Part(Python, Grpc), Part(Rust, Grpc), Part(Go, Grpc)];
    let macks = match start(&parts, &format!("http://{}/mack", stage::NOBODY), &stage) {
        Ok(macks) => macks,
        Err(reason) => return interop::skip(&format!("{parts:?}"), &reason),
    };
    assert_eq!(
        call::post(&macks[0].address, "", "hello"),
        (500, "the upstream can't be reached\n".to_owned())
    );
    insta::assert_snapshot!(shown::tree(&stage.trace(6), &macks, &stage), @r"
    mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, http.status_code=500} ERROR
      mack-python-1 Exit /mack Http component=7002 peer=mack-rust {http.method=POST, http.url=http://mack-rust/mack, http.status_code=500} ERROR
        mack-rust-1 Entry POST:/mack Http component=49 {http.method=POST, url=mack-rust/mack, correlation.mack.path=mack-python, http.status_code=500} <CrossProcess mack-python-1 /mack mack-rust> ERROR
          mack-rust-1 Exit POST:/mack Http component=2 peer=mack-go {http.method=POST, url=http://mack-go/mack, http.status_code=500} ERROR
            mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-python>mack-rust, status_code=500} <CrossProcess mack-rust-1 POST:/mack mack-go> log={Error on handling request} ERROR
              mack-go-1 Exit /POST/mack Http component=5005 peer=nobody {http.method=POST, url=http://nobody/mack} log={dial tcp nobody: connect: connection refused} ERROR
    ");
}

/// A header of span 0 of the segment by-hand.1.1 in the trace by-hand.1. Agents read a correlation
/// context only together with such a header.
const SW8: &str =
    "sw8: 1-YnktaGFuZC4x-YnktaGFuZC4xLjE=-0-Y3VybA==-Y3VybC0x-L2J5LWhhbmQ=-aGFuZGxlcnM=\r\n";

/// Returns the correlation header at the echo server for a request with these pairs.
fn passed_on(parts: &[Part], pairs: &str) -> Option<String> {
    let stage = Stage::set();
    let macks = chain(parts, &stage)?;
    let headers = format!("{SW8}sw8-correlation: {pairs}\r\n");
    assert_eq!(call::post(&macks[0].address, &headers, "hello"), (200, "hello".to_owned()));
    assert_eq!(stage.trace(2 * macks.len()).trace_id, "by-hand.1");
    Some(stage.echo.correlation().join("; "))
}

/// Returns `a=1`, `b=2` and so on.
const PAIRS: [&str; 5] = ["YQ==:MQ==", "Yg==:Mg==", "Yw==:Mw==", "ZA==:NA==", "ZQ==:NQ=="];

#[test]
fn python_sends_a_fourth_pair_and_ours_takes_three() {
    let pairs = PAIRS[..3].join(",");
    let Some(by_python) = passed_on(&[Part(Python, Grpc)], &pairs) else { return };

    assert_eq!(by_python, "a=1, b=2, c=3, mack.path=mack-python");

    let Some(by_both) = passed_on(&[Part(Python, Grpc), Part(Rust, Grpc)], &pairs) else { return };
    assert_eq!(by_both, "a=1, b=2, c=3");
}

#[test]
fn go2sky_sends_many_pairs_and_ours_takes_three() {
    let pairs = PAIRS.join(",");
    let Some(by_go) = passed_on(&[Part(Go, Grpc)], &pairs) else { return };

    assert_eq!(by_go, "a=1, b=2, c=3, d=4, e=5");

    let Some(by_both) = passed_on(&[Part(Go, Grpc), Part(Rust, Grpc)], &pairs) else { return };
    assert!(
        by_both.split(", ").count() == 3 && by_both.split(", ").all(|pair| by_go.contains(pair)),
        "{by_both}"
    );
}
