//! One trace over three languages: mack of this repository, mack by go2sky's HTTP plugin, and mack in Flask with the Python agent, each in
//! front of, between and behind the others.
//!
//! All of them are programs of their own that report to one collector. A request goes through the chain to an untraced server. The trees
//! say what each agent reports and what it read of the one before it; `mack.path` travels in the correlation context.

mod call;
mod programs;
mod shown;
mod stage;

use programs::Language::{Go, Python};
use programs::Way::{Grpc, Http};
use programs::{Mack, Part};
use skywalking_tests::interop::{self, Missing};
use stage::Stage;

/// The chain that calls the echo, from its front to its back. They start from the back, as each has to know whom it calls.
fn start(parts: &[Part], upstream: &str, stage: &Stage) -> Result<Vec<Mack>, Missing> {
    let mut macks: Vec<Mack> = Vec::new();
    for part in parts.iter().rev() {
        let upstream = macks.first().map_or_else(|| upstream.to_owned(), Mack::url);
        macks.insert(0, Mack::start(*part, &upstream, stage)?);
    }
    Ok(macks)
}

/// Plays a chain with one request, and gives the tree, the map, and the correlation at the end; nothing if a language can't be had.
fn play(parts: &[Part]) -> Option<String> {
    let stage = Stage::set();
    let macks = start(parts, &format!("http://{}/echo", stage.echo), &stage);
    let macks = macks.inspect_err(|reason| interop::skip(&format!("{parts:?}"), reason)).ok()?;
    assert_eq!(call::post(&macks[0].address, "", "hello"), (200, "hello".to_owned()));
    let trace = stage.trace(2 * macks.len());
    let (tree, map, correlation) = (shown::tree(&trace, &macks, &stage), shown::map(&macks, &stage), stage.correlation());
    Some(format!("{tree}{map}the echo got: {}", correlation.join("; ")))
}

#[test]
fn go_then_python() {
    let Some(text) = play(&[Part(Go, Grpc), Part(Python, Http)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, status_code=200}
      mack-go-1 Exit /POST/mack Http component=5005 peer=mack-python {http.method=POST, url=http://mack-python/mack, status_code=200}
        mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, correlation.mack.path=mack-go, http.status_code=200} <CrossProcess mack-go-1 /POST/mack mack-python>
          mack-python-1 Exit /echo Http component=7002 peer=echo {http.method=POST, http.url=http://echo/echo, http.status_code=200}
    map: 4 nodes, 3 calls
    User -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> mack-python (Flask)
    mack-python (Flask) -> echo
    the echo got: mack.path=mack-go>mack-python
    ");
}

#[test]
fn python_then_go() {
    let Some(text) = play(&[Part(Python, Grpc), Part(Go, Grpc)]) else { return };
    insta::assert_snapshot!(text, @r"
    mack-python-1 Entry /mack Http component=7001 peer=client {http.method=POST, http.url=http://mack-python/mack, http.status_code=200}
      mack-python-1 Exit /mack Http component=7002 peer=mack-go {http.method=POST, http.url=http://mack-go/mack, http.status_code=200}
        mack-go-1 Entry /POST/mack Http component=5004 {http.method=POST, url=mack-go/mack, correlation.mack.path=mack-python, status_code=200} <CrossProcess mack-python-1 /mack mack-go>
          mack-go-1 Exit /POST/echo Http component=5005 peer=echo {http.method=POST, url=http://echo/echo, status_code=200}
    map: 4 nodes, 3 calls
    User -> mack-python (Flask)
    mack-python (Flask) -> mack-go (GoHttpServer)
    mack-go (GoHttpServer) -> echo
    the echo got: mack.path=mack-python>mack-go
    ");
}
