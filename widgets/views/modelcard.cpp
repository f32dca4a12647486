// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/modelcard.h"

#include "widgets/format.h"
#include "widgets/models/boardfits.h"
#include "widgets/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace espalier::ui {

ModelCard::ModelCard(QWidget *parent)
    : Card(tr("Model"), parent), m_name(addName()), m_shape(addSentence()), m_size(addSentence()),
      m_warning(addSentence()), m_fits(addSentence()), m_misfits(addSentence()),
      m_open(new QPushButton(tr("Open Model…"), this))
{
    m_name->setObjectName(QStringLiteral("modelName"));
    m_fits->setObjectName(QStringLiteral("boardFits"));
    m_misfits->setObjectName(QStringLiteral("boardMisfits"));
    setTone(m_warning, Tone::bad);
    setTone(m_fits, Tone::good);
    setTone(m_misfits, Tone::bad);
    m_open->setObjectName(QStringLiteral("openModel"));
    makeRoomy(m_open);
    body()->addWidget(m_open, 0, Qt::AlignLeft);
    connect(m_open, &QPushButton::clicked, this, &ModelCard::openRequested);
    setModel({}, {}, nullptr);
}

void ModelCard::setModel(const QString &name, const QString &path, const ModelSummaryPtr &summary)
{
    m_open->setVisible(!summary);
    m_name->setVisible(bool(summary));
    m_size->setVisible(bool(summary));
    m_warning->setVisible(summary && summary->unsupported > 0);
    const BoardFitTexts fits = summary ? boardFitTexts(summary->fits) : BoardFitTexts();
    m_fits->setText(fits.good);
    m_fits->setVisible(!fits.good.isEmpty());
    m_misfits->setText(fits.bad);
    m_misfits->setVisible(!fits.bad.isEmpty());
    for (QLabel *label : {m_fits, m_misfits}) {
        label->setToolTip(fits.detail);
        label->setAccessibleDescription(fits.detail);
    }
    if (!summary) {
        m_shape->setText(tr("A TensorFlow Lite file (.tflite), the network to make smaller. Drop it here or open it."));
        return;
    }
    m_name->setText(name);
    m_name->setToolTip(path);
    //: %1 and %2 are tensors such as "float32 1×49×10×1"
    m_shape->setText(
        tr("%1 → %2, %n operator(s)", nullptr, int(summary->operators.size())).arg(summary->input, summary->output));
    m_size->setText(tr("%1 parameters, %2 MACs, %3")
                        .arg(countText(double(summary->parameters)), countText(double(summary->macs)),
                             bytesText(double(summary->fileBytes))));
    QStringList why;
    for (const OperatorLine &line : summary->operators)
        if (!line.unsupportedWhy.isEmpty())
            why += line.typeName + QStringLiteral(": ") + line.unsupportedWhy;
    m_warning->setText(tr("%n operator(s) cannot run here, so that it can be inspected but not compared: %1", nullptr,
                          summary->unsupported)
                           .arg(why.value(0)));
    m_warning->setToolTip(why.join(QLatin1Char('\n')));
}

} // namespace espalier::ui
