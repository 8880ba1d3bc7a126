//! Functions with parameters that only the attributes use.
#![deny(warnings)]

use std::fmt;
use std::future::{Future, ready};

use skywalking_runtime::{entry_span, exit_span, local_span};

#[local_span(name = name, tags("size" = size, "item" = %item, "other" = ?other))]
pub fn computed(name: &str, size: usize, item: impl fmt::Display, other: Option<u8>) {}

#[entry_span(name = "/orders", extract = headers, tags(user))]
pub fn receive(headers: &str, user: u64) -> Result<(), fmt::Error> {
    Ok(())
}

#[entry_span(name = "/batch", extract_each = messages)]
pub async fn receive_each(messages: &[String]) {}

#[exit_span(name = "/stock", peer = peer, inject = headers)]
pub async fn send(peer: String, headers: &mut String) {}

#[local_span(name = "later", covers = future, tags("count" = count))]
pub fn later(count: u32) -> impl Future<Output = u32> {
    ready(1)
}

#[local_span(name = "measured", ret_tags("more" = |returned| returned + base))]
pub fn measured(base: u32) -> u32 {
    1
}

pub struct Planner;

#[local_span(tags("id" = id))]
impl Planner {
    pub fn plan(&self, id: u64) {}

    #[exit_span(name = "call", peer = peer)]
    pub async fn call(&self, peer: &str) {}

    #[skywalking_runtime::skip_span]
    pub fn skipped(&self) {}
}
