//! A request that comes with a valid context is recorded whatever the sampler would say.

use crate::sampling::prelude::*;

fn forced(config: Config, header: &str) -> bool {
    let _running = start(config.sampling(Sampling::rate(0.0)));
    let trees = run(|| _ = serve("/users", header));
    assert!(is_idle());
    !trees.is_empty()
}

// Feature: sampling forced by the caller
#[test]
fn a_valid_context_forces_and_the_flag_is_not_looked_at() {
    assert!(forced(Config::new("s"), SW8));
    assert!(forced(Config::new("s"), &SW8.replacen("1-", "0-", 1)));
}

#[test]
fn what_is_no_context_forces_nothing() {
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
fn a_context_that_is_ignored_forces_nothing() {
    assert!(!forced(Config::new("s").inbound(Inbound::Ignore), SW8));
}

#[test]
fn the_limit_of_open_segments_stands_above_it() {
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
fn one_valid_context_of_a_batch_is_enough() {
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
fn every_kind_of_root_reads_the_context_before_sampling() {
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
