//! Invitations. Whether a secret is wrong, expired, used or foreign is decided inside one
//! statement, so that neither the answer nor the time it takes tells them apart.

use super::rows;
use crate::store::{Hash, InviteOffer, NewInvite, RedeemCode, StoreError, Stored};
use sightline_protocol::{InviteId, TenantId};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

fn offer(row: &SqliteRow) -> Stored<InviteOffer> {
    Ok(InviteOffer {
        id: rows::id(row, "id")?,
        tenant: rows::id(row, "tenant_id")?,
        session: rows::id(row, "session_id")?,
        role: rows::word(row, "role")?,
        surface: rows::optional_word(row, "surface")?,
        same_as: rows::optional_word(row, "same_as")?,
        company_name: row.try_get("company_name")?,
        agent_name: row.try_get("agent_name")?,
    })
}

pub async fn add(pool: &SqlitePool, invite: &NewInvite, now_ms: i64) -> Stored<()> {
    // Codes of expired invitations are free again.
    sqlx::query(
        "UPDATE invites SET code_mac = NULL WHERE code_mac IS NOT NULL AND expires_ms <= ?",
    )
    .bind(now_ms)
    .execute(pool)
    .await?;
    let done = sqlx::query(
        "INSERT INTO invites
         (id, tenant_id, session_id, role, surface, ticket_hash, code_mac, same_as, expires_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(invite.id.as_str())
    .bind(invite.tenant.as_str())
    .bind(invite.session.as_str())
    .bind(rows::to_word(invite.role))
    .bind(invite.surface.map(rows::to_word))
    .bind(&invite.ticket[..])
    .bind(invite.code.as_ref().map(|code| &code[..]))
    .bind(invite.same_as.as_ref().map(|id| id.as_str()))
    .bind(invite.expires_ms)
    .execute(pool)
    .await;
    match done {
        Err(sqlx::Error::Database(e)) if e.is_unique_violation() => {
            Err(StoreError::Taken { what: "code" })
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Company and agent of an invitation, by its id.
const OFFER: &str = "SELECT i.*, t.name AS company_name, s.agent_name
    FROM invites i JOIN tenants t ON t.id = i.tenant_id
    JOIN sessions s ON s.id = i.session_id AND s.tenant_id = i.tenant_id
    WHERE i.id = ?";

pub async fn redeem(pool: &SqlitePool, redeem: RedeemCode<'_>) -> Stored<Option<InviteOffer>> {
    let mut tx = pool.begin().await?;
    let row = sqlx::query(
        "UPDATE invites SET code_mac = NULL, code_ticket_hash = ?, code_ticket_expires_ms = ?
         WHERE code_mac = ? AND accepted_ms IS NULL AND expires_ms > ?
         AND EXISTS (SELECT 1 FROM sessions s
             WHERE s.id = invites.session_id AND s.phase <> 'ended')
         AND EXISTS (SELECT 1 FROM tenants t
             WHERE t.id = invites.tenant_id AND (t.host IS NULL OR t.host = ?))
         RETURNING id",
    )
    .bind(&redeem.ticket[..])
    .bind(redeem.ticket_expires_ms)
    .bind(&redeem.code[..])
    .bind(redeem.now_ms)
    .bind(redeem.host)
    .fetch_optional(&mut *tx)
    .await?;
    // The second query runs for a wrong code too: both ways cost the same.
    let id = row
        .map(|row| row.try_get::<String, _>("id"))
        .transpose()?
        .unwrap_or_default();
    let found = sqlx::query(OFFER).bind(id).fetch_optional(&mut *tx).await?;
    tx.commit().await?;
    found.as_ref().map(offer).transpose()
}

pub async fn by_ticket(
    pool: &SqlitePool,
    ticket: Hash,
    host: &str,
    now_ms: i64,
) -> Stored<Option<InviteOffer>> {
    let row = sqlx::query(
        "SELECT i.*, t.name AS company_name, s.agent_name
         FROM invites i JOIN tenants t ON t.id = i.tenant_id
         JOIN sessions s ON s.id = i.session_id AND s.tenant_id = i.tenant_id
         WHERE ((i.ticket_hash = ?1 AND i.expires_ms > ?2)
             OR (i.code_ticket_hash = ?1 AND i.code_ticket_expires_ms > ?2))
         AND i.accepted_ms IS NULL AND s.phase <> 'ended'
         AND (t.host IS NULL OR t.host = ?3)",
    )
    .bind(&ticket[..])
    .bind(now_ms)
    .bind(host)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(offer).transpose()
}

pub async fn accept(
    pool: &SqlitePool,
    ticket: Hash,
    host: &str,
    now_ms: i64,
) -> Stored<Option<InviteOffer>> {
    let mut tx = pool.begin().await?;
    let row = sqlx::query(
        "UPDATE invites SET accepted_ms = ?2, code_mac = NULL
         WHERE ((ticket_hash = ?1 AND expires_ms > ?2)
             OR (code_ticket_hash = ?1 AND code_ticket_expires_ms > ?2))
         AND accepted_ms IS NULL
         AND EXISTS (SELECT 1 FROM sessions s
             WHERE s.id = invites.session_id AND s.phase <> 'ended')
         AND EXISTS (SELECT 1 FROM tenants t
             WHERE t.id = invites.tenant_id AND (t.host IS NULL OR t.host = ?3))
         RETURNING id",
    )
    .bind(&ticket[..])
    .bind(now_ms)
    .bind(host)
    .fetch_optional(&mut *tx)
    .await?;
    let id = row
        .map(|row| row.try_get::<String, _>("id"))
        .transpose()?
        .unwrap_or_default();
    let found = sqlx::query(OFFER).bind(id).fetch_optional(&mut *tx).await?;
    tx.commit().await?;
    found.as_ref().map(offer).transpose()
}

pub async fn give_back(pool: &SqlitePool, tenant: &TenantId, invite: &InviteId) -> Stored<()> {
    sqlx::query("UPDATE invites SET accepted_ms = NULL WHERE tenant_id = ? AND id = ?")
        .bind(tenant.as_str())
        .bind(invite.as_str())
        .execute(pool)
        .await?;
    Ok(())
}
