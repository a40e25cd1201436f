/** What programs take and give: plain arrays of one dtype, row-major. */
export interface TensorSpec {
  name: string;
  shape: readonly number[];
  dtype: "float32" | "int32";
}

export type TensorData = Float32Array | Int32Array;
