// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes as a model: read, verify, print, inspect, write, read again. A crash or a broken promise stops it.
#include "core/engine/engine.h"
#include "core/formats/modelformat.h"
#include "core/graph/compare.h"
#include "core/metrics/modelmetric.h"

#include <cstdio>
#include <cstdlib>

using namespace espalier;

namespace {

void demand(bool holds, const char *promise, const std::string &detail)
{
    if (holds)
        return;
    std::fprintf(stderr, "broken promise: %s: %s\n", promise, detail.c_str());
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::span<const std::uint8_t> bytes(data, size);
    for (const ModelFormat *format : modelFormats()) {
        if (!format->recognises(bytes))
            continue;
        const Result<ModelPtr> model = format->read(bytes);
        if (!model) {
            demand(model.error().code == ErrorCode::unusableInput, "the error's kind", model.error().message);
            continue;
        }
        const Result<void> sound = verify(**model);
        demand(sound.has_value(), "what is read verifies", sound ? std::string() : sound.error().message);
        for (const Graph &graph : (*model)->graphs)
            demand(!dump(graph).empty(), "graphs print", graph.name);
        unsupportedOperators(**model);
        Row row;
        fillModelMetrics(row, **model, bytes);
        const Result<Bytes> written = format->write(**model);
        if (!written)
            continue;
        const Result<ModelPtr> again = format->read(*written);
        demand(again.has_value(), "what is written reads", again ? std::string() : again.error().message);
        const std::string difference = firstDifference(**model, **again);
        demand(difference.empty(), "what is written reads back equal", difference);
    }
    return 0;
}
