//! Files that change while the agent runs.

use skywalking_tests::child::TIMEOUT;
use skywalking_tests::polling::poll_until;
use tokio::runtime::Builder;

use crate::certificates::{Authority, Folder, Validity};
use crate::child::agent;
use crate::collector::{Backend, PROTOCOLS};
use crate::peer::{Hangs, Making, Peer, Step};

#[test]
fn new_authority_certificate_and_token_are_used_while_it_runs() {
    for protocol in PROTOCOLS {
        let folder = Folder::new(&format!("rotation-{protocol}"));
        let backend = |authority: &Authority, token: &str, port: u16| {
            let (certificate, key) =
                authority.issue("localhost", Validity::Now).write(&folder, "server");
            let ca = folder.write("server-ca.pem", &authority.certificate);
            let address = format!("127.0.0.1:{port}");
            Backend::start_with(|builder| {
                let builder = match protocol {
                    "grpc" => builder.grpc_addr(address),
                    _ => builder.http_addr(address),
                };
                builder.tls(certificate, key).tls_client_ca(ca).token(token)
            })
        };
        let write = |authority: &Authority, token: &str| {
            let client = authority.issue("client.test", Validity::Now);
            let (certificate, key) = client.write(&folder, "client");
            let ca = folder.write("ca.pem", &authority.certificate);
            (ca, certificate, key, folder.write("token", token), client.secrets())
        };
        let first = Authority::new("first");
        let (ca, certificate, key, token, secrets) = write(&first, "s3cret-1");
        let running = backend(&first, "s3cret-1", 0);
        let port = running.port(protocol);
        let address = format!("https://localhost:{port}");
        let variables = [
            ("SW_AGENT_PROTOCOL", protocol),
            ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
            ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
            ("SW_AGENT_SSL_CERT_CHAIN_PATH", &certificate),
            ("SW_AGENT_SSL_KEY_PATH", &key),
            ("SW_AGENT_AUTHENTICATION_FILE", &token),
        ];
        let mut agent = agent(&variables, &secrets);
        running.wait_for_segments(|| agent.output());
        drop(running);

        // A broken file changes nothing.
        folder.write("ca.pem", "no certificate");
        agent.wait_for("changed and cannot be used; the previous files stay in use");
        let second = Authority::new("second");
        let running = backend(&second, "s3cret-2", port);
        let (.., secrets) = write(&second, "s3cret-2");
        agent.hide(secrets);
        running.wait_for_segments(|| agent.output());
        let output = agent.end();
        assert_eq!(output.matches("cannot be used").count(), 1, "{output}");
    }
}

#[test]
fn no_segment_is_lost_when_the_token_is_renewed() {
    const TOKENS: [&str; 6] =
        ["s3cret-0", "s3cret-1", "s3cret-2", "s3cret-3", "s3cret-4", "s3cret-5"];
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
    for protocol in PROTOCOLS {
        let folder = Folder::new(&format!("renewed-{protocol}"));
        let token = folder.write("token", TOKENS[0]);
        let (step, hangs) = (Step::Answer, Hangs::Never);
        let making = Making { protocol, is_proxy: false, tls: None, step, hangs };
        let peer = runtime.block_on(Peer::start(making));
        peer.require(TOKENS[0]);
        let address = peer.address.to_string();
        let agent = agent(
            &[
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                ("SW_AGENT_AUTHENTICATION_FILE", &token),
            ],
            &[],
        );
        for token in TOKENS {
            // First the file, then the backend: the agent reads the file at most once a second.
            folder.write("token", token);
            peer.require(token);
            let before = peer.answered();
            let arrived = poll_until(TIMEOUT, || peer.answered() > before + 2);
            assert!(arrived, "{token}: {}", agent.output());
        }
        let output = agent.end();
        let sent = format!("Report {{ sent: {}, dropped: Dropped,", peer.answered());
        assert!(output.contains(&sent), "{sent}: {output}");
        assert!(peer.rejected() > 0, "no batch had the old token");
    }
}

#[test]
fn new_token_is_sent_over_the_same_connection() {
    for protocol in PROTOCOLS {
        let folder = Folder::new(&format!("token-{protocol}"));
        let token = folder.write("token", "s3cret-1");
        let running = Backend::start_with(|builder| builder.token("s3cret-2"));
        let address = format!("localhost:{}", running.port(protocol));
        let agent = agent(
            &[
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                ("SW_AGENT_AUTHENTICATION_FILE", &token),
            ],
            &[],
        );
        agent.wait_for("SW_AGENT_AUTHENTICATION_FILE is not the backend's");
        assert_eq!(running.segments(), 0);
        folder.write("token", "s3cret-2");
        running.wait_for_segments(|| agent.output());
        agent.end();
    }
}
