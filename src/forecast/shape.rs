//! Shapes through which a term looks at a feature.

/// A simple function of a feature's value, bounded at both ends.
///
/// The bounds say what can be: a value beyond them counts as the bound, and a missing one widens
/// the interval to both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Doublings above a value: log2((1 + value) / (1 + from)). Several of them side by side
    /// are a linear spline of the logarithm.
    Doublings {
        /// Where it begins to rise, at least 0.
        from: f64,
        /// Where it stops.
        to: f64,
    },
    /// The value itself, from 0.
    Linear {
        /// Where it stops.
        to: f64,
    },
    /// 1 up to a value, 0 above.
    AtMost {
        /// The value.
        to: f64,
    },
}

impl Shape {
    /// The function's value.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Doublings { from, .. } if value <= from => 0.0,
            Self::Doublings { from, to } => ((1.0 + value.min(to)) / (1.0 + from)).log2(),
            Self::Linear { to } => value.max(0.0).min(to),
            Self::AtMost { to } => f64::from(u8::from(value <= to)),
        }
    }

    /// The largest value of the function; the smallest is 0.
    pub fn most(self) -> f64 {
        match self {
            Self::Doublings { to, .. } | Self::Linear { to } => self.apply(to),
            Self::AtMost { .. } => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_by_hand() {
        let rising = Shape::Doublings { from: 1.0, to: 7.0 };
        let cases = [
            (rising, 0.0, 0.0),
            (rising, 3.0, 1.0),
            (rising, 100.0, 2.0),
            (Shape::Doublings { from: 0.0, to: 2000.0 }, 1023.0, 10.0),
            (Shape::Linear { to: 17.0 }, 4.0, 4.0),
            (Shape::Linear { to: 17.0 }, 40.0, 17.0),
            (Shape::AtMost { to: 1.0 }, 1.0, 1.0),
            (Shape::AtMost { to: 1.0 }, 2.0, 0.0),
        ];
        for (shape, value, expected) in cases {
            assert!((shape.apply(value) - expected).abs() < 1e-12, "{shape:?} of {value}");
            assert!(shape.apply(value) <= shape.most());
        }
    }
}
