"""A few hundred strings for tokenizer goldens: prompts in several scripts, mixtures, and what breaks tokenizers."""

import random

from tiny.tokenizers import CORPUS

from .shapes import NEGATIVE, PROMPT

PLAIN = [
    "",
    " ",
    "a",
    "Hello, world!",
    "  two  spaces   and three ",
    "line one\nline two\r\nline three\n\n\nend",
    "tabs\tand\ttabs\t\t",
    "it's we're they'll I'd don't IT'S WE'RE",
    "1234567890 3.14159 1,000,000 -42 1e-4 0xFF",
    "https://example.com/a/b?c=d&e=f#g user@example.com",
    '{"a": [1, 2, {"b": null}], "c": "d\\n"}',
    "def f(x):\n    return x ** 2  # comment",
    "snake_case camelCase kebab-case SCREAMING_CASE",
    "日本語と中文と한국어 mixed with English",
    "ひらがなカタカナ漢字ｶﾀｶﾅ",
    "你好，世界！这是一个测试。",
    "«quotes» “curly” ‘single’ „low“ …",
    "Ünïcödé façade naïve Ångström ﬁ ﬂ ½ ² ™ №",
    "ＦＵＬＬ　ＷＩＤＴＨ　１２３",
    "Привет, мир! Γειά σου Κόσμε! שלום עולם مرحبا بالعالم",
    "🤖🚗🌧️🐕🏙️",
    "emoji 🤖 in 🎬 text 🎉🎉",
    "a" * 200,
    "word " * 60,
    "。。。！！！？？？",
    "\u00a0non\u00a0breaking\u2003em\u3000ideographic",
    "-- --- ____ **** ////",
]

# Joiners, combining marks and controls: JavaScript and Rust normalisers are known to differ on some of them.
HARD = [
    "👩‍🔬 👨‍👩‍👧‍👦 👍🏽 🏳️‍🌈",
    "e\u0301 a\u0308 o\u0302\u0323 n\u0303",
    "\u1100\u1161\u11a8 가각",
    "zero\u200bwidth\u200cjoin\u200der",
    "\u202eright to left\u202c",
    "नमस्ते दुनिया สวัสดีชาวโลก",
    "\ufeffbom soft\u00adhyphen",
    "Z\u0351\u036b\u0343a\u0344l\u0345g\u0346o",
]

SPECIAL = [
    "<|im_end|> inside a prompt <|im_start|>user",
    "<|endoftext|>",
    "a<|vision_start|>b<|vision_end|>c",
    "</s> <pad> <unk> <extra_id_0>",
    "<|im_end",
]


def mixtures(count: int, seed: int = 7) -> list[str]:
    """Random cuts of the corpus glued together, so that words meet in ways that training never saw."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 4)):
            line = rng.choice([*CORPUS, *PLAIN[1:]])
            start = rng.randrange(max(1, len(line)))
            parts.append(line[start : start + rng.randint(1, 30)])
        out.append(rng.choice(["", " ", "  ", "\n", ". "]).join(parts))
    return out


def texts() -> list[str]:
    return list(dict.fromkeys([PROMPT, NEGATIVE, *CORPUS, *PLAIN, *SPECIAL, *mixtures(220)]))
