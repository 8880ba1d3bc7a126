//! The order in which the addresses of a name are tried.

use std::net::SocketAddr;

/// How many addresses of a name a connect tries.
const ADDRESSES: usize = 16;

/// Returns the addresses to try. `turn` is the number of failures before: each begins with the next
/// address. So a later address is tried too, also if an earlier one accepts connections and does
/// not answer.
pub(super) fn of_turn(addresses: Vec<SocketAddr>, turn: usize) -> Vec<SocketAddr> {
    let mut addresses = in_turns(addresses);
    if let Some(places) = turn.checked_rem(addresses.len()) {
        addresses.rotate_left(places);
    }
    // Again, since the families may have different numbers of addresses.
    addresses = in_turns(addresses);
    addresses.truncate(ADDRESSES);
    addresses
}

/// Alternates between the families, starting with that of the first address. The order within a
/// family stays.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let is_first_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == is_first_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = Vec::new();
    loop {
        let before = mixed.len();
        mixed.extend(first.next().into_iter().chain(second.next()));
        if mixed.len() == before {
            return mixed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses<const N: usize>(all: [&str; N]) -> Vec<SocketAddr> {
        all.map(|text| SocketAddr::new(text.parse().unwrap(), 0)).to_vec()
    }

    #[test]
    fn families_take_turns() {
        let sorted = addresses(["::1", "::2", "::3", "127.0.0.1", "127.0.0.2"]);
        let mixed = addresses(["::1", "127.0.0.1", "::2", "127.0.0.2", "::3"]);
        assert_eq!(of_turn(sorted, 0), mixed);
        let one_family = addresses(["127.0.0.1", "127.0.0.2"]);
        assert_eq!(of_turn(one_family.clone(), 0), one_family);
        assert_eq!(of_turn(Vec::new(), 1), []);
    }

    #[test]
    fn each_turn_begins_with_the_next_address() {
        let sorted = addresses(["::1", "::2", "::3", "127.0.0.1"]);
        for (turn, expected) in [
            (0, ["::1", "127.0.0.1", "::2", "::3"]),
            (1, ["127.0.0.1", "::2", "::3", "::1"]),
            (2, ["::2", "127.0.0.1", "::3", "::1"]),
            (3, ["::3", "127.0.0.1", "::1", "::2"]),
            (4, ["::1", "127.0.0.1", "::2", "::3"]),
        ] {
            assert_eq!(of_turn(sorted.clone(), turn), addresses(expected), "{turn}");
        }
    }

    #[test]
    fn seventeenth_address_has_its_turn() {
        let all: Vec<_> = (1..=40).map(|last| SocketAddr::from(([192, 0, 2, last], 0))).collect();
        for turn in 0..all.len() {
            let tried = of_turn(all.clone(), turn);
            assert_eq!((tried.len(), tried.first()), (ADDRESSES, all.get(turn)), "{turn}");
        }
    }
}
