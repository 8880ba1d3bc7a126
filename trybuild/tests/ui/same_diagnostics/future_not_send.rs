use std::rc::Rc;

struct S;

fn spawn<F: Future + Send + 'static>(_: F) {}

#[traced]
async fn pause() {}

#[traced]
async fn later() {
    let rc = Rc::new(1);
    pause().await;
    drop(rc);
}

#[traced]
async fn failing_later() -> Result<u8, String> {
    let rc = Rc::new(1);
    pause().await;
    Ok(*rc)
}

#[traced]
async fn parameter_later(rc: Rc<u8>) -> u8 {
    pause().await;
    *rc
}

impl S {
    #[traced]
    async fn method_later(&self) {
        let rc = Rc::new(1);
        pause().await;
        drop(rc);
    }
}

#[traced]
fn spawns() -> Result<(), String> {
    spawn(later());
    spawn(failing_later());
    Ok(())
}

// Other text: a parameter is captured, so the future holds it before the first `.await` too.
fn spawns_with_a_parameter() {
    spawn(parameter_later(Rc::new(1)));
}

fn main() {
    spawns_with_a_parameter();
    spawn(later());
    spawn(failing_later());
    spawn(async { S.method_later().await });
    spawns().unwrap();
}
