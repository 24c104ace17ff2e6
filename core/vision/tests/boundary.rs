//! What this crate's files may know.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn one_file_knows_the_picture_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "{}", files.len());
    let mut knowing: Vec<PathBuf> = files
        .into_iter()
        .filter(|path| {
            let text = std::fs::read_to_string(path).expect("text");
            text.contains("use opencv") || text.contains("opencv::")
        })
        .collect();
    // The line that chooses the library names the module, which is called as the library is.
    knowing.retain(|path| !path.ends_with("src/layer.rs"));
    assert_eq!(knowing, [root.join("layer/opencv.rs")]);
}
