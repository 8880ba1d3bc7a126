//! Attributes that are set before a span opens: texts in several pieces.

use skywalking_runtime::{Callsite, ResumableSpan, callsite, span, testing};

static REQUEST: Callsite = callsite!(entry, "HTTP");
static FALLBACK: Callsite = callsite!(entry, "HTTP").fallback();

/// Returns the name and the tag `x` of two spans: with the whole text, and with its pieces.
fn described(pieces: &[&str]) -> [(String, String); 2] {
    let whole = pieces.concat();
    let trees = testing::run(|| {
        ResumableSpan::open(&REQUEST, |span| _ = span.name(&whole).tag("x", &whole), || ())
            .0
            .finish();
        ResumableSpan::open(
            &REQUEST,
            |span| _ = span.name_parts(pieces).tag_parts("x", pieces),
            || (),
        )
        .0
        .finish();
    });
    [0, 1].map(|at| (trees[at].root.name.clone(), trees[at].root.tags[0].1.clone()))
}

#[test]
fn text_in_pieces_is_cut_and_cleaned_like_a_whole_one() {
    let long = "x".repeat(149);
    let longer = "\u{1d11e}".repeat(1_023);
    for pieces in [
        &["GET", ":", "/users"][..],
        &[""],
        &["", ""],
        &[&long, "", "y"],
        &[&long, "y", "z"],
        &[&long, "\u{1d11e}"],
        &["a\nb", "\u{7f}", "\u{85}c"],
        &[&longer, "ab", "c"],
        &[&longer, "a", "\u{1d11e}"],
    ] {
        let [whole, in_pieces] = described(pieces);
        assert_eq!(whole, in_pieces, "{pieces:?}");
    }
}

#[test]
fn name_in_pieces_replaces_a_merged_name_unless_fallback() {
    let merged = |callsite| {
        let trees = testing::run(|| {
            span(&REQUEST).run(|| {
                ResumableSpan::open(callsite, |span| _ = span.name_parts(&["a", "b"]), || ())
                    .0
                    .finish();
            });
        });
        testing::text(&trees)
    };

    assert_eq!(merged(&REQUEST), "Entry ab\n");
    assert_eq!(merged(&FALLBACK), "Entry HTTP\n");
}

#[test]
fn unsampled_request_formats_no_pieces() {
    let trees = testing::Test::new().sampler(|_| false).run(|| {
        ResumableSpan::open(
            &REQUEST,
            |span| _ = span.name_parts(&["a"]).tag_parts("x", &["a"]),
            || (),
        )
        .0
        .finish();
    });
    assert_eq!(trees, []);
}
