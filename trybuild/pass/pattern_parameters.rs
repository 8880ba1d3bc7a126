//! Parameters that are patterns.
#![allow(clippy::toplevel_ref_arg, reason = "a pattern too")]

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

struct Point {
    x: i32,
    y: i32,
}

#[local_span(tags(first, "rest" = ?rest, "sum" = x + y))]
fn sync(
    Point { x, y }: Point,
    (a, .., mut b): (i32, i32, i32),
    [first, rest @ ..]: [i32; 3],
    ref kept: String,
    (Ok(either) | Err(either)): Result<i32, i32>,
) -> Result<i32, String>
where
{
    b += kept.len() as i32;
    Ok(x + y + a + b + first + rest.len() as i32 + either)
}

#[local_span(tags(x, up))]
async fn later(Point { x, y: mut up }: Point, &(a, ref b): &(i32, String), ref c: String) -> usize {
    up += 1;
    wait(&up).await;
    (x + up + a) as usize + b.len() + c.len()
}

async fn wait(_: &i32) {}

#[test]
fn names_can_be_used_in_arguments() {
    spans(|| {
        let point = || Point { x: 1, y: 2 };
        assert_eq!(sync(point(), (1, 2, 3), [4, 5, 6], "ab".to_owned(), Err(1)), Ok(16));
        assert_eq!(block_on(later(point(), &(1, "a".to_owned()), "bc".to_owned())), 8);
    })
    .are(
        "
        Local pass::pattern_parameters::sync {first=4, rest=[5, 6], sum=3}
        Local pass::pattern_parameters::later {x=1, up=2}
        ",
    );
}
