// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/clustered.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace espalier::device {

namespace {

// Bits is the unsigned type as wide as a weight.
template <class Bits, class T, class BookOf>
ClusteredWords tableOf(std::span<const T> weights, std::size_t storedBytes, std::int32_t books, BookOf bookOf)
{
    static_assert(sizeof(Bits) == sizeof(T));
    std::vector<std::vector<Bits>> values(std::size_t{std::uint32_t(books)}); // sorted
    std::size_t count = 0;                                                    // the largest book's
    for (std::size_t i = 0; i < weights.size(); ++i) {
        std::vector<Bits> &book = values[std::size_t(bookOf(i))];
        const auto bits = std::bit_cast<Bits>(weights[i]);
        const auto at = std::lower_bound(book.begin(), book.end(), bits);
        if (at != book.end() && *at == bits)
            continue;
        if (book.size() == 256)
            return std::nullopt;
        book.insert(at, bits);
        count = std::max(count, book.size());
    }
    std::uint32_t widthLog = 0;
    while (std::size_t(1) << (1u << widthLog) < count)
        ++widthLog;
    const std::size_t valueWords = (values.size() * count * sizeof(Bits) + 3) / 4,
                      indexWords = ((weights.size() << widthLog) + 31) / 32;
    const std::size_t words = 3 + valueWords + indexWords;
    if (4 * words > storedBytes / 5 * 4)
        return std::nullopt;

    std::vector<std::int32_t> table(words, 0);
    table[0] = std::int32_t(widthLog);
    table[1] = std::int32_t(count);
    table[2] = books;
    auto *const allValues = reinterpret_cast<std::uint8_t *>(table.data() + 3);
    for (std::size_t b = 0; b < values.size(); ++b)
        std::memcpy(allValues + b * count * sizeof(Bits), values[b].data(), values[b].size() * sizeof(Bits));
    std::uint8_t *const indices = allValues + 4 * valueWords;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::vector<Bits> &book = values[std::size_t(bookOf(i))];
        const auto at = std::lower_bound(book.begin(), book.end(), std::bit_cast<Bits>(weights[i]));
        const std::size_t bit = i << widthLog;
        indices[bit / 8] = std::uint8_t(indices[bit / 8] | (at - book.begin()) << (bit % 8));
    }
    return table;
}

constexpr auto oneBook = [](std::size_t) { return 0; };

} // namespace

ClusteredWords clusteredTable(std::span<const std::int8_t> weights)
{
    return tableOf<std::uint8_t>(weights, weights.size(), 1, oneBook);
}

ClusteredWords clusteredTable(std::span<const std::int8_t> weights, std::int32_t channels,
                              const std::function<std::int32_t(std::size_t)> &channelOf)
{
    ClusteredWords shared = clusteredTable(weights);
    ClusteredWords perChannel = tableOf<std::uint8_t>(weights, weights.size(), channels, channelOf);
    return !shared || (perChannel && perChannel->size() < shared->size()) ? perChannel : shared;
}

ClusteredWords clusteredWords(const PlanBuilder &builder, TensorId weights)
{
    if (!builder.mayBeCompact())
        return std::nullopt;
    const DType type = builder.stored(weights).type;
    if (type == DType::int8)
        return clusteredTable(builder.values<std::int8_t>(weights));
    if (type != DType::float32 && type != DType::float16)
        return std::nullopt;
    const std::vector<float> all = builder.floats(weights);
    return tableOf<std::uint32_t>(std::span<const float>(all), builder.stored(weights).data->size(), 1, oneBook);
}

std::optional<PlanRef> clusteredConstant(PlanBuilder &builder, const std::string &role, TensorId weights)
{
    const ClusteredWords table = clusteredWords(builder, weights);
    if (!table)
        return std::nullopt;
    const Tensor &tensor = builder.tensor(weights);
    return builder.constant(role, tensor.name + ", " + shapeText(tensor.shape) + ", clustered", DType::int32,
                            sharedBytes(*table));
}

PlanRef biasOrNone(PlanBuilder &builder, TensorId bias)
{
    return bias.valid() ? builder.constant("bias", bias)
                        : builder.constant("bias", DType::float32, std::vector<float>{0.0f});
}

} // namespace espalier::device
