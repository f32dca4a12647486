// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/emulator/emulatedpico.h"

#include "core/base/file.h"
#include "device/emulator/processlink.h"

#include <string_view>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

// The folder of pico.mjs, or an empty path.
fs::path emulatorFolder()
{
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path &folder : {program.parent_path() / "../share/espalier/emulators/pico",
                                   fs::path(ESPALIER_CHECKOUT) / "resources/emulators/pico"}) {
        if (fs::is_regular_file(folder / "pico.mjs", error))
            return fs::weakly_canonical(folder, error);
    }
    return {};
}

// The value of "version" in the text of a package.json.
std::string versionIn(std::string_view text)
{
    static constexpr std::string_view key = "\"version\"";
    const std::size_t at = text.find(key);
    const std::size_t open = at == text.npos ? at : text.find('"', at + key.size());
    const std::size_t close = open == text.npos ? open : text.find('"', open + 1);
    return close == text.npos ? std::string() : std::string(text.substr(open + 1, close - open - 1));
}

} // namespace

Result<EmulatedPico> EmulatedPico::find()
{
    EmulatedPico pico;
    pico.m_node = findProgram("node");
    if (pico.m_node.empty())
        return missingTool("Node.js is not on PATH: install the Debian package nodejs");
    pico.m_folder = emulatorFolder();
    if (pico.m_folder.empty())
        return missingTool("the emulator's script is missing: reinstall Espalier");
    const auto package = readFile(pico.m_folder / "node_modules/rp2040js/package.json");
    if (!package)
        return missingTool("the emulator rp2040js is not installed: run 'npm ci' in " + pico.m_folder.string());
    pico.m_version = "rp2040js " + versionIn({reinterpret_cast<const char *>(package->data()), package->size()});
    return pico;
}

Command EmulatedPico::command(const fs::path &image, Line line) const
{
    Command command{m_node, {(m_folder / "pico.mjs").string(), image.string()}, {}};
    if (line == Line::usb)
        command.arguments.push_back("--usb");
    return command;
}

Result<std::unique_ptr<Link>> EmulatedPico::start(const fs::path &image, Line line) const
{
    return startEmulator(command(image, line));
}

} // namespace espalier::device
