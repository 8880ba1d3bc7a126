//! Derived carriers.

use skywalking_runtime::{Carrier, propagation::Inject};

/// All headers in one field.
#[derive(Carrier, Clone, Debug, Default)]
pub struct Message {
    /// The headers.
    #[carrier]
    pub header: String,
    /// Another field.
    pub body: Vec<u8>,
}

/// One field for each header.
#[derive(Carrier, Clone, Debug, Default)]
pub struct Parts {
    /// The trace.
    #[carrier(header = "sw8")]
    pub trace: Option<String>,
    /// The baggage.
    #[carrier(header = "sw8-correlation")]
    pub correlation: String,
}

/// Lifetimes and generics.
#[derive(Carrier, Debug)]
pub struct Generic<'a, H, const N: usize>
where
    H: Inject,
{
    /// The headers.
    #[carrier]
    pub headers: &'a mut H,
    /// Another field.
    pub rest: [&'a str; N],
}
