//! Closed sets whose members have a code each: how the table, questions and documents name them.

macro_rules! codes {
    ($(#[$of:meta])* $set:ident { $($(#[$doc:meta])* $name:ident = $code:literal,)+ }) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $set { $($(#[$doc])* $name,)+ }

        impl $set {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns its code, which is also how it is asked for.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Returns what has this code, if there is one.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

pub(crate) use codes;
