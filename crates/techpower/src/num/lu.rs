//! Factorisation and inversion of large dense matrices: LU with partial pivoting, in blocks, over all threads.
//!
//! General crates choose their instructions by the processor they find (`faer` does), or leave the order of sums to the number of threads, and
//! so give other bits on another machine. Here every cell is the same sum in the same order whatever the threads, a product and its addition are
//! two roundings (nothing is fused), and there is one version of the code for all processors.

use rayon::prelude::*;

use super::Matrix;

/// Columns that are eliminated together.
const BLOCK: usize = 64;
/// Rows and columns of the tile whose sums stay in registers.
const TILE: usize = 4;
/// Tiles of columns that a thread solves side by side, so that a row of the factors is read once for all of them.
const TILES: usize = 8;
/// Rows that a thread updates at a time.
const ROWS: usize = 32;

/// A row of a tile.
type Lane = [f64; TILE];

/// The factors of a square matrix with its rows in another order: `P A = L U`, with ones on the diagonal of the lower triangle `L` (Golub & Van
/// Loan 2013, *Matrix Computations*, algorithm 3.4.1 in the blocked form of 3.2.11).
///
/// ```
/// use techpower::num::{Lu, Matrix};
/// let matrix = Matrix::from_rows(&[&[0.0, 2.0], &[4.0, 1.0]]); // the first pivot is zero: rows are exchanged
/// let factors = Lu::of(&matrix).expect("regular");
/// assert_eq!(factors.solve(&[2.0, 9.0]), [2.0, 1.0]);
/// assert_eq!(factors.inverse(), Matrix::from_rows(&[&[-0.125, 0.25], &[0.5, 0.0]]));
/// assert!(Lu::of(&Matrix::from_rows(&[&[1.0, 1.0], &[1.0, 1.0]])).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Lu {
    n: usize,
    /// Both triangles, row by row; the ones of the diagonal are not stored.
    cells: Vec<f64>,
    /// The row of the matrix that stands at each place.
    order: Vec<usize>,
}

impl Lu {
    /// Factors a matrix; `None` if it is singular (a pivot is exactly zero) or has an unknown cell.
    #[must_use]
    pub fn of(matrix: &Matrix) -> Option<Lu> {
        let n = matrix.size();
        let mut lu = Lu { n, cells: matrix.cells().to_vec(), order: (0..n).collect() };
        for start in (0..n).step_by(BLOCK) {
            let end = (start + BLOCK).min(n);
            lu.eliminate(start, end)?;
            if end < n {
                let right = lu.solve_right(start, end);
                lu.update(start, end, &right);
            }
        }
        Some(lu)
    }

    /// Solves `A x = b`.
    ///
    /// # Panics
    /// If `b` has another length than the matrix has rows.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        assert_eq!(b.len(), self.n, "a value for every row");
        let mut x: Vec<f64> = self.order.iter().map(|row| b[*row]).collect();
        for i in 0..self.n {
            let dot: f64 = self.row(i)[..i].iter().zip(&x).map(|(a, x)| a * x).sum();
            x[i] -= dot;
        }
        for i in (0..self.n).rev() {
            let dot: f64 = self.row(i)[i + 1..].iter().zip(&x[i + 1..]).map(|(a, x)| a * x).sum();
            x[i] = (x[i] - dot) / self.row(i)[i];
        }
        x
    }

    /// The inverse of the matrix.
    #[must_use]
    pub fn inverse(&self) -> Matrix {
        let n = self.n;
        let mut place = vec![0; n];
        for (at, row) in self.order.iter().enumerate() {
            place[*row] = at;
        }
        let width = TILE * TILES;
        let stripes: Vec<Vec<Vec<Lane>>> = (0..n.div_ceil(width))
            .into_par_iter()
            .map(|stripe| {
                let first = stripe * width;
                let tiles = (n - first).div_ceil(TILE).min(TILES);
                let mut stripe = vec![vec![[0.0; TILE]; n]; tiles];
                for column in first..(first + width).min(n) {
                    stripe[(column - first) / TILE][place[column]][(column - first) % TILE] = 1.0;
                }
                self.forward(&mut stripe);
                self.backward(&mut stripe);
                stripe
            })
            .collect();
        let mut cells = vec![0.0; n * n];
        cells.par_chunks_mut(n.max(1)).enumerate().for_each(|(row, cells)| {
            let tiles = stripes.iter().flatten();
            for (cells, tile) in cells.chunks_mut(TILE).zip(tiles) {
                cells.copy_from_slice(&tile[row][..cells.len()]);
            }
        });
        Matrix::from_cells(n, cells)
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.n..(row + 1) * self.n]
    }

    /// Eliminates within the columns from `start` to `end`; whole rows are exchanged.
    fn eliminate(&mut self, start: usize, end: usize) -> Option<()> {
        let n = self.n;
        for k in start..end {
            let size = |row: usize| self.cells[row * n + k].abs();
            let pivot = (k + 1..n).fold(k, |best, row| if size(row) > size(best) { row } else { best });
            if self.cells[pivot * n + k] == 0.0 || !(k..n).all(|row| size(row).is_finite()) {
                return None;
            }
            if pivot != k {
                let (above, below) = self.cells.split_at_mut(pivot * n);
                above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
                self.order.swap(k, pivot);
            }
            let (above, below) = self.cells.split_at_mut((k + 1) * n);
            let top = &above[k * n + k..k * n + end];
            for row in below.chunks_exact_mut(n) {
                let row = &mut row[k..end];
                let factor = row[0] / top[0];
                row[0] = factor;
                for (cell, top) in row[1..].iter_mut().zip(&top[1..]) {
                    *cell -= factor * top;
                }
            }
        }
        Some(())
    }

    /// The rows of the block to the right of it, solved with its lower triangle; by tiles of columns, as the update reads them.
    fn solve_right(&mut self, start: usize, end: usize) -> Vec<Vec<Lane>> {
        let this = &*self;
        let tiles: Vec<Vec<Lane>> = (end..this.n)
            .into_par_iter()
            .step_by(TILE)
            .map(|column| {
                let width = TILE.min(this.n - column);
                let mut tile = vec![[0.0; TILE]; end - start];
                for (lane, row) in tile.iter_mut().zip(start..end) {
                    lane[..width].copy_from_slice(&this.row(row)[column..column + width]);
                }
                for r in 1..tile.len() {
                    let (above, below) = tile.split_at_mut(r);
                    subtract_in_turn(&mut below[0], &this.row(start + r)[start..start + r], above);
                }
                tile
            })
            .collect();
        for (at, tile) in tiles.iter().enumerate() {
            let column = end + at * TILE;
            let width = TILE.min(self.n - column);
            for (lane, row) in tile.iter().zip(start..end) {
                self.cells[row * self.n + column..][..width].copy_from_slice(&lane[..width]);
            }
        }
        tiles
    }

    /// Subtracts from the rest of the matrix the product of the block's columns with `right`.
    fn update(&mut self, start: usize, end: usize, right: &[Vec<Lane>]) {
        let n = self.n;
        self.cells[end * n..].par_chunks_mut(ROWS * n).for_each(|rows| {
            for rows in rows.chunks_mut(TILE * n) {
                let (heads, mut tails): (Vec<&[f64]>, Vec<&mut [f64]>) = rows
                    .chunks_exact_mut(n)
                    .map(|row| row.split_at_mut(end))
                    .map(|(head, tail)| (&head[start..], tail))
                    .unzip();
                for (at, tile) in right.iter().enumerate() {
                    let sums = products(&heads, tile);
                    for (tail, sum) in tails.iter_mut().zip(&sums) {
                        for (cell, sum) in tail[at * TILE..].iter_mut().zip(sum) {
                            *cell -= sum;
                        }
                    }
                }
            }
        });
    }

    /// Solves with the lower triangle, block by block from the top.
    fn forward(&self, stripe: &mut [Vec<Lane>]) {
        for start in (0..self.n).step_by(BLOCK) {
            let end = (start + BLOCK).min(self.n);
            self.subtract(stripe, start..end, 0..start);
            for row in start..end {
                for tile in stripe.iter_mut() {
                    let (above, below) = tile.split_at_mut(row);
                    subtract_in_turn(&mut below[0], &self.row(row)[start..row], &above[start..]);
                }
            }
        }
    }

    /// Solves with the upper triangle, block by block from the bottom.
    fn backward(&self, stripe: &mut [Vec<Lane>]) {
        for start in (0..self.n).step_by(BLOCK).rev() {
            let end = (start + BLOCK).min(self.n);
            self.subtract(stripe, start..end, end..self.n);
            for row in (start..end).rev() {
                let factors = self.row(row);
                for tile in stripe.iter_mut() {
                    let (above, below) = tile.split_at_mut(row + 1);
                    let lane = &mut above[row];
                    subtract_in_turn(lane, &factors[row + 1..end], below);
                    lane.iter_mut().for_each(|x| *x /= factors[row]);
                }
            }
        }
    }

    /// Subtracts from some rows of a stripe the products of the factors in `known` columns with the rows that are known already.
    fn subtract(
        &self,
        stripe: &mut [Vec<Lane>],
        rows: std::ops::Range<usize>,
        known: std::ops::Range<usize>,
    ) {
        if known.is_empty() {
            return;
        }
        for first in rows.clone().step_by(TILE) {
            let group = first..(first + TILE).min(rows.end);
            let factors: Vec<&[f64]> = group.clone().map(|row| &self.row(row)[known.clone()]).collect();
            for tile in stripe.iter_mut() {
                let sums = products(&factors, &tile[known.clone()]);
                for (lane, sum) in tile[group.clone()].iter_mut().zip(&sums) {
                    lane.iter_mut().zip(sum).for_each(|(x, sum)| *x -= sum);
                }
            }
        }
    }
}

/// Products of up to [`TILE`] rows with a tile of columns, each summed from the first to the last.
fn products(rows: &[&[f64]], tile: &[Lane]) -> [Lane; TILE] {
    // Where there are fewer rows, the last is computed again and not used.
    let row = |at: usize| &rows[at.min(rows.len() - 1)][..tile.len()];
    let (a, b, c, d) = (row(0), row(1), row(2), row(3));
    let mut sums = [[0.0; TILE]; TILE];
    for ((((lane, a), b), c), d) in tile.iter().zip(a).zip(b).zip(c).zip(d) {
        for (sum, factor) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, x) in sum.iter_mut().zip(lane) {
                *sum += factor * x;
            }
        }
    }
    sums
}

/// Subtracts from a lane the products of factors with other lanes, one after another.
fn subtract_in_turn(lane: &mut Lane, factors: &[f64], others: &[Lane]) {
    for (factor, other) in factors.iter().zip(others) {
        for (x, other) in lane.iter_mut().zip(other) {
            *x -= factor * other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    fn random(n: usize) -> Matrix {
        let mut random = Seed(7).stream("test", "lu").draw(n);
        Matrix::from_cells(n, (0..n * n).map(|_| random.normal()).collect())
    }

    /// Sizes about the block and the tile, so that every ragged edge occurs. The residual of the inverse grows with the condition, which for
    /// random normal matrices of this size is at most some thousands.
    #[test]
    fn the_inverse_inverts() {
        for n in [0, 1, 2, 3, 4, 5, 31, 63, 64, 65, 66, 130, 193] {
            let a = random(n);
            let factors = Lu::of(&a).expect("regular");
            let inverse = factors.inverse();
            for i in 0..n {
                for j in 0..n {
                    let cell: f64 = (0..n).map(|k| a.at(i, k) * inverse.at(k, j)).sum();
                    assert!((cell - f64::from(u8::from(i == j))).abs() < 1e-9, "{n}: {i},{j}: {cell}");
                }
            }
            let b: Vec<f64> = (0..n).map(|i| i as f64 - 3.0).collect();
            let x = factors.solve(&b);
            for (i, b) in b.iter().enumerate() {
                let found: f64 = x.iter().enumerate().map(|(k, x)| a.at(i, k) * x).sum();
                assert!((found - b).abs() < 1e-9, "{n}: {i}: {found}");
            }
        }
    }

    /// The Hilbert matrix of order 5 has the inverse in whole numbers (Choi 1983, *American Mathematical Monthly* 90(5), 301-312).
    #[test]
    fn the_hilbert_matrix_is_inverted() {
        let cells = (0..25).map(|at| 1.0 / ((at / 5 + at % 5 + 1) as f64)).collect();
        let inverse = Lu::of(&Matrix::from_cells(5, cells)).expect("regular").inverse();
        let first = [25.0, -300.0, 1050.0, -1400.0, 630.0];
        for (j, expected) in first.iter().enumerate() {
            assert!((inverse.at(0, j) - expected).abs() < 1e-8, "{j}: {}", inverse.at(0, j));
        }
        assert!((inverse.at(4, 4) - 44_100.0).abs() < 1e-6);
    }

    #[test]
    fn threads_do_not_show_in_the_bits() {
        let a = random(300);
        let of = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| Lu::of(&a).expect("regular").inverse())
        };
        let bits = |m: &Matrix| m.cells().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&of(1)), bits(&of(3)));
    }

    #[test]
    fn singular_and_unknown_matrices_have_no_factors() {
        let mut a = random(70);
        for column in 0..70 {
            a.set(69, column, 0.0);
        }
        assert!(Lu::of(&a).is_none());
        a.set(69, 69, f64::NAN);
        assert!(Lu::of(&a).is_none());
    }
}
