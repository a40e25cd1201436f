"""The EW metric in Python: a transcription of the published algorithm, written for this benchmark.

It does what the published evaluator does, in the same way: one pass over all samples for each of the five
wheels, the label strings parsed again in each pass, every word looked up through forms and synonyms and its
candidates sorted. It leaves out what would only make Python slower: a pandas missing-value test on each
string, and reading the word lists again for each wheel. It is not the authors' code.

Usage: python3 reference.py FOLDER REPEATS, where FOLDER holds mapping.json and samples.json.
"""

import json
import re
import sys
import time

import numpy as np


def words_of(text):
    if text in ("", None):
        return []
    if text[0] == "[":
        text = text[1:]
    if text[-1] == "]":
        text = text[:-1]
    parts = [part.strip() for part in re.split(r"['\",]", text)]
    return [part for part in parts if part not in ("", ",")]


def cluster_of(word, forms, synonyms, clusters):
    if word not in forms:
        return None
    candidates = [raw for base in forms[word] for raw in synonyms.get(base, [])]
    for candidate in sorted(candidates):
        if candidate in clusters:
            return clusters[candidate]
    return None


def clusters_of(text, forms, synonyms, clusters):
    found = (cluster_of(w.lower().strip(), forms, synonyms, clusters) for w in words_of(text))
    return {cluster for cluster in found if cluster is not None}


def wheel_score(truth, predicted, forms, synonyms, clusters):
    precisions, recalls = [], []
    for name in truth:
        right = clusters_of(truth[name], forms, synonyms, clusters)
        given = clusters_of(predicted[name], forms, synonyms, clusters)
        if not right:
            continue
        precisions.append(len(right & given) / len(given) if given else 0)
        recalls.append(len(right & given) / len(right))
    p, r = np.mean(precisions), np.mean(recalls)
    return 2 * p * r / (p + r), p, r


def ew_metric(truth, predicted, mapping):
    forms, synonyms = mapping["forms"], mapping["synonyms"]
    wheels = [wheel_score(truth, predicted, forms, synonyms, w) for w in mapping["wheels"]]
    return [float(np.mean(column)) for column in zip(*wheels)]


def main():
    folder, repeats = sys.argv[1], int(sys.argv[2])
    with open(f"{folder}/mapping.json", encoding="utf-8") as file:
        mapping = json.load(file)
    with open(f"{folder}/samples.json", encoding="utf-8") as file:
        samples = json.load(file)
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        score = ew_metric(samples["truth"], samples["predicted"], mapping)
        seconds.append(time.process_time() - start)
    versions = f"Python {sys.version.split()[0]}, numpy {np.__version__}"
    print(json.dumps({"score": score, "seconds": seconds, "versions": versions}))


main()
