//! A segment as it is stored.

use skywalking_proto::rules::Violation;
use skywalking_proto::v3::SegmentObject;

use crate::naming;

/// A segment as it was received.
#[derive(Debug)]
pub(crate) struct StoredSegment {
    pub(crate) object: SegmentObject,
    /// The violations that `validate` found.
    pub(crate) violations: Vec<Violation>,
    /// The number of the arrival, counted over all segments from 1.
    pub(crate) arrival: u64,
    /// The color of its service.
    pub(crate) color: u32,
}

impl StoredSegment {
    /// Returns whether the segment belongs to the service.
    pub(crate) fn belongs_to(&self, service: &str) -> bool {
        let own = self.object.service.as_str();
        own == service || naming::display_name(own) == service
    }
}
