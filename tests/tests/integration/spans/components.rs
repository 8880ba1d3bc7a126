//! The default component of a span without an explicit one: the called system, never Rust.

use skywalking_runtime::component;

use crate::spans::prelude::*;

/// Returns the components of these spans, in order.
fn components(work: impl FnOnce()) -> Vec<i32> {
    run(work).iter().map(|tree| tree.root.component).collect()
}

#[exit_span(peer = "db:5432", layer = database, tags("db.type" = "PostgreSQL"))]
fn literal() {}

#[exit_span(peer = "db:5432", layer = database, tags("db.type" = system))]
fn computed(system: &str) {}

#[exit_span(peer = "cache:6379", layer = cache)]
fn cached(system: &'static str) {
    current().tag("cache.type", system);
}

#[exit_span(name = name, peer = "broker:9092", layer = mq)]
fn produce(name: &str) {}

#[entry_span(name = name, layer = mq, tags("mq.type" = system))]
fn consume(name: &str, system: &str) {}

#[exit_span(peer = "api:443", layer = http)]
fn call() {}

#[test]
fn component_follows_the_system_that_is_called() {
    assert_eq!(components(literal), [component::POSTGRESQL]);
    let systems = ["mysql", "PostgreSQL", "sql", ""];
    assert_eq!(
        components(|| systems.into_iter().for_each(computed)),
        [component::MYSQL, component::POSTGRESQL, component::UNKNOWN, component::UNKNOWN]
    );
    assert_eq!(
        components(|| ["Redis", "memcached", "mine"].into_iter().for_each(cached)),
        [component::REDIS, component::MEMCACHED, component::UNKNOWN]
    );
    assert_eq!(
        components(|| ["Kafka/orders/Producer", "RabbitMQ/orders", "orders"]
            .into_iter()
            .for_each(produce)),
        [component::KAFKA_PRODUCER, component::RABBITMQ_PRODUCER, component::UNKNOWN]
    );
    assert_eq!(
        components(|| {
            consume("orders", "kafka");
            consume("Pulsar/orders/Consumer", "mine");
            consume("orders", "mine");
        }),
        [component::KAFKA_CONSUMER, component::PULSAR_CONSUMER, component::UNKNOWN]
    );
    assert_eq!(components(call), [component::UNKNOWN]);
}

#[test]
fn component_of_the_program_has_precedence() {
    #[exit_span(peer = "db:5432", layer = database, component = component::RUST, tags("db.type" = "mysql"))]
    fn written() {}
    #[exit_span(peer = "db:5432", layer = database, tags("db.type" = "mysql"))]
    fn set() {
        current().set_component(component::GO_MYSQL);
    }
    #[exit_span(name = "set", peer = "db:5432", layer = database)]
    fn outer() {
        set();
    }

    assert_eq!(components(written), [component::RUST]);
    assert_eq!(components(set), [component::GO_MYSQL]);
    assert_eq!(components(outer), [component::GO_MYSQL]);
}

#[test]
fn merged_exit_has_the_system_of_either_span() {
    #[exit_span(name = "outer", peer = "db:5432", layer = database)]
    fn outer() {
        literal();
    }
    assert_eq!(components(outer), [component::POSTGRESQL]);
}

#[test]
fn spans_without_a_guessed_node_are_rust() {
    #[entry_span(layer = http)]
    fn entry() {}
    #[local_span(tags("db.type" = "mysql"))]
    fn local() {}

    assert_eq!(
        components(|| [entry, local].into_iter().for_each(|span| span())),
        [component::RUST; 2]
    );
}
