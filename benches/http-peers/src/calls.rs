//! Calls of the router in this process, with nothing of the network: what the layer and the router
//! do, on one thread.

use crate::app::{Client, hello};
use crate::rounds::{self, Rounds, Variants};
use crate::{Outcome, variants::Started};

/// Few enough that what is on its way fits into every library's queue.
pub(crate) const REQUESTS: u32 = 1_000;
const ROUNDS: usize = 401;

pub(crate) fn measure(variants: &Variants) -> Outcome<Rounds> {
    let clients: Outcome<Vec<Client>> =
        variants.iter().map(|(_, started)| client(&**started)).collect();
    let mut clients = clients?;
    rounds::run(variants, ROUNDS, REQUESTS, |index| calls(&mut clients[index]))
}

pub(crate) fn client(started: &dyn Started) -> Outcome<Client> {
    Client::new(started.layered(hello()))
}

/// The calls of a round.
pub(crate) fn calls(client: &mut Client) -> Outcome<()> {
    for _ in 0..REQUESTS {
        client.call()?;
    }
    Ok(())
}
