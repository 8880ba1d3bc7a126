//! Agents of three languages, with both protocols, report to the collector program. The test reads
//! what its pages read: the JSON of a trace, the map, the services and the instances.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::Value;
use skywalking_tests::child::TIMEOUT;
use skywalking_tests::interop::{self, Missing};
use skywalking_tests::shown;

use crate::chain::call;
use crate::chain::echo::{self, Echo};
use crate::chain::programs::Language::{Go, Python, Rust};
use crate::chain::programs::Protocol::{Grpc, Http};
use crate::chain::programs::{Mack, Part};
use crate::program::Program;

/// The chain with the service names, the first one first.
const CHAIN: [(&str, Part); 5] = [
    ("rust", Part(Rust, Grpc)),
    ("go", Part(Go, Grpc)),
    ("python", Part(Python, Grpc)),
    ("python-http", Part(Python, Http)),
    ("rust-http", Part(Rust, Http)),
];

fn start(program: &Program, echo: &Echo) -> Result<Vec<Mack>, Missing> {
    let mut macks: Vec<Mack> = Vec::new();
    for (service, part) in CHAIN.iter().rev() {
        let upstream = macks.first().map_or_else(|| echo.url(), Mack::url);
        let backend = if part.1 == Grpc { program.grpc_addr } else { program.http_addr };
        macks.insert(0, Mack::start(service, *part, &upstream, backend)?);
    }
    Ok(macks)
}

/// Returns the text of a field.
#[track_caller]
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key:?}: {value}"))
}

#[track_caller]
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key:?}: {value}"))
}

#[track_caller]
fn number(value: &Value) -> usize {
    let number = value.as_u64().unwrap_or_else(|| panic!("not a number: {value}"));
    usize::try_from(number).expect("a small number")
}

/// Formats the skeleton of a trace, with one line for each row of the waterfall.
fn tree(skeleton: &Value) -> String {
    let columns = &skeleton["columns"];
    let mut lines = String::new();
    for row in 0..number(&skeleton["spans"]) {
        let name = |column: &str, texts: &str| match columns[column][row].as_i64() {
            Some(-1) => "-",
            _ => list(skeleton, texts)[number(&columns[column][row])].as_str().expect("a text"),
        };
        let kind = ["Entry", "Exit", "Local"][number(&columns["type"][row])];
        let link = ["root", "child", "ref", "missing", "cycle"][number(&columns["link"][row])];
        writeln!(
            lines,
            "{:indent$}{} {kind} {} ({}) peer={} {link} flags={}",
            "",
            name("service", "services"),
            name("name", "names"),
            name("component", "components"),
            name("peer", "peers"),
            columns["flags"][row],
            indent = 2 * number(&columns["depth"][row]),
        )
        .expect("writing to a string cannot fail");
    }
    lines
}

/// Formats the map: the nodes, then the calls.
fn map(topology: &Value) -> String {
    let nodes = list(topology, "nodes");
    let name = |id: &Value| {
        let node = nodes.iter().find(|node| &node["id"] == id).expect("a node");
        text(node, "name")
    };
    let mut lines: Vec<_> = nodes
        .iter()
        .map(|node| {
            let (kind, calls) = (text(node, "kind"), &node["calls"]);
            format!("{} {kind} type={} calls={calls}", text(node, "name"), node["type"])
        })
        .collect();
    lines.extend(list(topology, "calls").iter().map(|call| {
        let (source, target) = (name(&call["source"]), name(&call["target"]));
        let (points, calls) = (&call["detectPoints"], &call["calls"]);
        format!("{source} -> {target} {points} {} calls={calls}", call["component"])
    }));
    lines.join("\n")
}

/// Formats the instances with their language. Each has the properties that the OAP shows first.
fn instances(instances: &Value) -> String {
    let line = |instance: &Value| {
        let property = |key: &str| {
            let properties = list(instance, "properties").iter();
            let mut found = properties.filter(|property| property["key"] == key);
            text(found.next().unwrap_or_else(|| panic!("no {key:?}: {instance}")), "value")
        };
        for key in ["OS Name", "Process No.", "hostname"] {
            assert!(!property(key).is_empty(), "{key}: {instance}");
        }
        let (service, calls) = (text(instance, "service"), &instance["calls"]);
        format!("{service} {} calls={calls}", property("language"))
    };
    let mut lines: Vec<_> = instances.as_array().expect("a list").iter().map(line).collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn agents_are_one_trace_and_one_map_on_the_pages() {
    let began = Instant::now();
    let program = Program::start();
    let runtime = echo::runtime();
    let echo = Echo::start(&runtime);
    let macks = match start(&program, &echo) {
        Ok(macks) => macks,
        Err(reason) => return interop::skip("agents together", &reason),
    };
    let started = began.elapsed();

    assert_eq!(call::post(&macks[0].address, "", "hello"), (200, "hello".to_owned()));
    let spans = 2 * CHAIN.len();
    let stats = program.wait_for(TIMEOUT, |stats| {
        number(&stats["spansStored"]) >= spans && number(&stats["propertiesReports"]) >= CHAIN.len()
    });
    let named = |text: &str| {
        shown::named(text, |address| {
            if address == echo.address.to_string() {
                return "echo";
            }
            let mack = macks.iter().find(|mack| mack.address == address);
            // The port of a connection.
            mack.map_or("client", |mack| mack.service)
        })
    };

    let page = program.get("/api/traces");
    let [summary] = list(&page, "traces") else { panic!("expected one trace: {page:#}") };
    assert_eq!((number(&summary["spans"]), number(&page["matched"])), (spans, 1));
    let skeleton = program.get(&format!("/api/traces/{}/skeleton", text(summary, "traceId")));
    insta::assert_snapshot!(named(&tree(&skeleton)), @r"
    rust Entry POST:/mack (http) peer=- root flags=0
      rust Exit POST:/mack (HttpClient) peer=go child flags=0
        go Entry /POST/mack (GoHttpServer) peer=- ref flags=8
          go Exit /POST/mack (GoHttpClient) peer=python child flags=0
            python Entry /mack (Flask) peer=client ref flags=8
              python Exit /mack (Requests) peer=python-http child flags=0
                python-http Entry /mack (Flask) peer=client ref flags=8
                  python-http Exit /mack (Requests) peer=rust-http child flags=0
                    rust-http Entry POST:/mack (http) peer=- ref flags=8
                      rust-http Exit POST:/echo (HttpClient) peer=echo child flags=0
    ");
    assert!(list(&skeleton, "notes").is_empty(), "{skeleton}");
    assert!(list(&skeleton, "violations").is_empty(), "{skeleton}");
    insta::assert_snapshot!(named(&map(&program.get("/api/topology"))), @r#"
    echo http type=null calls=1
    User user type="USER" calls=1
    go service type="GoHttpServer" calls=1
    python service type="Flask" calls=1
    python-http service type="Flask" calls=1
    rust service type="http" calls=1
    rust-http service type="http" calls=1
    User -> rust ["server"] "http" calls=1
    go -> python ["client","server"] "GoHttpClient" calls=1
    python -> python-http ["client","server"] "Requests" calls=1
    python-http -> rust-http ["client","server"] "Requests" calls=1
    rust -> go ["client","server"] "HttpClient" calls=1
    rust-http -> echo ["client"] "HttpClient" calls=1
    "#);
    insta::assert_snapshot!(instances(&program.get("/api/instances")), @r"
    go go calls=1
    python python calls=1
    python-http python calls=1
    rust rust calls=1
    rust-http rust calls=1
    ");
    assert_eq!(number(&stats["segmentsRefused"]) + number(&stats["managementRefused"]), 0);
    println!("programs started in {started:?}, all in {:?}", began.elapsed());
}
