//! Enums with a stable code for the database and addresses, and a label for people.

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:literal $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[doc = $label] #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every value, in the order in which forms offer them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, as stored and as in addresses.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// The words on screens and in mail.
            #[must_use]
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),+ } }

            /// Reads a code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> { match code { $($code => Some(Self::$variant),)+ _ => None } }
        }
    };
}
pub(crate) use codes;
