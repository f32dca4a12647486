// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/lowering/loops.h"

#include <algorithm>

namespace espalier::device {

std::vector<std::int64_t> denseStrides(const Shape &shape)
{
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * shape[i];
    return strides;
}

std::vector<std::int64_t> broadcastStrides(const Shape &shape, const Shape &target)
{
    std::vector<std::int64_t> strides(target.size(), 0);
    const std::vector<std::int64_t> dense = denseStrides(shape);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] != 1)
            strides[target.size() - shape.size() + i] = dense[i];
    }
    return strides;
}

Result<Loops> merged(const Loops &loops)
{
    Loops result;
    result.strides.resize(loops.strides.size());
    for (std::size_t i = 0; i < loops.extents.size(); ++i) {
        const std::int32_t extent = loops.extents[i];
        if (extent == 1)
            continue;
        const bool joins = !result.extents.empty() && std::ranges::all_of(loops.strides, [&](const auto &strides) {
            const auto &done = result.strides[std::size_t(&strides - loops.strides.data())];
            return done.back() == strides[i] * extent;
        });
        if (joins) {
            result.extents.back() *= extent;
            for (std::size_t s = 0; s < loops.strides.size(); ++s)
                result.strides[s].back() = loops.strides[s][i];
        } else {
            result.extents.push_back(extent);
            for (std::size_t s = 0; s < loops.strides.size(); ++s)
                result.strides[s].push_back(loops.strides[s][i]);
        }
    }
    if (result.extents.size() > 5)
        return failed("its tensors have too many dimensions");
    const auto missing = std::ptrdiff_t(5 - result.extents.size());
    result.extents.insert(result.extents.begin(), std::size_t(missing), 1);
    for (auto &strides : result.strides)
        strides.insert(strides.begin(), std::size_t(missing), 0);
    return result;
}

void describe(Settings &settings, const Loops &loops, const std::vector<std::string> &operands)
{
    for (std::size_t i = 0; i < 5; ++i)
        settings.add("n" + std::to_string(i), loops.extents[i]);
    for (std::size_t s = 0; s < operands.size(); ++s) {
        for (std::size_t i = 0; i < 5; ++i)
            settings.add(operands[s] + std::to_string(i), loops.strides[s][i]);
    }
}

} // namespace espalier::device
