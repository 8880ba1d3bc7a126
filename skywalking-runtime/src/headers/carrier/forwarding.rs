//! References, boxes and options of a carrier are carriers.

use std::borrow::Cow;

use super::{Extract, Inject};
use crate::config::policies::OtherContexts;
use crate::headers::incoming::IncomingHeaders;
use crate::util::diagnostics::{self, Diagnostic};

impl<T: Extract + ?Sized> Extract for &T {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        (**self).__read_all(others, found)
    }
}

impl<T: Extract + ?Sized> Extract for &mut T {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        (**self).__read_all(others, found)
    }
}

impl<T: Extract + ?Sized> Extract for Box<T> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        (**self).__read_all(others, found)
    }
}

impl<T: Extract> Extract for Option<T> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_ref()?.header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_ref()?.other_header(key)
    }

    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        self.as_ref().is_none_or(|carrier| carrier.__read_all(others, found))
    }
}

impl<T: Inject + ?Sized> Inject for &mut T {
    fn set_header(&mut self, key: &'static str, value: &str) {
        (**self).set_header(key, value);
    }

    fn remove_header(&mut self, key: &'static str) {
        (**self).remove_header(key);
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        (**self).add_other_header(key, value)
    }

    fn __is_empty(&self) -> bool {
        (**self).__is_empty()
    }
}

impl<T: Inject> Inject for Box<T> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        (**self).set_header(key, value);
    }

    fn remove_header(&mut self, key: &'static str) {
        (**self).remove_header(key);
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        (**self).add_other_header(key, value)
    }

    fn __empty() -> Option<Self> {
        T::__empty().map(Self::new)
    }

    fn __is_empty(&self) -> bool {
        (**self).__is_empty()
    }
}

impl<T: Inject> Inject for Option<T> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if self.is_none() {
            *self = T::__empty();
        }
        match self {
            Some(carrier) => carrier.set_header(key, value),
            None => diagnostics::count(Diagnostic::InjectNoCarrier),
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        if let Some(carrier) = self {
            carrier.remove_header(key);
            if carrier.__is_empty() {
                *self = None;
            }
        }
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        if self.is_none() {
            *self = T::__empty();
        }
        let added = self.as_mut().is_some_and(|carrier| carrier.add_other_header(key, value));
        if self.as_ref().is_some_and(Inject::__is_empty) {
            *self = None;
        }
        added
    }

    fn __empty() -> Option<Self> {
        Some(None)
    }

    fn __is_empty(&self) -> bool {
        self.as_ref().is_none_or(Inject::__is_empty)
    }
}
