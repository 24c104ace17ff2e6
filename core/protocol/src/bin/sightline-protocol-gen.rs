//! Writes the JSON Schema and the golden vectors into the repository, or checks that they are
//! fresh with `--check`.
#![forbid(unsafe_code)]

use std::{env, error::Error, fs, path::Path, process::ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let check = env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stale = 0;
    for (path, content) in sightline_protocol::vectors::generated_files()? {
        let file = root.join(path);
        if check {
            if fs::read_to_string(&file).ok().as_deref() != Some(content.as_str()) {
                eprintln!("{path} is stale: run `make generate` and commit the result");
                stale += 1;
            }
        } else {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&file, content)?;
            println!("wrote {path}");
        }
    }
    Ok(if stale == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
