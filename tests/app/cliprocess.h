// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

#include <nlohmann/json.hpp>

/// The built program.
inline QString programPath()
{
    return QStringLiteral(ESPALIER_BUILD_DIR "/espalier");
}

inline QProcessEnvironment plainEnvironment()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("DISPLAY"));
    environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    return environment;
}

/// What a run of the program left.
struct CliRun
{
    int status = -1; ///< -1: it did not end by itself
    QByteArray output, errors;

    nlohmann::json json() const { return nlohmann::json::parse(output.toStdString(), nullptr, false); }
    /// One line, and it says whose it is.
    bool isOneLineError() const
    {
        return errors.startsWith("espalier: ") && errors.endsWith('\n') && errors.count('\n') == 1;
    }
};

inline CliRun runCli(const QStringList &arguments, const QProcessEnvironment &environment = plainEnvironment(),
                     const QString &folder = {})
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.start(programPath(), arguments);
    CliRun run;
    const bool ended = process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit;
    run.status = ended ? process.exitCode() : -1;
    run.output = process.readAllStandardOutput();
    run.errors = process.readAllStandardError();
    return run;
}
