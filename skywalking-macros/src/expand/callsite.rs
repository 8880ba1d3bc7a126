//! The callsite of a span: a static that holds everything known at compile time.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};

use super::default_name::DefaultName;
use crate::args::{Args, Component, Text, Value};
use crate::item::Function;
use crate::kind::Kind;

/// Returns an expression: a reference to the callsite.
///
/// The static is in the smallest possible block, where no expression of the user can see it.
pub(super) fn reference(
    kind: Kind,
    args: &Args,
    function: &Function,
    default_name: &DefaultName<'_>,
    private: &TokenStream,
) -> TokenStream {
    let callsite = value(kind, args, function, default_name, private);
    quote_spanned! {Span::mixed_site()=>
        {
            static __SKYWALKING_CALLSITE: #private::Callsite = #callsite;
            &__SKYWALKING_CALLSITE
        }
    }
}

fn value(
    kind: Kind,
    args: &Args,
    function: &Function,
    default_name: &DefaultName<'_>,
    private: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let (name, origin) = name(args, function, default_name);
    // The name's origin decides which name a merged span keeps. Local spans never merge.
    let origin = origin.filter(|_| kind != Kind::Local);
    let kind = match kind {
        Kind::Entry => "Entry",
        Kind::Exit => "Exit",
        Kind::Local => "Local",
    };
    let kind = Ident::new(kind, site);
    let component = args.component.as_ref().map(|component| match component {
        Component::Id(id) => {
            let id = proc_macro2::Literal::i32_unsuffixed(*id);
            quote_spanned!(site=> .component(#id))
        }
        Component::Constant(path) => quote_spanned!(site=> .component(#path)),
    });
    let layer = args.layer.map(|layer| {
        let layer = Ident::new(layer, site);
        quote_spanned!(site=> .layer(#private::SpanLayer::#layer))
    });
    let orphan = args.orphan.map(|orphan| {
        let orphan = Ident::new(orphan, site);
        quote_spanned!(site=> .orphans(#private::Orphans::#orphan))
    });
    let peer = match &args.peer {
        Some(Text::Literal(peer)) => Some(quote_spanned!(site=> .peer(#peer))),
        _ => None,
    };
    let tags = literal_tags(args);
    let tags = (!tags.is_empty()).then(|| quote_spanned!(site=> .tags(&[#(#tags),*])));
    // `line!` is the line of the outermost expansion of its tokens. With the function's span there
    // is none, so it is the function's own line.
    let at = quote_spanned!(function.sig.ident.span()=> ::core::file!(), ::core::line!());
    quote_spanned!(site=> #private::Callsite::located(#private::SpanKind::#kind, #name, #at) #origin #component #layer #orphan #peer #tags)
}

/// Returns the name, and the call that records its origin.
fn name(
    args: &Args,
    function: &Function,
    default_name: &DefaultName<'_>,
) -> (TokenStream, Option<TokenStream>) {
    let site = Span::mixed_site();
    if let Some(Text::Literal(name)) = &args.name {
        return (name.to_token_stream(), None);
    }
    let origin = if default_name.has_pattern() {
        quote_spanned!(site=> .named_by_pattern())
    } else {
        quote_spanned!(site=> .unnamed())
    };
    (default_name.of(&function.sig.ident), Some(origin))
}

fn literal_tags(args: &Args) -> Vec<TokenStream> {
    let site = Span::mixed_site();
    let literals = args.tags.iter().filter_map(|tag| match &tag.value {
        Value::Literal(text) => {
            let key = &tag.key;
            Some(quote_spanned!(site=> (#key, #text)))
        }
        _ => None,
    });
    let logic_endpoint =
        args.logic_endpoint.then(|| quote_spanned!(site=> ("x-le", "{\"logic-span\":true}")));
    literals.chain(logic_endpoint).collect()
}
