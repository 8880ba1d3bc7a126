//! Catches panics of the program's code that the tracer calls: formatting, carriers, samplers.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

/// Runs code of the program. Returns `None` if it panicked.
///
/// A panic can only leave a value inconsistent that the program's code was formatting, or a carrier
/// that it was filling.
pub(crate) fn catch_panic<R>(work: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).map_err(swallow).ok()
}

/// Runs code, and returns the message of its panic as the error.
pub(crate) fn catch_message<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = text.unwrap_or("a panic without a message").to_owned();
        swallow(payload);
        message
    })
}

/// Runs a future, and returns the message of its panic as the error. A panic of its destructor is
/// ignored.
pub(crate) async fn catch_in<R, F>(future: Pin<Box<F>>) -> Result<R, String>
where
    F: Future<Output = R> + ?Sized,
{
    let mut future = DropQuietly(Some(future));
    poll_fn(move |cx| {
        let polled = catch_message(|| future.0.as_mut().map(|future| future.as_mut().poll(cx)));
        match polled {
            Ok(Some(polled)) => polled.map(Ok),
            Ok(None) => std::task::Poll::Pending,
            Err(message) => std::task::Poll::Ready(Err(message)),
        }
    })
    .await
}

/// Drops a value, and ignores a panic of its destructor.
struct DropQuietly<T>(Option<T>);

impl<T> Drop for DropQuietly<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        catch_panic(move || drop(value));
    }
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
