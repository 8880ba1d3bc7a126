//! gzip, unpacked within a limit and within the budget.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::budget::{Buffer, Full};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Full(#[from] Full),
    #[error("over {limit} bytes")]
    TooLarge { limit: usize },
    #[error("{reason}")]
    Broken { reason: String },
}

/// Unpacks at most `limit` bytes. May take its time.
pub(crate) fn unpack(packed: &[u8], unpacked: &mut Buffer, limit: usize) -> Result<(), Error> {
    let mut from = MultiGzDecoder::new(packed);
    let mut chunk = [0; 16 * 1024];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) if unpacked.len() + length > limit => return Err(Error::TooLarge { limit }),
            Ok(length) => unpacked.try_extend(&chunk[..length], limit)?,
            Err(error) => return Err(Error::Broken { reason: error.to_string() }),
        }
    }
}
