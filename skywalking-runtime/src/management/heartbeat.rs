//! The schedule of management messages: a keep-alive right after the first properties and then
//! every 30 s by default, and the properties in place of every tenth keep-alive.
//!
//! The first keep-alive is sent at once: only a keep-alive creates the service of a program without
//! Entry spans (`docs/protocol.md#management`), and the program may run for less than 30 s. This
//! module reads no clock and sends nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::ManagementMessage;

/// The schedule of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    number: u32,
    next: Instant,
    period: Duration,
    /// After how many keep-alives the properties are sent again.
    properties_every: u32,
}

impl Heartbeat {
    /// Creates a schedule. The properties have just been sent.
    pub(crate) fn begin(now: Instant, period: Duration, properties_every: u32) -> Self {
        Self { number: 0, next: now, period, properties_every }
    }

    /// Returns when the next message is due.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Returns the message that is due.
    pub(crate) fn due(&self, now: Instant) -> Option<ManagementMessage> {
        let message = if self.number > 0 && self.number.is_multiple_of(self.properties_every) {
            ManagementMessage::Properties
        } else {
            ManagementMessage::KeepAlive
        };
        (self.next <= now).then_some(message)
    }

    /// Records that the due message was sent or refused. Returns true for a periodic message, and
    /// false for the first one.
    pub(crate) fn sent(&mut self, now: Instant) -> bool {
        let regular = self.number > 0;
        self.number = self.number.wrapping_add(1);
        // Keeps the rhythm, unless more than one message was missed.
        self.next += self.period;
        if self.next < now {
            self.next = now + self.period;
        }
        regular
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(now: Instant) -> Heartbeat {
        Heartbeat::begin(now, Duration::from_secs(30), 10)
    }

    #[test]
    fn period_and_number_of_keep_alives_are_settings() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::begin(start, Duration::from_secs(2), 3);
        let mut sent = Vec::new();
        for second in 0..=12 {
            let now = start + Duration::from_secs(second);
            if let Some(message) = heartbeat.due(now) {
                sent.push((second, message == ManagementMessage::Properties));
                heartbeat.sent(now);
            }
        }
        let expected = (0..=6).map(|number| (number * 2, number == 3 || number == 6));
        assert_eq!(sent, expected.collect::<Vec<_>>());
    }

    #[test]
    fn keep_alives_and_properties_follow_the_schedule() {
        let start = Instant::now();
        let (mut heartbeat, mut sent) = (begin(start), Vec::new());
        for second in 0..=630 {
            let now = start + Duration::from_secs(second);
            if let Some(message) = heartbeat.due(now) {
                sent.push((second, message));
                heartbeat.sent(now);
            }
        }
        let expected: Vec<_> = (0..=21)
            .map(|n| {
                (
                    n * 30,
                    if n == 10 || n == 20 {
                        ManagementMessage::Properties
                    } else {
                        ManagementMessage::KeepAlive
                    },
                )
            })
            .collect();
        assert_eq!(sent, expected);
    }

    #[test]
    fn missed_messages_are_not_sent_later() {
        let start = Instant::now();
        let mut heartbeat = begin(start);
        heartbeat.sent(start);
        let late = start + Duration::from_secs(500);
        heartbeat.sent(late);
        assert_eq!(heartbeat.due(late), None);
        assert_eq!(heartbeat.next(), late + Duration::from_secs(30));
    }
}
