// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The accuracy of recipes where one set of samples must both calibrate and test: rows of a Markdown table. See
// README.md.

#include "support/crossvalidation.h"
#include "core/formats/modelformat.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace espalier;

template <class T>
T orFail(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return *std::move(result);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fprintf(stderr,
                     "%s MODEL DATA RECIPE…: each fifth of the calibration and test samples calibrates in "
                     "turn, the others are tested\n",
                     argv[0]);
        return 2;
    }
    const ModelPtr model = orFail(readModel(argv[1]));
    const Samples samples = undivided(*orFail(openDataset(argv[2])));
    ThreadPool pool(0);
    for (int i = 3; i < argc; ++i) {
        const double accuracy = orFail(crossValidated(model, orFail(Recipe::parse(argv[i])), samples, 5, pool));
        std::printf("| `%s` | %.3f %% |\n", argv[i], 100 * accuracy);
        std::fflush(stdout);
    }
}
