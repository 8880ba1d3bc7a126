//! When a program that would run on is to end.

use std::future::Future;

use tokio::sync::oneshot;

/// Whether a program belongs to one that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// No: it was started by hand.
    None,
    /// Yes, and its standard input is a pipe that nobody writes to: it closes when the parent says
    /// so, and when the parent dies, by SIGKILL too.
    HoldsStdin,
}

/// Comes back at Ctrl-C, at SIGTERM, and when the parent closes standard input. The signals are
/// caught from the call on, which must be in a tokio runtime.
pub fn asked_to_end(parent: Parent) -> impl Future<Output = ()> {
    let (signalled, let_go) = (signalled(), let_go(parent));
    async move {
        tokio::select! {
            () = signalled => {}
            () = let_go => {}
        }
    }
}

/// Comes back when standard input ends. It is read by a thread of its own, which may stay in its
/// read when the program ends: a task of the runtime would have to be waited for.
fn let_go(parent: Parent) -> impl Future<Output = ()> {
    let (ended, end) = oneshot::channel();
    let watch = move || {
        // An error is an end as well.
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
            // Then the system's own handling ends the program.
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
