struct S(String);

#[traced]
fn sync<'a, 'b>(a: &'a str, b: &'b str) -> &'a str {
    if a.is_empty() { a } else { b }
}

#[traced]
async fn later<'a, 'b>(a: &'a str, b: &'b str) -> &'a str {
    if a.is_empty() { a } else { b }
}

#[traced]
fn failing<'a, 'b>(a: &'a str, b: &'b str) -> Result<&'a str, String> {
    if a.is_empty() { Ok(a) } else { Ok(b) }
}

#[traced]
async fn failing_later<'a, 'b>(a: &'a str, b: &'b str) -> Result<&'a str, String> {
    if a.is_empty() { Ok(a) } else { Ok(b) }
}

#[traced]
async fn kept_later<'a>(list: &mut Vec<&'a str>, text: &str) {
    list.push(text);
}

// Other error: rustc points at the parameter that the other one must outlive.
#[traced]
fn kept<'a>(list: &mut Vec<&'a str>, text: &str) -> Result<(), String> {
    list.push(text);
    Ok(())
}

// No warning: the emitted code reads the value once, where it moves into the body.
#[traced]
async fn mut_later<'a>(mut a: &'a str, b: &str) -> &'a str {
    a = b;
    a
}

impl S {
    #[traced]
    async fn method_later(&self, other: &str) -> &str {
        if self.0.is_empty() { other } else { &self.0 }
    }

    // Other error: the value leaves the emitted closure, so rustc points at the whole body.
    #[traced]
    fn method(&self, other: &str) -> Result<&str, String> {
        if self.0.is_empty() { Ok(other) } else { Ok(&self.0) }
    }
}

#[traced]
async fn static_later(text: &str) {
    let _ = std::thread::spawn(move || text.len());
}

#[traced]
fn static_failing(text: &str) -> Result<(), String> {
    let _ = std::thread::spawn(move || text.len());
    Ok(())
}

fn main() {}
