//! The limits of the correlation context, and the entries that become tags.

use skywalking_runtime::testing::{Test, run, text};
use skywalking_runtime::{
    Config,
    propagation::{capture, correlation},
    span,
};

use super::{CALL, ENTRY, sent_by, start};

/// The header with `tenant=blue`.
const TENANT: &str = "sw8-correlation:dGVuYW50:Ymx1ZQ==";

#[test]
fn limits_can_be_raised_and_lowered() {
    let running =
        start(Config::new("more").max_correlation_pairs(5).max_correlation_value_length(200));
    run(|| {
        span(&ENTRY).extract("sw8-correlation:YQ==:MQ==,Yg==:MQ==,Yw==:MQ==,ZA==:MQ==").run(|| {
            assert_eq!(
                ["a", "d", "e"].map(correlation::get).map(|value| value.is_some()),
                [true, true, false]
            );
            assert!(
                correlation::put("e", &"x".repeat(200))
                    && !correlation::put("e", &"x".repeat(201))
                    && !correlation::put("f", "1")
            );
        });
    });
    drop(running);
    let _running =
        start(Config::new("none").max_correlation_pairs(0).max_correlation_value_length(1));
    run(|| {
        span(&ENTRY).extract(TENANT).run(|| {
            assert!(correlation::get("tenant").is_none() && !correlation::put("a", "1"));
            assert!(!sent_by(&CALL).contains("sw8-correlation"));
        });
    });
}

#[test]
fn tag_key_is_a_tag_where_put_received_and_sent() {
    let _running = start(Config::new("tags").correlation_tags(["tenant", "user"]));
    let trees = run(|| {
        span(&ENTRY).extract(TENANT).run(|| {
            correlation::put("user", "7");
            correlation::put("other", "1");
            sent_by(&CALL);
            correlation::put("tenant", "");
            correlation::put("user", "8");
            sent_by(&CALL);
            let here = capture();
            std::thread::scope(|threads| {
                threads.spawn(|| here.run("elsewhere", || drop(sent_by(&CALL))));
            });
        });
    });
    assert_eq!(
        text(&trees),
        "Entry /entry {tenant=blue, user=8}\n  Exit call peer=other:1 {tenant=blue, user=7}\n  Exit call peer=other:1 {user=8}\n  \
         Local elsewhere ref=CrossThread\n    Exit call peer=other:1 {user=8}\n"
    );
}

#[test]
fn refused_values_and_unsampled_requests_have_no_tags() {
    let _running = start(Config::new("refused").correlation_tags(["tenant"]));
    let trees = run(|| span(&ENTRY).run(|| assert!(!correlation::put("tenant", &"x".repeat(129)))));

    assert_eq!(text(&trees), "Entry /entry\n");

    let mut sent = String::new();
    let trees = Test::new()
        .sampler(|_| false)
        .run(|| span(&ENTRY).extract(TENANT).run(|| sent = sent_by(&CALL)));

    assert_eq!((text(&trees).as_str(), sent.as_str()), ("", TENANT));
}
