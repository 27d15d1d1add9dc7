"""How many edited copies datasketch's MinHash LSH finds, in its own environment.

Pairs of lists of shingles as JSON in, shares out. It is set up as its documentation has it, with 128 permutations, over
the shingles that ours are, at a threshold at which it finds much: 0.1.
"""

import json
import sys

from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 128
THRESHOLD = 0.1


def minhash(shingles: list[str]) -> MinHash:
    made = MinHash(num_perm=PERMUTATIONS)
    made.update_batch([shingle.encode() for shingle in shingles])
    return made


def recall(pairs: list[list[list[str]]]) -> float:
    """The share of edited copies for which the original is among the candidates."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for number, (text, _copy) in enumerate(pairs):
        index.insert(str(number), minhash(text))
    found = sum(str(number) in index.query(minhash(copy)) for number, (_text, copy) in enumerate(pairs))
    return round(found / len(pairs), 4)


if __name__ == "__main__":
    json.dump({share: recall(pairs) for share, pairs in json.load(sys.stdin).items()}, sys.stdout)
