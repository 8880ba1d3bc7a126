//! The settings of the layer.

use skywalking_tracing::TracingLayer;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::prelude::*;

use crate::prelude::*;

fn with(layer: TracingLayer) -> String {
    let subscriber = tracing_subscriber::registry().with(layer.build());
    tracing::subscriber::with_default(subscriber, || {
        text(&run(|| {
            info_span!(target: "shop", "root", a = 1, b = 2).in_scope(|| {
                tracing::debug_span!(target: "shop::db", "query").in_scope(|| {
                    error!(target: "shop", code = 7, "failed");
                });
                info!(target: "shop", "done");
            });
        }))
    })
}

#[test]
fn levels_of_targets_select_spans_and_events() {
    const ERROR: &str = "[event=error message=failed code=7]";

    assert_eq!(
        with(TracingLayer::new()),
        format!("Local root ERROR {{a=1, b=2}} {ERROR} [level=INFO message=done]\n")
    );
    assert_eq!(
        with(TracingLayer::new().target("shop::db", LevelFilter::DEBUG)),
        format!("Local root {{a=1, b=2}} [level=INFO message=done]\n  Local query ERROR {ERROR}\n")
    );
    assert_eq!(
        with(TracingLayer::new().level(LevelFilter::DEBUG).target("shop", LevelFilter::ERROR)),
        ""
    );
}

#[test]
fn events_fields_and_targets_are_settings() {
    let layer = TracingLayer::new;

    assert_eq!(with(layer().events(LevelFilter::OFF)), "Local root {a=1, b=2}\n");
    assert_eq!(
        with(layer().error_events(false).events(LevelFilter::ERROR)),
        "Local root {a=1, b=2} [event=error message=failed code=7]\n"
    );
    assert_eq!(
        with(layer().max_fields(1).events(LevelFilter::ERROR)),
        "Local root ERROR {a=1} [event=error message=failed]\n"
    );
    assert_eq!(
        with(layer().record_targets(true).events(LevelFilter::ERROR)),
        "Local root ERROR {target=shop, a=1, b=2} \
         [event=error target=shop message=failed code=7]\n"
    );
}
