//! gzip, unpacked within a limit and within the budget.

use std::io::Read;

use flate2::bufread::GzDecoder;

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

/// Parts that one body may have; a client sends one. Each costs as much as many bytes, even if it
/// is empty.
const PARTS: usize = 1_000;

/// Unpacks at most `limit` bytes. May take its time.
pub(crate) fn unpack(packed: &[u8], unpacked: &mut Buffer, limit: usize) -> Result<(), Error> {
    let mut rest = packed;
    for _ in 0..PARTS {
        let mut part = GzDecoder::new(rest);
        unpack_part(&mut part, unpacked, limit)?;
        rest = part.into_inner();
        if rest.is_empty() {
            return Ok(());
        }
    }
    Err(Error::Broken { reason: format!("it has over {PARTS} parts: send one") })
}

fn unpack_part(part: &mut impl Read, unpacked: &mut Buffer, limit: usize) -> Result<(), Error> {
    let mut chunk = [0; 16 * 1024];
    loop {
        match part.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) if unpacked.len() + length > limit => return Err(Error::TooLarge { limit }),
            Ok(length) => unpacked.try_extend(&chunk[..length], limit)?,
            Err(error) => return Err(Error::Broken { reason: error.to_string() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::budget::Budget;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("a vector takes it");
        encoder.finish().expect("a vector takes it")
    }

    fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Error> {
        let mut buffer = Budget::new(1_000_000).buffer();
        unpack(packed, &mut buffer, 100_000).map(|()| buffer.as_ref().to_vec())
    }

    #[test]
    fn parts_are_joined_and_bounded() {
        assert_eq!(unpacked(&pack(b"abc")), Ok(b"abc".to_vec()));
        assert_eq!(
            unpacked(&[pack(b"abc"), pack(b""), pack(b"de")].concat()),
            Ok(b"abcde".to_vec())
        );
        assert_eq!(unpacked(&pack(b"a").repeat(PARTS)), Ok(vec![b'a'; PARTS]));
        for part in [&b""[..], b"a"] {
            let Err(Error::Broken { reason }) = unpacked(&pack(part).repeat(PARTS + 1)) else {
                panic!("too many parts")
            };
            assert_eq!(reason, "it has over 1000 parts: send one");
        }
    }

    #[test]
    fn what_is_no_gzip_is_refused() {
        let good = pack(b"abc");
        for bad in [&b""[..], b"abc", &good[..good.len() - 1], &[&good[..], b"abc"].concat()] {
            assert!(matches!(unpacked(bad), Err(Error::Broken { .. })), "{bad:?}");
        }
        assert_eq!(unpacked(&pack(&b"a".repeat(100_001))), Err(Error::TooLarge { limit: 100_000 }));
    }
}
