//! The program `mack`: a single service, and the demo.

use std::process::Command;

use crate::support::{Running, TIMEOUT, collector, normalized, run, with_ports_named};
use skywalking_collector::{Collector, SpanView, TraceView};

/// Returns the command without the variables of the agent.
pub(crate) fn mack() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mack"));
    for (variable, _) in std::env::vars_os()
        .filter(|(variable, _)| variable.to_string_lossy().starts_with("SW_AGENT_"))
    {
        command.env_remove(variable);
    }
    command
}

/// Starts a service whose upstream is unreachable.
fn without_upstream(arguments: &[&str]) -> (Running, String) {
    service(
        mack()
            .args(["--upstream-url", "http://127.0.0.1:1/nobody", "--wait-ms", "0"])
            .args(arguments),
    )
}

/// Starts a service on a free port. Returns it with its address.
fn service(command: &mut Command) -> (Running, String) {
    let mut running =
        Running::start(command.args(["--service-name", "mack-1", "--listen-addr", ":0"]));
    let line = running.stdout_after("listening on http://");
    let address = line.strip_suffix("/mack").unwrap().to_owned();
    (running, address)
}

/// Waits for this many spans. Returns their only trace.
async fn only_trace(collector: &Collector, spans: usize) -> TraceView {
    let complete = |collector: &Collector| collector.stats().spans_stored == spans;
    collector.wait_for(complete, TIMEOUT).await.unwrap();
    let traces = collector.traces(&skywalking_collector::TraceQuery::default());
    assert_eq!(traces.len(), 1, "{traces:?}");
    collector.trace(&traces[0].trace_id).unwrap()
}

/// Returns the value of a response header.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Returns a span as text, without times.
fn shown(span: &SpanView) -> String {
    let tags: Vec<_> = span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    let error = if span.is_error { " ERROR" } else { "" };
    let peer = if span.peer.is_empty() { String::new() } else { format!(" -> {}", span.peer) };
    with_ports_named(&format!(
        "{} {}{peer} {}{error} {{{}}}",
        span.span_type,
        span.operation_name,
        span.layer,
        tags.join(", ")
    ))
}

const TREE: &str = "\
3 of 3 traces arrived complete; the last one:
6 spans, 3 services, <time>
Entry POST:/mack mack-1 <time>
  Exit POST:/mack -> 127.0.0.1:<3> mack-1 <time>
    Entry POST:/mack mack-2 <time>
      Exit POST:/mack -> 127.0.0.1:<2> mack-2 <time>
        Entry POST:/mack mack-3 <time>
          Exit POST:/echo -> 127.0.0.1:<1> mack-3 <time>

map: 5 nodes, 4 calls
User -> mack-1 (http)
mack-1 (http) -> mack-2 (http)
mack-2 (http) -> mack-3 (http)
mack-3 (http) -> 127.0.0.1:<1>";

/// Returns the output of the demo up to the responses.
fn services_and_responses(protocol: &str) -> String {
    format!(
        "\
collector with a token on 127.0.0.1:<0> ({protocol})
echo server without tracing on http://127.0.0.1:<1>/echo
mack-3 on http://127.0.0.1:<2>/mack calls http://127.0.0.1:<1>/echo
mack-2 on http://127.0.0.1:<3>/mack calls http://127.0.0.1:<2>/mack
mack-1 on http://127.0.0.1:<4>/mack calls http://127.0.0.1:<3>/mack
POST \"hello 1\": 200 OK \"hello 1\", trace <id 0>
POST \"hello 2\": 200 OK \"hello 2\", trace <id 1>
POST \"hello 3\": 200 OK \"hello 3\", trace <id 2>
"
    )
}

/// Returns the trace ids of the responses.
fn traces(output: &str) -> Vec<&str> {
    output.lines().filter_map(|line| line.split_once(", trace ")).map(|(_, id)| id).collect()
}

#[test]
fn demo_prints_the_tree_and_the_map() {
    for (arguments, protocol) in
        [(&["demo"][..], "gRPC"), (&["demo", "--protocol", "http"], "HTTP")]
    {
        let ended = run(mack().args(arguments)).succeeded();
        let all_sent = "\nmack-1 exited: 3 segments sent, 0 lost\nmack-2 exited: 3 segments sent, 0 lost\nmack-3 exited: 3 segments sent, 0 lost\n";
        assert_eq!(
            with_ports_named(&normalized(&ended.out, &traces(&ended.out))),
            format!("{}{all_sent}\n{TREE}", services_and_responses(protocol))
        );
        assert_eq!(ended.err, "");
    }
}

#[test]
fn demo_with_a_wrong_token_counts_lost_segments() {
    for (protocol, word) in [("grpc", "gRPC"), ("http", "HTTP")] {
        let ended =
            run(mack().args(["demo", "--wrong-token", "--wait-ms", "0", "--protocol", protocol]))
                .failed();
        let lost =
            |name| format!("{name} exited: 0 segments sent, 3 lost (3 refused by the backend)");
        assert_eq!(
            with_ports_named(&normalized(&ended.out, &traces(&ended.out))),
            format!(
                "{}\n{}\n{}\n{}",
                services_and_responses(word),
                lost("mack-1"),
                lost("mack-2"),
                lost("mack-3")
            )
        );
        let refused: Vec<_> = ended
            .err
            .lines()
            .filter(|line| line.contains("the backend refused segments; they count as dropped"))
            .collect();
        assert_eq!(refused.len(), 3, "{}", ended.err);
        for line in refused {
            assert!(
                line.contains("`authentication` is missing or is not this collector's token"),
                "{line}"
            );
        }
        assert!(
            ended.err.ends_with(
                "mack demo: all requests succeeded, but the collector refused the token of the services, so there is no trace to show: \
                 0 segments sent, 9 lost (9 refused by the backend). Run it without --wrong-token\n"
            ),
            "{}",
            ended.err
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_upstream_is_a_500_with_the_reason() {
    let collector = collector(None).await;

    let (mut running, address) =
        without_upstream(&["--oap-server", &collector.grpc_addr().to_string()]);
    let (head, body) = crate::support::get(&address, "/mack", "");

    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");

    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    let reason = format!(
        "the upstream http://127.0.0.1:1/nobody is unreachable: error sending request: client error (Connect): tcp connect error: \
         {refused}. Start it, or set another --upstream-url"
    );

    assert_eq!(body, format!("mack-1: {reason}\n"));

    let trace = only_trace(&collector, 2).await;

    assert_eq!(header(&head, "x-trace-id"), Some(trace.trace_id.as_str()));

    let logged = running.stderr_after("ERROR mack::server: ");

    assert_eq!(logged, format!("{reason} service=mack-1 trace=\"{}\"", trace.trace_id));
    assert_eq!(
        trace.spans.iter().map(shown).collect::<Vec<_>>(),
        [
            "Entry GET:/mack Http ERROR {http.method=GET, url=127.0.0.1:<0>/mack, http.status_code=500}",
            "Exit POST:/nobody -> 127.0.0.1:<0> Http ERROR {http.method=POST, url=http://127.0.0.1:<0>/nobody}",
        ]
    );

    let values: Vec<_> = trace.spans[1]
        .logs
        .iter()
        .flat_map(|log| &log.data)
        .map(|field| field.value.as_str())
        .collect();

    assert!(values.iter().any(|value| value.contains(&refused.to_string())), "{values:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn response_of_the_upstream_is_returned() {
    let collector = collector(None).await;
    let backend = collector.grpc_addr().to_string();

    // The upstream of the second service is unreachable. The first service returns the status and
    // the body of the second one.
    let (last, behind) = service(
        mack()
            .args([
                "--upstream-url",
                "http://127.0.0.1:1/nobody",
                "--wait-ms",
                "0",
                "--oap-server",
                &backend,
            ])
            .env("SW_AGENT_NAME", "unused"),
    );
    let upstream = format!("http://{behind}/mack");
    let (first, address) = service(mack().args([
        "--upstream-url",
        &upstream,
        "--wait-ms",
        "0",
        "--oap-server",
        &backend,
    ]));
    let (head, body) = crate::support::get(&address, "/mack", "");

    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    assert!(
        body.starts_with("mack-1: the upstream http://127.0.0.1:1/nobody is unreachable: "),
        "{body}"
    );

    let trace = only_trace(&collector, 4).await;
    let with_path: Vec<_> =
        trace.spans.iter().map(shown).filter(|span| span.contains("correlation")).collect();

    assert_eq!(
        with_path,
        [
            "Entry POST:/mack Http ERROR {http.method=POST, url=127.0.0.1:<0>/mack, correlation.mack.path=mack-1, http.status_code=500}"
        ]
    );
    drop((first, last));
}

// Feature: log and discard reporters
#[test]
fn log_reporter_prints_segments_and_exits_on_signals() {
    for (arguments, signal) in [(["--log"].as_slice(), "-INT"), (&["--protocol", "log"], "-TERM")] {
        let (mut running, address) = without_upstream(arguments);
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        crate::support::get(&address, "/mack", "");
        let segment = format!("{{{}", running.stderr_after("{"));
        let segment: serde_json::Value = serde_json::from_str(&segment).unwrap();
        assert_eq!(segment["service"], "mack-1");
        let names: Vec<_> = segment["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| &span["operationName"])
            .collect();
        assert_eq!(names, ["GET:/mack", "POST:/nobody"]);
        assert!(
            Command::new("kill")
                .args([signal, &running.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let ended = running.wait().succeeded();
        assert!(
            ended.out.ends_with("/mack\nmack-1 exited: 1 segment sent, 0 lost\n"),
            "{}",
            ended.out
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn token_in_an_argument_is_a_warning() {
    const WARNING: &str = "set SW_AGENT_AUTHENTICATION instead of --authentication";
    for by_argument in [true, false] {
        let collector = collector(Some("s3cret")).await;
        let backend = collector.grpc_addr().to_string();
        let upstream = [
            "--upstream-url",
            "http://127.0.0.1:1/nobody",
            "--wait-ms",
            "0",
            "--oap-server",
            &backend,
        ];
        let mut command = mack();
        if by_argument {
            command.args(["--authentication", "s3cret"])
        } else {
            command.env("SW_AGENT_AUTHENTICATION", "s3cret")
        };
        let (running, address) = service(command.args(upstream));
        crate::support::get(&address, "/mack", "");
        only_trace(&collector, 2).await;
        crate::support::interrupt(running.id());
        let ended = running.wait().succeeded();
        assert_eq!(ended.err.contains(WARNING), by_argument, "{}", ended.err);
        assert!(!ended.err.contains("s3cret"), "{}", ended.err);
    }
}

#[test]
fn errors_name_the_value_and_the_fix() {
    let in_use = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let in_use = in_use.local_addr().unwrap().to_string();
    let (name, upstream) =
        (["--service-name", "mack-1"], ["--upstream-url", "http://127.0.0.1:1/"]);
    let long = "x".repeat(51);
    for (arguments, parts) in [
        (
            ["--listen-addr", &in_use],
            [
                &format!("mack: can't listen on {in_use}: "),
                "Set --listen-addr to an unused address",
            ],
        ),
        (
            ["--oap-server", "nowhere"],
            [
                "mack: --oap-server or SW_AGENT_COLLECTOR_BACKEND_SERVICES: the backend \"nowhere\" has no port",
                "give host:port",
            ],
        ),
        (
            ["--instance-name", "a\u{7}b"],
            [
                "mack: --instance-name or SW_AGENT_INSTANCE_NAME: the name \"a\\u{7}b\" has control characters",
                "remove them",
            ],
        ),
        (
            ["--authentication", "two words"],
            [
                "mack: --authentication or SW_AGENT_AUTHENTICATION: the token <hidden> has blanks",
                "visible ASCII alone",
            ],
        ),
    ] {
        let ended = run(mack()
            .env("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "127.0.0.1:1")
            .args(name)
            .args(upstream)
            .args(arguments))
        .failed();
        for part in parts {
            assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
        }
        assert!(!ended.err.contains("two words") && ended.out.is_empty(), "{ended:?}");
    }
    for (service, part) in [
        ("", "mack: --service-name or SW_AGENT_NAME: the service has no name; give it one"),
        (long.as_str(), "shorten it to at most 50"),
    ] {
        let ended = run(mack().args(["--service-name", service]).args(upstream)).failed();
        assert!(ended.err.contains(part), "{}", ended.err);
    }
    for (arguments, part) in [
        (
            &["--listen-addr", "8081"][..],
            "'8081' for '--listen-addr <[IP]:PORT>': expected IP:PORT",
        ),
        (&["--upstream-url", "127.0.0.1:8082"], "expected http://HOST:PORT/PATH"),
        (
            &["--upstream-url", "https://stock/"],
            "'https://stock/' for '--upstream-url <URL>': this program is built without TLS",
        ),
        (&["--upstream-url", "ftp://stock/"], "not an HTTP URL"),
        (
            &["--protocol", "kafka"],
            "'kafka' for '--protocol <PROTOCOL>'\n  [possible values: grpc, http, log]",
        ),
        (&["--wait-ms", "soon"], "'soon' for '--wait-ms <MILLISECONDS>'"),
        (&["demo", "--requests", "0"], "0 is not in 1..=1000"),
        (&["demo", "--protocol", "log"], "[possible values: grpc, http]"),
        (&[], "--service-name <NAME>\n  --upstream-url <URL>"),
    ] {
        let ended = run(mack().args(arguments));
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
    }
    // clap names only the option of a variable.
    let by_variable = run(mack()
        .args(name)
        .args(upstream)
        .env("SW_AGENT_PROTOCOL", "kafka")
        .env("SW_AGENT_AUTHENTICATION", "s3cret"));

    assert_eq!(by_variable.status.code(), Some(2));
    assert!(
        by_variable.err.ends_with("\nSW_AGENT_PROTOCOL is set to \"kafka\"\n"),
        "{}",
        by_variable.err
    );
    assert!(!by_variable.err.contains("s3cret"), "{}", by_variable.err);
}
