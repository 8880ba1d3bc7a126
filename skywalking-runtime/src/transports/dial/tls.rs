//! TLS over an open connection, with certificates that are read again when their files change.
//!
//! The provider of the cryptography is always given explicitly, so another one that the program
//! has installed as its default has no effect here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::super::files::Watched;
use super::explained::Explained;
use super::{Protocol, Stream, problem};
use crate::config::{File, Host, Target, Tls as Settings};
use crate::error::Error;

/// Opens TLS connections.
#[derive(Clone, Debug)]
pub(super) struct Tls(Watched<Arc<ClientConfig>>);

impl Tls {
    /// Reads the certificates.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let Settings { ca, chain, key, .. } = settings;
        let files: Vec<_> = [ca, chain, key].into_iter().flatten().cloned().collect();
        let first = files.first().cloned();
        let at_system = Arc::new(AtomicBool::new(first.is_none()));
        // If a file hangs, the error names it.
        let unread = |problem| match first.as_ref().filter(|_| !at_system.load(Ordering::Relaxed)) {
            Some(file) => file.error(problem),
            None => no_trusted_ca(settings, format!("their file {problem}")),
        };
        let (settings, is_at_system) = (settings.clone(), Arc::clone(&at_system));
        let make = move |files: &[File], contents: Vec<Vec<u8>>| {
            let mut read = files.iter().zip(contents);
            let mut next = |file: &Option<File>| file.as_ref().and_then(|_| read.next());
            let roots = if let Some((file, pem)) = next(&settings.ca) {
                roots_of(file, &pem)?
            } else {
                is_at_system.store(true, Ordering::Relaxed);
                roots_of_system(&settings)?
            };
            let client = next(&settings.chain).zip(next(&settings.key));
            config(roots, client).map(Arc::new)
        };
        Watched::read("the files of TLS", files, make, unread).map(Self)
    }

    /// Reads the certificates again if their files may have changed.
    pub(super) async fn refresh(&self) {
        drop(self.0.current().await);
    }

    /// Makes the handshake of TLS over a connection.
    pub(super) async fn handshake(
        &self,
        stream: Stream,
        target: &Target,
        protocol: Protocol,
    ) -> Result<Stream, String> {
        let config = self.0.current().await;
        let mut config = ClientConfig::clone(&config);
        config.alpn_protocols = vec![protocol.alpn().to_vec()];
        let name = server_name(target)?;
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .map_err(|error| problem::of(&error))?;
        if protocol.needs_alpn() && stream.get_ref().1.alpn_protocol() != Some(protocol.alpn()) {
            return Err(
                "the server does not offer HTTP/2 (ALPN h2); check that it is the port for gRPC"
                    .to_owned(),
            );
        }
        Ok(Box::new(Explained(stream)))
    }
}

/// Returns the name that the certificate of the backend must have.
fn server_name(target: &Target) -> Result<ServerName<'static>, String> {
    let name = match target {
        Target::Tcp { host: Host::Ip(ip), .. } => return Ok(ServerName::from(*ip)),
        Target::Tcp { host: Host::Zoned(ip, _), .. } => {
            return Ok(ServerName::from(std::net::IpAddr::from(*ip)));
        }
        Target::Tcp { host: Host::Name(name), .. } => name.strip_suffix('.').unwrap_or(name),
        Target::Unix(_) => "localhost",
    };
    ServerName::try_from(name.to_owned())
        .map_err(|_| format!("a certificate cannot have the name {name}"))
}

/// Returns the provider of the cryptography.
fn provider() -> CryptoProvider {
    #[cfg(feature = "tls-aws-lc")]
    return rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "tls-aws-lc"))]
    rustls::crypto::ring::default_provider()
}

/// The certificate chain and the key of the client, each with its file.
type Client<'a> = ((&'a File, Vec<u8>), (&'a File, Vec<u8>));

fn config(roots: RootCertStore, client: Option<Client<'_>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(provider());
    let unusable = |error: &dyn std::error::Error| Error::Reporter { problem: error.to_string() };
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| unusable(&error))?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .with_webpki_verifier(verifier);
    let Some(((chain_file, chain), (key_file, key))) = client else {
        return Ok(builder.with_no_client_auth());
    };
    let (chain, key) = (certificates(chain_file, &chain)?, private_key(key_file, &key)?);
    builder.with_client_auth_cert(chain, key).map_err(|error| match error {
        rustls::Error::InvalidCertificate(_) => chain_file.error(format!(
            "has a certificate that cannot be used: {error}; issue it again, with X.509 version 3"
        )),
        _ => key_file
            .error(format!("is not the key of the client certificate: {error}; check the paths")),
    })
}

fn roots_of(file: &File, pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file, pem)? {
        roots.add(certificate).map_err(|error| {
            file.error(format!("has a certificate that is not valid: {error}; export it again"))
        })?;
    }
    Ok(roots)
}

fn roots_of_system(settings: &Settings) -> Result<RootCertStore, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Systems have some old certificates that cannot be used.
    let (valid, _) = roots.add_parsable_certificates(found.certs);
    if valid == 0 {
        let problem =
            found.errors.first().map_or_else(|| "none found".to_owned(), ToString::to_string);
        return Err(no_trusted_ca(settings, problem));
    }
    Ok(roots)
}

fn no_trusted_ca(settings: &Settings, problem: String) -> Error {
    let setting = settings.turned_on_by().unwrap_or("Config::backend");
    Error::NoTrustedCa { setting, problem }
}

fn certificates(file: &File, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| {
        file.error(format!("is not valid PEM: {error}; export the certificates as PEM"))
    })?;
    if found.is_empty() {
        return Err(file.error("has no certificate; give a PEM file with BEGIN CERTIFICATE"));
    }
    Ok(found)
}

fn private_key(file: &File, pem: &[u8]) -> Result<PrivateKeyDer<'static>, Error> {
    // PKCS#8 has a head of its own, the older forms have a line after theirs.
    let heads = [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"];
    if heads.iter().any(|head| pem.windows(head.len()).any(|part| part == *head)) {
        return Err(file.error(
            "has a private key with a password, which is not supported; give it without one",
        ));
    }
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
        // The error of the parser may quote the file.
        file.error("has no private key that can be read; give PKCS#8, PKCS#1 or SEC1 as PEM, without a password")
    })
}
