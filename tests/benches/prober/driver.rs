//! The native program as a process of its own: the prober as `dualwatch vantage` runs it, told when to measure.

use dualwatch_core::measure::family::Family;
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_wire::v1;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// The argument that makes this program the driver.
pub const DRIVER: &str = "measure";

/// So many rounds, one after the other, each begun `gap` after the last.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Order {
    pub n_rounds: usize,
    pub gap: Duration,
}

/// Carries out orders of standard input until it ends; answers each with the totals of its samples, in milliseconds.
pub fn run(config: &str) {
    let text = fs::read_to_string(config).expect("the configuration");
    let config = dualwatch_config::load(&text, "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "bench").expect("the lab's CA can be used");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut targets = config.targets.iter().cycle();
    for line in std::io::stdin().lines() {
        let order: Order = serde_json::from_str(&line.expect("a line")).expect("an order");
        let mut totals = Vec::new();
        runtime.block_on(async {
            let mut due = Instant::now();
            for target in targets.by_ref().take(order.n_rounds) {
                sleep_until(due).await;
                due += order.gap;
                let round = v1::Round::from(&prober.round(target).await);
                // As it is kept and sent.
                assert!(serde_json::to_string(&round).is_ok_and(|text| !text.is_empty()));
                totals.extend(Family::ALL.iter().filter_map(|f| round.sample(*f).phases_ms.total));
            }
        });
        println!("{}", serde_json::to_string(&totals).expect("JSON"));
    }
}

/// The driver, from outside.
pub struct Driver {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Driver {
    /// `program` is this one, or another build of it.
    pub fn start(program: &Path, config: &Path) -> Self {
        let mut command = Command::new(program);
        command.arg(DRIVER).arg(config).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the driver starts");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        Self { orders: child.stdin.take(), child, answers }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the totals of all samples that reached their target.
    pub fn measure(&mut self, order: Order) -> Vec<f64> {
        let orders = self.orders.as_mut().expect("its input");
        writeln!(orders, "{}", serde_json::to_string(&order).expect("JSON")).expect("the driver reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the driver answers");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("the driver said {line:?}: {e}"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.orders = None;
        let _ = self.child.wait();
    }
}
