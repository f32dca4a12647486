// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/modelsummary.h"
#include "widgets/views/card.h"

class QPushButton;

namespace espalier::ui {

/// The model of the study in three sentences, which boards it fits, or the button that opens one.
class ModelCard : public Card
{
    Q_OBJECT
public:
    explicit ModelCard(QWidget *parent = nullptr);

    /// A null summary: no model yet.
    void setModel(const QString &name, const QString &path, const ModelSummaryPtr &summary);

signals:
    void openRequested();

private:
    QLabel *m_name, *m_shape, *m_size, *m_warning, *m_fits, *m_misfits;
    QPushButton *m_open;
};

} // namespace espalier::ui
