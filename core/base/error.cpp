// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace espalier {

int exitStatus(ErrorCode code)
{
    switch (code) {
    case ErrorCode::invalidArgument:
        return 2;
    case ErrorCode::unusableInput:
        return 3;
    case ErrorCode::missingTool:
        return 4;
    case ErrorCode::failed:
    case ErrorCode::cancelled:
        break;
    }
    return 1;
}

} // namespace espalier
