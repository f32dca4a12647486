// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/discovery/permission.h"

#include "device/discovery/holder.h"
#include "device/discovery/usbidentity.h"

#include <fstream>

#include <grp.h>
#include <sys/stat.h>

namespace espalier::device {

namespace {

namespace fs = std::filesystem;

}

std::string permissionRemedy(const fs::path &tty, std::uint16_t vendor)
{
    if (isVendorOfBoards(vendor))
        return installRules;
    struct stat status
    {
    };
    const group *owner = stat(tty.c_str(), &status) == 0 && status.st_gid != 0 ? getgrgid(status.st_gid) : nullptr;
    if (!owner)
        return "run 'sudo chmod a+rw " + tty.string() + "', each time that it is plugged in";
    const std::string name = owner->gr_name;
    return "join the group '" + name + "' that owns it (sudo usermod -aG " + name + " $USER) and log in again";
}

std::string permissionRemedy(const fs::path &tty)
{
    std::error_code error;
    fs::path device = fs::canonical(fs::path("/sys/class/tty") / lineItself(tty).filename() / "device", error);
    std::uint16_t vendor = 0;
    for (; !error && device.has_relative_path() && vendor == 0; device = device.parent_path())
        std::ifstream(device / "idVendor") >> std::hex >> vendor;
    return permissionRemedy(tty, vendor);
}

} // namespace espalier::device
