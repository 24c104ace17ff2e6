//! What every request handler can reach.

use crate::{
    auth::{Guesses, OneTime, Tokens},
    clock::Clock,
    cobrowse::Cobrowse,
    hub::Hubs,
    secrets::Keys,
    store::{Account, Store},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{Mutex, Semaphore};

/// Wrong codes a minute from one address; the next try waits.
const CODE_GUESSES: usize = 5;
/// The same from all addresses together: with a hundred live codes, guessing at this rate meets
/// one of them about once in seven days.
const CODE_GUESSES_IN_ALL: usize = 100;
/// Wrong tickets a minute from one address. Nobody can guess one, so there is no limit in all: a
/// flood of wrong codes must not keep people out who have a link.
const TICKET_TRIES: usize = 5;
/// Wrong passwords a minute from one address, and in all.
const PASSWORD_GUESSES: (usize, usize) = (5, 200);
/// Passwords hashed at one time; each takes 19 MiB and a core. The others wait their turn.
const HASHING: usize = 4;

/// How the server presents itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address under which people reach the server, without a slash at the end; none to take the
    /// one that the request came to.
    pub public_url: Option<String>,
    /// True when a proxy in front sets `X-Forwarded-For`.
    pub trust_forwarded: bool,
    /// Folder with `dashboard/dist` and `customer/dist`.
    pub web: PathBuf,
    /// Folder for pictures.
    pub blobs: PathBuf,
    /// Time that a WebSocket has to say `hello`.
    pub hello_within: Duration,
}

/// The server's shared parts.
pub struct App {
    /// Companies, accounts, sessions, invitations.
    pub store: Arc<dyn Store>,
    /// Sessions that are awake.
    pub hubs: Hubs,
    /// The time.
    pub clock: Clock,
    /// Keys.
    pub keys: Keys,
    /// Participants' tokens.
    pub tokens: Tokens,
    /// The printed sign-in.
    pub one_time: OneTime,
    /// Whom the printed sign-in signs in.
    pub first_account: Account,
    /// Guard on codes, which are short enough to be guessed.
    pub code_guesses: Guesses,
    /// Guard on tickets.
    pub ticket_tries: Guesses,
    /// Guard on passwords and the printed sign-in.
    pub password_guesses: Guesses,
    /// One permit for each password that is being hashed.
    pub hashing: Semaphore,
    /// Held while an agent gets a first place in a session.
    pub agents_joining: Mutex<()>,
    /// Shared pages.
    pub cobrowse: Cobrowse,
    /// How the server presents itself.
    pub options: Options,
}

impl App {
    /// Puts the parts together. Returns the one-time sign-in secret as well.
    pub fn new(
        store: Arc<dyn Store>,
        hubs: Hubs,
        clock: Clock,
        keys: Keys,
        first_account: Account,
        options: Options,
    ) -> (Self, String) {
        let (one_time, secret) = OneTime::make(clock.now_ms());
        let cobrowse = Cobrowse::new(&options.blobs, &keys);
        let app = Self {
            store,
            hubs,
            tokens: Tokens::new(&keys),
            clock,
            keys,
            one_time,
            first_account,
            cobrowse,
            code_guesses: Guesses::new(CODE_GUESSES, CODE_GUESSES_IN_ALL),
            ticket_tries: Guesses::new(TICKET_TRIES, usize::MAX),
            password_guesses: Guesses::new(PASSWORD_GUESSES.0, PASSWORD_GUESSES.1),
            hashing: Semaphore::new(HASHING),
            agents_joining: Mutex::new(()),
            options,
        };
        (app, secret)
    }
}
