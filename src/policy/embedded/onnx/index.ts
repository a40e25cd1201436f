/**
 * Native executor: the policy's jax-js programs, lowered to ONNX and run by onnxruntime on the CPU.
 */
export { createOnnxExecutor, type OnnxOptions } from "./onnx-executor.ts";
export { type OnnxStatus, onnxStatus } from "./status.ts";
