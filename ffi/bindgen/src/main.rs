//! Writes the Kotlin, Swift and Python of the interface that a built `sightline_ffi` has.
//!
//! `sightline-bindgen LIBRARY FFI_FOLDER OUT_FOLDER`

use anyhow::{Context, Result};
use camino::Utf8PathBuf;
use uniffi_bindgen::{
    BindgenPaths, BindgenPathsLayer,
    bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths},
};

/// Says where `uniffi.toml` of the one crate lies.
struct FfiFolder(Utf8PathBuf);

impl BindgenPathsLayer for FfiFolder {
    fn get_crate_root(&self, crate_name: &str) -> Option<Utf8PathBuf> {
        (crate_name == "sightline_ffi").then(|| self.0.clone())
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(Utf8PathBuf::from);
    let mut next = |what| {
        arguments.next().with_context(|| {
            format!("{what} is missing: sightline-bindgen LIBRARY FFI_FOLDER OUT_FOLDER")
        })
    };
    let (library, ffi, out) = (next("LIBRARY")?, next("FFI_FOLDER")?, next("OUT_FOLDER")?);
    let languages = [
        (TargetLanguage::Kotlin, "kotlin"),
        (TargetLanguage::Swift, "swift"),
        (TargetLanguage::Python, "python"),
    ];
    for (language, folder) in languages {
        let mut paths = BindgenPaths::default();
        paths.add_layer(FfiFolder(ffi.clone()));
        let options = GenerateOptions {
            languages: vec![language],
            source: library.clone(),
            out_dir: out.join(folder),
            ..GenerateOptions::default()
        };
        generate_with_bindgen_paths(options, paths)
            .with_context(|| format!("the {folder} bindings cannot be written"))?;
    }
    Ok(())
}
