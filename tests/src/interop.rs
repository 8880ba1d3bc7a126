//! Programs in `interop/` that run the agents of other languages: fetched and built once, below the
//! target folder.
//!
//! Where a tool, a package or the network is missing there is nothing to learn, and the test says
//! so and passes; unless `CI` is `true`, where it fails. What fails after that (the build, the
//! program) is a failure everywhere.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A program of another language that can't be had here, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Missing(String);

/// Says why nothing was tested, even if the test's output is captured.
///
/// # Panics
/// Under `CI=true`.
pub fn skip(who: &str, reason: &Missing) {
    assert!(
        std::env::var_os("CI").is_none_or(|value| value != "true"),
        "{who} is required under CI=true: {reason}"
    );
    writeln!(std::io::stderr(), "SKIPPED: {who} was not asked: {reason}")
        .expect("standard error is open");
}

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
/// A virtual environment's interpreter.
const INNER_PYTHON: &str = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };

/// The sources of a program.
pub fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}

/// The interpreter of a virtual environment with what `requirements.txt` beside the program asks
/// for. `target` is the test's `CARGO_TARGET_TMPDIR`.
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
        command
            .args(arguments)
            .current_dir(sources(name))
            .env("GOCACHE", place.with_file_name("go-cache"));
        // What is checked in is what is built: by the tool that is there, without a C compiler, and
        // without asking git.
        command.envs([
            ("GOFLAGS", "-mod=readonly -buildvcs=false"),
            ("GOTOOLCHAIN", "local"),
            ("GOWORK", "off"),
            ("CGO_ENABLED", "0"),
        ]);
        output(&mut command)
    };
    // Fetches the modules that the program is made of, and builds nothing.
    go(&["list", "-deps", "."].map(OsStr::new))?;
    go(&[OsStr::new("build"), OsStr::new("-o"), program.as_os_str(), OsStr::new(".")])
        .expect("the program builds");
    Ok(program)
}

/// The program of a workspace of its own, built by cargo. `target` is the test's
/// `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// Without protoc, which such a program needs, or its crates.
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
    // Nobody debugs it.
    build.env("CARGO_PROFILE_DEV_DEBUG", "false");
    Ok(executable(&output(&mut build).expect("the program builds")))
}

/// The Java agent of this version as Maven Central has it, laid out as it wants to be: an empty
/// configuration and no plugins beside it. `target` is the test's `CARGO_TARGET_TMPDIR`.
///
/// # Errors
/// Without a Java compiler, Maven or the agent.
pub fn java_agent(version: &str, target: &str) -> Result<PathBuf, Missing> {
    // A program is started from its source.
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

/// A program of this workspace that belongs to another package, so cargo is asked for it, as a user
/// asks (`cargo run --bin NAME`).
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

/// Where the program is that cargo built, by its messages.
fn executable(messages: &[u8]) -> PathBuf {
    let program = String::from_utf8_lossy(messages).lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    program.expect("cargo says where it is")
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
