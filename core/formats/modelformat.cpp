// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/modelformat.h"

#include "core/base/text.h"

#include <algorithm>

namespace espalier {

#define MODEL_FORMAT(symbol, file) extern const ModelFormat symbol;
#include "core/formats/formats.def"
#undef MODEL_FORMAT

namespace {

std::string knownFormats()
{
    std::vector<std::string> words;
    for (const ModelFormat *format : modelFormats())
        words.push_back(std::string(format->title) + " (." + std::string(format->suffixes.front()) + ")");
    return joined(words, ", ");
}

} // namespace

std::span<const ModelFormat *const> modelFormats()
{
    static const std::vector<const ModelFormat *> all = {
#define MODEL_FORMAT(symbol, file) &symbol,
#include "core/formats/formats.def"
#undef MODEL_FORMAT
    };
    return all;
}

Result<ModelPtr> readModel(const std::filesystem::path &path)
{
    const Result<Bytes> bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    const std::string name = "'" + path.string() + "'";
    if (bytes->empty())
        return unusableInput(name + " is empty, a model file is needed");
    for (const ModelFormat *format : modelFormats()) {
        if (!format->recognises(*bytes))
            continue;
        Result<ModelPtr> model = format->read(*bytes);
        if (!model)
            return model.error().in(name);
        return model;
    }
    return unusableInput(name + " is not a model of a known format: " + knownFormats());
}

Result<void> writeModel(const Model &model, const std::filesystem::path &path)
{
    std::string suffix = path.extension().string();
    suffix = suffix.empty() ? "tflite" : suffix.substr(1);
    for (const ModelFormat *format : modelFormats()) {
        if (std::ranges::find(format->suffixes, suffix) == format->suffixes.end())
            continue;
        if (!format->write)
            return invalidArgument("models are not written as " + std::string(format->title));
        const Result<Bytes> bytes = format->write(model);
        if (!bytes)
            return bytes.error().in("'" + path.string() + "'");
        return writeFile(path, *bytes);
    }
    return invalidArgument("'" + path.string() + "' has no suffix of a known model format: " + knownFormats());
}

} // namespace espalier
