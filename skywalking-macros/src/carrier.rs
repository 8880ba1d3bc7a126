//! The derive `Carrier`: implements `Extract` and `Inject` for a struct by one of its fields, or by
//! one field for each header.
//!
//! The derive requires `Extract` of the field's type. It requires `Inject` only where the struct is
//! used in `inject`: a message that is only received may have a read-only field.
//!
//! Beside an error, the derive implements both traits without any header. So an attribute that uses
//! the struct adds no second error.

mod fields;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{
    DeriveInput, GenericParam, Generics, Lifetime, Type, WhereClause, WherePredicate,
    parse_quote_spanned,
};

use crate::diagnostics::Errors;
use crate::runtime_path;
use fields::CarrierField;

/// Expands the derive.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let runtime = fields::runtime(&input.attrs, &mut errors);
    let fields = match fields::named_fields(&input) {
        Ok(named) => fields::carrier_fields(&input.ident, named, &mut errors),
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    };
    let private = runtime_path::private(runtime.as_ref(), Span::mixed_site());
    match errors.into_compile_errors() {
        None => implementations(&input, &fields, &private),
        // Without the runtime's path an implementation could be an error of its own.
        Some(errors)
            if runtime.is_none() && fields::carrier_attributes(&input.attrs).next().is_some() =>
        {
            errors
        }
        Some(errors) => {
            let without_headers = implementations(&input, &[], &private);
            quote_spanned!(Span::mixed_site()=> #errors #without_headers)
        }
    }
}

fn implementations(
    input: &DeriveInput,
    fields: &[CarrierField<'_>],
    private: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let name = &input.ident;
    let (generics, arguments, _) = input.generics.split_for_impl();
    let (extract_bounds, inject_bounds) = where_clauses(input, fields, private);
    let get = body(fields, private, Operation::Get);
    let set = body(fields, private, Operation::Set);
    let remove = body(fields, private, Operation::Remove);
    let (other_header, add_other_header) = other_headers(fields, private);
    quote_spanned! {site=>
        #[automatically_derived]
        impl #generics #private::Extract for #name #arguments #extract_bounds {
            fn header(&self, __key: &::core::primitive::str) -> ::core::option::Option<#private::Cow<'_, ::core::primitive::str>> {
                #get
            }

            #other_header
        }

        #[automatically_derived]
        impl #generics #private::Inject for #name #arguments #inject_bounds {
            fn set_header(&mut self, __key: &'static ::core::primitive::str, __value: &::core::primitive::str) {
                #set
            }

            fn remove_header(&mut self, __key: &'static ::core::primitive::str) {
                #remove
            }

            #add_other_header
        }
    }
}

/// Returns the where clauses of `Extract` and `Inject`: the struct's own, and the bounds of its
/// fields.
fn where_clauses(
    input: &DeriveInput,
    fields: &[CarrierField<'_>],
    private: &TokenStream,
) -> (Option<WhereClause>, Option<WhereClause>) {
    let site = Span::mixed_site();
    let mut extract = input.generics.clone();
    let mut inject = input.generics.clone();
    for field in fields {
        let at = site.located_at(field.ty.span());
        let ty = field.ty;
        let (read, write) = if field.header.is_some() {
            ("HeaderField", "HeaderField")
        } else {
            ("Extract", "Inject")
        };
        let (read, write) = (Ident::new(read, at), Ident::new(write, at));
        if uses_parameter(ty, &input.generics) {
            let predicate = parse_quote_spanned!(at=> #ty: #private::#read);
            extract.make_where_clause().predicates.push(predicate);
            let predicate = parse_quote_spanned!(at=> #ty: #private::#write);
            inject.make_where_clause().predicates.push(predicate);
        } else if field.header.is_none() {
            // A bound without parameters is checked here. Under a lifetime of its own it is checked
            // where the struct is injected.
            let lifetime = Lifetime::new("'__carrier", at);
            let predicate: WherePredicate =
                parse_quote_spanned!(at=> for<#lifetime> #ty: #private::#write);
            inject.make_where_clause().predicates.push(predicate);
        }
    }
    (extract.where_clause, inject.where_clause)
}

/// Returns the methods for headers of other protocols. A field for each header has none.
fn other_headers(fields: &[CarrierField<'_>], private: &TokenStream) -> (TokenStream, TokenStream) {
    let Some(CarrierField { name, ty, .. }) = fields.iter().find(|field| field.header.is_none())
    else {
        return (TokenStream::new(), TokenStream::new());
    };
    let site = Span::mixed_site();
    let at = site.located_at(ty.span());
    let get = quote_spanned!(at=> <#ty as #private::Extract>::other_header(&self.#name, __key));
    let add = quote_spanned!(at=> <#ty as #private::Inject>::add_other_header(&mut self.#name, __key, __value));
    let other_header = quote_spanned! {site=>
        fn other_header(&self, __key: &::core::primitive::str) -> ::core::option::Option<#private::Cow<'_, ::core::primitive::str>> {
            #get
        }
    };
    let add_other_header = quote_spanned! {site=>
        fn add_other_header(&mut self, __key: &'static ::core::primitive::str, __value: &::core::primitive::str) -> ::core::primitive::bool {
            #add
        }
    };
    (other_header, add_other_header)
}

/// An operation on a header.
#[derive(Clone, Copy)]
enum Operation {
    Get,
    Set,
    Remove,
}

/// Returns the body of a method: a call on the field that holds all headers, or an arm for each
/// header that has a field.
fn body(fields: &[CarrierField<'_>], private: &TokenStream, operation: Operation) -> TokenStream {
    let site = Span::mixed_site();
    let mut arms = TokenStream::new();
    for CarrierField { name, ty, header } in fields {
        // An error about the type is reported at the type.
        let at = site.located_at(ty.span());
        let Some(header) = header else {
            return match operation {
                Operation::Get => {
                    quote_spanned!(at=> <#ty as #private::Extract>::header(&self.#name, __key))
                }
                Operation::Set => {
                    quote_spanned!(at=> <#ty as #private::Inject>::set_header(&mut self.#name, __key, __value))
                }
                Operation::Remove => {
                    quote_spanned!(at=> <#ty as #private::Inject>::remove_header(&mut self.#name, __key))
                }
            };
        };
        let call = match operation {
            Operation::Get => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::get(&self.#name).map(#private::Cow::Borrowed))
            }
            Operation::Set => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::set(&mut self.#name, __value))
            }
            Operation::Remove => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::clear(&mut self.#name))
            }
        };
        arms.extend(quote_spanned!(site=> #header => #call,));
    }
    let otherwise = match operation {
        Operation::Get => quote_spanned!(site=> ::core::option::Option::None),
        Operation::Set | Operation::Remove => quote_spanned!(site=> {}),
    };
    if arms.is_empty() {
        return otherwise;
    }
    quote_spanned!(site=> match __key { #arms _ => #otherwise })
}

/// Returns whether the type uses a type or const parameter of the struct.
fn uses_parameter(ty: &Type, generics: &Generics) -> bool {
    fn any(tokens: TokenStream, names: &[String]) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => names.contains(&ident.unraw().to_string()),
            TokenTree::Group(group) => any(group.stream(), names),
            _ => false,
        })
    }
    let names: Vec<String> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.unraw().to_string()),
            GenericParam::Const(param) => Some(param.ident.unraw().to_string()),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    any(ty.to_token_stream(), &names)
}
