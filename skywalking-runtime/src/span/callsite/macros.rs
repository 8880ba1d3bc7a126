//! The macro `callsite!`, which speaks the grammar of the attributes.

/// Creates a [`Callsite`](crate::Callsite) for a `static`. Takes the kind, the name, then any of
/// `layer`, `component`, `peer` and `tags`, as in the attributes.
///
/// All values are constant. A component is a number or the path of an `i32`. A tag's value is a
/// literal or a `&'static str`.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, component};
///
/// static QUERY: Callsite =
///     callsite!(exit, "/query", layer = database, component = component::POSTGRESQL, peer = "db:5432", tags("db.type" = "sql"));
/// assert_eq!(QUERY.name(), "/query");
/// ```
///
/// `tags = [("db.type", "sql")]` is the same as `tags("db.type" = "sql")`.
#[macro_export]
macro_rules! callsite {
    ($kind:ident, $name:expr $(, $($keys:tt)*)?) => {
        $crate::__callsite_keys!(
            [$crate::__private::Callsite::located($crate::__callsite_kind!($kind), $name, ::core::file!(), ::core::line!())]
            $($($keys)*)?
        )
    };
}

/// Adds the keys one by one to the callsite in the brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! __callsite_keys {
    ([$($made:tt)*]) => {
        $($made)*
    };
    ([$($made:tt)*] layer = $layer:ident $(, $($rest:tt)*)?) => {
        $crate::__callsite_keys!([$($made)* .layer($crate::__callsite_layer!($layer))] $($($rest)*)?)
    };
    ([$($made:tt)*] component = $component:expr $(, $($rest:tt)*)?) => {
        $crate::__callsite_keys!([$($made)* .component($component)] $($($rest)*)?)
    };
    ([$($made:tt)*] peer = $peer:expr $(, $($rest:tt)*)?) => {
        $crate::__callsite_keys!([$($made)* .peer($peer)] $($($rest)*)?)
    };
    ([$($made:tt)*] tags = $tags:expr $(, $($rest:tt)*)?) => {
        $crate::__callsite_keys!([$($made)* .tags(&$tags)] $($($rest)*)?)
    };
    ([$($made:tt)*] tags($($tags:tt)*) $(, $($rest:tt)*)?) => {
        $crate::__callsite_keys!([$($made)* .tags($crate::__callsite_tags!([] $($tags)*))] $($($rest)*)?)
    };
    ([$($made:tt)*] $key:ident $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`",
            ::core::stringify!($key),
            "` can't be read: `callsite!` takes `layer = WORD`, `component = ID`, `peer = TEXT` and `tags(\"key\" = VALUE)`",
        ))
    };
}

/// A slice of pairs of `"key" = VALUE`.
#[doc(hidden)]
#[macro_export]
macro_rules! __callsite_tags {
    ([$($made:tt)*]) => {
        &[$($made)*]
    };
    ([$($made:tt)*] $key:literal = $value:literal $(, $($rest:tt)*)?) => {
        $crate::__callsite_tags!([$($made)* ($key, ::core::concat!($value)),] $($($rest)*)?)
    };
    ([$($made:tt)*] $key:literal = $value:expr $(, $($rest:tt)*)?) => {
        $crate::__callsite_tags!([$($made)* ($key, $value),] $($($rest)*)?)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __callsite_kind {
    (entry) => {
        $crate::__private::SpanKind::Entry
    };
    (exit) => {
        $crate::__private::SpanKind::Exit
    };
    (local) => {
        $crate::__private::SpanKind::Local
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __callsite_layer {
    (unknown) => {
        $crate::__private::SpanLayer::Unknown
    };
    (database) => {
        $crate::__private::SpanLayer::Database
    };
    (rpc) => {
        $crate::__private::SpanLayer::Rpc
    };
    (http) => {
        $crate::__private::SpanLayer::Http
    };
    (mq) => {
        $crate::__private::SpanLayer::Mq
    };
    (cache) => {
        $crate::__private::SpanLayer::Cache
    };
    (faas) => {
        $crate::__private::SpanLayer::Faas
    };
    (genai) => {
        $crate::__private::SpanLayer::GenAi
    };
}

#[cfg(test)]
mod tests {
    use crate::span::callsite::Callsite;
    use crate::span::component;
    use crate::span::kind::SpanKind;
    use crate::span::layer::SpanLayer;

    const SHARD: &str = "shard-7";

    #[test]
    fn callsite_takes_what_the_attributes_take() {
        static CONSTANT: Callsite = callsite!(
            exit,
            "/get",
            component = component::REDIS,
            layer = cache,
            peer = "cache:6379"
        );
        static TAGS: Callsite = callsite!(
            local,
            "/tags",
            tags(
                "text" = "t",
                "shard" = SHARD,
                "number" = 3,
                "minus" = -1,
                "bool" = true,
                "char" = 'c'
            ),
        );
        static COMPUTED: Callsite = callsite!(
            entry,
            concat!("/a", "/b"),
            tags(),
            component = component::REDIS + 1,
            peer = SHARD
        );
        assert_eq!(
            (CONSTANT.kind, CONSTANT.component, CONSTANT.layer, CONSTANT.peer),
            (SpanKind::Exit, 7, SpanLayer::Cache, "cache:6379")
        );
        let expected = [
            ("text", "t"),
            ("shard", "shard-7"),
            ("number", "3"),
            ("minus", "-1"),
            ("bool", "true"),
            ("char", "c"),
        ];
        assert_eq!(TAGS.tags, expected);
        assert_eq!((COMPUTED.name, COMPUTED.component, COMPUTED.peer), ("/a/b", 8, "shard-7"));
        assert!(COMPUTED.tags.is_empty());
    }

    #[test]
    fn callsite_takes_pairs_and_no_keys() {
        static PAIRS: Callsite = callsite!(exit, "/pairs", tags = [("a", "b")], component = 22);
        static BARE: Callsite = callsite!(local, "/bare");
        static COMMA: Callsite = callsite!(local, "/comma",);
        assert_eq!((PAIRS.tags, PAIRS.component), (&[("a", "b")][..], 22));
        assert_eq!(
            (BARE.component, COMMA.component, BARE.line().is_some()),
            (component::RUST, component::RUST, true)
        );
    }
}
