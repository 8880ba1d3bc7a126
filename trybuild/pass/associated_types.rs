//! Associated types, also generic ones, supertraits and projections in the signature.

use std::fmt::{Debug, Display};

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

trait Lending {
    type Item<'a>: Debug
    where
        Self: 'a;
    type Error: Display;

    async fn next(&mut self) -> Result<Self::Item<'_>, Self::Error>;

    #[local_span(ret_tags("items" = Vec::len))]
    async fn debug(&mut self, n: usize) -> Vec<String>
    where
        Self: Sized,
    {
        let mut items = Vec::new();
        while items.len() < n {
            match self.next().await {
                Ok(item) => items.push(format!("{item:?}")),
                Err(_) => break,
            }
        }
        items
    }
}

struct Windows<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lending for Windows<'t> {
    type Item<'a>
        = &'a str
    where
        't: 'a;
    type Error = String;

    #[local_span(ret_tags("item" = |item| item))]
    async fn next(&mut self) -> Result<Self::Item<'_>, Self::Error> {
        self.at += 1;
        self.text.get(self.at - 1..=self.at).ok_or_else(|| format!("nothing at {}", self.at))
    }
}

#[local_span(tags("first" = %first))]
fn projected<I>(
    first: <I as IntoIterator>::Item,
    items: I,
) -> Result<Vec<<I as IntoIterator>::Item>, <I::Item as TryInto<u8>>::Error>
where
    I: IntoIterator,
    I::Item: TryInto<u8> + Clone + Display,
{
    let _: u8 = first.clone().try_into()?;
    Ok(items.into_iter().collect())
}

#[test]
fn are_traced() {
    spans(|| {
        assert_eq!(block_on(Windows { text: "abc", at: 0 }.debug(9)), ["\"ab\"", "\"bc\""]);
        assert_eq!(projected(1_u16, [2, 3]).unwrap(), [2, 3]);
        assert!(projected(700_u16, []).is_err());
    })
    .are(
        "
        Local pass::associated_types::debug {items=2}
          Local pass::associated_types::next {item=ab}
          Local pass::associated_types::next {item=bc}
          Local pass::associated_types::next ERROR [event=error error.kind=alloc::string::String message=nothing at 3]
        Local pass::associated_types::projected {first=1}
        Local pass::associated_types::projected ERROR {first=700} [event=error error.kind=core::num::error::TryFromIntError]
        ",
    );
}
