//! One measurement: the cost of a cargo command for one crate, and the size of its binary.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

/// The command of cargo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Check,
    Dev,
    Release,
}

impl Job {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Dev, Self::Release];

    /// Returns its name on the command line.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// Returns its name in the table.
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

/// The cost in seconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// The time of all processors, or 0 if the system does not report it.
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
    // Variables that cargo and rustup set for this program must not affect the command.
    command
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_MANIFEST_DIR");
    let (cpu, wall) = (children_cpu(), Instant::now());
    let status = command.status()?;
    if !status.success() {
        return Err(io::Error::other(format!("cargo exited with {status} for {package}")));
    }
    Ok(Cost { cpu: children_cpu() - cpu, wall: wall.elapsed().as_secs_f64() })
}

/// Makes the package stale, so that the next run compiles only this package.
pub(crate) fn touch(root: &Path, package: &str) -> io::Result<()> {
    let main = root.join(package).join("src/main.rs");
    File::options().append(true).open(main)?.set_modified(SystemTime::now())
}

/// Returns the size of the binary in bytes, as built and without symbols. The latter needs `strip`.
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

/// Returns the processor seconds of all children that have exited. They vary less than the wall
/// clock on a shared machine.
fn children_cpu() -> f64 {
    /// Linux counts in hundredths of a second, independent of the kernel's tick.
    const TICKS: f64 = 100.0;
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // The second field is the name of the program in parentheses, which may contain any character.
    let Some((_, fields)) = stat.rsplit_once(") ") else { return 0.0 };
    let mut fields = fields.split(' ').skip(13).map_while(|field| field.parse::<f64>().ok());
    (fields.next().unwrap_or(0.0) + fields.next().unwrap_or(0.0)) / TICKS
}
