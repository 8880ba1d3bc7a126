//! A look at the returned value while the span is still open: errors, and tags that are computed
//! from it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, parse_quote_spanned};

use super::located_at;
use super::opening::{Naming, matched, put};
use crate::args::{Args, Form, OnErr, RetTag, Returned};
use crate::item::Function;
use crate::{params, returns};

/// What is to be seen in the returned value.
pub(super) struct Look<'a> {
    private: &'a TokenStream,
    errors: Option<Errors<'a>>,
    tags: &'a [RetTag],
    /// Where a warning is shown if the value runs later: of an async function that returns an
    /// `impl Trait`, only the value tells.
    runs_later: Option<Span>,
}

struct Errors<'a> {
    form: &'a Form,
    ignored: &'a [Type],
    /// The type is not called `Result`, and a word was written that needs one: the compiler shall
    /// say whether it is one.
    ask: Option<Span>,
}

impl<'a> Look<'a> {
    /// `None` if nothing is to be seen.
    pub(super) fn new(
        args: &'a Args,
        function: &Function,
        output: Option<&Type>,
        naming: &Naming<'_>,
        private: &'a TokenStream,
    ) -> Option<Self> {
        let is_result = output.is_some_and(returns::is_result);
        // What a block says of errors holds for those of its functions that can tell them.
        let can_tell = output.is_some_and(|output| {
            matches!(output, Type::Infer(_)) || returns::may_fail(output, &function.sig.generics)
        });
        let tells = (is_result || can_tell) && !function.tracks_caller();
        let of_the_block = matches!(naming, Naming::Method { .. })
            && args.key("err").or(args.key("err_ignore")).is_some();
        let (form, word) = match &args.err {
            Some(OnErr::Unmarked) => (None, None),
            Some(OnErr::Marks(form, word)) => (Some(form), Some(word)),
            None => (Some(&Form::Richest), args.key("err_ignore")),
        };
        let wanted = tells || (word.is_some() && !of_the_block);
        let errors = form.filter(|_| wanted).map(|form| Errors {
            form,
            ignored: &args.err_ignore,
            ask: word
                .filter(|_| !is_result && !of_the_block && !matches!(form, Form::Function(_)))
                .map(Ident::span),
        });
        let hidden = output.filter(|output| {
            function.sig.asyncness.is_some()
                && args.covers.is_none()
                && returns::runs_hidden(output)
        });
        let look =
            Self { private, errors, tags: &args.ret_tags, runs_later: hidden.map(returns::place) };
        (look.errors.is_some() || !look.tags.is_empty() || look.runs_later.is_some())
            .then_some(look)
    }

    /// Whether something of the program is in it.
    pub(super) fn mentions(&self) -> bool {
        let by_errors = |errors: &Errors<'_>| {
            matches!(errors.form, Form::Function(_)) || !errors.ignored.is_empty()
        };
        let by_tag = |tag: &RetTag| {
            tag.value
                .computed()
                .is_some_and(|value| params::mentions_the_program(&value.to_token_stream()))
        };
        self.tags.iter().any(by_tag) || self.errors.as_ref().is_some_and(by_errors)
    }

    /// A closure that is given a reference to the returned value.
    pub(super) fn closure(&self, output: &Type) -> TokenStream {
        let site = Span::mixed_site();
        let nameable = returns::nameable(output);
        let tags = (!self.tags.is_empty()).then(|| self.tags());
        let runs_later = self.runs_later.map(|place| {
            let (private, ret) = (self.private, returned(site));
            made(private, place, &quote_spanned!(site=> by_value(#ret)))
        });
        let tags = match (runs_later, tags) {
            (None, tags) => tags,
            (runs_later, tags) => Some(quote_spanned!(site=> #runs_later #tags)),
        };
        let block = match (self.errors.as_ref().map(|errors| self.errors(errors)), tags) {
            (Some(errors), None) => quote_spanned!(site=> { #errors }),
            // The tags' expressions are outside of the errors' imports.
            (errors, tags) => {
                let errors = errors.map(|errors| quote_spanned!(site=> { #errors }));
                quote_spanned!(site=> { #errors #tags })
            }
        };
        quote_spanned!(site=> |__skywalking_returned: &#nameable| #block)
    }

    fn errors(&self, errors: &Errors<'_>) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let ret = returned(site);
        let ask = errors.ask.map(|word| {
            let at = site.located_at(word);
            let (private, ret) = (located_at(private, word), returned(at));
            quote_spanned!(at=> #private::must_be_result(#ret);)
        });
        let severity = self.severity(errors);
        let note = match errors.form {
            Form::Richest => {
                quote_spanned!(site=> (&&&&&&#private::Returned(#ret)).__skywalking_note(#severity);)
            }
            Form::Display(word) | Form::Debug(word) => {
                let at = site.located_at(*word);
                let function = Ident::new(
                    if matches!(errors.form, Form::Display(_)) {
                        "note_display"
                    } else {
                        "note_debug"
                    },
                    at,
                );
                let (there, ret_there) = (located_at(private, *word), returned(at));
                quote_spanned!(at=> #there::#function(#ret_there, &|| (&&&#there::Returned(#ret_there)).__skywalking_cause(), #severity);)
            }
            Form::Function(path) => {
                let at = site.located_at(path.span());
                let (there, ret_there) = (located_at(private, at), returned(at));
                let message = quote_spanned! {at=>
                    let __skywalking_quiet = #private::Quiet::begin();
                    let __skywalking_message = #path(#ret_there);
                    #private::Quiet::end(__skywalking_quiet);
                };
                let note = quote_spanned!(at=> #message #there::note_message(__skywalking_message, (&&#there::Returned(#ret_there)).__skywalking_kind(), &|| (&&&#there::Returned(#ret_there)).__skywalking_cause(), #severity););
                quote_spanned!(site=> if #private::recording() { #note })
            }
        };
        let traits = match errors.form {
            Form::Richest => {
                quote_spanned!(site=> use #private::{ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _, ViaName as _, ViaNothing as _};)
            }
            Form::Display(_) | Form::Debug(_) => {
                quote_spanned!(site=> use #private::{CauseOfError as _, CauseThroughDeref as _, NoCause as _};)
            }
            Form::Function(_) => {
                quote_spanned!(site=> use #private::{CauseOfError as _, CauseThroughDeref as _, KindOfError as _, KindOfValue as _, NoCause as _};)
            }
        };
        quote_spanned!(site=> #traits #ask #note)
    }

    /// Whether an error marks the span, given what it is.
    fn severity(&self, errors: &Errors<'_>) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        if errors.ignored.is_empty() {
            return quote_spanned!(site=> #private::Severity::Error);
        }
        let is = errors.ignored.iter().map(|ty| {
            let at = site.located_at(ty.span());
            let (there, ret) = (located_at(private, at), returned(at));
            quote_spanned!(at=> (&&&&#there::Returned(#ret)).__skywalking_is::<#ty>())
        });
        quote_spanned! {site=>
            {
                use #private::{IsBoxed as _, IsBoxedAndSent as _, IsItself as _, IsNothing as _};
                #private::Severity::unless(#(#is)||*)
            }
        }
    }

    /// Values are computed one by one, each where the program's own names are all that is in scope.
    fn tags(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let ret = returned(site);
        let tags = self.tags.iter().map(|RetTag { key, of, value }| {
            let Some(expr) = value.computed() else { return TokenStream::new() };
            let at = site.located_at(expr.span());
            let sink = quote_spanned!(at=> #private::OfReturned);
            let put = put(private, &sink, key, value, at, &sink);
            match of {
                Returned::Bound(pat) => {
                    let matched = matched(private, expr, &put);
                    quote_spanned!(site=> { let #pat = __skywalking_of; #matched })
                }
                Returned::Function => {
                    matched(private, &parse_quote_spanned!(at=> #expr(__skywalking_of)), &put)
                }
            }
        });
        quote_spanned! {site=>
            if #private::recording() {
                let __skywalking_of = {
                    use #private::{ValueOfAny as _, ValueOfOk as _};
                    (&&#private::Returned(#ret)).__skywalking_value()
                };
                if let ::core::option::Option::Some(__skywalking_of) = __skywalking_of {
                    #(#tags)*
                }
            }
        }
    }
}

/// A statement that never runs: it warns at `place` of what runs later, by what `Made` is made of.
pub(super) fn made(private: &TokenStream, place: Span, of: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let call = Ident::new("__skywalking_made", site.located_at(place));
    quote_spanned! {site=>
        if false {
            use #private::{MakesFuture as _, MakesStream as _, MakesValue as _};
            (&&&#private::Made::#of).#call();
        }
    }
}

/// The closure's parameter, shown at a place.
fn returned(place: Span) -> Ident {
    Ident::new("__skywalking_returned", place)
}
