//! Programs in `interop/` that run the agents of other languages: fetched and built once, below the target folder.
//!
//! Where a tool, a package or the network is missing there is nothing to learn, and the test says so and passes; unless `CI` is `true`,
//! where it fails. What fails after that (the build, the program) is a failure everywhere.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program of another language that can't be had here, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Missing(String);

/// Says why nothing was tested, even if the test's output is captured.
///
/// # Panics
/// Under `CI=true`.
pub fn skip(who: &str, reason: &Missing) {
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{who} is required under CI=true: {reason}");
    writeln!(std::io::stderr(), "SKIPPED: {who} was not asked: {reason}").expect("standard error is open");
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
/// A virtual environment's interpreter.
const INNER_PYTHON: &str = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };

/// The sources of a program.
pub fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}

/// The interpreter of a virtual environment with what `requirements.txt` beside the program asks for. `target` is the test's
/// `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// Without Python or its packages.
pub fn python(name: &str, target: &str) -> Result<PathBuf, Missing> {
    let place = place(name, target);
    let interpreter = place.join(INNER_PYTHON);
    let asked = sources(name).join("requirements.txt");
    let requirements = fs::read(&asked).expect("the requirements are checked in");
    // The note that the environment is complete is written last.
    let installed = place.join("installed.txt");
    if interpreter.exists() && fs::read(&installed).is_ok_and(|known| known == requirements) {
        return Ok(interpreter);
    }
    output(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&place))?;
    let pip = ["-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "--retries", "1", "install", "--quiet", "--no-deps", "-r"];
    output(Command::new(&interpreter).args(pip).arg(asked))?;
    fs::write(&installed, requirements).expect("the target folder can be written to");
    Ok(interpreter)
}

/// The program, built by Go. `target` is the test's `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// Without Go or the modules.
///
/// # Panics
/// If the program does not build.
pub fn go(name: &str, target: &str) -> Result<PathBuf, Missing> {
    let place = place(name, target);
    let program = place.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    let go = |arguments: &[&OsStr]| {
        let mut command = Command::new("go");
        // Most of what is built is the same agent.
        command.args(arguments).current_dir(sources(name)).env("GOCACHE", place.with_file_name("go-cache"));
        // What is checked in is what is built: by the tool that is there, without a C compiler, and without asking git.
        command.envs([("GOFLAGS", "-mod=readonly -buildvcs=false"), ("GOTOOLCHAIN", "local"), ("GOWORK", "off"), ("CGO_ENABLED", "0")]);
        output(&mut command)
    };
    // Fetches the modules that the program is made of, and builds nothing.
    go(&["list", "-deps", "."].map(OsStr::new))?;
    go(&[OsStr::new("build"), OsStr::new("-o"), program.as_os_str(), OsStr::new(".")]).expect("the program builds");
    Ok(program)
}

fn place(name: &str, target: &str) -> PathBuf {
    let place = Path::new(target).join("interop").join(name);
    fs::create_dir_all(&place).expect("the target folder can be written to");
    place
}

/// Runs a command to its end. What it says on standard error is the reason if it fails.
fn output(command: &mut Command) -> Result<Vec<u8>, Missing> {
    let program = command.get_program().display().to_string();
    let named = |problem: String| Missing(format!("{program}: {problem}"));
    let output = command.stdin(Stdio::null()).output().map_err(|error| named(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(named(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}
