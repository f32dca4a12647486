// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/operatorcheck.h"

#include <cstring>

namespace espalier {

namespace {

/// RESHAPE, SQUEEZE and EXPAND_DIMS: the same elements under another shape.
class ReshapeKernel final : public Kernel
{
public:
    ReshapeKernel(std::size_t bytes, bool constant) : m_bytes(bytes), m_constant(constant) {}

    bool canRunInPlace() const override { return !m_constant; }

    void run(const KernelCall &call) const override
    {
        const auto batch = std::size_t(call.batch);
        if (call.inputs[0] == call.outputs[0])
            return;
        for (std::size_t image = 0; image < batch; ++image)
            std::memcpy(call.outputs[0] + image * m_bytes, call.inputs[0] + (m_constant ? 0 : image * m_bytes),
                        m_bytes);
    }

private:
    std::size_t m_bytes;
    bool m_constant;
};

Result<KernelPtr> make(const Graph &graph, const Operator &op)
{
    OperatorCheck check(graph, op, 1, 2);
    const Tensor &in = check.input(0), &out = check.output();
    check.sameType(in, out);
    check.sameElements(in, out);
    check.require(in.elements() == 0 || in.bytes() > 0, std::string(name(in.type)) + " elements are not supported");
    if (!check)
        return check.error();
    return makeKernel<ReshapeKernel>(in.bytes(), in.isConstant());
}

} // namespace

extern const KernelKind reshapeKernel = {OpKind::reshape, make};
extern const KernelKind squeezeKernel = {OpKind::squeeze, make};
extern const KernelKind expandDimsKernel = {OpKind::expandDims, make};

} // namespace espalier
