// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/sparsehint.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>

namespace espalier {

namespace {

constexpr const char *entryName = "espalier_sparse_from";

} // namespace

void setSparseHint(Model &model, double leastSparsity)
{
    const std::string text = numberText(leastSparsity);
    clearSparseHint(model);
    model.metadata.push_back({entryName, std::make_shared<const Bytes>(text.begin(), text.end())});
}

void clearSparseHint(Model &model)
{
    std::erase_if(model.metadata, [](const MetadataEntry &entry) { return entry.name == entryName; });
}

std::optional<double> sparseHint(const Model &model)
{
    const auto entry = std::ranges::find(model.metadata, entryName, &MetadataEntry::name);
    if (entry == model.metadata.end() || !entry->data)
        return std::nullopt;
    // A buffer may be padded with zeros behind the text.
    const auto *first = reinterpret_cast<const char *>(entry->data->data());
    double share = 0;
    const auto [end, error] = std::from_chars(first, first + entry->data->size(), share);
    return error == std::errc() && share >= 0 && share <= 1 ? std::optional(share) : std::nullopt;
}

} // namespace espalier
