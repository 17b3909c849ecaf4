//! usage: clients CLIENT HOST PORT
//!
//! Rust's own TCP and its HTTP clients, each with its defaults. REPEAT: so many requests, with one client where there is one.

use std::{
    error::Error,
    io::{Read, Write},
    net::TcpStream,
};

type Said = Result<String, Box<dyn Error>>;

/// Returns an error with what it came from.
fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        said += &format!(": {source}");
        next = source.source();
    }
    said
}

fn request(host: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn std_tcp(host: &str, port: u16) -> Said {
    let mut stream = TcpStream::connect((host, port))?;
    stream.write_all(request(host).as_bytes())?;
    let mut body = String::new();
    stream.read_to_string(&mut body)?;
    Ok(body)
}

async fn tokio_tcp(host: &str, port: u16) -> Said {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect((host, port)).await?;
    stream.write_all(request(host).as_bytes()).await?;
    let mut body = String::new();
    stream.read_to_string(&mut body).await?;
    Ok(body)
}

type HyperUtil = hyper_util::client::legacy::Client<
    hyper_util::client::legacy::connect::HttpConnector,
    http_body_util::Empty<&'static [u8]>,
>;

async fn hyper_util_get(client: &HyperUtil, url: &str) -> Said {
    use http_body_util::BodyExt;
    let response = client.get(url.parse()?).await?;
    let body = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Returns what asks once, as often as it is called.
fn asker(client: &str, host: String, port: u16) -> Box<dyn FnMut() -> Said> {
    let url = format!("http://{host}:{port}/");
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    match client {
        "std" => Box::new(move || std_tcp(&host, port)),
        "tokio" => {
            let runtime = runtime();
            Box::new(move || runtime.block_on(tokio_tcp(&host, port)))
        }
        "reqwest" => {
            let (runtime, client) = (runtime(), reqwest::Client::new());
            Box::new(move || runtime.block_on(async { Ok(client.get(&url).send().await?.text().await?) }))
        }
        "reqwest-blocking" => {
            let client = reqwest::blocking::Client::new();
            Box::new(move || Ok(client.get(&url).send()?.text()?))
        }
        "ureq" => {
            let agent = ureq::Agent::new_with_defaults();
            Box::new(move || Ok(agent.get(&url).call()?.body_mut().read_to_string()?))
        }
        "hyper-util" => {
            let runtime = runtime();
            let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
            Box::new(move || runtime.block_on(hyper_util_get(&client, &url)))
        }
        "isahc" => {
            let client = isahc::HttpClient::new().expect("a client starts");
            Box::new(move || {
                let mut body = String::new();
                client.get(&url)?.body_mut().read_to_string(&mut body)?;
                Ok(body)
            })
        }
        "attohttpc" => Box::new(move || Ok(attohttpc::get(&url).send()?.text()?)),
        "minreq" => Box::new(move || Ok(minreq::get(&url).send()?.as_str()?.to_owned())),
        other => panic!("there is no client {other}"),
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("CLIENT HOST PORT");
    let (client, host, port) = (next(), next(), next().parse().expect("a port"));
    let times: u32 = std::env::var("REPEAT").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut ask = asker(&client, host, port);
    for _ in 0..times {
        match ask() {
            Ok(body) => println!("{body}"),
            Err(error) => {
                println!("{}", chain(&*error));
                std::process::exit(1);
            }
        }
    }
}
