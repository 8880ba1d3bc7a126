//! Where the operating system gives no thread, no descriptor or no memory, there is an error and
//! another try, and never a panic.

use crate::scene::{collector, run};

#[test]
fn no_thread_for_the_look_up_is_tried_again() {
    let (_runtime, collector) = collector();
    let ports = [("grpc", collector.grpc_addr().port()), ("http", collector.http_addr().port())];
    for (way, port) in ports {
        let ended = run(&["no-threads", way, &format!("localhost:{port}")]);
        assert_eq!(
            (ended.one("flushed_below"), ended.one("flushed_above"), ended.one("sent")),
            ("false", "true", "10"),
            "{way}: {ended:#?}"
        );
    }
    assert_eq!(collector.stats().segments_accepted, 20);
}

#[test]
fn no_thread_for_the_log_is_tried_again() {
    let ended = run(&["no-threads", "log", ""]);
    assert_eq!(
        (ended.one("flushed_below"), ended.one("flushed_above"), ended.one("sent")),
        ("false", "true", "10"),
        "{ended:#?}"
    );
    assert_eq!(ended.stderr.matches("\"/work\"").count(), 10, "{ended:#?}");
}

#[test]
fn no_thread_for_the_reporter_is_an_error() {
    let ended = run(&["few-threads"]);
    for error in ended.all("error") {
        assert!(
            error.starts_with("start: the reporter's thread could not be started: "),
            "{error}"
        );
    }
    assert_eq!(
        (ended.all("error").len(), ended.all("off"), ended.one("starts")),
        (3, vec!["true"; 3], "true")
    );
}

#[test]
fn no_descriptor_to_connect_is_tried_again() {
    let (_runtime, collector) = collector();
    let ports = [("grpc", collector.grpc_addr().port()), ("http", collector.http_addr().port())];
    for (way, port) in ports {
        let ended = run(&["no-descriptors", way, &format!("localhost:{port}")]);
        assert_eq!(
            (ended.one("flushed_above"), ended.one("sent")),
            ("true", "10 dropped=0"),
            "{way}: {ended:#?}"
        );
    }
}

#[test]
fn few_descriptors_are_an_error_or_enough() {
    let ended = run(&["few-descriptors"]);
    assert_eq!((ended.one("some_failed"), ended.one("starts")), ("true some_started=true", "true"));
}

#[test]
fn little_memory_is_an_error_or_enough() {
    let ended = run(&["little-memory"]);
    assert_eq!((ended.one("some_failed"), ended.one("starts")), ("true some_started=true", "true"));
}
