import { buildMapping, type EmotionMapping, type WheelRow } from "./mapping.ts";

/**
 * A small emotion taxonomy of this project's own, for use without the wheels of the benchmark's
 * authors: cluster → sub-cluster → words, the sub-cluster's own name first. Not derived from their
 * lists.
 */
export const basicClusters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  joy: {
    joyful: "joy happy happiness happily glad gladness cheerful delighted delight pleased pleasure",
    excited: "excitement excitedly thrilled enthusiastic enthusiasm eager eagerness energetic",
    amused: "amusement amusing playful laughing humorous funny teasing",
    content: "contented contentment satisfied satisfaction comfortable",
    hopeful: "hope optimistic optimism encouraged",
    proud: "pride proudly confident confidence triumphant",
    grateful: "gratitude thankful appreciative appreciation",
    loving: "love affection affectionate tender tenderness caring warm friendly",
  },
  sadness: {
    sad: "sadly unhappy unhappiness sorrow sorrowful gloomy downcast tearful crying",
    disappointed: "disappointment disappointing dejected letdown",
    grieving: "grief heartbroken mournful mourning despair desperate hopeless",
    lonely: "loneliness isolated abandoned",
    hurt: "hurting wounded pained",
    helpless: "helplessness powerless",
  },
  anger: {
    angry: "angrily mad furious fury rage enraged outraged",
    annoyed: "annoyance annoying irritated irritation irritable impatient impatience",
    frustrated: "frustration frustrating",
    dissatisfied: "dissatisfaction displeased displeasure discontent discontented complaining",
    hostile: "hostility aggressive aggression threatening",
    resentful: "resentment bitter bitterness jealous jealousy",
  },
  fear: {
    afraid: "fearful scared frightened terrified terror horrified panic panicked",
    anxious:
      "anxiety anxiously worried worry worrying nervous nervousness tense tension uneasy unease",
    concerned: "concern apprehensive apprehension",
    insecure: "insecurity doubtful hesitant hesitation",
  },
  surprise: {
    surprised: "surprising astonished astonishment amazed amazement",
    shocked: "shock shocking stunned startled",
    confused: "confusion confusing puzzled bewildered perplexed",
    curious: "curiosity interested interest questioning",
  },
  disgust: {
    disgusted: "disgusting revolted repulsed",
    contemptuous: "contempt scornful scorn disdain disdainful mocking sarcastic",
    averse: "aversion dislike",
  },
  shame: {
    ashamed: "shameful humiliated humiliation",
    embarrassed: "embarrassment embarrassing awkward shy",
    guilty: "guilt remorse remorseful regret regretful apologetic",
  },
  calm: {
    calmness: "calmly composed peaceful serene tranquil",
    relaxed: "relaxing relaxation relieved relief",
    tired: "bored boredom weary exhausted fatigue",
  },
  neutral: {
    unemotional: "indifferent indifference serious",
  },
};

/** Scores under it compare with each other only. */
export function basicMapping(): EmotionMapping {
  const rows: WheelRow[] = [];
  const words: string[] = [];
  for (const [cluster, groups] of Object.entries(basicClusters)) {
    words.push(cluster);
    for (const [group, list] of Object.entries(groups)) {
      for (const word of [group, ...list.split(" ")]) {
        rows.push([cluster, group, word]);
        words.push(word);
      }
    }
  }
  const distinct = [...new Set(words)];
  const mapping = buildMapping(
    "oppo-basic",
    {
      forms: distinct.map((word) => ({ word, forms: [] })),
      synonyms: distinct.map((word) => ({ word, synonyms: [] })),
      wheels: [{ name: "oppo-basic", rows }],
    },
    [
      "Emotion words grouped by OPPO's own small taxonomy: not comparable with any published number. Name the folder of the authors' wheels for comparable ones.",
    ],
  );
  return { ...mapping, comparable: false };
}
