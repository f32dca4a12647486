// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace espalier {

/// c[m][n] = (c[m][n] or 0) + sum over k of a(k, m) * b(k, n), for n along neighbouring floats of b and c. Each element
/// is one chain of fused multiply-adds in the order of k, whatever the instruction set. The sum may run over several
/// stretches of k, one after another, as over the rows of an image.
struct MatrixProduct
{
    std::size_t rows, columns, depth; ///< extents of m, n, k
    const float *a;
    std::size_t aStepRow, aStepDepth; ///< floats from one m, one k to the next
    const float *b;
    std::size_t bStepDepth;
    float *c;
    std::size_t cStepRow;
    bool add = true; ///< false: c is only written
    std::size_t stretches = 1;
    std::size_t aStepStretch = 0, bStepStretch = 0;
};

/// Runs on the instruction set that currentIsa() says.
void multiply(const MatrixProduct &product);

} // namespace espalier
