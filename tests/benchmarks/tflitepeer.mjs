// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// TensorFlow Lite in WebAssembly, for espalier_inference_benchmark: node tflitepeer.mjs MODEL takes a number of runs on
// each line of standard input, and answers with the seconds of processor time that one of them took on average. What
// it answers first is how it is: "ready", or why it does not run.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

let refusal, runner;
try {
    const { bytesOf, createRunner, loadRuntime, tensorsOf } = await import('../tflite/runtime.mjs');
    runner = createRunner(await loadRuntime('tflite_web_api_cc_simd'), readFileSync(process.argv[2]));
    // The same values as on the other sides.
    for (const tensor of tensorsOf(runner.GetInputs())) {
        const bytes = bytesOf(tensor), isFloat = tensor.dataType === 'float32';
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        let state = 2654435769;
        for (let at = 0; at < bytes.length; at += isFloat ? 4 : 1) {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            if (isFloat)
                view.setFloat32(at, (state >>> 24) / 127.5 - 1, true);
            else
                bytes[at] = state >>> 24;
        }
    }
    if (!runner.Infer())
        throw new Error('it fails to run');
} catch (error) {
    refusal = `${error?.message ?? error}`.split('\n', 1)[0];
}

for await (const line of createInterface({ input: process.stdin })) {
    if (refusal !== undefined || line === 'ready') {
        process.stdout.write(`${refusal ?? 'ready'}\n`);
        continue;
    }
    const runs = Number(line), before = process.cpuUsage();
    for (let i = 0; i < runs; ++i)
        runner.Infer();
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(`${(user + system) / 1e6 / runs}\n`);
}
