// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/alignedbuffer.h"
#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/kernels/gradient.h"
#include "core/kernels/kernel.h"
#include "core/train/normalizer.h"
#include "core/train/softmaxcrossentropy.h"
#include "core/train/traininglayers.h"
#include "core/train/valuetransform.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace espalier {

/// Other gradients than the registered ones, for some operators: null where the registered one serves.
using GradientRule = std::function<Result<std::unique_ptr<const Gradient>>(const Graph &graph, const Operator &op)>;

/// A float network whose weights and biases can be changed: forward through the kernels of the engine, backward through
/// the gradients that stand beside them. Parameters, and derivatives by them, are one row of floats.
class TrainingNetwork
{
public:
    /// Samples of a step: each part of a batch has derivatives of its own.
    static constexpr int largestBatch = 4096;

    /// A `failed` error names the operator that cannot be trained and why. A SOFTMAX at the end is part of the loss.
    static Result<TrainingNetwork> prepare(const Model &model, const ValueTransforms &transforms = {},
                                           const TrainingLayers &layers = {}, const GradientRule &rule = {});

    const Tensor &input() const { return m_graph[m_graph.inputs[0]]; }
    /// Of one image.
    std::size_t classes() const { return elements(m_graph.outputs[0]); }
    bool endsInSoftmax() const { return m_logits != m_graph.outputs[0]; }
    std::size_t parameterCount() const { return m_parameterCount; }
    /// How many images of a batch are best worked on together: as many as keep their values near the processor, from 8
    /// to 16, or to half of the batch where parameters outweigh values. A matter of the network and the batch alone, so
    /// that results do not depend on the number of threads.
    std::size_t imagesPerPart(std::size_t batch) const;
    /// Where a constant's values begin in the row of parameters; -1 for what is none.
    std::ptrdiff_t placeOf(TensorId constant) const { return m_firstOf[std::size_t(constant.index)]; }

    /// The same for the values that a constant's transform learns.
    std::ptrdiff_t placeOfLearned(TensorId constant) const;

    /// The values now, to be copied out or changed; after a change call parametersChanged(), which also transforms
    /// them. Where it is cancelled, some of them, and what the network then gives means nothing.
    void readParameters(std::span<float> to) const;
    void writeParameters(std::span<const float> from, std::size_t first);
    Result<void> parametersChanged(ThreadPool &pool, const Progress &progress = {});

    /// Turns the derivatives by the parameters that the operators saw into those by the parameters that are kept.
    void throughTransforms(std::span<float> gradients, const Progress &progress = {}) const;

    /// Moving means and variances of the normalizations, which are no parameters.
    std::span<float> statistics() { return m_statistics; }
    std::span<const float> statistics() const { return m_statistics; }

    /// The model with the parameters as they are now, not transformed, and normalizations within their layers.
    Model model() const;

    /// The memory of one thread for up to `batch` images.
    class Worker
    {
    public:
        Worker(const TrainingNetwork &network, int batch);
        std::span<std::byte> input(); ///< to be filled; a pass leaves it as it is
        /// Which random numbers the next images to train on draw: other streams for each image of each step.
        void drawFrom(std::uint64_t seed, std::uint64_t step, std::uint64_t firstImage);
        /// From now on it stops between two operators where this is cancelled; what it then gives means nothing.
        void stopWith(const Progress &progress) { m_progress = progress; }

    private:
        friend class TrainingNetwork;
        const TrainingNetwork *m_network;
        int m_batch;
        AlignedBuffer m_memory;                ///< of all of these; in one piece, which is large enough for large pages
        std::vector<float *> m_values;         ///< per tensor
        std::vector<float *> m_gradients;      ///< per entry of TrainingNetwork::m_gradientSizes
        std::vector<float *> m_kept;           ///< per tensor: before its transform or dropout
        std::vector<float *> m_sums;           ///< per normalization: what its layer made
        std::vector<Normalizer::Part> m_parts; ///< per normalization
        float *m_kernelScratch = nullptr, *m_gradientScratch = nullptr;
        std::uint64_t m_seed = 0, m_stream = 0; ///< of what drops out of the first image
        Progress m_progress;
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

    /// Images forward as the trained model sees them; the outcome's gradient is there to be filled, and ignored.
    LossSum forward(Worker &worker, int batch, const Loss &loss) const;
    /// Images forward and backward; adds the derivatives by the parameters to `gradients`.
    LossSum run(Worker &worker, int batch, const Loss &loss, std::span<float> gradients,
                const BackwardObserver &observer = {}) const;

    /// The same for a batch in parts: each phase runs for every part with a worker of its own, then they meet. The loss
    /// comes from the phase in the middle. Without normalizations there is one phase and nothing to meet for.
    std::size_t phases() const { return 2 * m_normalizations.size() + 1; }
    LossSum runPhase(std::size_t phase, Worker &worker, int batch, const Loss &loss, std::span<float> gradients,
                     const BackwardObserver &observer = {}) const;
    void meet(std::size_t phase, std::span<Worker *const> workers) const;
    /// Moves the statistics towards those of the batch that a worker had a part of; `step` batches came before.
    void follow(const Worker &worker, std::int64_t step);

    /// The same with the cross-entropy of the softmax, as many images as labels, times `weight`.
    LossSum run(Worker &worker, std::span<const std::int32_t> labels, float weight, std::span<float> gradients,
                const BackwardObserver &observer = {}) const;

private:
    struct Step
    {
        std::size_t op;
        std::unique_ptr<const Kernel> kernel;
        std::unique_ptr<const Gradient> gradient; ///< null where nothing before it learns
        bool isRemade = false;                    ///< the kernel, when parameters change
        bool leadsBack = false;                   ///< to what learns before it; then its gradient is remade likewise
        std::uint32_t unset = 0;                  ///< as in GradientCall
        std::vector<TensorId> zeroed = {};        ///< whose derivatives it adds to first
    };
    /// Where a constant's values stand in the row of parameters.
    struct Parameter
    {
        TensorId tensor; ///< none for what belongs to a normalization or a transform
        std::size_t first, count;
        std::shared_ptr<Bytes> used; ///< the same bytes as the tensor's data
        std::shared_ptr<Bytes> kept; ///< the same as `used` where nothing transforms them
        const ValueTransform *transform = nullptr;
        std::size_t learned = 0; ///< place in m_parameters of what the transform learns; 0 where that is nothing
    };

    /// Stands between a layer, whose fused activation has become its own, and the layer's output.
    struct Normalization
    {
        std::size_t step;
        Normalizer normalizer;
        std::size_t gamma, beta; ///< places in m_parameters
        std::size_t statistics;  ///< of its means, then its variances
    };

    static constexpr std::uint64_t mostDropouts = 1 << 8;

    TrainingNetwork() = default;
    Result<void> findParameters();
    Result<void> placeNormalizations(const std::vector<BatchNormalization> &normalizations);
    Result<void> placeDropouts(const std::vector<Dropout> &dropouts);
    Result<void> placeTransforms(const ValueTransforms &transforms);
    Result<void> prepareSteps();
    Result<void> makeKernel(Step &step) const;
    Result<void> makeGradient(Step &step) const;
    void placeGradients();
    void addParameter(TensorId id);
    std::size_t addParameter(std::span<const float> values);
    std::span<float> learnedBy(const Parameter &parameter) const;
    Normalizer::Learned learnedOf(const Normalization &normalization) const;
    Normalizer::Moving movingOf(const Normalization &normalization) const;
    void fold(const Normalization &normalization, Graph &graph) const;
    bool isChanged(TensorId id) const;
    template <class Visit>
    void forEachDropout(const Worker &worker, TensorId id, int batch, const Visit &visit) const;
    void changeActivation(Worker &worker, TensorId id, int batch, bool isJudged) const;
    const std::byte *valueOf(const Worker &worker, TensorId id) const;
    float *keptOf(const Worker &worker, TensorId id) const;
    Outcome outcomeOf(Worker &worker, int batch) const;
    void forwardSteps(Worker &worker, int batch, std::size_t first, std::size_t end, bool isJudged) const;
    void gradientArrives(Worker &worker, int batch, std::size_t step, const BackwardObserver &observer) const;
    void gradientLeaves(Worker &worker, int batch, std::size_t step, std::span<float> gradients) const;
    void backward(std::size_t phase, Worker &worker, int batch, std::span<float> gradients,
                  const BackwardObserver &observer) const;
    std::size_t elements(TensorId id) const { return m_graph[id].elements(); }
    float *gradientOf(const Worker &worker, TensorId id) const;

    Model m_model;
    GradientRule m_rule;
    Graph m_graph; ///< with constants of its own
    std::vector<Parameter> m_parameters;
    std::vector<std::ptrdiff_t> m_firstOf; ///< per tensor: its place in the row of parameters, or -1
    std::vector<bool> m_learns;            ///< per tensor: depends on a parameter
    /// Per tensor, of activations: what changes them before they are read, or null.
    std::vector<std::shared_ptr<const ValueTransform>> m_transforms;
    std::vector<std::shared_ptr<const ValueTransform>> m_parameterTransforms; ///< those that m_parameters point to
    std::vector<Normalization> m_normalizations;                              ///< in the order of their steps
    std::vector<Dropout> m_dropouts;
    std::vector<float> m_statistics;
    /// Derivatives live from the first operator, backwards, that adds to them to the one that made the value; then
    /// others take their memory. Per tensor: which, or -1; and the elements that each holds of an image.
    std::vector<int> m_gradientOf;
    std::vector<std::size_t> m_gradientSizes;
    TensorId m_logits = TensorId::none; ///< the input of a SOFTMAX at the end, or the output
    std::vector<Step> m_steps;
    std::size_t m_parameterCount = 0;
};

} // namespace espalier
