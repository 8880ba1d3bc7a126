//! Methods of traits that the language calls: operators, iterators, `Drop`, conversions, `Future`.

use std::ops::{Add, Deref, Index};
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Meters(u8);

impl Add for Meters {
    type Output = Self;

    #[local_span(name = "add", tags("by" = other.0))]
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl FromStr for Meters {
    type Err = std::num::ParseIntError;

    #[local_span(name = "from_str")]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl TryFrom<i32> for Meters {
    type Error = String;

    #[local_span(name = "try_from")]
    fn try_from(n: i32) -> Result<Self, <Self as TryFrom<i32>>::Error> {
        u8::try_from(n).map(Self).map_err(|error| error.to_string())
    }
}

impl Deref for Meters {
    type Target = u8;

    #[local_span(name = "deref")]
    fn deref(&self) -> &u8 {
        &self.0
    }
}

impl Index<usize> for Meters {
    type Output = u8;

    #[local_span(name = "index", tags(at))]
    fn index(&self, at: usize) -> &Self::Output {
        &self.0
    }
}

impl Iterator for Meters {
    type Item = u8;

    #[local_span(name = "next")]
    fn next(&mut self) -> Option<<Self as Iterator>::Item> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

impl Future for Meters {
    type Output = u8;

    #[local_span(name = "poll")]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(self.0)
    }
}

#[entry_span(name = "/all")]
fn all() -> Result<(), Box<dyn std::error::Error>> {
    let meters = Meters::from_str("1")? + Meters::try_from(2)?;
    assert_eq!((*meters, meters[7], block_on(meters)), (3, 3, 3));
    for _ in Meters(1) {}
    Meters::try_from(-1)?;
    Ok(())
}

#[test]
fn are_traced() {
    spans(|| assert!(all().is_err())).are(
        "
        Entry /all ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=out of range integral type conversion attempted]
          Local from_str
          Local try_from
          Local add {by=2}
          Local deref
          Local index {at=7}
          Local poll
          Local next
          Local next
          Local try_from ERROR [event=error error.kind=alloc::string::String message=out of range integral type conversion attempted]
        ",
    );
}
