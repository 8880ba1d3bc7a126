struct S(String);

#[traced]
fn sync(text: String) -> usize {
    drop(text);
    text.len()
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn later(text: String) -> usize {
    drop(text);
    text.len()
}

#[traced]
fn failing(text: String) -> Result<usize, String> {
    drop(text);
    Ok(text.len())
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn failing_later(text: String) -> Result<usize, String> {
    drop(text);
    Ok(text.len())
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn mut_later(mut text: String) -> usize {
    text.clear();
    drop(text);
    text.len()
}

#[traced]
fn mut_failing(mut text: String) -> Result<usize, String> {
    text.clear();
    drop(text);
    Ok(text.len())
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn behind_a_mut_later(mut first: String, text: String) -> usize {
    first.clear();
    drop(text);
    text.len()
}

#[traced]
fn local(text: &str) -> Result<usize, String> {
    let own = text.to_owned();
    let a = own;
    Ok(own.len() + a.len())
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn in_a_loop_later(text: String) {
    for _ in 0..2 {
        drop(text);
    }
}

impl S {
    // Other text: for a captured `self` rustc shows its declaration, not the place.
    #[traced]
    fn out_of_a_borrow(&self) -> Result<String, u8> {
        Ok(self.0)
    }

    // Other text: for a captured `self` rustc shows its declaration, not the place.
    #[traced]
    async fn out_of_a_borrow_later(&self) -> String {
        self.0
    }

    // Other text: for a captured parameter rustc shows no declaration and suggests no clone.
    #[traced]
    async fn own_later(self) -> usize {
        drop(self);
        self.0.len()
    }
}

#[traced]
fn into_a_closure(text: String) -> Result<usize, String> {
    let f = move || text.len();
    Ok(f() + text.len())
}

// Other text: for a captured parameter rustc shows no declaration and suggests no clone.
#[traced]
async fn into_a_closure_later(text: String) -> usize {
    let f = move || text.len();
    f() + text.len()
}

fn main() {}
