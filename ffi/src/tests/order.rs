//! What is so when an event comes: the observer acts on it at once, on its own thread.

use super::*;
use crate::JoinedSession;
use std::sync::{OnceLock, Weak};

/// Acts on an event and tells what came of it.
type Act<T> = fn(&AssistSession, &SessionEvent) -> Option<T>;

struct Acting<T> {
    session: OnceLock<Weak<AssistSession>>,
    act: Act<T>,
    told: Mutex<mpsc::Sender<T>>,
}

impl<T: Send> SessionObserver for Acting<T> {
    fn on_event(&self, event: SessionEvent) {
        let session = self.session.get().and_then(Weak::upgrade);
        if let Some(told) = session.and_then(|session| (self.act)(&session, &event)) {
            drop(self.told.lock().unwrap().send(told));
        }
    }

    fn on_encoder(&self, _request: EncoderRequest) {}
}

fn acting<T: Send + 'static>(act: Act<T>) -> (Arc<AssistSession>, mpsc::Receiver<T>) {
    let (told, came) = mpsc::channel();
    let observer = Arc::new(Acting {
        session: OnceLock::new(),
        act,
        told: Mutex::new(told),
    });
    let session = AssistSession::new(observer.clone()).unwrap();
    drop(observer.session.set(Arc::downgrade(&session)));
    (session, came)
}

/// The server's word follows the person's; it takes the yes back when a surface is asked for, and ends
/// the session at a word about the microphone.
fn consents(said: &Value) -> Option<Value> {
    let granted = match said["type"].as_str()? {
        "set_consent" if said["scope"] == "microphone" => {
            return Some(json!({"type": "session_ended", "by": null}));
        }
        "set_consent" if said["scope"] == "camera" && said["granted"] == true => json!(["camera"]),
        "request_surface" => json!([]),
        _ => return None,
    };
    Some(json!({"type": "consent_changed", "consent": {"granted": granted}}))
}

async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (messages, _) = mpsc::channel();
    tokio::spawn(serve(listener, json!([]), messages, consents));
    origin
}

/// Joins up to the question for consent, which the observer answers, and no further: the app's thread
/// has other things to do than to hear that it has joined.
fn half_joined<'a>(
    session: &'a AssistSession,
    answered: &mpsc::Receiver<Result<(), AssistError>>,
    origin: &str,
) -> impl Future<Output = Result<JoinedSession, AssistError>> + 'a {
    let mut join = Box::pin(session.join(config(origin)));
    let _guard = runtime().unwrap().enter();
    assert_eq!(join.as_mut().now_or_never(), None);
    assert_eq!(answered.recv_timeout(PATIENCE), Ok(Ok(())));
    join
}

fn says_yes(session: &AssistSession, event: &SessionEvent) -> Option<Result<(), AssistError>> {
    let asked = matches!(event, SessionEvent::ConsentAsked { .. });
    asked.then(|| session.set_consent(true, None))
}

#[test]
fn who_is_asked_can_answer_before_join_has_returned() {
    let (session, answered) = acting(says_yes);
    let runtime = runtime().unwrap();
    let origin = runtime.block_on(start());
    let join = half_joined(&session, &answered, &origin);
    runtime.block_on(join).unwrap();
    let again = runtime.block_on(session.join(config(&origin)));
    assert_eq!(again, Err(AssistError::AlreadyJoined));
}

#[test]
fn who_gives_up_after_the_server_let_it_in_has_joined_nothing() {
    let (session, answered) = acting(says_yes);
    let runtime = runtime().unwrap();
    let origin = runtime.block_on(start());
    drop(half_joined(&session, &answered, &origin));
    assert_eq!(session.set_consent(true, None), Err(AssistError::NotJoined));
    runtime.block_on(session.join(config(&origin))).unwrap();
}

#[test]
fn pushed_frames_are_taken_from_the_word_on_that_they_are_sent_until_the_word_that_they_are_not() {
    let (session, pushed) = acting(|session, event| {
        let word = match event {
            SessionEvent::SendingStarted { .. } => "started",
            SessionEvent::SendingStopped { .. } => "stopped",
            _ => return None,
        };
        Some((
            word,
            session.push_encoded_video(0, true, SIZE.0, SIZE.1, &[1]),
        ))
    });
    runtime().unwrap().block_on(async {
        session.join(config(&start().await)).await.unwrap();
    });
    session.set_consent(true, None).unwrap();
    let next = || pushed.recv_timeout(PATIENCE);
    assert_eq!(next(), Ok(("started", Ok(PushResult::Taken))));
    // The server withdraws it; the person's yes still stands.
    session.request_surface(SurfaceType::Camera).unwrap();
    assert_eq!(next(), Ok(("stopped", Ok(PushResult::NotSending))));
}

#[test]
fn who_leaves_while_the_session_ends_hears_of_the_end_first() {
    let (session, heard) = acting(|_, event| match event {
        SessionEvent::SendingStarted { .. } => Some("started".to_owned()),
        SessionEvent::Ended { reason } => Some(reason.clone()),
        _ => None,
    });
    runtime().unwrap().block_on(async {
        session.join(config(&start().await)).await.unwrap();
    });
    session.set_consent(true, None).unwrap();
    assert_eq!(heard.recv_timeout(PATIENCE).as_deref(), Ok("started"));
    session.set_microphone(true).unwrap();
    // The camera is being shut, which takes a moment.
    while session.set_paused(false) != Err(AssistError::NotJoined) {
        std::thread::yield_now();
    }
    runtime().unwrap().block_on(session.leave()).unwrap();
    assert_eq!(heard.try_recv().as_deref(), Ok("session_ended"));
}
