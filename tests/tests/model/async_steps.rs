//! The acts of tasks: each is done to the tracer, and told to the model.

use std::future::{Future, poll_fn};
use std::task::Poll;

use futures::future::join_all;
use futures::stream::{self, BoxStream, StreamExt as _};
use skywalking_runtime::{TracedFuture as _, entry_span, exit_span, local_span};

use super::executor::{Boxed, World};
use super::plan::{Act, Ends, Going, Others, Site, Step, Which};
use super::reference::Kept;
use super::resumable::{Inner, Told, ToldStream, Turns};
use super::sync_steps::{Stepped, Still, caught, going_on, root};

/// Pending once.
fn pause() -> impl Future<Output = ()> {
    let mut paused = false;
    poll_fn(
        move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending },
    )
}

/// Polls a future so often. None if it is done.
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

pub(crate) fn perform(world: World, acts: Vec<Act>) -> Boxed {
    Box::pin(async move {
        let mut at_drop = Vec::new();
        for act in acts {
            match act {
                Act::Do(step) => Still(&world).step(&step),
                Act::Yield => pause().await,
                Act::Span(site, read, acts) => spanned(&world, site, read, acts).await,
                Act::Cancel(site, polls, acts) => {
                    drop(polled(spanned(&world, site, None, acts), polls).await);
                }
                Act::Part(site, polls, others, acts) => {
                    if let Some(rest) = polled(spanned(&world, site, None, acts), polls).await {
                        match others {
                            Others::Executor => world.spawn(rest, None),
                            Others::Adopters => world.abandon(rest),
                        }
                    }
                }
                Act::Adopt(which) => {
                    let adopted = world.adopt(which);
                    if let Some(future) = adopted {
                        future.await;
                    }
                }
                Act::Steps(site, steps, ends) => stepped(&world, site, steps, ends).await,
                Act::Stream(site, items, read) => streamed(&world, site, items, read).await,
                Act::Ignored(acts) => ignored(&world, acts).await,
                Act::InPlace(acts) => continued(&world, None, acts).await,
                Act::GoOn(which, acts) => {
                    if world.kept(which).is_some() {
                        continued(&world, Some(which), acts).await;
                    }
                }
                Act::Join(all) => {
                    join_all(all.into_iter().map(|acts| perform(world.clone(), acts))).await;
                }
                Act::Spawn(going, left, acts) => {
                    let task = if going == Going::On {
                        continued(&world, None, acts)
                    } else {
                        perform(world.clone(), acts)
                    };
                    world.spawn(task, left);
                }
                Act::AtDrop(steps) => at_drop.push(AtDrop { world: world.clone(), steps }),
                Act::Catch(acts) => {
                    let mut future = Some(perform(world.clone(), acts));
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

/// Does something when it is dropped.
struct AtDrop {
    world: World,
    steps: Vec<Step>,
}

impl Drop for AtDrop {
    fn drop(&mut self) {
        Still(&self.world).steps(&self.steps);
    }
}

fn spanned(world: &World, site: Site, read: Option<Which>, acts: Vec<Act>) -> Boxed {
    let turns = Turns::new(world);
    let name = world.model().name();
    let work = move |turns: Turns, name: String, read: Option<Which>| Inner {
        turns: turns.clone(),
        work: Box::pin(async move {
            let own = turns.world.model().open(site, &name, read);
            turns.opened(own);
            perform(turns.world.clone(), acts).await;
        }),
    };
    let inside = turns.clone();
    let future: Boxed = if read.is_some() {
        // Whether the message may be read is known at the first poll.
        Box::pin(async move {
            let root = root(site, &name);
            match inside.world.message(read) {
                Some((at, headers)) => {
                    root.extract(&headers).future(work(inside, name, Some(at))).await;
                }
                None => root.future(work(inside, name, None)).await,
            }
        })
    } else {
        Box::pin(root(site, &name).future(work(inside, name, None)))
    };
    Box::pin(Told { turns, future: Some(future) })
}

fn ignored(world: &World, acts: Vec<Act>) -> Boxed {
    let turns = Turns::new(world);
    let inside = turns.clone();
    let future = root(Site::Entry, "ignored").ignore().future(async move {
        let own = inside.world.model().ignore();
        inside.opened(own);
        perform(inside.world.clone(), acts).await;
    });
    Box::pin(Told { turns, future: Some(Box::pin(future)) })
}

/// Goes on from a snapshot: of the present, or one that was put aside.
fn continued(world: &World, which: Option<Which>, acts: Vec<Act>) -> Boxed {
    let turns = Turns::new(world);
    let work = |kept: Kept| Inner {
        turns: turns.clone(),
        work: Box::pin({
            let turns = turns.clone();
            async move {
                let own = going_on(&turns.world, &kept);
                turns.opened(own);
                perform(turns.world.clone(), acts).await;
            }
        }),
    };
    let future: Boxed = if let Some((snapshot, kept)) = which.and_then(|which| world.kept(which)) {
        Box::pin(snapshot.future("again", work(kept)))
    } else {
        let kept = world.model().keep();
        Box::pin(work(kept).traced("on"))
    };
    Box::pin(Told { turns, future: Some(future) })
}

async fn stepped(world: &World, site: Site, steps: Vec<Step>, ends: Ends) {
    let mut span = Stepped::open(world, site, None, None);
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

async fn streamed(world: &World, site: Site, items: Vec<Vec<Act>>, read: usize) {
    let turns = Turns::new(world);
    let name = world.model().name();
    let opening = (turns.clone(), name.clone());
    let first = stream::once(async move {
        let (turns, name) = opening;
        let own = turns.world.model().open(site, &name, None);
        turns.opened(own);
    });
    let inside = turns.clone();
    let rest = stream::iter(items).then(move |acts| perform(inside.world.clone(), acts));
    let work = Inner { turns: turns.clone(), work: Box::pin(first.chain(rest)) };
    let told = match site {
        Site::Entry | Site::EntryFallback => entries(&name, work.boxed()),
        Site::Exit | Site::ExitFallback | Site::ExitAt => exits(&name, work.boxed()),
        Site::Local => locals(&name, work.boxed()),
    };
    let mut told = ToldStream { turns, stream: Some(told), items: 0, awaited: false };
    for _ in 0..read {
        if poll_fn(|cx| told.poll(cx)).await.is_none() {
            break;
        }
        Still(world).step(&Step::Tag);
    }
}
