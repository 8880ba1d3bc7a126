//! What the HTTP clients record and send with our layer around them: hyper-util's legacy client and
//! tonic's by the tower layer, reqwest by its middleware. Each test asserts the whole span tree.
//!
//! The servers play scripts and record what they got. Of each request that carried our header, an
//! entry span `arrived` hangs below the span that the header names, so a tree says too that the two
//! agree. Nobody sleeps; where a server never answers, the clock is stopped once the request has
//! arrived, and then goes straight to the timeout.

mod harness;
mod hyper_util;
mod reqwest;
mod tonic;
