//! Trees of valid, incomplete and hostile traces.

use super::*;
use crate::api::{KeyValue, LogView, RefView, ViolationView};
use crate::view::columns::width;

fn span(id: i32, kind: &'static str, name: &str, service: &str, start: i64, end: i64) -> SpanView {
    SpanView {
        trace_id: "t".into(),
        segment_id: "s".into(),
        span_id: id,
        parent_span_id: id - 1,
        refs: vec![],
        service: service.into(),
        service_instance: String::new(),
        operation_name: name.into(),
        span_type: kind,
        layer: "Unknown",
        component_id: 0,
        peer: String::new(),
        start_time: start,
        end_time: end,
        is_error: false,
        skip_analysis: false,
        tags: vec![],
        logs: vec![],
    }
}

fn shown(spans: Vec<SpanView>) -> String {
    shown_with(spans, vec![])
}

fn shown_with(spans: Vec<SpanView>, violations: Vec<ViolationView>) -> String {
    let text = tree(
        &TraceView { trace_id: "t.1".into(), spans, violations, critical: vec![] },
        Style::plain(),
    );
    for line in text.lines() {
        assert!(width(line) <= 100 && !line.chars().any(char::is_control), "{line}");
    }
    text
}

fn with_peer(mut span: SpanView, peer: &str) -> SpanView {
    span.peer = peer.into();
    span
}

#[test]
fn two_services_are_one_tree() {
    let spans = vec![
        span(0, "Entry", "/API/Snapshot", "RTS_Test", 1_000, 1_012),
        with_peer(span(1, "Exit", "/Service/OnSnapshot", "RTS_Test", 1_001, 1_011), "RTS_Server"),
        span(2, "Entry", "/Service/OnSnapshot/QueringSnapshot", "Service_Test", 1_003, 1_010),
        with_peer(
            span(3, "Exit", "/database/QuerySnapshot", "Service_Test", 1_003, 1_009),
            "APIService",
        ),
    ];
    insta::assert_snapshot!(shown(spans), @r#"
    trace t.1
    4 spans, 2 services, 12 ms
    Entry /API/Snapshot                              RTS_Test             12 ms [================]
      Exit /Service/OnSnapshot -> RTS_Server         RTS_Test             10 ms [ ============== ]
        Entry /Service/OnSnapshot/QueringSnapshot    Service_Test          7 ms [    ==========  ]
          Exit /database/QuerySnapshot -> APIService Service_Test          6 ms [    ========    ]
    "#);
}

#[test]
fn errors_missing_parents_and_cycles_are_marked() {
    let mut failed = span(0, "Entry", "/x", "a", 1_000, 1_000);
    failed.is_error = true;
    failed.refs.push(RefView {
        ref_type: "CrossProcess",
        trace_id: "t".into(),
        parent_segment_id: "lost".into(),
        parent_span_id: 1,
        parent_service: String::new(),
        parent_service_instance: String::new(),
        parent_endpoint: String::new(),
        network_address_used_at_peer: String::new(),
    });
    let mut cycle = span(5, "Local", "round", "a", 1_000, 1_000);
    cycle.parent_span_id = 5;

    insta::assert_snapshot!(shown(vec![failed, cycle]), @r#"
    trace t.1
    2 spans, 1 service, 0 ms, 1 error
    ? Entry /x                                       a                     0 ms [================] ERROR
    @ Local round                                    a                     0 ms [================]
    ? parent not stored: it has not arrived, was lost, or belongs to another trace
    @ the span is its own ancestor
    "#);
}

fn violation(span_id: Option<i32>, text: &str) -> ViolationView {
    ViolationView {
        trace_id: "t".into(),
        segment_id: "s".into(),
        span_id,
        service: "a".into(),
        service_instance: "a_1".into(),
        rule: "no-peer".into(),
        text: text.into(),
    }
}

#[test]
fn violations_are_marked_and_explained() {
    let spans =
        vec![span(0, "Entry", "/x", "a", 1_000, 1_009), span(1, "Exit", "/y", "a", 1_001, 1_002)];
    let violations = vec![
        violation(
            Some(1),
            r#"span 1 of segment "s" is an Exit without a peer, so no call is drawn: set the address that is called"#,
        ),
        violation(
            None,
            r#"segment "s" has a blank service name, by which nothing can be found: set it"#,
        ),
    ];
    insta::assert_snapshot!(shown_with(spans, violations), @r#"
    trace t.1
    2 spans, 1 service, 9 ms, 2 violations
    Entry /x                                         a                     9 ms [================]
      ! Exit /y                                      a                     1 ms [ ===            ]
    ! span 1 of segment "s" is an Exit without a peer, so no call is drawn: set the address that is
      called
    ! segment "s" has a blank service name, by which nothing can be found: set it
    "#);
}

#[test]
fn violations_are_limited_and_escaped() {
    let long = format!("\x1b[2J{}", "服务".repeat(200));
    let text = shown_with(
        vec![span(0, "Entry", "/x", "a", 1_000, 1_009)],
        vec![violation(Some(0), &long); 13],
    );
    assert!(
        text.contains("13 violations") && text.ends_with("! and 3 more: see /api/violations\n"),
        "{text}"
    );
    assert_eq!(text.lines().filter(|line| line.starts_with("! ␛[2J服")).count(), 10, "{text}");
}

#[test]
fn skip_analysis_is_marked_and_explained() {
    let mut spans = vec![
        span(0, "Entry", "/health", "a", 1_000, 1_009),
        span(1, "Local", "probe", "a", 1_001, 1_002),
    ];
    spans[0].skip_analysis = true;
    insta::assert_snapshot!(shown(spans), @r"
    trace t.1
    2 spans, 1 service, 9 ms
    ~ Entry /health                                  a                     9 ms [================]
      Local probe                                    a                     1 ms [ ===            ]
    ~ skipAnalysis: excluded from metrics and from the map
    ");
}

#[test]
fn left_out_spans_are_listed_below_the_tree() {
    let left_out = |value: &str| KeyValue { key: "left_out".into(), value: value.into() };
    let mut first = span(0, "Entry", "/report", "a", 1_000, 1_009);
    first.tags = vec![left_out("spans=102, logs=3")];
    let mut child = span(1, "Local", "part", "a", 1_001, 1_002);
    // A tag of the program, not on the first span.
    child.tags = vec![left_out("mine")];

    insta::assert_snapshot!(shown(vec![first.clone(), child]), @r"
    trace t.1
    2 spans, 1 service, 9 ms
    Entry /report                                    a                     9 ms [================]
      Local part                                     a                     1 ms [ ===            ]
    … a left out spans=102, logs=3 below /report
    ");

    first.tags = vec![left_out(&"\x1b[2J服务".repeat(100))];
    let many = shown(vec![first; 12]);

    assert!(many.ends_with("\n… and 2 more segments\n"), "{many}");
}

fn pair(key: &str, value: &str) -> KeyValue {
    KeyValue { key: key.into(), value: value.into() }
}

#[test]
fn details_follow_the_line_of_their_span() {
    let mut first = span(0, "Entry", "/x", "a", 1_000, 1_009);
    first.tags = vec![pair("http.method", "GET"), pair("url", "\x1b[2J")];
    first.logs = vec![LogView {
        time: 1_004,
        data: vec![
            pair("event", "error"),
            pair("message", "refused"),
            pair("stack", "at a\n\tat b"),
        ],
    }];
    let mut child = span(1, "Exit", "db", "a", 1_001, 1_002);
    child.tags = vec![pair("db.statement", &"SELECT column FROM table ".repeat(6))];
    let trace = TraceView {
        trace_id: "t.1".into(),
        spans: vec![first, child],
        violations: vec![],
        critical: vec![],
    };

    insta::assert_snapshot!(tree_with_details(&trace, Style::plain(), 2), @r"
    trace t.1
    2 spans, 1 service, 9 ms
    Entry /x                                         a                     9 ms [================]
        · self: 8 ms
        · http.method: GET
        · url: ␛[2J
        · log after 4 ms
          · event: error
          · message: refused
          · stack: at a
            at b
      Exit db                                        a                     1 ms [ ===            ]
          · db.statement: SELECT column FROM table SELECT column FROM table SELECT column FROM table
            SELECT column FROM table SELECT column FROM table SELECT column FROM table
    ");
    assert_eq!(
        tree_with_details(&trace, Style::plain(), 0),
        tree_with_limit(&trace, Style::plain(), 0)
    );
}

#[test]
fn details_are_limited_and_escaped() {
    let mut first = span(0, "Entry", "/x", "a", 1_000, 1_009);
    first.tags = vec![pair("\u{202e}", &"数\x1b ".repeat(10_000)); 60];
    first.tags[0] = pair("stack", &"at\n".repeat(25));
    first.logs = vec![LogView { time: 1, data: vec![pair("k", "v"); 60] }; 60];
    let trace = TraceView {
        trace_id: "t.1".into(),
        spans: vec![first],
        violations: vec![],
        critical: vec![],
    };
    let text = tree_with_details(&trace, Style::plain(), 1);

    for line in text.lines() {
        assert!(width(line) <= 100 && !line.chars().any(char::is_control), "{line}");
    }
    assert!(text.contains("      … and 5 more lines\n"), "{text}");
    assert!(text.contains("· … and 10 more tags\n"), "{text}");
    assert!(text.contains("· … and 10 more fields\n"), "{text}");
    assert!(text.ends_with("· … and 10 more logs\n"), "{text}");
}

#[test]
fn wide_terminals_have_wider_columns() {
    let mut failed = span(0, "Entry", &"n".repeat(500), &"s".repeat(500), 1_000, 2_000);
    failed.is_error = true;
    let trace = TraceView {
        trace_id: "t.1".into(),
        spans: vec![failed],
        violations: vec![],
        critical: vec![],
    };
    for columns in [60, 80, 100, 137, 240, 400] {
        let text = tree(&trace, Style::plain().with_width(columns));
        let row = text.lines().nth(2).expect("a row");
        assert_eq!((width(row), row.ends_with("ERROR")), (columns, true), "{row}");
    }
}

#[test]
fn spans_over_the_limit_are_counted_with_errors() {
    let mut spans: Vec<_> =
        (0..1_000).map(|id| span(id, "Local", "step", "a", 1_000, 2_000)).collect();
    for failed in [2, 500, 999] {
        spans[failed].is_error = true;
    }
    let trace = TraceView { trace_id: "t.1".into(), spans, violations: vec![], critical: vec![] };
    let shown = tree_with_limit(&trace, Style::plain(), 5);

    assert!(
        shown.starts_with("trace t.1\n1000 spans, 1 service, 1000 ms, 3 errors\nLocal step "),
        "{shown}"
    );
    assert_eq!(shown.lines().count(), 8, "{shown}");
    assert!(
        shown.ends_with("\n… and 995 more spans, 2 errors: see /api/traces/{traceId}\n"),
        "{shown}"
    );
    assert_eq!(tree_with_limit(&trace, Style::plain(), 1_000), tree(&trace, Style::plain()));
    assert!(
        tree_with_limit(&trace, Style::plain(), 999).contains("\n… and 1 more span, 1 error: ")
    );
}

#[test]
fn hostile_names_depths_and_times_keep_the_columns() {
    let mut spans: Vec<_> =
        (0..40).map(|id| span(id, "Local", "数\x1b[2J", "\u{202e}svc", 1_000, 2_000)).collect();
    spans[1].operation_name = "n".repeat(1_000_000);
    spans[2].service = "服务".repeat(1_000);
    (spans[3].start_time, spans[3].end_time) = (i64::MIN, i64::MAX);
    (spans[4].start_time, spans[4].end_time) = (i64::MAX, i64::MIN);

    assert_eq!(shown(spans).lines().count(), 42);
    assert_eq!(shown(vec![]).lines().count(), 2);
}

#[test]
fn bars_show_the_time_within_the_trace() {
    let scale = Scale { start: 100, length: 160, width: 16 };
    let bar = |start, end| scale.bar(&span(0, "Local", "", "", start, end));

    assert_eq!(bar(100, 260), "================");
    assert_eq!(bar(100, 110), "=               ");
    assert_eq!(bar(110, 111), " =              ");
    assert_eq!(bar(180, 260), "        ========");
    assert_eq!(bar(260, 260), "               =");
}

#[test]
fn colors_are_optional() {
    let trace = TraceView {
        critical: vec![],
        trace_id: "t".into(),
        spans: vec![span(0, "Entry", "/x", "a", 1, 2)],
        violations: vec![],
    };
    let colored = tree(&trace, Style::colored());

    assert!(colored.contains("\x1b[36ma "));

    let mut stripped = colored;
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[36m"] {
        stripped = stripped.replace(code, "");
    }

    assert_eq!(stripped, tree(&trace, Style::plain()));
}
