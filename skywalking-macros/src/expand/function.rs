//! One function, in each of its shapes.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::Type;

use super::moved::Moved;
use super::opening::{Naming, Opening};
use super::returned::{Look, made};
use super::{located_at, private};
use crate::args::{Args, Covers, Kind};
use crate::item::{Block, Function};
use crate::params;
use crate::returns::{self, Holder, Later};

/// The function with its span.
pub(super) fn traced(
    kind: Kind,
    args: &Args,
    function: &Function,
    naming: &Naming<'_>,
) -> TokenStream {
    let private = private(args.runtime.as_ref(), Span::mixed_site());
    let opening = Opening { kind, args, function, naming, private: &private };
    let output = function.returned(args.covers.as_ref());
    let output = output.as_ref();
    let look = Look::new(args, function, output, naming, &private);

    let (attrs, body) = hoisted(&function.body);
    let boxed = function.boxed_future().filter(|_| !matches!(args.covers, Some(Covers::Call(_))));
    let boxed_future = boxed.is_some();
    let inner = if let Some(boxed) = boxed {
        let future = future(&opening, look.as_ref(), output, &boxed.body);
        let pin = boxed.pin;
        quote_spanned!(Span::mixed_site()=> #pin(#future))
    } else if function.sig.asyncness.is_some() {
        let outside = Moved::into_future(function, &body, args).outside(&private);
        let future = future(&opening, look.as_ref(), output, &body);
        let awaited = quote_spanned!(body.span()=> #future.await);
        quote_spanned!(Span::mixed_site()=> #outside #awaited)
    } else if let Some(Covers::Returned(later, _)) = &args.covers {
        covered(&opening, look.as_ref(), output, *later, &body)
    } else {
        direct(&opening, look.as_ref(), output, &body)
    };
    let warning = warning(args, function, boxed_future, &private);
    let block = in_braces_of(
        &body,
        attrs.into_iter().chain(warning.unwrap_or_default()).chain(inner).collect(),
    );
    function.head.clone().into_iter().chain([TokenTree::Group(block)]).collect()
}

/// The function as it was written. Code at its head that never runs mentions what the arguments
/// mention, or the compiler would call it unused.
pub(super) fn for_clippy(
    kind: Kind,
    args: &Args,
    function: &Function,
    naming: &Naming<'_>,
) -> TokenStream {
    let private = private(args.runtime.as_ref(), Span::mixed_site());
    let opening = Opening { kind, args, function, naming, private: &private };
    let output = function.returned(args.covers.as_ref());
    let mention = mention(&opening, output.as_ref());
    let body = match mention {
        None => function.body.clone(),
        Some(mention) => {
            let (attrs, body) = hoisted(&function.body);
            let tokens = attrs.into_iter().chain(mention).chain(tail(&body)).collect();
            // Of an implementation of these clippy reports a body with more than an expression,
            // unless a macro wrote it.
            match naming {
                Naming::Method { block: Block { trait_name: Some(name), .. }, .. }
                    if ["Clone", "PartialOrd"].contains(&name.as_str()) =>
                {
                    Group::new(Delimiter::Brace, tokens)
                }
                _ => in_braces_of(&function.body, tokens),
            }
        }
    };
    function.head.clone().into_iter().chain([TokenTree::Group(body)]).collect()
}

/// A statement that never runs, with all that the arguments mention; `None` if they mention
/// nothing.
fn mention(opening: &Opening<'_>, output: Option<&Type>) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let private = opening.private;
    let look = output.filter(|output| !matches!(output, Type::Infer(_)) && !returns::hides(output)).and_then(|output| {
        let look = Look::new(opening.args, opening.function, Some(output), opening.naming, private)?;
        let (closure, nameable) = (look.closure(output), returns::nameable(output));
        look.mentions().then(|| quote_spanned!(site=> let _ = #private::seen((), |()| #private::never_made::<#nameable>(), #closure);))
    });
    let mentioned = opening.mentioned();
    if mentioned.is_empty() && look.is_none() {
        return None;
    }
    Some(quote_spanned! {site=>
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
        if false {
            #mentioned
            #look
            #private::never();
        }
    })
}

/// A statement that warns of what the function returns if that runs later, unless `covers` says
/// what is meant.
fn warning(
    args: &Args,
    function: &Function,
    boxed_future: bool,
    private: &TokenStream,
) -> Option<TokenStream> {
    let output = returns::written(&function.sig.output)
        .filter(|_| args.covers.is_none() && !boxed_future)?;
    if returns::is_self(output) && function.sig.receiver().is_some() {
        // It was made elsewhere.
        return None;
    }
    let later = function.sig.asyncness.is_some() && returns::later(output).is_some();
    ((later || returns::may_run_later(output)) && !returns::hides(output)).then(|| {
        made(
            private,
            returns::place(output),
            &quote_spanned!(Span::mixed_site()=> <#output>::by_type()),
        )
    })
}

/// A block of ours that rustc shall take for the user's own: what it says of a function, or of a
/// closure, it says at the braces, and of one that a macro has made it says other things, or
/// nothing.
fn in_braces_of(body: &Group, tokens: TokenStream) -> Group {
    let mut block = Group::new(Delimiter::Brace, tokens);
    block.set_span(body.span());
    block
}

/// A sync function: a guard, and the body where it was; inside a closure only if its result must be
/// seen.
fn direct(
    opening: &Opening<'_>,
    look: Option<&Look<'_>>,
    output: Option<&Type>,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let (enter, inject) = (opening.enter(), opening.inject());
    let (Some(look), Some(output)) = (look, output) else {
        let tail = tail(body);
        return quote_spanned!(site=> let __skywalking_span = #enter; #inject #tail);
    };
    let Called { outside, arguments, closure } = closure(opening, output, body);
    let look = look.closure(output);
    let private = private(opening.args.runtime.as_ref(), body.span());
    // One expression: rustc speaks of its value as of the function's own.
    let seen = quote_spanned!(body.span()=> #private::seen(#arguments, #closure, #look));
    quote_spanned!(site=> let __skywalking_span = #enter; #inject #outside #seen)
}

/// A sync function that returns a future or a stream: what it returns is wrapped, and opens the
/// span when it is polled.
fn covered(
    opening: &Opening<'_>,
    look: Option<&Look<'_>>,
    output: Option<&Type>,
    later: Later,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let private = opening.private;
    let Some(returned) = returns::written(&opening.function.sig.output) else {
        return TokenStream::new();
    };
    let prepare = opening.prepare();
    let Called { outside, arguments, closure } = closure(opening, returned, body);
    let method = match (later, returns::holder(returned), look.is_some()) {
        (Later::Future, Holder::Typed, false) => "boxed_future",
        (Later::Future, Holder::Typed, true) => "boxed_future_with_return",
        (Later::Future, _, false) => "future",
        (Later::Future, _, true) => "future_with_return",
        (Later::Stream, Holder::Typed, false) => "boxed_stream",
        (Later::Stream, Holder::Typed, true) => "boxed_stream_with_items",
        (Later::Stream, _, false) => "stream",
        (Later::Stream, _, true) => "stream_with_items",
    };
    let look = look.zip(output).map(|(look, output)| look.closure(output));
    // What the type lacks is shown at the type.
    let at = site.located_at(returns::place(returned));
    let (there, method) = (located_at(private, at), Ident::new(method, at));
    let wrapped = quote_spanned!(at=> #there::Prepared::#method(__skywalking_opening, __skywalking_returned, #look));
    let held = match returns::holder(returned) {
        Holder::Opaque | Holder::Typed => wrapped,
        Holder::Boxed => quote_spanned!(site=> #private::Box::new(#wrapped)),
        Holder::Pinned => quote_spanned!(site=> #private::Box::pin(#wrapped)),
    };
    let there = super::private(opening.args.runtime.as_ref(), body.span());
    let wrap = quote_spanned!(site=> |__skywalking_returned| #held);
    let wrapped = quote_spanned!(body.span()=> #there::wrapped(#arguments, #closure, #wrap));
    quote_spanned!(site=> #prepare #outside #wrapped)
}

/// The body in a closure that returns what the function does.
struct Called {
    /// What goes before the call.
    outside: TokenStream,
    arguments: TokenStream,
    closure: TokenStream,
}

fn closure(opening: &Opening<'_>, output: &Type, body: &Group) -> Called {
    let moved = Moved::into_closure(opening.function, body, opening.args);
    let (captures, reads, patterns) = (moved.captures(), moved.reads(), moved.patterns());
    let inside = moved.inside(opening.private);
    let keyword = moved.keyword(body.span());
    let nameable = returns::nameable(output);
    let tail = tail(body);
    let block =
        in_braces_of(body, quote_spanned!(Span::mixed_site()=> #captures #inside #reads #tail));
    Called {
        outside: moved.outside(opening.private),
        arguments: moved.arguments(),
        closure: {
            let allow = assigned_self(opening, body);
            quote_spanned!(body.span()=> #allow #keyword |#patterns| -> #nameable #block)
        },
    }
}

/// An async function's future. All of it happens inside, at the first poll.
fn future(
    opening: &Opening<'_>,
    look: Option<&Look<'_>>,
    output: Option<&Type>,
    body: &Group,
) -> TokenStream {
    let site = Span::mixed_site();
    let private = private(opening.args.runtime.as_ref(), body.span());
    let moved = Moved::into_future(opening.function, body, opening.args);
    let captures = moved.captures();
    let (begin, inject) = (opening.begin(), opening.inject());
    let edge = edge(opening, output);
    let tail = moved.around(tail(body));
    let block = in_braces_of(body, quote_spanned!(site=> #captures #begin #inject #edge #tail));
    let allow = assigned_self(opening, body);
    let block = quote_spanned!(body.span()=> #allow async move #block);
    let (Some(look), Some(output)) = (look, output) else {
        return quote_spanned!(body.span()=> #private::Traced::new(#block));
    };
    let look = look.closure(output);
    quote_spanned!(body.span()=> #private::Traced::with_return(#block, #look))
}

/// `self` can't be bound anew. Of a captured one that is assigned to rustc says that the value is
/// never read, where of a parameter with something to drop it says nothing.
fn assigned_self(opening: &Opening<'_>, body: &Group) -> Option<TokenStream> {
    let receiver = opening.function.sig.receiver()?;
    let assigned = receiver.mutability.is_some() && params::assigned(&body.stream(), "self");
    assigned.then(|| quote_spanned!(Span::mixed_site()=> #[allow(unused_assignments)]))
}

/// The body, as the last expression of a block of ours. The braces of one that is a single
/// expression could be taken for superfluous by rustc's lint.
fn tail(body: &Group) -> TokenStream {
    let single = !body
        .stream()
        .into_iter()
        .any(|tree| matches!(tree, TokenTree::Punct(semicolon) if semicolon.as_char() == ';'));
    let allow = single.then(|| quote_spanned!(Span::mixed_site()=> #[allow(unused_braces)]));
    quote_spanned!(Span::mixed_site()=> #allow #body)
}

/// An async block has no written type, so `return Box::new(x)` could not coerce in it: a return
/// that never runs tells the compiler the type. It has the spans of the written type, where rustc
/// will say "return type inferred to be .. here".
fn edge(opening: &Opening<'_>, output: Option<&Type>) -> TokenStream {
    let site = Span::mixed_site();
    match output {
        None => {
            let unit = quote_spanned!(opening.function.sig.paren_token.span.close()=> return);
            quote_spanned!(site=> if false { #unit; })
        }
        Some(Type::Never(_) | Type::ImplTrait(_)) => TokenStream::new(),
        Some(output) => {
            let nameable = returns::nameable(output);
            let mut spans = output.to_token_stream().into_iter().map(|tree| tree.span());
            let first = spans.next().unwrap_or(site);
            let last = spans.last().unwrap_or(first);
            let private = private(opening.args.runtime.as_ref(), first);
            let made = quote_spanned!(first=> #private::never_made::<#nameable>);
            let mut call = Group::new(Delimiter::Parenthesis, TokenStream::new());
            call.set_span(last);
            quote_spanned!(site=> if false { return #made #call; })
        }
    }
}

/// The attributes at the head of a body are the function's: they stand at the head of its new body,
/// and not inside.
fn hoisted(body: &Group) -> (TokenStream, Group) {
    let trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut rest = trees.as_slice();
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(attr), after @ ..] =
        rest
    {
        if hash.as_char() != '#' || bang.as_char() != '!' || attr.delimiter() != Delimiter::Bracket
        {
            break;
        }
        rest = after;
    }
    if rest.len() == trees.len() || body.delimiter() != Delimiter::Brace {
        return (TokenStream::new(), body.clone());
    }
    let attrs = trees[..trees.len() - rest.len()].iter().cloned().collect();
    (attrs, in_braces_of(body, rest.iter().cloned().collect()))
}
