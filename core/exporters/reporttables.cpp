// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporters/reporttables.h"

#include "core/study/figureformat.h"
#include "core/techniques/percent.h"

#include <cstdio>

namespace espalier {

namespace {

std::string decimals(double value, const char *format)
{
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string accuracyText(double accuracy)
{
    return figureFormat(Column::accuracy, 1).text(accuracy);
}

std::string sqnrText(const ErrorFigures &figures)
{
    return figures.sqnrDb ? decimals(*figures.sqnrDb, "%.1f") : "exact";
}

} // namespace

TextTable sensitivityTable(const Sensitivity &sensitivity, const std::vector<double> &shares)
{
    TextTable text;
    text.heads = {{"Layer", "", false}, {"Weights", "", true}};
    for (const double share : shares)
        text.heads.push_back({percentText(share), "%", true});
    text.heads.push_back({"Holds to", "", true});
    for (const SensitivityCurve &curve : sensitivity.curves) {
        std::vector<std::string> row = {curve.layer, std::to_string(curve.weights)};
        for (const double accuracy : curve.accuracies)
            row.push_back(accuracyText(accuracy));
        const double held = shareThatHolds(sensitivity, curve, shares, toleratedLoss);
        row.push_back(held > 0 ? percentText(held) : "none");
        text.rows.push_back(std::move(row));
    }
    text.notes.push_back(
        "Accuracy in percent when this layer alone is pruned and nothing is retrained; the whole model "
        "has " +
        accuracyText(sensitivity.accuracy) + " ± " + accuracyText(sensitivity.confidence95) +
        ". \"Holds to\": up to there it loses at most one point.");
    return text;
}

TextTable diagnosisTable(const Diagnosis &diagnosis)
{
    TextTable text;
    text.heads = {{"Tensor", "", false}, {"Range from", "", true}, {"to", "", true},        {"Test from", "", true},
                  {"to", "", true},      {"Clipped", "%", true},   {"Bits used", "", true}, {"Drift", "σ", true}};
    for (const TensorHealth &t : diagnosis.tensors)
        text.rows.push_back({t.name, decimals(t.minimum, "%.4g"), decimals(t.maximum, "%.4g"),
                             decimals(t.testMinimum, "%.4g"), decimals(t.testMaximum, "%.4g"),
                             decimals(100 * t.clipped, "%.3f"), decimals(t.bitsUsed, "%.1f"),
                             decimals(t.drift, "%.2f")});
    text.notes = diagnosis.sentences;
    std::string curve = "Ranges that the first calibration samples give:";
    for (const RangeCoverage &point : diagnosis.coverage)
        curve += " " + std::to_string(point.samples) + ": " + percentText(point.covered) +
                 (&point == &diagnosis.coverage.back() ? "." : ",");
    text.notes.push_back(curve);
    return text;
}

TextTable errorTable(const ErrorDebug &debug)
{
    TextTable text;
    text.heads = {{"Layer", "", false},          {"Type", "", false},     {"SQNR", "dB", true},
                  {"Cosine", "", true},          {"Max error", "", true}, {"Alone", "dB", true},
                  {"Alone max error", "", true}, {"If kept", "%", true},  {"If int16", "%", true}};
    for (const LayerError &layer : debug.layers)
        text.rows.push_back(
            {layer.layer, layer.type, sqnrText(layer.accumulated), decimals(layer.accumulated.cosine, "%.5f"),
             decimals(layer.accumulated.maxError, "%.4g"), layer.alone ? sqnrText(*layer.alone) : "",
             layer.alone ? decimals(layer.alone->maxError, "%.4g") : "",
             layer.accuracyIfKept ? figureFormat(Column::accuracy, 1).text(*layer.accuracyIfKept) : "",
             layer.accuracyIfWide ? figureFormat(Column::accuracy, 1).text(*layer.accuracyIfWide) : ""});
    text.notes = debug.sentences;
    text.notes.push_back(
        "SQNR: both models run from the input on. Alone: the variant's layer with the reference's "
        "inputs. If kept: the variant's accuracy with this layer as in the reference. If int16: with int16 "
        "activations in this layer.");
    return text;
}

TextTable reproductionTable(const Reproduction &reproduction)
{
    TextTable text;
    text.caption = std::string(reproduction.table->title);
    text.heads.push_back({"Row", "", false});
    for (const PaperColumn &column : reproduction.table->columns) {
        text.heads.push_back({std::string(column.title) + ", here", "", false});
        text.heads.push_back({"paper", "", false});
    }
    for (const ReproducedRow &row : reproduction.rows) {
        std::vector<std::string> cells = {std::string(row.paper->title)};
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            cells.push_back(row.cells[i]);
            cells.emplace_back(row.paper->published[i]);
        }
        text.rows.push_back(std::move(cells));
    }
    text.notes = reproduction.notes;
    return text;
}

} // namespace espalier
