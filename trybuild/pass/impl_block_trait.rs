//! Blocks that implement a trait: with constants and types, async functions, futures and results.

use std::fmt;
use std::str::FromStr;

use skywalking_runtime::{exit_span, local_span, skip_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

trait Repository {
    const TABLE: &'static str;
    type Row;

    fn connect(address: &str) -> Result<Self, String>
    where
        Self: Sized;

    async fn find(&self, id: u64) -> Result<Self::Row, NotFound>;

    fn all(&self) -> impl Future<Output = Vec<Self::Row>>;

    fn len(&self) -> usize;
}

#[derive(Debug, PartialEq)]
struct NotFound(u64);

struct Memory {
    address: String,
    rows: Vec<u64>,
}

#[exit_span(peer = "memory", layer = database, err(Debug))]
impl Repository for Memory {
    const TABLE: &'static str = "numbers";
    type Row = u64;

    #[local_span(tags(address))]
    fn connect(address: &str) -> Result<Self, String> {
        if address.is_empty() {
            return Err("no address".to_owned());
        }
        Ok(Self { address: address.to_owned(), rows: vec![1, 2] })
    }

    async fn find(&self, id: u64) -> Result<u64, NotFound> {
        wait(0).await;
        self.rows.iter().find(|row| **row == id).copied().ok_or(NotFound(id))
    }

    #[exit_span(peer = self.address, covers = future)]
    fn all(&self) -> impl Future<Output = Vec<u64>> {
        async { self.rows.clone() }
    }

    #[skip_span]
    fn len(&self) -> usize {
        self.rows.len()
    }
}

#[local_span]
impl FromStr for Memory {
    type Err = String;

    fn from_str(address: &str) -> Result<Self, Self::Err> {
        Self::connect(address)
    }
}

#[local_span]
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", Self::TABLE, self.address)
    }
}

#[local_span]
impl Drop for Memory {
    fn drop(&mut self) {
        self.rows.clear();
    }
}

#[test]
fn every_function_is_traced() {
    spans(|| {
        let memory: Memory = "a:1".parse().unwrap();
        assert_eq!((block_on(memory.find(2)), block_on(memory.find(3))), (Ok(2), Err(NotFound(3))));
        assert_eq!((block_on(memory.all()).len(), memory.len(), memory.to_string().len()), (2, 2, 14));
        assert!("".parse::<Memory>().is_err());
    })
    .are(
        "
        Local pass::impl_block_trait::Memory::from_str
          Local pass::impl_block_trait::Memory::connect {address=a:1}
        Exit pass::impl_block_trait::Memory::find layer=Database peer=memory
        Exit pass::impl_block_trait::Memory::find layer=Database peer=memory ERROR [event=error error.kind=pass::impl_block_trait::NotFound message=NotFound(3)]
        Exit pass::impl_block_trait::Memory::all peer=a:1
        Local pass::impl_block_trait::Memory::fmt
        Local pass::impl_block_trait::Memory::from_str ERROR [event=error error.kind=alloc::string::String message=no address]
          Local pass::impl_block_trait::Memory::connect ERROR {address=} [event=error error.kind=alloc::string::String message=no address]
        Local pass::impl_block_trait::Memory::drop
        ",
    );
}
