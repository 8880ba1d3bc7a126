//! The limits of SQL storage: each text at its limit, and one character beyond.

use super::*;

/// Returns the message of each rule, broken alone.
pub(super) fn reported() -> Vec<String> {
    let cjk = |count| "键".repeat(count);
    let names = [
        one(good(), |s| s.service = cjk(50)),
        one(good(), |s| {
            s.service = cjk(49);
            s.service_instance = cjk(13);
        }),
        entry(|span| span.operation_name = cjk(58)),
        one(good(), |s| {
            s.service = "s".repeat(34);
            s.spans[0].operation_name = "n".repeat(148);
        }),
        thread_ref(|r| r.parent_endpoint = cjk(58)),
        one(continued(), |s| s.spans[0].operation_name = cjk(58)),
        one(continued(), |s| {
            s.spans[0].refs.clear();
            s.spans[0].operation_name = cjk(124);
        }),
        process_ref(|r| r.parent_service = cjk(50)),
        process_ref(|r| {
            r.parent_service = cjk(49);
            r.parent_endpoint = "/".into();
            r.parent_service_instance = cjk(13);
        }),
        process_ref(|r| r.parent_endpoint = cjk(60)),
        process_ref(|r| r.network_address_used_at_peer = cjk(31)),
        exit(|span| span.peer = cjk(31)),
        exit(|span| span.tags.push(pair("mq.topic", &cjk(49)))),
        exit(|span| span.tags.push(pair("cache.key", &"k".repeat(1_901)))),
    ];
    let characters = [
        one(good(), |s| s.service = "a\0b".into()),
        one(good(), |s| s.service_instance = "a\0b".into()),
        local(|span| span.operation_name = "a\0b".into()),
        local(|span| span.peer = "a\0b".into()),
        exit(|span| span.tags[1].value = "\0".into()),
        exit(|span| span.tags[1].key = "\0".into()),
        local(|span| span.logs[0].data[0].value = "\0".into()),
        local(|span| span.logs[0].data[0].key = "\0".into()),
        process_ref(|r| r.parent_service = "\0".into()),
        process_ref(|r| r.parent_service_instance = "\0".into()),
        process_ref(|r| r.parent_endpoint = "\0".into()),
        process_ref(|r| r.network_address_used_at_peer = "\0".into()),
    ];
    names.into_iter().chain(characters).collect()
}

#[test]
fn text_over_a_limit_is_reported_with_the_limit() {
    insta::assert_snapshot!(reported().join("\n"), @r#"
    column segment "s" has the service name "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 147 bytes
    column segment "s" has the instance name "键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 36 bytes
    column span 0 of segment "s" has the operation name "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 171 bytes
    column span 0 of segment "s" has the operation name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 147 bytes
    column span 0 of segment "s" has the endpoint in a ref "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 171 bytes
    column span 0 of segment "s" has the operation name "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 171 bytes
    column span 0 of segment "s" has the operation name "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键…", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 369 bytes
    column span 0 of segment "s" has the service in a ref "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 147 bytes
    column span 0 of segment "s" has the instance in a ref "键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 36 bytes
    column span 0 of segment "s" has the endpoint in a ref "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 174 bytes
    column span 0 of segment "s" has the address in a ref "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 90 bytes
    column span 2 of segment "s" has the peer "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 90 bytes
    column span 2 of segment "s" has the tag mq.topic "键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键键", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 144 bytes
    column span 2 of segment "s" has the tag cache.key "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…", too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most 1900 UTF-16 units
    nul segment "s" has U+0000 in the service name "a\0b", so the OAP's SQL storage rejects it and other services' data: replace it
    nul segment "s" has U+0000 in the instance name "a\0b", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 1 of segment "s" has U+0000 in the operation name "a\0b", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 1 of segment "s" has U+0000 in the peer "a\0b", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 2 of segment "s" has U+0000 in the tag value "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 2 of segment "s" has U+0000 in the key "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 1 of segment "s" has U+0000 in the log field "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 1 of segment "s" has U+0000 in the key "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 0 of segment "s" has U+0000 in the service in a ref "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 0 of segment "s" has U+0000 in the instance in a ref "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 0 of segment "s" has U+0000 in the endpoint in a ref "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    nul span 0 of segment "s" has U+0000 in the address in a ref "\0", so the OAP's SQL storage rejects it and other services' data: replace it
    "#);
}

#[test]
fn text_at_a_limit_is_allowed() {
    let right = |change: fn(&mut SegmentObject)| assert_eq!(broken(good(), change), []);
    right(|s| {
        s.service = "键".repeat(49);
        s.service_instance = "键".repeat(12);
        s.spans[0].operation_name = "键".repeat(12);
        s.spans[1].operation_name = "键".repeat(150);
        s.spans[2].operation_name = "键".repeat(150);
    });
    right(|s| {
        s.spans[0].operation_name = "键".repeat(57);
        s.spans[0].refs[0].parent_endpoint = "键".repeat(58);
        s.spans[2].peer = "键".repeat(30);
    });
    // A span that nobody calls is an endpoint of its segment alone.
    let first = |count| {
        broken(continued(), |s| {
            s.spans[0].refs.clear();
            s.spans[0].operation_name = "键".repeat(count);
        })
    };
    assert_eq!(first(123), []);
    assert_eq!(first(124).len(), 1);
    right(|s| s.spans[1].logs[0].data[0].value = "a\u{1}\u{1b}\u{7f}\u{9f}\n\u{fffe}".into());
}

#[test]
fn name_of_a_logic_endpoint_fits_its_column() {
    let with = |service: &str, name: &str| {
        let value = format!(r#"{{"name":"{name}","latency":1,"status":true}}"#);
        let found = broken(good(), |s| {
            s.service = service.to_owned();
            s.spans[1].tags = vec![pair("x-le", &value)];
            for reference in s.spans.iter_mut().flat_map(|span| &mut span.refs) {
                reference.parent_service = service.to_owned();
            }
        });
        found.iter().map(|one| one.rule.name()).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(with("s", &"键".repeat(126)), none);
    assert_eq!(with("s", &"键".repeat(127)), ["column"]);
    assert_eq!(with(&"键".repeat(49), &"键".repeat(78)), none);
    assert_eq!(with(&"键".repeat(49), &r"\u952e".repeat(79)), ["column"]);
    assert_eq!(with("s", &"n".repeat(2_000)), none);
    assert_eq!(with("s", r"a\u0000b"), ["nul"]);
}
