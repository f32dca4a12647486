// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/formats/modelformat.h"
#include "support/tinystudy.h"

#include <QString>
#include <QTemporaryDir>

#include <cstring>

/// The tiny model and its data as files in a folder of their own.
class TinyFiles
{
public:
    TinyFiles()
    {
        using namespace espalier;
        const ModelPtr made = tinyModel();
        if (!writeModel(*made, model().toStdString()))
            qFatal("cannot write the model");
        const DatasetPtr samples = tinyData(made);
        std::string text;
        for (std::size_t i = 0; i < samples->test.count; ++i) {
            float values[6];
            std::memcpy(values, samples->test.sample(i).data(), sizeof values);
            for (const float value : values)
                text += numberText(double(value)) + ",";
            text += std::to_string(samples->test.labels[i]) + "\n";
        }
        if (!writeFile(data().toStdString(), text))
            qFatal("cannot write the data");
    }

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    QString folder() const { return m_folder.path(); }
    QString model() const { return path("tiny.tflite"); }
    QString data() const { return path("tiny.csv"); }

private:
    QTemporaryDir m_folder;
};
