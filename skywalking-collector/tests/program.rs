//! The program as a child process: what it prints, what it takes, how it ends.

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use prost::Message as _;
use skywalking_proto::v3::{SegmentCollection, SpanObject};
use support::{COLLECT, COLLECT_IN_SYNC, encoded, json, now, scenario, send, send_with, small};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skywalking-collector"));
    for variable in [
        "GRPC_ADDR",
        "HTTP_ADDR",
        "MAX_SPANS",
        "MAX_BYTES",
        "MAX_IN_FLIGHT",
        "MAX_CONNECTIONS",
        "TOKEN",
        "TOKEN_FILE",
    ] {
        command.env_remove(format!("SW_COLLECTOR_{variable}"));
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ends with the test, however that ends.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Running {
    fn start(command: &mut Command) -> Self {
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
        (self.child.wait().expect("it ends").code(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FREE: [&str; 4] = ["--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"];

#[cfg(unix)]
#[tokio::test]
async fn it_says_where_it_listens_receives_and_ends_cleanly_at_either_signal() {
    for signal in ["TERM", "INT"] {
        let running = Running::start(&mut program(&FREE));
        assert!(running.grpc.ip().is_loopback() && running.http.ip().is_loopback());
        send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("taken");
        let traces = json(running.http, "/api/traces").await;
        assert_eq!((&traces[0]["traceId"], &traces[0]["spans"]), (&"t".into(), &4.into()));
        let expected = "ended; segments: 2 accepted, 0 refused, 0 duplicate, 0 empty; stored: 1 traces, 4 spans; evicted: 0 traces, 0 spans";
        assert_eq!(running.end(signal), (Some(0), vec![expected.to_owned()]));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn variables_say_what_options_say_and_options_win() {
    let mut command = program(&["--http-addr", "localhost:0"]);
    command
        .env("SW_COLLECTOR_GRPC_ADDR", "[::1]:0")
        .env("SW_COLLECTOR_HTTP_ADDR", "not used")
        .env("SW_COLLECTOR_MAX_SPANS", "3");
    // A machine without IPv6 says so at once, and then there is nothing to see.
    if TcpListener::bind("[::1]:0").is_err() {
        command.env("SW_COLLECTOR_GRPC_ADDR", "127.0.0.1:0");
    }
    let running = Running::start(&mut command);
    send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("taken");
    let (code, rest) = running.end("TERM");
    assert_eq!(code, Some(0));
    assert!(rest[0].ends_with("stored: 0 traces, 0 spans; evicted: 1 traces, 4 spans"), "{rest:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn watching_shows_each_trace_and_the_map_without_colours_in_a_pipe() {
    let mut running = Running::start(program(&FREE).arg("--watch"));
    let mut segments = scenario("t", now());
    segments[1].spans[0].operation_name = "/database/\x1b[31mQuery".into();
    send(running.grpc, COLLECT, encoded(&segments)).await.expect("taken");
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

/// Two traces of 20 000 spans, 30 of 40 and 150 of one: what is printed is bounded, and counts the
/// rest.
#[cfg(unix)]
#[tokio::test]
async fn watching_prints_a_bounded_part_and_counts_the_rest() {
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
        .expect("taken");
    let mut read = |end: &str| {
        let mut text = String::new();
        while !text.ends_with(end) {
            assert!(running.out.read_line(&mut text).expect("text") > 0, "{text}");
        }
        text
    };
    let left_out = "… and 19900 more spans: /api/traces/{traceId} has all of them\n";
    let first = format!("{}{}", read(left_out), read(left_out));
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
    .expect("taken");
    let second = read(" spans: /api/traces lists them\n");
    let told = second.lines().filter(|line| line.starts_with("trace m")).count();
    assert!((1..30).contains(&told) && second.lines().count() < 700, "{told}: {second}");
    assert!(
        second.contains(&format!("… and {} more traces of {} spans:", 30 - told, (30 - told) * 40)),
        "{second}"
    );

    // As one message, so that they arrive in one moment, or in two.
    let many: Vec<_> = (0..1_000).map(|at| small(&format!("s{at}"), &format!("s{at}"))).collect();
    send(running.grpc, COLLECT_IN_SYNC, vec![SegmentCollection { segments: many }.encode_to_vec()])
        .await
        .expect("taken");
    let third = read(" more traces that arrived: /api/traces lists them\n");
    assert!(third.len() < 100_000, "{}", third.len());
}

/// A pager that nobody scrolls: what it holds is full, and stays so.
#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_stops_holds_up_neither_reports_nor_the_end() {
    let (reader, mut writer) = std::os::unix::net::UnixStream::pair().expect("two ends");
    let mut watching = program(&FREE);
    watching
        .arg("--watch")
        .stdout(std::os::fd::OwnedFd::from(writer.try_clone().expect("another")))
        .stderr(Stdio::null());
    let mut child = watching.spawn().expect("the program starts");
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
            .expect("taken");
    }
    assert_eq!(json(http, "/api/stats").await["segmentsAccepted"], 10);
    let kill = format!("kill -TERM {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
    // One second for connections, one for what can't be printed, and slack.
    let deadline = Instant::now() + Duration::from_secs(2 + 2);
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().expect("it runs");
            panic!("it has not ended");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(status.code(), Some(0));
}

/// Each connection is a file; those that are idle make room for one that reports.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn out_of_files_it_closes_idle_connections() {
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
        // They stay, and send nothing.
        let many: Vec<_> = (0..100)
            .map(|_| std::net::TcpStream::connect(address).expect("the system takes it"))
            .collect();
        send(running.grpc, COLLECT, encoded(&scenario("t", now()))).await.expect("taken");
        assert_eq!(json(running.http, "/healthcheck").await["status"], "ok");
        drop(many);
    }
}

fn fails(command: &mut Command, code: i32) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let error = String::from_utf8(stderr).expect("text");
    assert_eq!((status.code(), stdout.len()), (Some(code), 0), "{error}");
    error
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
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
        assert!(
            error.contains(&format!("choose another address with {option} ({variable})")),
            "{error}"
        );
    }
}

#[test]
fn a_value_that_cannot_be_meant_is_named_with_the_remedy() {
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
            "write IP:port, such as 127.0.0.1:11800",
        );
        value("--http-addr", "SW_COLLECTOR_HTTP_ADDR", bad, "write IP:port");
    }
    for bad in ["0", "-1", "many", "1e6", "5GB", "99999999999999999999999"] {
        value("--max-spans", "SW_COLLECTOR_MAX_SPANS", bad, "write digits alone, such as 100000");
        value("--max-in-flight", "SW_COLLECTOR_MAX_IN_FLIGHT", bad, "write digits alone");
        value("--max-connections", "SW_COLLECTOR_MAX_CONNECTIONS", bad, "write digits alone");
        value("--max-bytes", "SW_COLLECTOR_MAX_BYTES", bad, "write digits alone");
    }
}

#[tokio::test]
async fn a_token_comes_by_variable_or_by_file_and_is_shown_nowhere() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("token.txt");
    std::fs::write(&file, "s3cret\n").expect("the target folder can be written to");
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
    assert!(nowhere.contains("can't be read from there is no such file"), "{nowhere}");
    let both = fails(
        program(&FREE).env("SW_COLLECTOR_TOKEN_FILE", path).env("SW_COLLECTOR_TOKEN", "s3cret"),
        1,
    );
    assert!(both.contains("leave one of the two out"), "{both}");
    let bad = fails(program(&FREE).env("SW_COLLECTOR_TOKEN", "s3cret "), 1);
    assert!(bad.contains("the token <hidden>"), "{bad}");
    let open = fails(&mut program(&["--grpc-addr", "0.0.0.0:0", "--http-addr", "127.0.0.1:0"]), 1);
    assert!(
        open.contains("0.0.0.0:0 for gRPC can be reached from other machines")
            && open.contains("--token-file"),
        "{open}"
    );
    assert!(!format!("{nowhere}{both}{bad}{open}").contains("s3cret"));
}

#[test]
fn help_names_every_path_every_option_and_its_variable() {
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
    assert!(text.contains("SW_COLLECTOR_TOKEN holds a token"), "{text}");
    for word in [
        "GRPC_ADDR",
        "HTTP_ADDR",
        "MAX_SPANS",
        "MAX_BYTES",
        "MAX_IN_FLIGHT",
        "MAX_CONNECTIONS",
        "TOKEN_FILE",
    ] {
        let option = format!("--{}", word.to_lowercase().replace('_', "-"));
        assert!(text.contains(&option) && text.contains(&format!("SW_COLLECTOR_{word}")), "{text}");
    }
}
