// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/bench/fidelity.h"

#include "core/base/text.h"

#include <algorithm>
#include <cstring>

namespace espalier::device {

namespace {

// The value as a person reads it.
std::string valueText(DType type, const void *bytes)
{
    if (type == DType::float32) {
        float value;
        std::memcpy(&value, bytes, sizeof value);
        return numberText(double(value));
    }
    std::int64_t value = 0;
    std::memcpy(&value, bytes, std::min<std::size_t>(byteCount(type, 1), 8));
    return std::to_string(type == DType::int8    ? std::int8_t(value)
                          : type == DType::int16 ? std::int16_t(value)
                          : type == DType::int32 ? std::int32_t(value)
                                                 : value);
}

} // namespace

Fidelity::Fidelity(const ProgramPtr &program) : m_program(program), m_session(program) {}

void Fidelity::runHost(std::span<const std::uint8_t> inputs)
{
    for (std::size_t i = 0; i < m_program->graph().inputs.size(); ++i) {
        const auto target = m_session.input(i);
        std::memcpy(target.data(), inputs.data(), target.size());
        inputs = inputs.subspan(target.size());
    }
    m_session.run();
}

void Fidelity::compare(std::size_t index, std::span<const std::uint8_t> board)
{
    const Tensor &tensor = m_program->graph()[m_program->graph().outputs[index]];
    const auto host = hostOutput(index);
    const std::size_t width = byteCount(tensor.type, 1);
    for (std::size_t at = 0; at + width <= host.size(); at += width) {
        ++m_compared;
        if (std::memcmp(host.data() + at, board.data() + at, width) == 0)
            continue;
        if (m_differing++ == 0) {
            m_first = "value " + std::to_string(at / width) + " of output '" + tensor.name + "' is " +
                      valueText(tensor.type, board.data() + at) + " on the board and " +
                      valueText(tensor.type, host.data() + at) + " on the host";
        }
    }
}

std::string Fidelity::difference() const
{
    if (exact())
        return {};
    return m_first + "; " + std::to_string(m_differing) + " of " + std::to_string(m_compared) + " values differ";
}

} // namespace espalier::device
