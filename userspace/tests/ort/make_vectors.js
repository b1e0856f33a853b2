// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * make_vectors.js: vectors.h from the native ONNX Runtime, one op at a time.
 *
 *	npm install onnxruntime-node@1.30.0
 *	node make_vectors.js > vectors.h
 *
 * Writes ONNX models of one node each, runs them with all graph optimisations off, and
 * keeps parameters and outputs.  Inputs and weights are not kept: both sides draw them from
 * the generator of draw(), in the order of the operands.
 */
'use strict';
const ort = require('onnxruntime-node');

const FLOAT = 1, UINT8 = 2, INT8 = 3, INT32 = 6;
const NAMES = { [UINT8]: 'VNPU_DTYPE_UINT8', [INT8]: 'VNPU_DTYPE_INT8' };

/* Protocol buffers, as much as ONNX needs. */
function varint(n) {
	const bytes = [];
	for (n = BigInt.asUintN(64, BigInt(n)); n > 127n; n >>= 7n)
		bytes.push(Number(n & 127n) | 128);
	return Buffer.from([...bytes, Number(n)]);
}
const integer = (field, n) => Buffer.concat([varint(field << 3), varint(n)]);
function bytes(field, b) {
	b = Buffer.from(b);
	return Buffer.concat([varint(field << 3 | 2), varint(b.length), b]);
}
function real(field, v) {
	const b = Buffer.alloc(4);
	b.writeFloatLE(v);
	return Buffer.concat([varint(field << 3 | 5), b]);
}
const message = (...parts) => Buffer.concat(parts);

function tensor(name, type, dims, data) {
	return message(...dims.map(d => integer(1, d)), integer(2, type), bytes(8, name),
		       bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
}
function value(name, type, dims) {
	const shape = message(...dims.map(d => bytes(1, integer(1, d))));
	return message(bytes(1, name), bytes(2, bytes(1, message(integer(1, type), bytes(2, shape)))));
}
function attribute(name, v) {
	if (Array.isArray(v))
		return message(bytes(1, name), ...v.map(i => integer(8, i)), integer(20, 7));
	if (Number.isInteger(v))
		return message(bytes(1, name), integer(3, v), integer(20, 2));
	return message(bytes(1, name), real(2, v.float), integer(20, 1));
}

const arrays = { [FLOAT]: Float32Array, [UINT8]: Uint8Array, [INT8]: Int8Array, [INT32]: Int32Array };
const names = { [FLOAT]: 'float32', [UINT8]: 'uint8', [INT8]: 'int8' };

/*
 * operands: [type, dims, data] in the node's order; the first `inputs` of them (by place)
 * are inputs of the graph, the others constants.
 */
async function run(op, domain, attributes, operands, inputs, type, dims) {
	const node = message(...operands.map((_, i) => bytes(1, 'i' + i)), bytes(2, 'y'), bytes(4, op),
			     bytes(7, domain),
			     ...Object.entries(attributes).map(([k, v]) => bytes(5, attribute(k, v))));
	const graph = message(bytes(1, node), bytes(2, 'g'),
		...operands.flatMap(([t, d, v], i) => inputs.includes(i) ? [] :
				    [bytes(5, tensor('i' + i, t, d, v))]),
		...inputs.map(i => bytes(11, value('i' + i, operands[i][0], operands[i][1]))),
		bytes(12, value('y', type, dims)));
	const model = message(integer(1, 8), bytes(7, graph), bytes(8, integer(2, 17)),
			      bytes(8, message(bytes(1, 'com.microsoft'), integer(2, 1))));
	const session = await ort.InferenceSession.create(model, { graphOptimizationLevel: 'disabled',
								   intraOpNumThreads: 1 });
	const feeds = {};
	for (const i of inputs)
		feeds['i' + i] = new ort.Tensor(names[operands[i][0]], operands[i][2], operands[i][1]);
	return (await session.run(feeds)).y.data;
}

let state;
function draw(type, count) {
	return arrays[type].from({ length: count }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return type === INT8 ? (state >>> 24) - 128 : state >>> 24;
	});
}
const scale = v => [FLOAT, [], Float32Array.of(v)];
const scales = v => [FLOAT, [v.length], Float32Array.from(v)];
const zero = (type, v) => [type, [], arrays[type].of(v)];

const hex = data => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
const lines = text => text.match(/.{1,88}/g).map(l => `\n\t  "${l}"`).join('');
const bits = v => '0x' + Buffer.from(Float32Array.of(v).buffer).readUInt32LE().toString(16);

function emit(kind, seed, type, out, f, dims, s, z) {
	console.log(`	{ ${kind}, ${seed}, ${NAMES[type]}, { ${dims.join(', ')} },`);
	console.log(`	  { ${s.map(bits).join(', ')} }, { ${z.join(', ')} },${lines(hex(out))} },`);
}

const SCALES = [[0.0235, 0.0127, 0.0312], [0.5, 0.5, 1], [0.25, 0.125, 0.5], [0.0171, 0.0093, 0.0209]];
/* The output's scale twice that of an input, not dyadic: near each tie a sum's own roundings decide. */
const NEAR_TIES = [[0.0235, 0.0127, 0.047], [0.0117, 0.0281, 0.0562], [0.0311, 0.0311, 0.0311], [0.0423, 0.0151, 0.0302]];

async function products() {
	for (const [i, type] of [UINT8, INT8, UINT8, INT8].entries()) {
		const s = [0.0235 + i / 100, 0.0131, 0.9 + i / 3], z = type === UINT8 ? [117, 0, 131] : [-7, 0, 5];
		const [ic, oc, size] = [5, 18, 6];

		state = 100 + i;
		const x = draw(type, ic * size * size), w = draw(INT8, oc * ic * 9);
		const b = Int32Array.from({ length: oc }, (_, o) => 997 * (o - 9));
		const sw = Array.from({ length: oc }, (_, o) => s[1] * (1 + o / 8));
		emit('ORT_CONV', 100 + i, type, await run('QLinearConv', '', { pads: [1, 1, 1, 1] }, [
			[type, [1, ic, size, size], x], scale(s[0]), zero(type, z[0]), [INT8, [oc, ic, 3, 3], w],
			scales(sw), [INT8, [oc], new Int8Array(oc)], scale(s[2]), zero(type, z[2]), [INT32, [oc], b],
		], [0], type, [1, oc, size, size]), 0, [ic, oc, size], s, z);

		state = 200 + i;
		const xd = draw(type, oc * size * size), wd = draw(INT8, oc * 9);
		emit('ORT_DEPTHWISE', 200 + i, type, await run('QLinearConv', '', { pads: [1, 1, 1, 1], group: oc }, [
			[type, [1, oc, size, size], xd], scale(s[0]), zero(type, z[0]), [INT8, [oc, 1, 3, 3], wd],
			scales(sw), [INT8, [oc], new Int8Array(oc)], scale(s[2] / 8), zero(type, z[2]), [INT32, [oc], b],
		], [0], type, [1, oc, size, size]), 0, [oc, oc, size], [s[0], s[1], s[2] / 8], z);

		const [rows, terms, columns] = [4, 37, 20];
		state = 300 + i;
		const a = draw(type, rows * terms), m = draw(INT8, terms * columns);
		emit('ORT_MATMUL', 300 + i, type, await run('QLinearMatMul', '', {}, [
			[type, [rows, terms], a], scale(s[0]), zero(type, z[0]), [INT8, [terms, columns], m],
			scale(s[1]), zero(INT8, 0), scale(s[2]), zero(type, z[2]),
		], [0], type, [rows, columns]), 0, [rows, terms, columns], s, z);
	}
}

async function sums() {
	for (const [i, s] of [...SCALES, ...NEAR_TIES].entries())
		for (const type of [UINT8, INT8])
			for (const op of i < SCALES.length ? ['QLinearAdd', 'QLinearMul'] : ['QLinearAdd']) {
				const z = type === UINT8 ? [120, 131, 3 + i] : [-5, 9, 2 * i - 3], n = i < SCALES.length ? 512 : 2048;
				const seed = 400 + 4 * i + type, so = op === 'QLinearMul' ? s[2] * 16 * s[1] : s[2];
				state = seed;
				const a = draw(type, n), b = draw(type, n);
				emit(op === 'QLinearMul' ? 'ORT_MUL' : 'ORT_ADD', seed, type,
				     await run(op, 'com.microsoft', {}, [
					[type, [n], a], scale(s[0]), zero(type, z[0]), [type, [n], b],
					scale(s[1]), zero(type, z[1]), scale(so), zero(type, z[2]),
				], [0, 3], type, [n]), 0, [n, 1, 1], [s[0], s[1], so], z);
			}
}

async function pools() {
	for (const [i, s] of SCALES.entries())
		for (const type of [UINT8, INT8]) {
			const z = type === UINT8 ? [120, 0, 3 + i] : [-5, 0, 2 * i - 3], seed = 500 + 4 * i + type;
			const [c, size] = [24, 4 + i];
			state = seed;
			const x = draw(type, c * size * size);
			emit('ORT_GLOBAL_AVERAGE', seed, type, await run('QLinearGlobalAveragePool', 'com.microsoft', {}, [
				[type, [1, c, size, size], x], scale(s[0]), zero(type, z[0]), scale(s[2] / 8), zero(type, z[2]),
			], [0], type, [1, c, 1, 1]), 0, [c, size, 1], [s[0], 0, s[2] / 8], z);
			emit('ORT_AVERAGE', seed, type, await run('QLinearAveragePool', 'com.microsoft', { kernel_shape: [2, 2], strides: [1, 1] }, [
				[type, [1, c, size, size], x], scale(s[0]), zero(type, z[0]), scale(s[0]), zero(type, z[0]),
			], [0], type, [1, c, size - 1, size - 1]), 0, [c, size, 1], [s[0], 0, s[0]], [z[0], 0, z[0]]);
			emit('ORT_AVERAGE', seed, type, await run('QLinearAveragePool', 'com.microsoft', { kernel_shape: [2, 2], strides: [1, 1] }, [
				[type, [1, c, size, size], x], scale(s[0]), zero(type, z[0]), scale(s[1]), zero(type, z[2]),
			], [0], type, [1, c, size - 1, size - 1]), 0, [c, size, 1], [s[0], 0, s[1]], z);
		}
}

async function softmaxes() {
	for (const [i, [rows, n, s, so]] of [[64, 2, 0.08, 1 / 256], [16, 10, 0.11, 1 / 256], [4, 128, 0.031, 0.0039]].entries())
		for (const type of [UINT8, INT8]) {
			const z = type === UINT8 ? [120, 0, i === 2 ? 5 : 0] : [-5, 0, i === 2 ? -100 : -128], seed = 600 + 4 * i + type;
			state = seed;
			emit('ORT_SOFTMAX', seed, type, await run('QLinearSoftmax', 'com.microsoft', { opset: 13, axis: 1 }, [
				[type, [rows, n], draw(type, rows * n)], scale(s), zero(type, z[0]), scale(so), zero(type, z[2]),
			], [0], type, [rows, n]), 0, [rows, n, 1], [s, 0, so], z);
		}
}

async function functions() {
	for (const type of [UINT8, INT8]) {
		const x = arrays[type].from({ length: 256 }, (_, i) => i), z = type === UINT8 ? [120, 0, 3] : [-5, 0, -128];
		emit('ORT_SIGMOID', 0, type, await run('QLinearSigmoid', 'com.microsoft', {}, [
			[type, [256], x], scale(0.0471), zero(type, z[0]), scale(1 / 256), zero(type, z[2]),
		], [0], type, [256]), 0, [256, 1, 1], [0.0471, 0, 1 / 256], z);
		emit('ORT_LEAKY_RELU', 0, type, await run('QLinearLeakyRelu', 'com.microsoft', { alpha: { float: 0.1 } }, [
			[type, [256], x], scale(0.0471), zero(type, z[0]), scale(0.0355), zero(type, z[2]),
		], [0], type, [256]), 0, [256, 1, 1], [0.0471, 0, 0.0355], z);
		for (const s of [0.5, 0.0471]) {
			/* every half step and what is a little beside it */
			const v = Float32Array.from({ length: 800 }, (_, i) => (i - 400) / 2 * Math.fround(s) * (i % 4 === 3 ? 1.0000001 : 1));
			emit('ORT_QUANTIZE', 0, type, await run('QuantizeLinear', '', {}, [
				[FLOAT, [800], v], scale(s), zero(type, z[0]),
			], [0], type, [800]), 0, [800, 1, 1], [0, 0, s], z);
		}
	}
}

(async () => {
	console.log(`/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Made by make_vectors.js with ONNX Runtime ${ort.env.versions.node}: do not edit. */
/* clang-format off */
static const struct ort_vector vectors[] = {`);
	await products();
	await sums();
	await pools();
	await softmaxes();
	await functions();
	console.log('};\n/* clang-format on */');
})();
