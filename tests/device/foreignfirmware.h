// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "answeringlink.h"
#include "core/engine/engine.h"
#include "core/graph/model.h"

#include <QString>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace espalier::test {

/// Somebody's firmware of the MLPerf Tiny protocol, 3 ms an inference, of a model with four float outputs.
class ForeignFirmware : public AnsweringLink
{
public:
    ForeignFirmware(const ModelPtr &model, device::Clock &clock, AnswerFault &fault)
        : AnsweringLink(clock, fault), m_session(*Program::compile(model))
    {
    }

private:
    std::string answerTo(const std::string &command) override
    {
        if (command == "name")
            return "m-name-dut-[somebody]\r\n";
        if (command == "profile")
            return "m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[ad]\r\n";
        if (command.starts_with("db load ")) {
            m_wanted = std::stoul(command.substr(8));
            m_loaded.clear();
            return {};
        }
        if (command.starts_with("db ")) {
            for (std::size_t at = 3; at + 1 < command.size(); at += 2)
                m_loaded.push_back(std::uint8_t(std::stoul(command.substr(at, 2), nullptr, 16)));
            return m_loaded.size() < m_wanted ? "" : "m-load-done\r\n";
        }
        if (!command.starts_with("infer "))
            return "e-[Unknown command: " + command + "]\r\n";
        std::memcpy(m_session.input().data(), m_loaded.data(), std::min(m_loaded.size(), m_session.input().size()));
        m_session.run();
        QString results;
        for (int i = 0; i < 4; ++i) { // as the reference firmware rounds
            float value;
            std::memcpy(&value, m_session.output().data() + 4 * i, 4);
            results += (i ? QStringLiteral(",") : QString()) + QString::number(double(value), 'f', 3);
        }
        const long runs = std::stol(command.substr(6));
        return "m-warmup-start-0\r\nm-warmup-done\r\nm-infer-start-" + std::to_string(runs) +
               "\r\nm-lap-us-1000\r\nm-lap-us-" + std::to_string(1000 + 3000 * runs) +
               "\r\nm-infer-done\r\nm-results-[" + results.toStdString() + "]\r\n";
    }

    Session m_session;
    std::vector<std::uint8_t> m_loaded;
    std::size_t m_wanted = 0;
};

} // namespace espalier::test
