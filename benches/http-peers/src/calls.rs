//! Calls the router in this process, without the network: measures the layer and the router on one
//! thread.

use crate::app::{Client, hello};
use crate::rounds::{self, Rounds, Variants};
use crate::{Outcome, variants::Started};

/// Few enough that the pending spans fit into the queue of every library.
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

/// Makes the calls of a round.
pub(crate) fn calls(client: &mut Client) -> Outcome<()> {
    for _ in 0..REQUESTS {
        client.call()?;
    }
    Ok(())
}
