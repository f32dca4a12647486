// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studyfile.h"

#include "app/studyjson.h"
#include "core/base/file.h"
#include "core/exporters/rowjson.h"

#include <QCryptographicHash>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace espalier {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A study has rows of a few kilobytes and trainings of about a hundred; more than this is no study.
constexpr std::uint64_t largestFile = std::uint64_t(32) << 20;
constexpr int deepestNesting = 8;

/// Refuses deep nesting while it is read, before it costs memory.
Result<Json> parsed(const Bytes &bytes)
{
    const auto shallow = [](int depth, Json::parse_event_t, Json &) {
        if (depth > deepestNesting)
            throw std::length_error("nested too deep");
        return true;
    };
    try {
        return Json::parse(bytes.begin(), bytes.end(), shallow);
    } catch (const nlohmann::json::parse_error &error) {
        return unusableInput("it is no study: the text ends to be JSON at byte " + std::to_string(error.byte));
    } catch (const std::exception &) {
        return unusableInput("it is no study: its JSON is nested deeper than any study's");
    }
}

fs::path absolutePath(const fs::path &path)
{
    std::error_code error;
    const fs::path result = fs::weakly_canonical(fs::absolute(path, error), error);
    return error ? path : result;
}

} // namespace

void Study::take(const Row &row)
{
    const auto same = std::ranges::find_if(rows, [&](const Row &known) {
        return known.text(Column::recipe) == row.text(Column::recipe) &&
               known.text(Column::board) == row.text(Column::board);
    });
    if (same == rows.end())
        rows.push_back(row);
    else
        *same = row;
}

void Study::take(Training training)
{
    const auto same = std::ranges::find(trainings, training.recipe, &Training::recipe);
    if (same == trainings.end())
        trainings.push_back(std::move(training));
    else
        *same = std::move(training);
}

std::vector<TrainedEpoch> Study::trainingOf(const std::string &recipe) const
{
    const auto found = std::ranges::find(trainings, recipe, &Training::recipe);
    return found == trainings.end() ? std::vector<TrainedEpoch>() : found->epochs;
}

Result<Study> readStudy(const fs::path &path)
{
    const Result<Bytes> bytes = readFile(path, largestFile);
    if (!bytes)
        return bytes.error();
    const Result<Json> document = parsed(*bytes);
    if (!document)
        return document.error().in("'" + path.string() + "'");
    Result<Study> study = studyFromJson(*document, absolutePath(path).parent_path());
    if (!study)
        return study.error().in("'" + path.string() + "'");
    return study;
}

Result<void> writeStudy(const Study &study, const fs::path &path)
{
    return writeFile(path, jsonText(toJson(study, absolutePath(path).parent_path())));
}

std::string sha256(const Bytes &bytes)
{
    const QByteArrayView view(bytes.data(), qsizetype(bytes.size()));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(view);
    return hash.result().toHex().toStdString();
}

} // namespace espalier
