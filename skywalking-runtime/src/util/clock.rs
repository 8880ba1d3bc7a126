//! The time of a span: a raw counter is read at its start and at its end.
//!
//! The counter is chosen once, at the first start of a tracer: the time-stamp counter if the kernel
//! uses it for its own clock, the virtual counter on aarch64, else [`Instant`]. Nothing is
//! calibrated here: an [`Anchor`] pairs the counter with the clocks, and the reporter interpolates
//! between anchors (`report/timeline`). Nothing runs before `main`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use once_cell::race::{OnceBool, OnceBox};

/// Whether stamps come from the processor's counter. Written once, before the first stamp is taken:
/// a stamp needs a segment, and a segment needs the tracer, which was read under the lock that its
/// start released after the choice. So a relaxed load is enough.
static RAW: AtomicBool = AtomicBool::new(false);
static BASE: OnceBox<Instant> = OnceBox::new();

/// A stamp: ticks of the chosen counter, never 0, so that 0 can mean "still open".
#[inline]
pub(crate) fn now() -> u64 {
    if RAW.load(Ordering::Relaxed) { counter() } else { elapsed() }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[allow(unsafe_code)]
fn counter() -> u64 {
    // SAFETY: reading the time-stamp counter has no precondition and no side effect.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(target_arch = "aarch64")]
#[inline]
#[allow(unsafe_code)]
fn counter() -> u64 {
    let ticks: u64;
    // SAFETY: the virtual counter is readable from user space on every kernel that runs Rust's std;
    // the read has no side effect.
    unsafe {
        core::arch::asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack, preserves_flags))
    };
    ticks
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline]
fn counter() -> u64 {
    elapsed()
}

/// Returns the nanoseconds since the clock was chosen, plus 1.
#[cold]
fn elapsed() -> u64 {
    u64::try_from(base().elapsed().as_nanos()).unwrap_or(u64::MAX - 1) + 1
}

/// Returns the moment at which the clock was chosen.
fn base() -> &'static Instant {
    BASE.get_or_init(|| Box::new(Instant::now()))
}

/// Chooses the counter. Later calls have no effect.
pub(crate) fn choose() {
    // Not a lock: a forked child could wait for a thread that it does not have.
    static TRUSTED: OnceBool = OnceBool::new();
    base();
    RAW.store(TRUSTED.get_or_init(counter_is_trusted), Ordering::Relaxed);
    first_anchor();
}

#[cfg(target_arch = "x86_64")]
fn counter_is_trusted() -> bool {
    // Trusts the kernel's choice. The processor's flag counts only if the kernel cannot be asked.
    match std::fs::read_to_string(
        "/sys/devices/system/clocksource/clocksource0/current_clocksource",
    ) {
        Ok(source) => source.trim() == "tsc",
        Err(_) => invariant_counter(),
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, unused_unsafe)]
fn invariant_counter() -> bool {
    use core::arch::x86_64::__cpuid;
    // SAFETY: every x86_64 processor has the CPUID instruction.
    let (highest, power) = unsafe { (__cpuid(0x8000_0000).eax, __cpuid(0x8000_0007).edx) };
    highest >= 0x8000_0007 && power & (1 << 8) != 0
}

#[cfg(not(target_arch = "x86_64"))]
fn counter_is_trusted() -> bool {
    cfg!(target_arch = "aarch64")
}

/// How many seconds a test has moved the wall clock forward. Negative numbers as two's complement.
#[cfg(test)]
pub(crate) static WALL_AHEAD: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// The counter, the monotonic clock and the wall clock, read at the same moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    /// The stamp at this moment.
    pub(crate) counter: u64,
    /// Nanoseconds of the monotonic clock since the counter was chosen.
    pub(crate) monotonic: u64,
    /// Nanoseconds since 1970.
    pub(crate) wall: u64,
}

/// Returns how many ticks of the counter so much time takes, by its rate since the clock was chosen.
#[cold]
pub(crate) fn ticks(time: std::time::Duration) -> u64 {
    let nanoseconds = time.as_nanos();
    if !RAW.load(Ordering::Relaxed) {
        return u64::try_from(nanoseconds).unwrap_or(u64::MAX);
    }
    let (first, now) = (first_anchor(), anchor());
    let counted = u128::from(now.counter.saturating_sub(first.counter));
    let passed = u128::from(now.monotonic.saturating_sub(first.monotonic)).max(1);
    u64::try_from(nanoseconds.saturating_mul(counted) / passed).unwrap_or(u64::MAX)
}

/// Returns the clocks as of when the counter was chosen.
fn first_anchor() -> &'static Anchor {
    static FIRST: OnceBox<Anchor> = OnceBox::new();
    FIRST.get_or_init(|| Box::new(anchor()))
}

/// Returns a time in epoch milliseconds, or 0 if it is before 1970.
#[cfg(feature = "agent")]
pub(crate) fn epoch_milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Pairs the three clocks. Takes the best of five tries, since the thread may be preempted between
/// two reads.
pub(crate) fn anchor() -> Anchor {
    let mut best = try_anchor();
    for _ in 0..4 {
        let next = try_anchor();
        if next.1 < best.1 {
            best = next;
        }
    }
    best.0
}

fn try_anchor() -> (Anchor, u64) {
    let before = now();
    let monotonic = base().elapsed();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    #[cfg(test)]
    let wall = std::time::Duration::new(
        wall.as_secs().wrapping_add(WALL_AHEAD.load(Ordering::Relaxed)),
        wall.subsec_nanos(),
    );
    let after = now();
    let width = after.saturating_sub(before);
    let anchor = Anchor {
        counter: before + width / 2,
        monotonic: u64::try_from(monotonic.as_nanos()).unwrap_or(u64::MAX),
        wall: u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX),
    };
    (anchor, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_not_zero_and_do_not_decrease_on_one_thread() {
        choose();
        let mut last = 0;
        for _ in 0..10_000 {
            let stamp = now();
            assert!(stamp > 0 && stamp >= last, "{stamp} after {last}");
            last = stamp;
        }
    }

    #[test]
    fn fallback_counts_nanoseconds() {
        let (from, started) = (elapsed(), Instant::now());
        let to = elapsed();
        assert!(
            to >= from && u128::from(to - from) <= started.elapsed().as_nanos() + 1_000_000_000
        );
    }
}
