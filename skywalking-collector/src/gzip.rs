//! Decompresses gzip within a size limit and within the memory budget.

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::budget::{BudgetExhausted, Buffer};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    #[error("more than {limit} bytes after decompression")]
    TooLarge { limit: usize },
    #[error("{reason}")]
    Malformed { reason: String },
}

/// The largest number of gzip members. Clients send one. Even an empty member takes time to
/// decompress.
const MAX_MEMBERS: usize = 1_000;

/// Decompresses at most `limit` bytes. Takes time in proportion to the input and output.
pub(crate) fn decompress(
    compressed: &[u8],
    output: &mut Buffer,
    limit: usize,
) -> Result<(), Error> {
    let mut rest = compressed;
    for _ in 0..MAX_MEMBERS {
        let mut member = GzDecoder::new(rest);
        decompress_member(&mut member, output, limit)?;
        rest = member.into_inner();
        if rest.is_empty() {
            return Ok(());
        }
    }
    Err(Error::Malformed { reason: format!("more than {MAX_MEMBERS} gzip members: send one") })
}

fn decompress_member(
    member: &mut impl Read,
    output: &mut Buffer,
    limit: usize,
) -> Result<(), Error> {
    let mut chunk = [0; 16 * 1024];
    loop {
        match member.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) if output.len() + length > limit => return Err(Error::TooLarge { limit }),
            Ok(length) => output.try_extend(&chunk[..length], limit)?,
            Err(error) => return Err(Error::Malformed { reason: error.to_string() }),
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

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("a vector takes it");
        encoder.finish().expect("a vector takes it")
    }

    fn decompressed(input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut buffer = Budget::new(1_000_000).buffer();
        decompress(input, &mut buffer, 100_000).map(|()| buffer.as_ref().to_vec())
    }

    #[test]
    fn members_are_concatenated_up_to_a_limit() {
        assert_eq!(decompressed(&compressed(b"abc")), Ok(b"abc".to_vec()));
        assert_eq!(
            decompressed(&[compressed(b"abc"), compressed(b""), compressed(b"de")].concat()),
            Ok(b"abcde".to_vec())
        );
        assert_eq!(
            decompressed(&compressed(b"a").repeat(MAX_MEMBERS)),
            Ok(vec![b'a'; MAX_MEMBERS])
        );
        for member in [&b""[..], b"a"] {
            let Err(Error::Malformed { reason }) =
                decompressed(&compressed(member).repeat(MAX_MEMBERS + 1))
            else {
                panic!("too many members")
            };
            assert_eq!(reason, "more than 1000 gzip members: send one");
        }
    }

    #[test]
    fn malformed_input_is_refused() {
        let good = compressed(b"abc");
        for bad in [&b""[..], b"abc", &good[..good.len() - 1], &[&good[..], b"abc"].concat()] {
            assert!(matches!(decompressed(bad), Err(Error::Malformed { .. })), "{bad:?}");
        }
        assert_eq!(
            decompressed(&compressed(&b"a".repeat(100_001))),
            Err(Error::TooLarge { limit: 100_000 })
        );
    }
}
