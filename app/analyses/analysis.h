// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"
#include "widgets/models/analysisresult.h"
#include "widgets/views/analysisview.h"

#include <functional>
#include <span>
#include <vector>

namespace espalier::ui {

class StudyController;

/// A question that a window of its own asks about the study. One file beside this and one line in analyses.def make a
/// new one.
class Analysis
{
public:
    using Texts = AnalysisView::Texts;
    using Choice = AnalysisView::Choice;
    using Amount = AnalysisView::Amount;
    /// Runs on a worker thread with all it needs captured by value; `show` brings what is known so far to the window.
    using Show = std::function<void(AnalysisResult)>;
    using Work = std::function<Result<AnalysisResult>(const Progress &progress, const Show &show)>;

    Analysis() = default;
    Analysis(const Analysis &) = delete;
    Analysis &operator=(const Analysis &) = delete;
    virtual ~Analysis() = default;

    virtual QString id() const = 0;    ///< of its action and window, for tests
    virtual QString title() const = 0; ///< as in the menu, with its mnemonic
    virtual Texts texts() const = 0;
    virtual Amount amount() const { return {}; }
    virtual std::vector<Choice> choices(const StudyController &study) const = 0;
    /// The choice that a selected row of the comparison suggests; empty: none.
    virtual QString choiceForRow(const StudyController &, int) const { return {}; }
    /// Whether a model file from elsewhere can be chosen, too: the choice is then its path.
    virtual bool takesFiles() const { return false; }
    /// Why it cannot be asked now; empty where it can.
    virtual QString obstacle(const StudyController &study) const = 0;
    virtual Work work(const StudyController &study, const QString &choice, int amount) const = 0;
};

std::span<const Analysis *const> analyses();

} // namespace espalier::ui
