//! A traced program and a backend, end to end, by gRPC and by HTTP: arrived segments, lost segments
//! with their cause, and the log of the agent.
//!
//! A process runs one agent at a time, so these tests run one after the other. Each has its own
//! collector on its own port. Tests wait for arrival or for the agent's result, never for a time.
//! `accounting` tests heavy load and the counts alone.

pub(crate) mod backend;
mod compression;
mod early;
mod halves;
mod library;
mod outages;
mod overflow;
pub(crate) mod program;
mod slow;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use skywalking_runtime::{Config, Error, stats::Report};

use crate::turn;

use backend::{Backend, PROTOCOLS, Protocol, TIMEOUT, UNREACHABLE};
use program::{CapturedLog, agent, request, requests};

/// Checks that every segment is counted, and that none is pending.
#[track_caller]
fn assert_settled(report: &Report, requests: u64) {
    let stats = &report.stats;
    assert_eq!(report.sent + report.dropped.total(), requests, "{report:?}");
    assert_eq!((stats.open, stats.queued, stats.in_flight), (0, 0, 0), "{stats:?}");
    assert_eq!(stats.opened, stats.finished, "{stats:?}");
    assert_eq!(stats.finished, stats.sent + stats.dropped.total(), "{stats:?}");
}

/// Checks that the backend's count is between the confirmed and the possibly sent segments.
#[track_caller]
fn assert_agrees(report: &Report, arrived: u64) {
    let most = report.sent + report.dropped.unconfirmed + report.dropped.refused;
    assert!((report.sent..=most).contains(&arrived), "{arrived} arrived: {report:?}");
}

// Feature: HTTP reporting
#[test]
fn trace_arrives_as_the_same_tree() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");
        let trace = program::snapshot();
        // A flush returns after the response of the backend, so the test need not wait for arrival.
        assert!(agent.flush(TIMEOUT));
        assert_eq!(
            backend.tree(&trace),
            "Entry /API/Snapshot layer=Http RTS_Test/RTS_Test_1 {http.method=GET}\n\
         \x20 Local plan RTS_Test/RTS_Test_1 {user=7}\n\
         \x20 Exit /Service/OnSnapshot layer=RPCFramework peer=RTS_Server RTS_Test/RTS_Test_1\n\
         \x20   Entry /Service/OnSnapshot/QueringSnapshot layer=RPCFramework RTS_Test/RTS_Test_1 <CrossProcess /API/Snapshot RTS_Server>\n\
         \x20     Exit /database/QuerySnapshot layer=Database peer=APIService RTS_Test/RTS_Test_1 {db.type=sql, db.statement=SELECT 快照} ERROR [event=error]\n\
         \x20       Local 后台 RTS_Test/RTS_Test_1 <CrossThread /Service/OnSnapshot/QueringSnapshot >\n"
        );
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 3);
        assert_eq!((report.sent, backend.stats().segments_accepted), (3, 3));
    }
}

// Feature: batches of segments
#[test]
fn many_large_segments_arrive_in_several_batches() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");
        requests(3_000);
        // More bytes than a backend accepts in one HTTP request, and more in JSON than in protobuf.
        let text = "\u{1}\"快照\"".repeat(300);
        for _ in 0..2_000 {
            program::request_with_tag("text", &text);
        }
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 5_000);
        let arrived = backend.stats();
        assert_eq!(
            (report.sent, arrived.segments_accepted, arrived.segments_refused),
            (5_000, 5_000, 0),
            "{protocol:?}"
        );
    }
}

#[test]
fn instance_is_registered_before_the_first_segment() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");
        requests(50);
        backend.wait_for(|stats| {
            assert!(
                stats.properties_reports == 1 || stats.segments_accepted == 0,
                "the segments came first: {stats}"
            );
            stats.segments_accepted == 50 && stats.pings == 1
        });
        assert!(agent.wait_until_registered(TIMEOUT));
        assert!(futures::executor::block_on(agent.wait_until_registered_async(TIMEOUT)));
        let instances = backend.instances();
        let [known] = &instances[..] else { panic!("expected one instance: {instances:?}") };
        assert_eq!((known.service.as_str(), known.instance.as_str()), ("RTS_Test", "RTS_Test_1"));
        assert!(
            known.properties.contains(&("language".to_owned(), "rust".to_owned())),
            "{known:?}"
        );
        assert_settled(&agent.shutdown(TIMEOUT), 50);
    }
}

#[test]
fn second_agent_starts_only_after_the_first_has_ended() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        for round in 1..=3 {
            let agent = agent(protocol, &backend.address(protocol))
                .start()
                .expect("the previous agent has ended");
            let second = Config::new("second").backend(backend.address(protocol)).start();
            let error = second.expect_err("one runs");
            assert!(
                matches!(&error, Error::AlreadyStarted { service, .. } if service == "second"),
                "{error:?}"
            );
            requests(10);
            let report = agent.shutdown(TIMEOUT);
            assert_settled(&report, 10);
            assert_eq!((report.sent, backend.stats().segments_accepted), (10, 10 * round));
        }
        assert_eq!(backend.stats().properties_reports, 3);
    }
}

#[test]
fn wrong_token_is_refused_and_shown_nowhere() {
    const TOKEN: &str = "s3cret-wrong";

    let _turn = turn();
    for protocol in PROTOCOLS {
        let log = CapturedLog::begin();
        let reason = match protocol {
            Protocol::Grpc => {
                "PermissionDenied: metadata `authentication` is missing or is not this collector's token"
            }
            Protocol::Http => {
                "401 Unauthorized: {\"error\":\"header `authentication` is missing or is not this collector's token"
            }
        };
        let backend = Backend::with_token("s3cret-right");
        let config = agent(protocol, &backend.address(protocol)).token(TOKEN);
        let mut shown = vec![format!("{config:?}")];
        let agent = config.start().expect("an agent");
        requests(3);
        assert!(agent.flush(TIMEOUT), "rejected segments are not pending");
        assert!(!agent.wait_until_registered(Duration::from_millis(100)));
        shown.extend([
            format!("{agent:?}"),
            format!("{:?}", agent.stats()),
            agent.stats().to_json(),
        ]);
        let report = agent.shutdown(TIMEOUT);
        shown.push(format!("{report:?}"));
        assert_settled(&report, 3);
        assert_eq!((report.sent, report.dropped.refused), (0, 3));
        let stats = backend.stats();
        assert_eq!((stats.segments_accepted, stats.properties_reports, stats.pings), (0, 0, 0));
        shown.push(log.text());
        let shown = shown.join("\n");
        assert!(
            shown.contains("skywalking_runtime") && shown.contains(reason),
            "the log has the reason: {shown}"
        );
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

#[test]
fn large_body_with_wrong_token_is_refused() {
    let _turn = turn();
    let backend = Backend::with_token("s3cret-right");
    let agent = agent(Protocol::Http, &backend.address(Protocol::Http))
        .token("s3cret-wrong")
        .start()
        .expect("an agent");
    let text = "x".repeat(2_000);
    for _ in 0..1_000 {
        program::request_with_tag("text", &text);
    }

    assert!(agent.flush(TIMEOUT));

    let report = agent.shutdown(TIMEOUT);
    assert_settled(&report, 1_000);
    assert_eq!((report.sent, report.dropped.refused), (0, 1_000), "{report:?}");
}

// Feature: authentication token
#[test]
fn right_token_is_sent_with_every_call() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::with_token("s3cret-right");
        let agent = agent(protocol, &backend.address(protocol))
            .token("s3cret-right")
            .start()
            .expect("an agent");
        assert!(agent.wait_until_registered(TIMEOUT));
        requests(20);
        assert!(agent.flush(TIMEOUT));
        // Each of these calls is rejected without the token.
        backend.wait_for(|stats| {
            stats.properties_reports == 1 && stats.pings == 1 && stats.segments_accepted == 20
        });
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 20);
        assert_eq!(report.sent, 20);
    }
}

// Feature: tracing while disconnected
#[test]
fn segments_from_before_the_backend_started_arrive() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let address = backend::free_address();
        let agent = agent(protocol, &address).start().expect("an agent");
        requests(100);
        assert!(!agent.wait_until_registered(Duration::from_millis(300)));
        let stats = agent.stats();
        assert_eq!((stats.queued, stats.in_flight), (100, 0), "{stats:?}");

        let backend = Backend::start_at(protocol, &address);
        // A flush does not wait for the next attempt.
        assert!(agent.flush(TIMEOUT));
        assert!(agent.wait_until_registered(TIMEOUT));
        let arrived = backend.stats();
        assert_eq!((arrived.segments_accepted, arrived.segments_duplicate), (100, 0));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 100);
        assert_eq!(report.sent, 100);
    }
}

#[test]
fn dying_backend_loses_no_segment_silently_and_none_twice() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let mut backend = Backend::start();
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");
        let (over, made) = (AtomicBool::new(false), AtomicU64::new(0));
        let before = agent.stats().sent;
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        // No more than the backend accepts, so that the queue does not lose any.
                        if agent.stats().queued < 5_000 {
                            request();
                            made.fetch_add(1, Ordering::Relaxed);
                        } else {
                            std::thread::yield_now();
                        }
                    }
                });
            }
            backend.wait_for(|stats| stats.segments_accepted >= 500 && agent.stats().sent > before);
            backend.kill();
            over.store(true, Ordering::Relaxed);
        });
        // No backend is left for these.
        requests(50);
        let made = made.into_inner() + 50;
        let report = agent.shutdown(Duration::from_secs(2));
        assert_settled(&report, made);
        let arrived = backend.stats();
        assert_eq!(arrived.segments_duplicate, 0);
        assert_agrees(&report, arrived.segments_accepted);
        assert!(report.sent > 0 && report.dropped.total() >= 50, "{report:?}");
        assert_eq!((report.dropped.off, report.dropped.queue_full), (0, 0), "{report:?}");
    }
}

// Feature: several backends
#[test]
fn unreachable_address_is_followed_by_the_next_one() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::start();
        let agent = agent(protocol, &format!("{UNREACHABLE},{}", backend.address(protocol)))
            .start()
            .expect("an agent");
        requests(20);
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 20);
        assert_eq!((report.sent, backend.stats().segments_accepted), (20, 20));
    }
}

#[test]
fn dead_backend_is_followed_by_the_next_address() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let (mut first, second) = (Backend::start(), Backend::start());
        let agent =
            agent(protocol, &format!("{},{}", first.address(protocol), second.address(protocol)))
                .start()
                .expect("an agent");
        requests(20);
        assert!(agent.flush(TIMEOUT));
        assert_eq!((first.stats().segments_accepted, second.stats().segments_accepted), (20, 0));

        first.kill();
        let mut made = 20;
        // The first batch afterwards may be lost as unconfirmed. Then the agent knows.
        while second.stats().segments_accepted == 0 {
            assert!(made < 1_000, "the agent never used the next address: {:?}", agent.stats());
            request();
            made += 1;
            assert!(agent.flush(TIMEOUT));
        }
        requests(20);
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, made + 20);
        assert_eq!(report.dropped.total(), report.dropped.unconfirmed, "{report:?}");
        assert_eq!(second.stats().properties_reports, 1);
        let (here, there): (BTreeSet<_>, BTreeSet<_>) = (first.traces(), second.traces());
        assert!(here.is_disjoint(&there), "a segment arrived twice");
        assert_agrees(&report, (here.len() + there.len()) as u64);
    }
}

#[test]
fn refused_segment_loses_only_its_batch() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let backend = Backend::with_max_spans(20);
        let agent = agent(protocol, &backend.address(protocol)).start().expect("an agent");
        // The store keeps 20 spans.
        program::request_with_spans(21);
        request();
        assert!(agent.flush(TIMEOUT));
        requests(10);
        assert!(agent.flush(TIMEOUT));
        let report = agent.shutdown(TIMEOUT);
        assert_settled(&report, 12);
        assert!(
            (1..=2).contains(&report.dropped.refused) && report.sent == 12 - report.dropped.refused,
            "{report:?}"
        );
        let arrived = backend.stats();
        assert_eq!((arrived.segments_accepted, arrived.segments_refused), (11, 1));
        assert_agrees(&report, arrived.segments_accepted);
    }
}

// Feature: flush at shutdown
#[test]
fn shutdown_returns_in_time_with_any_backend() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        // The system accepts connections, and nothing responds on them.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let silent = listener.local_addr().expect("an address").to_string();
        for backend in [UNREACHABLE.to_owned(), silent.clone(), format!("{silent},{UNREACHABLE}")] {
            let agent = agent(protocol, &backend).start().expect("an agent");
            requests(10);
            let asked = Instant::now();
            let report = agent.shutdown(Duration::from_secs(1));
            assert!(asked.elapsed() < Duration::from_secs(3), "{backend}: {:?}", asked.elapsed());
            assert_settled(&report, 10);
            assert_eq!((report.sent, report.dropped.shutdown), (0, 10));
        }
        let agent = agent(protocol, &silent)
            .shutdown_timeout(Duration::from_secs(1))
            .start()
            .expect("an agent");
        requests(10);
        let asked = Instant::now();
        drop(agent);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    }
}
