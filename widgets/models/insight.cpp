// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/insight.h"

#include "core/techniques/recipe.h"
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

/// The recipe with int8 quantization after it, where it parses.
QString quantized(const Row &row)
{
    const std::string text = row.text(Column::recipe) + " | quantize-int8";
    const auto recipe = Recipe::parse(text);
    return recipe ? QString::fromStdString(recipe->text()) : QString();
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
    const auto zeros = row.number(Column::sparsity), zerosBefore = original->number(Column::sparsity);
    const auto size = row.number(Column::sizeBytes), sizeBefore = original->number(Column::sizeBytes);
    const auto zipped = row.number(Column::zippedBytes), zippedBefore = original->number(Column::zippedBytes);
    const auto accuracy = row.number(Column::accuracy), delta = row.number(Column::accuracyDelta);
    const auto samples = row.number(Column::samples);
    const bool shrank = size && sizeBefore && *size < 0.9 * *sizeBefore;

    if (zeros && zerosBefore && *zeros > *zerosBefore + 0.1 && size && sizeBefore && !shrank) {
        const QString percent = QLocale().toString(*zeros * 100, 'f', 0);
        const QString stored = Texts::tr("%1 % of the weights are zero, but zeros are stored and multiplied like any "
                                         "number: file, flash and time did not change.")
                                   .arg(percent);
        const QString zip = zipped && zippedBefore && *zipped < *zippedBefore
                                ? Texts::tr("Only the zipped file shrank, to %1.").arg(bytesText(*zipped))
                                : QString();
        const QString recipe = quantized(row);
        return Insight{zip.isEmpty() ? stored : stored + QLatin1Char(' ') + zip,
                       recipe.isEmpty() ? QString() : Texts::tr("Also quantize to int8"), recipe};
    }
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
