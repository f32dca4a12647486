// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/toolchain/process.h"

#include "device/transport/deadline.h"

#include <QProcess>
#include <QStandardPaths>

#if defined(Q_OS_UNIX)
#include <csignal>
#include <unistd.h>
#endif
#if defined(Q_OS_LINUX)
#include <sys/prctl.h>
#endif

#include <algorithm>

namespace espalier::device {

namespace {

constexpr std::size_t outputLimit = std::size_t(16) << 20;
constexpr Milliseconds slice(50); // how long a Cancel may go unnoticed

QString qt(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}

std::string programName(const Command &command)
{
    return command.program.filename().string();
}

std::string seconds(Milliseconds time)
{
    return std::to_string((time.count() + 999) / 1000) + " s";
}

} // namespace

struct ChildProcess::State
{
    QProcess process;
    qint64 id = 0;
    std::string name;
    std::size_t received = 0;
};

ChildProcess::ChildProcess() = default;
ChildProcess::ChildProcess(ChildProcess &&) noexcept = default;
ChildProcess &ChildProcess::operator=(ChildProcess &&other) noexcept
{
    kill();
    m_state = std::move(other.m_state);
    return *this;
}
ChildProcess::~ChildProcess()
{
    kill();
}

Result<void> ChildProcess::start(const Command &command)
{
    m_state = std::make_unique<State>();
    m_state->name = programName(command);
    QProcess &process = m_state->process;
    QStringList arguments;
    for (const std::string &argument : command.arguments)
        arguments << QString::fromStdString(argument);
    process.setProgram(qt(command.program));
    process.setArguments(arguments);
    if (!command.folder.empty())
        process.setWorkingDirectory(qt(command.folder));
#if defined(Q_OS_UNIX)
    process.setChildProcessModifier([] {
        ::setpgid(0, 0); // so that a compiler's own children end with it
#if defined(Q_OS_LINUX)
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    });
#endif
    process.start();
    if (!process.waitForStarted(10000))
        return failed("'" + command.program.string() +
                      "' could not be started: " + process.errorString().toStdString());
    m_state->id = process.processId();
    return {};
}

bool ChildProcess::isRunning() const
{
    return m_state && m_state->process.state() != QProcess::NotRunning;
}

int ChildProcess::exitCode() const
{
    if (!m_state || isRunning() || m_state->process.exitStatus() != QProcess::NormalExit)
        return -1;
    return m_state->process.exitCode();
}

Result<void> ChildProcess::write(std::string_view text)
{
    QProcess &process = m_state->process;
    if (process.write(text.data(), qint64(text.size())) != qint64(text.size()))
        return failed("'" + m_state->name + "' takes no more input: it has ended");
    while (process.bytesToWrite() > 0) {
        if (!process.waitForBytesWritten(10000))
            return failed("'" + m_state->name + "' took no input for 10 s");
    }
    return {};
}

bool ChildProcess::readOutput(std::string &text, Milliseconds wait)
{
    QProcess &process = m_state->process;
    if (process.bytesAvailable() == 0)
        process.waitForReadyRead(int(wait.count()));
    const QByteArray bytes = process.readAllStandardOutput();
    const std::size_t room = outputLimit - std::min(outputLimit, m_state->received);
    text.append(bytes.constData(), std::min(room, std::size_t(bytes.size())));
    m_state->received += std::size_t(bytes.size());
    if (m_state->received > outputLimit)
        kill(); // nothing honest says so much
    return !bytes.isEmpty() || isRunning();
}

std::string ChildProcess::errorText()
{
    return m_state ? m_state->process.readAllStandardError().toStdString() : std::string();
}

Result<void> ChildProcess::waitForEnd(Milliseconds deadline, const Progress &progress)
{
    Deadline patience(deadline);
    while (isRunning()) {
        if (progress.cancelled()) {
            kill();
            return cancelled();
        }
        const Milliseconds wait = patience.slice(slice);
        if (wait.count() == 0) {
            kill();
            return failed("'" + m_state->name + "' did not end within " + seconds(deadline) + " and was stopped");
        }
        m_state->process.waitForFinished(int(wait.count()));
    }
    return {};
}

void ChildProcess::kill()
{
    if (!isRunning())
        return;
#if defined(Q_OS_UNIX)
    if (m_state->id > 0)
        ::kill(-pid_t(m_state->id), SIGKILL);
#endif
    m_state->process.kill();
    m_state->process.waitForFinished(5000);
}

std::filesystem::path findProgram(std::string_view name)
{
    return QStandardPaths::findExecutable(QString::fromUtf8(name.data(), qsizetype(name.size()))).toStdString();
}

Result<std::vector<Finished>> runCommands(std::span<const Command> commands, Milliseconds deadline,
                                          const Progress &progress)
{
    std::vector<ChildProcess> children(commands.size());
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (const Result<void> started = children[i].start(commands[i]); !started)
            return started.error();
    }
    std::vector<Finished> finished;
    for (ChildProcess &child : children) {
        if (const Result<void> ended = child.waitForEnd(deadline, progress); !ended)
            return ended.error();
        Finished result;
        while (child.readOutput(result.output, Milliseconds(0))) {
        }
        result.errors = child.errorText();
        result.exitCode = child.exitCode();
        finished.push_back(std::move(result));
    }
    return finished;
}

Result<Finished> runCommand(const Command &command, Milliseconds deadline, const Progress &progress)
{
    auto finished = runCommands({&command, 1}, deadline, progress);
    if (!finished)
        return finished.error();
    return std::move(finished->front());
}

} // namespace espalier::device
