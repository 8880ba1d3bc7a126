//! `collect` and `collectInSync`: each segment is judged alone, what is good is kept, and a call with anything bad in it
//! ends with `INVALID_ARGUMENT` and the first reason.

use std::sync::Arc;

use bytes::Bytes;
use tonic::{Status, Streaming};

use super::{broken, single};
use crate::check::Refusal;
use crate::shared::Shared;
use crate::wire;

pub(super) async fn collect(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let mut verdict = Verdict::default();
    loop {
        match stream.message().await {
            Ok(Some(message)) => verdict.add(shared.segment(&message)),
            Ok(None) => return verdict.answer(),
            Err(status) => return Err(broken(&shared, &status)),
        }
    }
}

pub(super) async fn collect_in_sync(shared: Arc<Shared>, mut stream: Streaming<Bytes>) -> Result<(), Status> {
    let message = single(&shared, &mut stream).await?;
    let mut verdict = Verdict::default();
    for segment in wire::collection(&message) {
        verdict.add(match segment {
            Ok(bytes) => shared.segment(bytes),
            Err(refusal) => {
                shared.refused();
                Err(refusal)
            }
        });
    }
    verdict.answer()
}

/// What became of the segments of one call.
#[derive(Debug, Default)]
struct Verdict {
    segments: u64,
    refused: u64,
    first: Option<(u64, Refusal)>,
}

impl Verdict {
    fn add(&mut self, taken: Result<(), Refusal>) {
        self.segments += 1;
        if let Err(refusal) = taken {
            self.refused += 1;
            self.first.get_or_insert((self.segments, refusal));
        }
    }

    fn answer(self) -> Result<(), Status> {
        let Some((at, refusal)) = self.first else {
            return Ok(());
        };
        let Self { segments, refused, .. } = self;
        Err(Status::invalid_argument(format!("{refused} of {segments} segments refused; number {at}: {refusal}")))
    }
}
