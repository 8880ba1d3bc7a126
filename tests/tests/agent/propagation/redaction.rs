//! Redaction of reported texts, and the effect of a hook that panics or hangs.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use skywalking_runtime::redact::{Field, Redaction};
use skywalking_runtime::testing::{run, text};
use skywalking_runtime::{
    Callsite, Config, TracedFn as _, callsite, current, entry_span, exit_span,
    propagation::correlation, span,
};

use super::{CALL, ENTRY, start};

static QUERY: Callsite = callsite!(
    exit,
    "/query",
    layer = database,
    component = 22,
    peer = "db:5432",
    tags = [("db.type", "sql"), ("password", "literal")]
);

#[derive(Debug, thiserror::Error)]
#[error("no route to amqp://me:secret@mq:5672")]
struct NoRoute;

// Feature: redaction
#[test]
fn standard_redaction_covers_all_texts_of_spans() {
    #[entry_span(name = format!("GET:/login?token={token}"), tags("url" = format!("https://me:{token}@web/login"), "user" = 7))]
    fn login(token: &str) {
        correlation::put("token", token);
        current()
            .log_fields(&[
                ("event", &"login"),
                ("http.headers", &format_args!("Authorization: Bearer {token}")),
            ])
            .record_error(&NoRoute);
        span(&QUERY).run(|| {
            _ = current()
                .tag("db.statement", format!("SELECT a FROM b WHERE c = '{token}' AND d = 17"));
        });
        call(token);
        std::thread::scope(|threads| {
            drop(threads.spawn((|| drop(span(&ENTRY).enter())).traced("elsewhere")));
        });
    }
    #[exit_span(name = "call", peer = format!("me:{token}@web:80"))]
    fn call(token: &str) {}
    let _running =
        start(Config::new("standard").redact(Redaction::standard()).correlation_tags(["token"]));
    let trees = run(|| login("secret"));
    assert_eq!(
        text(&trees),
        "Entry GET:/login?token=*** ERROR {user=7, url=https://***@web/login, token=***} [event=login http.headers=Authorization: ***] \
         [event=error error.kind=agent::propagation::redaction::NoRoute message=no route to amqp://***@mq:5672]\n  \
         Exit /query layer=Database component=22 peer=db:5432 {db.type=sql, password=***, db.statement=SELECT a FROM b WHERE c = ? AND d = ?}\n  \
         Exit call peer=***@web:80\n  \
         Local elsewhere ref=CrossThread\n    Entry /entry\n"
    );
    assert!(!format!("{trees:?}").contains("secret"), "{trees:?}");
}

#[test]
fn hook_sees_each_text_once_and_its_result_is_cut() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of = Arc::clone(&seen);
    let hook = move |field: Field<'_>, text: &str| {
        of.lock().unwrap().push(format!("{field:?} {text}"));
        match field {
            Field::Tag("long") => Some("𝄞".repeat(3_000)),
            Field::Name => Some(format!("new\n{}", "n".repeat(300))),
            Field::Peer => Some(String::new()),
            _ => None,
        }
    };
    let _running = start(Config::new("seen").redact(hook));
    let trees = run(|| {
        span(&QUERY).run(|| {
            current()
                .tag("number", -3)
                .tag("number", 4_u8)
                .tag("truth", true)
                .tag("long", "short")
                .log("field", "value");
            current().set_name("named").set_peer("peered");
        });
    });
    let root = &trees[0].root;
    assert_eq!(
        (root.name.as_str(), root.peer.as_str()),
        (format!("new_{}", "n".repeat(146)).as_str(), "unknown")
    );
    assert_eq!(root.tags[4], ("long".to_owned(), "𝄞".repeat(1_024)));
    let mut seen = seen.lock().unwrap().clone();
    seen.sort();
    assert_eq!(
        seen,
        [
            "Log(\"field\") value",
            "Name named",
            "Peer peered",
            "Tag(\"db.type\") sql",
            "Tag(\"long\") short",
            "Tag(\"number\") 4",
            "Tag(\"password\") literal",
            "Tag(\"truth\") true",
        ]
    );
}

#[test]
fn redacted_address_is_the_same_on_both_sides_of_a_call() {
    let _running = start(Config::new("both").redact(Redaction::standard()));
    let mut sent = String::new();
    let trees = run(|| {
        span(&CALL)
            .peer("me:secret@web:80")
            .run(|| skywalking_runtime::propagation::inject(&mut sent));
        span(&ENTRY).extract(&sent).run(|| ());
    });
    let caller = &trees[0].root;

    assert_eq!(
        (caller.peer.as_str(), caller.children[0].refs[0].address.as_str()),
        ("***@web:80", "***@web:80")
    );
}

#[test]
fn handle_texts_are_redacted_and_panics_counted() {
    let hook = |_: Field<'_>, text: &str| {
        assert!(text != "bomb", "on purpose");
        (text == "secret").then(|| "***".to_owned())
    };
    let (agent, _turn) = start(Config::new("handles").redact(hook));
    let trees = run(|| {
        for value in ["secret", "bomb"] {
            let mut handle = None;
            span(&ENTRY).run(|| handle = Some(current().detach()));
            let mut handle = handle.unwrap();
            handle.tag("key", value);
            handle.log("field", value);
            handle.finish();
        }
    });

    assert_eq!(text(&trees), "Entry /entry {key=***} [field=***]\n");

    let report = agent.shutdown(Duration::from_secs(10));
    assert_eq!((report.sent, report.dropped.hook_panicked), (1, 1));
    assert_eq!(report.stats.finished, report.stats.sent + report.stats.dropped.total());
}

#[test]
fn panic_in_the_hook_drops_the_segment_and_is_counted() {
    let hook = |_: Field<'_>, text: &str| {
        assert!(text != "bomb", "on purpose");
        None
    };
    let (agent, _turn) = start(Config::new("panics").redact(hook));
    let before = agent.stats();
    let trees = run(|| {
        for value in ["one", "bomb", "two", "bomb", "three"] {
            span(&ENTRY).run(|| _ = current().log("before", "it").tag("value", value));
        }
    });

    assert_eq!(
        text(&trees),
        "Entry /entry {value=one} [before=it]\nEntry /entry {value=two} [before=it]\nEntry /entry {value=three} [before=it]\n"
    );

    let stats = agent.stats();
    assert_eq!(stats.dropped.hook_panicked - before.dropped.hook_panicked, 2);

    let report = agent.shutdown(Duration::from_secs(10));
    assert_eq!((report.sent, report.dropped.hook_panicked, report.dropped.total()), (3, 2, 2));

    let after = report.stats;
    assert_eq!((after.opened, after.queued, after.in_flight), (after.finished + after.open, 0, 0));
    assert_eq!(after.finished, after.sent + after.dropped.total());
}

#[test]
fn hanging_hook_does_not_delay_shutdown() {
    let (go_on, wait) = mpsc::channel::<()>();
    let (arrived, hangs) = mpsc::channel();
    let (wait, arrived) = (Mutex::new(wait), Mutex::new(arrived));
    let hook = move |_: Field<'_>, text: &str| {
        if text == "hang" {
            arrived.lock().unwrap().send(()).unwrap();
            // Hangs until the end of the test.
            let _ = wait.lock().unwrap().recv();
        }
        None
    };
    let (agent, _turn) = start(Config::new("hangs").redact(hook));
    for value in ["fine", "hang", "behind"] {
        span(&ENTRY).run(|| _ = current().tag("value", value));
    }
    hangs.recv_timeout(Duration::from_secs(10)).unwrap();
    let began = Instant::now();

    assert!(!agent.flush(Duration::from_millis(20)));

    let report = agent.shutdown(Duration::from_millis(100));
    // Much more than the promised time, for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(report.sent + report.dropped.shutdown, 3, "{report:?}");
    assert_eq!(report.stats.finished, report.stats.sent + report.stats.dropped.total());

    // The next agent has its own reporter, even while the thread of the old one hangs.
    let second = Config::new("second")
        .reporter(skywalking_runtime::config::Reporter::Discard)
        .start()
        .unwrap();
    span(&ENTRY).run(|| ());

    assert_eq!(second.shutdown(Duration::from_secs(10)).sent, 1);

    drop(go_on);
}

#[test]
fn fully_redacted_reference_has_the_name_of_an_empty_span() {
    let hook =
        |field: Field<'_>, _: &str| matches!(field, Field::Name | Field::Peer).then(String::new);
    let _running = start(Config::new("nothing").redact(hook));
    let mut sent = String::new();
    let trees = run(|| {
        span(&CALL).peer("web:80").run(|| skywalking_runtime::propagation::inject(&mut sent));
        span(&ENTRY).extract(&sent).run(|| {
            std::thread::scope(|threads| drop(threads.spawn((|| ()).traced("elsewhere"))));
        });
    });
    let entry = &trees[0].root.children[0];
    let named: Vec<_> = [entry, &entry.children[0]]
        .map(|span| (&*span.refs[0].endpoint, &*span.refs[0].address))
        .into();

    assert_eq!(named, [("unnamed", "unknown"), ("unnamed", "")]);
}
