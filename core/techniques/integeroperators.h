// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/model.h"
#include "core/techniques/quantizationparameters.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// How the scales of an integer operator's data are tied together.
enum class ScaleRule : std::uint8_t {
    free,      ///< the kernel rescales between any parameters
    sameAsIn,  ///< outputs have the parameters of the data input
    sameAsOut, ///< every data input has the parameters of the output
    fixed,     ///< the output's parameters are part of the operator's definition
};

/// How TFLite runs a kind of operator on int8, and on int16 with weights of int8.
struct IntegerOperator
{
    OpKind kind;
    std::uint32_t dataInputs; ///< bit i: input i is data (all inputs: allInputs), constants among them as activations
    ScaleRule rule;
    std::int32_t version;     ///< at least, of the int8 form
    std::int32_t wideVersion; ///< at least, of the int16 form; 0: it has none
    AffineParameters fixed{}; ///< the output's in int8, for ScaleRule::fixed; in int16 wideFixed
};

/// The output's parameters of every operator with ScaleRule::fixed in int16.
inline constexpr AffineParameters wideFixed{1.0f / 32768, 0};

inline constexpr std::uint32_t allInputs = ~0u;

/// Null where the kind has no int8 form.
const IntegerOperator *integerOperator(OpKind kind);

/// Numbers of the operator's inputs that are data.
std::vector<std::size_t> dataInputs(const IntegerOperator &form, const Operator &op);

/// Where an activation's parameters come from in the int8 form.
struct ActivationTie
{
    bool isInteger = false;                ///< an integer operator makes or reads it
    std::int32_t from = -1;                ///< the tensor whose range gives its parameters: its own as a rule
    std::optional<AffineParameters> fixed; ///< instead, where the operator's definition gives them
};

/// By tensor. `isKnown`: whether a tensor's range is known, without which operators that touch it stay float, as those
/// do of which `staysFloat` says so.
std::vector<ActivationTie> activationTies(const Graph &graph, const std::vector<bool> &isKnown,
                                          const std::function<bool(const Operator &)> &staysFloat);

/// Why this operator must stay float where activations become int8 or int16, as a clause ("its weights are not a
/// constant"), or an empty text.
std::string whyNotInteger(const Graph &graph, const Operator &op, DType activations = DType::int8);

} // namespace espalier
