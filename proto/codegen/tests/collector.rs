//! The collector implements every method of the protocol, also under the names of old agents.

use skywalking_codegen::PROTOCOL;
use skywalking_collector::{Collector, NotKept};
use skywalking_proto::v3::{Command, Commands};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

/// A method of the protocol files.
struct Method {
    package: String,
    service: String,
    name: String,
}

impl Method {
    fn path(&self) -> String {
        format!("/{}.{}/{}", self.package, self.service, self.name)
    }

    /// Returns the path without the package, which agents before `skywalking.v3` call.
    fn old_path(&self) -> String {
        format!("/{}/{}", self.service, self.name)
    }
}

fn methods() -> Vec<Method> {
    let mut methods = Vec::new();
    for file in PROTOCOL.descriptors().expect("the protocol files compile").file {
        for service in &file.service {
            for method in &service.method {
                methods.push(Method {
                    package: file.package().to_owned(),
                    service: service.name().to_owned(),
                    name: method.name().to_owned(),
                });
            }
        }
    }
    methods
}

async fn start() -> (Collector, Channel) {
    let collector = Collector::builder()
        .grpc_addr("127.0.0.1:0")
        .http_addr("127.0.0.1:0")
        .start()
        .await
        .expect("free ports");
    let endpoint = Channel::from_shared(format!("http://{}", collector.grpc_addr()));
    let channel = endpoint.expect("an address").connect().await.expect("a listening port");
    (collector, channel)
}

/// Sends messages of any kind. Every response can be read as an empty `Commands`.
async fn send(channel: &Channel, path: &str, messages: Vec<Commands>) -> Result<(), Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
    let path: PathAndQuery = path.parse().expect("a path");
    let messages = Request::new(tokio_stream::iter(messages));
    let codec = ProstCodec::<Commands, Commands>::default();
    let response = client.client_streaming(messages, path, codec).await?;
    assert_eq!(response.into_inner(), Commands::default());
    Ok(())
}

#[tokio::test]
async fn every_method_is_implemented() {
    let (collector, channel) = start().await;
    let methods = methods();
    for method in &methods {
        let path = method.path();
        // Every message of the protocol can be empty.
        let sent = send(&channel, &path, vec![Commands::default()]).await;
        // An OAP drops an empty log and refuses an empty event.
        if ["LogReportService", "EventService"].contains(&method.service.as_str()) {
            assert_eq!(sent.map_err(|status| status.code()), Err(Code::InvalidArgument), "{path}");
        } else {
            sent.unwrap_or_else(|status| panic!("{path}: {status}"));
        }
    }

    assert_eq!(methods.len(), 25);
    let stats = collector.stats();
    let counts: Vec<_> =
        NotKept::ALL.iter().map(|kind| stats.received_not_kept.get(*kind)).collect();
    // Most kinds have one method: profile tasks have four, profiles four, browsers five.
    assert_eq!(counts, [1, 1, 1, 4, 4, 1, 5]);
    assert_eq!((stats.logs_refused, stats.events_refused), (1, 1));
    assert_eq!(
        (stats.segments_empty, stats.properties_reports, stats.pings, stats.segments_refused),
        (1, 1, 1, 0),
        "{stats}"
    );
}

/// Two collectors receive the same calls, one under each name.
#[tokio::test]
async fn old_names_without_package_behave_alike() {
    let (new, new_channel) = start().await;
    let (old, old_channel) = start().await;
    let command = |name: &str| Command { command: name.to_owned(), ..Command::default() };
    // Most messages have a text as their first field, or a message with one.
    let calls = [
        vec![],
        vec![Commands::default()],
        vec![Commands::default(); 3],
        vec![Commands { commands: vec![command("name")] }],
        vec![Commands { commands: vec![command("\u{1}"), command("")] }, Commands::default()],
    ];
    let mut compared = 0;
    for method in methods() {
        for messages in &calls {
            let sent = send(&new_channel, &method.path(), messages.clone()).await;
            let sent_old = send(&old_channel, &method.old_path(), messages.clone()).await;
            let [result, result_old] = [sent, sent_old]
                .map(|sent| sent.map_err(|status| (status.code(), status.message().to_owned())));
            if method.package == "skywalking.v3" {
                assert_eq!(result_old, result, "{}", method.old_path());
                let [stats, stats_old] = [new.stats(), old.stats()].map(|stats| stats.to_string());
                assert_eq!(stats_old, stats, "{}", method.old_path());
                compared += 1;
            } else {
                // Services of newer packages never had a name without the package.
                let code = result_old.expect_err("unknown").0;
                assert_eq!(code, Code::Unimplemented, "{}", method.old_path());
                // Keeps the counters comparable.
                let _ = send(&old_channel, &method.path(), messages.clone()).await;
            }
        }
    }

    // Four methods are of `skywalking.v10`.
    assert_eq!(compared, 21 * calls.len());
    assert!(new.stats().received_not_kept.iter().all(|(_, count)| count > 0), "{}", new.stats());
}
