use super::{Command, Device, End, RequestRefused};
use crate::{ClientError, Event, signalling::Signalling};
use sightline_protocol::Role;
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// How long it is tried to come back.
const PATIENCE: Duration = Duration::from_secs(120);
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

impl Device {
    /// Comes back with the same token, waiting longer after each failure. The camera goes on
    /// meanwhile, so that anchors survive.
    pub(super) async fn reconnect(
        &mut self,
        commands: &mut mpsc::Receiver<Command>,
        end: Option<Instant>,
    ) -> Result<Option<End>, ClientError> {
        self.tell(Event::Connection {
            state: "reconnecting",
        })
        .await;
        self.disconnected();
        let deadline = Instant::now() + PATIENCE;
        let url = self.config.invite.websocket();
        let tracks = self.role == Role::Customer;
        let (token, insecure) = (self.token.clone(), self.config.insecure);
        let mut wait = FIRST_WAIT;
        loop {
            // Up to a third less, so that many devices do not come back in one moment.
            let share = 1.0 - rand::random::<f64>() / 3.0;
            let due = Instant::now() + wait.mul_f64(share);
            let dial = async {
                sleep_until(due).await;
                Signalling::connect(&url, &token, tracks, insecure).await
            };
            tokio::pin!(dial);
            // What the person does meanwhile neither hurries it nor waits for it.
            let dialled = loop {
                tokio::select! {
                    dialled = &mut dial => break dialled,
                    Some(command) = commands.recv() => match command {
                        Command::Leave => return Ok(Some(End::Left)),
                        command => self.on_command_apart(command).await?,
                    },
                    () = sleep_until(end.unwrap_or(deadline)), if end.is_some() => {
                        return Ok(Some(End::Duration));
                    }
                }
            };
            match dialled {
                Ok(signalling) => {
                    self.signalling = signalling;
                    return Ok(None);
                }
                Err(error) if Instant::now() >= deadline => {
                    tracing::warn!(%error, "giving up");
                    let server = self.config.invite.server.clone();
                    return Err(ClientError::ConnectionLost {
                        server,
                        seconds: PATIENCE.as_secs(),
                    });
                }
                Err(error) => {
                    tracing::info!(%error, "not back yet");
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// What the person does while there is no connection: what is sent now is lost.
    async fn on_command_apart(&mut self, command: Command) -> Result<(), ClientError> {
        match command {
            // The welcome asks for consent again.
            Command::Consent { granted, .. } => {
                if !granted && self.granted {
                    self.answer_consent(false, None).await?;
                }
            }
            Command::Microphone(granted) => self.answer_microphone(granted).await?,
            Command::Show(camera) => self.show(camera).await?,
            Command::Pause(paused) => self.pause(paused).await,
            Command::Saving(saving) => self.saving = saving,
            Command::Chat { told, .. } | Command::Step { told, .. } => {
                drop(told.send(Err(RequestRefused::NotConnected)));
            }
            // The welcome holds the frame again at its tracker.
            Command::HoldFrame { frame_time, hold } => self.hold_here(frame_time, hold),
            // Whoever reads commands looks for leaving first.
            Command::Point { .. } | Command::RequestSurface(_) | Command::Leave => {}
        }
        Ok(())
    }
}
