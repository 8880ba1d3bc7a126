//! Reads the state of this process from the operating system, and changes its limits and signals.

use std::fs;

/// A thread of this process, read from `/proc`.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) id: i32,
    pub(crate) name: String,
    /// The mask of the signals that it blocks: bit 0 is signal 1.
    pub(crate) blocked: u64,
}

/// Returns the threads of this process.
pub(crate) fn threads() -> Vec<Thread> {
    let mut threads = Vec::new();
    for entry in fs::read_dir("/proc/self/task").expect("Linux").flatten() {
        // A thread that has ended meanwhile has no file.
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

/// Returns the number of open descriptors.
pub(crate) fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Sets a soft limit, without changing the hard one.
pub(crate) fn limit(resource: libc::__rlimit_resource_t, soft: u64) {
    let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls only access the structure that they are given.
    unsafe {
        assert_eq!(libc::getrlimit(resource, &raw mut limits), 0);
        limits.rlim_cur = soft.min(limits.rlim_max);
        assert_eq!(libc::setrlimit(resource, &raw const limits), 0);
    }
}

/// Switches to a user id without other processes, if it is the superuser. Thread limits do not
/// apply to the superuser.
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

/// Sets the action of a signal to its default.
pub(crate) fn set_default(signal: i32) {
    // SAFETY: the default action is always valid.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Sends a signal to this process. Any thread may receive it.
pub(crate) fn raise_in_process(signal: i32) {
    // SAFETY: the call has no precondition.
    unsafe { libc::kill(libc::getpid(), signal) };
}

/// Returns a set of signals.
pub(crate) fn signal_set(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: `sigemptyset` initializes the set before anything reads it.
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
