//! Compresses by gzip (RFC 1952). Without the feature `gzip` there is no [`Gzip`].

use http::HeaderValue;

use crate::config::Compression;

/// The name of the encoding in headers.
pub(super) const GZIP: HeaderValue = HeaderValue::from_static("gzip");

#[cfg(feature = "gzip")]
mod encoder {
    use std::io::Write as _;

    use flate2::write::DeflateEncoder;
    use flate2::{Compression, Crc};

    /// The head of a member: deflated, no flags, no time, by an unknown system.
    const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

    /// Compresses one text after the other. Its memory, some 100 KiB, is used again for each.
    #[derive(Debug)]
    pub(crate) struct Gzip {
        encoder: DeflateEncoder<Vec<u8>>,
        /// The check sum of the text so far.
        crc: Crc,
    }

    impl Gzip {
        pub(super) fn new() -> Self {
            // Level 1: higher ones take several times as long, and save little.
            let encoder = DeflateEncoder::new(HEAD.to_vec(), Compression::fast());
            Self { encoder, crc: Crc::new() }
        }

        /// Adds to the text. Returns `None` if this is impossible.
        pub(crate) fn write(&mut self, bytes: &[u8]) -> Option<()> {
            self.crc.update(bytes);
            self.encoder.write_all(bytes).ok()
        }

        /// Returns the compressed text, and begins the next one.
        pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
            let mut member = self.encoder.reset(HEAD.to_vec()).ok()?;
            member.extend_from_slice(&self.crc.sum().to_le_bytes());
            member.extend_from_slice(&self.crc.amount().to_le_bytes());
            self.crc.reset();
            Some(member)
        }
    }
}

#[cfg(not(feature = "gzip"))]
mod encoder {
    /// Never exists.
    #[derive(Debug)]
    pub(crate) enum Gzip {}

    impl Gzip {
        pub(crate) fn write(&mut self, _: &[u8]) -> Option<()> {
            match *self {}
        }

        pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
            match *self {}
        }
    }
}

pub(crate) use self::encoder::Gzip;

impl Gzip {
    /// Returns an encoder if batches are to be compressed.
    pub(crate) fn of(compression: Compression) -> Option<Self> {
        match compression {
            Compression::None => None,
            #[cfg(feature = "gzip")]
            Compression::Gzip => Some(Self::new()),
            // Refused at the start.
            #[cfg(not(feature = "gzip"))]
            Compression::Gzip => None,
        }
    }

    /// Compresses a text. Returns `None` if that makes it larger.
    #[cfg(feature = "report-grpc")]
    pub(crate) fn shrink(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        self.write(text)?;
        self.finish().filter(|compressed| compressed.len() < text.len())
    }
}

#[cfg(all(test, feature = "gzip"))]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn decompressed(compressed: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        GzDecoder::new(compressed).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn texts_are_the_same_after_decompression() {
        let mut gzip = Gzip::of(Compression::Gzip).unwrap();
        let random: Vec<u8> =
            (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        for text in [&b""[..], b"a", &vec![b'x'; 300_000], &random] {
            for part in text.chunks(7_000) {
                gzip.write(part).unwrap();
            }
            assert!(decompressed(&gzip.finish().unwrap()) == text);
        }
    }

    #[cfg(feature = "report-grpc")]
    #[test]
    fn text_that_would_become_larger_is_left() {
        let mut gzip = Gzip::of(Compression::Gzip).unwrap();
        assert_eq!(gzip.shrink(b"short"), None);
        let shrunk = gzip.shrink(&[b'x'; 1_000]).unwrap();
        assert!(shrunk.len() < 100 && decompressed(&shrunk) == [b'x'; 1_000]);
        assert!(Gzip::of(Compression::None).is_none());
    }
}
