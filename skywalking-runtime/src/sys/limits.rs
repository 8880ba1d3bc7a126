//! Checks resource limits before a start, by allocating and releasing the resources.
//!
//! The standard library and tokio panic in some places without a file descriptor or memory, and
//! with `panic=abort` that ends the program. Another thread may use the resources right after the
//! check, so a window of microseconds remains.

use std::io;

/// Succeeds if this many file descriptors can be opened.
#[cfg(unix)]
pub(crate) fn check_descriptors(count: usize) -> io::Result<()> {
    // Each pipe has two.
    (0..count.div_ceil(2)).map(|_| io::pipe()).collect::<io::Result<Vec<_>>>().map(drop)
}

#[cfg(not(unix))]
pub(crate) fn check_descriptors(_: usize) -> io::Result<()> {
    Ok(())
}

/// Succeeds if this many bytes can be mapped.
#[cfg(unix)]
#[allow(unsafe_code)]
pub(crate) fn check_address_space(bytes: usize) -> io::Result<()> {
    let (protection, flags) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
    // SAFETY: a new mapping at an address of the kernel's choice overlaps no other, and no other
    // code knows its address when it is removed.
    unsafe {
        let at = libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0);
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        libc::munmap(at, bytes);
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn check_address_space(_: usize) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn limit_checks_release_their_resources() {
        for _ in 0..2_000 {
            check_descriptors(20).unwrap();
            check_address_space(1 << 30).unwrap();
        }
        assert!(check_address_space(1 << 60).is_err());
    }
}
