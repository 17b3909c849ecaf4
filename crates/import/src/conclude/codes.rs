//! The things that can be wrong, each with its code and what it means.

/// One of the things that can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// What was expected, what was seen, since when.
    pub detail: String,
}

macro_rules! codes {
    ($($name:ident = $code:literal: $explanation:literal,)+) => {
        /// Stable and public.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $explanation] $name,)+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Returns one sentence that says what this means.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)+ }
            }

            /// Returns the code with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    NeverObservedUp = "never_observed_up":
        "It was never seen up, so this is no outage: suspect the place that measures, or the configuration.",
    NamedIpv6ProbesIpv4 = "named_ipv6_probes_ipv4":
        "The name says IPv6, and what was measured is IPv4.",
    Ipv6FlagIgnored = "ipv6_flag_ignored":
        "`ipv6: true` stands where Upptime does not read it.",
    UptimeContradictsStatus = "uptime_contradicts_status":
        "Upptime takes the status from commits and the uptime from issues; here the two contradict each other.",
    WindowArithmetic = "window_arithmetic":
        "Upptime divides a calendar month by 30.42 days, so a site that is down all month is not published as 0 %.",
    ImpossibleRoundTrip = "impossible_round_trip":
        "Something answered from nearer than the target can be: a proxy or a tunnel, not the target.",
    MeasurementErrorPublished = "measurement_error_published":
        "The measuring service failed, and its error was published as the site's.",
    CertificateWarningNotOutage = "certificate_warning_not_outage":
        "The certificate had fewer than 7 days left; that is a warning, and no outage.",
    SimultaneousOutage = "simultaneous_outage":
        "Many sites failed within one run: one event, and each has its own recovery.",
    Flapping = "flapping":
        "It went down and came back again and again: one incident with several episodes.",
    TimestampWithoutZone = "timestamp_without_zone":
        "Times without a zone were taken as UTC.",
    UnknownKey = "unknown_key":
        "The configuration has a key that Upptime does not know and ignores.",
    MalformedUrl = "malformed_url":
        "The configuration has a URL that nothing can be measured by.",
    MalformedSite = "malformed_site":
        "The configuration has a site that is none.",
    DuplicateSlug = "duplicate_slug":
        "Two sites of the configuration write into one history file.",
    DuplicateKey = "duplicate_key":
        "The configuration says a thing twice, and Upptime reads none of it: its whole run ends.",
    EndsUpptime = "ends_upptime":
        "At this of the configuration Upptime's whole run ends: what it records is from before.",
    OnlyDown = "only_down":
        "By its configuration it can only be down, whatever the server does.",
    SwitchedOn = "switched_on":
        "What the configuration means to switch off is switched on: to Upptime every text but the empty one is a yes.",
    NoAnswerExpected = "no_answer_expected":
        "No answer at all counts as up: a dead server, name or certificate is no outage in this history.",
    UrlChanged = "url_changed":
        "Another URL was measured under this name later: that it was no longer asked is neither a recovery nor an outage.",
    NameOfAnotherHost = "name_of_another_host":
        "The name is that of another host than the one that is measured.",
    UnknownCheck = "unknown_check":
        "The configuration names a check that Upptime does not have.",
    ConfigurationUnreadable = "configuration_unreadable":
        "The configuration cannot be read.",
    RecordUnreadable = "record_unreadable":
        "Something in the history could not be read.",
    BadgeContradictsMessage = "badge_contradicts_message":
        "A badge has another colour than its own number asks for.",
    MaintenanceIgnored = "maintenance_ignored":
        "This was meant as a maintenance window, and Upptime does not read it as one.",
    IssueContradictsHistory = "issue_contradicts_history":
        "An issue states another duration than the versions imply.",
}

impl Finding {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
