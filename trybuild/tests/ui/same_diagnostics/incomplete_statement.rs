#[traced]
async fn later() {
    let a = ;
}

fn main() {}
