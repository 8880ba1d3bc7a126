//! The constant data of spans.
//!
//! A callsite is a `static`. A span record points to it instead of copying name, kind, component
//! and layer. It also caches encodings that all of its spans share.

mod macros;

use std::borrow::Cow;
use std::panic::RefUnwindSafe;
use std::sync::atomic::AtomicU64;

use once_cell::race::{OnceBox, OnceRef};

use crate::config::policies::Orphans;
use crate::span::component;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;

/// Counts the orphans of a callsite. Callsites with orphans form a list.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) orphans: AtomicU64,
    pub(crate) next: OnceRef<'static, Callsite>,
}

// `next` is written once, atomically. Annotated futures must stay usable with `catch_unwind`.
impl RefUnwindSafe for Count {}

impl Count {
    pub(crate) const fn new() -> Self {
        Self { orphans: AtomicU64::new(0), next: OnceRef::new() }
    }
}

/// A place in the program that opens spans. Always a `static`, made by the attributes or by
/// [`callsite!`](crate::callsite).
#[derive(Debug)]
pub struct Callsite {
    pub(crate) name: &'static str,
    pub(crate) kind: SpanKind,
    pub(crate) component: i32,
    pub(crate) layer: SpanLayer,
    pub(crate) peer: &'static str,
    pub(crate) tags: &'static [(&'static str, &'static str)],
    /// Which values were set explicitly. Decides which values a merged span reports.
    given: u8,
    /// Overrides the configured rule for orphans.
    orphan: Option<Orphans>,
    pub(crate) count: Count,
    file: &'static str,
    line: u32,
    /// The protobuf fields that all spans of this callsite share, encoded by the reporter on first
    /// use.
    pub(crate) fragment: OnceBox<Vec<u8>>,
    /// The name in Base64 for headers, encoded on first use.
    pub(crate) endpoint: OnceBox<String>,
    /// The shortened name, computed on first use.
    shortened: OnceBox<Shortened>,
}

/// A name that is shortened to `bytes`.
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
    /// Creates a callsite with the defaults: layer unknown, no peer, no tags, and the component
    /// 11000 (Rust).
    ///
    /// An Exit, or an Entry of layer MQ, has the component of the system that `db.type`,
    /// `cache.type`, `mq.type` or the first part of an MQ span's name names. If none of them names
    /// a known system, it has no component (0).
    pub const fn new(kind: SpanKind, name: &'static str) -> Self {
        Self::located(kind, name, "", 0)
    }

    /// Creates a callsite with its location in the source.
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

    /// Sets the component id (`docs/protocol.md#components`).
    #[must_use]
    pub const fn component(mut self, component: i32) -> Self {
        self.component = component;
        self.given |= COMPONENT;
        self
    }

    /// Sets the layer.
    #[must_use]
    pub const fn layer(mut self, layer: SpanLayer) -> Self {
        self.layer = layer;
        self.given |= LAYER;
        self
    }

    /// Sets the address that all spans of this callsite call.
    #[must_use]
    pub const fn peer(mut self, peer: &'static str) -> Self {
        self.peer = peer;
        self
    }

    /// Sets what a Local span of this callsite does without a current span. Overrides
    /// [`Config::orphans`](crate::Config::orphans).
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

    /// Sets tags that all spans of this callsite have. They cost nothing at run time.
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

    /// Marks name, component and layer as defaults of an integration. If this span merges with one
    /// for which the program set them, the program's values are reported.
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

    /// Returns true if the program set the name explicitly.
    pub(crate) fn writes_name(&self) -> bool {
        self.given & (NAME | FALLBACK) == NAME
    }

    /// Returns true if the program set the name, or the pattern that makes it.
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

    /// Returns the name that `shorten` computes for this limit. Caches it for the first limit,
    /// since the limit changes only with the service of the process.
    #[cold]
    pub(crate) fn shortened(
        &'static self,
        bytes: usize,
        shorten: impl Fn() -> Cow<'static, str>,
    ) -> Cow<'static, str> {
        let kept = self.shortened.get_or_init(|| Box::new(Shortened { bytes, name: shorten() }));
        if kept.bytes == bytes { Cow::Borrowed(&kept.name) } else { shorten() }
    }

    /// Returns the operation name of spans that set none of their own.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the source file, or `None` for a callsite that [`new`](Self::new) created.
    pub const fn file(&self) -> Option<&'static str> {
        if self.file.is_empty() { None } else { Some(self.file) }
    }

    /// Returns the line in the source file, or `None` for a callsite that [`new`](Self::new)
    /// created.
    pub const fn line(&self) -> Option<u32> {
        if self.file.is_empty() { None } else { Some(self.line) }
    }
}
