use super::*;

#[test]
fn debug_shows_only_counts_that_are_not_zero() {
    let none = Stats {
        opened: 0,
        finished: 0,
        open: 0,
        queued: 0,
        in_flight: 0,
        sent: 0,
        dropped: Dropped::default(),
        reasons: [0; Diagnostic::ALL.len()],
    };
    assert_eq!(format!("{none:?} {:?}", none.dropped), "Stats Dropped");
    let dropped = Dropped { shutdown: 2, ..Dropped::default() };
    assert_eq!(format!("{dropped:?}"), "Dropped { shutdown: 2 }");
    let mut stats = Stats { opened: 9, open: 9, dropped, ..none };
    stats.reasons[Diagnostic::EmptyPeer as usize] = 3;
    assert_eq!(format!("{stats:?}"), "Stats { opened: 9, open: 9, shutdown: 2, empty_peer: 3 }");
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
        },
        reasons: [0; Diagnostic::ALL.len()],
    };
    stats.reasons[0] = 3;
    let json: serde_json::Value = serde_json::from_str(&stats.to_json()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "opened": 9, "finished": 8, "open": 1, "queued": 2, "in_flight": 1, "sent": 1,
            "dropped": { "queue_full": 1, "off": 0, "unconfirmed": 2, "refused": 1, "shutdown": 0, "hook_panicked": 0, "not_kept": 0 },
            "reasons": { (Diagnostic::ALL[0].as_str()): 3 },
        })
    );
    assert!(!stats.to_json().contains('\n'));
    assert_eq!(stats.dropped.total(), 4);
}
