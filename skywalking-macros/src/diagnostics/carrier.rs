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
    at(name, "no carrier field: mark the field that holds the headers with `#[carrier]`")
}

pub(crate) fn conflicting_carrier_fields(second: &Attribute) -> Error {
    at(
        second,
        "conflicting carrier fields: mark one field with `#[carrier]`, or one field for each header with `#[carrier(header = \"..\")]`",
    )
}

pub(crate) fn duplicate_header(header: &LitStr) -> Error {
    at(header, format!("duplicate field for the header `{}`: remove one of them", header.value()))
}

pub(crate) fn invalid_carrier_attribute(attr: &Attribute) -> Error {
    at(attr, "expected `#[carrier]` or `#[carrier(header = \"sw8\")]`")
}

pub(crate) fn unknown_carrier_argument(word: &Ident) -> Error {
    at(
        word,
        format!(
            "unknown argument `{word}`: a field accepts `header = \"..\"`, a struct `crate = PATH`"
        ),
    )
}

pub(crate) fn header_on_struct(word: &Ident) -> Error {
    at(word, "`header` is not supported on a struct: put it on a field")
}

pub(crate) fn crate_on_field(word: &Ident) -> Error {
    at(word, "`crate` is not supported on a field: put it on the struct")
}

pub(crate) fn carrier_on_struct(attr: &Attribute) -> Error {
    at(
        attr,
        "`#[carrier]` is not supported on a struct: put it on a field, or write `#[carrier(crate = PATH)]`",
    )
}

pub(crate) fn unquoted_header(place: impl ToTokens) -> Error {
    at(
        place,
        format!("expected a string: write `header = \"sw8\"`, or another of {}", quoted(HEADERS)),
    )
}

pub(crate) fn unknown_header(header: &LitStr) -> Error {
    at(header, format!("unknown header `{}`: expected one of {}", header.value(), quoted(HEADERS)))
}

pub(crate) fn unexpected_carrier_token(input: ParseStream<'_>) -> Error {
    input.error("unexpected token")
}
