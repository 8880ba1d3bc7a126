//! The versions of TLS, and the library of cryptography.

use skywalking_tests::child::TIMEOUT;
use skywalking_tests::polling::poll_until;
use tokio::runtime::Builder;
use tokio_rustls::rustls::ProtocolVersion;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::certificates::{Authority, Folder, Validity};
use crate::child::agent;
use crate::collector::PROTOCOLS;
use crate::peer::{Handshake, Hangs, Making, Peer, Step};

#[test]
fn server_with_one_version_is_reported_to() {
    let folder = Folder::new("versions");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let pairs = [authority.issue("localhost", Validity::Now), authority.issue_rsa("localhost")];
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
    for protocol in PROTOCOLS {
        for (version, expected) in
            [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)]
        {
            for pair in &pairs {
                let tls = Some(pair.server_of(protocol, &[version]));
                let (step, hangs) = (Step::Answer, Hangs::Never);
                let making = Making { protocol, is_proxy: false, tls, step, hangs };
                let peer = runtime.block_on(Peer::start(making));
                let address = format!("https://localhost:{}", peer.address.port());
                let agent = agent(
                    &[
                        ("SW_AGENT_PROTOCOL", protocol),
                        ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                        ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ],
                    &[],
                );
                let arrived = poll_until(TIMEOUT, || peer.answered() > 0);
                assert!(arrived, "{protocol} {expected:?}: {}", agent.output());
                agent.end();
                // aws-lc-rs is used if both are on.
                let has_p521 = cfg!(feature = "tls-aws-lc");
                let handshake = Handshake { version: Some(expected), has_p521 };
                let seen = peer.handshakes();
                assert!(!seen.is_empty() && seen.iter().all(|one| *one == handshake), "{seen:?}");
            }
        }
    }
}
