//! Intermediate authorities, files with several authorities, and addresses as names.

use crate::certificates::{Authority, Folder, Validity};
use crate::child::agent;
use crate::collector::{Backend, PROTOCOLS};

#[test]
fn intermediate_authority_must_be_in_the_chain() {
    let folder = Folder::new("chain");
    let (root, other) = (Authority::new("root"), Authority::new("other"));
    let middle = root.intermediate("middle");
    // The trusted one is neither the first nor alone.
    let ca = folder.write(
        "ca.pem",
        &format!("# other\n{}\n\n# root\n{}", other.certificate, root.certificate),
    );
    let server = middle.issue("localhost", Validity::Now);
    let (without, key) = server.write(&folder, "server");
    let chain = |of: &str| format!("{of}{}", middle.certificate);
    let with = folder.write("server-chain.pem", &chain(&server.certificate));
    let client = middle.issue("client.test", Validity::Now);
    let (_, client_key) = client.write(&folder, "client");
    let client_chain = folder.write("client-chain.pem", &chain(&client.certificate));
    for protocol in PROTOCOLS {
        for (certificate, is_whole) in [(&with, true), (&without, false)] {
            let backend =
                Backend::start_with(|builder| builder.tls(certificate, &key).tls_client_ca(&ca));
            let address = format!("https://localhost:{}", backend.port(protocol));
            let agent = agent(
                &[
                    ("SW_AGENT_PROTOCOL", protocol),
                    ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                    ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ("SW_AGENT_SSL_CERT_CHAIN_PATH", &client_chain),
                    ("SW_AGENT_SSL_KEY_PATH", &client_key),
                ],
                &client.secrets(),
            );
            if is_whole {
                backend.wait_for_segments(|| agent.output());
            } else {
                agent.wait_for("UnknownIssuer; set the file of its authority");
            }
            agent.end();
            assert_eq!(backend.segments() > 0, is_whole);
        }
    }
}

#[test]
fn ip_address_is_a_name_of_the_certificate() {
    let folder = Folder::new("addresses");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let hosts = [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")];
    for protocol in PROTOCOLS {
        for name in ["127.0.0.1", "::1"] {
            let (certificate, key) = authority.issue(name, Validity::Now).write(&folder, "server");
            for (host, written) in hosts {
                let listen = format!("{written}:0");
                let backend = Backend::start_with(|builder| {
                    builder.tls(&certificate, &key).grpc_addr(&listen).http_addr(&listen)
                });
                let address = format!("https://{written}:{}", backend.port(protocol));
                let agent = agent(
                    &[
                        ("SW_AGENT_PROTOCOL", protocol),
                        ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                        ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ],
                    &[],
                );
                if host == name {
                    backend.wait_for_segments(|| agent.output());
                } else {
                    agent.wait_for("give the backend's address by a name of its certificate");
                }
                agent.end();
                assert_eq!(backend.segments() > 0, host == name, "{host} with {name}");
            }
        }
    }
}
