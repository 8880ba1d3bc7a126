//! The acts of tasks. Each runs with the tracer and with the model.

use std::future::{Future, poll_fn};
use std::task::Poll;

use futures::future::join_all;
use futures::stream::{self, BoxStream, StreamExt as _};
use skywalking_runtime::{TracedFuture as _, entry_span, exit_span, local_span};

use super::executor::{Boxed, Executor};
use super::plan::{Act, ContinuedBy, Ends, Index, Site, SpawnedTask, Step};
use super::reference::StoredSnapshot;
use super::resumable::{Inner, ModelledFuture, ModelledSpan, ModelledStream};
use super::sync_steps::{ResumableSteps, SyncSteps, caught, continued_here, root};

/// A future that is pending once.
fn pause() -> impl Future<Output = ()> {
    let mut paused = false;
    poll_fn(
        move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending },
    )
}

/// Polls a future this number of times. Returns `None` if it is ready.
async fn polled(mut future: Boxed, often: u8) -> Option<Boxed> {
    for _ in 0..often {
        let ready = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await;
        if ready {
            return None;
        }
        pause().await;
    }
    Some(future)
}

pub(crate) fn run_acts(executor: Executor, acts: Vec<Act>) -> Boxed {
    Box::pin(async move {
        let mut at_drop = Vec::new();
        for act in acts {
            match act {
                Act::Do(step) => SyncSteps(&executor).step(&step),
                Act::Yield => pause().await,
                Act::Span(site, read, acts) => spanned(&executor, site, read, acts).await,
                Act::Cancel(site, polls, acts) => {
                    drop(polled(spanned(&executor, site, None, acts), polls).await);
                }
                Act::Part(site, polls, others, acts) => {
                    if let Some(rest) = polled(spanned(&executor, site, None, acts), polls).await {
                        match others {
                            ContinuedBy::Executor => executor.spawn(rest, None),
                            ContinuedBy::Adopters => executor.store_future(rest),
                        }
                    }
                }
                Act::Adopt(which) => {
                    let adopted = executor.take_future(which);
                    if let Some(future) = adopted {
                        future.await;
                    }
                }
                Act::Steps(site, steps, ends) => run_resumable(&executor, site, steps, ends).await,
                Act::Stream(site, items, read) => streamed(&executor, site, items, read).await,
                Act::Ignored(acts) => ignored(&executor, acts).await,
                Act::InPlace(acts) => continued(&executor, None, acts).await,
                Act::GoOn(which, acts) => {
                    if executor.kept(which).is_some() {
                        continued(&executor, Some(which), acts).await;
                    }
                }
                Act::Join(all) => {
                    join_all(all.into_iter().map(|acts| run_acts(executor.clone(), acts))).await;
                }
                Act::Spawn(going, left, acts) => {
                    let task = if going == SpawnedTask::Continues {
                        continued(&executor, None, acts)
                    } else {
                        run_acts(executor.clone(), acts)
                    };
                    executor.spawn(task, left);
                }
                Act::AtDrop(steps) => at_drop.push(AtDrop { executor: executor.clone(), steps }),
                Act::Catch(acts) => {
                    let mut future = Some(run_acts(executor.clone(), acts));
                    poll_fn(|cx| {
                        let mut done = true;
                        let panicked = caught(|| {
                            done = future
                                .as_mut()
                                .is_none_or(|future| future.as_mut().poll(cx).is_ready());
                        });
                        if done || panicked {
                            future = None;
                            return Poll::Ready(());
                        }
                        Poll::Pending
                    })
                    .await;
                }
            }
        }
    })
}

/// Runs steps when it is dropped.
struct AtDrop {
    executor: Executor,
    steps: Vec<Step>,
}

impl Drop for AtDrop {
    fn drop(&mut self) {
        SyncSteps(&self.executor).steps(&self.steps);
    }
}

fn spanned(executor: &Executor, site: Site, read: Option<Index>, acts: Vec<Act>) -> Boxed {
    let modelled = ModelledSpan::new(executor);
    let name = executor.model().name();
    let work = move |modelled: ModelledSpan, name: String, read: Option<Index>| Inner {
        modelled: modelled.clone(),
        work: Box::pin(async move {
            let own = modelled.executor.model().open(site, &name, read);
            modelled.opened(own);
            run_acts(modelled.executor.clone(), acts).await;
        }),
    };
    let inside = modelled.clone();
    let future: Boxed = if read.is_some() {
        // Whether the message may be read is only known at the first poll.
        Box::pin(async move {
            let root = root(site, &name);
            match inside.executor.message(read) {
                Some((at, headers)) => {
                    root.extract(&headers).future(work(inside, name, Some(at))).await;
                }
                None => root.future(work(inside, name, None)).await,
            }
        })
    } else {
        Box::pin(root(site, &name).future(work(inside, name, None)))
    };
    Box::pin(ModelledFuture { modelled, future: Some(future) })
}

fn ignored(executor: &Executor, acts: Vec<Act>) -> Boxed {
    let modelled = ModelledSpan::new(executor);
    let inside = modelled.clone();
    let future = root(Site::Entry, "ignored").ignore().future(async move {
        let own = inside.executor.model().ignore();
        inside.opened(own);
        run_acts(inside.executor.clone(), acts).await;
    });
    Box::pin(ModelledFuture { modelled, future: Some(Box::pin(future)) })
}

/// Continues from a snapshot, either of the current span or a stored one.
fn continued(executor: &Executor, which: Option<Index>, acts: Vec<Act>) -> Boxed {
    let modelled = ModelledSpan::new(executor);
    let work = |kept: StoredSnapshot| Inner {
        modelled: modelled.clone(),
        work: Box::pin({
            let modelled = modelled.clone();
            async move {
                let own = continued_here(&modelled.executor, &kept);
                modelled.opened(own);
                run_acts(modelled.executor.clone(), acts).await;
            }
        }),
    };
    let future: Boxed = if let Some((snapshot, kept)) = which.and_then(|which| executor.kept(which))
    {
        Box::pin(snapshot.future("again", work(kept)))
    } else {
        let kept = executor.model().keep();
        Box::pin(work(kept).traced("on"))
    };
    Box::pin(ModelledFuture { modelled, future: Some(future) })
}

async fn run_resumable(executor: &Executor, site: Site, steps: Vec<Step>, ends: Ends) {
    let mut span = ResumableSteps::open(executor, site, None, None);
    for step in steps {
        span.step(&step);
        pause().await;
    }
    match ends {
        Ends::Finished => span.finish(),
        Ends::Cancelled => span.cancel(),
        Ends::Dropped => drop(span),
    }
}

#[entry_span(name = name, covers = stream)]
fn entries(name: &str, items: BoxStream<'static, ()>) -> BoxStream<'static, ()> {
    items
}

#[exit_span(name = name, peer = "peer:1", covers = stream)]
fn exits(name: &str, items: BoxStream<'static, ()>) -> BoxStream<'static, ()> {
    items
}

#[local_span(name = name, covers = stream)]
fn locals(name: &str, items: BoxStream<'static, ()>) -> BoxStream<'static, ()> {
    items
}

async fn streamed(executor: &Executor, site: Site, items: Vec<Vec<Act>>, read: usize) {
    let modelled = ModelledSpan::new(executor);
    let name = executor.model().name();
    let opening = (modelled.clone(), name.clone());
    let first = stream::once(async move {
        let (modelled, name) = opening;
        let own = modelled.executor.model().open(site, &name, None);
        modelled.opened(own);
    });
    let inside = modelled.clone();
    let rest = stream::iter(items).then(move |acts| run_acts(inside.executor.clone(), acts));
    let work = Inner { modelled: modelled.clone(), work: Box::pin(first.chain(rest)) };
    let stream = match site {
        Site::Entry | Site::EntryFallback => entries(&name, work.boxed()),
        Site::Exit | Site::ExitFallback | Site::ExitAt => exits(&name, work.boxed()),
        Site::Local => locals(&name, work.boxed()),
    };
    let mut stream = ModelledStream { modelled, stream: Some(stream), items: 0, awaited: false };
    for _ in 0..read {
        if poll_fn(|cx| stream.poll(cx)).await.is_none() {
            break;
        }
        SyncSteps(executor).step(&Step::Tag);
    }
}
