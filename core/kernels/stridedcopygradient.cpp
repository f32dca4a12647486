// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"

#include <numeric>
#include <vector>

namespace espalier {

namespace {

/// TRANSPOSE, SLICE and STRIDED_SLICE: each element of the output gives its derivative back to where it came from.
class MoveGradient final : public Gradient
{
public:
    /// `sources`: for each element of one image's output, the element of the input that it is.
    MoveGradient(std::size_t inputs, std::vector<std::int32_t> sources)
        : m_inputs(inputs), m_sources(std::move(sources))
    {
    }

    void run(const GradientCall &call) const override
    {
        const float *g = call.outputGradients[0];
        for (std::size_t image = 0; call.inputGradients[0] && image < std::size_t(call.batch); ++image) {
            float *const to = call.inputGradients[0] + image * m_inputs;
            for (const std::int32_t source : m_sources)
                to[source] += *g++;
        }
    }

private:
    std::size_t m_inputs;
    std::vector<std::int32_t> m_sources;
};

/// The kernel itself tells where things go: it is run on the numbers of the elements.
Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const TensorId in = op.inputs[0], out = op.outputs[0];
    Graph numbered;
    numbered.tensors = graph.tensors;
    numbered[in].type = numbered[out].type = DType::int32;
    const Result<std::unique_ptr<const Kernel>> kernel = kernelKind(op.kind)->make(numbered, op);
    if (!kernel)
        return kernel.error();
    std::vector<std::int32_t> numbers(graph[in].elements()), sources(graph[out].elements());
    std::iota(numbers.begin(), numbers.end(), 0);
    std::vector<const std::byte *> inputs(op.inputs.size(), nullptr);
    inputs[0] = reinterpret_cast<const std::byte *>(numbers.data());
    auto *const output = reinterpret_cast<std::byte *>(sources.data());
    (*kernel)->run({inputs, {&output, 1}, nullptr, 1});
    return makeGradient<MoveGradient>(numbers.size(), std::move(sources));
}

} // namespace

extern const GradientKind transposeGradient, sliceGradient, stridedSliceGradient;
const GradientKind transposeGradient{OpKind::transpose, make};
const GradientKind sliceGradient{OpKind::slice, make};
const GradientKind stridedSliceGradient{OpKind::stridedSlice, make};

} // namespace espalier
