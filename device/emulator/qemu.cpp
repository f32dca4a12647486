// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/qemu.h"

#include "device/emulator/processlink.h"

namespace espalier::device {

Result<Qemu> Qemu::find()
{
    Qemu qemu;
    qemu.m_program = findProgram("qemu-system-arm");
    if (qemu.m_program.empty())
        return missingTool("the emulator qemu-system-arm is not on PATH: install the Debian package qemu-system-arm");
    return qemu;
}

Result<std::string> Qemu::version() const
{
    const auto asked = runCommand({m_program, {"--version"}, {}}, Milliseconds(20000), {});
    if (!asked)
        return asked.error();
    static constexpr std::string_view before = "version ";
    const std::size_t at = asked->output.find(before);
    if (asked->exitCode != 0 || at == std::string::npos)
        return missingTool("'" + m_program.string() +
                           "' does not tell its version: reinstall the Debian package qemu-system-arm");
    const std::size_t start = at + before.size();
    return "QEMU " + asked->output.substr(start, asked->output.find_first_of(" \r\n(", start) - start);
}

Result<std::unique_ptr<Link>> Qemu::start(const std::string &machine, const std::filesystem::path &image) const
{
    return startEmulator({m_program,
                          {"-M", machine, "-icount", "shift=7", "-display", "none", "-monitor", "none", "-serial",
                           "stdio", "-kernel", image.string()},
                          {}});
}

Result<std::unique_ptr<Link>> Qemu::startTraced(const std::string &machine, const std::filesystem::path &image,
                                                const std::filesystem::path &log, const std::string &ranges) const
{
    return startEmulator({m_program,
                          {"-M", machine, "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel",
                           image.string(), "-d", "in_asm,exec,nochain", "-dfilter", ranges, "-D", log.string()},
                          {}});
}

} // namespace espalier::device
