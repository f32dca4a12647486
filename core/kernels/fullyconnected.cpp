// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/alignedbuffer.h"
#include "core/kernels/kernel.h"
#include "core/kernels/linear/grid.h"
#include "core/kernels/linear/preparedinput.h"

#include <cstring>

namespace espalier {

namespace {

/// A dense layer over all rows of a micro-batch at once.
class FullyConnected final : public Kernel
{
public:
    FullyConnected(const SimdFunctions &simd, int rows, int inputs, LinearLayer layer, PackedFilter filter)
        : m_simd(simd), m_rows(rows), m_inputs(std::size_t(inputs)), m_arithmetic(layer.arithmetic),
          m_inputIsSigned(layer.inputIsSigned), m_asymmetric(layer.quantizeAsymmetrically),
          m_inputZero(layer.inputZero), m_outputs(layer.outChannels),
          m_elementBytes(std::size_t(4 / productsOfUnit[int(filter.kind)])),
          m_sums(simd, std::move(layer), std::move(filter), false)
    {
    }

    std::size_t scratchBytes(int batch) const override { return layout(rows(batch)).end; }

    void run(const KernelCall &call) const override
    {
        const std::size_t count = rows(call.batch);
        const Layout at = layout(count);
        const std::byte *in = call.inputs[0];
        RunTimeQuantization quantization;
        if (m_arithmetic == Arithmetic::hybrid) {
            auto *scales = reinterpret_cast<float *>(call.scratch + at.scales);
            auto *offsets = reinterpret_cast<std::int32_t *>(call.scratch + at.offsets);
            auto *row = reinterpret_cast<std::int8_t *>(call.scratch + at.row);
            for (std::size_t r = 0; r < count; ++r) {
                const QuantizedAtRunTime q =
                    quantizeAtRunTime(reinterpret_cast<const float *>(in) + r * m_inputs, m_inputs, m_asymmetric, row);
                const RunTimeQuantization::Entry entry = m_sums.entryOf(q);
                scales[r] = entry.scale;
                offsets[r] = entry.offset;
                convert(call.scratch + r * m_inputs * m_elementBytes, reinterpret_cast<const std::byte *>(row),
                        m_inputs, q.zeroPoint, true);
            }
            quantization = {scales, offsets, true};
        } else if (m_arithmetic == Arithmetic::wide) {
            std::memcpy(call.scratch, in, count * m_inputs * m_elementBytes);
        } else if (m_arithmetic == Arithmetic::integer) {
            convert(call.scratch, in, count * m_inputs, m_inputZero, m_inputIsSigned);
        }
        const Grid grid{
            1, int(count), 0, std::ptrdiff_t(m_inputs * m_elementBytes), 0, m_outputs * elementBytes(m_arithmetic)};
        m_sums.run(grid, m_arithmetic == Arithmetic::floats ? in : call.scratch, call.outputs[0], quantization);
    }

private:
    /// Offsets into the scratch memory; converted inputs come first.
    struct Layout
    {
        std::size_t row = 0, scales = 0, offsets = 0, end = 0;
    };
    Layout layout(std::size_t count) const
    {
        Layout at;
        if (m_arithmetic == Arithmetic::floats)
            return at;
        at.row = AlignedBuffer::rounded(count * m_inputs * m_elementBytes + 4); // whole units are read
        const bool isHybrid = m_arithmetic == Arithmetic::hybrid;
        at.scales = at.row + (isHybrid ? AlignedBuffer::rounded(m_inputs) : 0);
        at.offsets = at.scales + (isHybrid ? AlignedBuffer::rounded(count * 4) : 0);
        at.end = at.offsets + (isHybrid ? AlignedBuffer::rounded(count * 4) : 0);
        return at;
    }
    std::size_t rows(int batch) const { return std::size_t(m_rows) * std::size_t(batch); }
    void convert(std::byte *to, const std::byte *from, std::size_t count, std::int32_t zeroPoint, bool isSigned) const
    {
        if (m_sums.kind() == UnitKind::bytes)
            m_simd.flipSigns(reinterpret_cast<std::uint8_t *>(to), reinterpret_cast<const std::uint8_t *>(from), count);
        else
            m_simd.widen(reinterpret_cast<std::int16_t *>(to), from, count, zeroPoint, isSigned);
    }

    const SimdFunctions &m_simd;
    int m_rows; // of one image
    std::size_t m_inputs;
    Arithmetic m_arithmetic;
    bool m_inputIsSigned, m_asymmetric;
    std::int32_t m_inputZero;
    std::ptrdiff_t m_outputs;
    std::size_t m_elementBytes; // of converted inputs
    LinearSums m_sums;
};

template <Rounding rounding>
Result<std::unique_ptr<const Kernel>> makeFullyConnected(const Graph &graph, const Operator &op)
{
    const auto *options = std::get_if<FullyConnectedOptions>(&op.options);
    if (!options || !op.input(0).valid() || !op.input(1).valid())
        return failed("its options, input or weights are absent");
    if (options->weightsFormat != 0)
        return failed("its weights are in a shuffled format");
    const Tensor &input = graph[op.input(0)], &filter = graph[op.input(1)], &output = graph[op.outputs[0]];
    if (const Result<void> checked = checkShape(filter, 2, "weights"); !checked)
        return checked.error();
    const int outputs = filter.shape[0], inputs = filter.shape[1];
    const std::size_t rows = input.elements() / std::size_t(inputs);
    if (rows == 0 || rows * std::size_t(inputs) != input.elements() ||
        rows * std::size_t(outputs) != output.elements() || rows > (std::size_t(1) << 24))
        return failed("the sizes of its input, weights and output do not fit together");
    Result<LinearLayer> layer =
        makeLinearLayer({input, filter, output, biasOf(graph, op, 2)}, options->activation, outputs, 0, true);
    if (!layer)
        return layer.error();
    layer->rounding = rounding;
    layer->quantizeAsymmetrically = options->asymmetricQuantizeInputs;

    const SimdFunctions &simd = simdFunctions(currentIsa(), filter.shape[0]);
    const auto first = [&](int channel, int) { return std::size_t(channel) * std::size_t(inputs); };
    PackedFilter packed = packFilter(simd, layer->unitKind(simd), {0}, {filter, *layer, inputs, first});
    return std::unique_ptr<const Kernel>(
        std::make_unique<FullyConnected>(simd, int(rows), inputs, std::move(*layer), std::move(packed)));
}

} // namespace

extern const KernelKind fullyConnectedKernel;
const KernelKind fullyConnectedKernel{OpKind::fullyConnected, makeFullyConnected<Rounding::micro>,
                                      makeFullyConnected<Rounding::tflite>};

} // namespace espalier
