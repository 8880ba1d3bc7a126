//! All open connections. At the limit, the one that has been idle the longest is closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::connection::Connection;
use crate::config::Timeouts;

#[derive(Debug)]
pub(crate) struct Connections {
    limit: usize,
    timeouts: Timeouts,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    open: HashMap<u64, Arc<Connection>>,
    /// The number of connections that were ever admitted.
    admitted: u64,
}

/// The entry of a connection in the table. Removed on drop.
#[derive(Debug)]
pub(super) struct Slot {
    number: u64,
    connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Connections {
    pub(crate) fn new(limit: usize, timeouts: Timeouts) -> Arc<Self> {
        Arc::new(Self { limit, timeouts, table: Mutex::default() })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection. At the limit, closes the one that has been idle the longest. Returns
    /// `None` if none is idle.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Slot> {
        let mut table = self.table();
        if table.open.len() >= self.limit && !table.close_longest_idle() {
            return None;
        }
        table.admitted += 1;
        let number = table.admitted;
        let connection = Arc::new(Connection::new(self.timeouts));
        table.open.insert(number, Arc::clone(&connection));
        drop(table);
        Some(Slot { number, connection, connections: Arc::clone(self) })
    }

    /// Closes the connection that has been idle the longest. Returns `false` if none is idle.
    pub(super) fn close_longest_idle(&self) -> bool {
        self.table().close_longest_idle()
    }
}

impl Table {
    fn close_longest_idle(&self) -> bool {
        let idle = self
            .open
            .values()
            .filter_map(|connection| Some((connection.idle_since()?, connection)));
        idle.min_by_key(|(since, _)| *since).map(|(_, connection)| connection.close()).is_some()
    }
}

impl Slot {
    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.table().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn longest_idle_connection_is_closed_at_the_limit() {
        let connections = Connections::new(2, Timeouts::default());
        let pass = async || tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let first = connections.admit().expect("below the limit");
        pass().await;
        let second = connections.admit().expect("below the limit");
        pass().await;
        first.connection().touch();
        let third = connections.admit().expect("the second one is closed");
        second.connection().deadline_passed().await;
        // A closing connection is not closed twice, and a busy one is not closed.
        let working = first.connection().handle_request();
        pass().await;
        let fourth = connections.admit().expect("the third one is closed");
        third.connection().deadline_passed().await;
        drop((second, third));
        let _working = fourth.connection().handle_request();

        assert!(connections.admit().is_none());
        drop(working);
        assert!(connections.admit().is_some());

        first.connection().deadline_passed().await;
    }
}
