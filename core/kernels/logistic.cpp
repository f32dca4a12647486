// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/interpolationtables.h"
#include "core/kernels/quantizedparameters.h"

#include <espalier/floatmath.h>

namespace espalier {

namespace {

struct Logistic
{
    static constexpr auto parameters = logisticParameters;
    static constexpr auto wideParameters = wideLogisticParameters;
    static float of(float x) { return rt::logistic(x); }
    static std::int32_t of(int x, const rt::SigmoidParameters &p) { return rt::logistic(x, p); }
    static std::int32_t of(int x, const rt::WideSigmoidParameters &p, const std::int16_t *table)
    {
        return rt::wideLogistic(x, p, table);
    }
};
struct Tanh
{
    static constexpr auto parameters = tanhParameters;
    static constexpr auto wideParameters = wideTanhParameters;
    static float of(float x) { return rt::tanh(x); }
    static std::int32_t of(int x, const rt::SigmoidParameters &p) { return rt::tanh(x, p); }
    static std::int32_t of(int x, const rt::WideSigmoidParameters &p, const std::int16_t *table)
    {
        return rt::wideTanh(x, p, table);
    }
};

template <class Function>
struct Float
{
    float operator()(float x) const { return Function::of(x); }
};
template <class Function>
struct Wide
{
    rt::WideSigmoidParameters p;
    const std::int16_t *table = sigmoidTable().data();
    std::int32_t operator()(std::int16_t x) const { return Function::of(x, p, table); }
};

template <class Function>
Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 1);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameShape(in, out);
    if (!check)
        return check.error();
    if (in.type == DType::float32)
        return elementwise<float, float>(in, Float<Function>());
    if (in.type == DType::int16) {
        const auto p = check.take(Function::wideParameters(in, out));
        if (!check)
            return check.error();
        return elementwise<std::int16_t, std::int16_t>(in, Wide<Function>{p});
    }
    const auto p = check.take(Function::parameters(in, out));
    if (!check)
        return check.error();
    return byteKernel(in, byteTable(in.type, [&](int x) { return Function::of(x, p); }));
}

} // namespace

extern const KernelKind logisticKernel = {OpKind::logistic, make<Logistic>};
extern const KernelKind tanhKernel = {OpKind::tanh, make<Tanh>};

} // namespace espalier
