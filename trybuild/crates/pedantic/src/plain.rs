//! Sync functions that return no `Result`.

use core::fmt::Display;
use std::sync::Arc;

use skywalking_runtime::{entry_span, exit_span, local_span};

/// Has no arguments.
#[local_span]
pub fn nothing() {}

/// Returns a value on a line of its own.
#[local_span(name = "one line", component = 2)]
#[rustfmt::skip]
#[must_use]
pub fn one_line(x: u32) -> u32 { x + 1 }

/// Has every argument of an Entry span.
#[entry_span(
    name = format_args!("GET:/users/{id}"),
    extract = headers,
    layer = http,
    tags("k" = 1, "id" = id, "debug" = ?headers, "shown" = %id, headers)
)]
#[must_use]
pub fn entry(headers: &str, id: u32) -> usize {
    headers.len().max(usize::from(one_line(id) == 0))
}

/// Has every argument of an Exit span.
#[exit_span(peer = address, inject = headers, layer = rpc, tags("len" = address.len()))]
pub fn exit(headers: &mut String, address: &str) {
    headers.push_str(address);
}

/// Generics and `impl Trait`.
#[local_span(tags("shown" = %shown, "n" = N))]
pub fn generic<T, const N: usize>(shown: T, items: &[T; N]) -> impl Iterator<Item = &T>
where
    T: Display,
{
    drop(shown);
    items.iter()
}

/// Parameters of every kind.
#[local_span(tags(a))]
#[must_use]
pub fn parameters((a, b): (u32, u32), _kept: &str, mut c: u32, _: u8) -> u32 {
    c += a;
    c + b
}

/// The caller's location.
#[local_span]
#[track_caller]
#[must_use]
pub fn line() -> u32 {
    core::panic::Location::caller().line()
}

/// A type with methods.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The content.
    pub book: String,
}

impl Shelf {
    /// By reference.
    #[local_span(name = self.book, tags("len" = self.book.len()))]
    #[must_use]
    pub fn title(&self) -> &str {
        &self.book
    }

    /// By value.
    #[local_span]
    #[must_use]
    pub fn into_book(self) -> String {
        self.book
    }

    /// By pointer.
    #[local_span(tags("book" = self.book))]
    #[must_use]
    pub fn shared(self: Arc<Self>) -> usize {
        self.book.len()
    }
}
