//! The document that each page's address returns: `index.html`.
//!
//! Its first script and its style sheet are sent inside it, so that the first paint needs fewer
//! requests. The policy allows them by their hashes.

use std::borrow::Cow;
use std::str;
use std::sync::{LazyLock, OnceLock};

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::assets::{self, Asset, INDEX};

/// The elements of `index.html` that name a file, the file, and the element that contains it.
const INLINED: [(&str, &str, &str); 2] = [
    ("<script src=\"/assets/js/first.js\"></script>", "js/first.js", "script"),
    ("<link rel=\"stylesheet\" href=\"/assets/style/main.css\">", "style/main.css", "style"),
];

pub(super) static DOCUMENT: LazyLock<Asset> = LazyLock::new(|| {
    let mut text = text_of(&INDEX).to_owned();
    for (element, path, name) in INLINED {
        if let Some(file) = assets::find(path) {
            text = text.replace(element, &format!("<{name}>{}</{name}>", text_of(file)));
        }
    }
    Asset {
        path: INDEX.path.clone(),
        bytes: Cow::Owned(text.into_bytes()),
        prepared: OnceLock::new(),
    }
});

/// Allows only scripts and styles of this port, and those that the document contains.
pub(super) static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let text = text_of(&DOCUMENT);
    let scripts = hashes(text, &["<script>", "<script type=\"importmap\">"], "</script>");
    let styles = hashes(text, &["<style>"], "</style>");
    let policy = format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

fn text_of(asset: &Asset) -> &str {
    str::from_utf8(&asset.bytes).unwrap_or_default()
}

/// Returns the sources of a policy for the contents of elements, each after a space.
fn hashes(document: &str, starts: &[&str], end: &str) -> String {
    let contents = starts.iter().flat_map(|start| document.split(start).skip(1));
    contents.filter_map(|rest| rest.split(end).next()).fold(String::new(), |sources, text| {
        let hash = STANDARD.encode(Sha256::digest(text));
        sources + " 'sha256-" + &hash + "'"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_contains_its_first_script_and_style() {
        let text = text_of(&DOCUMENT);
        for (element, path, name) in INLINED {
            let file = text_of(assets::find(path).expect("a file"));
            assert!(text_of(&INDEX).contains(element) && !text.contains(element), "{element}");
            assert!(text.contains(&format!("<{name}>{file}</{name}>")), "{path}");
            assert!(!file.contains("</"), "{path} could end its element");
        }
    }

    #[test]
    fn policy_allows_what_the_document_contains() {
        let policy = POLICY.to_str().expect("ASCII");
        assert_eq!(policy.matches("'sha256-").count(), 3, "{policy}");
        let hash =
            STANDARD.encode(Sha256::digest(text_of(assets::find("js/first.js").expect("it"))));
        assert!(policy.contains(&format!("script-src 'self' 'sha256-{hash}'")), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
