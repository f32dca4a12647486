// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"
#include "core/kernels/quantizedparameters.h"
#include "core/kernels/vectorize.h"

#include <espalier/resampling.h>

#include <cstring>

namespace espalier {

namespace {

struct Extents
{
    std::size_t images = 0, inH = 0, inW = 0, outH = 0, outW = 0;
};

class NearestKernel final : public Kernel
{
public:
    NearestKernel(const Extents &extents, std::size_t pixelBytes, const ResizeOptions &options)
        : m_extents(extents), m_pixelBytes(pixelBytes)
    {
        const auto sources = [&](std::size_t in, std::size_t out) {
            std::vector<std::size_t> places;
            for (std::size_t i = 0; i < out; ++i)
                places.push_back(std::size_t(rt::nearestSource(std::int32_t(i), std::int32_t(in), std::int32_t(out),
                                                               options.alignCorners, options.halfPixelCenters)));
            return places;
        };
        m_rows = sources(extents.inH, extents.outH);
        m_columns = sources(extents.inW, extents.outW);
    }

    void run(const KernelCall &call) const override
    {
        const std::size_t row = m_extents.inW * m_pixelBytes;
        const std::byte *in = call.inputs[0];
        std::byte *out = call.outputs[0];
        for (std::size_t image = 0; image < m_extents.images * std::size_t(call.batch);
             ++image, in += m_extents.inH * row)
            for (const std::size_t y : m_rows)
                for (const std::size_t x : m_columns) {
                    std::memcpy(out, in + y * row + x * m_pixelBytes, m_pixelBytes);
                    out += m_pixelBytes;
                }
    }

private:
    Extents m_extents;
    std::size_t m_pixelBytes;
    std::vector<std::size_t> m_rows, m_columns;
};

ESPALIER_VECTORIZE void blend(const float *const corners[4], const rt::FloatSource &y, const rt::FloatSource &x,
                              float *out, std::size_t channels)
{
    const float *p = corners[0], *q = corners[1], *r = corners[2], *s = corners[3];
    ESPALIER_INDEPENDENT
    for (std::size_t c = 0; c < channels; ++c)
        out[c] = rt::bilinear(p[c], q[c], r[c], s[c], y, x);
}

template <class T>
ESPALIER_VECTORIZE void blend(const T *const corners[4], const rt::IntegerSource &y, const rt::IntegerSource &x, T *out,
                              std::size_t channels)
{
    const T *p = corners[0], *q = corners[1], *r = corners[2], *s = corners[3];
    ESPALIER_INDEPENDENT
    for (std::size_t c = 0; c < channels; ++c)
        out[c] = T(rt::bilinear(p[c], q[c], r[c], s[c], y, x));
}

template <class T, class Source>
class BilinearKernel final : public Kernel
{
public:
    BilinearKernel(const Extents &extents, std::size_t channels, const ResizeOptions &options)
        : m_extents(extents), m_channels(channels)
    {
        const auto sources = [&](std::size_t in, std::size_t out) {
            std::vector<Source> places;
            for (std::size_t i = 0; i < out; ++i)
                places.push_back(Source::of(std::int32_t(i), std::int32_t(in), std::int32_t(out), options.alignCorners,
                                            options.halfPixelCenters));
            return places;
        };
        m_rows = sources(extents.inH, extents.outH);
        m_columns = sources(extents.inW, extents.outW);
    }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const T *>(call.inputs[0]);
        auto *out = reinterpret_cast<T *>(call.outputs[0]);
        const std::size_t row = m_extents.inW * m_channels;
        for (std::size_t image = 0; image < m_extents.images * std::size_t(call.batch);
             ++image, in += m_extents.inH * row)
            for (const Source &y : m_rows)
                for (const Source &x : m_columns) {
                    const auto at = [&](std::int32_t line, std::int32_t column) {
                        return in + std::size_t(line) * row + std::size_t(column) * m_channels;
                    };
                    const T *const corners[] = {at(y.low, x.low), at(y.high, x.low), at(y.low, x.high),
                                                at(y.high, x.high)};
                    blend(corners, y, x, out, m_channels);
                    out += m_channels;
                }
    }

private:
    Extents m_extents;
    std::size_t m_channels;
    std::vector<Source> m_rows, m_columns;
};

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 2, 2);
    const Tensor &in = check.input(0), &out = check.output();
    const auto size = check.integers(1, "the size");
    const auto options = check.options<ResizeOptions>();
    const std::size_t bytes = check.elementBytes(in);
    check.sameType(in, out);
    check.sameQuantization(in, out);
    check.require(!in.isConstant(), "its input is a constant");
    if (!check.require(in.shape.size() == 4 && out.shape.size() == 4 && size.size() == 2,
                       "its input is not of rank 4") ||
        !check.require(out.shape[0] == in.shape[0] && out.shape[1] == size[0] && out.shape[2] == size[1] &&
                           out.shape[3] == in.shape[3],
                       "its output shape " + shapeText(out.shape) + " does not follow its size") ||
        !check.require(out.elements() == 0 || in.elements() > 0, "its input is empty"))
        return check.error();
    for (const std::int32_t extent : {in.shape[1], in.shape[2], out.shape[1], out.shape[2]})
        check.require(extent <= rt::resizeLimit, "its image is too large");
    const Extents extents{std::size_t(in.shape[0]), std::size_t(in.shape[1]), std::size_t(in.shape[2]),
                          std::size_t(out.shape[1]), std::size_t(out.shape[2])};
    const auto channels = std::size_t(in.shape[3]);
    if (op.kind == OpKind::resizeNearestNeighbor) {
        if (!check)
            return check.error();
        return makeKernel<NearestKernel>(extents, channels * bytes, options);
    }
    check.require(!(options.alignCorners && options.halfPixelCenters), "it both aligns corners and centres pixels");
    if (!check)
        return check.error();
    switch (in.type) {
    case DType::float32:
        return makeKernel<BilinearKernel<float, rt::FloatSource>>(extents, channels, options);
    case DType::int8:
        return makeKernel<BilinearKernel<std::int8_t, rt::IntegerSource>>(extents, channels, options);
    case DType::uint8:
        return makeKernel<BilinearKernel<std::uint8_t, rt::IntegerSource>>(extents, channels, options);
    case DType::int16:
        return makeKernel<BilinearKernel<std::int16_t, rt::IntegerSource>>(extents, channels, options);
    default:
        return failed(std::string(name(in.type)) + " is not supported");
    }
}

} // namespace

extern const KernelKind resizeBilinearKernel = {OpKind::resizeBilinear, make};
extern const KernelKind resizeNearestNeighborKernel = {OpKind::resizeNearestNeighbor, make};

} // namespace espalier
