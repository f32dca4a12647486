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

/// The real TensorFlow Lite, in a process that starts with the first run and ends with this. Its float kernels and its
/// 8-bit convolutions and dense layers are XNNPACK's; it is a build of 2022, so newer operators and types are refused.
class RealTflite
{
public:
    ~RealTflite()
    {
        m_node.closeWriteChannel();
        m_node.waitForFinished();
    }

    /// Runs a model file: raw little-endian bytes for each input of the first graph, in order, and the same back for
    /// each output. Inputs that hold several samples one after the other run that often, and the outputs follow each
    /// other likewise. What is refused is an Error of code unusableInput.
    espalier::Result<std::vector<espalier::Bytes>> run(const std::filesystem::path &model,
                                                       const std::vector<espalier::Bytes> &inputs)
    {
        using namespace espalier;
        QJsonArray request = {QString::fromStdString(std::filesystem::absolute(model).string()),
                              m_folder.filePath(QStringLiteral("out"))};
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const QString file = m_folder.filePath(QStringLiteral("in%1").arg(i));
            request.append(file);
            if (Result<void> written = writeFile(file.toStdString(), inputs[i]); !written)
                return written.error();
        }
        const QJsonObject report = ask(request);
        if (report.contains(QStringLiteral("error"))) {
            const std::string why = report.value(QStringLiteral("error")).toString().toStdString();
            return report.value(QStringLiteral("refused")).toBool() ? unusableInput(why) : failed(why);
        }
        std::vector<Bytes> outputs;
        for (qsizetype i = 0; i < report.value(QStringLiteral("outputs")).toArray().size(); ++i) {
            Result<Bytes> output = readFile(m_folder.filePath(QStringLiteral("out%1").arg(i)).toStdString());
            if (!output)
                return output.error();
            outputs.push_back(std::move(*output));
        }
        return outputs;
    }

private:
    QJsonObject ask(const QJsonArray &request)
    {
        if (m_node.state() == QProcess::NotRunning) {
            m_node.setStandardErrorFile(QProcess::nullDevice());
            m_node.start(QStringLiteral("node"), {QStringLiteral(ESPALIER_SOURCE_DIR "/tests/tflite/run.mjs")});
        }
        m_node.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        while (!m_node.canReadLine())
            if (!m_node.waitForReadyRead(60000))
                return {{QStringLiteral("error"), QStringLiteral("node does not answer: ") + m_node.errorString()}};
        return QJsonDocument::fromJson(m_node.readLine()).object();
    }

    QTemporaryDir m_folder;
    QProcess m_node;
};
