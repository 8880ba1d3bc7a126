//! Certificates that are accepted, and those that are not.

use crate::certificates::{Authority, Folder, Validity};
use crate::child::{agent, agent_beside_other_provider};
use crate::collector::{Backend, PROTOCOLS};

/// Keys with a password, as far as the agent reads them.
const ENCRYPTED_PKCS8: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
    MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi2\n-----END ENCRYPTED PRIVATE KEY-----\n";
const ENCRYPTED_PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
    DEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
const TOKEN: &str = "s3cret-token";

#[test]
fn certificate_of_a_trusted_authority_is_accepted() {
    let folder = Folder::new("right");
    let authority = Authority::new("right");
    let ca = folder.write("ca.pem", &authority.certificate);
    let server = authority.issue("localhost", Validity::Now);
    let (certificate, key) = server.write(&folder, "server");
    let token = folder.write("token", &format!("{TOKEN}\n"));
    for protocol in PROTOCOLS {
        // The CA turns TLS on for an address without a scheme.
        for address in ["https://localhost", "127.0.0.1"] {
            let backend =
                Backend::start_with(|builder| builder.tls(&certificate, &key).token(TOKEN));
            let address = format!("{address}:{}", backend.port(protocol));
            let agent = agent_beside_other_provider(
                &[
                    ("SW_AGENT_PROTOCOL", protocol),
                    ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                    ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ("SW_AGENT_AUTHENTICATION_FILE", &token),
                ],
                &[],
            );
            backend.wait_for_segments(|| agent.output());
            let output = agent.end();
            assert!(output.contains("token=on") && !output.contains("WARN"), "{output}");
            assert!(output.contains(&format!("https://{}", address.replace("https://", ""))));
        }
    }
}

#[test]
fn certificate_that_is_not_valid_is_refused_with_the_reason() {
    let folder = Folder::new("invalid");
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let ca = folder.write("ca.pem", &authority.certificate);
    let cases = [
        (
            "wrong-ca",
            other.issue("localhost", Validity::Now),
            "UnknownIssuer; set the file of its authority",
        ),
        (
            "expired",
            authority.issue("localhost", Validity::Past),
            "renew the certificate of the backend",
        ),
        (
            "name",
            authority.issue("other.test", Validity::Now),
            "give the backend's address by a name of its certificate",
        ),
    ];
    for (case, server, reason) in cases {
        let (certificate, key) = server.write(&folder, case);
        let backend = Backend::start(certificate, key);
        for protocol in PROTOCOLS {
            let address = format!("https://localhost:{}", backend.port(protocol));
            let agent = agent(
                &[
                    ("SW_AGENT_PROTOCOL", protocol),
                    ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &address),
                    ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
                    ("SW_AGENT_AUTHENTICATION", TOKEN),
                ],
                &[],
            );
            agent.wait_for(reason);
            let output = agent.end();
            assert_eq!(backend.segments(), 0, "{case} {protocol}: {output}");
        }
    }
}

#[test]
fn plain_port_and_tls_port_do_not_talk_to_each_other() {
    let folder = Folder::new("plain");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (certificate, key) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let (plain, tls) = (Backend::start_with(|builder| builder), Backend::start(certificate, key));
    for protocol in PROTOCOLS {
        let (to_plain, to_tls) = (
            format!("https://localhost:{}", plain.port(protocol)),
            format!("localhost:{}", tls.port(protocol)),
        );
        let to_plain = agent(
            &[
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &to_plain),
                ("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca),
            ],
            &[],
        );
        let to_tls = agent(
            &[("SW_AGENT_PROTOCOL", protocol), ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", &to_tls)],
            &[],
        );
        for agent in [to_plain, to_tls] {
            agent.wait_for("the backend can't be reached");
            let output = agent.end();
            assert_eq!((plain.segments(), tls.segments()), (0, 0), "{protocol}: {output}");
        }
    }
}

// Feature: TLS
#[test]
fn backend_that_requires_a_client_certificate_gets_it() {
    let folder = Folder::new("mutual");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (certificate, key) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let client = authority.issue("client.test", Validity::Now);
    let (client_certificate, client_key) = client.write(&folder, "client");
    let sec1_key = folder.write("sec1.key", &client.key_as_sec1());
    let backend = Backend::start_with(|builder| builder.tls(&certificate, &key).tls_client_ca(&ca));
    for (protocol, client_key) in PROTOCOLS.into_iter().zip([client_key, sec1_key]) {
        let address = format!("https://localhost:{}", backend.port(protocol));
        let mut variables = vec![
            ("SW_AGENT_PROTOCOL", protocol),
            ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
            ("SW_AGENT_SSL_TRUSTED_CA_PATH", ca.as_str()),
        ];
        let before = backend.segments();
        let without = agent(&variables, &[]);
        without.wait_for("the backend can't be reached");
        let output = without.end();
        assert_eq!(backend.segments(), before, "{protocol}: {output}");

        variables.extend([
            ("SW_AGENT_SSL_CERT_CHAIN_PATH", client_certificate.as_str()),
            ("SW_AGENT_SSL_KEY_PATH", client_key.as_str()),
        ]);
        let with = agent(&variables, &client.secrets());
        backend.wait_for_segments(|| with.output());
        with.end();
    }
}

/// A certificate of X.509 version 1, which `openssl x509 -req` makes without extensions.
const VERSION_1: &str = "-----BEGIN CERTIFICATE-----
MIIBIjCByQIUdNwuh3RqWS4VzLPpIJ3oj+s94UUwCgYIKoZIzj0EAwIwGTEXMBUG
A1UEAwwOdGVzdC1hdXRob3JpdHkwHhcNMjYxMTMwMTUwMzIyWhcNMjYxMjMwMTUw
MzIyWjAPMQ0wCwYDVQQDDARzaG9wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
nu64N65XU9fIKgiUdVZpa5PvF7lzf/UckKw1nyKHeYnwCD8GwncUG6VCEeyoMucc
9bMNIB0IPRjmUeAUr8iYyzAKBggqhkjOPQQDAgNIADBFAiBr4TLLXKjIaFAuWo5a
HzH/MNDyTUlfGAw9oQcGAgLz+AIhAJfhV2/oyacIy0D+uBIjcrK9D4ffwmsZ//WV
kzMh8cLF
-----END CERTIFICATE-----
";

#[cfg(target_os = "linux")] // elsewhere the authorities are in no file
#[test]
fn authorities_that_cannot_be_read_in_time_are_the_error() {
    let folder = Folder::new("hanging-authorities");
    let pipe = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    // Nothing writes to the pipe, so a read of it hangs.
    let pipe = pipe.to_str().expect("text");
    let variables = [("SW_AGENT_FORCE_TLS", "true"), ("SSL_CERT_FILE", pipe), ("SSL_CERT_DIR", "")];
    let output = agent(&variables, &[]).end();
    let expected = "SW_AGENT_FORCE_TLS: this system has no certificates of trusted authorities \
                    (their file was not read within 3 s";
    assert!(output.contains("error=") && output.contains(expected), "{output}");
}

#[test]
fn missing_and_broken_files_are_errors_at_the_start() {
    let folder = Folder::new("broken");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (client, other) =
        (authority.issue("a.test", Validity::Now), authority.issue("b.test", Validity::Now));
    let (certificate, key) = client.write(&folder, "client");
    let (_, other_key) = other.write(&folder, "other");
    let version_1 = folder.write("version-1.pem", VERSION_1);
    let (_, rsa_key) = authority.issue_rsa("a.test").write(&folder, "rsa");
    let cut = folder.write("cut.key", client.key.get(..client.key.len() / 2).expect("ASCII"));
    let (ca_path, chain_path, key_path) =
        ("SW_AGENT_SSL_TRUSTED_CA_PATH", "SW_AGENT_SSL_CERT_CHAIN_PATH", "SW_AGENT_SSL_KEY_PATH");
    let encrypted = folder.write("encrypted.key", ENCRYPTED_PKCS8);
    let encrypted_rsa = folder.write("encrypted-rsa.key", ENCRYPTED_PKCS1);
    let empty = folder.write("empty.pem", "");
    let is_encrypted = "has a private key with a password, which is not supported";
    let cases: [(&[(&str, &str)], &str); 11] = [
        (
            &[(ca_path, "/nowhere/ca.pem")],
            "SW_AGENT_SSL_TRUSTED_CA_PATH: the file \"/nowhere/ca.pem\" could not be read",
        ),
        (&[(ca_path, &key)], "has no certificate; give a PEM file with BEGIN CERTIFICATE"),
        (&[(ca_path, &empty)], "has no certificate; give a PEM file with BEGIN CERTIFICATE"),
        (
            &[(ca_path, &ca), (chain_path, &certificate)],
            "SW_AGENT_SSL_CERT_CHAIN_PATH: a client certificate needs its key",
        ),
        (
            &[(ca_path, &ca), (chain_path, &certificate), (key_path, &cut)],
            "has no private key that can be read",
        ),
        (
            &[(ca_path, &ca), (chain_path, &certificate), (key_path, &other_key)],
            "is not the key of the client certificate",
        ),
        (
            &[(ca_path, &ca), (chain_path, &version_1), (key_path, &key)],
            "issue it again, with X.509 version 3",
        ),
        (
            &[(ca_path, &ca), (chain_path, &certificate), (key_path, &rsa_key)],
            "is not the key of the client certificate",
        ),
        (&[(ca_path, &ca), (chain_path, &certificate), (key_path, &encrypted)], is_encrypted),
        (&[(ca_path, &ca), (chain_path, &certificate), (key_path, &encrypted_rsa)], is_encrypted),
        (
            &[
                ("SW_AGENT_FORCE_TLS", "true"),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "http://oap:11800"),
            ],
            "is without TLS, but SW_AGENT_FORCE_TLS turns TLS on",
        ),
    ];
    let secrets = [client.secrets(), other.secrets()].concat();
    for (variables, expected) in cases {
        let output = agent(variables, &secrets).end();
        assert!(output.contains("error=") && output.contains(expected), "{expected}: {output}");
    }
}
