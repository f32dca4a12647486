// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/threadpool.h"
#include "core/train/architectures/networkbuilder.h"
#include "core/train/train.h"

#include <cstddef>
#include <string>

namespace espalier::benchmarks {

/// An architecture and the samples it is trained on.
struct Network
{
    const char *name; ///< of the architecture
    Shape sample;
    std::size_t classes; ///< 0: it is to reproduce its input
    double width = 1;
};

[[noreturn]] void fail(const std::string &why);

Untrained untrained(const Network &network);

/// Training samples of noise with a little of the label in it; calibration and test have the first of them.
Dataset noise(const Network &network, std::size_t count);

/// Trains on the same batches again and again.
class OurTraining
{
public:
    static constexpr int batchesPerEpoch = 10;

    enum class Form {
        fresh,         ///< as built, batch norms and dropout included
        loaded,        ///< as it is once saved and loaded: batch norms are part of their layers
        quantizeAware, ///< likewise, with the rounding of its int8 form in every step
    };
    OurTraining(const Network &network, int batch, Form form = Form::fresh);

    /// Seconds of a step, those of an epoch that comes first left out, since much of a training comes before and after
    /// all of its epochs; of one thread those that it had a processor.
    double run(int steps, ThreadPool &pool);

private:
    void quantize();

    Dataset m_data;
    ModelPtr m_model;
    TrainOptions m_options;
};

} // namespace espalier::benchmarks
