// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/graphbuilder.h"

#include <random>
#include <string>
#include <vector>

/// Three classes of points on a plane, told apart by a small dense network with weights of no training: accuracy is
/// what it is, the same each time.
inline espalier::ModelPtr smallModel()
{
    using namespace espalier;
    std::mt19937 random(5);
    const auto values = [&](std::size_t count) {
        std::vector<float> result;
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(float(random() % 2001) / 1000 - 1);
        return result;
    };
    GraphBuilder b;
    const auto x = b.input({1, 2});
    const auto hidden = b.fullyConnected(x, b.constant({64, 2}, values(128)), b.constant({64}, values(64)),
                                         {.activation = Activation::relu});
    const auto wide = b.fullyConnected(hidden, b.constant({64, 64}, values(4096)), b.constant({64}, values(64)),
                                       {.activation = Activation::relu});
    const auto out = b.fullyConnected(wide, b.constant({3, 64}, values(192)), b.constant({3}, values(3)));
    return b.model({b.softmax(out)});
}

inline std::string points()
{
    std::mt19937 random(7);
    std::string text = "x,y,label\n";
    for (int i = 0; i < 300; ++i) {
        const int label = i % 3;
        text += std::to_string(float(random() % 1000) / 1000 + float(label)) + ',' +
                std::to_string(float(random() % 1000) / 1000 - float(label)) + ',' + std::to_string(label) + '\n';
    }
    return text;
}
