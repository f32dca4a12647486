// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model whose weights share few values, with these Huffman-coded. All numbers are little-endian:
//
//     "ESPACKED"
//     u32 bytes of the .tflite file, u32 bytes of its deflate stream, the stream; packed constants are zeros in it
//     u32 packed constants, for each:
//         u32 graph, u32 tensor, u8 index bits, u8 values, f32 for each value, u32 entries
//         u8 code length for each symbol (values + 1), u32 bytes, the symbols' stream
//         u8 code length for each gap (2^index bits), u32 bytes, the gaps' stream
//     u32 CRC-32 of all before
#include "core/base/huffman.h"
#include "core/formats/modelformat.h"
#include "core/formats/packed/packedweights.h"
#include "core/formats/tflite/tflite.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <zlib.h>

namespace espalier {

namespace {

constexpr char magic[] = {'E', 'S', 'P', 'A', 'C', 'K', 'E', 'D'};

void put(Bytes &bytes, std::uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        bytes.push_back(std::uint8_t(value >> 8 * i));
}

void put(Bytes &bytes, std::span<const std::uint8_t> more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// What is left of a file, in pieces; a piece that is not there makes everything after it empty.
class Pieces
{
public:
    explicit Pieces(std::span<const std::uint8_t> bytes) : m_left(bytes) {}

    std::span<const std::uint8_t> take(std::size_t count)
    {
        if (count > m_left.size())
            m_isShort = true;
        if (m_isShort)
            return {};
        const auto piece = m_left.first(count);
        m_left = m_left.subspan(count);
        return piece;
    }
    std::uint32_t u32()
    {
        std::uint32_t value = 0;
        const auto piece = take(4);
        for (std::size_t i = 0; i < piece.size(); ++i)
            value |= std::uint32_t(piece[i]) << 8 * i;
        return value;
    }
    std::uint8_t u8()
    {
        const auto piece = take(1);
        return piece.empty() ? std::uint8_t(0) : piece[0];
    }
    bool isShort() const { return m_isShort; }
    bool isEmpty() const { return m_left.empty(); }

private:
    std::span<const std::uint8_t> m_left;
    bool m_isShort = false;
};

std::uint32_t checksum(std::span<const std::uint8_t> bytes)
{
    return std::uint32_t(crc32_z(0, bytes.data(), bytes.size()));
}

/// The raw deflate stream of fewer than 4 GB.
Result<Bytes> deflated(std::span<const std::uint8_t> bytes)
{
    z_stream stream = {};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return failed("there is too little memory to pack the model");
    Bytes packed(deflateBound(&stream, uLong(bytes.size())));
    stream.next_in = const_cast<Bytef *>(bytes.data());
    stream.avail_in = uInt(bytes.size());
    stream.next_out = packed.data();
    stream.avail_out = uInt(packed.size());
    const int code = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return code == Z_STREAM_END ? Result<Bytes>(std::move(packed)) : failed("the model could not be compressed");
}

/// Fills `bytes` from a raw deflate stream that is exactly as long.
bool inflated(std::span<const std::uint8_t> packed, Bytes &bytes)
{
    z_stream stream = {};
    if (inflateInit2(&stream, -15) != Z_OK)
        return false;
    stream.next_in = const_cast<Bytef *>(packed.data());
    stream.avail_in = uInt(packed.size());
    stream.next_out = bytes.data();
    stream.avail_out = uInt(bytes.size());
    const bool isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0;
    inflateEnd(&stream);
    return isWhole;
}

/// `symbols` with their table.
void putCoded(Bytes &bytes, std::span<const std::uint16_t> symbols, std::size_t alphabet)
{
    const std::vector<std::uint8_t> lengths = huffmanLengths(symbolCounts(symbols, alphabet));
    const Bytes stream = huffmanEncoded(symbols, lengths);
    put(bytes, lengths);
    put(bytes, std::uint32_t(stream.size()));
    put(bytes, stream);
}

Result<std::vector<std::uint16_t>> takeCoded(Pieces &pieces, std::size_t alphabet, std::size_t count)
{
    const auto lengths = pieces.take(alphabet);
    const std::uint32_t size = pieces.u32();
    const auto stream = pieces.take(size);
    if (pieces.isShort())
        return unusableInput("the packed model ends within a layer's weights");
    return huffmanDecoded(stream, lengths, count);
}

/// The weights where packing makes them smaller.
std::optional<PackedWeights> worthPacking(const Tensor &tensor)
{
    if (!tensor.isConstant() || tensor.type != DType::float32 || tensor.data->size() != tensor.bytes())
        return std::nullopt;
    std::optional<PackedWeights> packed = packedWeights(values<float>(tensor), indexBitsFor(tensor.shape));
    if (!packed || storageBits(*packed).coded >= 8 * tensor.bytes())
        return std::nullopt;
    return packed;
}

Result<Bytes> write(const Model &model)
{
    Model hollow = model;
    Bytes layers;
    std::uint32_t count = 0;
    std::map<const Bytes *, SharedBytes> zeros; // constants that share their bytes go on doing so
    for (std::size_t g = 0; g < hollow.graphs.size(); ++g)
        for (std::size_t t = 0; t < hollow.graphs[g].tensors.size(); ++t) {
            Tensor &tensor = hollow.graphs[g].tensors[t];
            const auto known = zeros.find(tensor.data.get());
            if (known != zeros.end()) {
                tensor.data = known->second;
                continue;
            }
            const std::optional<PackedWeights> packed = worthPacking(tensor);
            if (!packed)
                continue;
            const SharedBytes blank = std::make_shared<const Bytes>(tensor.data->size(), std::uint8_t(0));
            zeros.emplace(model.graphs[g].tensors[t].data.get(), blank);
            tensor.data = blank;
            ++count;
            put(layers, std::uint32_t(g));
            put(layers, std::uint32_t(t));
            layers.push_back(std::uint8_t(packed->indexBits));
            layers.push_back(std::uint8_t(packed->codebook.size()));
            for (const float value : packed->codebook)
                put(layers, std::bit_cast<std::uint32_t>(value));
            put(layers, std::uint32_t(packed->symbols.size()));
            putCoded(layers, packed->symbols, packed->codebook.size() + 1);
            putCoded(layers, packed->zerosBefore, std::size_t(1) << packed->indexBits);
        }
    const Result<Bytes> plain = tflite::write(hollow);
    if (!plain)
        return plain;
    const Result<Bytes> stream = deflated(*plain);
    if (!stream)
        return stream;
    Bytes bytes(std::begin(magic), std::end(magic));
    put(bytes, std::uint32_t(plain->size()));
    put(bytes, std::uint32_t(stream->size()));
    put(bytes, *stream);
    put(bytes, count);
    put(bytes, layers);
    put(bytes, checksum(bytes));
    return bytes;
}

/// Puts the next layer's weights into the model.
Result<void> readLayer(Pieces &pieces, Model &model)
{
    const std::uint32_t g = pieces.u32(), t = pieces.u32();
    PackedWeights packed;
    packed.indexBits = pieces.u8();
    packed.codebook.resize(pieces.u8());
    for (float &value : packed.codebook)
        value = std::bit_cast<float>(pieces.u32());
    const std::uint32_t entries = pieces.u32();
    if (pieces.isShort() || g >= model.graphs.size() || t >= model.graphs[g].tensors.size())
        return unusableInput("the packed model names a tensor that it does not have");
    const Tensor &tensor = model.graphs[g].tensors[t];
    if (!tensor.isConstant() || tensor.type != DType::float32 || tensor.data->size() != tensor.bytes() ||
        packed.indexBits == 0 || packed.indexBits > 8)
        return unusableInput("the packed model has weights for '" + tensor.name + "', which holds none");
    packed.count = tensor.elements();
    if (entries > packed.count)
        return unusableInput("the packed model has more weights for '" + tensor.name + "' than it holds");
    Result<std::vector<std::uint16_t>> symbols = takeCoded(pieces, packed.codebook.size() + 1, entries);
    if (!symbols)
        return symbols.error();
    Result<std::vector<std::uint16_t>> gaps = takeCoded(pieces, std::size_t(1) << packed.indexBits, entries);
    if (!gaps)
        return gaps.error();
    packed.symbols = *std::move(symbols);
    packed.zerosBefore = *std::move(gaps);
    const Result<std::vector<float>> weights = unpackedWeights(packed);
    if (!weights)
        return weights.error();
    const SharedBytes blank = tensor.data, filled = sharedBytes(*weights);
    for (Graph &graph : model.graphs)
        for (Tensor &other : graph.tensors)
            if (other.data == blank)
                other.data = filled;
    return {};
}

bool recognises(std::span<const std::uint8_t> bytes)
{
    return bytes.size() >= sizeof magic && std::memcmp(bytes.data(), magic, sizeof magic) == 0;
}

Result<ModelPtr> read(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < sizeof magic + 4 || !recognises(bytes))
        return unusableInput("the packed model is cut short");
    Pieces sum(bytes.last(4)), pieces(bytes.first(bytes.size() - 4));
    if (sum.u32() != checksum(bytes.first(bytes.size() - 4)))
        return unusableInput("the packed model is damaged: its checksum is another");
    pieces.take(sizeof magic);
    const std::uint32_t size = pieces.u32(), streamSize = pieces.u32();
    const auto stream = pieces.take(streamSize);
    // A deflate stream grows by 1032 at most: what claims more need not be allocated for.
    if (pieces.isShort() || size > (std::uint64_t(streamSize) + 1) * 1032)
        return unusableInput("the packed model ends within its graph");
    Bytes plain(size);
    if (!inflated(stream, plain))
        return unusableInput("the packed model's graph cannot be unpacked");
    const Result<ModelPtr> hollow = tflite::read(plain);
    if (!hollow)
        return hollow;
    auto model = std::make_shared<Model>(**hollow);
    const std::uint32_t count = pieces.u32();
    for (std::uint32_t i = 0; i < count; ++i)
        if (const Result<void> layer = readLayer(pieces, *model); !layer)
            return layer.error();
    if (pieces.isShort() || !pieces.isEmpty())
        return unusableInput("the packed model holds something else than its weights");
    if (const Result<void> sound = verify(*model); !sound)
        return sound.error();
    return ModelPtr(model);
}

} // namespace

extern const ModelFormat packedFormat;
const ModelFormat packedFormat = {
    .id = "packed",
    .title = "Huffman-packed model",
    .suffixes = {"packed"},
    .recognises = recognises,
    .read = read,
    .write = write,
};

} // namespace espalier
