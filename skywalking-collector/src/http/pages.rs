//! The pages: static files that are embedded in the program.
//!
//! They contain no data, so they need no token. Their script reads data from `/api` with the token
//! that the user enters.

mod assets;
mod bundle;
mod document;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::response::error_response;
use crate::text::quoted;
use assets::Asset;
use document::{DOCUMENT, POLICY};

/// The paths of the pages. Each returns `index.html`, whose script shows the page of the address.
const PAGES: [&str; 7] =
    ["/", "/traces", "/traces/{id}", "/map", "/services", "/services/{name}", "/logs"];

/// What the responses for an asset have in common, made at the first request.
struct Prepared {
    etag: HeaderValue,
    /// `None` if compression doesn't make the asset smaller.
    gzip: Option<Vec<u8>>,
}

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let router = Router::new().route("/assets/{*path}", get(asset));
    PAGES.into_iter().fold(router, |router, path| router.route(path, get(index)))
}

/// Returns whether the path is that of a page or of an embedded file.
pub(super) fn contains(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    match first {
        Some("" | "map" | "logs") => second.is_none(),
        Some("traces" | "services") => third.is_none(),
        first => first == Some("assets"),
    }
}

async fn index(headers: HeaderMap) -> Response {
    respond(&DOCUMENT, &headers)
}

async fn asset(Path(path): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    assets::find(&path).map_or_else(
        || {
            let message = format!("not found: {}. Reload the page", quoted(uri.path()));
            error_response(StatusCode::NOT_FOUND, &message)
        },
        |asset| respond(asset, &headers),
    )
}

fn respond(asset: &'static Asset, request: &HeaderMap) -> Response {
    let prepared = asset.prepared.get_or_init(|| prepare(&asset.bytes));
    let gzip = prepared.gzip.as_deref().filter(|_| accepts_gzip(request));
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, asset.content_type()),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (REFERRER_POLICY, "no-referrer"),
        (VARY, "accept-encoding"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(ETAG, prepared.etag.clone());
    if is_current(request, &prepared.etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    if gzip.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    *response.body_mut() = Body::from(Bytes::from_static(gzip.unwrap_or(&asset.bytes)));
    response
}

fn prepare(bytes: &[u8]) -> Prepared {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    // Weak: the compressed and the plain form share it.
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let etag = HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("W/\"\""));
    Prepared { etag, gzip: compress(bytes).ok().filter(|gzip| gzip.len() < bytes.len()) }
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Returns whether one of the `If-None-Match` headers contains the tag.
fn is_current(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag.as_bytes() == etag.as_bytes() || tag == "*")
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let accepted = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.split_once('=').is_some_and(|(_, q)| q.trim().parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};
    use std::{fs, str};

    use serde::Deserialize;
    use sha2::{Digest as _, Sha256};

    use super::assets::{ASSETS, INDEX};

    use super::*;

    /// Not part of the program: the hashes of the vendored files.
    const VENDOR_MANIFEST: &str = "vendor/vendor.toml";

    #[derive(Deserialize)]
    struct Manifest {
        package: Vec<Package>,
    }

    #[derive(Deserialize)]
    struct Package {
        file: Vec<Vendored>,
    }

    #[derive(Deserialize)]
    struct Vendored {
        path: String,
        sha256: String,
    }

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
    }

    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }

    fn text(path: &str) -> String {
        fs::read_to_string(folder().join(path)).expect("a text")
    }

    #[test]
    fn table_lists_every_file_of_the_folder() {
        let mut files = Vec::new();
        walk(&folder(), &mut files);
        let root = folder();
        let files = files.iter().map(|file| file.strip_prefix(&root).expect("below"));
        let files: BTreeSet<_> = files.map(|file| file.to_str().expect("UTF-8")).collect();
        let table = ASSETS.iter().map(|asset| &*asset.path);
        let table: BTreeSet<_> = table.chain([&*INDEX.path, VENDOR_MANIFEST]).collect();

        let missing: Vec<_> = files.difference(&table).collect();
        assert!(missing.is_empty(), "add to http/pages/assets.rs: {missing:#?}");
        assert_eq!(ASSETS.len() + 2, table.len(), "a file is listed twice");
    }

    #[test]
    fn vendored_files_have_their_hashes() {
        let manifest: Manifest = toml::from_str(&text(VENDOR_MANIFEST)).expect("a manifest");
        let mut listed = BTreeSet::from([VENDOR_MANIFEST.to_owned()]);
        for file in manifest.package.into_iter().flat_map(|package| package.file) {
            let path = format!("vendor/{}", file.path);
            let hash = Sha256::digest(fs::read(folder().join(&path)).expect("a vendored file"));
            assert_eq!(format!("{hash:x}"), file.sha256, "{path}");
            listed.insert(path);
        }
        let vendored = ASSETS.iter().filter(|asset| asset.path.starts_with("vendor/"));
        for asset in vendored {
            assert!(listed.contains(&*asset.path), "{} is not in vendor.toml", asset.path);
        }
    }

    #[test]
    fn index_names_only_embedded_files() {
        let index = str::from_utf8(&INDEX.bytes).expect("UTF-8");
        let named = index.split("\"/assets/").skip(1).map(|rest| rest.split('"').next());
        for path in named.map(|path| path.expect("a path")) {
            assert!(ASSETS.iter().any(|asset| asset.path == path), "{path}");
        }
    }

    #[test]
    fn modules_are_bundled() {
        let entries = bundle::scripts(&assets::files()).expect("modules of known forms");
        let paths: Vec<_> = entries.iter().map(|entry| &entry.path[..]).collect();
        assert_eq!(
            paths,
            [
                "js/main.js",
                "js/pages/logs/index.js",
                "js/pages/map/index.js",
                "js/pages/services/index.js",
                "js/pages/trace/index.js",
                "js/ui/key-list.js",
                "js/ui/palette.js",
            ]
        );
        for entry in &entries {
            let found = assets::find(&entry.path).expect("an entry");
            assert!(*found.bytes == *entry.text.as_bytes(), "{}", entry.path);
        }
    }

    #[test]
    fn style_sheets_are_bundled() {
        let style = bundle::style(&assets::files()).expect("lines of a known form");
        let found = assets::find("style/main.css").expect("a style sheet");
        assert!(*found.bytes == *style.text.as_bytes() && style.text.contains(".traces"));
    }

    #[test]
    fn imports_of_bundles_are_embedded() {
        let index = str::from_utf8(&INDEX.bytes).expect("UTF-8");
        for entry in bundle::scripts(&assets::files()).expect("modules of known forms") {
            let lines = entry.text.lines().filter(|line| line.starts_with("import {"));
            for line in lines {
                let (_, name) = line.split_once(" from \"").expect("a name");
                let name = name.trim_end_matches("\";");
                let mapped = index.split_once(&format!("\"{name}\": \""));
                let path = mapped.and_then(|(_, path)| path.split('"').next()).unwrap_or(name);
                let path = path.strip_prefix("/assets/").expect("an address");
                assert!(assets::find(path).is_some(), "{}: {line}", entry.path);
            }
        }
    }

    #[test]
    fn source_maps_belong_to_the_scripts() {
        for entry in bundle::scripts(&assets::files()).expect("modules of known forms") {
            let last = entry.text.lines().last().expect("a line");
            let map = last.strip_prefix("//# sourceMappingURL=/assets/").expect("an address");
            let map = assets::find(map).expect("a source map");
            let map: serde_json::Value = serde_json::from_slice(&map.bytes).expect("JSON");
            let sources = map["sources"].as_array().expect("a list");
            assert!(sources.contains(&format!("modules/{}", entry.path).into()), "{sources:?}");
        }
    }

    #[test]
    fn paths_of_pages_are_recognized() {
        let pages = ["/", "/traces", "/traces/a", "/map", "/services", "/services/a%2Fb"];
        for path in pages.into_iter().chain(["/assets/js/main.js", "/assets/missing"]) {
            assert!(contains(path), "{path}");
        }
        for path in ["/api/traces", "//api", "/map/api", "/traces/a/b", "/assetsx", "", "*"] {
            assert!(!contains(path), "{path}");
        }
    }

    #[test]
    fn gzip_decompresses_to_the_asset() {
        for asset in &ASSETS {
            let Some(gzip) = prepare(&asset.bytes).gzip else { continue };
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut bytes)
                .expect("gzip");
            assert!(bytes == *asset.bytes, "{}", asset.path);
        }
        assert!(prepare(b"").gzip.is_none());
    }

    #[test]
    fn gzip_is_sent_if_accepted() {
        let accepts = |value: &'static str| {
            let headers =
                HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip") && accepts("br, GZIP;q=0.5") && accepts("deflate , gzip ; q=1"));
        assert!(!accepts("") && !accepts("br") && !accepts("gzip;q=0") && !accepts("gzip;q=0.0"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
