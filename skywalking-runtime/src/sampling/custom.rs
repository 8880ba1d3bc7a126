//! A sampler that the program provides.

use std::fmt;
use std::mem::{ManuallyDrop, needs_drop};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use crate::sys;
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

/// Decides which requests are recorded: [`Sampling::custom`](crate::config::Sampling::custom).
///
/// After its agent has ended, it is dropped on a thread of its own, so that its destructor can block.
///
/// ```
/// use skywalking_runtime::{Config, config::{Reporter, Sampler, Sampling}};
///
/// struct Writes;
///
/// impl Sampler for Writes {
///     fn is_sampled(&self, operation: &str) -> bool {
///         !operation.starts_with("GET:")
///     }
/// }
///
/// let _agent = Config::new("shop").reporter(Reporter::Discard).sampling(Sampling::custom(Writes)).start()?;
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
pub trait Sampler: Send + Sync {
    /// Returns true if the request whose first span has this operation name is recorded.
    ///
    /// It is called on the thread of the request, right before that span opens.
    /// [`trace_id`](crate::trace_id) and
    /// [`correlation::get`](crate::propagation::correlation::get) return the values of the request.
    /// Spans that are opened in here are not recorded. If it panics, the request is recorded and
    /// counted as [`Diagnostic::SamplerPanicked`].
    fn is_sampled(&self, operation: &str) -> bool;
}

impl<F: Fn(&str) -> bool + Send + Sync> Sampler for F {
    fn is_sampled(&self, operation: &str) -> bool {
        self(operation)
    }
}

/// A sampler that the program provides.
#[derive(Clone)]
pub(crate) struct Custom(Arc<Owned>);

/// The owner of the program's sampler, whose destructor can block.
///
/// The last owner of a tracer is any thread that opens spans or ends an agent. So the destructor
/// runs on a thread of its own.
struct Owned {
    sampler: Option<Box<dyn Sampler>>,
    has_destructor: bool,
}

#[cfg(feature = "agent")]
impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(sampler) = self.sampler.take().filter(|_| self.has_destructor) {
            let sampler = ManuallyDrop::new(sampler);
            // If the system can't start a thread, the sampler is leaked.
            let _ = sys::spawn("skywalking-drop", || drop(ManuallyDrop::into_inner(sampler)));
        }
    }
}

// A panic can leave the program's sampler in an inconsistent state. It is called again, as other
// code of the program would be.
impl UnwindSafe for Custom {}
impl RefUnwindSafe for Custom {}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Custom")
    }
}

impl Custom {
    pub(crate) fn new<S: Sampler + 'static>(sampler: S) -> Self {
        Self(Arc::new(Owned {
            sampler: Some(Box::new(sampler)),
            has_destructor: needs_drop::<S>(),
        }))
    }

    /// Returns the sampler's decision. Returns true if it panics.
    pub(crate) fn takes(&self, name: &str) -> bool {
        let Some(sampler) = &self.0.sampler else { return true };
        catch_panic(|| sampler.is_sampled(name)).unwrap_or_else(|| {
            diagnostics::count(Diagnostic::SamplerPanicked);
            true
        })
    }
}
