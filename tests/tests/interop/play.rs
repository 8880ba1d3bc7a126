//! A client and a server as child processes, the collector of both, and the received traces as
//! text.

use std::collections::BTreeMap;

use skywalking_collector::{Collector, TraceQuery, TraceView};
use skywalking_tests::child::{Running, TIMEOUT};
use skywalking_tests::interop;
use skywalking_tests::shown;
use tokio::runtime::Runtime;

use crate::agents::{Protocol, Role, Side};

/// A run of the scenario. Dropping it kills the programs.
pub(crate) struct Play {
    collector: Collector,
    runtime: Runtime,
    client: Running,
    pub(crate) server: Running,
    /// The last response that the client printed.
    pub(crate) answer: String,
}

impl Play {
    /// Starts the server, then the client, and waits for all responses. Prints a message and
    /// returns `None` if an agent is missing.
    pub(crate) fn of(client: Side, server: Side) -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let collector = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
        let collector = runtime.block_on(collector.start()).expect("a port is free");
        let command = |side: Side, role| {
            let backend = if side.protocol == Protocol::Grpc {
                collector.grpc_addr()
            } else {
                collector.http_addr()
            };
            let command = side.command(role, &backend.to_string());
            command.inspect_err(|reason| interop::skip(&format!("{side:?}"), reason)).ok()
        };
        let (mut command, mut answers) =
            (command(client, Role::Client)?, command(server, Role::Server)?);
        answers.args(["--listen", "127.0.0.1:0"]);
        let server = Running::start("the server", answers);
        command.args(["--connect", &server.wait_for_line("listening on ")]);
        let client = Running::start("the client", command);
        let line = client.wait_for_line("answered");
        let (_, answer) = line.split_once("the last with: ").unwrap_or_else(|| panic!("{line:?}"));
        Some(Self { collector, runtime, client, server, answer: answer.to_owned() })
    }

    /// Returns the only trace, after this number of spans has arrived, and the map.
    #[track_caller]
    pub(crate) fn tree_and_map(&self, spans: usize) -> String {
        let traces = self.traces(spans);
        let [one] = traces.as_slice() else { panic!("expected one trace: {traces:#?}") };
        format!("{}{}", tree(one), self.map())
    }

    /// Returns the different trees of all traces with their number, after this number of spans has
    /// arrived.
    #[track_caller]
    pub(crate) fn trees(&self, spans: usize) -> String {
        let mut trees = BTreeMap::<_, usize>::new();
        for trace in self.traces(spans) {
            *trees.entry(tree(&trace)).or_default() += 1;
        }
        let numbered = trees.iter().map(|(tree, number)| {
            if *number == 1 { tree.clone() } else { format!("{number} of\n{tree}") }
        });
        numbered.collect::<Vec<_>>().concat()
    }

    /// Ends the program of this repository, and returns its counters as JSON.
    #[track_caller]
    pub(crate) fn counters(&mut self, role: Role) -> serde_json::Value {
        let program = if role == Role::Client { &mut self.client } else { &mut self.server };
        program.close();
        let line = program.wait_for_line("{");
        serde_json::from_str(&format!("{{{line}")).expect("JSON")
    }

    fn traces(&self, spans: usize) -> Vec<TraceView> {
        let arrived = self.runtime.block_on(
            self.collector.wait_for(|collector| collector.stats().spans_stored >= spans, TIMEOUT),
        );
        let all = TraceQuery::new().limit(skywalking_collector::MAX_TRACES);
        let traces = self.collector.traces(&all);
        arrived.unwrap_or_else(|error| panic!("{error}: {traces:#?}"));
        let stats = self.collector.stats();
        assert_eq!(
            (stats.spans_stored, stats.segments_refused, stats.segments_duplicate),
            (spans, 0, 0),
            "{traces:#?}"
        );
        traces
            .iter()
            .map(|trace| self.collector.trace(&trace.trace_id).expect("a stored trace"))
            .collect()
    }

    fn map(&self) -> String {
        shown::map(&self.collector.topology(), |_| "address")
    }
}

/// Formats a trace, with repeated parts of long names folded.
fn tree(trace: &TraceView) -> String {
    ["/很长", "/长", ".long"]
        .iter()
        .fold(shown::tree(trace, |_| "address"), |text, part| folded(&text, part))
}

fn folded(text: &str, part: &str) -> String {
    let Some((before, rest)) = text.split_once(part) else { return text.to_owned() };
    let mut times = 1;
    let mut after = rest;
    while let Some(rest) = after.strip_prefix(part) {
        (times, after) = (times + 1, rest);
    }
    format!("{before}[{part} x{times}]{}", folded(after, part))
}
