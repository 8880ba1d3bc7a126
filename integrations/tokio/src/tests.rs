use skywalking_runtime::meter::{Value, read};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::*;

/// Returns the value of a meter of this runtime.
fn value(meter: &str, runtime: &str) -> Option<f64> {
    let label = [("runtime".to_owned(), runtime.to_owned())];
    let found = read().into_iter().find(|reading| {
        reading.name == format!("instance_rust_tokio_{meter}") && reading.labels == label
    });
    match found?.value {
        Value::Gauge(value) => Some(value),
        _ => None,
    }
}

// Feature: tokio runtimes
#[test]
fn meters_follow_the_tasks_of_a_runtime() {
    let runtime = Builder::new_current_thread().build().unwrap();
    register(runtime.handle(), "tasks").unwrap();
    assert_eq!(value("workers", "tasks"), Some(1.0));
    let (end, wait) = oneshot::channel::<()>();
    // Nothing polls them before `block_on`.
    let task = runtime.spawn(wait);
    runtime.spawn(async {});
    assert_eq!(
        (value("alive_tasks", "tasks"), value("global_queue_depth", "tasks")),
        (Some(2.0), Some(2.0))
    );
    end.send(()).unwrap();
    runtime.block_on(task).unwrap().unwrap();
    assert_eq!(value("alive_tasks", "tasks"), Some(0.0));
    assert_eq!(value("global_queue_depth", "tasks"), Some(0.0));
}

#[test]
fn busy_percent_grows_with_work_and_is_at_most_100() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    register(runtime.handle(), "busy").unwrap();
    let began = Instant::now();
    runtime
        .block_on(runtime.spawn(async move {
            while began.elapsed() < Duration::from_millis(50) {
                std::hint::spin_loop();
            }
        }))
        .unwrap();
    // The worker publishes its time when it goes to sleep, which may be after the task has ended.
    let mut busy = 0.0;
    while busy <= 0.0 && began.elapsed() < Duration::from_secs(30) {
        busy = value("busy_percent", "busy").unwrap();
        std::thread::yield_now();
    }
    assert!(busy > 0.0 && busy <= 100.0, "{busy}");
}

#[test]
fn share_is_of_all_workers() {
    let seconds = Duration::from_secs;
    for (busy, elapsed, workers, expected) in
        [(10, 20, 1, 50.0), (10, 20, 4, 12.5), (30, 20, 1, 100.0)]
    {
        assert!((share(seconds(busy), seconds(elapsed), workers) - expected).abs() < 1e-9);
    }
}

#[test]
fn second_runtime_of_the_same_name_is_refused() {
    let runtime = Builder::new_current_thread().build().unwrap();
    register(runtime.handle(), "twice").unwrap();
    let error = register(runtime.handle(), "twice").unwrap_err();
    assert!(error.to_string().contains("a gauge with this name and these labels"), "{error}");
}

#[test]
fn blocking_threads_are_there_with_tokio_unstable_only() {
    let runtime = Builder::new_current_thread().build().unwrap();
    register(runtime.handle(), "blocking").unwrap();
    assert_eq!(value("blocking_threads", "blocking").is_some(), cfg!(tokio_unstable));
}
