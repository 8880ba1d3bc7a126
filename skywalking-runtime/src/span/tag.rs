//! Values of tags. Text, integers and bools are stored directly. Other values are formatted with
//! `Display`.
//!
//! The attributes choose by method resolution on [`Plain`] (autoref specialization). [`PutRaw`]
//! comes first and is implemented for the listed types. [`PutDisplay`] comes second. The bound is
//! on its method, so a value that implements neither trait gives one error, at the value.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::rc::Rc;
use std::sync::Arc;

use crate::util::text::{self, TAG_LIMIT};

/// A tag's value in the form in which it is stored.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// Text, cut at 2048 UTF-16 units.
    Text(&'a str),
    /// A signed integer. The reporter formats it.
    Int(i64),
    /// An unsigned integer. The reporter formats it.
    Uint(u64),
    /// `true` or `false`.
    Bool(bool),
}

/// A tag's value that owns its text.
#[derive(Debug)]
pub(crate) enum Kept {
    Text(String),
    Int(i64),
    Uint(u64),
    Bool(bool),
}

impl Kept {
    pub(crate) fn new(value: Raw<'_>) -> Self {
        match value {
            Raw::Text(text) => Self::Text(text::cut(text, TAG_LIMIT).to_owned()),
            Raw::Int(number) => Self::Int(number),
            Raw::Uint(number) => Self::Uint(number),
            Raw::Bool(value) => Self::Bool(value),
        }
    }

    pub(crate) fn raw(&self) -> Raw<'_> {
        match self {
            Self::Text(text) => Raw::Text(text),
            Self::Int(number) => Raw::Int(*number),
            Self::Uint(number) => Raw::Uint(*number),
            Self::Bool(value) => Raw::Bool(*value),
        }
    }

    /// Returns the length of its text in bytes.
    pub(crate) fn bytes(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
    }
}

/// A value for [`CurrentSpan::tag`](crate::CurrentSpan::tag): text, an integer of at most 64 bits,
/// or a bool.
///
/// Use [`CurrentSpan::tag_display`](crate::CurrentSpan::tag_display) for other types. The trait is
/// sealed: it is implemented for these types only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a tag value",
    label = "expected a string, integer or bool",
    note = "for a type that implements `Display`, use `tag_display(key, &value)`"
)]
pub trait TagValue: sealed::Sealed {
    #[doc(hidden)]
    fn raw(&self) -> Raw<'_>;
}

mod sealed {
    /// Keeps [`TagValue`](super::TagValue) to this crate.
    pub trait Sealed {}

    impl<T: Sealed + ?Sized> Sealed for &T {}
    impl<T: Sealed + ?Sized> Sealed for &mut T {}
}

macro_rules! text {
    ($($type:ty),+) => {
        $(impl sealed::Sealed for $type {}

        impl TagValue for $type {
            #[inline]
            fn raw(&self) -> Raw<'_> {
                Raw::Text(self)
            }
        })+
    };
}
text!(str, String, Cow<'_, str>, Box<str>, Arc<str>, Rc<str>);

macro_rules! numbers {
    ($($type:ty => $raw:ident as $wide:ty),+ $(,)?) => {
        $(impl sealed::Sealed for $type {}

        impl TagValue for $type {
            #[inline]
            #[allow(clippy::cast_lossless, clippy::cast_possible_wrap, reason = "never narrower than the type")]
            fn raw(&self) -> Raw<'_> {
                Raw::$raw(*self as $wide)
            }
        })+
    };
}
numbers! {
    i8 => Int as i64, i16 => Int as i64, i32 => Int as i64, i64 => Int as i64, isize => Int as i64,
    u8 => Uint as u64, u16 => Uint as u64, u32 => Uint as u64, u64 => Uint as u64, usize => Uint as u64,
}

impl sealed::Sealed for bool {}

impl TagValue for bool {
    #[inline]
    fn raw(&self) -> Raw<'_> {
        Raw::Bool(*self)
    }
}

impl<T: TagValue + ?Sized> TagValue for &T {
    #[inline]
    fn raw(&self) -> Raw<'_> {
        (**self).raw()
    }
}

impl<T: TagValue + ?Sized> TagValue for &mut T {
    #[inline]
    fn raw(&self) -> Raw<'_> {
        (**self).raw()
    }
}

/// A value in `tags(..)` without `%` or `?`.
#[derive(Debug)]
pub struct Plain<'a, T: ?Sized>(pub &'a T);

/// Records tags on a span that is about to open or to end.
pub trait Recorder {
    /// Records a tag of text, an integer or a bool.
    fn tag(&mut self, key: &'static str, value: Raw<'_>);
    /// Records a tag that is formatted with `Display`.
    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T);
}

/// Stores the value directly. The first choice.
pub trait PutRaw {
    /// Records the tag.
    fn __skywalking_put<R: Recorder>(&self, recorder: &mut R, key: &'static str);
}

impl<T: TagValue + ?Sized> PutRaw for Plain<'_, T> {
    #[inline]
    fn __skywalking_put<R: Recorder>(&self, recorder: &mut R, key: &'static str) {
        recorder.tag(key, self.0.raw());
    }
}

/// Formats the value with `Display`. The second choice.
pub trait PutDisplay<T: ?Sized> {
    /// Records the tag.
    fn __skywalking_put<R: Recorder>(&self, recorder: &mut R, key: &'static str)
    where
        T: TagDisplay;
}

impl<T: ?Sized> PutDisplay<T> for &Plain<'_, T> {
    #[inline]
    fn __skywalking_put<R: Recorder>(&self, recorder: &mut R, key: &'static str)
    where
        T: TagDisplay,
    {
        recorder.tag_display(key, &Shown(self.0));
    }
}

/// A plain value in `tags(..)` that is formatted.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a tag value: it does not implement `Display`",
    label = "does not implement `Display`",
    note = "write `?value` to record it by `Debug`, or an expression that returns a string, integer or bool"
)]
pub trait TagDisplay: Display {}

impl<T: Display + ?Sized> TagDisplay for T {}

/// A computed `name` or `peer`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as the name or peer of a span: it does not implement `Display`",
    label = "does not implement `Display`",
    note = "write an expression that returns a string, such as `format!(\"{{value:?}}\")`"
)]
pub trait SpanText: Display {}

impl<T: Display + ?Sized> SpanText for T {}

struct Shown<'a, T: ?Sized>(&'a T);

impl<T: TagDisplay + ?Sized> Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
