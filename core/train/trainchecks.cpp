// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainchecks.h"

#include "core/data/labelkind.h"
#include "core/train/trainingnetwork.h"

namespace espalier {

Result<void> checkTrainOptions(const TrainOptions &options)
{
    const OptimizerSettings &optimizer = options.optimizer;
    if (options.epochs < 0 || options.batch < 1 || options.batch > TrainingNetwork::largestBatch ||
        !(options.learningRate >= 0) || !(optimizer.momentum >= 0 && optimizer.momentum < 1))
        return invalidArgument("training takes at least 0 epochs, a batch from 1 to " +
                               std::to_string(TrainingNetwork::largestBatch) +
                               ", a learning rate of at least 0 and a momentum from 0 to below 1");
    if (!(optimizer.weightDecay >= 0) || !(options.clipNorm >= 0) ||
        !(options.labelSmoothing >= 0 && options.labelSmoothing < 1) ||
        !(options.schedule.warmUp >= 0 && options.schedule.warmUp < 1))
        return invalidArgument("training takes a weight decay and a clipping norm of at least 0, and a label smoothing "
                               "and a warm-up from 0 to below 1");
    if (!(options.validation >= 0 && options.validation < 1) || options.patience < 0)
        return invalidArgument("training takes a validation share from 0 to below 1 and a patience of at least 0");
    if (options.patience > 0 && options.validation == 0)
        return invalidArgument("early stopping needs a validation split: give one above 0, or a patience of 0");
    if (!(options.distillation.temperature > 0) || !(options.distillation.alpha >= 0) || options.distillation.alpha > 1)
        return invalidArgument("distillation takes a temperature above 0 and an alpha from 0 to 1");
    return {};
}

Result<void> checkTrainSamples(const Dataset &data, std::size_t outputs, const Graph &graph)
{
    const Samples &samples = data.train;
    if (samples.count == 0)
        return unusableInput("the data set \"" + data.name + "\" has no training samples");
    if (labelKindFor(graph, data) != LabelKind::classes) {
        const std::size_t inputs = graph[graph.inputs[0]].elements();
        return inputs == outputs ? checkFit(graph, samples)
                                 : unusableInput("labels that mark anomalies need a model that reproduces its " +
                                                 std::to_string(inputs) + " inputs; this one makes " +
                                                 std::to_string(outputs) + " outputs");
    }
    if (samples.labels.size() != samples.count)
        return unusableInput("the training samples of \"" + data.name + "\" have no class labels");
    for (std::size_t i = 0; i < samples.count; ++i)
        if (samples.labels[i] < 0 || std::size_t(samples.labels[i]) >= outputs)
            return unusableInput("label " + std::to_string(samples.labels[i]) + " of training sample " +
                                 std::to_string(i) + " of \"" + data.name + "\" is outside the model's " +
                                 std::to_string(outputs) + " classes");
    return checkFit(graph, samples);
}

} // namespace espalier
