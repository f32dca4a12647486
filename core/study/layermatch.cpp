// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/layermatch.h"

#include <algorithm>

namespace espalier {

namespace {

constexpr std::size_t mostOperators = 2000;

/// 0: another layer; 1: the same by kind, size and settings; 2: by name too.
int likeness(const Graph &a, const Operator &x, const Graph &b, const Operator &y)
{
    if (x.kind != y.kind || x.kind == OpKind::other || x.kind == OpKind::quantize || x.kind == OpKind::dequantize ||
        x.outputs.empty() || y.outputs.empty())
        return 0;
    const Tensor &p = a[x.outputs.front()], &q = b[y.outputs.front()];
    if (p.isConstant() || q.isConstant() || p.elements() != q.elements())
        return 0;
    if (!p.name.empty() && p.name == q.name)
        return 2;
    // What an int8 form adds to the settings of a float one says nothing about the layer.
    if (const auto *c = std::get_if<Conv2DOptions>(&x.options)) {
        const auto *d = std::get_if<Conv2DOptions>(&y.options);
        return d && c->activation == d->activation && c->padding == d->padding;
    }
    if (const auto *c = std::get_if<FullyConnectedOptions>(&x.options)) {
        const auto *d = std::get_if<FullyConnectedOptions>(&y.options);
        return d && c->activation == d->activation;
    }
    return x.options == y.options;
}

} // namespace

Result<std::vector<LayerMatch>> matchLayers(const Graph &first, const Graph &second)
{
    const std::size_t n = first.operators.size(), m = second.operators.size();
    if (n > mostOperators || m > mostOperators)
        return unusableInput("models of more than " + std::to_string(mostOperators) + " operators are not compared");
    // The heaviest common subsequence: best[i][j] of the operators from i and from j on.
    std::vector<std::vector<int>> best(n + 1, std::vector<int>(m + 1, 0));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;) {
            const int alike = likeness(first, first.operators[i], second, second.operators[j]);
            best[i][j] = std::max({best[i + 1][j], best[i][j + 1], alike > 0 ? best[i + 1][j + 1] + alike : 0});
        }
    std::vector<LayerMatch> pairs;
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        const int alike = likeness(first, first.operators[i], second, second.operators[j]);
        if (alike > 0 && best[i][j] == best[i + 1][j + 1] + alike)
            pairs.push_back({i++, j++});
        else if (best[i][j] == best[i + 1][j])
            ++i;
        else
            ++j;
    }
    if (pairs.empty())
        return unusableInput("the two models have no layer in common: give two forms of one network");
    return pairs;
}

} // namespace espalier
