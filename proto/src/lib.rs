//! The agent protocol of Apache `SkyWalking`: messages, gRPC clients and servers, the component ids
//! of the OAP, and a check of segments against the rules of the protocol.
//!
//! The crate has every service that a released agent calls: tracing (segments and attached
//! events), management (properties and keep-alive), meters, logs, events, profile tasks,
//! configuration discovery, the metrics of Java and .NET, browsers, and the commands that every
//! answer may carry.
//!
//! # Where it comes from
//!
//! The files in `protos/` were written for this project from the published protocol, and are
//! compatible with it on the wire. The crate `skywalking-codegen` generates `src/generated/` from
//! them. The generated code is checked in, so that the build needs neither `protoc` nor a C compiler.
//! After a change of a `.proto` file:
//!
//! ```text
//! cargo run -p skywalking-codegen               # writes the generated code
//! cargo run -p skywalking-codegen -- --check    # fails if the generated code is not current
//! ```
//!
//! The tests of `skywalking-codegen` compare the generated code with the files, and the files with a
//! table of every name and number. The tests of this crate decode and encode the messages of
//! `vectors.json`, which other agents and the backend sent.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `messages` | yes | the modules `v3` and `v10`, on prost |
//! | `client` | yes | the `*_client` modules, on tonic's channel |
//! | `server` | yes | the `*_server` modules, on tonic's server |
//! | `rules` | no | the module `rules`: a check of segments against the protocol |
//!
//! `client`, `server` and `rules` imply `messages`. Without features the crate has the modules
//! `components`, `json` and `storage`, and no dependencies.
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
pub mod json;
#[cfg(feature = "rules")]
pub mod rules;
pub mod storage;

/// The messages and services of the package `skywalking.v3`.
// The code is generated: fields without a comment in the `.proto` files have none here, and tonic's
// clients and servers do not follow the pedantic lints.
#[allow(missing_docs, clippy::pedantic)]
#[cfg(feature = "messages")]
pub mod v3 {
    include!("generated/skywalking.v3.rs");
}

/// The messages and services of the package `skywalking.v10`: profiles of pprof and async-profiler.
#[cfg(feature = "messages")]
#[allow(missing_docs, nonstandard_style, clippy::pedantic)] // as above; the generator names streams after their methods
pub mod v10 {
    include!("generated/skywalking.v10.rs");
}

// The examples of the page are compiled with those of the crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
