//! `sightline serve`: puts the parts together, starts and stops them.

use crate::{
    app::{App, Options},
    cli::ServeArgs,
    clock::Clock,
    cobrowse::{ReplayOrigin, replay_router},
    demo,
    film::Films,
    http::{Scheme, router},
    hub::Hubs,
    media::{self, Media},
    net,
    secrets::{self, Keys},
    sfu::SfuConfig,
    store::{FirstAccount, SqliteStore, Store},
    tls, vision,
};
use anyhow::{Context, Result};
use axum_server::Handle;
use sightline_protocol::{TenantId, UserId};
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    os::unix::fs::DirBuilderExt,
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// Time that open requests get when the server stops.
const GRACE: Duration = Duration::from_millis(1_500);

/// Time that a WebSocket has to say `hello`.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// When something cannot be opened or bound; the text says what and what to do.
pub async fn run(args: ServeArgs) -> Result<()> {
    let mut stop = Stop::listen()?;
    let store = open_store(&args.data).await?;
    let http = bind(args.http, "--http")?;
    let https = args
        .https
        .0
        .map(|address| bind(address, "--https"))
        .transpose()?;
    let replay = bind(args.replay_http(), "--replay-http")?;
    let replay_secure = args
        .replay_https()
        .map(|address| bind(address, "--replay-https"))
        .transpose()?;
    let clock = Clock::system();
    let config = SfuConfig {
        bind: args.media.0,
        advertise: args.media_advertise.clone(),
    };
    let (media, sfu, events) = media::start(config).with_context(|| {
        format!(
            "UDP {} cannot be used for media; is another server running? choose another with \
             --media or SIGHTLINE_MEDIA",
            args.media.0
        )
    })?;
    let (media, notices) = vision::watch(media);
    let (app, sign_in) = build(&args, store, media, clock).await?;
    let app = Arc::new(app);
    let origin = match &args.replay_url {
        Some(url) => ReplayOrigin::Url(url.trim_end_matches('/').to_owned()),
        None => ReplayOrigin::Ports {
            http: replay.local_addr()?.port(),
            https: match &replay_secure {
                Some(listener) => Some(listener.local_addr()?.port()),
                None => None,
            },
        },
    };
    let _ = app.cobrowse.replay.set(origin);
    let events = tokio::spawn(media::pump(events, app.clone()));
    let vision = tokio::spawn(vision::attend(notices, app.clone(), sfu));
    let sweep = tokio::spawn(sweep(app.clone()));

    let plain = http.local_addr()?;
    let secure = https.as_ref().map(TcpListener::local_addr).transpose()?;
    let handle = Handle::new();
    let mut servers = tokio::task::JoinSet::new();
    let service = router(app.clone(), Scheme::Http);
    servers.spawn(
        axum_server::from_tcp(http)?
            .handle(handle.clone())
            .serve(service.into_make_service_with_connect_info::<SocketAddr>()),
    );
    servers.spawn(
        axum_server::from_tcp(replay)?
            .handle(handle.clone())
            .serve(replay_router(app.clone()).into_make_service_with_connect_info::<SocketAddr>()),
    );
    if let Some((https, replay)) = https.zip(replay_secure) {
        let given = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
        let config = tls::load(&args.data, given)
            .await
            .context("the certificate")?;
        let service = router(app.clone(), Scheme::Https);
        servers.spawn(
            axum_server::from_tcp_rustls(replay, config.clone())?
                .handle(handle.clone())
                .serve(
                    replay_router(app.clone()).into_make_service_with_connect_info::<SocketAddr>(),
                ),
        );
        servers.spawn(
            axum_server::from_tcp_rustls(https, config)?
                .handle(handle.clone())
                .serve(service.into_make_service_with_connect_info::<SocketAddr>()),
        );
    }
    announce(&args, &app, plain, secure, &sign_in).await?;

    tokio::select! {
        () = stop.wanted() => info!("stopping"),
        Some(ended) = servers.join_next() => ended?.context("a listener failed")?,
    }
    handle.graceful_shutdown(Some(GRACE));
    let all_stopped = async {
        app.hubs.stop().await;
        app.hubs.films().written().await;
        while servers.join_next().await.is_some() {}
    };
    if tokio::time::timeout(GRACE, all_stopped).await.is_err() {
        info!("some connections did not close in time");
    }
    events.abort();
    vision.abort();
    sweep.abort();
    Ok(())
}

/// Erases what has been kept long enough, at the start and then each hour.
async fn sweep(app: Arc<App>) {
    let mut hours = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hours.tick().await;
        let now_ms = app.clock.now_ms();
        let pages = app.cobrowse.recordings.sweep(now_ms).await;
        let films = app.hubs.films().sweep(now_ms).await;
        if pages + films > 0 {
            info!(pages, films, "what was kept long enough was erased");
        }
    }
}

/// Makes the data folder and opens the database in it.
///
/// # Errors
/// When one of them cannot be written.
pub async fn open_store(data: &Path) -> Result<Arc<dyn Store>> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| {
            format!(
                "the data folder {} cannot be made; choose another with --data",
                data.display()
            )
        })?;
    let file = data.join("sightline.sqlite");
    let store = SqliteStore::open(&file)
        .await
        .with_context(|| format!("the database {} cannot be opened", file.display()))?;
    Ok(Arc::new(store))
}

/// Puts the server's parts together; returns the one-time sign-in secret as well.
///
/// # Errors
/// When the key file or the store fails.
pub async fn build(
    args: &ServeArgs,
    store: Arc<dyn Store>,
    media: Arc<dyn Media>,
    clock: Clock,
) -> Result<(App, String)> {
    let keys = Keys::load(&args.data.join("keys")).context("the key file")?;
    let first = FirstAccount {
        tenant: TenantId::from_random(secrets::random16()),
        account: UserId::from_random(secrets::random16()),
        company_name: args.company.clone(),
        agent_name: args.agent_name.clone(),
        now_ms: clock.now_ms(),
    };
    let account = store.first_account(first).await?;
    let blobs = args.data.join("blobs");
    let films = Arc::new(Films::new(&blobs, *keys.film()));
    let hubs = Hubs::new(store.clone(), media, clock.clone(), films);
    let options = Options {
        public_url: args
            .public_url
            .as_ref()
            .map(|url| url.trim_end_matches('/').to_owned()),
        trust_forwarded: args.trust_forwarded,
        web: args.web.clone(),
        blobs,
        hello_within: HELLO_WITHIN,
    };
    Ok(App::new(store, hubs, clock, keys, account, options))
}

fn bind(address: SocketAddr, option: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        let variable = option
            .trim_start_matches('-')
            .replace('-', "_")
            .to_uppercase();
        format!(
            "{address} cannot be used; is another server running? choose another with {option} or \
             SIGHTLINE_{variable}"
        )
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Prints the one line on standard output that says that the server is ready.
async fn announce(
    args: &ServeArgs,
    app: &App,
    plain: SocketAddr,
    secure: Option<SocketAddr>,
    sign_in: &str,
) -> Result<()> {
    let http = format!("http://{}:{}", net::local_host(plain.ip()), plain.port());
    let https = secure.map(|a| format!("https://{}:{}", net::network_host(a.ip()), a.port()));
    let mut line = serde_json::json!({
        "event": "ready",
        "http": http,
        "https": https,
        "sign_in": format!("{http}/#/sign-in/{sign_in}"),
    });
    if args.demo {
        let network = app
            .options
            .public_url
            .as_ref()
            .or(https.as_ref())
            .unwrap_or(&http);
        let demo = demo::make(app, network, &http)
            .await
            .map_err(|error| anyhow::anyhow!("the demo cannot be made: {}", error.message()))?;
        line["session"] = demo.session.as_str().into();
        line["customer_link"] = demo.customer_link.into();
        line["customer_code"] = demo.customer_code.into();
        line["device_link"] = demo.device_link.into();
    }
    // In one write: whoever reads along finds all of it or nothing.
    let line = format!("{line}\n");
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()?;
    Ok(())
}

struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wanted(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
