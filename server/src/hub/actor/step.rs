//! Inputs go through the state machine here, and what follows from them goes out.

use super::{Actor, Broken};
use crate::{hub::CloseWhy, secrets, store::StoredSession};
use sightline_session::{Input, Output, Record, Refusal};
use tracing::{error, info};

impl Actor {
    /// One input through the state machine: gates that close, then records, then everything else
    /// in its order.
    /// A negotiation leads to a further input, hence the loop.
    pub(super) async fn step(&mut self, input: Input) -> Result<Result<(), Refusal>, Broken> {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let now_ms = self.now_ms();
            let outputs = match self.state.handle(now_ms, &mut secrets::random16, input) {
                Ok(outputs) => outputs,
                Err(refusal) => return Ok(Err(refusal)),
            };
            // Gates close at once, however long the disk takes to write down why.
            let (closing, outputs): (Vec<_>, Vec<_>) = outputs.into_iter().partition(closes);
            for output in closing {
                self.output(output).await;
            }
            self.record(&outputs).await?;
            for output in outputs {
                if let Some(input) = self.output(output).await {
                    next = Some(input);
                }
            }
        }
        Ok(Ok(()))
    }

    async fn record(&mut self, outputs: &[Output]) -> Result<(), Broken> {
        let records: Vec<Record> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Record(record) => Some(record.clone()),
                _ => None,
            })
            .collect();
        let StoredSession { tenant, id, .. } = &self.session;
        if !records.is_empty() {
            if let Err(error) = self
                .store
                .append_records(tenant, id, self.written + 1, &records)
                .await
            {
                error!(%error, "records could not be stored");
                return Err(Broken);
            }
            self.written += records.len() as u32;
        }
        let phase = self.state.phase();
        if phase != self.session.phase {
            if let Err(error) = self.store.set_phase(tenant, id, phase).await {
                error!(%error, "the phase could not be stored");
                return Err(Broken);
            }
            self.session.phase = phase;
        }
        Ok(())
    }

    async fn output(&mut self, output: Output) -> Option<Input> {
        let session = &self.session.id;
        match output {
            Output::Record(_) => {}
            Output::Send { to, message } => self.deliver.send(&to, &message),
            Output::Broadcast { except, message } => {
                self.tell_media(&message);
                self.deliver.broadcast(except.as_ref(), &message);
            }
            Output::ForwardSurface { surface, open } => self.forward_surface(&surface, open),
            Output::ForwardSound { participant, open } => {
                self.media.forward_sound(session, &participant, open);
            }
            Output::DropMedia { participant } => {
                self.media.remove_participant(session, &participant);
            }
            Output::Close { participant } => self.deliver.close(&participant, CloseWhy::Over),
            Output::Ended => {
                info!("session ended");
                self.filming.stop();
                self.media.end_session(session);
                self.deliver.close_all(CloseWhy::Over);
            }
            Output::Negotiate {
                participant,
                number,
                sdp,
                tracks,
            } => {
                return self.negotiate(participant, number, sdp, tracks).await;
            }
        }
        None
    }
}

fn closes(output: &Output) -> bool {
    matches!(
        output,
        Output::ForwardSurface { open: false, .. } | Output::ForwardSound { open: false, .. }
    )
}
