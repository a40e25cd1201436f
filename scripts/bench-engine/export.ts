import { rlSteps, rlWork } from "./rollouts.ts";
import { demonstrations, openPolicy } from "./subject.ts";
import { policyFolder, writeDemonstrations, writeRollouts } from "./torch-files.ts";

/** Writes the policy and every batch that the PyTorch side works on. */
export async function exportWork(folder: string, threads: number): Promise<void> {
  const policy = await openPolicy({ name: "onnx", threads });
  try {
    await policy.save(policyFolder(folder));
    writeDemonstrations(folder, demonstrations());
    for (const step of rlSteps) writeRollouts(folder, step, await rlWork(policy, step));
  } finally {
    await policy.close();
  }
}
