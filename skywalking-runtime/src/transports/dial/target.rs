//! The socket addresses of a host.

use std::io;
use std::net::{SocketAddr, SocketAddrV6};

use super::{order, resolver};
use crate::config::Host;
use crate::sys;

/// Returns the addresses to try after this number of failures, in this order. Only names are looked
/// up.
pub(super) async fn addresses(host: &Host, port: u16, turn: usize) -> io::Result<Vec<SocketAddr>> {
    Ok(match host {
        Host::Ip(ip) => vec![SocketAddr::new(*ip, port)],
        Host::Zoned(ip, zone) => vec![SocketAddrV6::new(*ip, port, 0, index(zone)?).into()],
        Host::Name(name) => {
            let mut addresses = order::of_turn(resolver::look_up(name).await?, turn);
            for address in &mut addresses {
                address.set_port(port);
            }
            addresses
        }
    })
}

/// Returns the index of a network interface, which a zone names or contains.
fn index(zone: &str) -> io::Result<u32> {
    zone.parse().ok().or_else(|| sys::interface_index(zone)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, format!("there is no network interface {zone}"))
    })
}
