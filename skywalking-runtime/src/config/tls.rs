//! Whether this build has TLS.

/// Whether a feature with TLS is on.
pub(crate) const IS_BUILT: bool = cfg!(any(feature = "tls-ring", feature = "tls-aws-lc"));
