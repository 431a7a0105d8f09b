"""Golden ids of the two small tokenizers, from the Rust `tokenizers` library and transformers' chat templates."""

import json
from pathlib import Path

from tiny.tokenizers import qwen_tokenizer, t5_tokenizer
from worldexport import tokenizer_files as files

from .shapes import NEGATIVE, PROMPT
from .texts import HARD, texts

MAX_LENGTH = 24


def _encoded(tokenizer, strings: list[str]) -> list[dict]:
    return [{"text": text, "ids": tokenizer(text).input_ids} for text in strings]


def _padded(tokenizer, strings: list[str], length: int) -> list[dict]:
    """Ids and attention mask padded or cut to `length`, as the pipelines ask for them."""
    batch = tokenizer(strings, padding="max_length", max_length=length, truncation=True)
    rows = zip(strings, batch.input_ids, batch.attention_mask)
    return [{"text": text, "ids": ids, "mask": mask} for text, ids, mask in rows]


def _save(folder: Path, tokenizer, settings: dict, golden: dict) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    files.save_tokenizer(tokenizer, folder)
    body = {"tokenizer": settings, **golden}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    (folder / "golden.json").write_text(text + "\n", encoding="utf-8")
    return sum(len(value) for value in golden.values())


def save_t5(out: Path) -> int:
    tokenizer = t5_tokenizer()
    golden = {"texts": _encoded(tokenizer, texts()), "hard": _encoded(tokenizer, HARD)}
    golden["padded"] = _padded(t5_tokenizer(), [PROMPT, NEGATIVE, "", "short", "word " * 60], MAX_LENGTH)
    return _save(out / "t5", tokenizer, files.t5_settings(tokenizer, MAX_LENGTH), golden)


def chat(tokenizer, system: str | None, prompt: str, generate: bool, **options) -> dict:
    """One templated prompt: its text and its ids, as `apply_chat_template` gives them."""
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": prompt})
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=generate)
    ids = tokenizer.apply_chat_template(messages, tokenize=True, add_generation_prompt=generate, **options)
    return {"prompt": prompt, "text": text, "ids": list(ids["input_ids"])}


def save_qwen(out: Path) -> int:
    tokenizer = qwen_tokenizer()
    prompts = [PROMPT, NEGATIVE, "", "  spaces around  ", "two\nlines\n", "ends <|im_end|> early", "word " * 60]
    golden = {"texts": _encoded(tokenizer, texts()), "hard": _encoded(tokenizer, HARD)}
    padded = dict(padding="max_length", max_length=64, truncation=True)
    golden["reason1"] = [chat(qwen_tokenizer(), files.REASON1_SYSTEM, p, False, **padded) for p in prompts]
    for name, system in [*files.COSMOS3_SYSTEM.items(), ("bare", None)]:
        golden[f"cosmos3_{name}"] = [chat(tokenizer, system, p, True) for p in prompts]
    settings = {"reason1": files.reason1_settings(tokenizer, 64), "cosmos3": files.cosmos3_settings(tokenizer)}
    return _save(out / "qwen", tokenizer, settings, golden)


def record_tokenizers(out: Path) -> int:
    """Writes both folders and returns the number of golden encodings."""
    return save_t5(out) + save_qwen(out)
