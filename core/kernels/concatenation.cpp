// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwisekernel.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/stridedcopy.h"

#include <algorithm>
#include <cmath>

namespace espalier {

namespace {

/// uint8 only: inputs of other scales are rescaled in float, as TFLite's concatenation with scaling does.
class RescalingConcatenation final : public Kernel
{
public:
    RescalingConcatenation(std::vector<CopyKernel::Job> jobs, std::vector<std::optional<ByteTable>> tables,
                           std::vector<std::size_t> bytes)
        : m_jobs(std::move(jobs)), m_tables(std::move(tables)), m_bytes(std::move(bytes))
    {
    }

    std::size_t scratchBytes(int) const override { return *std::ranges::max_element(m_bytes); }

    void run(const KernelCall &call) const override
    {
        for (std::size_t i = 0; i < m_jobs.size(); ++i) {
            const CopyKernel::Job &job = m_jobs[i];
            for (std::size_t image = 0; image < std::size_t(call.batch); ++image) {
                const std::byte *from = call.inputs[job.input] + image * job.inputStride;
                if (m_tables[i]) {
                    applyEach(reinterpret_cast<const std::uint8_t *>(from),
                              reinterpret_cast<std::uint8_t *>(call.scratch), m_bytes[i], *m_tables[i]);
                    from = call.scratch;
                }
                job.box.copy(from, call.outputs[0] + image * job.outputStride);
            }
        }
    }

private:
    std::vector<CopyKernel::Job> m_jobs;
    std::vector<std::optional<ByteTable>> m_tables;
    std::vector<std::size_t> m_bytes;
};

ByteTable rescalingTable(const Tensor &in, const Tensor &out)
{
    const float inverse = 1.0f / out.quantization.scale[0];
    const float scale = in.quantization.scale[0] * inverse;
    const float bias = -float(in.quantization.zeroPoint[0]) * scale;
    const auto zero = double(out.quantization.zeroPoint[0]);
    return byteTable(DType::uint8, [&](int x) {
        return int(std::clamp(std::round(double(float(x) * scale + bias)) + zero, 0.0, 255.0));
    });
}

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 4096);
    const Tensor &out = check.output();
    const auto options = check.options<ConcatenationOptions>();
    check.require(options.activation == Activation::none, "a fused activation is not supported");
    const std::size_t axis = check.axis(options.axis, out.shape.size());
    const std::size_t bytes = check.elementBytes(out);
    if (!check)
        return check.error();

    const auto strides = rowMajorStrides(out.shape);
    std::vector<CopyKernel::Job> jobs;
    std::vector<std::optional<ByteTable>> tables;
    std::vector<std::size_t> sizes;
    std::int64_t place = 0;
    for (std::size_t i = 0; i < check.inputCount(); ++i) {
        const Tensor &in = check.input(i);
        check.sameType(in, out);
        Shape expected = out.shape;
        if (check && in.shape.size() == expected.size())
            expected[axis] = in.shape[axis];
        if (!check.require(in.shape == expected, shapeText(in.shape) + " does not fit " + shapeText(out.shape)))
            return check.error();
        auto &table = tables.emplace_back();
        if (out.type == DType::uint8 && in.quantization.scale.size() == 1 && out.quantization.scale.size() == 1 &&
            (in.quantization.scale != out.quantization.scale ||
             in.quantization.zeroPoint != out.quantization.zeroPoint)) {
            for (const Tensor *tensor : {&in, &out})
                if (const auto checked = checkQuantized(*tensor); !checked)
                    return checked.error();
            // Beyond this the table's own arithmetic leaves the floats.
            const float ratio = in.quantization.scale[0] * (1.0f / out.quantization.scale[0]);
            if (!check.require(std::isfinite(256.0f * ratio), "the scales of an input and the output are too far apart"))
                return check.error();
            table = rescalingTable(in, out);
        } else {
            check.sameQuantization(in, out);
        }
        if (!check)
            return check.error();
        StridedCopy box(bytes, {in.shape.begin(), in.shape.end()}, rowMajorStrides(in.shape), 0, strides,
                        std::ptrdiff_t(place) * strides[axis]);
        jobs.push_back({i, 0, imageStride(in), out.bytes(), std::move(box)});
        sizes.push_back(in.bytes());
        place += in.shape[axis];
        if (!check.require(place <= out.shape[axis], "its inputs do not fit its output"))
            return check.error();
    }
    if (!check.require(place == out.shape[axis], "its inputs do not fill its output"))
        return check.error();
    if (std::ranges::any_of(tables, [](const auto &table) { return table.has_value(); }))
        return makeKernel<RescalingConcatenation>(std::move(jobs), std::move(tables), std::move(sizes));
    return makeKernel<CopyKernel>(std::move(jobs));
}

Result<KernelPtr> makePack(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 4096);
    const Tensor &out = check.output();
    const auto options = check.options<PackOptions>();
    const std::size_t axis = check.axis(options.axis, out.shape.size());
    const std::size_t bytes = check.elementBytes(out);
    if (!check ||
        !check.require(std::size_t(out.shape[axis]) == check.inputCount(), "its inputs do not fill its output"))
        return check.error();
    Shape shape = out.shape, part = out.shape;
    shape.erase(shape.begin() + std::ptrdiff_t(axis));
    part[axis] = 1;
    const auto strides = rowMajorStrides(out.shape);
    std::vector<CopyKernel::Job> jobs;
    for (std::size_t i = 0; i < check.inputCount(); ++i) {
        const Tensor &in = check.input(i);
        check.sameType(in, out);
        check.sameQuantization(in, out);
        if (!check.require(in.shape == shape, shapeText(in.shape) + " does not fit " + shapeText(out.shape)))
            return check.error();
        StridedCopy box(bytes, {part.begin(), part.end()}, rowMajorStrides(part), 0, strides,
                        std::ptrdiff_t(i) * strides[axis]);
        jobs.push_back({i, 0, imageStride(in), out.bytes(), std::move(box)});
    }
    return makeKernel<CopyKernel>(std::move(jobs));
}

} // namespace

extern const KernelKind concatenationKernel = {OpKind::concatenation, make};
extern const KernelKind packKernel = {OpKind::pack, makePack};

} // namespace espalier
