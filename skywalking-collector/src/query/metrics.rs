//! Statistics of services, instances and endpoints, and calls over time.
//!
//! Each is a `Reader`, see `query::window`.

mod endpoints;
mod series;
mod services;

pub(crate) use endpoints::Endpoints;
pub(crate) use series::{SeriesOf, SeriesRange};
pub(crate) use services::{Instances, Services};
