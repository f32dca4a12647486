// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/parameterform.h"

#include "widgets/coretexts.h"
#include "widgets/forms/layersettingsform.h"
#include "widgets/theme.h"

#include <QFormLayout>

#include <algorithm>

namespace espalier::ui {

ParameterForm::ParameterForm(const std::vector<ParameterSpec> &specs, QWidget *parent) : QWidget(parent), m_specs(specs)
{
    auto *layout = new QFormLayout(this);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(3 * grid);
    layout->setVerticalSpacing(2 * grid);
    layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto changed = [this] {
        if (!m_writing)
            emit valuesChanged();
    };
    std::vector<ParameterSpec> ofLayers;
    m_writing = true;
    for (const ParameterSpec &spec : m_specs) {
        if (spec.scope != ParameterScope::whole)
            ofLayers.push_back(spec);
        if (spec.scope == ParameterScope::layer)
            continue;
        ParameterEditor editor = makeParameterEditor(spec, this, changed);
        if (std::holds_alternative<bool>(spec.defaultValue))
            layout->addRow(QString(), editor.widget);
        else
            layout->addRow(coreText(spec.title), editor.widget);
        if (QWidget *label = layout->labelForField(editor.widget))
            label->setToolTip(editor.widget->toolTip());
        m_editors.emplace(spec.key, std::move(editor));
    }
    for (const ParameterSpec &spec : m_specs)
        if (const auto editor = m_editors.find(spec.key); editor != m_editors.end())
            editor->second.write(spec.defaultValue);
    m_writing = false;
    if (!ofLayers.empty()) {
        m_layers = new LayerSettingsForm(ofLayers, this);
        layout->addRow(m_layers);
        connect(m_layers, &LayerSettingsForm::settingsChanged, this, changed);
    }
}

void ParameterForm::setLayerNames(const QStringList &names)
{
    if (m_layers)
        m_layers->setLayerNames(names);
}

ParameterValues ParameterForm::values() const
{
    std::map<std::string, std::string> given;
    for (const auto &[key, editor] : m_editors)
        given[key] = editor.read();
    // The editors admit allowed values only, so that this parses.
    ParameterValues values = *ParameterValues::parse(m_specs, given);
    if (m_layers)
        values.setLayerSettings(m_layers->settings());
    return values;
}

void ParameterForm::setValues(const ParameterValues &values)
{
    m_writing = true;
    for (const auto &[key, value] : values.all())
        if (const auto editor = m_editors.find(key); editor != m_editors.end())
            editor->second.write(value);
    if (m_layers)
        m_layers->setSettings(values.layerSettings());
    m_writing = false;
}

QWidget *ParameterForm::editor(const std::string &key) const
{
    const auto editor = m_editors.find(key);
    return editor == m_editors.end() ? nullptr : editor->second.widget;
}

} // namespace espalier::ui
