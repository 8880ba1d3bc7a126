//! Components by number (`protocol/semantics.md` 8): their names, what they are clients of, and which of several names a
//! service.

/// Numbers and names of the OAP's registered components that the protocol pages list, and of two that the Python agent sends.
const NAMES: [(i32, &str); 59] = [
    (0, "Unknown"),
    (2, "HttpClient"),
    (5, "Mysql"),
    (6, "ORACLE"),
    (7, "Redis"),
    (9, "MongoDB"),
    (20, "Memcached"),
    (22, "PostgreSQL"),
    (23, "GRPC"),
    (25, "RocketMQ"),
    (27, "Kafka"),
    (31, "SQLite"),
    (38, "rocketMQ-producer"),
    (39, "rocketMQ-consumer"),
    (40, "kafka-producer"),
    (41, "kafka-consumer"),
    (47, "Elasticsearch"),
    (49, "http"),
    (50, "rpc"),
    (51, "RabbitMQ"),
    (52, "rabbitmq-producer"),
    (53, "rabbitmq-consumer"),
    (58, "Zookeeper"),
    (70, "Cassandra"),
    (72, "Pulsar"),
    (73, "pulsar-producer"),
    (74, "pulsar-consumer"),
    (86, "Mariadb"),
    (89, "InfluxDB"),
    (92, "GraphQL"),
    (100, "thrift-server"),
    (101, "thrift-client"),
    (107, "JsonRpc"),
    (110, "tcp"),
    (112, "Neo4j"),
    (120, "ClickHouse"),
    (129, "https"),
    (130, "tls"),
    (132, "NATS"),
    (138, "AWSDynamoDB"),
    (139, "AWSSNS"),
    (140, "AWSSQS"),
    (142, "mtls"),
    (143, "amqp"),
    (144, "amqp-producer"),
    (145, "amqp-consumer"),
    (149, "Aerospike"),
    (150, "Nacos"),
    (159, "DNS"),
    (180, "LDAP"),
    (3006, "SqlServer"),
    (5004, "GoHttpServer"),
    (5005, "GoHttpClient"),
    (5013, "OpenFunction"),
    (5016, "Lock"),
    (7001, "Flask"),
    (7002, "Requests"),
    (11000, "Rust"),
    (13000, "GenAI"),
];

/// The name of a component; one that is not registered is `Unknown`.
pub(super) fn name(id: i32) -> &'static str {
    NAMES.binary_search_by_key(&id, |(number, _)| *number).map_or("Unknown", |at| NAMES[at].1)
}

/// The name of what a component is a client of: the type of a guessed node.
pub(super) fn server_name(id: i32) -> &'static str {
    match id {
        38 | 39 => "RocketMQ",
        40 | 41 => "Kafka",
        52 | 53 => "RabbitMQ",
        73 | 74 => "Pulsar",
        144 | 145 => "amqp",
        _ => name(id),
    }
}

/// Of several components the one with the highest priority names a service.
pub(super) fn priority(id: i32) -> u8 {
    match name(id) {
        "Unknown" => 0,
        "tcp" => 10,
        "tls" => 11,
        "mtls" => 12,
        "rpc" => 20,
        "http" | "amqp" => 45,
        "https" => 46,
        _ => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_it_can_be_searched() {
        assert!(NAMES.is_sorted_by_key(|(number, _)| *number));
        for (number, expected) in NAMES {
            assert_eq!(name(number), expected);
        }
    }

    #[test]
    fn clients_name_their_server_and_the_unregistered_are_unknown() {
        assert_eq!((server_name(40), server_name(22), server_name(11000)), ("Kafka", "PostgreSQL", "Rust"));
        assert_eq!((name(11001), name(-1), priority(11001)), ("Unknown", "Unknown", 0));
    }
}
