//! The table of embedded files. A test compares it with the folder `pages`.

use std::borrow::Cow;
use std::str;
use std::sync::{LazyLock, OnceLock};

use super::Prepared;
use super::bundle::{self, BundleError, Entry, Files};

pub(super) struct Asset {
    /// The path below `pages/`, and below `/assets/` in a request.
    pub(super) path: Cow<'static, str>,
    pub(super) bytes: Cow<'static, [u8]>,
    pub(super) prepared: OnceLock<Prepared>,
}

/// The scripts of the entries, which replace their first modules.
static SCRIPTS: LazyLock<Vec<Asset>> = LazyLock::new(|| made(bundle::scripts(&files())));
static SOURCE_MAPS: LazyLock<Vec<Asset>> = LazyLock::new(|| made(bundle::source_maps(&files())));
static STYLE: LazyLock<Vec<Asset>> =
    LazyLock::new(|| made(bundle::style(&files()).map(|entry| vec![entry])));

/// Returns what a request for a path gets.
pub(super) fn find(path: &str) -> Option<&'static Asset> {
    let made: &'static [Asset] = match path.rsplit_once('.') {
        Some((_, "map")) => &SOURCE_MAPS,
        Some((_, "css")) => &STYLE,
        _ => &SCRIPTS,
    };
    made.iter().chain(&ASSETS).find(|asset| asset.path == path)
}

/// A test bundles the files, so this does not fail. They also work one by one.
fn made(entries: Result<Vec<Entry>, BundleError>) -> Vec<Asset> {
    let assets = entries.unwrap_or_default().into_iter().map(|entry| Asset {
        path: Cow::Owned(entry.path),
        bytes: Cow::Owned(entry.text.into_bytes()),
        prepared: OnceLock::new(),
    });
    assets.collect()
}

/// Returns the modules and style sheets by their paths.
pub(super) fn files() -> Files<'static> {
    let text = |asset: &'static Asset| str::from_utf8(&asset.bytes).unwrap_or_default();
    let is_source = |asset: &&Asset| !asset.path.ends_with("LICENSE");
    ASSETS.iter().filter(is_source).map(|asset| (&*asset.path, text(asset))).collect()
}

impl Asset {
    pub(super) fn content_type(&self) -> &'static str {
        match self.path.rsplit_once('.') {
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "html")) => "text/html; charset=utf-8",
            Some((_, "map")) => "application/json",
            Some((_, "js" | "mjs")) => "text/javascript; charset=utf-8",
            Some((_, "svg")) => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        }
    }
}

macro_rules! asset {
    ($path:literal) => {
        Asset {
            path: Cow::Borrowed($path),
            bytes: Cow::Borrowed(include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/pages/",
                $path
            ))),
            prepared: OnceLock::new(),
        }
    };
}

macro_rules! assets {
    ($($path:literal)*) => {
        pub(super) static ASSETS: [Asset; [$($path),*].len()] = [$(asset!($path)),*];
    };
}

pub(super) static INDEX: Asset = asset!("index.html");

// One line a file, sorted by path.
assets! {
    "icon.svg"
    "js/api.js"
    "js/charts/calls.js"
    "js/charts/chart.js"
    "js/charts/series.js"
    "js/charts/uplot.js"
    "js/colors.js"
    "js/first.js"
    "js/format.js"
    "js/html.js"
    "js/keys.js"
    "js/live.js"
    "js/main.js"
    "js/memory.js"
    "js/pages/logs/bar.js"
    "js/pages/logs/details.js"
    "js/pages/logs/feed.js"
    "js/pages/logs/filters.js"
    "js/pages/logs/first-log.js"
    "js/pages/logs/index.js"
    "js/pages/logs/list.js"
    "js/pages/logs/row.js"
    "js/pages/logs/snippets.js"
    "js/pages/map/canvas.js"
    "js/pages/map/compare.js"
    "js/pages/map/compared.js"
    "js/pages/map/cut.js"
    "js/pages/map/edge.js"
    "js/pages/map/edges.js"
    "js/pages/map/figures.js"
    "js/pages/map/filters.js"
    "js/pages/map/graph.js"
    "js/pages/map/icons.js"
    "js/pages/map/index.js"
    "js/pages/map/layout.js"
    "js/pages/map/links.js"
    "js/pages/map/motion.js"
    "js/pages/map/node.js"
    "js/pages/map/panel.js"
    "js/pages/map/sizes.js"
    "js/pages/map/table.js"
    "js/pages/map/toolbar.js"
    "js/pages/map/viewport.js"
    "js/pages/map/words.js"
    "js/pages/map/zoom.js"
    "js/pages/services/all.js"
    "js/pages/services/columns.js"
    "js/pages/services/data-table.js"
    "js/pages/services/endpoints.js"
    "js/pages/services/events.js"
    "js/pages/services/grouped.js"
    "js/pages/services/index.js"
    "js/pages/services/instances.js"
    "js/pages/services/list.js"
    "js/pages/services/meter-series.js"
    "js/pages/services/meters.js"
    "js/pages/services/neighbours.js"
    "js/pages/services/overview.js"
    "js/pages/services/service.js"
    "js/pages/services/sort.js"
    "js/pages/services/statements.js"
    "js/pages/services/violations.js"
    "js/pages/trace/actions.js"
    "js/pages/trace/address.js"
    "js/pages/trace/bar.js"
    "js/pages/trace/curl.js"
    "js/pages/trace/details.js"
    "js/pages/trace/fields.js"
    "js/pages/trace/filters.js"
    "js/pages/trace/gaps.js"
    "js/pages/trace/groups.js"
    "js/pages/trace/growth.js"
    "js/pages/trace/head.js"
    "js/pages/trace/index.js"
    "js/pages/trace/keys.js"
    "js/pages/trace/log-groups.js"
    "js/pages/trace/marks.js"
    "js/pages/trace/minimap.js"
    "js/pages/trace/model.js"
    "js/pages/trace/notes.js"
    "js/pages/trace/page.js"
    "js/pages/trace/pieces.js"
    "js/pages/trace/references.js"
    "js/pages/trace/reported-logs.js"
    "js/pages/trace/row.js"
    "js/pages/trace/ruler.js"
    "js/pages/trace/scale.js"
    "js/pages/trace/sort.js"
    "js/pages/trace/sql.js"
    "js/pages/trace/state.js"
    "js/pages/trace/summary.js"
    "js/pages/trace/table.js"
    "js/pages/trace/waterfall.js"
    "js/pages/traces/completion.js"
    "js/pages/traces/feed.js"
    "js/pages/traces/filters.js"
    "js/pages/traces/first-steps.js"
    "js/pages/traces/histogram.js"
    "js/pages/traces/index.js"
    "js/pages/traces/list.js"
    "js/pages/traces/row.js"
    "js/pages/traces/search.js"
    "js/pages/traces/snippets.js"
    "js/recent.js"
    "js/router.js"
    "js/shell.js"
    "js/store.js"
    "js/ui/anchor.js"
    "js/ui/arrivals.js"
    "js/ui/columns.js"
    "js/ui/copy.js"
    "js/ui/dialog.js"
    "js/ui/failure.js"
    "js/ui/icon.js"
    "js/ui/key-list.js"
    "js/ui/live-button.js"
    "js/ui/paint.js"
    "js/ui/palette.js"
    "js/ui/range.js"
    "js/ui/rows.js"
    "js/ui/sidebar.js"
    "js/ui/splitter.js"
    "js/ui/tabs.js"
    "js/ui/theme.js"
    "js/ui/token.js"
    "js/ui/values.js"
    "js/ui/virtual.js"
    "style/base.css"
    "style/charts.css"
    "style/data.css"
    "style/logs.css"
    "style/main.css"
    "style/map.css"
    "style/services.css"
    "style/shell.css"
    "style/tokens.css"
    "style/trace-details.css"
    "style/trace.css"
    "style/traces.css"
    "style/ui.css"
    "vendor/dagre/LEGAL.txt"
    "vendor/dagre/LICENSE"
    "vendor/dagre/dagre.mjs"
    "vendor/htm/LICENSE"
    "vendor/htm/htm.mjs"
    "vendor/preact/LICENSE"
    "vendor/preact/hooks.mjs"
    "vendor/preact/preact.mjs"
    "vendor/uplot/LICENSE"
    "vendor/uplot/uplot.css"
    "vendor/uplot/uplot.js"
}
