//! The parts of the runtime's `span` that its files use.

#[path = "../../../skywalking-runtime/src/span/record.rs"]
pub(crate) mod record;

pub(crate) mod callsite {
    #[derive(Debug)]
    pub(crate) struct Callsite;
}

pub(crate) mod tag {
    use loom::cell::UnsafeCell;

    #[derive(Clone, Copy, Debug)]
    pub(crate) enum Raw<'a> {
        Text(&'a str),
        Int(i64),
        Uint(u64),
        Bool(bool),
    }

    /// A value whose text loom watches. Reading it before its write is visible is a failure.
    #[derive(Debug)]
    pub(crate) enum Kept {
        Text(UnsafeCell<&'static str>),
        Bool(bool),
    }

    impl Kept {
        pub(crate) fn text(text: &'static str) -> Self {
            Self::Text(UnsafeCell::new(text))
        }

        pub(crate) fn raw(&self) -> Raw<'_> {
            match self {
                // SAFETY: the text is written on construction, and only read afterwards.
                Self::Text(text) => Raw::Text(text.with(|text| unsafe { *text })),
                Self::Bool(value) => Raw::Bool(*value),
            }
        }

        pub(crate) fn bytes(&self) -> usize {
            if let Raw::Text(text) = self.raw() { text.len() } else { 0 }
        }
    }

    // SAFETY: as above; nothing writes the text.
    unsafe impl Sync for Kept {}
}
