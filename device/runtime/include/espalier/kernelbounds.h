// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds/convolution.h>
#include <espalier/bounds/depthwiselines.h>
#include <espalier/bounds/dsp.h>
#include <espalier/bounds/elements.h>
#include <espalier/bounds/fullyconnected.h>
#include <espalier/bounds/images.h>
#include <espalier/bounds/sparse.h>
#include <espalier/bounds/thumb.h>

// For each kernel of kernels.def, under its name: whether a layer stays within its operands, given in the order of the
// kernel's arguments, and comes to an end. What it computes is not looked at: wrong multipliers give wrong values, but
// touch nothing else.
