//! Tags of the returned value: by a closure or a function, plain, by `Display`, by `Debug`; of a
//! `Result` from its `Ok`.

use std::fmt::Display;

use skywalking_runtime::{entry_span, exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[derive(Debug)]
struct Reply {
    rows: u64,
    name: String,
}

impl Reply {
    fn rows(&self) -> u64 {
        self.rows
    }

    fn name(&self) -> &str {
        &self.name
    }
}

fn reply(rows: u64) -> Reply {
    Reply { rows, name: format!("reply {rows}") }
}

#[exit_span(peer = "db:1", ret_tags("rows" = Reply::rows, "name" = |reply| &reply.name, "debug" = ?|reply| reply, "shown" = %|r| r.rows + 1))]
fn plain(rows: u64) -> Reply {
    reply(rows)
}

#[local_span(tags(rows), ret_tags("rows" = |reply| reply.rows, "name" = Reply::name))]
fn failing(rows: u64) -> Result<Reply, String> {
    if rows == 0 { Err("none".to_owned()) } else { Ok(reply(rows)) }
}

#[entry_span(name = "/later", ret_tags("status" = |(status, _)| *status, "len" = |(_, body)| body.len()))]
async fn later(rows: usize) -> Result<(u16, Vec<u8>), std::fmt::Error> {
    if rows == 0 {
        return Err(std::fmt::Error);
    }
    Ok((200, vec![0; rows]))
}

#[local_span(no_err, ret_tags("value" = |n: &u8| *n))]
async fn without_err(n: u8) -> Result<u8, u8> {
    if n == 0 { Err(n) } else { Ok(wait(n).await) }
}

#[local_span(ret_tags("some" = |found| found.is_some(), "which" = ?|found| found))]
fn option<'a>(words: &[&'a str]) -> Option<&'a str> {
    words.iter().find(|word| word.len() > 1).copied()
}

#[local_span(ret_tags("shown" = %|shown| shown))]
fn hidden(n: u8) -> impl Display {
    n + 1
}

#[local_span(ret_tags("len" = |items| items.len()))]
async fn borrowed(items: &mut [u8]) -> &[u8] {
    &items[1..]
}

#[local_span(ret_tags("n" = |n| *n), covers = future)]
fn of_a_future(n: u8) -> impl Future<Output = Result<u8, String>> {
    async move { if n == 0 { Err("zero".to_owned()) } else { Ok(wait(n).await) } }
}

#[test]
fn sync_value_is_recorded() {
    spans(|| {
        assert_eq!((plain(1).rows, failing(2).map(|reply| reply.rows), failing(0).is_err()), (1, Ok(2), true));
        assert_eq!((option(&["a", "bc"]), option(&[])), (Some("bc"), None));
        assert_eq!(hidden(1).to_string(), "2");
    })
    .are(
        "
        Exit pass::ret_tags::plain peer=db:1 {rows=1, name=reply 1, debug=Reply { rows: 1, name: \\\"reply 1\\\" }, shown=2}
        Local pass::ret_tags::failing {rows=2, name=reply 2}
        Local pass::ret_tags::failing ERROR {rows=0} [event=error error.kind=alloc::string::String message=none]
        Local pass::ret_tags::option {some=true, which=Some(\\\"bc\\\")}
        Local pass::ret_tags::option {some=false, which=None}
        Local pass::ret_tags::hidden {shown=2}
        ",
    );
}

#[test]
fn async_value_is_recorded() {
    spans(|| {
        block_on(async {
            assert!(later(3).await.is_ok() && later(0).await.is_err());
            assert_eq!((without_err(1).await, without_err(0).await), (Ok(1), Err(0)));
            assert_eq!(borrowed(&mut [1, 2]).await, [2]);
            assert!(of_a_future(4).await.is_ok() && of_a_future(0).await.is_err());
        });
    })
    .are(
        "
        Entry /later {status=200, len=3}
        Entry /later ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local pass::ret_tags::without_err {value=1}
        Local pass::ret_tags::without_err
        Local pass::ret_tags::borrowed {len=1}
        Local pass::ret_tags::of_a_future {n=4}
        Local pass::ret_tags::of_a_future ERROR [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}
