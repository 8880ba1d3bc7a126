//! Parses `names = "{type}::{fn}"`, the pattern for the names of an impl block's functions.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{Expr, Lit};

use super::{literal, values};
use crate::diagnostics::{self, Errors};

/// A parsed pattern, and its span.
pub(crate) struct NamePattern {
    pub(crate) parts: Vec<PatternPart>,
    pub(crate) span: Span,
}

/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PatternPart {
    /// Literal text.
    Text(String),
    /// `{module}`.
    Module,
    /// `{type}`.
    Type,
    /// `{trait}`.
    Trait,
    /// `{fn}`.
    Function,
}

impl NamePattern {
    /// Returns whether the pattern has the placeholder `{trait}`.
    pub(crate) fn uses_trait(&self) -> bool {
        self.parts.contains(&PatternPart::Trait)
    }
}

/// Parses the value of `names`.
pub(super) fn parse(
    key: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<NamePattern> {
    let value: Expr = values::expression(key, input, errors)?;
    let Some(Lit::Str(text)) = literal::literal_of(&value) else {
        return Err(diagnostics::invalid_names(&value));
    };
    if text.value().is_empty() {
        return Err(diagnostics::empty_text(key, text));
    }
    let parts =
        parts(&text.value()).map_err(|wrong| diagnostics::unknown_placeholder(text, &wrong))?;
    Ok(NamePattern { parts, span: text.span() })
}

/// Splits a pattern into its parts. The error is the invalid placeholder.
fn parts(pattern: &str) -> Result<Vec<PatternPart>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, from_brace)) =
        rest.find(['{', '}']).and_then(|brace| rest.split_at_checked(brace))
    {
        text.push_str(before);
        rest = from_brace;
        let escaped = [("{{", '{'), ("}}", '}')]
            .into_iter()
            .find_map(|(escape, brace)| rest.strip_prefix(escape).map(|after| (brace, after)));
        if let Some((brace, after)) = escaped {
            text.push(brace);
            rest = after;
            continue;
        }
        let Some((word, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
        else {
            return Err(rest.chars().take(1).collect());
        };
        let part = match word {
            "module" => PatternPart::Module,
            "type" => PatternPart::Type,
            "trait" => PatternPart::Trait,
            "fn" => PatternPart::Function,
            word => return Err(format!("{{{word}}}")),
        };
        if !text.is_empty() {
            parts.push(PatternPart::Text(std::mem::take(&mut text)));
        }
        parts.push(part);
        rest = after;
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(PatternPart::Text(text));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::{PatternPart, parts};

    fn text(text: &str) -> PatternPart {
        PatternPart::Text(text.to_owned())
    }

    #[test]
    fn pattern_has_text_and_placeholders() {
        assert_eq!(
            parts("{type}::{fn}"),
            Ok(vec![PatternPart::Type, text("::"), PatternPart::Function])
        );
        assert_eq!(
            parts("/{module}{trait}/a"),
            Ok(vec![text("/"), PatternPart::Module, PatternPart::Trait, text("/a")])
        );
        assert_eq!(parts("{{{fn}}}"), Ok(vec![text("{"), PatternPart::Function, text("}")]));
        assert_eq!(parts("plain"), Ok(vec![text("plain")]));
    }

    #[test]
    fn invalid_placeholder_is_the_error() {
        assert_eq!(parts("{type}::{function}"), Err("{function}".to_owned()));
        assert_eq!(parts("a{}"), Err("{}".to_owned()));
        assert_eq!(parts("a{fn"), Err("{".to_owned()));
        assert_eq!(parts("a}"), Err("}".to_owned()));
    }
}
