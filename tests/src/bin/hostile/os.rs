//! What the operating system says of this process, and what the process asks of it.

use std::fs;

/// One thread of this process, by `/proc`.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) id: i32,
    pub(crate) name: String,
    /// The mask of the signals that it blocks: bit 0 is signal 1.
    pub(crate) blocked: u64,
}

/// The threads of this process.
pub(crate) fn threads() -> Vec<Thread> {
    let mut threads = Vec::new();
    for entry in fs::read_dir("/proc/self/task").expect("Linux").flatten() {
        // One that ended meanwhile has no file any more.
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        threads.push(Thread {
            id: entry.file_name().to_string_lossy().parse().expect("a number"),
            name: field("Name:"),
            blocked: u64::from_str_radix(&field("SigBlk:"), 16).unwrap_or_default(),
        });
    }
    threads
}

/// How many descriptors are open.
pub(crate) fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Sets a soft limit and leaves the hard one.
pub(crate) fn limit(resource: libc::__rlimit_resource_t, soft: u64) {
    let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls read or write the one structure that they are given.
    unsafe {
        assert_eq!(libc::getrlimit(resource, &raw mut limits), 0);
        limits.rlim_cur = soft.min(limits.rlim_max);
        assert_eq!(libc::setrlimit(resource, &raw const limits), 0);
    }
}

/// Becomes a user of whom nobody else is, if it is the superuser, whom limits of threads do not
/// bind.
pub(crate) fn become_nobody() {
    // SAFETY: the calls have no precondition.
    unsafe {
        if libc::getuid() == 0 {
            let user = 60_000 + u32::try_from(libc::getpid() % 4_000).expect("positive");
            assert_eq!(libc::setgid(user), 0);
            assert_eq!(libc::setuid(user), 0);
        }
    }
}

/// Sets what a signal does to its default.
pub(crate) fn set_default(signal: i32) {
    // SAFETY: the default action is always a valid one.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Sends a signal to this process, for whichever thread takes it.
pub(crate) fn raise_in_process(signal: i32) {
    // SAFETY: the call has no precondition.
    unsafe { libc::kill(libc::getpid(), signal) };
}

/// A set of signals.
pub(crate) fn signal_set(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: the set is initialized by `sigemptyset` before anything reads it.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        for signal in signals {
            libc::sigaddset(&raw mut set, *signal);
        }
        set
    }
}

/// Blocks signals in the calling thread.
pub(crate) fn block(signals: &[i32]) {
    let set = signal_set(signals);
    // SAFETY: the set is initialized.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
}
