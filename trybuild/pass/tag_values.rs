//! The values of a tag: plain, by `Display`, by `Debug`, a literal, a parameter's name. Each is
//! evaluated once, when the span is recorded.

use std::borrow::Cow;
use std::cell::Cell;
use std::net::Ipv4Addr;
use std::sync::Arc;

use skywalking_runtime::{local_span, testing};
use skywalking_trybuild::{block_on, spans};

struct User {
    id: u64,
    name: String,
}

#[local_span(tags(
    "literal" = "a", "float" = 1.5, "negative" = -1, "char" = 'x', "bool" = true,
    "field" = user.id, "text" = user.name, "call" = user.name.len(), "macro" = format!("{}!", user.name),
    "shown" = %user.name, "debug" = ?user.name, "address" = address, "cow" = Cow::Borrowed("c"), "arc" = Arc::<str>::from("d"),
    "wide" = u128::from(user.id), "float.computed" = user.id as f32 / 2.0, "if" = if user.id > 1 { "many" } else { "one" },
    "block" = { let double = user.id * 2; double + 1 }, "closure" = Some(2).map_or(0, |n| n + 1), "range" = ?(0..user.id), "reference" = &&user.id, word,
))]
fn of_every_kind(user: &User, address: Ipv4Addr, word: &str) -> u64 {
    user.id + word.len() as u64
}

thread_local!(static COUNTED: Cell<u8> = const { Cell::new(0) });

fn count() -> u8 {
    COUNTED.set(COUNTED.get() + 1);
    COUNTED.get()
}

#[local_span(tags("count" = count()))]
async fn counted() {}

#[local_span(name = "moved", tags("len" = text.len(), text, "again" = %text, "debug" = ?text))]
async fn takes_nothing_away(text: String) -> String {
    text
}

#[test]
fn each_form_is_recorded() {
    spans(|| of_every_kind(&User { id: 7, name: "Ann".to_owned() }, Ipv4Addr::LOCALHOST, "w")).are(
        "
        Local pass::tag_values::of_every_kind {literal=a, float=1.5, negative=-1, char=x, bool=true, field=7, text=Ann, call=3, macro=Ann!, shown=Ann, debug=\\\"Ann\\\", address=127.0.0.1, cow=c, arc=d, wide=7, float.computed=3.5, if=many, block=15, closure=3, range=0..7, reference=7, word=w}
        ",
    );
}

#[test]
fn evaluated_only_when_recording() {
    drop(testing::Test::new().sampler(|_| false).run(|| block_on(counted())));
    spans(|| block_on(counted())).are(
        "
        Local pass::tag_values::counted {count=1}
        ",
    );
}

#[test]
fn values_are_borrowed() {
    spans(|| assert_eq!(block_on(takes_nothing_away("a".to_owned())), "a")).are(
        "
        Local moved {len=1, text=a, again=a, debug=\\\"a\\\"}
        ",
    );
}
