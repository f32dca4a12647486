// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Included in front of a model's sources when its layers are profiled. `arena` is theirs.
extern "C" void espalierLayerDone(int index, const unsigned char *arena);
#define ESPALIER_LAYER_DONE(index) espalierLayerDone(index, arena)
