//! Parses the `#[carrier..]` attributes of a struct and of its fields.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Fields, FieldsNamed, LitStr, Meta, Path, Token, Type};

use crate::diagnostics::{self, Errors};
use crate::kind::HEADERS;

/// A parsed `#[carrier..]` attribute.
enum CarrierAttribute {
    /// `#[carrier]`.
    Bare,
    /// `#[carrier(header = "..")]`.
    Header(Ident, LitStr),
    /// `#[carrier(crate = PATH)]`.
    Runtime(Ident, Path),
}

/// A field with a `#[carrier..]` attribute.
pub(super) struct CarrierField<'a> {
    pub(super) name: &'a Ident,
    pub(super) ty: &'a Type,
    /// The header that the field holds. Without it, the field holds all headers.
    pub(super) header: Option<LitStr>,
}

/// Returns the named fields of a struct.
pub(super) fn named_fields(input: &DeriveInput) -> syn::Result<&FieldsNamed> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields),
            _ => Err(diagnostics::unsupported_carrier(data.struct_token)),
        },
        Data::Enum(data) => Err(diagnostics::unsupported_carrier(data.enum_token)),
        Data::Union(data) => Err(diagnostics::unsupported_carrier(data.union_token)),
    }
}

/// Returns the `#[carrier..]` attributes among these.
pub(super) fn carrier_attributes(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("carrier"))
}

/// Returns the runtime's path in the attributes of the struct.
pub(super) fn runtime(attrs: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let mut runtime = None;
    let mut first: Option<Ident> = None;
    for attr in carrier_attributes(attrs) {
        match parse(attr) {
            Ok(CarrierAttribute::Runtime(word, path)) => {
                if let Some(first) = &first {
                    errors.push(diagnostics::duplicate_key(first, &word));
                } else {
                    first = Some(word);
                    runtime = Some(path);
                }
            }
            Ok(CarrierAttribute::Bare) => errors.push(diagnostics::carrier_on_struct(attr)),
            Ok(CarrierAttribute::Header(word, _)) => {
                errors.push(diagnostics::header_on_struct(&word));
            }
            Err(error) => errors.push(error),
        }
    }
    runtime
}

/// Returns the fields with a `#[carrier..]` attribute. The struct must have at least one.
pub(super) fn carrier_fields<'a>(
    name: &Ident,
    fields: &'a FieldsNamed,
    errors: &mut Errors,
) -> Vec<CarrierField<'a>> {
    let mut found: Vec<CarrierField<'a>> = Vec::new();
    let mut any = false;
    for field in &fields.named {
        for attr in carrier_attributes(&field.attrs) {
            any = true;
            let header = match parse(attr) {
                Ok(CarrierAttribute::Bare) => None,
                Ok(CarrierAttribute::Header(_, header)) => Some(header),
                Ok(CarrierAttribute::Runtime(word, _)) => {
                    errors.push(diagnostics::crate_on_field(&word));
                    continue;
                }
                Err(error) => {
                    errors.push(error);
                    continue;
                }
            };
            check_conflict(attr, header.as_ref(), &found, errors);
            if let Some(ident) = &field.ident {
                found.push(CarrierField { name: ident, ty: &field.ty, header });
            }
        }
    }
    if !any {
        errors.push(diagnostics::missing_carrier_field(name));
    }
    found
}

/// Checks that a header has one field: one field holds all headers, or each field holds one.
fn check_conflict(
    attr: &Attribute,
    header: Option<&LitStr>,
    earlier: &[CarrierField<'_>],
    errors: &mut Errors,
) {
    let holds = |field: &CarrierField<'_>, header: &LitStr| {
        field.header.as_ref().is_some_and(|other| other.value() == header.value())
    };
    match header {
        Some(header) if earlier.iter().any(|field| holds(field, header)) => {
            errors.push(diagnostics::duplicate_header(header));
        }
        _ if earlier.iter().any(|field| field.header.is_none() || header.is_none()) => {
            errors.push(diagnostics::conflicting_carrier_fields(attr));
        }
        _ => {}
    }
}

fn parse(attr: &Attribute) -> syn::Result<CarrierAttribute> {
    match &attr.meta {
        Meta::Path(_) => Ok(CarrierAttribute::Bare),
        Meta::List(list) => list.parse_args_with(|input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(diagnostics::invalid_carrier_attribute(attr));
            }
            let word = input.call(Ident::parse_any)?;
            let is_known = word == "header" || word == "crate";
            if !is_known {
                input.parse::<TokenStream>()?;
                return Err(diagnostics::unknown_carrier_argument(&word));
            }
            if !input.peek(Token![=]) {
                input.parse::<TokenStream>()?;
                return Err(diagnostics::missing_value(&word, &word));
            }
            let equals: Token![=] = input.parse()?;
            if input.is_empty() {
                return Err(diagnostics::missing_value(&word, equals));
            }
            let parsed = if word == "header" {
                CarrierAttribute::Header(word, header(input)?)
            } else {
                CarrierAttribute::Runtime(word, path(input)?)
            };
            input.parse::<Option<Token![,]>>()?;
            if input.is_empty() {
                Ok(parsed)
            } else {
                Err(diagnostics::unexpected_carrier_token(input))
            }
        }),
        Meta::NameValue(_) => Err(diagnostics::invalid_carrier_attribute(attr)),
    }
}

fn header(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        let token: TokenTree = input.parse()?;
        input.parse::<TokenStream>()?;
        return Err(diagnostics::unquoted_header(token));
    }
    let header: LitStr = input.parse()?;
    if HEADERS.contains(&header.value().as_str()) {
        Ok(header)
    } else {
        Err(diagnostics::unknown_header(&header))
    }
}

fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(syn::Lit) {
        return Err(diagnostics::quoted_path(&input.parse()?));
    }
    input.call(Path::parse_mod_style)
}
