use super::rows;
use crate::store::{Account, FirstAccount, Hash, NewAccount, StoreError, Stored};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

fn account(row: &SqliteRow) -> Stored<Account> {
    Ok(Account {
        id: rows::id(row, "id")?,
        tenant: rows::id(row, "tenant_id")?,
        company_name: row.try_get("company_name")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        role: rows::account_role(row)?,
    })
}

pub async fn first(pool: &SqlitePool, first: FirstAccount) -> Stored<Account> {
    let mut tx = pool.begin().await?;
    sqlx::query(
        "INSERT INTO tenants (id, name, created_ms)
         SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM tenants)",
    )
    .bind(first.tenant.as_str())
    .bind(first.company_name.as_deref().unwrap_or("Sightline"))
    .bind(first.now_ms)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO accounts (id, tenant_id, email, name, role, created_ms)
         SELECT ?, id, 'agent@localhost', ?, 'admin', ? FROM tenants
         WHERE NOT EXISTS (SELECT 1 FROM accounts) ORDER BY created_ms LIMIT 1",
    )
    .bind(first.account.as_str())
    .bind(first.agent_name.as_deref().unwrap_or("Agent"))
    .bind(first.now_ms)
    .execute(&mut *tx)
    .await?;
    if let Some(name) = &first.company_name {
        sqlx::query(
            "UPDATE tenants SET name = ?
             WHERE id = (SELECT id FROM tenants ORDER BY created_ms, rowid LIMIT 1)",
        )
        .bind(name)
        .execute(&mut *tx)
        .await?;
    }
    if let Some(name) = &first.agent_name {
        sqlx::query(
            "UPDATE accounts SET name = ?
             WHERE id = (SELECT id FROM accounts ORDER BY created_ms, rowid LIMIT 1)",
        )
        .bind(name)
        .execute(&mut *tx)
        .await?;
    }
    let row = sqlx::query(
        "SELECT a.*, t.name AS company_name FROM accounts a JOIN tenants t ON t.id = a.tenant_id
         ORDER BY a.created_ms, a.rowid LIMIT 1",
    )
    .fetch_one(&mut *tx)
    .await?;
    let found = account(&row)?;
    tx.commit().await?;
    Ok(found)
}

pub async fn add(pool: &SqlitePool, new: NewAccount) -> Stored<Account> {
    let done = sqlx::query(
        "INSERT INTO accounts (id, tenant_id, email, name, role, password_hash, created_ms)
         SELECT ?, id, ?, ?, 'agent', ?, ? FROM tenants ORDER BY created_ms, rowid LIMIT 1",
    )
    .bind(new.id.as_str())
    .bind(&new.email)
    .bind(&new.name)
    .bind(&new.password_hash)
    .bind(new.now_ms)
    .execute(pool)
    .await;
    match done {
        Err(sqlx::Error::Database(e)) if e.is_unique_violation() => {
            return Err(StoreError::Taken { what: "address" });
        }
        other => other?,
    };
    match by_email(pool, &new.email).await? {
        Some((account, _)) => Ok(account),
        None => Err(StoreError::Unreadable { what: "company" }),
    }
}

pub async fn by_email(pool: &SqlitePool, email: &str) -> Stored<Option<(Account, Option<String>)>> {
    let row = sqlx::query(
        "SELECT a.*, t.name AS company_name FROM accounts a JOIN tenants t ON t.id = a.tenant_id
         WHERE a.email = ?",
    )
    .bind(email)
    .fetch_optional(pool)
    .await?;
    row.map(|row| Ok((account(&row)?, row.try_get("password_hash")?)))
        .transpose()
}

pub async fn add_sign_in(
    pool: &SqlitePool,
    token: Hash,
    account: &Account,
    now_ms: i64,
    end_ms: i64,
) -> Stored<()> {
    // Expired ones go at each new one, so the table stays as small as the number of people.
    sqlx::query("DELETE FROM sign_ins WHERE expires_ms <= ?")
        .bind(now_ms)
        .execute(pool)
        .await?;
    sqlx::query(
        "INSERT INTO sign_ins (token_hash, tenant_id, account_id, expires_ms) VALUES (?, ?, ?, ?)",
    )
    .bind(&token[..])
    .bind(account.tenant.as_str())
    .bind(account.id.as_str())
    .bind(end_ms)
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn by_sign_in(pool: &SqlitePool, token: Hash, now_ms: i64) -> Stored<Option<Account>> {
    let row = sqlx::query(
        "SELECT a.*, t.name AS company_name FROM sign_ins s
         JOIN accounts a ON a.id = s.account_id AND a.tenant_id = s.tenant_id
         JOIN tenants t ON t.id = a.tenant_id
         WHERE s.token_hash = ? AND s.expires_ms > ?",
    )
    .bind(&token[..])
    .bind(now_ms)
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(account).transpose()
}

pub async fn remove_sign_in(pool: &SqlitePool, token: Hash) -> Stored<()> {
    sqlx::query("DELETE FROM sign_ins WHERE token_hash = ?")
        .bind(&token[..])
        .execute(pool)
        .await?;
    Ok(())
}
