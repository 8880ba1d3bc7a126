//! Requests that are ignored by name.

use crate::sampling::prelude::*;

// Feature: ignore by suffix
#[test]
fn static_files_are_ignored_by_default_with_children() {
    let others = ["/users", "/users.txt", "/png", "/logo.png/users"];
    let _running = start(Config::new("s"));
    let mut left_out = 0;
    let trees = run(|| {
        left_out = counted(Diagnostic::IgnoredSuffix, || {
            // The list of the Java agent.
            for suffix in [
                "jpg", "jpeg", "js", "css", "png", "bmp", "gif", "ico", "mp3", "mp4", "html", "svg",
            ] {
                serve(&format!("/static/file.{suffix}"), "");
            }
            serve("GET:/static/app.min.js", "");
        });
        for name in others {
            serve(name, "");
        }
    });

    assert_eq!((text(&trees), left_out), (others.map(tree_of).concat(), 13));
    assert!(is_idle());
}

// Feature: trace id of unsampled requests
#[test]
fn ignore_list_overrides_the_incoming_context() {
    let _running = start(Config::new("s").ignore_paths(["/health/**"]));
    let mut ids = Vec::new();
    let trees = run(|| {
        let left_out =
            counted(Diagnostic::IgnoredPath, || ids.push(serve("GET:/health/live", SW8)));
        assert_eq!(left_out, 1);
        ids.push(serve("/logo.png", SW8));
    });

    assert_eq!(text(&trees), "");
    assert_eq!(ids, [Some("trace-1".to_owned()), Some("trace-1".to_owned())]);
}

#[test]
fn ignored_request_uses_no_budget_and_calls_no_sampler() {
    let _running = sampling(Sampling::custom(|name: &str| {
        assert_eq!(name, "/users", "only this one is asked about");
        true
    }));
    let panicked = counted(Diagnostic::SamplerPanicked, || {
        let trees = run(|| {
            serve("/logo.png", "");
            serve("/users", "");
        });
        assert_eq!(text(&trees), tree_of("/users"));
    });

    assert_eq!(panicked, 0);
}

#[test]
fn only_the_first_span_is_matched() {
    let _running = start(Config::new("s").ignore_paths(["local", "/exit.png", "/renamed"]));
    let trees = run(|| {
        serve("/users", "");
        span(&ENTRY).run(|| _ = current().set_name("/renamed"));
        local();
        exit();
    });

    assert_eq!(text(&trees), tree_of("/users") + "Entry /renamed\n");
}

// Feature: ignore by path pattern
#[test]
fn continuation_of_an_ignored_request_is_ignored() {
    let _running = start(Config::new("s"));
    let mut ids = Vec::new();
    let trees = run(|| {
        let snapshot = span(&ENTRY).name("/logo.png").run(|| {
            ids.push(trace_id());
            std::thread::scope(|scope| _ = scope.spawn(local.traced("thread")).join());
            futures::executor::block_on(async { local() }.traced("future"));
            assert!(correlation::put("tenant", "blue"));
            capture()
        });
        // The request has ended, and its decision still applies.
        snapshot.run("late", || {
            local();
            ids.push(trace_id());
            assert_eq!(correlation::get("tenant").as_deref(), Some("blue"));
        });
    });

    assert_eq!(text(&trees), "");
    assert!(ids[0].is_some() && ids[0] == ids[1], "{ids:?}");
    assert!(is_idle());
}

#[test]
fn lists_can_be_emptied_and_replaced() {
    let none: [&str; 0] = [];
    {
        let _running = start(Config::new("s").ignore_suffixes(none));
        assert_eq!(text(&run(|| _ = serve("/logo.png", ""))), tree_of("/logo.png"));
    }
    let _running = start(Config::new("s").ignore_suffixes([".txt"]));
    let trees = run(|| {
        serve("/logo.png", "");
        serve("/robots.txt", "");
    });

    assert_eq!(text(&trees), tree_of("/logo.png"));
}
