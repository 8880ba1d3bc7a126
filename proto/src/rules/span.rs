//! The rules of one span, except its refs.

use std::collections::HashSet;

use super::lengths::{
    OPERATION_UNITS, PEER_UNITS, STACK_UNITS, TAG_UNITS, is_blank, quoted, units,
};
use super::{Flow, Rule, Validator};
use crate::storage::LogicEndpoint;
use crate::v3::{KeyStringValuePair, Log, SpanLayer, SpanObject, SpanType};

/// The OAP has a table for each day of its own time zone. No time zone is further away.
const DAYS_AWAY_MS: i64 = 2 * 24 * 3600 * 1000;
/// The limit of the Java agent for one span.
const LOGS: usize = 300;

impl Validator<'_> {
    pub(super) fn span(&mut self, span: &SpanObject) -> Flow {
        let id = span.span_id;
        if id < 0 {
            self.report(Some(id), Rule::SpanIdNegative)?;
        } else {
            self.parent(span)?;
        }
        self.times(span)?;
        self.name(Some(id), "operation name", &span.operation_name, OPERATION_UNITS)?;
        self.operation_name_fits(span)?;
        self.kind_and_layer(span)?;
        self.characters(Some(id), "peer", &span.peer)?;
        self.length(Some(id), "peer", &span.peer, PEER_UNITS)?;
        self.peer_fits(Some(id), "peer", &span.peer)?;
        if span.component_id < 0 {
            self.report(Some(id), Rule::Component { value: span.component_id })?;
        }
        self.tags(span)?;
        self.most(id, "logs", span.logs.len(), LOGS)?;
        span.logs.iter().try_for_each(|log| self.log(span, log))?;
        self.references(span)
    }

    fn times(&mut self, span: &SpanObject) -> Flow {
        let (start, end, now) = (span.start_time, span.end_time, self.now);
        if start <= 0 || start.saturating_sub(now).saturating_abs() > DAYS_AWAY_MS {
            self.report(Some(span.span_id), Rule::StartTime { start, now })?;
        }
        if end < start {
            self.report(Some(span.span_id), Rule::EndBeforeStart { start, end })?;
        }
        Flow::Continue(())
    }

    fn parent(&mut self, span: &SpanObject) -> Flow {
        let (id, parent) = (span.span_id, span.parent_span_id);
        let rule = match (id, parent) {
            (0, -1) => return Flow::Continue(()),
            (0, _) => Rule::FirstSpanBelow { parent },
            (_, -1) if self.spans.contains_key(&0) => Rule::SecondRoot,
            // The missing span 0 is a violation of its own.
            (_, -1) => return Flow::Continue(()),
            _ => match self.spans.get(&parent).map(|parent| parent.start_time) {
                None => Rule::ParentMissing { parent },
                Some(_) if parent >= id => Rule::ParentNotBefore { parent },
                Some(start) if span.start_time < start => {
                    Rule::StartBeforeParent { start: span.start_time, parent, parent_start: start }
                }
                Some(_) => return Flow::Continue(()),
            },
        };
        self.report(Some(id), rule)
    }

    fn kind_and_layer(&mut self, span: &SpanObject) -> Flow {
        let id = Some(span.span_id);
        let (kind, layer) =
            (SpanType::try_from(span.span_type), SpanLayer::try_from(span.span_layer));
        match (kind, layer) {
            (Ok(SpanType::Exit), _) if is_blank(&span.peer) => self.report(id, Rule::NoPeer)?,
            (Ok(kind @ (SpanType::Entry | SpanType::Local)), Ok(SpanLayer::Database)) => {
                self.report(id, Rule::Database { kind: kind.as_str_name() })?;
            }
            _ => {}
        }
        if kind.is_err() {
            self.report(
                id,
                Rule::Number {
                    what: "span type",
                    value: span.span_type,
                    last: SpanType::Local.into(),
                },
            )?;
        }
        let key = match layer {
            Ok(SpanLayer::Cache) => "cache.type",
            Ok(SpanLayer::GenAi) => "gen_ai.response.model",
            Ok(_) => return Flow::Continue(()),
            Err(_) => {
                return self.report(
                    id,
                    Rule::Number {
                        what: "span layer",
                        value: span.span_layer,
                        last: SpanLayer::GenAi.into(),
                    },
                );
            }
        };
        if !span.tags.iter().any(|tag| tag.key == key && !is_blank(&tag.value)) {
            self.report(
                id,
                Rule::TagMissing { layer: layer.map_or("", |layer| layer.as_str_name()), key },
            )?;
        }
        Flow::Continue(())
    }

    fn tags(&mut self, span: &SpanObject) -> Flow {
        let id = Some(span.span_id);
        let mut seen = HashSet::with_capacity(span.tags.len());
        for tag in &span.tags {
            if !seen.insert(tag.key.as_str()) {
                let key = quoted(&tag.key);
                let cache = span.span_layer == i32::from(SpanLayer::Cache);
                self.report(
                    id,
                    if cache { Rule::CacheTagTwice { key } } else { Rule::TagTwice { key } },
                )?;
            }
            self.key(span, "tag", tag)?;
            self.characters(id, "tag value", &tag.value)?;
            self.length(id, "tag value", &tag.value, TAG_UNITS)?;
            self.tag_fits(id, tag)?;
            if let Some(rule) = value(tag) {
                self.report(id, rule)?;
            }
        }
        Flow::Continue(())
    }

    fn log(&mut self, span: &SpanObject, log: &Log) -> Flow {
        let (time, start, end) = (log.time, span.start_time, span.end_time);
        // A span with an invalid end has no time that a log could be in.
        if end >= start && !(start..=end).contains(&time) {
            self.report(Some(span.span_id), Rule::LogTime { time, start, end })?;
        }
        for field in &log.data {
            self.key(span, "log field", field)?;
            self.characters(Some(span.span_id), "log field", &field.value)?;
            if field.key == "stack" && units(before_last_line(&field.value)) > STACK_UNITS {
                let units = units(&field.value);
                let rule = Rule::TooLong {
                    what: "stack",
                    value: quoted(&field.value),
                    units,
                    limit: STACK_UNITS,
                };
                self.report(Some(span.span_id), rule)?;
            }
        }
        Flow::Continue(())
    }

    fn key(&mut self, span: &SpanObject, what: &'static str, pair: &KeyStringValuePair) -> Flow {
        if is_blank(&pair.key) {
            return self
                .report(Some(span.span_id), Rule::NoKey { what, value: quoted(&pair.value) });
        }
        self.characters(Some(span.span_id), "key", &pair.key)
    }
}

/// Returns all but the last line, without the line break. The Java agent adds whole lines until the
/// limit is reached, so its last line may go beyond the limit.
fn before_last_line(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let before = text.rsplit_once('\n').map_or("", |(before, _)| before);
    before.strip_suffix('\r').unwrap_or(before)
}

/// Returns the violation of a tag that the OAP evaluates, if there is one.
fn value(tag: &KeyStringValuePair) -> Option<Rule> {
    const LATENCY: &str = "transmission.latency";
    let value = tag.value.as_str();
    let lost = |key, wanted| Some(Rule::TagLosesSegment { key, value: quoted(value), wanted });
    let wrong = |key, wanted| Some(Rule::TagValue { key, value: quoted(value), wanted });
    match tag.key.as_str() {
        // The OAP reads a blank value as 0.
        LATENCY if is_blank(value) => None,
        LATENCY => match value.parse::<i64>() {
            Err(_) => lost(LATENCY, "milliseconds as an integer"),
            Ok(..0) => wrong(LATENCY, "0 or more milliseconds"),
            Ok(0..) => None,
        },
        "x-le" if LogicEndpoint::parse(value).is_none() => {
            lost("x-le", r#"a JSON object such as {"logic-span":true}"#)
        }
        "http.status_code" if value.parse::<i32>().is_err() => {
            wrong("http.status_code", "an integer")
        }
        "status_code" if value.parse::<i32>().is_err() => {
            wrong("status_code", "an integer, as http.status_code")
        }
        _ => None,
    }
}
