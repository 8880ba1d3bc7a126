//! The hook that reads the returned value while the span is open: for errors, and for `ret_tags`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, parse_quote_spanned};

use super::default_name::DefaultName;
use super::tokens::located_at;
use super::values::{record_tag, with_reference};
use crate::args::{Args, ErrForm, ErrKey, RetTag, RetTagSource};
use crate::item::Function;
use crate::{params, return_type};

/// What the hook does with the returned value.
pub(super) struct ReturnHook<'a> {
    private: &'a TokenStream,
    errors: Option<ErrorHook<'a>>,
    tags: &'a [RetTag],
    /// Where to warn if the value is a future or a stream. Of an `impl Trait` that an async function
    /// returns, only the value shows it.
    warn_if_deferred: Option<Span>,
}

struct ErrorHook<'a> {
    form: &'a ErrForm,
    ignored: &'a [Type],
    /// Where the compiler reports a value that is not a `Result`, if a key requires one and the type
    /// has another name.
    require_result: Option<Span>,
}

impl<'a> ReturnHook<'a> {
    /// Returns `None` if the returned value is of no interest.
    pub(super) fn new(
        args: &'a Args,
        function: &Function,
        output: Option<&Type>,
        default_name: &DefaultName<'_>,
        private: &'a TokenStream,
    ) -> Option<Self> {
        let hidden = output.filter(|output| {
            // A sync function that returns an `impl Future` needs `covers`.
            (function.sig.asyncness.is_some() || !matches!(output, Type::ImplTrait(_)))
                && args.covers.is_none()
                && return_type::may_be_deferred_opaque(output)
        });
        let hook = Self {
            private,
            errors: ErrorHook::new(args, function, output, default_name),
            tags: &args.ret_tags,
            warn_if_deferred: hidden.map(return_type::span),
        };
        (hook.errors.is_some() || !hook.tags.is_empty() || hook.warn_if_deferred.is_some())
            .then_some(hook)
    }

    /// Returns whether the hook uses names of the program.
    pub(super) fn uses_program_names(&self) -> bool {
        let in_errors = |errors: &ErrorHook<'_>| {
            matches!(errors.form, ErrForm::Function(_)) || !errors.ignored.is_empty()
        };
        let in_tag = |tag: &RetTag| {
            tag.value
                .expression()
                .is_some_and(|expr| params::uses_program_names(&expr.to_token_stream()))
        };
        self.tags.iter().any(in_tag) || self.errors.as_ref().is_some_and(in_errors)
    }

    /// Returns the closure that gets a reference to the returned value.
    pub(super) fn closure(&self, output: &Type) -> TokenStream {
        let site = Span::mixed_site();
        let nameable = return_type::without_impl_trait(output);
        let warning = self.warn_if_deferred.map(|span| {
            let (private, ret) = (self.private, returned(site));
            deferred_warning(private, span, &quote_spanned!(site=> by_value(#ret)))
        });
        let tags = (!self.tags.is_empty()).then(|| self.tags());
        let errors = self.errors.as_ref().map(|errors| errors.record(self.private));
        let block = match (errors, warning, tags) {
            (Some(errors), None, None) => quote_spanned!(site=> { #errors }),
            // The tags' expressions are outside of the scope of the imports for errors.
            (errors, warning, tags) => {
                let errors = errors.map(|errors| quote_spanned!(site=> { #errors }));
                quote_spanned!(site=> { #errors #warning #tags })
            }
        };
        quote_spanned!(site=> |__skywalking_returned: &#nameable| #block)
    }

    /// Returns a statement that records the `ret_tags`. Each expression sees only the program's own
    /// names.
    fn tags(&self) -> TokenStream {
        let site = Span::mixed_site();
        let private = self.private;
        let ret = returned(site);
        let tags = self.tags.iter().map(|RetTag { key, source, value }| {
            let Some(expr) = value.expression() else { return TokenStream::new() };
            let at = site.located_at(expr.span());
            let sink = quote_spanned!(at=> #private::OfReturned);
            let record = record_tag(private, &sink, key, value, at, &sink);
            match source {
                RetTagSource::Closure(pat) => {
                    let recorded = with_reference(private, expr, &record);
                    quote_spanned!(site=> { let #pat = __skywalking_of; #recorded })
                }
                RetTagSource::Function => {
                    let call = parse_quote_spanned!(at=> #expr(__skywalking_of));
                    with_reference(private, &call, &record)
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

impl<'a> ErrorHook<'a> {
    /// Returns `None` if returned errors are of no interest.
    fn new(
        args: &'a Args,
        function: &Function,
        output: Option<&Type>,
        default_name: &DefaultName<'_>,
    ) -> Option<Self> {
        let is_result = output.is_some_and(return_type::is_result);
        let may_be_result = output.is_some_and(|output| {
            matches!(output, Type::Infer(_))
                || return_type::may_be_result(output, &function.sig.generics)
        });
        let by_default = (is_result || may_be_result) && !function.tracks_caller();
        // A key on an impl block holds for the functions that may return a `Result`.
        let on_block = matches!(default_name, DefaultName::Method { .. })
            && args.key("err").or(args.key("err_ignore")).is_some();
        let (form, key) = match &args.err {
            Some(ErrKey::NoErr) => return None,
            Some(ErrKey::Err(form, key)) => (form, Some(key)),
            None => (&ErrForm::Auto, args.key("err_ignore")),
        };
        let by_key = key.filter(|_| !on_block);
        (by_default || by_key.is_some()).then(|| Self {
            form,
            ignored: &args.err_ignore,
            require_result: by_key
                .filter(|_| !is_result && !matches!(form, ErrForm::Function(_)))
                .map(Ident::span),
        })
    }

    /// Returns statements that record an error.
    fn record(&self, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let ret = returned(site);
        let require_result = self.require_result.map(|key| {
            let at = site.located_at(key);
            let (private, ret) = (located_at(private, key), returned(at));
            quote_spanned!(at=> #private::must_be_result(#ret);)
        });
        let severity = self.severity(private);
        let note = match self.form {
            ErrForm::Auto => {
                quote_spanned!(site=> (&&&&&&#private::Returned(#ret)).__skywalking_note(#severity);)
            }
            ErrForm::Display(word) | ErrForm::Debug(word) => {
                let at = site.located_at(*word);
                let function = Ident::new(
                    if matches!(self.form, ErrForm::Display(_)) {
                        "note_display"
                    } else {
                        "note_debug"
                    },
                    at,
                );
                let (there, ret_there) = (located_at(private, *word), returned(at));
                quote_spanned!(at=> #there::#function(#ret_there, &|| (&&&#there::Returned(#ret_there)).__skywalking_cause(), #severity);)
            }
            ErrForm::Function(path) => {
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
        let traits = self.traits(private);
        quote_spanned!(site=> #traits #require_result #note)
    }

    /// Returns the imports that the method calls need.
    fn traits(&self, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        match self.form {
            ErrForm::Auto => {
                quote_spanned!(site=> use #private::{ViaDebug as _, ViaDeref as _, ViaDisplay as _, ViaError as _, ViaName as _, ViaNothing as _};)
            }
            ErrForm::Display(_) | ErrForm::Debug(_) => {
                quote_spanned!(site=> use #private::{CauseOfError as _, CauseThroughDeref as _, NoCause as _};)
            }
            ErrForm::Function(_) => {
                quote_spanned!(site=> use #private::{CauseOfError as _, CauseThroughDeref as _, KindOfError as _, KindOfValue as _, NoCause as _};)
            }
        }
    }

    /// Returns an expression: whether the error marks the span.
    fn severity(&self, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        if self.ignored.is_empty() {
            return quote_spanned!(site=> #private::Severity::Error);
        }
        let is_ignored = self.ignored.iter().map(|ty| {
            let at = site.located_at(ty.span());
            let (there, ret) = (located_at(private, at), returned(at));
            quote_spanned!(at=> (&&&&#there::Returned(#ret)).__skywalking_is::<#ty>())
        });
        quote_spanned! {site=>
            {
                use #private::{IsBoxed as _, IsBoxedAndSent as _, IsItself as _, IsNothing as _};
                #private::Severity::unless(#(#is_ignored)||*)
            }
        }
    }
}

/// Returns a statement that never runs: rustc warns at `span` if the value is a future or a stream.
pub(super) fn deferred_warning(
    private: &TokenStream,
    span: Span,
    constructor: &TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let call = Ident::new("__skywalking_made", site.located_at(span));
    quote_spanned! {site=>
        if false {
            use #private::{
                MakesFuture as _, MakesHeldFuture as _, MakesHeldStream as _, MakesStream as _,
                MakesValue as _,
            };
            (&&&&&#private::Made::#constructor).#call();
        }
    }
}

/// Returns the parameter of the closure, with this span.
fn returned(span: Span) -> Ident {
    Ident::new("__skywalking_returned", span)
}
