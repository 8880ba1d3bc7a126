//! The derive `Carrier`: a struct hands the reading and writing of headers to the field that holds
//! them, or to one field for each header.
//!
//! `Extract` is asked of the field's type at once; `Inject` only where the struct is used in
//! `inject`, since a message that is only ever received carries its headers in a type that can only
//! be read.
//!
//! Beside an error the struct is a carrier all the same, of no headers: who uses it in an attribute
//! is not told a second time.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DeriveInput, Fields, FieldsNamed, GenericParam, Generics, Lifetime, LitStr,
    Meta, Path, Token, Type, WherePredicate, parse_quote_spanned,
};

use crate::check::{self, Complaints};
use crate::expand;

/// The headers of the protocol (`docs/protocol.md#header-sw8`).
pub(crate) const HEADERS: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// What a `#[carrier..]` attribute says.
enum Mark {
    /// `#[carrier]`.
    Bare,
    /// `#[carrier(header = "..")]`.
    Header(Ident, LitStr),
    /// `#[carrier(crate = PATH)]`.
    Runtime(Ident, Path),
}

/// A marked field.
struct Marked<'a> {
    field: &'a Ident,
    ty: &'a Type,
    /// The one header that it holds; all of them without.
    header: Option<LitStr>,
}

/// The whole work of the derive.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut complaints = Complaints::default();
    let runtime = runtime(&input.attrs, &mut complaints);
    let marked = match named_fields(&input) {
        Ok(fields) => marked(&input.ident, fields, &mut complaints),
        Err(error) => {
            complaints.push(error);
            Vec::new()
        }
    };
    let private = expand::private(runtime.as_ref(), Span::mixed_site());
    match complaints.into_errors() {
        None => implementations(&input, &marked, &private),
        // A path that could not be read may have been the one that matters.
        Some(errors) if runtime.is_none() && carrier_attrs(&input.attrs).next().is_some() => errors,
        Some(errors) => {
            let stand_in = implementations(&input, &[], &private);
            quote_spanned!(Span::mixed_site()=> #errors #stand_in)
        }
    }
}

fn named_fields(input: &DeriveInput) -> syn::Result<&FieldsNamed> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields),
            _ => Err(check::not_a_struct(data.struct_token)),
        },
        Data::Enum(data) => Err(check::not_a_struct(data.enum_token)),
        Data::Union(data) => Err(check::not_a_struct(data.union_token)),
    }
}

fn carrier_attrs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("carrier"))
}

fn mark(attr: &Attribute) -> syn::Result<Mark> {
    match &attr.meta {
        Meta::Path(_) => Ok(Mark::Bare),
        Meta::List(list) => list.parse_args_with(|input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(check::empty_carrier_list(attr));
            }
            let word = input.call(Ident::parse_any)?;
            let known = word == "header" || word == "crate";
            if !known {
                input.parse::<TokenStream>()?;
                return Err(check::unknown_carrier_word(&word));
            }
            if !input.peek(Token![=]) {
                input.parse::<TokenStream>()?;
                return Err(check::needs_value(&word, &word));
            }
            let equals: Token![=] = input.parse()?;
            if input.is_empty() {
                return Err(check::needs_value(&word, equals));
            }
            let mark = if word == "header" {
                Mark::Header(word, header(input)?)
            } else {
                Mark::Runtime(word, path(input)?)
            };
            input.parse::<Option<Token![,]>>()?;
            if input.is_empty() { Ok(mark) } else { Err(input.error("expected nothing more here")) }
        }),
        Meta::NameValue(_) => Err(check::empty_carrier_list(attr)),
    }
}

fn header(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        let token: TokenTree = input.parse()?;
        input.parse::<TokenStream>()?;
        return Err(check::header_is_text(token));
    }
    let header: LitStr = input.parse()?;
    if HEADERS.contains(&header.value().as_str()) {
        Ok(header)
    } else {
        Err(check::unknown_header(&header))
    }
}

fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(syn::Lit) {
        return Err(check::path_without_quotes(&input.parse()?));
    }
    input.call(Path::parse_mod_style)
}

fn runtime(attrs: &[Attribute], complaints: &mut Complaints) -> Option<Path> {
    let mut runtime = None;
    let mut first: Option<Ident> = None;
    for attr in carrier_attrs(attrs) {
        match mark(attr) {
            Ok(Mark::Runtime(word, path)) => {
                if let Some(first) = &first {
                    complaints.push(check::twice(first, &word));
                } else {
                    first = Some(word);
                    runtime = Some(path);
                }
            }
            Ok(Mark::Bare) => complaints.push(check::carrier_on_the_struct(attr)),
            Ok(Mark::Header(word, _)) => complaints.push(check::header_of_a_struct(&word)),
            Err(error) => complaints.push(error),
        }
    }
    runtime
}

fn marked<'a>(
    name: &Ident,
    fields: &'a FieldsNamed,
    complaints: &mut Complaints,
) -> Vec<Marked<'a>> {
    let mut marked: Vec<Marked<'a>> = Vec::new();
    let mut any = false;
    for field in &fields.named {
        for attr in carrier_attrs(&field.attrs) {
            any = true;
            let header = match mark(attr) {
                Ok(Mark::Bare) => None,
                Ok(Mark::Header(_, header)) => Some(header),
                Ok(Mark::Runtime(word, _)) => {
                    complaints.push(check::crate_of_a_field(&word));
                    continue;
                }
                Err(error) => {
                    complaints.push(error);
                    continue;
                }
            };
            match &header {
                Some(header)
                    if marked.iter().any(|earlier| {
                        earlier.header.as_ref().is_some_and(|other| other.value() == header.value())
                    }) =>
                {
                    complaints.push(check::header_twice(header));
                }
                _ if marked.iter().any(|earlier| earlier.header.is_none() || header.is_none()) => {
                    complaints.push(check::second_carrier(attr));
                }
                _ => {}
            }
            if let Some(ident) = &field.ident {
                marked.push(Marked { field: ident, ty: &field.ty, header });
            }
        }
    }
    if !any {
        complaints.push(check::no_carrier_field(name));
    }
    marked
}

fn implementations(
    input: &DeriveInput,
    marked: &[Marked<'_>],
    private: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let name = &input.ident;
    let (generics, arguments, _) = input.generics.split_for_impl();
    let mut readable = input.generics.clone();
    let mut writable = input.generics.clone();
    for field in marked {
        let at = site.located_at(field.ty.span());
        let ty = field.ty;
        let (read, write) = if field.header.is_some() {
            ("HeaderField", "HeaderField")
        } else {
            ("Extract", "Inject")
        };
        let (read, write) = (Ident::new(read, at), Ident::new(write, at));
        if mentions_a_parameter_of(ty, &input.generics) {
            readable
                .make_where_clause()
                .predicates
                .push(parse_quote_spanned!(at=> #ty: #private::#read));
            writable
                .make_where_clause()
                .predicates
                .push(parse_quote_spanned!(at=> #ty: #private::#write));
        } else if field.header.is_none() {
            // Under a lifetime of its own the bound is no fact to be refused here and now, but a
            // condition for whoever injects.
            let lifetime = Lifetime::new("'__carrier", at);
            let bound: WherePredicate =
                parse_quote_spanned!(at=> for<#lifetime> #ty: #private::#write);
            writable.make_where_clause().predicates.push(bound);
        }
    }
    let (readable, writable) = (&readable.where_clause, &writable.where_clause);
    let get = arms(marked, private, Access::Get);
    let set = arms(marked, private, Access::Set);
    let clear = arms(marked, private, Access::Clear);
    // A field for each header holds those and no other.
    let (mut others, mut add_others) = (TokenStream::new(), TokenStream::new());
    if let Some(Marked { field, ty, .. }) = marked.iter().find(|field| field.header.is_none()) {
        let at = site.located_at(ty.span());
        let get =
            quote_spanned!(at=> <#ty as #private::Extract>::other_header(&self.#field, __key));
        let add = quote_spanned!(at=> <#ty as #private::Inject>::add_other_header(&mut self.#field, __key, __value));
        others = quote_spanned! {site=>
            fn other_header(&self, __key: &::core::primitive::str) -> ::core::option::Option<#private::Cow<'_, ::core::primitive::str>> {
                #get
            }
        };
        add_others = quote_spanned! {site=>
            fn add_other_header(&mut self, __key: &'static ::core::primitive::str, __value: &::core::primitive::str) -> ::core::primitive::bool {
                #add
            }
        };
    }
    quote_spanned! {site=>
        #[automatically_derived]
        impl #generics #private::Extract for #name #arguments #readable {
            fn header(&self, __key: &::core::primitive::str) -> ::core::option::Option<#private::Cow<'_, ::core::primitive::str>> {
                #get
            }

            #others
        }

        #[automatically_derived]
        impl #generics #private::Inject for #name #arguments #writable {
            fn set_header(&mut self, __key: &'static ::core::primitive::str, __value: &::core::primitive::str) {
                #set
            }

            fn remove_header(&mut self, __key: &'static ::core::primitive::str) {
                #clear
            }

            #add_others
        }
    }
}

#[derive(Clone, Copy)]
enum Access {
    Get,
    Set,
    Clear,
}

/// The body of a method: one call on the field that holds all headers, or an arm for each header
/// that has a field.
fn arms(marked: &[Marked<'_>], private: &TokenStream, access: Access) -> TokenStream {
    let site = Span::mixed_site();
    let mut arms = TokenStream::new();
    for Marked { field, ty, header } in marked {
        // What the type lacks is said at the type.
        let at = site.located_at(ty.span());
        let Some(header) = header else {
            return match access {
                Access::Get => {
                    quote_spanned!(at=> <#ty as #private::Extract>::header(&self.#field, __key))
                }
                Access::Set => {
                    quote_spanned!(at=> <#ty as #private::Inject>::set_header(&mut self.#field, __key, __value))
                }
                Access::Clear => {
                    quote_spanned!(at=> <#ty as #private::Inject>::remove_header(&mut self.#field, __key))
                }
            };
        };
        let call = match access {
            Access::Get => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::get(&self.#field).map(#private::Cow::Borrowed))
            }
            Access::Set => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::set(&mut self.#field, __value))
            }
            Access::Clear => {
                quote_spanned!(at=> <#ty as #private::HeaderField>::clear(&mut self.#field))
            }
        };
        arms.extend(quote_spanned!(site=> #header => #call,));
    }
    let otherwise = match access {
        Access::Get => quote_spanned!(site=> ::core::option::Option::None),
        Access::Set | Access::Clear => quote_spanned!(site=> {}),
    };
    if arms.is_empty() {
        return otherwise;
    }
    quote_spanned!(site=> match __key { #arms _ => #otherwise })
}

/// Whether the type depends on a parameter of the struct that is no lifetime, so that only its user
/// knows what it can do.
fn mentions_a_parameter_of(ty: &Type, generics: &Generics) -> bool {
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
    any(quote::ToTokens::to_token_stream(ty), &names)
}
