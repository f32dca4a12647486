// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/forms/parametereditor.h"

#include <QWidget>

#include <map>
#include <string>
#include <vector>

namespace espalier::ui {

class LayerSettingsForm;

/// A form for any list of parameters, an editor and a title for each, and below them what single layers have another
/// value of. The only form for settings there is.
class ParameterForm : public QWidget
{
    Q_OBJECT
public:
    explicit ParameterForm(const std::vector<ParameterSpec> &specs, QWidget *parent = nullptr);

    /// The layers to choose from where one has a value of its own.
    void setLayerNames(const QStringList &names);

    ParameterValues values() const;
    /// Shows values of the same specs without telling about it.
    void setValues(const ParameterValues &values);
    /// The editor of one parameter, for tests and focus; null where there is none.
    QWidget *editor(const std::string &key) const;

signals:
    void valuesChanged();

private:
    std::vector<ParameterSpec> m_specs;
    std::map<std::string, ParameterEditor> m_editors;
    LayerSettingsForm *m_layers = nullptr;
    bool m_writing = false;
};

} // namespace espalier::ui
