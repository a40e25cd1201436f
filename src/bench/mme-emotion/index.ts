/** MME-Emotion: judges' replies in, scores and official texts out. No I/O. */
export { officialText } from "./official-text.ts";
export { recomputeSteps, recomputeTask } from "./recompute.ts";
export { type MmeInput, type MmeResult, type MmeTaskResult, scoreMmeEmotion } from "./score.ts";
export { parseSteps, type SampleScore, type StepParser, sampleScore } from "./score-string.ts";
export {
  type JudgedAnswer,
  type MmeScores,
  meanScores,
  type Tally,
  type TaskTally,
  tallyTask,
} from "./tally.ts";
export { type MmeTask, type MmeTaskInfo, mmeTask, mmeTasks } from "./tasks.ts";
