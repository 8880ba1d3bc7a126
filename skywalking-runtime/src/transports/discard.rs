//! The transport that drops everything. For tests that read segments elsewhere.

use crate::management::ManagementMessage;
use crate::report::transport::{Call, Messages, Outcome, Transport};

#[derive(Debug)]
pub(crate) struct Discard;

impl Transport for Discard {
    fn addresses(&self) -> usize {
        1
    }

    fn address(&self) -> String {
        "nowhere".to_owned()
    }

    fn next_backend(&mut self) {}

    fn send_management(&mut self, _: ManagementMessage) -> Call {
        Box::pin(std::future::ready(Outcome::Taken))
    }

    fn send(&mut self, messages: Messages) -> Call {
        let flight = messages.flight();
        messages.for_each(drop);
        flight.hand_over();
        Box::pin(std::future::ready(Outcome::Taken))
    }
}
