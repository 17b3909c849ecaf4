//! What web servers answer: head, body, codings, redirects; judged by a target that expects something of all of it.

use crate::host::{Memory, Says};
use dualwatch_core::measure::target::{Policy, Target};
use dualwatch_prober::Prober;
use dualwatch_wire::v1;
use std::{cell::OnceCell, net::IpAddr};

/// What is kept of a round is stored: so long it may be as JSON, whatever was answered.
const MAX_KEPT_BYTES: usize = 16 * 1024;

/// One expects much of the body, one of the head, one sends bytes and one no more than a connection.
const CONFIG: &str = r#"
targets:
  - url: http://service.example/a?b=c
    expect:
      headers: { content-type: json }
      body_contains: ok
      body_lacks: error
      body_matches: ["^.*(a|b)+c$", "\\bok\\b"]
      body_json: { "$.status": ok, "$.parts[0].n": 1.0, "$.up": true }
  - slug: head
    url: http://service.example/
    method: HEAD
    expect: { status: [200, 300-399], redirects: 0 }
  - slug: post
    url: http://service.example/
    method: POST
    body: text
    expect: { redirects: 5, max_response_time: 1s }
  - url: tcp://service.example:25
    send: "EHLO dualwatch\r\n"
    expect: { receives: ["220 ", { hex: "0d0a" }] }
network: { allow_private: true }
controls: { ipv4: [], ipv6: [] }
resolvers: [system]
"#;

/// The first byte chooses the target, the second how the peer sends the rest.
///
/// # Panics
/// Where a round does not end in time, or keeps too much.
pub fn run(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else { return };
    let says = Says::of(rest);
    let memory = Memory::new(vec![IpAddr::from([192, 0, 2, 1])], move |_, _| Some(says.clone()));
    thread_local!(static PARSED: OnceCell<(Vec<Target>, Policy)> = const { OnceCell::new() });
    PARSED.with(|parsed| {
        let (targets, policy) = parsed.get_or_init(|| {
            let config = dualwatch_config::load(CONFIG, "dualwatch.yml", &|_| Err("no files here".into()))
                .unwrap_or_else(|findings| panic!("{findings:#?}"));
            (config.targets, config.policy)
        });
        let prober = Prober::new(memory.clone(), policy.clone(), "fuzz").expect("the public roots");
        let round = memory.round(&prober, &targets[usize::from(*which) % targets.len()]);
        let kept = serde_json::to_string(&v1::Round::from(&round)).expect("JSON").len();
        assert!(kept <= MAX_KEPT_BYTES, "{kept} bytes are kept of {round:?}");
    });
}
