// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/sparsetimes.h"

#include "core/engine/engine.h"
#include "core/graph/sparsehint.h"
#include "core/kernels/sparseproduct.h"
#include "core/kernels/xnnpackproduct.h"
#include "core/metrics/noiseinput.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>
#include <vector>

namespace espalier {

namespace {

using Clock = std::chrono::steady_clock;

/// One side of a comparison: a run, and the best milliseconds of one so far.
struct Side
{
    std::function<void()> run;
    double bestMs = std::numeric_limits<double>::infinity();
    int runsPerBurst = 1;
};

double millisecondsOf(const Side &side, int runs)
{
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < runs; ++i)
        side.run();
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count() / runs;
}

/// Bursts of about a millisecond, in turns: what else the machine does slows both.
void compare(Side &a, Side &b, const Progress &progress)
{
    constexpr int bursts = 30;
    for (Side *side : {&a, &b})
        side->runsPerBurst = std::clamp(int(1 / std::max(millisecondsOf(*side, 1), 1e-3)), 1, 1000);
    for (int burst = 0; burst < bursts && !progress.cancelled(); ++burst)
        for (Side *side : {&a, &b})
            side->bestMs = std::min(side->bestMs, millisecondsOf(*side, side->runsPerBurst));
}

/// Adds the times of a layer that XNNPACK takes.
Result<void> addXnnpack(const Graph &graph, const Operator &op, SparseTimes::Xnnpack &sum, const Progress &progress)
{
    using Form = XnnpackProduct::Form;
    Result<XnnpackProduct> dense = XnnpackProduct::make(graph, op, Form::dense);
    if (!dense)
        return dense.error();
    Result<XnnpackProduct> sparse = XnnpackProduct::make(graph, op, Form::sparse);
    if (!sparse)
        return sparse.error();
    Side a{[&] { dense->run(); }}, b{[&] { sparse->run(); }};
    for (XnnpackProduct *product : {&*dense, &*sparse})
        fillWithNoise(DType::float32, std::as_writable_bytes(product->input()));
    compare(a, b, progress);
    ++sum.layers;
    sum.denseMs += a.bestMs;
    sum.sparseMs += b.bestMs;
    return {};
}

/// Three digits at most.
std::string threeDigits(double value)
{
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::setprecision(3) << value;
    return text.str();
}

std::string timesText(double dense, double sparse)
{
    return threeDigits(sparse) + " ms by the non-zero weights alone, " + threeDigits(dense) + " ms by all (" +
           threeDigits(sparse / dense) + "x)";
}

} // namespace

Result<SparseTimes> sparseTimes(const ModelPtr &model, const Progress &progress)
{
    const std::optional<double> least = sparseHint(*model);
    auto plain = std::make_shared<Model>(*model);
    clearSparseHint(*plain);
    const Result<ProgramPtr> sparse = Program::compile(model), dense = Program::compile(plain);
    if (!sparse)
        return sparse.error();
    if (!dense)
        return dense.error();
    Session sparseSession(*sparse), denseSession(*dense);
    const Graph &graph = (*sparse)->graph();
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
        for (Session *session : {&sparseSession, &denseSession})
            fillWithNoise(graph[graph.inputs[i]].type, session->input(i));
    Side a{[&] { denseSession.run(); }}, b{[&] { sparseSession.run(); }};
    compare(a, b, progress);
    SparseTimes times;
    times.denseMs = a.bestMs;
    times.sparseMs = b.bestMs;

    SparseTimes::Xnnpack sum;
    const Graph &folded = (*sparse)->foldedGraph(); // where masks were kept, what they leave is a constant
    for (const Operator &op : folded.operators) {
        if (!least || !runsSparsely(folded, op, *least))
            continue;
        ++times.layers;
        if (op.kind == OpKind::conv2D)
            if (const Result<void> added = addXnnpack(folded, op, sum, progress); !added)
                times.whyNoXnnpack = added.error().message;
    }
    if (progress.cancelled())
        return cancelled();
    if (times.whyNoXnnpack.empty() && sum.layers == 0)
        times.whyNoXnnpack = "none of these layers is a 1×1 convolution, the only kind that XNNPACK runs sparsely";
    if (times.whyNoXnnpack.empty())
        times.xnnpack = sum;
    return times;
}

std::string SparseTimes::text() const
{
    if (layers == 0)
        return "No layer of this form runs sparsely on this computer: its sparse kernels take float weights.";
    std::string result = "One image on this computer takes " + timesText(denseMs, sparseMs) + ". ";
    if (!xnnpack)
        return result + "No times of XNNPACK: " + whyNoXnnpack;
    return result + "XNNPACK's own operators, " + std::to_string(xnnpack->layers) +
           (xnnpack->layers == 1 ? " 1×1 convolution: " : " 1×1 convolutions: ") +
           timesText(xnnpack->denseMs, xnnpack->sparseMs) + ".";
}

} // namespace espalier
