//! The commands of the program, against a running collector.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output, Stdio};

use skywalking_collector::Collector;
use skywalking_proto::v3::meter_data::Metric;
use skywalking_proto::v3::{Event, MeterData, MeterSingleValue, Source, SpanObject};

use crate::program::{FREE, Running, fails, program};
use crate::records::{EVENTS, LOGS, METERS, log, messages};
use crate::support::{COLLECT, builder, encoded, get, now, pair, scenario, send, small, start};

/// Returns the command with the address of a collector.
fn command(http: SocketAddr, arguments: &[&str]) -> Command {
    let mut command = program(arguments);
    command.args(["--url", &format!("http://{http}")]);
    command
}

/// Runs the command to a success and returns its output.
async fn shown(http: SocketAddr, arguments: &[&str]) -> String {
    let mut command = command(http, arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic");
    let Output { status, stdout, stderr } = output.expect("the program starts");
    let error = String::from_utf8(stderr).expect("text");
    assert_eq!((status.code(), error.as_str()), (Some(0), ""));
    String::from_utf8(stdout).expect("text")
}

/// Runs the command to a failure and returns its message.
async fn failure(http: SocketAddr, arguments: &[&str]) -> String {
    let mut command = command(http, arguments);
    tokio::task::spawn_blocking(move || fails(&mut command, 1)).await.expect("no panic")
}

async fn with_scenario() -> Collector {
    let collector = start().await;
    let mut segments = scenario("trace/1", now());
    segments[1].spans[0].is_error = true;
    segments[1].spans[0].logs[0].data =
        vec![pair("event", "error"), pair("message", "\x1b[2J connection refused")];
    send(collector.grpc_addr(), COLLECT, encoded(&segments)).await.expect("accepted");
    collector
}

#[tokio::test(flavor = "multi_thread")]
async fn trace_is_a_tree() {
    let collector = with_scenario().await;
    let text = shown(collector.http_addr(), &["trace", "trace/1"]).await;
    insta::assert_snapshot!(text, @r"
    trace trace/1
    4 spans, 2 services, 12 ms, 1 error
    Entry /API/Snapshot                              RTS_Test             12 ms [##============##]
      Exit /Service/OnSnapshot -> RTS_Server         RTS_Test             10 ms [ ##==========## ]
        Entry /Service/OnSnapshot/QueringSnapshot    Service_Test          8 ms [  ##========##  ]
          Exit /database/QuerySnapshot -> APIService Service_Test          6 ms [    ########    ] ERROR
    # critical path: Service_Test 8 ms (66 %), RTS_Test 4 ms (33 %)
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn verbose_trace_has_statements_and_reasons() {
    let collector = with_scenario().await;
    let text = shown(collector.http_addr(), &["trace", "trace/1", "--verbose"]).await;
    for line in [
        "    · self: 2 ms\n",
        "          · db.type: sql\n",
        "          · db.statement: SELECT a FROM snapshot\n",
        "          · log after 1 ms\n",
        "            · message: ␛[2J connection refused\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let list = shown(collector.http_addr(), &["traces", "--verbose"]).await;

    assert_eq!(list, format!("{text}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_that_of_the_api() {
    let collector = with_scenario().await;
    let http = collector.http_addr();
    for (arguments, path) in [
        (&["trace", "trace/1", "--json"][..], "/api/traces/trace%2F1"),
        (&["traces", "--json"], "/api/traces"),
        (&["traces", "--json", "--service", "nobody é&"], "/api/traces?service=nobody+%C3%A9%26"),
        (&["map", "--json"], "/api/topology"),
        (&["services", "--json"], "/api/services"),
    ] {
        assert_eq!(shown(http, arguments).await, get(http, path).await.body + "\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_listed_with_ids_and_reasons() {
    let collector = with_scenario().await;
    let mut old = small("old", "old");
    (old.spans[0].start_time, old.spans[0].end_time) = (now() - 120_000, now());
    old.spans[0].operation_name = "\x1b[31mred\u{202e}".into();
    send(collector.grpc_addr(), COLLECT, encoded([&old])).await.expect("accepted");
    let http = collector.http_addr();
    let list = shown(http, &["traces"]).await;
    let lines: Vec<_> = list.lines().map(str::trim_start).collect();

    assert!(lines[0].ends_with(" ERROR") && lines[0].contains(" 12 ms    4 spans RTS_Test "));
    assert_eq!(lines[1..3], ["trace/1, 2 services", "␛[2J connection refused"]);
    assert!(lines[3].starts_with("2 min ago") && lines[3].contains(r" ␛[31mred\u{202e}"), "{list}");
    assert_eq!(lines[4..], ["old"]);

    let first = shown(http, &["traces", "--limit", "1", "--sort=duration", "--order=asc"]).await;

    assert!(first.contains("trace/1") && first.ends_with("… and 1 more: raise --limit\n"));
    assert!(!shown(http, &["traces", "--last", "1m"]).await.contains("old"));
    assert!(!shown(http, &["traces", "--service", "small"]).await.contains("trace/1"));
    assert_eq!(shown(http, &["traces", "--service", "nobody"]).await, "no traces match\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn map_lists_the_calls() {
    let collector = with_scenario().await;
    let text = shown(collector.http_addr(), &["map"]).await;

    assert!(text.starts_with("map: 4 nodes, 3 calls\nUser -> RTS_Test (Rust)  1 call ("), "{text}");
    assert!(text.contains("/min), 1 error, p95 6 ms\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_a_table() {
    let collector = with_scenario().await;
    let text = shown(collector.http_addr(), &["services"]).await;
    let lines: Vec<_> =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();

    assert_eq!(lines[0][..3], ["service", "instances", "calls"]);
    assert_eq!((lines[1][0], &lines[1][1..3]), ("RTS_Test", &["1", "1"][..]));
    assert_eq!((lines[2][0], lines.len()), ("Service_Test", 3), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_and_map_have_details_if_verbose() {
    let collector = with_scenario().await;
    let services = shown(collector.http_addr(), &["services", "--verbose"]).await;
    let map = shown(collector.http_addr(), &["map", "--verbose"]).await;
    let refused = command(collector.http_addr(), &["services", "--json", "--verbose"]).output();

    let details = services.split("\n\n").collect::<Vec<_>>();
    assert_eq!(details.len(), 3, "{services}");
    assert!(details[1].starts_with("RTS_Test\nendpoint"), "{services}");
    assert!(details[1].contains("\n/API/Snapshot"), "{services}");
    assert!(details[2].contains("\n/Service/OnSnapshot/QueringSnapshot"), "{services}");
    assert!(details[2].contains("APIService") && details[2].contains("SELECT"), "{services}");
    assert!(map.contains(", p50 6 ms, p95 6 ms, p99 6 ms\n"), "{map}");
    assert!(!refused.expect("the program starts").status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_prints_new_traces_as_text_or_json() {
    let collector = with_scenario().await;
    for (json, expected) in [(false, "tailed"), (true, r#""traceId":"tailed""#)] {
        let mut command = command(collector.http_addr(), &["tail", "--service", "small"]);
        if json {
            command.arg("--json");
        }
        let mut child = command.spawn().expect("the program starts");
        let mut errors = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        errors.read_line(&mut line).expect("text");

        assert_eq!(line, format!("waiting for traces of http://{}/\n", collector.http_addr()));

        let mut tailed = small("tailed", &format!("segment.{json}"));
        tailed.spans[0].operation_name = "\x1b[2Jwork".into();
        let other = scenario(&format!("other.{json}"), now());
        send(collector.grpc_addr(), COLLECT, encoded(other.iter().chain([&tailed])))
            .await
            .expect("accepted");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let read = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            while !text.contains(expected) {
                assert!(out.read_line(&mut text).expect("text") > 0, "{text}");
            }
            text
        });
        let text = read.await.expect("no panic");

        assert!(!text.contains("other.") && !text.contains('\x1b'), "{text}");
        // The output is closed, which ends the program at the next line.
        if json {
            assert_eq!(child.wait().expect("a child").code(), Some(0));
            line.clear();
            errors.read_to_string(&mut line).expect("text");
            assert_eq!(line, "");
        } else {
            child.kill().expect("a child");
            child.wait().expect("a child");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_ends_with_the_collector() {
    let collector = start().await;
    let mut child = command(collector.http_addr(), &["tail"]).spawn().expect("the program starts");
    let mut errors = BufReader::new(child.stderr.take().expect("piped"));
    let mut text = String::new();
    errors.read_line(&mut text).expect("text");
    collector.shutdown().await;
    errors.read_to_string(&mut text).expect("text");

    assert_eq!(child.wait().expect("a child").code(), Some(0), "{text}");
    assert!(text.ends_with("the collector ended the stream\n"), "{text}");
}

/// The reader leaves before the program has written everything, as `head` does.
#[tokio::test(flavor = "multi_thread")]
async fn closed_output_ends_quietly() {
    let collector = start().await;
    let mut large = small("large", "large");
    let step = large.spans[0].clone();
    large.spans = (0..20_000)
        .map(|id| SpanObject { span_id: id, parent_span_id: (id - 1).min(0), ..step.clone() })
        .collect();
    send(collector.grpc_addr(), COLLECT, encoded([&large])).await.expect("accepted");
    for arguments in [&["trace", "large"][..], &["trace", "large", "--json"]] {
        let mut child = command(collector.http_addr(), arguments).spawn().expect("it starts");
        let mut first = [0; 7];
        let mut out = child.stdout.take().expect("piped");
        tokio::task::spawn_blocking(move || out.read_exact(&mut first))
            .await
            .expect("ran")
            .expect("text");
        let output = child.wait_with_output().expect("a child");
        assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_collector_is_an_error_with_the_fix() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("bound");
    for arguments in [&["traces"][..], &["trace", "t"], &["map"], &["services"], &["tail"]] {
        let error = failure(free, arguments).await;
        assert!(
            error.starts_with(&format!(
                "skywalking-collector: can't reach the collector at http://{free}: "
            )) && error.ends_with(
                "Start it with `skywalking-collector`, or set --url (SW_COLLECTOR_URL)\n"
            ),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_collector_are_shown() {
    let collector = start().await;
    let http = collector.http_addr();
    for (arguments, part) in [
        (&["trace", "\x1b[2J"][..], r#"trace "\u{1b}[2J" is not stored"#),
        (&["traces", "--limit", "0"], r#"invalid limit="0": expected a number"#),
    ] {
        let error = failure(http, arguments).await;
        assert!(error.contains(part) && !error.contains('\x1b'), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn token_is_sent_and_its_errors_name_the_variable() {
    let collector = builder().token("s3cret").start().await.expect("free ports");
    let http = collector.http_addr();
    let run = async |token: Option<&str>| {
        let mut command = command(http, &["traces"]);
        if let Some(token) = token {
            command.env("SW_COLLECTOR_TOKEN", token);
        }
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic");
        let output = output.expect("the program starts");
        let error = String::from_utf8(output.stderr).expect("text");
        println!("{error}");
        (output.status.code(), error)
    };

    assert_eq!(run(Some("s3cret")).await, (Some(0), String::new()));

    let (code, error) = run(None).await;

    assert!(
        code == Some(1) && error.contains("requires its token: set SW_COLLECTOR_TOKEN"),
        "{error}"
    );

    let (code, error) = run(Some("wrong")).await;

    assert!(
        code == Some(1) && error.contains("has another token: correct SW_COLLECTOR_TOKEN"),
        "{error}"
    );

    let (code, error) = run(Some("a\nb")).await;

    assert!(code == Some(1) && error.contains("characters that a header can't hold"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_of_another_program_is_an_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let answers =
        ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[\"\x1b[2J\"]", "no HTTP\r\n\r\n", ""];
    let serving = tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 4096];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await;
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await;
        }
    });
    for _ in answers {
        let error = failure(address, &["traces"]).await;
        assert!(error.contains("does not answer like a collector"), "{error}");
        assert!(!error.contains('\x1b'), "{error}");
    }
    serving.await.expect("no panic");
}

#[test]
fn options_without_effect_are_refused() {
    for (arguments, part) in [
        (&["--watch", "traces"][..], "--watch before `traces` has no effect"),
        (&["--max-spans", "5", "map"], "--max-spans before `map` has no effect"),
        (&["traces", "--json", "--verbose"], "cannot be used with"),
        (&["traces", "--url", "http://192.0.2.1:1"], "is not on this machine"),
        (&["traces", "--last", "5"], "expected a number with s, m, h or d"),
    ] {
        let error = fails(&mut program(arguments), 2);
        assert!(error.contains(part), "{error}");
    }
}

/// A folder with an `xdg-open` that writes its argument to a file.
#[cfg(target_os = "linux")]
fn browser(name: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a writable target folder");
    let script = folder.join("xdg-open");
    let _ = std::fs::remove_file(folder.join("opened"));
    std::fs::write(&script, "#!/bin/sh\nprintf %s \"$1\" > \"${0%/*}/opened\"\n")
        .expect("writable");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("own file");
    folder
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn open_shows_the_page_of_the_trace() {
    let collector = with_scenario().await;
    let http = collector.http_addr();
    let folder = browser("open-trace");
    let mut opening = command(http, &["trace", "trace/1", "--open"]);
    opening.env("PATH", &folder);
    let output = tokio::task::spawn_blocking(move || opening.output()).await.expect("ran");
    let output = output.expect("the program starts");

    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
    assert_eq!(
        std::fs::read_to_string(folder.join("opened")).expect("opened"),
        format!("http://{http}/traces/trace%2F1")
    );

    // Without a browser the tree is still printed.
    let mut opening = command(http, &["trace", "trace/1", "--open"]);
    opening.env("PATH", "");
    let output = tokio::task::spawn_blocking(move || opening.output()).await.expect("ran");
    let output = output.expect("the program starts");
    let error = String::from_utf8(output.stderr).expect("text");

    assert_eq!((output.status.code(), error.lines().count()), (Some(0), 1), "{error}");
    assert!(error.contains("can't open a browser (xdg-open: "), "{error}");
    assert!(error.ends_with(&format!("Open http://{http}/traces/trace%2F1\n")), "{error}");
    assert!(output.stdout.starts_with(b"trace trace/1\n4 spans"));
}

#[cfg(target_os = "linux")]
#[test]
fn open_shows_the_pages_when_collecting() {
    let folder = browser("open-pages");
    let mut opening = program(&FREE);
    opening.arg("--open").env("PATH", &folder);
    let running = Running::start(opening.stdin(Stdio::null()));
    let opened = || std::fs::read_to_string(folder.join("opened")).unwrap_or_default();
    let expected = format!("http://{}/", running.http);
    let deadline = std::time::Instant::now() + crate::support::TIMEOUT;
    while opened() != expected {
        assert!(std::time::Instant::now() < deadline, "{:?}", opened());
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_lines() {
    let collector = with_scenario().await;
    let (grpc, http, time) = (collector.grpc_addr(), collector.http_addr(), 1_700_000_000_120);
    let logs = [log("INFO", "connected", time), log("ERROR", "refused\nat once", time + 5)];
    send(grpc, LOGS, messages(&logs)).await.expect("stored");
    let event = Event {
        uuid: "u".into(),
        source: Some(Source { service: "RTS_Test".into(), ..Default::default() }),
        name: "Start".into(),
        message: "\x1b[2J ready".into(),
        start_time: time,
        layer: "GENERAL".into(),
        ..Default::default()
    };
    send(grpc, EVENTS, messages(&[event])).await.expect("stored");
    let value = MeterSingleValue { name: "jobs_total".into(), labels: vec![], value: 7.0 };
    let meter = MeterData {
        metric: Some(Metric::SingleValue(value)),
        service: "RTS_Test".into(),
        service_instance: "RTS_Test_1".into(),
        timestamp: time,
    };
    send(grpc, METERS, messages(&[meter])).await.expect("stored");

    insta::assert_snapshot!(shown(http, &["logs"]).await, @r"
    22:13:20.120Z INFO  Service_Test     connected
    22:13:20.125Z ERROR Service_Test     refused
    ");
    let verbose = ["logs", "--verbose", "--level", "error", "--text", "REFUSED"];
    insta::assert_snapshot!(shown(http, &verbose).await, @r"
    22:13:20.125Z ERROR Service_Test     refused
                        at once
                        trace trace/1, span 1 of segment trace/1.server
                        endpoint /Service/OnSnapshot/QueringSnapshot
                        level=ERROR
                        logger=shop::db
    ");
    insta::assert_snapshot!(shown(http, &["events", "--service", "RTS_Test"]).await, @r"
    22:13:20.120Z           RTS_Test         Start            ␛[2J ready
    ");
    insta::assert_snapshot!(shown(http, &["meters", "RTS_Test"]).await, @r"
    RTS_Test RTS_Test_1
    jobs_total                                                               7        min 7        max 7
    ");
    assert_eq!(
        shown(http, &["logs", "--limit", "1", "--trace", "trace/1"]).await,
        "… and 1 earlier ones: raise --limit\n22:13:20.125Z ERROR Service_Test     refused\n"
    );
    for (arguments, text) in [
        (&["logs", "--service", "none"][..], "no logs match\n"),
        (&["logs", "--last", "5m"], "no logs match\n"),
        (&["meters", "none"], "no meters match\n"),
        (&["events", "--name", "none"], "no events match\n"),
    ] {
        assert_eq!(shown(http, arguments).await, text);
    }
    for (arguments, path) in [
        (
            &["logs", "--json", "--instance", "Service_Test_1"][..],
            "/api/logs?instance=Service_Test_1",
        ),
        (&["meters", "RTS_Test", "--json"], "/api/meters?service=RTS_Test"),
        (&["events", "--json"], "/api/events"),
    ] {
        assert_eq!(shown(http, arguments).await, format!("{}\n", get(http, path).await.body));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_prints_the_logs_of_a_trace() {
    let collector = start().await;
    let arguments = ["tail", "--logs", "--service", "Service_Test"];
    let mut child = command(collector.http_addr(), &arguments).spawn().expect("the program starts");
    let mut errors = BufReader::new(child.stderr.take().expect("piped"));
    errors.read_line(&mut String::new()).expect("text");

    let logs = [log("WARN", "\x1b[2J slow", now())];
    send(collector.grpc_addr(), LOGS, messages(&logs)).await.expect("stored");
    send(collector.grpc_addr(), COLLECT, encoded(&scenario("trace/1", now())))
        .await
        .expect("accepted");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let read = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        while !text.contains("WARN  Service_Test     ␛[2J slow\n") {
            assert!(out.read_line(&mut text).expect("text") > 0, "{text}");
        }
        text
    });
    let text = read.await.expect("no panic");
    child.kill().expect("a child");
    child.wait().expect("a child");

    assert!(text.contains("/API/Snapshot"), "{text}");
}
