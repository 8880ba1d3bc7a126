//! The message of an answer. Its contents are not used yet: any message confirms a batch.

use super::head::Head;

/// The longest message. It is read, and not kept.
/// Less than the connection reads for a call, so that a longer message fails only its own call.
const LONGEST: u32 = 64 * 1024;
/// The length of a message's head: whether it is compressed, and its length.
const HEAD: usize = 5;

/// Reads an answer of one message, in parts.
#[derive(Debug, Default)]
pub(super) struct Reply {
    head: Head<HEAD>,
    /// The rest of the message.
    left: usize,
}

impl Reply {
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            if self.head.is_complete() {
                if bytes.len() > self.left {
                    return Err("the answer has more than one message".to_owned());
                }
                self.left -= bytes.len();
                return Ok(());
            }
            if let Some(head) = self.head.read(&mut bytes) {
                self.begin(head)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, [is_compressed, length @ ..]: [u8; HEAD]) -> Result<(), String> {
        let length = u32::from_be_bytes(length);
        match is_compressed {
            0 => {}
            1 => return Err("the answer is compressed, which was not asked for".to_owned()),
            _ => return Err("the answer is not gRPC".to_owned()),
        }
        if length > LONGEST {
            return Err(format!("the answer is too large: {length} bytes"));
        }
        self.left = length as usize;
        Ok(())
    }

    /// Returns an error unless the answer is one whole message.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.head.is_empty() {
            return Err("the answer has no message");
        }
        if !self.head.is_complete() || self.left > 0 {
            return Err("the answer ends in its message");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], size: usize) -> Result<(), String> {
        let mut reply = Reply::default();
        bytes.chunks(size).try_for_each(|part| reply.read(part))?;
        reply.check().map_err(ToOwned::to_owned)
    }

    #[test]
    fn answer_is_one_whole_message() {
        for size in 1..10 {
            assert_eq!(read(&[0, 0, 0, 0, 0], size), Ok(()));
            assert_eq!(read(&[0, 0, 0, 0, 2, 1, 2], size), Ok(()));
            for (bytes, problem) in [
                (&[][..], "no message"),
                (&[0, 0, 0], "ends in"),
                (&[0, 0, 0, 0, 2, 1], "ends in"),
                (&[0, 0, 0, 0, 0, 0], "more than one"),
                (&[1, 0, 0, 0, 0], "compressed"),
                (&[7, 0, 0, 0, 0], "not gRPC"),
                (&[0, 0, 64, 0, 1], "too large: 4194305 bytes"),
            ] {
                let error = read(bytes, size).unwrap_err();
                assert!(error.contains(problem), "{error} for {bytes:?}");
            }
        }
    }
}
