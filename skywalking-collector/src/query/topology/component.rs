//! Names and priorities of components on the service map (`docs/protocol.md#components`).

use skywalking_proto::components::{self, SPRING_MVC};

const UNREGISTERED: &str = "Unknown";

/// Returns the name of a component, or `Unknown` if it is not registered.
pub(super) fn name(id: i32) -> &'static str {
    components::find(id).map_or(UNREGISTERED, |component| component.name)
}

/// Returns the name of a registered component other than `Unknown`.
pub(super) fn registered(id: i32) -> Option<String> {
    let known = components::find(id).filter(|known| known.id != components::UNKNOWN);
    known.map(|component| component.name.to_owned())
}

/// Returns the name of the server that a component is a client of. It is the type of a guessed
/// node.
pub(super) fn server_name(id: i32) -> &'static str {
    components::find(id).map_or(UNREGISTERED, |component| component.server)
}

/// Returns the priority of a component. The component with the highest one names a service.
pub(super) fn priority(id: i32) -> u8 {
    match id {
        components::UNKNOWN => 0,
        components::TCP | components::ZTUNNEL => 10,
        components::TLS => 11,
        components::MTLS => 12,
        components::RPC => 20,
        components::HTTP | components::AMQP => 45,
        components::HTTPS => 46,
        SPRING_MVC | components::STRUTS2 => 60,
        registered if components::find(registered).is_some() => 50,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_have_the_name_of_their_server() {
        for (id, own, server) in [
            (components::KAFKA_PRODUCER, "kafka-producer", "Kafka"),
            (components::POSTGRESQL_JDBC_DRIVER, "postgresql-jdbc-driver", "PostgreSQL"),
            (components::GO_REDIS, "GoRedis", "Redis"),
            (components::RUST, "Rust", "Rust"),
            (11_001, "Unknown", "Unknown"),
            (-1, "Unknown", "Unknown"),
        ] {
            assert_eq!((name(id), server_name(id)), (own, server));
        }
    }

    #[test]
    fn frameworks_have_priority_over_transports() {
        let ranks = [
            11_001,
            components::TCP,
            components::RPC,
            components::HTTP,
            components::GIN,
            SPRING_MVC,
        ];
        assert_eq!(ranks.map(priority), [0, 10, 20, 45, 50, 60]);
    }
}
