//! A traced future is `Send` and `Sync` when the plain one is, and can be spawned.

use std::rc::Rc;

use skywalking_runtime::{entry_span, exit_span, local_span};
use skywalking_trybuild::{block_on, spans};

fn is_send<T: Send>(value: T) -> T {
    value
}

#[entry_span(name = "/send", extract = headers)]
async fn entry(headers: Option<String>, n: u8) -> Result<u8, String> {
    Ok(exit(String::new(), n).await? + local(&n).await)
}

#[exit_span(peer = format_args!("a:{n}"), inject = message)]
async fn exit(mut message: String, n: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    message.clear();
    Ok(n)
}

#[local_span(tags("n" = n, "rc" = Rc::new(1)))]
async fn local(n: &u8) -> u8 {
    std::future::ready(*n).await
}

#[local_span]
async fn not_send(n: Rc<u8>) -> u8 {
    std::future::ready(()).await;
    *n
}

#[test]
fn traced_future_can_be_spawned() {
    let future = is_send(entry(None, 1));
    let elsewhere = std::thread::spawn(|| spans(|| assert_eq!(block_on(future), Ok(2))));
    elsewhere.join().unwrap().are(
        "
        Entry /send
          Exit pass::send::exit peer=a:1
          Local pass::send::local {n=1, rc=1}
        ",
    );
}

#[test]
fn local_future_need_not_be_send() {
    spans(|| assert_eq!(block_on(not_send(Rc::new(1))), 1)).are(
        "
        Local pass::send::not_send
        ",
    );
}
