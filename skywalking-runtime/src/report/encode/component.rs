//! Chooses the component of a span for which the program set none.
//!
//! The OAP creates a node for an unknown peer, and takes the node's type from the span's component.
//! A span with such a peer gets the component of the system that its tags or its name indicate,
//! or none. It never gets `Rust`: that is the language of the program, not the peer's type.

use skywalking_proto::components as id;

use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;

/// The tags that name a system.
pub(super) fn names_system(key: &str) -> bool {
    matches!(key, "db.type" | "cache.type" | "mq.type")
}

/// The properties of a span that determine its component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'a> {
    pub(super) callsite: &'static Callsite,
    pub(super) kind: SpanKind,
    pub(super) layer: u32,
    pub(super) name: &'a str,
    /// The value of a run-time tag that names a system.
    pub(super) system: Option<&'a str>,
}

impl Span<'_> {
    /// Returns the component, unless one was set at run time.
    pub(super) fn component(&self) -> i32 {
        let Self { callsite, kind, layer, name, system } = *self;
        let is_mq = layer == SpanLayer::Mq as u32;
        let has_guessed_node = kind == SpanKind::Exit || (kind == SpanKind::Entry && is_mq);
        if callsite.gives_component() || !has_guessed_node {
            return callsite.component;
        }
        let literal = || {
            callsite.tags.iter().rev().find(|(key, _)| names_system(key)).map(|(_, system)| *system)
        };
        // Names of messaging spans begin with the kind of queue: `Kafka/orders/Producer`.
        let in_name = || if is_mq { name.split('/').next() } else { None };
        let known = |system| System::find(system).map(|system| system.component(kind));
        let by_tag = system.or_else(literal).and_then(known);
        by_tag
            .or_else(|| in_name().and_then(known))
            .unwrap_or(if layer == SpanLayer::GenAi as u32 { id::GENAI } else { id::UNKNOWN })
    }
}

/// A system that a span can call: the component of its Exit spans and of its Entry spans, which are
/// consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct System {
    exit: i32,
    entry: i32,
}

impl System {
    const fn one(id: i32) -> Self {
        Self { exit: id, entry: id }
    }

    const fn queue(producer: i32, consumer: i32) -> Self {
        Self { exit: producer, entry: consumer }
    }

    fn component(self, kind: SpanKind) -> i32 {
        if kind == SpanKind::Entry { self.entry } else { self.exit }
    }

    /// Finds the system of this name, ignoring case and all characters that are not letters or
    /// digits.
    fn find(name: &str) -> Option<Self> {
        let mut letters = [0; 24];
        let mut count = 0;
        for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
            *letters.get_mut(count)? = byte.to_ascii_lowercase();
            count += 1;
        }
        Some(match letters.get(..count)? {
            b"postgresql" | b"postgres" | b"pg" => Self::one(id::POSTGRESQL),
            b"mysql" => Self::one(id::MYSQL),
            b"mariadb" => Self::one(id::MARIADB),
            b"oracle" | b"oracledb" => Self::one(id::ORACLE),
            b"sqlserver" | b"mssql" | b"microsoftsqlserver" => Self::one(id::SQL_SERVER),
            b"sqlite" | b"sqlite3" => Self::one(id::SQLITE),
            b"mongodb" | b"mongo" => Self::one(id::MONGODB),
            b"clickhouse" => Self::one(id::CLICKHOUSE),
            b"elasticsearch" => Self::one(id::ELASTICSEARCH),
            b"cassandra" => Self::one(id::CASSANDRA),
            b"influxdb" => Self::one(id::INFLUXDB),
            b"neo4j" => Self::one(id::NEO4J),
            b"hbase" => Self::one(id::HBASE),
            b"h2" => Self::one(id::H2),
            b"solr" => Self::one(id::SOLR),
            b"impala" => Self::one(id::IMPALA),
            b"kylin" | b"apachekylin" => Self::one(id::APACHE_KYLIN),
            b"dynamodb" | b"awsdynamodb" => Self::one(id::AWS_DYNAMODB),
            b"derby" => Self::one(id::DERBY_JDBC_DRIVER),
            b"db2" => Self::one(id::DB2_JDBC_DRIVER),
            b"sybase" => Self::one(id::SYBASE_JDBC_DRIVER),
            b"oceanbase" => Self::one(id::OCEANBASE_JDBC_DRIVER),
            b"dameng" | b"dmdb" => Self::one(id::DMDB_JDBC_DRIVER),
            b"redis" => Self::one(id::REDIS),
            b"memcached" | b"memcache" => Self::one(id::MEMCACHED),
            b"aerospike" => Self::one(id::AEROSPIKE),
            b"ehcache" => Self::one(id::EHCACHE),
            b"caffeine" => Self::one(id::CAFFEINE),
            b"kafka" => Self::queue(id::KAFKA_PRODUCER, id::KAFKA_CONSUMER),
            b"rabbitmq" => Self::queue(id::RABBITMQ_PRODUCER, id::RABBITMQ_CONSUMER),
            b"rocketmq" => Self::queue(id::ROCKETMQ_PRODUCER, id::ROCKETMQ_CONSUMER),
            b"activemq" => Self::queue(id::ACTIVEMQ_PRODUCER, id::ACTIVEMQ_CONSUMER),
            b"pulsar" => Self::queue(id::PULSAR_PRODUCER, id::PULSAR_CONSUMER),
            b"eventmesh" => Self::queue(id::EVENTMESH_PRODUCER, id::EVENTMESH_CONSUMER),
            b"amqp" => Self::queue(id::AMQP_PRODUCER, id::AMQP_CONSUMER),
            b"nats" => Self::one(id::NATS),
            b"sqs" | b"awssqs" => Self::one(id::AWS_SQS),
            b"sns" | b"awssns" => Self::one(id::AWS_SNS),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the type of the node that the OAP draws for a span of this callsite.
    fn node(callsite: &'static Callsite, name: &str, system: Option<&str>) -> &'static str {
        let span =
            Span { callsite, kind: callsite.kind, layer: callsite.layer as u32, name, system };
        id::find(span.component()).expect("it is registered").server
    }

    static QUERY: Callsite = Callsite::new(SpanKind::Exit, "query").layer(SpanLayer::Database);
    static CONSUME: Callsite = Callsite::new(SpanKind::Entry, "consume").layer(SpanLayer::Mq);
    static PRODUCE: Callsite = Callsite::new(SpanKind::Exit, "produce").layer(SpanLayer::Mq);

    #[test]
    fn node_has_the_type_of_the_tagged_system() {
        for (system, expected) in [
            ("PostgreSQL", "PostgreSQL"),
            ("postgres", "PostgreSQL"),
            ("Mysql", "Mysql"),
            ("MariaDB", "Mariadb"),
            ("microsoft.sql_server", "SqlServer"),
            ("ORACLE", "ORACLE"),
            ("mongodb", "MongoDB"),
            ("clickhouse", "ClickHouse"),
            ("Redis", "Redis"),
            ("memcached", "Memcached"),
            ("sql", "Unknown"),
            ("", "Unknown"),
            ("a database that nobody has ever heard of", "Unknown"),
            ("Rust", "Unknown"),
        ] {
            assert_eq!(node(&QUERY, "query", Some(system)), expected, "{system}");
        }
    }

    #[test]
    fn queue_has_a_component_for_each_side() {
        for (system, expected) in [
            ("kafka", (id::KAFKA_PRODUCER, id::KAFKA_CONSUMER)),
            ("RabbitMQ", (id::RABBITMQ_PRODUCER, id::RABBITMQ_CONSUMER)),
            ("RocketMQ", (id::ROCKETMQ_PRODUCER, id::ROCKETMQ_CONSUMER)),
            ("pulsar", (id::PULSAR_PRODUCER, id::PULSAR_CONSUMER)),
            ("nats", (id::NATS, id::NATS)),
            ("nobody's", (id::UNKNOWN, id::UNKNOWN)),
        ] {
            let component = |callsite: &'static Callsite, name, system| {
                Span { callsite, kind: callsite.kind, layer: callsite.layer as u32, name, system }
                    .component()
            };
            let tagged = (
                component(&PRODUCE, "produce", Some(system)),
                component(&CONSUME, "consume", Some(system)),
            );
            let name = format!("{system}/orders/Producer");
            let named = (component(&PRODUCE, &name, None), component(&CONSUME, &name, None));
            assert_eq!((tagged, named), (expected, expected), "{system}");
        }
    }

    #[test]
    fn written_component_stays_and_other_spans_are_rust() {
        static WRITTEN: Callsite =
            Callsite::new(SpanKind::Exit, "query").layer(SpanLayer::Database).component(id::RUST);
        static LOCAL: Callsite = Callsite::new(SpanKind::Local, "plan").layer(SpanLayer::Cache);
        static ENTRY: Callsite = Callsite::new(SpanKind::Entry, "/entry").layer(SpanLayer::Http);
        static MODEL: Callsite = Callsite::new(SpanKind::Exit, "ask").layer(SpanLayer::GenAi);
        static CALL: Callsite = Callsite::new(SpanKind::Exit, "call").layer(SpanLayer::Http);
        for (callsite, expected) in [
            (&WRITTEN, "Rust"),
            (&LOCAL, "Rust"),
            (&ENTRY, "Rust"),
            (&MODEL, "GenAI"),
            (&CALL, "Unknown"),
        ] {
            assert_eq!(node(callsite, callsite.name, None), expected, "{callsite:?}");
        }
        assert_eq!(node(&WRITTEN, "query", Some("mysql")), "Rust");
    }
}
