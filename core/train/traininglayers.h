// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/tensor.h"

#include <vector>

namespace espalier {

/// Brings what a layer sums up to mean 0 and variance 1 over all pixels of a batch, each channel for itself, then to a
/// learned spread (gamma) and middle (beta), and only then through the layer's activation: Ioffe and Szegedy, arXiv
/// 1502.03167. The layer's bias has no effect then and is not trained. Defaults are Keras's.
struct BatchNormalization
{
    TensorId layer;         ///< what CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV or FULLY_CONNECTED makes
    double momentum = 0.99; ///< what stays, at a step, of the moving mean and variance; see Normalizer::follow()
    double epsilon = 1e-3;  ///< added to the variance
};

/// Sets a random share of a value's elements to 0, anew for each image and step, and enlarges the others to make up for
/// it (Srivastava et al., Journal of Machine Learning Research 15, 2014).
struct Dropout
{
    TensorId value; ///< the output of an operator
    double rate = 0.5;
};

/// What a network has only while it trains. Once it is trained, a normalization is part of its layer's weights and
/// bias, and nothing drops out.
struct TrainingLayers
{
    std::vector<BatchNormalization> normalizations = {};
    std::vector<Dropout> dropouts = {};
};

} // namespace espalier
