// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/options.h"
#include "core/formats/tflite/order.h"
#include "core/formats/tflite/payload.h"
#include "core/formats/tflite/sparse.h"
#include "core/formats/tflite/survey.h"
#include "core/formats/tflite/tflite.h"
#include "core/formats/tflite/trailer.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace espalier::tflite {

namespace {

constexpr std::int32_t customCode = 32;
constexpr std::int32_t placeholderCode = 127; // in deprecated_builtin_code: see builtin_code

std::string text(const flatbuffers::String *string)
{
    return string ? string->str() : std::string();
}

template <class T>
std::vector<T> copied(const flatbuffers::Vector<T> *values)
{
    return values ? std::vector<T>(values->begin(), values->end()) : std::vector<T>();
}

template <class T>
std::size_t countOf(const flatbuffers::Vector<T> *values)
{
    return values ? values->size() : 0;
}

class Reader
{
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : m_bytes(bytes) {}

    Result<ModelPtr> read();

private:
    struct OperatorCode
    {
        std::int32_t builtin = 0;
        std::int32_t version = 1;
        std::string name;
    };

    /// The first problem stays; the work goes on to the next place where it is asked for.
    void refuse(std::string sentence)
    {
        if (m_problem.empty())
            m_problem = std::move(sentence);
    }
    bool refused() const { return !m_problem.empty(); }

    void checkStructure();
    void readOperatorCodes();
    std::span<const std::uint8_t> outside(std::uint64_t offset, std::uint64_t size, const std::string &what);
    SharedBytes buffer(std::uint64_t index, const std::string &user);
    Graph readGraph(const wire::SubGraph &from);
    Tensor readTensor(const wire::Tensor &from, const std::string &place);
    SharedBytes expandedData(const Tensor &tensor, const wire::SparsityParameters &sparsity, const std::string &title);
    Quantization readQuantization(const wire::QuantizationParameters &from, std::size_t rank, const std::string &place);
    Operator readOperator(const wire::Operator &from, const std::string &place);
    std::vector<TensorId> readIds(const flatbuffers::Vector<std::int32_t> *ids, std::size_t tensors, bool mayBeAbsent,
                                  const std::string &place);
    Signature readSignature(const wire::SignatureDef &from);
    std::vector<Signature::Entry> readEntries(const flatbuffers::Vector<flatbuffers::Offset<wire::TensorMap>> *entries,
                                              std::size_t tensors, const std::string &place);
    void readTrailer(Model &model);

    std::span<const std::uint8_t> m_bytes;
    const wire::Model *m_wire = nullptr;
    Survey m_survey;
    std::size_t m_end = 0;             // of everything that the model refers to
    std::uint64_t m_outsideLeft = 0;   // bytes that parts outside of the flatbuffer may still take
    std::uint64_t m_expansionLeft = 0; // bytes that sparse constants may still expand to
    std::vector<SharedBytes> m_buffers;
    std::vector<OperatorCode> m_codes;
    bool m_ranksAreMarked = false; // whether has_rank means something in this file
    std::string m_problem;
};

void Reader::checkStructure()
{
    flatbuffers::Verifier::Options options;
    options.max_depth = 16;
    // Without sharing a table takes 8 bytes or more.
    options.max_tables = flatbuffers::uoffset_t(std::min<std::size_t>(m_bytes.size() / 8 + 16, 2'000'000));
    flatbuffers::Verifier verifier(m_bytes.data(), m_bytes.size(), options);
    if (!wire::VerifyModelBuffer(verifier))
        return refuse("the file is damaged or cut short: its parts point outside of it");
    const std::uint64_t limit = 8 * std::uint64_t(m_bytes.size()) + (1u << 20);
    m_survey = survey(m_bytes, limit);
    if (m_survey.expanded > limit)
        return refuse("the file's parts overlap so that it would unfold to far more than its size");
    if (m_survey.isMisaligned)
        return refuse("the file is damaged: numbers in it lie at places where they may not");
    m_end = m_survey.end;
    m_outsideLeft = limit;
    m_expansionLeft = 64 * std::uint64_t(m_bytes.size()) + (64u << 20);
    m_wire = wire::GetModel(m_bytes.data());
}

void Reader::readOperatorCodes()
{
    for (std::size_t i = 0; i < countOf(m_wire->operator_codes()); ++i) {
        const wire::OperatorCode &from = *m_wire->operator_codes()->Get(flatbuffers::uoffset_t(i));
        OperatorCode code;
        code.builtin = std::max(std::int32_t(from.builtin_code()), std::int32_t(from.deprecated_builtin_code()));
        code.version = from.version();
        if (code.builtin < 0 || code.builtin == placeholderCode)
            return refuse("operator code " + std::to_string(i) + " names no operator");
        if (code.builtin == customCode)
            code.name = text(from.custom_code());
        else if (const auto kind = wire::BuiltinOperator(code.builtin); kind <= wire::BuiltinOperator::MAX)
            code.name = wire::EnumNameBuiltinOperator(kind);
        else
            code.name = "BUILTIN_" + std::to_string(code.builtin);
        m_codes.push_back(std::move(code));
    }
}

std::span<const std::uint8_t> Reader::outside(std::uint64_t offset, std::uint64_t size, const std::string &what)
{
    if (offset > m_bytes.size() || size > m_bytes.size() - offset) {
        refuse(what + " lies past the end of the file");
        return {};
    }
    if (size > m_outsideLeft) {
        refuse("the file's parts overlap so that it would unfold to far more than its size");
        return {};
    }
    m_outsideLeft -= size;
    m_end = std::max(m_end, std::size_t(offset + size));
    return m_bytes.subspan(std::size_t(offset), std::size_t(size));
}

SharedBytes Reader::buffer(std::uint64_t index, const std::string &user)
{
    if (index == 0 && m_buffers.empty())
        return std::make_shared<const Bytes>(); // buffer 0 is the empty one, and some leave the list of buffers out
    if (index >= m_buffers.size()) {
        refuse(user + " refers to buffer " + std::to_string(index) + " of " + std::to_string(m_buffers.size()));
        return nullptr;
    }
    SharedBytes &shared = m_buffers[std::size_t(index)];
    if (shared)
        return shared;
    const wire::Buffer *from = m_wire->buffers()->Get(flatbuffers::uoffset_t(index));
    std::span<const std::uint8_t> bytes;
    if (from && from->offset() > 1)
        bytes = outside(from->offset(), from->size(), "buffer " + std::to_string(index));
    else if (from && from->data())
        bytes = {from->data()->data(), from->data()->size()};
    shared = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
    return shared;
}

Quantization Reader::readQuantization(const wire::QuantizationParameters &from, std::size_t rank,
                                      const std::string &place)
{
    Quantization result;
    result.scale = copied(from.scale());
    result.zeroPoint = copied(from.zero_point());
    result.minimum = copied(from.min());
    result.maximum = copied(from.max());
    result.axis = from.quantized_dimension();
    if (result.scale.empty() || result.zeroPoint.empty())
        result.zeroPoint.assign(result.scale.size(), 0);
    if (result.zeroPoint.size() != result.scale.size())
        refuse(place + " has " + std::to_string(result.scale.size()) + " scales but " +
               std::to_string(result.zeroPoint.size()) + " zero points");
    // Older converters gave a bias the axis of its filter.
    if (rank == 1)
        result.axis = 0;
    return result;
}

Tensor Reader::readTensor(const wire::Tensor &from, const std::string &place)
{
    Tensor tensor;
    tensor.name = text(from.name());
    const std::string title = place + (tensor.name.empty() ? "" : " '" + tensor.name + "'");
    tensor.type = DType(from.type());
    if (std::int8_t(from.type()) < 0)
        refuse(title + " has the unknown type " + std::to_string(int(from.type())));
    tensor.shape = copied(from.shape());
    tensor.shapeSignature = copied(from.shape_signature());
    if (tensor.shapeSignature == tensor.shape)
        tensor.shapeSignature.clear();
    tensor.isVariable = from.is_variable();
    if (from.quantization())
        tensor.quantization = readQuantization(*from.quantization(), tensor.shape.size(), title);
    if (const SharedBytes bytes = buffer(from.buffer(), title); bytes && !bytes->empty())
        tensor.data = bytes;
    tensor.hasRank = from.has_rank() || !m_ranksAreMarked || !tensor.shape.empty() || tensor.isConstant();

    wire::TensorT rest;
    if (const auto *quantization = from.quantization(); quantization && quantization->details()) {
        rest.quantization = std::make_unique<wire::QuantizationParametersT>();
        quantization->UnPackTo(rest.quantization.get());
        auto details = std::move(rest.quantization->details);
        *rest.quantization = {};
        if (details.value)
            rest.quantization->details = std::move(details);
        else
            rest.quantization.reset();
    }
    for (std::size_t i = 0; i < countOf(from.variant_tensors()); ++i)
        rest.variant_tensors.emplace_back(from.variant_tensors()->Get(flatbuffers::uoffset_t(i))->UnPack());
    rest.external_buffer = from.external_buffer();
    if (tensor.isConstant() && from.sparsity()) {
        rest.sparsity.reset(from.sparsity()->UnPack());
        auto payload = makePayload(rest);
        payload->stored = tensor.data;
        payload->expanded = tensor.data = expandedData(tensor, *from.sparsity(), title);
        tensor.payload = std::move(payload);
    } else {
        tensor.payload = makePayload(rest);
    }
    return tensor;
}

SharedBytes Reader::expandedData(const Tensor &tensor, const wire::SparsityParameters &sparsity,
                                 const std::string &title)
{
    const std::optional<std::uint64_t> size = checkedBytes(tensor);
    if (!size || *size > m_expansionLeft) {
        refuse(title + " is stored sparsely and would expand to far more than the file's size");
        return nullptr;
    }
    m_expansionLeft -= *size;
    Result<Bytes> dense = expanded(*tensor.data, sparsity, tensor.shape, tensor.type);
    if (!dense) {
        refuse(title + " " + dense.error().message);
        return nullptr;
    }
    return std::make_shared<const Bytes>(std::move(*dense));
}

std::vector<TensorId> Reader::readIds(const flatbuffers::Vector<std::int32_t> *ids, std::size_t tensors,
                                      bool mayBeAbsent, const std::string &place)
{
    std::vector<TensorId> result;
    result.reserve(countOf(ids));
    for (std::size_t i = 0; i < countOf(ids); ++i) {
        const std::int32_t id = ids->Get(flatbuffers::uoffset_t(i));
        if (id < (mayBeAbsent ? -1 : 0) || id >= std::int64_t(tensors))
            refuse(place + " refers to tensor " + std::to_string(id) + " of " + std::to_string(tensors));
        result.push_back({id});
    }
    return result;
}

Operator Reader::readOperator(const wire::Operator &from, const std::string &place)
{
    Operator op;
    if (from.opcode_index() >= m_codes.size()) {
        refuse(place + " has operator code " + std::to_string(from.opcode_index()) + " of " +
               std::to_string(m_codes.size()));
        return op;
    }
    const OperatorCode &code = m_codes[from.opcode_index()];
    op.kind = kindOfBuiltin(code.builtin);
    op.typeName = code.name;
    op.builtinCode = code.builtin;
    op.version = code.version;
    const Result<OpOptions> options = readOptions(op.kind, from);
    if (!options)
        refuse(place + " (" + op.typeName + ") " + options.error().message);
    else
        op.options = *options;

    wire::OperatorT rest;
    from.UnPackTo(&rest);
    rest.opcode_index = 0;
    rest.inputs.clear();
    rest.outputs.clear();
    rest.intermediates.clear();
    if (op.kind != OpKind::other || !rest.builtin_options.value)
        rest.builtin_options.Reset();
    if (!rest.builtin_options_2.value)
        rest.builtin_options_2.Reset();
    if (from.large_custom_options_offset() > 1) {
        const auto bytes =
            outside(from.large_custom_options_offset(), from.large_custom_options_size(), "the settings of " + place);
        rest.custom_options.assign(bytes.begin(), bytes.end());
    }
    rest.large_custom_options_offset = 0;
    rest.large_custom_options_size = 0;
    op.payload = makePayload(rest);
    return op;
}

Graph Reader::readGraph(const wire::SubGraph &from)
{
    Graph graph;
    graph.name = text(from.name());
    const std::size_t tensors = countOf(from.tensors());
    graph.tensors.reserve(tensors);
    for (std::size_t i = 0; i < tensors && !refused(); ++i)
        graph.tensors.push_back(
            readTensor(*from.tensors()->Get(flatbuffers::uoffset_t(i)), "tensor " + std::to_string(i)));
    graph.inputs = readIds(from.inputs(), tensors, false, "the list of inputs");
    graph.outputs = readIds(from.outputs(), tensors, false, "the list of outputs");
    graph.operators.reserve(countOf(from.operators()));
    for (std::size_t i = 0; i < countOf(from.operators()) && !refused(); ++i) {
        const std::string place = "operator " + std::to_string(i);
        const wire::Operator &op = *from.operators()->Get(flatbuffers::uoffset_t(i));
        graph.operators.push_back(readOperator(op, place));
        graph.operators.back().inputs = readIds(op.inputs(), tensors, true, place);
        graph.operators.back().outputs = readIds(op.outputs(), tensors, true, place);
        graph.operators.back().intermediates = readIds(op.intermediates(), tensors, true, place);
    }
    if (refused())
        return graph;
    if (Result<void> ordered = orderOperators(graph); !ordered)
        refuse(ordered.error().message);
    markEmptyConstants(graph);
    wire::SubGraphT rest;
    rest.debug_metadata_index = from.debug_metadata_index();
    graph.payload = makePayload(rest);
    return graph;
}

std::vector<Signature::Entry>
Reader::readEntries(const flatbuffers::Vector<flatbuffers::Offset<wire::TensorMap>> *entries, std::size_t tensors,
                    const std::string &place)
{
    std::vector<Signature::Entry> result;
    for (std::size_t i = 0; i < countOf(entries); ++i) {
        const wire::TensorMap &entry = *entries->Get(flatbuffers::uoffset_t(i));
        if (entry.tensor_index() >= tensors)
            refuse(place + " refers to tensor " + std::to_string(entry.tensor_index()) + " of " +
                   std::to_string(tensors));
        result.push_back({text(entry.name()), {std::int32_t(entry.tensor_index())}});
    }
    return result;
}

Signature Reader::readSignature(const wire::SignatureDef &from)
{
    Signature signature;
    signature.key = text(from.signature_key());
    signature.graph = from.subgraph_index();
    const std::string place = "signature '" + signature.key + "'";
    if (signature.graph >= countOf(m_wire->subgraphs())) {
        refuse(place + " calls graph " + std::to_string(signature.graph) + " of " +
               std::to_string(countOf(m_wire->subgraphs())));
        return signature;
    }
    const std::size_t tensors = countOf(m_wire->subgraphs()->Get(from.subgraph_index())->tensors());
    signature.inputs = readEntries(from.inputs(), tensors, place);
    signature.outputs = readEntries(from.outputs(), tensors, place);
    return signature;
}

void Reader::readTrailer(Model &model)
{
    const auto rest = m_bytes.subspan(std::min(m_end, m_bytes.size()));
    // Padding belongs to the flatbuffer.
    const auto first = std::ranges::find_if(rest, [](std::uint8_t byte) { return byte != 0; });
    if (first != rest.end())
        model.trailer =
            std::make_shared<const Bytes>(detachedTrailer({first, rest.end()}, std::size_t(&*first - m_bytes.data())));
}

Result<ModelPtr> Reader::read()
{
    checkStructure();
    if (refused())
        return unusableInput(m_problem);
    if (m_wire->version() != 3)
        return unusableInput("its schema version is " + std::to_string(m_wire->version()) + ", version 3 is needed");
    if (countOf(m_wire->subgraphs()) == 0)
        return unusableInput("the model holds no graph");
    auto model = std::make_shared<Model>();
    model->description = text(m_wire->description());
    m_buffers.resize(countOf(m_wire->buffers()));
    readOperatorCodes();
    for (const wire::SubGraph *graph : *m_wire->subgraphs())
        for (std::size_t i = 0; i < countOf(graph->tensors()); ++i)
            m_ranksAreMarked = m_ranksAreMarked || graph->tensors()->Get(flatbuffers::uoffset_t(i))->has_rank();
    for (const wire::SubGraph *graph : *m_wire->subgraphs()) {
        model->graphs.push_back(readGraph(*graph));
        if (refused())
            return unusableInput(m_problem);
    }
    for (std::size_t i = 0; i < countOf(m_wire->signature_defs()); ++i)
        model->signatures.push_back(readSignature(*m_wire->signature_defs()->Get(flatbuffers::uoffset_t(i))));
    for (std::size_t i = 0; i < countOf(m_wire->metadata()); ++i) {
        const wire::Metadata &entry = *m_wire->metadata()->Get(flatbuffers::uoffset_t(i));
        model->metadata.push_back(
            {text(entry.name()), buffer(entry.buffer(), "metadata '" + text(entry.name()) + "'")});
    }
    readTrailer(*model);

    wire::ModelT rest;
    // The older list of metadata counts buffers; ours counts the entries that have them.
    std::map<std::int64_t, std::int32_t> entryOf;
    for (std::size_t i = 0; i < countOf(m_wire->metadata()); ++i)
        entryOf.emplace(m_wire->metadata()->Get(flatbuffers::uoffset_t(i))->buffer(), std::int32_t(i));
    for (std::size_t i = 0; i < countOf(m_wire->metadata_buffer()); ++i)
        if (const auto entry = entryOf.find(m_wire->metadata_buffer()->Get(flatbuffers::uoffset_t(i)));
            entry != entryOf.end())
            rest.metadata_buffer.push_back(entry->second);
    for (std::size_t i = 0; i < countOf(m_wire->external_buffer_groups()); ++i)
        rest.external_buffer_groups.emplace_back(
            m_wire->external_buffer_groups()->Get(flatbuffers::uoffset_t(i))->UnPack());
    for (std::size_t i = 0; i < countOf(m_wire->external_buffers()); ++i)
        rest.external_buffers.emplace_back(m_wire->external_buffers()->Get(flatbuffers::uoffset_t(i))->UnPack());
    auto payload = makePayload(rest);
    if (m_survey.hasUnknownParts) {
        payload = payload ? payload : std::make_shared<Payload>(packed(rest));
        payload->hasUnknownParts = true;
    }
    model->payload = payload;
    if (refused())
        return unusableInput(m_problem);
    if (const Result<void> sound = verify(*model); !sound)
        return unusableInput(sound.error().message);
    return ModelPtr(std::move(model));
}

} // namespace

bool recognises(std::span<const std::uint8_t> bytes)
{
    return bytes.size() >= 8 && std::memcmp(bytes.data() + 4, wire::ModelIdentifier(), 4) == 0;
}

Result<ModelPtr> read(std::span<const std::uint8_t> bytes)
{
    if (!recognises(bytes))
        return unusableInput("the file is not a TensorFlow Lite model: it lacks the mark TFL3");
    if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
        return unusableInput("the model has 2 GB or more, which no TensorFlow Lite model in one piece may have");
    // Numbers are read in place, so they must lie where the processor expects them.
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 16 != 0) {
        const Bytes aligned(bytes.begin(), bytes.end());
        return Reader(aligned).read();
    }
    return Reader(bytes).read();
}

} // namespace espalier::tflite
