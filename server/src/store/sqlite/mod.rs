//! The embedded database: SQLite in write-ahead mode, migrations built in.

mod accounts;
mod invites;
mod rows;
mod sessions;

use super::{
    Account, FirstAccount, Hash, InviteOffer, NewAccount, NewInvite, RedeemCode, Store, Stored,
    StoredSession,
};
use async_trait::async_trait;
use sightline_protocol::{InviteId, ParticipantId, SessionId, SessionPhase, TenantId, UserId};
use sightline_session::Record;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// Connections in the pool. SQLite has one writer at a time, so more would only wait.
const CONNECTIONS: u32 = 4;

/// The store in one file.
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, makes it when it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or written.
    pub async fn open(file: &Path) -> Stored<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn first_account(&self, first: FirstAccount) -> Stored<Account> {
        accounts::first(&self.pool, first).await
    }

    async fn add_account(&self, new: NewAccount) -> Stored<Account> {
        accounts::add(&self.pool, new).await
    }

    async fn account_by_email(&self, email: &str) -> Stored<Option<(Account, Option<String>)>> {
        accounts::by_email(&self.pool, email).await
    }

    async fn add_sign_in(
        &self,
        token: Hash,
        account: &Account,
        now_ms: i64,
        end_ms: i64,
    ) -> Stored<()> {
        accounts::add_sign_in(&self.pool, token, account, now_ms, end_ms).await
    }

    async fn account_by_sign_in(&self, token: Hash, now_ms: i64) -> Stored<Option<Account>> {
        accounts::by_sign_in(&self.pool, token, now_ms).await
    }

    async fn remove_sign_in(&self, token: Hash) -> Stored<()> {
        accounts::remove_sign_in(&self.pool, token).await
    }

    async fn add_session(&self, session: &StoredSession) -> Stored<()> {
        sessions::add(&self.pool, session).await
    }

    async fn session(&self, tenant: &TenantId, id: &SessionId) -> Stored<Option<StoredSession>> {
        sessions::get(&self.pool, tenant, id).await
    }

    async fn sessions(&self, tenant: &TenantId, limit: u32) -> Stored<Vec<StoredSession>> {
        sessions::newest(&self.pool, tenant, limit).await
    }

    async fn set_phase(
        &self,
        tenant: &TenantId,
        id: &SessionId,
        phase: SessionPhase,
    ) -> Stored<()> {
        sessions::set_phase(&self.pool, tenant, id, phase).await
    }

    async fn agent_place(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        account: &UserId,
    ) -> Stored<Option<ParticipantId>> {
        sessions::agent_place(&self.pool, tenant, session, account).await
    }

    async fn set_agent_place(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        account: &UserId,
        place: &ParticipantId,
    ) -> Stored<()> {
        sessions::set_agent_place(&self.pool, tenant, session, account, place).await
    }

    async fn append_records(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        first: u32,
        records: &[Record],
    ) -> Stored<()> {
        sessions::append_records(&self.pool, tenant, session, first, records).await
    }

    async fn records(&self, tenant: &TenantId, session: &SessionId) -> Stored<Vec<Record>> {
        sessions::records(&self.pool, tenant, session).await
    }

    async fn add_invite(&self, invite: &NewInvite, now_ms: i64) -> Stored<()> {
        invites::add(&self.pool, invite, now_ms).await
    }

    async fn redeem_code(&self, redeem: RedeemCode<'_>) -> Stored<Option<InviteOffer>> {
        invites::redeem(&self.pool, redeem).await
    }

    async fn invite_by_ticket(
        &self,
        ticket: Hash,
        host: &str,
        now_ms: i64,
    ) -> Stored<Option<InviteOffer>> {
        invites::by_ticket(&self.pool, ticket, host, now_ms).await
    }

    async fn accept_ticket(
        &self,
        ticket: Hash,
        host: &str,
        now_ms: i64,
    ) -> Stored<Option<InviteOffer>> {
        invites::accept(&self.pool, ticket, host, now_ms).await
    }

    async fn give_back_invite(&self, tenant: &TenantId, invite: &InviteId) -> Stored<()> {
        invites::give_back(&self.pool, tenant, invite).await
    }
}
