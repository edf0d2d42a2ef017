//! Small dense linear algebra: symmetric positive definite systems by Cholesky decomposition.

/// A square matrix, row by row.
pub(super) type Matrix = Vec<Vec<f64>>;

/// A matrix of zeros.
pub(super) fn zeros(size: usize) -> Matrix {
    vec![vec![0.0; size]; size]
}

/// Fills the upper triangle with the lower one.
pub(super) fn mirror(matrix: &mut Matrix) {
    for i in 1..matrix.len() {
        let (above, rest) = matrix.split_at_mut(i);
        for (row, entry) in above.iter_mut().zip(&rest[0]) {
            row[i] = *entry;
        }
    }
}

/// The lower triangle L with L L' = `matrix`; `None` where it is not positive definite.
fn cholesky(matrix: &Matrix) -> Option<Matrix> {
    let mut lower = zeros(matrix.len());
    for i in 0..matrix.len() {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - sum;
            if i == j {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(lower)
}

/// The inverse of a symmetric positive definite matrix; `None` where it is not one.
pub(super) fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let lower = cholesky(matrix)?;
    let size = matrix.len();
    let mut columns = zeros(size);
    for (unit, column) in columns.iter_mut().enumerate() {
        for i in 0..size {
            let sum: f64 = (0..i).map(|k| lower[i][k] * column[k]).sum();
            column[i] = (f64::from(u8::from(i == unit)) - sum) / lower[i][i];
        }
        for i in (0..size).rev() {
            let sum: f64 = (i + 1..size).map(|k| lower[k][i] * column[k]).sum();
            column[i] = (column[i] - sum) / lower[i][i];
        }
    }
    Some(columns)
}

/// Matrix times vector.
pub(super) fn times(matrix: &Matrix, vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

/// A B A for symmetric matrices of the same size.
pub(super) fn sandwich(outer: &Matrix, inner: &Matrix) -> Matrix {
    let half: Matrix = inner.iter().map(|row| times(outer, row)).collect();
    // `half` is B A; its columns times A are the columns of A B A, which is symmetric.
    let size = outer.len();
    let column = |j: usize| (0..size).map(|i| half[i][j]).collect::<Vec<f64>>();
    (0..size).map(|j| times(outer, &column(j))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_by_hand() {
        let inverted = inverse(&vec![vec![4.0, 2.0], vec![2.0, 3.0]]).unwrap();
        for (row, expected) in inverted.iter().zip([[0.375, -0.25], [-0.25, 0.5]]) {
            assert!(row.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{inverted:?}");
        }
        assert_eq!(inverse(&vec![vec![1.0, 2.0], vec![2.0, 1.0]]), None);
    }

    #[test]
    fn mirror_by_hand() {
        let mut matrix = vec![vec![1.0, 0.0, 0.0], vec![2.0, 3.0, 0.0], vec![4.0, 5.0, 6.0]];
        mirror(&mut matrix);
        assert_eq!(matrix, [[1.0, 2.0, 4.0], [2.0, 3.0, 5.0], [4.0, 5.0, 6.0]]);
    }

    #[test]
    fn sandwich_by_hand() {
        let outer = vec![vec![1.0, 2.0], vec![2.0, 0.0]];
        let inner = vec![vec![3.0, 1.0], vec![1.0, 5.0]];
        assert_eq!(sandwich(&outer, &inner), vec![vec![27.0, 10.0], vec![10.0, 12.0]]);
    }
}
