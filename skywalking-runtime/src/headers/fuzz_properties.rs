//! Properties that hold for every text that an unknown client may send, as functions that panic on
//! a violation. The fuzz targets (`fuzz/`) call them with generated texts, and a test calls them
//! with the stored corpus. Each reader is compared with a second, simple implementation.
#![allow(
    unreachable_pub,
    reason = "public for the fuzz targets, which are no part of any other build"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::headers::carrier::{Extract as _, Inject as _};
use crate::headers::carriers::bare_text;
use crate::headers::correlation;
use crate::headers::correlation::{Correlation, Limits};
use crate::headers::extension::{self, Extension};
use crate::headers::sw8;
use crate::util::diagnostics::{self, Diagnostic};

/// Converts these bytes to text as a carrier does.
fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// `sw8`: the reader accepts exactly what the simple reader accepts, and the parts make up the same
/// header again.
pub fn sw8(data: &[u8]) {
    let header = text(data);
    let plain = plain_sw8(&header);
    match sw8::check(&header) {
        Ok(parts) => {
            let ranges = [
                parts.trace,
                parts.segment,
                parts.service,
                parts.instance,
                parts.endpoint,
                parts.address,
            ];
            let [trace, segment, names @ ..] = ranges
                .map(|range| STANDARD.encode(STANDARD.decode(&header[range]).expect("Base64")));
            // The span id may have leading zeros.
            let digits = header.split('-').nth(3).expect("a part");
            assert_eq!(digits.parse(), Ok(parts.span));
            assert_eq!(
                format!("{}-{trace}-{segment}-{digits}-{}", &header[..1], names.join("-")),
                header
            );
            assert!(plain, "accepted, but the plain reader rejects it: {header:?}");
        }
        Err(reason) => assert!(
            !plain,
            "rejected for {}, but the plain reader accepts it: {header:?}",
            reason.as_str()
        ),
    }
}

fn plain_sw8(header: &str) -> bool {
    let parts: Vec<_> = header.split('-').collect();
    let [flag, trace, segment, span, names @ ..] = &parts[..] else { return false };
    let id = |part: &str| {
        let bytes = STANDARD.decode(part).unwrap_or_default();
        (1..=150).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
    };
    header.len() <= sw8::LIMIT
        && names.len() == 4
        && matches!(*flag, "0" | "1")
        && (1..=10).contains(&span.len())
        && span.bytes().all(|byte| byte.is_ascii_digit())
        && span.parse::<i32>().is_ok()
        && id(trace)
        && id(segment)
        && names.iter().all(|name| STANDARD.decode(name).is_ok_and(|name| !name.is_empty()))
}

/// `sw8-correlation`: kept pairs were in the header, are within the limits, and survive a round
/// trip. Pairs that are left out are counted.
pub fn correlation(data: &[u8]) {
    const REASONS: [Diagnostic; 3] =
        [Diagnostic::CorrelationTooLong, Diagnostic::CorrelationPair, Diagnostic::CorrelationLimit];
    let counted = || REASONS.into_iter().map(diagnostics::read).sum::<u64>();
    let header = text(data);
    let limits = Limits::DEFAULT;
    let before = counted();
    let mut kept = Correlation::default();
    kept.read(&header, limits);
    let after = counted();

    let plain: Vec<_> = header.split(',').map(plain_pair).collect();
    assert!(kept.pairs().len() <= limits.pairs);
    for (key, value) in kept.pairs() {
        assert!(
            !key.is_empty()
                && !value.is_empty()
                && value.encode_utf16().count() <= limits.value_length
        );
        assert!(
            plain.iter().flatten().any(|(k, v)| (k, v) == (key, value)),
            "{key:?} {value:?} did not come in: {header:?}"
        );
    }
    let all_are_there = plain.iter().all(|pair| {
        pair.as_ref().is_some_and(|(key, value)| {
            value.is_empty() || kept.pairs().iter().any(|(k, _)| k == key)
        })
    });
    assert!(all_are_there || after > before, "left out and not counted: {header:?}");

    let mut sent = String::new();
    kept.write(&mut sent);
    let mut again = Correlation::default();
    if !sent.is_empty() {
        again.read(&sent, limits);
    }
    assert_eq!(again.pairs(), kept.pairs());
}

fn plain_pair(pair: &str) -> Option<(String, String)> {
    let (key, value) = pair.split_once(':')?;
    let text = |part| String::from_utf8(STANDARD.decode(part).ok()?).ok();
    Some((text(key)?, text(value)?)).filter(|(key, _)| !key.is_empty())
}

/// `sw8-x`: the fields equal those of the simple reader and survive a round trip. Invalid fields
/// are counted.
pub fn extension(data: &[u8]) {
    let header = text(data);
    let before = diagnostics::read(Diagnostic::ExtensionField);
    let read = Extension::read(&header);
    let counted = diagnostics::read(Diagnostic::ExtensionField) > before;
    let (mode, time) = match header.split('-').map(str::trim).collect::<Vec<_>>()[..] {
        _ if header.len() > extension::LIMIT => ("too long", ""),
        [mode] => (mode, ""),
        [mode, time, ..] => (mode, time),
        [] => ("", ""),
    };
    let known = ["", "0", "1"].contains(&mode);
    let plain_time =
        time.parse::<i64>().ok().filter(|number| *number > 0 && !time.starts_with('+'));
    assert_eq!(
        read,
        Extension { skip_analysis: mode == "1", sent: plain_time.map(i64::cast_unsigned) },
        "{header:?}"
    );
    assert!(
        (known && (time.is_empty() || plain_time.is_some())) || counted,
        "not read and not counted: {header:?}"
    );
    assert_eq!(Extension::parse(&read.write()), (read, 0));
}

/// Removes carriage returns at the end of a line: at the very end of a text they belong to no line
/// end until a line follows.
fn line_of(line: &str) -> &str {
    line.trim_end_matches('\r')
}

/// Returns the lines that do not begin with this prefix. Empty lines at the end are left out, since
/// a new line replaces them.
fn others<'a>(carrier: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_other = |line: &&str| {
        line.get(..prefix.len()).is_none_or(|start| !start.eq_ignore_ascii_case(prefix))
    };
    let mut left: Vec<_> = carrier.lines().filter(is_other).map(line_of).collect();
    left.truncate(left.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
    left
}

/// Returns a text of one word as a line, since it is the value of `sw8`.
fn with_name(lines: String) -> String {
    let word = bare_text(&lines);
    let is_word =
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    if is_word { format!("sw8:{word}") } else { lines }
}

/// Lines of `key:value` as a carrier: a header has the value that was set last, and all other lines
/// stay. Values that no header can hold are rejected and counted. The first byte of `data` selects
/// the header. Then follow the text up to a byte of 0, and the value.
pub fn carrier_lines(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let names = [sw8::HEADER, correlation::HEADER, extension::HEADER];
    let name = names[usize::from(*first) % names.len()];
    let mut parts = rest.splitn(2, |byte| *byte == 0);
    let (lines, value) =
        (text(parts.next().unwrap_or_default()), text(parts.next().unwrap_or_default()));
    let prefix = format!("{name}:");
    let mut carrier = lines.clone();
    let before = diagnostics::read(Diagnostic::HeaderRefused);
    carrier.set_header(name, &value);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        assert_eq!(carrier.header(name).as_deref(), Some(&*value));
        assert_eq!(
            carrier.lines().next_back().and_then(|line| line.strip_prefix(&prefix)),
            Some(&*value)
        );
        assert_eq!(others(&carrier, &prefix), others(&with_name(lines.clone()), &prefix));
        let length = carrier.len();
        carrier.set_header(name, &value);
        assert!(carrier.len() <= length, "a reused message grew: {carrier:?}");
    } else {
        assert_eq!(carrier, lines);
        assert!(diagnostics::read(Diagnostic::HeaderRefused) > before);
    }
    for other in names.into_iter().filter(|other| *other != name) {
        assert_eq!(
            carrier.header(other).as_deref().map(line_of),
            lines.header(other).as_deref().map(line_of)
        );
    }
    carrier.remove_header(name);
    assert_eq!(carrier.header(name), None);
    for other in names.into_iter().filter(|other| *other != name) {
        assert_eq!(
            carrier.header(other).as_deref().map(line_of),
            lines.header(other).as_deref().map(line_of)
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn each_of_the_corpus(target: &str, property: impl Fn(&[u8])) {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        // An unpacked package has no corpus. `cargo package` keeps the original manifest there.
        if package.join("Cargo.toml.orig").exists() {
            return;
        }
        let folder = package.join("../fuzz/corpus").join(target);
        let files: Vec<_> = folder
            .read_dir()
            .expect("the corpus")
            .map(|file| file.expect("a file").path())
            .collect();
        assert!(files.len() > 10, "{}", folder.display());
        for file in files {
            property(&std::fs::read(&file).expect("a file that can be read"));
        }
    }

    #[test]
    fn corpus_of_sw8_has_the_properties() {
        each_of_the_corpus("sw8", sw8);
    }

    #[test]
    fn corpus_of_correlation_has_the_properties() {
        each_of_the_corpus("correlation", correlation);
    }

    #[test]
    fn corpus_of_the_extension_has_the_properties() {
        each_of_the_corpus("extension", extension);
    }

    #[test]
    fn corpus_of_lines_has_the_properties() {
        each_of_the_corpus("carrier_lines", carrier_lines);
    }
}
