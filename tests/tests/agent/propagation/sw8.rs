//! The header `sw8` of a process with the longest possible names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skywalking_runtime::testing::Test;
use skywalking_runtime::{Config, config::Storage, current, propagation::inject, span};

use super::{CALL, ENTRY, start};

fn decoded(header: &str) -> Vec<String> {
    let parts = header.split('-').enumerate();
    let text = |part: &str| String::from_utf8(STANDARD.decode(part).unwrap()).unwrap();
    parts.map(|(at, part)| if at == 0 || at == 3 { part.to_owned() } else { text(part) }).collect()
}

#[test]
fn longest_names_cut_only_the_endpoint_to_two_kibibytes() {
    let (service, instance, endpoint, peer) =
        ("服".repeat(50), "实".repeat(50), format!("/x{}", "端".repeat(148)), "机".repeat(200));
    let _running = start(Config::new(&service).instance(&instance).storage(Storage::Any));
    let upstream =
        format!("sw8:1-{}-cw==-0-c3Zj-aW5zdA==-L2U=-aDox", STANDARD.encode("t".repeat(150)));
    let mut sent = [const { String::new() }; 2];
    let trees = Test::new().allow("column").run(|| {
        span(&ENTRY).name(&endpoint).extract(&upstream).run(|| {
            let _exit = span(&CALL).enter();
            inject(&mut sent[0]);
            current().set_peer(&peer);
            inject(&mut sent[1]);
        });
        span(&ENTRY).extract(&sent[1]).run(|| ());
    });
    let headers = sent.each_ref().map(|sent| sent.strip_prefix("sw8:").unwrap());
    let [short, long] = headers.map(decoded);

    assert_eq!((&short[6], &short[7]), (&endpoint, &"other:1".to_owned()));
    assert_eq!([&long[4], &long[5], &long[7]], [&service, &instance, &peer]);
    assert!((2_040..=2_048).contains(&headers[1].len()), "{}", headers[1].len());
    assert!(endpoint.starts_with(&long[6]) && long[6].chars().count() > 130, "{}", long[6]);
    // Only the name in the header is cut, and the span keeps its own. The other side reads it like
    // any other.
    assert_eq!(trees[0].root.name, endpoint);

    let callee = &trees[0].root.children[0].children[0].refs[0];
    assert_eq!(
        [&callee.service, &callee.instance, &callee.endpoint, &callee.address],
        [&service, &instance, &long[6], &peer]
    );
}
