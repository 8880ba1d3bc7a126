//! The connections of both ports. When there are too many, the one that was idle for longest is
//! closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Connection;
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
    taken: u64,
}

/// A place in the table, left when it is dropped.
#[derive(Debug)]
pub(super) struct Entry {
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

    /// Takes a connection, and closes another one where there are too many. `None` if none of them
    /// is idle.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Entry> {
        let mut table = self.table();
        if table.open.len() >= self.limit && !table.close_oldest() {
            return None;
        }
        table.taken += 1;
        let number = table.taken;
        let connection = Arc::new(Connection::new(self.timeouts));
        table.open.insert(number, Arc::clone(&connection));
        drop(table);
        Some(Entry { number, connection, connections: Arc::clone(self) })
    }

    /// Closes the connection that was idle for longest. False if there is none.
    pub(super) fn close_oldest(&self) -> bool {
        self.table().close_oldest()
    }
}

impl Table {
    fn close_oldest(&self) -> bool {
        let idle = self
            .open
            .values()
            .filter_map(|connection| Some((connection.idle_since()?, connection)));
        idle.min_by_key(|(since, _)| *since).map(|(_, connection)| connection.close()).is_some()
    }
}

impl Entry {
    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.connections.table().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_oldest_idle_connection_makes_room() {
        let connections = Connections::new(2, Timeouts::default());
        let pass = async || tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let first = connections.admit().expect("room");
        pass().await;
        let second = connections.admit().expect("room");
        pass().await;
        first.connection().touch();
        let third = connections.admit().expect("the second makes room");
        second.connection().overdue().await;
        // One that is closing is not closed twice, and one at work not at all.
        let working = first.connection().work();
        pass().await;
        let fourth = connections.admit().expect("the third makes room");
        third.connection().overdue().await;
        drop((second, third));
        let _working = fourth.connection().work();
        assert!(connections.admit().is_none());
        drop(working);
        assert!(connections.admit().is_some());
        first.connection().overdue().await;
    }
}
