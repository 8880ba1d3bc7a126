//! The program: its output, its options and its exit.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use prost::Message as _;
use skywalking_proto::v3::{SegmentCollection, SpanObject};

use crate::support::{
    COLLECT, COLLECT_IN_SYNC, encoded, exchange, json, now, scenario, send, send_with, small,
};

/// The options that have a variable.
const OPTIONS: [&str; 11] = [
    "GRPC_ADDR",
    "HTTP_ADDR",
    "MAX_SPANS",
    "MAX_BYTES",
    "MAX_IN_FLIGHT",
    "MAX_CONNECTIONS",
    "ALLOW_HOST",
    "TLS_CERT",
    "TLS_KEY",
    "TLS_CLIENT_CA",
    "TOKEN_FILE",
];

pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skywalking-collector"));
    for variable in OPTIONS.into_iter().chain(["TOKEN", "URL"]) {
        command.env_remove(format!("SW_COLLECTOR_{variable}"));
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running program. Killed on drop.
pub(crate) struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut address = |prefix: &str| {
            let mut line = String::new();
            out.read_line(&mut line).expect("a line");
            let rest = line
                .trim_end()
                .strip_prefix(prefix)
                .unwrap_or_else(|| panic!("{line:?} begins with {prefix:?}"));
            rest.parse().expect("an address")
        };
        let (grpc, http) = (address("grpc listening on "), address("http listening on "));
        Self { child, out, grpc, http }
    }

    #[cfg(unix)]
    fn end(mut self, signal: &str) -> (Option<i32>, Vec<String>) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
        let rest = self.out.by_ref().lines().collect::<Result<_, _>>().expect("text");
        (self.child.wait().expect("an exit code").code(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Options for free ports.
pub(crate) const FREE: [&str; 4] = ["--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"];

#[cfg(unix)]
#[tokio::test]
async fn prints_its_addresses_and_exits_cleanly_on_signals() {
    for signal in ["TERM", "INT"] {
        let running = Running::start(&mut program(&FREE));
        assert!(running.grpc.ip().is_loopback() && running.http.ip().is_loopback());
        send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("accepted");
        let traces = json(running.http, "/api/traces").await;
        let trace = &traces["traces"][0];
        assert_eq!((&trace["traceId"], &trace["spans"]), (&"t".into(), &4.into()));
        let expected = "ended; segments: 2 accepted, 0 refused, 0 duplicate, 0 empty; stored: 1 traces, 4 spans; evicted: 0 traces, 0 spans";
        assert_eq!(running.end(signal), (Some(0), vec![expected.to_owned()]));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn options_override_variables() {
    let mut command = program(&["--http-addr", "localhost:0"]);
    command
        .env("SW_COLLECTOR_GRPC_ADDR", "[::1]:0")
        .env("SW_COLLECTOR_HTTP_ADDR", "not used")
        .env("SW_COLLECTOR_MAX_SPANS", "3");
    // Without IPv6 the test uses an IPv4 address.
    if TcpListener::bind("[::1]:0").is_err() {
        command.env("SW_COLLECTOR_GRPC_ADDR", "127.0.0.1:0");
    }
    let running = Running::start(&mut command);
    send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("accepted");
    let (code, rest) = running.end("TERM");

    assert_eq!(code, Some(0));
    assert!(rest[0].ends_with("stored: 0 traces, 0 spans; evicted: 1 traces, 4 spans"), "{rest:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn watch_prints_traces_and_the_map_without_colors() {
    let mut running = Running::start(program(&FREE).arg("--watch"));
    let mut segments = scenario("t", now());
    segments[1].spans[0].operation_name = "/database/\x1b[31mQuery".into();
    send(running.grpc, COLLECT, encoded(&segments)).await.expect("accepted");
    let mut shown = String::new();
    for _ in 0..6 {
        running.out.read_line(&mut shown).expect("a line of the tree");
    }
    let (code, rest) = running.end("TERM");

    assert_eq!(code, Some(0));

    let text = format!("{shown}{}", rest.join("\n"));

    insta::assert_snapshot!(text, @r#"
    trace t
    4 spans, 2 services, 12 ms
    Entry /API/Snapshot                              RTS_Test             12 ms [================]
      Exit /Service/OnSnapshot -> RTS_Server         RTS_Test             10 ms [ ============== ]
        Entry /Service/OnSnapshot/QueringSnapshot    Service_Test          8 ms [  ============  ]
          Exit /database/␛[31mQuery -> APIService    Service_Test          6 ms [    ========    ]

    map: 4 nodes, 3 calls
    User -> RTS_Test (Rust)
    RTS_Test (Rust) -> Service_Test (Rust)
    Service_Test (Rust) -> APIService (Rust, guessed)
    ended; segments: 2 accepted, 0 refused, 0 duplicate, 0 empty; stored: 1 traces, 4 spans; evicted: 0 traces, 0 spans
    "#);
}

/// Two traces of 20 000 spans, 30 of 40 and 1 000 of one.
#[cfg(unix)]
#[tokio::test]
async fn watch_limits_its_output_and_counts_the_rest() {
    let mut running = Running::start(program(&FREE).arg("--watch"));
    let large = |id: &str, spans: i32| {
        let mut segment = small(id, id);
        let step = segment.spans[0].clone();
        segment.spans = (0..spans)
            .map(|id| SpanObject { span_id: id, parent_span_id: (id - 1).min(0), ..step.clone() })
            .collect();
        segment
    };
    send(running.grpc, COLLECT, encoded([&large("a", 20_000), &large("b", 20_000)]))
        .await
        .expect("accepted");
    let mut read = |end: &str| {
        let mut text = String::new();
        while !text.ends_with(end) {
            assert!(running.out.read_line(&mut text).expect("text") > 0, "{text}");
        }
        text
    };
    let omitted = "… and 19900 more spans: see /api/traces/{traceId}\n";
    let first = format!("{}{}", read(omitted), read(omitted));

    assert!(
        first.len() < 30_000 && first.starts_with("trace a\n20000 spans, "),
        "{} bytes: {first:.500}",
        first.len()
    );

    let middle: Vec<_> = (0..30).map(|at| large(&format!("m{at}"), 40)).collect();
    send(
        running.grpc,
        COLLECT_IN_SYNC,
        vec![SegmentCollection { segments: middle }.encode_to_vec()],
    )
    .await
    .expect("accepted");
    let second = read(" spans: see /api/traces\n");
    let shown = second.lines().filter(|line| line.starts_with("trace m")).count();

    assert!((1..30).contains(&shown) && second.lines().count() < 700, "{shown}: {second}");
    assert!(
        second.contains(&format!(
            "… and {} more traces with {} spans:",
            30 - shown,
            (30 - shown) * 40
        )),
        "{second}"
    );

    // One message, so that they arrive within one or two intervals.
    let many: Vec<_> = (0..1_000).map(|at| small(&format!("s{at}"), &format!("s{at}"))).collect();
    send(running.grpc, COLLECT_IN_SYNC, vec![SegmentCollection { segments: many }.encode_to_vec()])
        .await
        .expect("accepted");
    let third = read(" more new traces: see /api/traces\n");

    assert!(third.len() < 100_000, "{}", third.len());
}

/// Standard output is a pipe that is full and never read, like a paused pager.
#[cfg(unix)]
#[tokio::test]
async fn blocked_output_delays_neither_reports_nor_exit() {
    let (reader, mut writer) = std::os::unix::net::UnixStream::pair().expect("two ends");
    let mut watching = program(&FREE);
    watching
        .arg("--watch")
        .stdout(std::os::fd::OwnedFd::from(writer.try_clone().expect("another")))
        .stderr(Stdio::null());
    let mut watching = tokio::process::Command::from(watching);
    let mut child = watching.kill_on_drop(true).spawn().expect("the program starts");
    let mut lines = BufReader::new(reader).lines().map(|line| line.expect("text"));
    let mut address = || {
        lines
            .next()
            .expect("a line")
            .rsplit(' ')
            .next()
            .expect("a word")
            .parse()
            .expect("an address")
    };
    let (grpc, http): (SocketAddr, SocketAddr) = (address(), address());
    writer.set_nonblocking(true).expect("a socket");
    while writer.write(&[b'x'; 1024]).is_ok() {}
    writer.set_nonblocking(false).expect("a socket");

    for at in 0..10 {
        send(grpc, COLLECT, encoded([&small(&format!("t{at}"), &format!("s{at}"))]))
            .await
            .expect("accepted");
    }

    assert_eq!(json(http, "/api/stats").await["segmentsAccepted"], 10);

    let kill = format!("kill -TERM {}", child.id().expect("a running program"));

    assert!(Command::new("sh").args(["-c", &kill]).status().expect("sh").success());

    // One second for connections, one for the output, and slack.
    let limit = Duration::from_secs(2 + 2);
    let ended = tokio::time::timeout(limit, child.wait()).await.expect("it ends in time");
    let status = ended.expect("a child");

    assert_eq!(status.code(), Some(0));
}

/// Each connection needs a file descriptor. Idle connections are closed for a new one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn idle_connections_are_closed_without_descriptors() {
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            r#"ulimit -n 40 && exec "$0" "$@""#,
            env!("CARGO_BIN_EXE_skywalking-collector"),
        ])
        .args(FREE);
    let running =
        Running::start(limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    for address in [running.grpc, running.http] {
        // They stay open and send nothing.
        let many: Vec<_> = (0..100)
            .map(|_| std::net::TcpStream::connect(address).expect("a connection"))
            .collect();
        send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("accepted");
        assert_eq!(json(running.http, "/healthcheck").await["status"], "ok");
        drop(many);
    }
}

pub(crate) fn fails(command: &mut Command, code: i32) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let error = String::from_utf8(stderr).expect("text");
    println!("{error}");
    assert_eq!((status.code(), stdout.len()), (Some(code), 0));
    error
}

#[test]
fn address_in_use_is_an_error_with_the_option() {
    let in_use = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = in_use.local_addr().expect("an address").to_string();
    for (option, variable, port) in [
        ("--grpc-addr", "SW_COLLECTOR_GRPC_ADDR", "gRPC"),
        ("--http-addr", "SW_COLLECTOR_HTTP_ADDR", "HTTP"),
    ] {
        let other = if option == "--grpc-addr" { "--http-addr" } else { "--grpc-addr" };
        let error = fails(&mut program(&[option, &address, other, "127.0.0.1:0"]), 1);
        assert!(
            error.starts_with(&format!(
                "skywalking-collector: can't listen on {address} for {port}: "
            )),
            "{error}"
        );
        assert!(error.contains(&format!("set another one with {option} ({variable})")), "{error}");
    }
}

#[test]
fn invalid_values_are_errors_with_the_fix() {
    let value = |option: &str, variable: &str, bad: &str, remedy: &str| {
        for error in [
            fails(&mut program(&[&format!("{option}={bad}")]), 2),
            fails(program(&[]).env(variable, bad), 2),
        ] {
            assert!(error.contains(&format!("invalid value '{bad}' for '{option} <")), "{error}");
            assert!(error.contains(remedy), "{error}");
        }
        let error = fails(program(&[]).env(variable, bad), 2);
        assert!(error.contains(&format!("{variable} is set to {bad:?}")), "{error}");
    };
    for bad in ["12800", "example.org:1", "127.0.0.1:99999", ""] {
        value(
            "--grpc-addr",
            "SW_COLLECTOR_GRPC_ADDR",
            bad,
            "expected IP:port, such as 127.0.0.1:11800",
        );
        value("--http-addr", "SW_COLLECTOR_HTTP_ADDR", bad, "expected IP:port");
    }
    for bad in ["*", "devbox:80", "http://devbox", ""] {
        let remedy = "expected a name or an IP address";
        value("--allow-host", "SW_COLLECTOR_ALLOW_HOST", bad, remedy);
    }
    for bad in ["0", "-1", "many", "1e6", "5GB", "99999999999999999999999"] {
        value("--max-spans", "SW_COLLECTOR_MAX_SPANS", bad, "expected an integer from 1 to");
        value(
            "--max-in-flight",
            "SW_COLLECTOR_MAX_IN_FLIGHT",
            bad,
            "expected an integer from 1 to",
        );
        value(
            "--max-connections",
            "SW_COLLECTOR_MAX_CONNECTIONS",
            bad,
            "expected an integer from 1 to",
        );
        value("--max-bytes", "SW_COLLECTOR_MAX_BYTES", bad, "expected an integer from 1 to");
    }
}

#[tokio::test]
async fn hosts_are_allowed_by_options_or_the_variable() {
    let mut by_options = program(&FREE);
    by_options.args(["--allow-host", "devbox.example", "--allow-host", "192.0.2.9"]);
    let mut by_variable = program(&FREE);
    by_variable.env("SW_COLLECTOR_ALLOW_HOST", "devbox.example,192.0.2.9");
    for command in [&mut by_options, &mut by_variable] {
        let running = Running::start(command);
        for (host, status) in
            [("devbox.example:12800", 200), ("192.0.2.9", 200), ("evil.example", 403)]
        {
            let request =
                format!("GET /api/stats HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            assert_eq!(exchange(running.http, &request).await.status, status, "{host}");
        }
    }
}

#[tokio::test]
async fn token_is_read_from_variable_or_file_and_hidden() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("token.txt");
    std::fs::write(&file, "s3cret\n").expect("a writable target folder");
    let path = file.to_str().expect("text");
    let mut by_file = program(&FREE);
    by_file.args(["--token-file", path]);
    let mut by_variable = program(&FREE);
    by_variable.env("SW_COLLECTOR_TOKEN", "s3cret");
    for command in [&mut by_file, &mut by_variable] {
        let running = Running::start(command);
        let messages = encoded(&scenario("t", now()));
        send(running.grpc, COLLECT, messages.clone()).await.expect_err("no token");
        send_with(running.grpc, COLLECT, messages, Some("s3cret")).await.expect("the token");
    }
    let nowhere = fails(program(&FREE).args(["--token-file", "there is no such file"]), 1);

    assert!(nowhere.contains("can't read the token from there is no such file"), "{nowhere}");

    let both = fails(
        program(&FREE).env("SW_COLLECTOR_TOKEN_FILE", path).env("SW_COLLECTOR_TOKEN", "s3cret"),
        1,
    );

    assert!(
        both.contains("SW_COLLECTOR_TOKEN and --token-file are both set: remove one of them"),
        "{both}"
    );

    let bad = fails(program(&FREE).env("SW_COLLECTOR_TOKEN", "s3cret "), 1);

    assert!(bad.contains("the token <hidden>"), "{bad}");

    let open = fails(&mut program(&["--grpc-addr", "0.0.0.0:0", "--http-addr", "127.0.0.1:0"]), 1);

    assert!(
        open.contains("the gRPC address 0.0.0.0:0 is reachable from other machines")
            && open.contains("--token-file"),
        "{open}"
    );
    assert!(!format!("{nowhere}{both}{bad}{open}").contains("s3cret"));
}

#[test]
fn help_lists_paths_options_and_variables() {
    let help = program(&["--help"]).output().expect("the program starts");
    let text = String::from_utf8(help.stdout).expect("text");
    for path in [
        "/api/services",
        "/api/instances",
        "/api/traces",
        "/api/traces/{traceId}",
        "/api/topology",
        "/api/violations",
        "/api/stats",
    ] {
        assert!(text.contains(path), "{text}");
    }

    assert!(text.contains("SW_COLLECTOR_TOKEN sets the token"), "{text}");

    for word in OPTIONS {
        let option = format!("--{}", word.to_lowercase().replace('_', "-"));
        assert!(text.contains(&option) && text.contains(&format!("SW_COLLECTOR_{word}")), "{text}");
    }
}
