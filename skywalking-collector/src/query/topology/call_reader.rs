//! Recognizes the series of one call of the map.

use super::aliases::Aliases;
use crate::api::DetectPoint;
use crate::naming::{self, ServiceKind};
use crate::store::{SeriesRef, Subject};

/// Recognizes the series of one call, after all series were added: an address is resolved only when
/// all addresses are known.
#[derive(Default)]
pub(crate) struct CallReader {
    aliases: Aliases,
}

impl CallReader {
    /// Adds the address and the services of a series. Returns their memory in bytes.
    pub(crate) fn add(&mut self, series: &SeriesRef<'_>) -> usize {
        self.aliases.add(series);
        Aliases::BYTES
    }

    /// Returns which side reported the calls of a subject, if they are calls between these nodes.
    pub(crate) fn reported_by<N: AsRef<str>>(
        &self,
        subject: &Subject<N>,
        source: &str,
        target: &str,
    ) -> Option<DetectPoint> {
        let is = |id: &str, name: &str, kind| naming::service_id(name, kind) == id;
        match subject {
            Subject::Sent { source: caller, address, layer, .. } => {
                let is_source = is(source, caller.as_ref(), ServiceKind::Normal);
                let (called, kind) = self.aliases.target(address.as_ref(), *layer);
                (is_source && is(target, called, kind)).then_some(DetectPoint::Client)
            }
            Subject::Received { source: caller, source_kind, target: called, .. } => {
                let is_source = is(source, caller.as_ref(), *source_kind);
                (is_source && is(target, called.as_ref(), ServiceKind::Normal))
                    .then_some(DetectPoint::Server)
            }
            _ => None,
        }
    }
}
