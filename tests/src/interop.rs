//! Programs in `interop/` with agents of other languages. They are downloaded and built once, below
//! the target folder.
//!
//! If a tool, a package or the network is missing, the test is skipped with a message, or fails if
//! `CI` is `true`. A failure after that, in the build or in the program, always fails the test.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A program that is not available here, with the reason.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Missing(String);

/// Prints why a test was skipped, even if the output of the test is captured.
///
/// # Panics
/// If `CI` is `true`.
pub fn skip(who: &str, reason: &Missing) {
    assert!(
        std::env::var_os("CI").is_none_or(|value| value != "true"),
        "{who} is required under CI=true: {reason}"
    );
    writeln!(std::io::stderr(), "SKIPPED: {who} was not tested: {reason}")
        .expect("standard error is open");
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
/// The interpreter of a virtual environment.
const INNER_PYTHON: &str = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };

/// Returns the folder of a program's sources.
pub fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}

/// Returns the interpreter of a virtual environment with the packages of the program's
/// `requirements.txt`. `target` is the test's `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// If Python or its packages are missing.
pub fn python(name: &str, target: &str) -> Result<PathBuf, Missing> {
    let place = place(name, target);
    let interpreter = place.join(INNER_PYTHON);
    let asked = sources(name).join("requirements.txt");
    let requirements = fs::read(&asked).expect("the requirements are checked in");
    // This file marks the environment as complete, so it is written last.
    let installed = place.join("installed.txt");
    if interpreter.exists() && fs::read(&installed).is_ok_and(|known| known == requirements) {
        return Ok(interpreter);
    }
    output(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&place))?;
    let pip = [
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--retries",
        "1",
        "install",
        "--quiet",
        "--no-deps",
        "-r",
    ];
    output(Command::new(&interpreter).args(pip).arg(asked))?;
    fs::write(&installed, requirements).expect("the target folder can be written to");
    Ok(interpreter)
}

/// Builds a program with Go and returns its path. `target` is the test's `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// If Go or the modules are missing.
///
/// # Panics
/// If the program does not build.
pub fn go(name: &str, target: &str) -> Result<PathBuf, Missing> {
    let place = place(name, target);
    let program = place.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    let run_go = |arguments: &[&OsStr]| {
        let mut command = Command::new("go");
        // The builds share a cache, since most of their code is the same agent.
        command
            .args(arguments)
            .current_dir(sources(name))
            .env("GOCACHE", place.with_file_name("go-cache"));
        // Builds the checked-in sources with the installed tool, without a C compiler and without
        // git.
        command.envs([
            ("GOFLAGS", "-mod=readonly -buildvcs=false"),
            ("GOTOOLCHAIN", "local"),
            ("GOWORK", "off"),
            ("CGO_ENABLED", "0"),
        ]);
        output(&mut command)
    };
    // Downloads the modules of the program.
    run_go(&["list", "-deps", "."].map(OsStr::new))?;
    run_go(&[OsStr::new("build"), OsStr::new("-o"), program.as_os_str(), OsStr::new(".")])
        .expect("the program builds");
    Ok(program)
}

/// Builds a program of another workspace with cargo and returns its path. `target` is the test's
/// `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// If protoc or the crates are missing.
///
/// # Panics
/// If the program does not build.
pub fn cargo(name: &str, target: &str) -> Result<PathBuf, Missing> {
    let manifest = sources(name).join("Cargo.toml");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .args(["--quiet", "--locked", "--manifest-path"])
            .arg(&manifest)
            .current_dir(sources(name));
        command
    };
    output(Command::new("protoc").arg("--version"))?;
    output(&mut cargo(&["fetch"]))?;
    let mut build = cargo(&["build", "--message-format", "json-render-diagnostics"]);
    build.arg("--target-dir").arg(place(name, target));
    // Without debug information, which nobody needs.
    build.env("CARGO_PROFILE_DEV_DEBUG", "false");
    Ok(executable(&output(&mut build).expect("the program builds")))
}

/// Returns the jar of the Java agent of this version, downloaded from Maven Central. Its folder has
/// an empty configuration and no plugins. `target` is the test's `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// If a Java compiler, Maven or the agent is missing.
pub fn java_agent(version: &str, target: &str) -> Result<PathBuf, Missing> {
    // Programs are started from their source.
    output(Command::new("javac").arg("--version"))?;
    let place = place("java-agent", target).join(version);
    let agent = place.join(format!("apm-agent-{version}.jar"));
    for folder in ["config", "plugins"] {
        fs::create_dir_all(place.join(folder)).expect("the target folder can be written to");
    }
    fs::write(place.join("config/agent.config"), "").expect("the target folder can be written to");
    if !agent.exists() {
        let artifact = format!("-Dartifact=org.apache.skywalking:apm-agent:{version}");
        let mut maven = Command::new("mvn");
        maven
            .args(["-q", "-B", "dependency:copy", &artifact])
            .arg(format!("-DoutputDirectory={}", place.display()));
        output(maven.current_dir(&place))?;
    }
    Ok(agent)
}

/// Builds a program of another package of this workspace with cargo, as `cargo run --bin NAME`
/// does, and returns its path.
///
/// # Panics
/// If it does not build.
pub fn ours(name: &str, target: &str) -> PathBuf {
    let target = Path::new(target).parent().expect("the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "build",
            "--quiet",
            "--bin",
            name,
            "--message-format",
            "json-render-diagnostics",
            "--target-dir",
        ])
        .arg(target);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let output =
        cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().expect("cargo starts");
    assert!(output.status.success(), "{name} does not build: {}", output.status);
    executable(&output.stdout)
}

/// Returns the path of the built program from the messages of cargo.
fn executable(messages: &[u8]) -> PathBuf {
    let program = String::from_utf8_lossy(messages).lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    program.expect("cargo reports the path")
}

fn place(name: &str, target: &str) -> PathBuf {
    let place = Path::new(target).join("interop").join(name);
    fs::create_dir_all(&place).expect("the target folder can be written to");
    place
}

/// Runs a command to its end. If it fails, the error has its standard error.
fn output(command: &mut Command) -> Result<Vec<u8>, Missing> {
    let program = command.get_program().display().to_string();
    let named = |problem: String| Missing(format!("{program}: {problem}"));
    let output = command.stdin(Stdio::null()).output().map_err(|error| named(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(named(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}
