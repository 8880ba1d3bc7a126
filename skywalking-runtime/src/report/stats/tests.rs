use std::time::{Duration, SystemTime};

use super::*;

fn at(milliseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
}

#[test]
fn debug_shows_only_counts_that_are_not_zero() {
    let none = Stats {
        opened: 0,
        finished: 0,
        open: 0,
        ignored: 0,
        queued: 0,
        in_flight: 0,
        sent: 0,
        dropped: Dropped::default(),
        reporter: ReporterStats::default(),
        logs: SignalStats::default(),
        events: SignalStats::default(),
        meters: SignalStats::default(),
        reasons: [0; Diagnostic::ALL.len()],
    };
    assert_eq!(format!("{none:?} {:?}", none.dropped), "Stats Dropped");
    let dropped = Dropped { shutdown: 2, ..Dropped::default() };
    assert_eq!(format!("{dropped:?}"), "Dropped { shutdown: 2 }");
    let mut stats = Stats { opened: 9, open: 9, dropped, ..none };
    stats.reasons[Diagnostic::EmptyPeer as usize] = 3;
    assert_eq!(format!("{stats:?}"), "Stats { opened: 9, open: 9, shutdown: 2, empty_peer: 3 }");
    let state = ReporterState::Starting;
    let starting = Stats { reporter: ReporterStats { state, ..none.reporter }, ..none };
    assert!(
        format!("{starting:?}").starts_with("Stats { reporter: ReporterStats { state: Starting")
    );
    let logs = SignalStats { recorded: 2, sent: 2, ..SignalStats::default() };
    let logged = Stats { logs, ..none };
    assert_eq!(format!("{logged:?}"), "Stats { logs: SignalStats { recorded: 2, sent: 2 } }");
    let report = Report { sent: 0, dropped, stats };
    assert_eq!(
        format!("{report:?}"),
        "Report { sent: 0, dropped: Dropped { shutdown: 2 }, stats: Stats { opened: 9, open: 9, shutdown: 2, empty_peer: 3 } }"
    );
}

#[test]
fn to_json_is_one_line_with_all_counts() {
    let mut stats = Stats {
        opened: 9,
        finished: 8,
        open: 1,
        ignored: 4,
        queued: 2,
        in_flight: 1,
        sent: 1,
        dropped: Dropped {
            queue_full: 1,
            off: 0,
            unconfirmed: 2,
            refused: 1,
            shutdown: 0,
            hook_panicked: 0,
            not_kept: 0,
            reporter_panicked: 0,
        },
        reporter: ReporterStats {
            state: ReporterState::Down { since: at(7_000) },
            bytes_sent: 100,
            reconnects: 2,
            restarts: 1,
            last_success: Some(at(5_000)),
            round_trip: Some(Duration::from_micros(1_500)),
        },
        logs: SignalStats { recorded: 7, sent: 6, queued: 1, ..SignalStats::default() },
        events: SignalStats { recorded: 1, in_flight: 1, ..SignalStats::default() },
        meters: SignalStats { recorded: 5, sent: 5, ..SignalStats::default() },
        reasons: [0; Diagnostic::ALL.len()],
    };
    stats.reasons[0] = 3;
    let json: serde_json::Value = serde_json::from_str(&stats.to_json()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "opened": 9, "finished": 8, "open": 1, "ignored": 4, "queued": 2, "in_flight": 1, "sent": 1,
            "dropped": { "queue_full": 1, "off": 0, "unconfirmed": 2, "refused": 1, "shutdown": 0, "hook_panicked": 0, "not_kept": 0, "reporter_panicked": 0 },
            "reporter": {
                "state": "down", "since_ms": 7_000, "bytes_sent": 100, "reconnects": 2, "restarts": 1,
                "last_success_ms": 5_000, "round_trip_us": 1_500,
            },
            "logs": {
                "recorded": 7, "queued": 1, "in_flight": 0, "sent": 6,
                "dropped": { "queue_full": 0, "off": 0, "unconfirmed": 0, "refused": 0, "shutdown": 0, "hook_panicked": 0, "not_kept": 0, "reporter_panicked": 0 },
            },
            "events": {
                "recorded": 1, "queued": 0, "in_flight": 1, "sent": 0,
                "dropped": { "queue_full": 0, "off": 0, "unconfirmed": 0, "refused": 0, "shutdown": 0, "hook_panicked": 0, "not_kept": 0, "reporter_panicked": 0 },
            },
            "meters": {
                "recorded": 5, "queued": 0, "in_flight": 0, "sent": 5,
                "dropped": { "queue_full": 0, "off": 0, "unconfirmed": 0, "refused": 0, "shutdown": 0, "hook_panicked": 0, "not_kept": 0, "reporter_panicked": 0 },
            },
            "reasons": { (Diagnostic::ALL[0].as_str()): 3 },
        })
    );
    assert!(!stats.to_json().contains('\n'));
    assert_eq!(stats.dropped.total(), 4);
}
