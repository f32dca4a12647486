// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real TensorFlow Lite, compiled to WebAssembly (npm @tensorflow/tfjs-tflite), under Node.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

// What the runtime refuses, rather than what goes wrong.
export class Refusal extends Error {}

// `name` of the build: 'tflite_web_api_cc', or 'tflite_web_api_cc_simd' with vectors of 128 bits.
export async function loadRuntime(name = 'tflite_web_api_cc') {
    const resolve = createRequire(import.meta.url).resolve;
    const folder = path.join(path.dirname(resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
    // The script is made for pages: it looks for the page's global object and for its own address.
    globalThis.self = globalThis;
    globalThis.document ??= { currentScript: { src: path.join(folder, `${name}.js`) } };
    globalThis.require ??= createRequire(import.meta.url);
    globalThis.__dirname ??= folder;
    const script = readFileSync(path.join(folder, `${name}.js`), 'utf8');
    const factory = vm.runInThisContext(`${script}; tflite_web_api_ModuleFactory`);
    return factory({
        wasmBinary: readFileSync(path.join(folder, `${name}.wasm`)),
        locateFile: (name) => path.join(folder, name),
        print: (line) => process.stderr.write(line + '\n'),
        printErr: (line) => process.stderr.write(line + '\n'),
    });
}

// Runs `model`, the bytes of a file, in one thread.
export function createRunner(runtime, model) {
    const place = runtime._malloc(model.length);
    runtime.HEAPU8.set(model, place);
    const created = runtime.TFLiteWebModelRunner.CreateFromBufferAndOptions(place, model.length, {
        numThreads: 1,
        enableWebNNDelegate: false,
        webNNDevicePreference: 0,
        maxProfilingBufferEntries: 0,
        enableProfiling: false,
    });
    if (!created.ok())
        throw new Refusal(`the runtime refuses the model: ${created.errorMessage?.() ?? 'no reason given'}`);
    return created.value();
}

export function tensorsOf(list) {
    return Array.from({ length: list.size() }, (_, i) => list.get(i));
}

// A view of the tensor's bytes. Made anew for each use: the memory moves when it grows.
export function bytesOf(tensor) {
    const values = tensor.data();
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
