//! One measurement: what a cargo command takes for one crate, and how large what it builds is.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

/// What is asked of cargo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Check,
    Dev,
    Release,
}

impl Job {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Dev, Self::Release];

    /// As the command line calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// As the table calls it.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Check => "`cargo check`",
            Self::Dev => "`cargo build`",
            Self::Release => "`cargo build --release`",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Dev => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

/// Seconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Of all processors, or 0 where the system does not tell.
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
}

/// Runs cargo for one package.
pub(crate) fn run(root: &Path, job: Job, package: &str) -> io::Result<Cost> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(job.arguments())
        .args(["--quiet", "--package", package, "--target-dir"])
        .arg(target(root))
        .current_dir(root);
    // What cargo and rustup set for this program is not meant for the next.
    command
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_MANIFEST_DIR");
    let (cpu, wall) = (children_cpu(), Instant::now());
    let status = command.status()?;
    if !status.success() {
        return Err(io::Error::other(format!("cargo ended with {status} for {package}")));
    }
    Ok(Cost { cpu: children_cpu() - cpu, wall: wall.elapsed().as_secs_f64() })
}

/// Makes the package stale, so that the next run compiles it and nothing else.
pub(crate) fn touch(root: &Path, package: &str) -> io::Result<()> {
    let main = root.join(package).join("src/main.rs");
    File::options().append(true).open(main)?.set_modified(SystemTime::now())
}

/// Bytes of the binary: as built, and without symbols, where there is a `strip`.
pub(crate) fn sizes(root: &Path, job: Job, package: &str) -> io::Result<(u64, Option<u64>)> {
    let profile = if job == Job::Release { "release" } else { "debug" };
    let binary = target(root).join(profile).join(package);
    let stripped = binary.with_extension("stripped");
    let ran = Command::new("strip").arg("-o").args([&stripped, &binary]).status();
    let without_symbols =
        ran.is_ok_and(|status| status.success()).then(|| fs::metadata(&stripped)).transpose()?;
    Ok((fs::metadata(&binary)?.len(), without_symbols.map(|file| file.len())))
}

fn target(root: &Path) -> PathBuf {
    root.join("target")
}

/// Processor seconds of all ended and awaited children: steadier than the clock on a machine that
/// others use too.
fn children_cpu() -> f64 {
    /// Linux counts them in hundredths, whatever the kernel's own tick.
    const TICKS: f64 = 100.0;
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // The second field is the program's name in parentheses, which could hold anything.
    let Some((_, fields)) = stat.rsplit_once(") ") else { return 0.0 };
    let mut fields = fields.split(' ').skip(13).map_while(|field| field.parse::<f64>().ok());
    (fields.next().unwrap_or(0.0) + fields.next().unwrap_or(0.0)) / TICKS
}
