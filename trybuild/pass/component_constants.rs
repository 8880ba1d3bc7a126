//! Component ids: published constants, constants of the user, associated constants, integers.

use skywalking_runtime::component::{self, REDIS};
use skywalking_runtime::{entry_span, exit_span, local_span};

use skywalking_trybuild::{block_on, spans};

const OURS: i32 = 9_000;

struct Driver;

impl Driver {
    const ID: i32 = 9_001;
}

trait Known {
    const ID: i32;
}

impl Known for u8 {
    const ID: i32 = 9_002;
}

#[exit_span(peer = "db:1", component = component::POSTGRESQL, layer = database)]
async fn published() {}

#[exit_span(peer = "cache:1", component = REDIS, layer = cache, tags("cache.type" = "redis"))]
fn imported() {}

#[entry_span(component = ::skywalking_runtime::component::GRPC, layer = rpc)]
fn rooted() {}

#[local_span(component = OURS)]
fn of_the_user() {}

#[local_span(component = Driver::ID)]
async fn associated() {}

#[local_span(component = u8::ID)]
fn of_a_trait() {}

#[local_span(component = component::RUST)]
fn default() {}

#[local_span(component = 9_003)]
fn number() {}

#[test]
fn are_stored_in_the_callsite() {
    spans(|| {
        block_on(published());
        imported();
        rooted();
        of_the_user();
        block_on(associated());
        of_a_trait();
        default();
        number();
    })
    .are(
        "
        Exit pass::component_constants::published layer=Database component=22 peer=db:1
        Exit pass::component_constants::imported layer=Cache component=7 peer=cache:1 {cache.type=redis}
        Entry pass::component_constants::rooted layer=RPCFramework component=23
        Local pass::component_constants::of_the_user component=9000
        Local pass::component_constants::associated component=9001
        Local pass::component_constants::of_a_trait component=9002
        Local pass::component_constants::default
        Local pass::component_constants::number component=9003
        ",
    );
}
