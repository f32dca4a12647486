// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/analysisview.h"

#include "widgets/models/texttablemodel.h"
#include "widgets/plots/curveplot.h"
#include "widgets/symbols.h"
#include "widgets/theme.h"
#include "widgets/views/emptystate.h"
#include "widgets/views/hairlinesplitter.h"
#include "widgets/views/jobprogress.h"
#include "widgets/views/primarybutton.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace espalier::ui {

AnalysisView::AnalysisView(const Texts &texts, QWidget *parent)
    : QWidget(parent), m_choice(new QComboBox(this)), m_amount(new QSpinBox(this)),
      m_run(new PrimaryButton(texts.run, this)),
      m_export(new QPushButton(symbolIcon(QStringLiteral("export")), tr("Export"), this)),
      m_save(new QPushButton(tr("Save Model…"), this)), m_exportMenu(new QMenu(this)), m_failure(new QLabel(this)),
      m_caption(new QLabel(this)), m_sentences(new QLabel(this)), m_empty(new EmptyState(this)),
      m_model(new TextTableModel(this)), m_table(new QTableView(this)),
      m_sides(new HairlineSplitter(Qt::Horizontal, this)), m_plots(new HairlineSplitter(Qt::Vertical, this)),
      m_progress(new JobProgress(this)), m_stack(new QStackedLayout), m_title(texts.title), m_sentence(texts.sentence)
{
    m_failure->setObjectName(QStringLiteral("failure"));
    m_failure->setWordWrap(true);
    m_failure->setMargin(2 * grid);
    m_failure->setAutoFillBackground(true);
    m_failure->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeControls(texts));
    layout->addWidget(m_failure);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(makePage());
    layout->addLayout(m_stack, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(2 * grid, grid, 2 * grid, grid);
    foot->addWidget(m_progress, 1);
    layout->addLayout(foot);
    connect(m_progress, &JobProgress::cancelRequested, this, &AnalysisView::cancelRequested);
    applyPalette();
    updateState();
}

QWidget *AnalysisView::makeControls(const Texts &texts)
{
    auto *bar = new QWidget(this);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(3 * grid, 2 * grid, 3 * grid, 2 * grid);
    row->setSpacing(2 * grid);
    const auto addLabelled = [&](const QString &text, QWidget *field) {
        auto *label = new QLabel(text, bar);
        label->setBuddy(field);
        row->addWidget(label);
        row->addWidget(field);
        label->setVisible(!text.isEmpty());
        field->setVisible(!text.isEmpty());
        row->addSpacing(grid);
    };
    m_choice->setObjectName(QStringLiteral("choice"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_amount->setObjectName(QStringLiteral("amount"));
    m_amount->setGroupSeparatorShown(true);
    addLabelled(texts.choice, m_choice);
    addLabelled(texts.amount, m_amount);
    m_run->setObjectName(QStringLiteral("run"));
    row->addWidget(m_run);
    row->addStretch();
    row->addWidget(m_save);
    m_exportMenu->addAction(tr("Table…"), this, &AnalysisView::tableExportRequested);
    m_exportMenu->addAction(tr("Plot as Picture…"), this, &AnalysisView::pictureExportRequested);
    m_export->setMenu(m_exportMenu);
    row->addWidget(m_export);
    connect(m_run, &QPushButton::clicked, this, &AnalysisView::runRequested);
    connect(m_save, &QPushButton::clicked, this, &AnalysisView::modelSaveRequested);
    connect(m_choice, &QComboBox::activated, this, [this] { emit choiceMade(choice()); });
    return bar;
}

QWidget *AnalysisView::makePage()
{
    auto *page = new QWidget(this);
    for (QLabel *label : {m_caption, m_sentences}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setTextFormat(Qt::PlainText);
        label->setContentsMargins(3 * grid, 0, 3 * grid, 2 * grid);
    }
    m_sentences->setObjectName(QStringLiteral("sentences"));
    m_caption->setFont(smallFont(this));
    m_table->setModel(m_model);
    m_table->setObjectName(QStringLiteral("figures"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 2 * grid);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setFont(smallFont(this));
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { rowSelected(current.isValid() ? current.row() : -1); });
    m_sides->addWidget(m_table);
    m_sides->addWidget(m_plots);
    m_sides->setStretchFactor(0, 3);
    m_sides->setStretchFactor(1, 2);
    m_sides->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_caption);
    layout->addWidget(m_sentences);
    layout->addWidget(m_sides, 1);
    return page;
}

void AnalysisView::setChoices(const std::vector<Choice> &choices, const QString &preferred)
{
    const QString before = choice();
    m_choice->clear();
    for (const Choice &each : choices)
        m_choice->addItem(each.title, each.id);
    const int kept = m_choice->findData(before), wanted = m_choice->findData(preferred);
    m_choice->setCurrentIndex(wanted >= 0 ? wanted : kept >= 0 ? kept : m_choice->count() > 0 ? 0 : -1);
    m_choice->setEnabled(!m_running && m_choice->count() > 0);
}

QString AnalysisView::choice() const
{
    return m_choice->currentData().toString();
}

void AnalysisView::setAmount(const Amount &amount)
{
    m_amount->setRange(amount.least, amount.most);
    m_amount->setValue(amount.usual);
    m_amount->setSuffix(amount.unit.isEmpty() ? QString() : QLatin1Char(' ') + amount.unit);
}

int AnalysisView::amount() const
{
    return m_amount->value();
}

void AnalysisView::setObstacle(const QString &sentence)
{
    m_obstacle = sentence;
    updateState();
}

void AnalysisView::start()
{
    m_running = true;
    m_failure->hide();
    m_progress->start(m_title);
    updateState();
}

void AnalysisView::showProgress(const QString &phase, double fraction)
{
    m_progress->show(phase, fraction);
}

void AnalysisView::stopping()
{
    m_progress->stopping();
}

void AnalysisView::finish(const QString &sentence)
{
    m_running = false;
    m_progress->finish();
    m_failure->setText(sentence);
    m_failure->setVisible(!sentence.isEmpty());
    updateState();
}

void AnalysisView::showResult(AnalysisResult result)
{
    const int row = m_table->currentIndex().row();
    const bool sameShape = result.table.heads.size() == m_result.table.heads.size();
    m_result = std::move(result);
    m_caption->setText(QString::fromStdString(m_result.table.caption));
    m_caption->setVisible(!m_result.table.caption.empty());
    QStringList sentences;
    for (const std::string &note : m_result.table.notes)
        sentences += QString::fromStdString(note);
    m_sentences->setText(sentences.join(QLatin1Char('\n')));
    m_sentences->setVisible(!sentences.isEmpty());
    m_model->setTable(m_result.table);
    if (!sameShape || m_stack->currentIndex() == 0) {
        m_table->resizeColumnsToContents();
        for (int column = 0; column < m_model->columnCount(); ++column)
            m_table->setColumnWidth(column, std::min(m_table->columnWidth(column) + 2 * grid, 260));
    }
    showCharts();
    if (row >= 0 && row < m_model->rowCount())
        selectRow(row);
    updateState();
}

void AnalysisView::showCharts()
{
    while (m_charts.size() > m_result.charts.size()) {
        delete m_charts.back();
        m_charts.pop_back();
    }
    while (m_charts.size() < m_result.charts.size()) {
        auto *plot = new CurvePlot(this);
        m_charts.push_back(plot);
        m_plots->addWidget(plot);
        connect(plot, &CurvePlot::curveSelected, this, [this](int curve) {
            if (m_result.rows == AnalysisResult::Rows::curves)
                selectRow(curve);
        });
    }
    for (std::size_t i = 0; i < m_charts.size(); ++i)
        m_charts[i]->setChart(m_result.charts[i]);
    m_plots->setVisible(!m_charts.empty());
}

void AnalysisView::selectRow(int row)
{
    m_table->setCurrentIndex(m_model->index(row, 0));
}

void AnalysisView::rowSelected(int row)
{
    if (m_charts.empty())
        return;
    if (m_result.rows == AnalysisResult::Rows::curves)
        m_charts.front()->setCurrentCurve(row);
    else if (m_result.rows == AnalysisResult::Rows::points)
        m_charts.front()->setMarkedX(row >= 0 ? std::optional<double>(row + 1) : std::nullopt);
}

bool AnalysisView::savePicture(const QString &path)
{
    return !m_charts.empty() && m_charts.front()->savePicture(path);
}

void AnalysisView::updateState()
{
    m_run->setEnabled(!m_running && m_obstacle.isEmpty());
    m_run->setToolTip(m_obstacle);
    m_choice->setEnabled(!m_running && m_choice->count() > 0);
    m_amount->setEnabled(!m_running);
    const bool answered = !m_result.table.heads.empty();
    m_stack->setCurrentIndex(answered ? 1 : 0);
    m_empty->setTexts(m_title, m_obstacle.isEmpty() ? m_sentence : m_sentence + QLatin1Char('\n') + m_obstacle);
    m_export->setEnabled(answered && !m_running);
    m_exportMenu->actions().back()->setEnabled(!m_charts.empty());
    m_save->setVisible(m_result.model != nullptr);
    m_save->setEnabled(!m_running);
}

void AnalysisView::applyPalette()
{
    const Tones t = tones(palette());
    QPalette muted = palette();
    muted.setColor(QPalette::WindowText, t.muted);
    m_caption->setPalette(muted);
    QPalette warning = palette();
    warning.setColor(QPalette::Window, t.warning);
    m_failure->setPalette(warning);
    QPalette table = palette(); // as in the comparison
    table.setColor(QPalette::Highlight, t.selection);
    table.setColor(QPalette::HighlightedText, palette().color(QPalette::Text));
    m_table->setPalette(table);
}

void AnalysisView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        applyPalette();
    QWidget::changeEvent(event);
}

} // namespace espalier::ui
