//! The grammar: an attribute's tokens become typed arguments, which keep the user's tokens and with them the spans.
//!
//! A fault in one argument does not hide the next: the parser notes it and goes on after the comma. What the arguments mean together, and with the item,
//! is for `check`; so is every message.

mod literal;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Lit, LitStr, Path, Token, token};

use crate::check::{self, Complaints};

/// Which of the three attributes it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `#[entry_span]`.
    Entry,
    /// `#[exit_span]`.
    Exit,
    /// `#[local_span]`.
    Local,
}

impl Kind {
    /// The keys that this attribute takes, in the order of the documentation.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Entry => &["name", "extract", "component", "layer", "tags", "err", "no_err", "crate"],
            Self::Exit => &["name", "peer", "inject", "component", "layer", "tags", "err", "no_err", "crate"],
            Self::Local => &["name", "component", "layer", "tags", "err", "no_err", "crate"],
        }
    }

    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Entry => "entry_span",
            Self::Exit => "exit_span",
            Self::Local => "local_span",
        }
    }
}

/// The words that `layer` takes, and the variants of the runtime's `Layer` that they stand for.
pub(crate) const LAYERS: [(&str, &str); 8] = [
    ("database", "Database"),
    ("rpc", "Rpc"),
    ("http", "Http"),
    ("mq", "Mq"),
    ("cache", "Cache"),
    ("faas", "Faas"),
    ("genai", "GenAi"),
    ("unknown", "Unknown"),
];

/// What was written between the parentheses.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Text>,
    pub(crate) peer: Option<Text>,
    pub(crate) extract: Option<Expr>,
    pub(crate) inject: Option<Expr>,
    pub(crate) component: Option<Component>,
    /// A variant of the runtime's `Layer`.
    pub(crate) layer: Option<&'static str>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) err: Option<OnErr>,
    /// The path of the runtime, if it is not `::skywalking_runtime`.
    pub(crate) runtime: Option<Path>,
    /// Every known key that was seen, for what is given twice and what is missing.
    pub(crate) seen: Vec<Ident>,
}

/// A name or a peer.
pub(crate) enum Text {
    /// Lives in the callsite.
    Literal(LitStr),
    /// Any `Display`, computed when recording.
    Computed(Expr),
}

/// A component id.
pub(crate) enum Component {
    /// A number.
    Id(i32),
    /// A path to an `i32` constant.
    Constant(Path),
}

/// One tag.
pub(crate) struct Tag {
    pub(crate) key: LitStr,
    pub(crate) value: Value,
    /// The parameter, where the tag was written as its name alone.
    pub(crate) parameter: Option<Ident>,
}

/// How a tag's value becomes text.
pub(crate) enum Value {
    /// A literal, as `Display` prints it; lives in the callsite.
    Literal(String),
    /// `= EXPR`: text, integers and bools as they are, else by `Display`.
    Plain(Expr),
    /// `= %EXPR`: by `Display`.
    Display(Expr),
    /// `= ?EXPR`: by `Debug`.
    Debug(Expr),
}

/// Whether a returned `Err` marks the span; left out, the return type decides.
pub(crate) enum OnErr {
    /// `err`, by its word.
    Marks(Ident),
    /// `no_err`.
    Ignored,
}

/// Reads all arguments. Whatever is wrong goes to `complaints`; what could be read is in the answer.
pub(crate) fn parse(kind: Kind, tokens: TokenStream, complaints: &mut Complaints) -> Args {
    let mut args = Args::default();
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = argument(kind, input, &mut args, complaints) {
                complaints.push(error);
                skip_to_comma(input);
            } else if !input.is_empty() && !input.peek(Token![,]) {
                complaints.push(check::expected_comma(input));
                // `name = "x" peer = "y"`: the next argument can be read all the same.
                if !key(&input.fork()).is_ok_and(|key| kind.keys().contains(&key.to_string().as_str())) {
                    skip_to_comma(input);
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = all.parse2(tokens) {
        complaints.push(error);
    }
    args
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// Reads over the value of a key that is refused, so that a comma inside it (`f::<A, B>()`) is not taken for the next argument's.
fn skip_value(input: ParseStream<'_>) {
    let ahead = input.fork();
    let value = if ahead.peek(Token![=]) {
        ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<Expr>()).is_ok()
    } else {
        ahead.peek(token::Paren) && ahead.parse::<TokenTree>().is_ok()
    };
    if value {
        input.advance_to(&ahead);
    } else {
        skip_to_comma(input);
    }
}

fn key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(Lit) {
        return Err(check::positional(&input.parse()?));
    }
    input.call(Ident::parse_any).map_err(|error| check::no_argument(&error))
}

fn argument(kind: Kind, input: ParseStream<'_>, args: &mut Args, complaints: &mut Complaints) -> syn::Result<()> {
    let key = key(input)?;
    let word = key.to_string();
    if let Some(error) = check::wrong_key(kind, &key) {
        complaints.push(error);
        skip_value(input);
        return Ok(());
    }
    let first = args.seen.iter().find(|seen| **seen == key).cloned();
    if let Some(first) = &first {
        complaints.push(check::twice(first, &key));
    } else {
        args.seen.push(key.clone());
    }
    // The second value is read for its own faults and then forgotten: the first one holds.
    let mut forgotten = Args::default();
    let args = if first.is_some() { &mut forgotten } else { args };
    match word.as_str() {
        "name" => args.name = Some(text(&key, input, complaints)?),
        "peer" => args.peer = Some(text(&key, input, complaints)?),
        "extract" => args.extract = Some(expression(&key, input, complaints)?),
        "inject" => args.inject = Some(expression(&key, input, complaints)?),
        "component" => args.component = Some(component(&key, input)?),
        "layer" => args.layer = Some(layer(&key, input)?),
        "tags" => args.tags = tags(&key, input, complaints)?,
        "err" => {
            check::takes_no_value(&key, input)?;
            args.err = Some(OnErr::Marks(key));
        }
        "no_err" => {
            check::takes_no_value(&key, input)?;
            args.err = Some(OnErr::Ignored);
        }
        _ => args.runtime = Some(runtime(&key, input)?),
    }
    Ok(())
}

/// The `=` after a key, with something behind it.
fn equals(key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![=]) {
        return Err(check::needs_value(key, key));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(check::needs_value(key, equals));
    }
    Ok(())
}

fn expression(key: &Ident, input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<Expr> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    check::stays_in_the_argument(&value, complaints);
    Ok(value)
}

fn text(key: &Ident, input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<Text> {
    let value = expression(key, input, complaints)?;
    match literal::of(&value) {
        Some(Lit::Str(text)) => {
            if text.value().is_empty() {
                complaints.push(check::empty_text(key, text));
            }
            Ok(Text::Literal(text.clone()))
        }
        Some(other) => Err(check::not_text(key, other)),
        None => Ok(Text::Computed(value)),
    }
}

fn component(key: &Ident, input: ParseStream<'_>) -> syn::Result<Component> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    if let Some(literal) = literal::of(&value) {
        let Lit::Int(id) = literal else { return Err(check::no_component(&value)) };
        if !matches!(id.suffix(), "" | "i32") {
            return Err(check::no_component(&value));
        }
        return id.base10_digits().parse().map(Component::Id).map_err(|_| check::component_too_big(id));
    }
    match literal::out_of_groups(&value) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => Ok(Component::Constant(path.path.clone())),
        Expr::Path(path) if path.qself.is_some() => Err(check::component_not_static(path)),
        _ => Err(check::no_component(&value)),
    }
}

fn layer(key: &Ident, input: ParseStream<'_>) -> syn::Result<&'static str> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::layer_is_a_word(&input.parse()?));
    }
    let word = input.call(Ident::parse_any)?;
    LAYERS.iter().find(|(name, _)| word == name).map(|(_, variant)| *variant).ok_or_else(|| check::unknown_layer(&word))
}

fn runtime(key: &Ident, input: ParseStream<'_>) -> syn::Result<Path> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::path_without_quotes(&input.parse()?));
    }
    input.call(Path::parse_mod_style)
}

fn tags(key: &Ident, input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<Vec<Tag>> {
    if !input.peek(token::Paren) {
        return Err(check::tags_is_a_list(key));
    }
    let content;
    syn::parenthesized!(content in input);
    let mut tags: Vec<Tag> = Vec::new();
    while !content.is_empty() {
        match tag(&content, complaints) {
            Ok(tag) if tags.iter().any(|earlier| earlier.key.value() == tag.key.value()) => complaints.push(check::tag_twice(&tag)),
            Ok(tag) => tags.push(tag),
            Err(error) => {
                complaints.push(error);
                skip_to_comma(&content);
            }
        }
        if !content.is_empty() && !content.peek(Token![,]) {
            complaints.push(check::expected_comma(&content));
            skip_to_comma(&content);
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(tags)
}

fn tag(input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<Tag> {
    if input.peek(syn::Ident) || input.peek(Token![self]) {
        let ident = input.call(Ident::parse_any)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(check::tag_key_is_a_string(&ident, input));
        }
        let key = LitStr::new(&ident.unraw().to_string(), ident.span());
        let value = Value::Plain(syn::parse_quote!(#ident));
        return Ok(Tag { key, value, parameter: Some(ident) });
    }
    let ahead = input.fork();
    let Ok(key) = ahead.parse::<LitStr>() else {
        return Err(check::no_tag(input));
    };
    input.advance_to(&ahead);
    if key.value().is_empty() {
        complaints.push(check::empty_tag_key(&key));
    }
    if !input.peek(Token![=]) {
        return Err(check::tag_needs_value(&key, &key));
    }
    let equals: Token![=] = input.parse()?;
    let form = input.parse::<Option<Token![%]>>()?.map(|_| true);
    let form = if form.is_none() { input.parse::<Option<Token![?]>>()?.map(|_| false) } else { form };
    if input.is_empty() || input.peek(Token![,]) {
        return Err(check::tag_needs_value(&key, equals));
    }
    let value: Expr = input.parse()?;
    check::stays_in_the_argument(&value, complaints);
    let value = match (form, literal::displayed(&value)) {
        (Some(false), _) => Value::Debug(value),
        (_, Some(text)) => Value::Literal(text),
        (Some(true), None) => Value::Display(value),
        (None, None) => Value::Plain(value),
    };
    Ok(Tag { key, value, parameter: None })
}
