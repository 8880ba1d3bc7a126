//! Reads the store: lists of traces, one trace, the service map.

mod filter;
mod find;
mod first;
mod histogram;
mod metrics;
mod notes;
mod rows;
mod rules;
mod skeleton;
mod span_details;
mod statements;
mod summaries;
mod tags;
mod text_search;
mod timing;
mod topology;
mod trace;
mod violations;
mod window;

pub(crate) use filter::Prepared;
pub(crate) use find::find;
pub(crate) use histogram::{histogram, samples};
pub(crate) use metrics::{Endpoints, Instances, SeriesOf, SeriesRange, Services};
pub(crate) use rules::by_rule;
pub(crate) use skeleton::skeleton;
pub(crate) use span_details::{MAX_REFERRERS, span_details};
pub(crate) use statements::statements;
pub(crate) use summaries::{TraceSelection, select, select_since};
pub(crate) use tags::{keys as tag_keys, values as tag_values};
pub(crate) use text_search::matching_rows;
pub(crate) use timing::self_times_of;
pub(crate) use topology::{CallEnds, CallEndsReader, MapReader};
pub(crate) use trace::{view as trace_view, view_bytes};
pub(crate) use violations::violations;
pub(crate) use window::Reader;
