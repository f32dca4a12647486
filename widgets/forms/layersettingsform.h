// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/forms/parametereditor.h"

#include <QStringList>
#include <QWidget>

#include <vector>

class QComboBox;
class QVBoxLayout;

namespace espalier::ui {

/// What single layers have another value of: a line each of a layer, a parameter and its value. Lines without a layer
/// say nothing yet.
class LayerSettingsForm : public QWidget
{
    Q_OBJECT
public:
    /// `specs`: the parameters that layers may have values of their own for.
    explicit LayerSettingsForm(const std::vector<ParameterSpec> &specs, QWidget *parent = nullptr);

    /// The layers to choose from; others can be typed, with * for any characters.
    void setLayerNames(const QStringList &names);

    std::vector<LayerSetting> settings() const;
    /// Shows settings without telling about it.
    void setSettings(const std::vector<LayerSetting> &settings);

signals:
    void settingsChanged();

private:
    struct Line
    {
        QWidget *box;
        QComboBox *layer, *key;
        ParameterEditor value;
    };
    void addLine(const LayerSetting &setting);
    void removeLine(const QWidget *box);
    void exchangeEditor(const QWidget *box);
    const ParameterSpec &specOf(const QComboBox &key) const;
    void tell();

    std::vector<ParameterSpec> m_specs;
    QStringList m_names;
    std::vector<Line> m_lines;
    QVBoxLayout *m_layout;
    bool m_writing = false;
};

} // namespace espalier::ui
