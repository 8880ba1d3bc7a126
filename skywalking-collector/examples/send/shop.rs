//! Requests of a shop: eight services, two databases, a cache, a queue and a bank outside.

use skywalking_proto::components::{
    EXPRESS, FLASK, GO_HTTP_CLIENT, GO_HTTP_SERVER, HTTP, HTTP_CLIENT, JEDIS, KAFKA_CONSUMER,
    KAFKA_PRODUCER, MYSQL_CONNECTOR_JAVA, POSTGRESQL_JDBC_DRIVER, SPRING_MVC,
};
use skywalking_proto::v3::{SegmentObject, SpanLayer};

use crate::random::Random;
use crate::trace::{Place, Span, Trace};

/// The services, and their languages.
pub(crate) const SERVICES: [(&str, &str); 8] = [
    ("storefront", "nodejs"),
    ("catalog", "java"),
    ("cart", "go"),
    ("orders", "rust"),
    ("payments", "java"),
    ("inventory", "go"),
    ("recommendations", "python"),
    ("notifications", "rust"),
];

/// Returns a request of a user.
pub(crate) fn request(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    match random.between(0, 99) {
        ..45 => browse(random, start),
        45..75 => cart(random, start),
        _ => checkout(random, start),
    }
}

/// A page of a product: a cache, and a database if the cache has no entry.
fn browse(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let hit = random.percent(70);
    let slow = !hit && random.percent(12);
    let read =
        if slow { random.between(900, 2_400) } else { random.between(4, if hit { 8 } else { 40 }) };
    let suggest = random.between(10, 60);
    let end = 14 + read + suggest;
    let user = format!("user-{}", random.between(1, 40));
    let root = page(&mut trace, random, "GET:/products/{id}", end, &user, "200");

    let call = http_exit("/items/{id}", "catalog:8080", 2, read + 8);
    let call = trace.child(root, call);
    let entry = Span::entry("GET:/items/{id}", 3, read + 7).kind(SpanLayer::Http, SPRING_MVC);
    let catalog = trace.called(random, call, "catalog", entry.tags(&[("http.method", "GET")]));
    let key = format!("item:{}", random.between(1, 500));
    let get = Span::exit("Jedis/get", "cache:6379", 4, 6).kind(SpanLayer::Cache, JEDIS);
    let get = get.tags(&[("cache.type", "Redis"), ("cache.cmd", "get"), ("cache.op", "read")]);
    trace.child(catalog, get.tags(&[("cache.key", &key)]));
    if !hit {
        let statement = if slow {
            "SELECT i.id, i.name, p.amount, COUNT(r.id) AS reviews FROM items i JOIN prices p ON \
             p.item_id = i.id LEFT JOIN reviews r ON r.item_id = i.id WHERE i.name LIKE ? GROUP BY \
             i.id, i.name, p.amount ORDER BY reviews DESC LIMIT 50"
        } else {
            "SELECT id, name, price FROM items WHERE id = ?"
        };
        trace.child(catalog, sql("catalog-db:3306", "Mysql", statement, 6, read + 5));
    }

    let (from, to) = (read + 10, read + suggest + 10);
    let call = trace.child(root, http_exit("/predict", "recommendations:5000", from, to));
    let fails = random.percent(4);
    let mut entry = Span::entry("/predict", from + 1, to - 1).kind(SpanLayer::Http, FLASK);
    entry = entry.tags(&[("http.method", "POST")]);
    if fails {
        entry = entry.failed(&[("ValueError", "the model has no features for this user")]);
    }
    let predict = trace.called(random, call, "recommendations", entry);
    trace.child(predict, Span::local("load features", from + 2, from + suggest / 2));
    trace.finish()
}

/// A change of the cart: a cache, and a look at the stock.
fn cart(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let stock = random.between(3, 45);
    let user = format!("user-{}", random.between(1, 40));
    let root = page(&mut trace, random, "POST:/cart", stock + 16, &user, "200");
    let call = trace.child(root, http_exit("/cart", "cart:9000", 1, stock + 14));
    let entry = Span::entry("POST:/cart", 2, stock + 13).kind(SpanLayer::Http, GO_HTTP_SERVER);
    let cart = trace.called(random, call, "cart", entry.tags(&[("http.method", "POST")]));
    inventory(&mut trace, random, cart, "GET:/stock/{item}", (3, stock + 6));
    let key = format!("cart:{user}");
    let set = Span::exit("Jedis/set", "cache:6379", stock + 7, stock + 9);
    let tags = [("cache.type", "Redis"), ("cache.cmd", "set"), ("cache.op", "write")];
    let set = set.kind(SpanLayer::Cache, JEDIS).tags(&tags).tags(&[("cache.key", &key)]);
    trace.child(cart, set);
    trace.finish()
}

/// An order: stock, payment at a bank, database, and a message for the mail.
fn checkout(random: &mut Random, start: i64) -> Vec<SegmentObject> {
    let mut trace = Trace::new(random, start);
    let refused = random.percent(15);
    let bank =
        if random.percent(10) { random.between(600, 1_500) } else { random.between(40, 180) };
    let paid = bank + 34;
    let end = if refused { paid + 6 } else { paid + 40 };
    let status = if refused { "502" } else { "201" };
    let user = format!("user-{}", random.between(1, 40));
    let root = page(&mut trace, random, "POST:/checkout", end + 6, &user, status);
    let mut call = http_exit("/orders", "orders:8000", 2, end + 4);
    let mut entry = Span::entry("POST:/orders", 3, end + 3).kind(SpanLayer::Http, HTTP);
    entry = entry.tags(&[("http.method", "POST"), ("http.status_code", status)]);
    if refused {
        call = call.failed(&[]);
        entry = entry.failed(&[
            ("orders::Error", "the order was not placed: payment refused"),
            ("payments::Refused", "the bank answered 502 after 3 tries"),
        ]);
    }
    let call = trace.child(root, call);
    let orders = trace.called(random, call, "orders", entry);
    inventory(&mut trace, random, orders, "POST:/reservations", (5, 24));
    payment(&mut trace, random, orders, (26, paid), refused);
    if !refused {
        let insert = "INSERT INTO orders (user_id, total, created_at) VALUES ($1, $2, NOW())";
        let insert = sql("orders-db:5432", "PostgreSQL", insert, paid + 2, paid + 12);
        trace.child(orders, insert.log(paid + 11, &[("event", "rows"), ("count", "1")]));
        mail(&mut trace, random, orders, paid + 14);
    }
    trace.finish()
}

/// A mail that is written in another thread, sent over a queue and consumed.
fn mail(trace: &mut Trace, random: &mut Random, orders: Place, from: i64) {
    let write = Span::local("write the confirmation", from, from + 18);
    let thread = trace.continued(random, orders, write);
    let send = Span::exit("Kafka/mails/Producer", "kafka:9092", from + 6, from + 14);
    let tags = [("mq.broker", "kafka:9092"), ("mq.topic", "mails")];
    let send = send.kind(SpanLayer::Mq, KAFKA_PRODUCER).tags(&tags);
    let send = trace.child(thread, send);
    let wait = random.between(20, 90);
    let (begin, end) = (from + 14 + wait, from + 40 + wait);
    let receive = Span::entry("Kafka/mails/Consumer/mailer", begin, end);
    let latency = wait.to_string();
    let receive = receive
        .kind(SpanLayer::Mq, KAFKA_CONSUMER)
        .tags(&tags)
        .tags(&[("transmission.latency", &latency)]);
    let receive = trace.called(random, send, "notifications", receive);
    trace.child(receive, Span::local("render the template", begin + 2, end - 6));
}

fn payment(
    trace: &mut Trace,
    random: &mut Random,
    orders: Place,
    (from, to): (i64, i64),
    refused: bool,
) {
    let status = if refused { "502" } else { "200" };
    let mut call = http_exit("/charges", "payments:8080", from, to);
    let mut entry =
        Span::entry("POST:/charges", from + 1, to - 1).kind(SpanLayer::Http, SPRING_MVC);
    entry = entry.tags(&[("http.method", "POST"), ("http.status_code", status)]);
    let mut bank = http_exit("/v1/charges", "api.bank.example:443", from + 3, to - 2);
    bank = bank.tags(&[("url", "https://api.bank.example/v1/charges"), ("http.method", "POST")]);
    bank = bank.tags(&[("http.status_code", status)]);
    if refused {
        call = call.failed(&[]);
        entry = entry.failed(&[("payments.Refused", "the bank answered 502 after 3 tries")]);
        bank = bank.failed(&[
            ("java.io.IOException", "the connection was reset after 40 ms"),
            ("java.net.SocketException", "Connection reset"),
        ]);
    }
    let call = trace.child(orders, call);
    let payments = trace.called(random, call, "payments", entry);
    trace.child(payments, bank);
}

fn inventory(
    trace: &mut Trace,
    random: &mut Random,
    parent: Place,
    endpoint: &str,
    (from, to): (i64, i64),
) {
    let (method, path) = endpoint.split_once(':').unwrap_or(("GET", endpoint));
    let call = http_exit(path, "inventory:9001", from, to).kind(SpanLayer::Http, GO_HTTP_CLIENT);
    let call = trace.child(parent, call.tags(&[("http.method", method)]));
    let entry = Span::entry(endpoint, from + 1, to - 1).kind(SpanLayer::Http, GO_HTTP_SERVER);
    let inventory = trace.called(random, call, "inventory", entry);
    let statement = "SELECT quantity FROM stock WHERE item_id = $1 FOR UPDATE";
    let query = sql("orders-db:5432", "PostgreSQL", statement, from + 1, to - 2);
    trace.child(inventory, query);
}

/// The entry of the first service.
fn page(
    trace: &mut Trace,
    random: &mut Random,
    endpoint: &str,
    end: i64,
    user: &str,
    status: &str,
) -> Place {
    let (method, path) = endpoint.split_once(':').unwrap_or(("GET", endpoint));
    let url = format!("http://storefront:3000{path}");
    let tags = [("http.method", method), ("url", &url), ("http.status_code", status)];
    let mut span = Span::entry(endpoint, 0, end).kind(SpanLayer::Http, EXPRESS);
    span = span.tags(&tags).tags(&[("user", user)]);
    if status.starts_with('5') {
        span = span.failed(&[("Error", "upstream answered 502: payment refused")]);
    }
    trace.segment(random, "storefront", span)
}

fn http_exit(path: &str, peer: &str, from: i64, to: i64) -> Span {
    Span::exit(path, peer, from, to).kind(SpanLayer::Http, HTTP_CLIENT)
}

fn sql(peer: &str, database: &str, statement: &str, from: i64, to: i64) -> Span {
    let (name, component) = if database == "Mysql" {
        ("Mysql/JDBC/PreparedStatement/executeQuery", MYSQL_CONNECTOR_JAVA)
    } else {
        ("PostgreSQL/query", POSTGRESQL_JDBC_DRIVER)
    };
    let span = Span::exit(name, peer, from, to).kind(SpanLayer::Database, component);
    span.tags(&[("db.type", database), ("db.instance", "shop"), ("db.statement", statement)])
}
