// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "answeringlink.h"
#include "core/engine/engine.h"
#include "device/bench/fidelity.h"
#include "device/bench/pseudorandom.h"
#include "device/plan/executionplan.h"
#include "device/plan/planbuilder.h"

namespace espalier::test {

/// A resident runner that has the host compute: every inference takes 12,500,000 ticks.
class FakeRunner : public AnsweringLink
{
public:
    static constexpr int ticks = 12500000;

    FakeRunner(const ModelPtr &model, std::size_t layers, device::Clock &clock, AnswerFault &fault)
        : AnsweringLink(clock, fault), m_program(*Program::compile(model)), m_host(m_program), m_layers(layers)
    {
    }

private:
    std::string answerTo(const std::string &command) override
    {
        if (command == "name")
            return "m-name-dut-[espalier]\r\n";
        if (command == "profile")
            return "m-model-[model]\r\n";
        if (command.starts_with("x-fill ")) {
            m_host.runHost(device::pseudoRandomInput(m_program->graph(), std::uint32_t(std::stoul(command.substr(7)))));
            return {};
        }
        if (command == "x-run")
            return "m-x-ticks-" + std::to_string(ticks) + "\r\n";
        if (command.starts_with("x-output ")) {
            std::string line = "m-x-bytes-";
            for (const std::byte byte : m_host.hostOutput(std::stoul(command.substr(9))))
                for (const int shift : {4, 0})
                    line += "0123456789abcdef"[(int(byte) >> shift) & 15];
            return line + "\r\n";
        }
        if (command == "x-stack")
            return "m-x-stack-512\r\n";
        if (command == "x-fault")
            return "m-x-fault-" + record() + "\r\n";
        if (command.starts_with("x-clock "))
            return "m-x-clock-" + command.substr(8) + "\r\n";
        if (command == "x-temperature")
            return "m-x-temperature-2725\r\n";
        if (command == "x-layers") {
            std::string lines;
            for (std::size_t i = 0; i < m_layers; ++i)
                lines += "m-x-layer-100\r\n";
            return lines;
        }
        if (command.starts_with("x-plan-") || command.starts_with("x-profile "))
            return {};
        return "e-[Unknown command: " + command + "]\r\n";
    }

    ProgramPtr m_program;
    device::Fidelity m_host;
    std::size_t m_layers;
};

} // namespace espalier::test
