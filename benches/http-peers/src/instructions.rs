//! Counts instructions per request with valgrind's callgrind, for the calling thread and for all
//! threads.
//!
//! For each variant one process makes the calls of `calls.rs`, and a second one makes twice as
//! many. The difference is the cost of the requests of half the rounds. It excludes the start of
//! the process, and includes a share of the work that is done once a round.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::calls::{REQUESTS, calls, client};
use crate::variants::{Sink, Variant};
use crate::{Outcome, rounds};

/// The first rounds of each process, which warm up.
const ROUNDS: u32 = 4;

/// The instructions of a request.
#[derive(Clone, Copy, Default)]
pub(crate) struct Instructions {
    pub(crate) caller: f64,
    pub(crate) all: f64,
}

/// Measures each variant.
pub(crate) fn measure() -> Outcome<[Instructions; Variant::ALL.len()]> {
    let mut found = [Instructions::default(); Variant::ALL.len()];
    for (index, found) in found.iter_mut().enumerate() {
        let (once, twice) = (count(index, ROUNDS)?, count(index, 2 * ROUNDS)?);
        let requests = f64::from(ROUNDS * REQUESTS);
        *found = Instructions {
            caller: (twice.caller - once.caller) / requests,
            all: (twice.all - once.all) / requests,
        };
    }
    Ok(found)
}

/// The function that callgrind runs. It has a name, because counting is reset when it is entered: a
/// clock is calibrated before `main`.
#[inline(never)]
pub(crate) fn work(variant: &str, rounds: &str) -> Outcome<()> {
    let variant = *Variant::ALL.get(variant.parse::<usize>()?).ok_or("no such variant")?;
    let started = variant.start(Sink::Count);
    let mut client = client(&*started)?;
    for _ in 0..rounds.parse()? {
        rounds::round(variant, &*started, REQUESTS, || calls(&mut client))?;
    }
    Ok(())
}

/// Returns all instructions of a process that makes the calls of `rounds` rounds.
fn count(variant: usize, rounds: u32) -> Outcome<Instructions> {
    let folder = std::env::temp_dir().join(format!("http-peers-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let counted = callgrind(variant, rounds, &folder).and_then(|()| read(&folder));
    fs::remove_dir_all(&folder)?;
    counted
}

fn callgrind(variant: usize, rounds: u32, folder: &Path) -> Outcome<()> {
    let out = folder.join("threads");
    let run = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--separate-threads=yes",
            "--quiet",
            "--zero-before=http_peers::instructions::work*",
        ])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args(["count", &variant.to_string(), &rounds.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            format!("cannot start valgrind ({error}); on Debian install the package `valgrind`")
        })?;
    if run.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
        .into())
}

/// Reads one file for each thread. Its name ends with the number of the thread.
fn read(folder: &Path) -> Outcome<Instructions> {
    let mut found = Instructions::default();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let Some((_, thread)) = path.to_str().and_then(|path| path.rsplit_once("threads-")) else {
            continue;
        };
        let text = fs::read_to_string(&path)?;
        let total = text
            .lines()
            .find_map(|line| line.strip_prefix("totals: "))
            .ok_or("callgrind wrote no total")?;
        let total: f64 = total.trim().parse()?;
        found.all += total;
        if thread.parse() == Ok(1) {
            found.caller += total;
        }
    }
    Ok(found)
}
