//! Segments as trees, which tests compare.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use prost::Message as _;
use skywalking_proto::v3::{
    self, KeyStringValuePair, RefType, SegmentObject, SpanObject, SpanType,
};

use super::scope::Collected;
use crate::segment::panics::LOCATION;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;

/// A trace, or a part of it whose parent was not collected: its first span and all spans below.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tree {
    /// The id of the trace.
    pub trace_id: String,
    /// The first span.
    pub root: Span,
}

/// A span and the spans below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// The id of its segment.
    pub segment_id: String,
    /// Its id in the segment.
    pub span_id: i32,
    /// Its kind.
    pub kind: SpanKind,
    /// The operation name.
    pub name: String,
    /// Its layer.
    pub layer: SpanLayer,
    /// The component id.
    pub component: i32,
    /// The called address, or an empty text.
    pub peer: String,
    /// Whether the span failed.
    pub is_error: bool,
    /// Whether the OAP computes no metrics for it.
    pub skip_analysis: bool,
    /// Tags in the order in which they were recorded.
    pub tags: Vec<(String, String)>,
    /// Logs in the order in which they were recorded.
    pub logs: Vec<Log>,
    /// References to other segments, whether they were collected or not.
    pub refs: Vec<Ref>,
    /// Milliseconds since 1970.
    pub start: i64,
    /// Milliseconds since 1970.
    pub end: i64,
    /// Whether the segment whose first span this is had more spans than its limit.
    pub is_size_limited: bool,
    /// The spans below: those of the same segment in the order in which they were opened, then
    /// those of other segments.
    pub children: Vec<Span>,
}

/// A log of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Log {
    /// Keys and values.
    pub fields: Vec<(String, String)>,
}

/// A reference to a span of another segment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ref {
    /// Its kind.
    pub kind: RefKind,
    /// The parent segment's id.
    pub segment_id: String,
    /// The span's id in it.
    pub span_id: i32,
    /// The service of the parent segment.
    pub service: String,
    /// The instance of that service.
    pub instance: String,
    /// The primary endpoint of the parent segment.
    pub endpoint: String,
    /// The address that the client called.
    pub address: String,
}

/// The kind of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefKind {
    /// The parent span belongs to another process, or to a message.
    CrossProcess,
    /// The parent span belongs to another task or thread of the process.
    CrossThread,
}

impl RefKind {
    /// Returns the name in the protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CrossProcess => "CrossProcess",
            Self::CrossThread => "CrossThread",
        }
    }
}

impl fmt::Display for RefKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Formats trees: a line per span, indented by depth, with everything that is not a default. Ids,
/// times and the locations of panics are omitted, so each run has the same text.
///
/// ```text
/// Entry /API/Snapshot layer=Http
///   Local plan {user=7}
///   Exit /Service/OnSnapshot layer=RPCFramework peer=RTS_Server ERROR [event=error error.kind=io message=broken]
///     Local late ref=CrossThread
/// ```
pub fn text(trees: &[Tree]) -> String {
    trees.iter().fold(String::new(), |mut out, tree| {
        let _ = write!(out, "{tree}");
        out
    })
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.write(f, 0)
    }
}

impl Span {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(f, "{:indent$}{} {}", "", self.kind, self.name, indent = 2 * depth)?;
        if self.layer != SpanLayer::Unknown {
            write!(f, " layer={}", self.layer)?;
        }
        if self.component != self.default_component() {
            write!(f, " component={}", self.component)?;
        }
        if !self.peer.is_empty() {
            write!(f, " peer={}", self.peer)?;
        }
        for reference in &self.refs {
            write!(f, " ref={}", reference.kind)?;
        }
        for (is_set, flag) in [
            (self.is_error, "ERROR"),
            (self.skip_analysis, "SKIP_ANALYSIS"),
            (self.is_size_limited, "SIZE_LIMITED"),
        ] {
            if is_set {
                write!(f, " {flag}")?;
            }
        }
        if !self.tags.is_empty() {
            write!(f, " {{{}}}", pairs(self.tags.iter(), ", "))?;
        }
        for log in &self.logs {
            let is_panic =
                log.fields.iter().any(|(key, value)| key == "error.kind" && value == "panic");
            let shown = log.fields.iter().filter(|(key, _)| !(is_panic && key == LOCATION));
            write!(f, " [{}]", pairs(shown, " "))?;
        }
        writeln!(f)?;
        self.children.iter().try_for_each(|child| child.write(f, depth + 1))
    }
}

impl Span {
    /// Returns the component of a span if neither the program nor a tag sets one.
    fn default_component(&self) -> i32 {
        let has_guessed_node = self.kind == SpanKind::Exit
            || self.kind == SpanKind::Entry && self.layer == SpanLayer::Mq;
        if has_guessed_node {
            crate::span::component::UNKNOWN
        } else {
            crate::span::component::RUST
        }
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = &'a (String, String)>, between: &str) -> String {
    pairs
        .map(|(key, value)| format!("{key}={}", value.escape_debug()))
        .collect::<Vec<_>>()
        .join(between)
}

/// Builds trees from segments by their references.
pub(super) fn grow(collected: Collected) -> Vec<Tree> {
    let order: HashMap<_, _> =
        collected.order.into_iter().enumerate().map(|(at, id)| (id, at)).collect();
    let mut segments: Vec<_> = collected
        .segments
        .iter()
        .filter_map(|bytes| SegmentObject::decode(bytes.clone()).ok())
        .collect();
    segments.sort_by_key(|segment| order.get(&segment.trace_segment_id).copied());
    let known: HashMap<&str, usize> = segments
        .iter()
        .enumerate()
        .map(|(at, segment)| (segment.trace_segment_id.as_str(), at))
        .collect();
    // As in the OAP's view, a segment hangs below the last ref of its first span.
    let mut below: HashMap<(usize, i32), Vec<usize>> = HashMap::new();
    let mut roots = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let first = segment.spans.iter().find(|span| span.span_id == 0);
        let last = first.and_then(|span| span.refs.last());
        match last.and_then(|last| {
            Some((*known.get(last.parent_trace_segment_id.as_str())?, last.parent_span_id))
        }) {
            Some(parent) if parent.0 != at => below.entry(parent).or_default().push(at),
            _ => roots.push(at),
        }
    }
    roots
        .into_iter()
        .filter_map(|at| {
            let segment = segments.get(at)?;
            Some(Tree {
                trace_id: segment.trace_id.clone(),
                root: grow_segment(&segments, &below, at)?,
            })
        })
        .collect()
}

fn grow_segment(
    segments: &[SegmentObject],
    below: &HashMap<(usize, i32), Vec<usize>>,
    at: usize,
) -> Option<Span> {
    let segment = segments.get(at)?;
    let mut root =
        grow_span(segments, below, at, segment.spans.iter().find(|span| span.span_id == 0)?);
    root.is_size_limited = segment.is_size_limited;
    Some(root)
}

fn grow_span(
    segments: &[SegmentObject],
    below: &HashMap<(usize, i32), Vec<usize>>,
    at: usize,
    span: &SpanObject,
) -> Span {
    let inside = segments.get(at).map_or(&[][..], |segment| &segment.spans);
    let mut same: Vec<_> =
        inside.iter().filter(|child| child.parent_span_id == span.span_id).collect();
    same.sort_by_key(|child| child.span_id);
    let mut children: Vec<_> =
        same.into_iter().map(|child| grow_span(segments, below, at, child)).collect();
    let elsewhere = below.get(&(at, span.span_id)).into_iter().flatten();
    children.extend(elsewhere.filter_map(|other| grow_segment(segments, below, *other)));
    Span {
        segment_id: segments
            .get(at)
            .map_or_else(String::new, |segment| segment.trace_segment_id.clone()),
        children,
        ..leaf(span)
    }
}

fn kind(kind: SpanType) -> SpanKind {
    match kind {
        SpanType::Entry => SpanKind::Entry,
        SpanType::Exit => SpanKind::Exit,
        SpanType::Local => SpanKind::Local,
    }
}

fn layer(layer: v3::SpanLayer) -> SpanLayer {
    match layer {
        v3::SpanLayer::Unknown => SpanLayer::Unknown,
        v3::SpanLayer::Database => SpanLayer::Database,
        v3::SpanLayer::RpcFramework => SpanLayer::Rpc,
        v3::SpanLayer::Http => SpanLayer::Http,
        v3::SpanLayer::Mq => SpanLayer::Mq,
        v3::SpanLayer::Cache => SpanLayer::Cache,
        v3::SpanLayer::Faas => SpanLayer::Faas,
        v3::SpanLayer::GenAi => SpanLayer::GenAi,
    }
}

fn leaf(span: &SpanObject) -> Span {
    let pairs = |pairs: &[KeyStringValuePair]| {
        pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect::<Vec<_>>()
    };
    Span {
        segment_id: String::new(),
        span_id: span.span_id,
        kind: kind(span.span_type()),
        name: span.operation_name.clone(),
        layer: layer(span.span_layer()),
        component: span.component_id,
        peer: span.peer.clone(),
        is_error: span.is_error,
        skip_analysis: span.skip_analysis,
        tags: pairs(&span.tags),
        logs: span.logs.iter().map(|log| Log { fields: pairs(&log.data) }).collect(),
        refs: span
            .refs
            .iter()
            .map(|reference| Ref {
                kind: match reference.ref_type() {
                    RefType::CrossProcess => RefKind::CrossProcess,
                    RefType::CrossThread => RefKind::CrossThread,
                },
                segment_id: reference.parent_trace_segment_id.clone(),
                span_id: reference.parent_span_id,
                service: reference.parent_service.clone(),
                instance: reference.parent_service_instance.clone(),
                endpoint: reference.parent_endpoint.clone(),
                address: reference.network_address_used_at_peer.clone(),
            })
            .collect(),
        start: span.start_time,
        end: span.end_time,
        is_size_limited: false,
        children: Vec::new(),
    }
}
