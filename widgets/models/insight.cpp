// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/insight.h"

#include "core/study/pruningremark.h"
#include "widgets/format.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace espalier::ui {

namespace {

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(espalier::ui::Insight)
};

QString nameInSentence(Column column)
{
    switch (column) {
    case Column::sizeBytes:
        return Texts::tr("file");
    case Column::flashBytes:
        return Texts::tr("flash");
    default:
        return Texts::tr("time");
    }
}

Insight insightOf(const PruningRemark &remark, const Row &row, const Row &original)
{
    const QString recipe = QString::fromStdString(remark.recipe);
    if (remark.kind == PruningRemark::Kind::masksKept)
        return {Texts::tr("A mask is stored beside every weight: the file is %1 times as large.")
                    .arg(QLocale().toString(*remark.growth, 'f', 2)),
                recipe.isEmpty() ? QString() : Texts::tr("Leave the masks out"), recipe};
    QStringList names;
    for (const Column column : remark.unchanged)
        names += nameInSentence(column);
    const QString sentence =
        remark.kind == PruningRemark::Kind::zerosSkipped
            ? Texts::tr("%1 % of the weights are zero, and sparse kernels leave them out, but they are stored like any "
                        "number: %2 did not change.")
            : Texts::tr("%1 % of the weights are zero, but zeros are stored and multiplied like any number: "
                        "%2 did not change.");
    QString text = sentence.arg(QLocale().toString(remark.zeros * 100, 'f', 0), QLocale().createSeparatedList(names));
    const auto zipped = row.number(Column::zippedBytes), before = original.number(Column::zippedBytes);
    if (zipped && before && *zipped < *before)
        text += QLatin1Char(' ') + Texts::tr("Only the zipped file shrank, to %1.").arg(bytesText(*zipped));
    return {text, recipe.isEmpty() ? QString() : Texts::tr("Turn the zeros into a smaller network"), recipe};
}

bool hasStep(const Row &row, std::string_view id)
{
    const std::string &recipe = row.text(Column::recipe);
    const auto at = recipe.find(id);
    return at != std::string::npos && (at == 0 || recipe[at - 1] == ' ');
}

QString points(double fraction)
{
    return QLocale().toString(fraction * 100, 'f', std::abs(fraction) < 0.01 ? 2 : 1);
}

} // namespace

double accuracyUncertainty(double accuracy, std::int64_t samples)
{
    constexpr double z = 1.96; // Wilson, E. B. (1927): the score interval, with this quantile for 95 %
    const double n = double(samples);
    return z / (1 + z * z / n) * std::sqrt(accuracy * (1 - accuracy) / n + z * z / (4 * n * n));
}

std::optional<Insight> insightAbout(const Row &row, const Row *original)
{
    if (row.status() != Status::ok)
        return std::nullopt;
    if (row.text(Column::fidelity) == "differs")
        return Insight{Texts::tr("The board's outputs differ from this computer's: its accuracy may differ too. The "
                                 "inspector says where."),
                       {},
                       {}};
    if (!original || row.text(Column::recipe).empty()) {
        if (const auto instructions = row.number(Column::instructions);
            instructions && row.timeSource() == Source::counted)
            return Insight{Texts::tr("Instructions are counted by an emulator: they compare variants with each other, "
                                     "but they are not the milliseconds of a real board."),
                           {},
                           {}};
        return std::nullopt;
    }
    const auto accuracy = row.number(Column::accuracy), delta = row.number(Column::accuracyDelta);
    const auto samples = row.number(Column::samples);

    if (const auto remark = pruningRemark(row, *original))
        return insightOf(*remark, row, *original);
    if (accuracy && delta && samples && *samples > 0) {
        const double chance = accuracyUncertainty(*accuracy, std::int64_t(*samples));
        if (*delta < -0.05 && *delta < -2 * chance)
            return Insight{Texts::tr("It lost %1 points of accuracy, far more than %2 test samples leave to chance.")
                               .arg(points(-*delta), QLocale().toString(qlonglong(*samples))),
                           {},
                           {}};
        if (*delta != 0 && std::abs(*delta) < chance)
            return Insight{
                Texts::tr("The difference of %1 points is within chance: with %2 test samples an accuracy is "
                          "known to ±%3 points (95 %).")
                    .arg(points(std::abs(*delta)), QLocale().toString(qlonglong(*samples)), points(chance)),
                {},
                {}};
    }
    if (hasStep(row, "quantize-float16"))
        return Insight{Texts::tr("float16 halves the stored weights; they are widened to float32 before they are used, "
                                 "so time and RAM do not fall."),
                       {},
                       {}};
    if (hasStep(row, "quantize-dynamic"))
        return Insight{Texts::tr("Weights are int8, activations stay float: the file shrinks to about a quarter, RAM "
                                 "does not. Full-integer int8 quantizes both."),
                       {},
                       {}};
    return std::nullopt;
}

} // namespace espalier::ui
