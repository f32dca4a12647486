// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/parameterform.h"

#include "core/base/text.h"
#include "widgets/coretexts.h"
#include "widgets/forms/realspinbox.h"
#include "widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QSpinBox>

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier::ui {

namespace {

QString fromText(const std::string &text)
{
    return QString::fromStdString(text);
}

QString suffix(const ParameterSpec &spec)
{
    return spec.unit.empty() ? QString() : QChar(0x00a0) + coreText(spec.unit);
}

/// Spin boxes hold ints; a wider range is cut to theirs, which no setting reaches by hand.
int toInt(double number)
{
    return int(std::clamp(number, double(std::numeric_limits<int>::min()), double(std::numeric_limits<int>::max())));
}

} // namespace

ParameterForm::ParameterForm(const std::vector<ParameterSpec> &specs, QWidget *parent) : QWidget(parent), m_specs(specs)
{
    auto *layout = new QFormLayout(this);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(3 * grid);
    layout->setVerticalSpacing(2 * grid);
    layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const ParameterSpec &spec : m_specs) {
        if (spec.scope == ParameterScope::layer)
            continue; // written in the recipe's line
        Field field = makeField(spec);
        const QString title = coreText(spec.title);
        const QString help = coreText(spec.description) + QLatin1Char('\n') + fromText(spec.key) +
                             QStringLiteral(": ") + fromText(allowedText(spec));
        field.editor->setObjectName(fromText(spec.key));
        field.editor->setToolTip(help);
        field.editor->setAccessibleName(title);
        field.editor->setAccessibleDescription(coreText(spec.description));
        if (std::holds_alternative<bool>(spec.defaultValue))
            layout->addRow(QString(), field.editor);
        else
            layout->addRow(title, field.editor);
        if (QWidget *label = layout->labelForField(field.editor))
            label->setToolTip(help);
        m_fields.emplace(spec.key, std::move(field));
    }
    for (const ParameterSpec &spec : m_specs)
        if (const auto field = m_fields.find(spec.key); field != m_fields.end())
            field->second.write(spec.defaultValue);
}

ParameterForm::Field ParameterForm::makeField(const ParameterSpec &spec)
{
    const auto changed = [this] {
        if (!m_writing)
            emit valuesChanged();
    };
    if (std::holds_alternative<bool>(spec.defaultValue)) {
        auto *box = new QCheckBox(coreText(spec.title), this);
        connect(box, &QCheckBox::toggled, this, changed);
        return {box, [box] { return std::string(box->isChecked() ? "true" : "false"); },
                [box](const ParameterValue &value) { box->setChecked(std::get<bool>(value)); }};
    }
    if (std::holds_alternative<std::int64_t>(spec.defaultValue)) {
        auto *box = new QSpinBox(this);
        box->setRange(toInt(spec.minimum), toInt(spec.maximum));
        box->setSuffix(suffix(spec));
        box->setGroupSeparatorShown(true);
        connect(box, &QSpinBox::valueChanged, this, changed);
        return {box, [box] { return std::to_string(box->value()); },
                [box](const ParameterValue &value) { box->setValue(toInt(double(std::get<std::int64_t>(value)))); }};
    }
    if (std::holds_alternative<double>(spec.defaultValue)) {
        auto *box = new RealSpinBox(this);
        box->setBounds(spec.minimum, spec.maximum);
        box->setSuffix(suffix(spec));
        connect(box, &QDoubleSpinBox::valueChanged, this, changed);
        return {box, [box] { return numberText(box->value()); },
                [box](const ParameterValue &value) { box->setValue(std::get<double>(value)); }};
    }
    if (!spec.choices.empty()) {
        auto *box = new QComboBox(this);
        for (const std::string &choice : spec.choices)
            box->addItem(fromText(choice), fromText(choice)); // the words of the recipe line
        connect(box, &QComboBox::currentIndexChanged, this, changed);
        return {box, [box] { return box->currentData().toString().toStdString(); },
                [box](const ParameterValue &value) {
                    box->setCurrentIndex(box->findData(fromText(std::get<std::string>(value))));
                }};
    }
    auto *line = new QLineEdit(this);
    connect(line, &QLineEdit::textChanged, this, changed);
    return {line, [line] { return line->text().toStdString(); },
            [line](const ParameterValue &value) { line->setText(fromText(std::get<std::string>(value))); }};
}

ParameterValues ParameterForm::values() const
{
    std::map<std::string, std::string> given;
    for (const auto &[key, field] : m_fields)
        given[key] = field.read();
    // The editors admit allowed values only, so that this parses.
    ParameterValues values = *ParameterValues::parse(m_specs, given);
    values.setLayerSettings(m_layers);
    return values;
}

void ParameterForm::setValues(const ParameterValues &values)
{
    m_writing = true;
    for (const auto &[key, value] : values.all())
        if (const auto field = m_fields.find(key); field != m_fields.end())
            field->second.write(value);
    m_writing = false;
    m_layers = values.layerSettings();
}

QWidget *ParameterForm::editor(const std::string &key) const
{
    const auto field = m_fields.find(key);
    return field == m_fields.end() ? nullptr : field->second.editor;
}

} // namespace espalier::ui
