//! What the server remembers. One trait, so that another database can stand behind it; every
//! query about a company's things takes the company.

mod sqlite;
mod types;

pub use sqlite::SqliteStore;
pub use types::*;

use async_trait::async_trait;
use sightline_protocol::{InviteId, ParticipantId, SessionId, SessionPhase, TenantId, UserId};
use sightline_session::Record;

/// The store failed; there is nothing that the caller could do better.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row that this server did not write, or a newer one did.
    #[error("the database holds a {what} that this version cannot read")]
    Unreadable {
        /// Which kind of thing.
        what: &'static str,
    },
    /// Something that must be unique is taken.
    #[error("this {what} is taken")]
    Taken {
        /// What.
        what: &'static str,
    },
}

/// Result of a query.
pub type Stored<T> = Result<T, StoreError>;

/// Tenants, accounts, sessions, invitations and session records.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The first company and its first account, made when there are none. Given names replace
    /// those that are stored.
    async fn first_account(&self, first: FirstAccount) -> Stored<Account>;
    /// Adds an account to the first company; [`StoreError::Taken`] when the address is in use.
    async fn add_account(&self, new: NewAccount) -> Stored<Account>;
    /// An account by its address, in lower case, with its password's hash.
    async fn account_by_email(&self, email: &str) -> Stored<Option<(Account, Option<String>)>>;
    /// Remembers a sign-in by the hash of its token.
    async fn add_sign_in(
        &self,
        token: Hash,
        account: &Account,
        now_ms: i64,
        end_ms: i64,
    ) -> Stored<()>;
    /// The account of a sign-in that has not expired.
    async fn account_by_sign_in(&self, token: Hash, now_ms: i64) -> Stored<Option<Account>>;
    /// Forgets a sign-in.
    async fn remove_sign_in(&self, token: Hash) -> Stored<()>;

    /// Adds a session.
    async fn add_session(&self, session: &StoredSession) -> Stored<()>;
    /// A session of this company.
    async fn session(&self, tenant: &TenantId, id: &SessionId) -> Stored<Option<StoredSession>>;
    /// The newest sessions of this company.
    async fn sessions(&self, tenant: &TenantId, limit: u32) -> Stored<Vec<StoredSession>>;
    /// Writes where a session stands.
    async fn set_phase(&self, tenant: &TenantId, id: &SessionId, phase: SessionPhase)
    -> Stored<()>;
    /// The place of an account in a session.
    async fn agent_place(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        account: &UserId,
    ) -> Stored<Option<ParticipantId>>;
    /// Remembers it.
    async fn set_agent_place(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        account: &UserId,
        place: &ParticipantId,
    ) -> Stored<()>;
    /// Appends records; the first gets number `first`, the next ones follow.
    async fn append_records(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        first: u32,
        records: &[Record],
    ) -> Stored<()>;
    /// All records of a session, in order.
    async fn records(&self, tenant: &TenantId, session: &SessionId) -> Stored<Vec<Record>>;

    /// Adds an invitation; [`StoreError::Taken`] when a live invitation has the same code.
    async fn add_invite(&self, invite: &NewInvite, now_ms: i64) -> Stored<()>;
    /// Uses up a code and gives its invitation a ticket. None for wrong, expired, used and foreign
    /// codes alike, by the same statement.
    async fn redeem_code(&self, redeem: RedeemCode<'_>) -> Stored<Option<InviteOffer>>;
    /// The invitation of a ticket that can still be accepted.
    async fn invite_by_ticket(
        &self,
        ticket: Hash,
        host: &str,
        now_ms: i64,
    ) -> Stored<Option<InviteOffer>>;
    /// Uses up a ticket.
    async fn accept_ticket(
        &self,
        ticket: Hash,
        host: &str,
        now_ms: i64,
    ) -> Stored<Option<InviteOffer>>;
    /// Makes an accepted invitation acceptable again, because its session had no room.
    async fn give_back_invite(&self, tenant: &TenantId, invite: &InviteId) -> Stored<()>;
}
