"""A byte-level BPE tokenizer: every string has tokens, words never seen included."""

import random
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from ..captions.pairs import STRANGE, pair

MAX_TOKENS = 384
PAD = 0


def train(path: Path, vocabulary: int = 1024, captions: int = 20_000) -> Tokenizer:
    """Learns merges from captions and writes tokenizer.json."""
    r = random.Random(0)
    texts = [pair(r)[0] for _ in range(captions)] + list(STRANGE) * 3
    tok = Tokenizer(models.BPE())
    tok.normalizer = normalizers.Lowercase()
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=["<pad>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tok.enable_truncation(MAX_TOKENS)
    tok.save(str(path))
    return tok


def ids(tok: Tokenizer, texts: list[str]) -> list[list[int]]:
    """Token ids padded with 0 to the longest, at least one column."""
    rows = [e.ids for e in tok.encode_batch(texts)]
    n = max(1, max(len(x) for x in rows))
    return [x + [PAD] * (n - len(x)) for x in rows]
