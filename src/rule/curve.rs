//! From a measured value to a level.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a measured value becomes a level from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Curve {
    /// Straight lines between points `(value, level)`, values strictly ascending; outside the
    /// first and the last point the level stays theirs.
    Points(Vec<(f64, f64)>),
    /// A level for each named class.
    Levels(BTreeMap<String, f64>),
}

/// A value as written in a rule's file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number in the rule's unit.
    Number(f64),
    /// The name of a class.
    Class(String),
}

impl Curve {
    /// The level of a value; `None` where the curve has no place for it.
    pub fn level(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Number(number) => self.number(*number),
            Value::Class(name) => self.class(name),
        }
    }

    /// The level of a class; `None` where it is none, or the curve is of numbers.
    pub fn class(&self, name: &str) -> Option<f64> {
        match self {
            Self::Points(_) => None,
            Self::Levels(levels) => levels.get(name).copied(),
        }
    }

    pub(super) fn number(&self, x: f64) -> Option<f64> {
        let Self::Points(points) = self else { return None };
        if x.is_nan() {
            return None;
        }
        let above = points.partition_point(|(at, _)| *at <= x);
        let before = above.checked_sub(1).and_then(|index| points.get(index));
        match (before, points.get(above)) {
            (Some((x0, y0)), Some((x1, y1))) => Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0)),
            (Some((_, end)), None) | (None, Some((_, end))) => Some(*end),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_points_and_flat_outside() {
        let curve = Curve::Points(vec![(1.0, 0.2), (3.0, 0.6), (4.0, 0.1)]);
        let cases = [
            (f64::NEG_INFINITY, Some(0.2)),
            (1.0, Some(0.2)),
            (2.0, Some(0.4)),
            (3.0, Some(0.6)),
            (3.5, Some(0.35)),
            (f64::INFINITY, Some(0.1)),
            (f64::NAN, None),
        ];
        for (x, expected) in cases {
            let level = curve.number(x);
            let close = match (level, expected) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            assert!(close, "{x}: {level:?}, expected {expected:?}");
        }
        assert_eq!(curve.class("runtime"), None);
    }
}
