//! TLS of both ports: certificates are read once, at the start.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::error::Error;

/// The files of TLS.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    /// The authorities of client certificates, which are required if this is set.
    pub(crate) client_ca: Option<PathBuf>,
}

/// The protocol of a port, by its name in the handshake of TLS.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(any(feature = "tls-ring", feature = "tls-aws-lc")), allow(dead_code))]
pub(crate) enum Protocol {
    H2,
    Http1,
}

/// A connection, with or without TLS.
pub(crate) type Stream = Box<dyn Io>;

pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Makes the handshake of TLS with clients, if TLS is on.
#[derive(Clone)]
pub(crate) enum Acceptor {
    Plain,
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    Tls(tokio_rustls::TlsAcceptor),
}

impl Acceptor {
    /// Reads the files of TLS.
    pub(crate) fn new(files: Option<&TlsFiles>, protocol: Protocol) -> Result<Self, Error> {
        match files {
            None => Ok(Self::Plain),
            #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
            Some(files) => Ok(Self::Tls(built::config(files, protocol)?)),
            #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
            Some(files) => {
                let _ = (&files.certificate, &files.key, &files.client_ca, protocol);
                Err(Error::TlsUnsupported)
            }
        }
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Stream> {
        match self {
            Self::Plain => Ok(Box::new(stream)),
            #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
            Self::Tls(acceptor) => Ok(Box::new(acceptor.accept(stream).await?)),
        }
    }
}

/// Returns an error about a file.
#[cfg_attr(not(any(feature = "tls-ring", feature = "tls-aws-lc")), allow(dead_code))]
fn unusable(path: &Path, problem: impl Into<String>) -> Error {
    Error::TlsFile { path: path.to_owned(), problem: problem.into() }
}

#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
mod built {
    use std::path::Path;
    use std::sync::Arc;

    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::crypto::CryptoProvider;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio_rustls::rustls::server::WebPkiClientVerifier;
    use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

    use super::{Protocol, TlsFiles, unusable};
    use crate::error::Error;

    /// Returns the provider of the cryptography. It is always given explicitly, so another one that
    /// the program has installed has no effect.
    fn provider() -> CryptoProvider {
        #[cfg(feature = "tls-aws-lc")]
        return rustls::crypto::aws_lc_rs::default_provider();
        #[cfg(not(feature = "tls-aws-lc"))]
        rustls::crypto::ring::default_provider()
    }

    pub(super) fn config(files: &TlsFiles, protocol: Protocol) -> Result<TlsAcceptor, Error> {
        let TlsFiles { certificate, key, client_ca } = files;
        let provider = Arc::new(provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(certificate, error.to_string()))?;
        let builder = match client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates(path)? {
                    roots.add(authority).map_err(|error| unusable(path, error.to_string()))?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .map_err(|error| unusable(path, error.to_string()))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut config = builder
            .with_single_cert(certificates(certificate)?, private_key(key)?)
            .map_err(|error| unusable(key, error.to_string()))?;
        config.alpn_protocols = vec![match protocol {
            Protocol::H2 => b"h2".to_vec(),
            Protocol::Http1 => b"http/1.1".to_vec(),
        }];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn read(path: &Path) -> Result<Vec<u8>, Error> {
        std::fs::read(path).map_err(|error| unusable(path, error.to_string()))
    }

    fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
        let pem = read(path)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let found = found.map_err(|error| unusable(path, error.to_string()))?;
        if found.is_empty() {
            return Err(unusable(path, "it has no certificate in PEM"));
        }
        Ok(found)
    }

    fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
        // The error of the parser may quote the file.
        PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|_| {
            unusable(path, "it has no PKCS#8, PKCS#1 or SEC1 key in PEM without a password")
        })
    }
}
