// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include "core/base/text.h"

#include <CLI/CLI.hpp>

#include <charconv>

namespace espalier::cli {

namespace {

/// Text and range of a number are checked here and not by CLI11, whose readers take "1x" for 1 in some versions.
template <class Number>
void addNumber(CLI::App &app, const std::string &flags, Number &target, const std::string &help, Number minimum,
               Number maximum, const std::string &allowed)
{
    const auto take = [&target, flags, minimum, maximum, allowed](const CLI::results_t &results) {
        const std::string &text = results.back();
        Number number = {};
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (code != std::errc() || end != text.data() + text.size() || !(number >= minimum && number <= maximum))
            throw CLI::ValidationError(flags + " is '" + text + "', allowed is " + allowed);
        target = number;
        return true;
    };
    app.add_option(flags, take, help)
        ->type_name("N")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

} // namespace

Options::Options(std::string command, const std::string &summary)
    : m_app(std::make_unique<CLI::App>(summary, "espalier " + command)), m_command(std::move(command))
{
    m_app->set_help_flag("-h,--help", "Tells these options");
    m_app->get_formatter()->column_width(34);
}

Options::~Options() = default;

void Options::word(const std::string &name, std::string &target, const std::string &help, Need need)
{
    m_app->add_option(name, target, help)->type_name("")->required(need == Need::required);
}

void Options::text(const std::string &flags, std::string &target, const std::string &placeholder,
                   const std::string &help, Need need)
{
    m_app->add_option(flags, target, help)->type_name(placeholder)->required(need == Need::required);
}

void Options::texts(const std::string &flags, std::vector<std::string> &target, const std::string &placeholder,
                    const std::string &help)
{
    m_app->add_option(flags, target, help)->type_name(placeholder)->allow_extra_args(false);
}

void Options::whole(const std::string &flags, std::int64_t &target, const std::string &help, std::int64_t minimum,
                    std::int64_t maximum)
{
    std::string allowed = "a whole number of at least " + std::to_string(minimum);
    if (maximum != std::numeric_limits<std::int64_t>::max())
        allowed = "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
    addNumber(*m_app, flags, target, help, minimum, maximum, allowed);
}

void Options::real(const std::string &flags, double &target, const std::string &help, double minimum, double maximum)
{
    addNumber(*m_app, flags, target, help, minimum, maximum,
              "a number from " + numberText(minimum) + " to " + numberText(maximum));
}

void Options::flag(const std::string &flags, bool &target, const std::string &help)
{
    m_app->add_flag(flags, target, help);
}

void Options::remark(const std::string &text)
{
    m_app->footer(text);
}

std::string Options::suggestion(const std::string &flag) const
{
    std::vector<std::string> known;
    for (const CLI::Option *option : m_app->get_options())
        for (const std::string &name : option->get_lnames())
            known.push_back("--" + name);
    return didYouMean(flag.substr(0, flag.find('=')), known);
}

Options::Outcome Options::parse(int argc, char **argv)
{
    const auto wrong = [&](const std::string &what) {
        m_error = invalidArgument(m_command + ": " + what + (what.ends_with('?') ? "" : ".") + " See 'espalier " +
                                  m_command + " --help'.");
        return Outcome::wrong;
    };
    try {
        m_app->parse(argc, argv);
    } catch (const CLI::CallForHelp &) {
        return Outcome::help;
    } catch (const CLI::ExtrasError &) {
        const std::vector<std::string> extras = m_app->remaining();
        const std::string first = extras.empty() ? std::string() : extras.front();
        return wrong("'" + first + "' is not expected here" +
                     (first.starts_with('-') ? "." + suggestion(first) : std::string()));
    } catch (const CLI::ParseError &error) {
        return wrong(error.what());
    }
    return Outcome::parsed;
}

std::string Options::help() const
{
    return m_app->help();
}

} // namespace espalier::cli
