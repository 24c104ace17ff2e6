//! A server for one test, and the people who use it.

mod fake_media;
mod log_capture;
mod wire;

pub use fake_media::FakeMedia;
pub use log_capture::{log_text, start_log};
pub use wire::Wire;

use axum::serve::ListenerExt;
use reqwest::{Client, RequestBuilder, Response, header::COOKIE};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sightline_protocol::{
    ErrorCode, Role, SessionId, SessionInfo,
    http::{ErrorBody, Invite, InvitePreview, Joined},
};
use sightline_server::{
    app::{App, Options},
    auth::hash_password,
    clock::Clock,
    film::Films,
    http::{Scheme, router},
    hub::Hubs,
    secrets::{self, Keys},
    store::{FirstAccount, NewAccount, SqliteStore, Store},
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// 2026-01-01 in milliseconds.
const START_MS: i64 = 1_767_225_600_000;

pub struct TestServer {
    pub app: Arc<App>,
    pub address: SocketAddr,
    pub clock: Clock,
    pub media: Arc<FakeMedia>,
    pub sign_in_secret: String,
    pub folder: PathBuf,
    client: Client,
}

#[derive(Default)]
pub struct Given {
    pub trust_forwarded: bool,
    pub hello_within: Option<Duration>,
    /// The folder of a server that ran before.
    pub folder: Option<PathBuf>,
    pub web: Option<PathBuf>,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(Given::default()).await
    }

    pub async fn start_with(given: Given) -> Self {
        start_log();
        let folder = given.folder.unwrap_or_else(|| {
            let name = secrets::random_secret();
            std::env::temp_dir().join(format!("sightline-api-{name}"))
        });
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Clock::simulated(START_MS);
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(&folder.join("db.sqlite")).await.unwrap());
        let account = store
            .first_account(FirstAccount {
                tenant: sightline_protocol::TenantId::from_random(secrets::random16()),
                account: sightline_protocol::UserId::from_random(secrets::random16()),
                company_name: Some("Warm Homes".to_owned()),
                agent_name: Some("Marta".to_owned()),
                now_ms: START_MS,
            })
            .await
            .unwrap();
        let media = Arc::new(FakeMedia::default());
        let keys = Keys::load(&folder.join("keys")).unwrap();
        let films = Arc::new(Films::new(&folder.join("blobs"), *keys.film()));
        let hubs = Hubs::new(store.clone(), media.clone(), clock.clone(), films);
        let options = Options {
            public_url: None,
            trust_forwarded: given.trust_forwarded,
            web: given.web.unwrap_or_else(|| folder.join("no-pages")),
            blobs: folder.join("blobs"),
            // As long as a busy machine needs; whoever is late on purpose says how late that is.
            hello_within: given.hello_within.unwrap_or(Duration::from_secs(60)),
        };
        let (app, sign_in_secret) = App::new(store, hubs, clock.clone(), keys, account, options);
        let app = Arc::new(app);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service =
            router(app.clone(), Scheme::Http).into_make_service_with_connect_info::<SocketAddr>();
        let listener = listener.tap_io(|io| io.set_nodelay(true).unwrap());
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            app,
            address,
            clock,
            media,
            sign_in_secret,
            folder,
            client,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(self.url(path)).json(body)
    }

    pub fn put(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.put(self.url(path)).json(body)
    }

    /// Signs in with the printed secret; the cookie as a browser would send it back.
    pub async fn sign_in(&self) -> String {
        let body = json!({ "secret": self.sign_in_secret });
        let response = self.post("/api/auth/one-time", &body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        cookie_from(&response)
    }

    /// An agent of another company, signed in.
    pub async fn foreigner(&self) -> String {
        let pool = sqlx::SqlitePool::connect(&format!(
            "sqlite://{}",
            self.folder.join("db.sqlite").display()
        ))
        .await
        .unwrap();
        let tenant = sightline_protocol::TenantId::from_random(secrets::random16());
        sqlx::query("INSERT INTO tenants (id, name, created_ms) VALUES (?, 'Other', ?)")
            .bind(tenant.as_str())
            .bind(START_MS + 1)
            .execute(&pool)
            .await
            .unwrap();
        let email = self.add_account("foreign@example.org").await;
        sqlx::query("UPDATE accounts SET tenant_id = ? WHERE email = ?")
            .bind(tenant.as_str())
            .bind(&email)
            .execute(&pool)
            .await
            .unwrap();
        self.sign_in_as(&email).await
    }

    /// Adds an account with the password [`PASSWORD`].
    pub async fn add_account(&self, email: &str) -> String {
        let new = NewAccount {
            id: sightline_protocol::UserId::from_random(secrets::random16()),
            email: email.to_owned(),
            name: "Jo".to_owned(),
            password_hash: hash_password(PASSWORD).unwrap(),
            now_ms: START_MS + 2,
        };
        self.app.store.add_account(new).await.unwrap();
        email.to_owned()
    }

    pub async fn sign_in_as(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        let response = self.post("/api/auth/sign-in", &body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        cookie_from(&response)
    }

    pub async fn make_session(&self, cookie: &str) -> SessionId {
        let body = json!({ "title": "Boiler" });
        let made: SessionInfo = ok(self.post("/api/sessions", &body).header(COOKIE, cookie)).await;
        made.id
    }

    pub async fn invite(&self, cookie: &str, session: &SessionId, role: Role) -> Invite {
        let body = json!({ "role": role, "surface": "camera" });
        let path = format!("/api/sessions/{session}/invites");
        ok(self.post(&path, &body).header(COOKIE, cookie)).await
    }

    pub async fn join_as_agent(&self, cookie: &str, session: &SessionId) -> Joined {
        let path = format!("/api/sessions/{session}/join");
        ok(self.post(&path, &json!({})).header(COOKIE, cookie)).await
    }

    pub async fn preview_code(&self, code: &str) -> InvitePreview {
        ok(self.post("/api/join/preview", &json!({ "code": code }))).await
    }

    pub async fn accept(&self, ticket: &str) -> Joined {
        let body = json!({ "ticket": ticket, "name": "Ana" });
        ok(self.post("/api/join/accept", &body)).await
    }

    /// Somebody who came by a fresh invitation.
    pub async fn guest(&self, cookie: &str, session: &SessionId, role: Role) -> Joined {
        let invite = self.invite(cookie, session, role).await;
        self.accept(&ticket_of(&invite)).await
    }

    pub async fn open(&self) -> Wire {
        Wire::open(self.address).await
    }

    /// A socket that said hello and was welcomed.
    pub async fn connect(&self, joined: &Joined) -> Wire {
        let mut wire = self.open().await;
        wire.hello(&joined.token).await;
        wire.welcome().await;
        wire
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // A test that starts the server again on the same folder has taken the path out.
        if !self.folder.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

pub const PASSWORD: &str = "a long enough password";

pub fn ticket_of(invite: &Invite) -> String {
    invite
        .link
        .split_once("/j/#")
        .expect("a link with a ticket")
        .1
        .to_owned()
}

pub fn cookie_from(response: &Response) -> String {
    let header = response.headers()["set-cookie"].to_str().unwrap();
    header.split(';').next().unwrap().to_owned()
}

pub async fn ok<T: DeserializeOwned>(request: RequestBuilder) -> T {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

pub async fn refused(request: RequestBuilder) -> (u16, ErrorCode) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: ErrorBody = response.json().await.unwrap();
    (status, body.code)
}
