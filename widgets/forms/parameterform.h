// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameter.h"

#include <QWidget>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace espalier::ui {

/// A form for any list of parameters: a tick box for a flag, a spin box with the allowed range for a number, a list for
/// a choice, a line for text, each with its title, unit and description. The only form for settings there is.
class ParameterForm : public QWidget
{
    Q_OBJECT
public:
    explicit ParameterForm(const std::vector<ParameterSpec> &specs, QWidget *parent = nullptr);

    ParameterValues values() const;
    /// Shows values of the same specs without telling about it.
    void setValues(const ParameterValues &values);
    /// The editor of one parameter, for tests and focus; null where there is none.
    QWidget *editor(const std::string &key) const;

signals:
    void valuesChanged();

private:
    struct Field
    {
        QWidget *editor;
        std::function<std::string()> read; ///< as a recipe would say it
        std::function<void(const ParameterValue &)> write;
    };
    Field makeField(const ParameterSpec &spec);

    std::vector<ParameterSpec> m_specs;
    std::vector<LayerSetting> m_layers; ///< kept as they are
    std::map<std::string, Field> m_fields;
    bool m_writing = false;
};

} // namespace espalier::ui
