//! A target as components: a group, and a component for each way to reach it.

use super::{Stand, Status};
use crate::{
    phrases::Phrases,
    place::ID,
    time::{rfc3339, rfc3339_or_null},
    v1::TargetStatus,
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
};
use serde::{Serialize, Serializer};

/// One component, or a group of them.
#[derive(Clone, Debug, Serialize)]
pub struct Component {
    pub id: String,
    pub name: String,
    pub status: Status,
    #[serde(with = "rfc3339")]
    pub created_at: Timestamp,
    #[serde(with = "rfc3339")]
    pub updated_at: Timestamp,
    /// From 1 on; within a group, its place there.
    pub position: usize,
    /// What the status does not say.
    pub description: Option<&'static str>,
    pub showcase: bool,
    #[serde(with = "rfc3339_or_null")]
    pub start_date: Option<Timestamp>,
    pub group_id: Option<String>,
    pub page_id: &'static str,
    pub group: bool,
    pub only_show_if_degraded: bool,
    /// Of a group only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<String>>,
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// The components of a group, in their order.
pub const ROUTES: [Option<Family>; 3] = [Some(Family::Ipv4), Some(Family::Ipv6), None];

/// Returns the identifier of a component, for ever: the slug of its target, and behind two hyphens, which no slug has,
/// `ipv4`, `ipv6` or `dual-stack`. The group is the slug alone.
pub fn component_id(slug: &str, family: Option<Family>) -> String {
    let route = family.map_or("dual-stack", Family::code);
    format!("{slug}--{route}")
}

/// Returns the group of a target, and its components. `position` is its place on the page; `first_at`: since when it may be
/// known, where nothing was seen of it.
pub fn components(
    target: &TargetStatus,
    open: PerFamily<bool>,
    position: usize,
    first_at: Timestamp,
    phrases: &dyn Phrases,
) -> [Component; 4] {
    let stand = Stand::of(target, open);
    let since = |family: Family| target.facts(family).since;
    let latest = [since(Family::Ipv4), since(Family::Ipv6)].into_iter().flatten().max();
    let of = |family: Option<Family>, position: usize| {
        let standing = stand.get(family);
        let updated_at = family.map_or(latest, since).unwrap_or(first_at);
        Component {
            id: component_id(&target.slug, family),
            name: phrases.component(&target.name, family),
            status: standing.status(),
            created_at: updated_at.min(first_at),
            updated_at,
            position,
            description: phrases.description(standing, family),
            showcase: true,
            start_date: None,
            group_id: Some(target.slug.clone()),
            page_id: ID,
            group: false,
            only_show_if_degraded: false,
            components: None,
        }
    };
    let [one, two, both] = [(0, 1), (1, 2), (2, 3)].map(|(i, position): (usize, usize)| of(ROUTES[i], position));
    let group = Component {
        id: target.slug.clone(),
        name: target.name.clone(),
        status: stand.whole.status(),
        updated_at: latest.unwrap_or(first_at),
        created_at: latest.unwrap_or(first_at).min(first_at),
        position,
        description: None,
        group_id: None,
        group: true,
        components: Some(ROUTES.iter().map(|family| component_id(&target.slug, *family)).collect()),
        ..both.clone()
    };
    [group, one, two, both]
}
