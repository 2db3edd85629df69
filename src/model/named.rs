//! The names of an enum's variants, written once.

/// Gives an enum without fields `ALL`, `as_str`, `Display`, and `FromStr` in any case.
///
/// `$what` names the enum in the error of an unknown name.
macro_rules! named {
    ($type:ident, $what:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $type {
            /// All values, in the order in which ties are broken.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in files, in JSON and on the command line, in lower case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::error::Error;

            /// Reads a name in any case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|named| named.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
                    let message = format!(concat!("unknown ", $what, " '{}'"), text);
                    crate::error::Error::new(crate::error::ErrorKind::Input, message)
                        .hint(Self::ALL.map(Self::as_str).join(", "))
                })
            }
        }
    };
}

pub(crate) use named;
