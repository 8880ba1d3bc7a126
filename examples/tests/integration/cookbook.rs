//! The cookbook pages: their code is the code of the programs, and their output is the output.

use std::fs;
use std::process::Command;

use crate::support::{Running, TIMEOUT, normalized, run, with_ports_named};
use skywalking_collector::{Collector, SpanView, TraceQuery, TraceView, view};

/// Returns a page.
fn page(name: &str) -> String {
    fs::read_to_string(format!("{}/../docs/cookbook/{name}.md", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
}

/// Returns the code blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    page.split(&fence)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned())
        .collect()
}

/// Returns the source files of a program.
fn program(name: &str) -> String {
    let folder = fs::read_dir(format!("{}/src/bin/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let files = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn code_blocks_are_in_the_programs() {
    for (name, source) in [("axum-reqwest", "web"), ("tonic", "stock")] {
        let (code, source) = (blocks(&page(name), "rust"), program(source));
        assert!(!code.is_empty());
        for block in code {
            assert!(
                source.contains(&block),
                "{name} has code that is not in the program:\n{block}"
            );
        }
    }
}

/// Starts a collector. Returns it with the address for reports.
async fn collector() -> (Collector, String) {
    let collector = crate::support::collector(None).await;
    let backend = collector.grpc_addr().to_string();
    (collector, backend)
}

/// Waits for this many spans. Returns their traces, those without errors first.
async fn traces(collector: &Collector, spans: usize) -> Vec<TraceView> {
    collector.wait_for(|collector| collector.stats().spans_stored == spans, TIMEOUT).await.unwrap();
    let summaries = collector.traces(&TraceQuery::default());
    let mut traces: Vec<_> =
        summaries.iter().filter_map(|summary| collector.trace(&summary.trace_id)).collect();
    traces.sort_by_key(|trace| trace.spans.iter().filter(|span| span.is_error).count());
    traces
}

/// Replaces ids, times and ports in trees by stable names.
fn trees(text: &str) -> String {
    let ids: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("trace ")).collect();
    with_ports_named(normalized(text, &ids).trim_end())
}

fn shown(traces: &[TraceView]) -> String {
    let shown: Vec<_> =
        traces.iter().map(|trace| view::tree(trace, view::Style::plain())).collect();
    trees(&shown.join("\n"))
}

/// Returns the fields of a span that a tree does not show.
fn details(span: &SpanView) -> String {
    let tags: Vec<_> = span.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    let error = if span.is_error { " ERROR" } else { "" };
    format!(
        "{} {} {}{error} {{{}}}",
        span.span_type,
        span.operation_name,
        span.layer,
        tags.join(", ")
    )
    .replace(" Unknown", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_reqwest_page_has_the_output() {
    let (collector, backend) = collector().await;

    let command = &mut Command::new(env!("CARGO_BIN_EXE_web"));
    let mut running = Running::start(command.args(["--listen", ":0", "--backend", &backend]));
    let line = running.stdout_after("listening on ");
    let address = line.strip_suffix("; try").unwrap();
    for (path, status, body) in [
        ("/items/7", "HTTP/1.1 200 ", r#"{"id":7,"delivery":"tomorrow"}"#),
        ("/items/404", "HTTP/1.1 404 ", "unknown item 404\n"),
        ("/health", "HTTP/1.1 200 ", "fine\n"),
    ] {
        let (head, response) = crate::support::get(address, path, "");
        assert!(head.starts_with(status), "{head}");
        assert_eq!(response, body);
        assert_eq!(head.contains("x-trace-id: "), path != "/health", "{head}");
    }
    // All spans are reported before the program exits.
    crate::support::interrupt(running.id());
    running.wait().succeeded();
    let page = page("axum-reqwest");

    assert_eq!(shown(&traces(&collector, 5).await), trees(&blocks(&page, "text")[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tonic_page_has_the_output() {
    let (collector, backend) = collector().await;

    let stock = || Command::new(env!("CARGO_BIN_EXE_stock"));
    let mut server =
        Running::start(stock().args(["server", "--listen", ":0", "--backend", &backend]));
    let line = server.stdout_after("listening on ");
    let address = line.strip_suffix("; Ctrl-C to stop").unwrap();
    let client =
        run(stock().args(["client", "7", "404", "--connect", address, "--backend", &backend]))
            .succeeded();
    crate::support::interrupt(server.id());
    server.wait().succeeded();

    let page = page("tonic");
    let text = blocks(&page, "text");

    assert_eq!(client.out.trim_end(), text[0]);

    let traces = traces(&collector, 8).await;

    assert_eq!(shown(&traces), trees(&text[1]));

    let details: Vec<_> =
        traces[1].tree().iter().map(|branch| details(&traces[1].spans[branch.span])).collect();

    assert_eq!(details.join("\n"), text[2]);
}

#[test]
fn errors_name_the_value_and_the_fix() {
    let in_use = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let in_use = in_use.local_addr().unwrap().to_string();
    let (web, stock) = (env!("CARGO_BIN_EXE_web"), env!("CARGO_BIN_EXE_stock"));
    for (program, arguments, parts) in [
        (
            web,
            &["--log", "--listen", &in_use][..],
            ["web: can't listen on", "Set --listen to an unused address"],
        ),
        (
            web,
            &["--backend", "nowhere"],
            ["web: Config::backend: the backend \"nowhere\"", "give host:port"],
        ),
        (
            stock,
            &["server", "--backend", "127.0.0.1:1", "--listen", &in_use],
            ["stock: can't listen on", "Set --listen to an unused address"],
        ),
        (
            stock,
            &["client", "7", "--backend", "127.0.0.1:1", "--connect", "127.0.0.1:1"],
            [
                "stock: can't connect to \"127.0.0.1:1\": Connection refused",
                "Start `stock server` first",
            ],
        ),
    ] {
        let ended = run(Command::new(program).args(arguments)).failed();
        for part in parts {
            assert!(ended.err.contains(part), "{part:?} is not in {:?}", ended.err);
        }
    }
}
