// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "device/plan/executionplan.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace espalier::device {

/// What the lowering of an operator works with: it asks for tensors and constants, and adds calls. Everything that
/// the host engine checks about an operator holds already when its lowering runs.
class PlanBuilder
{
public:
    PlanBuilder(const Graph &graph, KernelFamily family, bool mayBeCompact);

    const Graph &graph() const { return m_graph; }
    KernelFamily family() const { return m_family; }
    bool mayBeCompact() const { return m_mayBeCompact; } ///< see WeightForms
    const Tensor &tensor(TensorId id) const { return m_graph[id]; }

    /// A value known on the host, in the form in which the board stores it: a float tensor that the model keeps as
    /// float16 and converts by DEQUANTIZE is float16 here.
    struct Stored
    {
        DType type = DType::int8;
        SharedBytes data;
    };
    bool isConstant(TensorId id) const { return m_known.contains(id.index); }
    const Stored &stored(TensorId id) const { return m_known.at(id.index); }
    void setStored(TensorId id, Stored value) { m_known[id.index] = std::move(value); }
    /// A constant's values as float32, converted from float16 where it is stored so.
    std::vector<float> floats(TensorId id) const;
    /// A constant's values; the stored type must be T.
    template <class T>
    std::span<const T> values(TensorId id) const
    {
        const Bytes &bytes = *stored(id).data;
        return {reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T)};
    }

    /// A constant of this operator alone. Equal contents are stored once. The roles "filter" and "weights" are those of
    /// the model's weights; others are counted beside them.
    template <class T>
    PlanRef constant(const std::string &role, DType type, const std::vector<T> &content)
    {
        return constant(role, "", type, sharedBytes(content));
    }
    PlanRef constant(const std::string &role, const std::string &note, DType type, SharedBytes content);
    /// The model's constant in its stored form.
    PlanRef constant(const std::string &role, TensorId id);
    /// The buffer of a run-time value; a constant in its stored form.
    PlanRef input(TensorId id);
    /// As input(), with a float16 constant stored as float32, for kernels that read nothing else.
    PlanRef plainInput(TensorId id);
    PlanRef output(TensorId id);
    PlanRef scratch(DType type, std::size_t elements);

    /// `out` is the same memory as `in`, reinterpreted.
    void alias(TensorId out, TensorId in);
    /// The kernel of the step added last may write `out` over what it has read of `in`, as long as `out` begins at
    /// least `lead` bytes before `in`: the most by which the end of what is written is ever ahead of the lowest byte
    /// that is still to be read. 0: it may work in place.
    void mayOverlap(TensorId in, TensorId out, std::size_t lead = 0);
    /// It may write `out` in the place of `in`, value over value, but in no order that mayOverlap() could describe.
    void mayReplace(TensorId in, TensorId out);

    /// Adds a call for the operator that is being lowered.
    PlanStep &call(std::string header, std::string function, std::string layer);

    /// Whether anything needs this value.
    bool isNeeded(TensorId id) const { return id.valid() && m_needed[std::size_t(id.index)]; }

    /// Lowers all operators, orders the calls and places the memory.
    Result<ExecutionPlan> build();

private:
    void markNeeded();
    Result<void> lower(std::size_t op);
    Result<bool> fold(const Operator &op);
    std::size_t buffer(TensorId id);
    std::size_t newBuffer(PlanBuffer buffer, std::size_t bytes);
    void touch(PlanRef ref, std::int32_t step);
    void dropUnusedStorages();
    void placeMemory();
    void orderAndPlace();

    struct Overlap
    {
        std::size_t step, in, out; ///< buffers
        std::size_t lead;
        bool exact;
    };

    const Graph &m_graph;
    KernelFamily m_family;
    bool m_mayBeCompact;
    ExecutionPlan m_plan;
    std::map<std::int32_t, Stored> m_known;
    std::map<std::int32_t, std::size_t> m_buffers;
    std::vector<bool> m_needed;
    std::vector<Overlap> m_overlaps;
    std::size_t m_op = 0;
};

/// How one kind of operator becomes calls. One file and one line in lowerings.def make a new one.
struct Lowering
{
    OpKind kind;
    /// A `failed` error says in one clause what the board's runtime cannot do.
    Result<void> (*lower)(PlanBuilder &builder, const Operator &op);
    bool anyType = false; ///< it only moves or selects values; others take float32, int8, uint8 and int16
};

const Lowering *findLowering(OpKind kind);

} // namespace espalier::device
