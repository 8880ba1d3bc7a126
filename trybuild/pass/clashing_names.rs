//! Names of the user that are like ours, or like the prelude's.
#![allow(dead_code, unreachable_pub, clippy::pedantic, reason = "the names are what is tested")]

use futures::executor::block_on;
use skywalking_runtime::{exit_span, local_span};

#[derive(Debug, PartialEq)]
enum Answer {
    Ok(u8),
    Err(u8),
    Some(u8),
    None,
}

mod shadowed {
    use super::Answer::{self, *};
    use ::skywalking_runtime::local_span;

    pub type Result = Answer;
    pub struct Option;
    pub struct String;
    pub struct Box;
    pub mod core {}
    pub mod std {}
    pub mod skywalking_runtime {}

    #[::skywalking_runtime::local_span]
    pub fn at_once(n: u8) -> Result {
        if n == 0 { Err(n) } else { Ok(n) }
    }

    #[local_span]
    pub async fn later(n: u8) -> Result {
        if n == 0 { None } else { Some(n) }
    }

    #[local_span]
    pub async fn really(n: u8) -> ::std::result::Result<u8, u8> {
        if n == 0 { ::std::result::Result::Err(n) } else { ::std::result::Result::Ok(n) }
    }
}

trait Place {
    fn __skywalking_place(&self) -> u8 {
        1
    }
    fn put(&self) -> u8 {
        2
    }
    fn note(&self) -> u8 {
        3
    }
}

impl Place for u8 {}

#[local_span(name = __span, tags(__opening, __name, "sum" = __tag_0.put() + __tag_0.note(), __tag_0))]
fn like_ours(__span: &str, __opening: u8, __ret: u8, __name: u8, __peer: u8, __tag_0: u8) -> Result<u8, String> {
    Ok(__opening + __ret + __name + __peer + __tag_0 + __span.len() as u8)
}

#[exit_span(peer = __peer, inject = __opening, tags(caller, result))]
async fn like_ours_later(mut __opening: String, __peer: String, caller: u8, result: u8, __ret: u8) -> Result<u8, String> {
    assert!(__opening.is_empty() || __opening.starts_with("sw8:"));
    Ok(caller + result + __ret + __peer.len() as u8)
}

fn main() {
    assert_eq!((shadowed::at_once(0), shadowed::at_once(1)), (Answer::Err(0), Answer::Ok(1)));
    assert_eq!((block_on(shadowed::later(0)), block_on(shadowed::later(1))), (Answer::None, Answer::Some(1)));
    assert_eq!((block_on(shadowed::really(0)), block_on(shadowed::really(1))), (Err(0), Ok(1)));
    assert_eq!(like_ours("x", 1, 2, 3, 4, 5), Ok(16));
    assert_eq!(block_on(like_ours_later(String::new(), "peer".to_owned(), 1, 2, 3)), Ok(10));
}
