use std::path::PathBuf;

/// Why a picture source, an encoder or a writer could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// GStreamer itself does not start.
    #[error("GStreamer does not start ({reason}); install gstreamer1.0-plugins-base and -good")]
    Unavailable {
        /// What GStreamer said.
        reason: String,
    },
    /// The given camera is neither a keyword, a device nor a file.
    #[error("there is no file or device {path:?}; give a video file, /dev/videoN, screen or test")]
    NoSuchInput {
        /// As given.
        path: PathBuf,
    },
    /// A source that gives no picture or no sound.
    #[error("{input} cannot be used: {reason}")]
    NotReadable {
        /// Which source.
        input: String,
        /// What the first failing element said.
        reason: String,
    },
    /// A GStreamer element is missing.
    #[error("cannot build {what}: {reason}; install gstreamer1.0-plugins-good, -bad and -ugly")]
    MissingElement {
        /// What was to be built.
        what: &'static str,
        /// Which element is missing.
        reason: String,
    },
    /// An element failed while frames went through it.
    #[error("{what} failed: {reason}")]
    Failed {
        /// Which part.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// The file name's ending names no format that can be written.
    #[error("cannot write a video to {path:?}; end the name with .webm, .mkv or .mp4")]
    UnknownFormat {
        /// As given.
        path: PathBuf,
    },
    /// The source came to its end and gives no more frames.
    #[error("the picture source has ended")]
    Ended,
}

/// Why an encoded frame from outside gave no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The frame is empty or larger than a frame can be.
    #[error("an encoded frame has {bytes} bytes; 1 to {limit} are allowed")]
    BadSize {
        /// Size found.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// The decoder starts at a keyframe and has seen none; ask the sender for one.
    #[error("the stream does not start with a keyframe; request one")]
    NeedsKeyframe,
    /// The bytes are not a frame of this codec; ask the sender for a keyframe.
    #[error("not a valid frame: {reason}; request a keyframe")]
    Refused {
        /// What the decoder said.
        reason: String,
    },
    /// The decoder could not be (re)built.
    #[error(transparent)]
    Media(#[from] MediaError),
}
