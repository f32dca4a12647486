// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/dtype.h"

namespace espalier {

namespace {

struct Info
{
    std::string_view name;
    int bits; // 0: no fixed size
};

constexpr Info infos[] = {
    {"float32", 32},  {"float16", 16}, {"int32", 32},     {"uint8", 8},   {"int64", 64},   {"string", 0},
    {"bool", 8},      {"int16", 16},   {"complex64", 64}, {"int8", 8},    {"float64", 64}, {"complex128", 128},
    {"uint64", 64},   {"resource", 0}, {"variant", 0},    {"uint32", 32}, {"uint16", 16},  {"int4", 4},
    {"bfloat16", 16}, {"int2", 2},     {"uint4", 4},
};

const Info *infoOf(DType type)
{
    const auto index = std::size_t(std::uint8_t(type));
    return index < std::size(infos) ? &infos[index] : nullptr;
}

} // namespace

std::string_view name(DType type)
{
    const Info *info = infoOf(type);
    return info ? info->name : "unknown";
}

std::size_t byteCount(DType type, std::size_t elements)
{
    const Info *info = infoOf(type);
    return info ? (elements * std::size_t(info->bits) + 7) / 8 : 0;
}

} // namespace espalier
