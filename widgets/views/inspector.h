// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/study/row.h"
#include "core/techniques/technique.h"
#include "widgets/models/boardmemory.h"
#include "widgets/models/modelsummary.h"

#include <QScrollArea>

#include <optional>

class QGridLayout;
class QLabel;
class QTreeView;

namespace espalier::ui {

class LayerModel;
class OperatorModel;
class TrainingView;
class VariantModel;

/// Everything about the selected variant: what it is, every figure with where it comes from, what lies where in its
/// board's memory, what each layer takes there, how its training went, its operators.
class Inspector : public QScrollArea
{
    Q_OBJECT
public:
    explicit Inspector(const VariantModel *model, QWidget *parent = nullptr);

    /// -1: nothing selected. `summary` may be null where the variant's model is not at hand.
    void show(int row, const ModelSummaryPtr &summary, const QStringList &notes = {}, const BoardMemory &memory = {});
    /// The epochs that the shown variant's recipe has trained so far.
    void setTraining(std::vector<TrainedEpoch> epochs);

protected:
    void changeEvent(QEvent *event) override;
    QSize sizeHint() const override { return {280, 400}; }

private:
    void rebuild();
    void addFigure(QGridLayout *figures, Column column, const QString &value, const QString &extra = {});
    void addText(QGridLayout *figures, const QString &text, bool bad = false);
    void fillFigures(QGridLayout *figures);
    void fillBoardFigures(QGridLayout *figures);
    void addTimeline(QGridLayout *figures);
    void addFlashBar(QGridLayout *figures);

    const VariantModel *m_model;
    LayerModel *m_layers;
    OperatorModel *m_operators;
    int m_row = -1;
    std::optional<Row> m_shown;
    bool m_shownFinished = false;
    ModelSummaryPtr m_summary;
    QStringList m_notes;
    BoardMemory m_memory;
    QLabel *m_marker, *m_name, *m_recipe, *m_hint, *m_layersTitle, *m_layersHint, *m_operatorsTitle, *m_operatorsHint;
    QWidget *m_figures = nullptr;
    TrainingView *m_training;
    QTreeView *m_layerView, *m_operatorView;
};

} // namespace espalier::ui
