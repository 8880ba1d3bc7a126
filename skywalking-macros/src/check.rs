//! Validates the arguments of an attribute: together, and against the item.
//!
//! No check stops at the first error. An item is always emitted beside its errors: if it vanished,
//! the errors of its callers would bury the one that matters.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, GenericParam, Generics, Meta, Type};

use crate::args::{Args, Component, Covers, ErrForm, ErrKey};
use crate::diagnostics::{self, Errors};
use crate::item::{Function, ImplBlock, Item, Method};
use crate::kind::{AttributeOn, Kind};
use crate::params::{self, Binding};
use crate::return_type::{self, Deferred};

/// Returns the item, if it can be traced.
pub(crate) fn traceable(item: syn::Result<Item>, errors: &mut Errors) -> Option<Item> {
    match item {
        Ok(Item::WithoutBody(semicolon)) => errors.push(diagnostics::missing_body(&semicolon)),
        Ok(Item::Other(keyword)) => errors.push(diagnostics::unsupported_item(&keyword)),
        Ok(item) => return Some(item),
        Err(error) => errors.push(error),
    }
    None
}

/// Checks the rules that hold for every item.
pub(crate) fn arguments(kind: Kind, args: &Args, errors: &mut Errors) {
    if kind == Kind::Exit && args.key("peer").is_none() {
        errors.push(diagnostics::missing_peer());
    }
    for (word, other) in [("err", "no_err"), ("no_err", "err_ignore"), ("extract", "extract_each")]
    {
        let later = args.keys.iter().filter(|key| *key == word || *key == other).nth(1);
        if let Some(later) = later {
            errors.push(diagnostics::conflicting_keys(later, word, other));
        }
    }
    if let Some(Component::Constant(path)) = &args.component
        && let Some(first) = path.segments.first().filter(|first| first.ident == "Self")
    {
        errors.push(diagnostics::component_uses_self(&first.ident));
    }
}

/// Checks the rules of a function with an attribute of its own.
pub(crate) fn arguments_and_function(
    kind: Kind,
    args: &Args,
    function: &Function,
    errors: &mut Errors,
) {
    check_function(kind, args, function, AttributeOn::Function, errors);
}

/// Checks the rules of a function that is traced by the attribute of its impl block.
pub(crate) fn arguments_and_method(
    kind: Kind,
    args: &Args,
    function: &Function,
    block: &ImplBlock,
    errors: &mut Errors,
) {
    check_function(kind, args, function, AttributeOn::ImplBlock, errors);
    check_component(args, &block.generics, errors);
}

fn check_function(
    kind: Kind,
    args: &Args,
    function: &Function,
    on: AttributeOn,
    errors: &mut Errors,
) {
    let sig = &function.sig;
    if let Some(constness) = sig.constness {
        errors.push(diagnostics::const_fn(constness, on));
    }
    if let Some(variadic) = &sig.variadic {
        errors.push(diagnostics::variadic_fn(variadic.dots, on));
    }
    check_not_traced_twice(kind, &function.attrs, errors);
    if let Some(covers) = &args.covers {
        // On an impl block the key itself is an error.
        if on == AttributeOn::Function {
            check_covers(args, covers, function, errors);
        }
    } else {
        check_covers_not_needed(args, function, on, errors);
    }
    if on == AttributeOn::Function {
        if let Some(names) = args.key("names") {
            errors.push(diagnostics::names_on_function(names));
        }
        check_returned_value(args, function, errors);
    }
    check_component(args, &sig.generics, errors);
    check_tag_parameters(args, function, errors);
}

/// Checks that a tag that is written as a name names a parameter.
fn check_tag_parameters(args: &Args, function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    let bindings = params::bindings(sig);
    for parameter in args.tags.iter().filter_map(|tag| tag.parameter.as_ref()) {
        if !bindings.iter().any(|binding| binding.ident == *parameter) {
            let names: Vec<String> = bindings.iter().map(Binding::name).collect();
            errors.push(diagnostics::unknown_parameter(parameter, &sig.ident, &names));
        }
    }
}

/// Checks that a function without `covers` returns no future or stream, unless it is `async`.
fn check_covers_not_needed(args: &Args, function: &Function, on: AttributeOn, errors: &mut Errors) {
    let sig = &function.sig;
    // An invalid value of `covers` was reported by the parser.
    if sig.asyncness.is_some() || args.key("covers").is_some() {
        return;
    }
    if let Some(output) = return_type::declared(&sig.output)
        && let Some(deferred) = return_type::deferred(output)
        && function.boxed_future().is_none()
    {
        errors.push(diagnostics::missing_covers(deferred, output, on));
    }
}

/// Checks what `covers` requires of the function.
fn check_covers(args: &Args, covers: &Covers, function: &Function, errors: &mut Errors) {
    let sig = &function.sig;
    let key = args.key("covers").unwrap_or(covers.word());
    let output = return_type::declared(&sig.output);
    let deferred = output.and_then(return_type::deferred);
    let may_be_deferred = deferred.is_some()
        || output.is_some_and(|output| {
            return_type::may_be_deferred(output) || return_type::has_impl_trait(output)
        });
    match (covers, deferred) {
        _ if !may_be_deferred => errors.push(diagnostics::covers_not_deferred(key)),
        (Covers::Returned(..), _) if sig.asyncness.is_some() => {
            errors.push(diagnostics::covers_on_async_fn(key));
        }
        (Covers::Returned(covers, word), Some(deferred)) if *covers != deferred => {
            errors.push(diagnostics::covers_mismatch(word, deferred));
        }
        // The compiler checks any other type: the expansion requires the trait.
        _ => {}
    }
    let Covers::Returned(deferred, word) = covers else { return };
    if let Some(inject) = args.key("inject").filter(|_| function.boxed_future().is_none()) {
        errors.push(diagnostics::inject_with_covers(inject, word));
    }
    if let Some(word) = args.key("ret_tags").filter(|_| *deferred == Deferred::Stream) {
        errors.push(diagnostics::ret_tags_on_stream(word));
    }
    if function.tracks_caller() {
        errors.push(diagnostics::conflicts_with_track_caller(word, "covers"));
    }
}

/// Checks the rules of an impl block. [`arguments_and_method`] checks each of its functions.
pub(crate) fn arguments_and_block(kind: Kind, args: &Args, block: &ImplBlock, errors: &mut Errors) {
    check_not_traced_twice(kind, &block.attrs, errors);
    for word in ["name", "covers", "ret_tags"] {
        if let Some(key) = args.key(word) {
            errors.push(diagnostics::key_on_impl_block(key));
        }
    }
    if let Some(names) = &args.names
        && names.uses_trait()
        && block.trait_name.is_none()
    {
        errors.push(diagnostics::trait_placeholder_without_trait(names.span));
    }
}

/// Checks `#[skip_span]` and the span attributes on a function of an impl block.
pub(crate) fn attributes_of_method(method: &Method, errors: &mut Errors) {
    if let Some(skip) = &method.skip
        && !matches!(skip.meta, Meta::Path(_))
    {
        errors.push(diagnostics::skip_span_with_arguments(skip));
    }
    if let Some(skip) = &method.skip
        && let Some((kind, _)) = method.span_attributes.first()
    {
        errors.push(diagnostics::skipped_and_traced(skip, *kind));
    }
    for attr in method.function.attrs.iter().filter(|attr| attr.path().is_ident("cfg_attr")) {
        if has_span_attribute(attr.to_token_stream()) {
            errors.push(diagnostics::conditional_attribute(attr));
        }
    }
}

fn has_span_attribute(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "skip_span" || Kind::from_name(&word).is_some(),
        TokenTree::Group(group) => has_span_attribute(group.stream()),
        _ => false,
    })
}

fn check_not_traced_twice(kind: Kind, attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| Kind::from_attribute(attr).is_some()) {
        errors.push(diagnostics::duplicate_span_attribute(kind, attr));
    }
}

/// Checks what `err`, `err_ignore` and `ret_tags` require of the function.
fn check_returned_value(args: &Args, function: &Function, errors: &mut Errors) {
    let output = function.returned(args.covers.as_ref());
    let err = match &args.err {
        Some(ErrKey::Err(form, _)) => args.key("err").map(|key| (key, form)),
        _ => None,
    };
    let err_key = err.map(|(key, _)| key);
    let keys = [err_key, args.key("err_ignore"), args.key("ret_tags")];
    for key in keys.into_iter().flatten().filter(|_| function.tracks_caller()) {
        errors.push(diagnostics::conflicts_with_track_caller(key, &key.to_string()));
    }
    let by_function = matches!(err, Some((_, ErrForm::Function(_))));
    let requires_result = match err_key {
        Some(_) if by_function => None,
        Some(key) => Some(key),
        None => args.key("err_ignore").filter(|_| !args.err_ignore.is_empty()),
    };
    if let Some(key) = requires_result {
        check_is_result(key, output.as_ref(), function, errors);
    }
    let requires_value = [err_key.filter(|_| by_function), args.key("ret_tags")];
    for key in requires_value.into_iter().flatten() {
        if matches!(&output, None | Some(Type::Never(_))) {
            errors.push(diagnostics::no_return_value(key));
        }
    }
}

fn check_is_result(key: &Ident, output: Option<&Type>, function: &Function, errors: &mut Errors) {
    match output {
        // The compiler checks an alias: the expansion requires the trait.
        Some(output)
            if return_type::is_result(output)
                || return_type::may_be_alias(output)
                || matches!(output, Type::Infer(_)) => {}
        Some(output) => errors.push(diagnostics::result_required(key, output)),
        None => errors.push(diagnostics::result_required(key, &function.sig.ident)),
    }
}

/// Checks that a component uses no generic parameter: the callsite is a static, which can't.
fn check_component(args: &Args, generics: &Generics, errors: &mut Errors) {
    let Some(Component::Constant(path)) = &args.component else { return };
    let Some(first) = path.segments.first() else { return };
    let is_generic = generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => param.ident == first.ident,
        GenericParam::Const(param) => param.ident == first.ident,
        GenericParam::Lifetime(_) => false,
    });
    if is_generic {
        errors.push(diagnostics::component_uses_generic(&first.ident));
    }
}
