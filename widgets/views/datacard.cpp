// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/datacard.h"

#include "widgets/coretexts.h"
#include "widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace espalier::ui {

DataCard::DataCard(QWidget *parent)
    : Card(tr("Data"), parent), m_name(addName()), m_counts(addSentence()), m_division(addSentence()),
      m_misfit(addSentence()), m_scaling(new QComboBox(this)), m_scalingRow(new QWidget(this)),
      m_open(new QPushButton(tr("Open Data…"), this))
{
    m_name->setObjectName(QStringLiteral("dataName"));
    m_misfit->setObjectName(QStringLiteral("dataMisfit"));
    m_open->setObjectName(QStringLiteral("openData"));
    auto *menu = new QMenu(this);
    connect(menu->addAction(tr("Data &File…")), &QAction::triggered, this, &DataCard::openFileRequested);
    connect(menu->addAction(tr("Data F&older…")), &QAction::triggered, this, &DataCard::openFolderRequested);
    m_open->setMenu(menu);

    m_scaling->setObjectName(QStringLiteral("scaling"));
    m_scaling->setEditable(true);
    m_scaling->setInsertPolicy(QComboBox::NoInsert);
    m_scaling->setAccessibleName(tr("Input scaling"));
    m_scaling->setToolTip(tr("How sample values become the model's inputs: none, 0..1, -1..1, or a formula such as "
                             "raw*0.5+1"));
    auto *label = new QLabel(tr("Scaling"), m_scalingRow);
    label->setBuddy(m_scaling);
    label->setFont(smallFont(this));
    auto *row = new QHBoxLayout(m_scalingRow);
    row->setContentsMargins({});
    row->setSpacing(2 * grid);
    row->addWidget(label);
    row->addWidget(m_scaling, 1);
    body()->addWidget(m_scalingRow);
    m_scalingWhy = addSentence();
    makeRoomy(m_open);
    body()->addWidget(m_open, 0, Qt::AlignLeft);

    connect(m_scaling, &QComboBox::textActivated, this, &DataCard::readScaling);
    connect(m_scaling->lineEdit(), &QLineEdit::editingFinished, this, &DataCard::readScaling);
    setData(nullptr);
    setMisfit({});
    setScaling(std::nullopt, std::nullopt);
}

void DataCard::setData(const DatasetPtr &dataset)
{
    m_data = dataset;
    m_open->setVisible(!dataset);
    m_name->setVisible(bool(dataset));
    m_division->setVisible(dataset && !dataset->division.empty());
    if (!dataset) {
        m_counts->setText(tr("Labelled samples to judge accuracy by: IDX, npy or npz, CSV, or a folder of images. Drop "
                             "them here or open them."));
        return;
    }
    m_name->setText(QString::fromStdString(dataset->name));
    m_name->setToolTip(QString::fromStdString(dataset->path.string()));
    QStringList parts;
    const QLocale locale;
    if (dataset->train.count > 0)
        parts += tr("%1 training").arg(locale.toString(qulonglong(dataset->train.count)));
    if (dataset->calibration.count > 0)
        parts += tr("%1 calibration").arg(locale.toString(qulonglong(dataset->calibration.count)));
    if (dataset->test.count > 0)
        parts += tr("%1 test").arg(locale.toString(qulonglong(dataset->test.count)));
    QString text = parts.join(QStringLiteral(" · "));
    //: what one sample is: type and shape
    text += QLatin1Char('\n') + tr("%1 %2 each")
                                    .arg(QString::fromUtf8(name(dataset->test.type).data()),
                                         QString::fromStdString(shapeText(dataset->test.shape)));
    if (dataset->labelKind == LabelKind::anomaly)
        text += tr(", labelled normal or anomalous");
    else if (dataset->classes > 0)
        text += tr(", %n class(es)", nullptr, int(dataset->classes));
    m_counts->setText(text);
    m_division->setText(QString::fromStdString(dataset->division));
}

void DataCard::setScaling(const std::optional<ImpliedScaling> &implied, const std::optional<InputScaling> &chosen)
{
    m_implied = implied;
    m_chosen = chosen;
    const bool shown = m_data && implied;
    m_scalingRow->setVisible(shown);
    m_scalingWhy->setVisible(shown);
    if (!shown)
        return;
    const QSignalBlocker blocker(m_scaling);
    m_scaling->clear();
    const QString impliedText = QString::fromStdString(implied->scaling.text());
    //: the input scaling that the model's type implies, for example "0..1 (implied)"
    m_scaling->addItem(tr("%1 (implied)").arg(impliedText));
    for (const QString &text : {QStringLiteral("none"), QStringLiteral("0..1"), QStringLiteral("-1..1")})
        if (text != impliedText)
            m_scaling->addItem(text);
    m_scaling->setEditText(chosen ? QString::fromStdString(chosen->text()) : m_scaling->itemText(0));
    m_scalingWhy->setText(chosen ? tr("Set by hand; the model implies %1.").arg(impliedText)
                                 : QString::fromStdString(implied->why));
}

void DataCard::setMisfit(const QString &sentence)
{
    m_misfit->setVisible(!sentence.isEmpty());
    m_misfit->setText(sentence);
    setTone(m_misfit, Tone::bad);
}

void DataCard::readScaling()
{
    if (!m_implied)
        return;
    const QString text = m_scaling->currentText().trimmed();
    std::optional<InputScaling> chosen;
    if (text != m_scaling->itemText(0) && !text.isEmpty()) {
        auto parsed = InputScaling::parse(text.toStdString());
        if (!parsed) {
            emit scalingRefused(QString::fromStdString(parsed.error().message));
            setScaling(m_implied, m_chosen);
            return;
        }
        if (!(*parsed == m_implied->scaling))
            chosen = *parsed;
    }
    if (chosen == m_chosen)
        setScaling(m_implied, m_chosen);
    else
        emit scalingChosen(chosen);
}

} // namespace espalier::ui
