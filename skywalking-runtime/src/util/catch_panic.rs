//! The program's own code inside of ours: formatting, carriers, samplers. What panics there stays
//! there.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the program. `None` if it panicked.
///
/// What it leaves half done is the program's own, and only ever a value that it was formatting or a
/// carrier that it was filling.
pub(crate) fn catch_panic<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).map_err(swallow).ok()
}

/// Drops the payload of a panic. Its destructor is the program's code too, and so is that of what
/// it panics with: that one is left alone.
#[cold]
fn swallow(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        std::mem::forget(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_whose_destructor_panics_stays_here_as_well() {
        struct Bomb(u8);
        impl Drop for Bomb {
            fn drop(&mut self) {
                if self.0 > 0 {
                    std::panic::panic_any(Bomb(self.0 - 1));
                }
            }
        }
        assert_eq!(catch_panic(|| std::panic::panic_any(Bomb(3))), None::<()>);
        assert_eq!(catch_panic(|| 42), Some(42));
    }
}
