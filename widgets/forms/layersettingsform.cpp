// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/layersettingsform.h"

#include "widgets/coretexts.h"
#include "widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace espalier::ui {

LayerSettingsForm::LayerSettingsForm(const std::vector<ParameterSpec> &specs, QWidget *parent)
    : QWidget(parent), m_specs(specs), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins({});
    m_layout->setSpacing(grid);
    auto *add = new QToolButton(this);
    add->setObjectName(QStringLiteral("addLayerSetting"));
    add->setText(tr("Set for One Layer"));
    add->setToolTip(tr("Gives a layer another value than the step has."));
    add->setFocusPolicy(Qt::StrongFocus);
    m_layout->addWidget(add, 0, Qt::AlignLeft);
    connect(add, &QToolButton::clicked, this, [this] {
        addLine({{}, m_specs.front().key, m_specs.front().defaultValue});
        m_lines.back().layer->setFocus();
        tell();
    });
}

void LayerSettingsForm::setLayerNames(const QStringList &names)
{
    m_names = names;
    for (const Line &line : m_lines) {
        const QString text = line.layer->currentText();
        m_writing = true;
        line.layer->clear();
        line.layer->addItems(names);
        line.layer->setEditText(text);
        m_writing = false;
    }
}

void LayerSettingsForm::addLine(const LayerSetting &setting)
{
    auto *box = new QWidget(this);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(grid);
    auto *layer = new QComboBox(box);
    layer->setObjectName(QStringLiteral("layer"));
    layer->setEditable(true);
    layer->setInsertPolicy(QComboBox::NoInsert);
    layer->setAccessibleName(tr("Layer"));
    layer->setToolTip(tr("The layer's name; * stands for any characters."));
    layer->lineEdit()->setPlaceholderText(tr("Layer"));
    layer->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    layer->setMinimumContentsLength(8);
    layer->addItems(m_names);
    layer->setEditText(QString::fromStdString(setting.layer));
    auto *key = new QComboBox(box);
    key->setObjectName(QStringLiteral("layerKey"));
    key->setAccessibleName(tr("Setting"));
    for (const ParameterSpec &spec : m_specs)
        key->addItem(coreText(spec.title), QString::fromStdString(spec.key));
    key->setCurrentIndex(key->findData(QString::fromStdString(setting.key)));
    auto *remove = new QToolButton(box);
    remove->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    remove->setObjectName(QStringLiteral("removeLayerSetting"));
    remove->setToolTip(tr("Remove this setting"));
    remove->setAccessibleName(remove->toolTip());
    remove->setAutoRaise(true);
    ParameterEditor value = makeParameterEditor(specOf(*key), box, [this] { tell(); });
    value.widget->setObjectName(QStringLiteral("layerValue"));
    value.write(setting.value);
    layout->addWidget(layer, 3);
    layout->addWidget(key, 2);
    layout->addWidget(value.widget, 2);
    layout->addWidget(remove);
    m_layout->insertWidget(int(m_lines.size()), box);
    m_lines.push_back({box, layer, key, std::move(value)});
    connect(layer, &QComboBox::editTextChanged, this, &LayerSettingsForm::tell);
    connect(key, &QComboBox::currentIndexChanged, this, [this, box] { exchangeEditor(box); });
    // Queued: the line that holds the button goes away with the change.
    connect(
        remove, &QToolButton::clicked, this, [this, box] { removeLine(box); }, Qt::QueuedConnection);
}

void LayerSettingsForm::removeLine(const QWidget *box)
{
    const auto line = std::ranges::find(m_lines, box, &Line::box);
    if (line == m_lines.end())
        return;
    delete line->box;
    m_lines.erase(line);
    tell();
}

// The parameter is another one.
void LayerSettingsForm::exchangeEditor(const QWidget *box)
{
    Line &line = *std::ranges::find(m_lines, box, &Line::box);
    ParameterEditor value = makeParameterEditor(specOf(*line.key), line.box, [this] { tell(); });
    value.widget->setObjectName(QStringLiteral("layerValue"));
    delete line.box->layout()->replaceWidget(line.value.widget, value.widget);
    delete line.value.widget;
    line.value = std::move(value);
    const bool writing = std::exchange(m_writing, true);
    line.value.write(specOf(*line.key).defaultValue);
    m_writing = writing;
    tell();
}

const ParameterSpec &LayerSettingsForm::specOf(const QComboBox &key) const
{
    return m_specs[std::size_t(std::max(key.currentIndex(), 0))];
}

std::vector<LayerSetting> LayerSettingsForm::settings() const
{
    std::vector<LayerSetting> all;
    for (const Line &line : m_lines) {
        const std::string layer = line.layer->currentText().trimmed().toStdString();
        const std::string &key = specOf(*line.key).key;
        if (layer.empty())
            continue;
        // The editor admits allowed values only; a name can be any text but one with a colon.
        if (const auto parsed = ParameterValues::parse(m_specs, {}, {layer + ':' + key + '=' + line.value.read()}))
            all.push_back(parsed->layerSettings().front());
    }
    return all;
}

void LayerSettingsForm::setSettings(const std::vector<LayerSetting> &settings)
{
    if (settings == this->settings())
        return; // a line that is being begun stays
    m_writing = true;
    for (const Line &line : m_lines)
        delete line.box;
    m_lines.clear();
    for (const LayerSetting &setting : settings)
        addLine(setting);
    m_writing = false;
}

void LayerSettingsForm::tell()
{
    if (!m_writing)
        emit settingsChanged();
}

} // namespace espalier::ui
