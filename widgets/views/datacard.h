// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/inputscaling.h"
#include "widgets/views/card.h"

#include <optional>

class QComboBox;
class QMenu;
class QPushButton;

namespace espalier::ui {

/// The data set of the study: what it holds, how the program divided it, how its values become the model's inputs; or
/// the button that opens one.
class DataCard : public Card
{
    Q_OBJECT
public:
    explicit DataCard(QWidget *parent = nullptr);

    void setData(const DatasetPtr &dataset);
    /// What the model implies, and what the person set instead, if anything.
    void setScaling(const std::optional<ImpliedScaling> &implied, const std::optional<InputScaling> &chosen);
    /// How the samples do not fit the model; empty where they do.
    void setMisfit(const QString &sentence);

signals:
    void openFileRequested();
    void openFolderRequested();
    void scalingChosen(const std::optional<espalier::InputScaling> &scaling); ///< nothing: as implied
    void scalingRefused(const QString &sentence);

private:
    void readScaling();

    DatasetPtr m_data;
    std::optional<ImpliedScaling> m_implied;
    std::optional<InputScaling> m_chosen;
    QLabel *m_name, *m_counts, *m_division, *m_misfit, *m_scalingWhy;
    QComboBox *m_scaling;
    QWidget *m_scalingRow;
    QPushButton *m_open;
};

} // namespace espalier::ui
