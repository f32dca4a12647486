// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

/// Why the real TensorFlow Lite (npm, WebAssembly, under Node) cannot be asked here; empty where it can.
inline QString whyNoRealTflite()
{
    if (QStandardPaths::findExecutable(QStringLiteral("node")).isEmpty())
        return QStringLiteral("needs node, which is not on the path");
    const QString package =
        QStringLiteral(ESPALIER_SOURCE_DIR "/tests/tflite/node_modules/@tensorflow/tfjs-tflite/package.json");
    if (!QFileInfo::exists(package))
        return QStringLiteral("needs the real TensorFlow Lite: run 'npm ci' in tests/tflite");
    return {};
}

/// Skips the test function, with the reason, where the real TensorFlow Lite is not there.
#define ESPALIER_NEEDS_REAL_TFLITE                                                                                     \
    if (const QString why = whyNoRealTflite(); !why.isEmpty())                                                         \
    QSKIP(qPrintable(why))

/// Runs a model file in the real TensorFlow Lite: raw little-endian bytes for each input of the first graph, in order,
/// and the same back for each output. Inputs that hold several samples one after the other run that often, and the
/// outputs follow each other likewise. Its float kernels are XNNPACK's; it is a build of 2022, so newer operators and
/// types are refused, which is an Error of code unusableInput.
inline espalier::Result<std::vector<espalier::Bytes>> runRealTflite(const std::filesystem::path &model,
                                                                    const std::vector<espalier::Bytes> &inputs)
{
    using namespace espalier;
    const QTemporaryDir folder;
    QStringList arguments = {QStringLiteral(ESPALIER_SOURCE_DIR "/tests/tflite/run.mjs"),
                             QString::fromStdString(std::filesystem::absolute(model).string()),
                             folder.filePath(QStringLiteral("out"))};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        arguments << folder.filePath(QStringLiteral("in%1").arg(i));
        if (Result<void> written = writeFile(arguments.back().toStdString(), inputs[i]); !written)
            return written.error();
    }
    QProcess node;
    node.start(QStringLiteral("node"), arguments);
    if (!node.waitForFinished(60000))
        return failed("node does not finish: " + node.errorString().toStdString());
    if (node.exitStatus() != QProcess::NormalExit || node.exitCode() != 0) {
        const std::string why = node.readAllStandardError().trimmed().toStdString();
        return node.exitCode() == 3 ? unusableInput(why) : failed(why);
    }
    const QJsonObject report = QJsonDocument::fromJson(node.readAllStandardOutput()).object();
    std::vector<Bytes> outputs;
    for (qsizetype i = 0; i < report.value(QStringLiteral("outputs")).toArray().size(); ++i) {
        Result<Bytes> output = readFile(folder.filePath(QStringLiteral("out%1").arg(i)).toStdString());
        if (!output)
            return output.error();
        outputs.push_back(std::move(*output));
    }
    return outputs;
}
