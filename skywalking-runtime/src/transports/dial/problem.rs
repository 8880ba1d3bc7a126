//! Describes failed handshakes, with the fix.

use std::io;

use tokio_rustls::rustls::{AlertDescription, CertificateError, Error};

/// Returns what is wrong.
pub(super) fn of(error: &io::Error) -> String {
    let Some(tls) = error.get_ref().and_then(|error| error.downcast_ref::<Error>()) else {
        return error.to_string();
    };
    match remedy(tls) {
        Some(remedy) => format!("{tls}; {remedy}"),
        None => tls.to_string(),
    }
}

fn remedy(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "set the file of its authority with SW_AGENT_SSL_TRUSTED_CA_PATH"
        }
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "renew the certificate of the backend, or correct the clock of this host",
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => "correct the clock of this host",
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "give the backend's address by a name of its certificate",
        Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::HandshakeFailure,
        ) => {
            "if the backend requires a client certificate, set SW_AGENT_SSL_CERT_CHAIN_PATH and SW_AGENT_SSL_KEY_PATH"
        }
        Error::AlertReceived(AlertDescription::UnknownCA) => {
            "the backend does not trust the authority of the client certificate; give one of an authority that it trusts in SW_AGENT_SSL_CERT_CHAIN_PATH"
        }
        Error::AlertReceived(AlertDescription::CertificateExpired) => {
            "renew the client certificate (SW_AGENT_SSL_CERT_CHAIN_PATH)"
        }
        Error::AlertReceived(
            AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate,
        ) => {
            "the backend does not accept the client certificate (SW_AGENT_SSL_CERT_CHAIN_PATH); check its dates, its authority and its use"
        }
        Error::AlertReceived(AlertDescription::NoApplicationProtocol) => {
            "check that the port is that of the protocol (SW_AGENT_PROTOCOL)"
        }
        Error::InvalidMessage(_) => "check that the port uses TLS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_client_certificate_has_a_remedy() {
        for (alert, remedy) in [
            (AlertDescription::CertificateRequired, "requires a client certificate"),
            (AlertDescription::UnknownCA, "does not trust the authority of the client certificate"),
            (AlertDescription::CertificateExpired, "renew the client certificate"),
            (AlertDescription::CertificateUnknown, "does not accept the client certificate"),
        ] {
            let error = Error::AlertReceived(alert);
            let text = of(&io::Error::new(io::ErrorKind::InvalidData, error));
            assert!(text.contains(&format!("{alert:?}; ")) && text.contains(remedy), "{text}");
        }
    }
}
