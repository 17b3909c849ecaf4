//! The three ways to a target: over IPv4, over IPv6, and as a client that has both.

use dualwatch_core::measure::{family::Family, target::BrowserEndpoints};

/// One row of a target's card. The order is the order on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    Ipv4,
    Ipv6,
    DualStack,
}

impl Route {
    pub const ALL: [Self; 3] = [Self::Ipv4, Self::Ipv6, Self::DualStack];

    /// Returns the stable code, as in `data-family`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::DualStack => "dual_stack",
        }
    }

    /// Returns the name that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::DualStack => "Dual stack",
        }
    }

    /// Returns the family of a single-family route.
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Ipv4 => Some(Family::Ipv4),
            Self::Ipv6 => Some(Family::Ipv6),
            Self::DualStack => None,
        }
    }

    /// Returns the URL (or origin) that a browser uses for this route, if there is one.
    pub fn endpoint(self, endpoints: &BrowserEndpoints) -> Option<&str> {
        match self {
            Self::Ipv4 => endpoints.ipv4.as_deref(),
            Self::Ipv6 => endpoints.ipv6.as_deref(),
            Self::DualStack => endpoints.dual_stack.as_deref(),
        }
    }
}

impl From<Family> for Route {
    fn from(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::Ipv4,
            Family::Ipv6 => Self::Ipv6,
        }
    }
}

/// One value per route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerRoute<T>([T; 3]);

impl<T> PerRoute<T> {
    pub fn from_fn(mut make: impl FnMut(Route) -> T) -> Self {
        Self([make(Route::Ipv4), make(Route::Ipv6), make(Route::DualStack)])
    }

    pub const fn get(&self, route: Route) -> &T {
        &self.0[route as usize]
    }

    pub const fn get_mut(&mut self, route: Route) -> &mut T {
        &mut self.0[route as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (Route, &T)> {
        Route::ALL.into_iter().zip(&self.0)
    }
}
