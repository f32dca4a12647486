// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/usbboard.h"

#include "device/discovery/holder.h"
#include "device/discovery/permission.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include <unistd.h>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

// The first line of a small file of /sys; empty where there is none.
std::string lineOf(const fs::path &file)
{
    std::string line;
    std::ifstream stream(file);
    std::getline(stream, line);
    line.erase(std::remove_if(line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }), line.end());
    return line.substr(0, 200);
}

std::optional<std::uint16_t> hexOf(const fs::path &file)
{
    const std::string text = lineOf(file);
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

int wholeOf(const fs::path &file)
{
    const std::string text = lineOf(file);
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::vector<fs::path> sortedEntries(const fs::path &folder)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error))
        entries.push_back(each->path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

// Names of the children of folders called `kind` ("tty", "block") below an interface of the device.
void collect(const fs::path &folder, const std::string &kind, int depth, std::vector<std::string> &names)
{
    for (const fs::path &entry : sortedEntries(folder)) {
        std::error_code error;
        if (!fs::is_directory(fs::symlink_status(entry, error)))
            continue;
        if (folder.filename() == kind) {
            names.push_back(entry.filename().string());
            for (const fs::path &part : sortedEntries(entry)) { // partitions of a disk
                if (part.filename().string().starts_with(entry.filename().string()))
                    names.push_back(part.filename().string());
            }
        } else if (depth > 0) {
            collect(entry, kind, depth - 1, names);
        }
    }
}

std::vector<std::string> below(const fs::path &device, const std::string &kind)
{
    std::vector<std::string> names;
    const std::string interface = device.filename().string() + ':';
    for (const fs::path &entry : sortedEntries(device)) {
        if (entry.filename().string().starts_with(interface))
            collect(entry, kind, 4, names); // host, target, unit, block
    }
    return names;
}

// /proc/self/mounts writes a blank as \040.
std::string unescaped(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int code = 0;
        if (text[i] == '\\' && i + 3 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8).ptr == text.data() + i + 4) {
            plain += char(code);
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::string mountOf(const std::vector<std::string> &disks, const fs::path &proc)
{
    std::ifstream mounts(proc / "self/mounts");
    for (std::string line; std::getline(mounts, line);) {
        const std::size_t first = line.find(' ');
        const std::size_t second = first == line.npos ? first : line.find(' ', first + 1);
        if (second == line.npos)
            continue;
        const std::string disk = fs::path(line.substr(0, first)).filename().string();
        if (std::find(disks.begin(), disks.end(), disk) != disks.end())
            return unescaped(std::string_view(line).substr(first + 1, second - first - 1));
    }
    return {};
}

std::string busNode(int number)
{
    const std::string text = std::to_string(number);
    return std::string(text.size() < 3 ? 3 - text.size() : 0, '0') + text;
}

class Finder
{
public:
    explicit Finder(const SystemTree &tree) : m_tree(tree) {}

    std::optional<UsbBoard> look(const fs::path &device) const
    {
        const auto vendor = hexOf(device / "idVendor"), product = hexOf(device / "idProduct");
        if (!vendor || !product)
            return {};
        const UsbIdentity *identity = findUsbIdentity(*vendor, *product);
        const std::vector<std::string> ttys = below(device, "tty");
        if (!identity && ttys.empty())
            return {};
        UsbBoard board;
        board.port = device.filename().string();
        board.board = identity ? identity->board : "serial";
        board.orBoard = identity ? identity->orBoard : "";
        const std::string says = lineOf(device / "product");
        board.title = identity ? std::string(identity->title) : says.empty() ? "serial line" : says;
        if (!identity || identity->uniqueSerial)
            board.serial = lineOf(device / "serial");
        board.bus = wholeOf(device / "busnum");
        board.address = wholeOf(device / "devnum");
        const bool isRom = identity && identity->kind == UsbIdentity::Kind::rom && ttys.empty();
        board.isBootloader = isRom || (identity && identity->kind == UsbIdentity::Kind::bootloader);
        if (!ttys.empty())
            board.tty = (m_tree.dev / ttys.front()).string();
        board.drive = mountOf(below(device, "block"), m_tree.proc);
        const bool isOurs = says.find("Espalier") != says.npos || lineOf(device / "manufacturer") == "Espalier";
        judge(board, isOurs, *vendor);
        return board;
    }

private:
    void judge(UsbBoard &board, bool isOurs, std::uint16_t vendor) const
    {
        // A ROM is flashed over USB itself, a bootloader with a serial line over that.
        const bool rom = board.isBootloader && board.tty.empty();
        board.state = board.isBootloader ? BoardState::bootloader
                      : isOurs           ? BoardState::ourFirmware
                                         : BoardState::otherFirmware;
        if (rom) {
            if (mayUse(m_tree.dev / "bus/usb" / busNode(board.bus) / busNode(board.address)))
                return;
            board.state = board.drive.empty() ? BoardState::notPermitted : BoardState::uf2Drive;
            board.remedy = board.drive.empty() ? "you may not use this USB device: "
                                               : "it is flashed by copying, without a check: ";
            board.remedy += installRules;
            board.remedy += board.drive.empty() ? ", or open its drive" : " for more";
            board.isByRule = true;
        } else if (board.tty.empty()) {
            board.remedy = "its firmware offers no serial line: enter the bootloader (" +
                           std::string(board.board == "nano33ble" ? "press the reset button twice"
                                                                  : "hold BOOTSEL while plugging it in") +
                           ")";
        } else if (!mayUse(board.tty)) {
            board.state = BoardState::notPermitted;
            board.remedy = "you may not use " + board.tty + ": " + permissionRemedy(board.tty, vendor);
            board.isByRule = isVendorOfBoards(vendor);
        } else if (const std::string holder = holderOf(board.tty, m_tree.proc); !holder.empty()) {
            board.state = BoardState::heldByProgram;
            board.remedy = board.tty + " is held by the program " + holder + ": close it there";
        }
    }

    bool mayUse(const fs::path &file) const
    {
        return m_tree.mayUse ? m_tree.mayUse(file) : access(file.c_str(), R_OK | W_OK) == 0;
    }

    const SystemTree &m_tree;
};

} // namespace

std::string_view name(BoardState state)
{
    switch (state) {
    case BoardState::ourFirmware:
        return "our firmware";
    case BoardState::otherFirmware:
        return "other firmware";
    case BoardState::bootloader:
        return "bootloader";
    case BoardState::uf2Drive:
        return "UF2 drive";
    case BoardState::notPermitted:
        return "not permitted";
    case BoardState::heldByProgram:
        return "held by a program";
    }
    return {};
}

bool isSameBoard(const UsbBoard &a, const UsbBoard &b)
{
    if (a.port != b.port)
        return !a.serial.empty() && a.serial == b.serial;
    // Another board in the same socket.
    const bool differ = !a.serial.empty() && !b.serial.empty() && a.serial != b.serial;
    return !differ || a.isBootloader != b.isBootloader;
}

std::vector<UsbBoard> findUsbBoards(const SystemTree &tree)
{
    const Finder finder(tree);
    std::vector<UsbBoard> boards;
    for (const fs::path &entry : sortedEntries(tree.sys / "bus/usb/devices")) {
        if (entry.filename().string().find(':') != std::string::npos)
            continue; // an interface, found with its device
        if (std::optional<UsbBoard> board = finder.look(entry))
            boards.push_back(*std::move(board));
    }
    return boards;
}

} // namespace espalier::device
