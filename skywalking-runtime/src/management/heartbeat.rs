//! The schedule of management messages: a keep-alive right after the first properties and every 30
//! s, and the properties again in place of every tenth.
//!
//! The first keep-alive is sent at once: the properties create the instance, but only a keep-alive
//! creates the service of a program without Entry spans (`docs/protocol.md#management`), which may
//! run for less than 30 s. This module reads no clock and sends nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::ManagementMessage;

const PERIOD: Duration = Duration::from_secs(30);
const PROPERTIES_EVERY: u32 = 10;

/// The schedule of one connection, from the moment at which the properties were said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heartbeat {
    number: u32,
    next: Instant,
}

impl Heartbeat {
    /// The properties have just been said.
    pub(crate) fn begin(now: Instant) -> Self {
        Self { number: 0, next: now }
    }

    /// When the next word is due.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// The word that is due by now.
    pub(crate) fn due(&self, now: Instant) -> Option<ManagementMessage> {
        let word = if self.number > 0 && self.number.is_multiple_of(PROPERTIES_EVERY) {
            ManagementMessage::Properties
        } else {
            ManagementMessage::KeepAlive
        };
        (self.next <= now).then_some(word)
    }

    /// The word that was due has been said, or refused. Returns true if it was one of the 30 s, not
    /// the first.
    pub(crate) fn sent(&mut self, now: Instant) -> bool {
        let regular = self.number > 0;
        self.number = self.number.wrapping_add(1);
        // In step with the heartbeat before, unless more than one was slept through.
        self.next += PERIOD;
        if self.next < now {
            self.next = now + PERIOD;
        }
        regular
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_alive_comes_at_once_and_each_30_s_and_properties_every_tenth_time() {
        let start = Instant::now();
        let (mut heartbeat, mut said) = (Heartbeat::begin(start), Vec::new());
        for second in 0..=630 {
            let now = start + Duration::from_secs(second);
            if let Some(word) = heartbeat.due(now) {
                said.push((second, word));
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
        assert_eq!(said, expected);
    }

    #[test]
    fn missed_messages_are_not_sent_later() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::begin(start);
        heartbeat.sent(start);
        let late = start + Duration::from_secs(500);
        heartbeat.sent(late);
        assert_eq!(heartbeat.due(late), None);
        assert_eq!(heartbeat.next(), late + PERIOD);
    }
}
