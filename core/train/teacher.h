// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/threadpool.h"
#include "core/data/dataset.h"
#include "core/data/inputscaling.h"
#include "core/engine/engine.h"
#include "core/graph/model.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace espalier {

/// A classifier that others learn from by its logits. Of one that ends in SOFTMAX these are the logarithms of its
/// probabilities: the same up to a constant of each row, which no softmax sees.
class Teacher
{
public:
    /// Samples are scaled as given, or as the teacher implies. An unusableInput error says why teacher and samples do
    /// not fit.
    static Result<Teacher> prepare(const ModelPtr &model, const Samples &samples,
                                   const std::optional<InputScaling> &given, std::size_t classes, int threads);

    /// Of every sample as it is, one row each. The pool has no more threads than were told.
    Result<std::vector<float>> logits(const Samples &samples, ThreadPool &pool, const Progress &progress);

    /// Of samples as a student sees them, whose float32 input raw values become by `scaling`: `inputs` has `count` of
    /// them. Threads of different numbers may call it at once.
    void logits(std::span<const float> inputs, std::size_t count, const InputScaling &scaling, std::size_t thread,
                std::span<float> to);

private:
    Teacher(ProgramPtr program, const InputScaling &scaling, DType raw, std::size_t classes, int threads);
    void run(const Samples &samples, const InputScaling &scaling, std::size_t first, std::size_t count,
             std::size_t thread, float *to);
    const Tensor &input() const { return m_program->graph()[m_program->graph().inputs[0]]; }

    ProgramPtr m_program;
    InputScaling m_scaling;
    DType m_raw; ///< type of the samples
    std::size_t m_classes;
    bool m_endsInSoftmax;
    std::vector<std::optional<Session>> m_sessions; ///< one for each thread
};

} // namespace espalier
