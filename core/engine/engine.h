// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/kernels/rounding.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace espalier {

/// An operator that the engine cannot run, and why: data for inspection, never a crash.
struct UnsupportedOperator
{
    std::size_t index = 0; ///< in the graph's operators
    std::string typeName;
    std::string why;
};

/// Empty where the model's first graph runs here. The model must pass verify(), as those that readers return do.
std::vector<UnsupportedOperator> unsupportedOperators(const Model &model);

/// A model made ready to run: kernels prepared, memory planned. Immutable and shared by all threads.
class Program
{
public:
    /// A `failed` error names the first operators that cannot run and why.
    static Result<std::shared_ptr<const Program>> compile(ModelPtr model, Rounding rounding = Rounding::micro);
    ~Program();

    const Model &model() const;
    const Graph &graph() const; ///< the graph that runs
    /// The same operators and ids, with the values that depend on constants alone as constants.
    const Graph &foldedGraph() const;
    /// Images per run that serve this model best: activations of one micro-batch stay in the processor's cache.
    int preferredBatch() const;
    /// No more than that, and such that `threads` have about equal numbers of runs of equal size for `images`.
    int preferredBatch(std::size_t images, int threads) const;

    struct Plan; ///< the engine's own

private:
    friend class Session;
    explicit Program(std::unique_ptr<const Plan> plan);
    std::unique_ptr<const Plan> m_plan;
};

using ProgramPtr = std::shared_ptr<const Program>;

/// Sees a tensor right after the operator that made it (graph inputs before the first one): `batch` images. Tensors
/// that depend on constants alone are computed once at compile time and not shown.
using TensorObserver = std::function<void(TensorId tensor, std::span<const std::byte> bytes)>;

/// The buffers of one thread that runs a program. Results depend on the inputs alone: not on the batch, the thread or
/// what ran before.
class Session
{
public:
    explicit Session(ProgramPtr program, int maxBatch = 1);
    ~Session();
    Session(Session &&) noexcept;
    Session &operator=(Session &&) noexcept;

    int maxBatch() const;
    /// maxBatch images of input `i`, to be filled before run().
    std::span<std::byte> input(std::size_t i = 0);
    /// The first `batch` images go through the graph. With an observer every tensor keeps memory of its own.
    void run(int batch = 1, const TensorObserver &observer = {});
    /// Valid until the next run(): `batch` images of output `i`.
    std::span<const std::byte> output(std::size_t i = 0) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace espalier
