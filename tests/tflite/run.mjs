// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs a .tflite model in the real TensorFlow Lite.
//
//     node run.mjs MODEL                       says what the model takes and gives
//     node run.mjs MODEL PREFIX INPUT…         runs it: one file of raw little-endian values for each input, in order;
//                                              writes PREFIX0, PREFIX1, … for the outputs
//     node run.mjs                             takes the same arguments as JSON arrays, a line each, on standard input,
//                                              and answers each with a line; {"error", "refused"} where it fails
//
// An input file may hold several samples one after the other; the model runs for each, and the outputs follow each
// other likewise. On standard output a JSON object: {"inputs": [{"type", "shape", "bytes"}], "outputs": […], "runs"}.
// Exit status 3: the runtime refuses the model; the reason is on standard error.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { bytesOf, createRunner, loadRuntime, Refusal, tensorsOf } from './runtime.mjs';

function describe(tensor) {
    return {
        type: tensor.dataType,
        shape: tensor.shape === '' ? [] : tensor.shape.split(',').map(Number),
        bytes: bytesOf(tensor).length,
    };
}

function run(runner, prefix, inputFiles) {
    const inputs = tensorsOf(runner.GetInputs());
    if (inputs.length !== inputFiles.length)
        throw new Error(`the model has ${inputs.length} inputs, ${inputFiles.length} files are given`);
    const files = inputFiles.map((file) => readFileSync(file));
    const sizes = inputs.map((input) => bytesOf(input).length);
    const runs = sizes.length === 0 ? 1 : files[0].length / sizes[0];
    files.forEach((file, i) => {
        if (!Number.isInteger(runs) || file.length !== runs * sizes[i])
            throw new Error(`${inputFiles[i]} has ${file.length} bytes, input ${i} takes ${sizes[i]} a run`);
    });
    const results = [];
    for (let k = 0; k < runs; ++k) {
        inputs.forEach((input, i) => bytesOf(input).set(files[i].subarray(k * sizes[i], (k + 1) * sizes[i])));
        if (!runner.Infer())
            throw new Refusal('the runtime fails to run the model');
        tensorsOf(runner.GetOutputs()).forEach((output, i) => {
            (results[i] ??= []).push(Buffer.from(bytesOf(output)));
        });
    }
    results.forEach((parts, i) => writeFileSync(prefix + i, Buffer.concat(parts)));
    return runs;
}

function answer(runtime, [modelFile, prefix, ...inputFiles]) {
    const runner = createRunner(runtime, readFileSync(modelFile));
    return {
        inputs: tensorsOf(runner.GetInputs()).map(describe),
        outputs: tensorsOf(runner.GetOutputs()).map(describe),
        runs: prefix === undefined ? 0 : run(runner, prefix, inputFiles),
    };
}

// A C++ exception or abort of the runtime arrives as a number or a RuntimeError: a refusal as well.
function isRefusal(error) {
    return error instanceof Refusal || typeof error === 'number' || error instanceof WebAssembly.RuntimeError;
}

// One request a line, one answer a line. What goes wrong may leave the runtime unusable, so it is loaded anew.
async function serve() {
    let runtime;
    for await (const line of createInterface({ input: process.stdin })) {
        let report;
        try {
            report = answer((runtime ??= await loadRuntime()), JSON.parse(line));
        } catch (error) {
            runtime = undefined;
            report = { error: `${error?.message ?? error}`, refused: isRefusal(error) };
        }
        process.stdout.write(JSON.stringify(report) + '\n');
    }
}

if (process.argv.length > 2) {
    try {
        process.stdout.write(JSON.stringify(answer(await loadRuntime(), process.argv.slice(2))) + '\n');
    } catch (error) {
        process.stderr.write(`${error?.message ?? error}\n`);
        process.exit(isRefusal(error) ? 3 : 1);
    }
} else {
    await serve();
}
