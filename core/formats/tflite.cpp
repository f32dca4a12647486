// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/formats/tflite/tflite.h"
#include "core/formats/modelformat.h"

namespace espalier {

extern const ModelFormat tfliteFormat;
const ModelFormat tfliteFormat = {
    .id = "tflite",
    .title = "TensorFlow Lite",
    .suffixes = {"tflite"},
    .recognises = tflite::recognises,
    .read = tflite::read,
    .write = tflite::write,
};

} // namespace espalier
