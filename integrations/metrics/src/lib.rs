//! Reports what the [`metrics`] facade counts to SkyWalking, as meters of the runtime.
//!
//! ```
//! use skywalking_metrics::Recorder;
//! use skywalking_runtime::meter::{self, Value};
//!
//! Recorder::new().install()?;
//!
//! metrics::describe_histogram!("http.request.duration", metrics::Unit::Seconds, "of requests");
//! metrics::counter!("http.requests", "code" => "200").increment(3);
//! metrics::gauge!("connections").set(7.0);
//! metrics::histogram!("http.request.duration").record(0.012);
//!
//! let meters = meter::read();
//! let names: Vec<_> = meters.iter().map(|meter| meter.name.as_str()).collect();
//! assert_eq!(names, ["http_requests", "connections", "http_request_duration"]);
//! assert_eq!(meters[0].value, Value::Counter(3));
//! // 12 ms are in the bucket from 10 to 25 ms.
//! let Value::Histogram(buckets) = &meters[2].value else { panic!() };
//! assert!(buckets.contains(&(10.0, 1)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The agent sends them every 20 s, by gRPC. The OAP shows a meter only if a rule names it: see the
//! [module `meter`](skywalking_runtime::meter).
//!
//! # Names and labels
//!
//! Each character of a name that is not an ASCII letter, a digit or `_` is reported as `_`. If two
//! names would be reported alike, the second is not reported. This is logged once, and each use is
//! counted ([`Diagnostic::MeterRefused`](skywalking_runtime::stats::Diagnostic::MeterRefused)). The
//! same holds for the labels `service`, `instance` and `le`, and for more than
//! [`LIMIT`](skywalking_runtime::meter::LIMIT) meters. Each combination of a name and labels is a
//! meter, so the values of labels must be few.
//!
//! # Units
//!
//! The OAP rounds the bounds of histograms to whole numbers, so durations are reported in
//! milliseconds:
//!
//! | described unit | counter | gauge and histogram |
//! | --- | --- | --- |
//! | `Seconds` | milliseconds | milliseconds |
//! | `Microseconds`, `Nanoseconds` | unchanged | milliseconds |
//! | any other, or none | unchanged | unchanged |
//!
//! A histogram without a description is in seconds as well if its name ends with `seconds`. A
//! description applies to the values after it.
//!
//! # Buckets
//!
//! The facade has no buckets. [`Recorder::buckets`] and [`Recorder::buckets_of`] set them, in the
//! reported unit. The default is meant for milliseconds: see [`Recorder::buckets`].

mod buckets;
mod cache;
mod handles;
mod recorder;
mod units;

pub use recorder::{AlreadyInstalled, Recorder};

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
