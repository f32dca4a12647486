// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

namespace espalier {

namespace {

bool sameBytes(const SharedBytes &a, const SharedBytes &b)
{
    return a == b || (a && b && *a == *b);
}

bool samePayload(const std::shared_ptr<const FormatPayload> &a, const std::shared_ptr<const FormatPayload> &b)
{
    return a == b || (a && b && a->equals(*b));
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return std::ranges::equal(
        a, b, {}, [](float x) { return std::bit_cast<std::uint32_t>(x); },
        [](float x) { return std::bit_cast<std::uint32_t>(x); });
}

bool sameQuantization(const Quantization &a, const Quantization &b)
{
    return sameBits(a.scale, b.scale) && a.zeroPoint == b.zeroPoint && a.axis == b.axis &&
           sameBits(a.minimum, b.minimum) && sameBits(a.maximum, b.maximum);
}

/// A format may leave out a setting that equals its default, and -0 equals 0.
bool sameNumber(float a, float b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool sameOptions(const OpOptions &a, const OpOptions &b)
{
    const auto *softmax = std::get_if<SoftmaxOptions>(&a);
    const auto *leaky = std::get_if<LeakyReluOptions>(&a);
    if (softmax && std::holds_alternative<SoftmaxOptions>(b))
        return sameNumber(softmax->beta, std::get<SoftmaxOptions>(b).beta);
    if (leaky && std::holds_alternative<LeakyReluOptions>(b))
        return sameNumber(leaky->alpha, std::get<LeakyReluOptions>(b).alpha);
    return a == b;
}

/// What differs between two tensors; constants that share bytes in one model must share them in the other.
class Sharing
{
public:
    bool same(const SharedBytes &a, const SharedBytes &b)
    {
        if (!a || !b || a->empty() || b->empty())
            return true;
        const Bytes *&there = m_there[a.get()];
        const Bytes *&here = m_here[b.get()];
        if (!there && !here) {
            there = b.get();
            here = a.get();
        }
        return there == b.get() && here == a.get();
    }

private:
    std::unordered_map<const Bytes *, const Bytes *> m_there, m_here;
};

const char *tensorDifference(const Tensor &a, const Tensor &b)
{
    if (a.name != b.name)
        return "name";
    if (a.type != b.type)
        return "type";
    if (a.shape != b.shape || a.hasRank != b.hasRank)
        return "shape";
    if (a.shapeSignature != b.shapeSignature)
        return "shape signature";
    if (!sameQuantization(a.quantization, b.quantization))
        return "quantization";
    if (!sameBytes(a.data, b.data))
        return "data";
    if (a.isVariable != b.isVariable)
        return "being a variable";
    if (!samePayload(a.payload, b.payload))
        return "payload";
    return nullptr;
}

const char *operatorDifference(const Operator &a, const Operator &b)
{
    if (a.kind != b.kind || a.typeName != b.typeName || a.builtinCode != b.builtinCode)
        return "type";
    if (a.version != b.version)
        return "version";
    if (a.inputs != b.inputs)
        return "inputs";
    if (a.outputs != b.outputs)
        return "outputs";
    if (a.intermediates != b.intermediates)
        return "intermediates";
    if (!sameOptions(a.options, b.options))
        return "settings";
    if (!samePayload(a.payload, b.payload))
        return "payload";
    return nullptr;
}

std::string graphDifference(const Graph &a, const Graph &b, Sharing &sharing)
{
    if (a.name != b.name)
        return "name";
    if (a.inputs != b.inputs)
        return "inputs";
    if (a.outputs != b.outputs)
        return "outputs";
    if (!samePayload(a.payload, b.payload))
        return "payload";
    if (a.tensors.size() != b.tensors.size())
        return "number of tensors";
    if (a.operators.size() != b.operators.size())
        return "number of operators";
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
        const char *what = tensorDifference(a.tensors[i], b.tensors[i]);
        if (!what && !sharing.same(a.tensors[i].data, b.tensors[i].data))
            what = "sharing of data";
        if (what)
            return "tensor " + std::to_string(i) + " '" + a.tensors[i].name + "': " + what;
    }
    for (std::size_t i = 0; i < a.operators.size(); ++i)
        if (const char *what = operatorDifference(a.operators[i], b.operators[i]))
            return "operator " + std::to_string(i) + " (" + a.operators[i].typeName + "): " + what;
    return {};
}

bool sameEntries(const std::vector<Signature::Entry> &a, const std::vector<Signature::Entry> &b)
{
    return std::ranges::equal(a, b, [](const Signature::Entry &x, const Signature::Entry &y) {
        return x.name == y.name && x.tensor == y.tensor;
    });
}

} // namespace

std::string firstDifference(const Model &a, const Model &b)
{
    if (a.description != b.description)
        return "description";
    if (!samePayload(a.payload, b.payload))
        return "payload";
    if (!sameBytes(a.trailer, b.trailer))
        return "trailer";
    if (!std::ranges::equal(a.signatures, b.signatures, [](const Signature &x, const Signature &y) {
            return x.key == y.key && x.graph == y.graph && sameEntries(x.inputs, y.inputs) &&
                   sameEntries(x.outputs, y.outputs);
        }))
        return "signatures";
    if (!std::ranges::equal(a.metadata, b.metadata, [](const MetadataEntry &x, const MetadataEntry &y) {
            return x.name == y.name && sameBytes(x.data, y.data);
        }))
        return "metadata";
    if (a.graphs.size() != b.graphs.size())
        return "number of graphs";
    Sharing sharing;
    for (std::size_t i = 0; i < a.graphs.size(); ++i)
        if (const std::string what = graphDifference(a.graphs[i], b.graphs[i], sharing); !what.empty())
            return "graph " + std::to_string(i) + ", " + what;
    return {};
}

} // namespace espalier
