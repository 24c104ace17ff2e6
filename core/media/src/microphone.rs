use crate::{Closed, MediaError, SoundPacket, SoundSource};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app as gst_app;
use std::{path::PathBuf, str::FromStr, time::Duration};

/// Where sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundInput {
    /// The system's microphone.
    Default,
    /// A tone of 440 Hz.
    Test,
    /// A sound or video file, played once at its own rate.
    File(PathBuf),
}

impl FromStr for SoundInput {
    type Err = MediaError;

    /// Reads `default`, `test` or the path of a file.
    fn from_str(text: &str) -> Result<Self, MediaError> {
        match text {
            "default" => Ok(Self::Default),
            "test" => Ok(Self::Test),
            path if PathBuf::from(path).is_file() => Ok(Self::File(path.into())),
            path => Err(MediaError::NotReadable {
                input: format!("the sound {path:?}"),
                reason: "there is no such file; give a sound file, default or test".into(),
            }),
        }
    }
}

/// A microphone on Linux, encoded as Opus packets of 20 ms; dropping it closes the microphone.
pub struct Microphone {
    base: u32,
    pipeline: gst::Pipeline,
    sink: gst_app::AppSink,
}

impl Microphone {
    /// Opens the input; its packets' timestamps count from `timestamp_base`.
    ///
    /// # Errors
    /// [`MediaError::MissingElement`] when an element is not installed, [`MediaError::NotReadable`]
    /// when there is no such input.
    pub fn open(input: &SoundInput, timestamp_base: u32) -> Result<Self, MediaError> {
        crate::init()?;
        let missing = |reason: String| MediaError::MissingElement {
            what: "the microphone",
            reason,
        };
        // Half a second may wait; then the oldest goes, because late sound is noise.
        let (source, pace) = match input {
            SoundInput::Default => ("autoaudiosrc", "sync=false"),
            SoundInput::Test => (
                "audiotestsrc is-live=true freq=440 volume=0.4",
                "sync=false",
            ),
            SoundInput::File(_) => ("filesrc name=file ! decodebin", "sync=true"),
        };
        let description = format!(
            "{source} ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 \
             ! opusenc bitrate=32000 frame-size=20 inband-fec=true audio-type=voice \
             ! appsink name=out {pace} max-buffers=25 drop=true"
        );
        let pipeline = gst::parse::launch(&description)
            .map_err(|error| missing(error.to_string()))?
            .downcast::<gst::Pipeline>()
            .map_err(|_| missing("not a pipeline".into()))?;
        if let (SoundInput::File(path), Some(file)) = (input, pipeline.by_name("file")) {
            file.set_property("location", path.to_string_lossy().as_ref());
        }
        let sink = pipeline
            .by_name("out")
            .and_then(|out| out.downcast::<gst_app::AppSink>().ok())
            .ok_or_else(|| missing("appsink".into()))?;
        let microphone = Self {
            base: timestamp_base,
            pipeline,
            sink,
        };
        let started = microphone.pipeline.set_state(gst::State::Playing);
        started.map_err(|error| MediaError::NotReadable {
            input: "the microphone".into(),
            reason: microphone.complaint().unwrap_or(error.to_string()),
        })?;
        Ok(microphone)
    }

    fn complaint(&self) -> Option<String> {
        let bus = self.pipeline.bus()?;
        match bus.pop_filtered(&[gst::MessageType::Error])?.view() {
            gst::MessageView::Error(error) => Some(error.error().to_string()),
            _ => None,
        }
    }
}

impl SoundSource for Microphone {
    fn next_sound(&self, timeout: Duration) -> Result<Option<SoundPacket>, Closed> {
        let timeout_ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX / 2);
        let wait = gst::ClockTime::from_nseconds(timeout_ns);
        let Some(sample) = self.sink.try_pull_sample(wait) else {
            return match self.complaint() {
                Some(reason) => Err(Closed(MediaError::Failed {
                    what: "the microphone",
                    reason,
                })),
                None if self.sink.is_eos() => Err(Closed(MediaError::Ended)),
                None => Ok(None),
            };
        };
        let packet = sample.buffer().and_then(|buffer| {
            let samples = buffer.pts()?.nseconds() * 48 / 1_000_000;
            Some(SoundPacket {
                // Only the low 32 bits travel, which is what wrapping means here.
                timestamp: self.base.wrapping_add((samples & 0xffff_ffff) as u32),
                data: buffer.map_readable().ok()?.to_vec(),
            })
        });
        Ok(packet)
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        // Going to NULL closes the microphone; there is nobody left to tell about a failure.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_frames::opus_samples;

    #[test]
    fn a_tone_becomes_packets_of_20_ms_on_the_clock_of_opus() {
        let microphone = Microphone::open(&SoundInput::Test, u32::MAX - 100).unwrap();
        let mut packets = Vec::new();
        while packets.len() < 4 {
            packets.extend(microphone.next_sound(Duration::from_secs(10)).unwrap());
        }
        assert!(packets.iter().all(|p| opus_samples(&p.data) == Ok(960)));
        let steps = packets.windows(2);
        let steps: Vec<u32> = steps
            .map(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp))
            .collect();
        // The encoder takes its own delay from the first stamp.
        assert!(steps[0] <= 960, "{steps:?}");
        let even = |step: &u32| (959..=961).contains(step);
        assert!(steps[1..].iter().all(even), "{steps:?}");
    }

    #[test]
    fn a_missing_file_is_refused_with_what_to_give() {
        let error = "no/such.wav".parse::<SoundInput>().unwrap_err();
        assert!(error.to_string().contains("give a sound file"), "{error}");
        assert_eq!("test".parse(), Ok(SoundInput::Test));
    }
}
