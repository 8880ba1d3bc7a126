//! The messages of the derive `Carrier`.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Error, LitStr};

use super::errors::{at, quoted};
use crate::kind::HEADERS;

pub(crate) fn unsupported_carrier(keyword: impl ToTokens) -> Error {
    at(keyword, "expected a struct with named fields")
}

pub(crate) fn missing_carrier_field(name: &Ident) -> Error {
    at(name, "mark the field that carries the headers with `#[carrier]`")
}

pub(crate) fn conflicting_carrier_fields(second: &Attribute) -> Error {
    at(second, "the headers have a field already: one `#[carrier]`, or one field for each header")
}

pub(crate) fn duplicate_header(header: &LitStr) -> Error {
    at(header, format!("the header `{}` has a field already", header.value()))
}

pub(crate) fn invalid_carrier_attribute(attr: &Attribute) -> Error {
    at(attr, "write `#[carrier]` or `#[carrier(header = \"sw8\")]`")
}

pub(crate) fn unknown_carrier_argument(word: &Ident) -> Error {
    at(
        word,
        format!(
            "unknown argument `{word}`; a field takes `header = \"..\"`, a struct `crate = PATH`"
        ),
    )
}

pub(crate) fn header_on_struct(word: &Ident) -> Error {
    at(word, "`header` belongs to a field")
}

pub(crate) fn crate_on_field(word: &Ident) -> Error {
    at(word, "`crate` belongs to the struct")
}

pub(crate) fn carrier_on_struct(attr: &Attribute) -> Error {
    at(attr, "`#[carrier]` belongs to a field; a struct takes `#[carrier(crate = PATH)]`")
}

pub(crate) fn unquoted_header(place: impl ToTokens) -> Error {
    at(
        place,
        format!("write the header as a string: `header = \"sw8\"`; one of {}", quoted(HEADERS)),
    )
}

pub(crate) fn unknown_header(header: &LitStr) -> Error {
    at(header, format!("unknown header `{}`; one of {}", header.value(), quoted(HEADERS)))
}

pub(crate) fn unexpected_carrier_token(input: ParseStream<'_>) -> Error {
    input.error("expected nothing more here")
}
