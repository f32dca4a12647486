// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/processlink.h"

namespace espalier::device {

namespace {

class ProcessLink : public Link
{
public:
    explicit ProcessLink(ChildProcess process) : m_process(std::move(process)) {}

    Result<std::size_t> write(std::string_view text, Milliseconds) override
    {
        const Result<void> written = m_process.write(text);
        return written ? Result<std::size_t>(text.size()) : written.error();
    }
    bool read(std::string &text, Milliseconds wait) override { return m_process.readOutput(text, wait); }
    std::string whyEnded() override
    {
        const std::string said = m_process.errorText();
        const std::string firstLine = said.substr(0, said.find('\n'));
        return "the emulator ended by itself" + (firstLine.empty() ? std::string() : " (" + firstLine + ")") + "; " +
               remedy();
    }
    std::string remedy() const override { return "try again, and install the emulator anew if it stays so"; }

private:
    ChildProcess m_process;
};

} // namespace

Result<std::unique_ptr<Link>> startEmulator(const Command &command)
{
    ChildProcess process;
    if (const Result<void> started = process.start(command); !started)
        return started.error();
    return std::unique_ptr<Link>(std::make_unique<ProcessLink>(std::move(process)));
}

} // namespace espalier::device
