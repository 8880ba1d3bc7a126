//! Says no: the rules that no single argument can break alone, and beside them [`message`], where every message stands.
//!
//! Nothing here stops at the first fault. [`Complaints`] gathers them all, each at the token that is to blame, and the item is emitted beside them in any
//! case: an attribute must never make a function vanish, or its callers' errors would bury the one that matters.

mod message;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{Expr, GenericParam, Type};

use crate::args::{Args, Component, Kind, OnErr};
use crate::item::{Function, Item};
use crate::params;
use crate::returns;

pub(crate) use message::*;

/// All that was found wrong with one use of a macro.
#[derive(Default)]
pub(crate) struct Complaints(Option<syn::Error>);

impl Complaints {
    /// Adds one more.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// As `compile_error!`s; nothing if all is well.
    pub(crate) fn into_errors(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}

/// The function below the attribute, if it is one.
pub(crate) fn function(item: syn::Result<Item>, complaints: &mut Complaints) -> Option<Box<Function>> {
    match item {
        Ok(Item::Function(function)) => return Some(function),
        Ok(Item::Bodiless(semicolon)) => complaints.push(no_body(&semicolon)),
        Ok(Item::Impl(keyword)) => complaints.push(impl_block(&keyword)),
        Ok(Item::Other(keyword)) => complaints.push(not_a_function(&keyword)),
        Err(error) => complaints.push(error),
    }
    None
}

/// The rules that need no item.
pub(crate) fn arguments(kind: Kind, args: &Args, complaints: &mut Complaints) {
    if kind == Kind::Exit && !args.seen.iter().any(|key| key == "peer") {
        complaints.push(no_peer());
    }
    let errs: Vec<&Ident> = args.seen.iter().filter(|key| *key == "err" || *key == "no_err").collect();
    if let [_, second] = errs[..] {
        complaints.push(err_and_no_err(second));
    }
    if let Some(Component::Constant(path)) = &args.component
        && let Some(first) = path.segments.first().filter(|first| first.ident == "Self")
    {
        complaints.push(component_of_self(&first.ident));
    }
}

/// The rules that need the function.
pub(crate) fn arguments_and_function(kind: Kind, args: &Args, function: &Function, complaints: &mut Complaints) {
    let sig = &function.sig;
    if let Some(constness) = sig.constness {
        complaints.push(const_fn(constness));
    }
    if let Some(variadic) = &sig.variadic {
        complaints.push(variadic_fn(variadic.dots));
    }
    for attr in &function.attrs {
        let last = attr.path().segments.last().map(|last| last.ident.to_string());
        if last.is_some_and(|last| [Kind::Entry, Kind::Exit, Kind::Local].iter().any(|kind| kind.attribute() == last)) {
            complaints.push(traced_twice(kind, attr));
        }
    }
    let output = returns::written(&sig.output);
    if sig.asyncness.is_none()
        && function.boxed_future().is_none()
        && let Some(output) = output
        && let Some(later) = returns::later(output)
    {
        complaints.push(runs_later(later, output));
    }
    if let Some(OnErr::Marks(err)) = &args.err {
        err_rules(err, function, output, complaints);
    }
    component_rules(args, function, complaints);
    let bindings = params::bindings(sig);
    for parameter in args.tags.iter().filter_map(|tag| tag.parameter.as_ref()) {
        if !bindings.iter().any(|binding| binding.ident == *parameter) {
            complaints.push(no_such_parameter(parameter, &bindings));
        }
    }
}

fn err_rules(err: &Ident, function: &Function, output: Option<&Type>, complaints: &mut Complaints) {
    if function.tracks_caller() {
        complaints.push(err_hides_the_caller(err));
    }
    let output = match function.boxed_future() {
        Some(_) => output.and_then(returns::boxed_output),
        None => output,
    };
    match output {
        // An alias is for the compiler to judge: the expansion asks it.
        Some(output) if returns::is_result(output) || returns::may_be_alias(output) => {}
        Some(output) => complaints.push(err_needs_result(output)),
        None => complaints.push(err_needs_result(&function.sig.ident)),
    }
}

/// A callsite is a static, and a static does not see the generics of the function around it.
fn component_rules(args: &Args, function: &Function, complaints: &mut Complaints) {
    let Some(Component::Constant(path)) = &args.component else { return };
    let Some(first) = path.segments.first() else { return };
    let generic = function.sig.generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => param.ident == first.ident,
        GenericParam::Const(param) => param.ident == first.ident,
        GenericParam::Lifetime(_) => false,
    });
    if generic {
        complaints.push(component_of_generic(&first.ident));
    }
}

/// `?`, `return` and `.await` would leave the function, or wait, in the middle of opening the span. Inside a closure or an async block they are its own.
pub(crate) fn stays_in_the_argument(value: &Expr, complaints: &mut Complaints) {
    leaving(quote::ToTokens::to_token_stream(value), complaints);
}

fn leaving(tokens: TokenStream, complaints: &mut Complaints) {
    let mut before: Option<TokenTree> = None;
    let mut in_closure = false;
    for tree in tokens {
        match &tree {
            TokenTree::Punct(comma) if comma.as_char() == ',' => in_closure = false,
            TokenTree::Punct(bar) if bar.as_char() == '|' && starts_an_expression(before.as_ref()) => in_closure = true,
            _ if in_closure => {}
            TokenTree::Punct(question) if question.as_char() == '?' => complaints.push(leaves_the_argument(&tree, "?")),
            TokenTree::Ident(word) if word == "return" => complaints.push(leaves_the_argument(&tree, "return")),
            TokenTree::Ident(word) if word == "await" => complaints.push(leaves_the_argument(&tree, ".await")),
            TokenTree::Group(_) if before.as_ref().is_some_and(is_async) => {}
            TokenTree::Group(group) => leaving(group.stream(), complaints),
            _ => {}
        }
        // `async move {..}`: the word before the braces is still `async`'s.
        if !(matches!(&tree, TokenTree::Ident(word) if word == "move") && before.as_ref().is_some_and(is_async)) {
            before = Some(tree);
        }
    }
}

fn is_async(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Ident(word) if word == "async")
}

/// Whether a `|` after this token begins a closure, and is not an operator.
fn starts_an_expression(before: Option<&TokenTree>) -> bool {
    match before {
        None => true,
        Some(TokenTree::Punct(punct)) => !matches!(punct.as_char(), '?' | '|'),
        Some(TokenTree::Ident(word)) => {
            ["move", "async", "static", "return", "in", "if", "match", "else"].iter().any(|keyword| word == keyword)
        }
        Some(_) => false,
    }
}

/// Where a fault of the attribute as a whole is shown.
fn attribute() -> Span {
    Span::call_site()
}
