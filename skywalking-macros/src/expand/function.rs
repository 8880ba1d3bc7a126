//! A traced function: sync, async, or one that returns a future or a stream.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::Type;

use super::captures::Captures;
use super::default_name::DefaultName;
use super::prologue::Prologue;
use super::return_hook::{ReturnHook, deferred_warning};
use super::tokens::{body_expression, located_at, split_inner_attributes, with_braces_of};
use crate::args::{Args, Covers};
use crate::item::Function;
use crate::kind::Kind;
use crate::return_type::{self, Container, Deferred};
use crate::{params, runtime_path};

/// Returns the function with its span.
pub(super) fn traced(
    kind: Kind,
    args: &Args,
    function: &Function,
    default_name: &DefaultName<'_>,
) -> TokenStream {
    let private = runtime_path::private(args.runtime.as_ref(), Span::mixed_site());
    let prologue = Prologue { kind, args, function, default_name, private: &private };
    let output = function.returned(args.covers.as_ref());
    let output = output.as_ref();
    let hook = ReturnHook::new(args, function, output, default_name, &private);
    let hook = hook.as_ref();

    let (attrs, body) = split_inner_attributes(&function.body);
    let boxed = function.boxed_future().filter(|_| !matches!(args.covers, Some(Covers::Call(_))));
    let is_boxed_future = boxed.is_some();
    let inner = if let Some(boxed) = boxed {
        let future = future(&prologue, hook, output, &boxed.body);
        let pin = boxed.pin;
        quote_spanned!(Span::mixed_site()=> #pin(#future))
    } else if function.sig.asyncness.is_some() {
        let mut_uses = Captures::for_future(function, &body, args).mut_uses_before(&private);
        let future = future(&prologue, hook, output, &body);
        let awaited = quote_spanned!(body.span()=> #future.await);
        quote_spanned!(Span::mixed_site()=> #mut_uses #awaited)
    } else if let Some(Covers::Returned(deferred, _)) = &args.covers {
        returning(&prologue, hook, output, *deferred, &body)
    } else {
        sync(&prologue, hook, output, &body)
    };
    let warning =
        if is_boxed_future { None } else { return_type_warning(args, function, &private) };
    let block = with_braces_of(
        &body,
        attrs.into_iter().chain(warning.unwrap_or_default()).chain(inner).collect(),
    );
    function.head.clone().into_iter().chain([TokenTree::Group(block)]).collect()
}

/// Returns a statement that makes rustc warn at the return type if it is a future or a stream,
/// unless there is `covers`.
fn return_type_warning(
    args: &Args,
    function: &Function,
    private: &TokenStream,
) -> Option<TokenStream> {
    let output = return_type::declared(&function.sig.output).filter(|_| args.covers.is_none())?;
    if return_type::is_self(output) && function.sig.receiver().is_some() {
        // A function elsewhere created it.
        return None;
    }
    let is_deferred = function.sig.asyncness.is_some() && return_type::deferred(output).is_some();
    ((is_deferred || return_type::may_be_deferred(output)) && !return_type::has_impl_trait(output))
        .then(|| {
            let by_type = quote_spanned!(Span::mixed_site()=> <#output>::by_type());
            deferred_warning(private, return_type::span(output), &by_type)
        })
}

/// Returns a sync function: a guard, then the body. The body is in a closure only if there is a
/// hook.
fn sync(
    prologue: &Prologue<'_>,
    hook: Option<&ReturnHook<'_>>,
    output: Option<&Type>,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let (enter, inject) = (prologue.enter(), prologue.inject());
    let (Some(hook), Some(output)) = (hook, output) else {
        let body = body_expression(body);
        return quote_spanned!(site=> let __skywalking_span = #enter; #inject #body);
    };
    let BodyClosure { mut_uses, arguments, closure } = body_closure(prologue, output, body);
    let hook = hook.closure(output);
    let private = runtime_path::private(prologue.args.runtime.as_ref(), body.span());
    // One expression: rustc reports on its value as on the function's own.
    let seen = quote_spanned!(body.span()=> #private::seen(#arguments, #closure, #hook));
    quote_spanned!(site=> let __skywalking_span = #enter; #inject #mut_uses #seen)
}

/// Returns a sync function with `covers = future` or `covers = stream`: its returned value is
/// wrapped. The wrapper opens the span at the first poll.
fn returning(
    prologue: &Prologue<'_>,
    hook: Option<&ReturnHook<'_>>,
    output: Option<&Type>,
    deferred: Deferred,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let private = prologue.private;
    let Some(returned) = return_type::declared(&prologue.function.sig.output) else {
        return TokenStream::new();
    };
    let prepare = prologue.prepare();
    let BodyClosure { mut_uses, arguments, closure } = body_closure(prologue, returned, body);
    let container = return_type::container(returned);
    let method = match (deferred, container, hook.is_some()) {
        (Deferred::Future, Container::Typed, false) => "boxed_future",
        (Deferred::Future, Container::Typed, true) => "boxed_future_with_return",
        (Deferred::Future, _, false) => "future",
        (Deferred::Future, _, true) => "future_with_return",
        (Deferred::Stream, Container::Typed, false) => "boxed_stream",
        (Deferred::Stream, Container::Typed, true) => "boxed_stream_with_items",
        (Deferred::Stream, _, false) => "stream",
        (Deferred::Stream, _, true) => "stream_with_items",
    };
    let hook = hook.zip(output).map(|(hook, output)| hook.closure(output));
    // An error about the type is reported at the type.
    let at = site.located_at(return_type::span(returned));
    let (there, method) = (located_at(private, at), Ident::new(method, at));
    let wrapped = quote_spanned!(at=> #there::Prepared::#method(__skywalking_opening, __skywalking_returned, #hook));
    let contained = match container {
        Container::Opaque | Container::Typed => wrapped,
        Container::Boxed => quote_spanned!(site=> #private::Box::new(#wrapped)),
        Container::Pinned => quote_spanned!(site=> #private::Box::pin(#wrapped)),
    };
    let there = runtime_path::private(prologue.args.runtime.as_ref(), body.span());
    let wrap = quote_spanned!(site=> |__skywalking_returned| #contained);
    let wrapped = quote_spanned!(body.span()=> #there::wrapped(#arguments, #closure, #wrap));
    quote_spanned!(site=> #prepare #mut_uses #wrapped)
}

/// The body in a closure with the function's return type.
struct BodyClosure {
    /// Statements right before the call.
    mut_uses: TokenStream,
    arguments: TokenStream,
    closure: TokenStream,
}

fn body_closure(prologue: &Prologue<'_>, output: &Type, body: &Group) -> BodyClosure {
    let captures = Captures::for_closure(prologue.function, body, prologue.args);
    let patterns = captures.patterns();
    let (capture_uses, rebound_uses) = (captures.capture_uses(), captures.rebound_uses());
    let mut_uses = captures.mut_uses_inside(prologue.private);
    let keyword = captures.move_keyword(body.span());
    let nameable = return_type::without_impl_trait(output);
    let expression = body_expression(body);
    let block = with_braces_of(
        body,
        quote_spanned!(Span::mixed_site()=> #capture_uses #mut_uses #rebound_uses #expression),
    );
    let allow = allow_assigned_self(prologue, body);
    BodyClosure {
        mut_uses: captures.mut_uses_before(prologue.private),
        arguments: captures.arguments(),
        closure: quote_spanned!(body.span()=> #allow #keyword |#patterns| -> #nameable #block),
    }
}

/// Returns the traced future of an async function. Everything happens inside, from the first poll.
fn future(
    prologue: &Prologue<'_>,
    hook: Option<&ReturnHook<'_>>,
    output: Option<&Type>,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let private = runtime_path::private(prologue.args.runtime.as_ref(), body.span());
    let captures = Captures::for_future(prologue.function, body, prologue.args);
    let capture_uses = captures.capture_uses();
    let (begin, inject) = (prologue.begin(), prologue.inject());
    let fake_return = fake_return_edge(prologue, output);
    let rebound = captures.rebind(body_expression(body));
    let block = with_braces_of(
        body,
        quote_spanned!(site=> #capture_uses #begin #inject #fake_return #rebound),
    );
    let allow = allow_assigned_self(prologue, body);
    let block = quote_spanned!(body.span()=> #allow async move #block);
    let (Some(hook), Some(output)) = (hook, output) else {
        return quote_spanned!(body.span()=> #private::Traced::new(#block));
    };
    let hook = hook.closure(output);
    quote_spanned!(body.span()=> #private::Traced::with_return(#block, #hook))
}

/// Silences `unused_assignments` for a body that assigns to `self`.
///
/// `self` cannot be bound again, so it is captured. For a captured value rustc reports that it is
/// never read; for a parameter that needs a drop it does not.
fn allow_assigned_self(prologue: &Prologue<'_>, body: &Group) -> Option<TokenStream> {
    let receiver = prologue.function.sig.receiver()?;
    let assigned = receiver.mutability.is_some() && params::is_assigned(&body.stream(), "self");
    assigned.then(|| quote_spanned!(Span::mixed_site()=> #[allow(unused_assignments)]))
}

/// Returns a `return` that never runs. It gives the compiler the type of the async block, which has
/// no place for one, so that `return Box::new(x)` can coerce.
///
/// It has the spans of the declared type, where rustc reports "return type inferred to be .. here".
fn fake_return_edge(prologue: &Prologue<'_>, output: Option<&Type>) -> TokenStream {
    let site = Span::mixed_site();
    match output {
        None => {
            let unit = quote_spanned!(prologue.function.sig.paren_token.span.close()=> return);
            quote_spanned!(site=> if false { #unit; })
        }
        Some(Type::Never(_) | Type::ImplTrait(_)) => TokenStream::new(),
        Some(output) => {
            let nameable = return_type::without_impl_trait(output);
            let mut spans = output.to_token_stream().into_iter().map(|tree| tree.span());
            let first = spans.next().unwrap_or(site);
            let last = spans.last().unwrap_or(first);
            let private = runtime_path::private(prologue.args.runtime.as_ref(), first);
            let made = quote_spanned!(first=> #private::never_made::<#nameable>);
            let mut call = Group::new(Delimiter::Parenthesis, TokenStream::new());
            call.set_span(last);
            quote_spanned!(site=> if false { return #made #call; })
        }
    }
}
