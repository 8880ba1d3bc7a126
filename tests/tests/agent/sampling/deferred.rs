//! Arguments that are computed before the sampling decision, and those that are not.

use std::cell::Cell;

use crate::sampling::prelude::*;

thread_local! {
    static COMPUTED: Cell<&'static str> = const { Cell::new("") };
}

/// Records that an argument was computed.
fn noted<T>(what: &'static str, value: T) -> T {
    COMPUTED.set(match (COMPUTED.get(), what) {
        ("", first) => first,
        ("extract", "name") => "extract name",
        ("extract", "tag") => "extract tag",
        ("extract name", "tag") => "extract name tag",
        (before, now) => panic!("{now} after {before}"),
    });
    value
}

#[entry_span(name = noted("name", name), extract = noted("extract", header), tags("tag" = noted("tag", 1)))]
fn named(name: &str, header: &str) {}

#[entry_span(name = "/literal.png", extract = noted("extract", header), tags("tag" = noted("tag", 1)))]
fn literal(header: &str) {}

fn computed(work: impl FnOnce()) -> &'static str {
    COMPUTED.set("");
    run(work);
    COMPUTED.get()
}

#[test]
fn without_an_agent_nothing_is_computed() {
    let (agent, _turn) = start(Config::new("s"));
    drop(agent);
    COMPUTED.set("");
    named("/users", "");
    literal("");

    assert_eq!(COMPUTED.get(), "");
}

#[test]
fn request_ignored_by_name_computes_no_tags() {
    let _running = start(Config::new("s"));

    assert_eq!(computed(|| named("/users", "")), "extract name tag");
    assert_eq!(computed(|| named("/a.png", "")), "extract name");
    assert_eq!(computed(|| literal("")), "extract");
}

#[test]
fn request_excluded_by_the_rate_computes_no_name() {
    let _running = nothing();

    assert_eq!(computed(|| named("/users", "")), "extract");
    assert_eq!(computed(|| named("/users", SW8)), "extract name tag");
}

#[test]
fn unsampled_request_computes_nothing_in_its_children() {
    let _running = nothing();
    assert_eq!(computed(|| span(&ENTRY).run(|| named("/users", SW8))), "");
}

#[test]
fn request_ignored_by_its_first_name_computes_nothing_else() {
    static SERVED: Callsite = callsite!(entry, "HTTP").fallback();

    let described = |name: &str| {
        let mut recording = None;
        let describe = |span: &mut OpeningSpan<'_>| {
            recording = Some(span.extract("").name(name).is_recording());
        };
        let trees = run(|| ResumableSpan::open(&SERVED, describe, || ()).0.finish());
        (text(&trees), recording)
    };
    let _running = start(Config::new("s"));

    assert_eq!(described("/users"), ("Entry /users\n".to_owned(), Some(true)));
    assert_eq!(described("/a.png"), (String::new(), Some(false)));
}

#[test]
fn request_is_sampled_by_its_last_name() {
    static SERVED: Callsite = callsite!(entry, "/served.png").fallback();

    let described = |name: &str| {
        let describe = |span: &mut OpeningSpan<'_>| {
            assert!(span.is_recording(), "recording until the name is set");
            span.tag("early", 1)
                .tag_parts("pieces", &["a", "b"])
                .peer("one:1")
                .name(name)
                .tag("late", 2);
        };
        text(&run(|| {
            ResumableSpan::open(&SERVED, describe, || drop(span(&PART).enter())).0.finish();
        }))
    };
    let _running = start(Config::new("s"));

    assert_eq!(
        described("/users"),
        "Entry /users peer=one:1 {early=1, pieces=ab, late=2}\n  Local part\n"
    );
    assert_eq!(described("/a.png"), "");
    assert_eq!(described(""), "", "an empty name leaves the callsite's");
    assert!(is_idle());
}

#[test]
fn panicking_argument_leaves_no_open_span() {
    #[entry_span(name = fails(), extract = header)]
    fn broken(header: &str) {}
    fn fails() -> String {
        panic!("no name")
    }

    let _running = start(Config::new("s"));
    let trees = run(|| {
        assert!(std::panic::catch_unwind(|| broken(SW8)).is_err());
        assert!(is_idle());
        serve("/users", "");
    });

    assert_eq!(text(&trees), tree_of("/users"));
}
