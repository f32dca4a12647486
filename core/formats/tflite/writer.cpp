// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/options.h"
#include "core/formats/tflite/payload.h"
#include "core/formats/tflite/tflite.h"
#include "core/formats/tflite/trailer.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace espalier::tflite {

namespace {

using flatbuffers::Offset;

constexpr std::int32_t customCode = 32;
constexpr std::int32_t placeholderCode = 127;
/// Room that is left below the format's 2 GB for what is not a constant.
constexpr std::uint64_t structureRoom = 64u << 20;

class Writer
{
public:
    explicit Writer(const Model &model) : m_model(model), m_builder(initialSize(model)) {}

    Result<Bytes> write();

private:
    static std::size_t initialSize(const Model &model);

    std::uint32_t bufferOf(const SharedBytes &bytes);
    std::uint32_t codeOf(const Operator &op);
    Offset<wire::SubGraph> writeGraph(const Graph &graph);
    Offset<wire::Tensor> writeTensor(const Tensor &tensor);
    Offset<wire::QuantizationParameters> writeQuantization(const Quantization &quantization,
                                                           const wire::QuantizationParametersT *rest);
    Offset<wire::Operator> writeOperator(const Operator &op);
    Offset<wire::SignatureDef> writeSignature(const Signature &signature);
    Offset<flatbuffers::Vector<Offset<wire::TensorMap>>> writeEntries(const std::vector<Signature::Entry> &entries);
    Offset<flatbuffers::Vector<std::int32_t>> writeIds(const std::vector<TensorId> &ids);

    Offset<flatbuffers::String> writeText(const std::string &text)
    {
        return text.empty() ? Offset<flatbuffers::String>() : m_builder.CreateString(text);
    }
    template <class T>
    Offset<flatbuffers::Vector<T>> writeVector(const std::vector<T> &values)
    {
        return values.empty() ? Offset<flatbuffers::Vector<T>>() : m_builder.CreateVector(values);
    }
    template <class T>
    Offset<flatbuffers::Vector<Offset<T>>> writeOffsets(const std::vector<Offset<T>> &values)
    {
        return values.empty() ? Offset<flatbuffers::Vector<Offset<T>>>() : m_builder.CreateVector(values);
    }

    const Model &m_model;
    flatbuffers::FlatBufferBuilder m_builder;
    std::vector<Offset<wire::Buffer>> m_buffers;
    std::unordered_map<const Bytes *, std::uint32_t> m_bufferIndex;
    std::vector<Offset<wire::OperatorCode>> m_codes;
    std::map<std::tuple<std::int32_t, std::string, std::int32_t>, std::uint32_t> m_codeIndex;
};

std::size_t Writer::initialSize(const Model &model)
{
    std::size_t size = 4096;
    for (const Graph &graph : model.graphs)
        for (const Tensor &tensor : graph.tensors)
            size += 256 + (tensor.data ? tensor.data->size() : 0);
    return std::min<std::size_t>(size, std::size_t(1) << 30);
}

std::uint32_t Writer::bufferOf(const SharedBytes &bytes)
{
    if (!bytes || bytes->empty())
        return 0; // the empty buffer
    const auto [place, isNew] = m_bufferIndex.try_emplace(bytes.get(), std::uint32_t(m_buffers.size()));
    if (isNew) {
        m_builder.ForceVectorAlignment(bytes->size(), 1, 16);
        const auto data = m_builder.CreateVector(*bytes);
        m_buffers.push_back(wire::CreateBuffer(m_builder, data));
    }
    return place->second;
}

std::uint32_t Writer::codeOf(const Operator &op)
{
    const std::string name = op.isCustom() ? op.typeName : std::string();
    const auto [place, isNew] =
        m_codeIndex.try_emplace({op.builtinCode, name, op.version}, std::uint32_t(m_codes.size()));
    if (isNew) {
        const auto custom = writeText(name);
        m_codes.push_back(wire::CreateOperatorCode(m_builder, std::int8_t(std::min(op.builtinCode, placeholderCode)),
                                                   custom, op.version, wire::BuiltinOperator(op.builtinCode)));
    }
    return place->second;
}

Offset<flatbuffers::Vector<std::int32_t>> Writer::writeIds(const std::vector<TensorId> &ids)
{
    std::vector<std::int32_t> indices;
    indices.reserve(ids.size());
    for (const TensorId id : ids)
        indices.push_back(id.index);
    return m_builder.CreateVector(indices);
}

Offset<wire::QuantizationParameters> Writer::writeQuantization(const Quantization &quantization,
                                                               const wire::QuantizationParametersT *rest)
{
    if (quantization == Quantization() && !rest)
        return 0;
    const auto minimum = writeVector(quantization.minimum);
    const auto maximum = writeVector(quantization.maximum);
    const auto scale = writeVector(quantization.scale);
    const auto zeroPoint = writeVector(quantization.zeroPoint);
    const auto type = rest ? rest->details.type : wire::QuantizationDetails::NONE;
    const auto details = rest ? rest->details.Pack(m_builder) : Offset<void>();
    return wire::CreateQuantizationParameters(m_builder, minimum, maximum, scale, zeroPoint, type, details,
                                              quantization.axis);
}

Offset<wire::Tensor> Writer::writeTensor(const Tensor &tensor)
{
    const auto rest = unpacked<wire::TensorT>(tensor.payload);
    const auto *payload = dynamic_cast<const Payload *>(tensor.payload.get());
    const bool isSparse = payload && rest.sparsity && tensor.data && tensor.data == payload->expanded;
    const std::uint32_t buffer = bufferOf(isSparse ? payload->stored : tensor.data);
    const auto sparsity = isSparse ? wire::CreateSparsityParameters(m_builder, rest.sparsity.get()) : 0;
    const auto shape = m_builder.CreateVector(tensor.shape);
    const auto signature = writeVector(tensor.shapeSignature);
    const auto name = writeText(tensor.name);
    const auto quantization = writeQuantization(tensor.quantization, rest.quantization.get());
    std::vector<Offset<wire::VariantSubType>> variants;
    for (const auto &variant : rest.variant_tensors)
        variants.push_back(wire::CreateVariantSubType(m_builder, variant.get()));
    const auto variantTensors = writeOffsets(variants);
    return wire::CreateTensor(m_builder, shape, wire::TensorType(tensor.type), buffer, name, quantization,
                              tensor.isVariable, sparsity, signature, tensor.hasRank, variantTensors,
                              rest.external_buffer);
}

Offset<wire::Operator> Writer::writeOperator(const Operator &op)
{
    auto rest = unpacked<wire::OperatorT>(op.payload);
    if (op.kind != OpKind::other)
        rest.builtin_options = writeOptions(op);
    const std::uint32_t code = codeOf(op);
    const auto inputs = writeIds(op.inputs);
    const auto outputs = writeIds(op.outputs);
    const auto intermediates = op.intermediates.empty() ? 0 : writeIds(op.intermediates);
    const auto options = rest.builtin_options.Pack(m_builder);
    const auto options2 = rest.builtin_options_2.Pack(m_builder);
    const auto custom = writeVector(rest.custom_options);
    const auto mutating =
        rest.mutating_variable_inputs.empty() ? 0 : m_builder.CreateVector(rest.mutating_variable_inputs);
    return wire::CreateOperator(m_builder, code, inputs, outputs, rest.builtin_options.type, options, custom,
                                rest.custom_options_format, mutating, intermediates, 0, 0, rest.builtin_options_2.type,
                                options2, rest.debug_metadata_index);
}

Offset<wire::SubGraph> Writer::writeGraph(const Graph &graph)
{
    std::vector<Offset<wire::Tensor>> tensors;
    tensors.reserve(graph.tensors.size());
    for (const Tensor &tensor : graph.tensors)
        tensors.push_back(writeTensor(tensor));
    std::vector<Offset<wire::Operator>> operators;
    operators.reserve(graph.operators.size());
    for (const Operator &op : graph.operators)
        operators.push_back(writeOperator(op));
    const auto tensorList = m_builder.CreateVector(tensors);
    const auto inputs = writeIds(graph.inputs);
    const auto outputs = writeIds(graph.outputs);
    const auto operatorList = m_builder.CreateVector(operators);
    const auto name = writeText(graph.name);
    const auto rest = unpacked<wire::SubGraphT>(graph.payload);
    return wire::CreateSubGraph(m_builder, tensorList, inputs, outputs, operatorList, name, rest.debug_metadata_index);
}

Offset<flatbuffers::Vector<Offset<wire::TensorMap>>> Writer::writeEntries(const std::vector<Signature::Entry> &entries)
{
    std::vector<Offset<wire::TensorMap>> result;
    for (const Signature::Entry &entry : entries) {
        const auto name = m_builder.CreateString(entry.name);
        result.push_back(wire::CreateTensorMap(m_builder, name, std::uint32_t(entry.tensor.index)));
    }
    return m_builder.CreateVector(result);
}

Offset<wire::SignatureDef> Writer::writeSignature(const Signature &signature)
{
    const auto inputs = writeEntries(signature.inputs);
    const auto outputs = writeEntries(signature.outputs);
    const auto key = m_builder.CreateString(signature.key);
    return wire::CreateSignatureDef(m_builder, inputs, outputs, key, 0, std::uint32_t(signature.graph));
}

Result<Bytes> Writer::write()
{
    m_buffers.push_back(wire::CreateBuffer(m_builder));
    std::vector<Offset<wire::SubGraph>> graphs;
    for (const Graph &graph : m_model.graphs)
        graphs.push_back(writeGraph(graph));
    std::vector<Offset<wire::SignatureDef>> signatures;
    for (const Signature &signature : m_model.signatures)
        signatures.push_back(writeSignature(signature));
    std::vector<Offset<wire::Metadata>> metadata;
    for (const MetadataEntry &entry : m_model.metadata) {
        const std::uint32_t buffer = bufferOf(entry.data);
        const auto name = m_builder.CreateString(entry.name);
        metadata.push_back(wire::CreateMetadata(m_builder, name, buffer));
    }
    const auto rest = unpacked<wire::ModelT>(m_model.payload);
    std::vector<std::int32_t> metadataBuffers;
    for (const std::int32_t entry : rest.metadata_buffer)
        if (std::size_t(entry) < m_model.metadata.size())
            metadataBuffers.push_back(std::int32_t(bufferOf(m_model.metadata[std::size_t(entry)].data)));
    std::vector<Offset<wire::ExternalBufferGroup>> groups;
    for (const auto &group : rest.external_buffer_groups)
        groups.push_back(wire::CreateExternalBufferGroup(m_builder, group.get()));
    std::vector<Offset<wire::ExternalBuffer>> externals;
    for (const auto &external : rest.external_buffers)
        externals.push_back(wire::CreateExternalBuffer(m_builder, external.get()));

    const auto codeList = m_builder.CreateVector(m_codes);
    const auto graphList = m_builder.CreateVector(graphs);
    const auto description = writeText(m_model.description);
    const auto bufferList = m_builder.CreateVector(m_buffers);
    const auto metadataBufferList = writeVector(metadataBuffers);
    const auto metadataList = writeOffsets(metadata);
    const auto signatureList = writeOffsets(signatures);
    const auto groupList = writeOffsets(groups);
    const auto externalList = writeOffsets(externals);
    const auto root = wire::CreateModel(m_builder, 3, codeList, graphList, description, bufferList, metadataBufferList,
                                        metadataList, signatureList, groupList, externalList);
    wire::FinishModelBuffer(m_builder, root);
    Bytes bytes(m_builder.GetBufferPointer(), m_builder.GetBufferPointer() + m_builder.GetSize());
    if (m_model.trailer) {
        const Bytes trailer = attachedTrailer(*m_model.trailer, bytes.size());
        bytes.insert(bytes.end(), trailer.begin(), trailer.end());
    }
    return bytes;
}

/// Bytes of the constants and metadata, shared ones once.
std::uint64_t constantBytes(const Model &model)
{
    std::unordered_map<const Bytes *, std::uint64_t> sizes;
    const auto add = [&](const SharedBytes &bytes) {
        if (bytes)
            sizes.emplace(bytes.get(), bytes->size() + 64);
    };
    for (const Graph &graph : model.graphs)
        for (const Tensor &tensor : graph.tensors)
            add(tensor.data);
    for (const MetadataEntry &entry : model.metadata)
        add(entry.data);
    std::uint64_t sum = 0;
    for (const auto &[bytes, size] : sizes)
        sum += size;
    return sum;
}

} // namespace

Result<Bytes> write(const Model &model)
{
    if (const Result<void> sound = verify(model); !sound)
        return failed("cannot be written, as the model is not sound: " + sound.error().message);
    const auto *payload = dynamic_cast<const Payload *>(model.payload.get());
    if (payload && payload->hasUnknownParts)
        return failed("cannot be written: the original file uses parts of the format that are newer than this program, "
                      "and they would be lost");
    if (constantBytes(model) + structureRoom > FLATBUFFERS_MAX_BUFFER_SIZE)
        return failed("cannot be written: the model's constants pass the 2 GB that the format holds");
    return Writer(model).write();
}

} // namespace espalier::tflite
