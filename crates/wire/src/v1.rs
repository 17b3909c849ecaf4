//! Version 1 of every document. Fields are only ever added.

pub mod addresses;
mod another;
pub mod board;
pub mod branding;
pub mod chart;
pub mod clients;
pub mod config;
pub mod days;
pub mod history;
pub mod import;
pub mod incident;
pub mod incident_report;
pub mod maintenance;
pub mod page;
pub mod probe;
pub mod replay;
pub mod report;
pub mod round;
pub mod search;
pub mod self_test;
pub mod status;
pub mod storage;
pub mod target;
mod unseen;
pub mod vantage;
mod veiled;
pub mod widget;

pub use addresses::{EveryAddress, FamilyAddresses};
pub use another::AnotherUrl;
pub use board::Board;
pub use branding::{Branding, Pictures};
pub use chart::ChartSums;
pub use clients::{ClientTally, ClientsDocument, RealClient, RealClients, RealFate};
pub use config::{ConfigDocument, ConfigUpload};
pub use days::{Day, Days};
pub use history::{TargetAvailability, TargetHistory};
pub use incident::{Incident, Incidents};
pub use incident_report::{IncidentDocument, IncidentReport};
pub use maintenance::Maintenance;
pub use page::{Judged, PageData, PageGroup, PageIncident, PagePart, PageTarget, SelfTest, Uptime};
pub use probe::{ProbeAnswer, ProbeDns, ProbeLookup, ProbeSunk};
pub use replay::Replay;
pub use report::Report;
pub use round::{Certificate, Round, Sample, SilentControl, Vantage};
pub use search::Search;
pub use self_test::SelfTestResult;
pub use status::{FamilyFacts, OtherName, Reached, Status, TargetStatus, VantageStatus};
pub use storage::{Storage, StorageTrouble};
pub use target::{Loaded, Rounds, TargetDetail};
pub use vantage::{
    MAX_BATCH_BYTES, MAX_BATCH_SLUGS, Outcome, Plan, Plans, Receipt, Received, VantageBatch, VantageRound,
};
pub use widget::{Widget, WidgetFacts};

/// The `version` field of every document here.
pub const VERSION: u32 = 1;

/// An object of which the description of the API says no more.
#[cfg(feature = "schema")]
type Object = serde_json::Map<String, serde_json::Value>;

/// Reads a `version`: a document of another one means something else, whatever it looks like.
fn this_version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let version: u32 = serde::Deserialize::deserialize(deserializer)?;
    if version == VERSION {
        return Ok(version);
    }
    Err(serde::de::Error::custom(format_args!("this is version {version}, and this program reads version {VERSION}")))
}
