//! A wrapped logger, and what arrives at a transport.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use log::kv::{Key, Value, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record};
use prost::Message as _;
use skywalking_proto::v3::LogData;
use skywalking_proto::v3::log_data_body::Content;
use skywalking_runtime::transport::{Batch, Outcome, Signal, Transport};
use skywalking_runtime::{Callsite, Config, callsite, current, span};

use crate::{Ids, Wrapper};

static WORK: Callsite = callsite!(entry, "/work");
const TIMEOUT: Duration = Duration::from_secs(20);

/// Waits until no other test uses the agent of the process.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A logger that keeps its lines, of level `Info` and more severe, with their pairs.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        struct Pairs(String);
        impl<'kvs> VisitSource<'kvs> for Pairs {
            fn visit_pair(
                &mut self,
                key: Key<'kvs>,
                value: Value<'kvs>,
            ) -> Result<(), log::kv::Error> {
                write!(self.0, " {key}={value}").unwrap();
                Ok(())
            }
        }
        if self.enabled(record.metadata()) {
            let mut pairs = Pairs(String::new());
            record.key_values().visit(&mut pairs).unwrap();
            // Before the lock: a value may log while it is formatted.
            let line = format!("{}{}", record.args(), pairs.0);
            self.0.lock().unwrap().push(line);
        }
    }

    fn flush(&self) {}
}

/// Keeps the records that arrive: level, logger, body and other tags.
#[derive(Clone, Default)]
struct Arrived(Arc<Mutex<Vec<String>>>);

impl Transport for Arrived {
    async fn send(&self, batch: Batch) -> Outcome {
        if batch.signal() == Signal::Logs {
            let logs = batch.messages().iter().map(|log| LogData::decode(log.payload()).unwrap());
            self.0.lock().unwrap().extend(logs.map(|log| {
                let Some(Content::Text(body)) = log.body.and_then(|body| body.content) else {
                    panic!("not a text")
                };
                let tags = log.tags.unwrap_or_default().data.into_iter();
                let tags = tags.filter(|tag| tag.key != "thread");
                let tags: Vec<_> = tags.map(|tag| format!("{}={}", tag.key, tag.value)).collect();
                format!("{} {{{}}}", body.text, tags.join(", "))
            }));
        }
        Outcome::Confirmed
    }
}

macro_rules! log_to {
    ($logger:expr, $level:ident, target: $target:expr, $($text:tt)+) => {
        $logger.log(
            &Record::builder()
                .level(Level::$level)
                .target($target)
                .args(format_args!($($text)+))
                .build(),
        )
    };
}

#[test]
fn records_are_reported_by_level_and_target() {
    let _turn = turn();
    let (arrived, lines) = (Arrived::default(), Lines::default());
    let agent = Config::new("shop").transport(arrived.clone()).start().unwrap();
    let logger = Wrapper::new(lines.clone()).report(LevelFilter::Debug);
    log_to!(logger, Error, target: "shop::orders", "{} fails", "it");
    log_to!(logger, Debug, target: "shop", "reported, not written");
    log_to!(logger, Trace, target: "shop", "neither");
    log_to!(logger, Warn, target: "skywalking_runtime", "a line of the agent");
    assert!(agent.flush(TIMEOUT));
    drop(agent);
    assert_eq!(
        *arrived.0.lock().unwrap(),
        [
            "it fails {level=ERROR, logger=shop::orders}",
            "reported, not written {level=DEBUG, logger=shop}"
        ]
    );
    assert_eq!(lines.take(), ["it fails", "a line of the agent"]);
}

#[test]
fn pairs_become_tags() {
    let _turn = turn();
    let (arrived, lines) = (Arrived::default(), Lines::default());
    let agent = Config::new("shop").transport(arrived.clone()).start().unwrap();
    let logger = Wrapper::new(lines.clone());
    let pairs = [("order.id", Value::from(7)), ("name", Value::from("快照"))];
    logger.log(
        &Record::builder()
            .level(Level::Info)
            .target("shop")
            .args(format_args!("came"))
            .key_values(&pairs)
            .build(),
    );
    assert!(agent.flush(TIMEOUT));
    drop(agent);
    assert_eq!(
        *arrived.0.lock().unwrap(),
        ["came {level=INFO, logger=shop, order.id=7, name=快照}"]
    );
    assert_eq!(lines.take(), ["came order.id=7 name=快照"]);
}

#[test]
fn ids_of_the_span_are_written_in_each_form() {
    let _turn = turn();
    let agent = Config::new("shop").instance("one").transport(Arrived::default()).start().unwrap();
    for ids in [Ids::None, Ids::Tid, Ids::SwCtx, Ids::Pairs] {
        let lines = Lines::default();
        let logger = Wrapper::new(lines.clone()).ids(ids);
        log_to!(logger, Info, target: "shop", "outside");
        let context = span(&WORK).run(|| {
            log_to!(logger, Info, target: "shop", "inside");
            current().context()
        });
        let (trace, segment) = (context.trace_id().unwrap(), context.segment_id().unwrap());
        let expected = match ids {
            Ids::None => ["outside".to_owned(), "inside".to_owned()],
            Ids::Tid => ["[TID:N/A] outside".to_owned(), format!("[TID:{trace}] inside")],
            Ids::SwCtx => [
                "SW_CTX:N/A outside".to_owned(),
                format!("SW_CTX:[shop,one,{trace},{segment},0] inside"),
            ],
            Ids::Pairs => [
                "outside".to_owned(),
                format!("inside trace_id={trace} segment_id={segment} span_id=0"),
            ],
        };
        assert_eq!(lines.take(), expected, "{ids:?}");
    }
    drop(agent);
}

#[test]
fn value_that_logs_while_it_is_formatted_is_reported_too() {
    struct Nested<'a>(&'a Wrapper<Lines>);
    impl std::fmt::Display for Nested<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            log_to!(self.0, Info, target: "inner", "inner");
            f.write_str("outer")
        }
    }
    let _turn = turn();
    let arrived = Arrived::default();
    let agent = Config::new("shop").transport(arrived.clone()).start().unwrap();
    let logger = Wrapper::new(Lines::default());
    log_to!(logger, Info, target: "outer", "{}", Nested(&logger));
    assert!(agent.flush(TIMEOUT));
    drop(agent);
    // Once for the wrapped logger, and once for the report.
    assert_eq!(
        *arrived.0.lock().unwrap(),
        [
            "inner {level=INFO, logger=inner}",
            "inner {level=INFO, logger=inner}",
            "outer {level=INFO, logger=outer}"
        ]
    );
}
