//! Certificates for one test, in a folder that is removed at the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};

/// A key of 2048 bits, as PKCS#8. The library of the certificates cannot make one.
const RSA: &str = include_str!("rsa.key");

/// A folder with files of a test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("tls-{test}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in one step, as a rotation does.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let (path, new) = (self.path(name), self.path(&format!("{name}.new")));
        fs::write(&new, text).expect("a file");
        fs::rename(&new, &path).expect("a file");
        text_of(&path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

pub(crate) fn text_of(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

/// A certificate and its key, as PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    Now,
    Past,
}

/// A certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let (key, params) = Self::parts(name);
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// Creates an authority below this one.
    pub(crate) fn intermediate(&self, name: &str) -> Self {
        let (key, params) = Self::parts(name);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn parts(name: &str) -> (KeyPair, CertificateParams) {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (KeyPair::generate().expect("a key"), params)
    }

    /// Issues a certificate for a server and a client of this name.
    pub(crate) fn issue(&self, name: &str, validity: Validity) -> Pair {
        self.issue_for(&KeyPair::generate().expect("a key"), name, validity)
    }

    /// Issues a certificate for the RSA key of the tests.
    pub(crate) fn issue_rsa(&self, name: &str) -> Pair {
        self.issue_for(&KeyPair::from_pem(RSA).expect("a key"), name, Validity::Now)
    }

    fn issue_for(&self, key: &KeyPair, name: &str, validity: Validity) -> Pair {
        let names = vec![name.to_owned(), "127.0.0.1".to_owned()];
        let names = if name == "localhost" { names } else { vec![name.to_owned()] };
        let mut params = CertificateParams::new(names).expect("parameters");
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        if validity == Validity::Past {
            params.not_before = date_time_ymd(2000, 1, 1);
            params.not_after = date_time_ymd(2001, 1, 1);
        }
        let certificate = params.signed_by(key, &self.issuer).expect("a certificate").pem();
        Pair { certificate, key: key.serialize_pem() }
    }
}

impl Pair {
    /// Writes both files, and returns their paths.
    pub(crate) fn write(&self, folder: &Folder, name: &str) -> (String, String) {
        (
            folder.write(&format!("{name}.pem"), &self.certificate),
            folder.write(&format!("{name}.key"), &self.key),
        )
    }

    /// Returns the key as SEC1, the older form of PEM. It is the end of the PKCS#8 form.
    pub(crate) fn key_as_sec1(&self) -> String {
        let pkcs8 = self.key_as_der();
        // An ECPrivateKey of the curve P-256 with the public key.
        let sec1 = pkcs8.get(pkcs8.len() - 0x6d..).expect("a key of P-256");
        assert_eq!(sec1.first(), Some(&0x30), "a sequence");
        let text = STANDARD.encode(sec1);
        format!("-----BEGIN EC PRIVATE KEY-----\n{text}\n-----END EC PRIVATE KEY-----\n")
    }

    /// Returns the RSA key as PKCS#1, the older form of PEM. It is the end of the PKCS#8 form.
    pub(crate) fn key_as_pkcs1(&self) -> String {
        let pkcs8 = self.key_as_der();
        // After the version, the algorithm and the heads of 2 bytes of length.
        let pkcs1 = pkcs8.get(26..).expect("an RSA key");
        assert_eq!(pkcs1.first(), Some(&0x30), "a sequence");
        let text = STANDARD.encode(pkcs1);
        format!("-----BEGIN RSA PRIVATE KEY-----\n{text}\n-----END RSA PRIVATE KEY-----\n")
    }

    fn key_as_der(&self) -> Vec<u8> {
        STANDARD.decode(self.secrets().concat()).expect("Base64")
    }

    /// Returns the settings of a server of this protocol.
    pub(crate) fn server(&self, protocol: &str) -> Arc<ServerConfig> {
        self.server_of(protocol, ALL_VERSIONS)
    }

    /// Returns the settings of a server with these versions of TLS.
    pub(crate) fn server_of(
        &self,
        protocol: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let certificates: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.certificate.as_bytes()).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key");
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(certificates.expect("PEM"), key)
            .expect("a key of the certificate");
        let name: &[u8] = if protocol == "grpc" { b"h2" } else { b"http/1.1" };
        config.alpn_protocols = vec![name.to_vec()];
        Arc::new(config)
    }

    /// Returns the lines of the key.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let lines = self.key.lines().filter(|line| !line.starts_with('-'));
        lines.map(str::to_owned).collect()
    }
}
