// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/broadcast.h"

namespace espalier {

namespace {

template <class T, bool isMaximum>
struct Choose
{
    T operator()(T a, T b) const { return (isMaximum ? a > b : a < b) ? a : b; }
};

template <class T, bool isMaximum>
KernelPtr kernel(const Tensor &a, const Tensor &b, Broadcast plan)
{
    using Function = Choose<T, isMaximum>;
    return makeKernel<BinaryKernel<T, T, T, Function>>(a, b, std::move(plan), Function());
}

/// MAXIMUM and MINIMUM, on raw values: inputs and output are quantized alike.
template <bool isMaximum>
Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &a = check.input(0), &b = check.input(1), &out = check.output();
    for (const Tensor *tensor : {&a, &b}) {
        check.sameType(*tensor, out);
        check.sameQuantization(*tensor, out);
    }
    const auto plan = broadcast(a.shape, b.shape, out.shape);
    check.require(plan.has_value(),
                  shapeText(a.shape) + " and " + shapeText(b.shape) + " do not broadcast to " + shapeText(out.shape));
    if (!check)
        return check.error();
    switch (out.type) {
    case DType::float32:
        return kernel<float, isMaximum>(a, b, *plan);
    case DType::int8:
        return kernel<std::int8_t, isMaximum>(a, b, *plan);
    case DType::uint8:
        return kernel<std::uint8_t, isMaximum>(a, b, *plan);
    case DType::int16:
        return kernel<std::int16_t, isMaximum>(a, b, *plan);
    case DType::int32:
        return kernel<std::int32_t, isMaximum>(a, b, *plan);
    case DType::int64:
        return kernel<std::int64_t, isMaximum>(a, b, *plan);
    default:
        return failed(std::string(name(out.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind maximumKernel = {OpKind::maximum, make<true>};
extern const KernelKind minimumKernel = {OpKind::minimum, make<false>};

} // namespace espalier
