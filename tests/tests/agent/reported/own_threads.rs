//! What is logged on the agent's threads is not reported: it would be sent again and again.

use std::sync::{Arc, Mutex};

use prost::Message as _;
use skywalking_proto::v3::LogData;
use skywalking_proto::v3::log_data_body::Content;
use skywalking_runtime::redact::Field;
use skywalking_runtime::transport::{Batch, Outcome, Signal, Transport};
use skywalking_runtime::{Config, LogLevel, LogRecord};

use super::{TIMEOUT, line_by_log, wrapper};
use crate::turn;

/// A transport that logs what it sends, as its libraries do.
#[derive(Clone, Default)]
struct Talkative(Arc<Mutex<Vec<String>>>);

impl Transport for Talkative {
    async fn send(&self, batch: Batch) -> Outcome {
        LogRecord::new(LogLevel::Error, "sent by the transport").report();
        line_by_log(&wrapper(), "sent by the transport");
        let blocking = || LogRecord::new(LogLevel::Error, "by its pool").report();
        tokio::task::spawn_blocking(blocking).await.expect("a task");
        if batch.signal() == Signal::Logs {
            let bodies = batch.messages().iter().map(|message| {
                let log = LogData::decode(message.payload()).expect("a log");
                match log.body.and_then(|body| body.content) {
                    Some(Content::Text(body)) => body.text,
                    other => panic!("{other:?}"),
                }
            });
            self.0.lock().unwrap().extend(bodies);
        }
        Outcome::Confirmed
    }
}

#[test]
fn logs_of_the_agents_threads_are_not_reported() {
    let _turn = turn();
    let transport = Talkative::default();
    let redact = |_: Field<'_>, _: &str| {
        LogRecord::new(LogLevel::Error, "by the redaction").report();
        None
    };
    let agent = Config::new("RTS_Test")
        .transport(transport.clone())
        .redact(redact)
        .start()
        .expect("an agent");
    let before = agent.stats().logs;
    for number in 0..10 {
        LogRecord::new(LogLevel::Info, format!("line {number}")).report();
        assert!(agent.flush(TIMEOUT));
    }
    let logs = agent.shutdown(TIMEOUT).stats.logs;
    assert_eq!((logs.recorded - before.recorded, logs.sent - before.sent), (10, 10));
    let expected: Vec<_> = (0..10).map(|number| format!("line {number}")).collect();
    assert_eq!(*transport.0.lock().unwrap(), expected);
}
