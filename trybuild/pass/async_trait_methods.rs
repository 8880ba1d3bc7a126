//! Attributes on the methods of an `#[async_trait]`, in the trait and in the implementation.

use std::fmt::Display;

use async_trait::async_trait;
use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[async_trait]
trait Store: Sync {
    async fn load(&self, key: &str) -> Result<usize, String>;

    #[entry_span(name = "default", tags(key))]
    async fn first(&self, key: &str) -> Result<usize, String> {
        let loaded = self.load(key).await?;
        Ok(loaded + 1)
    }

    #[local_span]
    async fn nothing(&self) {}
}

struct Memory<T> {
    name: T,
}

#[async_trait]
impl<T: Display + Send + Sync> Store for Memory<T> {
    #[exit_span(peer = self.name, tags(key))]
    async fn load(&self, key: &str) -> Result<usize, String> {
        self.nothing().await;
        if key.is_empty() {
            return Err("no key".to_owned());
        }
        Ok(key.len() + self.name().len())
    }
}

impl<T: Display> Memory<T> {
    fn name(&self) -> String {
        self.name.to_string()
    }
}

#[async_trait(?Send)]
trait Local {
    async fn call(self: Box<Self>, mut n: u8, (a, b): (u8, u8)) -> u8;
}

#[async_trait(?Send)]
impl Local for () {
    #[local_span(name = "not send", tags(n))]
    async fn call(self: Box<Self>, mut n: u8, (a, b): (u8, u8)) -> u8 {
        n += a;
        n + b
    }
}

#[test]
fn span_covers_the_future() {
    spans(|| {
        let store = Memory { name: "store" };
        assert_eq!(block_on(store.first("key")), Ok(9));
        assert_eq!(block_on(store.first("")), Err("no key".to_owned()));
        assert_eq!(block_on(Box::new(()).call(1, (2, 3))), 6);
        let object: &dyn Store = &store;
        assert_eq!(block_on(object.load("k")), Ok(6));
        drop(store.load("never polled"));
    })
    .are(
        "
        Entry default {key=key}
          Exit pass::async_trait_methods::load peer=store {key=key}
            Local pass::async_trait_methods::nothing
        Entry default ERROR {key=} [event=error error.kind=alloc::string::String message=no key]
          Exit pass::async_trait_methods::load peer=store ERROR {key=} [event=error error.kind=alloc::string::String message=no key]
            Local pass::async_trait_methods::nothing
        Local not send {n=1}
        Exit pass::async_trait_methods::load peer=store {key=k}
          Local pass::async_trait_methods::nothing
        ",
    );
}
