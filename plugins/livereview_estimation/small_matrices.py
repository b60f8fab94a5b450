"""Inverses of many small symmetric matrices at once; the axis of fits is the last, so that no fit is looped over."""

from __future__ import annotations

import numpy as np

from livereview_estimation.packing import Array


def gram(left: Array, right: Array) -> Array:
    """Sums over studies of products of columns: (p, K, n) and (p, K, n) to (p, p, n), known to be symmetric."""
    p, _, n = left.shape
    product = np.empty((p, p, n))
    for a in range(p):
        for b in range(a + 1):
            product[a, b] = product[b, a] = np.einsum("kn,kn->n", left[a], right[b])
    return product


def inverse(matrix: Array) -> tuple[Array, Array]:
    """Inverses (p, p, n) of positive definite matrices and the logs of their determinants (n,), by sweeping.

    Not pivoted: sweeping a positive definite matrix is stable in any order.
    """
    swept = matrix.copy()
    log_determinant = np.zeros(matrix.shape[-1])
    for i in range(matrix.shape[0]):
        pivot, column = swept[i, i].copy(), swept[:, i].copy()
        row = swept[i] / pivot
        log_determinant += np.log(pivot)
        swept -= column[:, None] * row[None]
        swept[i], swept[:, i] = row, -column / pivot
        swept[i, i] = 1 / pivot
    return swept, log_determinant


def times(matrix: Array, vector: Array) -> Array:
    """Products (p, n) of matrices (p, p, n) with vectors (p, n)."""
    return np.asarray(np.einsum("abn,bn->an", matrix, vector))


def product(left: Array, right: Array) -> Array:
    """Products (p, p, n) of matrices (p, p, n)."""
    return np.asarray(np.einsum("abn,bcn->acn", left, right))
