//! What the system knows of this process: CPU time, memory, threads, descriptors and age. Values
//! that the system does not show are `None`.

use std::time::Duration;

/// What this process uses now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProcessUse {
    /// The CPU time of all threads since the process started.
    pub(crate) cpu: Option<Duration>,
    /// Memory in use, in bytes.
    pub(crate) resident: Option<u64>,
    /// Reserved addresses, in bytes.
    pub(crate) virtual_size: Option<u64>,
    pub(crate) threads: Option<u64>,
    /// Open file descriptors.
    pub(crate) descriptors: Option<u64>,
    /// The time since the process started.
    pub(crate) age: Option<Duration>,
}

/// Returns what this process uses now.
pub(crate) fn process_use() -> ProcessUse {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = |name| number_of(&status, name).map(|kibibytes| kibibytes * 1024);
    ProcessUse {
        cpu: cpu_time(),
        resident: kibibytes("VmRSS:"),
        virtual_size: kibibytes("VmSize:"),
        threads: number_of(&status, "Threads:"),
        descriptors: descriptors(),
        age: age(),
    }
}

/// Returns the number in the line that begins with `name`.
fn number_of(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn descriptors() -> Option<u64> {
    let entries = std::fs::read_dir("/proc/self/fd").ok()?.count();
    // One of them is that of the look itself.
    Some(entries.saturating_sub(1) as u64)
}

#[cfg(unix)]
fn cpu_time() -> Option<Duration> {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

#[cfg(not(unix))]
fn cpu_time() -> Option<Duration> {
    None
}

/// Reads a clock of the system.
#[cfg(unix)]
#[allow(unsafe_code)]
fn clock(id: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the result and is not read before the call.
    let failed = unsafe { libc::clock_gettime(id, &raw mut time) } != 0;
    let seconds = u64::try_from(time.tv_sec).ok()?;
    (!failed).then(|| Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default()))
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn age() -> Option<Duration> {
    // SAFETY: it reads a constant of the system.
    let ticks = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let started = Duration::from_secs(started_ticks(&stat)?) / u32::try_from(ticks.max(1)).ok()?;
    Some(clock(libc::CLOCK_BOOTTIME)?.saturating_sub(started))
}

#[cfg(not(target_os = "linux"))]
fn age() -> Option<Duration> {
    None
}

/// Returns the 22nd field of the text: when the process started after the system did, in ticks.
#[cfg(any(target_os = "linux", test))]
fn started_ticks(stat: &str) -> Option<u64> {
    // The second field is the name of the program in parentheses, which may contain spaces and
    // parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(22 - 3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_proc_are_found_by_name_and_place() {
        let status = "Name:\tVmRSS:\nVmSize:\t  2048 kB\nVmRSS:\t 1024 kB\nThreads:\t12\n";
        let found = ["VmSize:", "VmRSS:", "Threads:", "None:"].map(|name| number_of(status, name));
        assert_eq!(found, [Some(2048), Some(1024), Some(12), None]);
        let rest: Vec<String> = (4..=52).map(|field| field.to_string()).collect();
        assert_eq!(started_ticks(&format!("1 (a) b) c) S {}", rest.join(" "))), Some(22));
        assert_eq!(started_ticks("1 (a) S 4 5"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn process_use_follows_threads_descriptors_and_memory() {
        let before = process_use();
        let (ready, wait) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || wait.recv());
        let files: Vec<_> =
            (0..50).map(|_| std::fs::File::open("/proc/self/status").unwrap()).collect();
        let memory = vec![1_u8; 64 << 20];
        let after = process_use();
        drop((files, ready));
        assert!(thread.join().unwrap().is_err());
        assert_eq!(memory.iter().map(|byte| usize::from(*byte)).sum::<usize>(), 64 << 20);
        // Other tests use threads, files and memory meanwhile, so there are no exact numbers.
        assert!(after.resident > Some(64 << 20) && after.virtual_size > after.resident);
        assert!(after.threads >= Some(2) && after.descriptors >= Some(50));
        assert!(after.cpu >= before.cpu && after.age >= before.age);
        assert!(after.age < Some(Duration::from_secs(86_400)));
    }
}
