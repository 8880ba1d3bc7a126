//! Runs one process under callgrind, and reads its counts by thread. `http-peers` includes this
//! file.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// The instructions of a process after its start.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) caller: f64,
    pub(crate) all: f64,
}

/// Runs `rounds` rounds of a variant in a new process. Counting starts with the function whose path
/// is `work`.
pub(crate) fn count(work: &str, variant: usize, rounds: u32) -> Outcome<Count> {
    let folder = std::env::temp_dir().join(format!("callgrind-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let count = run(work, variant, rounds, &folder).and_then(|()| read(&folder));
    fs::remove_dir_all(&folder)?;
    count
}

fn run(work: &str, variant: usize, rounds: u32, folder: &Path) -> Outcome<()> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--separate-threads=yes", "--quiet"])
        .arg(format!("--zero-before={work}*"))
        .arg(format!("--callgrind-out-file={}", folder.join("threads").display()))
        .arg(std::env::current_exe()?)
        .args(["count", &variant.to_string(), &rounds.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            format!("cannot start valgrind ({error}); on Debian install the package `valgrind`")
        })?;
    if output.status.success() {
        return Ok(());
    }
    let texts = [output.stdout, output.stderr];
    Err(texts.map(|text| String::from_utf8_lossy(&text).into_owned()).concat().into())
}

/// Reads one file for each thread. Its name ends with the number of the thread.
fn read(folder: &Path) -> Outcome<Count> {
    let mut count = Count::default();
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
        count.all += total;
        if thread.parse() == Ok(1) {
            count.caller += total;
        }
    }
    Ok(count)
}
