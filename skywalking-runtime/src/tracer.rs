//! The global tracer: the identity of this process, its settings, and how to wake the reporter.
//!
//! The hot path calls only [`enabled`], one relaxed load. Code that opens a segment keeps an `Arc`
//! of the tracer and replaces it when the generation changes.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::keep::TailSampling;
use crate::config::policies::{Cancelled, Inbound, Orphans, OtherContexts};
use crate::config::storage::Storage;
use crate::headers::correlation::Limits;
use crate::queue::Budget;
use crate::sampling::Choice;
use crate::self_log::{self, Delivery, Line, WithoutThread};
use crate::sys::{PerProcess, forks};

/// The number of the running tracer; 0 while none runs.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Stands for [`GENERATION`] in a forked child whose parent had a tracer, until somebody finds it:
/// spans see a tracer that is not the one they know, and whoever asks for it finds that there is
/// none.
const FORKED: u32 = u32::MAX;

/// The number that was given last, in this process or in the one that it was forked from: what is
/// inherited never seems to be current.
static LAST_GENERATION: AtomicU32 = AtomicU32::new(0);

/// The running tracer. Locked when one starts or stops, and once by each thread after that; never
/// by a span.
static GLOBAL: PerProcess<Mutex<Slot>> = PerProcess::new(Mutex::default);

#[derive(Default)]
struct Slot {
    running: Option<Arc<Tracer>>,
}

/// True while a tracer runs.
#[inline]
pub fn enabled() -> bool {
    GENERATION.load(Ordering::Relaxed) != 0
}

/// True while a tracer runs. Unlike [`enabled`] also right in a forked child that has not been
/// found out.
#[inline]
pub(crate) fn is_running() -> bool {
    let generation = generation();
    generation != 0 && (generation != FORKED || find_fork().is_none())
}

/// The number of the running tracer; 0 while none runs.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// What a started tracer is, for the threads that open segments and for the reporter.
#[derive(Debug)]
pub(crate) struct Tracer {
    /// Unlike that of any tracer before it in this process, and not 0.
    pub(crate) generation: u32,
    /// The process that it is in.
    pub(crate) forks: u32,
    pub(crate) identity: Identity,
    pub(crate) settings: Settings,
    /// What decides which requests are recorded.
    pub(crate) choice: Choice,
    wake: Wake,
}

impl Tracer {
    /// Asks the reporter to come now instead of at its next tick.
    pub(crate) fn wake(&self) {
        (self.wake.0)();
    }
}

struct Wake(Box<dyn Fn() + Send + Sync>);

// A wake-up leaves nothing half done. Without these an annotated future could not be put under
// `catch_unwind` as before.
impl UnwindSafe for Wake {}
impl RefUnwindSafe for Wake {}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wake")
    }
}

/// The names of this process, plain and as headers carry them.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) service: String,
    pub(crate) instance: String,
    /// `-<service>-<instance>-` in Base64: the middle of every `sw8` that this process writes.
    pub(crate) header: String,
    pub(crate) storage: Storage,
    /// The most bytes of an operation name.
    pub(crate) name_bytes: usize,
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
        }
    }

    /// The same names, for a backend with this storage.
    pub(crate) fn stored_in(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self.name_bytes = storage.name_bytes(&self.service);
        self
    }
}

/// What the user set of things that spans ask for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Spans in a segment.
    pub(crate) max_spans_per_segment: u16,
    /// Open segments in the process.
    pub(crate) max_open_segments: usize,
    pub(crate) orphans: Orphans,
    pub(crate) inbound: Inbound,
    pub(crate) others: OtherContexts,
    pub(crate) cancelled: Cancelled,
    /// What may travel along with a trace.
    pub(crate) correlation: Limits,
    /// Keys whose values are tags too.
    pub(crate) correlation_tags: Arc<[&'static str]>,
    /// Of a segment, in milliseconds: one that is older goes on in a new part.
    pub(crate) max_segment_age: u64,
    /// What is kept of requests that the sampler leaves out.
    pub(crate) tail_sampling: Option<TailSampling>,
    /// What may wait for the reporter.
    pub(crate) queue: Budget,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_spans_per_segment: 300,
            max_open_segments: 50_000,
            orphans: Orphans::Trace,
            inbound: Inbound::Accept,
            others: OtherContexts::Keep,
            cancelled: Cancelled::Note,
            correlation: Limits::DEFAULT,
            correlation_tags: Arc::new([]),
            max_segment_age: 600_000,
            tail_sampling: None,
            queue: Budget { bytes: 16 * 1024 * 1024, segments: 50_000 },
        }
    }
}

/// A tracer is running already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Running;

fn slot() -> std::sync::MutexGuard<'static, Slot> {
    GLOBAL.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a tracer the running one, unless one is.
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

/// The tracer stops opening spans. It is still [`current`] until [`uninstall`], so that no second
/// one starts while it flushes.
pub(crate) fn disable(generation: u32) {
    let _ = GENERATION.compare_exchange(generation, 0, Ordering::SeqCst, Ordering::Relaxed);
}

/// Removes the tracer, if it is that one: the next may start.
pub(crate) fn uninstall(generation: u32) {
    disable(generation);
    let mut slot = slot();
    if slot.running.as_ref().is_some_and(|tracer| tracer.generation == generation) {
        slot.running = None;
    }
}

/// In a forked child: the parent's tracer doesn't run here. Only stores to an atomic.
pub(crate) fn after_fork() {
    if GENERATION.load(Ordering::Relaxed) != 0 {
        GENERATION.store(FORKED, Ordering::SeqCst);
    }
}

/// If this is a forked child whose parent had a tracer, and nobody has found that yet: it is off
/// from now on, and that is logged.
#[cold]
pub(crate) fn find_fork() -> Option<Delivery> {
    GENERATION.compare_exchange(FORKED, 0, Ordering::SeqCst, Ordering::Relaxed).ok()?;
    let line = Line::warn(
        "this process was forked from one with an agent, and has none: nothing is traced here. Start an agent in the child to trace it",
    );
    Some(self_log::emit(vec![line], WithoutThread::Drop))
}

/// The running tracer.
pub(crate) fn current() -> Option<Arc<Tracer>> {
    // The line is written while nobody waits for it.
    _ = find_fork();
    slot().running.clone()
}
