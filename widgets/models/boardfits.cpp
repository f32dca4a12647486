// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/boardfits.h"

#include "widgets/coretexts.h"
#include "widgets/format.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <vector>

namespace espalier::ui {

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::BoardFits)
};

/// One answer and the boards that give it.
struct Answer
{
    const BoardFit *fit;
    QStringList boards;
};

QString whyNot(const BoardFit &fit, const QString &boards = {})
{
    if (fit.constantBytes && *fit.constantBytes > fit.flashBytes)
        return Texts::tr("✗ too large for %1: constants of %2, flash of %3")
            .arg(boards, bytesText(double(*fit.constantBytes)), bytesText(double(fit.flashBytes)));
    if (fit.arenaBytes && *fit.arenaBytes > fit.ramBytes)
        return Texts::tr("✗ too large for %1: activations of %2, RAM of %3")
            .arg(boards, bytesText(double(*fit.arenaBytes)), bytesText(double(fit.ramBytes)));
    //: %1 is a list of boards, %2 a reason
    return Texts::tr("✗ cannot run on %1: %2").arg(boards, QString::fromStdString(fit.why));
}

} // namespace

BoardFitTexts boardFitTexts(std::span<const BoardFit> fits)
{
    BoardFitTexts texts;
    QStringList good, unmeasured, details;
    std::vector<Answer> answers;
    for (const BoardFit &fit : fits) {
        const QString title = QString::fromStdString(fit.title);
        if (fit.fits) {
            good += title;
            if (!fit.note.empty())
                unmeasured += title;
            details += title + QStringLiteral(": ") +
                       (fit.note.empty() ? Texts::tr("fits") : QString::fromStdString(fit.note));
            continue;
        }
        details += title + QStringLiteral(": ") + QString::fromStdString(fit.why);
        auto answer = std::ranges::find_if(answers, [&](const Answer &a) { return whyNot(*a.fit) == whyNot(fit); });
        if (answer == answers.end())
            answer = answers.insert(answers.end(), {&fit, {}});
        answer->boards += title;
    }
    const QString comma = QStringLiteral(", ");
    if (!good.isEmpty())
        texts.good = answers.empty() && good.size() > 1 ? Texts::tr("✓ fits every known board")
                                                        //: %1 is a list of boards that the model fits on
                                                        : Texts::tr("✓ fits %1").arg(good.join(comma));
    QStringList bad;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::string &remedy = answers[i].fit->remedy;
        bad += whyNot(*answers[i].fit, answers[i].boards.join(comma));
        const bool saidBelow = i + 1 < answers.size() && answers[i + 1].fit->remedy == remedy;
        if (!remedy.empty() && !saidBelow)
            //: what would make a model fit, %1 such as "quantize-int8 brings it to about a quarter"
            bad += Texts::tr("→ %1").arg(coreText(remedy));
    }
    if (!unmeasured.isEmpty())
        //: %1 is a list of boards that the model fits on; the tooltip says why
        bad += Texts::tr("✗ cannot be measured on %1").arg(unmeasured.join(comma));
    texts.bad = bad.join(QLatin1Char('\n'));
    texts.detail = details.join(QLatin1Char('\n'));
    return texts;
}

} // namespace espalier::ui
