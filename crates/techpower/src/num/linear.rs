//! Small dense linear algebra in plain arithmetic; large matrices are factored in `lu.rs`.
//!
//! The matrices here are those of sibling indicators, a few rows wide. Kept crates choose their instructions by the machine they run
//! on, and so give other bits on another machine; results here must not.

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    n: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    #[must_use]
    pub fn zeros(n: usize) -> Matrix {
        Matrix { n, cells: vec![0.0; n * n] }
    }

    /// A matrix of `n` rows from its cells, row by row.
    ///
    /// # Panics
    /// If there are not `n` times `n` cells.
    #[must_use]
    pub fn from_cells(n: usize, cells: Vec<f64>) -> Matrix {
        assert_eq!(cells.len(), n * n, "a square matrix");
        Matrix { n, cells }
    }

    /// A matrix from its rows.
    ///
    /// # Panics
    /// If it is not square.
    #[must_use]
    pub fn from_rows(rows: &[&[f64]]) -> Matrix {
        Matrix::from_cells(rows.len(), rows.concat())
    }

    /// All cells, row by row.
    #[must_use]
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }

    /// The cells of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.n..(row + 1) * self.n]
    }

    /// Number of rows.
    #[must_use]
    pub fn size(&self) -> usize {
        self.n
    }

    /// A cell.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.n + column]
    }

    /// Sets a cell.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.n + column] = value;
    }

    /// Rows and columns at the given places.
    #[must_use]
    pub fn part(&self, places: &[usize]) -> Matrix {
        let mut part = Matrix::zeros(places.len());
        for (i, row) in places.iter().enumerate() {
            for (j, column) in places.iter().enumerate() {
                part.set(i, j, self.at(*row, *column));
            }
        }
        part
    }

    /// Covariances of variables, each a list of as many values; `divisor` is the number by which sums are divided. All zero without
    /// values.
    #[must_use]
    pub fn covariance(variables: &[Vec<f64>], divisor: f64) -> Matrix {
        let centred: Vec<Vec<f64>> = variables
            .iter()
            .map(|values| {
                let mean = super::mean(values);
                values.iter().map(|x| x - mean).collect()
            })
            .collect();
        let mut covariance = Matrix::zeros(variables.len());
        for i in 0..variables.len() {
            for j in 0..=i {
                let sum: f64 = centred[i].iter().zip(&centred[j]).map(|(a, b)| a * b).sum();
                covariance.set(i, j, sum / divisor);
                covariance.set(j, i, sum / divisor);
            }
        }
        covariance
    }

    /// The lower triangle `L` with `L L' = self` (Cholesky); `None` unless the matrix is positive definite.
    #[must_use]
    pub fn cholesky(&self) -> Option<Matrix> {
        let mut lower = Matrix::zeros(self.n);
        for i in 0..self.n {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|k| lower.at(i, k) * lower.at(j, k)).sum();
                let rest = self.at(i, j) - dot;
                if i == j {
                    if rest.is_nan() || rest <= 1e-12 * self.at(i, i).abs() {
                        return None;
                    }
                    lower.set(i, i, libm::sqrt(rest));
                } else {
                    lower.set(i, j, rest / lower.at(j, j));
                }
            }
        }
        Some(lower)
    }

    /// Solves `self x = b` for a positive definite matrix; `None` if it is not.
    ///
    /// ```
    /// use techpower::num::Matrix;
    /// let mut a = Matrix::zeros(2);
    /// for (row, column, value) in [(0, 0, 4.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 5.0)] {
    ///     a.set(row, column, value);
    /// }
    /// assert_eq!(a.solve(&[8.0, 12.0]), Some(vec![1.0, 2.0]));
    /// ```
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Option<Vec<f64>> {
        let lower = self.cholesky()?;
        let mut x = b.to_vec();
        for i in 0..self.n {
            let dot: f64 = (0..i).map(|k| lower.at(i, k) * x[k]).sum();
            x[i] = (x[i] - dot) / lower.at(i, i);
        }
        for i in (0..self.n).rev() {
            let dot: f64 = (i + 1..self.n).map(|k| lower.at(k, i) * x[k]).sum();
            x[i] = (x[i] - dot) / lower.at(i, i);
        }
        Some(x)
    }

    /// The unit vector along the greatest eigenvalue of a symmetric matrix, with the sign that makes its sum positive, by
    /// Jacobi's rotations (Golub & Van Loan 2013, *Matrix Computations*, 8.5). `None` for an empty matrix or one with an unknown cell.
    #[must_use]
    pub fn first_eigenvector(&self) -> Option<Vec<f64>> {
        const SWEEPS: usize = 60;
        if self.n == 0 || self.cells.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let mut a = self.clone();
        let mut vectors = Matrix::zeros(self.n);
        for i in 0..self.n {
            vectors.set(i, i, 1.0);
        }
        let scale: f64 = self.cells.iter().map(|x| x * x).sum();
        for _ in 0..SWEEPS {
            let off: f64 = (0..self.n)
                .flat_map(|i| (0..i).map(move |j| (i, j)))
                .map(|(i, j)| a.at(i, j) * a.at(i, j))
                .sum();
            if off <= 1e-32 * scale {
                break;
            }
            for p in 0..self.n {
                for q in p + 1..self.n {
                    rotate(&mut a, &mut vectors, p, q);
                }
            }
        }
        let first = (1..self.n).fold(0, |best, i| if a.at(i, i) > a.at(best, best) { i } else { best });
        let vector: Vec<f64> = (0..self.n).map(|i| vectors.at(i, first)).collect();
        let sign = if vector.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
        Some(vector.into_iter().map(|x| sign * x).collect())
    }
}

/// One rotation of Jacobi's that makes the cell (p, q) zero.
fn rotate(a: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let apq = a.at(p, q);
    if apq == 0.0 {
        return;
    }
    let theta = (a.at(q, q) - a.at(p, p)) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / libm::sqrt(t * t + 1.0);
    let s = t * c;
    for k in 0..a.size() {
        let (akp, akq) = (a.at(k, p), a.at(k, q));
        a.set(k, p, c * akp - s * akq);
        a.set(k, q, s * akp + c * akq);
    }
    for k in 0..a.size() {
        let (apk, aqk) = (a.at(p, k), a.at(q, k));
        a.set(p, k, c * apk - s * aqk);
        a.set(q, k, s * apk + c * aqk);
        let (vkp, vkq) = (vectors.at(k, p), vectors.at(k, q));
        vectors.set(k, p, c * vkp - s * vkq);
        vectors.set(k, q, s * vkp + c * vkq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f64]]) -> Matrix {
        Matrix { n: rows.len(), cells: rows.concat() }
    }

    #[test]
    fn solving_inverts_multiplying() {
        let a = matrix(&[&[4.0, 1.0, 0.5], &[1.0, 3.0, -1.0], &[0.5, -1.0, 2.0]]);
        let x = a.solve(&[1.0, 2.0, 3.0]).expect("positive definite");
        for (row, expected) in [1.0, 2.0, 3.0].iter().enumerate() {
            let found: f64 = (0..3).map(|column| a.at(row, column) * x[column]).sum();
            assert!((found - expected).abs() < 1e-14);
        }
        assert_eq!(matrix(&[&[1.0, 1.0], &[1.0, 1.0]]).solve(&[1.0, 1.0]), None);
    }

    /// Equicorrelation has the eigenvalue 1 + (n-1) r along (1, ..., 1); the 2 x 2 case is solved by hand.
    #[test]
    fn the_first_eigenvector_is_that_of_the_greatest_eigenvalue() {
        let a = matrix(&[&[1.0, 0.3, 0.3], &[0.3, 1.0, 0.3], &[0.3, 0.3, 1.0]]);
        for x in a.first_eigenvector().expect("known") {
            assert!((x - 1.0 / 3f64.sqrt()).abs() < 1e-14);
        }
        let b = matrix(&[&[2.0, 1.0], &[1.0, 3.0]]);
        let vector = b.first_eigenvector().expect("known");
        // Eigenvalue (5 + sqrt 5) / 2, so that the ratio of components is (1 + sqrt 5) / 2.
        assert!((vector[1] / vector[0] - (1.0 + 5f64.sqrt()) / 2.0).abs() < 1e-13);
        assert_eq!(matrix(&[&[f64::NAN]]).first_eigenvector(), None);
    }
}
