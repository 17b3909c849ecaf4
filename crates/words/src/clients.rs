//! What an outage of one family means for clients that do not race the families.

use crate::elapsed;
use dualwatch_core::{
    judge::clients::{Clients, Sequential},
    measure::family::Family,
};

/// Returns what to know beside the dual-stack client's view, a sentence each; none where nobody suffers more.
pub fn clients(clients: &Clients) -> Vec<String> {
    let mut sentences = Vec::new();
    if clients.hidden_outage {
        sentences
            .push("The outage is hidden by Happy Eyeballs: browsers with both families hardly notice it".to_owned());
    }
    match clients.sequential {
        Sequential::WaitsForTimeout => sentences.push(
            "A client without Happy Eyeballs waits for IPv6 to time out, up to two minutes, before it tries IPv4"
                .to_owned(),
        ),
        Sequential::Fails { meets } => {
            sentences.push(format!("A client without Happy Eyeballs gets {}", crate::meets(meets)));
        }
        Sequential::Served { family: Family::Ipv4, cost_ms } if cost_ms > 0.0 => {
            // Below a millisecond no time is lost, as is said of the client that has it.
            let later =
                if cost_ms < 1.0 { String::new() } else { format!(", {} later than it could", elapsed(cost_ms)) };
            sentences.push(format!("A client without Happy Eyeballs ends up on IPv4 as well{later}"));
        }
        Sequential::Served { .. } | Sequential::Unknown => {}
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::judge::meets::Meets;

    #[test]
    fn only_what_somebody_suffers_is_said() {
        let check = |hidden_outage, sequential, n: usize| {
            assert_eq!(clients(&Clients { hidden_outage, sequential }).len(), n, "{sequential:?}");
        };
        check(false, Sequential::Served { family: Family::Ipv6, cost_ms: 0.0 }, 0);
        check(false, Sequential::Unknown, 0);
        check(true, Sequential::WaitsForTimeout, 2);
        check(true, Sequential::Served { family: Family::Ipv4, cost_ms: 12.0 }, 2);
        check(false, Sequential::Fails { meets: Meets::ErrorPage }, 1);
        let served = |cost_ms| Sequential::Served { family: Family::Ipv4, cost_ms };
        let sequential = |cost_ms| clients(&Clients { hidden_outage: false, sequential: served(cost_ms) });
        assert_eq!(sequential(0.3), ["A client without Happy Eyeballs ends up on IPv4 as well"]);
        assert_eq!(
            sequential(12.0),
            ["A client without Happy Eyeballs ends up on IPv4 as well, 12 ms later than it could"]
        );
        let stuck =
            Clients { hidden_outage: false, sequential: Sequential::Fails { meets: Meets::CertificateWarning } };
        assert_eq!(clients(&stuck), ["A client without Happy Eyeballs gets a certificate warning"]);
    }
}
