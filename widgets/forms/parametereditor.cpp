// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/parametereditor.h"

#include "core/base/text.h"
#include "widgets/coretexts.h"
#include "widgets/forms/realspinbox.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>

#include <algorithm>
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

ParameterEditor makeEditor(const ParameterSpec &spec, QWidget *parent, const std::function<void()> &changed)
{
    if (std::holds_alternative<bool>(spec.defaultValue)) {
        auto *box = new QCheckBox(coreText(spec.title), parent);
        QObject::connect(box, &QCheckBox::toggled, box, changed);
        return {box, [box] { return std::string(box->isChecked() ? "true" : "false"); },
                [box](const ParameterValue &value) { box->setChecked(std::get<bool>(value)); }};
    }
    if (std::holds_alternative<std::int64_t>(spec.defaultValue)) {
        auto *box = new QSpinBox(parent);
        box->setRange(toInt(spec.minimum), toInt(spec.maximum));
        box->setSuffix(suffix(spec));
        box->setGroupSeparatorShown(true);
        QObject::connect(box, &QSpinBox::valueChanged, box, changed);
        return {box, [box] { return std::to_string(box->value()); },
                [box](const ParameterValue &value) { box->setValue(toInt(double(std::get<std::int64_t>(value)))); }};
    }
    if (std::holds_alternative<double>(spec.defaultValue)) {
        auto *box = new RealSpinBox(parent);
        box->setBounds(spec.minimum, spec.maximum);
        box->setSuffix(suffix(spec));
        QObject::connect(box, &QDoubleSpinBox::valueChanged, box, changed);
        return {box, [box] { return numberText(box->value()); },
                [box](const ParameterValue &value) { box->setValue(std::get<double>(value)); }};
    }
    if (!spec.choices.empty()) {
        auto *box = new QComboBox(parent);
        for (const std::string &choice : spec.choices)
            box->addItem(fromText(choice), fromText(choice)); // the words of the recipe line
        QObject::connect(box, &QComboBox::currentIndexChanged, box, changed);
        return {box, [box] { return box->currentData().toString().toStdString(); },
                [box](const ParameterValue &value) {
                    box->setCurrentIndex(box->findData(fromText(std::get<std::string>(value))));
                }};
    }
    auto *line = new QLineEdit(parent);
    QObject::connect(line, &QLineEdit::textChanged, line, changed);
    return {line, [line] { return line->text().toStdString(); },
            [line](const ParameterValue &value) { line->setText(fromText(std::get<std::string>(value))); }};
}

} // namespace

ParameterEditor makeParameterEditor(const ParameterSpec &spec, QWidget *parent, std::function<void()> changed)
{
    ParameterEditor editor = makeEditor(spec, parent, changed);
    const QString help = coreText(spec.description) + QLatin1Char('\n') + fromText(spec.key) + QStringLiteral(": ") +
                         fromText(allowedText(spec));
    editor.widget->setObjectName(fromText(spec.key));
    editor.widget->setToolTip(help);
    editor.widget->setAccessibleName(coreText(spec.title));
    editor.widget->setAccessibleDescription(coreText(spec.description));
    return editor;
}

} // namespace espalier::ui
