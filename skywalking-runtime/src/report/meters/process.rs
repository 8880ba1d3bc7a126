//! The meters of the process: CPU, memory, threads, descriptors and uptime.

use std::time::{Duration, Instant};

use crate::meter::{PROCESS_PREFIX, Reading, Value};
use crate::sys::{ProcessUse, process_use};

/// Reads the meters of the process.
#[derive(Debug)]
pub(super) struct ProcessMeters {
    /// The CPU time at the last report, and when that was.
    last: (Option<Duration>, Instant),
}

impl ProcessMeters {
    pub(super) fn new() -> Self {
        Self { last: (process_use().cpu, Instant::now()) }
    }

    /// Returns the meters that the system shows.
    pub(super) fn read(&mut self) -> Vec<Reading> {
        let (now, at) = (process_use(), Instant::now());
        let (cpu, since) = std::mem::replace(&mut self.last, (now.cpu, at));
        let cpu = now
            .cpu
            .zip(cpu)
            .and_then(|(now, then)| share(now.saturating_sub(then), at.duration_since(since)));
        let ProcessUse { resident, virtual_size, threads, descriptors, age, .. } = now;
        #[allow(clippy::cast_precision_loss, reason = "the protocol has no other type")]
        let number = |value: Option<u64>| value.map(|value| value as f64);
        [
            ("cpu_percent", cpu),
            ("resident_memory_bytes", number(resident)),
            ("virtual_memory_bytes", number(virtual_size)),
            ("threads", number(threads)),
            ("open_descriptors", number(descriptors)),
            ("uptime_seconds", age.map(|age| age.as_secs_f64().floor())),
        ]
        .into_iter()
        .filter_map(|(name, value)| {
            let name = format!("{PROCESS_PREFIX}{name}");
            Some(Reading { name, labels: Vec::new(), value: Value::Gauge(value?) })
        })
        .collect()
    }
}

/// Returns the CPU time as a percentage of one CPU.
fn share(cpu: Duration, elapsed: Duration) -> Option<f64> {
    let share = 100.0 * cpu.as_secs_f64() / elapsed.as_secs_f64();
    share.is_finite().then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_share_is_a_percentage_of_one_cpu() {
        let seconds = Duration::from_secs;
        assert_eq!(share(seconds(5), seconds(20)), Some(25.0));
        assert_eq!(share(seconds(40), seconds(20)), Some(200.0));
        assert_eq!(share(seconds(1), seconds(0)), None);
    }

    #[cfg(target_os = "linux")]
    // Feature: meters of the process
    #[test]
    fn process_has_all_meters_on_linux() {
        let mut meters = ProcessMeters::new();
        let readings = meters.read();
        let names: Vec<_> = readings.iter().map(|reading| reading.name.as_str()).collect();
        let expected = [
            "instance_rust_process_cpu_percent",
            "instance_rust_process_resident_memory_bytes",
            "instance_rust_process_virtual_memory_bytes",
            "instance_rust_process_threads",
            "instance_rust_process_open_descriptors",
            "instance_rust_process_uptime_seconds",
        ];
        assert_eq!(names, expected);
        assert!(readings.iter().all(
            |reading| matches!(reading.value, Value::Gauge(value) if value.is_finite() && value >= 0.0)
        ));
    }
}
