// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/sparseproduct.h"

#include "core/graph/weightlayout.h"
#include "core/kernels/floatrange.h"
#include "core/kernels/simd/isa.h"
#include "core/kernels/vectorize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace espalier {

namespace {

/// Non-zero weights, output after output.
struct Rows
{
    std::vector<std::uint32_t> ends; ///< of each output, its last entry + 1
    std::vector<std::uint32_t> channels;
    std::vector<float> weights;
    std::vector<float> bias;
    FloatRange range;
};

/// Multiplies a tile of positions: `turned` holds those of each input channel side by side, `out` gets the same of each
/// output. Sums start at 0, are rounded once a product and get the bias at the end, as in the dense kernels and on
/// boards: leaving the zeros out changes no bit.
using MultiplyTile = void (*)(const Rows &, const float *turned, float *out);

template <std::size_t width>
void multiplyTile(const Rows &rows, const float *turned, float *out)
{
    std::uint32_t entry = 0;
    for (std::size_t o = 0; o < rows.bias.size(); ++o, out += width) {
        float sums[width] = {};
        for (; entry < rows.ends[o]; ++entry)
            for (std::size_t i = 0; i < width; ++i)
                sums[i] = std::fma(turned[rows.channels[entry] * width + i], rows.weights[entry], sums[i]);
        for (std::size_t i = 0; i < width; ++i)
            out[i] = std::clamp(sums[i] + rows.bias[o], rows.range.low, rows.range.high);
    }
}

#if defined(__x86_64__)
template <int vectors>
__attribute__((target("avx512f"))) void multiplyTileBy16(const Rows &rows, const float *turned, float *out)
{
    const __m512 low = _mm512_set1_ps(rows.range.low), high = _mm512_set1_ps(rows.range.high);
    std::uint32_t entry = 0;
    for (std::size_t o = 0; o < rows.bias.size(); ++o, out += vectors * 16) {
        __m512 sums[vectors];
        for (__m512 &sum : sums)
            sum = _mm512_setzero_ps();
        for (; entry < rows.ends[o]; ++entry) {
            const float *const in = turned + std::size_t(rows.channels[entry]) * (vectors * 16);
            const __m512 weight = _mm512_set1_ps(rows.weights[entry]);
            for (int i = 0; i < vectors; ++i)
                sums[i] = _mm512_fmadd_ps(_mm512_load_ps(in + i * 16), weight, sums[i]);
        }
        const __m512 bias = _mm512_set1_ps(rows.bias[o]);
        for (int i = 0; i < vectors; ++i)
            _mm512_store_ps(out + i * 16, _mm512_min_ps(high, _mm512_max_ps(low, _mm512_add_ps(sums[i], bias))));
    }
}

template <int vectors>
__attribute__((target("avx2,fma"))) void multiplyTileBy8(const Rows &rows, const float *turned, float *out)
{
    const __m256 low = _mm256_set1_ps(rows.range.low), high = _mm256_set1_ps(rows.range.high);
    std::uint32_t entry = 0;
    for (std::size_t o = 0; o < rows.bias.size(); ++o, out += vectors * 8) {
        __m256 sums[vectors];
        for (__m256 &sum : sums)
            sum = _mm256_setzero_ps();
        for (; entry < rows.ends[o]; ++entry) {
            const float *const in = turned + std::size_t(rows.channels[entry]) * (vectors * 8);
            const __m256 weight = _mm256_set1_ps(rows.weights[entry]);
            for (int i = 0; i < vectors; ++i)
                sums[i] = _mm256_fmadd_ps(_mm256_load_ps(in + i * 8), weight, sums[i]);
        }
        const __m256 bias = _mm256_set1_ps(rows.bias[o]);
        for (int i = 0; i < vectors; ++i)
            _mm256_store_ps(out + i * 8, _mm256_min_ps(high, _mm256_max_ps(low, _mm256_add_ps(sums[i], bias))));
    }
}

__attribute__((target("avx2,fma"))) void multiplyTileBy4(const Rows &rows, const float *turned, float *out)
{
    const __m128 low = _mm_set1_ps(rows.range.low), high = _mm_set1_ps(rows.range.high);
    std::uint32_t entry = 0;
    for (std::size_t o = 0; o < rows.bias.size(); ++o, out += 4) {
        __m128 sum = _mm_setzero_ps();
        for (; entry < rows.ends[o]; ++entry)
            sum = _mm_fmadd_ps(_mm_load_ps(turned + std::size_t(rows.channels[entry]) * 4),
                               _mm_set1_ps(rows.weights[entry]), sum);
        _mm_store_ps(out, _mm_min_ps(high, _mm_max_ps(low, _mm_add_ps(sum, _mm_set1_ps(rows.bias[o])))));
    }
}
#endif

/// Positions that may be computed together, the most first: layers late in a network have few.
constexpr std::size_t tileWidths[] = {32, 16, 8, 4};
using Tiles = std::array<MultiplyTile, std::size(tileWidths)>;

Tiles tilesFor(Isa isa)
{
#if defined(__x86_64__)
    if (isa == Isa::avx512)
        return {multiplyTileBy16<2>, multiplyTileBy16<1>, multiplyTileBy8<1>, multiplyTileBy4};
    if (isa == Isa::avx2)
        return {multiplyTileBy8<4>, multiplyTileBy8<2>, multiplyTileBy8<1>, multiplyTileBy4};
#endif
    (void)isa;
    return {multiplyTile<32>, multiplyTile<16>, multiplyTile<8>, multiplyTile<4>};
}

/// rows×columns as columns×rows.
void turn(const float *from, std::size_t rows, std::size_t columns, std::size_t fromStep, float *to, std::size_t toStep)
{
    std::size_t whole = 0; // rows that are turned in blocks of four
#if defined(__x86_64__)
    constexpr std::size_t block = 4;
    whole = rows / block * block;
    for (std::size_t row = 0; row < whole; row += block) {
        std::size_t column = 0;
        for (; column + block <= columns; column += block) {
            const float *const in = from + row * fromStep + column;
            __m128 a = _mm_loadu_ps(in), b = _mm_loadu_ps(in + fromStep), c = _mm_loadu_ps(in + 2 * fromStep),
                   d = _mm_loadu_ps(in + 3 * fromStep);
            _MM_TRANSPOSE4_PS(a, b, c, d);
            float *const out = to + column * toStep + row;
            _mm_storeu_ps(out, a);
            _mm_storeu_ps(out + toStep, b);
            _mm_storeu_ps(out + 2 * toStep, c);
            _mm_storeu_ps(out + 3 * toStep, d);
        }
        for (; column < columns; ++column)
            for (std::size_t i = row; i < row + block; ++i)
                to[column * toStep + i] = from[i * fromStep + column];
    }
#endif
    for (std::size_t row = whole; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            to[column * toStep + row] = from[row * fromStep + column];
}

/// One position: the same sums in the same order, of four outputs side by side, since each waits for its own.
ESPALIER_VECTORIZE void multiplyOne(const Rows &rows, const float *in, float *out)
{
    constexpr std::size_t chains = 4;
    const std::size_t outputs = rows.bias.size();
    for (std::size_t o = 0; o < outputs; o += chains) {
        const std::size_t n = std::min(chains, outputs - o);
        float sums[chains] = {};
        std::uint32_t at[chains] = {};
        std::uint32_t shortest = n < chains ? 0 : std::numeric_limits<std::uint32_t>::max();
        for (std::size_t i = 0; i < n; ++i) {
            at[i] = o + i == 0 ? 0 : rows.ends[o + i - 1];
            shortest = std::min(shortest, rows.ends[o + i] - at[i]);
        }
        for (std::uint32_t step = 0; step < shortest; ++step)
            for (std::size_t i = 0; i < chains; ++i, ++at[i - 1])
                sums[i] = __builtin_fmaf(in[rows.channels[at[i]]], rows.weights[at[i]], sums[i]);
        for (std::size_t i = 0; i < n; ++i) {
            for (; at[i] < rows.ends[o + i]; ++at[i])
                sums[i] = __builtin_fmaf(in[rows.channels[at[i]]], rows.weights[at[i]], sums[i]);
            out[o + i] = std::clamp(sums[i] + rows.bias[o + i], rows.range.low, rows.range.high);
        }
    }
}

constexpr std::size_t fewest = 3; ///< positions that are computed together

class SparseProduct final : public Kernel
{
public:
    SparseProduct(Rows rows, std::size_t inputs, std::size_t positions)
        : m_rows(std::move(rows)), m_inputs(inputs), m_outputs(m_rows.bias.size()), m_positions(positions)
    {
    }

    std::size_t scratchBytes(int) const override { return (m_inputs + m_outputs) * tileWidths[0] * sizeof(float); }

    void run(const KernelCall &call) const override
    {
        const auto *in = reinterpret_cast<const float *>(call.inputs[0]);
        auto *out = reinterpret_cast<float *>(call.outputs[0]);
        auto *const turned = reinterpret_cast<float *>(call.scratch), *const sums = turned + m_inputs * tileWidths[0];
        const std::size_t count = m_positions * std::size_t(call.batch);
        for (std::size_t first = 0, n = 0; first < count; first += n) {
            if (count - first < fewest) { // turning would cost more
                n = 1;
                multiplyOne(m_rows, in + first * m_inputs, out + first * m_outputs);
                continue;
            }
            std::size_t tile = std::size(tileWidths) - 1;
            while (tile > 0 && tileWidths[tile] < count - first)
                --tile;
            const std::size_t width = tileWidths[tile];
            n = std::min(width, count - first);
            std::fill_n(turned, n < width ? m_inputs * width : 0, 0.0f);
            turn(in + first * m_inputs, n, m_inputs, m_inputs, turned, width);
            m_tiles[tile](m_rows, turned, sums);
            turn(sums, m_outputs, n, width, out + first * m_outputs, m_outputs);
        }
    }

private:
    Rows m_rows;
    std::size_t m_inputs, m_outputs, m_positions;
    Tiles m_tiles = tilesFor(currentIsa());
};

Activation activationOf(const Operator &op)
{
    const auto *conv = std::get_if<Conv2DOptions>(&op.options);
    return conv ? conv->activation : op.as<FullyConnectedOptions>().activation;
}

} // namespace

bool canRunSparsely(const Graph &graph, const Operator &op)
{
    if ((op.kind != OpKind::conv2D && op.kind != OpKind::fullyConnected) || op.outputs.size() != 1)
        return false;
    const WeightLayout layout = *weightLayout(op.kind);
    const TensorId data = op.input(layout.data), weights = op.input(layout.weights), bias = op.input(layout.bias);
    const auto isFloat = [&](TensorId id) { return graph[id].type == DType::float32; };
    if (!data.valid() || !weights.valid() || !isFloat(data) || !isFloat(weights) || !isFloat(op.outputs[0]) ||
        graph[data].isConstant() || !graph[weights].isConstant() ||
        (bias.valid() && (!graph[bias].isConstant() || !isFloat(bias))))
        return false;
    if (!floatRange(activationOf(op)))
        return false;
    if (op.kind == OpKind::fullyConnected)
        return true;
    const auto &options = op.as<Conv2DOptions>();
    const Shape &filter = graph[weights].shape;
    return filter.size() == 4 && filter[1] == 1 && filter[2] == 1 && options.strideH == 1 && options.strideW == 1;
}

bool runsSparsely(const Graph &graph, const Operator &op, double leastZeros)
{
    if (!canRunSparsely(graph, op))
        return false;
    const std::span<const float> weights = values<float>(graph[op.inputs[weightLayout(op.kind)->weights]]);
    const auto zeros = double(std::ranges::count(weights, 0.0f));
    return !weights.empty() && zeros >= leastZeros * double(weights.size());
}

Result<std::unique_ptr<const Kernel>> makeSparseKernel(const Graph &graph, const Operator &op)
{
    // The dense kernel checks all that this one relies on.
    Result<std::unique_ptr<const Kernel>> dense = kernelKind(op.kind)->make(graph, op);
    if (!dense)
        return dense;
    if (!canRunSparsely(graph, op))
        return failed("it has no sparse form");
    const WeightLayout layout = *weightLayout(op.kind);
    const Tensor &weights = graph[op.inputs[layout.weights]];
    const std::size_t outputs = std::size_t(weights.shape[0]), inputs = std::size_t(weights.shape.back());
    Rows rows;
    const std::span<const float> all = values<float>(weights);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t c = 0; c < inputs; ++c)
            if (const float w = all[o * inputs + c]; w != 0) {
                rows.channels.push_back(std::uint32_t(c));
                rows.weights.push_back(w);
            }
        rows.ends.push_back(std::uint32_t(rows.weights.size()));
    }
    rows.bias.assign(outputs, 0.0f);
    if (const TensorId bias = op.input(layout.bias); bias.valid())
        std::ranges::copy(values<float>(graph[bias]), rows.bias.begin());
    rows.range = *floatRange(activationOf(op));
    const std::size_t positions = graph[op.inputs[layout.data]].elements() / inputs;
    return std::unique_ptr<const Kernel>(std::make_unique<SparseProduct>(std::move(rows), inputs, positions));
}

} // namespace espalier
