// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/vectorize.h"

namespace espalier {

namespace {

// Slopes at an input x with the output y.
struct LeakyRelu
{
    float alpha;
    float operator()(float x, float) const { return x > 0 ? 1 : alpha; }
};
struct HardSwish
{
    float operator()(float x, float) const { return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6; }
};
struct Logistic
{
    float operator()(float, float y) const { return y * (1 - y); }
};
struct Tanh
{
    float operator()(float, float y) const { return 1 - y * y; }
};

template <class Slope>
ESPALIER_VECTORIZE void addProducts(const float *x, const float *y, const float *g, float *to, std::size_t count,
                                    Slope slope)
{
    ESPALIER_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i)
        to[i] += g[i] * slope(x[i], y[i]);
}

template <class Slope>
class ElementwiseGradient final : public Gradient
{
public:
    ElementwiseGradient(std::size_t elements, Slope slope) : m_elements(elements), m_slope(slope) {}

    void run(const GradientCall &call) const override
    {
        if (call.inputGradients[0])
            addProducts(call.inputs[0], call.outputs[0], call.outputGradients[0], call.inputGradients[0],
                        m_elements * std::size_t(call.batch), m_slope);
    }

private:
    std::size_t m_elements;
    Slope m_slope;
};

template <class Slope>
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    return makeGradient<ElementwiseGradient<Slope>>(graph[op.outputs[0]].elements(), Slope());
}

Result<std::unique_ptr<const Gradient>> makeLeakyRelu(const Graph &graph, const Operator &op)
{
    const LeakyRelu slope{op.as<LeakyReluOptions>().alpha};
    return makeGradient<ElementwiseGradient<LeakyRelu>>(graph[op.outputs[0]].elements(), slope);
}

} // namespace

extern const GradientKind leakyReluGradient, hardSwishGradient, logisticGradient, tanhGradient;
const GradientKind leakyReluGradient{OpKind::leakyRelu, makeLeakyRelu};
const GradientKind hardSwishGradient{OpKind::hardSwish, make<HardSwish>};
const GradientKind logisticGradient{OpKind::logistic, make<Logistic>};
const GradientKind tanhGradient{OpKind::tanh, make<Tanh>};

} // namespace espalier
