# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A view as a collapse_shape followed by an expand_shape.

The sizes of an exported program are symbolic, so which dimensions of the
operand make which of the result is known here, whatever is dynamic.
"""
import sympy


def as_symbol(size):
    return sympy.Integer(size) if isinstance(size, int) else size.node.expr


def regroup(before, after):
    """Pairs of lists of dimensions with equal products, in order: the finest
    ones. [b, l, 4, 16] to [b * l, 64] is [([0, 1], [0]), ([2, 3], [1])]."""
    left, right = _prefix_products(before), _prefix_products(after)
    groups, i, j = [], 0, 0
    while i < len(before) and j < len(after):
        i_next, j_next = _next_cut(left, right, i, j)
        groups.append((list(range(i, i_next)), list(range(j, j_next))))
        i, j = i_next, j_next
    if groups:  # dimensions of size 1 that are left over
        groups[-1][0].extend(range(i, len(before)))
        groups[-1][1].extend(range(j, len(after)))
    return groups


def _prefix_products(sizes):
    products = [sympy.Integer(1)]
    for size in sizes:
        products.append(sympy.expand(products[-1] * as_symbol(size)))
    return products


def _next_cut(left, right, i, j):
    for i_next in range(i + 1, len(left)):
        for j_next in range(j + 1, len(right)):
            if left[i_next] == right[j_next]:
                return i_next, j_next
    return len(left) - 1, len(right) - 1
