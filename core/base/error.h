// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace espalier {

/// What kind of failure an Error is; the command line turns it into its exit status.
enum class ErrorCode {
    failed,          ///< the work itself failed
    invalidArgument, ///< what the person typed or set is wrong
    unusableInput,   ///< a model, data set or study file cannot be used
    missingTool,     ///< a board, emulator, compiler or package is absent
    cancelled,       ///< not a failure: the person stopped the work; shown nowhere
};

/// One sentence that names the object, the fact and the remedy, and the kind of failure.
struct Error
{
    ErrorCode code = ErrorCode::failed;
    std::string message;
    bool wantsHands = false; ///< a board waits for a person to do what the message says: to press a button, say

    /// The same error with the place it happened put in front: "model.tflite: …".
    Error in(const std::string &place) const { return {code, place + ": " + message, wantsHands}; }

    /// The same error, which asks for a person's hands.
    Error byHand() const { return {code, message, true}; }
};

inline Error failed(std::string message)
{
    return {ErrorCode::failed, std::move(message)};
}
inline Error invalidArgument(std::string message)
{
    return {ErrorCode::invalidArgument, std::move(message)};
}
inline Error unusableInput(std::string message)
{
    return {ErrorCode::unusableInput, std::move(message)};
}
inline Error missingTool(std::string message)
{
    return {ErrorCode::missingTool, std::move(message)};
}
inline Error cancelled()
{
    return {ErrorCode::cancelled, "cancelled"};
}

/// The exit status of the command line: 1 failed or cancelled, 2 invalid argument, 3 unusable input, 4 missing tool.
int exitStatus(ErrorCode code);

} // namespace espalier
