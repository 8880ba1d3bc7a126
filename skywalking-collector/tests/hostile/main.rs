//! Hostile requests, all sent to the program. Each has its expected answer. Afterwards the program
//! still answers, its counters add up, its memory is bounded, and it has printed no error.
#![cfg(target_os = "linux")]

mod bodies;
mod case;
mod grpc;
mod heads;
mod http2;
mod live;
mod paths;
mod program;
mod queries;
mod raw;
mod records;
mod segments;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use case::{Case, Pace, Target};
use program::Program;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

const MIB: usize = 1024 * 1024;
/// The limits of the store and of data in flight.
const MAX_BYTES: usize = 64 * MIB;
const MAX_IN_FLIGHT: usize = 64 * MIB;
/// The memory of the program with full limits. The store's limit is an estimate, and a message is
/// decoded before its memory is released.
const MAX_MEMORY: usize = 3 * MAX_BYTES + MAX_IN_FLIGHT;
const CONCURRENT: usize = 8;
const TOKEN: &str = "s3cret";

/// Held by each attack, so that the timeouts of one are not those of a machine that is busy with the
/// other.
static ATTACK: Mutex<()> = Mutex::const_new(());

fn cases() -> Vec<Case> {
    let all = [
        heads::cases(),
        paths::cases(),
        queries::cases(),
        bodies::cases(),
        segments::cases(),
        grpc::cases(),
        records::cases(),
        http2::cases(),
    ];
    all.concat()
}

#[test]
fn there_are_at_least_300_distinct_cases() {
    let cases = cases();
    let names: HashSet<_> = cases.iter().map(|case| &case.name).collect();
    let requests: HashSet<_> = cases.iter().map(|case| (case.target, &case.request)).collect();

    assert_eq!((names.len(), requests.len()), (cases.len(), cases.len()));
    assert!(cases.len() >= 300, "{}", cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn program_answers_every_case_and_goes_on() {
    let _alone = ATTACK.lock().await;
    let limits = [format!("--max-bytes={MAX_BYTES}"), format!("--max-in-flight={MAX_IN_FLIGHT}")];
    let open = Program::start(None, &limits);
    let with_token = Program::start(Some(TOKEN), &limits);
    let address = |case: &Case| match case.target {
        Target::Open => (open.grpc, open.http),
        Target::WithToken => (with_token.grpc, with_token.http),
    };

    let cases = cases();
    let mut expected = BTreeMap::new();
    for (counter, number) in cases.iter().flat_map(|case| &case.counts) {
        *expected.entry(*counter).or_insert(0) += number;
    }
    let permits = Arc::new(Semaphore::new(CONCURRENT));
    let (mut slow, mut together) = (JoinSet::new(), JoinSet::new());
    let mut alone = Vec::new();
    for case in cases {
        let (grpc, http) = address(&case);
        match case.pace {
            Pace::Alone => alone.push(case),
            Pace::Slow => drop(slow.spawn(async move { (case.run(grpc, http).await, case.name) })),
            Pace::Together => {
                let permits = Arc::clone(&permits);
                together.spawn(async move {
                    let _permit = permits.acquire_owned().await;
                    (case.run(grpc, http).await, case.name)
                });
            }
        }
    }
    let mut answered = together.join_all().await;
    for case in alone {
        let (grpc, http) = address(&case);
        answered.push((case.run(grpc, http).await, case.name));
    }
    answered.extend(slow.join_all().await);
    let mut wrong = Vec::new();
    for (answer, name) in answered {
        wrong.extend(answer.err().map(|answer| format!("{name}: {answer}")));
    }

    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));

    let stats = open.query("/api/stats").await;
    for (counter, number) in stats.as_object().expect("an object") {
        if let Some(number) = number.as_u64().filter(|_| is_counter(counter)) {
            let expected = expected.remove(counter.as_str()).unwrap_or(0);
            assert_eq!(number, expected, "{counter} of {stats}");
        }
    }

    assert!(expected.is_empty(), "no such counters: {expected:?}");
    assert_eq!(with_token.query("/api/stats").await["segmentsAccepted"], 0);

    read_everything(&open).await;
    for program in [open, with_token] {
        let peak = program.peak();
        println!("peak of the memory: {} MiB", peak / MIB);

        assert!(peak < MAX_MEMORY, "{} MiB", peak / MIB);
        assert_eq!(program.end(), "");
    }
}

/// Whether a number of the statistics only grows, and is the same for every order of the cases.
fn is_counter(name: &str) -> bool {
    let counters = [
        "segments",
        "spansAccepted",
        "managementRefused",
        "pings",
        "propertiesReports",
        "logsAccepted",
        "logsRefused",
        "metersAccepted",
        "metersRefused",
        "eventsAccepted",
        "eventsRefused",
    ];
    counters.iter().any(|counter| name.starts_with(counter))
}

/// Whatever was stored, every query still works.
async fn read_everything(program: &Program) {
    for path in queries::PATHS {
        program.query(path).await;
    }
    let traces = program.query("/api/traces?limit=10000").await;
    let traces = traces.as_array().or_else(|| traces["traces"].as_array());
    for trace in traces.expect("a list") {
        let id = trace["traceId"].as_str().expect("an id");
        let encoded = raw::percent_encoded(id);
        for rest in ["", "/skeleton", "/search?text=a"] {
            program.query(&format!("/api/traces/{encoded}{rest}")).await;
        }
    }
}
