//! A request with a valid context is always recorded, regardless of the sampler.

use crate::sampling::prelude::*;

fn forced(config: Config, header: &str) -> bool {
    let _running = start(config.sampling(Sampling::rate(0.0)));
    let trees = run(|| _ = serve("/users", header));
    assert!(is_idle());
    !trees.is_empty()
}

// Feature: sampling forced by the caller
#[test]
fn valid_context_forces_regardless_of_its_flag() {
    assert!(forced(Config::new("s"), SW8));
    assert!(forced(Config::new("s"), &SW8.replacen("1-", "0-", 1)));
}

#[test]
fn invalid_context_forces_nothing() {
    for header in [
        "",
        "sw8:rubbish",
        "sw8:",
        "sw8-correlation:dGVuYW50:Ymx1ZQ==",
        "sw8:2-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox",
    ] {
        assert!(!forced(Config::new("s"), header), "{header}");
    }
}

#[test]
fn ignored_context_forces_nothing() {
    assert!(!forced(Config::new("s").inbound(Inbound::Ignore), SW8));
}

#[test]
fn open_segment_limit_has_precedence() {
    let _running = start(Config::new("s").max_open_segments(1));
    let trees = run(|| {
        let mut first = span(&ENTRY).resumable();
        first.run(|| ());
        let left_out = counted(Diagnostic::UnsampledLiveLimit, || _ = serve("/users", SW8));
        assert_eq!(left_out, 1);
        first.finish();
    });

    assert_eq!(text(&trees), "Entry /entry\n");
}

#[test]
fn one_valid_context_in_a_batch_forces() {
    #[entry_span(name = "/consume", extract_each = headers)]
    fn consume(headers: &[&str]) {}

    let _running = nothing();
    let trees = run(|| {
        consume(&["", "sw8:rubbish"]);
        consume(&["", SW8, "sw8:rubbish"]);
    });

    assert_eq!(text(&trees), "Entry /consume ref=CrossProcess\n");
}

#[test]
fn every_kind_of_root_extracts_before_sampling() {
    static SERVED: Callsite = callsite!(entry, "/served");
    #[entry_span(name = "/async", extract = header)]
    async fn asynchronous(header: String) {}
    #[entry_span(name = "/covers", extract = header, covers = future)]
    fn covers(header: &str) -> impl Future<Output = ()> + use<> {
        std::future::ready(())
    }

    let _running = nothing();
    let trees = run(|| {
        for header in ["", SW8] {
            futures::executor::block_on(asynchronous(header.to_owned()));
            futures::executor::block_on(covers(header));
            futures::executor::block_on(
                span(&SERVED).extract(header).name("/future").future(std::future::ready(())),
            );
            span(&SERVED).extract(header).run(|| ());
            span(&SERVED).name("/resumable").extract(header).resumable().run(|| ());
            ResumableSpan::open(&SERVED, |span| _ = span.extract(header).name("/described"), || ())
                .0
                .finish();
        }
    });
    let names: Vec<_> = trees
        .iter()
        .flat_map(|tree| std::iter::once(&tree.root))
        .map(|root| root.name.as_str())
        .collect();

    assert_eq!(
        names,
        ["/async", "/covers", "/future", "/served", "/resumable", "/described"],
        "{}",
        text(&trees)
    );
    assert!(is_idle());
}
