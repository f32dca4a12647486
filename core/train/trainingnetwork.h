// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/alignedbuffer.h"
#include "core/base/threadpool.h"
#include "core/kernels/gradient.h"
#include "core/kernels/kernel.h"
#include "core/train/softmaxcrossentropy.h"
#include "core/train/valuetransform.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace espalier {

/// A float network whose weights and biases can be changed: forward through the kernels of the engine, backward through
/// the gradients that stand beside them. Parameters, and derivatives by them, are one row of floats.
class TrainingNetwork
{
public:
    /// A `failed` error names the operator that cannot be trained and why. A SOFTMAX at the end is part of the loss.
    static Result<TrainingNetwork> prepare(const Model &model, const ValueTransforms &transforms = {});

    const Tensor &input() const { return m_graph[m_graph.inputs[0]]; }
    /// Of one image.
    std::size_t classes() const { return elements(m_graph.outputs[0]); }
    bool endsInSoftmax() const { return m_logits != m_graph.outputs[0]; }
    std::size_t parameterCount() const { return m_parameterCount; }
    /// Where a constant's values begin in the row of parameters; -1 for what is none.
    std::ptrdiff_t placeOf(TensorId constant) const { return m_firstOf[std::size_t(constant.index)]; }

    /// The values now, to be copied out or changed; after a change call parametersChanged(), which also transforms
    /// them.
    void readParameters(std::span<float> to) const;
    void writeParameters(std::span<const float> from, std::size_t first);
    Result<void> parametersChanged(ThreadPool &pool);

    /// Turns the derivatives by the parameters that the operators saw into those by the parameters that are kept.
    void throughTransforms(std::span<float> gradients) const;

    /// The model with the parameters as they are now, not transformed.
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
        std::vector<AlignedBuffer> m_kept;                ///< per tensor: before its transform
        AlignedBuffer m_kernelScratch, m_gradientScratch;
    };

    /// Sees, going backwards, what an operator made of the batch and the derivatives by it, which it may change before
    /// they go further. Of a SOFTMAX at the end it sees the probabilities and the derivatives by the logits.
    using BackwardObserver =
        std::function<void(std::size_t op, std::span<const float> output, std::span<float> gradient)>;

    /// What the network made of some images, one row each.
    struct Outcome
    {
        std::span<const float> logits;        ///< or what a network without SOFTMAX makes
        std::span<const float> probabilities; ///< empty without SOFTMAX
        std::span<float> gradient;            ///< by the logits, to be filled
    };
    using Loss = std::function<LossSum(const Outcome &outcome)>;

    /// Images forward; the outcome's gradient is there to be filled, and ignored.
    LossSum forward(Worker &worker, int batch, const Loss &loss) const;
    /// Images forward and backward; adds the derivatives by the parameters to `gradients`.
    LossSum run(Worker &worker, int batch, const Loss &loss, std::span<float> gradients,
                const BackwardObserver &observer = {}) const;
    /// The same with the cross-entropy of the softmax, as many images as labels, times `weight`.
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
        std::shared_ptr<Bytes> used; ///< the same bytes as the tensor's data
        std::shared_ptr<Bytes> kept; ///< the same as `used` where nothing transforms them
        const ValueTransform *transform = nullptr;
    };

    TrainingNetwork() = default;
    Result<void> findParameters();
    Result<void> placeTransforms(const ValueTransforms &transforms);
    Result<void> prepareSteps();
    void addParameter(TensorId id);
    void transformActivation(Worker &worker, TensorId id, int batch) const;
    const std::byte *valueOf(const Worker &worker, TensorId id) const;
    const float *keptOf(const Worker &worker, TensorId id) const;
    Outcome outcomeOf(Worker &worker, int batch) const;
    void backward(Worker &worker, int batch, std::span<float> gradients, const BackwardObserver &observer) const;
    std::size_t elements(TensorId id) const { return m_graph[id].elements(); }

    Model m_model;
    Graph m_graph; ///< with constants of its own
    std::vector<Parameter> m_parameters;
    std::vector<std::ptrdiff_t> m_firstOf; ///< per tensor: its place in the row of parameters, or -1
    std::vector<bool> m_learns;            ///< per tensor: depends on a parameter
    /// Per tensor, of activations: what changes them before they are read, or null.
    std::vector<std::shared_ptr<const ValueTransform>> m_transforms;
    std::vector<std::shared_ptr<const ValueTransform>> m_parameterTransforms; ///< those that m_parameters point to
    TensorId m_logits = TensorId::none; ///< the input of a SOFTMAX at the end, or the output
    std::vector<Step> m_steps;
    std::size_t m_parameterCount = 0;
};

} // namespace espalier
