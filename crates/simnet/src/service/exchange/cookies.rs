//! Sites that want their cookies back.

use crate::words::Http;

/// Answers a request by the cookies that come with it.
pub fn answer(http: Http, request: &[u8]) -> String {
    let request = String::from_utf8_lossy(request);
    let path = request.split(' ').nth(1).unwrap_or("/");
    let cookie = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("cookie").then(|| value.trim())
    });
    let sent: Vec<&str> = cookie.unwrap_or_default().split("; ").collect();
    let number = sent.iter().find_map(|pair| pair.strip_prefix("n=")).and_then(|n| n.parse().ok()).unwrap_or(0_u32);
    let has = |pair: &str| sent.contains(&pair);
    match (http, path) {
        (Http::WantsCookie, "/set") => redirect("/checked", &["sid=1; Path=/; HttpOnly; SameSite=Lax", "b=2; Path=/"]),
        (Http::WantsCookie, "/checked") if has("sid=1") && has("b=2") => redirect("/?seen", &[]),
        (Http::WantsCookie, "/checked") => whole("403 Forbidden", ""),
        (Http::WantsCookie, _) if has("sid=1") => whole("200 OK", "ok\n"),
        (Http::WantsCookie, _) => redirect("/set", &[]),
        (Http::CookieWithoutEnd, _) => redirect(path, &[&format!("n={}; Path=/", number + 1)]),
        _ => redirect(path, &["a=1; Domain=other.example", "b=2; Secure"]),
    }
}

fn whole(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn redirect(to: &str, cookies: &[&str]) -> String {
    let set = cookies.iter().fold(String::new(), |set, cookie| set + "Set-Cookie: " + cookie + "\r\n");
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\n{set}Content-Length: 0\r\nConnection: close\r\n\r\n")
}
