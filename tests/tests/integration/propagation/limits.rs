//! The limits of a span: lengths of texts in UTF-16 units, cut at a character, and numbers of
//! items.

use std::fmt;

use skywalking_proto::storage;
use skywalking_runtime::local_span;

use crate::propagation::prelude::*;

/// Returns characters of two UTF-16 units after an `x`. A cut at an even limit would split one.
fn clefs(times: usize) -> String {
    format!("x{}", "𝄞".repeat(times))
}

/// Shortens a name as for SQL storage.
fn stored(name: &str, units: usize, bytes: usize) -> String {
    storage::shorten(name, units, bytes).into_owned()
}

// Feature: length limits
#[test]
fn names_have_150_units_peers_200_and_values_2048() {
    static LONG: Callsite = callsite!(local, "long", tags = [("literal", LITERAL)]);
    const LITERAL: &str = match std::str::from_utf8(&[b'l'; 2_050]) {
        Ok(text) => text,
        Err(_) => "",
    };

    let trees = run(|| {
        span(&LONG).run(|| {
            current().set_name(clefs(200)).set_peer(clefs(200));
            current()
                .tag("text", clefs(2_000))
                .tag_display("display", clefs(2_000))
                .tag_debug("debug", "d".repeat(3_000));
            current().log("field", clefs(2_000));
            current().log_fields(&[("first", &clefs(2_000)), ("second", &"short")]);
        });
    });
    let root = &trees[0].root;

    // The names are longer than SQL storage accepts: 174 bytes below the service "testing", and 90
    // for a peer.
    assert_eq!(
        (&root.name, &root.peer),
        (&stored(&clefs(74), 150, 174), &stored(&clefs(99), 200, 90))
    );

    let value = clefs(1_023);
    let expected = [
        ("literal", &"l".repeat(2_048)),
        ("text", &value),
        ("display", &value),
        ("debug", &format!("\"{}", "d".repeat(2_047))),
    ];

    assert_eq!(root.tags, expected.map(|(key, value)| (key.to_owned(), value.clone())));
    assert_eq!(root.logs[0].fields, [("field".to_owned(), value.clone())]);
    assert_eq!(
        root.logs[1].fields,
        [("first".to_owned(), value), ("second".to_owned(), "short".to_owned())]
    );
}

#[test]
fn literal_names_and_peers_have_the_same_limits() {
    const LONG: &str = match std::str::from_utf8(&[b'n'; 300]) {
        Ok(text) => text,
        Err(_) => "",
    };
    static CALL: Callsite = Callsite::new(skywalking_runtime::SpanKind::Exit, LONG).peer(LONG);

    let mut sent = String::new();
    let trees = run(|| span(&CALL).run(|| inject(&mut sent)));

    assert_eq!((trees[0].root.name.len(), trees[0].root.peer.len()), (150, 200));

    let decoded: Vec<_> = header(&sent, "sw8")
        .unwrap()
        .split('-')
        .skip(6)
        .map(|part| STANDARD.decode(part).unwrap().len())
        .collect();

    assert_eq!(decoded, [150, 200]);
}

#[test]
fn names_in_a_header_have_the_same_limits() {
    let part = |text: &str| STANDARD.encode(text);
    let long = clefs(120);
    let sw8 = format!("1-dA==-cw==-0-{0}-{0}-{0}-{0}", part(&long));
    let trees = run(|| span(&ENTRY).extract(&lines(&[("sw8", &sw8)])).run(|| ()));
    let reference = &trees[0].root.refs[0];

    // Below a service of 97 bytes a name may have 84.
    assert_eq!(
        (&reference.service, &reference.instance),
        (&clefs(24), &stored(&clefs(24), 50, 84))
    );
    assert_eq!(
        (&reference.endpoint, &reference.address),
        (&stored(&clefs(74), 150, 84), &stored(&clefs(99), 200, 90))
    );
}

#[derive(Debug)]
struct Layered(u32, usize);

impl fmt::Display for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, "e".repeat(self.1))
    }
}

#[derive(Debug)]
struct Chain(Layered, Option<Box<Chain>>);

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Chain {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

fn chain(from: u32, to: u32, length: usize) -> Chain {
    Chain(Layered(from, length), (from < to).then(|| Box::new(chain(from + 1, to, length))))
}

#[test]
fn stack_has_five_causes_in_at_most_4000_units() {
    #[local_span(name = "returns")]
    fn returns() -> Result<(), Chain> {
        Err(chain(0, 9, 0))
    }

    let stack = |error: &Chain| {
        let trees = run(|| span(&PART).run(|| current().record_error(error)));
        trees[0].root.logs[0].fields.last().cloned().unwrap()
    };
    let causes = "0\nCaused by: 1\nCaused by: 2\nCaused by: 3\nCaused by: 4\nCaused by: 5";

    assert_eq!(stack(&chain(0, 9, 0)), ("stack".to_owned(), causes.to_owned()));

    let (key, long) = stack(&chain(0, 9, 1_500));
    assert_eq!((key.as_str(), long.len()), ("stack", 4_000));

    let trees = run(|| drop(returns()));
    assert_eq!(trees[0].root.logs[0].fields.last().unwrap().1, causes);
}

// Feature: log and reference limits
#[test]
fn span_keeps_300_logs_with_the_last_and_counts_the_rest() {
    let _counts = crate::exact_counts();
    let before = stats::read().count(Diagnostic::LogLimit);
    let trees = run(|| {
        span(&PART).run(|| {
            for number in 0..310 {
                current().log("number", number);
            }
            current().record_error_message("why");
            span(&PART).run(|| (0..300).for_each(|number| _ = current().log("number", number)));
        });
    });
    let root = &trees[0].root;
    let number = |span: &testing::Span, at: usize| span.logs[at].fields[0].1.clone();
    assert_eq!(
        (root.logs.len(), number(root, 0), number(root, 298), number(root, 299)),
        (300, "0".into(), "298".into(), "error".into())
    );
    assert_eq!(root.logs[299].fields[2], ("message".to_owned(), "why".to_owned()));
    let child = &root.children[0];
    assert_eq!((child.logs.len(), number(child, 299)), (300, "299".into()));
    assert_eq!(stats::read().count(Diagnostic::LogLimit) - before, 11);
}

#[test]
fn merged_span_keeps_500_refs() {
    let _counts = crate::exact_counts();
    #[entry_span(name = "outer", extract_each = first)]
    fn outer(first: &[String], second: &[String]) {
        inner(second);
    }
    #[entry_span(name = "inner", extract_each = second)]
    fn inner(second: &[String]) {
        let _ = second;
    }
    let batch = |from: u32| {
        (from..from + 400).map(|number| lines(&[("sw8", &sw8(number))])).collect::<Vec<_>>()
    };
    let before = stats::read().count(Diagnostic::RefLimit);
    let trees = run(|| outer(&batch(0), &batch(400)));
    assert_eq!((trees[0].root.refs.len(), trees[0].root.children.len()), (500, 0));
    assert_eq!(trees[0].root.tags, [("left_out".to_owned(), "refs=300".to_owned())]);
    assert_eq!(stats::read().count(Diagnostic::RefLimit) - before, 300);
}

// Feature: duplicate tag keys
#[test]
fn no_span_has_two_tags_of_one_key() {
    static TAGGED: Callsite = callsite!(
        entry,
        "tagged",
        tags = [("key", "literal"), ("key", "literal too"), ("other", "1")]
    );
    #[entry_span(name = "inner", tags("key" = 3))]
    fn inner() {
        current().tag("key", true).tag("other", "2").tag("unfinished", "mine");
    }
    let trees = run(|| span(&TAGGED).run(inner));
    assert_eq!(text(&trees), "Entry inner {key=true, other=2, unfinished=mine}\n");
}
