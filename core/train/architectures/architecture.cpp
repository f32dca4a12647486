// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/architectures/architecture.h"

#include <algorithm>
#include <vector>

namespace espalier {

namespace {

std::string wanted(const Architecture &architecture)
{
    const std::string least = std::to_string(architecture.smallest);
    return architecture.input == Architecture::Input::series ? "series of at least " + least + " steps (steps×channels)"
                                                             : "images of at least " + least + "×" + least + " pixels";
}

bool fits(const Architecture &architecture, const Shape &shape)
{
    if (architecture.input == Architecture::Input::any)
        return true;
    if (architecture.input == Architecture::Input::series)
        return shape.size() == 2 && shape[0] >= architecture.smallest;
    return (shape.size() == 2 || shape.size() == 3) && std::min(shape[0], shape[1]) >= architecture.smallest;
}

} // namespace

Result<Untrained> Architecture::build(const Request &request) const
{
    if (!fits(*this, request.sampleShape))
        return unusableInput("architecture " + std::string(id) + " takes " + wanted(*this) + ", not samples of shape " +
                             shapeText(request.sampleShape) +
                             (input == Input::series ? ": choose cnn or mlp" : ": choose mlp"));
    if (request.width != 1 && !hasWidth)
        return invalidArgument("architecture " + std::string(id) + " has no width: leave it out");
    NetworkBuilder network(request.sampleShape, request.seed,
                           input == Input::series ? NetworkBuilder::Kind::series : NetworkBuilder::Kind::image,
                           request.width);
    addLayers(network, std::int32_t(request.classes));
    return network.finish("Espalier " + std::string(id),
                          reproducesInput ? NetworkBuilder::Head::values : NetworkBuilder::Head::softmax);
}

#define ARCHITECTURE(symbol, file) extern const Architecture symbol;
#include "core/train/architectures/architectures.def"
#undef ARCHITECTURE

std::span<const Architecture *const> architectures()
{
    static const std::vector<const Architecture *> all = {
#define ARCHITECTURE(symbol, file) &symbol,
#include "core/train/architectures/architectures.def"
#undef ARCHITECTURE
    };
    return all;
}

const Architecture *findArchitecture(std::string_view id)
{
    const auto found = std::ranges::find(architectures(), id, &Architecture::id);
    return found == architectures().end() ? nullptr : *found;
}

} // namespace espalier
