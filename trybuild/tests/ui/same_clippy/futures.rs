//! Functions that return a future or a stream.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, Stream, StreamExt};

/// An alias of a future.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A handle of running work.
pub type Handle = Ready<u32>;

#[traced_future]
pub fn opaque(n: u32) -> impl Future<Output = u32> {
    async move { n + 1 }
}

#[traced_future]
pub fn failing(n: u32) -> impl Future<Output = Result<u32, String>> + Send {
    let early = n == 0;
    async move {
        if early {
            return Err("zero".to_string());
        }
        return Ok(n);
    }
}

#[traced_future]
pub fn boxed(text: &str) -> BoxFuture<'_, usize> {
    Box::pin(async move { text.len() })
}

#[traced_future]
pub fn with_mut(mut n: u32) -> Pin<Box<dyn Future<Output = u32>>> {
    n += 1;
    return Box::pin(ready(n));
}

#[traced_future]
pub fn alias(n: u32) -> Later<'static, Result<u32, String>> {
    let later = Box::pin(async move { Ok(n) });
    later
}

#[traced]
pub fn like_async_trait(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, String>> + Send>> {
    Box::pin(async move {
        let n = ready(n).await;
        return Ok(n);
    })
}

#[traced_call]
pub fn call(n: u32) -> impl Future<Output = u32> {
    let n = n + 1;
    async move { n }
}

#[traced_call]
pub fn named(n: u32) -> Handle {
    ready(n)
}

#[traced_stream]
pub fn numbers(n: u32) -> impl Stream<Item = u32> {
    stream::iter(0..n).filter(|n| ready(*n > 3))
}

#[traced_stream]
pub fn failing_numbers(n: u32) -> BoxStream<'static, Result<u32, String>> {
    let last = n - 1;
    return stream::iter(0..n).map(move |n| if n == last { Err(String::new()) } else { Ok(n) }).boxed();
}

/// A client.
pub struct Client(u32);

impl Client {
    #[traced_future]
    pub fn load(&self) -> impl Future<Output = u32> + '_ {
        ready(self.0)
    }

    #[traced_stream]
    pub fn rows(&self) -> BoxStream<'_, u32> {
        stream::iter(0..self.0).boxed()
    }
}

#[traced_block]
#[async_trait::async_trait]
impl Fetch for Client {
    async fn fetch(&self, key: &str) -> Result<u32, String> {
        let n = ready(self.0).await;
        if key.is_empty() {
            return Err(key.to_string());
        }
        return Ok(n);
    }

    async fn silent(&mut self, mut n: u32) {
        n += 1;
        self.0 = n;
    }
}

/// A fetched value.
#[async_trait::async_trait]
pub trait Fetch {
    /// One.
    async fn fetch(&self, key: &str) -> Result<u32, String>;

    /// Nothing.
    async fn silent(&mut self, n: u32);
}
