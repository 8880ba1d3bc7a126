//! The network interfaces of this host.

/// Returns the index of the network interface with this name.
#[cfg(unix)]
#[allow(unsafe_code)]
pub(crate) fn interface_index(name: &str) -> Option<u32> {
    let name = std::ffi::CString::new(name).ok()?;
    // SAFETY: the name is a C string, and the call only reads it.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

#[cfg(not(unix))]
pub(crate) fn interface_index(_: &str) -> Option<u32> {
    None
}
