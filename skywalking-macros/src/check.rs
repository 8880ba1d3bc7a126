//! Says no: the rules that no single argument can break alone, and beside them [`message`], where
//! every message stands.
//!
//! Nothing here stops at the first fault. [`Complaints`] gathers them all, each at the token that
//! is to blame, and the item is emitted beside them in any case: an attribute must never make a
//! function vanish, or its callers' errors would bury the one that matters.

mod message;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Expr, GenericParam, Generics, Meta, Type};

use crate::args::{Args, Component, Covers, Form, Kind, OnErr};
use crate::item::{Block, Function, Item, Method};
use crate::params;
use crate::returns::{self, Later};

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

    /// Whether all is well.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// As `compile_error!`s; nothing if all is well.
    pub(crate) fn into_errors(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}

/// What stands below the attribute, if it can be traced.
pub(crate) fn traceable(item: syn::Result<Item>, complaints: &mut Complaints) -> Option<Item> {
    match item {
        Ok(Item::Bodiless(semicolon)) => complaints.push(no_body(&semicolon)),
        Ok(Item::Other(keyword)) => complaints.push(not_traceable(&keyword)),
        Ok(item) => return Some(item),
        Err(error) => complaints.push(error),
    }
    None
}

/// The rules that need no item.
pub(crate) fn arguments(kind: Kind, args: &Args, complaints: &mut Complaints) {
    if kind == Kind::Exit && args.key("peer").is_none() {
        complaints.push(no_peer());
    }
    for (word, other) in [("err", "no_err"), ("no_err", "err_ignore"), ("extract", "extract_each")]
    {
        if let (Some(first), Some(second)) = (
            args.seen.iter().position(|key| key == word),
            args.seen.iter().position(|key| key == other),
        ) {
            complaints.push(exclude_each_other(&args.seen[first.max(second)], word, other));
        }
    }
    if let Some(Component::Constant(path)) = &args.component
        && let Some(first) = path.segments.first().filter(|first| first.ident == "Self")
    {
        complaints.push(component_of_self(&first.ident));
    }
}

/// Where a function stands whose arguments are checked.
pub(crate) enum Place<'a> {
    /// Under its own attribute.
    Alone,
    /// In an impl block, under the block's attribute.
    UnderBlock(&'a Block),
}

/// The rules that need the function.
pub(crate) fn arguments_and_function(
    kind: Kind,
    args: &Args,
    function: &Function,
    place: &Place<'_>,
    complaints: &mut Complaints,
) {
    let sig = &function.sig;
    if let Some(constness) = sig.constness {
        complaints.push(const_fn(constness, place));
    }
    if let Some(variadic) = &sig.variadic {
        complaints.push(variadic_fn(variadic.dots, place));
    }
    traced_twice_rule(kind, &function.attrs, complaints);
    covers_rules(args, function, place, complaints);
    if !matches!(place, Place::UnderBlock(_)) {
        if let Some(names) = args.key("names") {
            complaints.push(names_of_a_function(names));
        }
        returned_value_rules(args, function, complaints);
    }
    component_rules(args, &sig.generics, complaints);
    if let Place::UnderBlock(block) = place {
        component_rules(args, &block.generics, complaints);
    }
    let bindings = params::bindings(sig);
    for parameter in args.tags.iter().filter_map(|tag| tag.parameter.as_ref()) {
        if !bindings.iter().any(|binding| binding.ident == *parameter) {
            complaints.push(no_such_parameter(parameter, &sig.ident, &bindings));
        }
    }
}

/// What `covers` needs of the function, and where it can't be left out.
fn covers_rules(args: &Args, function: &Function, place: &Place<'_>, complaints: &mut Complaints) {
    let sig = &function.sig;
    let Some(covers) = &args.covers else {
        // A word that could not be read was refused already.
        let later = returns::written(&sig.output)
            .filter(|_| sig.asyncness.is_none() && args.key("covers").is_none());
        if let Some((output, later)) =
            later.and_then(|output| Some((output, returns::later(output)?)))
            && function.boxed_future().is_none()
        {
            complaints.push(runs_later(later, output, place));
        }
        return;
    };
    // A block refuses the key.
    if matches!(place, Place::UnderBlock(_)) {
        return;
    }
    let key = args.key("covers").unwrap_or(covers.word());
    let output = returns::written(&sig.output);
    let later = output.and_then(returns::later);
    let may_be = later.is_some()
        || output.is_some_and(|output| returns::may_run_later(output) || returns::hides(output));
    match (covers, later) {
        _ if !may_be => complaints.push(covers_nothing(key)),
        (Covers::Returned(..), _) if sig.asyncness.is_some() => {
            complaints.push(covers_of_async(key))
        }
        (Covers::Returned(covers, word), Some(later)) if *covers != later => {
            complaints.push(covers_the_other(word, later))
        }
        // What is called otherwise is for the compiler to judge: the expansion asks it.
        _ => {}
    }
    let Covers::Returned(later, word) = covers else { return };
    if let Some(inject) = args.key("inject").filter(|_| function.boxed_future().is_none()) {
        complaints.push(injects_too_late(inject, word));
    }
    if let Some(word) = args.key("ret_tags").filter(|_| *later == Later::Stream) {
        complaints.push(a_stream_returns_nothing(word));
    }
    if function.tracks_caller() {
        complaints.push(hides_the_caller(word, "covers"));
    }
}

/// The rules of an impl block; those of each function in it are [`arguments_and_function`].
pub(crate) fn arguments_and_block(
    kind: Kind,
    args: &Args,
    block: &Block,
    complaints: &mut Complaints,
) {
    traced_twice_rule(kind, &block.attrs, complaints);
    for word in ["name", "covers", "ret_tags"] {
        if let Some(key) = args.key(word) {
            complaints.push(belongs_to_one_function(key));
        }
    }
    if let Some(names) = &args.names
        && names.name_the_trait()
        && block.trait_name.is_none()
    {
        complaints.push(no_trait_to_name(names.span));
    }
}

/// `#[skip_span]` and span attributes on a function of an impl block.
pub(crate) fn attributes_of_method(method: &Method, complaints: &mut Complaints) {
    if let Some(skip) = &method.skip
        && !matches!(skip.meta, Meta::Path(_))
    {
        complaints.push(skip_span_stands_alone(skip));
    }
    if let Some(skip) = &method.skip
        && let Some((kind, _)) = method.own.first()
    {
        complaints.push(skipped_and_traced(skip, *kind));
    }
    for attr in method.function.attrs.iter().filter(|attr| attr.path().is_ident("cfg_attr")) {
        if mentions_ours(attr.to_token_stream()) {
            complaints.push(conditional(attr));
        }
    }
}

fn mentions_ours(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "skip_span" || Kind::named(&word).is_some(),
        TokenTree::Group(group) => mentions_ours(group.stream()),
        _ => false,
    })
}

fn traced_twice_rule(kind: Kind, attrs: &[Attribute], complaints: &mut Complaints) {
    for attr in attrs.iter().filter(|attr| Kind::of(attr).is_some()) {
        complaints.push(traced_twice(kind, attr));
    }
}

/// What `err`, `err_ignore` and `ret_tags` need of the function.
fn returned_value_rules(args: &Args, function: &Function, complaints: &mut Complaints) {
    let output = function.returned(args.covers.as_ref());
    let marks = match &args.err {
        Some(OnErr::Marks(form, _)) => args.key("err").map(|word| (word, form)),
        _ => None,
    };
    for word in [marks.map(|(word, _)| word), args.key("err_ignore"), args.key("ret_tags")]
        .into_iter()
        .flatten()
    {
        if function.tracks_caller() {
            complaints.push(hides_the_caller(word, &word.to_string()));
        }
    }
    let needs_result = match marks {
        Some((_, Form::Function(_))) => None,
        Some((word, _)) => Some(word),
        None => args.key("err_ignore").filter(|_| !args.err_ignore.is_empty()),
    };
    if let Some(word) = needs_result {
        match &output {
            // An alias is for the compiler to judge: the expansion asks it.
            Some(output)
                if returns::is_result(output)
                    || returns::may_be_alias(output)
                    || matches!(output, Type::Infer(_)) => {}
            Some(output) => complaints.push(needs_a_result(word, output)),
            None => complaints.push(needs_a_result(word, &function.sig.ident)),
        }
    }
    let by_function =
        marks.filter(|(_, form)| matches!(form, Form::Function(_))).map(|(word, _)| word);
    for word in [by_function, args.key("ret_tags")].into_iter().flatten() {
        if matches!(&output, None | Some(Type::Never(_))) {
            complaints.push(nothing_returned(word));
        }
    }
}

/// A callsite is a static, and a static does not see the generics around it.
fn component_rules(args: &Args, generics: &Generics, complaints: &mut Complaints) {
    let Some(Component::Constant(path)) = &args.component else { return };
    let Some(first) = path.segments.first() else { return };
    let generic = generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => param.ident == first.ident,
        GenericParam::Const(param) => param.ident == first.ident,
        GenericParam::Lifetime(_) => false,
    });
    if generic {
        complaints.push(component_of_generic(&first.ident));
    }
}

/// `?`, `return` and `.await` would leave the function, or wait, in the middle of opening the span.
/// Inside a closure or an async block they are its own.
pub(crate) fn stays_in_the_argument(value: &Expr, complaints: &mut Complaints) {
    leaving(value.to_token_stream(), complaints);
}

fn leaving(tokens: TokenStream, complaints: &mut Complaints) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = trees.as_slice();
    let mut before: Option<&TokenTree> = None;
    let mut in_closure = false;
    while let [tree, after @ ..] = rest {
        rest = after;
        match tree {
            TokenTree::Punct(comma) if comma.as_char() == ',' => in_closure = false,
            TokenTree::Punct(bar) if bar.as_char() == '|' && starts_an_expression(before) => {
                // Its parameters, up to the other bar.
                rest = behind(
                    rest,
                    |tree| matches!(tree, TokenTree::Punct(bar) if bar.as_char() == '|'),
                );
                in_closure = true;
            }
            _ if in_closure => {}
            TokenTree::Punct(question) if question.as_char() == '?' => {
                complaints.push(leaves_the_argument(tree, "?"))
            }
            TokenTree::Ident(word) if word == "return" => {
                complaints.push(leaves_the_argument(tree, "return"))
            }
            TokenTree::Ident(word) if word == "await" => {
                complaints.push(leaves_the_argument(tree, ".await"))
            }
            TokenTree::Ident(word)
                if word == "fn" && matches!(after, [TokenTree::Ident(_), ..]) =>
            {
                // A function inside of a block leaves itself.
                rest = behind(
                    rest,
                    |tree| matches!(tree, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace),
                );
            }
            TokenTree::Group(_) if before.is_some_and(is_async) => {}
            TokenTree::Group(group) => leaving(group.stream(), complaints),
            _ => {}
        }
        // `async move {..}`: the word before the braces is still `async`'s.
        if !(matches!(tree, TokenTree::Ident(word) if word == "move")
            && before.is_some_and(is_async))
        {
            before = Some(tree);
        }
    }
}

/// What comes after the first tree of a kind.
fn behind(trees: &[TokenTree], is_last: impl Fn(&TokenTree) -> bool) -> &[TokenTree] {
    let last = trees.iter().position(is_last).unwrap_or(trees.len());
    trees.get(last + 1..).unwrap_or_default()
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
            ["move", "async", "static", "return", "in", "if", "match", "else"]
                .iter()
                .any(|keyword| word == keyword)
        }
        Some(_) => false,
    }
}

/// Where a fault of the attribute as a whole is shown.
fn attribute() -> Span {
    Span::call_site()
}
