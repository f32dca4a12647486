// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/alignedbuffer.h"
#include "core/base/threadpool.h"
#include "core/kernels/gradient.h"
#include "core/kernels/kernel.h"
#include "core/train/softmaxcrossentropy.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace espalier {

/// A float classifier whose weights and biases can be changed: forward through the kernels of the engine, backward
/// through the gradients that stand beside them. Parameters, and derivatives by them, are one row of floats.
class TrainingNetwork
{
public:
    /// A `failed` error names the operator that cannot be trained and why. The model must end in SOFTMAX.
    static Result<TrainingNetwork> prepare(const Model &model);

    const Tensor &input() const { return m_graph[m_graph.inputs[0]]; }
    std::size_t classes() const { return m_graph[m_graph.outputs[0]].elements(); }
    std::size_t parameterCount() const { return m_parameterCount; }
    /// Where a constant's values begin in the row of parameters; -1 for what is none.
    std::ptrdiff_t placeOf(TensorId constant) const { return m_firstOf[std::size_t(constant.index)]; }

    /// The values now, to be copied out or changed; after a change call parametersChanged().
    void readParameters(std::span<float> to) const;
    void writeParameters(std::span<const float> from, std::size_t first);
    Result<void> parametersChanged(ThreadPool &pool);

    /// The model with the parameters as they are now.
    Model model() const;

    /// The memory of one thread for up to `batch` images.
    class Worker
    {
    public:
        Worker(const TrainingNetwork &network, int batch);
        std::span<std::byte> input();

    private:
        friend class TrainingNetwork;
        const TrainingNetwork *m_network;
        int m_batch;
        std::vector<AlignedBuffer> m_values, m_gradients; ///< per tensor
        AlignedBuffer m_kernelScratch, m_gradientScratch;
    };

    /// Sees, going backwards, what an operator made of the batch and the derivatives by it, which it may change before
    /// they go further. Of the last operator, SOFTMAX, it sees the probabilities and the derivatives by the logits.
    using BackwardObserver =
        std::function<void(std::size_t op, std::span<const float> output, std::span<float> gradient)>;

    /// Images forward and backward, as many as labels; adds the derivatives of `weight` times the summed loss to
    /// `gradients`.
    LossSum run(Worker &worker, std::span<const std::int32_t> labels, float weight, std::span<float> gradients,
                const BackwardObserver &observer = {}) const;

private:
    struct Step
    {
        std::size_t op;
        std::unique_ptr<const Kernel> kernel;
        std::unique_ptr<const Gradient> gradient; ///< null where nothing before it learns
        bool hasParameters = false;
    };
    /// Where a constant's values stand in the row of parameters.
    struct Parameter
    {
        TensorId tensor;
        std::size_t first, count;
        std::shared_ptr<Bytes> values; ///< the same bytes as the tensor's data
    };

    TrainingNetwork() = default;
    Result<void> findParameters();
    Result<void> prepareSteps();
    std::size_t elements(TensorId id) const { return m_graph[id].elements(); }

    Model m_model;
    Graph m_graph; ///< with constants of its own
    std::vector<Parameter> m_parameters;
    std::vector<std::ptrdiff_t> m_firstOf; ///< per tensor: its place in the row of parameters, or -1
    std::vector<bool> m_learns;            ///< per tensor: depends on a parameter
    std::vector<Step> m_steps;
    std::size_t m_parameterCount = 0;
};

} // namespace espalier
