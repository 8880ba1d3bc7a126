//! `#[async_trait]` above and below the attribute of a block: either way the span covers the
//! future.

use async_trait::async_trait;
use skywalking_runtime::{entry_span, exit_span, local_span, skip_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[async_trait]
trait Service {
    async fn call(&self, mut n: u8) -> Result<u8, String>;
    async fn skipped(&self) -> u8;
    async fn overridden(&self, key: &str) -> usize;
    fn plain(&self) -> u8;
}

struct Above;

#[local_span(names = "above {fn}")]
#[async_trait]
impl Service for Above {
    async fn call(&self, mut n: u8) -> Result<u8, String> {
        n += self.plain();
        if n == 1 { Err("one".to_owned()) } else { Ok(wait(n).await + self.skipped().await) }
    }

    #[skip_span]
    async fn skipped(&self) -> u8 {
        1
    }

    #[exit_span(peer = "a:1", tags(key))]
    async fn overridden(&self, key: &str) -> usize {
        wait(1).await;
        key.len()
    }

    fn plain(&self) -> u8 {
        1
    }
}

struct Below;

#[async_trait]
#[local_span(names = "below {fn}")]
impl Service for Below {
    async fn call(&self, mut n: u8) -> Result<u8, String> {
        n += self.plain();
        if n == 1 { Err("one".to_owned()) } else { Ok(wait(n).await + self.skipped().await) }
    }

    #[skip_span]
    async fn skipped(&self) -> u8 {
        1
    }

    #[exit_span(peer = "a:1", tags(key))]
    async fn overridden(&self, key: &str) -> usize {
        wait(1).await;
        key.len()
    }

    fn plain(&self) -> u8 {
        1
    }
}

#[entry_span(name = "/all")]
async fn all(service: &dyn Service) -> Result<u8, String> {
    assert_eq!(service.overridden("key").await, 3);
    drop(service.call(1));
    service.call(1).await?;
    service.call(0).await
}

#[test]
fn attribute_above() {
    spans(|| assert!(block_on(all(&Above)).is_err())).are(
        "
        Entry /all ERROR [event=error error.kind=alloc::string::String message=one]
          Exit above overridden peer=a:1 {key=key}
          Local above call
            Local above plain
          Local above call ERROR [event=error error.kind=alloc::string::String message=one]
            Local above plain
        ",
    );
}

#[test]
fn attribute_below() {
    spans(|| assert!(block_on(all(&Below)).is_err())).are(
        "
        Entry /all ERROR [event=error error.kind=alloc::string::String message=one]
          Exit below overridden peer=a:1 {key=key}
          Local below call
            Local below plain
          Local below call ERROR [event=error error.kind=alloc::string::String message=one]
            Local below plain
        ",
    );
}
