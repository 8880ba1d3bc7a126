use std::path::{Path, PathBuf};

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("skywalking-files-{test}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> File {
        File { setting: "SW_AGENT_X", path: self.0.join(name) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Makes texts. The text `broken` is invalid.
fn watch(files: Vec<File>) -> Result<Watched<Vec<String>>, Error> {
    let make = |files: &[File], contents: Contents| {
        let text = |(file, bytes): (&File, Vec<u8>)| match String::from_utf8_lossy(&bytes) {
            text if text == "broken" => Err(file.error("is broken")),
            text => Ok(text.into_owned()),
        };
        files.iter().zip(contents).map(text).collect()
    };
    Watched::read("the test", files, make, unread)
}

fn unread(problem: String) -> Error {
    Error::Reporter { problem }
}

/// Returns the value after the files were read again.
async fn reread(watched: &Watched<Vec<String>>) -> Vec<String> {
    watched.0.state().read = Instant::now().checked_sub(FRESH).unwrap();
    let begun = Instant::now();
    let value = watched.current().await;
    assert!(begun.elapsed() < Duration::from_secs(60));
    value
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn changed_file_is_read_again_and_a_broken_one_is_not_used() {
    let folder = Folder::new("changed");
    let (one, other) = (folder.file("one"), folder.file("other"));
    write(&one.path, "a");
    write(&other.path, "b");
    let watched = watch(vec![one.clone(), other]).unwrap();
    assert_eq!(watched.current().await, ["a", "b"]);
    for (text, expected) in
        [("a", "a"), ("A", "A"), ("broken", "A"), ("broken", "A"), ("c", "c"), ("d", "d")]
    {
        write(&one.path, text);
        assert_eq!(reread(&watched).await, [expected, "b"], "{text}");
    }
    fs::remove_file(&one.path).unwrap();
    assert_eq!(reread(&watched).await, ["d", "b"]);
    write(&one.path, "d");
    assert_eq!(reread(&watched).await, ["d", "b"]);
    write(&one.path, "e");
    assert_eq!(reread(&watched).await, ["e", "b"]);
}

/// Reads the files again, and returns the text of the line that is logged.
fn read_again(watched: &Watched<Vec<String>>) -> Option<String> {
    watched.0.read_again().map(|line| line.text)
}

#[test]
fn read_error_is_not_a_change_and_is_logged_once() {
    let folder = Folder::new("unreadable");
    let file = folder.file("one");
    write(&file.path, "a");
    let watched = watch(vec![file.clone()]).unwrap();
    fs::remove_file(&file.path).unwrap();
    assert_eq!(
        read_again(&watched).as_deref(),
        Some("the test cannot be read; the previous contents stay in use")
    );
    // Another error of the same cause.
    fs::create_dir(&file.path).unwrap();
    assert_eq!(read_again(&watched), None);
    fs::remove_dir(&file.path).unwrap();
    write(&file.path, "a");
    assert_eq!(read_again(&watched).as_deref(), Some("recovered: the test can be read again"));
    assert_eq!(read_again(&watched), None);
    write(&file.path, "b");
    assert_eq!(
        read_again(&watched).as_deref(),
        Some("the test changed, and the new files are used")
    );
    assert_eq!(watched.0.state().value, ["b"]);
}

#[test]
fn invalid_file_is_logged_again_after_a_minute() {
    let folder = Folder::new("invalid");
    let file = folder.file("one");
    write(&file.path, "a");
    let watched = watch(vec![file.clone()]).unwrap();
    write(&file.path, "broken");
    let invalid = "the test changed and cannot be used; the previous files stay in use";
    assert_eq!(read_again(&watched).as_deref(), Some(invalid));
    assert_eq!(read_again(&watched), None);
    watched.0.state().lines.forget();
    assert_eq!(read_again(&watched).as_deref(), Some(invalid));
    write(&file.path, "a");
    assert_eq!(
        read_again(&watched).as_deref(),
        Some("the test changed, and the new files are used")
    );
    assert_eq!(read_again(&watched), None);
}

#[tokio::test]
async fn fresh_value_is_not_read_again() {
    let folder = Folder::new("fresh");
    let file = folder.file("one");
    write(&file.path, "a");
    let watched = watch(vec![file.clone()]).unwrap();
    write(&file.path, "b");
    watched.0.state().read = Instant::now() + Duration::from_secs(3_600);
    assert_eq!(watched.current().await, ["a"]);
}

#[tokio::test]
async fn refused_value_is_compared_with_the_file_at_once() {
    let folder = Folder::new("refused");
    let file = folder.file("one");
    write(&file.path, "a");
    let watched = watch(vec![file.clone()]).unwrap();
    let value = |text: &str| vec![text.to_owned()];
    watched.0.state().read = Instant::now() + Duration::from_secs(3_600);
    write(&file.path, "b");
    assert_eq!(watched.current().await, ["a"], "it is fresh");
    // The two callers share a read.
    let (a, b) = (value("a"), value("a"));
    let (first, second) = tokio::join!(watched.newer_than(&a), watched.newer_than(&b));
    assert_eq!((first, second), (Some(value("b")), Some(value("b"))));
    assert_eq!(watched.current().await, ["b"]);
    assert_eq!(watched.newer_than(&value("b")).await, None);
    // After a read that found nothing new, the next one comes a second later.
    write(&file.path, "c");
    watched.0.state().fruitless = Some(Instant::now() + Duration::from_secs(3_600));
    assert_eq!(watched.newer_than(&value("b")).await, None);
    watched.0.state().fruitless = Instant::now().checked_sub(FRESH);
    assert_eq!(watched.newer_than(&value("b")).await, Some(value("c")));
    write(&file.path, "d");
    assert_eq!(watched.newer_than(&value("c")).await, Some(value("d")));
    // Another value needs no read.
    write(&file.path, "e");
    assert_eq!(watched.newer_than(&value("b")).await, Some(value("d")));
}

#[test]
fn unusable_file_is_an_error_that_names_the_setting_and_the_path() {
    let folder = Folder::new("unusable");
    let error = |name: &str| watch(vec![folder.file(name)]).err().unwrap().to_string();
    let path = |name: &str| format!("{:?}", folder.0.join(name));
    assert_eq!(
        error("none"),
        format!(
            "SW_AGENT_X: the file {} could not be read: No such file or directory (os error 2); \
             check the path and its permissions",
            path("none")
        )
    );
    write(&folder.0.join("broken"), "broken");
    assert_eq!(error("broken"), format!("SW_AGENT_X: the file {} is broken", path("broken")));
    write(&folder.0.join("large"), &"x".repeat(1024 * 1024 + 1));
    assert!(error("large").contains("is larger than 1 MiB"));
    fs::create_dir(folder.0.join("folder")).unwrap();
    assert!(error("folder").contains("is not a regular file"));
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(folder.0.join("pipe")).status();
        assert!(made.unwrap().success());
        assert!(error("pipe").contains("is not a regular file"));
    }
}

#[tokio::test]
async fn hanging_read_keeps_the_value_and_one_thread() {
    let folder = Folder::new("hangs");
    let file = folder.file("one");
    write(&file.path, "a");
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let (held, reads) = (Mutex::new(held), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&reads);
    let make = move |_: &[File], contents: Contents| {
        if count.fetch_add(1, Ordering::SeqCst) > 0 {
            // Like a file system that does not answer: until the test drops the sender.
            let _ = held.lock().unwrap().recv();
        }
        Ok(contents.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect::<Vec<_>>())
    };
    let watched = Watched::read("the test", vec![file.clone()], make, unread).unwrap();
    write(&file.path, "b");
    for _ in 0..5 {
        assert_eq!(reread(&watched).await, ["a"]);
    }
    assert_eq!(reads.load(Ordering::SeqCst), 2, "the second one hangs");
    let now = Instant::now();
    assert_eq!(watched.0.slow(now), None);
    let line = watched.0.slow(now + SLOW).expect("a line");
    let text = "a read of the test has not ended after 10 s; the previous contents stay in use";
    assert_eq!(line, Line::warn(text));
    assert_eq!(watched.0.slow(now + 10 * SLOW), None, "it is logged once");
    drop(hold);
    while watched.0.state().reading.is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(reread(&watched).await, ["b"]);
}

#[test]
fn value_is_in_no_debug_text() {
    let folder = Folder::new("debug");
    let file = folder.file("one");
    write(&file.path, "s3cret");
    let text = format!("{:#?}", watch(vec![file]).unwrap());
    assert!(text.contains("SW_AGENT_X") && !text.contains("s3cret"), "{text}");
}
