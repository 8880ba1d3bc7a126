//! A slow backend. It responds to management messages, reads segments, and never responds to them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use crate::reporting::assert_settled;
use crate::reporting::backend::{Protocol, TIMEOUT};
use crate::reporting::program::{agent, requests};
use crate::turn;

/// Serves one connection until the first segments. Sends their body to the channel.
fn serve(stream: &TcpStream, segments: &Sender<String>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut path, mut length) = (String::new(), 0);
        reader.read_line(&mut path)?;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim_end().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        if path.starts_with("POST /v3/segments ") {
            let _ = segments.send(String::from_utf8(body).expect("JSON is text"));
            // Keeps the connection open until the agent closes it.
            return reader.read_to_end(&mut Vec::new()).map(drop);
        }
        (&*stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}

#[test]
fn segments_never_confirmed_are_unconfirmed_in_time() {
    let _turn = turn();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let (segments, arrived) = channel();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("the agent connects");
        // The connection breaks at the end.
        let _ = serve(&stream, &segments);
    });
    let agent = agent(Protocol::Http, &address).start().expect("an agent");

    assert!(agent.wait_until_registered(TIMEOUT));

    requests(1);
    let body = arrived.recv_timeout(TIMEOUT).expect("the segment is sent");

    assert!(body.contains("\"operationName\":\"/request\""), "{body}");

    let stats = agent.stats();
    assert_eq!((stats.queued, stats.in_flight), (0, 1), "{stats:?}");

    // These are queued behind the blocked request.
    requests(9);
    let asked = Instant::now();

    assert!(!agent.flush(Duration::from_millis(200)), "a segment is pending");

    let report = agent.shutdown(Duration::from_secs(1));
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    assert_settled(&report, 10);
    assert_eq!(
        (report.sent, report.dropped.unconfirmed, report.dropped.shutdown),
        (0, 1, 9),
        "{report:?}"
    );

    server.join().expect("the connection was cut");
}
