//! Batches that are compressed, through a relay that counts their bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use skywalking_runtime::config::Compression;

use crate::reporting::assert_settled;
use crate::reporting::backend::{Backend, PROTOCOLS, Protocol, TIMEOUT};
use crate::reporting::program::{agent, request_with_tag, requests};
use crate::turn;

/// Copies from one connection to the other until the first one ends.
fn copy(mut from: TcpStream, mut to: TcpStream, count: Option<&AtomicU64>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if let Some(count) = count {
            count.fetch_add(length as u64, Ordering::Relaxed);
        }
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Relays connections to a backend. Returns its address, and the bytes that it has sent there.
fn relay(backend: String) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(&backend) else { return };
            let (answers, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || copy(answers, to, None));
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || copy(client, server, Some(&counted)));
        }
    });
    (address, count)
}

/// Reports the same segments, and returns the tags that arrived and the bytes.
fn report(protocol: Protocol, compression: Compression) -> (Vec<String>, u64) {
    let backend = Backend::start();
    let (address, count) = relay(backend.address(protocol));
    let agent = agent(protocol, &address).compression(compression).start().expect("an agent");
    // Of all sizes up to some 2 KiB; small ones do not become smaller.
    requests(100);
    for number in 0..500 {
        request_with_tag(
            "text",
            &format!("{number:04} select * from orders; ").repeat(number / 10),
        );
    }
    assert!(agent.flush(TIMEOUT));
    let report = agent.shutdown(TIMEOUT);
    assert_settled(&report, 600);
    let arrived = backend.stats();
    assert_eq!(
        (report.sent, arrived.segments_accepted, arrived.segments_refused),
        (600, 600, 0),
        "{protocol:?} {compression:?}"
    );
    (backend.tag_values("text"), count.load(Ordering::Relaxed))
}

#[test]
fn compressed_batches_arrive_unchanged_with_fewer_bytes() {
    let _turn = turn();
    for protocol in PROTOCOLS {
        let (plain, more) = report(protocol, Compression::None);
        let (unpacked, fewer) = report(protocol, Compression::Gzip);
        println!("{protocol:?}: {more} bytes, with gzip {fewer}");
        assert_eq!(plain, unpacked);
        assert_eq!(plain.len(), 500);
        assert!(fewer < more / 2, "{protocol:?}: {fewer} of {more}");
    }
}
