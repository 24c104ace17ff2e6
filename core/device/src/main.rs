//! A phone on Linux: joins a session, sends a camera, and keeps drawings on the thing; or, with a
//! technician's link, writes what others show to a file.
//!
//! Its events go to standard output as one JSON object a line, everything else to standard error.

mod camera;
mod control;
mod faces;
mod sound;
mod view;
mod watching;

use camera::LinuxCamera;
use clap::{Parser, ValueEnum};
use sightline_client::{
    ClientError, Event, Invite,
    camera::NoCamera,
    device::{self, Command, DeviceConfig},
    watch::Watch,
};
use sightline_media::{
    Codec, MediaError, SoundInput, VideoInput,
    privacy::{Privacy, Region},
};
use sightline_protocol::Role;
use sound::LinuxSound;
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::sync::mpsc;
use tracing_subscriber::EnvFilter;
use watching::Writing;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CodecName {
    Vp8,
    H264,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Consent {
    /// Asks on the terminal before anything is captured.
    Ask,
    /// Stands for the person's tap.
    Yes,
}

/// Joins a support session as the customer's device, or as a technician who watches.
#[derive(Debug, Parser)]
#[command(name = "sightline-device", version)]
struct Options {
    /// A video file (plays in a loop), /dev/videoN, `screen` or `test`.
    #[arg(long, required_unless_present = "watch")]
    camera: Option<String>,
    /// Writes the picture of somebody else to an .ivf file, with the link of a technician's
    /// invitation.
    #[arg(long, value_name = "FILE", conflicts_with = "camera")]
    watch: Option<PathBuf>,
    /// The link of the invitation, or its 6-digit code.
    #[arg(long)]
    invite: String,
    /// The server's address; needed with a code, and replaces the host of a link.
    #[arg(long)]
    server: Option<String>,
    /// The name that others see.
    #[arg(long, default_value = "")]
    name: String,
    /// How the picture is encoded.
    #[arg(long, value_enum, default_value = "vp8")]
    codec: CodecName,
    /// Highest rate of the picture in bits a second.
    #[arg(long, default_value_t = 2_000_000, value_parser = clap::value_parser!(u32).range(100_000..=50_000_000))]
    bitrate: u32,
    /// Widest picture that is sent, in pixels.
    #[arg(long, default_value_t = 1280, value_parser = clap::value_parser!(u32).range(160..=3840))]
    max_width: u32,
    /// Writes what the device shows, drawings included, to a .webm, .mkv or .mp4 file.
    #[arg(long)]
    record_view: Option<PathBuf>,
    /// Draws the points that hold each drawing on the recorded view: green where the picture looks
    /// as it did, red where it does not, and the anchor's state in words.
    #[arg(long, requires = "record_view")]
    debug_overlay: bool,
    /// Sends sound, once there is consent: a sound file, `default` for the microphone, or `test`.
    #[arg(long)]
    microphone: Option<SoundInput>,
    /// Hides a part of the picture before it is sent: left,top,width,height between 0 and 1. May be
    /// given up to 16 times.
    #[arg(long, value_name = "REGION")]
    hide: Vec<Region>,
    /// Hides the faces that are found, and everything when they cannot be looked for. Needs
    /// Debian's opencv-data, or another cascade of local binary patterns.
    #[arg(long, value_name = "CASCADE", num_args = 0..=1, default_missing_value = faces::CASCADE)]
    hide_faces: Option<PathBuf>,
    /// Takes commands on standard input, one a line: hide REGION, show, microphone on|off,
    /// consent on|off, pause, resume.
    #[arg(long)]
    control: bool,
    /// Whether to ask for consent.
    #[arg(long, value_enum, default_value = "ask")]
    consent: Consent,
    /// Takes any TLS certificate, for a test server that signed its own.
    #[arg(long)]
    insecure: bool,
    /// Leaves after this many seconds.
    #[arg(long)]
    duration: Option<f64>,
    /// Attaches drawings to the newest frame instead of the one that their author saw; for tests.
    #[arg(long)]
    no_frame_times: bool,
}

fn config(
    options: Options,
    privacy: Arc<Privacy>,
    watch: Option<Arc<Watch>>,
) -> Result<DeviceConfig, ClientError> {
    let input = options.camera.as_deref().map(str::parse::<VideoInput>);
    let input = input.transpose()?;
    let duration = options
        .duration
        .filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
    Ok(DeviceConfig {
        invite: Invite::parse(&options.invite, options.server.as_deref())?,
        name: options.name,
        camera: match input {
            None => Arc::new(NoCamera),
            Some(input) => Arc::new(LinuxCamera {
                input,
                codec: match options.codec {
                    CodecName::Vp8 => Codec::Vp8,
                    CodecName::H264 => Codec::H264,
                },
                max_width: options.max_width,
                record_view: options.record_view,
                debug_overlay: options.debug_overlay,
                privacy,
                faces: options.hide_faces,
                newest_us: Arc::default(),
            }),
        },
        microphone_given: options.microphone.is_some() && options.consent == Consent::Yes,
        sound: options
            .microphone
            .map(|input| Arc::new(LinuxSound { input }) as _),
        watch,
        bitrate_bps: options.bitrate,
        consent_given: options.consent == Consent::Yes,
        insecure: options.insecure,
        use_frame_times: !options.no_frame_times,
        duration: duration.map(Duration::from_secs_f64),
    })
}

fn print(event: &Event) {
    match serde_json::to_string(event) {
        // Whoever closed the pipe does not want to know.
        Ok(line) => drop(writeln!(std::io::stdout().lock(), "{line}")),
        Err(error) => tracing::error!(%error, "an event cannot be written as JSON"),
    }
}

/// Asks on the terminal in a thread of its own, because reading a line cannot be cancelled.
fn ask(scope: String, film_days: Option<u16>, sound: bool, commands: mpsc::Sender<Command>) {
    std::thread::spawn(move || {
        let and = if sound { " and your sound" } else { "" };
        let film = match film_days {
            Some(1) => " A film of it is kept for one day.".to_owned(),
            Some(days) => format!(" A film of it is kept for {days} days."),
            None => String::new(),
        };
        eprint!(
            "Send the picture of your {scope}{and}, and let the agent keep still pictures?{film} Type yes to allow: "
        );
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        let yes = read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
        // The device may have left meanwhile.
        let _ = commands.blocking_send(Command::Consent {
            granted: yes,
            film_days,
        });
        if sound {
            let _ = commands.blocking_send(Command::Microphone(yes));
        }
    });
}

async fn run(options: Options) -> Result<(), ClientError> {
    let privacy = Arc::new(Privacy::default());
    let drawn = options.hide.clone();
    let hidden = privacy.set_drawn(drawn.clone());
    hidden.map_err(|error| MediaError::Failed {
        what: "--hide",
        reason: error.to_string(),
    })?;
    let control = options.control;
    let sound = options.microphone.is_some();
    let watch = options.watch.as_ref().map(|_| Arc::new(Watch::default()));
    let writing = match (&options.watch, &watch) {
        (Some(path), Some(watch)) => Some(Writing::start(path, watch.clone())?),
        _ => None,
    };
    let watches = writing.is_some();
    let config = config(options, privacy.clone(), watch)?;
    let asks = !config.consent_given && !control;
    let (events, mut happened) = mpsc::channel(256);
    let (commands, commanded) = mpsc::channel(16);
    if control {
        control::listen(privacy, drawn, commands.clone());
    }
    let printer = {
        let commands = commands.clone();
        tokio::spawn(async move {
            while let Some(event) = happened.recv().await {
                print(&event);
                if let Event::Joined {
                    role: Role::Customer,
                    ..
                } = event
                    && watches
                {
                    eprintln!(
                        "sightline-device: this invitation is a customer's, who watches nobody; \
                         give --watch a technician's link"
                    );
                    // A full queue means that the device is leaving already.
                    let _ = commands.try_send(Command::Leave);
                }
                if let Event::Consent {
                    scope,
                    state: "asked",
                    film_days,
                } = event
                    && asks
                {
                    ask(scope, film_days, sound, commands.clone());
                }
            }
        })
    };
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            // Behind what waits. A device that takes nothing any more is leaving already.
            let _ = commands.send(Command::Leave).await;
        }
    });
    let result = device::run(config, events, commanded).await;
    let written = writing.map(Writing::finish).transpose();
    // The printer ends with the last event.
    let _ = printer.await;
    result?;
    if let Some(frames) = written? {
        tracing::info!(frames, "the file of --watch is complete");
    }
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::parse();
    let filter = EnvFilter::try_from_env("SIGHTLINE_LOG").unwrap_or_else(|_| {
        EnvFilter::new("error,sightline_device=info,sightline_client=info,sightline_media=info")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no async runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(options));
    // A thread that still waits for a line on the terminal must not hold the program up.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print(&Event::Error {
                message: error.to_string(),
            });
            eprintln!("sightline-device: {error}");
            ExitCode::FAILURE
        }
    }
}
