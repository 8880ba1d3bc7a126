//! The signals that end the program.

/// Completes at Ctrl-C or SIGTERM. Both are handled from the call on.
#[cfg(unix)]
pub(crate) fn interrupt_or_terminate() -> impl Future<Output = ()> {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn wait(signal: std::io::Result<Signal>) {
        match signal {
            Ok(mut signal) => drop(signal.recv().await),
            // The default action of the signal still ends the program.
            Err(_) => std::future::pending().await,
        }
    }
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        tokio::select! {
            () = wait(interrupt) => {}
            () = wait(terminate) => {}
        }
    }
}

/// Completes at Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn interrupt_or_terminate() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
