// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/coretexts.h"

#include <QCoreApplication>

namespace espalier::ui {

namespace {

/// What core shows to people, listed for the translators. A test compares this list with core.
[[maybe_unused]] constexpr const char *const known[] = {
    QT_TRANSLATE_NOOP("core", "Variant"),
    QT_TRANSLATE_NOOP("core", "Recipe"),
    QT_TRANSLATE_NOOP("core", "Model"),
    QT_TRANSLATE_NOOP("core", "Data"),
    QT_TRANSLATE_NOOP("core", "Samples"),
    QT_TRANSLATE_NOOP("core", "Accuracy"),
    QT_TRANSLATE_NOOP("core", "Δ accuracy"),
    QT_TRANSLATE_NOOP("core", "File"),
    QT_TRANSLATE_NOOP("core", "Zipped"),
    QT_TRANSLATE_NOOP("core", "Zeros"),
    QT_TRANSLATE_NOOP("core", "Parameters"),
    QT_TRANSLATE_NOOP("core", "MACs"),
    QT_TRANSLATE_NOOP("core", "Host"),
    QT_TRANSLATE_NOOP("core", "Board"),
    QT_TRANSLATE_NOOP("core", "Latency"),
    QT_TRANSLATE_NOOP("core", "Latency min"),
    QT_TRANSLATE_NOOP("core", "Latency max"),
    QT_TRANSLATE_NOOP("core", "Runs"),
    QT_TRANSLATE_NOOP("core", "Cycles"),
    QT_TRANSLATE_NOOP("core", "Instructions"),
    QT_TRANSLATE_NOOP("core", "Time source"),
    QT_TRANSLATE_NOOP("core", "RAM"),
    QT_TRANSLATE_NOOP("core", "Arena"),
    QT_TRANSLATE_NOOP("core", "Stack"),
    QT_TRANSLATE_NOOP("core", "Static RAM"),
    QT_TRANSLATE_NOOP("core", "Flash"),
    QT_TRANSLATE_NOOP("core", "Flash weights"),
    QT_TRANSLATE_NOOP("core", "Flash code"),
    QT_TRANSLATE_NOOP("core", "Energy"),
    QT_TRANSLATE_NOOP("core", "Energy source"),
    QT_TRANSLATE_NOOP("core", "Fidelity"),
    QT_TRANSLATE_NOOP("core", "Measured on"),
    QT_TRANSLATE_NOOP("core", "Version"),
    QT_TRANSLATE_NOOP("core", "Seed"),
    QT_TRANSLATE_NOOP("core", "Status"),
    QT_TRANSLATE_NOOP("core", "Why"),
    QT_TRANSLATE_NOOP("core", "Scope"),
    QT_TRANSLATE_NOOP("core", "Whether each layer reaches the sparsity by itself, or all layers together."),
    QT_TRANSLATE_NOOP("core", "Low-magnitude pruning"),
    QT_TRANSLATE_NOOP(
        "core", "Sets the weights of smallest magnitude to zero; the file zips smaller, dense kernels run no faster."),
    QT_TRANSLATE_NOOP("core", "Sparsity"),
    QT_TRANSLATE_NOOP("core", "Random pruning"),
    QT_TRANSLATE_NOOP(
        "core", "Sets randomly chosen weights to zero: the yardstick that any pruning by importance has to beat."),
    QT_TRANSLATE_NOOP("core", "Share of the weights that become zero; weights that are zero already do not count."),
    QT_TRANSLATE_NOOP("core", "Share of the weights (or blocks) that become zero; 2:4 always means half of them."),
    QT_TRANSLATE_NOOP("core", "Pattern"),
    QT_TRANSLATE_NOOP("core", "Single weights, blocks of dense layers, or two of every four inputs of an output."),
    QT_TRANSLATE_NOOP("core", "Block inputs"),
    QT_TRANSLATE_NOOP("core", "Inputs that a block spans, for pattern=block."),
    QT_TRANSLATE_NOOP("core", "Block outputs"),
    QT_TRANSLATE_NOOP("core", "Outputs that a block spans, for pattern=block."),
    QT_TRANSLATE_NOOP("core", "Block pooling"),
    QT_TRANSLATE_NOOP("core", "Whether a block counts by its average or its largest magnitude."),
    QT_TRANSLATE_NOOP("core", "Strip masks"),
    QT_TRANSLATE_NOOP("core",
                      "Whether the masks are left out of the model; kept, the file grows as literature reports."),
    QT_TRANSLATE_NOOP("core", "Class-blind pruning"),
    QT_TRANSLATE_NOOP("core", "Ranks the weights of all layers together and sets the smallest to zero, but for one of "
                              "each unit; it holds its accuracy far longer than the same sparsity in every layer."),
    QT_TRANSLATE_NOOP("core", "Share of all layers' weights that is zero afterwards."),
    QT_TRANSLATE_NOOP("core", "Rank by"),
    QT_TRANSLATE_NOOP("core", "Magnitude itself, or magnitude in standard deviations of the layer."),
    QT_TRANSLATE_NOOP("core", "Channel pruning"),
    QT_TRANSLATE_NOOP("core", "Takes whole channels out of the network, through sums, concatenations and depthwise "
                              "layers: file, RAM, flash and time all shrink on any engine."),
    QT_TRANSLATE_NOOP("core", "Fraction"),
    QT_TRANSLATE_NOOP("core", "Share of the channels of every group of layers that is removed."),
    QT_TRANSLATE_NOOP("core", "Criterion"),
    QT_TRANSLATE_NOOP("core",
                      "What tells how much a channel matters: its weights, its outputs, or what the loss owes to it."),
    QT_TRANSLATE_NOOP("core", "Multiple of"),
    QT_TRANSLATE_NOOP("core", "Channels that stay come in multiples of this, for kernels that like 4 or 8."),
    QT_TRANSLATE_NOOP("core", "Epochs"),
    QT_TRANSLATE_NOOP("core", "How often the training data is gone through to win accuracy back; 0 trains nothing."),
    QT_TRANSLATE_NOOP("core", "Learning rate"),
    QT_TRANSLATE_NOOP("core", "Step size at the start; Adam usually takes 0.001."),
    QT_TRANSLATE_NOOP("core", "Batch"),
    QT_TRANSLATE_NOOP("core", "Samples of one step."),
    QT_TRANSLATE_NOOP("core", "Optimizer"),
    QT_TRANSLATE_NOOP("core", "How steps follow from derivatives: gradient descent with momentum, or Adam with weight "
                              "decay within the derivatives or apart from them."),
    QT_TRANSLATE_NOOP("core", "Momentum"),
    QT_TRANSLATE_NOOP("core", "How much of its direction gradient descent keeps from step to step."),
    QT_TRANSLATE_NOOP("core", "Nesterov"),
    QT_TRANSLATE_NOOP("core", "Whether gradient descent looks one step of momentum ahead."),
    QT_TRANSLATE_NOOP("core", "Rate over time"),
    QT_TRANSLATE_NOOP("core", "The learning rate falls to 0 along a cosine, stays, or falls to a tenth at half of the "
                              "steps and to a hundredth at three quarters."),
    QT_TRANSLATE_NOOP("core", "Warm-up"),
    QT_TRANSLATE_NOOP("core", "Share of the steps in which the learning rate grows from 0."),
    QT_TRANSLATE_NOOP("core", "Clip norm"),
    QT_TRANSLATE_NOOP("core", "Derivatives of a larger norm are scaled down to it; 0 leaves them."),
    QT_TRANSLATE_NOOP("core", "Weight decay"),
    QT_TRANSLATE_NOOP("core", "How strongly weights are drawn to 0."),
    QT_TRANSLATE_NOOP("core", "Label smoothing"),
    QT_TRANSLATE_NOOP("core", "Share of each label that is spread over all classes."),
    QT_TRANSLATE_NOOP("core", "Augmentation"),
    QT_TRANSLATE_NOOP(
        "core",
        "How samples vary each time they are seen: images moved by up to 2 pixels, and mirrored, and with a square of "
        "8 pixels blanked; series with noise of 0.05, scaled by up to a tenth and moved by up to 4 steps."),
    QT_TRANSLATE_NOOP("core", "Patience"),
    QT_TRANSLATE_NOOP("core", "Stops after so many epochs without a lower loss on a tenth of the training data that is "
                              "kept back, and takes the best; 0 trains to the end."),
    QT_TRANSLATE_NOOP("core", "Training seed"),
    QT_TRANSLATE_NOOP("core", "Seed of the order of samples and of augmentation; -1 takes the study's."),
    QT_TRANSLATE_NOOP("core", "Schedule"),
    QT_TRANSLATE_NOOP("core", "Masks made once before training, anew at one sparsity, at a sparsity that rises along a "
                              "cubic (gradual pruning), or at the start of every epoch."),
    QT_TRANSLATE_NOOP("core", "First sparsity"),
    QT_TRANSLATE_NOOP("core", "Where the polynomial schedule begins."),
    QT_TRANSLATE_NOOP("core", "First step"),
    QT_TRANSLATE_NOOP("core", "Step from which masks are made anew."),
    QT_TRANSLATE_NOOP("core", "Last step"),
    QT_TRANSLATE_NOOP(
        "core",
        "Step up to which they are; -1 means three quarters of the training, or with schedule=constant all of it."),
    QT_TRANSLATE_NOOP("core", "Every so many steps"),
    QT_TRANSLATE_NOOP("core",
                      "Steps between two new masks; -1 means 100, but at most a tenth of the way from first to last."),
    QT_TRANSLATE_NOOP("core", "Power"),
    QT_TRANSLATE_NOOP("core", "Of the polynomial; 3 is gradual pruning's cubic."),
    QT_TRANSLATE_NOOP("core", "Tolerance"),
    QT_TRANSLATE_NOOP("core", "Accuracy that may be lost on a tenth of the training samples, kept back: rounds of "
                              "pruning and training go on within it, up to the sparsity; 0 prunes once."),
    QT_TRANSLATE_NOOP("core", "Share of a round"),
    QT_TRANSLATE_NOOP("core", "Share of the weights left that goes in each round, where there is a tolerance."),
    QT_TRANSLATE_NOOP("core", "How the fraction is spread over the rounds: each takes the same share of what is left, "
                              "or along the cubic of gradual pruning."),
    QT_TRANSLATE_NOOP("core", "Rounds"),
    QT_TRANSLATE_NOOP("core", "In how many steps the channels go, each followed by the epochs of training."),
    QT_TRANSLATE_NOOP("core", "Fine-tuning"),
    QT_TRANSLATE_NOOP(
        "core",
        "Trains the model a little longer: the control that every technique with retraining has to be compared with."),
    QT_TRANSLATE_NOOP("core", "Keep zeros"),
    QT_TRANSLATE_NOOP("core", "Whether weights that are zero now stay zero, as pruning left them."),
    QT_TRANSLATE_NOOP("core", "Layers"),
    QT_TRANSLATE_NOOP("core", "Names of the layers that are changed, separated by commas; empty means all."),
    QT_TRANSLATE_NOOP("core", "Sparsity removal"),
    QT_TRANSLATE_NOOP("core", "Turns the zeros of a pruned model into a network with fewer filters and retrains it: "
                              "what was promised in zeros becomes file, flash and time."),
    QT_TRANSLATE_NOOP("core", "Mode"),
    QT_TRANSLATE_NOOP("core", "Whole filters by their surviving mass (sound), or the surviving values laid into "
                              "smaller filters one after another as the paper does (literal)."),
    QT_TRANSLATE_NOOP("core", "Share of the filters that goes; 0 means the share of zeros that each layer has."),
    QT_TRANSLATE_NOOP("core", "Depth pruning"),
    QT_TRANSLATE_NOOP("core", "Drops the last layers and trains a small head in their place: fewer layers make small "
                              "models faster on any board."),
    QT_TRANSLATE_NOOP("core", "Target"),
    QT_TRANSLATE_NOOP("core", "Share of the parameters that the shorter network, head included, may have."),
    QT_TRANSLATE_NOOP("core", "Head width"),
    QT_TRANSLATE_NOOP("core", "Channels of the head's 1×1 convolution."),
    QT_TRANSLATE_NOOP("core", "Sparse kernels"),
    QT_TRANSLATE_NOOP("core",
                      "Runs pruned dense layers and 1×1 convolutions by their non-zero weights alone on this computer, "
                      "and tells what XNNPACK would do; compare the host time with the same recipe without this step."),
    QT_TRANSLATE_NOOP("core", "From"),
    QT_TRANSLATE_NOOP("core", "Share of zeros from which a layer runs sparsely."),
    QT_TRANSLATE_NOOP(
        "core",
        "cycles by an emulator's model of the M0+, memory without wait states: a real Pico waits for its flash"),
    QT_TRANSLATE_NOOP("core", "Only"),
    QT_TRANSLATE_NOOP("core", "All layers, or the 1×1 convolutions alone, as for XNNPACK's sparse inference."),
    QT_TRANSLATE_NOOP("core", "Whether each group of layers loses the fraction, or all compete for it: by score, or by "
                              "what cutting each alone costs."),
    QT_TRANSLATE_NOOP("core", "Distillation"),
    QT_TRANSLATE_NOOP("core",
                      "Trains the model on what a larger one, its teacher, makes of each sample, beside the labels."),
    QT_TRANSLATE_NOOP("core", "Hinton et al., Distilling the knowledge in a neural network (arXiv 1503.02531)"),
    QT_TRANSLATE_NOOP("core", "Teacher"),
    QT_TRANSLATE_NOOP("core", "The path of a float model, or original: the model before the recipe."),
    QT_TRANSLATE_NOOP("core", "Temperature"),
    QT_TRANSLATE_NOOP("core", "How much the teacher's probabilities are evened out."),
    QT_TRANSLATE_NOOP("core", "Teacher's share"),
    QT_TRANSLATE_NOOP("core", "Share of the loss that follows the teacher; the labels have the rest."),
    QT_TRANSLATE_NOOP("core", "Dynamic range"),
    QT_TRANSLATE_NOOP("core", "Large weights become 8-bit integers, activations stay float and are quantized while "
                              "running: a small file without calibration data."),
    QT_TRANSLATE_NOOP("core", "Style"),
    QT_TRANSLATE_NOOP(
        "core",
        "As TFLite's converter does, by the settings below; or PyTorch's weights, which replace those settings: dense "
        "layers only, of any size, one scale of the largest weight / 127.5. Both run with TFLite's kernels."),
    QT_TRANSLATE_NOOP("core", "Smallest layer"),
    QT_TRANSLATE_NOOP("core", "Layers with fewer weights than this keep them as float32."),
    QT_TRANSLATE_NOOP("core", "Per channel"),
    QT_TRANSLATE_NOOP("core", "Convolution weights get a scale for each output channel instead of one for the layer."),
    QT_TRANSLATE_NOOP("core", "Percentile"),
    QT_TRANSLATE_NOOP("core", "%"),
    QT_TRANSLATE_NOOP(
        "core",
        "Share of the values below the upper end of the range, and above the lower one, with calibration=percentile."),
    QT_TRANSLATE_NOOP("core", "Simulated few-bit weights"),
    QT_TRANSLATE_NOOP(
        "core", "Moves each layer's weights and biases to a grid of a few bits and keeps them as float32: what the "
                "accuracy would be, and a file that zips smaller, but neither a smaller file nor a faster run."),
    QT_TRANSLATE_NOOP("core", "Grid"),
    QT_TRANSLATE_NOOP("core", "Equal steps that are a power of two, equal steps between the extremes, or steps that "
                              "grow with the magnitude (log) or towards both ends (tanh)."),
    QT_TRANSLATE_NOOP("core", "Bits"),
    QT_TRANSLATE_NOOP("core", "Bits of a weight or bias."),
    QT_TRANSLATE_NOOP("core", "Overflow"),
    QT_TRANSLATE_NOOP("core", "Share of the largest values of a tensor that may be clipped, with method=linear."),
    QT_TRANSLATE_NOOP("core", "Deep Compression"),
    QT_TRANSLATE_NOOP(
        "core",
        "Small weights become zero and the others share few values, each step retrained where epochs are given; a "
        "Huffman-coded file of them is far smaller, but no faster."),
    QT_TRANSLATE_NOOP("core", "Quality"),
    QT_TRANSLATE_NOOP("core", "Weights below so many standard deviations of their layer become zero."),
    QT_TRANSLATE_NOOP("core", "Bits in convolutions"),
    QT_TRANSLATE_NOOP("core", "A layer's weights share 2^bits values, zero among them."),
    QT_TRANSLATE_NOOP("core", "Bits in dense layers"),
    QT_TRANSLATE_NOOP("core", "The same for fully connected layers."),
    QT_TRANSLATE_NOOP("core", "Huffman-packed model"),
    QT_TRANSLATE_NOOP("core", "Weight sharing"),
    QT_TRANSLATE_NOOP("core", "Each layer's weights share a few values: the file keeps its size but zips to about a "
                              "third with 32 of them, and boards store short indices of them; fewer cost accuracy, "
                              "which training the shared values on wins back."),
    QT_TRANSLATE_NOOP("core", "Clusters"),
    QT_TRANSLATE_NOOP("core", "How many different values the weights of a layer have."),
    QT_TRANSLATE_NOOP("core", "Start"),
    QT_TRANSLATE_NOOP(
        "core", "Where the shared values start: drawn by distance, evenly over the range, by density or at random."),
    QT_TRANSLATE_NOOP("core", "Refine"),
    QT_TRANSLATE_NOOP("core",
                      "Whether the shared values then move to the mean of their weights until none changes its value."),
    QT_TRANSLATE_NOOP("core", "Whether weights that are zero stay so, with a value of their own, as after pruning."),
    QT_TRANSLATE_NOOP("core", "Cross-layer equalization"),
    QT_TRANSLATE_NOOP("core", "Evens out the ranges of channels between consecutive convolutions, so that one scale "
                              "per layer suffices for 8 bits; the float model computes the same."),
    QT_TRANSLATE_NOOP("core", "Replace RELU6"),
    QT_TRANSLATE_NOOP("core", "Whether RELU6 becomes RELU first, since layers around RELU6 cannot be equalized."),
    QT_TRANSLATE_NOOP("core", "Passes"),
    QT_TRANSLATE_NOOP("core", "How often all pairs of layers are equalized at most; it ends when nothing changes. "
                              "AIMET makes one pass, Nagel et al. go on until it settles."),
    QT_TRANSLATE_NOOP("core", "Absorb high biases"),
    QT_TRANSLATE_NOOP("core",
                      "Whether what a channel has in nearly every calibration sample (three deviations below its mean) "
                      "moves into the bias of the next layer, so that the range between them gets smaller. Outputs "
                      "differ a little where a value is lower than that, or at a border padded with zeros."),
    QT_TRANSLATE_NOOP("core", "Asymmetric input"),
    QT_TRANSLATE_NOOP("core",
                      "Dense layers quantize their input with a zero point while running, instead of around 0."),
    QT_TRANSLATE_NOOP("core", "Float16 weights"),
    QT_TRANSLATE_NOOP("core", "Stores every constant as a 16-bit float: half the file, practically the same outputs, "
                              "arithmetic still float32."),
    QT_TRANSLATE_NOOP("core", "Full-integer int8"),
    QT_TRANSLATE_NOOP("core", "Weights, activations and arithmetic become 8-bit integers: a quarter of the file, and "
                              "what microcontrollers run fastest."),
    QT_TRANSLATE_NOOP("core", "Quantization-aware training"),
    QT_TRANSLATE_NOOP("core", "Trains the model on with the rounding of its integer form in every step, so that "
                              "weights settle where few bits suffice; the result is that integer form."),
    QT_TRANSLATE_NOOP("core", "Weight bits"),
    QT_TRANSLATE_NOOP("core", "Bits of each weight."),
    QT_TRANSLATE_NOOP("core", "Activation bits"),
    QT_TRANSLATE_NOOP("core", "Bits of each activation that is never negative, such as those behind a ReLU; the others "
                              "and the input have 8."),
    QT_TRANSLATE_NOOP("core", "Largest drop"),
    QT_TRANSLATE_NOOP("core", "By how much accuracy may fall on validation samples, where 0.01 is a point; the layers "
                              "that cost most stay float until it does not. 1 lets it fall."),
    QT_TRANSLATE_NOOP("core", "Bits by sensitivity"),
    QT_TRANSLATE_NOOP(
        "core",
        "Full-integer int8 whose layers have as many bits for their weights, 2 to 8, and for their activations, "
        "8 or 16, as budgets allow and the output needs: measured layer by layer, chosen together."),
    QT_TRANSLATE_NOOP("core", "How much of activations may live at once. What is left beyond int8 goes to int16 "
                              "activations where int8 ones change the output the most; 0: int8 everywhere."),
    QT_TRANSLATE_NOOP("core", "KiB"),
    QT_TRANSLATE_NOOP("core", "Activations"),
    QT_TRANSLATE_NOOP("core", "What the data and the result of the layer are: int16 costs twice the memory, and a "
                              "QUANTIZE where it meets int8, which TensorFlow Lite Micro runs and TensorFlow Lite on a "
                              "PC does not."),
    QT_TRANSLATE_NOOP("core", "Size"),
    QT_TRANSLATE_NOOP("core", "Share of the bits of 8-bit weights that may be used."),
    QT_TRANSLATE_NOOP("core", "MAC bits"),
    QT_TRANSLATE_NOOP(
        "core", "The same of multiply-accumulates, each counted with the bits of its weight; 1 leaves them free."),
    QT_TRANSLATE_NOOP("core", "Binary weights"),
    QT_TRANSLATE_NOOP("core", "Trains the model on with weights that are a sign times a scale for each output channel, "
                              "and activations of two values where asked for; the first and the last layer keep their "
                              "weights."),
    QT_TRANSLATE_NOOP("core", "KiB"),
    QT_TRANSLATE_NOOP("core", "Activations"),
    QT_TRANSLATE_NOOP("core", "Whether what one layer hands to the next takes two values too; each layer is normalized "
                              "over its batch while it trains."),
    QT_TRANSLATE_NOOP("core", "Keep ends"),
    QT_TRANSLATE_NOOP("core", "Whether the first and the last layer keep their weights."),
    QT_TRANSLATE_NOOP("core", "Rounding"),
    QT_TRANSLATE_NOOP("core", "Whether weights go to the nearest step, or each to the one of its two neighbours that "
                              "keeps the layer's output on calibration samples (AdaRound)."),
    QT_TRANSLATE_NOOP("core", "Iterations"),
    QT_TRANSLATE_NOOP("core", "Steps in which AdaRound learns each layer; 0: 10000, below 8 bits 15000."),
    QT_TRANSLATE_NOOP("core", "Skip"),
    QT_TRANSLATE_NOOP("core", "Whether the layer is left as it is."),
    QT_TRANSLATE_NOOP("core", "Range decay"),
    QT_TRANSLATE_NOOP("core", "How much of an activation's range stays at each step; the rest comes from the step."),
    QT_TRANSLATE_NOOP("core", "At most so many calibration samples, which give the first ranges."),
    QT_TRANSLATE_NOOP("core", "Low-magnitude pruning as TF-MOT leaves it"),
    QT_TRANSLATE_NOOP("core", "Pruning for XNNPACK's sparse inference"),
    QT_TRANSLATE_NOOP("core", "Random unstructured pruning"),
    QT_TRANSLATE_NOOP("core", "One-shot channel pruning"),
    QT_TRANSLATE_NOOP("core", "Pruned, reshaped, full-integer int8"),
    QT_TRANSLATE_NOOP("core", "Post-training full-integer int8"),
    QT_TRANSLATE_NOOP("core", "PyTorch's dynamic quantization"),
    QT_TRANSLATE_NOOP("core", "Linear quantization as pytorch-playground does it"),
    QT_TRANSLATE_NOOP("core", "Equalized, tf_enhanced, bias corrected"),
    QT_TRANSLATE_NOOP("core", "OpenVINO's post-training int8"),
    QT_TRANSLATE_NOOP("core", "Half the channels, then quantization-aware training"),
    QT_TRANSLATE_NOOP("core", "Half the channels, then static int8"),
    QT_TRANSLATE_NOOP("core", "Loureiro et al., Table 2: pruning"),
    QT_TRANSLATE_NOOP("core", "Loureiro et al., Table 3: quantization"),
    QT_TRANSLATE_NOOP("core", "Audi et al., Table 1: a pruned, reshaped and quantized 1D-CNN"),
    QT_TRANSLATE_NOOP("core", "Audi et al., Table 2: the same models on a board"),
    QT_TRANSLATE_NOOP("core", "Calibration"),
    QT_TRANSLATE_NOOP("core",
                      "How the range of each activation follows from the values that calibration samples give it."),
    QT_TRANSLATE_NOOP("core", "How many calibration samples are run, spread over those that the data set has."),
    QT_TRANSLATE_NOOP("core", "Input"),
    QT_TRANSLATE_NOOP("core", "Type of the model's input; the others than int8 cost one more operator."),
    QT_TRANSLATE_NOOP("core", "Output"),
    QT_TRANSLATE_NOOP("core", "Type of the model's output; the others than int8 cost one more operator."),
    QT_TRANSLATE_NOOP("core", "Preset"),
    QT_TRANSLATE_NOOP("core", "How scales of activations follow from their ranges: as TensorFlow Lite does, or as "
                              "OpenVINO does, symmetric around 0 (performance) or not (mixed)."),
    QT_TRANSLATE_NOOP("core", "Bias correction"),
    QT_TRANSLATE_NOOP("core", "How biases make up for the mean error of quantized weights: measured layer after layer, "
                              "computed from the expected input, or measured on the mean input."),
    QT_TRANSLATE_NOOP("core", "Comma-separated values"),
    QT_TRANSLATE_NOOP("core", "JSON"),
    QT_TRANSLATE_NOOP("core", "LaTeX table"),
    QT_TRANSLATE_NOOP("core", "LaTeX table against the original"),
    QT_TRANSLATE_NOOP("core", "Markdown table"),
    QT_TRANSLATE_NOOP("core", "Markdown table against the original"),
    QT_TRANSLATE_NOOP("core", "Plain text"),
    QT_TRANSLATE_NOOP("core", "Plain text against the original"),
    QT_TRANSLATE_NOOP("core", "TensorFlow Lite"),
    QT_TRANSLATE_NOOP("core", "emulated instructions, not milliseconds of a real board"),
    QT_TRANSLATE_NOOP("core", "evaluating"),
    QT_TRANSLATE_NOOP("core",
                      "measured, with the chip's instruction cache on; its firmware has not yet run on hardware"),
    QT_TRANSLATE_NOOP("core", "measured; by the board's own clock, of the model that is built into its firmware"),
    QT_TRANSLATE_NOOP("core", "measured; code and weights come from flash through the chip's cache"),
    QT_TRANSLATE_NOOP("core",
                      "measured; code and weights come from flash through the chip's cache; its firmware has not "
                      "yet run on hardware"),
    QT_TRANSLATE_NOOP("core", "bootloader"),
    QT_TRANSLATE_NOOP("core", "UF2 drive"),
    QT_TRANSLATE_NOOP("core", "held by a program"),
    QT_TRANSLATE_NOOP("core", "not permitted"),
    QT_TRANSLATE_NOOP("core", "other firmware"),
    QT_TRANSLATE_NOOP("core", "our firmware"),
    QT_TRANSLATE_NOOP("core", "timing on this host"),
    QT_TRANSLATE_NOOP("core", "waiting for its board"),
    QT_TRANSLATE_NOOP("core", "quantize-int8 brings it to about a quarter"),
    QT_TRANSLATE_NOOP("core", "prune-channels, or a smaller input, brings it down"),
    // What runs now.
    QT_TRANSLATE_NOOP("core", "building the firmware"),
    QT_TRANSLATE_NOOP("core", "clustering"),
    QT_TRANSLATE_NOOP("core", "comparing layers"),
    QT_TRANSLATE_NOOP("core", "copying to the board's drive"),
    QT_TRANSLATE_NOOP("core", "cutting one group at a time"),
    QT_TRANSLATE_NOOP("core", "entering the bootloader"),
    QT_TRANSLATE_NOOP("core", "equalizing"),
    QT_TRANSLATE_NOOP("core", "estimating cycles"),
    QT_TRANSLATE_NOOP("core", "looking at channels"),
    QT_TRANSLATE_NOOP("core", "measuring layers"),
    QT_TRANSLATE_NOOP("core", "measuring activations"),
    QT_TRANSLATE_NOOP("core", "ranking layers"),
    QT_TRANSLATE_NOOP("core", "looking for the layer that differs"),
    QT_TRANSLATE_NOOP("core", "pruning one layer at a time"),
    QT_TRANSLATE_NOOP("core", "quantizing"),
    QT_TRANSLATE_NOOP("core", "reading flash back"),
    QT_TRANSLATE_NOOP("core", "reading rows"),
    QT_TRANSLATE_NOOP("core", "reading samples"),
    QT_TRANSLATE_NOOP("core", "rounding"),
    QT_TRANSLATE_NOOP("core", "running on the board"),
    QT_TRANSLATE_NOOP("core", "sending the plan"),
    QT_TRANSLATE_NOOP("core", "sharing weights"),
    QT_TRANSLATE_NOOP("core", "starting the board"),
    QT_TRANSLATE_NOOP("core", "timing"),
    QT_TRANSLATE_NOOP("core", "training"),
    QT_TRANSLATE_NOOP("core", "validating on the board"),
    QT_TRANSLATE_NOOP("core", "waiting for the board to start"),
    QT_TRANSLATE_NOOP("core", "writing flash"),
    QT_TRANSLATE_NOOP("core", "Integer with 4-bit weights"),
    QT_TRANSLATE_NOOP("core", "Weights become 4-bit integers, two to a byte in the file and in flash; activations are "
                              "int8. An eighth of the weights' size, at a cost in accuracy, which groups lower."),
    QT_TRANSLATE_NOOP("core", "Group"),
    QT_TRANSLATE_NOOP("core", "So many neighbouring weights of an output share a 4-bit multiple of its scale."),
    QT_TRANSLATE_NOOP("core", "Weights get a scale for each output channel instead of one for the layer."),
    QT_TRANSLATE_NOOP("core", "Int16 activations, int8 weights"),
    QT_TRANSLATE_NOOP("core", "Weights become 8-bit integers and activations 16-bit ones: nearly the accuracy of "
                              "floats in a quarter of the file, for twice the memory of int8 and a slower run."),
    QT_TRANSLATE_NOOP("core", "Type of the model's input; float costs one more operator."),
    QT_TRANSLATE_NOOP("core", "Type of the model's output; float costs one more operator."),
    // Heads of the tables of analyses.
    QT_TRANSLATE_NOOP("core", "Layer"),
    QT_TRANSLATE_NOOP("core", "Type"),
    QT_TRANSLATE_NOOP("core", "Weights"),
    QT_TRANSLATE_NOOP("core", "Holds to"),
    QT_TRANSLATE_NOOP("core", "Tensor"),
    QT_TRANSLATE_NOOP("core", "Range from"),
    QT_TRANSLATE_NOOP("core", "to"),
    QT_TRANSLATE_NOOP("core", "Test from"),
    QT_TRANSLATE_NOOP("core", "Clipped"),
    QT_TRANSLATE_NOOP("core", "Bits used"),
    QT_TRANSLATE_NOOP("core", "Drift"),
    QT_TRANSLATE_NOOP("core", "SQNR"),
    QT_TRANSLATE_NOOP("core", "Cosine"),
    QT_TRANSLATE_NOOP("core", "Max error"),
    QT_TRANSLATE_NOOP("core", "Alone"),
    QT_TRANSLATE_NOOP("core", "Alone max error"),
    QT_TRANSLATE_NOOP("core", "If kept"),
    QT_TRANSLATE_NOOP("core", "If int16"),
    QT_TRANSLATE_NOOP("core", "Row"),
    QT_TRANSLATE_NOOP("core", "paper"),
    QT_TRANSLATE_NOOP("core", "Epoch"),
    QT_TRANSLATE_NOOP("core", "Loss"),
    QT_TRANSLATE_NOOP("core", "Kept back"),
};

} // namespace

QString coreText(std::string_view english)
{
    const QByteArray text(english.data(), qsizetype(english.size()));
    return QCoreApplication::translate("core", text.constData());
}

QString columnTitle(Column column)
{
    return coreText(info(column).title);
}

QString sourceWord(Source source)
{
    switch (source) {
    case Source::simulated:
        //: A word in a table cell: the figure comes from an emulator's cycle model
        return QCoreApplication::translate("source", "sim");
    case Source::counted:
        //: A word in a table cell: emulated instructions were counted
        return QCoreApplication::translate("source", "count");
    case Source::estimated:
        //: A word in a table cell: the figure was computed, not measured
        return QCoreApplication::translate("source", "est");
    case Source::published:
        //: A word in a table cell: the figure was typed in from a paper
        return QCoreApplication::translate("source", "paper");
    case Source::none:
    case Source::measured:
        break;
    }
    return {};
}

QString sourceName(Source source)
{
    switch (source) {
    case Source::measured:
        return QCoreApplication::translate("source", "measured");
    case Source::simulated:
        return QCoreApplication::translate("source", "simulated");
    case Source::counted:
        return QCoreApplication::translate("source", "counted");
    case Source::estimated:
        return QCoreApplication::translate("source", "estimated");
    case Source::published:
        return QCoreApplication::translate("source", "published");
    case Source::none:
        break;
    }
    return {};
}

QString sourceSentence(Source source)
{
    switch (source) {
    case Source::measured:
        return QCoreApplication::translate("source", "Measured.");
    case Source::simulated:
        return QCoreApplication::translate("source", "Simulated by an emulator's cycle model.");
    case Source::counted:
        return QCoreApplication::translate("source",
                                           "Instructions counted by an emulator: not milliseconds of a real board.");
    case Source::estimated:
        return QCoreApplication::translate("source", "Estimated: computed, not measured.");
    case Source::published:
        return QCoreApplication::translate("source", "Published: typed in from a paper.");
    case Source::none:
        break;
    }
    return {};
}

} // namespace espalier::ui
