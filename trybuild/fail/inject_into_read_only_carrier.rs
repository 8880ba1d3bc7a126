//! A carrier that can only be read is used in `inject`.

use std::borrow::Cow;

use skywalking_runtime::{Carrier, entry_span, exit_span, propagation::Extract};

struct Readable;

impl Extract for Readable {
    fn header(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

#[derive(Carrier)]
struct Message {
    #[carrier]
    header: Readable,
}

#[entry_span(extract = message)]
fn right(message: &Message) {}

#[exit_span(peer = "a", inject = message)]
fn wrong(message: &mut Message) {}

fn main() {}
