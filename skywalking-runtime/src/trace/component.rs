//! The component ids of the OAP (`protocol/semantics.md` 8): what `component = ..` takes, and [`Callsite::component`](crate::Callsite::component).
//!
//! A component is known to the OAP by its number alone, whatever the language: the icon of a span, and on an exit span the type of the node that is guessed.
//! Rust has one of its own, [`RUST`], which is the default; a span that talks to a database or a queue should name that.
//!
//! ```
//! use skywalking_runtime::{component, exit_span, testing};
//!
//! #[exit_span(name = "users/find", peer = "db:5432", layer = database, component = component::POSTGRESQL, tags("db.type" = "sql"))]
//! fn find() {}
//!
//! let trees = testing::run(find);
//! assert_eq!(testing::text(&trees), "Exit users/find layer=Database component=22 peer=db:5432 {db.type=sql}\n");
//! ```

/// `Unknown`.
pub const UNKNOWN: i32 = 0;
/// `HttpClient`.
pub const HTTP_CLIENT: i32 = 2;
/// `Mysql`.
pub const MYSQL: i32 = 5;
/// `ORACLE`.
pub const ORACLE: i32 = 6;
/// `Redis`.
pub const REDIS: i32 = 7;
/// `MongoDB`.
pub const MONGODB: i32 = 9;
/// `Memcached`.
pub const MEMCACHED: i32 = 20;
/// `PostgreSQL`.
pub const POSTGRESQL: i32 = 22;
/// `GRPC`.
pub const GRPC: i32 = 23;
/// `RocketMQ`.
pub const ROCKETMQ: i32 = 25;
/// `Kafka`.
pub const KAFKA: i32 = 27;
/// `SQLite`.
pub const SQLITE: i32 = 31;
/// `rocketMQ-producer`.
pub const ROCKETMQ_PRODUCER: i32 = 38;
/// `rocketMQ-consumer`.
pub const ROCKETMQ_CONSUMER: i32 = 39;
/// `kafka-producer`.
pub const KAFKA_PRODUCER: i32 = 40;
/// `kafka-consumer`.
pub const KAFKA_CONSUMER: i32 = 41;
/// `Elasticsearch`.
pub const ELASTICSEARCH: i32 = 47;
/// `http`.
pub const HTTP: i32 = 49;
/// `rpc`.
pub const RPC: i32 = 50;
/// `RabbitMQ`.
pub const RABBITMQ: i32 = 51;
/// `rabbitmq-producer`.
pub const RABBITMQ_PRODUCER: i32 = 52;
/// `rabbitmq-consumer`.
pub const RABBITMQ_CONSUMER: i32 = 53;
/// `Zookeeper`.
pub const ZOOKEEPER: i32 = 58;
/// `Cassandra`.
pub const CASSANDRA: i32 = 70;
/// `Pulsar`.
pub const PULSAR: i32 = 72;
/// `pulsar-producer`.
pub const PULSAR_PRODUCER: i32 = 73;
/// `pulsar-consumer`.
pub const PULSAR_CONSUMER: i32 = 74;
/// `Mariadb`.
pub const MARIADB: i32 = 86;
/// `InfluxDB`.
pub const INFLUXDB: i32 = 89;
/// `GraphQL`.
pub const GRAPHQL: i32 = 92;
/// `thrift-server`.
pub const THRIFT_SERVER: i32 = 100;
/// `thrift-client`.
pub const THRIFT_CLIENT: i32 = 101;
/// `JsonRpc`.
pub const JSON_RPC: i32 = 107;
/// `tcp`.
pub const TCP: i32 = 110;
/// `Neo4j`.
pub const NEO4J: i32 = 112;
/// `ClickHouse`.
pub const CLICKHOUSE: i32 = 120;
/// `https`.
pub const HTTPS: i32 = 129;
/// `tls`.
pub const TLS: i32 = 130;
/// `NATS`.
pub const NATS: i32 = 132;
/// `AWSDynamoDB`.
pub const AWS_DYNAMODB: i32 = 138;
/// `AWSSNS`.
pub const AWS_SNS: i32 = 139;
/// `AWSSQS`.
pub const AWS_SQS: i32 = 140;
/// `mtls`.
pub const MTLS: i32 = 142;
/// `amqp`.
pub const AMQP: i32 = 143;
/// `amqp-producer`.
pub const AMQP_PRODUCER: i32 = 144;
/// `amqp-consumer`.
pub const AMQP_CONSUMER: i32 = 145;
/// `Aerospike`.
pub const AEROSPIKE: i32 = 149;
/// `Nacos`.
pub const NACOS: i32 = 150;
/// `DNS`.
pub const DNS: i32 = 159;
/// `LDAP`.
pub const LDAP: i32 = 180;
/// `SqlServer`.
pub const SQL_SERVER: i32 = 3006;
/// `GoHttpServer`.
pub const GO_HTTP_SERVER: i32 = 5004;
/// `GoHttpClient`.
pub const GO_HTTP_CLIENT: i32 = 5005;
/// `OpenFunction`.
pub const OPEN_FUNCTION: i32 = 5013;
/// `Lock`.
pub const LOCK: i32 = 5016;
/// `Rust`.
pub const RUST: i32 = 11_000;
/// `GenAI`.
pub const GENAI: i32 = 13_000;
