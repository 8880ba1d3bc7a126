//! Programs that use the default action of signals, or wait for signals.

use std::time::Duration;

use skywalking_runtime::config::SelfLog;

use super::{config, os, requests, wait_for};

/// Prints the signal masks of all threads while a look-up of the backend's name hangs.
pub(crate) fn mask(backend: &str) {
    let before = main_mask();
    // Without the thread that writes the first log line.
    let agent = config("grpc", backend).self_log(SelfLog::Off).start().expect("an agent");
    println!("restored={}", main_mask() == before);
    requests(10);
    assert!(wait_for(|| is_there("skywalking-look")), "a look-up has a thread of its own");
    print_masks();
    let _ = agent.shutdown(Duration::from_millis(100));
}

/// Prints the signal masks of all threads while writes to standard error block.
pub(crate) fn mask_of_writer() {
    // More bytes than the pipe can buffer.
    eprint!("{}", " ".repeat(64 * 1024));
    let agent = config("log", "").start().expect("an agent");
    requests(2_000);
    assert!(
        wait_for(|| is_there("skywalking-stde") && is_there("skywalking-log")),
        "lines are written on threads of their own"
    );
    print_masks();
    let _ = agent.shutdown(Duration::from_millis(100));
}

fn is_there(name: &str) -> bool {
    os::threads().iter().any(|thread| thread.name == name)
}

fn main_mask() -> u64 {
    let main = i32::try_from(std::process::id()).expect("a process id");
    os::threads().iter().find(|thread| thread.id == main).expect("the main thread").blocked
}

fn print_masks() {
    let main = i32::try_from(std::process::id()).expect("a process id");
    // The C library blocks all signals while it creates a thread, in both threads.
    wait_for(|| {
        os::threads().iter().all(|thread| thread.blocked & (1 << (libc::SIGSEGV - 1)) == 0)
    });
    for thread in os::threads().iter().filter(|thread| thread.id != main) {
        println!("thread={} {:016x}", thread.name, thread.blocked);
    }
}

/// Waits for signals that are sent to the process. Each would end it if another thread received it.
pub(crate) fn waits() {
    const SIGNALS: &[i32] = &[
        libc::SIGTERM,
        libc::SIGINT,
        libc::SIGHUP,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGALRM,
        libc::SIGPROF,
        libc::SIGVTALRM,
        libc::SIGPIPE,
    ];
    let agent = config("log", "").start().expect("an agent");
    assert!(agent.flush(Duration::from_secs(10)), "the agent's thread runs");
    // Blocked after the start, since the agent's threads inherit the mask.
    os::block(SIGNALS);
    for signal in SIGNALS {
        os::set_default(*signal);
    }
    let mut taken = 0;
    for _ in 0..20 {
        for signal in SIGNALS {
            os::raise_in_process(*signal);
            let (set, mut got) = (os::signal_set(&[*signal]), 0);
            // SAFETY: the set is initialized, and the pointer is valid for writes.
            assert_eq!(unsafe { libc::sigwait(&raw const set, &raw mut got) }, 0);
            taken += usize::from(got == *signal);
        }
    }
    println!("taken={taken} of {}", 20 * SIGNALS.len());
    let _ = agent.shutdown(Duration::from_millis(100));
}

/// Closes the reading end of standard error. By default a write to a broken pipe ends the program.
pub(crate) fn broken_stderr() {
    os::set_default(libc::SIGPIPE);
    let agent = config("log", "").start().expect("an agent");
    requests(10);
    println!("flushed={}", agent.flush(Duration::from_secs(1)));
    let _ = agent.shutdown(Duration::from_millis(500));
    println!("alive=true");
}

/// The backend breaks every connection during a write.
pub(crate) fn broken_connections(protocol: &str, backend: &str) {
    os::set_default(libc::SIGPIPE);
    let agent = config(protocol, backend).start().expect("an agent");
    let text = "x".repeat(2_000);
    for _ in 0..20 {
        for _ in 0..500 {
            super::request_with(&text);
        }
        agent.flush(Duration::from_millis(300));
    }
    let report = agent.shutdown(Duration::from_millis(500));
    println!("unsent={}", report.sent == 0);
    println!("alive=true");
}
