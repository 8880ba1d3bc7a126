//! Emits: checked arguments and the untouched item become the traced function.
//!
//! Four rules hold for every shape. The signature and the body are the user's tokens as they came. Our locals have the hygiene of `mixed_site`, so neither
//! side sees the other's names. Every path is rooted, below the runtime's `__private` or `::core`. A user's expression stands outside the scope of our trait
//! imports, and outside the block in which our static lives.

mod moved;
mod opening;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Path, Type};

use crate::args::{self, Args, Kind, OnErr};
use crate::check::{self, Complaints};
use crate::item::{self, Function};
use crate::returns;
use moved::Moved;
use opening::Opening;

/// Whether tracing is compiled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// Functions are traced.
    On,
    /// Everything is checked, and the item emitted unchanged.
    Off,
}

impl Switch {
    /// What the feature `enabled` says.
    pub(crate) fn of_this_build() -> Self {
        if cfg!(feature = "enabled") { Self::On } else { Self::Off }
    }
}

/// The whole work of an attribute.
pub(crate) fn attribute(kind: Kind, args: TokenStream, item: TokenStream, switch: Switch) -> TokenStream {
    let mut complaints = Complaints::default();
    let args = args::parse(kind, args, &mut complaints);
    check::arguments(kind, &args, &mut complaints);
    let function = check::function(item::read(item.clone()), &mut complaints);
    if let Some(function) = &function {
        check::arguments_and_function(kind, &args, function, &mut complaints);
    }
    match (complaints.into_errors(), function) {
        (Some(errors), _) => item.into_iter().chain(errors).collect(),
        (None, Some(function)) if switch == Switch::On => traced(kind, &args, &function),
        _ => item,
    }
}

/// The path below which everything that we emit lives.
pub(crate) fn private(runtime: Option<&Path>) -> TokenStream {
    let site = Span::mixed_site();
    let runtime = runtime.map_or_else(|| quote_spanned!(site=> ::skywalking_runtime), ToTokens::to_token_stream);
    quote_spanned!(site=> #runtime::__private)
}

fn traced(kind: Kind, args: &Args, function: &Function) -> TokenStream {
    let private = private(args.runtime.as_ref());
    let opening = Opening { kind, args, function, private: &private };
    let boxed = function.boxed_future();
    let output = returns::written(&function.sig.output);
    let output = if boxed.is_some() { output.and_then(returns::boxed_output) } else { output };
    let hook = Hook::new(args, function, output, &private);

    let body = if let Some(boxed) = boxed {
        let future = future(&opening, hook.as_ref(), output, &boxed.body);
        let pin = boxed.pin;
        quote_spanned!(Span::mixed_site()=> #pin(#future))
    } else if function.sig.asyncness.is_some() {
        let outside = Moved::new(function, &function.body, Some(args)).outside();
        let future = future(&opening, hook.as_ref(), output, &function.body);
        quote_spanned!(Span::mixed_site()=> #outside #future.await)
    } else {
        direct(&opening, hook.as_ref(), output)
    };

    let lints = lint_attributes(&function.body);
    let block = quote_spanned!(Span::mixed_site()=> { #lints #body });
    function.head.clone().into_iter().chain(block).collect()
}

/// A sync function: a guard, and the body where it was; inside a closure only if its result must be seen.
fn direct(opening: &Opening<'_>, hook: Option<&Hook<'_>>, output: Option<&Type>) -> TokenStream {
    let site = Span::mixed_site();
    let (enter, inject) = (opening.enter(), opening.inject());
    let body = &opening.function.body;
    let tail = tail(body);
    let (Some(hook), Some(output)) = (hook, output) else {
        return quote_spanned!(site=> let __span = #enter; #inject #tail);
    };
    let private = opening.private;
    let moved = Moved::new(opening.function, body, None);
    let (outside, inside) = (moved.outside(), moved.inside());
    let nameable = returns::nameable(output);
    let note = hook.note(|at| quote_spanned!(at=> &__ret));
    quote_spanned! {site=>
        let __span = #enter;
        #inject
        #outside
        let __ret = #private::once::<#nameable>(move || { #inside #tail });
        #note
        __ret
    }
}

/// An async function's future. All of it happens inside, at the first poll.
fn future(opening: &Opening<'_>, hook: Option<&Hook<'_>>, output: Option<&Type>, body: &Group) -> TokenStream {
    let site = Span::mixed_site();
    let private = opening.private;
    let inside = Moved::new(opening.function, body, Some(opening.args)).inside();
    let (begin, inject) = (opening.begin(), opening.inject());
    let edge = edge(output);
    let tail = tail(body);
    let block = quote_spanned!(site=> async move { #inside #begin #inject #edge #tail });
    let (Some(hook), Some(output)) = (hook, output) else {
        return quote_spanned!(site=> #private::Traced::new(#block));
    };
    let nameable = returns::nameable(output);
    let note = hook.note(|at| quote_spanned!(at=> __ret));
    quote_spanned!(site=> #private::Traced::with_return(#block, |__ret: &#nameable| #note))
}

/// The body, as the last expression of a block of ours. Its braces are the user's, who could take rustc's lint for superfluous ones for a fault of his.
fn tail(body: &Group) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> #[allow(unused_braces)] #body)
}

/// An async block has no written type, so `return Box::new(x)` could not coerce in it: a return that never runs tells the compiler the type.
fn edge(output: Option<&Type>) -> TokenStream {
    let site = Span::mixed_site();
    match output {
        None => quote_spanned!(site=> if false { return; }),
        Some(Type::Never(_) | Type::ImplTrait(_)) => TokenStream::new(),
        Some(output) => {
            let nameable = returns::nameable(output);
            // rustc's "return type inferred to be .. here" shall stand at the written type.
            quote_spanned!(site.located_at(output.span())=> #[allow(unreachable_code)] if false { let __ret: #nameable = loop {}; return __ret; })
        }
    }
}

/// What happens to the returned value.
struct Hook<'a> {
    private: &'a TokenStream,
    /// The type is not called `Result`, and `err` was written: the compiler shall say whether it is one.
    ask: Option<Span>,
}

impl<'a> Hook<'a> {
    fn new(args: &Args, function: &Function, output: Option<&Type>, private: &'a TokenStream) -> Option<Self> {
        let is_result = output.is_some_and(returns::is_result);
        match &args.err {
            Some(OnErr::Ignored) => None,
            Some(OnErr::Marks(word)) => Some(Self { private, ask: (!is_result).then(|| word.span()) }),
            None => (is_result && !function.tracks_caller()).then_some(Self { private, ask: None }),
        }
    }

    /// A block that looks at the returned value; `reference` writes the reference to it.
    fn note(&self, reference: impl Fn(Span) -> TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let ask = self.ask.map(|word| {
            let at = site.located_at(word);
            let (private, ret) = (located_at(private, word), reference(at));
            quote_spanned!(at=> #private::must_be_result(#ret);)
        });
        let ret = reference(site);
        quote_spanned! {site=>
            {
                use #private::{ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _, ViaName as _, ViaNothing as _};
                #ask
                (&&&&&&#private::Returned(#ret)).note();
            }
        }
    }
}

/// The `#![allow(..)]` and the like at the head of a body speak of the parameters too, so the function's own block repeats them.
fn lint_attributes(body: &Group) -> TokenStream {
    let trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut lints = TokenStream::new();
    let mut rest = trees.as_slice();
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(attr), after @ ..] = rest {
        if hash.as_char() != '#' || bang.as_char() != '!' || attr.delimiter() != Delimiter::Bracket {
            break;
        }
        let word = attr.stream().into_iter().next().map(|word| word.to_string());
        if matches!(word.as_deref(), Some("allow" | "warn" | "deny" | "forbid")) {
            lints.extend(rest[..3].iter().cloned());
        }
        rest = after;
    }
    lints
}

/// The same tokens with the same resolution of names, shown at another place: what they lack is said there.
fn located_at(tokens: &TokenStream, place: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}

/// The expression, in parentheses unless it binds as closely as a call.
fn operand(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Path(_) | Expr::Field(_) | Expr::MethodCall(_) | Expr::Call(_) | Expr::Index(_) | Expr::Macro(_) | Expr::Paren(_) => {
            expr.to_token_stream()
        }
        _ => quote_spanned!(Span::mixed_site()=> (#expr)),
    }
}
