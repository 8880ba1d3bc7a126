//! The agent protocol of `SkyWalking`: what an agent and its backend say to each other over gRPC.
//!
//! Here are messages, clients and servers as they are on the wire, the list of the OAP's
//! components, a check of the rules that a segment has to keep to, and nothing that decides when to
//! send what. Every service that a released agent calls is here: tracing (segments and attached
//! events), management (properties and keep-alive), meters, logs, events, profile tasks,
//! configuration discovery, the metrics of Java and .NET, browsers, and the commands that every
//! answer may carry.
//!
//! # Where it comes from
//!
//! The files in `protos/` are our own, written from a description of the protocol and wire
//! compatible with it. The Rust in `src/generated/` is made of them by the crate
//! `skywalking-codegen` and checked in, so that building this crate needs neither `protoc` nor a C
//! compiler. After a change of a `.proto` file:
//!
//! ```text
//! cargo run -p skywalking-codegen               # writes the Rust anew
//! cargo run -p skywalking-codegen -- --check    # writes nothing, says whether it is current
//! ```
//!
//! The tests of `skywalking-codegen` hold the Rust against the files, and the files against a table
//! of every name and number; `vectors.json` has messages in bytes and in JSON, which the tests here
//! decode and encode.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `messages` | yes | the modules `v3` and `v10`, on prost |
//! | `client` | yes | the `*_client` modules, on tonic's channel |
//! | `server` | yes | the `*_server` modules, on tonic's server |
//! | `rules` | no | the module `rules`: what a segment has to keep to, as a check |
//!
//! `client`, `server` and `rules` imply `messages`. Without features the crate has the modules
//! `components` and `storage`, and no dependencies.
//!
//! # Example
//!
//! ```
//! use prost::Message;
//! use skywalking_proto::v3::{SegmentObject, SpanLayer, SpanObject, SpanType};
//!
//! let segment = SegmentObject {
//!     trace_id: "trace-1".to_owned(),
//!     trace_segment_id: "segment-1".to_owned(),
//!     service: "RTS_Test".to_owned(),
//!     service_instance: "RTS_Test_1".to_owned(),
//!     spans: vec![SpanObject {
//!         parent_span_id: -1, // none: this is the segment's first span
//!         operation_name: "/API/Snapshot".to_owned(),
//!         span_type: SpanType::Entry.into(),
//!         span_layer: SpanLayer::Http.into(),
//!         ..SpanObject::default()
//!     }],
//!     ..SegmentObject::default()
//! };
//!
//! let bytes = segment.encode_to_vec();
//! assert_eq!(SegmentObject::decode(bytes.as_slice())?, segment);
//! # Ok::<(), prost::DecodeError>(())
//! ```

pub mod components;
#[cfg(feature = "rules")]
pub mod rules;
pub mod storage;

/// Everything of the protocol's package `skywalking.v3` that this project speaks.
// Allowed, because the generator decides them: fields whose names say all have no comment in the
// `.proto` files and so none here, and tonic's clients and servers are not written for the pedantic
// lints.
#[allow(missing_docs, clippy::pedantic)]
#[cfg(feature = "messages")]
pub mod v3 {
    include!("generated/skywalking.v3.rs");
}

/// The services of the protocol's package `skywalking.v10`: profiles by pprof and by
/// async-profiler.
#[cfg(feature = "messages")]
#[allow(missing_docs, nonstandard_style, clippy::pedantic)] // as above; the generator names streams after their methods
pub mod v10 {
    include!("generated/skywalking.v10.rs");
}

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
