// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/graph/model.h"
#include "core/techniques/quantizationparameters.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// How one layer of an int8 model is stored.
struct IntegerLayer
{
    bool perChannel = true;
    int weightBits = 8;
    bool staysFloat = false;
    DType activations = DType::int8; ///< or int16: its data and results, with a bias of int64
};

/// What an integer model is made with, beside the float one.
struct IntegerPlan
{
    /// Of the first graph's tensors: the parameters of activations. Operators that touch a float32 activation without
    /// any stay float.
    std::vector<std::optional<AffineParameters>> activations;
    /// The same as int16, where some layers of an int8 model have such activations; else empty.
    std::vector<std::optional<AffineParameters>> wideActivations = {};
    DType activationType = DType::int8; ///< int8, or int16 with zero points of 0, which has an int64 bias
    DType weightType = DType::int8;     ///< int8, or int4 where TFLite has that form of the operator
    std::size_t group = 0;              ///< of int4: weights that share a multiplier (see groupSize()); 0: no groups
    bool perChannel = true;             ///< weights of convolutions: a scale for each output channel, or one for all
    int weightBits = 8;                 ///< 2 to 8; fewer are stored in int8 all the same
    DType inputType = DType::int8;      ///< the type of activations, float32, or uint8 for int8
    DType outputType = DType::int8;     ///< as inputType
    std::map<TensorId, IntegerLayer> exceptions = {}; ///< layers of which other things hold, by their first output

    IntegerLayer of(const Operator &op) const;
    /// Of an activation in this type.
    std::optional<AffineParameters> &parameters(TensorId id, DType type);
    const std::optional<AffineParameters> &parameters(TensorId id, DType type) const;
    /// Of an activation in the type that this operator has.
    const std::optional<AffineParameters> &parameters(TensorId id, const Operator &op) const
    {
        return parameters(id, of(op).activations);
    }
};

/// The exceptions that settings for single layers make: `per_channel`, `bits`, `activations` and `skip`.
std::map<TensorId, IntegerLayer> integerExceptions(const Graph &graph, const ParameterValues &settings);

/// How the weights of an integer operator are cut into slices with a scale of their own.
ChannelSlices integerWeightSlices(const Shape &shape, OpKind kind, std::int32_t channelAxis, bool perChannel);

/// How many neighbouring weights of an operator share a multiplier of their channel's scale (groupedWeights()); 0 where
/// they have only the channel's scale: those of convolutions and dense layers
/// are in groups where the weights of each output are two or more whole ones.
std::size_t groupSize(const Graph &graph, const Operator &op, const IntegerPlan &plan);

/// The setting for the type of a model's input or output: that of its activations first, and what it means.
ParameterSpec integerInterfaceParameter(std::string key, std::string title, std::string description,
                                        std::vector<std::string> choices = {"int8", "uint8", "float"});
DType integerInterface(const std::string &name);

/// Whether an operator with weights becomes an integer one.
bool hasIntegerWeights(const Graph &graph, const Operator &op, const IntegerPlan &plan);

/// The grid on which the int8 form has the weights of an operator of a float model; nothing where it has none.
std::optional<WeightGrid> integerWeightGrid(const Graph &graph, std::size_t op, const IntegerPlan &plan);

/// The weights of an integer operator of a float model, as the int8 form has them, times their scales again.
std::vector<float> roundedWeights(const Graph &graph, const Operator &op, const IntegerPlan &plan);

/// The integer form of a float model in the way of TFLite's converter: integer operators get int8 data, weights and
/// int32 bias, or int16 data, int8 weights and int64 bias; same-scale operators hand their input's parameters on; where
/// parameters or types do not meet, QUANTIZE and DEQUANTIZE operators stand between. Adds a sentence to `notes` for
/// every operator that stays float. An unusableInput error where none becomes integer; stops between operators.
Result<Model> integerModel(const Model &model, IntegerPlan plan, std::vector<std::string> &notes,
                           const Progress &progress = {});

} // namespace espalier
