// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace espalier {

namespace {

/// Closes a file descriptor when it goes out of scope.
struct Descriptor
{
    int fd = -1;
    ~Descriptor()
    {
        if (fd >= 0)
            ::close(fd);
    }
};

std::string reason()
{
    return std::strerror(errno);
}

} // namespace

Result<Bytes> readFile(const std::filesystem::path &path, std::uint64_t limit)
{
    // Non-blocking, so that a named pipe is refused below and not waited for.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd < 0)
        return unusableInput("cannot open '" + path.string() + "': " + reason());
    struct stat status = {};
    if (::fstat(file.fd, &status) != 0)
        return unusableInput("cannot read '" + path.string() + "': " + reason());
    if (S_ISDIR(status.st_mode))
        return unusableInput("'" + path.string() + "' is a folder, a file is needed");
    if (!S_ISREG(status.st_mode))
        return unusableInput("'" + path.string() + "' is not a regular file");
    if (std::uint64_t(status.st_size) > limit)
        return unusableInput("'" + path.string() + "' has " + std::to_string(status.st_size) +
                             " bytes, more than the " + std::to_string(limit) + " that are read");
    Bytes bytes(std::size_t(status.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::read(file.fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return unusableInput("cannot read '" + path.string() + "': " + reason());
        if (n == 0)
            break; // it shrank while being read
        done += std::size_t(n);
    }
    bytes.resize(done);
    return bytes;
}

Result<void> writeFile(const std::filesystem::path &path, std::span<const std::uint8_t> bytes)
{
    const auto cannot = [&] { return failed("cannot write '" + path.string() + "': " + reason()); };
    // A finished file may be a link that the person made; what it points to is replaced, not the link.
    std::error_code ignored;
    std::filesystem::path target = std::filesystem::weakly_canonical(path, ignored);
    if (ignored)
        target = path;
    std::string temporary = target.string() + ".XXXXXX";
    Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
    if (file.fd < 0)
        return cannot();
    const auto abandon = [&] {
        Error error = cannot();
        ::unlink(temporary.c_str());
        return error;
    };
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(file.fd, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return abandon();
        done += std::size_t(n);
    }
    struct stat existing = {};
    const mode_t mode = ::stat(target.c_str(), &existing) == 0 ? existing.st_mode & 07777 : 0644;
    if (::fchmod(file.fd, mode) != 0 || ::fsync(file.fd) != 0 || ::rename(temporary.c_str(), target.c_str()) != 0)
        return abandon();
    return {};
}

Result<void> writeFile(const std::filesystem::path &path, std::string_view text)
{
    return writeFile(path, std::span(reinterpret_cast<const std::uint8_t *>(text.data()), text.size()));
}

} // namespace espalier
