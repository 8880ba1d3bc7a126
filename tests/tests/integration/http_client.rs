//! Spans and headers of HTTP clients with our layers: hyper-util's legacy client and tonic's with
//! the tower layer, reqwest with its middleware. Each test compares the whole span tree.
//!
//! The servers run scripts and store the requests. For each request with our header, an entry span
//! `arrived` is added below the span in the header, so a tree also shows that both sides agree.
//! Tests do not sleep. If a server never responds, the clock is paused after the request has
//! arrived, and then advances to the timeout.

mod harness;
mod hyper_util;
mod reqwest;
mod tonic;
