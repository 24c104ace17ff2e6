//! Which bar a sequence is held to.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// Kinds of scenes, each with its own bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A plane, however the camera moves and whatever passes in front of it.
    Flat,
    /// A plane that is hard to see: little texture, blur, light off, seen again from elsewhere.
    Hard,
    /// A plane with many alike parts: keys, a page of text.
    Repeat,
    /// Not a plane: a can, boxes, a depth edge under the drawing.
    Curved,
}

impl Class {
    /// All, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Flat, Self::Hard, Self::Repeat, Self::Curved];

    /// Its name in reports, file names and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Hard => "hard",
            Self::Repeat => "repeat",
            Self::Curved => "curved",
        }
    }
}

/// The part of a sequence's `.json` that is read.
#[derive(Deserialize)]
struct Beside {
    class: Class,
}

/// Words in a file's name that tell its class.
const WORDS: [(&str, Class); 17] = [
    ("keys", Class::Repeat),
    ("keypad", Class::Repeat),
    ("text", Class::Repeat),
    ("page", Class::Repeat),
    ("cylinder", Class::Curved),
    ("can", Class::Curved),
    ("box", Class::Curved),
    ("depth", Class::Curved),
    ("parallax", Class::Curved),
    ("outview", Class::Hard),
    ("return", Class::Hard),
    ("lowtex", Class::Hard),
    ("faint", Class::Hard),
    ("blur", Class::Hard),
    ("focus", Class::Hard),
    ("light", Class::Hard),
    ("dark", Class::Hard),
];

/// The class of a video: what the `.json` beside it says, else the first part of its name, else a
/// telling word in its name, else [`Class::Flat`].
pub fn of(video: &Path) -> Class {
    let beside = std::fs::read(video.with_extension("json")).ok();
    let said = beside.and_then(|bytes| serde_json::from_slice::<Beside>(&bytes).ok());
    said.map_or_else(
        || of_name(&video.file_stem().unwrap_or_default().to_string_lossy()),
        |beside| beside.class,
    )
}

fn of_name(name: &str) -> Class {
    let name = name.to_lowercase();
    let parts: Vec<&str> = name.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let named = |class: &Class| parts.first() == Some(&class.name());
    if let Some(class) = Class::ALL.into_iter().find(named) {
        return class;
    }
    let told = |(word, _): &&(&str, Class)| parts.iter().any(|part| part.starts_with(*word));
    WORDS
        .iter()
        .find(told)
        .map_or(Class::Flat, |(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_class() {
        assert_eq!(of_name("hard_swap-2"), Class::Hard);
        assert_eq!(of_name("s4_parallax"), Class::Curved);
        assert_eq!(of_name("s2_outview"), Class::Hard);
        assert_eq!(of_name("flat_keys"), Class::Flat);
        assert_eq!(of_name("Keypad7"), Class::Repeat);
        assert_eq!(of_name("mire2"), Class::Flat);
        assert_eq!(of_name(""), Class::Flat);
    }
}
