//! The threads of the agent receive none of the program's signals.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use crate::scene::{Ended, HangingNames, Stderr, run, run_with};

/// SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT and SIGSYS. They report an error of the thread
/// itself.
const OPEN: [i32; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGSYS,
];
/// Signals that cannot be blocked: SIGKILL, SIGSTOP, and those that the C library reserves.
const RESERVED: [i32; 4] = [libc::SIGKILL, libc::SIGSTOP, 32, 33];

#[track_caller]
fn assert_masks(ended: &Ended, expected: &[&str]) {
    let threads = ended.all("thread");
    let mut names: Vec<_> =
        threads.iter().map(|thread| thread.rsplit_once(' ').expect("a mask").0).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, expected);
    let clear = OPEN.iter().chain(&RESERVED).fold(0_u64, |mask, signal| mask | 1 << (signal - 1));
    for thread in threads {
        let mask = u64::from_str_radix(thread.rsplit_once(' ').expect("a mask").1, 16)
            .expect("hexadecimal");
        assert_eq!(mask, !clear, "{thread}: {mask:064b}");
    }
}

#[test]
fn mask_of_reporter_and_look_up_blocks_all_but_faults() {
    let names = HangingNames::new("mask");
    let ended = run_with(&["mask", "hangs:11800"], Stderr::Read, &[names.variable()]);

    assert_eq!(ended.one("restored"), "true", "the program's own thread has its mask back");
    // The kernel stores 15 bytes of a thread's name.
    assert_masks(&ended, &["skywalking-look", "skywalking-repo"]);
}

#[test]
fn mask_of_log_writer_blocks_all_but_faults() {
    // The first log line hangs too.
    let ended = run_with(&["mask-of-writer"], Stderr::Full, &[]);
    assert_masks(&ended, &["skywalking-log", "skywalking-repo", "skywalking-stde"]);
}

#[test]
fn sigwait_receives_every_signal_of_the_process() {
    let ended = run(&["waits-for-signals"]);
    assert_eq!(ended.one("taken"), "180 of 180");
}

#[test]
fn sigpipe_of_closed_stderr_does_not_end_the_program() {
    let ended = run_with(&["broken-stderr"], Stderr::Closed, &[]);
    assert_eq!(ended.one("alive"), "true");
}

#[test]
fn sigpipe_of_broken_connections_does_not_end_the_program() {
    for protocol in ["grpc", "http"] {
        let ended = run(&["broken-connections", protocol, &breaking_peer().to_string()]);
        assert_eq!((ended.one("alive"), ended.one("unsent")), ("true", "true"));
    }
}

/// Closes its side of each connection, and resets it while the other side writes. The next write
/// there raises SIGPIPE.
fn breaking_peer() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut some = [0; 64];
                drop(stream.read(&mut some));
                drop(stream.shutdown(std::net::Shutdown::Write));
                // Unread bytes turn the close into a reset.
                drop(stream.set_read_timeout(Some(Duration::from_millis(20))));
                drop(stream.peek(&mut some));
            });
        }
    });
    address
}
