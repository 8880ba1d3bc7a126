//! Programs that decode with the classes of other agents: hex on standard input, JSON on standard
//! output.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use skywalking_tests::interop::{self, Missing};

/// Decodes with the classes in the Python agent's wheel.
pub(crate) fn python(kind: &str, hex: &str) -> Result<Value, Missing> {
    let interpreter = interop::python("python", env!("CARGO_TARGET_TMPDIR"))?;
    let program = interop::sources("python").join("decode.py");
    Ok(decode(Command::new(interpreter).arg(program).arg(kind), hex))
}

/// Decodes with the classes of go2sky.
pub(crate) fn go(kind: &str, hex: &str) -> Result<Value, Missing> {
    let program = interop::go("go", env!("CARGO_TARGET_TMPDIR"))?;
    Ok(decode(Command::new(program).arg(kind), hex))
}

/// Passes the bytes to the program, and parses its JSON.
fn decode(command: &mut Command, hex: &str) -> Value {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(hex.as_bytes()).expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert!(
        output.status.success(),
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}
