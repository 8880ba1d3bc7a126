//! The program `snapshot`: the demo, and the two roles.

use std::time::{Duration, Instant};

use crate::support::{Running, collector, normalized, run, snapshot};

const TREE: &str = "\
4 spans, 2 services, <time>
Entry /API/Snapshot RTS_Test <time>
  Exit /Service/OnSnapshot -> RTS_Server RTS_Test <time>
    Entry /Service/OnSnapshot/QueringSnapshot Service_Test <time>
      Exit /database/QuerySnapshot -> APIService Service_Test <time>

map: 4 nodes, 3 calls
User -> RTS_Test (Rust)
RTS_Test (Rust) -> Service_Test (Rust)
Service_Test (Rust) -> APIService (Unknown, guessed)";

#[test]
fn demo_prints_the_tree_and_the_map() {
    let ended = run(&mut snapshot()).succeeded();
    assert_eq!(normalized(&ended.out, &ended.traces()), format!("trace <id 0>\n\n{TREE}"));
    assert_eq!(ended.err, "");
}

#[test]
fn documentation_has_the_output_of_the_demo() {
    for page in ["README.md", "skywalking-runtime/docs/concepts.md"] {
        let text =
            std::fs::read_to_string(format!("{}/../{page}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let picture =
            text.find("4 spans, 2 services").and_then(|from| text[from..].split("\n```").next());
        assert_eq!(normalized(picture.unwrap_or_default(), &[]), TREE, "{page}");
    }
}

#[test]
fn demo_shows_the_last_of_several_requests() {
    let ended = run(snapshot().args(["--requests", "20"])).succeeded();
    let traces = ended.traces();
    let mut different = traces.clone();
    different.sort_unstable();
    different.dedup();

    assert_eq!((traces.len(), different.len()), (20, 20));

    let (_, shown) = ended.out.split_once("\n\n").unwrap();

    assert_eq!(
        normalized(shown, &traces),
        format!("20 of 20 traces arrived complete; the last one:\n{TREE}")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn backend_receives_all_and_counters_match() {
    let collector = collector(None).await;
    let backend = collector.grpc_addr().to_string();

    let command =
        move || run(snapshot().args(["--backend", &backend, "--requests", "50"])).succeeded();
    let ended = tokio::task::spawn_blocking(command).await.unwrap();

    let traces = ended.traces();

    assert_eq!(traces.len(), 50);

    for id in &traces {
        assert_eq!(collector.trace(id).map(|trace| trace.spans.len()), Some(4), "{id}");
    }
    for (role, segments) in [("client", 50), ("server", 50), ("both", 100)] {
        for (counter, expected) in [
            ("/opened", segments),
            ("/finished", segments),
            ("/sent", segments),
            ("/open", 0),
            ("/queued", 0),
            ("/in_flight", 0),
            ("/dropped/queue_full", 0),
            ("/dropped/off", 0),
            ("/dropped/unconfirmed", 0),
            ("/dropped/refused", 0),
            ("/dropped/shutdown", 0),
        ] {
            assert_eq!(ended.counter(role, counter), expected, "{role} {counter}");
        }
    }
    let stats = collector.shutdown().await;

    assert_eq!(
        (stats.segments_accepted, stats.segments_refused, stats.segments_duplicate),
        (100, 0, 0)
    );
    // No tree.
    assert_eq!(ended.out.lines().count(), 50 + 3, "{}", ended.out);
}

#[test]
fn unreachable_backend_is_counted_in_time() {
    let mut running =
        Running::start(snapshot().args(["--backend", "127.0.0.1:1", "--requests", "50"]));
    for _ in 0..50 {
        running.stdout_after("trace ");
    }
    let last_request = Instant::now();
    let ended = running.wait().succeeded();

    // The program exits within 5 s of the last response. The rest is for a busy machine.
    assert!(last_request.elapsed() < Duration::from_secs(5 + 2), "{:?}", last_request.elapsed());

    assert_eq!(ended.counter("both", "/finished"), 100);
    assert_eq!(ended.counter("both", "/sent"), 0);
    assert_eq!(ended.counter("both", "/dropped/shutdown"), 100);
    assert_eq!(ended.counter("both", "/queued") + ended.counter("both", "/in_flight"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_run_alone() {
    let collector = collector(None).await;
    let backend = collector.grpc_addr().to_string();

    let by_hand = move || {
        let mut server = Running::start(snapshot().args([
            "server",
            "--listen",
            "127.0.0.1:0",
            "--backend",
            &backend,
        ]));
        let address = server.stdout_after("listening on ");
        let client = run(snapshot().args([
            "client",
            "--connect",
            &address,
            "--requests",
            "2",
            "--backend",
            &backend,
        ]))
        .succeeded();
        crate::support::interrupt(server.id());
        (client, server.wait().succeeded())
    };
    let (client, server) = tokio::task::spawn_blocking(by_hand).await.unwrap();

    assert!(
        client.out.contains("\nanswered 2 requests, the last with: Return Snapshot Info\n"),
        "{}",
        client.out
    );
    assert_eq!((client.counter("client", "/sent"), server.counter("server", "/sent")), (2, 2));

    for id in client.traces() {
        assert_eq!(collector.trace(id).map(|trace| trace.spans.len()), Some(4));
    }
}

#[test]
fn errors_name_the_value_and_the_fix() {
    let in_use = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let in_use = in_use.local_addr().unwrap().to_string();
    for (arguments, parts) in [
        (
            &["server", "--listen", &in_use][..],
            &["snapshot server: can't listen on", &in_use, "--listen"][..],
        ),
        (
            &["client", "--connect", "127.0.0.1:1"],
            &["snapshot client: can't connect to", "127.0.0.1:1", "Start `snapshot server` first"],
        ),
        (
            &["client", "--connect", "nowhere"],
            &["snapshot client: can't connect to", "nowhere", "HOST:PORT"],
        ),
        (&["--backend", "nowhere"], &["Config::backend", "nowhere", "snapshot: the server died"]),
    ] {
        let ended = run(snapshot().args(arguments)).failed();
        for part in parts {
            assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
        }
    }
    for (arguments, part) in [
        (&["server", "--listen", "localhost"][..], "expected IP:PORT"),
        (&["--requests", "0"], "--requests"),
        (&["--backend", "h:1", "--serve"], "cannot be used with"),
    ] {
        let ended = run(snapshot().args(arguments));
        assert_eq!(ended.status.code(), Some(2));
        assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
    }
}

#[test]
fn serve_option_keeps_the_collector_running() {
    let mut running = Running::start(snapshot().arg("--serve"));
    running.stdout_after("serving pages and JSON until Ctrl-C:");
    let trace = running.stdout_after("http://");
    let (address, path) = trace.split_at(trace.find('/').unwrap());
    let (head, body) = crate::support::get(address, path, "");

    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(body.contains("<!doctype html>"), "{body}");

    let (head, body) = crate::support::get(address, &format!("/api{path}"), "");

    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(body.contains("\"RTS_Test_1\"") && body.contains("\"Service_Test_1\""), "{body}");

    crate::support::interrupt(running.id());
    running.wait().succeeded();
}
