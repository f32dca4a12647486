// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/transport/serialport.h"

#include "device/discovery/holder.h"
#include "device/discovery/permission.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

namespace espalier::device {

namespace {

using std::chrono::milliseconds;

/// Closes what it holds.
class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor()
    {
        if (m_number >= 0)
            close(m_number);
    }
    Descriptor(Descriptor &&other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    Descriptor &operator=(Descriptor &&) = delete;
    int number() const { return m_number; }

private:
    int m_number;
};

Error openingFailed(const std::string &path, int reason)
{
    const std::string port = "the serial port '" + path + "' ";
    switch (reason) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return missingTool(port + "is not there: plug the board in, or look for its new name with 'espalier boards'");
    case EACCES:
    case EPERM:
        return missingTool(port + "may not be used by you: " + permissionRemedy(path));
    case EBUSY:
    case EWOULDBLOCK: {
        const std::string holder = holderOf(path);
        return failed(port + "is held by " + (holder.empty() ? "another program" : "the program " + holder) +
                      ": close it there and try again");
    }
    default:
        return failed(port + "cannot be opened (" + std::strerror(reason) + "): plug the board in again");
    }
}

Result<Descriptor> openRaw(const std::string &path, speed_t speed)
{
    Descriptor file(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (file.number() < 0)
        return openingFailed(path, errno);
    termios settings{};
    if (tcgetattr(file.number(), &settings) != 0)
        return errno == ENOTTY ? invalidArgument("'" + path + "' is no serial port: 'espalier boards' lists them")
                               : openingFailed(path, errno);
    // The lock is what programs agree upon; the other refuses those that know no lock.
    if (flock(file.number(), LOCK_EX | LOCK_NB) != 0)
        return openingFailed(path, errno);
    ioctl(file.number(), TIOCEXCL);
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cflag &= ~tcflag_t(CRTSCTS | CSTOPB);
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = 0;
    cfsetispeed(&settings, speed);
    cfsetospeed(&settings, speed);
    if (tcsetattr(file.number(), TCSANOW, &settings) != 0)
        return openingFailed(path, errno);
    return file;
}

bool isSocket(const std::string &path)
{
    struct stat status
    {
    };
    return stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

Result<Descriptor> connectSocket(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return invalidArgument("the socket's path '" + path + "' is too long: at most " +
                               std::to_string(sizeof address.sun_path - 1) + " characters");
    path.copy(address.sun_path, path.size());
    Descriptor file(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (file.number() < 0 || connect(file.number(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        return failed("nothing answers at the socket '" + path + "' (" + std::strerror(errno) +
                      "): start the emulator first");
    return file;
}

class SerialPort : public Link
{
public:
    SerialPort(Descriptor file, std::string path) : m_file(std::move(file)), m_path(std::move(path)) {}
    ~SerialPort() override { ioctl(m_file.number(), TIOCNXCL); }

    Result<std::size_t> write(std::string_view text, milliseconds wait) override
    {
        pollfd waiting{m_file.number(), POLLOUT, 0};
        const int ready = poll(&waiting, 1, int(wait.count()));
        if (ready == 0 || (ready < 0 && errno == EINTR))
            return std::size_t(0);
        ssize_t count = send(m_file.number(), text.data(), text.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == ENOTSOCK)
            count = ::write(m_file.number(), text.data(), text.size());
        if (count >= 0)
            return std::size_t(count);
        if (errno == EINTR || errno == EAGAIN)
            return std::size_t(0);
        return failed("nothing can be sent: " + whyEnded());
    }

    // tcdrain() would wait for a board that takes nothing for ever.
    bool drain(milliseconds wait) override
    {
        static constexpr milliseconds step(1);
        for (milliseconds waited(0);; waited += step) {
            int left = 0;
            if (ioctl(m_file.number(), TIOCOUTQ, &left) != 0 || left == 0) // a line that cannot tell keeps nothing
                return true;
            if (waited >= wait)
                return false;
            poll(nullptr, 0, int(step.count()));
        }
    }

    bool read(std::string &text, milliseconds wait) override
    {
        pollfd waiting{m_file.number(), POLLIN, 0};
        const int ready = poll(&waiting, 1, int(wait.count()));
        if (ready == 0 || (ready < 0 && errno == EINTR))
            return true;
        char buffer[4096];
        const ssize_t count = ::read(m_file.number(), buffer, sizeof buffer);
        if (count > 0)
            text.append(buffer, std::size_t(count));
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
    }

    std::string whyEnded() override
    {
        return "the board on '" + m_path + "' was unplugged or restarted; plug it in and try again";
    }

private:
    Descriptor m_file;
    std::string m_path;
};

} // namespace

Result<std::unique_ptr<Link>> openSerialPort(const std::string &path)
{
    Result<Descriptor> file = isSocket(path) ? connectSocket(path) : openRaw(path, B115200);
    if (!file)
        return file.error();
    tcflush(file->number(), TCIOFLUSH);
    return std::unique_ptr<Link>(std::make_unique<SerialPort>(*std::move(file), path));
}

Result<void> touchSerialPort(const std::string &path)
{
    const Result<Descriptor> file = openRaw(path, B1200);
    if (!file)
        return file.error();
    // Fails on pseudo-terminals, and where the board has gone already, which is what was wanted.
    const int line = TIOCM_DTR;
    ioctl(file->number(), TIOCMBIC, &line);
    return {};
}

} // namespace espalier::device
