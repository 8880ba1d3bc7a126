#[traced]
fn sync(yes: bool) -> u8 {
    if yes {
        return "a";
    }
    1
}

// Other text: an async block has no declared return type: rustc points at where it inferred it.
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

// Other text: an async block has no declared return type: rustc points at where it inferred it.
#[traced]
async fn unit_later(yes: bool) {
    if yes {
        return 1;
    }
}

// Other text: an async block has no declared return type to point at.
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
