use crate::MediaError;
use std::{fmt, path::PathBuf, str::FromStr};

/// Where pictures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoInput {
    /// A video file that plays at its own rate and starts again at its end.
    File(PathBuf),
    /// A V4L2 camera such as `/dev/video0`.
    Device(PathBuf),
    /// The X11 screen of `DISPLAY`.
    Screen,
    /// A generated picture that moves.
    Test,
}

impl FromStr for VideoInput {
    type Err = MediaError;

    /// Reads `screen`, `test`, `/dev/videoN` or the path of a file.
    fn from_str(text: &str) -> Result<Self, MediaError> {
        let path = PathBuf::from(text);
        match text {
            "screen" => Ok(Self::Screen),
            "test" => Ok(Self::Test),
            _ if !path.exists() || path.is_dir() => Err(MediaError::NoSuchInput { path }),
            _ if text.starts_with("/dev/video") => Ok(Self::Device(path)),
            _ => Ok(Self::File(path)),
        }
    }
}

impl fmt::Display for VideoInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {path:?}"),
            Self::Device(path) => write!(f, "the camera {path:?}"),
            Self::Screen => f.write_str("the screen"),
            Self::Test => f.write_str("the test pattern"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_paths_are_told_apart() {
        assert_eq!("screen".parse(), Ok(VideoInput::Screen));
        assert_eq!("test".parse(), Ok(VideoInput::Test));
        let file = std::env::current_exe().unwrap();
        assert_eq!(file.to_str().unwrap().parse(), Ok(VideoInput::File(file)));
    }

    #[test]
    fn a_missing_path_is_refused_with_what_to_give() {
        let error = "no/such/clip.mp4".parse::<VideoInput>().unwrap_err();
        assert!(matches!(&error, MediaError::NoSuchInput { path } if path.ends_with("clip.mp4")));
        assert!(error.to_string().contains("give a video file"));
        assert!("/".parse::<VideoInput>().is_err());
    }
}
