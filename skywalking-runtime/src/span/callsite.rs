//! What is known of a span at compile time.
//!
//! A callsite is a `static`: a span record points to it instead of copying name, kind, component
//! and layer. What every span of a callsite writes in the same bytes is encoded once and kept here.
//! A callsite knows nothing of any one span.

use std::borrow::Cow;
use std::panic::RefUnwindSafe;
use std::sync::atomic::AtomicU64;

use once_cell::race::{OnceBox, OnceRef};

use crate::config::policies::Orphans;
use crate::span::component;

/// What a callsite counts, and its place in the list of those that have counted.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) orphans: AtomicU64,
    pub(crate) next: OnceRef<'static, Callsite>,
}

// It is written once, atomically. Without this an annotated future could not be put under
// `catch_unwind`.
impl RefUnwindSafe for Count {}

impl Count {
    pub(crate) const fn new() -> Self {
        Self { orphans: AtomicU64::new(0), next: OnceRef::new() }
    }
}

/// The side of a call that a span stands for (`docs/protocol.md#spans`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum SpanKind {
    /// The server side of a call, or the consumer of a message.
    Entry = 0,
    /// The client side of a call, or the producer of a message.
    Exit = 1,
    /// Work inside the process.
    Local = 2,
}

/// The technology that a span talks to (`docs/protocol.md#span-layers`). On an exit span it decides
/// what the peer becomes on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum SpanLayer {
    /// None of the others: what a span has unless told.
    Unknown = 0,
    /// A database.
    Database = 1,
    /// A remote procedure call.
    Rpc = 2,
    /// HTTP.
    Http = 3,
    /// A message queue.
    Mq = 4,
    /// A cache.
    Cache = 5,
    /// A function as a service.
    Faas = 6,
    /// A generative model.
    GenAi = 7,
}

/// A place in the program that opens spans; always a `static`, made by the attributes or by
/// [`callsite!`](crate::callsite).
#[derive(Debug)]
pub struct Callsite {
    pub(crate) name: &'static str,
    pub(crate) kind: SpanKind,
    pub(crate) component: i32,
    pub(crate) layer: SpanLayer,
    pub(crate) peer: &'static str,
    pub(crate) tags: &'static [(&'static str, &'static str)],
    /// What was written out rather than left to a default: decides which values a merged span
    /// reports.
    given: u8,
    /// What it does as an orphan, if it says so itself.
    orphan: Option<Orphans>,
    pub(crate) count: Count,
    file: &'static str,
    line: u32,
    /// The protobuf fields that every span of this callsite writes alike, encoded by the reporter
    /// at first use.
    pub(crate) fragment: OnceBox<Vec<u8>>,
    /// The name in Base64, as an exit span's header needs it, made by the first caller that does.
    pub(crate) endpoint: OnceBox<String>,
    /// The name where it is shortened, made by the first caller that needs it so.
    shortened: OnceBox<Shortened>,
}

/// A name that was shortened to so many bytes.
#[derive(Debug)]
struct Shortened {
    bytes: usize,
    name: Cow<'static, str>,
}

const NAME: u8 = 1;
const COMPONENT: u8 = 1 << 1;
const FALLBACK: u8 = 1 << 2;
/// The name comes from the `names` of an impl block.
const PATTERN: u8 = 1 << 3;
const LAYER: u8 = 1 << 4;

impl Callsite {
    /// A callsite with the defaults: layer unknown, no peer, no tags, and the component 11000
    /// (Rust). An Exit, and an Entry of layer MQ, has the component of the system that
    /// `db.type`, `cache.type`, `mq.type` or the first part of an MQ span's name tells, else none
    /// (0).
    pub const fn new(kind: SpanKind, name: &'static str) -> Self {
        Self::located(kind, name, "", 0)
    }

    /// The same, with the place in the source where it stands.
    pub const fn located(
        kind: SpanKind,
        name: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            name,
            kind,
            component: component::RUST,
            layer: SpanLayer::Unknown,
            peer: "",
            tags: &[],
            given: NAME,
            orphan: None,
            count: Count::new(),
            file,
            line,
            fragment: OnceBox::new(),
            endpoint: OnceBox::new(),
            shortened: OnceBox::new(),
        }
    }

    /// The component id, by `docs/protocol.md#components`.
    #[must_use]
    pub const fn component(mut self, component: i32) -> Self {
        self.component = component;
        self.given |= COMPONENT;
        self
    }

    /// The layer.
    #[must_use]
    pub const fn layer(mut self, layer: SpanLayer) -> Self {
        self.layer = layer;
        self.given |= LAYER;
        self
    }

    /// The address called, where it is always the same one.
    #[must_use]
    pub const fn peer(mut self, peer: &'static str) -> Self {
        self.peer = peer;
        self
    }

    /// What a Local span of this callsite does where no context is, whatever
    /// [`Config::orphans`](crate::Config::orphans) says.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, config::Orphans, span, testing};
    ///
    /// static TICK: Callsite = callsite!(local, "tick").orphans(Orphans::Skip);
    ///
    /// assert!(testing::run(|| span(&TICK).run(|| ())).is_empty());
    /// ```
    #[must_use]
    pub const fn orphans(mut self, orphans: Orphans) -> Self {
        self.orphan = Some(orphans);
        self
    }

    pub(crate) fn orphan_rule(&self) -> Option<Orphans> {
        self.orphan
    }

    /// Tags that every span of this callsite carries; they cost nothing at run time.
    #[must_use]
    pub const fn tags(mut self, tags: &'static [(&'static str, &'static str)]) -> Self {
        self.tags = tags;
        self
    }

    /// Marks the name as a default: see the rules of merging in `docs/concepts.md`.
    #[doc(hidden)]
    #[must_use]
    pub const fn unnamed(mut self) -> Self {
        self.given &= !NAME;
        self
    }

    /// Marks the name as made by the `names` of an impl block.
    #[doc(hidden)]
    #[must_use]
    pub const fn named_by_pattern(mut self) -> Self {
        self.given = (self.given & !NAME) | PATTERN;
        self
    }

    /// Marks name, component and layer as an integration's defaults: where this span merges with
    /// one for which the program set them, the program's are reported.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, callsite, span, testing};
    ///
    /// static CHECK: Callsite = callsite!(exit, "/stock/check", peer = "stock:8080");
    /// static POST: Callsite = callsite!(exit, "POST:/v1/check", peer = "10.0.0.7:8080", layer = http).fallback();
    ///
    /// let trees = testing::run(|| span(&CHECK).run(|| drop(span(&POST).enter())));
    /// assert_eq!(testing::text(&trees), "Exit /stock/check layer=Http peer=stock:8080\n");
    /// ```
    #[must_use]
    pub const fn fallback(mut self) -> Self {
        self.given |= FALLBACK;
        self
    }

    /// True if the program wrote the name out.
    pub(crate) fn writes_name(&self) -> bool {
        self.given & (NAME | FALLBACK) == NAME
    }

    /// True if the program chose the name: it wrote it out, or the pattern that makes it.
    pub(crate) fn chooses_name(&self) -> bool {
        self.given & (NAME | PATTERN) != 0 && !self.is_fallback()
    }

    pub(crate) fn gives_layer(&self) -> bool {
        self.given & LAYER != 0
    }

    pub(crate) fn gives_component(&self) -> bool {
        self.given & COMPONENT != 0
    }

    pub(crate) fn is_fallback(&self) -> bool {
        self.given & FALLBACK != 0
    }

    /// What `shorten` makes of the name for this limit. Kept for the first limit: it changes only
    /// with the service of the process.
    #[cold]
    pub(crate) fn shortened(
        &'static self,
        bytes: usize,
        shorten: impl Fn() -> Cow<'static, str>,
    ) -> Cow<'static, str> {
        let kept = self.shortened.get_or_init(|| Box::new(Shortened { bytes, name: shorten() }));
        if kept.bytes == bytes { Cow::Borrowed(&kept.name) } else { shorten() }
    }

    /// The operation name unless a span sets its own.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Source file and line; empty and 0 for a callsite that was built without them.
    pub const fn location(&self) -> (&'static str, u32) {
        (self.file, self.line)
    }
}

/// Makes a [`Callsite`] for a `static`: the kind, the name, then any of `layer`, `component`,
/// `peer` and `tags`, as in the attributes.
///
/// All of it is constant: a component is a number or the path of an `i32`, a tag's value is a
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

/// Adds one key after the other to the callsite in the brackets.
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
    use super::{Callsite, SpanKind, SpanLayer, component};

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
            (BARE.component, COMMA.component, BARE.location().1 != 0),
            (component::RUST, component::RUST, true)
        );
    }
}
