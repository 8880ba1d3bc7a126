//! Compares messages with the bytes in `testdata`, 32 bytes a line.

use std::fmt::Write as _;

/// The variable that rewrites the files if its value is `write`.
const SWITCH: &str = "SKYWALKING_GOLDEN";

/// Compares bytes with the file `testdata/{name}.hex`, whose text is `golden`.
#[track_caller]
pub(crate) fn compare(name: &str, bytes: &[u8], golden: &str) {
    let made = hex(bytes);
    if std::env::var_os(SWITCH).is_some_and(|value| value == "write") {
        let path = format!("{}/testdata/{name}.hex", env!("CARGO_MANIFEST_DIR"));
        return std::fs::write(path, &made).unwrap();
    }
    assert!(
        made == golden.replace('\r', ""),
        "the bytes are other than those of testdata/{name}.hex:\n{made}If that is meant: set {SWITCH}=write, run this test once, \
         change testdata/{name}.json by hand, and run the tests `interop wire::` of skywalking-tests."
    );
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}
