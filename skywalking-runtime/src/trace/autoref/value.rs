//! The value that `ret_tags` are computed from.

use std::fmt::{self, Debug, Display};

use super::Returned;
use crate::context::quiet::Quiet;
use crate::span::tag::{Raw, Recorder, TagDisplay};
use crate::trace::current;

/// Implemented for a `Result`: tags are computed from the `Ok`.
pub trait ValueOfOk<'a> {
    /// The type in the `Ok`.
    type Value;
    /// Returns the value, if there is one.
    fn __skywalking_value(&self) -> Option<&'a Self::Value>;
}

impl<'a, T, E> ValueOfOk<'a> for &Returned<'a, Result<T, E>> {
    type Value = T;

    #[inline]
    fn __skywalking_value(&self) -> Option<&'a T> {
        self.0.as_ref().ok()
    }
}

/// Implemented for all other values.
pub trait ValueOfAny<'a> {
    /// The returned type.
    type Value: ?Sized;
    /// Returns the value.
    fn __skywalking_value(&self) -> Option<&'a Self::Value>;
}

impl<'a, R: ?Sized> ValueOfAny<'a> for Returned<'a, R> {
    type Value = R;

    #[inline]
    fn __skywalking_value(&self) -> Option<&'a R> {
        Some(self.0)
    }
}

/// Tags the span that is current while the returned value is read.
#[derive(Clone, Copy, Debug)]
pub struct OfReturned;

impl OfReturned {
    /// Adds a tag by `Display`.
    pub fn tag_display<T: TagDisplay + ?Sized>(&mut self, key: &'static str, value: &T) {
        current::tag_formatted(key, format_args!("{}", Quietly(format_args!("{value}"))));
    }

    /// Adds a tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        current::tag_formatted(key, format_args!("{}", Quietly(format_args!("{value:?}"))));
    }
}

/// Formats a value without recording the spans that its code opens.
struct Quietly<'a>(fmt::Arguments<'a>);

impl Display for Quietly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _quiet = Quiet::begin();
        f.write_fmt(self.0)
    }
}

impl Recorder for OfReturned {
    fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        current::tag(key, value);
    }

    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        Self::tag_display(self, key, value);
    }
}
