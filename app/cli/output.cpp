// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace espalier::cli {

Result<void> print(std::string_view text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return failed(std::string("cannot write to standard output: ") + std::strerror(errno));
    return {};
}

int finish(const Result<void> &result)
{
    if (result)
        return 0;
    std::string message =
        result.error().code == ErrorCode::cancelled ? "stopped before it was done" : result.error().message;
    // Names in files may hold anything; the error stays one line.
    std::ranges::replace_if(
        message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    std::fprintf(stderr, "espalier: %s\n", message.c_str());
    return exitStatus(result.error().code);
}

Result<void> checkTarget(const std::filesystem::path &path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return failed("cannot write '" + path.string() + "': it is a folder, a file is needed");
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!std::filesystem::is_directory(folder, ignored))
        return failed("cannot write '" + path.string() + "': there is no folder '" + folder.string() + "'");
    if (::access(folder.c_str(), W_OK) != 0)
        return failed("cannot write '" + path.string() + "': " + std::strerror(errno));
    return {};
}

bool isWatched()
{
    return ::isatty(STDERR_FILENO) == 1;
}

} // namespace espalier::cli
