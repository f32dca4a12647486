// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace espalier::device {

/// Compares what a board answers with what the host engine computes, byte for byte.
class Fidelity
{
public:
    explicit Fidelity(const ProgramPtr &program);

    /// Runs the host on all inputs, one after another.
    void runHost(std::span<const std::uint8_t> inputs);
    std::span<const std::byte> hostOutput(std::size_t index) const { return m_session.output(index); }
    /// Compares an output of the board for the same inputs.
    void compare(std::size_t index, std::span<const std::uint8_t> board);

    bool exact() const { return m_differing == 0; }
    /// Empty where exact; else one sentence: where the first difference is, and how many values differ in all.
    std::string difference() const;

private:
    ProgramPtr m_program;
    Session m_session;
    std::string m_first;
    std::size_t m_differing = 0, m_compared = 0;
};

} // namespace espalier::device
