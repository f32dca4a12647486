// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/linear/windowkernel.h"

#include "core/base/alignedbuffer.h"

namespace espalier {

WindowKernel::WindowKernel(Setup setup, PreparedInput input, std::vector<Part> parts)
    : m_setup(std::move(setup)), m_input(std::move(input)), m_parts(std::move(parts))
{
}

WindowKernel::Setup WindowKernel::setupOf(const Window &window, const LinearLayer &layer, int outHeight, int outWidth)
{
    const auto element = std::size_t(elementBytes(layer.arithmetic));
    const auto bytes = [&](int height, int width, int channels) {
        return std::size_t(height) * std::size_t(width) * std::size_t(channels) * element;
    };
    return {window,
            layer.arithmetic,
            layer.inputZero,
            layer.inputIsSigned,
            layer.quantizeAsymmetrically,
            bytes(window.y.in, window.x.in, window.channels),
            bytes(outHeight, outWidth, layer.outChannels),
            0};
}

Grid WindowKernel::gridOf(const Window &window, const LinearLayer &layer, const PreparedInput &input)
{
    const std::ptrdiff_t outPixel = layer.outChannels * elementBytes(layer.arithmetic);
    return {window.y.out,
            window.x.out,
            window.y.stride * input.rowBytes(),
            window.x.stride * input.pixelBytes(),
            window.x.out * outPixel,
            outPixel};
}

std::size_t WindowKernel::scratchBytes(int) const
{
    const bool isHybrid = m_setup.arithmetic == Arithmetic::hybrid;
    return m_input.scratchBytes() + (isHybrid ? AlignedBuffer::rounded(m_setup.imageInBytes / 4) : 0);
}

void WindowKernel::run(const KernelCall &call) const
{
    const bool isHybrid = m_setup.arithmetic == Arithmetic::hybrid;
    auto *quantized = reinterpret_cast<std::int8_t *>(call.scratch);
    std::byte *scratch = call.scratch + (isHybrid ? AlignedBuffer::rounded(m_setup.imageInBytes / 4) : 0);
    const std::byte *image = call.inputs[m_setup.inputIndex];
    std::byte *out = call.outputs[0];
    for (int i = 0; i < m_setup.window.images * call.batch; ++i) {
        const std::byte *prepared;
        RunTimeQuantization::Entry entry;
        RunTimeQuantization quantization;
        if (isHybrid) {
            const QuantizedAtRunTime q =
                quantizeAtRunTime(reinterpret_cast<const float *>(image), m_setup.imageInBytes / 4,
                                  m_setup.quantizeAsymmetrically, quantized);
            entry = m_parts.front().sums->entryOf(q);
            quantization = {&entry.scale, &entry.offset, false};
            prepared = m_input.prepare(reinterpret_cast<const std::byte *>(quantized), q.zeroPoint, true, scratch);
        } else {
            prepared = m_input.prepare(image, m_setup.inputZero, m_setup.inputIsSigned, scratch);
        }
        for (const Part &part : m_parts)
            part.sums->run(part.grid, prepared + part.firstIn, out + part.firstOut, quantization);
        image += m_setup.imageInBytes;
        out += m_setup.imageOutBytes;
    }
}

} // namespace espalier
