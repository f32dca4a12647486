// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/plan/hostkernel.h"

#include "core/kernels/kernel.h"

#include <cstdint>
#include <cstring>

namespace espalier::device {

Result<std::vector<Bytes>> runHostKernel(const Graph &graph, const Operator &op, const std::vector<Bytes> &inputs)
{
    const KernelKind *kind = kernelKind(op.kind);
    if (!kind)
        return failed("the host has no kernel for it");
    auto kernel = kind->make(graph, op);
    if (!kernel)
        return kernel.error();
    // Kernels may rely on 64-byte alignment of everything that they touch.
    constexpr std::size_t alignment = 64;
    std::vector<Bytes> memory;
    std::vector<const std::byte *> from;
    std::vector<std::byte *> to;
    const auto aligned = [&](std::size_t bytes) {
        Bytes &block = memory.emplace_back(bytes + 2 * alignment);
        const auto address = reinterpret_cast<std::uintptr_t>(block.data());
        return reinterpret_cast<std::byte *>(block.data() + (alignment - address % alignment) % alignment);
    };
    for (const Bytes &input : inputs) {
        std::byte *copy = input.empty() ? nullptr : aligned(input.size());
        if (copy)
            std::memcpy(copy, input.data(), input.size());
        from.push_back(copy);
    }
    for (const TensorId id : op.outputs)
        to.push_back(aligned(graph[id].bytes()));
    std::byte *scratch = aligned((*kernel)->scratchBytes(1));
    (*kernel)->run({from, to, scratch, 1});
    std::vector<Bytes> outputs;
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
        Bytes bytes(graph[op.outputs[i]].bytes());
        std::memcpy(bytes.data(), to[i], bytes.size());
        outputs.push_back(std::move(bytes));
    }
    return outputs;
}

} // namespace espalier::device
