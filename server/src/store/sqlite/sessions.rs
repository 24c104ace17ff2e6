use super::rows;
use crate::store::{StoreError, Stored, StoredSession};
use sightline_protocol::{ParticipantId, SessionId, SessionPhase, TenantId, UserId};
use sightline_session::Record;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

fn session(row: &SqliteRow) -> Stored<StoredSession> {
    Ok(StoredSession {
        id: rows::id(row, "id")?,
        tenant: rows::id(row, "tenant_id")?,
        company_name: row.try_get("company_name")?,
        title: row.try_get("title")?,
        agent_name: row.try_get("agent_name")?,
        created_by: rows::id(row, "created_by")?,
        created_ms: row.try_get("created_ms")?,
        phase: rows::word(row, "phase")?,
    })
}

pub async fn add(pool: &SqlitePool, session: &StoredSession) -> Stored<()> {
    sqlx::query(
        "INSERT INTO sessions (id, tenant_id, title, agent_name, created_by, created_ms, phase)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(session.id.as_str())
    .bind(session.tenant.as_str())
    .bind(&session.title)
    .bind(&session.agent_name)
    .bind(session.created_by.as_str())
    .bind(session.created_ms)
    .bind(rows::to_word(session.phase))
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn get(
    pool: &SqlitePool,
    tenant: &TenantId,
    id: &SessionId,
) -> Stored<Option<StoredSession>> {
    let row = sqlx::query(
        "SELECT s.*, t.name AS company_name FROM sessions s JOIN tenants t ON t.id = s.tenant_id
         WHERE s.tenant_id = ? AND s.id = ?",
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(session).transpose()
}

pub async fn newest(
    pool: &SqlitePool,
    tenant: &TenantId,
    limit: u32,
) -> Stored<Vec<StoredSession>> {
    let rows = sqlx::query(
        "SELECT s.*, t.name AS company_name FROM sessions s JOIN tenants t ON t.id = s.tenant_id
         WHERE s.tenant_id = ? ORDER BY s.created_ms DESC, s.rowid DESC LIMIT ?",
    )
    .bind(tenant.as_str())
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter().map(session).collect()
}

pub async fn set_phase(
    pool: &SqlitePool,
    tenant: &TenantId,
    id: &SessionId,
    phase: SessionPhase,
) -> Stored<()> {
    sqlx::query("UPDATE sessions SET phase = ? WHERE tenant_id = ? AND id = ?")
        .bind(rows::to_word(phase))
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn agent_place(
    pool: &SqlitePool,
    tenant: &TenantId,
    session: &SessionId,
    account: &UserId,
) -> Stored<Option<ParticipantId>> {
    let row = sqlx::query(
        "SELECT participant_id FROM session_agents
         WHERE tenant_id = ? AND session_id = ? AND account_id = ?",
    )
    .bind(tenant.as_str())
    .bind(session.as_str())
    .bind(account.as_str())
    .fetch_optional(pool)
    .await?;
    row.as_ref()
        .map(|row| rows::id(row, "participant_id"))
        .transpose()
}

pub async fn set_agent_place(
    pool: &SqlitePool,
    tenant: &TenantId,
    session: &SessionId,
    account: &UserId,
    place: &ParticipantId,
) -> Stored<()> {
    sqlx::query(
        "INSERT INTO session_agents (tenant_id, session_id, account_id, participant_id)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (session_id, account_id) DO UPDATE SET participant_id = excluded.participant_id",
    )
    .bind(tenant.as_str())
    .bind(session.as_str())
    .bind(account.as_str())
    .bind(place.as_str())
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn append_records(
    pool: &SqlitePool,
    tenant: &TenantId,
    session: &SessionId,
    first: u32,
    records: &[Record],
) -> Stored<()> {
    let mut tx = pool.begin().await?;
    for (seq, record) in (first..).zip(records) {
        let body = serde_json::to_string(record).map_err(|_| StoreError::Unreadable {
            what: "session record",
        })?;
        sqlx::query(
            "INSERT INTO session_records (tenant_id, session_id, seq, body) VALUES (?, ?, ?, ?)",
        )
        .bind(tenant.as_str())
        .bind(session.as_str())
        .bind(seq)
        .bind(body)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn records(
    pool: &SqlitePool,
    tenant: &TenantId,
    session: &SessionId,
) -> Stored<Vec<Record>> {
    let rows = sqlx::query(
        "SELECT body FROM session_records WHERE tenant_id = ? AND session_id = ? ORDER BY seq",
    )
    .bind(tenant.as_str())
    .bind(session.as_str())
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            serde_json::from_str(row.try_get("body")?).map_err(|_| StoreError::Unreadable {
                what: "session record",
            })
        })
        .collect()
}
