//! Arrays indexed by a label, title claim, role, kind or lens.

use std::ops::{Index, IndexMut};

use super::{Kind, Label, Lens, Role, TitleClaim};

macro_rules! indexed {
    ($(#[$doc:meta])* $name:ident, $key:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name<T>([T; $key::ALL.len()]);

        #[allow(dead_code, reason = "every table has the same methods")]
        impl<T> $name<T> {
            #[doc = concat!("The values that `value` gives, in the order of [`", stringify!($key), "::ALL`].")]
            pub fn from_fn(value: impl FnMut($key) -> T) -> Self {
                Self($key::ALL.map(value))
            }

            /// The same value for all.
            pub(crate) const fn splat(value: T) -> Self
            where
                T: Copy,
            {
                Self([value; $key::ALL.len()])
            }

            /// Every key with its value.
            pub fn iter(&self) -> impl DoubleEndedIterator<Item = ($key, &T)> {
                $key::ALL.into_iter().zip(&self.0)
            }

            #[doc = concat!("The values, in the order of [`", stringify!($key), "::ALL`].")]
            #[inline]
            pub fn values(&self) -> &[T; $key::ALL.len()] {
                &self.0
            }

            #[inline]
            pub(crate) fn values_mut(&mut self) -> &mut [T; $key::ALL.len()] {
                &mut self.0
            }

            /// The results of `function` for every value.
            #[must_use]
            pub fn map<U>(self, function: impl FnMut(T) -> U) -> $name<U> {
                $name(self.0.map(function))
            }
        }

        impl<T: PartialOrd + Copy> $name<T> {
            /// The key of the largest value; the first of equal ones.
            #[must_use]
            pub fn largest(&self) -> $key {
                let larger = |best, key| if self[key] > self[best] { key } else { best };
                $key::ALL.into_iter().fold($key::ALL[0], larger)
            }
        }

        impl<T> Index<$key> for $name<T> {
            type Output = T;

            #[inline]
            fn index(&self, key: $key) -> &T {
                &self.0[key as usize]
            }
        }

        impl<T> IndexMut<$key> for $name<T> {
            #[inline]
            fn index_mut(&mut self, key: $key) -> &mut T {
                &mut self.0[key as usize]
            }
        }

        impl<T> From<[T; $key::ALL.len()]> for $name<T> {
            fn from(values: [T; $key::ALL.len()]) -> Self {
                Self(values)
            }
        }
    };
}

indexed! {
    /// One value for each [`Label`], indexed by it.
    ///
    /// ```
    /// use rolecall::{ByLabel, Label};
    ///
    /// let mut counts = ByLabel::<u32>::default();
    /// counts[Label::Hybrid] += 2;
    /// assert_eq!(counts.largest(), Label::Hybrid);
    /// assert_eq!(counts.iter().last(), Some((Label::Unclear, &0)));
    /// ```
    ByLabel, Label
}

indexed! {
    /// One value for each [`TitleClaim`], indexed by it.
    ///
    /// ```
    /// use rolecall::{ByClaim, TitleClaim};
    ///
    /// let lengths = ByClaim::from_fn(|claim| claim.as_str().len());
    /// assert_eq!(lengths[TitleClaim::Other], 5);
    /// ```
    ByClaim, TitleClaim
}

indexed! {
    /// One value for each [`Role`], indexed by it.
    ///
    /// ```
    /// use rolecall::{ByRole, Role};
    ///
    /// let hours = ByRole::from([30, 10]);
    /// assert_eq!((hours[Role::Pm], hours[Role::Pmm]), (30, 10));
    /// ```
    ByRole, Role
}

indexed! {
    /// One value for each [`Kind`] of line, indexed by it.
    ///
    /// ```
    /// use rolecall::{ByKind, Kind};
    ///
    /// let lengths = ByKind::from_fn(|kind| kind.as_str().len());
    /// assert_eq!(lengths[Kind::Filler], 6);
    /// ```
    ByKind, Kind
}

indexed! {
    /// One value for each [`Lens`], indexed by it.
    ///
    /// ```
    /// use rolecall::{ByLens, Lens};
    ///
    /// let names = ByLens::from_fn(Lens::as_str);
    /// assert_eq!(names[Lens::Aipmm], "aipmm");
    /// ```
    ByLens, Lens
}
