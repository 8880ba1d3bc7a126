//! Opens a page in the browser of the user.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long the command may take to report a failure.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the address. A failure is a line on standard error: the program works without a browser.
pub(crate) async fn open(url: &str) {
    let mut command = command();
    let name = command.get_program().to_string_lossy().into_owned();
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The command may be the browser itself, which runs on.
    let ended = tokio::task::spawn_blocking(move || command.status());
    let reason = match tokio::time::timeout(PATIENCE, ended).await {
        Ok(Ok(Ok(status))) if !status.success() => format!("{name} ended with {status}"),
        Ok(Ok(Err(error))) => format!("{name}: {error}"),
        _ => return,
    };
    let message = format!("skywalking-collector: can't open a browser ({reason}). Open {url}");
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// Returns the command that opens an address.
fn command() -> Command {
    if cfg!(target_os = "macos") {
        return Command::new("open");
    }
    if cfg!(windows) {
        let mut command = Command::new("cmd");
        // The empty argument is the title of a window.
        command.args(["/c", "start", ""]);
        return command;
    }
    Command::new("xdg-open")
}
