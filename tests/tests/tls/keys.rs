//! The forms in which a client key is written.

use crate::certificates::{Authority, Folder, Validity};
use crate::child::agent;
use crate::collector::{Backend, PROTOCOLS};

#[test]
fn client_key_is_read_as_pkcs8_pkcs1_and_sec1() {
    let folder = Folder::new("forms");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (certificate, key) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let (elliptic, rsa) =
        (authority.issue("client.test", Validity::Now), authority.issue_rsa("client.test"));
    let forms = [
        ("EC as PKCS#8", &elliptic, elliptic.key.clone()),
        ("EC as SEC1", &elliptic, elliptic.key_as_sec1()),
        ("RSA as PKCS#8", &rsa, rsa.key.clone()),
        ("RSA as PKCS#1", &rsa, rsa.key_as_pkcs1()),
    ];
    let backend = Backend::start_with(|builder| builder.tls(&certificate, &key).tls_client_ca(&ca));
    for protocol in PROTOCOLS {
        for (form, client, key) in &forms {
            println!("{protocol}, {form}");
            let (certificate, _) = client.write(&folder, "client");
            let key = folder.write("form.key", key);
            let address = format!("https://localhost:{}", backend.port(protocol));
            let agent = agent(
                &[
                    ("SW_AGENT_PROTOCOL", protocol),
                    ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                    ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ("SW_AGENT_SSL_CERT_CHAIN_PATH", &certificate),
                    ("SW_AGENT_SSL_KEY_PATH", &key),
                ],
                &client.secrets(),
            );
            backend.wait_for_segments(|| agent.output());
            agent.end();
        }
    }
}
