// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <cstddef>
#include <memory>
#include <span>

namespace espalier {

/// What a kernel works on. Every activation tensor holds `batch` images, one after another, each with the tensor's own
/// shape (so a model for one image runs on many without changing its graph). Activations are 64-byte aligned. A
/// constant input points to the constant's one value, whatever the batch; an absent optional input's entry is null.
struct KernelCall
{
    std::span<const std::byte *const> inputs;
    std::span<std::byte *const> outputs;
    std::byte *scratch = nullptr; ///< scratchBytes(batch) bytes of this thread's own
    int batch = 1;
};

/// One operator, prepared for its shapes, types and constants: multipliers computed, weights packed. Immutable, so that
/// many threads run it at once, each with buffers of its own.
class Kernel
{
public:
    virtual ~Kernel() = default;
    virtual std::size_t scratchBytes(int batch) const
    {
        (void)batch;
        return 0;
    }
    /// True where output 0 may be the same memory as input 0.
    virtual bool canRunInPlace() const { return false; }
    virtual void run(const KernelCall &call) const = 0;
};

/// How one kind of operator is prepared. `make` checks everything that run() relies on (ranks, extents, types,
/// quantization, constant inputs) and returns an unsupported case as a `failed` error that says why in one clause,
/// without naming the operator: "the filter is not a constant". One file and one line in kernels.def make a new one.
struct KernelKind
{
    OpKind kind;
    Result<std::unique_ptr<const Kernel>> (*make)(const Graph &graph, const Operator &op);
    /// The same with Rounding::tflite; null where both are alike.
    Result<std::unique_ptr<const Kernel>> (*makeForTflite)(const Graph &graph, const Operator &op) = nullptr;
};

/// Null where there is none.
const KernelKind *kernelKind(OpKind kind);

} // namespace espalier
