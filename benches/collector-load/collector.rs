//! The program under load: its process, its memory and its counters.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::segments::{SEGMENTS_OF_A_TRACE, SPANS_OF_A_SEGMENT};
use crate::{Outcome, queries};

/// A running program. Killed on drop.
pub(crate) struct Collector {
    child: Child,
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
}

/// The memory of the program, in bytes.
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

/// Counters of `/api/stats`.
pub(crate) struct Counters {
    pub(crate) segments_accepted: u64,
    pub(crate) spans_accepted: u64,
    pub(crate) spans_stored: u64,
    pub(crate) spans_evicted: u64,
    pub(crate) traces_stored: u64,
    pub(crate) traces_evicted: u64,
    pub(crate) bytes_stored: u64,
    /// Segments that are refused, duplicates or empty, and refused management calls.
    not_stored: u64,
}

impl Collector {
    pub(crate) fn start(program: &str, max_spans: u64, max_bytes: u64) -> Outcome<Self> {
        let mut child = Command::new(program)
            .args(["--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"])
            .arg(format!("--max-spans={max_spans}"))
            .arg(format!("--max-bytes={max_bytes}"))
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("can't start {program}: {error}"))?;
        let mut lines =
            BufReader::new(child.stdout.take().ok_or("standard output is not piped")?).lines();
        let mut address = |prefix: &str| -> Outcome<SocketAddr> {
            let line = lines.next().ok_or("the program has ended")??;
            let address = line.strip_prefix(prefix).ok_or_else(|| format!("unexpected: {line}"))?;
            Ok(address.parse()?)
        };
        let grpc = address("grpc listening on ")?;
        let http = address("http listening on ")?;
        Ok(Self { child, grpc, http })
    }

    /// Reads the memory from the process file system of Linux.
    pub(crate) fn memory(&self) -> Outcome<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = |name: &str| -> Outcome<u64> {
            let line =
                status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no memory")?;
            Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
        };
        Ok(Memory { resident: kib("VmRSS:")?, peak: kib("VmHWM:")? })
    }

    pub(crate) async fn counters(&self) -> Outcome<Counters> {
        let stats: Value = serde_json::from_slice(&queries::get(self.http, "/api/stats").await?)?;
        let number = |name: &str| {
            stats[name].as_u64().ok_or_else(|| format!("no counter {name} in {stats}"))
        };
        Ok(Counters {
            segments_accepted: number("segmentsAccepted")?,
            spans_accepted: number("spansAccepted")?,
            spans_stored: number("spansStored")?,
            spans_evicted: number("spansEvicted")?,
            traces_stored: number("tracesStored")?,
            traces_evicted: number("tracesEvicted")?,
            bytes_stored: number("bytesStored")?,
            not_stored: number("segmentsRefused")?
                + number("segmentsDuplicate")?
                + number("segmentsEmpty")?
                + number("managementRefused")?,
        })
    }

    /// Fails if the program has ended already.
    pub(crate) fn end(mut self) -> Outcome<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the collector has ended: {status}").into()),
        }
    }
}

impl Counters {
    /// Fails if a counter differs from what was sent. A trace that is evicted while its segments
    /// arrive is stored again, so there may be more traces than were sent.
    pub(crate) fn check(&self, segments: u64) -> Outcome<()> {
        for (name, found, expected) in [
            ("segments accepted", self.segments_accepted, segments),
            ("spans accepted", self.spans_accepted, segments * SPANS_OF_A_SEGMENT),
            (
                "spans stored and evicted",
                self.spans_stored + self.spans_evicted,
                self.spans_accepted,
            ),
            ("segments not stored", self.not_stored, 0),
        ] {
            if found != expected {
                return Err(format!("{name}: {found}, expected {expected}").into());
            }
        }
        let traces = self.traces_stored + self.traces_evicted;
        if traces < segments.div_ceil(SEGMENTS_OF_A_TRACE) {
            return Err(format!("traces stored and evicted: only {traces}").into());
        }
        Ok(())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
