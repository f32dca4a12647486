// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/teacher.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace espalier {

namespace {

/// The real number that a raw value stands for, as a factor and an offset, where it stays the input's own, too.
InputScaling affine(const InputScaling &scaling, const Tensor &input, DType raw)
{
    if (scaling.kind == InputScaling::Kind::affine)
        return scaling;
    if (raw != input.type || input.quantization.empty())
        return {};
    const auto scale = double(input.quantization.scale[0]);
    const double zero = input.quantization.zeroPoint.empty() ? 0 : double(input.quantization.zeroPoint[0]);
    return {.factor = scale, .offset = -zero * scale};
}

} // namespace

Teacher::Teacher(ProgramPtr program, const InputScaling &scaling, DType raw, std::size_t classes, int threads)
    : m_program(std::move(program)), m_scaling(scaling), m_raw(raw), m_classes(classes),
      m_endsInSoftmax(m_program->graph().operators.back().kind == OpKind::softmax), m_sessions(std::size_t(threads))
{
}

Result<Teacher> Teacher::prepare(const ModelPtr &model, const Samples &samples,
                                 const std::optional<InputScaling> &given, std::size_t classes, int threads)
{
    const Result<ProgramPtr> program = Program::compile(model);
    if (!program)
        return program.error();
    const Graph &graph = (*program)->graph();
    if (const Result<void> fit = checkFit(graph, samples); !fit)
        return fit.error().in("the teacher");
    const Tensor &output = graph[graph.outputs[0]];
    if (output.type != DType::float32 || output.elements() != classes)
        return unusableInput("the teacher's output is " + std::string(name(output.type)) + " of shape " +
                             shapeText(output.shape) + "; it must be float32 of " + std::to_string(classes) +
                             " classes: take the float model");
    return Teacher(*program, given ? *given : impliedScaling(graph[graph.inputs[0]], samples).scaling, samples.type,
                   classes, threads);
}

Result<std::vector<float>> Teacher::logits(const Samples &samples, ThreadPool &pool, const Progress &progress)
{
    std::vector<float> logits(samples.count * m_classes);
    const auto batch = std::size_t(m_program->preferredBatch());
    pool.run((samples.count + batch - 1) / batch, [&](std::size_t part, int thread) {
        if (progress.cancelled())
            return;
        const std::size_t first = part * batch;
        run(samples, m_scaling, first, std::min(batch, samples.count - first), std::size_t(thread),
            &logits[first * m_classes]);
    });
    if (progress.cancelled())
        return cancelled();
    return logits;
}

void Teacher::logits(std::span<const float> inputs, std::size_t count, const InputScaling &scaling, std::size_t thread,
                     std::span<float> to)
{
    // Back from the student's input to the raw value and on to what the teacher takes it for.
    const InputScaling theirs = scaling.kind == InputScaling::Kind::affine ? scaling : InputScaling();
    const InputScaling ours = affine(m_scaling, input(), m_raw);
    const double factor = ours.factor / theirs.factor;
    const InputScaling both{.factor = factor, .offset = ours.offset - factor * theirs.offset};
    Samples seen;
    seen.shape = {std::int32_t(inputs.size() / count)};
    seen.count = count;
    seen.values = sharedBytes(std::vector<float>(inputs.begin(), inputs.end()));
    const auto batch = std::size_t(m_program->preferredBatch());
    for (std::size_t first = 0; first < count; first += batch)
        run(seen, both, first, std::min(batch, count - first), thread, &to[first * m_classes]);
}

void Teacher::run(const Samples &samples, const InputScaling &scaling, std::size_t first, std::size_t count,
                  std::size_t thread, float *to)
{
    std::optional<Session> &session = m_sessions[thread];
    if (!session)
        session.emplace(m_program, m_program->preferredBatch());
    fillInput(input(), samples, scaling, first, count, session->input().first(count * input().bytes()));
    session->run(int(count));
    std::memcpy(to, session->output().data(), count * m_classes * sizeof(float));
    // Ln p of float32 probabilities; one that underflowed counts as the smallest there is.
    if (m_endsInSoftmax)
        for (float &value : std::span(to, count * m_classes))
            value = std::log(std::max(value, std::numeric_limits<float>::min()));
}

} // namespace espalier
