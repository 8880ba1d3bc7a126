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

// Other fault: rustc shows the parameter that the other one has to outlive.
#[traced]
fn kept<'a>(list: &mut Vec<&'a str>, text: &str) -> Result<(), String> {
    list.push(text);
    Ok(())
}

// Lost warning: the value is read once, where it is handed to the body.
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

    // Other fault: the value leaves the closure around the body, so the whole body is shown.
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
