//! The callers' half, and as much of its neighbours as it knows.

#[path = "../../../skywalking-runtime/src/trace/outbox.rs"]
pub(crate) mod outbox;
#[path = "../../../skywalking-runtime/src/trace/sampler/window.rs"]
pub(crate) mod window;

pub(crate) mod record {
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct Record(u64);
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct Side(u64);
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct Trace(u64);
}

pub(crate) mod detached {
    #[derive(Debug)]
    pub(crate) struct Detached;
    impl Detached {
        pub(crate) fn ending(&self) -> Option<()> {
            Some(())
        }
    }
}

pub(crate) mod trial {
    #[derive(Debug)]
    pub(crate) struct Trial;
}
