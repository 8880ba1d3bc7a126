//! Names and peers from methods, generics, fields of `self` and constants, and from traced
//! functions.

use std::fmt::{self, Display};

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

const PREFIX: &str = "/api";

struct Client<A> {
    address: A,
    shards: [&'static str; 2],
}

impl<A: Display> Client<A> {
    const DEFAULT: &'static str = "default:1";

    #[exit_span(name = self.describe("get"), peer = self.address)]
    fn get(&self) -> Result<u8, String> {
        Ok(1)
    }

    #[exit_span(name = Self::static_name::<A>(), peer = self.shards[key.len() % 2])]
    async fn put(&self, key: &str) -> Result<u8, String> {
        Ok(key.len() as u8)
    }

    #[exit_span(peer = Self::DEFAULT)]
    async fn constant(&self) {}

    #[local_span(name = "describe")]
    fn describe(&self, what: &str) -> String {
        format!("{what} {}", self.address)
    }

    fn static_name<T>() -> &'static str {
        std::any::type_name::<T>()
    }
}

struct Template<'a>(&'a str);

impl Display for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

#[entry_span(name = Template(path))]
async fn templated(path: &str) {}

#[entry_span(name = match n { 0 => "none", 1..=9 => "few", _ => "many" })]
fn matched(n: u8) {}

#[entry_span(name = "{literal} {} {n:?}")]
fn verbatim() {}

#[exit_span(name = name, peer = name)]
fn empty(name: &str) {}

#[test]
fn are_evaluated_before_the_span_starts() {
    spans(|| {
        let client = Client { address: "users:1", shards: ["a:1", "b:1"] };
        assert_eq!((client.get(), block_on(client.put("k"))), (Ok(1), Ok(1)));
        block_on(client.constant());
        block_on(templated("/users"));
        matched(3);
        verbatim();
        empty("");
    })
    .are(
        "
        Exit get users:1 peer=users:1
        Exit &str peer=b:1
        Exit pass::computed_names::constant peer=default:1
        Entry /api/users
        Entry few
        Entry {literal} {} {n:?}
        Exit pass::computed_names::empty peer=unknown
        ",
    );
}
