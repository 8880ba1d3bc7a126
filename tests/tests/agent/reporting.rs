//! A traced program and a backend, end to end on the real wire, by gRPC and by HTTP: what arrives,
//! what is lost and why, and what the agent says of it.
//!
//! One agent runs in a process at a time, so the tests here take turns. Each has a collector of its
//! own on a port of its own. Nobody waits for a time: tests wait for arrival, or for the agent's
//! answer. Heavy load and the counts alone are tested in `accounting`.

mod backend;
mod early;
mod library;
mod outages;
mod program;
mod slow;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use skywalking_runtime::{Config, Error, stats::Report};

use crate::turn;

use backend::{Backend, NOBODY, PATIENCE, WAYS, Way};
use program::{Listening, agent, request, requests};

/// Everything that the agent saw is accounted for, and nothing is on its way any more.
#[track_caller]
fn assert_settled(report: &Report, requests: u64) {
    let stats = &report.stats;
    assert_eq!(report.sent + report.dropped.total(), requests, "{report:?}");
    assert_eq!((stats.open, stats.queued, stats.in_flight), (0, 0, 0), "{stats:?}");
    assert_eq!(stats.opened, stats.finished, "{stats:?}");
    assert_eq!(stats.finished, stats.sent + stats.dropped.total(), "{stats:?}");
}

/// The backend's own count is between what was confirmed and what may have arrived.
#[track_caller]
fn assert_agrees(report: &Report, arrived: u64) {
    let most = report.sent + report.dropped.unconfirmed + report.dropped.refused;
    assert!((report.sent..=most).contains(&arrived), "{arrived} arrived: {report:?}");
}

// Feature: HTTP reporting
#[test]
fn what_a_program_traced_arrives_as_the_same_tree() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::start();
        let agent = agent(way, &backend.address(way)).start().expect("an agent");
        let trace = program::snapshot();
        // Delivered is when the backend answered, so nobody has to wait for arrival after this.
        assert!(agent.flush(PATIENCE));
        assert_eq!(
            backend.tree(&trace),
            "Entry /API/Snapshot layer=Http RTS_Test/RTS_Test_1 {http.method=GET}\n\
         \x20 Local plan RTS_Test/RTS_Test_1 {user=7}\n\
         \x20 Exit /Service/OnSnapshot layer=RPCFramework peer=RTS_Server RTS_Test/RTS_Test_1\n\
         \x20   Entry /Service/OnSnapshot/QueringSnapshot layer=RPCFramework RTS_Test/RTS_Test_1 <CrossProcess /API/Snapshot RTS_Server>\n\
         \x20     Exit /database/QuerySnapshot layer=Database peer=APIService RTS_Test/RTS_Test_1 {db.type=sql, db.statement=SELECT 快照} ERROR [event=error]\n\
         \x20       Local 后台 RTS_Test/RTS_Test_1 <CrossThread /Service/OnSnapshot/QueringSnapshot >\n"
        );
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, 3);
        assert_eq!((report.sent, backend.stats().segments_accepted), (3, 3));
    }
}

// Feature: batches of segments
#[test]
fn what_is_too_much_for_one_batch_arrives_in_several() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::start();
        let agent = agent(way, &backend.address(way)).start().expect("an agent");
        requests(3_000);
        // More bytes than a backend takes by HTTP at once, and more as JSON than as protobuf.
        let text = "\u{1}\"快照\"".repeat(300);
        for _ in 0..2_000 {
            program::request_with_tag("text", &text);
        }
        assert!(agent.flush(PATIENCE));
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, 5_000);
        let arrived = backend.stats();
        assert_eq!(
            (report.sent, arrived.segments_accepted, arrived.segments_refused),
            (5_000, 5_000, 0),
            "{way:?}"
        );
    }
}

#[test]
fn the_backend_hears_who_reports_before_it_hears_of_segments() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::start();
        let agent = agent(way, &backend.address(way)).start().expect("an agent");
        requests(50);
        backend.wait_for(|stats| {
            assert!(
                stats.properties_reports == 1 || stats.segments_accepted == 0,
                "segments came first: {stats}"
            );
            stats.segments_accepted == 50 && stats.pings == 1
        });
        assert!(agent.wait_until_registered(PATIENCE));
        assert!(futures::executor::block_on(agent.wait_until_registered_async(PATIENCE)));
        let instances = backend.instances();
        let [known] = &instances[..] else { panic!("one instance: {instances:?}") };
        assert_eq!((known.service.as_str(), known.instance.as_str()), ("RTS_Test", "RTS_Test_1"));
        assert!(
            known.properties.contains(&("language".to_owned(), "rust".to_owned())),
            "{known:?}"
        );
        assert_settled(&agent.shutdown(PATIENCE), 50);
    }
}

#[test]
fn an_agent_starts_after_another_has_ended_and_never_beside_it() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::start();
        for round in 1..=3 {
            let agent =
                agent(way, &backend.address(way)).start().expect("the one before has ended");
            let second = Config::new("second").backend(backend.address(way)).start();
            assert_eq!(
                second.expect_err("one runs"),
                Error::AlreadyStarted { service: "second".to_owned() }
            );
            requests(10);
            let report = agent.shutdown(PATIENCE);
            assert_settled(&report, 10);
            assert_eq!((report.sent, backend.stats().segments_accepted), (10, 10 * round));
        }
        assert_eq!(backend.stats().properties_reports, 3);
    }
}

#[test]
fn wrong_token_is_refused_and_shown_nowhere() {
    const TOKEN: &str = "wrong-token-4711";
    let _turn = turn();
    for way in WAYS {
        let said = Listening::begin();
        let reason = match way {
            Way::Grpc => {
                "PermissionDenied: metadata `authentication` is missing or is not this collector's token"
            }
            Way::Http => {
                "401 Unauthorized: {\"error\":\"header `authentication` is missing or is not this collector's token"
            }
        };
        let backend = Backend::with_token("the-right-token");
        let config = agent(way, &backend.address(way)).token(TOKEN);
        let mut shown = vec![format!("{config:?}")];
        let agent = config.start().expect("an agent");
        requests(3);
        assert!(agent.flush(PATIENCE), "what was refused is not on its way any more");
        assert!(!agent.wait_until_registered(Duration::from_millis(100)));
        shown.extend([
            format!("{agent:?}"),
            format!("{:?}", agent.stats()),
            agent.stats().to_json(),
        ]);
        let report = agent.shutdown(PATIENCE);
        shown.push(format!("{report:?}"));
        assert_settled(&report, 3);
        assert_eq!((report.sent, report.dropped.refused), (0, 3));
        let stats = backend.stats();
        assert_eq!((stats.segments_accepted, stats.properties_reports, stats.pings), (0, 0, 0));
        shown.push(said.text());
        let shown = shown.join("\n");
        assert!(
            shown.contains("skywalking_runtime") && shown.contains(reason),
            "the agent says what is wrong: {shown}"
        );
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

#[test]
fn a_large_body_with_the_wrong_token_is_known_to_be_refused() {
    let _turn = turn();
    let backend = Backend::with_token("the-right-token");
    let agent =
        agent(Way::Http, &backend.address(Way::Http)).token("wrong").start().expect("an agent");
    let text = "x".repeat(2_000);
    for _ in 0..1_000 {
        program::request_with_tag("text", &text);
    }
    assert!(agent.flush(PATIENCE));
    let report = agent.shutdown(PATIENCE);
    assert_settled(&report, 1_000);
    assert_eq!((report.sent, report.dropped.refused), (0, 1_000), "{report:?}");
}

// Feature: authentication token
#[test]
fn the_right_token_goes_with_every_call() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::with_token("the-right-token");
        let agent =
            agent(way, &backend.address(way)).token("the-right-token").start().expect("an agent");
        assert!(agent.wait_until_registered(PATIENCE));
        requests(20);
        assert!(agent.flush(PATIENCE));
        // Each of these is a call that is denied without the token.
        backend.wait_for(|stats| {
            stats.properties_reports == 1 && stats.pings == 1 && stats.segments_accepted == 20
        });
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, 20);
        assert_eq!(report.sent, 20);
    }
}

// Feature: tracing while disconnected
#[test]
fn segments_from_before_the_backend_started_arrive() {
    let _turn = turn();
    for way in WAYS {
        let address = backend::free_address();
        let agent = agent(way, &address).start().expect("an agent starts without its backend");
        requests(100);
        assert!(!agent.wait_until_registered(Duration::from_millis(300)));
        let stats = agent.stats();
        assert_eq!((stats.queued, stats.in_flight), (100, 0), "{stats:?}");

        let backend = Backend::start_at(way, &address);
        // Asking doesn't wait for the next try.
        assert!(agent.flush(PATIENCE));
        assert!(agent.wait_until_registered(PATIENCE));
        let arrived = backend.stats();
        assert_eq!((arrived.segments_accepted, arrived.segments_duplicate), (100, 0));
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, 100);
        assert_eq!(report.sent, 100);
    }
}

#[test]
fn dying_backend_loses_no_segment_silently_and_none_twice() {
    let _turn = turn();
    for way in WAYS {
        let mut backend = Backend::start();
        let agent = agent(way, &backend.address(way)).start().expect("an agent");
        let (over, made) = (AtomicBool::new(false), AtomicU64::new(0));
        let before = agent.stats().sent;
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        // Not more than the backend takes: the queue shall not be what loses them.
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
        // These have nowhere to go.
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
fn an_agent_turns_to_the_next_address_when_one_does_not_answer() {
    let _turn = turn();
    for way in WAYS {
        let backend = Backend::start();
        let agent =
            agent(way, &format!("{NOBODY},{}", backend.address(way))).start().expect("an agent");
        requests(20);
        assert!(agent.flush(PATIENCE));
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, 20);
        assert_eq!((report.sent, backend.stats().segments_accepted), (20, 20));
    }
}

#[test]
fn an_agent_turns_to_the_next_address_when_its_backend_dies() {
    let _turn = turn();
    for way in WAYS {
        let (mut first, second) = (Backend::start(), Backend::start());
        let agent = agent(way, &format!("{},{}", first.address(way), second.address(way)))
            .start()
            .expect("an agent");
        requests(20);
        assert!(agent.flush(PATIENCE));
        assert_eq!((first.stats().segments_accepted, second.stats().segments_accepted), (20, 0));

        first.kill();
        let mut made = 20;
        // The first batch after that may be lost, unconfirmed; then the agent knows.
        while second.stats().segments_accepted == 0 {
            assert!(made < 1_000, "the agent never turned: {:?}", agent.stats());
            request();
            made += 1;
            assert!(agent.flush(PATIENCE));
        }
        requests(20);
        assert!(agent.flush(PATIENCE));
        let report = agent.shutdown(PATIENCE);
        assert_settled(&report, made + 20);
        assert_eq!(report.dropped.total(), report.dropped.unconfirmed, "{report:?}");
        assert_eq!(second.stats().properties_reports, 1);
        let (here, there): (BTreeSet<_>, BTreeSet<_>) = (first.traces(), second.traces());
        assert!(here.is_disjoint(&there), "a segment came twice");
        assert_agrees(&report, (here.len() + there.len()) as u64);
    }
}

#[test]
fn refused_segment_costs_its_batch_alone() {
    let _turn = turn();
    skywalking_runtime::testing::allow("tag-loses-segment");
    for way in WAYS {
        let backend = Backend::start();
        let agent = agent(way, &backend.address(way)).start().expect("an agent");
        // A tag whose value the OAP would stumble over: `docs/protocol.md#silent-data-loss`.
        program::request_with_tag("transmission.latency", "soon");
        request();
        assert!(agent.flush(PATIENCE));
        requests(10);
        assert!(agent.flush(PATIENCE));
        let report = agent.shutdown(PATIENCE);
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
fn a_shutdown_returns_in_time_whatever_the_backend_does() {
    let _turn = turn();
    for way in WAYS {
        // Connections to it are made, by the system, and never answered.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let silent = listener.local_addr().expect("an address").to_string();
        for backend in [NOBODY.to_owned(), silent.clone(), format!("{silent},{NOBODY}")] {
            let agent = agent(way, &backend).start().expect("an agent");
            requests(10);
            let asked = Instant::now();
            let report = agent.shutdown(Duration::from_secs(1));
            assert!(asked.elapsed() < Duration::from_secs(3), "{backend}: {:?}", asked.elapsed());
            assert_settled(&report, 10);
            assert_eq!((report.sent, report.dropped.shutdown), (0, 10));
        }
        let agent =
            agent(way, &silent).shutdown_timeout(Duration::from_secs(1)).start().expect("an agent");
        requests(10);
        let asked = Instant::now();
        drop(agent);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    }
}
