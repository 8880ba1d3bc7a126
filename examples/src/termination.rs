//! When a long-running program has to end.

use std::future::Future;

use tokio::sync::oneshot;

/// Whether a program was started by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// It was started by hand.
    None,
    /// It was started by a parent that holds the other end of its standard input. The pipe closes
    /// when the parent closes it or dies, even from SIGKILL.
    HoldsStdin,
}

/// Completes at Ctrl-C, at SIGTERM, and when the parent closes standard input. Signals are handled
/// from the call on. Call it in a tokio runtime.
pub fn termination(parent: Parent) -> impl Future<Output = ()> {
    let (signalled, closed) = (signalled(), stdin_closed(parent));
    async move {
        tokio::select! {
            () = signalled => {}
            () = closed => {}
        }
    }
}

/// Completes when standard input ends. A thread reads it and may still be blocked when the program
/// exits. The runtime would wait for a blocked task.
fn stdin_closed(parent: Parent) -> impl Future<Output = ()> {
    let (ended, end) = oneshot::channel();
    let watch = move || {
        // An error ends the input too.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    };
    let watched = parent == Parent::HoldsStdin
        && std::thread::Builder::new().name("parent".to_owned()).spawn(watch).is_ok();
    async move {
        if !watched {
            std::future::pending::<()>().await;
        }
        let _ = end.await;
    }
}

#[cfg(unix)]
fn signalled() -> impl Future<Output = ()> {
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

#[cfg(not(unix))]
fn signalled() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
