// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/inputscaling.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace espalier {

namespace {

constexpr InputScaling passThrough = {InputScaling::Kind::passThrough, 1, 0};
constexpr InputScaling identity = {};
constexpr InputScaling zeroToOne = {InputScaling::Kind::affine, 1.0 / 255, 0};
constexpr InputScaling minusOneToOne = {InputScaling::Kind::affine, 2.0 / 255, -1};

/// The number that all of `text` spells.
std::optional<double> number(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Where the sign of the offset stands in "*0.5-1e-3": the first sign behind a factor that is not an exponent's.
std::size_t offsetStart(std::string_view text)
{
    std::size_t at = text.starts_with('*') || text.starts_with('/') ? 2 : 0;
    for (; at < text.size(); ++at)
        if ((text[at] == '+' || text[at] == '-') && (at == 0 || (text[at - 1] != 'e' && text[at - 1] != 'E')))
            break;
    return std::min(at, text.size());
}

/// What stands behind "raw": "", "*F", "/F", each with or without "+O" or "-O".
std::optional<InputScaling> parseFormula(std::string_view text)
{
    InputScaling scaling;
    const std::size_t split = offsetStart(text);
    const std::string_view factor = text.substr(0, split), offset = text.substr(split);
    if (!factor.empty()) {
        const std::optional<double> value = number(factor.substr(1));
        if (!value || (factor[0] == '/' && *value == 0) || (factor[0] != '*' && factor[0] != '/'))
            return std::nullopt;
        scaling.factor = factor[0] == '*' ? *value : 1 / *value;
    }
    if (!offset.empty()) {
        const std::optional<double> value = number(offset);
        if (!value)
            return std::nullopt;
        scaling.offset = *value;
    }
    return scaling;
}

std::optional<InputScaling> parseRange(std::string_view text)
{
    const std::size_t dots = text.find("..");
    if (dots == text.npos)
        return std::nullopt;
    const std::optional<double> low = number(text.substr(0, dots)), high = number(text.substr(dots + 2));
    if (!low || !high || *low == *high)
        return std::nullopt;
    return InputScaling{InputScaling::Kind::affine, (*high - *low) / 255, *low};
}

/// Smallest and largest integer of a type that an input can have.
struct Limits
{
    double low = 0, high = 0;
};
std::optional<Limits> integerLimits(DType type)
{
    switch (type) {
    case DType::int8:
        return Limits{-128, 127};
    case DType::uint8:
        return Limits{0, 255};
    case DType::int16:
        return Limits{-32768, 32767};
    case DType::int32:
        return Limits{-2147483648.0, 2147483647.0};
    default:
        return std::nullopt;
    }
}

/// Real numbers to an integer input, as TFLite's QUANTIZE does it: divide in float32, round half away from zero, add
/// the zero point, clamp. An input without quantization takes the rounded number itself.
struct Quantizer
{
    float scale = 1;
    std::int32_t zeroPoint = 0;
    Limits limits;

    Quantizer(const Tensor &input, Limits l) : limits(l)
    {
        const Quantization &q = input.quantization;
        if (!q.scale.empty())
            scale = q.scale[0];
        if (!q.zeroPoint.empty())
            zeroPoint = std::int32_t(std::clamp(double(q.zeroPoint[0]), limits.low, limits.high));
    }

    /// Types of up to 16 bits. Without calls or branches, so that compilers vectorise it.
    template <class Out>
    void run(const float *real, std::size_t count, Out *to) const
    {
        const float lowest = float(limits.low) - float(zeroPoint), highest = float(limits.high) - float(zeroPoint);
        for (std::size_t i = 0; i < count; ++i) {
            float quotient = real[i] / scale;
            quotient = quotient == quotient ? quotient : 0; // not a number: the zero point
            quotient = quotient < lowest ? lowest : quotient;
            quotient = quotient > highest ? highest : quotient;
            const std::int32_t whole = std::int32_t(quotient);
            const float rest = quotient - float(whole);
            to[i] = Out(whole + std::int32_t(rest >= 0.5f) - std::int32_t(rest <= -0.5f) + zeroPoint);
        }
    }

    void run(const float *real, std::size_t count, std::int32_t *to) const
    {
        for (std::size_t i = 0; i < count; ++i) {
            const double q = double(std::round(real[i] / scale)) + double(zeroPoint);
            to[i] = std::isnan(q) ? zeroPoint : std::int32_t(std::clamp(q, limits.low, limits.high));
        }
    }
};

template <class Raw>
void toReal(const Raw *raw, std::size_t count, const InputScaling &scaling, float *real)
{
    for (std::size_t i = 0; i < count; ++i)
        real[i] = float(double(raw[i]) * scaling.factor + scaling.offset);
}

template <class Raw, class Out>
void convert(const Tensor &input, const InputScaling &scaling, const Raw *raw, std::size_t count, Out *to)
{
    if constexpr (std::is_same_v<Out, float>) {
        toReal(raw, count, scaling, to);
    } else {
        const Quantizer quantizer(input, *integerLimits(input.type));
        std::array<float, 1024> real;
        for (std::size_t done = 0; done < count; done += real.size()) {
            const std::size_t n = std::min(real.size(), count - done);
            toReal(raw + done, n, scaling, real.data());
            quantizer.run(real.data(), n, to + done);
        }
    }
}

/// A byte has 256 values: their results are computed once and looked up.
template <class Raw, class Out>
void convertBytes(const Tensor &input, const InputScaling &scaling, const Raw *raw, std::size_t count, Out *to)
{
    std::array<Raw, 256> every;
    std::array<Out, 256> table;
    for (std::size_t i = 0; i < every.size(); ++i)
        every[i] = Raw(std::uint8_t(i));
    convert(input, scaling, every.data(), every.size(), table.data());
    for (std::size_t i = 0; i < count; ++i)
        to[i] = table[std::uint8_t(raw[i])];
}

template <class Raw>
void fill(const Tensor &input, const InputScaling &scaling, const Raw *raw, std::size_t count, std::byte *out)
{
    const auto into = [&]<class Out>(Out *to) {
        if constexpr (sizeof(Raw) == 1)
            convertBytes(input, scaling, raw, count, to);
        else
            convert(input, scaling, raw, count, to);
    };
    switch (input.type) {
    case DType::int8:
        return into(reinterpret_cast<std::int8_t *>(out));
    case DType::uint8:
        return into(reinterpret_cast<std::uint8_t *>(out));
    case DType::int16:
        return into(reinterpret_cast<std::int16_t *>(out));
    case DType::int32:
        return into(reinterpret_cast<std::int32_t *>(out));
    default:
        into(reinterpret_cast<float *>(out));
    }
}

/// The extents that are not 1: what is left of a shape where batch and channel axes of one do not count.
Shape squeezed(const Shape &shape)
{
    Shape rest;
    std::ranges::copy_if(shape, std::back_inserter(rest), [](std::int32_t extent) { return extent != 1; });
    return rest;
}

} // namespace

std::string InputScaling::text() const
{
    if (kind == Kind::passThrough)
        return "pass-through";
    if (*this == identity)
        return "none";
    if (*this == zeroToOne)
        return "0..1";
    if (*this == minusOneToOne)
        return "-1..1";
    std::string formula = "raw";
    if (factor != 1)
        formula += "*" + numberText(factor);
    if (offset != 0)
        formula += (offset > 0 ? "+" : "") + numberText(offset);
    return formula;
}

Result<InputScaling> InputScaling::parse(const std::string &text)
{
    std::string plain;
    std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != ' ' && c != '\t'; });
    if (plain == "pass-through")
        return passThrough;
    if (plain == "none")
        return identity;
    if (const std::optional<InputScaling> range = parseRange(plain))
        return *range;
    if (plain.starts_with("raw"))
        if (const std::optional<InputScaling> formula = parseFormula(std::string_view(plain).substr(3)))
            return *formula;
    return invalidArgument("'" + text + "' is no input scaling: give none, 0..1, -1..1, another range, raw*0.5+1 or " +
                           "pass-through");
}

ImpliedScaling impliedScaling(const Tensor &input, const Samples &samples)
{
    const std::string types =
        std::string(name(samples.type)) + " samples, " + std::string(name(input.type)) + " input: ";
    const bool quantized = integerLimits(input.type).has_value() && !input.quantization.empty();
    if (input.type == samples.type && input.type != DType::float32)
        return {passThrough, types + "the bytes are the input's own"};
    if (samples.type == DType::float32)
        return {identity, types + (quantized ? "real numbers, quantized with the input's scale and zero point"
                                             : "the numbers as they are")};
    if (!quantized) {
        if (samples.type == DType::uint8 && input.type == DType::float32)
            return {zeroToOne, types + "pixels divided by 255"};
        return {identity, types + "the numbers as they are"};
    }
    if (samples.type == DType::int8)
        return {identity, types + "taken for real numbers, quantized with the input's scale and zero point"};
    // The real numbers that a byte of the input can stand for tell which range of pixels it was trained on.
    const Limits limits = *integerLimits(input.type);
    const double scale = double(input.quantization.scale[0]);
    const double zero = input.quantization.zeroPoint.empty() ? 0 : double(input.quantization.zeroPoint[0]);
    const double low = (limits.low - zero) * scale, high = (limits.high - zero) * scale;
    const std::string range = "the input stands for " + numberText(std::round(low * 100) / 100) + " to " +
                              numberText(std::round(high * 100) / 100) + ", so pixels ";
    if (high > 8)
        return {identity, types + range + "stay 0 to 255"};
    if (low < -0.5)
        return {minusOneToOne, types + range + "are spread over -1 to 1"};
    return {zeroToOne, types + range + "are divided by 255"};
}

Result<void> checkFit(const Graph &graph, const Samples &samples)
{
    if (graph.inputs.size() != 1)
        return unusableInput("the model has " + std::to_string(graph.inputs.size()) +
                             " inputs; data sets feed models with one");
    const Tensor &input = graph[graph.inputs[0]];
    if (input.type != DType::float32 && !integerLimits(input.type))
        return unusableInput("the model's input '" + input.name + "' is " + std::string(name(input.type)) +
                             ", which samples cannot be turned into");
    const std::string shapes = "a sample is " + shapeText(samples.shape) + ", the model's input '" + input.name +
                               "' is " + shapeText(input.shape);
    if (input.elements() != elementCount(samples.shape))
        return unusableInput(shapes + ": they must have the same number of values");
    const Shape ours = squeezed(samples.shape), theirs = squeezed(input.shape);
    if (ours.size() == theirs.size() && ours != theirs)
        return unusableInput(shapes + ": the values are in another order; transpose the samples");
    if (samples.labels.empty() || graph.outputs.empty())
        return {};
    const std::size_t classes = std::max<std::size_t>(graph[graph.outputs[0]].elements(), 2);
    const auto largest = std::ranges::max_element(samples.labels);
    if (std::size_t(*largest) >= classes)
        return unusableInput("the label of sample " + std::to_string(largest - samples.labels.begin()) + " is " +
                             std::to_string(*largest) + ", the model tells classes 0 to " +
                             std::to_string(classes - 1) + " apart");
    return {};
}

void fillInput(const Tensor &input, const Samples &samples, const InputScaling &scaling, std::size_t first,
               std::size_t count, std::span<std::byte> out)
{
    const std::size_t each = samples.sampleBytes();
    const std::uint8_t *from = samples.values->data() + first * each;
    const std::size_t elements = count * elementCount(samples.shape);
    const bool same = input.type == samples.type;
    const bool straight = scaling.kind == InputScaling::Kind::passThrough;
    if (same && (straight || (input.type == DType::float32 && scaling == identity))) {
        std::copy_n(reinterpret_cast<const std::byte *>(from), count * each, out.data());
        return;
    }
    const InputScaling affine = straight ? identity : scaling;
    switch (samples.type) {
    case DType::uint8:
        return fill(input, affine, from, elements, out.data());
    case DType::int8:
        return fill(input, affine, reinterpret_cast<const std::int8_t *>(from), elements, out.data());
    default:
        fill(input, affine, reinterpret_cast<const float *>(from), elements, out.data());
    }
}

} // namespace espalier
