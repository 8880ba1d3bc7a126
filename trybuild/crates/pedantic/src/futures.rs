//! Async functions, also under `#[async_trait]`.

use core::fmt::Display;
use core::pin::Pin;

use async_trait::async_trait;
use skywalking_runtime::{entry_span, exit_span, local_span};

/// Has no arguments.
#[local_span]
pub async fn nothing() {
    core::future::ready(()).await;
}

/// Returns a value on a line of its own.
#[local_span]
#[rustfmt::skip]
pub async fn one_line(x: u32) -> u32 { core::future::ready(x + 1).await }

/// Has every argument of an Entry span.
///
/// # Errors
///
/// If there are no headers.
#[entry_span(
    name = format!("GET:/users/{id}"),
    extract = headers,
    layer = http,
    tags("k" = 1, "id" = id, "debug" = ?headers, "shown" = %id)
)]
pub async fn entry(headers: Option<String>, id: u32) -> Result<u32, core::fmt::Error> {
    let _headers = headers.ok_or(core::fmt::Error)?;
    Ok(one_line(id).await)
}

/// Has every argument of an Exit span.
///
/// # Errors
///
/// If there is an address.
#[exit_span(peer = address, inject = headers, tags("len" = address.len()))]
pub async fn exit(mut headers: String, address: &str) -> Result<(), String> {
    nothing().await;
    headers.truncate(3);
    Err(headers)
}

/// Returns early, with a coercion.
#[local_span]
pub async fn early(n: u32) -> Box<dyn Display + Send> {
    if n == 0 {
        return Box::new("none");
    }
    nothing().await;
    Box::new(n)
}

/// Returns early, without a value.
#[local_span]
pub async fn early_unit(n: u32) {
    if n == 0 {
        return;
    }
    nothing().await;
}

/// Generics and `impl Trait`.
#[local_span(tags("shown" = %shown))]
pub async fn generic<T: Display + Send + Sync>(shown: T, mut n: u32, _kept: &str) -> impl Iterator<Item = T> {
    n += one_line(n).await;
    core::iter::once(shown).filter(move |_| n > 0)
}

/// Calls itself.
#[local_span(tags(n))]
pub async fn recursive(n: u32) -> u32 {
    if n == 0 { 0 } else { Box::pin(recursive(n - 1)).await + 1 }
}

/// The output of `#[async_trait]`.
#[local_span]
#[must_use]
pub fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + 'a>> {
    Box::pin(async move { if text.is_empty() { Err(String::new()) } else { Ok(text.len()) } })
}

/// A trait with async functions.
#[async_trait]
pub trait Store {
    /// Loads.
    async fn load(&self, key: &str) -> Result<usize, String>;

    /// Loads nothing.
    #[local_span]
    async fn nothing(&self) {}
}

/// A store.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The store's address.
    pub address: String,
}

#[async_trait]
impl Store for Remote {
    #[exit_span(peer = self.address, tags(key))]
    async fn load(&self, key: &str) -> Result<usize, String> {
        if key.is_empty() {
            return Err(self.address.clone());
        }
        self.nothing().await;
        Ok(key.len())
    }
}

/// The span attribute is outside.
#[derive(Debug)]
pub struct Held<T>(pub T);

impl<T: Sync> Held<T> {
    /// By reference.
    #[local_span]
    pub async fn lend(&self) -> &T {
        nothing().await;
        &self.0
    }
}
