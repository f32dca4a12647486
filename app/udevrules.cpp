// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/udevrules.h"

#include "core/base/file.h"
#include "device/toolchain/process.h"

#include <QFile>

#include <filesystem>

#include <unistd.h>

// In the global namespace, as it must be.
static void initResources()
{
    Q_INIT_RESOURCE(espalier);
}

namespace espalier {

namespace {

const std::filesystem::path target = "/etc/udev/rules.d/60-espalier.rules";
constexpr device::Milliseconds askingDeadline(120000), applyingDeadline(10000);

Result<std::string> installAsRoot(const Progress &progress)
{
    if (const Result<void> written = writeFile(target, udevRules()); !written)
        return written.error();
    const std::filesystem::path udevadm = device::findProgram("udevadm");
    if (udevadm.empty())
        return "'" + target.string() + "' is written; restart the computer for it to count.";
    for (const std::vector<std::string> &words : {std::vector<std::string>{"control", "--reload"},
                                                  {"trigger", "--subsystem-match=usb"},
                                                  {"trigger", "--subsystem-match=tty"}}) {
        const auto done = device::runCommand({udevadm, words, {}}, applyingDeadline, progress);
        if (!done || done->exitCode != 0)
            return "'" + target.string() + "' is written; plug your boards in again, or restart the computer.";
    }
    return "'" + target.string() + "' is written and applied: boards can be used now.";
}

} // namespace

std::string udevRules()
{
    initResources();
    QFile file(QStringLiteral(":/espalier/60-espalier.rules"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

Result<std::string> installUdevRules(const Progress &progress)
{
    if (geteuid() == 0)
        return installAsRoot(progress);
    std::error_code error;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
    const std::string byHand =
        "only the administrator may install the rules: type  sudo " + program + " boards --install-rules";
    const std::filesystem::path pkexec = device::findProgram("pkexec");
    if (pkexec.empty() || !(getenv("DISPLAY") || getenv("WAYLAND_DISPLAY")))
        return missingTool(byHand);
    const auto asked =
        device::runCommand({pkexec, {program, "boards", "--install-rules"}, {}}, askingDeadline, progress);
    if (!asked && asked.error().code == ErrorCode::cancelled)
        return asked.error();
    if (!asked || asked->exitCode != 0)
        return missingTool(byHand);
    return "'" + target.string() + "' is written: plug your boards in again.";
}

} // namespace espalier
