// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"

#include <cstdint>
#include <initializer_list>

namespace espalier {

/// A product of counts; the largest int64 where it does not fit, as shapes of a hostile file may make it.
std::int64_t boundedProduct(std::initializer_list<std::int64_t> factors);
std::int64_t boundedSum(std::int64_t a, std::int64_t b);

/// Extent `axis` of input `i` of an operator, 1 where there is none.
std::int64_t inputExtent(const Graph &graph, const Operator &op, std::size_t i, std::size_t axis);
/// Elements of an operator's input or output, 0 where there is none.
std::int64_t inputElements(const Graph &graph, const Operator &op, std::size_t i);
std::int64_t outputElements(const Graph &graph, const Operator &op);

} // namespace espalier
