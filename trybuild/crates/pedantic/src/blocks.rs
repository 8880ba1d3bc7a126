//! Impl blocks.

use core::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use skywalking_runtime::{entry_span, exit_span, local_span, skip_span};

use crate::futures::Store;

/// A shop.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    /// Its name.
    pub name: String,
}

#[local_span(names = "{type}.{fn}", tags("fixed" = 1), component = 7)]
impl Shop {
    /// Creates a shop.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    /// Returns a `Result`.
    ///
    /// # Errors
    ///
    /// If it has no name.
    pub fn check(&self, mut n: u32, _kept: &str) -> Result<u32, fmt::Error> {
        n += self.step();
        if self.name.is_empty() { Err(fmt::Error) } else { Ok(n) }
    }

    /// Async.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn load(&self, mut n: u32) -> Result<u32, fmt::Error> {
        n += self.step();
        self.sent(String::new()).await;
        Ok(n)
    }

    /// Skipped.
    #[skip_span]
    #[must_use]
    pub const fn step(&self) -> u32 {
        1
    }

    /// Has its own attribute.
    #[exit_span(peer = self.name, inject = headers)]
    pub async fn sent(&self, mut headers: String) {
        headers.clear();
        core::future::ready(()).await;
    }

    /// Takes a smart pointer.
    #[entry_span(name = "/shared")]
    #[must_use]
    pub fn shared(self: Arc<Self>) -> usize {
        self.name.len()
    }
}

#[local_span]
impl fmt::Display for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[exit_span(peer = "shop:1")]
#[async_trait]
impl Store for Shop {
    async fn load(&self, key: &str) -> Result<usize, String> {
        core::future::ready(()).await;
        if key.is_empty() { Err(self.name.clone()) } else { Ok(key.len()) }
    }
}
