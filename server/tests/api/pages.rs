//! The built pages and the headers of every answer.

use crate::harness::{Given, TestServer};

fn built_pages(name: &str) -> std::path::PathBuf {
    let web = std::env::temp_dir().join(format!(
        "sightline-pages-{name}-{}",
        sightline_server::secrets::random_secret()
    ));
    for (app, title) in [
        ("dashboard", "The dashboard"),
        ("customer", "The customer's page"),
    ] {
        let assets = web.join(app).join("dist/assets");
        std::fs::create_dir_all(&assets).unwrap();
        std::fs::write(web.join(app).join("dist/index.html"), title).unwrap();
        std::fs::write(assets.join("index-0123abcd.js"), "export {};").unwrap();
    }
    web
}

#[tokio::test]
async fn pages_are_served_where_links_point() {
    let web = built_pages("served");
    let server = TestServer::start_with(Given {
        web: Some(web.clone()),
        ..Given::default()
    })
    .await;
    for (path, text) in [
        ("/", "The dashboard"),
        ("/j/", "The customer's page"),
        ("/j", "The customer's page"),
        ("/join", "The customer's page"),
    ] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-cache", "{path}");
        assert_eq!(response.text().await.unwrap(), text, "{path}");
    }
    for path in ["/assets/index-0123abcd.js", "/j/assets/index-0123abcd.js"] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let kept = response.headers()["cache-control"].to_str().unwrap();
        assert!(kept.contains("immutable"), "{path}: {kept}");
    }
    let missing = server.get("/assets/gone.js").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.headers()["cache-control"], "no-cache");
    let outside = server.get("/..%2f..%2fkeys").send().await.unwrap();
    assert_eq!(outside.status(), 404);
    std::fs::remove_dir_all(web).unwrap();
}

#[tokio::test]
async fn without_built_pages_the_server_says_how_to_build_them() {
    let server = TestServer::start().await;
    for path in ["/", "/j/", "/join"] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status(), 503, "{path}");
        assert!(
            response.text().await.unwrap().contains("make run"),
            "{path}"
        );
    }
    // Once they are built they are there, without a new start.
    let dist = server.folder.join("no-pages/dashboard/dist");
    std::fs::create_dir_all(&dist).unwrap();
    std::fs::write(dist.join("index.html"), "built meanwhile").unwrap();
    let response = server.get("/").send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "built meanwhile");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    for path in ["/", "/api/health", "/api/me", "/api/nothing", "/nothing"] {
        let response = server.get(path).send().await.unwrap();
        let headers = response.headers();
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("script-src 'self';"), "{path}: {csp}");
        assert!(csp.contains("connect-src 'self' ws: wss:"), "{path}: {csp}");
        assert!(csp.contains("frame-ancestors 'none'"), "{path}: {csp}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
    let api = server.get("/api/me").send().await.unwrap();
    assert_eq!(api.headers()["cache-control"], "no-store");
}
