// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

/// What a kernel is told about its layer. Made on the host once and for all: shapes, strides, zero points, clamps.
/// Every field takes 32 bits, so that exported sources (as constants) and plan images (as words) hold the same and call
/// the same kernels.
namespace espalier {
namespace rt {

/// CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV over [batches, height, width, channels]. Quantized layers use the zero
/// points and the clamp; float and hybrid ones the last fields.
struct ConvolutionLayer
{
    int32_t batches, inputHeight, inputWidth, inputChannels;
    int32_t filterHeight, filterWidth;
    int32_t outputHeight, outputWidth, outputChannels;
    int32_t strideHeight, strideWidth, dilationHeight, dilationWidth;
    int32_t padTop, padLeft;
    int32_t depthMultiplier; ///< of depthwise layers
    int32_t inputZeroPoint, filterZeroPoint, outputZeroPoint;
    int32_t outputMin, outputMax;
    int32_t perChannel; ///< one filter scale for each output channel, not one for all
    int32_t asymmetric; ///< hybrid: the input gets a zero point of its own
    int32_t hasBias, activation;
};

/// Depthwise layers that go through the image channel by channel and line by line (dsp/depthwise.h). A line is a row
/// or, where that is longer, a column of the image; `across` goes from line to line and `along` the line.
struct DepthwiseLinesLayer
{
    int32_t batches, channels, inputBytes, outputBytes;       ///< values (bytes, of int8) from one image to the next
    int32_t inputLines, inputLength, inputAcross, inputAlong; ///< extents, then the like from value to value
    int32_t outputLines, outputLength, outputAcross, outputAlong;
    int32_t stride, padAcross, padAlong;
    int32_t inputZeroPoint, outputMin, outputMax;
    int32_t bandLines; ///< lines of the output that are made at once for a channel
    int32_t linePairs; ///< words that a line takes in scratch memory
};

/// FULLY_CONNECTED: input [rows, inputs], weights [outputs, inputs], output [rows, outputs].
struct FullyConnectedLayer
{
    int32_t rows, inputs, outputs;
    int32_t filterZeroPoint, outputZeroPoint;
    int32_t outputMin, outputMax;
    int32_t perChannel, asymmetric, hasBias, activation; ///< as for ConvolutionLayer
};

/// AVERAGE_POOL_2D and MAX_POOL_2D.
struct PoolLayer
{
    int32_t batches, inputHeight, inputWidth, channels;
    int32_t filterHeight, filterWidth, outputHeight, outputWidth;
    int32_t strideHeight, strideWidth, padTop, padLeft;
    int32_t outputMin, outputMax; ///< integers
    int32_t activation;           ///< floats
};

/// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
struct ResizeLayer
{
    int32_t batches, inputHeight, inputWidth, channels, outputHeight, outputWidth;
    int32_t alignCorners, halfPixelCenters;
};

/// MEAN over some of up to four dimensions: extents k0..k3 of the dimensions that stay and r0..r3 of those that are
/// averaged (outermost first, merged where that changes nothing), each with its stride in the input.
struct MeanLayer
{
    int32_t k0, ks0, k1, ks1, k2, ks2, k3, ks3;
    int32_t r0, rs0, r1, rs1, r2, rs2, r3, rs3;
    int32_t count;                                         ///< values in one mean
    int32_t zeroIn, zeroOut, multiplier, shift, low, high; ///< integers; zeroIn is times the count already
};

/// Two inputs, of which either may be broadcast: extents n0..n4 of the output (outermost first, dimensions merged where
/// that changes nothing), strides a0..a4 and b0..b4 of the inputs in elements, 0 along a dimension that is broadcast.
struct PairLayer
{
    int32_t n0, n1, n2, n3, n4, a0, a1, a2, a3, a4, b0, b1, b2, b3, b4;
    int32_t activation; ///< floats
};

/// ADD and SUB of quantized values.
struct AddLayer
{
    int32_t n0, n1, n2, n3, n4, a0, a1, a2, a3, a4, b0, b1, b2, b3, b4;
    int32_t zero1, zero2, zeroOut, leftShift;
    int32_t multiplier1, shift1, multiplier2, shift2, multiplierOut, shiftOut;
    int32_t low, high;
};

/// ADD of int8 tensors of the same shape (dsp/add.h).
struct DspAddLayer
{
    int32_t elements;
    int32_t lift1, zero1, multiplier1, rounding1, right1; ///< zero1 is lifted: zero point * 2^lift1
    int32_t lift2, zero2, multiplier2, rounding2, right2;
    int32_t multiplierOut, roundingOut, rightOut;
    int32_t outputMin, outputMax;
};

/// The same for Cortex-M0+ (thumb/add.h).
struct ThumbAddLayer
{
    int32_t elements;
    int32_t zero1, zero2, leftShift;
    int32_t multiplier1, shift1, multiplier2, shift2;
    int32_t multiplierOut, roundingOut, rightOut;
    int32_t outputMin, outputMax;
};

/// MUL of quantized values.
struct MultiplyLayer
{
    int32_t n0, n1, n2, n3, n4, a0, a1, a2, a3, a4, b0, b1, b2, b3, b4;
    int32_t zero1, zero2, zeroOut, multiplier, shift;
    int32_t low, high;
};

/// PRELU of quantized values: multiplier1 for positive ones, multiplier2 for the others.
struct PreluLayer
{
    int32_t n0, n1, n2, n3, n4, a0, a1, a2, a3, a4, b0, b1, b2, b3, b4;
    int32_t zero1, zero2, zeroOut, multiplier1, shift1, multiplier2, shift2;
    int32_t low, high;
};

/// A block of up to five dimensions, copied between two tensors: extents n0..n4 (outermost first), strides of the
/// source from0..from4 and of the target to0..to4 in elements (may be negative).
struct CopyLayer
{
    int32_t n0, n1, n2, n3, n4, from0, from1, from2, from3, from4, to0, to1, to2, to3, to4;
    int32_t fromStart, toStart;
};

/// SOFTMAX over rows of `depth` values.
struct SoftmaxLayer
{
    int32_t rows, depth;
    int32_t multiplier, shift, lowestDifference, low; ///< integers; low is the output type's lowest value
};
struct SoftmaxFloatLayer
{
    int32_t rows, depth;
    float beta;
};

/// The same for int16.
struct WideSoftmaxLayer
{
    int32_t rows, depth, multiplier, shift;
};

/// Operators on single values.
struct ElementsLayer
{
    int32_t elements;
};
struct ActivationLayer
{
    int32_t elements, activation;
};
/// LOGISTIC and TANH of int16.
struct WideSigmoidLayer
{
    int32_t elements, multiplier, shift;
};
struct LeakyReluLayer
{
    int32_t elements;
    float alpha;
};
struct QuantizeLayer
{
    int32_t elements;
    float scale;
    int32_t zeroPoint, low, high;
};
struct DequantizeLayer
{
    int32_t elements;
    float scale;
    int32_t zeroPoint;
};
struct RequantizeLayer
{
    int32_t elements;
    int32_t zeroIn, zeroOut, multiplier, shift;
    int32_t low, high;
};
struct LeakyReluQuantizedLayer
{
    int32_t elements;
    int32_t zeroIn, zeroOut;
    int32_t multiplier1, shift1; ///< of positive values
    int32_t multiplier2, shift2, negativeSlope;
    int32_t low, high;
};

/// The value that PAD puts around the input.
struct FillLayer
{
    int32_t elements, value;
};
struct FillFloatLayer
{
    int32_t elements;
    float value;
};

} // namespace rt
} // namespace espalier
