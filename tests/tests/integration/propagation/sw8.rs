//! The injected header `sw8`: the primary endpoint, no empty field, at most 2 KiB.

use crate::propagation::prelude::*;

/// Returns the eight parts as text.
fn parts(carrier: &str) -> [String; 8] {
    let parts: Vec<_> = header(carrier, "sw8").unwrap_or_default().split('-').collect();
    let [flag, trace, segment, span, service, instance, endpoint, address] = parts[..] else {
        panic!("{carrier}")
    };
    let text = |part: &str| String::from_utf8(STANDARD.decode(part).unwrap()).unwrap();
    [
        flag.into(),
        text(trace),
        text(segment),
        span.into(),
        text(service),
        text(instance),
        text(endpoint),
        text(address),
    ]
}

#[test]
fn header_has_the_span_the_segment_and_the_peer() {
    let mut sent = String::new();
    let trees = run(|| {
        span(&ENTRY).extract(&lines(&[("sw8", &sw8(7))])).run(|| {
            let _part = span(&PART).enter();
            sent = sent_by(&CALL);
        });
        span(&ENTRY).extract(&sent).run(|| ());
    });
    let [flag, trace, segment, span, service, instance, endpoint, address] = parts(&sent);

    assert_eq!([flag, trace.clone(), span], ["1", "trace.7", "2"]);
    assert_eq!([service, instance, endpoint, address], ["testing", "testing", "/entry", "other:1"]);

    let callee = &trees[0].root.children[0].children[0].children[0];
    assert_eq!(
        (callee.refs[0].segment_id.as_str(), callee.refs[0].span_id, trees[0].trace_id.as_str()),
        (segment.as_str(), 2, trace.as_str())
    );
}

#[test]
fn endpoint_is_the_first_entry_or_span_with_its_current_name() {
    let mut sent = Vec::new();
    run(|| {
        span(&PART).run(|| {
            sent.push(sent_by(&CALL));
            current().set_name("renamed part");
            sent.push(sent_by(&CALL));
            let entry = span(&ENTRY).enter();
            sent.push(sent_by(&CALL));
            current().set_name("/renamed");
            sent.push(sent_by(&CALL));
            drop(entry);
            let _second = span(&CONSUME).enter();
            sent.push(sent_by(&CALL));
        });
    });
    let endpoints: Vec<_> = sent.iter().map(|sent| parts(sent)[6].clone()).collect();

    assert_eq!(endpoints, ["part", "renamed part", "/entry", "/renamed", "/renamed"]);
}

#[test]
fn no_part_of_the_header_is_empty() {
    static NAMELESS: Callsite = callsite!(local, "");
    static NOWHERE: Callsite = callsite!(exit, "");

    let mut sent = String::new();
    let trees = run(|| span(&NAMELESS).run(|| sent = sent_by(&NOWHERE)));
    let [.., endpoint, address] = parts(&sent);

    assert_eq!([endpoint, address], ["unnamed", "unknown"]);
    assert_eq!(text(&trees), "Local unnamed\n  Exit unnamed peer=unknown\n");
}

// Feature: unsampled calls
#[test]
fn no_exit_or_unsampled_removes_an_old_header() {
    let old = lines(&[
        ("sw8", &sw8(1)),
        ("sw8-correlation", "aw==:dg=="),
        ("sw8-x", "1-"),
        ("mine", "1"),
    ]);
    let (mut outside, mut unsampled, mut nowhere) = (old.clone(), old.clone(), old);
    run(|| span(&ENTRY).run(|| inject(&mut outside)));
    Test::new().sampler(|_| false).run(|| {
        span(&ENTRY).run(|| {
            let _exit = span(&CALL).enter();
            inject(&mut unsampled);
        });
    });
    inject(&mut nowhere);

    assert_eq!([outside, unsampled, nowhere], ["mine:1"; 3]);
}
