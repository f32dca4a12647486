// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyses/analysiswindow.h"

#include "app/analyses/analysis.h"
#include "app/jobrunner.h"
#include "app/latestcall.h"
#include "app/studycontroller.h"
#include "core/base/file.h"
#include "core/exporters/csvtable.h"
#include "core/exporters/latextable.h"
#include "core/exporters/markdowntable.h"
#include "core/formats/modelformat.h"
#include "widgets/models/variantmodel.h"

#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace espalier::ui {

namespace {

const QString anotherFile = QStringLiteral("another file");

QString withSuffix(const QString &path, const QString &suffix)
{
    return QFileInfo(path).suffix().isEmpty() ? path + QLatin1Char('.') + suffix : path;
}

} // namespace

AnalysisWindow::AnalysisWindow(const Analysis &analysis, StudyController &study, QWidget *parent)
    : QWidget(parent, Qt::Window), m_analysis(analysis), m_study(study),
      m_view(new AnalysisView(analysis.texts(), this)), m_job(new JobRunner(this)), m_shown(new LatestCall(this))
{
    setObjectName(analysis.id());
    setWindowTitle(analysis.title().remove(QLatin1Char('&')));
    resize(960, 600);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_view);
    m_view->setAmount(analysis.amount());
    connect(m_view, &AnalysisView::runRequested, this, &AnalysisWindow::run);
    connect(m_view, &AnalysisView::cancelRequested, m_job, &JobRunner::cancel);
    connect(m_view, &AnalysisView::tableExportRequested, this, &AnalysisWindow::exportTable);
    connect(m_view, &AnalysisView::pictureExportRequested, this, &AnalysisWindow::exportPicture);
    connect(m_view, &AnalysisView::modelSaveRequested, this, &AnalysisWindow::saveModel);
    connect(m_view, &AnalysisView::choiceMade, this, [this](const QString &id) {
        if (id == anotherFile)
            chooseFile();
    });
    connect(m_job, &JobRunner::cancelling, m_view, &AnalysisView::stopping);
    connect(m_job, &JobRunner::progressed, this, [this](const QString &phase, qint64 done, qint64 total) {
        m_view->showProgress(phase, total > 0 ? double(done) / double(total) : -1);
    });
    connect(&study, &StudyController::modelChanged, this, &AnalysisWindow::updateChoices);
    connect(&study, &StudyController::dataChanged, this, &AnalysisWindow::updateChoices);
    connect(&study, &StudyController::summaryAvailable, this, &AnalysisWindow::updateChoices);
    connect(study.variants(), &QAbstractItemModel::modelReset, this, &AnalysisWindow::updateChoices);
    updateChoices();
}

AnalysisWindow::~AnalysisWindow()
{
    delete m_job; // joins its thread, which uses m_shown
}

bool AnalysisWindow::isRunning() const
{
    return m_job->isRunning();
}

void AnalysisWindow::followRow(int row)
{
    if (const QString choice = m_analysis.choiceForRow(m_study, row); !choice.isEmpty() && !isRunning()) {
        m_preferred = choice;
        updateChoices();
    }
}

void AnalysisWindow::updateChoices()
{
    std::vector<AnalysisView::Choice> choices = m_analysis.choices(m_study);
    if (m_analysis.takesFiles()) {
        if (!m_file.isEmpty())
            choices.push_back({m_file, QFileInfo(m_file).fileName()});
        choices.push_back({anotherFile, tr("Another File…")});
    }
    m_view->setChoices(choices, std::exchange(m_preferred, QString()));
    m_view->setObstacle(m_analysis.obstacle(m_study));
}

void AnalysisWindow::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Another Form of the Model"), {},
                                                      tr("TensorFlow Lite models (*.tflite)"));
    if (!path.isEmpty())
        m_file = m_preferred = path;
    updateChoices();
}

void AnalysisWindow::run()
{
    if (m_view->choice() == anotherFile)
        chooseFile();
    if (m_view->choice() == anotherFile)
        return;
    const Analysis::Work work = m_analysis.work(m_study, m_view->choice(), m_view->amount());
    m_job->start<AnalysisResult>(
        windowTitle(),
        [this, work, run = ++m_run](const Progress &progress) {
            return work(progress, [this, run](AnalysisResult result) {
                m_shown->offer([this, run, result = std::move(result)] {
                    if (run == m_run)
                        m_view->showResult(result);
                });
            });
        },
        [this](Result<AnalysisResult> result) {
            if (result) {
                m_shown->drop();
                m_view->showResult(std::move(*result));
                m_view->finish();
            } else {
                m_shown->flush(); // how far it came
                const bool wanted = result.error().code == ErrorCode::cancelled;
                m_view->finish(wanted ? QString() : QString::fromStdString(result.error().message));
            }
        });
    m_view->start();
}

void AnalysisWindow::exportTable()
{
    const QString csv = tr("Comma-separated values (*.csv)"), markdown = tr("Markdown (*.md)"),
                  latex = tr("LaTeX (*.tex)");
    QString kind;
    QString path =
        QFileDialog::getSaveFileName(this, tr("Export the Table"), m_analysis.id() + QStringLiteral(".csv"),
                                     csv + QStringLiteral(";;") + markdown + QStringLiteral(";;") + latex, &kind);
    if (path.isEmpty())
        return;
    path = withSuffix(path, kind == markdown ? QStringLiteral("md")
                            : kind == latex  ? QStringLiteral("tex")
                                             : QStringLiteral("csv"));
    const QString suffix = QFileInfo(path).suffix();
    const TextTable &table = m_view->result().table;
    const std::string text = suffix == QLatin1String("md")    ? markdownText(table)
                             : suffix == QLatin1String("tex") ? latexText(table)
                                                              : csvText(table);
    if (const Result<void> written = writeFile(path.toStdString(), text); !written)
        m_view->finish(QString::fromStdString(written.error().message));
}

void AnalysisWindow::exportPicture()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the Plot"),
                                                      m_analysis.id() + QStringLiteral(".png"), tr("Picture (*.png)"));
    if (path.isEmpty())
        return;
    const QString target = withSuffix(path, QStringLiteral("png"));
    if (!m_view->savePicture(target))
        m_view->finish(tr("“%1” cannot be written: choose another folder.").arg(target));
}

void AnalysisWindow::saveModel()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the Model"), QStringLiteral("model.tflite"),
                                                      tr("TensorFlow Lite models (*.tflite)"));
    if (path.isEmpty())
        return;
    const QString target = withSuffix(path, QStringLiteral("tflite"));
    const Result<void> written = writeModel(*m_view->result().model, target.toStdString());
    m_view->finish(written ? QString() : QString::fromStdString(written.error().message));
    if (written)
        emit modelSaved(target);
}

void AnalysisWindow::closeEvent(QCloseEvent *event)
{
    m_job->cancel();
    event->accept();
}

void AnalysisWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape)
        return QWidget::keyPressEvent(event);
    if (isRunning())
        m_job->cancel();
    else
        close();
}

} // namespace espalier::ui
