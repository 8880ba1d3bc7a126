//! The program `mack` as a user starts it: one by hand, and the demo.

mod support;

use std::process::Command;

use skywalking_collector::{Collector, SpanView, TraceView};
use support::{PATIENCE, Running, normalised, run, with_ports_named};

/// Whatever the one who runs the tests has set.
fn mack() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mack"));
    for (variable, _) in std::env::vars_os()
        .filter(|(variable, _)| variable.to_string_lossy().starts_with("SW_AGENT_"))
    {
        command.env_remove(variable);
    }
    command
}

/// A service that calls nobody: what its upstream's port was is free again.
fn alone(arguments: &[&str]) -> (Running, String) {
    service(
        mack()
            .args(["--upstream-url", "http://127.0.0.1:1/nobody", "--wait-ms", "0"])
            .args(arguments),
    )
}

/// Starts a service on a free port; gives its address.
fn service(command: &mut Command) -> (Running, String) {
    let mut running =
        Running::start(command.args(["--service-name", "mack-1", "--listen-addr", ":0"]));
    let said = running.says("listening on http://");
    let address = said.strip_suffix("/mack").unwrap().to_owned();
    (running, address)
}

async fn collector(token: Option<&str>) -> Collector {
    let builder = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let builder = if let Some(token) = token { builder.require_token(token) } else { builder };
    builder.start().await.unwrap()
}

/// Waits for the one trace, and ends the service.
async fn only_trace(collector: &Collector, spans: usize) -> TraceView {
    let whole = |collector: &Collector| collector.stats().spans_stored == spans;
    collector.wait_for(whole, PATIENCE).await.unwrap();
    let traces = collector.traces(&skywalking_collector::TraceQuery::default());
    assert_eq!(traces.len(), 1, "{traces:?}");
    collector.trace(&traces[0].trace_id).unwrap()
}

/// The value of a header of an answer.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// All that a span says, but its times.
fn told(span: &SpanView) -> String {
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

/// What the demo says up to the answers.
fn services_and_answers(protocol: &str) -> String {
    format!(
        "\
a collector that asks for a token, on 127.0.0.1:<0> by {protocol}
an echo server that is not traced, on http://127.0.0.1:<1>/echo
mack-3 on http://127.0.0.1:<2>/mack, which calls http://127.0.0.1:<1>/echo
mack-2 on http://127.0.0.1:<3>/mack, which calls http://127.0.0.1:<2>/mack
mack-1 on http://127.0.0.1:<4>/mack, which calls http://127.0.0.1:<3>/mack
POST \"hello 1\": 200 OK \"hello 1\", trace <id 0>
POST \"hello 2\": 200 OK \"hello 2\", trace <id 1>
POST \"hello 3\": 200 OK \"hello 3\", trace <id 2>
"
    )
}

/// The ids of the traces in the answers.
fn traces(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.split_once(", trace ")).map(|(_, id)| id).collect()
}

#[test]
fn the_demo_prints_six_spans_as_one_tree_and_the_map_by_either_protocol() {
    for (arguments, protocol) in
        [(&["demo"][..], "gRPC"), (&["demo", "--protocol", "http"], "HTTP")]
    {
        let ended = run(mack().args(arguments)).succeeded();
        let all_sent = "\nmack-1 ended: 3 segments sent, 0 lost\nmack-2 ended: 3 segments sent, 0 lost\nmack-3 ended: 3 segments sent, 0 lost\n";
        assert_eq!(
            with_ports_named(&normalised(&ended.out, &traces(&ended.out))),
            format!("{}{all_sent}\n{TREE}", services_and_answers(protocol))
        );
        assert_eq!(ended.err, "");
    }
}

#[test]
fn with_a_wrong_token_all_is_answered_and_the_losses_are_counted_and_told() {
    for (protocol, word) in [("grpc", "gRPC"), ("http", "HTTP")] {
        let ended =
            run(mack().args(["demo", "--wrong-token", "--wait-ms", "0", "--protocol", protocol]))
                .failed();
        let lost =
            |name| format!("{name} ended: 0 segments sent, 3 lost (3 refused by the backend)");
        assert_eq!(
            with_ports_named(&normalised(&ended.out, &traces(&ended.out))),
            format!(
                "{}\n{}\n{}\n{}",
                services_and_answers(word),
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
                "mack demo: every request was answered, but the collector refused the services' token, so that there is no trace to show: \
                 0 segments sent, 9 lost (9 refused by the backend). Run it without --wrong-token\n"
            ),
            "{}",
            ended.err
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_away_is_a_500_with_the_reason_in_the_answer_the_log_and_the_trace() {
    let collector = collector(None).await;
    let (mut running, address) = alone(&["--oap-server", &collector.grpc_addr().to_string()]);
    let (head, body) = support::get(&address, "/mack", "");
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    let reason = format!(
        "the upstream http://127.0.0.1:1/nobody can't be reached: error sending request: client error (Connect): tcp connect error: \
         {refused}. Start it, or give another --upstream-url"
    );
    assert_eq!(body, format!("mack-1: {reason}\n"));

    let trace = only_trace(&collector, 2).await;
    assert_eq!(header(&head, "x-trace-id"), Some(trace.trace_id.as_str()));
    let logged = running.complains("ERROR mack::server: ");
    assert_eq!(logged, format!("{reason} service=mack-1 trace=\"{}\"", trace.trace_id));
    assert_eq!(
        trace.spans.iter().map(told).collect::<Vec<_>>(),
        [
            "Entry GET:/mack Http ERROR {http.method=GET, url=127.0.0.1:<0>/mack, http.status_code=500}",
            "Exit POST:/nobody -> 127.0.0.1:<0> Http ERROR {http.method=POST, url=http://127.0.0.1:<0>/nobody}",
        ]
    );
    let said: Vec<_> = trace.spans[1]
        .logs
        .iter()
        .flat_map(|log| &log.data)
        .map(|field| field.value.as_str())
        .collect();
    assert!(said.iter().any(|value| value.contains(&refused.to_string())), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_and_the_body_of_the_upstream_come_back_and_the_path_goes_along() {
    let collector = collector(None).await;
    let backend = collector.grpc_addr().to_string();
    // The second one's upstream is away: its status and its words are what the first one has to
    // give back.
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
    let (head, body) = support::get(&address, "/mack", "");
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    assert!(
        body.starts_with("mack-1: the upstream http://127.0.0.1:1/nobody can't be reached: "),
        "{body}"
    );

    let trace = only_trace(&collector, 4).await;
    let with_path: Vec<_> =
        trace.spans.iter().map(told).filter(|span| span.contains("correlation")).collect();
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
fn by_log_each_request_is_a_line_of_json_and_a_signal_ends_the_program_with_its_account() {
    for (arguments, signal) in [(["--log"].as_slice(), "-INT"), (&["--protocol", "log"], "-TERM")] {
        let (mut running, address) = alone(arguments);
        assert!(address.starts_with("127.0.0.1:"), "{address}");
        support::get(&address, "/mack", "");
        let segment = format!("{{{}", running.complains("{"));
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
        let ended = running.ended().succeeded();
        assert!(
            ended.out.ends_with("/mack\nmack-1 ended: 1 segment sent, 0 lost\n"),
            "{}",
            ended.out
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_among_the_arguments_works_and_is_warned_of_and_by_the_variable_it_is_not() {
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
        support::get(&address, "/mack", "");
        only_trace(&collector, 2).await;
        support::interrupt(running.id());
        let ended = running.ended().succeeded();
        assert_eq!(ended.err.contains(WARNING), by_argument, "{}", ended.err);
        assert!(!ended.err.contains("s3cret"), "{}", ended.err);
    }
}

#[test]
fn what_is_wrong_is_said_with_the_value_and_the_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let (name, upstream) =
        (["--service-name", "mack-1"], ["--upstream-url", "http://127.0.0.1:1/"]);
    let long = "x".repeat(51);
    for (arguments, said) in [
        (
            ["--listen-addr", &taken],
            [&format!("mack: can't listen on {taken}: "), "Give --listen-addr an address"],
        ),
        (
            ["--oap-server", "nowhere"],
            [
                "mack: --oap-server or SW_AGENT_COLLECTOR_BACKEND_SERVICES: the backend \"nowhere\" has no port",
                "give host:port",
            ],
        ),
        (
            ["--oap-server", "https://oap:11800"],
            [
                "mack: --oap-server or SW_AGENT_COLLECTOR_BACKEND_SERVICES: the backend \"https://oap:11800\" asks for TLS",
                "without TLS",
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
        for part in said {
            assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
        }
        assert!(!ended.err.contains("two words") && ended.out.is_empty(), "{ended:?}");
    }
    for (service, said) in [
        ("", "mack: --service-name or SW_AGENT_NAME: the service has no name; give it one"),
        (long.as_str(), "shorten it to at most 50"),
    ] {
        let ended = run(mack().args(["--service-name", service]).args(upstream)).failed();
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    for (arguments, said) in [
        (
            &["--listen-addr", "8081"][..],
            "'8081' for '--listen-addr <[IP]:PORT>': no address to listen on: write IP:PORT",
        ),
        (&["--upstream-url", "127.0.0.1:8082"], "write http://HOST:PORT/PATH"),
        (
            &["--upstream-url", "https://stock/"],
            "'https://stock/' for '--upstream-url <URL>': this program is built without TLS",
        ),
        (&["--upstream-url", "ftp://stock/"], "not a URL of HTTP"),
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
        assert!(ended.err.contains(said), "{said:?} is not in {:?}", ended.err);
    }
    // Of a variable clap says only which option it stands for.
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

#[cfg(target_os = "linux")]
mod kills {
    use super::*;
    use support::{is_running, kill, until};

    /// A demo whose requests take long, with the ids of its services.
    fn long_demo() -> (Running, Vec<String>) {
        let mut running = Running::start(mack().args(["demo", "--verbose", "--wait-ms", "5000"]));
        let ids = ["mack-3", "mack-2", "mack-1"]
            .map(|name| running.complains(&format!("{name} pid ")))
            .to_vec();
        running.says("mack-1 on ");
        (running, ids)
    }

    #[test]
    fn a_service_that_is_killed_is_named_and_the_others_end() {
        let (running, ids) = long_demo();
        kill(&ids[1]);
        let ended = running.ended().failed();
        assert!(ended.err.contains("mack demo: mack-2 died: signal: 9 (SIGKILL)"), "{}", ended.err);
        until("the others end", || !ids.iter().any(|id| is_running(id)));
    }

    #[test]
    fn the_services_end_with_a_demo_that_is_killed() {
        let (running, ids) = long_demo();
        kill(&running.id().to_string());
        until("all three end", || !ids.iter().any(|id| is_running(id)));
    }

    #[test]
    fn ctrl_c_ends_the_demo_and_its_services() {
        let (running, ids) = long_demo();
        support::interrupt(running.id());
        let ended = running.ended().failed();
        assert!(
            ended.err.ends_with("mack demo: interrupted; all services were ended\n"),
            "{}",
            ended.err
        );
        until("all three end", || !ids.iter().any(|id| is_running(id)));
    }
}
