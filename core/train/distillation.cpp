// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/distillation.h"

#include "core/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace espalier {

LossSum distillationLoss(const Distillation &settings, std::span<const float> logits, std::span<const float> teacher,
                         std::span<const std::int32_t> labels, float weight, std::span<float> gradients,
                         float smoothing)
{
    const std::size_t classes = logits.size() / labels.size();
    const auto temperature = float(settings.temperature), alpha = float(settings.alpha);
    std::vector<float> student(logits.size()), wanted(logits.size());
    softmax(logits, classes, 1, student);
    LossSum sum = softmaxCrossEntropy(student, labels, weight * (1 - alpha), gradients, smoothing);
    sum.loss *= double(1 - alpha);
    softmax(logits, classes, temperature, student);
    softmax(teacher, classes, temperature, wanted);
    double divergence = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (wanted[i] > 0) {
            const double smallest = std::numeric_limits<float>::denorm_min();
            divergence += double(wanted[i]) * std::log(double(wanted[i]) / std::max(double(student[i]), smallest));
        }
        gradients[i] += weight * alpha * temperature * (student[i] - wanted[i]);
    }
    sum.loss += double(alpha * temperature * temperature) * divergence;
    return sum;
}

Result<std::vector<float>> teacherLogits(const ModelPtr &teacher, const Samples &samples,
                                         const std::optional<InputScaling> &given, std::size_t classes,
                                         ThreadPool &pool, const Progress &progress)
{
    const Result<ProgramPtr> program = Program::compile(teacher);
    if (!program)
        return program.error();
    const Graph &graph = (*program)->graph();
    if (const Result<void> fit = checkFit(graph, samples); !fit)
        return fit.error();
    const Tensor &output = graph[graph.outputs[0]];
    if (output.type != DType::float32 || output.elements() != classes)
        return unusableInput("the teacher's output is " + std::string(name(output.type)) + " of shape " +
                             shapeText(output.shape) + "; it must be float32 of " + std::to_string(classes) +
                             " classes: take the float model");
    const Tensor &input = graph[graph.inputs[0]];
    const InputScaling scaling = given ? *given : impliedScaling(input, samples).scaling;
    const bool endsInSoftmax = graph.operators.back().kind == OpKind::softmax;

    std::vector<float> logits(samples.count * classes);
    const auto batch = std::size_t((*program)->preferredBatch());
    const std::size_t parts = (samples.count + batch - 1) / batch;
    std::vector<std::optional<Session>> sessions(std::size_t(pool.size()));
    pool.run(parts, [&](std::size_t part, int worker) {
        if (progress.cancelled())
            return;
        std::optional<Session> &session = sessions[std::size_t(worker)];
        if (!session)
            session.emplace(*program, int(batch));
        const std::size_t first = part * batch, count = std::min(batch, samples.count - first);
        fillInput(input, samples, scaling, first, count, session->input().first(count * input.bytes()));
        session->run(int(count));
        std::memcpy(&logits[first * classes], session->output().data(), count * output.bytes());
    });
    if (progress.cancelled())
        return cancelled();
    // Ln p of float32 probabilities; one that underflowed counts as the smallest there is.
    if (endsInSoftmax)
        for (float &value : logits)
            value = std::log(std::max(value, std::numeric_limits<float>::min()));
    return logits;
}

} // namespace espalier
