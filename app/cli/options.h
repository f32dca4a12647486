// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace espalier::cli {

/// The options of a sub-command. The variables that are given outlive it and keep their value where an option is not
/// used.
class Options
{
public:
    enum class Outcome { parsed, help, wrong };

    Options(std::string command, const std::string &summary);
    ~Options();
    Options(const Options &) = delete;
    Options &operator=(const Options &) = delete;

    enum class Need { optional, required };

    /// A word without a flag: "MODEL".
    void word(const std::string &name, std::string &target, const std::string &help, Need need = Need::required);
    /// A flag with a text: text("--data", …, "D").
    void text(const std::string &flags, std::string &target, const std::string &placeholder, const std::string &help,
              Need need = Need::optional);
    /// The same, as often as wanted.
    void texts(const std::string &flags, std::vector<std::string> &target, const std::string &placeholder,
               const std::string &help);
    void whole(const std::string &flags, std::int64_t &target, const std::string &help, std::int64_t minimum = 0,
               std::int64_t maximum = std::numeric_limits<std::int64_t>::max());
    void real(const std::string &flags, double &target, const std::string &help, double minimum, double maximum);
    void flag(const std::string &flags, bool &target, const std::string &help);
    /// Sentences below the options.
    void remark(const std::string &text);

    /// `argv[0]` is the sub-command.
    Outcome parse(int argc, char **argv);
    std::string help() const;
    /// What is wrong with the command line, in one sentence.
    const Error &error() const { return m_error; }

private:
    std::string suggestion(const std::string &flag) const;

    std::unique_ptr<CLI::App> m_app;
    std::string m_command;
    Error m_error;
};

} // namespace espalier::cli
