#[traced]
fn sync(yes: bool) -> u8 {
    if yes {
        return "a";
    }
    1
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn later(yes: bool) -> u8 {
    if yes {
        return "b";
    }
    1
}

#[traced]
fn failing(yes: bool) -> Result<u8, String> {
    if yes {
        return 1;
    }
    Ok(1)
}

#[traced]
async fn failing_later(yes: bool) -> Result<u8, String> {
    if yes {
        return Err(7);
    }
    Ok(1)
}

// Other words: an async block has no written return type, so rustc shows where it has learned the type, not that it is the function's.
#[traced]
async fn unit_later(yes: bool) {
    if yes {
        return 1;
    }
}

// Other words: an async block has no written return type to show.
#[traced]
async fn without_value_later(yes: bool) -> u8 {
    if yes {
        return;
    }
    1
}

#[traced]
fn without_value(yes: bool) -> Result<u8, String> {
    if yes {
        return;
    }
    Ok(1)
}

fn main() {}
