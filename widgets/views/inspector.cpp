// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/inspector.h"

#include "core/study/figuresource.h"
#include "core/techniques/recipe.h"
#include "widgets/coretexts.h"
#include "widgets/delegates/sharedelegate.h"
#include "widgets/format.h"
#include "widgets/models/insight.h"
#include "widgets/models/layermodel.h"
#include "widgets/models/operatormodel.h"
#include "widgets/models/variantmodel.h"
#include "widgets/plots/flashbar.h"
#include "widgets/plots/memorytimeline.h"
#include "widgets/theme.h"
#include "widgets/views/trainingview.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTreeView>
#include <QVBoxLayout>

namespace espalier::ui {

namespace {

QPalette toned(const QWidget *widget, const QColor &color)
{
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, color);
    return palette;
}

QLabel *label(const QString &text, QWidget *parent, const QFont &font)
{
    auto *result = new QLabel(text, parent);
    result->setFont(font);
    result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return result;
}

QLabel *sectionHeading(const QString &text, QWidget *page)
{
    auto *result = new QLabel(text, page);
    result->setFont(headingFont(page));
    result->setContentsMargins(0, 2 * grid, 0, 0);
    return result;
}

/// A table of layers or operators, a bar behind the figures of one column.
QTreeView *layerTable(QAbstractItemModel *model, int shareColumn, const QString &name, QWidget *page)
{
    auto *view = new QTreeView(page);
    view->setModel(model);
    view->setRootIsDecorated(false);
    view->setUniformRowHeights(true);
    view->setFrameShape(QFrame::NoFrame);
    view->setFont(smallFont(page));
    view->setAccessibleName(name);
    view->setItemDelegateForColumn(shareColumn, new ShareDelegate(view));
    view->setMinimumHeight(160);
    view->header()->setFont(smallFont(page));
    return view;
}

} // namespace

Inspector::Inspector(const VariantModel *model, QWidget *parent)
    : QScrollArea(parent), m_model(model), m_layers(new LayerModel(this)), m_operators(new OperatorModel(this))
{
    setObjectName(QStringLiteral("inspector"));
    setAccessibleName(tr("Inspector"));
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 3 * grid);
    layout->setSpacing(grid);

    auto *heading = new QLabel(tr("Inspector"), page);
    heading->setFont(headingFont(this));
    heading->setPalette(toned(this, tones(palette()).muted));
    heading->setProperty("muted", true);
    layout->addWidget(heading);
    auto *title = new QHBoxLayout;
    title->setSpacing(grid);
    m_marker = new QLabel(page);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    m_name = label({}, page, bold);
    m_name->setWordWrap(true);
    m_name->setObjectName(QStringLiteral("inspectorName"));
    title->addWidget(m_marker, 0, Qt::AlignTop);
    title->addWidget(m_name, 1);
    layout->addLayout(title);
    m_recipe = label({}, page, monospaceFont(this));
    m_recipe->setWordWrap(true);
    m_hint = label(tr("Select a variant in the table or the plot to see where its figures come from."), page, font());
    m_hint->setWordWrap(true);
    layout->addWidget(m_recipe);
    layout->addWidget(m_hint);
    layout->addSpacing(2 * grid);
    // The figures are put in here, at index 5.
    m_training = new TrainingView(page);
    layout->addWidget(m_training);
    m_layersTitle = sectionHeading(tr("Layers on the Board"), page);
    m_layersHint = label({}, page, smallFont(this));
    m_layersHint->setWordWrap(true);
    m_layerView = layerTable(m_layers, LayerModel::SpentColumn, tr("Layers on the Board"), page);
    m_layerView->setObjectName(QStringLiteral("boardLayers"));
    m_layerView->header()->setStretchLastSection(false);
    m_layerView->header()->setMinimumSectionSize(0);
    m_layerView->header()->setSectionResizeMode(LayerModel::TypeColumn,
                                                QHeaderView::Stretch); // elided; the tip tells all
    layout->addWidget(m_layersTitle);
    layout->addWidget(m_layerView, 1);
    layout->addWidget(m_layersHint);
    m_operatorsTitle = sectionHeading(tr("Operators"), page);
    m_operatorsHint = label(tr("Run the comparison again to see its operators."), page, smallFont(this));
    m_operatorsHint->setWordWrap(true);
    m_operatorView = layerTable(m_operators, OperatorModel::MacsColumn, tr("Operators"), page);
    m_operatorView->setColumnHidden(OperatorModel::ShapeColumn, true); // in the tooltip; the panel is narrow
    m_operatorView->header()->setStretchLastSection(true);
    layout->addWidget(m_operatorsTitle);
    layout->addWidget(m_operatorsHint);
    layout->addWidget(m_operatorView, 1);
    layout->addStretch();
    setWidget(page);

    connect(model, &VariantModel::modelReset, this, [this] { show(-1, nullptr); });
    connect(model, &VariantModel::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
        if (m_row >= first.row() && m_row <= last.row())
            show(m_row, m_summary, m_notes, m_memory);
    });
    rebuild();
}

void Inspector::show(int row, const ModelSummaryPtr &summary, const QStringList &notes, const BoardMemory &memory)
{
    const bool exists = row >= 0 && std::size_t(row) < m_model->rows().size();
    std::optional<Row> shown = exists ? std::optional(m_model->rows()[std::size_t(row)]) : std::nullopt;
    const bool finished = exists && m_model->state(std::size_t(row)) == VariantModel::State::finished;
    if (row == m_row && shown == m_shown && summary == m_summary && notes == m_notes && memory == m_memory &&
        finished == m_shownFinished)
        return;
    m_row = exists ? row : -1;
    m_shown = std::move(shown);
    m_shownFinished = finished;
    m_summary = summary;
    m_notes = notes;
    m_memory = memory;
    rebuild();
}

void Inspector::setTraining(std::vector<TrainedEpoch> epochs)
{
    QStringList steps;
    if (m_shown)
        if (const Result<Recipe> recipe = Recipe::parse(m_shown->text(Column::recipe)))
            for (const Recipe::Step &step : recipe->steps())
                steps += coreText(step.technique->title);
    m_training->setEpochs(std::move(epochs), steps);
    m_training->setVisible(m_row >= 0 && !m_training->isEmpty());
}

void Inspector::addFigure(QGridLayout *figures, Column column, const QString &value, const QString &extra)
{
    const int line = figures->rowCount();
    const Tones t = tones(palette());
    QLabel *title = label(columnTitle(column), m_figures, smallFont(this));
    title->setPalette(toned(this, t.muted));
    const QString word = sourceWord(figureSource(*m_shown, column));
    const QString shownWord = word.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(word);
    QLabel *number = label(value + shownWord, m_figures, font());
    number->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    const QString toolTip = m_model->index(m_row, int(column)).data(Qt::ToolTipRole).toString();
    title->setToolTip(toolTip);
    number->setToolTip(toolTip);
    figures->addWidget(title, line, 0, Qt::AlignTop);
    figures->addWidget(number, line, 1);
    if (!extra.isEmpty())
        addText(figures, extra);
}

void Inspector::addText(QGridLayout *figures, const QString &text, bool bad)
{
    if (text.isEmpty())
        return;
    // Names of tensors are long chains without a blank; they may break after their separators.
    QString breakable = text;
    breakable.replace(QLatin1Char(';'), QStringLiteral(";\u200b")).replace(QLatin1Char('/'), QStringLiteral("/\u200b"));
    QLabel *sentence = label(breakable, m_figures, smallFont(this));
    sentence->setWordWrap(true);
    sentence->setPalette(toned(this, bad ? tones(palette()).bad : tones(palette()).muted));
    figures->addWidget(sentence, figures->rowCount(), 0, 1, 2);
}

void Inspector::fillFigures(QGridLayout *figures)
{
    const Row &row = *m_shown;
    if (row.status() == Status::failed)
        addText(figures, QString::fromStdString(row.text(Column::why)), true);
    if (const auto accuracy = row.number(Column::accuracy)) {
        const auto samples = std::int64_t(row.number(Column::samples).value_or(0));
        const QString chance = samples > 0
                                   ? tr("±%1 points (95 %) with %Ln test sample(s)", nullptr, int(samples))
                                         .arg(QLocale().toString(100 * accuracyUncertainty(*accuracy, samples), 'f', 2))
                                   : QString();
        addFigure(figures, Column::accuracy, figureText(Column::accuracy, *accuracy), chance);
    }
    for (const Column column : {Column::accuracyDelta, Column::sizeBytes, Column::zippedBytes, Column::sparsity,
                                Column::parameters, Column::macs, Column::hostMs})
        if (const auto value = row.number(column);
            value && !(column == Column::accuracyDelta && m_model->isOriginal(std::size_t(m_row))))
            addFigure(figures, column, figureText(column, *value));
}

void Inspector::fillBoardFigures(QGridLayout *figures)
{
    const Row &row = *m_shown;
    if (!row.has(Column::board))
        return;
    const int line = figures->rowCount();
    QLabel *board = label(QString::fromStdString(row.text(Column::board)), m_figures, headingFont(this));
    board->setPalette(toned(this, tones(palette()).muted));
    board->setContentsMargins(0, 2 * grid, 0, 0);
    figures->addWidget(board, line, 0, 1, 2);
    const auto sum = [&](std::initializer_list<Column> parts) {
        QStringList texts;
        for (const Column part : parts)
            if (const auto value = row.number(part))
                //: a part of a sum of memory: %1 is "Arena", %2 "16 KiB"
                texts += tr("%1 %2").arg(columnTitle(part), bytesText(*value));
        return texts.join(QStringLiteral(" + "));
    };
    for (const Column column : {Column::latencyMs, Column::cycles, Column::instructions})
        if (const auto value = row.number(column))
            addFigure(figures, column, figureText(column, *value));
    if (row.timeSource() == Source::counted)
        addText(figures, sourceSentence(Source::counted));
    if (const auto ram = row.number(Column::ramBytes))
        addFigure(figures, Column::ramBytes, figureText(Column::ramBytes, *ram),
                  sum({Column::arenaBytes, Column::stackBytes, Column::staticRamBytes}));
    addTimeline(figures);
    if (const auto flash = row.number(Column::flashBytes))
        addFigure(figures, Column::flashBytes, figureText(Column::flashBytes, *flash),
                  sum({Column::weightsFlashBytes, Column::codeFlashBytes}));
    else if (const auto weights = row.number(Column::weightsFlashBytes))
        addFigure(figures, Column::weightsFlashBytes, figureText(Column::weightsFlashBytes, *weights));
    addFlashBar(figures);
    if (const auto energy = row.number(Column::energyMj))
        addFigure(figures, Column::energyMj, figureText(Column::energyMj, *energy));
    const std::string &fidelity = row.text(Column::fidelity);
    if (fidelity == "exact")
        addText(figures, tr("Its outputs equal this computer's, bit for bit."));
    else if (fidelity == "differs")
        addText(figures,
                tr("Its outputs differ from this computer's. %1").arg(QString::fromStdString(row.text(Column::why))),
                true);
    addText(figures, QString::fromStdString(row.text(Column::measuredOn)));
}

void Inspector::addTimeline(QGridLayout *figures)
{
    if (!m_memory.record || m_memory.record->arena.empty())
        return;
    auto *timeline = new MemoryTimeline(m_figures);
    timeline->setArena(m_memory.record->arena, m_memory.ramBytes);
    figures->addWidget(timeline, figures->rowCount(), 0, 1, 2);
    addText(figures, timeline->sentence());
}

void Inspector::addFlashBar(QGridLayout *figures)
{
    if (!m_memory.record || !m_memory.record->flash)
        return;
    auto *bar = new FlashBar(m_figures);
    bar->setParts(*m_memory.record->flash);
    figures->addWidget(bar, figures->rowCount(), 0, 1, 2);
    addText(figures, bar->sentence());
}

void Inspector::rebuild()
{
    const Tones t = tones(palette());
    const bool exists = m_row >= 0;
    m_hint->setVisible(!exists);
    m_hint->setPalette(toned(this, t.muted));
    m_marker->setVisible(exists);
    m_name->setVisible(exists);
    m_recipe->setVisible(exists && m_shown->has(Column::recipe) && !m_shown->text(Column::recipe).empty());
    m_recipe->setPalette(toned(this, t.muted));
    m_training->setVisible(exists && !m_training->isEmpty());
    for (QLabel *each : {m_layersTitle, m_layersHint, m_operatorsTitle, m_operatorsHint})
        each->setPalette(toned(this, t.muted));
    m_layers->setRecord(exists ? m_memory.record : nullptr);
    const bool hasLayers = m_layers->rowCount() > 0;
    const QString sources = m_layers->sources();
    m_layersTitle->setVisible(exists && m_memory.record);
    m_layerView->setVisible(hasLayers);
    m_layersHint->setVisible(exists && m_memory.record && !(hasLayers && sources.isEmpty()));
    m_layersHint->setText(hasLayers ? tr("Best known, per MAC of a whole model: %1").arg(sources)
                                    : tr("Benchmark the selected variant to see what each layer takes."));
    m_operatorsTitle->setVisible(exists);
    m_operatorView->setVisible(exists && m_summary);
    m_operatorsHint->setVisible(exists && !m_summary && m_shownFinished);
    delete m_figures;
    m_figures = nullptr;
    m_operators->setSummary(m_summary);
    if (!exists)
        return;

    m_marker->setPixmap(
        markerIcon(m_model->variantIndex(std::size_t(m_row)), palette()).pixmap(QSize(16, 16), devicePixelRatio()));
    m_name->setText(m_model->index(m_row, int(Column::variant)).data().toString());
    m_recipe->setText(
        QString::fromStdString(m_shown->text(Column::recipe)).replace(QLatin1String(" | "), QLatin1String("\n| ")));
    m_figures = new QWidget(widget());
    auto *figures = new QGridLayout(m_figures);
    figures->setContentsMargins({});
    figures->setHorizontalSpacing(2 * grid);
    figures->setVerticalSpacing(2);
    figures->setColumnStretch(1, 1);
    fillFigures(figures);
    for (const QString &note : m_notes)
        addText(figures, note);
    fillBoardFigures(figures);
    static_cast<QVBoxLayout *>(widget()->layout())->insertWidget(5, m_figures);
    m_figures->show();
    m_operatorView->resizeColumnToContents(OperatorModel::TypeColumn);
    for (const int column : {LayerModel::SpentColumn, LayerModel::PerMacColumn, LayerModel::BestColumn})
        m_layerView->resizeColumnToContents(column);
    m_layerView->setColumnWidth(LayerModel::SpentColumn, m_layerView->columnWidth(LayerModel::SpentColumn) + 2 * grid);
}

void Inspector::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_operatorsHint)
        rebuild();
    QScrollArea::changeEvent(event);
}

} // namespace espalier::ui
