//! Key-value pairs that are propagated with the current trace.

use crate::context::current_segment;
use crate::tracer;

/// Returns the value that is propagated with the current trace under `key`.
///
/// ```
/// assert_eq!(skywalking_runtime::propagation::correlation::get("tenant"), None); // no context here
/// ```
pub fn get(key: &str) -> Option<String> {
    current_segment::with(|segment| segment.correlation(key).map(str::to_owned)).flatten()
}

/// Propagates `value` with the current trace under `key`. An empty value removes the key. Returns
/// false and changes nothing without a context, for a fourth key, and for a key or value of over
/// 128 UTF-16 units. [`Config::max_correlation_pairs`] and [`Config::max_correlation_value_length`]
/// allow more.
///
/// If the key is one of [`Config::correlation_tags`], the value becomes a tag of the current span
/// too.
///
/// [`Config::max_correlation_pairs`]: crate::Config::max_correlation_pairs
/// [`Config::max_correlation_value_length`]: crate::Config::max_correlation_value_length
/// [`Config::correlation_tags`]: crate::Config::correlation_tags
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, propagation::correlation, span};
///
/// static ENTRY: Callsite = callsite!(entry, "/work");
///
/// span(&ENTRY).run(|| {
///     correlation::put("tenant", "blue"); // the next services can read it
/// });
/// ```
pub fn put(key: &str, value: &str) -> bool {
    tracer::enabled()
        && current_segment::with(|segment| segment.put_correlation(key, value)).unwrap_or(false)
}
