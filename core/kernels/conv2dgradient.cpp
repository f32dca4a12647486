// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gradient.h"
#include "core/kernels/linear/window.h"
#include "core/kernels/product/matrixproduct.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace espalier {

namespace {

/// The derivative by the filter is a sum of products of each row of the image with the derivatives by a row of pixels;
/// taps side by side are side by side in the image too. That by the image is a transposed convolution.
class Conv2DGradient final : public Gradient
{
public:
    /// `toInput`: the transposed convolution, or null where each tap is to be a product of its own.
    Conv2DGradient(const Window &window, int outChannels, Activation activation, std::unique_ptr<const Kernel> toInput)
        : m_window(window), m_outChannels(std::size_t(outChannels)), m_activation(activation),
          m_toInput(std::move(toInput)), m_channels(std::size_t(window.channels)),
          m_imageIn(std::size_t(window.y.in) * std::size_t(window.x.in) * m_channels),
          m_pixels(std::size_t(window.y.out) * std::size_t(window.x.out)),
          m_patch(std::size_t(window.y.filter) * std::size_t(window.x.filter) * m_channels),
          m_rowTaps(window.x.dilation == 1 ? std::size_t(window.x.filter) : 1),
          m_byOutputs(lanesUsed(m_outChannels) > lanesUsed(m_rowTaps * m_channels)),
          m_padded(window.hasPadding() ? rounded(std::size_t(window.y.extent() * window.x.extent()) * m_channels) : 0)
    {
    }

    std::size_t scratchFloats() const override
    {
        const std::size_t toInput =
            m_toInput ? rounded(m_imageIn * std::size_t(m_window.images)) + (m_toInput->scratchBytes(1) + 3) / 4 : 0;
        return std::max(toInput, m_padded + (m_byOutputs ? m_patch * m_outChannels : 0));
    }
    bool writesWhole(std::size_t input) const override { return input == 0 && m_toInput; }

    void run(const GradientCall &call) const override
    {
        const std::size_t images = std::size_t(call.batch) * std::size_t(m_window.images);
        const float *const gradient = call.outputGradients[0];
        undoActivation(m_activation, call.outputs[0], call.outputGradients[0], images * m_pixels * m_outChannels);
        if (call.inputGradients.size() > 2 && call.inputGradients[2])
            addChannelSums(gradient, images * m_pixels, m_outChannels, call.inputGradients[2]);
        if (call.inputGradients[1])
            addToFilter(call, images);
        if (call.inputGradients[0] && m_toInput)
            transpose(call);
        else if (call.inputGradients[0])
            for (std::size_t i = 0; i < images; ++i)
                addTaps(gradient + i * m_pixels * m_outChannels, call.inputs[1],
                        call.inputGradients[0] + i * m_imageIn);
    }

private:
    static std::size_t rounded(std::size_t floats) { return (floats + 15) / 16 * 16; }
    /// Of the widest vectors, the share that a row of so many values fills.
    static double lanesUsed(std::size_t values) { return double(values) / double(rounded(values)); }

    void addToFilter(const GradientCall &call, std::size_t images) const
    {
        const auto &[y, x, windowImages, windowChannels] = m_window;
        const bool isPadded = m_padded > 0;
        const std::size_t row = std::size_t(isPadded ? x.extent() : x.in) * m_channels;
        const std::size_t columns = m_rowTaps * m_channels, pixel = std::size_t(x.stride) * m_channels;
        float *const byOutputs = call.scratch + m_padded; // [patch][out channel]
        if (m_byOutputs)
            std::fill_n(byOutputs, m_patch * m_outChannels, 0.0f);
        for (std::size_t i = 0; i < images; ++i) {
            const float *image = call.inputs[0] + i * m_imageIn;
            const float *const g = call.outputGradients[0] + i * m_pixels * m_outChannels;
            if (isPadded) {
                pad(image, call.scratch);
                image = call.scratch;
            }
            const auto outs = std::size_t(x.out), rows = std::size_t(y.out), step = std::size_t(y.stride) * row;
            for (std::size_t patch = 0; patch < m_patch; patch += columns) {
                const std::size_t tap = patch / m_channels;
                const float *const seen = image + tap / std::size_t(x.filter) * std::size_t(y.dilation) * row +
                                          tap % std::size_t(x.filter) * std::size_t(x.dilation) * m_channels;
                if (m_byOutputs)
                    multiply({columns, m_outChannels, outs, seen, 1, pixel, g, m_outChannels,
                              byOutputs + patch * m_outChannels, m_outChannels, true, rows, step,
                              outs * m_outChannels});
                else
                    multiply({m_outChannels, columns, outs, g, 1, m_outChannels, seen, pixel,
                              call.inputGradients[1] + patch, m_patch, true, rows, outs * m_outChannels, step});
            }
        }
        for (std::size_t o = 0; m_byOutputs && o < m_outChannels; ++o)
            for (std::size_t k = 0; k < m_patch; ++k)
                call.inputGradients[1][o * m_patch + k] += byOutputs[k * m_outChannels + o];
    }

    void pad(const float *image, float *to) const
    {
        const auto &[y, x, images, channels] = m_window;
        const auto row = std::size_t(x.extent()) * m_channels;
        const std::size_t before = std::min(row, std::size_t(x.padBefore) * m_channels);
        const std::size_t copied = std::min(std::size_t(x.in) * m_channels, row - before);
        for (std::int64_t r = 0; r < y.extent(); ++r, to += row) {
            const std::int64_t source = r - y.padBefore;
            if (source < 0 || source >= y.in) {
                std::fill_n(to, row, 0.0f);
                continue;
            }
            std::fill_n(to, before, 0.0f);
            std::copy_n(image + std::size_t(source) * std::size_t(x.in) * m_channels, copied, to + before);
            std::fill(to + before + copied, to + row, 0.0f);
        }
    }

    void transpose(const GradientCall &call) const
    {
        const std::size_t in = m_imageIn * std::size_t(m_window.images);
        const std::size_t out = m_pixels * m_outChannels * std::size_t(m_window.images);
        auto *const scratch = reinterpret_cast<std::byte *>(call.scratch + rounded(in));
        const auto run = [&](const float *from, float *to, int batch) {
            const std::byte *const inputs[] = {nullptr, nullptr, reinterpret_cast<const std::byte *>(from)};
            auto *const output = reinterpret_cast<std::byte *>(to);
            m_toInput->run({inputs, {&output, 1}, scratch, batch});
        };
        if (call.isUnset(0))
            return run(call.outputGradients[0], call.inputGradients[0], call.batch);
        for (std::size_t i = 0; i < std::size_t(call.batch); ++i) {
            run(call.outputGradients[0] + i * out, call.scratch, 1);
            addTo(call.inputGradients[0] + i * in, call.scratch, in);
        }
    }

    /// One image's derivative, tap after tap: for pixels that each read one of their own, and for dilated filters.
    void addTaps(const float *gradient, const float *filter, float *image) const
    {
        const auto &[y, x, images, channels] = m_window;
        for (int ky = 0; ky < y.filter; ++ky)
            for (int kx = 0; kx < x.filter; ++kx) {
                const int left = kx * x.dilation - x.padBefore;
                const int first = left < 0 ? (-left + x.stride - 1) / x.stride : 0;
                const int end = left >= x.in ? 0 : std::min(x.out, (x.in - 1 - left) / x.stride + 1);
                for (int oy = 0; oy < y.out && first < end; ++oy) {
                    const int iy = oy * y.stride + ky * y.dilation - y.padBefore;
                    if (iy < 0 || iy >= y.in)
                        continue;
                    const std::size_t from = std::size_t(oy * x.out + first) * m_outChannels;
                    const std::size_t to = std::size_t(iy * x.in + first * x.stride + left) * m_channels;
                    multiply({std::size_t(end - first), m_channels, m_outChannels, gradient + from, m_outChannels, 1,
                              filter + std::size_t(ky * x.filter + kx) * m_channels, m_patch, image + to,
                              std::size_t(x.stride) * m_channels});
                }
            }
    }

    Window m_window;
    std::size_t m_outChannels;
    Activation m_activation;
    std::unique_ptr<const Kernel> m_toInput;
    std::size_t m_channels, m_imageIn, m_pixels, m_patch;
    std::size_t m_rowTaps; ///< that one product takes
    bool m_byOutputs;      ///< vectors run over output channels rather than over a row of taps
    std::size_t m_padded;  ///< floats of an image with its padding, or 0
};

/// The transposed convolution that leads from the derivative by the output to that by the image.
Result<std::unique_ptr<const Kernel>> makeTransposed(const Graph &graph, const Operator &op)
{
    const Tensor &filter = graph[op.input(1)];
    const auto out = std::size_t(filter.shape[0]), in = std::size_t(filter.shape[3]);
    const std::size_t taps = filter.elements() / (out * in);
    const std::span<const float> weights = values<float>(filter);
    std::vector<float> swapped(weights.size());
    for (std::size_t o = 0; o < out; ++o)
        for (std::size_t t = 0; t < taps; ++t)
            for (std::size_t i = 0; i < in; ++i)
                swapped[(i * taps + t) * out + o] = weights[(o * taps + t) * in + i];

    Graph transposed;
    const auto add = [&](const Shape &shape, SharedBytes data) {
        Tensor tensor;
        tensor.shape = shape;
        tensor.data = std::move(data);
        return transposed.addTensor(std::move(tensor));
    };
    const auto &options = op.as<Conv2DOptions>();
    const TensorId swappedFilter =
        add({filter.shape[3], filter.shape[1], filter.shape[2], filter.shape[0]}, sharedBytes(swapped));
    const TensorId from = add(graph[op.outputs[0]].shape, nullptr), to = add(graph[op.input(0)].shape, nullptr);
    Operator back;
    back.kind = OpKind::transposeConv;
    back.inputs = {TensorId::none, swappedFilter, from};
    back.outputs = {to};
    back.options = TransposeConvOptions{options.padding, options.strideH, options.strideW};
    return kernelKind(OpKind::transposeConv)->make(transposed, back);
}

Result<std::unique_ptr<const Gradient>> make(const Graph &graph, const Operator &op)
{
    const auto &options = op.as<Conv2DOptions>();
    if (const Result<void> trainable = checkTrainable(options.activation); !trainable)
        return trainable.error();
    const Tensor &filter = graph[op.input(1)];
    Result<Window> window = makeWindow(graph, op);
    if (!window)
        return window.error();
    const bool isPointwise = filter.shape[1] == 1 && filter.shape[2] == 1;
    if (isPointwise && options.strideH == 1 && options.strideW == 1) {
        window->x.in = window->x.out = window->x.in * window->y.in; // one long row
        window->y.in = window->y.out = 1;
    }
    std::unique_ptr<const Kernel> toInput;
    if (!isPointwise && options.dilationH == 1 && options.dilationW == 1) {
        Result<std::unique_ptr<const Kernel>> made = makeTransposed(graph, op);
        if (!made)
            return made.error();
        toInput = *std::move(made);
    }
    return makeGradient<Conv2DGradient>(*window, filter.shape[0], options.activation, std::move(toInput));
}

} // namespace

extern const GradientKind conv2DGradient;
const GradientKind conv2DGradient{OpKind::conv2D, make};

} // namespace espalier
