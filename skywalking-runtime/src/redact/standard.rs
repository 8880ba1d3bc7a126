//! A ready-made redaction.

use std::borrow::Cow;

use super::{Field, Redact, pairs, sql, url};

/// The replacement of a secret.
pub(super) const MASK: &str = "***";

/// A ready-made redaction for [`Config::redact`](crate::Config::redact).
///
/// ```
/// use skywalking_runtime::redact::{Field, Redact as _, Redaction};
///
/// let standard = Redaction::standard();
/// let of = |field, text| standard.redact(field, text);
/// assert_eq!(of(Field::Tag("url"), "https://you:secret@shop/cart?token=abc").unwrap(), "https://***@shop/cart?token=***");
/// assert_eq!(of(Field::Tag("http.headers"), "Authorization: Bearer abc.def").unwrap(), "Authorization: ***");
/// assert_eq!(of(Field::Tag("authorization"), "abc").unwrap(), "***");
/// assert_eq!(of(Field::Tag("db.statement"), "SELECT a FROM b WHERE c = 'you' AND d > 17").unwrap(), "SELECT a FROM b WHERE c = ? AND d > ?");
/// assert_eq!(of(Field::Peer, "db:5432"), None);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Redaction {}

impl Redaction {
    /// Creates a redaction that removes:
    ///
    /// * the user and the password of a URL in any text, and of a peer
    /// * a token after `Bearer` in any text
    /// * the value of a secret key (such as `authorization`, `cookie`, `password`, `access_token`
    ///   and `x-api-key`): of a tag, of a log field, and of `key=value`, `"key": "value"`, `Debug`
    ///   output and header lines in any text, including a peer
    /// * the literals of `db.statement`, in a tag or a log field, and the whole of `db.bind_vars`
    ///   and `db.sql.parameters`
    ///
    /// The SQL dialect is unknown. So text in double quotes and comments are removed too. The rest
    /// of a statement is removed at the first ambiguity: a backslash before a quote, a quote
    /// between brackets, or a comment in a comment.
    pub fn standard() -> Self {
        Self {}
    }
}

impl Redact for Redaction {
    fn redact(&self, field: Field<'_>, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let redacted = match field {
            Field::Tag("db.bind_vars" | "db.sql.parameters")
            | Field::Log("db.bind_vars" | "db.sql.parameters") => Cow::Borrowed(MASK),
            Field::Tag(key) | Field::Log(key) if pairs::is_secret(key) => Cow::Borrowed(MASK),
            Field::Tag("db.statement") | Field::Log("db.statement") => {
                Cow::Owned(sql::without_literals(text))
            }
            Field::Peer => without_values(url::without_users(text)),
            _ => without_values(url::without_credentials(text)),
        };
        (redacted != text).then(|| redacted.into_owned())
    }
}

/// Masks the values of secret keys in a text.
fn without_values(text: Cow<'_, str>) -> Cow<'_, str> {
    let pairs = match pairs::without_values(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(pairs) => Some(pairs),
    };
    pairs.map_or(text, Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redacted(field: Field<'_>, text: &str) -> String {
        Redaction::standard().redact(field, text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn text_without_secrets_is_unchanged() {
        for text in [
            "",
            "plain",
            "a=b&c=d",
            "https://shop:8080/cart?page=2#at",
            "you@example.org",
            "12:30",
            "Bearer",
            "token",
            "a: b",
        ] {
            assert_eq!(Redaction::standard().redact(Field::Tag("any"), text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_removed_from_each_kind_of_field() {
        assert_eq!(
            redacted(Field::Log("message"), "no route to amqp://me:pw@mq:5672/v, token=x"),
            "no route to amqp://***@mq:5672/v, token=***"
        );
        assert_eq!(redacted(Field::Log("password"), "pw"), "***");
        assert_eq!(redacted(Field::Name, "GET:/a?api_key=1&b=2"), "GET:/a?api_key=***&b=2");
        assert_eq!(redacted(Field::Peer, "me:pw@db:5432,you@db2:5432"), "***@db:5432,***@db2:5432");
        assert_eq!(
            redacted(Field::Peer, "postgres://me:pw@db/x?password=pw"),
            "postgres://***@db/x?password=***"
        );
        assert_eq!(redacted(Field::Peer, "https://web/?token=x"), "https://web/?token=***");
        assert_eq!(redacted(Field::Tag("db.bind_vars"), "[1, you]"), "***");
        assert_eq!(redacted(Field::Log("db.sql.parameters"), "[1, you]"), "***");
        assert_eq!(redacted(Field::Log("db.statement"), "SELECT 'you'"), "SELECT ?");
        assert_eq!(redacted(Field::Tag("http.request.X-Api-Key"), "1"), "***");
    }

    proptest! {
        #[test]
        fn any_text_is_redacted_without_panic(text in ".{0,60}|[a-z:/@=&; \"'?#.*-]{0,60}|(bearer |token=|a://|password: |@|\"|é|x){0,12}") {
            for field in [Field::Tag("any"), Field::Tag("db.statement"), Field::Peer, Field::Name, Field::Log("message")] {
                redacted(field, &text);
            }
        }
    }
}
