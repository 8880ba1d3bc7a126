//! Programs in `interop/` that decode by the classes of other agents: fetched and built once, below the target folder, then run.
//!
//! Where a tool, a package or the network is missing there is nothing to learn, and the test says so and passes; unless `CI` is `true`,
//! where it fails. What fails after that (the build, the decoding) is a failure everywhere.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What became of a program.
pub(crate) enum Answer {
    /// The JSON that it printed.
    Json(Value),
    /// It can't be had here, and why.
    Missing(String),
}

/// Says why nothing was tested, even if the test's output is captured.
///
/// # Panics
/// Under `CI=true`.
pub(crate) fn skip(who: &str, reason: &str) {
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{who} is required under CI=true: {reason}");
    writeln!(std::io::stderr(), "SKIPPED: {who} was not asked: {reason}").expect("standard error is open");
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
/// A virtual environment's interpreter.
const INNER_PYTHON: &str = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };

/// Decodes by the classes in the Python agent's wheel.
pub(crate) fn python(hex: &str) -> Answer {
    let (sources, place) = (sources("python"), place("python"));
    let interpreter = place.join(INNER_PYTHON);
    if let Err(reason) = install_python(&sources, &place, &interpreter) {
        return Answer::Missing(reason);
    }
    Answer::Json(decode(Command::new(&interpreter).arg(sources.join("decode.py")), hex))
}

/// Makes the environment, unless there is one with the same requirements. The note that says so is written last.
fn install_python(sources: &Path, place: &Path, interpreter: &Path) -> Result<(), String> {
    let requirements = fs::read(sources.join("requirements.txt")).expect("the requirements are checked in");
    let installed = place.join("installed.txt");
    if interpreter.exists() && fs::read(&installed).is_ok_and(|known| known == requirements) {
        return Ok(());
    }
    output(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(place))?;
    let pip = ["-m", "pip", "--disable-pip-version-check", "--no-cache-dir", "--retries", "1", "install", "--quiet", "--no-deps", "-r"];
    output(Command::new(interpreter).args(pip).arg(sources.join("requirements.txt")))?;
    fs::write(&installed, requirements).expect("the target folder can be written to");
    Ok(())
}

/// Decodes by the classes that go2sky reports with.
pub(crate) fn go(hex: &str) -> Answer {
    let (sources, place) = (sources("go"), place("go"));
    let program = place.join(if cfg!(windows) { "decode.exe" } else { "decode" });
    let go = |arguments: &[&OsStr]| {
        let mut command = Command::new("go");
        command.args(arguments).current_dir(&sources).env("GOCACHE", place.join("cache"));
        // What is checked in is what is built: by the tool that is there, without a C compiler, and without asking git.
        command.envs([("GOFLAGS", "-mod=readonly -buildvcs=false"), ("GOTOOLCHAIN", "local"), ("GOWORK", "off"), ("CGO_ENABLED", "0")]);
        output(&mut command)
    };
    // Fetches the modules that the program is made of, and builds nothing.
    if let Err(reason) = go(&["list", "-deps", "."].map(OsStr::new)) {
        return Answer::Missing(reason);
    }
    go(&[OsStr::new("build"), OsStr::new("-o"), program.as_os_str(), OsStr::new(".")]).expect("the program builds");
    Answer::Json(decode(&mut Command::new(&program), hex))
}

fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}

fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop").join(name);
    fs::create_dir_all(&place).expect("the target folder can be written to");
    place
}

/// Runs a command to its end. What it says on standard error is the reason if it fails.
fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let program = command.get_program().display().to_string();
    let named = |problem: String| format!("{program}: {problem}");
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => return Err(named(error.to_string())),
    };
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(named(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}

/// Gives the bytes to the program, and reads its JSON.
fn decode(command: &mut Command, hex: &str) -> Value {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(hex.as_bytes()).expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}
