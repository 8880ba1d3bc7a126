//! Without threads, descriptors or memory of the operating system, the agent reports an error and
//! tries again. It never panics.

use crate::scene::{collector, run};

#[test]
fn look_up_without_a_thread_is_retried() {
    let (_runtime, collector) = collector();
    let ports = [("grpc", collector.grpc_addr().port()), ("http", collector.http_addr().port())];
    for (protocol, port) in ports {
        let ended = run(&["no-threads", protocol, &format!("localhost:{port}")]);
        assert_eq!(
            (ended.one("flushed_below"), ended.one("flushed_above"), ended.one("sent")),
            ("false", "true", "10"),
            "{protocol}: {ended:#?}"
        );
    }

    assert_eq!(collector.stats().segments_accepted, 20);
}

#[test]
fn log_line_without_a_thread_is_retried() {
    let ended = run(&["no-threads", "log", ""]);

    assert_eq!(
        (ended.one("flushed_below"), ended.one("flushed_above"), ended.one("sent")),
        ("false", "true", "10"),
        "{ended:#?}"
    );
    assert_eq!(ended.stderr.matches("\"/work\"").count(), 10, "{ended:#?}");
}

#[test]
fn reporter_without_a_thread_is_an_error() {
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
fn connection_without_a_descriptor_is_retried() {
    let (_runtime, collector) = collector();
    let ports = [("grpc", collector.grpc_addr().port()), ("http", collector.http_addr().port())];
    for (protocol, port) in ports {
        let ended = run(&["no-descriptors", protocol, &format!("localhost:{port}")]);
        assert_eq!(
            (ended.one("flushed_above"), ended.one("sent")),
            ("true", "10 dropped=0"),
            "{protocol}: {ended:#?}"
        );
    }
}

#[test]
fn few_descriptors_are_an_error_or_suffice() {
    let ended = run(&["few-descriptors"]);
    assert_eq!((ended.one("some_failed"), ended.one("starts")), ("true some_started=true", "true"));
}

#[test]
fn little_memory_is_an_error_or_suffices() {
    let ended = run(&["little-memory"]);
    assert_eq!((ended.one("some_failed"), ended.one("starts")), ("true some_started=true", "true"));
}
