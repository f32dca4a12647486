// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/graph/model.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace espalier::device {

/// Which of the runtime's inner loops a plan calls, and so in which order its weights lie and how much scratch memory
/// its steps take. All give the same results.
enum class KernelFamily : std::uint8_t {
    plain, ///< standard C++, for any processor
    dsp,   ///< Cortex-M4 and M7: two 16-bit products in one instruction
    thumb  ///< Cortex-M0+: no long multiplication, few registers
};

/// In which of its forms a plan stores a layer's weights: value by value, or compactly, as an index for each into a
/// book of shared values (lowering/clustered.h), or without zeros (lowering/sparse.h). All give the same results.
/// Weights of two values over inputs of two values are bits in each: smaller and faster (lowering/binary.h).
enum class WeightForms : std::uint8_t {
    smallest, ///< compact ones where that saves more flash than the code of their kernels takes, which are slower
    dense,
    compact ///< wherever a layer's weights alone are smaller so
};

/// A value that goes into flash: weights as they are stored on the board, biases, multipliers, tables.
struct PlanConstant
{
    std::string name; ///< an identifier: "filter3"
    std::string note; ///< for the reader: the tensor's name and shape
    DType type = DType::int8;
    SharedBytes data;      ///< little-endian; its size says how many values there are
    bool isWeight = false; ///< a filter or matrix of the model, not a bias, multiplier or table
};

/// A stretch of the arena, alive from the step that first writes it to the step that last reads it.
struct PlanStorage
{
    std::size_t bytes = 0;
    std::int32_t first = 0; ///< step; -1 for what is there before the first one (inputs)
    std::int32_t last = 0;  ///< step, inclusive; the number of steps for what outlives them (outputs)
    std::size_t offset = 0; ///< in the arena
};

/// Two storages that may lie over each other although both are alive at one step: the step goes through its input from
/// front to back, so that its output may take the place of what has been read already. See PlanBuilder::mayOverlap().
struct PlanOverlap
{
    std::size_t in = 0, out = 0; ///< indices into ExecutionPlan::storages
    std::size_t lead = 0;        ///< the output begins at least so many bytes before the input
    bool exact = false;          ///< the output begins just where the input begins; `lead` has no meaning
};

/// A tensor made at run time, or scratch memory of one step. Several may share one storage: a reshape, or an operator
/// that may write over its input.
struct PlanBuffer
{
    std::string name; ///< the tensor's, or "scratch"
    DType type = DType::int8;
    Shape shape;
    Quantization quantization;
    std::size_t storage = 0; ///< index into ExecutionPlan::storages
    bool isScratch = false;
};

/// An argument of a call.
struct PlanRef
{
    enum class Kind : std::uint8_t { absent, buffer, constant };
    Kind kind = Kind::absent;
    std::size_t index = 0;
    bool operator==(const PlanRef &) const = default;
};

/// A field of what a kernel is told about its layer: a shape, a stride, a zero point, a clamp.
struct PlanSetting
{
    std::string name;
    std::variant<std::int32_t, float> value;
    bool operator==(const PlanSetting &) const = default;
};

/// One call of a runtime kernel.
struct PlanStep
{
    std::size_t op = 0;    ///< in the graph's operators
    std::string name;      ///< the operator's first output tensor
    std::string typeName;  ///< "CONV_2D"
    std::string shapeNote; ///< "1×49×10×1 → 1×25×5×64"
    std::int64_t macs = 0;
    std::string header;                ///< "espalier/conv2d.h"
    std::string function;              ///< in espalier::rt: "conv2dInt8"
    std::string layer;                 ///< the struct of espalier/layers.h that tells the kernel about the layer
    std::vector<PlanSetting> settings; ///< its fields, in their order
    std::vector<PlanRef> arguments;    ///< inputs, constants, scratch, then outputs
};

/// All that a microcontroller has to do for one inference: constants folded, every multiplier computed, calls in order,
/// memory placed. Made once on the host; sources are printed from it.
struct ExecutionPlan
{
    std::vector<PlanConstant> constants;
    std::vector<PlanStorage> storages;
    std::vector<PlanOverlap> overlaps;
    std::vector<PlanBuffer> buffers;
    std::vector<PlanStep> steps;
    std::vector<std::size_t> inputs;  ///< buffers, in the model's order
    std::vector<std::size_t> outputs; ///< buffers, in the model's order
    std::size_t arenaBytes = 0;

    std::size_t constantBytes() const;
    std::size_t weightBytes() const; ///< of those, filters and matrices
};

/// Turns the model's first graph into a plan. A `failed` error names the first operator that the board's runtime cannot
/// run, and why.
Result<ExecutionPlan> makePlan(const Model &model, KernelFamily family = KernelFamily::plain,
                               WeightForms forms = WeightForms::smallest);

} // namespace espalier::device
