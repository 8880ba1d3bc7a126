//! The global tracer: the identity of this process, its settings, and how to wake the reporter.
//!
//! The hot path calls only [`enabled`], one relaxed load. Code that opens a segment keeps an `Arc`
//! of the tracer and replaces it when the generation changes.

use std::borrow::Cow;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::settings::Settings;
use crate::config::storage::Storage;
use crate::sampling::Choice;
use crate::self_log::{self, Delivery, Line, WithoutThread};
use crate::sys::{PerProcess, forks};
use crate::util::text::{PEER_LIMIT, cut};

/// The number of the running tracer, or 0.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The value of [`GENERATION`] in a forked child whose parent had a tracer, until that is detected.
/// Spans see a tracer other than their own. A look-up of the tracer detects the fork and finds none.
const FORKED: u32 = u32::MAX;

/// The last generation, in this process or in the one that it was forked from. So an inherited
/// segment never seems to belong to the running tracer.
static LAST_GENERATION: AtomicU32 = AtomicU32::new(0);

/// The running tracer. Locked when one starts or stops, and once by each thread after that. Never
/// locked by a span.
static GLOBAL: PerProcess<Mutex<Slot>> = PerProcess::new(Mutex::default);

#[derive(Default)]
struct Slot {
    running: Option<Arc<Tracer>>,
}

/// Returns true while a tracer runs.
#[inline]
pub fn enabled() -> bool {
    GENERATION.load(Ordering::Relaxed) != 0
}

/// Returns true while a tracer runs. Unlike [`enabled`], it is also correct in a forked child that
/// has not been detected.
#[inline]
pub(crate) fn is_running() -> bool {
    let generation = generation();
    generation != 0 && (generation != FORKED || find_fork().is_none())
}

/// Returns the number of the running tracer, or 0.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// A running tracer: shared by the threads that open segments and by the reporter.
#[derive(Debug)]
pub(crate) struct Tracer {
    /// Unique among the tracers of this process. Not 0.
    pub(crate) generation: u32,
    /// Identifies the process in which it was started.
    pub(crate) forks: u32,
    pub(crate) identity: Identity,
    pub(crate) settings: Settings,
    /// Decides which requests are recorded.
    pub(crate) choice: Choice,
    wake: Wake,
}

impl Tracer {
    /// Wakes the reporter before its next tick.
    pub(crate) fn wake(&self) {
        (self.wake.0)();
    }
}

struct Wake(Box<dyn Fn() + Send + Sync>);

// A wake-up leaves no inconsistent state. Annotated futures must stay usable with `catch_unwind`.
impl UnwindSafe for Wake {}
impl RefUnwindSafe for Wake {}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wake")
    }
}

/// The names of this process, plain and encoded for headers.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) service: String,
    pub(crate) instance: String,
    /// `-<service>-<instance>-` in Base64: the middle of each `sw8` header.
    pub(crate) header: String,
    pub(crate) storage: Storage,
    /// The longest operation name in bytes.
    pub(crate) name_bytes: usize,
    /// `<cluster>/`, the prefix of the peers of Exit spans, or an empty text.
    cluster: String,
}

impl Identity {
    pub(crate) fn new(service: &str, instance: &str) -> Self {
        let header = format!("-{}-{}-", STANDARD.encode(service), STANDARD.encode(instance));
        let storage = Storage::default();
        Self {
            service: service.to_owned(),
            instance: instance.to_owned(),
            header,
            storage,
            name_bytes: storage.name_bytes(service),
            cluster: String::new(),
        }
    }

    /// Sets the cluster of the service, or none if the text is empty.
    #[cfg(feature = "agent")]
    pub(crate) fn in_cluster(mut self, cluster: &str) -> Self {
        self.cluster = if cluster.is_empty() { String::new() } else { format!("{cluster}/") };
        self
    }

    /// Returns true if the peer of an Exit span is sent unchanged.
    pub(crate) fn holds_peer(&self, peer: &str) -> bool {
        self.cluster.is_empty() && self.storage.holds_peer(peer)
    }

    /// Returns the form in which headers and reports contain the peer of an Exit span: with the
    /// cluster before it, and as short as the backend requires.
    pub(crate) fn exit_peer<'a>(&self, peer: Cow<'a, str>) -> Cow<'a, str> {
        if self.cluster.is_empty() {
            return self.storage.peer(peer);
        }
        let peer = [&self.cluster, &*peer].concat();
        self.storage.peer(Cow::Owned(cut(&peer, PEER_LIMIT).to_owned()))
    }

    /// Sets the storage of the backend, which limits the length of names.
    pub(crate) fn stored_in(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self.name_bytes = storage.name_bytes(&self.service);
        self
    }
}

/// The error that a tracer is already running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Running;

fn slot() -> std::sync::MutexGuard<'static, Slot> {
    GLOBAL.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs a tracer. Fails if one is running.
pub(crate) fn install(
    identity: Identity,
    settings: Settings,
    choice: Choice,
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<Arc<Tracer>, Running> {
    let mut slot = slot();
    if slot.running.is_some() {
        return Err(Running);
    }
    let last = LAST_GENERATION.load(Ordering::Relaxed);
    let generation = if last + 1 == FORKED { 1 } else { last + 1 };
    LAST_GENERATION.store(generation, Ordering::Relaxed);
    let tracer = Arc::new(Tracer {
        generation,
        forks: forks(),
        identity,
        settings,
        choice,
        wake: Wake(Box::new(wake)),
    });
    slot.running = Some(Arc::clone(&tracer));
    GENERATION.store(tracer.generation, Ordering::SeqCst);
    Ok(tracer)
}

/// Stops the tracer from opening spans. It is still [`current`] until [`uninstall`], so that no
/// second one starts while it flushes.
pub(crate) fn disable(generation: u32) {
    let _ = GENERATION.compare_exchange(generation, 0, Ordering::SeqCst, Ordering::Relaxed);
}

/// Removes the tracer with this generation, so that the next one can start.
pub(crate) fn uninstall(generation: u32) {
    disable(generation);
    let mut slot = slot();
    if slot.running.as_ref().is_some_and(|tracer| tracer.generation == generation) {
        slot.running = None;
    }
}

/// Notes in a forked child that the parent's tracer does not run here. Only stores to an atomic.
pub(crate) fn after_fork() {
    if GENERATION.load(Ordering::Relaxed) != 0 {
        GENERATION.store(FORKED, Ordering::SeqCst);
    }
}

/// Detects a forked child whose parent had a tracer: turns tracing off and logs it, once.
#[cold]
pub(crate) fn find_fork() -> Option<Delivery> {
    GENERATION.compare_exchange(FORKED, 0, Ordering::SeqCst, Ordering::Relaxed).ok()?;
    let line = Line::warn(
        "this process was forked from one with an agent, and has none: nothing is traced here. Start an agent in the child to trace it",
    );
    Some(self_log::emit(vec![line], WithoutThread::Drop))
}

/// Returns the running tracer.
pub(crate) fn current() -> Option<Arc<Tracer>> {
    // The line is written in the background.
    _ = find_fork();
    slot().running.clone()
}
