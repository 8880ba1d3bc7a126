//! Catches panics of the program's code that the tracer calls: formatting, carriers, samplers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the program. Returns `None` if it panicked.
///
/// A panic can only leave a value inconsistent that the program's code was formatting, or a carrier
/// that it was filling.
pub(crate) fn catch_panic<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).map_err(swallow).ok()
}

/// Drops the payload of a panic. Its destructor is the program's code and may panic too. The
/// payload of that second panic is leaked.
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
    fn panicking_destructor_of_the_payload_is_caught() {
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
